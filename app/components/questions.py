"""What staff are asked before an act: why, to whom, until when. None when they close the window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from nicegui import html, ui

from app import clock
from app.components import words as common
from app.components.chips import Text
from app.components.dialogs import Field, Radios, answer_of, button, window
from app.components.words import staff as words
from app.services.board import QueueView
from app.services.leaving import Placing

BREAKS = (10, 15, 30, 60)
OTHER = "other"
ENTER_IN_FIELD = "(event) => event.target.tagName === 'INPUT' && (event.preventDefault(), emit())"


@dataclass(frozen=True, slots=True)
class Move:
    doctor_id: int
    place: Placing
    reason: str


@dataclass(frozen=True, slots=True)
class Break:
    """`back_at` is None when nobody knows yet."""

    back_at: datetime | None


async def ask_reason(
    question: str, reasons: Mapping[str, str], *, yes: str, effect: str = "", danger: bool = False
) -> str | None:
    """Let somebody choose one of `reasons` (what is kept → what is read), or write another one."""
    with window(question) as dialog:
        if effect:
            html.p(effect)
        chosen = _Reason(reasons)
        _acts(dialog, yes, lambda: chosen.submit(dialog), danger=danger)
    answer = await answer_of(dialog)
    return str(answer) if answer is not None else None


async def ask_move(token: str, here: int, queues: list[QueueView]) -> Move | None:
    """To which doctor, and where in that line."""
    others = [queue for queue in queues if queue.doctor.id != here]
    open_ = sorted((q for q in others if q.doctor.presence.takes_people), key=lambda q: q.stats.waiting_count)
    with window(words.MOVE_QUESTION.format(token=token)) as dialog:
        doctor = Radios({q.doctor.id: (q.doctor.name, _load(q)) for q in open_}, label=words.MOVE)
        for queue in others:
            if queue not in open_:
                html.p(f"{queue.doctor.name}: {words.CLOSED_DOCTOR}.").classes("muted small")
        if open_:
            Text("h3", words.PLACE_QUESTION)
            place = Radios({p: (word, "") for p, word in words.PLACES.items()}, label=words.PLACE_QUESTION)
            Text("h3", words.WHY)
            reason = Radios({why: (why, "") for why in words.MOVE_REASONS}, label=words.WHY)
            _acts(dialog, words.MOVE, lambda: dialog.submit(Move(doctor.value, place.value, reason.value)))
        else:
            html.p(words.NO_OTHER_DOCTOR)
            button(words.CLOSE, dialog.close).props("data-autofocus")
    answer = await answer_of(dialog)
    return answer if isinstance(answer, Move) else None


async def ask_break(zone: str) -> Break | None:
    """When the doctor is back."""
    with window(words.BREAK_QUESTION) as dialog:
        html.p(words.BREAK_EFFECT)
        chosen = _BackAt(zone)
        _acts(dialog, words.BREAK_START, lambda: chosen.submit(dialog))
    answer = await answer_of(dialog)
    return answer if isinstance(answer, Break) else None


class _Reason:
    def __init__(self, reasons: Mapping[str, str]) -> None:
        options = {key: (word, "") for key, word in reasons.items()}
        self._radios = Radios({**options, OTHER: (words.OTHER, "")}, label=words.WHY)
        self._field = Field(words.OTHER_LABEL)
        self._field.show(False)
        self._radios.on_change(lambda: self._field.show(self._radios.value == OTHER))

    def submit(self, dialog: ui.dialog) -> None:
        value = self._radios.value
        reason = self._field.value.strip() if value == OTHER else value
        if reason:
            dialog.submit(reason)
        else:
            self._field.refuse(words.OTHER_MISSING)


class _BackAt:
    def __init__(self, zone: str) -> None:
        self._zone = zone
        at = clock.now()
        options: dict[Any, tuple[str, str]] = {}
        for minutes in BREAKS:
            back = _round_up(at + timedelta(minutes=minutes))
            options[back] = (f"{clock.at_clinic(back, zone):%H:%M}", f"{minutes} min")
        options |= {None: (words.BREAK_OPEN_END, ""), OTHER: (words.BREAK_OTHER, "")}
        self._radios = Radios(options, label=words.BREAK_QUESTION)
        self._field = Field(words.BREAK_OTHER_LABEL, kind="time")
        self._field.show(False)
        self._radios.on_change(lambda: self._field.show(self._radios.value == OTHER))

    def submit(self, dialog: ui.dialog) -> None:
        if self._radios.value != OTHER:
            dialog.submit(Break(self._radios.value))
        elif typed := _moment(self._field.value, self._zone):
            dialog.submit(Break(typed))
        else:
            self._field.refuse(words.BREAK_BAD_TIME)


def _acts(dialog: ui.dialog, yes: str, submit: Callable[[], None], *, danger: bool = False) -> None:
    """The buttons under a question; Enter in a field or on a radio button says yes too."""
    with html.div().classes("acts"):
        button(yes, submit, css="danger" if danger else "primary")
        button(words.CANCEL, dialog.close)
    dialog.on("keydown.enter", submit, js_handler=ENTER_IN_FIELD)


def _load(queue: QueueView) -> str:
    waiting = words.waiting(queue.stats.waiting_count)
    return f"{waiting} · {common.wait(queue.next_wait)}" if queue.next_wait else waiting


def _round_up(at: datetime) -> datetime:
    """The next five minutes, which is how people say a time."""
    return at + timedelta(minutes=-at.minute % 5, seconds=-at.second, microseconds=-at.microsecond)


def _moment(typed: str, zone: str) -> datetime | None:
    """Today's moment at the typed wall-clock time, if it is still to come."""
    try:
        wall = time.fromisoformat(typed)
    except ValueError:
        return None
    at = clock.moment(clock.at_clinic(clock.now(), zone).date(), wall, zone)
    return at if at > clock.now() else None
