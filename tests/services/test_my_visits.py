"""A patient's own tickets and past visits, and the family's. Nobody else's."""

import pytest

from app.models import Role, Status
from app.services import my_visits, profiles
from app.services.policy import Actor, Verb
from app.services.profiles import Profile
from tests.factories import Clinic, Clock, refused


@pytest.fixture
def me(clinic: Clinic) -> Actor:
    return clinic.actor_of(clinic.add_user(Role.PATIENT, name="Asha Rao"))


def over(clinic: Clinic, actor: Actor, **more: int) -> list[str]:
    return [one.token for one in clinic.read(lambda s: my_visits.over(s, actor=actor, **more))]


def test_open_tickets_of_the_family_and_of_nobody_else(clinic: Clinic, me: Actor) -> None:
    other = clinic.add_doctor()
    clinic.join("Somebody Else", actor=clinic.staff(Role.PATIENT))
    own, mia = clinic.join("Asha Rao", actor=me), clinic.join("Mia Rao", actor=me, doctor_id=other)
    clinic.do(Verb.CANCEL, clinic.join("Leo Rao", actor=me), reason="patient_left")
    clinic.do(Verb.CALL, mia)
    found = clinic.read(lambda s: my_visits.going_on(s, actor=me))
    assert [(one.token, one.link, one.patient_name, one.doctor_name, one.status) for one in found] == [
        (own.token, own.link, "Asha Rao", "Meera Nair", Status.WAITING),
        (mia.token, mia.link, "Mia Rao", "Omar Haddad", Status.CALLED),
    ]
    assert clinic.read(lambda s: my_visits.link_of(s, actor=me, patient_id=mia.patient_id, doctor_id=other)) == mia.link
    stranger = clinic.staff(Role.PATIENT)
    assert not clinic.read(lambda s: my_visits.link_of(s, actor=stranger, patient_id=mia.patient_id, doctor_id=other))


def test_past_visits_are_the_newest_first_and_paged(clinic: Clinic, clock: Clock, me: Actor) -> None:
    mine = []
    for verb in (Verb.CANCEL, Verb.CANCEL, Verb.CANCEL):
        mine.append(clinic.join("Asha Rao", actor=me))
        clinic.do(verb, mine[-1], reason="patient_left")
        clinic.do(verb, clinic.join("Somebody Else"), reason="patient_left")
    clinic.join("Asha Rao", actor=me)
    tokens = [entry.token for entry in reversed(mine)]
    assert over(clinic, me) == tokens
    assert over(clinic, me, limit=2) == tokens[:2]
    assert over(clinic, me, before=mine[1].id) == tokens[2:]
    assert over(clinic, clinic.staff(Role.PATIENT)) == []


def test_who_was_moved_has_one_visit(clinic: Clinic, me: Actor) -> None:
    entry = clinic.join("Asha Rao", actor=me)
    other = clinic.add_doctor()
    there = clinic.do(Verb.TRANSFER, entry, doctor_id=other)
    assert [one.entry_id for one in clinic.read(lambda s: my_visits.going_on(s, actor=me))] == [there.id]
    assert over(clinic, me) == []


def test_visits_of_one_person(clinic: Clinic, me: Actor) -> None:
    own, mia = clinic.join("Asha Rao", actor=me), clinic.join("Mia Rao", actor=me)
    for entry in (own, mia):
        clinic.do(Verb.CANCEL, entry, reason="patient_left")
    assert over(clinic, me, patient_id=mia.patient_id) == [mia.token]
    assert [one.token for one in clinic.read(lambda s: my_visits.own_over(s, actor=me))] == [own.token]
    stranger = clinic.staff(Role.PATIENT)
    for patient_id in (mia.patient_id, 424242):
        with refused("unknown_patient"):
            over(clinic, stranger, patient_id=patient_id)
    assert clinic.read(lambda s: my_visits.own_over(s, actor=stranger)) == []
    with refused("not_allowed"):
        over(clinic, clinic.staff(Role.RECEPTION))


def test_a_family_member_who_left_takes_the_visits_along(clinic: Clinic, me: Actor) -> None:
    from app.services import families

    mia = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia Rao")))
    clinic.join("", actor=me, patient_id=mia)
    clinic.write(lambda s: families.remove(s, actor=me, patient_id=mia))
    assert clinic.read(lambda s: my_visits.going_on(s, actor=me)) == []
