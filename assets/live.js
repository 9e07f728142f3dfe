// The browser's side of everything live: the public board, the connection banner, elapsed times, sound.
// Boards get whole snapshots as JSON strings; an older one than the one shown is dropped.
(() => {
  "use strict";
  const boards = new Set(); // {queues, clinic, show}
  const newest = new Map(); // doctor id -> snapshot
  const offset = Date.parse(document.querySelector("meta[name=server-time]")?.content || "") - Date.now() || 0;
  let clinic = null;
  let lostAt = null;
  let hiddenAt = 0;
  let bound = null;

  const now = () => Date.now() + offset;
  const isNewer = (next, known) =>
    !known || next.version > known.version || (next.version === known.version && next.at >= known.at);

  function take(text) {
    const data = JSON.parse(text);
    if (data.clinic) {
      clinic = data.clinic;
      boards.forEach((board) => board.clinic && board.show({ clinic }));
      return;
    }
    if (!isNewer(data, newest.get(data.doctor_id))) return;
    newest.set(data.doctor_id, data);
    boards.forEach((board) => board.queues.includes(data.doctor_id) && board.show(data));
  }

  // ------------------------------------------------------------------------------------------- the connection

  function ask() {
    const socket = window.socket;
    if (!socket?.connected || !boards.size) return;
    const queues = [...new Set([...boards].flatMap((board) => board.queues))];
    const wish = { queues, clinic: [...boards].some((board) => board.clinic) };
    socket.timeout(5000).emit("board", wish, (error, answer) => {
      if (error) return void (socket.connected && setTimeout(ask, 1000));
      answer.forEach(take);
    });
  }

  function bind() {
    const socket = window.socket;
    if (!socket || bound === socket) return;
    bound = socket;
    socket.on("board", take);
    socket.on("connect", () => { connection(null); ask(); });
    socket.on("disconnect", () => connection(now()));
    if (socket.connected) { connection(null); ask(); }
  }

  // Elements are mounted before NiceGUI makes its socket.
  function soon() {
    bind();
    if (!bound) setTimeout(soon, 20);
  }

  function connection(since) {
    if (since && lostAt) return;
    lostAt = since;
    document.documentElement.dataset.connection = since ? "lost" : "live";
    dispatchEvent(new CustomEvent("mediqueue:connection", { detail: { lostAt } }));
    showBanner();
  }

  function showBanner() {
    clearTimeout(showBanner.timer);
    const banner = document.getElementById("offline");
    if (!banner) return;
    if (!lostAt) return void (banner.hidden = true);
    showBanner.timer = setTimeout(() => {
      const since = banner.querySelector("[data-lost-at]");
      if (since) since.textContent = clockTime(lostAt);
      banner.hidden = false;
    }, 3000);
  }

  // While Socket.IO waits before its next try, its own connect() does nothing.
  function tryNow() {
    const { socket } = window;
    if (!socket || socket.connected) return void ask();
    const manager = socket.io;
    manager.emitReserved("reconnect_attempt", manager.backoff.attempts); // NiceGUI updates its query here
    manager.open((error) => {
      manager.onreconnect();
      if (error) manager.reconnect();
    });
  }

  const checking = (is) => dispatchEvent(new CustomEvent("mediqueue:checking", { detail: { is } }));

  // A phone that slept may hold a socket that is long dead: ask, and if nothing comes back, connect anew.
  function wake() {
    const socket = window.socket;
    if (!socket?.connected) return void tryNow();
    checking(true);
    socket.timeout(2000).emit("board", { queues: [...newest.keys()], clinic: !!clinic }, (error, answer) => {
      checking(false);
      if (error) socket.io.engine.close();
      else answer.forEach(take);
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return void (hiddenAt = Date.now());
    audio?.resume().catch(() => {}); // a call or a locked screen may have stopped it
    if (Date.now() - hiddenAt > 2000) wake();
  });
  addEventListener("online", tryNow);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.addEventListener("click", (event) => event.target.closest("[data-try-now]") && tryNow());

  // ------------------------------------------------------------------------------------------- elapsed times

  const clockTime = (at) =>
    new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone || undefined }).format(at);

  function elapsed(element) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(element.dataset.since)) / 1000));
    const minutes = Math.floor(seconds / 60);
    const rest = element.dataset.seconds !== undefined ? `${seconds % 60} s` : "";
    const text = rest && !minutes ? rest : `${minutes} min ${rest}`.trim();
    if (element.textContent !== text) element.textContent = text;
    const limit = Number(element.dataset.late);
    if (limit) element.classList.toggle("late", minutes >= limit);
  }

  function tick() {
    bind();
    document.querySelectorAll("[data-since]").forEach(elapsed);
    document.querySelectorAll("[data-clock]").forEach((element) => {
      const text = clockTime(now());
      if (element.textContent !== text) element.textContent = text;
    });
  }
  setInterval(tick, 1000);
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes)
        if (node.nodeType === 1) {
          if (node.dataset.since) elapsed(node);
          node.querySelectorAll?.("[data-since]").forEach(elapsed);
        }
    keepFocus();
  }).observe(document.documentElement, { childList: true, subtree: true });

  // ------------------------------------------------------------------------------------------- focus
  // A list that is drawn again takes the focused button with it. Its successor has the same data-focus.

  let focused = null;
  document.addEventListener("focusin", (event) => { focused = event.target.dataset?.focus || null; });
  document.addEventListener("pointerdown", () => { focused = null; });
  function keepFocus() {
    if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
    const again = document.querySelector(`[data-focus="${CSS.escape(focused)}"]`) || document.querySelector("[data-main]");
    again?.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------------------------------- sound

  let audio = null;
  let buffer = null;
  async function unlock() {
    try {
      audio ||= Object.assign(new AudioContext(), { onstatechange: tellSound });
      await audio.resume();
      buffer ||= await audio.decodeAudioData(await (await fetch("/assets/chime.wav")).arrayBuffer());
    } catch { /* no sound on this device: sight and vibration remain */ }
    tellSound();
    return soundOn();
  }
  const soundOn = () => audio?.state === "running" && !!buffer;
  const tellSound = () => dispatchEvent(new CustomEvent("mediqueue:sound", { detail: { on: soundOn() } }));
  function chime() {
    if (!soundOn()) return false;
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(audio.destination);
    source.start();
    return true;
  }

  // ------------------------------------------------------------------------------------------- the screen
  // Phones allow this over HTTPS only, and take it back whenever the page is hidden.

  let awake = null;
  async function stayAwake() {
    if (awake || document.hidden || !navigator.wakeLock) return;
    awake = "asked";
    try {
      awake = await navigator.wakeLock.request("screen");
      awake.onrelease = () => { awake = null; };
    } catch { awake = null; /* a low battery says no */ }
  }

  window.MediQueue = {
    now, clockTime, unlock, soundOn, chime, tryNow, stayAwake,
    connected: () => !!window.socket?.connected,
    lostAt: () => lostAt,
    snapshot: (doctorId) => newest.get(doctorId) || null,
    clinic: () => clinic,
    take,
    // Show boards: `show` is called with each newer snapshot. Returns how to stop.
    board(queues, show, { clinic: wantsClinic = false } = {}) {
      const entry = { queues, clinic: wantsClinic, show };
      boards.add(entry);
      soon();
      ask();
      return () => boards.delete(entry);
    },
  };
})();
