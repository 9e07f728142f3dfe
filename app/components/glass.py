"""Behind glass: the names of confidential patients, for somebody at the desk who says why they need one.

What was shown stays on this page for this person until they leave it, or until the record would be closed, too.
Nobody else's page shows it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nicegui import context, html, ui

from app.components import dialogs
from app.components.dialogs import Field
from app.components.words import desk as words
from app.components.words import staff
from app.errors import Invalid
from app.models import Role
from app.services import confidential
from app.services.board import EntryView
from app.services.confidential import Shown
from app.services.desk_day import BookedRow
from app.services.history import EntryRow
from app.services.patients import OPEN_FOR, PatientRow
from app.web.actions import attempt, commit
from app.web.page import visit

ENTER = "(event) => event.target.tagName === 'INPUT' && (event.preventDefault(), emit())"
MAY_ASK = frozenset({Role.RECEPTION, Role.ADMIN})


class Glass:
    """The names that this page has been shown. `changed` is called when there is a new one, and when one is closed."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._shown: dict[int, Shown] = {}
        self._ends: dict[int, asyncio.TimerHandle] = {}
        self._changed = changed
        self._may_ask = visit().me.role in MAY_ASK
        self._client = context.client
        self._client.on_delete(self._forget)

    def through(self, entry: EntryView) -> EntryView:
        """The entry as this page may see it."""
        known = self._shown.get(entry.patient_id) if entry.sealed else None
        if known is None:
            return entry
        return replace(entry, patient_name=known.name, born=known.born, phone=known.phone, sealed=None)

    def through_row(self, row: EntryRow) -> EntryRow:
        known = self._shown.get(row.patient_id) if row.sealed else None
        return replace(row, patient_name=known.name, sealed=False) if known else row

    def through_booking(self, row: BookedRow) -> BookedRow:
        known = self._shown.get(row.patient_id) if row.sealed else None
        if known is None:
            return row
        return replace(row, patient_name=known.name, born=known.born, phone=known.phone, sealed=False)

    def through_patient(self, row: PatientRow) -> PatientRow:
        known = self._shown.get(row.id) if row.sealed else None
        if known is None:
            return row
        return replace(row, name=known.name, born=known.born, phone=known.phone, sealed=False)

    def may_ask(self, one: EntryView | EntryRow | BookedRow | PatientRow) -> bool:
        return bool(one.sealed) and self._may_ask

    async def ask(self, token: str, patient_id: int) -> None:
        """Ask for the reason, and show the name from then on, for as long as a record would be open."""
        with self._client:
            with dialogs.window(words.WHOSE_NAME.format(token=token)) as dialog:
                html.p(words.NAME_IS_KEPT)
                field = Field(words.WHY_NAME, focus=True)
                send = partial(self._look, dialog, field, patient_id)
                with html.div().classes("acts"):
                    dialogs.button(words.SHOW_NAME, send, css="primary")
                    dialogs.button(staff.CANCEL, dialog.close)
                dialog.on("keydown.enter", send, js_handler=ENTER)
            shown = await dialogs.answer_of(dialog)
            if isinstance(shown, Shown):
                self._open(patient_id, shown)

    def _open(self, patient_id: int, shown: Shown) -> None:
        if self._client.is_deleted:
            return
        if before := self._ends.pop(patient_id, None):
            before.cancel()
        self._shown[patient_id] = shown
        end = asyncio.get_running_loop().call_later(OPEN_FOR.total_seconds(), self._close, patient_id)
        self._ends[patient_id] = end
        self._changed()

    def _close(self, patient_id: int) -> None:
        del self._shown[patient_id], self._ends[patient_id]
        with self._client:
            self._changed()

    def _forget(self) -> None:
        """The page is gone."""
        for end in self._ends.values():
            end.cancel()
        self._ends.clear()

    async def _look(self, dialog: ui.dialog, field: Field, patient_id: int) -> None:
        actor = visit().actor

        async def look() -> Shown | None:
            try:
                return await commit(
                    lambda session: confidential.see_name(
                        session, actor=actor, patient_id=patient_id, reason=field.value
                    )
                )
            except Invalid as error:
                field.refuse(error.message)
                return None

        if shown := await attempt(look):
            dialog.submit(shown)
