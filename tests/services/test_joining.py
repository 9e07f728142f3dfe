"""Joining: a name is enough; a token, a place and a secret link come back."""

import re
from datetime import date, timedelta

import pytest

from app.models import CancelReason, Patient, Priority, Role, Status
from app.services import joining, steering
from tests.factories import Clinic, Clock, refused

NAMES = [
    "Asha Rao", "李小龙", "محمد عبد الله", "נועה לוי", "Åsa Öberg", "José María", "ஆதித்யா", "Ngọc Ánh", "O'Brien-Smith",
    "Zoë 🧑‍⚕️", "<b>Bold</b> & <script>alert(1)</script>", "'; DROP TABLE patient; --", "می‌خواهم", "{{ 7*7 }}",
    "x" * 80, "é" * 80, "🙂" * 80,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_as_they_were_typed(clinic: Clinic, name: str) -> None:
    clinic.join(name)
    assert clinic.view().line[0].patient_name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Asha   Rao ", "Asha Rao"),
        ("Asha\nRao\t", "Asha Rao"),
        ("Asha\x00\x07 Rao", "Asha Rao"),
        ("\u202eoaR ahsA\u202c", "oaR ahsA"),  # turned around for everybody who reads it
        ("As\u200bha", "Asha"),
        ("\ufeffAsha", "Asha"),
        ("e\u0301", "é"),
    ],
)
def test_what_nobody_can_see_is_taken_out(clinic: Clinic, typed: str, kept: str) -> None:
    clinic.join(typed)
    assert clinic.view().line[0].patient_name == kept


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\u202e\u202c", "\u200d", "\x00", "\u200b \u200c"])
def test_a_name_is_needed(clinic: Clinic, name: str) -> None:
    with refused("missing"):
        clinic.join(name)
    assert clinic.all(Patient) == []


def test_a_name_has_at_most_80_letters(clinic: Clinic) -> None:
    with refused("too_long"):
        clinic.join("x" * 81)


@pytest.mark.parametrize("phone", ["12", "abc", "+", "0664 1234567890123456", "06<64", "٠٦٦٤١٢٣"])
def test_a_phone_number_has_to_look_like_one(clinic: Clinic, phone: str) -> None:
    with refused("bad_phone" if len(phone) <= 20 else "too_long"):
        clinic.join(phone=phone)


def test_tokens_are_the_doctors_letter_and_a_number_without_padding(clinic: Clinic) -> None:
    other = clinic.add_doctor()
    assert [clinic.join(f"P{n}").token for n in range(11)] == [f"A{n}" for n in range(1, 12)]
    assert clinic.join("Q", doctor_id=other).token == "B1"


def test_tokens_start_again_each_day_and_are_never_given_twice_on_one(clinic: Clinic, clock: Clock) -> None:
    clinic.do("cancel", clinic.join())
    assert clinic.join().token == "A2"
    clock.forward(days=1)
    clinic.new_shift()
    assert clinic.join().token == "A1"


def test_the_day_is_the_clinics_not_the_servers(clinic: Clinic, clock: Clock) -> None:
    """Half past eleven in the evening in UTC is already tomorrow in Vienna."""
    clock.at = clock.at.replace(hour=22, minute=59)
    clinic.new_shift()
    assert clinic.join().service_date == date(2026, 3, 10)
    clock.forward(minutes=1)
    late = clinic.join()
    assert (late.service_date, late.token) == (date(2026, 3, 11), "A1")


def test_the_link_is_a_secret(clinic: Clinic) -> None:
    links = [clinic.join(f"P{n}").link or "" for n in range(50)]
    assert len(set(links)) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,}", link) for link in links)  # 22 of 64 letters are 128 bits
    assert all(len({link[n] for link in links}) > 10 for n in range(21)), "every place of a link is random"


def test_the_link_shows_its_own_ticket_and_in_its_own_spelling_only(clinic: Clinic) -> None:
    entry = clinic.join()
    assert clinic.ticket(entry).token == "A1"
    assert entry.link
    for other in ("", "x", entry.link.swapcase(), entry.link + " ", entry.link[:-1], "%", "_" * 22):
        with refused("unknown_link"):
            clinic.ticket(other)


def test_a_queue_has_room_for_as_many_as_the_admin_says(clinic: Clinic) -> None:
    clinic.edit_doctor(cap=2)
    first = clinic.join("First")
    second = clinic.join("Second")
    with refused("queue_full"):
        clinic.join("Third")
    clinic.do("start", second)
    clinic.do("done", second)
    with refused("queue_full"):  # a finished visit was a place of today
        clinic.join("Third")
    clinic.do("cancel", first)
    assert clinic.join("Third").token == "A3"  # a place given back is free again


def test_the_cap_is_for_one_day(clinic: Clinic, clock: Clock) -> None:
    clinic.edit_doctor(cap=1)
    clinic.join()
    clock.forward(days=1)
    clinic.new_shift()
    clinic.join("Next day")


