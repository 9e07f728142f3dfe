"""The line as a table. A row stays the same element as long as the person is in it, so a change costs only
what it changes, and whoever works with the keyboard stays where they are.
"""

from datetime import timedelta

from nicegui import html, ui

from app.components import chips
from app.components.chips import Text
from app.components.doctor_part import still
from app.components.doctor_rows import Column, Rows, head, hide, nothing
from app.components.entry_choices import choice, choices
from app.components.entry_menu import KEYS, act_button, more_button
from app.components.frame import icon
from app.components.words import doctor as words
from app.components.words import staff
from app.models import Status
from app.services.board import EntryView, QueueView
from app.services.policy import Verb
from app.web.page import visit

COLUMNS = (
    Column(words.PLACE, "r", unseen=True),
    Column(words.TICKET),
    Column(words.PATIENT),
    Column(words.NEEDS),
    Column(words.CAME_AS, "wide"),
    Column(words.WAITED, "r"),
    Column(words.ACTIONS, unseen=True),
)


class Line:
    """The right column: the line, and under it those who are on hold or were skipped."""

    def __init__(self) -> None:
        self._view: QueueView | None = None
        self._places: dict[int, Text] = {}
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.LINE)
                _search()
            with html.table().classes("tbl") as self._table:
                head(COLUMNS)
                self._line = Rows(_entry_id, self._face, self._draw)
                self._aside = Rows(_entry_id, self._face, self._draw, heading=words.NOT_IN_LINE, columns=len(COLUMNS))
            self._nobody = nothing("users", words.NO_ONE, words.BY_THEMSELVES)
            self._closed = nothing("users", words.NO_ONE, words.NOBODY_NEW)
            html.p(words.NONE_FOUND).classes("empty").props("data-none-found hidden role=status aria-live=polite")

    def show(self, view: QueueView) -> None:
        self._view = view
        self._line.show(view.line)
        self._aside.show(view.aside)
        for entry in view.line:
            place = self._places[entry.entry_id]
            if place.text != str(entry.position):
                place.text = str(entry.position)
        takes_people = view.doctor.presence.takes_people
        hide(self._nobody, bool(view.line) or not takes_people)
        hide(self._closed, bool(view.line) or takes_people)
        hide(self._table, not (view.line or view.aside))

    @property
    def view(self) -> QueueView:
        assert self._view is not None  # noqa: S101
        return self._view

    def _face(self, entry: EntryView) -> object:
        first = entry.position == 1
        why = _why(entry, self.view)
        return still(entry), _is_late(entry, self.view), why, first, self.view.current is None, self.view.service_date

    def _draw(self, row: ui.element, entry: EntryView) -> None:
        waiting = entry.status is Status.WAITING
        row.props["data-find"] = f"{entry.token} {entry.patient_name}"
        self._places[entry.entry_id] = Text("td").classes("r muted")
        with html.td().classes("tk"):
            html.bdi(entry.token)
        with html.td():
            chips.name(entry.patient_name, _sub(entry, self.view), sealed=entry.sealed is not None)
            if why := _why(entry, self.view):
                html.span(why).classes("small muted")
        with html.td():
            if waiting:
                chips.tags(entry)
            else:
                chips.status_chip(entry.status)
        html.td(staff.SOURCES.get(entry.source, "") if waiting else "").classes("nowrap wide")
        with html.td().classes("r"):
            _waited(entry, late=_is_late(entry, self.view))
        with html.td().classes("r"), html.div().classes("row"):
            _actions(entry, self.view)


def _entry_id(entry: EntryView) -> int:
    return entry.entry_id


def _search() -> None:
    with html.label().classes("input"):
        icon("search")
        field = html.input_().props('type=search data-filter autocomplete=off aria-keyshortcuts="/"')
        field.props.update({"aria-label": words.FIND, "placeholder": words.FIND})
        html.kbd("/").props("aria-hidden=true")


def _waited(entry: EntryView, *, late: bool) -> None:
    limit = visit().clinic.rules.long_wait_minutes
    aside = {Status.ON_HOLD: entry.held_at, Status.SKIPPED: entry.skipped_at}
    since = aside.get(entry.status, entry.joined_at)
    if since:
        chips.since(since, late=limit if entry.status is Status.WAITING else 0)
    if late:
        html.span(" " + words.OVER.format(minutes=limit)).classes("vh")


def _actions(entry: EntryView, view: QueueView) -> None:
    step = _next_step(entry, view)
    wanted = choice(entry, step) if step else None
    if wanted:
        act_button(entry, wanted, key=False, word=words.GO_ON if step is Verb.RESUME else "")
    offered = [other for other in choices(entry) if other.verb is not step]
    more_button(entry, offered, keys=KEYS, css="quiet")


def _sub(entry: EntryView, view: QueueView) -> str:
    if entry.status is Status.ON_HOLD:
        answer = staff.ANSWERS.get(entry.answer or "", "")
        return " · ".join(part for part in (entry.hold_reason, answer) if part)
    if entry.status is Status.SKIPPED:
        return staff.calls(entry.call_count)
    return chips.facts(entry, view.service_date)


def _why(entry: EntryView, view: QueueView) -> str:
    """Why a waiting person has their place, where it is not by when they came."""
    why = chips.why(entry, view.at, view.zone) if entry.status is Status.WAITING else ""
    return "" if why == staff.BY_ARRIVAL else why


def _next_step(entry: EntryView, view: QueueView) -> Verb | None:
    """What usually comes next for somebody who is not in the line."""
    if entry.status is Status.SKIPPED:
        return Verb.RETURN
    if entry.status is Status.ON_HOLD:
        return Verb.RESUME if view.current is None else Verb.PUT_BACK
    return None


def _is_late(entry: EntryView, view: QueueView) -> bool:
    limit = timedelta(minutes=visit().clinic.rules.long_wait_minutes)
    return entry.status is Status.WAITING and view.at - entry.joined_at >= limit
