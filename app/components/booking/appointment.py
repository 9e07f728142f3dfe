"""The page of one appointment, for whoever holds its link."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import html

from app.components import qr
from app.components.chips import Text
from app.components.dialogs import button
from app.components.frame import icon
from app.components.theme import Icon
from app.components.words import booking as words
from app.models import AppointmentStatus
from app.services.own_appointment import Arrival, OwnAppointment

_LOOKS: dict[AppointmentStatus, tuple[Icon, str]] = {
    AppointmentStatus.BOOKED: ("check", "st-done"),
    AppointmentStatus.CHECKED_IN: ("ticket", "st-waiting"),
    AppointmentStatus.COMPLETED: ("check", "st-done"),
    AppointmentStatus.CANCELLED: ("xcircle", "st-cancelled"),
    AppointmentStatus.NO_SHOW: ("userx", "st-no_show"),
    AppointmentStatus.LEFT: ("userx", "st-no_show"),
}
Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What its buttons do."""

    here: Act
    cancel: Act
    wish: Act
    forget: Act
    accept: Act
    decline: Act


def draw(mine: OwnAppointment, acts: Acts, zone: str) -> None:
    if mine.offer:
        _offer(mine, acts, zone)
    _facts(mine, zone)
    if mine.status is AppointmentStatus.BOOKED:
        _arrival(mine, acts, zone)
        _changes(mine, acts)
        _keepsakes(mine)
    elif mine.ticket:
        _way(f"/t/{mine.ticket}", words.TICKET, "primary")
    elif mine.status is not AppointmentStatus.CHECKED_IN:
        _way("/book", words.AGAIN, "primary")


def _facts(mine: OwnAppointment, zone: str) -> None:
    picture, css = _LOOKS[mine.status]
    title, text = words.STATES[mine.status]
    with html.section().classes("tk"):
        with html.div().classes(f"msg {css}"):
            with html.span().classes("disc"):
                icon(picture)
            html.h1(title)
            if text:
                html.p(text)
        with html.dl():
            _fact(words.WHEN, words.when(mine.starts_at, zone))
            _fact(words.DOCTOR, mine.doctor_name)
            if mine.room:
                _fact(words.ROOM, mine.room)
            if mine.first_name:
                _fact(words.FOR, mine.first_name)


def _fact(name: str, value: str) -> None:
    with html.div():
        html.dt(name)
        with html.dd():
            html.bdi(value)


def _offer(mine: OwnAppointment, acts: Acts, zone: str) -> None:
    assert mine.offer is not None  # noqa: S101
    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(words.OFFER)
        with html.div().classes("body stack"):
            html.p(words.offer_text(mine.offer.starts_at, mine.offer.until, zone)).props("role=status")
            button(words.ACCEPT, acts.accept, css="primary block").props("data-focus=accept")
            button(words.DECLINE, acts.decline, css="block").props("data-focus=decline")


def _arrival(mine: OwnAppointment, acts: Acts, zone: str) -> None:
    with html.section().classes("stack"):
        html.p(words.arrival(mine.arrival, mine.check_in_from, mine.starts_at, zone))
        if mine.arrival is not Arrival.OTHER_DAY:
            main = "" if mine.arrival is Arrival.EARLY or mine.offer else "primary"
            button(words.I_AM_HERE, acts.here, css=f"{main} block").props("data-focus=here")


def _changes(mine: OwnAppointment, acts: Acts) -> None:
    if not mine.may_change:
        html.p(words.TOO_LATE).classes("muted")
        return
    with html.section().classes("stack"):
        _way(f"/a/{mine.link}/move", words.OTHER_TIME)
        if mine.wished:
            with html.div().classes("note"):
                icon("bell")
                html.span(words.EARLIER_ON).classes("grow")
                button(words.EARLIER_OFF, acts.forget).props("data-focus=earlier")
        else:
            button(words.EARLIER, acts.wish, css="block").props("data-focus=earlier")
        button(words.CANCEL, acts.cancel, css="danger block").props("data-focus=cancel")


def _keepsakes(mine: OwnAppointment) -> None:
    """What somebody takes along: into the calendar, to the desk."""
    _way(f"/a/{mine.link}/calendar.ics", words.CALENDAR)
    with html.figure().classes("center"):
        with html.div().classes("qr"):
            qr.qr_code(f"/a/{mine.link}", words.QR)
        Text("figcaption", words.QR_TEXT).classes("muted")
    html.p(words.KEEP_LINK).classes("foot-text")


def _way(path: str, word: str, css: str = "") -> None:
    html.a(word).classes(f"btn {css} block").props["href"] = path