def test_a_paused_queue_takes_nobody_and_keeps_who_waits(clinic: Clinic) -> None:
    clinic.join()
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    clinic.write(lambda s: steering.pause(s, actor=me, doctor_id=doctor_id))
    with refused("queue_paused"):
        clinic.join("Second")
    assert clinic.line() == ["A1"]


def test_a_retired_doctor_and_an_unknown_one(clinic: Clinic) -> None:
    from app.services import doctors

    doctor_id = clinic.doctor_id
    clinic.write(lambda s: doctors.retire(s, actor=clinic.admin, doctor_id=doctor_id))
    with refused("queue_closed"):
        clinic.join()
    for unknown in (999, 0, -1):
        with refused("unknown_doctor"):
            clinic.write(
                lambda s, unknown=unknown: joining.join(  # type: ignore[misc]
                    s, actor=clinic.admin, doctor_id=unknown, who=joining.Newcomer(name="X")
                )
            )


@pytest.mark.parametrize("name", ["Asha Rao", "Åsa Öberg", "Жанна", "李小龙"])
def test_the_same_name_and_phone_waits_once(clinic: Clinic, name: str) -> None:
    entry = clinic.join(name, phone="0664 123456")
    for again in (name, name.lower(), name.upper()):
        with refused("already_waiting"):
            clinic.join(again, phone="0664 123456")
    clinic.do("cancel", entry)
    assert clinic.join(name, phone="0664 123456").token == "A2"


def test_a_family_shares_a_phone_and_two_people_a_name(clinic: Clinic) -> None:
    for child in ("Mia", "Leo", "Ida"):
        clinic.join(child, phone="0664 123456")
    clinic.join("Asha Rao")
    clinic.join("Asha Rao")
    clinic.join("Asa Oberg", phone="0664 1")
    clinic.join("Åsa Öberg", phone="0664 1")  # another name, on every engine
    assert len(clinic.line()) == 7


def test_one_person_may_wait_for_two_doctors(clinic: Clinic) -> None:
    other = clinic.add_doctor()
    clinic.join(phone="0664 123456")
    clinic.join(phone="0664 123456", doctor_id=other)
    assert (clinic.line(), clinic.line(other)) == (["A1"], ["B1"])


def test_staff_pick_somebody_the_clinic_knows_once(clinic: Clinic) -> None:
    known = clinic.join("Known").patient_id
    desk = clinic.staff(Role.RECEPTION)
    with refused("already_waiting"):
        clinic.join("", actor=desk, patient_id=known)
    other = clinic.add_doctor()
    assert clinic.join("", actor=desk, patient_id=known, doctor_id=other).patient_id == known
    with refused("unknown_patient"):
        clinic.join("", actor=desk, patient_id=999)


def test_patients_cannot_pick_somebody_elses_record(clinic: Clinic) -> None:
    known = clinic.join("Known").patient_id
    other = clinic.add_doctor()
    with refused("unknown_patient"):
        clinic.join("", actor=clinic.staff(Role.PATIENT), patient_id=known, doctor_id=other)
    with refused("not_signed_in"):
        clinic.join("", patient_id=known, doctor_id=other)


def test_a_signed_in_patient_has_one_record_for_each_name(clinic: Clinic, clock: Clock) -> None:
    me = clinic.staff(Role.PATIENT)
    first = clinic.join("Asha Rao", actor=me)
    with refused("already_waiting"):
        clinic.join("Asha Rao", actor=me)
    child = clinic.join("Mia Rao", actor=me)
    assert child.patient_id != first.patient_id
    clinic.do("cancel", first)
    assert clinic.join("Asha Rao", actor=me).patient_id == first.patient_id


def test_a_priority_walk_in_has_a_head_start_and_no_more(clinic: Clinic, clock: Clock) -> None:
    desk = clinic.staff(Role.RECEPTION)
    clinic.join("Long here")
    clock.forward(minutes=10)
    clinic.join("Just before")
    clock.forward(minutes=11)
    elderly = clinic.join("Elderly", actor=desk, priority=Priority.ELDERLY)
    assert elderly.virtual_at == elderly.joined_at - timedelta(minutes=20)
    assert clinic.line() == ["A1", "A3", "A2"]


def test_a_date_of_birth_lies_in_the_past(clinic: Clinic, clock: Clock) -> None:
    for wrong in (date(1899, 12, 31), date(2026, 3, 11)):
        with refused("bad_date"):
            clinic.join(born=wrong)
    clinic.join(born=date(2026, 3, 10))


def test_a_refused_join_costs_no_number(clinic: Clinic) -> None:
    with refused("missing"):
        clinic.join("")
    clinic.join(phone="0664 1")
    with refused("already_waiting"):
        clinic.join(phone="0664 1")
    assert clinic.join("Next").token == "A2"


def test_joining_is_the_first_row_of_the_history(clinic: Clinic) -> None:
    entry = clinic.join()
    (row,) = clinic.steps(entry)
    assert (row.verb, row.from_status, row.to_status) == ("join", None, Status.WAITING)
    assert (row.actor_id, row.actor_role) == (None, "anonymous")
    left = clinic.do("cancel", entry, actor=clinic.as_patient(entry))
    assert left.close_reason == CancelReason.BY_PATIENT
