// The waiting-room screen. A call is yellow while it is new, then a dark row while the person is called or in
// the room, then "called before". It rings once per call, in turn, and never again after a reload.
const YELLOW = 20_000; // how long a call is new
const SHORTEST = 8_000; // how long at least, when more calls wait for the place
const FORGET = 120_000; // an older call than this is never announced
const LOST_AFTER = 10_000;
const BETWEEN_CHIMES = 2_600;
const SHIFT_EVERY = 600_000;
const NOTICE_EVERY = 8_000;
const KEPT = "mediqueue.announced";
const IN_REACH = new Set(["called", "in_progress"]);

// How many calls and how many earlier calls fit: by text size, landscape and portrait.
const ROWS = { 1: [3, 5], 1.25: [2, 3], 1.5: [1, 2] };
const EARLIER = { 1: [4, 4], 1.25: [2, 4], 1.5: [1, 2] };

const newestFirst = (a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0);
const keyOf = (call) => `${call.token}|${call.at}`;

function announcedBefore() {
  try {
    return new Map(JSON.parse(localStorage.getItem(KEPT) || "[]"));
  } catch {
    return new Map();
  }
}

// "Dr Wei Chen" is Dr Chen on the screen.
function shortName(name) {
  const parts = name.split(/\s+/);
  const title = /^(dr|prof)\.?$/i.test(parts[0]) ? parts[0] + " " : "";
  return title + parts.at(-1);
}

const Room = {
  props: { name: String, word: String, big: Boolean },
  // "3" and "Room 3" become a small word over a big number; "X-ray" stays one word.
  computed: {
    parts() {
      const found = /^(\S+) (\S{1,2})$/.exec(this.name);
      if (found) return [found[1], found[2]];
      return /^\S{1,2}$/.test(this.name) ? [this.word, this.name] : null;
    },
  },
  template: `
    <span v-if="parts && big" class="rm"><small>{{ parts[0] }}</small>{{ parts[1] }}</span>
    <span v-else-if="parts" class="rm">{{ parts.join(" ") }}</span>
    <span v-else class="rm long"><bdi>{{ name }}</bdi></span>`,
};

