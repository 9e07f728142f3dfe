"""Rows of a table that stay the same elements as long as they are shown. A change costs what it changes, and
whoever works with the keyboard stays where they are.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from nicegui import html, ui

from app.components.frame import icon
from app.components.theme import Icon

Item = TypeVar("Item")


class Column(NamedTuple):
    word: str
    css: str = ""
    unseen: bool = False


class Rows(Generic[Item]):
    """A body of a table. `face` is all that `draw` shows of an item: only another face is drawn again."""

    def __init__(
        self,
        key: Callable[[Item], int],
        face: Callable[[Item], object],
        draw: Callable[[ui.element, Item], None],
        *,
        heading: str = "",
        columns: int = 1,
    ) -> None:
        self._key, self._face, self._draw = key, face, draw
        self._rows: dict[int, ui.element] = {}
        self._faces: dict[int, object] = {}
        with html.tbody() as self._body:
            self._heading = [_heading(heading, columns)] if heading else []

    def show(self, items: Sequence[Item]) -> None:
        wanted = {self._key(item): item for item in items}
        for key in self._rows.keys() - wanted.keys():
            self._rows.pop(key).delete()
            del self._faces[key]
        for key, item in wanted.items():
            self._update(key, item)
        self._order(self._rows[key] for key in wanted)
        hide(self._body, not items)

    def _update(self, key: int, item: Item) -> None:
        face = self._face(item)
        if self._faces.get(key) == face:
            return
        self._faces[key] = face
        if key not in self._rows:
            with self._body:
                self._rows[key] = html.tr().props(f"data-row={key}")
        with self._rows[key] as row:
            row.clear()
            self._draw(row, item)

    def _order(self, rows: Iterable[ui.element]) -> None:
        ordered = [*self._heading, *rows]
        if self._body.default_slot.children != ordered:
            self._body.default_slot.children[:] = ordered
            self._body.update()


def head(columns: Sequence[Column]) -> None:
    with html.thead(), html.tr():
        for column in columns:
            with html.th().classes(column.css).props("scope=col"):
                html.span(column.word).classes("vh" if column.unseen else "")


def nothing(picture: Icon, title: str, text: str) -> ui.element:
    """What stands where there is nothing to list."""
    box: ui.element = html.div().classes("empty")
    with box:
        icon(picture)
        html.b(title)
        html.p(text)
    return box


def hide(element: ui.element, hidden: bool) -> None:
    if ("hidden" in element.classes) is not hidden:
        element.classes(**{"add" if hidden else "remove": "hidden"})


def _heading(text: str, columns: int) -> ui.element:
    row: ui.element = html.tr().classes("grp")
    with row:
        html.th(text).props(f"colspan={columns} scope=rowgroup")
    return row
