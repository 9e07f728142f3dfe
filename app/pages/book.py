"""Booking a visit: a doctor, a time that is kept meanwhile, and for whom."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

from nicegui import background_tasks, context, ui

from app import clock
from app.components.booking import times
from app.components.booking.find import Find
from app.components.booking.picker import Answers, Heading, Picker, Wish, about, first_days
from app.components.chips import years
from app.components.words import booking as words
from app.components.words import me
from app.components.words.booking import BOOK
from app.db import Session
from app.errors import DomainError
from app.models import Appointment, Role
from app.services import booking, families, slot_search
from app.services.booking import Guest
from app.services.families import Person
from app.services.places import SlotTaken
from app.web import limits, live, payloads
from app.web.actions import commit, fetch
from app.web.numbers import number
from app.web.page import PUBLIC, belongs_to_sign_in, page, visit
from app.web.payloads import Json

FIELDS = {"bad_phone": "phone", "missing": "name"}


@page("/book", allow=PUBLIC, stay=120)
async def book(doctor: str = "") -> None:
    """`?doctor=1` leads to that doctor's days."""
    asked = number(doctor)
    if asked is None:
        Find(await live.queues(), await _first_free())
        return
    chosen = (await live.queue(asked)).doctor
    days = await first_days(asked, visit().clinic.timezone, await first_free_day(asked))
    actor, is_patient = visit().actor, visit().actor.role is Role.PATIENT
    people = await fetch(lambda session: families.people(session, actor=actor)) if is_patient else []
    if people:
        belongs_to_sign_in()
    kept = _Kept(people)
    heading = Heading(
        title=BOOK["title"], doctor=chosen.name, about=about(chosen.specialization, days.slots),
        way=("/book", BOOK["back"]), submit=BOOK["submit"],
    )  # fmt: skip
    answers = Answers(book=kept.book, choose=kept.choose, more=kept.more, ended=kept.ended, drop=kept.drop)
    Picker(heading, days, answers, people=[_person(one) for one in people], phone_needed=actor.role is None)
    context.client.on_delete(kept.leave)


async def first_free_day(doctor_id: int) -> date | None:
    """The first day, from today on, on which the doctor has a free time."""
    found = (await _first_free()).get(doctor_id)
    return clock.at_clinic(found, visit().clinic.timezone).date() if found else None


async def _first_free() -> dict[int, datetime]:
    return await fetch(partial(slot_search.first_free, first=_today(), last=_last()))


def refused(error: DomainError, zone: str) -> Json:
    """Why a time can't be had, with others to choose from."""
    others = times.others(error.alternatives, zone) if isinstance(error, SlotTaken) else []
    return {"message": error.message, "others": others, "gone": True}


class _Kept:
    """The time that is kept for this page, at most one, and what becomes of it."""

    def __init__(self, people: list[Person]) -> None:
        here = visit()
        self._people, self._actor, self._address = people, here.actor, here.address
        self._zone = here.clinic.timezone
        self._held: Appointment | None = None

    async def choose(self, slot_id: int) -> Json:
        if self._held and self._held.slot_id == slot_id and not self._is_over(self._held):
            return self._answer(self._held)
        try:
            limits.hold(self._address)
            held = await commit(lambda session: booking.hold(session, actor=self._actor, slot_id=slot_id))
        except DomainError as error:
            await self._let_go()
            return refused(error, self._zone)
        await self._let_go()
        return self._keep(held)

    async def more(self) -> Json:
        """The same time, kept from now on."""
        held = self._held
        if held is None:
            return {}

        def work(session: Session) -> Appointment:
            booking.let_go(session, held.link)
            return booking.hold(session, actor=self._actor, slot_id=held.slot_id)

        try:
            limits.hit("hold", self._address)
            again = await commit(work)
        except DomainError as error:
            return refused(error, self._zone)
        self._forget()
        return self._keep(again)

    async def ended(self) -> Json:
        """It took too long: what is free near that time now."""
        held = self._held
        if held is None:
            return {}
        await self._let_go()
        free = await fetch(lambda session: slot_search.around(session, held.slot_id))
        return {
            "message": BOOK["ended" if free else "ended_none"], "others": times.others(free, self._zone), "gone": True
        }  # fmt: skip

    async def book(self, wish: Wish) -> Json:
        held = self._held
        if held is None or held.slot_id != wish.slot:
            return {"message": BOOK["choose_first"], "gone": True}
        try:
            limits.book(self._address)
            made = await commit(
                lambda session: booking.confirm(
                    session, actor=self._actor, link=held.link, who=self._who(wish), reason=wish.reason,
                    same_time=wish.both,
                )
            )  # fmt: skip
        except DomainError as error:
            return await self._said(error)
        self._forget()
        ui.navigate.to(f"/a/{made.link}")
        return {"booked": True}

    async def drop(self, link: str) -> None:
        """Let go of a time that this browser has the link of."""
        if self._held and self._held.link == link:
            self._forget()
        await commit(lambda session: booking.let_go(session, link))

    def leave(self) -> None:
        """The page is closed."""

        async def let_go() -> None:
            with suppress(DomainError):  # it runs out by itself
                await self._let_go()

        if self._held:
            background_tasks.create(let_go(), name="let go of a time")

    async def _said(self, error: DomainError) -> Json:
        if error.code == "same_time":
            return {"both": error.message}
        if isinstance(error, SlotTaken) or error.code in ("slot_gone", "unknown_slot"):
            await self._let_go()
            return refused(error, self._zone)
        field = FIELDS.get(error.code)
        return {"errors": {field: error.message}} if field else {"message": error.message}

    def _who(self, wish: Wish) -> int | Guest:
        """Somebody of the account, also if only the name was typed; or a guest."""
        typed = " ".join(wish.name.split()).casefold()
        named = (one.patient_id for one in self._people if one.name.casefold() == typed)
        return wish.person or next(named, None) or Guest(name=wish.name, phone=wish.phone)

    def _keep(self, held: Appointment) -> Json:
        self._held = held
        limits.holds.take(self._address)
        return self._answer(held)

    def _answer(self, held: Appointment) -> Json:
        until = held.held_until or clock.now()
        return {
            "held": {
                "slot": held.slot_id, "link": held.link, "until": payloads.stamp(until),
                "until_text": words.time_of(until, self._zone), "words": words.when(held.starts_at, self._zone),
            }
        }  # fmt: skip

    async def _let_go(self) -> None:
        held = self._held
        if held:
            self._forget()
            await commit(lambda session: booking.let_go(session, held.link))

    def _forget(self) -> None:
        if self._held:
            self._held = None
            limits.holds.give_back(self._address)

    @staticmethod
    def _is_over(held: Appointment) -> bool:
        return held.held_until is None or held.held_until <= clock.now()


def _person(one: Person) -> Json:
    age = years(one.born, _today()) if one.born else None
    return {"id": one.patient_id, "name": one.name, "about": me.about(one.is_own, age)}


def _today() -> date:
    return times.today(visit().clinic.timezone)


def _last() -> date:
    return _today() + timedelta(days=visit().clinic.rules.book_ahead_days)
