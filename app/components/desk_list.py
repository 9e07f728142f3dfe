"""Everybody who is in the clinic, in one list over all doctors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

from nicegui import html, ui

from app import clock
from app.components import chips
from app.components import words as common
from app.components.chips import Text
from app.components.desk_rows import Rows
from app.components.doctor_part import still
from app.components.entry_choices import Choice, choice, choices
from app.components.entry_menu import Extra, act_button, more_button
from app.components.frame import icon
from app.components.glass import Glass
from app.components.theme import STATUS
from app.components.words import desk as words
from app.components.words import staff
from app.models import Status
from app.services.board import EntryView, QueueView
from app.services.confidential import CONFIDENTIAL
from app.services.policy import Verb
from app.web.page import visit

COLUMNS = (
    (words.TICKET, ""),
    (words.PATIENT, ""),
    (words.DOCTOR, ""),
    (words.STATUS, ""),
    (words.WAITED, "r"),
    (words.TIME_LEFT, "r"),
    (words.ACTIONS, "act"),
)
KEYS: Final = MappingProxyType({Verb.RETURN: "B", Verb.TRANSFER: "M", Verb.CANCEL: "X"})
_ORDER: Final = {Status.CALLED: 0, Status.IN_PROGRESS: 1, Status.SKIPPED: 2, Status.WAITING: 3, Status.ON_HOLD: 4}


@dataclass(frozen=True, slots=True)
class Person:
    """One row. `twin`: somebody else here has the same name."""

    entry: EntryView
    doctor: str
    twin: bool
    late: bool
    why: str


class List:
    def __init__(self, glass: Glass) -> None:
        self._glass = glass
        self._rows: Rows[Person] = Rows(COLUMNS, partial(_Row, glass), ("users", words.NO_ONE, words.BY_THEMSELVES))

    def show(self, queues: Sequence[QueueView], doctor_id: int | None) -> None:
        found = people(queues, doctor_id)
        self._rows.show([(one.entry.entry_id, replace(one, entry=self._glass.through(one.entry))) for one in found])


def people(queues: Sequence[QueueView], doctor_id: int | None) -> list[Person]:
    """Those who are called first, then who is with a doctor, then by when it is their turn."""
    names = Counter(entry.patient_name.casefold() for queue in queues for entry in queue.entries if not entry.sealed)
    limit = visit().clinic.rules.long_wait_minutes * 60
    found = [
        Person(
            entry,
            words.surname(queue.doctor.name),
            names[entry.patient_name.casefold()] > 1,
            entry.status is Status.WAITING and (queue.at - entry.joined_at).total_seconds() >= limit,
            _why(entry, queue),
        )
        for queue in queues
        if doctor_id in (None, queue.doctor.id)
        for entry in queue.entries
    ]
    return sorted(found, key=_place)


def _place(person: Person) -> tuple[int, int, object, int]:
    entry = person.entry
    return _ORDER[entry.status], entry.position or 0, entry.joined_at, entry.entry_id


class _Row:
    def __init__(self, glass: Glass, entry_id: int) -> None:
        self._glass = glass
        self.element = html.tr().props(f"data-row={entry_id}")
        self._face: object = None
        self._left: Text | None = None

    def update(self, person: Person) -> None:
        entry = person.entry
        face = (still(entry), person.doctor, person.twin, person.late, person.why, entry.position == 1)
        if face != self._face:
            self._face = face
            self.element.clear()
            with self.element:
                self._draw(person)
        for element, text in ((self._fact, _chip(person.entry)), (self._left, _left(person.entry))):
            if element and element.text != text:
                element.text = text

    def _draw(self, person: Person) -> None:
        entry = person.entry
        self.element.props["data-find"] = _findable(entry)
        self.element.classes(**{"add" if entry.status is Status.CALLED else "remove": "hot"})
        with html.td().classes("tk"):
            html.bdi(entry.token)
        with html.td():
            chips.name(entry.patient_name, sealed=entry.sealed is not None)
            with html.span().classes("sub"):
                (html.b if person.twin else html.bdi)(_sub(entry))
        html.td(person.doctor)
        look = STATUS[entry.status]
        with html.td():
            with html.span().classes(f"chip {look.css}"):
                icon(look.icon)
                self._fact = Text("span", _chip(entry))
            if person.why:
                html.span(person.why.split(", not")[0]).classes("sub").props["title"] = person.why
        with html.td().classes("r"):
            _waited(entry, late=person.late)
        back = choice(entry, Verb.RETURN)
        self._left = None if back else Text("td", _left(entry)).classes("r muted" if entry.position is None else "r")
        with html.td().classes("r").props(f"colspan={2 if back else 1}"), html.div().classes("row"):
            self._actions(entry, back)

    def _actions(self, entry: EntryView, back: Choice | None) -> None:
        if back:
            made = act_button(entry, back, key=False, word=words.IS_HERE)
            with made:
                html.kbd(KEYS[Verb.RETURN]).props("aria-hidden=true")
        extra = [Extra("print", words.PRINT_TICKET, "P", partial(print_ticket, entry.entry_id))]
        if self._glass.may_ask(entry):
            extra.append(Extra("eye", words.SHOW_NAME, "", partial(self._glass.ask, entry.token, entry.patient_id)))
        more_button(entry, choices(entry), keys=KEYS, css="quiet", extra=extra)


async def print_ticket(entry_id: int) -> None:
    ui.navigate.to(f"/reception/print/{entry_id}?auto", new_tab=True)


def _chip(entry: EntryView) -> str:
    fact = {
        Status.SKIPPED: words.calls(entry.call_count),
        Status.ON_HOLD: entry.hold_reason,
        Status.WAITING: words.before((entry.position or 1) - 1),
    }.get(entry.status, staff.room(entry.room) if entry.room else "")
    return f"{entry.status.label} · {fact}" if fact else entry.status.label


def _left(entry: EntryView) -> str:
    if entry.status is Status.CALLED:
        return words.NOW
    return common.wait(entry.wait) if entry.wait else words.NOTHING


def _why(entry: EntryView, queue: QueueView) -> str:
    """Why somebody has their place, where it is not by when they came."""
    if entry.status is not Status.WAITING:
        return chips.booked_for(entry, queue.zone)
    why = chips.why(entry, queue.at, queue.zone)
    return "" if why == staff.BY_ARRIVAL else why


def _sub(entry: EntryView) -> str:
    """How to tell this person from others, and what to mind."""
    facts = [CONFIDENTIAL] if entry.confidential and not entry.sealed else []
    if entry.born:
        facts.append(words.born(entry.born))
    if entry.band == "emergency":
        facts.append(staff.EMERGENCY)
    if entry.priority in staff.PRIORITIES:
        facts.append(staff.PRIORITIES[entry.priority])
    facts += [staff.NEEDS.get(need, need) for need in entry.needs]
    if entry.source == "transfer":
        facts.append(staff.SOURCES["transfer"])
    if not entry.born and entry.phone:
        facts.append(entry.phone)
    return " · ".join(facts)


def _waited(entry: EntryView, *, late: bool) -> None:
    if entry.status is Status.IN_PROGRESS and entry.started_at:
        html.span(f"{(entry.started_at - entry.joined_at).total_seconds() // 60:.0f} min")
        return
    limit = visit().clinic.rules.long_wait_minutes
    chips.since(entry.joined_at, late=limit if entry.status is Status.WAITING else 0)
    if late:
        html.span(" " + words.OVER.format(minutes=limit)).classes("vh")


def _findable(entry: EntryView) -> str:
    digits = "".join(filter(str.isdigit, entry.phone))
    return f"{entry.token} {entry.patient_name} {entry.phone} {digits}"


def print_head(zone: str) -> Text:
    """Only on paper: what this list is and how old it is."""
    with html.div().classes("print-only"):
        html.h2(visit().clinic.name)
        return Text("p", words.printed_at(f"{clock.at_clinic(clock.now(), zone):%H:%M}"))
