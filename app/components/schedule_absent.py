"""A doctor does not come: who sees the people instead, and how far it is."""

from datetime import date
from functools import partial
from typing import NamedTuple

from nicegui import background_tasks, context, html, ui

from app import clock
from app.components.chips import Text
from app.components.dialogs import Radios, answer_of, button, window
from app.components.lists import done_by
from app.components.words import schedule as words
from app.errors import DomainError, NotSignedIn
from app.services import absences, leaving
from app.services.absences import Somebody, StandIn
from app.services.policy import Actor
from app.web.actions import act, attempt, commit, fetch, leave
from app.web.page import visit


class Absence(NamedTuple):
    actor: Actor
    doctor_id: int
    day: date
    zone: str


async def ask(doctor_id: int, name: str, day: date, today: date) -> None:
    """Ask who stands in, move everybody, and say who could not be moved."""
    here = visit()
    gone = Absence(here.actor, doctor_id, day, here.clinic.timezone)
    found = await attempt(
        lambda: fetch(lambda s: absences.stand_ins(s, actor=gone.actor, doctor_id=doctor_id, day=day))
    )
    if found is None:
        return
    to = await _choose(words.absent_question(name, day, today=day == today), found)
    begin = done_by(partial(absences.begin, actor=gone.actor, doctor_id=doctor_id, day=day))
    if to is not None and await act(begin):
        await _Moving(gone, to).run()


async def _choose(question: str, found: list[StandIn]) -> int | None:
    with window(question) as dialog:
        html.p(words.ABSENT_EFFECT)
        if found:
            html.h3(words.WHO_INSTEAD)
            choice = Radios({each.doctor_id: (each.name, words.stand_in(each.free)) for each in found},
                            label=words.WHO_INSTEAD)  # fmt: skip
        else:
            html.p(words.NO_OTHER)
        with html.div().classes("acts"):
            if found:
                button(words.MOVE_ALL, lambda: dialog.submit(choice.value), css="primary")
            button(words.CANCEL, dialog.close)
    answer = await answer_of(dialog)
    return int(answer) if answer is not None else None


class _Moving:
    """One person after the other, each in a transaction of its own. Closing the page stops it between two."""

    def __init__(self, gone: Absence, to: int) -> None:
        self._gone, self._to = gone, to
        self._client = context.client

    async def run(self) -> None:
        everybody = await self._everybody()
        with window(words.MOVE_ALL) as dialog:
            said = Text("p", words.progress(0, len(everybody)))
            said.props["role"] = "status"
            box = html.div().classes("stack")
            with html.div().classes("acts"):
                button(words.CLOSE, dialog.close, css="primary")
        background_tasks.create(self._work(everybody, said, box), name="move a day")
        await answer_of(dialog)

    async def _everybody(self) -> list[Somebody]:
        gone = self._gone
        waiting = partial(absences.waiting, actor=gone.actor, doctor_id=gone.doctor_id, day=gone.day)
        booked = partial(absences.appointments, actor=gone.actor, doctor_id=gone.doctor_id, day=gone.day)
        return await fetch(waiting) + await fetch(booked)

    async def _work(self, everybody: list[Somebody], said: Text, box: ui.element) -> None:
        left: list[tuple[Somebody, str]] = []
        for number, somebody in enumerate(everybody, start=1):
            try:
                await self._move(somebody)
            except NotSignedIn as error:
                with self._client:
                    leave(error)
                return
            except DomainError as refusal:
                left.append((somebody, refusal.message))
            if self._client.is_deleted:
                return
            if not said.is_deleted:
                said.text = words.progress(number, len(everybody))
        if not said.is_deleted and not box.is_deleted:
            said.text = words.result(len(everybody) - len(left), len(left))
            with box:
                self._list(left)

    async def _move(self, somebody: Somebody) -> None:
        actor, to = self._gone.actor, self._to
        if somebody.starts_at is None:
            await commit(lambda s: leaving.transfer(s, actor=actor, entry_id=somebody.id, doctor_id=to))
        else:
            await commit(lambda s: absences.move(s, actor=actor, appointment_id=somebody.id, to=to))

    def _list(self, left: list[tuple[Somebody, str]]) -> None:
        if not left:
            return
        html.h3(words.NOT_MOVED)
        with html.ul().classes("stack"):
            for somebody, why in left:
                at = clock.at_clinic(somebody.starts_at, self._gone.zone) if somebody.starts_at else None
                with html.li():
                    html.b(f"{at:%H:%M} {somebody.name}" if at else somebody.name)
                    html.span(why).classes("sub")
