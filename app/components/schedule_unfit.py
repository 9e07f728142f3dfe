"""Bookings that no longer fit, each with its ways out: keep it, move it, tell the patient."""

from collections.abc import Sequence
from functools import partial

from nicegui import html

from app import clock
from app.components.chips import name, tag
from app.components.dialogs import button
from app.components.frame import icon
from app.components.words import schedule as words
from app.db import Session
from app.services import booking, conflicts
from app.services.conflicts import Unfit
from app.services.slot_search import SlotView
from app.web import toasts
from app.web.actions import act
from app.web.page import visit
from app.web.sections import steady


def unfit_card(found: Sequence[Unfit], *, with_doctor: bool = False) -> None:
    """Nothing at all if every booking fits."""
    if not found:
        return
    with html.section().classes("card"):
        with html.div().classes("head"):
            icon("alert")
            html.h2(words.card(len(found)))
        with html.ul().classes("unfit"):
            for each in found:
                _row(each, with_doctor=with_doctor)


def _row(each: Unfit, *, with_doctor: bool) -> None:
    zone = visit().clinic.timezone
    at = clock.at_clinic(each.starts_at, zone)
    with html.li():
        with html.div():
            html.b(words.when(at)).classes("num")
            name(each.patient_name, each.doctor_name if with_doctor else "", sealed=each.sealed)
        with html.div().classes("row wrap"):
            button(words.KEEP, steady(partial(_keep, each)), of=each.patient_name)
            _times(words.SAME_DOCTOR, each, [("", view) for view in each.near])
            _times(words.OTHER_DOCTOR, each, each.others)
            if not each.near and not each.others:
                html.span(words.NO_TIME_NEAR).classes("muted small")
        with html.div().classes("row"):
            _reach(each)


def _times(word: str, each: Unfit, offered: Sequence[tuple[str, SlotView]]) -> None:
    zone = visit().clinic.timezone
    at = clock.at_clinic(each.starts_at, zone)
    if offered:
        html.span(word).classes("muted small")
    for doctor, view in offered:
        said = words.move_to(words.short(clock.at_clinic(view.starts_at, zone), at), doctor)
        button(said, steady(partial(_move, each, view)), of=each.patient_name)


def _reach(each: Unfit) -> None:
    """By mail if that goes, else the phone number."""
    if each.told:
        tag(words.TOLD, "check")
    elif each.has_mail:
        button(words.TELL, steady(partial(_tell, each)), of=each.patient_name)
    elif each.sealed:
        html.span(words.ASK_CLINICAL).classes("muted small")
    elif each.phone:
        with html.a().classes("btn quiet") as link:
            link.props["href"] = f"tel:{each.phone.replace(' ', '')}"
            icon("phone")
            html.span(f"{words.CALL} {each.phone}").classes("num")
    else:
        html.span(words.NO_PHONE).classes("muted small")


async def _keep(each: Unfit) -> None:
    actor = visit().actor

    def keep(session: Session, *, kept: bool) -> bool:
        booking.keep(session, actor=actor, appointment_id=each.appointment_id, kept=kept)
        return True

    if await act(partial(keep, kept=True)):
        toasts.show(words.KEPT, undo=steady(lambda: act(partial(keep, kept=False))))


async def _move(each: Unfit, to: SlotView) -> None:
    actor, zone = visit().actor, visit().clinic.timezone
    await act(
        lambda s: booking.reschedule(s, actor=actor, appointment_id=each.appointment_id, slot_id=to.slot_id),
        lambda _: words.moved(each.patient_name, words.when(clock.at_clinic(to.starts_at, zone))),
    )


async def _tell(each: Unfit) -> None:
    actor = visit().actor
    await act(
        lambda s: conflicts.tell(s, actor=actor, appointment_id=each.appointment_id), lambda _: words.WILL_BE_TOLD
    )
