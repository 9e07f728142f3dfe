"""What the desk does with one appointment: check in, another time, cancel, paper."""

from datetime import datetime
from functools import partial

from nicegui import context, html, ui

from app import clock
from app.components import chips, dialogs, questions
from app.components.desk_appointments_times import Times
from app.components.entry_actions import say_done
from app.components.entry_menu import Extra
from app.components.forms import Form, Values
from app.components.glass import Glass
from app.components.words import UNDO, staff
from app.components.words import desk as desk_words
from app.components.words import desk_appointments as words
from app.db import Session
from app.models import QueueEntry, Source
from app.services import arriving, booking, slot_search
from app.services.desk_day import BookedRow
from app.services.places import SlotTaken
from app.web import toasts
from app.web.actions import act, commit
from app.web.page import visit


def called(row: BookedRow) -> str:
    """ "09:30 Ann Lee": how this appointment is told from others."""
    return words.who(chips.at_clinic(row.starts_at, visit().clinic.timezone), row.patient_name)


def offered(row: BookedRow, glass: Glass, *, today: bool) -> list[Extra]:
    """The menu of an appointment: exactly what its state allows."""
    extra = []
    if today and (row.is_coming or row.was_given_up):
        extra.append(Extra("check", check_in_word(row), "C", partial(check_in, row)))
    if row.is_coming:
        extra.append(Extra("clock", words.CHANGE, "E", partial(change, row)))
        extra.append(Extra("print", words.SLIP, "P", partial(print_slip, row.id)))
        extra.append(Extra("xcircle", words.CANCEL, "X", partial(cancel, row)))
    if glass.may_ask(row):
        ask = partial(glass.ask, chips.at_clinic(row.starts_at, visit().clinic.timezone), row.patient_id)
        extra.append(Extra("eye", desk_words.SHOW_NAME, "", ask))
    return extra


def check_in_word(row: BookedRow) -> str:
    return words.CAME_AFTER_ALL if row.was_given_up else words.CHECK_IN


async def check_in(row: BookedRow) -> None:
    """Into the line; the toast takes it back, and then it is a booking again."""
    actor = visit().actor

    def work(session: Session) -> tuple[int, str]:
        entry: QueueEntry = arriving.check_in(session, actor=actor, appointment_id=row.id, source=Source.RECEPTION)
        return entry.id, entry.token

    with context.client:
        done = await act(work)
        if done:
            say_done(words.checked_in(row.patient_name, done[1]), done[0])


async def cancel(row: BookedRow) -> None:
    actor = visit().actor
    with context.client:
        reason = await questions.ask_reason(
            words.cancel_question(called(row)),
            {why: why for why in words.CANCEL_REASONS},
            yes=words.CANCEL,
            effect=words.CANCEL_EFFECT,
            danger=True,
        )
        if reason is None:
            return
        await act(
            lambda s: booking.cancel(s, actor=actor, appointment_id=row.id, reason=reason).id,
            done=lambda _: words.cancelled(row.patient_name),
        )


async def change(row: BookedRow) -> None:
    """Another time, if need be with another doctor; the toast takes it back as long as the old time is free."""
    with context.client:
        with dialogs.window(words.move_question(called(row))) as dialog:
            await _Change(dialog, row).draw()
        when = await dialogs.answer_of(dialog)
        if isinstance(when, str):
            toasts.show(words.moved(row.patient_name, when), undo=partial(_move_back, row), undo_word=UNDO)


async def print_slip(appointment_id: int) -> None:
    ui.navigate.to(f"/reception/appointments/{appointment_id}/print?auto", new_tab=True)


async def _move_back(row: BookedRow) -> None:
    actor = visit().actor

    def work(session: Session) -> datetime:
        slot_id = slot_search.at(session, row.doctor_id, row.starts_at)
        return booking.reschedule(session, actor=actor, appointment_id=row.id, slot_id=slot_id).starts_at

    with context.client:
        await act(work, done=lambda at: words.moved(row.patient_name, when(at)))


def when(at: datetime) -> str:
    """ "Tuesday 24 November, 09:30" """
    local = clock.at_clinic(at, visit().clinic.timezone)
    return f"{words.day(local.date())}, {local:%H:%M}"


class _Change:
    def __init__(self, dialog: ui.dialog, row: BookedRow) -> None:
        self._dialog, self._row = dialog, row
        self._form = Form(self._send, blame={}, css="stack", label=words.SAVE_TIME)

    async def draw(self) -> None:
        with self._form.root:
            self._form.note()
            self._times = Times(self._row.doctor_id)
            await self._times.load()
            with html.div().classes("acts"):
                with html.button().classes("btn primary").props("type=submit"):
                    html.span(words.SAVE_TIME)
                dialogs.button(staff.CANCEL, self._dialog.close)

    async def _send(self, values: Values) -> None:
        slot_id, actor = self._times.chosen(values), visit().actor
        try:
            starts_at = await commit(
                lambda s: booking.reschedule(s, actor=actor, appointment_id=self._row.id, slot_id=slot_id).starts_at
            )
        except SlotTaken:
            await self._times.load()
            raise
        self._dialog.submit(when(starts_at))
