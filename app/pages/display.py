"""The waiting-room screen: tokens and rooms, and nothing else. Open to all, unless the clinic wants screens paired.

A paired screen shows the doctors it was paired for, whatever its address says.
"""

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, background_tasks, context

from app import events
from app.components import display as screens
from app.components.display import Display
from app.components.frame import bare_frame
from app.components.words import screen
from app.errors import DomainError, NotFound
from app.models import DeviceKind
from app.pages import pair as pairing
from app.services import clinic, steps
from app.services.board import QueueView
from app.services.devices import DeviceView, State
from app.web import devices, live
from app.web.actions import fetch
from app.web.page import PUBLIC, page, visit

PATH = devices.HOME[DeviceKind.DISPLAY]


@page(PATH, allow=PUBLIC, title=screen.TITLE)
async def display(
    doctor: Annotated[list[str] | None, Query()] = None, scale: Annotated[str, Query()] = "1", pair: str | None = None
) -> Response | None:
    """`?doctor=1&doctor=2` shows some doctors, nothing shows all; `?scale=1.5` is larger text; `?pair=1` asks for a
    code."""
    device = await devices.this_device()
    needs_pairing = visit().clinic.rules.screens_need_pairing
    if pair is not None or (device.state is State.REVOKED if device else needs_pairing):
        pairing.show_code(DeviceKind.DISPLAY, device)
        return None
    if device and device.kind is not DeviceKind.DISPLAY:
        return RedirectResponse(devices.HOME[device.kind], 303)
    if device:
        element = _draw(await _queues(device), everyone=not device.doctor_ids, scale=scale)
        _follow(device, element)
        return None
    queues = [await live.queue(_number(one)) for one in doctor] if doctor else await live.queues()
    _draw(queues, everyone=not doctor, scale=scale)
    _close_when_screens_need_pairing()
    return None


def _draw(queues: list[QueueView], *, everyone: bool, scale: str) -> Display:
    here = visit()
    screens.splash(here)
    with bare_frame(screen.TITLE, "tv"):
        return Display(
            here.clinic.name,
            queues,
            everyone=everyone,
            scale=scale if scale in screens.SCALES else screens.SCALES[0],
        )


async def _queues(device: DeviceView) -> list[QueueView]:
    return [queue for queue in await live.queues() if device.shows(queue.doctor.id)]


def _follow(device: DeviceView, element: Display) -> None:
    """Show what the device is for now, or that it is nobody's any more."""
    client = context.client

    async def show(now: DeviceView) -> None:
        element.show(await _queues(now), everyone=not now.doctor_ids)

    def changed(now: DeviceView | None) -> None:
        if now is None or now.state is not State.PAIRED:
            client.open(PATH)
        else:
            background_tasks.create(show(now), name="doctors of a screen")

    devices.follow(device.id, device, changed)


def _close_when_screens_need_pairing() -> None:
    client = context.client

    def heard(event: events.Event) -> None:
        if isinstance(event, events.ClinicChanged):
            background_tasks.create(_close(client), name="close an unpaired screen")

    client.on_delete(live.hear(heard))


async def _close(client: Client) -> None:
    try:
        now = await fetch(clinic.view)
    except DomainError:
        return
    if now and now.rules.screens_need_pairing and not client.is_deleted:
        client.open(PATH)


def _number(doctor: str) -> int:
    if not doctor.isascii() or not doctor.isdigit() or len(doctor) > 9:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    return int(doctor)
