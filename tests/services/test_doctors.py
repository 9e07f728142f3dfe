"""Doctors: letters, retirement, and who may sign in as whom."""

import pytest

from app import events
from app.models import TOKEN_LETTERS, AuditRow, Doctor, Role
from app.services import doctors, policy, sign_ins
from app.services.doctors import DoctorRow
from app.services.policy import Actor
from app.settings import settings
from tests.factories import Clinic, Clock, refused


def row(clinic: Clinic, doctor_id: int) -> DoctorRow:
    return clinic.read(lambda s: doctors.row(s, actor=clinic.admin, doctor_id=doctor_id))


def retire(clinic: Clinic, doctor_id: int) -> None:
    clinic.write(lambda s: doctors.retire(s, actor=clinic.admin, doctor_id=doctor_id))


def rehire(clinic: Clinic, doctor_id: int) -> None:
    clinic.write(lambda s: doctors.rehire(s, actor=clinic.admin, doctor_id=doctor_id))


def test_each_doctor_gets_the_next_free_letter(clinic: Clinic) -> None:
    found = [row(clinic, clinic.doctor_id).letter]
    found += [row(clinic, clinic.add_doctor(f"D{n}")).letter for n in range(len(TOKEN_LETTERS))]
    assert found == [*TOKEN_LETTERS, "AA"]


def test_two_working_doctors_never_share_a_letter(clinic: Clinic) -> None:
    with refused("letter_taken"):
        clinic.add_doctor(letter="a")
    other = clinic.add_doctor(letter="X")
    with refused("letter_taken"):
        clinic.edit_doctor(other, letter="A")


@pytest.mark.parametrize("letter", ["1", "O", "I", "ABC", "é", "*", " "])
def test_letters_are_such_that_nobody_takes_for_another(clinic: Clinic, letter: str) -> None:
    with refused("bad_letter"):
        clinic.add_doctor(letter=letter)


def test_nobody_retires_while_people_wait(clinic: Clinic) -> None:
    entry = clinic.join()
    with pytest.raises(Exception, match="1 person is still"):
        retire(clinic, clinic.doctor_id)
    clinic.do("start", entry)
    with refused("queue_not_empty"):
        retire(clinic, clinic.doctor_id)
    clinic.do("done", entry)
    retire(clinic, clinic.doctor_id)
    assert clinic.read(doctors.working) == []
    assert clinic.entry(entry).status == "done", "the history stays"


def test_back_at_work_with_another_letter_if_the_old_one_is_taken(clinic: Clinic) -> None:
    retire(clinic, clinic.doctor_id)
    successor = clinic.add_doctor()
    assert row(clinic, successor).letter == "A"
    rehire(clinic, clinic.doctor_id)
    assert row(clinic, clinic.doctor_id).letter == "B"
    retire(clinic, successor)
    rehire(clinic, successor)
    assert row(clinic, successor).letter == "A"


def test_an_account_belongs_to_one_doctor(clinic: Clinic) -> None:
    taken = row(clinic, clinic.doctor_id).user_id
    with refused("user_taken"):
        clinic.add_doctor(user_id=taken)
    with refused("unknown_user"):
        clinic.add_doctor(user_id=clinic.staff(Role.NURSE).user_id)
    with refused("unknown_user"):
        clinic.add_doctor(user_id=999)


def test_an_account_that_loses_a_queue_is_signed_out(clinic: Clinic) -> None:
    doctor, token = clinic.doctor(), clinic.session_token(clinic.doctor())
    clinic.edit_doctor(name="Dr New Name")
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)), "a new name is no loss"
    clinic.edit_doctor(user_id=None)
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)) is None
    with refused("not_signed_in"):
        clinic.read(lambda s: policy.signed_in(s, doctor))


def test_a_new_doctors_queue_is_announced(clinic: Clinic) -> None:
    heard: list[events.Event] = []
    stop = events.listen(heard.append)
    try:
        made = clinic.add_doctor()
    finally:
        stop()
    assert events.QueueChanged(made) in heard


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"cap": 0}, "bad_cap"), ({"cap": 1001}, "bad_cap"), ({"name": ""}, "missing"), ({"name": "x" * 81}, "too_long"),
     ({"room": "x" * 21}, "too_long"), ({"licence_number": "x" * 41}, "too_long"),
     ({"languages": "x" * 121}, "too_long"), ({"biography": "x" * 601}, "too_long")],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(clinic: Clinic, wrong: dict, code: str) -> None:
    with refused(code):
        clinic.edit_doctor(**wrong)


