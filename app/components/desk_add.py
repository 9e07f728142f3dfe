"""Adding somebody who came without a phone. Everything typed stays in the browser until it is sent."""

import json
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from nicegui import context, html, ui

from app import clock
from app.components import dialogs
from app.components import words as common
from app.components.desk_list import print_ticket
from app.components.entry_actions import new_key, say_done
from app.components.forms import TARGET_VALUE, Form, Values
from app.components.frame import icon
from app.components.words import desk as words
from app.components.words import staff
from app.db import Session
from app.errors import Invalid
from app.models import Need, Priority, Source
from app.services import idempotency, joining, patients
from app.services.board import QueueView
from app.services.joining import Newcomer
from app.services.patients import PatientRow
from app.web import live
from app.web.actions import commit, fetch
from app.web.page import visit

FEWEST_LETTERS = 2
MOST_KNOWN = 5
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
SEND = "getHtmlElement(%d).requestSubmit()"
FILL = "Object.assign(getHtmlElement(%d), {value: %s})"


async def add_walk_in() -> None:
    """Ask for everything in one window, add the person and say so."""
    with context.client:
        queues = await live.queues()
        with dialogs.window(words.ADD) as dialog:
            dialog.props("no-backdrop-dismiss")
            _Panel(dialog, queues)
        added = await dialogs.answer_of(dialog)
        if isinstance(added, dict):
            say_done(words.added(added["token"], added["name"]), added["entry_id"])
            if added["print"]:
                await print_ticket(added["entry_id"])


