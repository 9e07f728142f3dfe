"""The doctor's five numbers, and whether the queue takes people: break, pause, end of the day."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import context, html

from app.components import chips, dialogs, questions
from app.components.chips import Text
from app.components.doctor_part import Part
from app.components.doctor_rows import hide
from app.components.entry_menu import menu_items
from app.components.frame import icon
from app.components.theme import Icon
from app.components.words import doctor as words
from app.models import Status
from app.services import steering
from app.services.attendance import Attendance
from app.services.board import QueueView
from app.services.policy import ROLES, Verb
from app.web import live, toasts
from app.web.actions import act
from app.web.page import visit


class Tiles:
    """Five numbers; only their texts change."""

    def __init__(self, *, own: bool) -> None:
        with html.dl().classes("tiles"):
            self._waiting = _Tile(words.WAITING)
            self._longest = _Tile(words.LONGEST, words.MINUTES)
            self._seen = _Tile(words.SEEN)
            self._usual = _Tile(words.USUAL, words.MINUTES)
            self._finish = _Tile(words.finish_about(own))

    def show(self, view: QueueView) -> None:
        stats = view.stats
        self._waiting.show(stats.waiting_count)
        self._longest.show(stats.longest_wait_minutes if view.line else None)
        self._seen.show(stats.completed_today)
        self._usual.show(stats.usual_visit_minutes or None)
        self._finish.show(chips.at_clinic(stats.finish_at, view.zone) if stats.finish_at else None)


class Opening(Part):
    """The buttons in the top bar."""

    def __init__(self, doctor_id: int) -> None:
        super().__init__()
        self._doctor_id = doctor_id

    def face(self, view: QueueView) -> object:
        return view.doctor.presence, view.doctor.on_break

    def draw(self, view: QueueView) -> None:
        role = visit().me.role
        if role in ROLES[Verb.BREAK] and view.doctor.presence.state is not Attendance.CLOSED:
            self._break_button(view)
        self._queue_menu(view, may=role in ROLES[Verb.CLOSE_DAY])

    def _break_button(self, view: QueueView) -> None:
        away = view.doctor.on_break
        own = visit().me.doctor_id == self._doctor_id
        with html.button().classes("btn").props("type=button data-focus=break") as made:
            icon("play" if away else "pause")
            html.span((words.BACK_FROM_BREAK if own else words.DOCTOR_BACK) if away else words.TAKE_BREAK)
        made.on("click", self._end_break if away else self._take_break, args=[])

    def _queue_menu(self, view: QueueView, *, may: bool) -> None:
        state = _state(view)
        if not may:
            chips.tag(state)
            return
        with html.button().classes("btn").props("type=button aria-haspopup=menu data-focus=queue") as made:
            html.span(state)
            icon("down", "tiny")
        made.on("click", lambda: menu_items(made, state, self._offers(view)), args=[])

    def _offers(self, view: QueueView) -> list[tuple[Icon, str, Callable[[], Awaitable[None]], bool]]:
        state = view.doctor.presence.state
        opening: tuple[Icon, str, Callable[[], Awaitable[None]], bool] = ("play", words.OPEN, self._open, False)
        pausing: tuple[Icon, str, Callable[[], Awaitable[None]], bool] = ("pause", words.PAUSE, self._pause, False)
        closing: tuple[Icon, str, Callable[[], Awaitable[None]], bool] = ("x", words.CLOSE, self._close, True)
        if state is Attendance.CLOSED:
            return [opening]
        return [opening if state is Attendance.PAUSED else pausing, closing]

    async def _take_break(self) -> None:
        with context.client:
            chosen = await questions.ask_break(visit().clinic.timezone)
            if chosen:
                await self._steer(
                    partial(steering.take_break, back_at=chosen.back_at), words.ON_BREAK, undo=self._end_break
                )

    async def _end_break(self) -> None:
        await self._steer(steering.end_break, words.BREAK_OVER)

    async def _pause(self) -> None:
        await self._steer(steering.pause, words.PAUSED, undo=self._open)

    async def _open(self) -> None:
        await self._steer(steering.open_, words.OPENED)

    async def _close(self) -> None:
        with context.client:
            view = await live.queue(self._doctor_id)
            missed = sum(entry.status in (Status.CALLED, Status.SKIPPED) for entry in view.entries)
            held = sum(entry.status is Status.ON_HOLD for entry in view.aside)
            effect = words.close_effect(len(view.line) + held, missed)
            if await dialogs.confirm(words.CLOSE_QUESTION, effect, yes=words.CLOSE_YES, no=words.CLOSE_NO, danger=True):
                await self._steer(steering.close_day, words.CLOSED)

    async def _steer(
        self, verb: Callable[..., object], said: str, undo: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        actor, doctor_id = visit().actor, self._doctor_id
        with context.client:
            done = await act(lambda session: [verb(session, actor=actor, doctor_id=doctor_id)])
            if done:
                toasts.show(said, undo=undo)


class _Tile:
    """A number with its unit; a dash alone while nobody knows it."""

    def __init__(self, word: str, unit: str = "") -> None:
        with html.div().classes("card tile"):
            html.dt(word)
            with html.dd():
                self._number = Text("span", words.UNKNOWN)
                self._unit = Text("small").classes("hidden")
        self._word = unit and f" {unit}"

    def show(self, fact: int | str | None) -> None:
        text = words.UNKNOWN if fact is None else str(fact)
        if self._number.text != text:
            self._number.text = text
            self._unit.text = "" if fact is None else self._word
            hide(self._unit, not self._unit.text)


def _state(view: QueueView) -> str:
    presence = view.doctor.presence
    until = chips.at_clinic(presence.until, view.zone) if presence.until else ""
    if presence.state is Attendance.BREAK:
        return words.QUEUE_BREAK_UNTIL.format(time=until) if until else words.QUEUE_BREAK
    if presence.state is Attendance.NOT_YET:
        return words.QUEUE_NOT_YET.format(time=until)
    return words.QUEUE_STATES[presence.state]
