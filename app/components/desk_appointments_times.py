"""Choosing a time for somebody: a doctor, a day, a free time. Part of a form, which sends the time as `slot`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from nicegui import html, ui

from app import clock
from app.components.forms import TARGET_VALUE, Values, select
from app.components.words import desk_appointments as words
from app.db import Session
from app.errors import Invalid
from app.services import slot_search
from app.services.slot_search import SlotView
from app.web import live
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import visit


class Times:
    """Only what can be chosen is offered, also what is too soon for patients to book."""

    def __init__(self, doctor_id: int | None = None) -> None:
        self._doctor_id = doctor_id
        self._day: date | None = None
        self._slots: Sequence[SlotView] = ()
        with html.div().classes("two"):
            self._doctors = html.div().classes("field")
            self._days = html.div().classes("field")
        self._times = html.fieldset().classes("field").props("aria-live=polite")

    def chosen(self, values: Values) -> int:
        """The slot that the form sends. Raises Invalid if there is none."""
        slot_id = number(values.get("slot"))
        if slot_id is None:
            raise Invalid(words.TIME_MISSING, code="time_missing")
        return slot_id

    async def load(self) -> None:
        """What is free now; what was chosen stays chosen as far as it is still there."""
        queues = await live.queues()
        today = clock.at_clinic(clock.now(), visit().clinic.timezone).date()
        last = today + timedelta(days=visit().clinic.rules.book_ahead_days)
        first = await fetch(lambda s: slot_search.first_free(s, today, last, by_staff=True))
        doctors = [(queue.doctor.id, queue.doctor.name) for queue in queues]
        if self._doctor_id is None and doctors:
            self._doctor_id = min((each for each, _ in doctors), key=lambda each: first.get(each, _NEVER))
        self._draw_doctors({str(each): words.doctor(name, _soon(first.get(each))) for each, name in doctors})
        await self._load_days()

    async def _load_days(self) -> None:
        doctor_id = self._doctor_id
        found = await fetch(lambda s: _free(s, doctor_id)) if doctor_id else []
        if self._times.is_deleted:
            return
        self._slots = found
        days = {day: len(list(slots)) for day, slots in groupby(found, key=_day_of)}
        if self._day not in days:
            self._day = next(iter(days), None)
        self._draw_days(days)
        self._draw_times()

    def _draw_doctors(self, options: dict[str, str]) -> None:
        self._doctors.clear()
        with self._doctors:
            control = _labelled(words.DOCTOR, "doctor", options, str(self._doctor_id or ""))
            control.on("change", self._other_doctor, js_handler=TARGET_VALUE)

    def _draw_days(self, days: dict[date, int]) -> None:
        self._days.clear()
        with self._days:
            options = {day.isoformat(): words.short_day(day, free) for day, free in days.items()}
            control = _labelled(words.OTHER_DAY, "day", options, self._day.isoformat() if self._day else "")
            control.on("change", self._other_day, js_handler=TARGET_VALUE)

    def _draw_times(self) -> None:
        """No time is chosen by itself: a wrong one would be kept by whoever presses Enter."""
        self._times.clear()
        with self._times:
            html.legend(words.TIMES)
            if not self._slots:
                html.p(words.NO_TIMES).classes("muted")
            with html.div().classes("slots"):
                for slot in self._slots:
                    if _day_of(slot) == self._day:
                        with html.label().classes("slot"):
                            html.input_().props("type=radio name=slot").props["value"] = slot.slot_id
                            html.span(f"{_local(slot.starts_at):%H:%M}")

    async def _other_doctor(self, event: Any) -> None:
        self._doctor_id = number(str(event.args))
        await self._load_days()

    async def _other_day(self, event: Any) -> None:
        try:
            self._day = date.fromisoformat(str(event.args))
        except ValueError:
            return
        self._draw_times()


_NEVER = datetime.max.replace(tzinfo=UTC)


def _free(session: Session, doctor_id: int) -> list[SlotView]:
    last = clock.now().date() + timedelta(days=slot_search.MOST_DAYS - 2)
    return [slot for slot in slot_search.of_doctor(session, doctor_id, None, last, by_staff=True) if slot.free]


def _labelled(label: str, name: str, options: dict[str, str], value: str) -> ui.element:
    named = html.label(label)
    control = select(name, options, value)
    named.props["for"] = control.html_id
    return control


def _soon(first: datetime | None) -> str:
    if first is None:
        return ""
    local = _local(first)
    is_today = local.date() == _local(clock.now()).date()
    return f"{local:%H:%M}" if is_today else f"{local:%a} {local.day} {local:%b}"


def _day_of(slot: SlotView) -> date:
    return _local(slot.starts_at).date()


def _local(at: datetime) -> datetime:
    return clock.at_clinic(at, visit().clinic.timezone)