class _Panel:
    """`patient` is somebody the clinic knows; `is_new` says that nobody known is meant."""

    def __init__(self, dialog: ui.dialog, queues: Sequence[QueueView]) -> None:
        self._dialog = dialog
        self._key = new_key()
        self._patient: PatientRow | None = None
        self._is_new = False
        self._asked = 0
        self._form = Form(self._send, blame=BLAME, css="stack", label=words.ADD)
        with self._form.root:
            self._form.note()
            self._draw(queues)

    def _draw(self, queues: Sequence[QueueView]) -> None:
        form = self._form
        self._name = form.text("name", words.NAME, maxlength=80, enterkeyhint="go", **{"data-autofocus": ""})
        self._name.on("input", self._typed, js_handler=TARGET_VALUE, throttle=0.3, leading_events=False)
        self._known = html.div().props("aria-live=polite").classes("contents")
        with html.div().classes("two"):
            form.text("born", words.BORN, type="date")
            form.text("phone", words.PHONE, type="tel", maxlength=20)
        _doctors(form, queues)
        none = {Priority.NONE.value: words.NO_PRIORITY}
        form.choice("priority", words.PRIORITY, {**none, **staff.PRIORITIES})
        with html.fieldset().classes("field"):
            html.legend(words.NEEDS)
            with html.div().classes("row wrap"):
                for need, word in staff.NEEDS.items():
                    form.check(f"need-{need}", word, False)
        form.check("print", words.PRINT_TOO, True)
        with html.div().classes("acts"):
            with html.button().classes("btn primary").props("type=submit"):
                html.span(words.ADD)
            dialogs.button(staff.CANCEL, self._dialog.close)

    async def _typed(self, event: Any) -> None:
        """Offer people of this name while it is typed."""
        self._is_new, self._patient = False, None
        self._asked += 1
        asked = self._asked
        typed = str(event.args).strip()[:80]
        found = await _found(typed) if len(typed) >= FEWEST_LETTERS else []
        if asked == self._asked and not self._dialog.is_deleted:  # nothing was typed or chosen since
            self._offer(words.KNOWN_HERE, found[:MOST_KNOWN], send=False)

    def _offer(self, question: str, found: Sequence[PatientRow], *, send: bool) -> None:
        self._known.clear()
        if not found:
            return
        with self._known, html.div().classes("card menu").props("role=group") as box:
            box.props["aria-label"] = question
            with html.div().classes("head"):
                html.h2(question)
            for patient in found:
                _line(_who(patient), partial(self._pick, patient, send=send))
            if send:
                _line(words.SOMEBODY_NEW, partial(self._pick, None, send=True))

    async def _pick(self, patient: PatientRow | None, *, send: bool) -> None:
        self._patient, self._is_new = patient, patient is None
        self._asked += 1
        self._known.clear()
        if patient:
            with self._known, html.div().classes("note"):
                icon("check")
                html.span(_who(patient)).classes("grow")
                dialogs.button(words.NOT_THIS_ONE, partial(self._pick, None, send=False))
        with self._form.root:  # the pressed button is gone
            if patient:
                ui.run_javascript(FILL % (self._name.id, _quoted(patient.name)))
            if send:
                ui.run_javascript(SEND % self._form.root.id)

    async def _send(self, values: Values) -> None:
        born = _date(values.get("born", ""))
        if self._patient is None and not self._is_new and await self._asks_which(values["name"], born):
            return
        self._dialog.submit(await self._join(values, born))

    async def _asks_which(self, name: str, born: date | None) -> bool:
        """Somebody of this name is known: take the one with this birth date, or ask which one it is."""
        same = [one for one in await _found(name) if one.name.casefold() == " ".join(name.split()).casefold()]
        same = [one for one in same if not born or not one.born or one.born == born]
        sure = [one for one in same if born and one.born == born]
        if len(sure) == 1:
            self._patient = sure[0]
            return False
        self._offer(words.WHICH_ONE, same[:MOST_KNOWN], send=True)
        return bool(same)

    async def _join(self, values: Values, born: date | None) -> dict[str, Any]:
        who = Newcomer(
            name=values["name"], phone=values["phone"], born=born, source=Source.RECEPTION,
            needs=tuple(need for need in Need if f"need-{need}" in values),
            priority=Priority(values["priority"]), patient_id=self._patient.id if self._patient else None,
        )  # fmt: skip
        if not values.get("doctor", "").isdigit():
            raise Invalid(words.NO_DOCTOR, code="queue_closed")
        actor, doctor_id = visit().actor, int(values["doctor"])
        name = self._patient.name if self._patient else who.name

        def work(session: Session) -> dict[str, Any]:
            entry = joining.join(session, actor=actor, doctor_id=doctor_id, who=who)
            return {"entry_id": entry.id or 0, "token": entry.token, "name": " ".join(name.split())}

        body = {"doctor_id": doctor_id, "who": repr(who)}
        added = await commit(
            lambda session: idempotency.once(
                session, asker=actor.asker, key=self._key, body=body, work=lambda: work(session)
            )
        )
        return {**added, "print": "print" in values}


async def _found(typed: str) -> list[PatientRow]:
    actor = visit().actor
    return await fetch(lambda session: patients.found(session, actor=actor, search=typed))


def _line(text: str, press: Any) -> None:
    with html.button().classes("item").props("type=button") as made:
        html.bdi(text)
    made.on("click", press, args=[])


def _who(patient: PatientRow) -> str:
    zone = visit().clinic.timezone
    first = words.first_here(clock.at_clinic(patient.created_at, zone).date())
    facts = [words.born(patient.born) if patient.born else "", patient.phone, first]
    return " · ".join([patient.name, *(fact for fact in facts if fact)])


def _doctors(form: Form, queues: Sequence[QueueView]) -> None:
    """Shortest wait first; those who take nobody can't be chosen and say why."""
    open_ = sorted((queue for queue in queues if queue.doctor.presence.takes_people), key=_wait)
    control = form.choice("doctor", words.DOCTOR, {str(queue.doctor.id): _load(queue) for queue in open_})
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


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid("Please check the date of birth.", code="bad_date") from error


def _quoted(text: str) -> str:
    return json.dumps(text).replace("</", "<\\/")
