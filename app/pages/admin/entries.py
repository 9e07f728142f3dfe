from dataclasses import dataclass
from datetime import date

from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app import clock, events
from app.components import words as common
from app.components.chips import status_chip
from app.components.forms import TARGET_VALUE, select, text_input
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.theme import STATUS
from app.components.words import admin as words
from app.components.words import staff
from app.db import Session
from app.models import Status
from app.pages.admin import ADMIN
from app.services import doctors, history
from app.services.history import EntryRow, EventRow
from app.web.actions import fetch
from app.web.page import page, visit

PATH = "/admin/entries"
DOCTOR, STATUS_, DAY = "doctor", "status", "day"


@page(PATH, allow=ADMIN)
async def entries_page() -> None:
    place = Place.read(PATH, DOCTOR, STATUS_, DAY)
    with staff_frame(common.ENTRIES, current=PATH):
        await _Entries(place).build()


@dataclass(frozen=True, slots=True)
class _Filter:
    """The filters as the services want them; what can't be read filters nothing."""

    doctor_id: int | None
    status: Status | None
    day: date | None

    @classmethod
    def of(cls, filters: dict[str, str]) -> "_Filter":
        doctor = filters[DOCTOR]
        return cls(
            int(doctor) if doctor.isascii() and doctor.isdecimal() and len(doctor) < 10 else None,
            Status(filters[STATUS_]) if filters[STATUS_] in set(Status) else None,
            _day(filters[DAY]),
        )


class _Entries(AdminList[EntryRow]):
    columns = (
        Column(words.TICKET),
        Column(words.PATIENT),
        Column(words.STATUS),
        Column(words.DOCTOR, "wide"),
        Column(words.JOINED),
        Column(words.WAITED, "r wide"),
    )
    on = (events.QueueChanged, events.PeopleChanged, events.DoctorsChanged)
    search = words.FIND_ENTRY
    empty = Empty("ticket", words.NO_ENTRIES, words.NO_ENTRIES_TEXT)
    size = history.PAGE
    editor_follows = True

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._zone = here.actor, here.clinic.timezone

    def load(self, session: Session) -> list[EntryRow]:
        asked = _Filter.of(self.place.filters)
        return history.entries(
            session,
            actor=self._actor,
            doctor_id=asked.doctor_id,
            status=asked.status,
            day=asked.day,
            search=self.place.q,
            page=self.place.page,
        )

    def key(self, row: EntryRow) -> int:
        return row.entry_id

    def title(self, row: EntryRow) -> tuple[str, str]:
        return row.token, ""

    def cells(self, row: EntryRow) -> None:
        with html.td():
            html.bdi(row.patient_name)
        with html.td():
            status_chip(row.status)
        cell(row.doctor_name, "wide")
        joined = clock.at_clinic(row.joined_at, self._zone)
        with html.td(f"{joined:%H:%M}").classes("nowrap num"):
            html.span(words.date(row.service_date)).classes("sub")
        cell(words.minutes(row.waited_minutes), "r wide")

    async def filters(self) -> None:
        names = await fetch(lambda s: doctors.names(s, actor=self._actor))
        self._choice(DOCTOR, words.DOCTOR, {"": words.EVERY_DOCTOR} | {str(i): name for i, name in names.items()})
        self._choice(STATUS_, words.STATUS, {"": words.EVERY_STATUS} | {s.value: s.label for s in Status})
        with html.div():
            self._filters_by(DAY, words.DAY, text_input(DAY, self.place.filters[DAY], type="date"))

    def _choice(self, name: str, label: str, options: dict[str, str]) -> None:
        with html.div():
            self._filters_by(name, label, select(name, options, self.place.filters[name]))

    def _filters_by(self, name: str, label: str, control: ui.element) -> None:
        def changed(event: GenericEventArguments) -> None:
            self.find(**{name: str(event.args)})

        control.props["aria-label"] = label
        control.on("change", changed, js_handler=TARGET_VALUE)

    async def editor(self, row_id: int | None) -> Draw:
        row = await fetch(lambda s: history.entry(s, actor=self._actor, entry_id=row_id or 0))
        steps = await fetch(lambda s: history.timeline(s, actor=self._actor, entry_id=row.entry_id))
        return lambda: self._panel_of(row, steps)

    def _panel_of(self, row: EntryRow, steps: list[EventRow]) -> None:
        with self.panel(f"{row.token}, {row.patient_name}"):
            with html.div().classes("row"):
                status_chip(row.status)
            with html.dl().classes("kv"):
                for word, fact in self._facts(row):
                    html.dt(word)
                    html.dd(fact)
            html.h3(words.STEPS)
            with html.ol().classes("timeline"):
                for step in steps:
                    self._step(step)

    def _facts(self, row: EntryRow) -> list[tuple[str, str]]:
        facts = [
            (words.DOCTOR, row.doctor_name),
            (words.DAY, words.date(row.service_date)),
            (words.WAITED, words.minutes(row.waited_minutes)),
            (words.VISIT, words.minutes(row.visit_minutes)),
        ]
        return [*facts, (words.REASON, staff.end_reason(row.end_reason))] if row.end_reason else facts

    def _step(self, step: EventRow) -> None:
        at = clock.at_clinic(step.at, self._zone)
        with html.li().classes(STATUS[step.to_status].css):
            html.time(f"{at:%H:%M}").props(f"datetime={step.at.isoformat()}")
            with html.span():
                html.b(words.event(step.verb, step.to_status))
                facts = [staff.room(step.room) if step.room else "", staff.end_reason(step.reason)]
                if said := " · ".join(fact for fact in facts if fact):
                    html.span(f" · {said}")
                html.br()
                html.span(step.who or staff.who(step.role)).classes("muted small")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None
