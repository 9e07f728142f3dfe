"""The parts of a list page that are the same for every list."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nicegui import html
from nicegui.events import GenericEventArguments

from app.components.forms import TARGET_VALUE
from app.components.frame import icon
from app.components.places import LONGEST_SEARCH, Place
from app.components.theme import Icon
from app.components.words import admin as words


class Column(NamedTuple):
    word: str
    css: str = ""


class Empty(NamedTuple):
    icon: Icon
    title: str
    text: str


def search_box(label: str, value: str, search: Callable[[str], None]) -> None:
    def typed(event: GenericEventArguments) -> None:
        search(str(event.args))

    with html.label().classes("input"):
        icon("search")
        box = html.input_().props("type=search autocomplete=off enterkeyhint=search aria-keyshortcuts=/")
        box.props.update({"^value": value, "placeholder": label, "aria-label": label, "maxlength": LONGEST_SEARCH})
        box.on("input", typed, js_handler=TARGET_VALUE, throttle=0.3, leading_events=False)
        html.kbd("/").props("aria-hidden=true")


def table_head(columns: Sequence[Column]) -> None:
    with html.thead(), html.tr():
        for column in columns:
            html.th(column.word).classes(column.css).props("scope=col")


def cell(text: str, css: str = "") -> None:
    html.td(text).classes(css)


def nothing(empty: Empty, place: Place) -> None:
    """Instead of rows: nothing there at all, or nothing that was searched for."""
    asked = place.q or any(place.filters.values()) or place.page > 1
    with html.div().classes("empty"):
        icon(empty.icon)
        html.b(words.NOTHING_FOUND if asked else empty.title)
        html.p(words.SEARCH_OTHERWISE if asked else empty.text)


def pager(page: int, size: int, shown: int, *, more: bool, turn_to: Callable[[int], None]) -> None:
    first = (page - 1) * size + 1
    with html.nav().classes("pager") as nav:
        nav.props["aria-label"] = words.PAGES
        html.span(words.span(first, first + shown - 1) if shown else "").classes("grow num")
        for word, to, possible in ((words.PREVIOUS, page - 1 if shown else 1, page > 1), (words.NEXT, page + 1, more)):
            button = html.button(word).classes("btn").props(f"type=button data-focus={word}")
            button.props["disabled"] = not possible
            button.on("click", lambda to=to: turn_to(to), args=[])
