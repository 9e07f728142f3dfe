"""A record from the desk comes to an account: once, with the right link and the right date of birth."""

from datetime import date

import pytest

from app.models import AuditRow, OneTimeLink, Patient, Role
from app.services import claims, confidential, families
from app.services.claims import Wrong
from app.services.policy import ANONYMOUS, Actor
from tests.factories import Clinic, Clock, refused

BORN = date(1985, 4, 5)


@pytest.fixture
def me(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Somebody"))


@pytest.fixture
def known(clinic: Clinic) -> int:
    return clinic.join("Asha  Rao", born=BORN).patient_id


def offer(clinic: Clinic, patient_id: int, role: Role = Role.RECEPTION) -> str:
    actor = clinic.staff(role)
    return clinic.write(lambda s: claims.offer(s, actor=actor, patient_id=patient_id))


def look(clinic: Clinic, actor: Actor, token: str) -> claims.Offer:
    return clinic.read(lambda s: claims.look(s, actor=actor, token=token))


def take(clinic: Clinic, actor: Actor, token: str, born: date | None = BORN, **more: bool) -> int | Wrong:
    return clinic.write(lambda s: claims.take(s, actor=actor, token=token, born=born, **more))


def owner(clinic: Clinic, patient_id: int) -> int | None:
    return clinic.read(lambda s: s.get_one(Patient, patient_id).user_id)


def test_the_right_link_and_birthday_bring_the_record(clinic: Clinic, me: Actor, known: int) -> None:
    token = offer(clinic, known)
    for _ in range(3):  # looking uses nothing up
        assert look(clinic, me, token) == claims.Offer("A… R…", asks_birthday=True, looks_own=False)
    assert take(clinic, me, token) == known
    assert owner(clinic, known) == me.user_id
    assert {one.patient_id for one in clinic.read(lambda s: families.people(s, actor=me))} == {None, known}
    for again in (look, take):
        with refused("claim_used"):
            again(clinic, me, token)


def test_without_a_birthday_the_link_is_enough(clinic: Clinic, me: Actor) -> None:
    patient_id = clinic.join("Asha Rao").patient_id
    token = offer(clinic, patient_id, Role.ADMIN)
    assert not look(clinic, me, token).asks_birthday
    assert take(clinic, me, token, None) == patient_id


def test_a_few_wrong_birthdays_and_the_link_is_worth_nothing(clinic: Clinic, me: Actor, known: int) -> None:
    token = offer(clinic, known)
    wrong = [take(clinic, me, token, born) for born in (None, date(1985, 5, 4), None, None, None)]
    assert wrong == [Wrong(left) for left in (4, 3, 2, 1, 0)]
    with refused("claim_ended"):
        take(clinic, me, token)
    assert owner(clinic, known) is None
    denied = [row for row in clinic.all(AuditRow) if row.outcome == "denied"]
    assert [(row.action, row.object_id, row.reason) for row in denied] == [("claim", known, "wrong_birthday")] * 5
    assert take(clinic, me, offer(clinic, known)) == known


def test_a_link_gets_old(clinic: Clinic, clock: Clock, known: int) -> None:
    token = offer(clinic, known)
    clock.forward(days=7)
    late = clinic.actor_of(clinic.add_user(Role.PATIENT))
    with refused("claim_expired"):
        take(clinic, late, token)


def test_a_new_link_ends_the_old_one(clinic: Clinic, me: Actor, known: int) -> None:
    first, second = offer(clinic, known), offer(clinic, known)
    with refused("claim_used"):
        take(clinic, me, first)
    assert take(clinic, me, second) == known


def test_whoever_has_an_account_cannot_be_claimed(clinic: Clinic, me: Actor, known: int) -> None:
    token = offer(clinic, known)
    clinic.write(lambda s: s.get_one(Patient, known).sqlmodel_update({"user_id": me.user_id}))
    other = clinic.actor_of(clinic.add_user(Role.PATIENT))
    with refused("has_account"):
        take(clinic, other, token)
    with refused("has_account"):
        offer(clinic, known)
    assert owner(clinic, known) == me.user_id


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "%"])
def test_links_that_nobody_made(clinic: Clinic, me: Actor, known: int, token: str) -> None:
    offer(clinic, known)
    for ask in (look, take):
        with refused("unknown_claim"):
            ask(clinic, me, token)


def test_only_the_desk_makes_links_and_only_patients_use_them(clinic: Clinic, known: int) -> None:
    for role in (Role.DOCTOR, Role.NURSE, Role.PATIENT):
        with refused("not_allowed"):
            offer(clinic, known, role)
    token = offer(clinic, known)
    for actor in (clinic.staff(Role.RECEPTION), clinic.admin, clinic.doctor()):
        with refused("not_allowed"):
            take(clinic, actor, token)
    for ask in (look, take):
        with refused("not_signed_in"):
            ask(clinic, ANONYMOUS, token)
    with refused("unknown_patient"):
        offer(clinic, 424242)


