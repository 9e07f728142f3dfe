"""Today's finished visits of all doctors, and the way back for what was finished by mistake."""

from collections.abc import Sequence

from nicegui import html

from app import clock
from app.components import chips
from app.components.desk_rows import Rows
from app.components.entry_choices import choice
from app.components.entry_menu import act_button
from app.components.glass import Glass
from app.components.words import desk as words
from app.components.words import staff
from app.services.history import EntryRow
from app.services.policy import Verb
from app.web.page import visit

COLUMNS = (
    (words.TICKET, ""),
    (words.PATIENT, ""),
    (words.DOCTOR, ""),
    (words.STATUS, ""),
    (words.ENDED, "r"),
    (words.ACTIONS, "act"),
)


class Finished:
    def __init__(self, glass: Glass) -> None:
        self._glass = glass
        self._rows: Rows[EntryRow] = Rows(COLUMNS, _Row, ("check", words.NONE_FINISHED, words.NONE_FINISHED_MORE))

    def show(self, rows: Sequence[EntryRow], doctor_id: int | None) -> None:
        chosen = (row for row in rows if doctor_id in (None, row.doctor_id))
        self._rows.show([(row.entry_id, self._glass.through_row(row)) for row in chosen])


class _Row:
    def __init__(self, entry_id: int) -> None:
        self.element = html.tr().props(f"data-row={entry_id}")
        self._drawn: EntryRow | None = None

    def update(self, row: EntryRow) -> None:
        if row == self._drawn:
            return
        self._drawn = row
        self.element.clear()
        self.element.props["data-find"] = f"{row.token} {row.patient_name}"
        with self.element:
            _draw(row)


def _draw(row: EntryRow) -> None:
    with html.td().classes("tk"):
        html.bdi(row.token)
    with html.td():
        chips.name(row.patient_name, staff.end_reason(row.end_reason), sealed=row.sealed)
    html.td(words.surname(row.doctor_name))
    with html.td():
        chips.status_chip(row.status)
    ended = clock.at_clinic(row.ended_at, visit().clinic.timezone) if row.ended_at else None
    html.td(f"{ended:%H:%M}" if ended else "").classes("r")
    with html.td().classes("r"), html.div().classes("row"):
        back = choice(row, Verb.RESTORE)
        if back:
            act_button(row, back, key=False)
