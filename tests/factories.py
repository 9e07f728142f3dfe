"""A clinic to test with, made through the services' own verbs.

`Clinic` is the helper that tests use: each of its methods is one transaction, as one click would be.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, col, select

from app import db
from app.errors import DomainError
from app.models import EntryEvent, QueueEntry, Role, UserSession
from app.services import accounts, board, calling, clinic, doctors, joining, passwords, sign_ins, tickets, verbs
from app.services.board import QueueView
from app.services.doctors import DoctorForm
from app.services.joining import Newcomer
from app.services.policy import ANONYMOUS, Actor, Kind, Verb, link_holder
from app.services.tickets import TicketView
from app.settings import settings

T = TypeVar("T")

PASSWORD = "correct horse battery staple"
ZONE = "Europe/Vienna"
ADMIN = "admin@clinic.test"


@cache
def password_hash() -> str:
    """Hashing is slow on purpose; once is enough."""
    return passwords.hashed(PASSWORD)


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done inside is refused with this code, and with a sentence a person understands."""
    with pytest.raises(DomainError) as caught:
        yield
    assert caught.value.code == code, caught.value.message
    assert_sentence(caught.value.message)


def assert_sentence(text: str) -> None:
    assert text[0].isupper() or text[0].isdigit(), text
    assert text[-1] in ".?!", text
    assert "_" not in text, text
    assert "None" not in text, text


def actor_of(session: Session, user_id: int) -> Actor:
    """Sign somebody in, as they are now."""
    token, _ = sign_ins.open_session(session, user_id, settings().key, for_machine=True)  # never idle
    session.flush()
    principal = sign_ins.who(session, token, settings().key)
    return principal.actor if principal else Actor(Kind.ANONYMOUS)


def never_idle(session: Session, user_id: int) -> str:
    """The token of a browser that somebody touches until the sign-in ends."""
    token, ends = sign_ins.open_session(session, user_id, settings().key)
    session.flush()
    newest = session.exec(select(UserSession).order_by(col(UserSession.id).desc())).first()
    assert newest
    newest.last_seen_at = ends
    session.add(newest)
    return token


def user(session: Session, role: Role, *, email: str, name: str = "") -> int:
    made = accounts.create(session, email=email, name=name or role.title(), role=role, password_hash=password_hash())
    return made.id or 0


