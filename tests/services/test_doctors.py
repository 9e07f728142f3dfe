"""Doctors: letters, retirement, and who may sign in as whom."""

import pytest

from app import events
from app.models import TOKEN_LETTERS, Doctor, Role
from app.services import doctors, policy, sign_ins
from app.services.doctors import DoctorRow
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
     ({"room": "x" * 21}, "too_long")],
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
