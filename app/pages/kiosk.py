"""The kiosk: a paired tablet in the waiting room, where people without a phone take a ticket."""

from functools import partial

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import context

from app.components.frame import bare_frame
from app.components.kiosk import Booked, Kiosk, Refused
from app.components.patient.join import Wish
from app.components.words import devices as words
from app.errors import DomainError, TooMany
from app.models import DeviceKind, Source, dialled
from app.pages import pair as pairing
from app.pages.join import FIELDS, NEEDS
from app.pages.ticket import load
from app.services import arriving, joining, policy, slot_search
from app.services.devices import DeviceView, State
from app.services.joining import Newcomer
from app.services.tickets import TicketView
from app.web import devices, limits, live
from app.web.actions import commit, fetch, noted
from app.web.page import PUBLIC, page

PATH = devices.HOME[DeviceKind.KIOSK]


@page(PATH, allow=PUBLIC, title=words.KIOSK_TITLE)
async def kiosk(pair: str | None = None) -> Response | None:
    """For paired kiosks only; everybody else sees a code."""
    device = await devices.this_device()
    if device is None or device.state is State.REVOKED or pair is not None:
        pairing.show_code(DeviceKind.KIOSK, device)
        return None
    if device.kind is not DeviceKind.KIOSK:
        return RedirectResponse(devices.HOME[device.kind], 303)
    queues = [queue for queue in await live.queues() if device.shows(queue.doctor.id)]
    device_id, books = device.id, await fetch(slot_search.is_offered)
    with bare_frame(words.KIOSK_TITLE, "phone"):
        arrive = partial(_arrive, device_id) if books else None
        element = Kiosk(queues, device.doctor_ids, partial(_join, device_id), arrive)
    _follow(device, element)
    return None


async def _join(device_id: int, wish: Wish) -> TicketView | Refused:
    who = Newcomer(name=wish.name, needs=[NEEDS[need] for need in wish.needs if need in NEEDS], source=Source.KIOSK)
    actor = policy.kiosk(device_id)
    try:
        limits.hit("join-device", str(device_id))
        link = await commit(
            lambda session: joining.link_once(session, actor=actor, doctor_id=wish.doctor, who=who, key=wish.key)
        )
        return await load(link)
    except DomainError as error:
        field = FIELDS.get(error.code, "page")
        return Refused(field if field == "name" else "page", error.message)


async def _arrive(device_id: int, booked: Booked) -> TicketView | Refused:
    """Few tries at one number: nobody finds out at a kiosk who is expected. See docs/decisions."""
    actor = policy.kiosk(device_id)
    try:
        limits.hit("check-in-device", str(device_id), TooMany(words.TOO_MANY_TRIES))
        limits.hit("check-in-phone", dialled(booked.phone), TooMany(words.TOO_MANY_TRIES))
        link = await commit(
            lambda session: arriving.at_kiosk(session, actor=actor, phone=booked.phone, year=booked.year).link or ""
        )
        return await load(link)
    except DomainError as error:
        return Refused("phone" if error.code == "bad_phone" else "page", (await noted(error)).message)


def _follow(device: DeviceView, element: Kiosk) -> None:
    client = context.client

    def changed(now: DeviceView | None) -> None:
        if now is None or now.state is not State.PAIRED:
            client.open(PATH)
        else:
            element.show(now.doctor_ids)

    devices.follow(device.id, device, changed)