def test_a_change_is_seen_by_whoever_looks_at_the_queue(clinic: Clinic) -> None:
    clinic.edit_doctor(name="Dr New Name", room="12")
    view = clinic.view()
    assert (view.doctor.name, view.doctor.room) == ("Dr New Name", "12")


def test_only_admins_manage_doctors(clinic: Clinic) -> None:
    form = doctors.DoctorForm(name="X")
    for role in set(Role) - {Role.ADMIN}:
        actor = clinic.staff(role)
        for act in (
            lambda s, a=actor: doctors.add(s, actor=a, form=form),
            lambda s, a=actor: doctors.edit(s, actor=a, doctor_id=clinic.doctor_id, form=form),
            lambda s, a=actor: doctors.retire(s, actor=a, doctor_id=clinic.doctor_id),
            lambda s, a=actor: doctors.rehire(s, actor=a, doctor_id=clinic.doctor_id),
            lambda s, a=actor: doctors.rows(s, actor=a),
        ):
            with refused("not_allowed"):
                clinic.write(act)
    assert len(clinic.all(Doctor)) == 1


def test_an_unknown_doctor(clinic: Clinic) -> None:
    for act in (retire, rehire, row):
        with refused("unknown_doctor"):
            act(clinic, 999)


def test_everybodys_queue_by_name(clinic: Clinic, clock: Clock) -> None:
    clinic.add_doctor("Aaron First")
    assert [view.doctor.name for view in clinic.read(doctors.queues)] == ["Aaron First", "Meera Nair"]


def test_a_profile_is_made_clean(clinic: Clinic) -> None:
    clinic.edit_doctor(
        specialization=" Heart ,, Children,heart ", licence_number=" AB-123 ", languages="English,  Deutsch ,english",
        biography=" I like\n to explain. ",
    )  # fmt: skip
    kept = row(clinic, clinic.doctor_id)
    assert (kept.specialization, kept.licence_number) == ("heart, Children", "AB-123")
    assert (kept.languages, kept.biography) == ("english, Deutsch", "I like to explain.")
    view = clinic.view().doctor
    assert (view.languages, view.biography) == (kept.languages, kept.biography)


def test_doctors_write_what_is_theirs_and_nothing_else(clinic: Clinic) -> None:
    clinic.edit_doctor(licence_number="AB-123", specialization="Heart")
    me, other = clinic.doctor(), clinic.add_doctor()
    profile = doctors.Profile(languages="English", biography="Hello.", room="9")
    clinic.write(lambda s: doctors.edit_own(s, actor=me, doctor_id=clinic.doctor_id, profile=profile))
    kept = clinic.read(lambda s: doctors.own(s, actor=me, doctor_id=clinic.doctor_id))
    assert (kept.languages, kept.biography, kept.room, kept.licence_number) == ("English", "Hello.", "9", "AB-123")
    (told,) = [noted for noted in clinic.all(AuditRow) if noted.action == "doctor-profile"]
    assert (told.actor_id, told.object_id) == (me.user_id, clinic.doctor_id)
    assert set(told.fields.split(", ")) == {"languages", "biography", "room"}

    def refuse(actor: Actor, code: str) -> None:
        with refused(code):
            clinic.write(lambda s: doctors.edit_own(s, actor=actor, doctor_id=other, profile=profile))
        with refused(code):
            clinic.read(lambda s: doctors.own(s, actor=actor, doctor_id=other))

    refuse(me, "unknown_doctor")
    refuse(clinic.admin, "not_allowed")
    refuse(clinic.staff(Role.NURSE), "not_allowed")


def test_a_new_room_is_where_the_next_call_leads(clinic: Clinic) -> None:
    entry = clinic.join()
    profile = doctors.Profile(languages="", biography="", room="X-ray")
    clinic.write(lambda s: doctors.edit_own(s, actor=clinic.doctor(), doctor_id=clinic.doctor_id, profile=profile))
    clinic.call_next()
    assert clinic.entry(entry).room == "X-ray"
