"""Sign-ins that nobody uses, the lock screen, and what everybody may do with their own sign-ins."""

from datetime import timedelta

import pytest

from app.models import AuditRow, Role, UserSession
from app.services import locking, own_account, passwords, policy, sign_ins
from app.services.locking import State
from app.services.policy import Actor
from app.services.sign_ins import Principal
from app.settings import settings
from tests.factories import Clinic, Clock, password_hash, refused


class Person:
    """Somebody at a screen, which can be left."""

    def __init__(self, clinic: Clinic, role: Role) -> None:
        self.clinic = clinic
        user_id = clinic.add_user(role)
        self.token = clinic.write(lambda s: sign_ins.open_session(s, user_id, settings().key)[0])
        me = self.who()
        assert me
        self.actor: Actor = me.actor
        self.session_id, self.user_id = me.session_id, user_id

    def who(self, *, even_locked: bool = False, token: str = "") -> Principal | None:
        return self.clinic.read(lambda s: sign_ins.who(s, token or self.token, settings().key, even_locked=even_locked))

    def state(self) -> State | None:
        return self.clinic.read(lambda s: locking.states(s, [self.session_id])).get(self.session_id)

    def touch(self, clock: Clock) -> None:
        self.clinic.write(lambda s: locking.touch(s, {self.session_id: clock.at}))

    def unlock(self, proof: str = "") -> str:
        return self.clinic.write(
            lambda s: locking.unlock(s, self.session_id, proof=proof or password_hash(), key=settings().key)
        )

    def mark(self) -> None:
        found = self.clinic.read(lambda s: locking.unmarked(s, [self.session_id]))
        self.clinic.write(lambda s: locking.mark_idle(s, found))


@pytest.fixture
def nurse(clock: Clock, clinic: Clinic) -> Person:
    return Person(clinic, Role.NURSE)


@pytest.fixture
def patient(clock: Clock, clinic: Clinic) -> Person:
    return Person(clinic, Role.PATIENT)


def said(clinic: Clinic) -> list[tuple[str, str]]:
    mine = {"lock", "unlock", "sign-out", "session-ended-by-owner", "password-change"}
    return [(row.action, row.reason) for row in clinic.all(AuditRow) if row.action in mine]


def test_staff_are_locked_after_a_quarter_of_an_hour(nurse: Person, clock: Clock, clinic: Clinic) -> None:
    clock.forward(minutes=15, seconds=-1)
    assert nurse.who()
    assert nurse.state() is State.OPEN
    clock.forward(seconds=1)
    assert nurse.who() is None
    assert nurse.state() is State.LOCKED
    me = nurse.who(even_locked=True)
    assert me
    assert me.locked
    with refused("locked"):
        clinic.read(lambda s: policy.signed_in(s, nurse.actor))


def test_patients_are_signed_out_after_half_an_hour(patient: Person, clock: Clock, clinic: Clinic) -> None:
    clock.forward(minutes=30, seconds=-1)
    assert patient.who()
    clock.forward(seconds=1)
    assert patient.who(even_locked=True) is None
    assert patient.state() is State.LEFT
    patient.mark()
    assert patient.state() is None
    assert said(clinic) == [("sign-out", "idle")]


def test_the_clinic_chooses_how_long(nurse: Person, clock: Clock, clinic: Clinic) -> None:
    clinic.rules(staff_idle_minutes=5)
    clock.forward(minutes=5)
    assert nurse.state() is State.LOCKED


def test_who_does_something_stays(nurse: Person, clock: Clock) -> None:
    for _ in range(5):
        clock.forward(minutes=14)
        nurse.touch(clock)
    assert nurse.state() is State.OPEN
    then = clock.at
    clock.at -= timedelta(minutes=10)
    nurse.touch(clock)  # another server, a little late
    clock.at = then + timedelta(minutes=14)
    assert nurse.state() is State.OPEN, "the newest moment counts"


def test_a_late_click_wakes_nothing(nurse: Person, patient: Person, clock: Clock) -> None:
    clock.forward(minutes=31)
    for person in (nurse, patient):
        person.touch(clock)
        assert person.who() is None
        person.mark()
        person.touch(clock)
        assert person.who() is None