class Clock:
    """The clock of a test: it stands still until the test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **how_long: float) -> datetime:
        """Let time pass: `forward(minutes=5)`."""
        self.at += timedelta(**how_long)
        return self.at


class Clinic:
    """A clinic that is set up, with an admin and one doctor (`doctor_id`), whose queue the methods mean.

    `zone` and `rules` are the clinic's own settings.
    """

    def __init__(self, *, zone: str = ZONE, **rules: Any) -> None:
        self._number = count(1)
        self._staff: dict[Role, Actor] = {}
        self._doctors: dict[int, Actor] = {}
        admin_id = self.write(
            lambda s: clinic.set_up(
                s, name="Sample Clinic", timezone=zone, admin_email=ADMIN, admin_name="Ada Admin",
                password_hash=password_hash(),
            )
        )  # fmt: skip
        self.admin = self.actor_of(admin_id)
        self._staff[Role.ADMIN] = self.admin
        self.rules(**rules)
        self.doctor_id = self.add_doctor("Meera Nair", room="2")

    # transactions

    def write(self, work: Callable[[Session], T]) -> T:
        return db.transaction(work)

    def read(self, work: Callable[[Session], T]) -> T:
        return db.reading(work)

    # the clinic and its people

    def rules(self, *, zone: str | None = None, **rules: Any) -> None:
        """Change the clinic's policy (and its time zone), as an admin would."""
        if not rules and zone is None:
            return
        now = self.read(clinic.view)
        assert now
        self.write(
            lambda s: clinic.change(s, actor=self.admin, name=now.name, timezone=zone or now.timezone, rules=rules)
        )

    def add_doctor(self, name: str = "Omar Haddad", **form: Any) -> int:
        """A doctor with an account; `form` holds fields of DoctorForm. Answers the id."""
        user_id = self.add_user(Role.DOCTOR, name=name)
        wish = DoctorForm(**{"name": name, "user_id": user_id, **form})
        doctor_id = self.write(lambda s: doctors.add(s, actor=self.admin, form=wish))
        self._doctors[doctor_id] = self.actor_of(user_id)
        return doctor_id

    def edit_doctor(self, doctor_id: int | None = None, **changes: Any) -> None:
        """Change some fields of DoctorForm, leaving the others."""
        which = doctor_id or self.doctor_id
        row = self.read(lambda s: doctors.row(s, actor=self.admin, doctor_id=which))
        kept = {name: getattr(row, name) for name in DoctorForm.__dataclass_fields__}
        form = DoctorForm(**{**kept, **changes})
        self.write(lambda s: doctors.edit(s, actor=self.admin, doctor_id=which, form=form))

    def add_user(self, role: Role, *, email: str = "", name: str = "") -> int:
        address = email or f"{role}{next(self._number)}@clinic.test"
        return self.write(lambda s: user(s, role, email=address, name=name))

    def actor_of(self, user_id: int) -> Actor:
        return self.write(lambda s: actor_of(s, user_id))

    def staff(self, role: Role, *, another: bool = False) -> Actor:
        """Somebody of this role who is signed in; the same one each time unless `another`."""
        if role is Role.DOCTOR and not another:
            return self.doctor()
        if another or role not in self._staff:
            fresh = self.actor_of(self.add_user(role))
            return fresh if another else self._staff.setdefault(role, fresh)
        return self._staff[role]

    def doctor(self, doctor_id: int | None = None) -> Actor:
        """The doctor of a queue, signed in."""
        return self._doctors[doctor_id or self.doctor_id]

    def new_shift(self) -> None:
        """Everybody signs in again: a sign-in lasts for hours, a test may last for days."""
        self.admin = self._again(self.admin)
        self._staff = {role: self._again(actor) for role, actor in self._staff.items()}
        self._doctors = {key: self._again(actor) for key, actor in self._doctors.items()}

    def _again(self, actor: Actor) -> Actor:
        assert actor.user_id
        return self.actor_of(actor.user_id)

    def session_token(self, who: Actor | Role) -> str:
        """A new sign-in of this person: what the cookie or the bearer header carries."""
        actor = self.staff(who) if isinstance(who, Role) else who
        assert actor.user_id
        user_id = actor.user_id
        return self.write(lambda s: never_idle(s, user_id))

    # the queue

    def join(
        self, name: str = "Asha Rao", *, doctor_id: int | None = None, actor: Actor = ANONYMOUS, **who: Any
    ) -> QueueEntry:
        """Somebody takes a ticket; `who` holds fields of Newcomer."""
        newcomer = Newcomer(name=name, **who)
        return self.write(lambda s: joining.join(s, actor=actor, doctor_id=doctor_id or self.doctor_id, who=newcomer))

    def do(self, verb: Verb | str, entry: QueueEntry | int, actor: Actor | None = None, **given: Any) -> QueueEntry:
        """Do a verb to an entry, by default as the doctor of its queue; `given` holds fields of verbs.Given."""
        entry_id = entry_id_of(entry)
        who = actor or self.doctor(self.entry(entry_id).doctor_id)
        return self.write(
            lambda s: verbs.perform(
                s, actor=who, entry_id=entry_id, verb=Verb(verb), given=verbs.Given.model_validate(given)
            )
        )

    def call_next(self, doctor_id: int | None = None, *, actor: Actor | None = None, **given: Any) -> QueueEntry:
        which = doctor_id or self.doctor_id
        who = actor or self.doctor(which)
        return self.write(lambda s: calling.call_next(s, actor=who, doctor_id=which, **given))

    def as_patient(self, entry: QueueEntry) -> Actor:
        """Whoever holds the link of this ticket."""
        assert entry.link
        return link_holder(entry.link)

    # looking

    def view(self, doctor_id: int | None = None) -> QueueView:
        return self.read(lambda s: board.load(s, doctor_id or self.doctor_id))

    def line(self, doctor_id: int | None = None) -> list[str]:
        """The tokens of the people waiting, in calling order."""
        return [person.token for person in self.view(doctor_id).line]

    def entry(self, entry: QueueEntry | int) -> QueueEntry:
        """The entry as the database has it now."""
        return self.read(lambda s: s.get_one(QueueEntry, entry_id_of(entry)))

    def ticket(self, entry: QueueEntry | str) -> TicketView:
        """What the holder of the link sees."""
        link = entry if isinstance(entry, str) else entry.link or ""
        return self.read(lambda s: tickets.by_link(s, link))

    def steps(self, entry: QueueEntry | int) -> list[EntryEvent]:
        """The history rows of an entry, oldest first."""
        entry_id = entry_id_of(entry)
        return self.read(
            lambda s: list(
                s.exec(select(EntryEvent).where(EntryEvent.entry_id == entry_id).order_by(col(EntryEvent.id)))
            )
        )

    def version(self, doctor_id: int | None = None) -> int:
        return self.view(doctor_id).version

    def all(self, table: type[T]) -> list[T]:
        """Every row of a table."""
        return self.read(lambda s: list(s.exec(select(table))))

    def visits(self, clock_: Clock, *minutes: float) -> None:
        """Finished visits of these lengths, one after the other, so that waits can be estimated."""
        for length in minutes:
            entry = self.join()
            self.do(Verb.START, entry)
            clock_.forward(minutes=length)
            self.do(Verb.DONE, entry)


def entry_id_of(entry: QueueEntry | int) -> int:
    return entry if isinstance(entry, int) else entry.id or 0
