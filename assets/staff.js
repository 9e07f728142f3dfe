// Staff pages: shortcuts, the dark screen, and no action that would be sent late.
// A shortcut presses the button that carries it in `aria-keyshortcuts`, so keys never do more than buttons.
(() => {
  "use strict";
  const DEAF_MS = 1000;
  const heard = new Map(); // key -> when it was pressed last
  let wanted = null; // a key that waits for its menu to open

  const isOff = () => localStorage.getItem("mediqueue-keys") === "off";
  const isSeen = (element) => element.checkVisibility?.() ?? true;
  const isTyping = (element) =>
    element.isContentEditable ||
    element.matches?.("textarea, select, input:not([type=radio], [type=checkbox], [type=button])");
  const find = (selector) => [...document.querySelectorAll(selector)].find((element) => !element.disabled && isSeen(element));

  // ------------------------------------------------------------------------------------------- keys

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "F2") return press(event); // leaving the screen works from everywhere
    const menu = find(".q-menu");
    if (menu) return inMenu(menu, event);
    if (isTyping(event.target)) return inField(event);
    if (find(".q-dialog")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return move(event, event.key === "ArrowDown" ? 1 : -1);
    if (event.key === "Enter" && document.activeElement === document.body) return chosenRow()?.querySelector("[aria-haspopup]")?.click();
    if (event.key.length === 1 && !isOff()) press(event);
  });

  function press(event) {
    const key = event.key.toUpperCase();
    const target = owner(key);
    if (!target || event.repeat) return;
    event.preventDefault();
    const now = performance.now();
    if (now - (heard.get(key) ?? -DEAF_MS) < DEAF_MS) return;
    heard.set(key, now);
    if (target.matches("input")) return target.focus();
    if (target.dataset.menuKeys) wanted = key;
    target.click();
  }

  function owner(key) {
    const quoted = CSS.escape(key);
    return (
      find(`.toast [aria-keyshortcuts~="${quoted}"]`) ||
      document.activeElement?.closest("tr[data-row]")?.querySelector(`[data-menu-keys~="${quoted}"]`) ||
      find(`[aria-keyshortcuts~="${quoted}"]`) ||
      chosenRow()?.querySelector(`[data-menu-keys~="${quoted}"]`) ||
      find(`.now [data-menu-keys~="${quoted}"]`) ||
      find(`tr.sel [data-menu-keys~="${quoted}"]`)
    );
  }

  function inField(event) {
    if (event.key !== "Escape" || event.target.type !== "search") return;
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.blur();
  }

  function inMenu(menu, event) {
    const items = [...menu.querySelectorAll("[role=menuitem]")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const named = event.key.length === 1 && !isOff() && items.find((item) => item.getAttribute("aria-keyshortcuts") === event.key.toUpperCase());
    if (next === undefined && !named) return;
    event.preventDefault();
    if (named) named.click();
    else items.at(next % items.length)?.focus();
  }

  // ------------------------------------------------------------------------------------------- the chosen row

  const rows = () => [...document.querySelectorAll("tr[data-row]")].filter(isSeen);
  const chosenRow = () => document.querySelector("tr[data-row].sel") || rows()[0];

  function move(event, by) {
    const all = rows();
    if (!all.length) return;
    event.preventDefault();
    const inside = document.activeElement?.closest("tr[data-row]");
    const next = inside ? all[all.indexOf(inside) + by] : chosenRow();
    next?.querySelector("button")?.focus();
  }

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("tr[data-row]");
    if (row) choose(row.dataset.row);
  });
  let chosen = null;
  function choose(row) {
    chosen = row;
    mark();
  }
  function mark() {
    const all = rows();
    const keep = all.find((row) => row.dataset.row === chosen) || (document.querySelector("input[data-filter]") && all[0]);
    for (const row of document.querySelectorAll("tr[data-row]")) row.classList.toggle("sel", row === keep);
  }

  // ------------------------------------------------------------------------------------------- find in the list

  function filter() {
    const field = document.querySelector("input[data-filter]");
    if (!field) return;
    const asked = field.value.trim().toLocaleLowerCase();
    for (const row of document.querySelectorAll("tr[data-find]"))
      row.classList.toggle("hidden", !!asked && !row.dataset.find.toLocaleLowerCase().includes(asked));
    const none = document.querySelector("[data-none-found]");
    if (none) none.hidden = !asked || [...document.querySelectorAll("tr[data-find]")].some(isSeen);
  }
  document.addEventListener("input", (event) => event.target.matches?.("input[data-filter]") && (filter(), mark()));

  let drawn = 0;
  new MutationObserver(() => {
    if (wanted) openWanted();
    drawn ||= requestAnimationFrame(() => {
      drawn = 0;
      filter();
      mark();
      giveFocusBack();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });

  function openWanted() {
    const item = find(`.q-menu [aria-keyshortcuts="${CSS.escape(wanted)}"]`);
    if (!item) return;
    wanted = null;
    item.click();
  }

  // A menu or a window took the focus; when it goes, so does the focus of whoever works with the keyboard.
  let last = null;
  let wasOpen = false;
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".q-menu, .q-dialog")) last = event.target.dataset?.focus || null;
  });
  function giveFocusBack() {
    const isOpen = !!find(".q-menu, .q-dialog");
    if (wasOpen && !isOpen && last && document.activeElement === document.body)
      (find(`[data-focus="${CSS.escape(last)}"]`) || find("[data-main]"))?.focus({ preventScroll: true });
    wasOpen = isOpen;
  }

  // ------------------------------------------------------------------------------------------- switches of this device

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dark]")) {
      const dark = document.documentElement.classList.toggle("dark");
      localStorage.setItem("mediqueue-dark", dark ? "on" : "off");
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-switch]")) localStorage.setItem("mediqueue-keys", event.target.checked ? "on" : "off");
  });

  // ------------------------------------------------------------------------------------------- one press, one act
  // After a press the main button says something else at the same place; the second half of a double click
  // must not do that too.

  let pressedMain = -DEAF_MS;
  addEventListener("click", (event) => {
    if (!event.target.closest("[data-main]")) return;
    if (performance.now() - pressedMain < DEAF_MS) {
      event.stopPropagation();
      event.preventDefault();
    } else pressedMain = performance.now();
  }, true);

  // ------------------------------------------------------------------------------------------- nobody there
  // The server hides pages that were left. One that it can't reach for as long hides itself.

  let leaving = 0;
  addEventListener("mediqueue:connection", ({ detail }) => {
    clearTimeout(leaving);
    if (!detail.lostAt) return;
    leaving = setTimeout(() => {
      const here = location.pathname + location.search;
      document.body.replaceChildren();
      location.replace(`/locked?next=${encodeURIComponent(here)}`);
    }, Number(document.documentElement.dataset.idle || 15) * 60_000);
  });

  // ------------------------------------------------------------------------------------------- no connection
  // The socket would keep a click and send it minutes later, when it is wrong.

  addEventListener("click", (event) => {
    const lost = document.documentElement.dataset.connection === "lost";
    if (!lost || !event.target.closest("button, [role=menuitem]") || event.target.closest("[data-try-now], [data-dark], [data-print], [type=submit]")) return;
    event.stopPropagation();
    event.preventDefault();
    const banner = document.getElementById("offline");
    if (banner) banner.hidden = false;
  }, true);
})();
