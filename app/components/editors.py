"""The panel at the right of a list. On narrow screens it covers the list."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import html, ui

from app.components import forms
from app.components.forms import FOCUS
from app.components.frame import icon
from app.components.words import admin as words

Close = Callable[[], Awaitable[None]]


@contextmanager
def form(title: str, editor: forms.Form, *, save: str, close: Close) -> Iterator[ui.element]:
    """The panel around a form; yields the foot, for more buttons."""
    editor.root.classes("editor").props["aria-label"] = title
    with editor.root:
        _head(title, close)
        with html.div().classes("body") as body:
            editor.note()
        with html.div().classes("foot") as foot:
            html.button(save).classes("btn primary").props("type=submit aria-keyshortcuts=Control+S")
            html.button(words.CANCEL).classes("btn").props("type=button").on("click", close, args=[])
    with body:
        yield foot


@contextmanager
def panel(title: str, *, close: Close) -> Iterator[None]:
    """The panel around something that is only shown."""
    with html.section().classes("editor") as root:
        root.props["aria-label"] = title
        _head(title, close)
        with html.div().classes("body"):
            yield


def _head(title: str, close: Close) -> None:
    with html.div().classes("head"):
        html.h2(title).props("tabindex=-1").on("vnodeMounted", js_handler=FOCUS)
        button = html.button().classes("btn icon quiet").props("type=button data-close aria-keyshortcuts=Escape")
        button.props["aria-label"] = words.CLOSE
        with button.on("click", close, args=[]):
            icon("x")
