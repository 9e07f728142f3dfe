"""A list on the left, an editor on the right; the address says what is searched and which row is open."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar, Generic, TypeVar

from nicegui import background_tasks, context, html, ui

from app import events
from app.components import editors
from app.components.dialogs import confirm
from app.components.forms import Form
from app.components.frame import icon
from app.components.places import LONGEST_SEARCH, NEW, Place
from app.components.tables import Column, Empty, nothing, pager, search_box, table_head
from app.components.words import admin as words
from app.db import Session
from app.web.actions import attempt
from app.web.sections import section

Row = TypeVar("Row")
Draw = Callable[[], None]  # draws all at once
KEYS = '<script src="/assets/lists.js" defer></script>'


class AdminList(ABC, Generic[Row]):
    """One kind of thing in a list. A subclass says how to load, draw and edit it."""

    columns: ClassVar[Sequence[Column]]
    on: ClassVar[tuple[type[events.Event], ...]]
    search: ClassVar[str]
    empty: ClassVar[Empty]
    size: ClassVar[int]
    add: ClassVar[str] = ""
    editor_follows: ClassVar[bool] = False  # a panel that only shows things is drawn again with the list

    def __init__(self, place: Place) -> None:
        self.place = place
        self.refresh: Callable[[], None] = lambda: None
        self._client = context.client  # the button that closes the editor goes with it
        self._panel: ui.element | None = None
        self._rows: dict[int, ui.element] = {}
        self._changed = self._more = False

    @abstractmethod
    def load(self, session: Session) -> list[Row]:
        """The rows of this place: one more than `size` if there are more."""

    @abstractmethod
    def key(self, row: Row) -> int: ...

    @abstractmethod
    def title(self, row: Row) -> tuple[str, str]:
        """What the first column says: the main word and the small line under it."""

    @abstractmethod
    def cells(self, row: Row) -> None:
        """Draw the other columns."""

    @abstractmethod
    async def editor(self, row_id: int | None) -> Draw:
        """Load what the editor of one row needs, or of a new one; answers how to draw it."""

    async def above(self) -> None:
        """Draw what stands above the search."""

    async def filters(self) -> None:
        """Draw what stands beside the search."""

    async def build(self) -> None:
        ui.add_head_html(KEYS)
        with html.div().classes("page tight"):
            await self.above()
            with html.div().classes("tools"):
                search_box(self.search, self.place.q, lambda typed: self.find(q=typed))
                await self.filters()
                if self.add:
                    with html.button().classes("btn").props("type=button").on("click", self.open_new, args=[]):
                        icon("plus")
                        html.span(self.add)
            self._count = html.div().classes("vh").props("role=status")
            self.refresh = await section(self.load, self._draw, on=self.on)
        self._panel = html.div().classes("contents")
        if self.place.open:
            await attempt(self._show)

    def pages(self, rows: Sequence[Row]) -> None:
        """Draw what leads to the other pages of the list, if there are any."""
        if self._more or self.place.page > 1:
            pager(self.place.page, self.size, len(rows), more=self._more, turn_to=self.turn_to)

    # ------------------------------------------------------------------------------------------ what the user does

    def find(self, **filters: str) -> None:
        """Show the first page of what is asked for."""
        self.place.q = filters.pop("q", self.place.q)[:LONGEST_SEARCH]
        self.place.filters.update(filters)
        self.turn_to(1)

    def turn_to(self, page: int) -> None:
        self.place.page = page
        ui.navigate.history.replace(self.place.url)
        self.refresh()

    async def open_new(self) -> None:
        await self.open(NEW)

    async def open(self, key: str) -> None:
        """Open a row, `NEW` or nothing; asks first if something typed would be lost."""
        if self._changed and not await confirm(
            words.LEAVE_QUESTION, words.LEAVE_EFFECT, yes=words.LEAVE, no=words.KEEP_EDITING
        ):
            return
        await self.show(key)

    async def close(self) -> None:
        left = self.place.row_id
        await self.open("")
        if left and not self.place.open:
            self._client.run_javascript(f"document.querySelector('[data-open=\"{left}\"]')?.focus()")

    async def show(self, key: str) -> None:
        """Open a row as it is now, whatever was in the editor."""
        self.place.open = key
        self._changed = False
        self._mark()
        with self._client:  # the row that was clicked may have been drawn anew
            ui.navigate.history.replace(self.place.url)
        await attempt(self._show)

    # ------------------------------------------------------------------------------------------ for subclasses

    def changed(self) -> None:
        """Something was typed that is not saved yet."""
        self._changed = True

    @contextmanager
    def form(self, title: str, form: Form, *, save: str) -> Iterator[ui.element]:
        """The editor around a form; yields the foot, for more buttons."""
        form.root.on("input.once", self.changed, args=[])
        with editors.form(title, form, save=save, close=self.close) as foot:
            yield foot

    def panel(self, title: str) -> AbstractContextManager[None]:
        """The editor around something that is only shown."""
        return editors.panel(title, close=self.close)

    # ------------------------------------------------------------------------------------------ drawing

    def _draw(self, rows: list[Row]) -> None:
        self._more, rows = len(rows) > self.size, rows[: self.size]
        self._rows = {}
        self._say_count(len(rows), self._more)
        with html.section().classes("card"):
            if rows:
                self._table(rows)
            else:
                nothing(self.empty, self.place)
            self.pages(rows)
        if self.editor_follows and self._panel and self.place.row_id:
            background_tasks.create(self._follow(), name="redraw panel")

    def _table(self, rows: list[Row]) -> None:
        with html.table().classes("tbl pick"):
            table_head(self.columns)
            with html.tbody():
                for row in rows:
                    self._draw_row(row)
        self._mark()

    def _draw_row(self, row: Row) -> None:
        key = str(self.key(row))

        async def clicked() -> None:
            await self.open(key)

        with html.tr().on("click", clicked, args=[]) as line:
            self._rows[self.key(row)] = line
            word, small = self.title(row)
            with html.td():
                html.button(word).classes("link").props(f"type=button data-open={key} data-focus=row-{key}")
                if small:
                    html.span(small).classes("sub")
            self.cells(row)

    def _mark(self) -> None:
        for key, line in self._rows.items():
            line.classes(**({"add": "sel"} if key == self.place.row_id else {"remove": "sel"}))

    def _say_count(self, shown: int, more: bool) -> None:
        self._count.clear()
        with self._count:
            html.span(words.found(shown, more))

    async def _follow(self) -> None:
        with self._client:
            await attempt(self._show)

    async def _show(self) -> None:
        """Load the open row's editor, and draw it if it is still the open one."""
        asked = self.place.open
        draw = await self.editor(self.place.row_id) if asked else None
        if asked != self.place.open or self._panel is None or self._client.is_deleted:
            return
        with self._panel:
            self._panel.clear()
            if draw:
                draw()


def done_by(verb: Callable[[Session], None]) -> Callable[[Session], bool]:
    """`verb` with an answer, so that it can be told from a refusal."""

    def work(session: Session) -> bool:
        verb(session)
        return True

    return work
