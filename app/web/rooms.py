"""The public board's wire: one snapshot per change, encoded once, sent once to everybody who watches.

Uses raw rooms of NiceGUI's own Socket.IO server, which costs a fifth of an element update per page. The
browser's side is `assets/live.js`: it says which queues it shows when it connects, reconnects or wakes, and
gets the present snapshots as the answer.
"""

import asyncio
from contextlib import suppress
from typing import Any

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE, Packet
from nicegui import background_tasks, core
from socketio.packet import EVENT

from app.errors import DomainError
from app.services.board import QueueView
from app.web import limits, live, payloads

CLINIC = "clinic"
MOST_QUEUES = 50
MOST_UNKNOWN = 5
GREATEST_ID = 2**31 - 1
MOST_UNREAD = 200  # boards that a page has not fetched
GATHER = 0.1  # seconds in which changes of several queues become one clinic snapshot

_encoded: dict[int, tuple[QueueView, str]] = {}
_gathering = False


def start() -> None:
    """Serve boards to pages; after `live.start`."""
    live.watch(None, _send)
    core.sio.on("board", _ask)


async def _ask(sid: str, wish: Any = None, *_: Any) -> list[str]:
    """A page says what it shows; it joins those rooms and gets their snapshots."""
    if not isinstance(wish, dict) or not limits.allows("board", sid):
        return []
    answer, unknown = [], 0
    for doctor_id in _wanted(wish.get("queues")):
        try:
            view = await live.queue(doctor_id)
        except DomainError:
            unknown += 1
            if unknown > MOST_UNKNOWN:  # each costs a look into the database
                break
            continue
        await core.sio.enter_room(sid, room(doctor_id))
        answer.append(encoded(view))
    if wish.get(CLINIC):
        await core.sio.enter_room(sid, CLINIC)
        answer.append(await clinic_board())
    return answer


def _wanted(queues: Any) -> list[int]:
    """The ids in what a browser sent, which may be anything."""
    ids = queues if isinstance(queues, list) else []
    return [each for each in ids if type(each) is int and 0 < each <= GREATEST_ID][:MOST_QUEUES]


def room(doctor_id: int) -> str:
    return f"queue:{doctor_id}"


def encoded(view: QueueView) -> str:
    """The public snapshot of `view` as JSON, encoded once."""
    kept = _encoded.get(view.doctor.id)
    if kept is None or kept[0] is not view:
        _encoded[view.doctor.id] = kept = (view, payloads.text(payloads.board(view)))
    return kept[1]


async def clinic_board() -> str:
    """All doctors with their counts, for the home and the join page."""
    return payloads.text({"clinic": [payloads.doctor(view) for view in await live.queues()]})


async def _to_room(name: str, text: str) -> None:
    """Send `text` to every page in a room: one packet, encoded once, and no task a page as `emit` makes."""
    event = core.sio.packet_class(EVENT, data=["board", text])
    packet = Packet(MESSAGE, event.encode())
    for _, page in core.sio.manager.get_participants("/", name):
        with suppress(SocketIsClosedError):  # it has just left
            await core.sio.eio.send_packet(page, packet)
        _let_go_if_slow(page)


def _let_go_if_slow(page: str) -> None:
    """Who reads nothing would make us keep every board there ever was; a page that lives connects again."""
    socket = core.sio.eio.sockets.get(page)
    if socket and socket.queue.qsize() > MOST_UNREAD:
        background_tasks.create(core.sio.eio.disconnect(page), name="close a slow page")


def _send(view: QueueView) -> None:
    background_tasks.create(_to_room(room(view.doctor.id), encoded(view)), name="board")
    global _gathering
    if not _gathering:
        _gathering = True
        background_tasks.create(_send_clinic(), name="clinic board")


async def _send_clinic() -> None:
    global _gathering
    await asyncio.sleep(GATHER)
    _gathering = False
    await _to_room(CLINIC, await clinic_board())