def test_staying_awake_does_not_outlast_eight_hours(nurse: Person, clock: Clock) -> None:
    for _ in range(8 * 6 - 1):
        clock.forward(minutes=10)
        nurse.touch(clock)
    assert nurse.state() is State.OPEN
    clock.forward(minutes=10)
    assert nurse.state() is None
    with refused("wrong_sign_in"):
        nurse.unlock()


def test_unlocking_gives_a_new_token_and_the_old_end(nurse: Person, clock: Clock, clinic: Clinic) -> None:
    clock.forward(minutes=20)
    nurse.mark()
    ends = {row.id: row.expires_at for row in clinic.all(UserSession)}
    with refused("wrong_sign_in"):
        nurse.unlock(proof="another hash")
    token = nurse.unlock()
    assert nurse.who() is None, "the old token is worth nothing"
    me = nurse.who(token=token)
    assert me
    assert (me.session_id, me.locked) == (nurse.session_id, False)
    assert {row.id: row.expires_at for row in clinic.all(UserSession)} == ends
    assert said(clinic) == [("lock", "idle"), ("unlock", "")]


def test_locking_at_once(nurse: Person, patient: Person, clinic: Clinic) -> None:
    clinic.write(lambda s: locking.lock(s, actor=nurse.actor))
    clinic.write(lambda s: locking.lock(s, actor=patient.actor))
    assert (nurse.state(), patient.state()) == (State.LOCKED, State.OPEN)
    with refused("locked"):
        clinic.write(lambda s: locking.lock(s, actor=nurse.actor))
    assert said(clinic) == [("lock", "asked"), ("lock", "locked")], "the second one was refused"


def test_a_bearer_token_has_no_screen_to_lock(clock: Clock, clinic: Clinic) -> None:
    actor = clinic.staff(Role.NURSE)
    clock.forward(hours=7)
    clinic.read(lambda s: policy.signed_in(s, actor))


def test_a_new_password_ends_every_other_sign_in(nurse: Person, clinic: Clinic) -> None:
    other = clinic.session_token(nurse.actor)
    new = passwords.hashed_as_given("another fine sentence here")

    def change(proof: str) -> str:
        return clinic.write(
            lambda s: own_account.change_password(
                s, actor=nurse.actor, proof=proof, password_hash=new, key=settings().key
            )
        )

    with refused("wrong_sign_in"):
        change("another hash")
    token = change(password_hash())
    assert nurse.who() is None
    assert nurse.who(token=other) is None
    assert nurse.who(token=token)
    assert said(clinic) == [("password-change", "wrong_sign_in"), ("password-change", "")]


def test_ending_ones_own_sign_ins_and_nobody_elses(nurse: Person, patient: Person, clinic: Clinic) -> None:
    other = clinic.write(
        lambda s: sign_ins.open_session(s, nurse.actor.user_id or 0, settings().key, for_machine=True)[0]
    )
    mine = clinic.read(lambda s: own_account.sign_ins_of(s, actor=nurse.actor))
    assert [(view.is_this, view.for_machine) for view in mine] == [(True, False), (False, True)]
    for wrong in (patient.session_id, 999):
        with refused("unknown_session"):
            clinic.write(
                lambda s, wrong=wrong: sign_ins.end_own_session(s, actor=nurse.actor, session_id=wrong)  # type: ignore[misc]
            )
    assert patient.who()
    clinic.write(lambda s: sign_ins.end_own_session(s, actor=nurse.actor, session_id=mine[1].id))
    assert nurse.who(token=other) is None
    again = clinic.session_token(nurse.actor)
    assert clinic.write(lambda s: sign_ins.end_own_other_sessions(s, actor=nurse.actor)) == 1
    assert clinic.write(lambda s: sign_ins.end_own_other_sessions(s, actor=nurse.actor)) == 0
    assert nurse.who(token=again) is None
    assert nurse.who()
    assert [why for what, why in said(clinic) if what == "session-ended-by-owner"] == [
        "unknown_session", "unknown_session", "", "all-others",
    ]  # fmt: skip
