"""An act on one person: the question that goes before it, the act itself, and the toast that takes it back."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakSet

from nicegui import Client, context

from app.components import questions
from app.components.entry_choices import Choice, Ticket
from app.components.words import UNDO
from app.components.words import staff as words
from app.models import QueueEntry, Status
from app.services import calling, idempotency, verbs
from app.services.policy import Verb
from app.services.verbs import Given
from app.web import live, toasts
from app.web.actions import act
from app.web.page import visit

_NOT_UNDONE = frozenset({Verb.RECALL})

PATIENT_READS_REASON = frozenset({Verb.CANCEL, Verb.HOLD})


async def choose(entry: Ticket, wanted: Choice, key: str) -> None:
    """Ask what has to be asked, then do it."""
    client = context.client
    if client in _busy:  # a second click while the first is asked about or done
        return
    _busy.add(client)
    try:
        with client:
            given = await _asked(entry, wanted)
            if given is not None:
                await perform(entry, wanted.verb, key=key, **given)
    finally:
        _busy.discard(client)


async def perform(entry: Ticket, verb: Verb, *, key: str, **given: Any) -> bool:
    """Do `verb` and say so, with Undo where it can be taken back; say why not otherwise.

    `key` is made when the button is drawn (`new_key`), so that one button acts once.
    """
    actor = visit().actor
    with context.client:
        done = await _once(
            key,
            {"verb": verb, "entry_id": entry.entry_id, **given},
            lambda session: verbs.perform(
                session, actor=actor, entry_id=entry.entry_id, verb=verb, given=Given(**given)
            ),
        )
        if done is None:
            return False
        text = words.done(verb, entry.token)
        if verb is Verb.DONE and done["entry_id"] != entry.entry_id:
            text += " " + words.done(Verb.CALL_NEXT, done["token"])
        say_done(text, entry.entry_id, undo=verb not in _NOT_UNDONE)
    return True


async def call_next(expected: Ticket, *, key: str) -> bool:
    """Call the first in line if it is `expected`; if the line has moved on, say so and call nobody."""
    actor = visit().actor
    with context.client:
        done = await _once(
            key,
            {"verb": Verb.CALL_NEXT, "entry_id": expected.entry_id},
            lambda session: calling.call_next(
                session, actor=actor, doctor_id=expected.doctor_id, expected_entry_id=expected.entry_id
            ),
        )
        if done is None:
            return False
        say_done(words.done(Verb.CALL_NEXT, done["token"]), done["entry_id"])
    return True


def say_done(text: str, entry_id: int, *, undo: bool = True) -> None:
    """The toast after an act; Undo takes back the whole click."""
    toasts.show(text, undo=partial(take_back, entry_id) if undo else None, undo_word=UNDO)


async def take_back(entry_id: int) -> None:
    """Undo this person's own last click on the entry."""
    actor = visit().actor
    with context.client:
        await act(
            lambda session: _said(verbs.perform(session, actor=actor, entry_id=entry_id, verb=Verb.UNDO)),
            done=lambda entry: words.taken_back(entry["token"], Status(entry["status"])),
        )


def new_key() -> str:
    return secrets.token_urlsafe(12)


async def _asked(entry: Ticket, wanted: Choice) -> dict[str, Any] | None:
    """What goes with the verb; None when the person thought better of it."""
    if wanted.verb is Verb.TRANSFER:
        move = await questions.ask_move(entry.token, entry.doctor_id, await live.queues())
        return {"doctor_id": move.doctor_id, "place": move.place, "reason": move.reason} if move else None
    if not wanted.reasons:
        return dict(wanted.given)
    reason = await questions.ask_reason(
        wanted.question,
        wanted.reasons,
        yes=wanted.word,
        effect=words.PATIENT_READS_IT if wanted.verb in PATIENT_READS_REASON else "",
        danger=wanted.danger,
    )
    return None if reason is None else {**wanted.given, "reason": reason}


async def _once(key: str, body: dict[str, Any], work: Callable[..., QueueEntry]) -> dict[str, Any] | None:
    asker = visit().actor.asker
    return await act(
        lambda session: idempotency.once(session, asker=asker, key=key, body=body, work=lambda: _said(work(session)))
    )


def _said(entry: QueueEntry) -> dict[str, Any]:
    return {"entry_id": entry.id or 0, "token": entry.token, "status": entry.status.value}


_busy: "WeakSet[Client]" = WeakSet()
