"""A small clinic in an empty database, made with the app's own tables: who writes, and where."""

from datetime import date, timedelta

from sqlmodel import Session

from app import clock, db
from app.models import TOKEN_LETTERS, Clinic, Doctor, QueueDay, Role, User, UserSession
from app.services.policy import Actor, Kind

DOCTORS = 12
ZONE = "UTC"


def build(url: str) -> dict[int, Actor]:
    """Make tables and doctors at `url`, which stays the app's database; doctors' own actors by doctor id."""
    db.migrate(url)
    db.connect(url)
    return db.transaction(fill)


def fill(session: Session) -> dict[int, Actor]:
    session.add(Clinic(name="Benchmark clinic", timezone=ZONE))
    return {number: open_queue(session, number) for number in range(1, DOCTORS + 1)}


def open_queue(session: Session, number: int) -> Actor:
    """A doctor, their account and sign-in, and today's queue, all with the id `number`."""
    now = clock.now()
    session.add(
        User(
            id=number,
            email=f"doctor{number}@bench",
            name="Meera Nair",
            role=Role.DOCTOR,
            password_hash="",
            created_at=now,
        )
    )
    session.flush()
    session.add(Doctor(id=number, user_id=number, name="Meera Nair", letter=TOKEN_LETTERS[number], room="1"))
    session.add(
        UserSession(
            for_machine=True,
            id=number,
            user_id=number,
            token_hash=str(number),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    session.flush()
    session.add(QueueDay(doctor_id=number, service_date=today()))
    return Actor(Kind.USER, session_id=number, user_id=number, role=Role.DOCTOR)


def today() -> date:
    return clock.service_date(clock.now(), ZONE)
