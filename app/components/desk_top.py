"""The head of the front desk: find somebody, scan a code, add somebody."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import html

from app.components.frame import icon
from app.components.words import desk as words

# Enter goes to the first person found; a scanned code is looked up by the server.
ENTER = """(event) => {
    const typed = event.target.value.trim();
    if (typed.includes("/t/")) {
        event.target.value = "";
        event.target.dispatchEvent(new Event("input", {bubbles: true}));
        return emit(typed);
    }
    [...document.querySelectorAll("tr[data-row]")].find((row) => row.checkVisibility())
        ?.querySelector("[aria-haspopup], button")?.focus();
}"""
PRINT = "() => window.print()"


def search(scanned: Callable[[str], Awaitable[None]]) -> None:
    """`scanned` gets the link of a ticket."""

    async def entered(event: Any) -> None:
        await scanned(str(event.args)[:500].split("/t/", 1)[-1].split("/")[0].split("?")[0])

    with html.label().classes("input grow"):
        icon("search")
        field = html.input_().props("type=search data-filter data-autofocus autofocus autocomplete=off")
        field.props.update({"aria-label": words.FIND, "placeholder": words.FIND, "aria-keyshortcuts": "/"})
        html.kbd("/").props("aria-hidden=true")
    field.on("keydown.enter.prevent", entered, js_handler=ENTER)
    field.on("vnodeMounted", js_handler="(node) => node.el.focus()")


def add_button(press: Callable[[], Awaitable[None]]) -> None:
    with html.button().classes("btn primary").props("type=button aria-keyshortcuts=A data-main") as made:
        icon("plus")
        html.span(words.ADD)
        html.kbd("A").props("aria-hidden=true")
    made.on("click", press, args=[])


def floods_button(press: Callable[[], Awaitable[None]]) -> None:
    with html.button().classes("btn quiet").props("type=button data-focus=floods") as made:
        icon("userx")
        html.span(words.FAKE_BUTTON)
    made.on("click", press, args=[])


def print_button() -> None:
    with html.button().classes("btn").props("type=button data-print") as made:
        icon("print")
        html.span(words.PRINT_LIST)
    made.on("click", js_handler=PRINT)
