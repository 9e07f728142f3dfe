from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from urllib.parse import urlsplit

from fastapi import Response
from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app import clock, events
from app.components import chips
from app.components import words as common
from app.components.dialogs import button
from app.components.forms import TARGET_VALUE, select, text_input
from app.components.frame import icon, staff_frame
from app.components.glass import Glass
from app.components.lists import AdminList, Draw
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.theme import STATUS
from app.components.words import admin as words
from app.components.words import desk, staff
from app.db import Session
from app.models import Role, Source, Status
from app.pages.admin import ADMIN
from app.services import doctors, history
from app.services.confidential import CONFIDENTIAL
from app.services.history import EntryRow, EventRow, Filter
from app.web import csv_file
from app.web.actions import commit, fetch, on_thread
from app.web.numbers import number
from app.web.page import page, visit

PATH = "/admin/entries"
CSV = "/admin/entries.csv"
FILTERS = DOCTOR, STATUS_, SOURCE, FROM, TO = "doctor", "status", "source", "from", "to"
AT_ONCE = 1000  # rows of an export that are loaded together


@page(PATH, allow=ADMIN)
async def entries_page() -> None:
    place = Place.read(PATH, *FILTERS)
    with staff_frame(common.ENTRIES, current=PATH) as top:
        with top, html.button().classes("btn").props("type=button") as export:
            icon("down")
            html.span(words.EXPORT)
        export.on("click", lambda: ui.navigate.to(f"{CSV}?{urlsplit(place.url).query}"), args=[])
        await _Entries(place).build()


@page(CSV, allow=ADMIN)
async def entries_csv() -> Response:
    """The list that the same address without `.csv` shows, all its pages in one."""
    actor, zone = visit().actor, visit().clinic.timezone
    asked = _asked(Place.read(CSV, *FILTERS))
    await commit(lambda s: history.begin_export(s, actor=actor, asked=asked))
    rows: list[EntryRow] = []
    while len(rows) < history.MOST_EXPORTED:
        before = rows[-1].entry_id if rows else None
        load = partial(history.exported, actor=actor, asked=asked, before=before, limit=AT_ONCE)
        found = await fetch(load)
        rows += found
        if len(found) < AT_ONCE:
            break
    return await on_thread(csv_file.answer, "tickets.csv", words.EXPORT_HEAD, _lines(rows, zone))


def _lines(rows: list[EntryRow], zone: str) -> Iterator[list[object]]:
    for row in rows:
        yield [
            row.token, row.patient_name, row.doctor_name, row.status.label, staff.SOURCES[row.source],
            row.service_date, _moment(row.joined_at, zone), _moment(row.started_at, zone), _moment(row.ended_at, zone),
            row.waited_minutes, row.visit_minutes, staff.end_reason(row.end_reason),
        ]  # fmt: skip


def _moment(at: datetime | None, zone: str) -> str:
    return f"{clock.at_clinic(at, zone):%Y-%m-%d %H:%M}" if at else ""


def _asked(place: Place) -> Filter:
    """The filters as the services want them; what can't be read filters nothing."""
    filters = place.filters
    return Filter(
        doctor_id=number(filters[DOCTOR]),
        status=Status(filters[STATUS_]) if filters[STATUS_] in set(Status) else None,
        source=Source(filters[SOURCE]) if filters[SOURCE] in set(Source) else None,
        first=_day(filters[FROM]),
        last=_day(filters[TO]),
        search=place.q,
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
        self._glass = Glass(self._look_again)

    def _look_again(self) -> None:
        self.refresh()

    def load(self, session: Session) -> list[EntryRow]:
        return history.entries(session, actor=self._actor, asked=_asked(self.place), page=self.place.page)

    def key(self, row: EntryRow) -> int:
        return row.entry_id

    def title(self, row: EntryRow) -> tuple[str, str]:
        return row.token, ""

    def cells(self, row: EntryRow) -> None:
        row = self._glass.through_row(row)
        with html.td():
            chips.name(row.patient_name, sealed=row.sealed)
        with html.td():
            chips.status_chip(row.status)
        cell(row.doctor_name, "wide")
        joined = clock.at_clinic(row.joined_at, self._zone)
        with html.td(f"{joined:%H:%M}").classes("nowrap num"):
            html.span(words.date(row.service_date)).classes("sub")
        cell(words.minutes(row.waited_minutes), "r wide")

    async def filters(self) -> None:
        names = await fetch(lambda s: doctors.names(s, actor=self._actor))
        self._choice(DOCTOR, words.DOCTOR, {"": words.EVERY_DOCTOR} | {str(i): name for i, name in names.items()})
        self._choice(STATUS_, words.STATUS, {"": words.EVERY_STATUS} | {s.value: s.label for s in Status})
        self._choice(SOURCE, words.CAME_AS, {"": words.EVERY_SOURCE} | dict(staff.SOURCES))
        for name, label in ((FROM, words.FROM), (TO, words.TO)):
            with html.label().classes("row"):
                html.span(label)
                self._filters_by(name, label, text_input(name, self.place.filters[name], type="date"))

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
        row = self._glass.through_row(row)
        with self.panel(f"{row.token}, {row.patient_name}"):
            with html.div().classes("row wrap"):
                chips.status_chip(row.status)
                if row.confidential:
                    chips.tag(CONFIDENTIAL, "lock")
                if self._glass.may_ask(row):
                    button(desk.SHOW_NAME, partial(self._glass.ask, row.token, row.patient_id))
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
            (words.CAME_AS, staff.SOURCES[row.source]),
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
                html.bdi(self._who(step)).classes("muted small")

    def _who(self, step: EventRow) -> str:
        role = common.ROLES.get(Role(step.role)) if step.role in set(Role) else ""
        return " · ".join(part for part in (step.who, role) if part) if step.who else staff.who(step.role)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None
