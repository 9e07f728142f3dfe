"""A patient's own page: tickets now, the people on the account, past visits."""

from typing import Annotated

from fastapi import Query, Response
from nicegui import html

from app import clock, events
from app.components.frame import icon, phone_frame
from app.components.me import appointments as own_appointments
from app.components.me import home
from app.components.words import SIGN_OUT, booking
from app.components.words import me as words
from app.components.words.patient import HOME
from app.db import Session
from app.models import Role
from app.services import appointments, families, my_visits
from app.services.families import Person
from app.services.my_visits import PastVisit
from app.web.actions import fetch
from app.web.numbers import number
from app.web.page import ACCOUNT_PATH, page, visit
from app.web.sections import queues_with, section

PATIENTS = frozenset({Role.PATIENT})
FIRST_VISITS = 5
GATHER = 1.0  # seconds: times change often, those of one account seldom
EXPORT_PATH = "/me/export"


@page("/me", allow=PATIENTS)
async def me() -> None:
    here = visit()
    actor = here.actor
    with phone_frame(words.TITLE, home=True):
        with html.main().props("id=main"):
            with html.section().classes("hero"):
                html.h1(words.hello(here.me.name)).props("dir=auto")
                html.h2(words.NOW).classes("vh")
                await queues_with(lambda session: my_visits.going_on(session, actor=actor), home.tickets)
                html.a(HOME["join"]).classes("btn primary block").props('href="/join-queue"')
                html.a(HOME["book"]).classes("btn block").props('href="/book"')
            with html.div().classes("stack"):
                await _appointments()
                await _family()
                await _past()
        with html.footer().classes("plain"), html.div().classes("foot-link"):
            html.a(words.SECURITY).props["href"] = ACCOUNT_PATH
            html.a(words.MY_DATA).props["href"] = EXPORT_PATH
            with html.form().props('action="/logout" method="post"'):
                html.button(SIGN_OUT).classes("link").props("type=submit")


async def _appointments() -> None:
    here = visit()
    actor, zone = here.actor, here.clinic.timezone
    with html.section().classes("stack"):
        html.h2(booking.COMING)
        await section(
            lambda session: appointments.mine(session, actor=actor),
            lambda found: own_appointments.draw(found, clock.now(), zone),
            on=(events.SlotsChanged, events.PeopleChanged),
            gather=GATHER,
        )


async def _family() -> None:
    here = visit()
    actor, today = here.actor, clock.at_clinic(clock.now(), here.clinic.timezone).date()

    def draw(people: list[Person]) -> None:
        home.people(people, today)
        if len(people) < families.MOST_PEOPLE:
            with html.a().classes("btn block").props('href="/me/people/new"'):
                icon("plus")
                html.span(words.ADD_PERSON)

    with html.section().classes("stack"):
        html.h2(words.PEOPLE)
        await section(lambda session: families.people(session, actor=actor), draw, on=events.PeopleChanged)


async def _past() -> None:
    actor = visit().actor

    def load(session: Session) -> tuple[list[PastVisit], bool]:
        past = my_visits.over(session, actor=actor, limit=FIRST_VISITS + 1)
        return past, len(families.people(session, actor=actor)) > 1

    def draw(found: tuple[list[PastVisit], bool]) -> None:
        past, names = found
        if not past:
            home.no_visits()
            return
        home.visits(past[:FIRST_VISITS], names=names)
        if len(past) > FIRST_VISITS:
            with html.nav().classes("pager"):
                html.a(words.ALL_VISITS).classes("btn").props('href="/me/visits"')

    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(words.VISITS)
        await section(load, draw, on=(events.QueueChanged, events.PeopleChanged))


@page("/me/visits", allow=PATIENTS)
async def visits(before: Annotated[str, Query()] = "") -> Response | None:
    """`?before=` is the last visit of the page before."""
    actor, last = visit().actor, number(before)
    past = await fetch(lambda session: my_visits.over(session, actor=actor, before=last, limit=my_visits.PAGE + 1))
    shown = past[: my_visits.PAGE]
    with phone_frame(words.VISITS), html.main().props("id=main"):
        back()
        html.h1(words.VISITS)
        with html.section().classes("card"):
            if shown:
                home.visits(shown, names=True)
            else:
                home.no_visits()
            if last or len(past) > len(shown):
                _turn(shown, first=last is None, more=len(past) > len(shown))
    return None


def back() -> None:
    """The way to where all these pages begin."""
    with html.a().classes("row").props('href="/me"'):
        icon("left")
        html.span(words.BACK)


def _turn(shown: list[PastVisit], *, first: bool, more: bool) -> None:
    with html.nav().classes("pager") as pager:
        pager.props["aria-label"] = words.VISITS
        if not first:
            html.a(words.NEWEST).classes("btn").props('href="/me/visits"')
        html.span().classes("grow")
        if more:
            html.a(words.OLDER).classes("btn").props["href"] = f"/me/visits?before={shown[-1].entry_id}"
