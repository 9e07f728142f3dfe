"""A doctor's finished entries as a table that grows by itself, and one entry step by step."""

from collections.abc import Callable
from datetime import date
from functools import partial

from nicegui import context, html, ui

from app import clock
from app.components import chips, dialogs
from app.components.dialogs import button
from app.components.doctor_rows import Column, Rows, head, hide, nothing
from app.components.entry_choices import choice
from app.components.entry_menu import act_button
from app.components.theme import STATUS
from app.components.words import doctor as words
from app.components.words import staff
from app.db import Session
from app.models import Status
from app.services import history
from app.services.history import EntryRow, EventRow
from app.services.policy import Verb
from app.web.actions import act
from app.web.page import Visit, visit

COLUMNS = (
    Column(words.ENDED),
    Column(words.TICKET),
    Column(words.PATIENT),
    Column(words.STATUS),
    Column(words.WHY, "wide"),
    Column(words.WAITED, "r wide"),
    Column(words.VISIT, "r wide"),
    Column(words.ACTIONS, unseen=True),
)


class Past:
    """The list. `more` makes it longer; `load` finds all of what is shown, so that a change anywhere is seen."""

    def __init__(self, doctor_id: int, status: Status | None) -> None:
        self.refresh: Callable[[], None] = lambda: None
        self._doctor_id, self._status = doctor_id, status
        self._wanted = history.PAGE
        self._zone, self._actor = visit().clinic.timezone, visit().actor
        with html.section().classes("card"):
            with html.table().classes("tbl") as self._table:
                head(COLUMNS)
                self._rows = Rows(lambda row: row.entry_id, self._face, self._draw)
            self._nothing = nothing("history", words.NO_HISTORY, words.NO_HISTORY_TEXT)
            with html.div().classes("pager") as self._pager:
                button(words.SHOW_MORE, self._more).props("data-focus=more")

    def load(self, session: Session) -> list[EntryRow]:
        """What is shown, and one more if there is more."""
        rows: list[EntryRow] = []
        while len(rows) <= self._wanted:
            found = history.of_doctor(
                session, actor=self._actor, doctor_id=self._doctor_id, status=self._status,
                before=rows[-1].entry_id if rows else None,
            )  # fmt: skip
            rows += found
            if len(found) < history.PAGE:
                break
        return rows[: self._wanted + 1]

    def show(self, rows: list[EntryRow]) -> None:
        self._rows.show(rows[: self._wanted])
        hide(self._nothing, bool(rows))
        hide(self._table, not rows)
        hide(self._pager, len(rows) <= self._wanted)

    def _more(self) -> None:
        self._wanted += history.PAGE
        self.refresh()

    def _face(self, row: EntryRow) -> object:
        return row, today(visit())

    def _draw(self, _: ui.element, row: EntryRow) -> None:
        html.td(chips.at_clinic(row.ended_at, self._zone) if row.ended_at else "").classes("num")
        with html.td().classes("tk"):
            html.bdi(row.token)
        with html.td():
            chips.name(row.patient_name, sealed=row.sealed)
        with html.td():
            chips.status_chip(row.status)
        with html.td().classes("wide"), html.span().classes("sub"):
            html.bdi(staff.end_reason(row.end_reason))
        html.td(_minutes(row.waited_minutes)).classes("r wide")
        html.td(_minutes(row.visit_minutes)).classes("r wide")
        with html.td().classes("r"), html.div().classes("row"):
            restore = choice(row, Verb.RESTORE)
            if restore and row.service_date == today(visit()):
                act_button(row, restore)
            steps = button(words.STEPS, partial(show_steps, row), css="quiet", of=row.token)
            steps.props["data-focus"] = f"steps-{row.entry_id}"


async def show_steps(row: EntryRow) -> None:
    """Everything that happened with one entry, in words."""
    actor, zone = visit().actor, visit().clinic.timezone
    with context.client:
        steps = await act(lambda session: history.timeline(session, actor=actor, entry_id=row.entry_id))
        if steps is None:
            return
        with dialogs.window(words.STEPS_OF.format(token=row.token)) as dialog:
            with html.ol().classes("timeline"):
                for step in steps:
                    _step(step, zone)
            with html.div().classes("acts"):
                button(staff.CLOSE, dialog.close).props("data-autofocus")
        await dialogs.answer_of(dialog)


def today(here: Visit) -> date:
    return clock.service_date(clock.now(), here.clinic.timezone, here.clinic.rules.day_start_hour)


def _step(step: EventRow, zone: str) -> None:
    with html.li().classes(STATUS[step.to_status].css):
        html.time(chips.at_clinic(step.at, zone))
        with html.span():
            html.b(words.step(step.verb, step.to_status, step.from_status))
            if step.room and step.to_status in (Status.CALLED, Status.IN_PROGRESS):
                html.span(f" · {staff.room(step.room)}")
            html.br()
            said = [step.who or staff.who(step.role), staff.end_reason(step.reason)]
            html.bdi(" · ".join(part for part in said if part)).classes("muted small")


def _minutes(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes} {words.MINUTES}"
