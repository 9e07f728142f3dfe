// The keys of a list with an editor beside it: they press the buttons that are there anyway.
(() => {
  "use strict";
  const typing = (element) => element.closest("input, select, textarea, [contenteditable]");
  const press = (element) => { element?.click(); return !!element; };

  function move(step) {
    const rows = [...document.querySelectorAll(".tbl.pick [data-open]")];
    const chosen = rows.findIndex((row) => row.closest("tr").classList.contains("sel"));
    const next = rows[chosen < 0 ? 0 : chosen + step];
    next?.closest("tr").scrollIntoView({ block: "nearest" });
    return press(next);
  }

  function edit() {
    const field = document.querySelector(".editor .body :is(input, select)");
    field?.focus();
    return !!field;
  }

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    e: edit,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || document.querySelector(".q-dialog__inner, .q-menu")) return;
    const plain = !event.ctrlKey && !event.metaKey;
    let done = false;
    if (!plain && event.key.toLowerCase() === "s") {
      document.querySelector("form.editor, form[data-saves]")?.requestSubmit();
      done = true;
    } else if (event.key === "Escape" && !(event.target.type === "search" && event.target.value)) {
      done = press(document.querySelector(".editor [data-close]"));
    } else if (plain && !event.shiftKey && !typing(event.target)) {
      done = keys[event.key]?.() || false;
    }
    if (done) event.preventDefault();
  });
})();