def test_the_link_itself_is_kept_nowhere(clinic: Clinic, known: int) -> None:
    token = offer(clinic, known)
    (link,) = clinic.all(OneTimeLink)
    assert token not in link.model_dump_json()
    assert link.patient_id == known


def test_a_full_account_takes_nobody(clinic: Clinic, me: Actor, known: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "MOST_PEOPLE", 0)
    with refused("too_many_people"):
        take(clinic, me, offer(clinic, known))


def test_the_own_record_of_an_account_goes_into_the_one_from_the_desk(clinic: Clinic, known: int) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    other = clinic.add_doctor()
    entry = clinic.join("Asha Rao", actor=me, phone="0664 1234", doctor_id=other)
    token = offer(clinic, known)
    assert look(clinic, me, token).looks_own
    assert take(clinic, me, token, is_me=True) == known
    (own,) = clinic.read(lambda s: families.people(s, actor=me))
    assert (own.patient_id, own.is_own, own.born) == (known, True, BORN)
    assert clinic.entry(entry).patient_id == known
    assert clinic.read(lambda s: s.get_one(Patient, known).phone) == "0664 1234"
    assert clinic.read(lambda s: s.get_one(Patient, entry.patient_id).merged_into_id) == known


def test_a_record_of_the_family_leaves_the_own_one_alone(clinic: Clinic, known: int) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Omar Rao"))
    own = clinic.join("Omar Rao", actor=me, doctor_id=clinic.add_doctor()).patient_id
    take(clinic, me, offer(clinic, known))
    people = clinic.read(lambda s: families.people(s, actor=me))
    assert [(one.patient_id, one.is_own) for one in people] == [(own, True), (known, False)]


def test_waiting_twice_for_one_doctor_has_to_be_put_right_first(clinic: Clinic, known: int) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    clinic.join("Asha Rao", actor=me)
    token = offer(clinic, known)
    with refused("two_tickets"):
        take(clinic, me, token, is_me=True)
    assert owner(clinic, known) is None
    assert look(clinic, me, token).looks_own  # nothing was used up


def test_a_full_account_may_still_claim_its_own_person(
    clinic: Clinic, known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))
    clinic.join("Asha Rao", actor=me, doctor_id=clinic.add_doctor())
    monkeypatch.setattr(families, "MOST_PEOPLE", 1)
    assert take(clinic, me, offer(clinic, known), is_me=True) == known
    other = clinic.join("Omar Rao", born=BORN).patient_id
    with refused("too_many_people"):
        take(clinic, me, offer(clinic, other))


@pytest.fixture
def secret(clinic: Clinic) -> int:
    return clinic.join("Ann Secret", born=BORN, actor=clinic.staff(Role.NURSE), is_confidential=True).patient_id


def see(clinic: Clinic, patient_id: int) -> None:
    desk = clinic.staff(Role.RECEPTION)
    said = "They stand here and ask"
    clinic.write(lambda s: confidential.see_name(s, actor=desk, patient_id=patient_id, reason=said))


def test_a_confidential_record_needs_a_reason_that_is_written_down(clinic: Clinic, clock: Clock, secret: int) -> None:
    with refused("confidential"):
        offer(clinic, secret)
    denied = [row for row in clinic.all(AuditRow) if row.outcome == "denied"]
    assert [(row.action, row.patient_id or row.object_id) for row in denied] == [("claim-offer", secret)]
    see(clinic, secret)
    with refused("confidential"):  # who said it was the desk
        offer(clinic, secret, Role.ADMIN)
    me = clinic.actor_of(clinic.add_user(Role.PATIENT))
    assert take(clinic, me, offer(clinic, secret), None) == Wrong(4)
    clock.forward(minutes=15)
    with refused("confidential"):
        offer(clinic, secret)


def test_a_confidential_record_without_a_birthday_goes_nowhere(clinic: Clinic, me: Actor) -> None:
    hers = clinic.join("Ann Secret")
    token = offer(clinic, hers.patient_id)
    nurse = clinic.staff(Role.NURSE)
    clinic.join(patient_id=hers.patient_id, actor=nurse, is_confidential=True, doctor_id=clinic.add_doctor())
    for ask in (look, take):
        with refused("needs_birthday"):
            ask(clinic, me, token)
    see(clinic, hers.patient_id)
    with refused("needs_birthday"):
        offer(clinic, hers.patient_id)
    assert owner(clinic, hers.patient_id) is None
