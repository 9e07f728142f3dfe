"""A part of a staff page that draws itself again whenever what it shows has changed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from nicegui import background_tasks, context, ui

from app import events
from app.db import Session
from app.errors import Busy, DomainError
from app.services.board import QueueView
from app.web import live
from app.web.actions import fetch
from app.web.page import visit

T = TypeVar("T")
P = ParamSpec("P")

TRY_AGAIN_AFTER = 1.0  # seconds, when the database was busy


async def section(
    load: Callable[[Session], T],
    draw: Callable[[T], None],
    *,
    on: type[events.Event] | tuple[type, ...],
    gather: float = 0,
) -> Callable[[], None]:
    """Draw what `load` finds, and again after each event of the kinds `on`. Draws without waiting in between.

    Where events are many, those of `gather` seconds are answered with one load. Answers how to have it drawn again, for
    a search that changed.
    """
    made = _Section(lambda: fetch(load), draw)
    await made.begin(lambda refresh: live.hear(_when(on, _gathered(refresh, gather) if gather else refresh)))
    return made.changed


async def queue_section(doctor_id: int, draw: Callable[[QueueView], None]) -> None:
    """Draw one queue as this page's role sees it, and again on each change. All sections of a queue share one load."""
    role = visit().me.role
    await _Section(lambda: live.queue(doctor_id), lambda view: draw(view.seen_by(role))).begin(
        lambda refresh: live.watch(doctor_id, lambda _: refresh())
    )


async def queues_section(draw: Callable[[list[QueueView]], None]) -> None:
    """Draw all queues as this page's role sees them, and again when one of them or the list of doctors changes."""
    role = visit().me.role
    shown = _Section(live.queues, lambda views: draw([view.seen_by(role) for view in views]))
    await shown.begin(lambda refresh: live.watch(None, lambda _: refresh()))


async def queues_with(load: Callable[[Session], T], draw: Callable[[list[QueueView], T], None]) -> None:
    """Draw all queues and what `load` finds beside them; again when a queue or what is known of people changes."""
    role = visit().me.role

    async def both() -> tuple[list[QueueView], T]:
        return [view.seen_by(role) for view in await live.queues()], await fetch(load)

    def listen(refresh: Callable[[], None]) -> Callable[[], None]:
        no_queues = live.watch(None, lambda _: refresh())
        no_people = live.hear(_when(events.PeopleChanged, refresh))

        def stop() -> None:
            no_queues()
            no_people()

        return stop

    await _Section(both, lambda found: draw(*found)).begin(listen)


def _gathered(refresh: Callable[[], None], seconds: float) -> Callable[[], None]:
    """`refresh`, at most once in so many seconds."""
    waiting: list[asyncio.TimerHandle] = []

    def now() -> None:
        waiting.clear()
        refresh()

    def soon() -> None:
        if not waiting:
            waiting.append(asyncio.get_running_loop().call_later(seconds, now))

    return soon


def steady(work: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """`work` as a handler that goes on when what was clicked has been drawn anew, or was taken away, in between."""
    client = context.client

    async def done(*args: P.args, **kwargs: P.kwargs) -> T:
        with client:
            return await work(*args, **kwargs)

    return done


def _when(on: type | tuple[type, ...], refresh: Callable[[], None]) -> live.Hearer:
    return lambda event: refresh() if isinstance(event, on) else None


class _Section:
    """Listens first, then loads; changes that come while it loads make it load once more."""

    def __init__(self, load: Callable[[], Awaitable[T]], draw: Callable[[T], None]) -> None:
        self._load, self._draw = load, draw
        self._box = ui.element("div").classes("contents")
        self._client = context.client
        self._busy = self._again = False

    async def begin(self, listen: Callable[[Callable[[], None]], Callable[[], None]]) -> None:
        self._client.on_delete(listen(self.changed))
        await self._redraw()

    def changed(self) -> None:
        if self._busy:
            self._again = True
            return
        background_tasks.create(self._redraw(), name="section")

    async def _redraw(self) -> None:
        self._busy = True
        try:
            while True:
                self._again = False
                try:
                    data = await self._load()
                except Busy:
                    data = None
                except DomainError:
                    return
                if self._client.is_deleted:
                    return
                if data is None:
                    await asyncio.sleep(TRY_AGAIN_AFTER)
                    continue
                with self._box:
                    self._box.clear()
                    self._draw(data)
                if not self._again:
                    return
        finally:
            self._busy = False
