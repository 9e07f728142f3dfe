"""The sample clinic is ready whenever somebody starts it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import clock, db, demo
from app.services import doctors, invariants
from app.settings import settings


@pytest.mark.parametrize("wall", ["00:00", "00:05", "00:20", "12:00"])
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
    finally:
        db.disconnect()
