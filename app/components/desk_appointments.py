"""The appointments of one day over all doctors: who is expected, who came, and what can be done."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from nicegui import context, html

from app import clock
from app.components import chips, desk_top
from app.components.desk_appointments_acts import check_in, check_in_word, offered
from app.components.desk_rows import Face, Rows
from app.components.dialogs import VALUE
from app.components.entry_menu import KEYS, more_button
from app.components.frame import icon
from app.components.glass import Glass
from app.components.theme import STATUS, StatusLook
from app.components.words import desk as desk_words
from app.components.words import desk_appointments as words
from app.components.words import staff
from app.db import Session
from app.models import AppointmentStatus, Status
from app.services import desk_day
from app.services.desk_day import BookedRow
from app.web.page import visit

COLUMNS = (
    (words.TIME, ""),
    (words.PATIENT, ""),
    (words.DOCTOR, ""),
    (words.STATUS, ""),
    (words.TICKET, ""),
    (words.ACTIONS, "act"),
)
LISTS: Final = MappingProxyType(
    {
        words.EXPECTED: frozenset({AppointmentStatus.BOOKED}),
        words.CAME: frozenset({AppointmentStatus.CHECKED_IN, AppointmentStatus.COMPLETED, AppointmentStatus.LEFT}),
        words.NOT_COMING: frozenset({AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELLED}),
        words.EVERYBODY: frozenset(AppointmentStatus),
    }
)
_LOOKS: Final = MappingProxyType(
    {
        AppointmentStatus.BOOKED: StatusLook("clock", ""),
        AppointmentStatus.CHECKED_IN: STATUS["waiting"],
        AppointmentStatus.COMPLETED: STATUS["done"],
        AppointmentStatus.NO_SHOW: STATUS["no_show"],
        AppointmentStatus.LEFT: STATUS["cancelled"],
        AppointmentStatus.CANCELLED: STATUS["cancelled"],
    }
)


class _Named(NamedTuple):
    """An appointment where a ticket is expected: in the names of its buttons."""

    entry_id: int
    doctor_id: int
    token: str
    status: Status = Status.WAITING


class _Item(NamedTuple):
    row: BookedRow
    late: bool
    today: bool


class Appointments:
    """What is chosen on this page (day, list, doctor) and everything drawn from the appointments."""

    def __init__(self) -> None:
        self._client = context.client
        self._actor = visit().actor
        self._day = self._today()
        self._list: str = words.EXPECTED
        self._doctor: int | None = None
        self._rows: Sequence[BookedRow] = ()
        self._refresh: Callable[[], None] = lambda: None
        with html.div().classes("tools"):
            self._filters = Face()
            html.span().classes("grow")
            self._days = Face()
            desk_top.print_button()
        with html.section().classes("card"):
            glass = Glass(self._look_again)
            self._glass = glass
            self._table: Rows[_Item] = Rows(COLUMNS, partial(_Row, glass), ("clock", words.NONE, words.NONE_TEXT))
            html.p(words.NONE_FOUND).classes("empty").props("data-none-found hidden role=status")

    def follow(self, refresh: Callable[[], None]) -> None:
        """How to have the day loaded again."""
        self._refresh = refresh

    def load(self, session: Session) -> Sequence[BookedRow]:
        return desk_day.of_day(session, actor=self._actor, day=self._day)

    def show(self, rows: Sequence[BookedRow]) -> None:
        self._rows = rows
        if self._doctor not in (None, *(row.doctor_id for row in rows)):
            self._doctor = None
        self._draw_filters()
        self._days.show(self._day, self._draw_day)
        now, today = clock.now(), self._day == self._today()
        shown = [row for row in self._of_doctor() if row.status in LISTS[self._list]]
        self._table.show(
            [(row.id, _Item(self._glass.through_booking(row), _is_late(row, now), today)) for row in shown]
        )

    def _look_again(self) -> None:
        """This page was shown a name."""
        self.show(self._rows)

    def _of_doctor(self) -> list[BookedRow]:
        return [row for row in self._rows if self._doctor in (None, row.doctor_id)]

    def _today(self) -> date:
        return clock.at_clinic(clock.now(), visit().clinic.timezone).date()

    def _draw_filters(self) -> None:
        mine = self._of_doctor()
        counts = {word: sum(row.status in of for row in mine) for word, of in LISTS.items()}
        doctors = dict(sorted({row.doctor_id: desk_words.surname(row.doctor_name) for row in self._rows}.items()))
        face = (self._list, self._doctor, tuple(counts.items()), tuple(doctors.items()))
        self._filters.show(face, partial(self._draw, counts, doctors))

    def _draw(self, counts: dict[str, int], doctors: dict[int, str]) -> None:
        with html.div().classes("seg").props("role=group") as lists:
            lists.props["aria-label"] = words.WHICH_LIST
            for word, number in counts.items():
                self._choice(words.count(word, number), word, chosen=word, doctor=self._doctor)
        with html.div().classes("seg").props("role=group") as which:
            which.props["aria-label"] = words.WHICH_DOCTOR
            self._choice(words.ALL_DOCTORS, "all", chosen=self._list, doctor=None)
            for doctor_id, name in doctors.items():
                self._choice(name, f"doctor-{doctor_id}", chosen=self._list, doctor=doctor_id)

    def _choice(self, word: str, key: str, *, chosen: str, doctor: int | None) -> None:
        pressed = chosen == self._list and doctor == self._doctor
        made = html.button(word).props(f"type=button aria-pressed={str(pressed).lower()}")
        made.props["data-focus"] = f"show-{key}"
        made.on("click", partial(self._choose, chosen, doctor), args=[])

    def _choose(self, chosen: str, doctor: int | None) -> None:
        self._list, self._doctor = chosen, doctor
        with self._client:  # the pressed button is drawn anew
            self.show(self._rows)

    def _draw_day(self) -> None:
        with html.div().classes("row"):
            self._step("left", words.DAY_BEFORE, -1)
            field = html.input_().classes("input").props("type=date data-focus=day")
            field.props.update({"^value": self._day.isoformat(), "aria-label": words.DAY})
            field.on("change", self._typed, js_handler=VALUE)
            self._step("right", words.DAY_AFTER, 1)
            if self._day != self._today():
                made = html.button(words.TODAY).classes("btn").props("type=button")
                made.on("click", lambda: self._go(self._today()), args=[])

    def _step(self, picture: Any, word: str, days: int) -> None:
        with html.button().classes("btn icon quiet").props("type=button") as made:
            icon(picture)
        made.props.update({"aria-label": word, "data-focus": f"day-{days}"})
        made.on("click", lambda: self._go(self._day + timedelta(days=days)), args=[])

    def _typed(self, event: Any) -> None:
        try:
            self._go(date.fromisoformat(str(event.args)))
        except (ValueError, OverflowError):
            return

    def _go(self, day: date) -> None:
        self._day = day
        with self._client:
            self._list = words.EXPECTED if day >= self._today() else words.EVERYBODY
            self._refresh()


class _Row:
    def __init__(self, glass: Glass, appointment_id: int) -> None:
        self._glass = glass
        self.element = html.tr().props(f"data-row={appointment_id}")
        self._drawn: _Item | None = None

    def update(self, item: _Item) -> None:
        if item == self._drawn:
            return
        self._drawn = item
        self.element.clear()
        row = item.row
        digits = "".join(filter(str.isdigit, row.phone))
        self.element.props["data-find"] = f"{row.patient_name} {row.phone} {digits} {row.token}"
        with self.element:
            self._draw(item)

    def _draw(self, item: _Item) -> None:
        row, time = item.row, f"{clock.at_clinic(item.row.starts_at, visit().clinic.timezone):%H:%M}"
        html.td(time).classes("tk")
        with html.td():
            born = desk_words.born(row.born) if row.born else ""
            chips.name(row.patient_name, " · ".join(filter(None, (born, row.phone))), sealed=row.sealed)
        html.td(desk_words.surname(row.doctor_name))
        with html.td():
            _status(item)
        with html.td().classes("nowrap"):
            html.bdi(row.token)
        with html.td().classes("r"), html.div().classes("row"):
            extra = offered(row, self._glass, today=item.today)
            if extra and extra[0].key == "C":
                _check_in_button(row, time)
            named = _Named(row.id, row.doctor_id, words.who(time, row.patient_name))
            more_button(named, [], keys=KEYS, css="quiet", extra=extra)


def _check_in_button(row: BookedRow, time: str) -> None:
    with html.button().classes("btn").props("type=button") as made:
        html.span(check_in_word(row))
        html.span(f" {words.who(time, row.patient_name)}").classes("vh")
        html.kbd("C").props("aria-hidden=true")
    made.props["data-focus"] = f"check-in-{row.id}"
    made.on("click", partial(check_in, row), args=[])


def _status(item: _Item) -> None:
    look, word = _LOOKS[item.row.status], words.STATUSES[item.row.status]
    with html.span().classes(f"chip {look.css}"):
        icon(look.icon)
        html.span(f"{word} · {words.LATE}" if item.late else word)
    if item.late and item.today:
        with html.span().classes("sub late"):
            chips.since(item.row.starts_at)
    elif item.row.entry_status and item.row.status is AppointmentStatus.CHECKED_IN:
        html.span(staff.label(item.row.entry_status).capitalize()).classes("sub")


def _is_late(row: BookedRow, now: Any) -> bool:
    return row.is_coming and row.starts_at < now
