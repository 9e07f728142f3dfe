"""Windows over the page: a heading, what is asked, buttons. Awaited; None (or False) when it is closed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nicegui import context, html, ui

from app.components.chips import Text
from app.components.frame import icon
from app.components.words import staff as words

LONGEST_REASON = 200
VALUE = "(event) => emit(event.target.value)"


@contextmanager
def window(title: str, *, alert: bool = False) -> Iterator[ui.dialog]:
    """A dialog with a heading. It lives outside of what is redrawn, and is gone after its answer."""
    with context.client.content, ui.dialog() as dialog, html.div().classes("card dialog"):
        heading = f"dialog-{dialog.id}"
        dialog.props["role"] = "alertdialog" if alert else "dialog"
        dialog.props["aria-labelledby"] = heading
        Text("h2", title).props["id"] = heading
        yield dialog


async def answer_of(dialog: ui.dialog) -> Any:
    """Open the dialog and wait for what it submits; None if it is closed instead."""
    answer = await dialog
    if not dialog.is_deleted:
        dialog.delete()
    return answer


async def confirm(question: str, effect: str, *, yes: str, no: str = words.KEEP, danger: bool = False) -> bool:
    """Ask before something that touches other people and that undo can't repair. `effect` says whom it touches."""
    with window(question, alert=True) as dialog:
        described = f"effect-{dialog.id}"
        dialog.props["aria-describedby"] = described
        html.p(effect).props["id"] = described
        with html.div().classes("acts"):
            button(yes, lambda: dialog.submit(True), css="danger" if danger else "primary")
            button(no, dialog.close).props("data-autofocus")
    return bool(await answer_of(dialog))


def button(text: str, on_click: Callable[[], Any], *, css: str = "", key: str = "", of: str = "") -> ui.element:
    """A plain button. `key` is its shortcut; `of` tells it from the same button of somebody else, unseen."""
    made: ui.element = html.button().classes(f"btn {css}").props("type=button")
    with made:
        html.span(text)
        if of:
            html.span(f" {of}").classes("vh")
        if key:
            html.kbd(key).props("aria-hidden=true")
            made.props["aria-keyshortcuts"] = key
    made.on("click", on_click, args=[])
    return made


class Radios:
    """A group of radio buttons, the first one chosen. `value` is the key of the chosen one."""

    def __init__(self, options: Mapping[Any, tuple[str, str]], *, label: str) -> None:
        self.value: Any = next(iter(options), None)
        self._changed: list[Callable[[], None]] = []
        with html.div().props("role=radiogroup") as box:
            box.props["aria-label"] = label
            for number, (key, (word, fact)) in enumerate(options.items()):
                with html.label().classes("rad"):
                    self._radio(f"radio-{box.id}", key, first=number == 0)
                    html.span(word)
                    if fact:
                        html.span(fact).classes("muted")

    def on_change(self, then: Callable[[], None]) -> None:
        self._changed.append(then)

    def _radio(self, name: str, key: Any, *, first: bool) -> None:
        radio = html.input_().props(f"type=radio name={name}{' checked data-autofocus' if first else ''}")
        radio.on("change", lambda: self._choose(key), args=[])

    def _choose(self, key: Any) -> None:
        self.value = key
        for then in self._changed:
            then()


class Field:
    """A labelled field with room for one sentence when it is wrong."""

    def __init__(self, label: str, *, kind: str = "text", focus: bool = False) -> None:
        self.value = ""
        with html.div().classes("field") as self._box:
            name = f"field-{self._box.id}"
            Text("label", label).props["for"] = name
            self._input = html.input_().classes("input").props(f"type={kind} id={name} maxlength={LONGEST_REASON}")
            self._input.props["aria-describedby"] = f"{name}-error"
            if focus:
                self._input.props["data-autofocus"] = True
            self._input.on("input", self._typed, js_handler=VALUE)
            with html.span().classes("err").props(f"id={name}-error role=alert") as self._error:
                pass

    def show(self, visible: bool) -> None:
        self._box.classes(add="" if visible else "hidden", remove="hidden" if visible else "")

    def refuse(self, sentence: str) -> None:
        self._error.clear()
        with self._error:
            icon("alert")
            html.span(sentence)
        self._input.props["aria-invalid"] = "true"

    def _typed(self, event: Any) -> None:
        self.value = str(event.args)[:LONGEST_REASON]
