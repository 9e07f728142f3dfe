"""Choosing a day and a time: the browser's half is book.js. What the taps mean, the page says."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from nicegui import ui
from nicegui.events import GenericEventArguments
from pydantic import BaseModel, Field, ValidationError

from app.components.booking import times
from app.components.patient.shell import icon, phone_page, reply
from app.components.words import booking as words
from app.components.words import patient
from app.components.words.booking import BOOK
from app.errors import DomainError
from app.services.slot_search import SlotView
from app.web import free_times, payloads
from app.web.free_times import Days
from app.web.page import visit
from app.web.payloads import Json

WORDS = payloads.text({**patient.COMMON, **BOOK})


class Wish(BaseModel):
    """What the form sends. The browser may send anything, so everything has its bounds here."""

    slot: int = Field(ge=1, le=2**31 - 1)
    person: int | None = Field(None, ge=1, le=2**31 - 1)
    name: str = Field("", max_length=400)
    phone: str = Field("", max_length=80)
    reason: str = Field("", max_length=400)
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the days. `way` is where the arrow leads, with its word."""

    title: str
    doctor: str
    about: str
    way: tuple[str, str]
    submit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the page does on a tap; each answers what book.js reads. Without `choose` no time is kept."""

    book: Callable[[Wish], Awaitable[Json]]
    choose: Callable[[int], Awaitable[Json]] | None = None
    more: Callable[[], Awaitable[Json]] | None = None
    ended: Callable[[], Awaitable[Json]] | None = None
    drop: Callable[[str], Awaitable[None]] | None = None


class Picker(ui.element, component="book.js", dependencies=["../patient/phone.js"]):
    """The days of one doctor, live. One tap after the other: the second waits for the answer to the first."""

    def __init__(
        self, heading: Heading, days: Days, answers: Answers, *, people: list[Json], phone_needed: bool
    ) -> None:
        super().__init__()
        self._answers, self._turn = answers, asyncio.Lock()
        here = visit()
        self._zone = here.clinic.timezone
        self._last = times.today(self._zone) + timedelta(days=here.clinic.rules.book_ahead_days)
        page = {
            "clinic": here.clinic.name, "title": heading.title, "doctor": heading.doctor, "about": heading.about,
            "back": heading.way[0], "back_text": heading.way[1], "submit": heading.submit, "people": people,
            "phone_needed": phone_needed, "holds": answers.choose is not None, "parts": words.PARTS, "zone": self._zone,
            "zone_note": BOOK["clinic_time"].format(zone=words.place(self._zone)),
        }  # fmt: skip
        self.props["words"], self.props["page"] = WORDS, payloads.text(page)
        self.client.on_delete(self._unwatch)
        self._stop: Callable[[], None] | None = None
        self._watch(days)
        self.on("week", self._turned).on("book", self._booked)
        self.on("choose", self._chosen).on("drop", self._dropped)
        self.on("more", self._more, args=[]).on("ended", self._ended, args=[])
        phone_page(heading.title, _html(heading, times.payload(days, self._zone, self._last)))

    def _watch(self, days: Days) -> None:
        self._unwatch()
        self._days = days
        self._stop = free_times.watch(days.doctor_id, days.first, self._show)
        self._show(days)

    def _unwatch(self) -> None:
        if self._stop:
            self._stop()
        self._stop = None

    def _show(self, days: Days) -> None:
        self.props["days"] = times.text(days, self._zone, self._last)

    async def _turned(self, event: GenericEventArguments) -> None:
        """Other days."""
        async with self._turn:
            with suppress(ValueError, TypeError, DomainError):
                await self._turn_to(event.args)

    async def _turn_to(self, day: str) -> None:
        first = max(date.fromisoformat(day), times.today(self._zone))
        if first <= self._last:
            self._watch(await free_times.days(self._days.doctor_id, first))

    async def _chosen(self, event: GenericEventArguments) -> None:
        slot_id = event.args
        if self._answers.choose and type(slot_id) is int and 0 < slot_id < 2**31:
            await self._say(self._answers.choose(slot_id))

    async def _booked(self, event: GenericEventArguments) -> None:
        try:
            wish = Wish.model_validate(event.args)
        except ValidationError:
            reply(self, message=BOOK["slow"])
            return
        await self._say(self._answers.book(wish))

    async def _dropped(self, event: GenericEventArguments) -> None:
        if self._answers.drop and isinstance(event.args, str):
            async with self._turn:
                with suppress(DomainError):  # it runs out by itself
                    await self._answers.drop(event.args)

    async def _more(self) -> None:
        if self._answers.more:
            await self._say(self._answers.more())

    async def _ended(self) -> None:
        if self._answers.ended:
            await self._say(self._answers.ended())

    async def _say(self, answer: Awaitable[Json]) -> None:
        async with self._turn:
            try:
                said = await answer
            except DomainError as error:  # the database is away
                said = {"message": error.message}
        if said:
            reply(self, **said)


async def first_days(doctor_id: int, zone: str, first_free: date | None) -> Days:
    """The days to begin with: today's, or the first ones with a free time."""
    first = times.today(zone)
    if first_free and first_free >= first + timedelta(days=free_times.DAYS):
        first = first_free
    return await free_times.days(doctor_id, first)


def about(specialization: str, slots: Sequence[SlotView]) -> str:
    """ "General doctor · 20 minutes"."""
    lengths = {(slot.ends_at - slot.starts_at) // timedelta(minutes=1) for slot in slots}
    return words.about(specialization, lengths.pop() if len(lengths) == 1 else None)


def _html(heading: Heading, week: Json) -> str:
    """The same picture before scripts run; nothing of it can be pressed."""
    days = "".join(
        f'<div class="day{"" if day["free"] else " off"}"><span>{day["name"]}</span><b>{day["number"]}</b>'
        f"<small>{day['note']}</small></div>"
        for day in week["days"]
    )
    shown = next((day for day in week["days"] if day["free"]), None)
    turn = "".join(f'<span class="link">{BOOK[way]}</span>' if week[way] else "" for way in ("earlier", "later"))
    return (
        f'<main><a class="row" href="{escape(heading.way[0])}">{icon("left")}<span>{escape(heading.way[1])}</span></a>'
        f'<div><h1 class="mid">{escape(heading.title)}</h1>'
        f'<p><bdi>{escape(heading.doctor)}</bdi><br><span class="muted">{escape(heading.about)}</span></p></div>'
        f'<section class="sec"><div class="turn"><h2>{week["title"]}</h2>{turn}</div>'
        f'<div class="days">{days}</div></section>{_times(shown)}</main>'
        f'<footer><b class="choice">{BOOK["no_choice"]}</b><span class="btn primary block">{heading.submit}</span>'
        f'<div class="foot-text kept">{BOOK["we_keep"]}</div></footer>'
    )


def _times(day: Json | None) -> str:
    if day is None:
        return f"<p>{BOOK['no_time']}</p>"
    parts = ""
    for number, name in enumerate(words.PARTS):
        slots = [slot for slot in day["slots"] if slot["part"] == number and slot["free"]]
        if slots:
            cells = "".join(f'<div class="slot"><span>{slot["at"]}</span></div>' for slot in slots)
            parts += f'<section class="sec"><h2>{name}</h2><div class="slots">{cells}</div></section>'
    return f'<div class="stack">{parts}</div>'
