"""What the clock does: APScheduler on NiceGUI's loop calls the same verbs as everybody else."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from nicegui import app

from app.db import Session
from app.errors import DomainError
from app.services import arriving, booking, idempotency, sealing, slots, timeouts, waitlist
from app.settings import settings
from app.web.actions import commit, fetch, on_thread

log = logging.getLogger(__name__)

Find = Callable[[Session], list[int]]
Do = Callable[[Session, int], object]


def mount() -> None:
    """Run the jobs as long as the server runs."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30})
    scheduler.add_job(_each, "interval", seconds=10, args=(timeouts.missed_calls, timeouts.skip_missed))
    scheduler.add_job(_each, "interval", seconds=30, args=(timeouts.long_gone, timeouts.give_up))
    scheduler.add_job(_each, "interval", seconds=30, args=(booking.expired_holds, booking.expire))
    scheduler.add_job(_each, "interval", seconds=30, args=(waitlist.chances, waitlist.offer))
    scheduler.add_job(_each, "interval", seconds=60, args=(arriving.missed, arriving.give_up))
    scheduler.add_job(_each, "interval", hours=1, args=(slots.doctors, slots.make), next_run_time=datetime.now(UTC))
    scheduler.add_job(_each, "interval", seconds=60, args=(timeouts.days_to_close, timeouts.close_day))
    scheduler.add_job(commit, "interval", hours=1, args=(idempotency.forget_old,))
    scheduler.add_job(_seal, "interval", seconds=5)
    app.on_startup(scheduler.start)
    app.on_shutdown(lambda: scheduler.shutdown(wait=False))


async def _seal() -> None:
    """Seal what the audit has got since; the newest seal is kept outside of the database too."""
    if await fetch(sealing.pending):
        head = await commit(sealing.seal)
        await on_thread(sealing.keep_head, settings().data_dir, head)


async def _each(find: Find, do: Do) -> None:
    """Do it to each of what is found, each in a transaction of its own; a refusal stops no other."""
    try:
        found = await fetch(find)
    except DomainError:
        return  # not set up yet
    for key in found:
        await _one(do, key)


async def _one(do: Do, key: int) -> None:
    try:
        await commit(lambda session: do(session, key))
    except DomainError as refusal:
        log.info("%s of %s: %s", do.__name__, key, refusal.message)
