"""The second step: codes that work once, recovery codes, and what it means for the other sign-ins."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from passlib.totp import TOTP

from app import db
from app.errors import NotSignedIn
from app.models import AuditRow, Outcome, RecoveryCode, Role, User, UserSession
from app.services import policy, second_step, sign_ins, signing_in
from app.services.policy import Actor
from app.services.second_step import Setup
from app.settings import settings
from tests.factories import Clinic, Clock, password_hash, refused

DEVICE = "Firefox on Linux"


class Phone:
    """An app for codes, with the key of one account."""

    def __init__(self, clinic: Clinic, clock: Clock, actor: Actor) -> None:
        self.clinic, self.clock, self.actor = clinic, clock, actor
        self.setup: Setup = second_step.new_key("nina@clinic.test")
        self._app = TOTP(self.setup.text.replace(" ", ""))

    def code(self, seconds: int = 0) -> str:
        return str(self._app.generate(self.clock.at.timestamp() + seconds).token)

    def switch_on(self) -> list[str]:
        return self.clinic.write(
            lambda s: second_step.switch_on(s, actor=self.actor, secret=self.setup.secret, code=self.code())
        )

    def sign_in(self, code: str | None) -> signing_in.Opened:
        assert self.actor.user_id
        user_id = self.actor.user_id
        return self.clinic.write(
            lambda s: signing_in.sign_in(
                s, user_id, proof=password_hash(), code=code, key=settings().key, device=DEVICE
            )
        )


@pytest.fixture
def phone(clock: Clock, clinic: Clinic) -> Phone:
    return Phone(clinic, clock, clinic.staff(Role.NURSE))


def test_it_is_on_after_a_first_code(phone: Phone, clinic: Clinic) -> None:
    wrong = str(int(phone.code()) ^ 1).zfill(6)
    for code in (wrong, "", "abc", "1234567"):
        with refused("wrong_code"):
            clinic.write(
                lambda s, code=code: second_step.switch_on(  # type: ignore[misc]
                    s, actor=phone.actor, secret=phone.setup.secret, code=code
                )
            )
    codes = phone.switch_on()
    assert len(set(codes)) == 10
    assert clinic.read(lambda s: second_step.codes_left(s, actor=phone.actor)) == 10
    user = next(user for user in clinic.all(User) if user.id == phone.actor.user_id)
    assert user.totp
    assert phone.setup.text.replace(" ", "") not in user.totp.replace(" ", ""), "the key is encrypted"
    assert not {row.code_hash for row in clinic.all(RecoveryCode)} & set(codes)
    with refused("second_step_on"):
        phone.switch_on()


def test_switching_it_on_ends_the_sign_ins_without_it(phone: Phone, clinic: Clinic) -> None:
    other = clinic.session_token(phone.actor)
    phone.switch_on()
    assert clinic.read(lambda s: sign_ins.who(s, other, settings().key)) is None
    clinic.read(lambda s: policy.signed_in(s, phone.actor))


def test_a_code_is_needed_and_works_once(phone: Phone, clock: Clock, clinic: Clinic) -> None:
    phone.switch_on()
    with refused("code_needed"):
        phone.sign_in(None)
    with refused("wrong_code"):
        phone.sign_in(phone.code())  # it switched the second step on
    clock.forward(seconds=30)
    code = phone.code()
    assert phone.sign_in(code).principal.user_id == phone.actor.user_id
    with refused("wrong_code"):
        phone.sign_in(code)
    clock.forward(seconds=30)
    with refused("wrong_code"):
        phone.sign_in(code)


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(phone: Phone, clock: Clock, seconds: int, taken: bool) -> None:
    phone.switch_on()
    clock.forward(minutes=5)
    code = phone.code(seconds)
    if taken:
        phone.sign_in(code)
    else:
        with refused("wrong_code"):
            phone.sign_in(code)


def test_an_older_code_is_not_taken_after_a_newer_one(phone: Phone, clock: Clock) -> None:
    phone.switch_on()
    clock.forward(minutes=5)
    phone.sign_in(phone.code(30))
    with refused("wrong_code"):
        phone.sign_in(phone.code())


def test_recovery_codes_work_once_however_they_are_typed(phone: Phone, clinic: Clinic) -> None:
    first, second, *_ = phone.switch_on()
    for typed in (first, f" {second.upper().replace('-', ' ')} "):
        phone.sign_in(typed)
        with refused("wrong_code"):
            phone.sign_in(typed)
    assert clinic.read(lambda s: second_step.codes_left(s, actor=phone.actor)) == 8
    used = [row for row in clinic.all(AuditRow) if row.action == "recovery-code-used"]
    assert [row.object_id for row in used] == [phone.actor.user_id] * 2


def test_a_recovery_code_is_for_its_owner(phone: Phone, clock: Clock, clinic: Clinic) -> None:
    codes = phone.switch_on()
    other = Phone(clinic, clock, clinic.staff(Role.RECEPTION))
    other.switch_on()
    with refused("wrong_code"):
        other.sign_in(codes[0])
    phone.sign_in(codes[0])


def test_new_recovery_codes_end_the_old_ones(phone: Phone, clock: Clock, clinic: Clinic) -> None:
    old = phone.switch_on()
    clock.forward(minutes=1)
    code = phone.code()
    new = clinic.write(lambda s: second_step.renew_codes(s, actor=phone.actor, code=code))
    assert not set(old) & set(new)
    with refused("wrong_code"):
        phone.sign_in(old[0])
    phone.sign_in(new[0])


def test_switching_it_off_needs_a_code(phone: Phone, clock: Clock, clinic: Clinic) -> None:
    codes = phone.switch_on()
    with refused("wrong_code"):
        clinic.write(lambda s: second_step.switch_off_own(s, actor=phone.actor, code="000000"))
    clinic.write(lambda s: second_step.switch_off_own(s, actor=phone.actor, code=codes[0]))
    assert clinic.read(lambda s: second_step.codes_left(s, actor=phone.actor)) is None
    assert clinic.all(RecoveryCode) == []
    phone.sign_in(None)
    with refused("second_step_off"):
        clinic.write(lambda s: second_step.switch_off_own(s, actor=phone.actor, code=codes[1]))


def test_an_admin_switches_it_off_for_somebody_and_ends_their_sign_ins(phone: Phone, clinic: Clinic) -> None:
    phone.switch_on()
    user_id = phone.actor.user_id
    assert user_id
    for role in set(Role) - {Role.ADMIN}:
        actor = clinic.staff(role, another=True)
        with refused("not_allowed"):
            clinic.write(lambda s, actor=actor: second_step.switch_off(s, actor=actor, user_id=user_id))  # type: ignore[misc]
    clinic.write(lambda s: second_step.switch_off(s, actor=clinic.admin, user_id=user_id))
    with refused("not_signed_in"):
        clinic.read(lambda s: policy.signed_in(s, phone.actor))
    phone.sign_in(None)
    done = [row for row in clinic.all(AuditRow) if row.action == "second-step-off" and row.outcome is Outcome.DONE]
    assert [(row.actor_id, row.object_id) for row in done] == [(clinic.admin.user_id, user_id)]
    with refused("unknown_user"):
        clinic.write(lambda s: second_step.switch_off(s, actor=clinic.admin, user_id=999))


def test_staff_who_need_it_can_do_nothing_before(phone: Phone, clinic: Clinic) -> None:
    clinic.rules(staff_need_code=True)
    with refused("second_step_needed"):
        clinic.read(lambda s: policy.signed_in(s, phone.actor))
    with refused("second_step_needed"):
        clinic.do("call", clinic.join(), phone.actor)
    patient = clinic.staff(Role.PATIENT)
    clinic.read(lambda s: policy.signed_in(s, patient))  # patients need none
    phone.switch_on()
    clinic.read(lambda s: policy.signed_in(s, phone.actor))


def test_of_many_at_once_with_one_code_one_comes_in(phone: Phone, clock: Clock, clinic: Clinic) -> None:
    codes = phone.switch_on()
    clock.forward(minutes=1)
    for code in (phone.code(), codes[0]):

        def attempt(_: int, code: str = code) -> bool:
            try:
                return bool(phone.sign_in(code).token)
            except NotSignedIn:
                return False

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(attempt, range(6))) == 1
    began = [row for row in db.reading(lambda s: clinic.all(UserSession)) if row.device == DEVICE]
    assert len(began) == 2
