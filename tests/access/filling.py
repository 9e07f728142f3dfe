"""Rows of every table that holds something of a person, for Olive and for Sybil, who is confidential."""

from datetime import timedelta

from sqlmodel import SQLModel

from app import clock
from app.models import Message, RecoveryCode, RequestKey
from tests.access.world import World


def rows(world: World) -> list[SQLModel]:
    now = clock.now()
    letters = [
        Message(kind="called", patient_id=patient, recipient="x", subject="x", body="x", created_at=now, due_at=now,
                sent_at=now + timedelta(seconds=1))
        for patient in (world.patient_id, world.secret)
    ]  # fmt: skip
    return [
        *letters,
        RequestKey(asker="x", key_hash="x", body_hash="x", answer={}, created_at=now),
        RecoveryCode(user_id=world.owner.user_id or 0, code_hash="f" * 64),
    ]
