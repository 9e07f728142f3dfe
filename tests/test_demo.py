"""The sample clinic is ready whenever somebody starts it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from app import clock, db, demo
from app.models import Appointment, AppointmentStatus, Patient, Period
from app.services import doctors, invariants
from app.settings import settings


def _the_day_has_appointments(now: datetime) -> None:
    """Somebody who is there, somebody late, somebody soon, and the patient who can sign in."""
    made = db.reading(lambda s: list(s.exec(select(Appointment))))
    booked = [each for each in made if each.status is AppointmentStatus.BOOKED]
    assert [each.doctor_id for each in made if each.status is AppointmentStatus.CHECKED_IN] == [2]
    assert any(now - timedelta(minutes=60) < each.starts_at < now - timedelta(minutes=15) for each in booked)
    assert any(now < each.starts_at < now + timedelta(hours=1) for each in booked)
    own = db.reading(lambda s: s.exec(select(Patient.id).where(col(Patient.is_own))).one())
    assert [each.doctor_id for each in booked if each.patient_id == own] == [3]
    assert {each.doctor_id for each in db.reading(lambda s: list(s.exec(select(Period))))} == {1, 2, 3}


@pytest.mark.parametrize("wall", ["00:00", "00:05", "00:20", "12:00", "23:55"])
def test_people_wait_in_the_demo_also_shortly_after_midnight(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, wall: str
) -> None:
    monkeypatch.setenv("MEDIQUEUE_TIMEZONE", "UTC")
    settings.cache_clear()
    now = datetime.fromisoformat(f"2026-03-10T{wall}").replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "_wall", lambda: now)
    clock.use()
    demo.prepare(settings())
    try:
        queues = db.reading(doctors.queues)
        assert sorted(queue.stats.waiting_count for queue in queues) == sorted(demo.WAITING_NOW)
        assert all(queue.current and len(queue.aside) == 2 for queue in queues)
        assert db.reading(invariants.broken) == []
        if wall == "12:00":
            _the_day_has_appointments(now)
    finally:
        db.disconnect()
