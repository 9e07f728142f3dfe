"""The front desk as a whole: one list over all doctors, what needs somebody, and the doctors."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import context, html, ui

from app import clock
from app.components import desk_floods, desk_top
from app.components.desk_appointments_next import Next
from app.components.desk_finished import Finished
from app.components.desk_list import List, print_head
from app.components.desk_rows import Face
from app.components.desk_side import SHOW_ROW, Doctors, Needs
from app.components.doctor_rows import hide
from app.components.glass import Glass
from app.components.words import PRODUCT
from app.components.words import desk as words
from app.db import Session
from app.services import history, tickets
from app.services.board import QueueView
from app.services.history import EntryRow
from app.web.actions import attempt, fetch
from app.web.page import visit


class Desk:
    """What is chosen on this page (which list, which doctor) and everything drawn from the queues."""

    def __init__(self) -> None:
        self._client = context.client
        self._actor = visit().actor
        self._finished = False
        self._doctor: int | None = None
        self._queues: Sequence[QueueView] = ()
        self._rows: Sequence[EntryRow] = ()
        self._waiting: int | None = None
        self._load_finished: Callable[[], None] = lambda: None
        self._printed = print_head(visit().clinic.timezone)
        with html.div().classes("tools"):
            self._filters = Face()
            html.span().classes("grow")
            desk_top.floods_button(desk_floods.clean_up)
            desk_top.print_button()
        with html.div().classes("desk"):
            with html.section().classes("card"):
                glass = Glass(self._look_again)
                with html.div().classes("contents") as self._here:
                    self._list = List(glass)
                with html.div().classes("contents hidden") as self._gone:
                    self._closed = Finished(glass)
                html.p(words.NONE_FOUND).classes("empty").props("data-none-found hidden role=status")
            with html.div().classes("stack"):
                self._needs = Needs()
                self.next = Next()
                self._doctors = Doctors()

    def follow(self, refresh: Callable[[], None]) -> None:
        """How to have the finished visits loaded again."""
        self._load_finished = refresh

    def load(self, session: Session) -> Sequence[EntryRow]:
        """The finished visits, while somebody looks at them."""
        return history.finished_today(session, actor=self._actor) if self._finished else ()

    def show(self, queues: Sequence[QueueView]) -> None:
        self._queues = queues
        if self._doctor not in (None, *(queue.doctor.id for queue in queues)):
            self._doctor = None
        self._draw_filters()
        self._list.show(queues, self._doctor)
        self._needs.show(queues)
        self._doctors.show(queues)
        self._printed.text = words.printed_at(f"{clock.at_clinic(clock.now(), visit().clinic.timezone):%H:%M}")
        waiting = sum(queue.stats.waiting_count for queue in queues)
        if waiting != self._waiting:
            self._waiting = waiting
            ui.page_title(f"{words.title(waiting)} – {PRODUCT}")

    def show_finished(self, rows: Sequence[EntryRow]) -> None:
        self._rows = rows
        if self._finished:
            self._closed.show(rows, self._doctor)
            hide(self._gone, False)  # not before: an empty list would say that nobody was here

    def _look_again(self) -> None:
        """This page was shown a name."""
        self.show(self._queues)
        self.show_finished(self._rows)

    async def scanned(self, link: str) -> None:
        """Go to the ticket behind a scanned code, whatever is shown right now."""
        with self._client:
            entry_id = await attempt(lambda: fetch(lambda session: tickets.entry_of(session, link)))
            if entry_id is None:
                return
            open_ = any(entry.entry_id == entry_id for queue in self._queues for entry in queue.entries)
            self._choose(finished=not open_, doctor=None)
            ui.run_javascript(f"setTimeout(() => {SHOW_ROW % entry_id}, 300)")

    def _choose(self, *, finished: bool, doctor: int | None) -> None:
        loaded = self._finished
        self._finished, self._doctor = finished, doctor
        hide(self._here, finished)
        hide(self._gone, not (finished and loaded))
        with self._client:  # the pressed button is drawn anew
            self.show(self._queues)
            if finished and loaded:
                self._closed.show(self._rows, doctor)
            if finished:
                self._load_finished()

    def _draw_filters(self) -> None:
        here = sum(len(queue.entries) for queue in self._queues)
        gone = sum(queue.stats.finished_today for queue in self._queues)
        doctors = tuple((queue.doctor.id, words.surname(queue.doctor.name)) for queue in self._queues)
        self._filters.show(
            (self._finished, self._doctor, here, gone, doctors), partial(self._draw, here, gone, doctors)
        )

    def _draw(self, here: int, gone: int, doctors: Sequence[tuple[int, str]]) -> None:
        with html.div().classes("seg").props("role=group") as lists:
            lists.props["aria-label"] = words.WHICH_LIST
            self._choice(words.count(words.IN_CLINIC, here), finished=False, doctor=self._doctor)
            self._choice(words.count(words.FINISHED, gone), finished=True, doctor=self._doctor)
        with html.div().classes("seg").props("role=group") as which:
            which.props["aria-label"] = words.WHICH_DOCTOR
            self._choice(words.ALL_DOCTORS, finished=self._finished, doctor=None)
            for doctor_id, name in doctors:
                self._choice(name, finished=self._finished, doctor=doctor_id)

    def _choice(self, word: str, *, finished: bool, doctor: int | None) -> None:
        pressed = finished == self._finished and doctor == self._doctor
        made = html.button(word).props(f"type=button aria-pressed={str(pressed).lower()}")
        made.props["data-focus"] = f"{word.split(maxsplit=1)[0]}-{doctor}"
        made.on("click", partial(self._choose, finished=finished, doctor=doctor), args=[])
