"""Play a clinic day through the services while the pages move: `python -m scripts.simulate_day --speed 30`.

Works on the same database as the running demo (or any other clinic that is a demo). People arrive, are called,
seen and finished at `speed` times the usual pace; some do not come, some need the lab, some leave, some are
moved to another doctor.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import typer
from sqlmodel import Session

from app import clock, db, demo
from app.errors import DomainError
from app.models import Clinic, Doctor, QueueEntry, Status
from app.services import board, calling, doctors, joining, leaving, visiting
from app.services.policy import SYSTEM, Actor, link_holder
from app.settings import settings

USUAL_VISIT = timedelta(minutes=9)
BETWEEN_ARRIVALS = timedelta(minutes=10)  # per doctor
LONGEST_LINE = 9


def main(
    speed: float = typer.Option(30, min=0.1, help="How many clinic minutes pass in one minute."),
    minutes: float = typer.Option(480, min=1, help="How many clinic minutes to play."),
    seed: int = typer.Option(1, help="The same seed plays the same day."),
) -> None:
    """Play one day. Ctrl-C ends it at once."""
    demo.use_own_data_dir()
    db.migrate(settings().url)
    db.connect(settings().url)
    actors = db.transaction(_doctors)
    typer.echo(f"Playing {minutes:.0f} minutes of the clinic in {minutes / speed:.0f}. Ctrl-C ends it.")
    luck = random.Random(seed)
    ends = time.monotonic() + minutes * 60 / speed
    due = dict.fromkeys(actors, 0.0)
    while time.monotonic() < ends:
        for doctor_id, actor in actors.items():
            if time.monotonic() >= due[doctor_id]:
                pause = _one_step(luck, doctor_id, actor)
                due[doctor_id] = time.monotonic() + pause.total_seconds() / speed
            if luck.random() < speed / (BETWEEN_ARRIVALS.total_seconds() * 5):
                _arrive(luck, doctor_id)
        time.sleep(0.2)
    db.disconnect()


def _doctors(session: Session) -> dict[int, Actor]:
    clinic = session.get(Clinic, 1)
    if clinic is None or not clinic.is_demo:
        raise typer.BadParameter("This plays with sample clinics only. Run `make demo` first.")
    found = [session.get_one(Doctor, doctor_id) for doctor_id in doctors.working(session)]
    return {doctor.id: demo.doctor_actor(session, doctor.id) for doctor in found if doctor.user_id}


def _arrive(luck: random.Random, doctor_id: int) -> None:
    if len(db.reading(lambda session: board.load(session, doctor_id)).line) < LONGEST_LINE:
        _try(lambda session: joining.join(session, actor=SYSTEM, doctor_id=doctor_id, who=demo.newcomer(luck)))


def _one_step(luck: random.Random, doctor_id: int, actor: Actor) -> timedelta:
    """What the doctor does next; answers how long until the step after that."""
    queue = db.reading(lambda session: board.load(session, doctor_id))
    if queue.current:
        entry_id = queue.current.entry_id
        if luck.random() < 0.1:
            _try(lambda s: visiting.hold(s, actor=actor, entry_id=entry_id, reason="X-ray, floor 1"))
        else:
            _try(lambda s: visiting.done(s, actor=actor, entry_id=entry_id))
        return timedelta(seconds=20)
    if queue.called:
        return _somebody_called(luck, queue.called[0].entry_id, actor)
    _in_between(luck, queue, actor)
    _try(lambda s: calling.call_next(s, actor=actor, doctor_id=doctor_id))
    return timedelta(seconds=luck.uniform(25, 80))


def _somebody_called(luck: random.Random, entry_id: int, actor: Actor) -> timedelta:
    if luck.random() < 0.08:
        _try(lambda s: calling.skip(s, actor=actor, entry_id=entry_id))
        return timedelta(seconds=5)
    _try(lambda s: visiting.start(s, actor=actor, entry_id=entry_id))
    return USUAL_VISIT * luck.lognormvariate(0, 0.35)


def _in_between(luck: random.Random, queue: board.QueueView, actor: Actor) -> None:
    """People come back from the lab, come back after a missed call, leave, or are moved."""
    for person in queue.aside:
        if person.status is Status.ON_HOLD and luck.random() < 0.5:
            _try(partial(calling.put_back, actor=actor, entry_id=person.entry_id))
        elif person.status is Status.SKIPPED and luck.random() < 0.4:
            _try(partial(calling.return_, actor=actor, entry_id=person.entry_id))
    if queue.line and luck.random() < 0.05:
        _leave(luck.choice(queue.line).entry_id)
    if len(queue.line) > 5 and luck.random() < 0.2:
        _move(luck, queue, actor)


def _leave(entry_id: int) -> None:
    link = db.reading(lambda session: session.get_one(QueueEntry, entry_id).link)
    if link:
        _try(lambda s: leaving.cancel(s, actor=link_holder(link), entry_id=entry_id))


def _move(luck: random.Random, queue: board.QueueView, actor: Actor) -> None:
    others = [i for i in db.reading(doctors.working) if i != queue.doctor.id]
    if others:
        target = luck.choice(others)
        entry_id = queue.line[-1].entry_id
        _try(lambda s: leaving.transfer(s, actor=actor, entry_id=entry_id, doctor_id=target))


def _try(work: Callable[[Session], object]) -> None:
    """Do it; a refusal (somebody at a page was faster) is part of the day."""
    try:
        db.transaction(work)
    except DomainError as refusal:
        typer.echo(f"{clock.now():%H:%M:%S}  {refusal.message}")


if __name__ == "__main__":
    typer.run(main)
