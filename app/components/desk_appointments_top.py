"""The head of the appointments at the desk: find somebody, book for somebody."""

from collections.abc import Awaitable, Callable

from nicegui import html

from app.components.frame import icon
from app.components.words import desk_appointments as words

ENTER = """() => [...document.querySelectorAll("tr[data-row]")].find((row) => row.checkVisibility())
    ?.querySelector("button")?.focus()"""


def search() -> None:
    """Finds by name or phone in the list; Enter goes to the first one found."""
    with html.label().classes("input grow"):
        icon("search")
        field = html.input_().props("type=search data-filter data-autofocus autofocus autocomplete=off")
        field.props.update({"aria-label": words.FIND, "placeholder": words.FIND, "aria-keyshortcuts": "/"})
        html.kbd("/").props("aria-hidden=true")
    field.on("keydown.enter.prevent", js_handler=ENTER)
    field.on("vnodeMounted", js_handler="(node) => node.el.focus()")


def book_button(press: Callable[[], Awaitable[None]]) -> None:
    with html.button().classes("btn primary").props("type=button aria-keyshortcuts=A data-main") as made:
        icon("plus")
        html.span(words.BOOK)
        html.kbd("A").props("aria-hidden=true")
    made.on("click", press, args=[])
