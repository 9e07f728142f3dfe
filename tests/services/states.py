"""Bringing an entry into each of its states, by the verbs that lead there."""

from app.models import QueueEntry, Status
from tests.factories import Clinic

_ROADS: dict[Status, tuple[str, ...]] = {
    Status.WAITING: (),
    Status.CALLED: ("call",),
    Status.IN_PROGRESS: ("start",),
    Status.ON_HOLD: ("start", "hold"),
    Status.SKIPPED: ("call", "skip"),
    Status.DONE: ("start", "done"),
    Status.CANCELLED: ("cancel",),
    Status.NO_SHOW: ("call", "skip", "no-show"),
    Status.TRANSFERRED: ("transfer",),
}


def entry_in(clinic: Clinic, status: Status, *, to_doctor: int | None = None) -> QueueEntry:
    """Somebody who has come as far as `status`; `to_doctor` is where a transferred one went."""
    entry = clinic.join()
    for verb in _ROADS[status]:
        clinic.do(verb, entry, doctor_id=to_doctor)
    return clinic.entry(entry)