export default {
  components: { Room },
  props: { clinic: String, queues: String, initial: String, everyone: Boolean, scale: Number, words: String },
  template: `
    <main v-if="night" class="night"><h1 class="vh">{{ t.closed }}</h1><time>{{ time }}</time></main>
    <main v-else class="wrap" :class="{ lost: isLost }" :style="shift">
      <header>
        <span><bdi>{{ clinic }}</bdi></span>
        <span class="ok" :class="{ short: !wide }">
          <i class="ic" :class="sound ? 'ic-sound' : 'ic-mute bad'" aria-hidden="true"></i>
          <span v-if="sound">{{ t.soundOn }}</span>
          <button v-else-if="wide" type="button" class="bad" @click="unlock">{{ t.noSound }}</button>
          <i class="ic" :class="offline ? 'ic-nowifi bad' : 'ic-wifi'" aria-hidden="true"></i>
          <span>{{ offline ? t.off : t.live }}</span>
        </span>
        <time class="clk">{{ time }}</time>
      </header>
      <h1 class="vh">{{ t.title }}</h1>
      <section class="calls" aria-live="assertive" :aria-label="t.title" ref="calls">
        <div v-for="call in shown" :key="call.key" class="call" :class="{ new: call.isNew }">
          <span class="no" :class="{ long: call.token.length > 3 }">{{ call.token }}</span>
          <room :name="call.room" :word="t.room" :big="call.isNew"></room>
        </div>
        <div v-if="!shown.length" class="calm">{{ t.calm }}<p>{{ t.calmHint }}</p></div>
      </section>
      <section class="before" :aria-label="t.before">
        <template v-if="before.length"><h2>{{ t.before }}</h2>
        <ul><li v-for="call in before" :key="call.token">
          <span>{{ call.token }}</span><room :name="call.room" :word="t.room"></room>
        </li></ul></template>
        <div class="wait"><b>{{ waiting }}</b>{{ t.waiting }}</div>
      </section>
      <footer>
        <button v-if="!sound && !wide && !isLost" type="button" class="bad" @click="unlock">{{ t.tapForSound }}</button>
        <template v-else>{{ notice }}</template>
      </footer>
    </main>`,
  data() {
    return {
      t: JSON.parse(this.words),
      boards: {}, // doctor id -> snapshot
      fresh: [], // the yellow calls, newest first: {key, token, room, at, since}
      now: 0,
      sound: false,
      lostAt: null,
      portrait: false,
    };
  },
  computed: {
    time() { return this.now ? window.MediQueue.clockTime(this.now) : ""; },
    offline() { return !!this.lostAt && this.now - this.lostAt > 3_000; },
    isLost() { return !!this.lostAt && this.now - this.lostAt > LOST_AFTER; },
    wide() { return this.scale === 1 && !this.portrait; },
    room() { return ROWS[this.scale][+this.portrait]; },
    tickets() { return Object.values(this.boards).flatMap((board) => board.tickets); },
    calls() {
      const byToken = new Map();
      for (const call of Object.values(this.boards).flatMap((board) => board.calls).sort(newestFirst))
        if (!byToken.has(call.token)) byToken.set(call.token, call);
      return byToken;
    },
    active() {
      return this.tickets
        .filter((ticket) => IN_REACH.has(ticket.status))
        .map((ticket) => ({ at: "", ...this.calls.get(ticket.token), token: ticket.token, room: ticket.room }))
        .sort(newestFirst);
    },
    shown() {
      const yellow = new Set(this.fresh.map((call) => call.token));
      const rows = this.active.filter((call) => !yellow.has(call.token) && !this.isPending(call));
      return [
        ...this.fresh.map((call) => ({ ...call, isNew: true })),
        ...rows.map((call) => ({ ...call, key: keyOf(call) + "|row" })),
      ].slice(0, this.room);
    },
    before() {
      const elsewhere = new Set(this.shown.map((call) => call.token));
      this.tickets.forEach((ticket) => ticket.status === "waiting" && elsewhere.add(ticket.token));
      this.pending.forEach((call) => elsewhere.add(call.token));
      const out = [...this.calls.values(), ...this.active.filter((call) => !call.at)];
      return out.filter((call) => !elsewhere.has(call.token)).slice(0, EARLIER[this.scale][+this.portrait]);
    },
    waiting() {
      return Object.values(this.boards).reduce((sum, board) => sum + board.doctor.waiting_count, 0);
    },
    night() {
      const boards = Object.values(this.boards);
      return boards.length > 0 && !this.tickets.length && !this.isLost &&
        boards.every((board) => board.doctor.presence.state === "closed");
    },
    notices() {
      const word = { break: "back", not_yet: "starts" };
      return Object.values(this.boards).flatMap(({ doctor: { name, presence } }) => {
        if (presence.state !== "break" && presence.state !== "not_yet") return [];
        const text = presence.until ? this.t[word[presence.state]] : this.t.away;
        const until = presence.until && window.MediQueue.clockTime(Date.parse(presence.until));
        return [text.replace("{name}", shortName(name)).replace("{time}", until)];
      });
    },
    notice() {
      if (this.isLost) return this.t.lost.replace("{time}", window.MediQueue.clockTime(this.lostAt));
      return this.notices[Math.floor(this.now / NOTICE_EVERY) % this.notices.length] || "";
    },
    // Bright letters that never move burn into the screen.
    shift() {
      const step = Math.floor(this.now / SHIFT_EVERY) % 4;
      return { "--shift-x": step % 3 ? "8px" : "0px", "--shift-y": step > 1 ? "8px" : "0px" };
    },
  },
  watch: {
    shown: { handler: "fit", flush: "post" },
    queues() { this.follow(JSON.parse(this.queues)); },
    everyone() { this.follow(JSON.parse(this.queues)); },
  },
  created() {
    this.announced = announcedBefore();
    this.pending = []; // calls that wait for a place among the yellow ones
    this.chimes = []; // keys of calls that still have to ring, in turn
    this.ringing = false;
  },
  mounted() {
    document.body.style.setProperty("--scale", this.scale);
    const upright = matchMedia("(orientation: portrait)");
    this.turn = () => { this.portrait = upright.matches; this.$nextTick(this.fit); };
    this.connection = (event) => { this.lostAt = event.detail.lostAt; this.tick(); };
    this.unlock = () => window.MediQueue.unlock();
    this.wake = () => window.MediQueue.stayAwake();
    addEventListener("resize", this.turn);
    addEventListener("mediqueue:connection", this.connection);
    addEventListener("mediqueue:sound", (this.heard = () => this.tick()));
    ["keydown", "pointerdown"].forEach((event) => addEventListener(event, this.unlock));
    document.addEventListener("visibilitychange", this.wake);
    this.timer = setInterval(this.tick, 500);
    this.turn();
    this.wake();
    this.unlock(); // allowed at once on a screen that was set up for it
    JSON.parse(this.initial).forEach(window.MediQueue.take);
    this.follow(JSON.parse(this.queues));
  },
  unmounted() {
    clearInterval(this.timer);
    this.stop?.();
    removeEventListener("resize", this.turn);
    removeEventListener("mediqueue:connection", this.connection);
    removeEventListener("mediqueue:sound", this.heard);
    ["keydown", "pointerdown"].forEach((event) => removeEventListener(event, this.unlock));
    document.removeEventListener("visibilitychange", this.wake);
  },
  methods: {
    follow(queues) {
      this.stop?.();
      this.following = queues;
      this.boards = Object.fromEntries(Object.entries(this.boards).filter(([id]) => queues.includes(+id)));
      queues.map(window.MediQueue.snapshot).forEach((known) => known && this.take(known));
      this.stop = window.MediQueue.board(queues, this.take, { clinic: this.everyone });
      this.tick();
    },
    take(data) {
      if (data.clinic) return this.staff(data.clinic.map((doctor) => doctor.id));
      this.boards[data.doctor_id] = data;
      for (const ticket of data.tickets) {
        const call = data.calls.find((one) => one.token === ticket.token);
        if (call && ticket.status === "called") this.called({ ...call, room: ticket.room, doctor: data.doctor_id });
      }
      this.tick();
    },
    staff(working) {
      if (working.length !== this.following.length || !working.every((id) => this.following.includes(id)))
        this.follow(working);
    },
    called(call) {
      const key = keyOf(call);
      const at = Date.parse(call.at);
      if (this.announced.has(key)) return;
      this.announced.set(key, at);
      if (window.MediQueue.now() - at < FORGET) this.pending.push({ ...call, key });
    },
    isPending(call) { return this.pending.some((other) => other.key === keyOf(call)); },
    isStillCalled(call) {
      const board = this.boards[call.doctor];
      return !!board?.tickets.some((ticket) => ticket.token === call.token && ticket.status === "called") &&
        board.calls.some((other) => keyOf(other) === call.key);
    },
    tick() {
      this.now = window.MediQueue.now();
      this.sound = window.MediQueue.soundOn();
      this.move();
    },
    // Let new calls in, newest on top; the oldest yellow one makes room when it has had its time.
    move() {
      this.pending = this.pending.filter(this.isStillCalled).sort((a, b) => newestFirst(b, a));
      const stays = (call) => this.now - call.since < YELLOW && this.isStillCalled(call);
      let fresh = this.fresh.every(stays) ? this.fresh : this.fresh.filter(stays);
      while (this.pending.length) {
        fresh = fresh.filter((call) => call.token !== this.pending[0].token);
        if (fresh.length >= this.room) {
          if (this.now - fresh.at(-1).since < SHORTEST) break;
          fresh = fresh.slice(0, -1);
        }
        const call = this.pending.shift();
        fresh = [{ ...call, since: this.now }, ...fresh].sort(newestFirst);
        this.chimes.push(call.key);
        this.keep();
      }
      if (fresh !== this.fresh) this.fresh = fresh;
      this.ring();
    },
    ring() {
      this.chimes = this.chimes.filter((key) => this.fresh.some((call) => call.key === key));
      if (this.ringing || !this.chimes.length) return;
      this.chimes.shift();
      if (!window.MediQueue.chime()) return this.ring();
      this.ringing = true;
      setTimeout(() => { this.ringing = false; this.ring(); }, BETWEEN_CHIMES);
    },
    keep() {
      const young = [...this.announced].filter(([, at]) => this.now - at < 2 * FORGET);
      try { localStorage.setItem(KEPT, JSON.stringify(young)); } catch { /* private window: only this page knows */ }
    },
    // A row that is too full gets smaller letters instead of losing some.
    fit() {
      for (const row of this.$refs.calls?.children || []) {
        row.style.removeProperty("--u");
        const unit = (innerHeight / 100) * this.scale * (this.portrait ? 0.62 : 1);
        const parts = [...row.children].map((part) => part.scrollHeight);
        const tall = getComputedStyle(row).flexDirection === "column" ? parts.reduce((a, b) => a + b) : Math.max(...parts);
        const padding = row.scrollWidth > row.clientWidth ? parseFloat(getComputedStyle(row).paddingInlineEnd) : 0;
        const factor = Math.min(1, row.clientWidth / (row.scrollWidth + padding), (1.06 * row.clientHeight) / tall);
        if (factor < 1) row.style.setProperty("--u", `${unit * factor}px`);
      }
    },
  },
};
