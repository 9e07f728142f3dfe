"""What the clock does: APScheduler on NiceGUI's loop calls the same verbs as everybody else."""

import logging
from collections.abc import Callable
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from nicegui import app

from app.db import Session
from app.errors import Busy, DomainError
from app.services import arriving, booking, devices, idempotency, retention, sealing, slots, timeouts, waitlist
from app.services.policy import SYSTEM
from app.settings import settings
from app.web import mailing
from app.web.actions import commit, fetch

log = logging.getLogger(__name__)

Find = Callable[[Session], list[int]]
Do = Callable[[Session, int], object]

CUT = "The end of the audit was cut off. `python -m app.cli audit verify` says more."


def mount() -> None:
    """Run the jobs as long as the server runs."""
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30})
    scheduler.add_job(_each, "interval", seconds=10, args=(timeouts.missed_calls, timeouts.skip_missed))
    scheduler.add_job(_each, "interval", seconds=30, args=(timeouts.long_gone, timeouts.give_up))
    scheduler.add_job(_each, "interval", seconds=30, args=(booking.expired_holds, booking.expire))
    scheduler.add_job(_each, "interval", seconds=30, args=(waitlist.chances, waitlist.offer))
    scheduler.add_job(_each, "interval", seconds=60, args=(arriving.missed, arriving.give_up))
    scheduler.add_job(_each, "interval", hours=1, args=(slots.doctors, slots.make))
    scheduler.add_job(_each, "interval", seconds=60, args=(timeouts.days_to_close, timeouts.close_day))
    scheduler.add_job(commit, "interval", hours=1, args=(idempotency.forget_old,))
    scheduler.add_job(commit, "interval", hours=1, args=(devices.forget_waiting,))
    scheduler.add_job(_forget_people, "interval", minutes=10)
    scheduler.add_job(mailing.send_due, "interval", seconds=5)
    scheduler.add_job(_seal, "interval", seconds=5)
    app.on_startup(scheduler.start)
    app.on_startup(_seal_all)
    app.on_shutdown(lambda: scheduler.shutdown(wait=False))
    app.on_shutdown(_seal_all)


async def _seal(*, all_rows: bool = False) -> None:
    """Seal what the audit has got since; the newest seal is kept outside of the database too."""
    try:
        more = all_rows or await fetch(sealing.pending)
        while more:
            more = (await commit(partial(sealing.seal, all_rows=all_rows))).more
            if not await fetch(partial(sealing.keep_if_sound, data_dir=settings().data_dir)):
                log.error(CUT)
    except Busy:
        return  # the database is away, and has said so


async def _seal_all() -> None:
    """At the start and at the end, also what was committed long after its neighbours."""
    await _seal(all_rows=True)


async def _forget_people() -> None:
    """At night: whoever and whatever the clinic keeps no longer. A run that was killed goes on at the next turn."""
    try:
        if not await fetch(retention.is_time):
            return
    except DomainError:
        return  # not set up yet
    while await commit(partial(retention.sweep, actor=SYSTEM)):
        pass
    await _each(partial(retention.due, actor=SYSTEM), _erase_one)
    await commit(partial(retention.finish, actor=SYSTEM))


def _erase_one(session: Session, patient_id: int) -> None:
    retention.erase_one(session, actor=SYSTEM, patient_id=patient_id)


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
