"""One short message at the bottom of a staff page, if need be with an Undo that stays for half a minute."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from nicegui import Client, context, html, ui

Undo = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class _Toaster:
    box: ui.element
    undo: Undo | None = None


_toasters: "WeakKeyDictionary[Client, _Toaster]" = WeakKeyDictionary()


def region() -> None:
    """Make the page's message region. It is there before anything is said, so that it is read aloud."""
    _toasters[context.client] = _Toaster(ui.element("div").classes("toast").props("role=status aria-live=polite"))


def _mine() -> _Toaster | None:
    try:
        return _toasters.get(context.client)
    except RuntimeError:  # what was clicked is gone, and with it the way to its page
        return None


def show(text: str, *, undo: Undo | None = None, undo_word: str = "Undo", warn: bool = False) -> None:
    """Say `text`; it replaces what was said before."""
    toaster = _mine()
    if toaster is None:
        return
    toaster.undo = undo
    toaster.box.clear()
    with toaster.box:
        ui.element("i").classes(f"ic {'ic-alert' if warn else 'ic-check'}").props("aria-hidden=true")
        html.span(text)
        html.span().classes("left").props("aria-hidden=true").on("animationend", lambda: _take_away(toaster))
        if undo:
            with (
                html.button()
                .classes("btn")
                .props("type=button data-focus=undo aria-keyshortcuts=U")
                .on("click", take_back)
            ):
                ui.label(undo_word)
                html.kbd("U").props("aria-hidden=true")


def hide() -> None:
    """Take away what was said: it is no news any more."""
    if toaster := _mine():
        _take_away(toaster)


async def take_back() -> None:
    """Undo what the toast offers, if it still offers it."""
    toaster = _mine()
    if toaster is None or toaster.undo is None:
        return
    undo, toaster.undo = toaster.undo, None
    _take_away(toaster)
    await undo()


def _take_away(toaster: _Toaster) -> None:
    toaster.undo = None
    toaster.box.clear()
