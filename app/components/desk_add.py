"""Adding somebody who came without a phone. Everything typed stays in the browser until it is sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from nicegui import context, html, ui

from app import clock
from app.components import dialogs
from app.components import words as common
from app.components.desk_known import Known
from app.components.desk_list import print_ticket
from app.components.entry_actions import new_key, say_done
from app.components.forms import Form, Values
from app.components.words import desk as words
from app.components.words import desk_appointments as booking_words
from app.components.words import staff
from app.db import Session
from app.errors import Invalid
from app.models import Need, Priority, Source
from app.services import arriving, idempotency, joining
from app.services.board import QueueView
from app.services.joining import Newcomer
from app.web import live
from app.web.actions import commit, fetch
from app.web.numbers import number
from app.web.page import visit

BLAME = {
    "missing": "name",
    "too_long": "name",
    "bad_phone": "phone",
    "bad_date": "born",
    "already_waiting": "doctor",
    "queue_full": "doctor",
    "queue_paused": "doctor",
    "queue_closed": "doctor",
    "not_open_yet": "doctor",
}


async def add_walk_in() -> None:
    """Ask for everything in one window, add the person and say so."""
    with context.client:
        queues = await live.queues()
        with dialogs.window(words.ADD) as dialog:
            dialog.props("no-backdrop-dismiss")
            _Panel(dialog, queues)
        added = await dialogs.answer_of(dialog)
        if isinstance(added, dict):
            said = words.added(added["token"], added["name"]) if added["name"] else words.added_unnamed(added["token"])
            say_done(said, added["entry_id"])
            if added["print"]:
                await print_ticket(added["entry_id"])


class _Panel:
    def __init__(self, dialog: ui.dialog, queues: Sequence[QueueView]) -> None:
        self._dialog = dialog
        self._key = new_key()
        self._form = Form(self._send, blame=BLAME, css="stack", label=words.ADD)
        with self._form.root:
            self._form.note()
            self._draw(queues)

    def _draw(self, queues: Sequence[QueueView]) -> None:
        form = self._form
        name = form.text("name", words.NAME, maxlength=80, enterkeyhint="go", **{"data-autofocus": ""})
        self._known = Known(name, form.root)
        with html.div().classes("two"):
            form.text("born", words.BORN, type="date")
            form.text("phone", words.PHONE, type="tel", maxlength=20)
        _doctors(form, queues)
        none = {Priority.NONE.value: words.NO_PRIORITY}
        form.choice("priority", words.PRIORITY, {**none, **staff.PRIORITIES}, Priority.NONE)
        with html.fieldset().classes("field"):
            html.legend(words.NEEDS)
            with html.div().classes("row wrap"):
                for need, word in staff.NEEDS.items():
                    form.check(f"need-{need}", word, False)
        form.check("confidential", words.KEEP_NAME, False)
        form.check("print", words.PRINT_TOO, True)
        with html.div().classes("acts"):
            with html.button().classes("btn primary").props("type=submit"):
                html.span(words.ADD)
            dialogs.button(staff.CANCEL, self._dialog.close)

    async def _send(self, values: Values) -> None:
        if not values.get("name", "").strip():
            raise Invalid(words.NAME_MISSING, code="missing")
        born = _date(values.get("born", ""))
        if await self._known.asks_which(values.get("name", ""), born):
            return
        done = await self._check_in_instead(values) or await self._join(values, born)
        self._dialog.submit({**done, "print": "print" in values})

    async def _check_in_instead(self, values: Values) -> dict[str, Any] | None:
        """Whoever is booked here today gets that place, unless the desk says otherwise."""
        known, actor, doctor_id = self._known.patient, visit().actor, _doctor_id(values)
        if known is None:
            return None
        booked = await fetch(lambda s: arriving.booked_here(s, actor=actor, patient_id=known.id, doctor_id=doctor_id))
        if booked is None:
            return None
        time = f"{clock.at_clinic(booked.starts_at, visit().clinic.timezone):%H:%M}"
        said = booking_words.has_one(known.name, time), booking_words.check_in_for(time)
        if not await dialogs.confirm(booking_words.HAS_ONE, said[0], yes=said[1], no=booking_words.AS_WALK_IN):
            return None

        def work(session: Session) -> dict[str, Any]:
            entry = arriving.check_in(session, actor=actor, appointment_id=booked.id, source=Source.RECEPTION)
            return {"entry_id": entry.id, "token": entry.token, "name": known.name}

        return await commit(work)

    async def _join(self, values: Values, born: date | None) -> dict[str, Any]:
        patient = self._known.patient
        who = Newcomer(
            name=values.get("name", ""), phone=values.get("phone", ""), born=born, source=Source.RECEPTION,
            needs=tuple(need for need in Need if f"need-{need}" in values),
            priority=_priority(values), patient_id=patient.id if patient else None,
            is_confidential="confidential" in values,
        )  # fmt: skip
        actor, doctor_id = visit().actor, _doctor_id(values)
        name = "" if who.is_confidential else patient.name if patient else who.name

        def work(session: Session) -> dict[str, Any]:
            entry = joining.join(session, actor=actor, doctor_id=doctor_id, who=who)
            return {"entry_id": entry.id or 0, "token": entry.token, "name": " ".join(name.split())}

        body = {"doctor_id": doctor_id, "who": repr(who)}
        return await commit(
            lambda session: idempotency.once(
                session, asker=actor.asker, key=self._key, body=body, work=lambda: work(session)
            )
        )


def _doctors(form: Form, queues: Sequence[QueueView]) -> None:
    """Shortest wait first; those who take nobody can't be chosen and say why."""
    open_ = sorted((queue for queue in queues if queue.doctor.presence.takes_people), key=_wait)
    options = {str(queue.doctor.id): _load(queue) for queue in open_}
    control = form.choice("doctor", words.DOCTOR, options, next(iter(options), ""))
    with control:
        for queue in queues:
            if queue not in open_:
                state = words.presence(queue.doctor.presence.state, _until(queue))
                html.option(f"{queue.doctor.name} · {state}").props("disabled")


def _until(queue: QueueView) -> str:
    until = queue.doctor.presence.until
    return f"{clock.at_clinic(until, queue.zone):%H:%M}" if until else ""


def _wait(queue: QueueView) -> tuple[int, int]:
    waiting = queue.stats.waiting_count
    return (queue.next_wait.high_minutes if queue.next_wait else waiting * 15, waiting)


def _load(queue: QueueView) -> str:
    parts = [queue.doctor.name, staff.waiting(queue.stats.waiting_count)]
    return " · ".join([*parts, common.wait(queue.next_wait)] if queue.next_wait else parts)


def _doctor_id(values: Values) -> int:
    chosen = number(values.get("doctor"))
    if chosen is None:
        raise Invalid(words.NO_DOCTOR, code="queue_closed")
    return chosen


def _priority(values: Values) -> Priority:
    chosen = values.get("priority", "")
    return Priority(chosen) if chosen in staff.PRIORITIES else Priority.NONE


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(words.BAD_BIRTH, code="bad_date") from error
