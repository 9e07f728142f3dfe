"""Tables whose rows stay the same elements: a change costs only what it changes."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Protocol, TypeVar

from nicegui import html, ui

from app.components.doctor_rows import hide, nothing
from app.components.theme import Icon

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Columns = Sequence[tuple[str, str]]


class Row(Protocol[T_contra]):
    @property
    def element(self) -> ui.element: ...

    def update(self, item: T_contra) -> None: ...


class Rows(Generic[T]):
    """A table in a card. `show` adds, removes and orders rows and lets each see its item."""

    def __init__(self, columns: Columns, make: Callable[[int], Row[T]], empty: tuple[Icon, str, str]) -> None:
        self._make = make
        self._rows: dict[int, Row[T]] = {}
        with html.table().classes("tbl") as self.table:
            with html.thead(), html.tr():
                for word, css in columns:
                    with html.th().classes(css).props("scope=col"):
                        html.span(word).classes("vh" if css == "act" else "")
            self._body = html.tbody()
        self._nothing = nothing(*empty)

    def show(self, items: Sequence[tuple[int, T]]) -> None:
        for key in self._rows.keys() - {key for key, _ in items}:
            self._rows.pop(key).element.delete()
        with self._body:
            for key, item in items:
                if key not in self._rows:
                    self._rows[key] = self._make(key)
                self._rows[key].update(item)
        ordered = [self._rows[key].element for key, _ in items]
        if self._body.default_slot.children != ordered:
            self._body.default_slot.children[:] = ordered
            self._body.update()
        hide(self.table, not items)
        hide(self._nothing, bool(items))


class Face:
    """A box that is drawn again only when what it shows is different."""

    def __init__(self) -> None:
        self._box = html.div().classes("contents")
        self._face: Hashable = None

    def show(self, face: Hashable, draw: Callable[[], None]) -> None:
        if face == self._face:
            return
        self._face = face
        with self._box:
            self._box.clear()
            draw()
