"""Booking for somebody at the desk: who, which doctor, which day and time, all in one window."""

from datetime import date, datetime
from functools import partial
from typing import Any

from nicegui import context, html, ui

from app.components import dialogs
from app.components.desk_appointments_acts import print_slip, when
from app.components.desk_appointments_times import Times
from app.components.desk_known import Known
from app.components.entry_actions import new_key
from app.components.forms import Form, Values
from app.components.words import UNDO, staff
from app.components.words import desk as desk_words
from app.components.words import desk_appointments as words
from app.db import Session
from app.errors import Conflict, Invalid
from app.services import booking, idempotency
from app.services.booking import Guest
from app.services.places import SlotTaken
from app.web import toasts
from app.web.actions import act, commit
from app.web.page import visit

BLAME = {"missing": "name", "too_long": "name", "bad_phone": "phone", "bad_date": "born"}
_MISTAKE = words.CANCEL_REASONS[-1]


async def book() -> None:
    """Ask for everything in one window, book it and say so."""
    with context.client:
        with dialogs.window(words.BOOK) as dialog:
            dialog.props("no-backdrop-dismiss")
            await _Panel(dialog).draw()
        made = await dialogs.answer_of(dialog)
        if isinstance(made, dict):
            at = when(datetime.fromisoformat(made["at"]))
            toasts.show(words.booked(made["name"], at), undo=partial(_take_back, made), undo_word=UNDO)
            if made["print"]:
                await print_slip(made["id"])


async def _take_back(made: dict[str, Any]) -> None:
    actor = visit().actor
    with context.client:
        await act(
            lambda s: booking.cancel(s, actor=actor, appointment_id=made["id"], reason=_MISTAKE).id,
            done=lambda _: words.cancelled(made["name"]),
        )


class _Panel:
    def __init__(self, dialog: ui.dialog) -> None:
        self._dialog = dialog
        self._key = new_key()
        self._form = Form(self._send, blame=BLAME, css="stack", label=words.BOOK)

    async def draw(self) -> None:
        form = self._form
        with form.root:
            form.note()
            name = form.text("name", words.NAME, maxlength=80, enterkeyhint="go", **{"data-autofocus": ""})
            self._known = Known(name, form.root)
            with html.div().classes("two"):
                form.text("born", words.BORN, type="date")
                form.text("phone", words.PHONE, type="tel", maxlength=20)
            self._times = Times()
            await self._times.load()
            form.text("reason", words.REASON, maxlength=200)
            form.check("print", words.PRINT_TOO, False)
            with html.div().classes("acts"):
                with html.button().classes("btn primary").props("type=submit"):
                    html.span(words.BOOK_SHORT)
                dialogs.button(staff.CANCEL, self._dialog.close)

    async def _send(self, values: Values) -> None:
        if not values.get("name", "").strip():
            raise Invalid(words.NAME_MISSING, code="missing")
        slot_id, born = self._times.chosen(values), _date(values.get("born", ""))
        if await self._known.asks_which(values.get("name", ""), born):
            return
        try:
            made = await self._book(values, slot_id, born)
        except SlotTaken:
            await self._times.load()
            raise
        if made:
            self._dialog.submit({**made, "print": "print" in values})

    async def _book(self, values: Values, slot_id: int, born: date | None) -> dict[str, Any] | None:
        try:
            return await self._commit(values, slot_id, born, same_time=False)
        except Conflict as error:
            if error.code != "same_time":
                raise
        if not await dialogs.confirm(words.TWICE, words.TWICE_TEXT, yes=words.TWICE_YES, no=words.TWICE_NO):
            return None
        return await self._commit(values, slot_id, born, same_time=True)

    async def _commit(self, values: Values, slot_id: int, born: date | None, *, same_time: bool) -> dict[str, Any]:
        actor, known = visit().actor, self._known.patient
        who = known.id if known else Guest(name=values.get("name", ""), phone=values.get("phone", ""), born=born)
        reason = values.get("reason", "")
        name = " ".join((known.name if known else values.get("name", "")).split())

        def work(session: Session) -> dict[str, Any]:
            made = booking.book(session, actor=actor, slot_id=slot_id, who=who, reason=reason, same_time=same_time)
            return {"id": made.id, "name": name, "at": made.starts_at.isoformat()}

        body = {"slot_id": slot_id, "who": repr(who), "reason": reason, "same_time": same_time}
        return await commit(
            lambda session: idempotency.once(
                session, asker=actor.asker, key=self._key, body=body, work=lambda: work(session)
            )
        )


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(desk_words.BAD_BIRTH, code="bad_date") from error
