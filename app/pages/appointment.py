"""An appointment of whoever holds its link: look, arrive, cancel, move, wish for an earlier time."""

from collections.abc import Callable
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import html, ui

from app import events
from app.components.booking import appointment as shown
from app.components.booking.appointment import Acts
from app.components.booking.picker import Answers, Heading, Picker, Wish, about, first_days
from app.components.booking.zone import ClinicTime
from app.components.dialogs import confirm
from app.components.frame import phone_frame
from app.components.words import booking as words
from app.components.words.booking import BOOK
from app.db import Session
from app.errors import DomainError, NotFound
from app.models import QueueEntry
from app.pages.book import first_free_day, refused
from app.services import arriving, booking, own_appointment, policy, waitlist
from app.services.own_appointment import OwnAppointment
from app.web import limits, plain, toasts
from app.web.actions import act, commit, fetch
from app.web.page import PUBLIC, page, visit
from app.web.payloads import Json
from app.web.sections import section

GATHER = 0.3  # seconds: a doctor's times change often, this appointment seldom
ANOTHER = ("/book", words.BOOK_A_VISIT)


@page("/a/{link}", allow=PUBLIC)
async def appointment(link: str) -> Response | None:
    try:
        mine = await fetch(lambda session: own_appointment.by_link(session, link))
    except NotFound as error:
        return plain.refusal(error, way=ANOTHER)
    acts, zone = _Acts(mine).acts(), visit().clinic.timezone
    with phone_frame(words.TITLE), html.main().props("id=main"):
        ClinicTime()
        await section(
            lambda session: own_appointment.by_link(session, link),
            lambda found: shown.draw(found, acts, zone),
            on=events.SlotsChanged,
            gather=GATHER,
        )
    toasts.region()
    return None


@page("/a/{link}/move", allow=PUBLIC, stay=120)
async def move(link: str) -> Response | None:
    try:
        mine = await fetch(lambda session: own_appointment.by_link(session, link))
    except NotFound as error:
        return plain.refusal(error, way=ANOTHER)
    if not mine.may_change:
        return RedirectResponse(f"/a/{mine.link}", 303)
    zone, address = visit().clinic.timezone, visit().address
    days = await first_days(mine.doctor_id, zone, await first_free_day(mine.doctor_id))

    async def moved(wish: Wish) -> Json:
        try:
            limits.book(address)
            await commit(
                lambda session: booking.reschedule(
                    session, actor=policy.link_holder(link), appointment_id=mine.id, slot_id=wish.slot
                )
            )
        except DomainError as error:
            return refused(error, zone)
        ui.navigate.to(f"/a/{mine.link}")
        return {"booked": True}

    heading = Heading(
        title=BOOK["move_title"], doctor=mine.doctor_name, about=about(mine.specialization, days.slots),
        way=(f"/a/{mine.link}", BOOK["back_move"]), submit=BOOK["submit_move"],
    )  # fmt: skip
    Picker(heading, days, Answers(book=moved), people=[], phone_needed=False)
    return None


class _Acts:
    """The buttons of one appointment. A change is seen because the section hears of it."""

    def __init__(self, mine: OwnAppointment) -> None:
        self._id, self._actor = mine.id, policy.link_holder(mine.link)

    def acts(self) -> Acts:
        return Acts(
            here=self._here, cancel=self._cancel, wish=self._doing(waitlist.wish), forget=self._doing(waitlist.forget),
            accept=self._doing(waitlist.accept), decline=self._doing(waitlist.decline),
        )  # fmt: skip

    async def _here(self) -> None:
        def work(session: Session) -> QueueEntry:
            return arriving.check_in(session, actor=self._actor, appointment_id=self._id)

        entry = await act(work)
        if entry and entry.link:
            ui.navigate.to(f"/t/{entry.link}")

    async def _cancel(self) -> None:
        sure = await confirm(
            words.CANCEL_QUESTION, words.CANCEL_EFFECT, yes=words.CANCEL_YES, no=words.CANCEL_NO, danger=True
        )
        if sure:
            await self._doing(booking.cancel)()

    def _doing(self, verb: Callable[..., object]) -> Callable[[], Any]:
        async def do() -> None:
            await act(lambda session: verb(session, actor=self._actor, appointment_id=self._id))

        return do
