"""Paired screens and kiosks: the cookie that says which one a browser is, and keeping their open pages right.

An announcement makes it quick on this server. The regular look finds what another process changed, and says
which devices are switched on.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from fastapi import Response
from fastapi.requests import HTTPConnection
from nicegui import Client, background_tasks, context

from app import clock, events
from app.errors import Busy
from app.models import DeviceKind
from app.services import devices
from app.services.devices import DeviceView, State
from app.web import cookies, live
from app.web.actions import commit, fetch

log = logging.getLogger(__name__)

COOKIE = "mediqueue-device"
LOOK_EVERY = 1.0  # seconds
REMEMBERED = timedelta(days=365)
LATELY = devices.SEEN_EVERY + timedelta(seconds=15)
HOME = {DeviceKind.DISPLAY: "/display", DeviceKind.KIOSK: "/kiosk"}

Changed = Callable[[DeviceView | None], None]


@dataclass(slots=True)
class _Page:
    device_id: int
    known: DeviceView | None
    changed: Changed


_pages: "WeakKeyDictionary[Client, _Page]" = WeakKeyDictionary()
_on: set[int] = set()  # devices with a page that is connected to this process
_off: dict[int, datetime] = {}  # when the last page of a device went
_wake: asyncio.Event | None = None
_task: "asyncio.Task[None] | None" = None
_stop_hearing: Callable[[], None] | None = None


def cookie_name() -> str:
    return cookies.named(COOKIE)


async def this_device() -> DeviceView | None:
    """The device whose browser asked for the present page; also a revoked one."""
    request = context.client.request
    return await of(request) if request else None


async def of(request: HTTPConnection) -> DeviceView | None:
    """The device whose browser sent this; also a revoked one."""
    token = request.cookies.get(cookie_name())
    return await fetch(lambda session: devices.by_token(session, token)) if token else None


def remember(response: Response, token: str) -> None:
    """Tell the browser which device it is."""
    cookies.put(response, COOKIE, token, seconds=int(REMEMBERED.total_seconds()))


def forget(response: Response) -> None:
    cookies.drop(response, COOKIE)


def follow(device_id: int, known: DeviceView | None, changed: Changed) -> None:
    """Tell the present page, on the loop, whenever its device is not as it was `known`; None: it is gone.

    A page of a device that waits is told too when its code has run out.
    """
    _pages[context.client] = _Page(device_id, known and _lasting(known), changed)
    _look_now()


def is_on(device: DeviceView) -> bool:
    """Whether the device has a page open right now, here or in another process."""
    if device.id in _on:
        return True
    last, gone = device.last_seen_at, _off.get(device.id)
    return last is not None and clock.now() - last < LATELY and (gone is None or last > gone)


def start() -> None:
    """Begin; after `live.start`."""
    global _stop_hearing, _task, _wake
    stop()
    _wake = asyncio.Event()
    _stop_hearing = live.hear(_heard)
    _task = background_tasks.create(_keep_looking(_wake), name="look at devices")


def stop() -> None:
    global _stop_hearing, _task, _wake
    if _stop_hearing:
        _stop_hearing()
    if _task:
        _task.cancel()
    _stop_hearing = _task = _wake = None
    _on.clear()
    _off.clear()


def _heard(event: events.Event) -> None:
    if isinstance(event, events.DevicesChanged):
        _look_now()


def _look_now() -> None:
    if _wake:
        _wake.set()


async def _keep_looking(wake: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), LOOK_EVERY)
        wake.clear()
        try:
            await _look()
        except Busy:
            await asyncio.sleep(LOOK_EVERY)  # the database is away, and has said so
        except Exception:
            log.exception("Looking at the devices did not work and is tried again")


async def _look() -> None:
    pages = [(client, page) for client, page in list(_pages.items()) if not client.is_deleted]
    ids = {page.device_id for _, page in pages}
    states = await fetch(lambda session: devices.now(session, ids)) if ids else {}
    for _, page in pages:
        _tell(page, states.get(page.device_id))
    on = {page.device_id for client, page in pages if client.has_socket_connection and _is_paired(page)}
    await _mark(on, states)


def _is_paired(page: _Page) -> bool:
    return page.known is not None and page.known.state is State.PAIRED


def _tell(page: _Page, state: DeviceView | None) -> None:
    lasting = state and _lasting(state)
    is_over = state is not None and state.state is State.WAITING and state.code_expires_at <= clock.now()
    if lasting == page.known and not is_over:
        return
    page.known = lasting
    try:
        page.changed(state)
    except Exception:
        log.exception("The page of device %s could not be changed", page.device_id)


def _lasting(device: DeviceView) -> DeviceView:
    """Without what changes all the time."""
    return replace(device, last_seen_at=None, address="")


async def _mark(on: set[int], states: dict[int, DeviceView]) -> None:
    """Note which devices are on, and say so when one was switched on or off."""
    came, gone = on - _on, _on - on
    due = clock.now() - devices.SEEN_EVERY
    old = [each.id for each in states.values() if each.id in on and each.last_seen_at and each.last_seen_at < due]
    if ids := {*came, *gone, *old}:
        await commit(lambda session: devices.seen(session, ids))
    for device_id in came:
        _off.pop(device_id, None)
    _off.update(dict.fromkeys(gone, clock.now()))
    _on.clear()
    _on.update(on)
    if came or gone:
        events.publish([events.DevicesChanged()])
