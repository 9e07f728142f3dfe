"""Coming to an appointment: at the desk, at a kiosk, by mistake as a walk-in, too late; and taking it back."""

from datetime import date, time, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from app.models import (
    Appointment,
    AppointmentStatus,
    AuditRow,
    DeviceKind,
    EntryEvent,
    Outcome,
    Patient,
    Policy,
    QueueEntry,
    Role,
    Source,
    Status,
)
from app.services import arriving, booking, desk_day, devices, expected, profiles, schedules, slot_search
from app.services.booking import Guest
from app.services.confidential import CONFIDENTIAL
from app.services.devices import DeviceForm
from app.services.policy import Actor, Verb, kiosk
from app.services.profiles import Profile
from app.services.schedules import PeriodForm
from tests.factories import Clinic, Clock, refused

PHONE, BORN = "+43 664 1234567", date(1984, 5, 1)


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    form = PeriodForm(weekday=1, starts=time(9), ends=time(12), slot_minutes=30)
    clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))
    return clinic


def book(clinic: Clinic, number: int = 1, who: Guest | int | None = None) -> Appointment:
    """The second free time, ten o'clock, if nothing else is said; it is nine."""
    desk, whom = clinic.staff(Role.RECEPTION), who or Guest(name="Asha Rao", phone=PHONE, born=BORN)
    found = clinic.read(lambda s: slot_search.of_doctor(s, clinic.doctor_id, by_staff=True))
    slots = [slot for slot in found if slot.free]
    return clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slots[number].slot_id, who=whom))


def check_in(clinic: Clinic, made: Appointment, actor: Actor | None = None) -> QueueEntry:
    who = actor or clinic.staff(Role.RECEPTION)
    return clinic.write(lambda s: arriving.check_in(s, actor=who, appointment_id=made.id, source=Source.RECEPTION))


def status(clinic: Clinic, made: Appointment) -> AppointmentStatus:
    return clinic.read(lambda s: s.get_one(Appointment, made.id)).status


def paired(clinic: Clinic, *doctor_ids: int) -> Actor:
    waiting = clinic.write(lambda s: devices.wait(s, kind=DeviceKind.KIOSK))
    form = DeviceForm(name="Hall", doctor_ids=doctor_ids)
    device_id = clinic.write(
        lambda s: devices.pair(s, actor=clinic.admin, code=waiting.code, kind=DeviceKind.KIOSK, form=form)
    )
    return kiosk(device_id)


def at_kiosk(clinic: Clinic, actor: Actor, phone: str = PHONE, year: int = BORN.year) -> QueueEntry:
    return clinic.write(lambda s: arriving.at_kiosk(s, actor=actor, phone=phone, year=year))


def test_history_says_checked_in(planned: Clinic) -> None:
    entry = check_in(planned, book(planned))
    assert [step.verb for step in planned.steps(entry)] == [Verb.CHECK_IN]


def test_staff_see_the_time_and_who_is_late(planned: Clinic, clock: Clock) -> None:
    made = book(planned)
    check_in(planned, made)
    shown = planned.view().line[0]
    assert (shown.appointment_at, shown.late) == (made.starts_at, False)
    clock.forward(minutes=60 + 16)
    check_in(planned, book(planned, 0, Guest(name="Half Past Ten")))
    tardy = book(planned, 0, Guest(name="Eleven"))
    clock.forward(minutes=60)
    check_in(planned, tardy)
    assert [person.late for person in planned.view().line] == [False, False, True]


def test_ticket_says_early_or_late(planned: Clinic, clock: Clock) -> None:
    early, late = book(planned), book(planned, 0, Guest(name="Late Lee"))
    ticket = planned.ticket(check_in(planned, early))
    assert (ticket.call_from, ticket.late) == (early.starts_at - timedelta(minutes=5), False)
    clock.forward(minutes=46)
    ticket = planned.ticket(check_in(planned, late))
    assert (ticket.call_from, ticket.late) == (None, True)
    walk_in = planned.ticket(planned.join("Nobody Booked"))
    assert (walk_in.appointment_at, walk_in.call_from, walk_in.late) == (None, None, False)


def test_undoing_the_check_in_of_a_walk_in_gives_both_back(planned: Clinic, clock: Clock) -> None:
    made, desk = book(planned), planned.staff(Role.RECEPTION)
    clock.forward(minutes=10)
    ticket = planned.join(actor=desk, patient_id=made.patient_id)
    entry = check_in(planned, made, desk)
    assert entry.virtual_at < ticket.virtual_at
    planned.do("undo", entry, actor=desk)
    undone = planned.entry(entry)
    assert (undone.status, undone.appointment_id, undone.virtual_at) == (Status.WAITING, None, ticket.virtual_at)
    assert status(planned, made) is AppointmentStatus.BOOKED
    assert check_in(planned, made, desk).id == entry.id


def test_who_waits_since_before_the_appointment_is_not_late(planned: Clinic, clock: Clock) -> None:
    made, desk = book(planned), planned.staff(Role.RECEPTION)
    planned.join(actor=desk, patient_id=made.patient_id)
    clock.forward(minutes=90)
    entry = check_in(planned, made)
    assert entry.virtual_at == made.starts_at - timedelta(hours=1)
    assert not planned.view().line[0].late


def test_who_comes_after_all_is_checked_in_by_the_desk_only(planned: Clinic, clock: Clock) -> None:
    made = book(planned)
    clock.forward(minutes=121)
    planned.write(lambda s: arriving.give_up(s, made.id))
    assert status(planned, made) is AppointmentStatus.NO_SHOW
    with refused("no_booking"):
        at_kiosk(planned, paired(planned))
    check_in(planned, made)
    assert status(planned, made) is AppointmentStatus.CHECKED_IN


def test_a_patient_who_takes_a_ticket_at_the_time_has_come(planned: Clinic, clock: Clock) -> None:
    me = planned.staff(Role.PATIENT)
    mine = planned.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia Moon")))
    made = book(planned, 1, mine)
    clock.forward(minutes=10)
    early = planned.join(actor=me, patient_id=mine)
    assert early.appointment_id is None  # check-in is not open yet
    planned.do("cancel", early, reason="duplicate")
    clock.forward(minutes=30)
    entry = planned.join(actor=me, patient_id=mine)
    assert entry.appointment_id == made.id
    assert entry.virtual_at == made.starts_at - timedelta(hours=1)
    assert status(planned, made) is AppointmentStatus.CHECKED_IN


def test_desk_is_told_before_it_gives_a_second_place(planned: Clinic) -> None:
    made, desk = book(planned), planned.staff(Role.RECEPTION)
    patient_id, doctor_id = made.patient_id or 0, planned.doctor_id

    def look(s: Session) -> Appointment | None:
        return arriving.booked_here(s, actor=desk, patient_id=patient_id, doctor_id=doctor_id)

    found = planned.read(look)
    assert found
    assert found.id == made.id
    check_in(planned, made)
    assert planned.read(look) is None


# at a kiosk


def test_phone_and_year_check_in(planned: Clinic, clock: Clock) -> None:
    made, device = book(planned), paired(planned)
    with refused("too_early"):
        at_kiosk(planned, device)
    clock.forward(minutes=31)
    entry = at_kiosk(planned, device, "0664/1234567")  # as people say it at home
    assert entry.source is Source.KIOSK
    assert at_kiosk(planned, device).id == entry.id
    assert status(planned, made) is AppointmentStatus.CHECKED_IN


@pytest.mark.parametrize(("phone", "year"), [(PHONE, 1985), ("0664 7654321", 1984), ("0664 1234567", 0)])
def test_whatever_does_not_fit_gets_one_answer(planned: Clinic, clock: Clock, phone: str, year: int) -> None:
    book(planned)
    clock.forward(minutes=31)
    with refused("no_booking"):
        at_kiosk(planned, paired(planned), phone, year)
    rows = planned.read(lambda s: s.exec(select(AuditRow).where(AuditRow.outcome == Outcome.DENIED)).all())
    assert [(row.action, row.patient_id) for row in rows] == [("check-in", None)]


def test_kiosk_finds_nobody_of_another_day_doctor_or_without_a_year(planned: Clinic, clock: Clock) -> None:
    other = planned.add_doctor()
    book(planned)
    book(planned, 2, Guest(name="No Year", phone="0664 9999999"))
    clock.forward(minutes=31)
    for device, phone in ((paired(planned, other), PHONE), (paired(planned), "0664 9999999")):
        with refused("no_booking"):
            at_kiosk(planned, device, phone)
    with refused("bad_phone"):
        at_kiosk(planned, paired(planned), "12")
    here = paired(planned)
    clock.forward(days=1)
    with refused("no_booking"):
        at_kiosk(planned, here)


def test_twins_with_one_phone_go_to_the_desk(planned: Clinic, clock: Clock) -> None:
    for number, name in ((0, "Ann Twin"), (0, "Bob Twin")):
        book(planned, number, Guest(name=name, phone=PHONE, born=BORN))
    clock.forward(minutes=31)
    with refused("no_booking"):
        at_kiosk(planned, paired(planned))


def test_only_a_paired_kiosk_may_ask(planned: Clinic, clock: Clock) -> None:
    book(planned)
    clock.forward(minutes=31)
    for actor in (planned.admin, planned.staff(Role.PATIENT), kiosk(99)):
        with refused("not_signed_in"):
            at_kiosk(planned, actor)
    assert planned.all(EntryEvent) == []


# the desk's day


def test_desk_sees_a_confidential_person_as_a_word(planned: Clinic) -> None:
    made, desk, nurse = book(planned), planned.staff(Role.RECEPTION), planned.staff(Role.NURSE)
    book(planned, 0, Guest(name="Open Olga"))
    entry = check_in(planned, made)
    planned.write(lambda s: _make_secret(s, made.patient_id or 0))
    open_, secret = planned.read(lambda s: desk_day.of_day(s, actor=desk))
    assert (open_.patient_name, open_.sealed, open_.token) == ("Open Olga", False, "")
    assert (secret.patient_name, secret.phone, secret.born) == (CONFIDENTIAL, "", None)
    assert (secret.sealed, secret.token, secret.entry_id) == (True, entry.token, entry.id)
    assert planned.read(lambda s: desk_day.of_day(s, actor=nurse))[1].patient_name == "Asha Rao"
    for actor in (planned.staff(Role.PATIENT), planned.doctor()):
        with refused("not_allowed"):
            planned.read(partial(desk_day.of_day, actor=actor))


def _make_secret(session: Session, patient_id: int) -> None:
    session.get_one(Patient, patient_id).is_confidential = True


def test_an_undone_check_in_leaves_no_ticket_on_the_list(planned: Clinic) -> None:
    made, desk = book(planned), planned.staff(Role.RECEPTION)
    planned.do("undo", check_in(planned, made, desk), actor=desk)
    row = planned.read(lambda s: desk_day.of_day(s, actor=desk))[0]
    assert (row.is_coming, row.token, row.entry_id) == (True, "", None)


def test_late_begins_after_the_last_minute_of_grace(clock: Clock) -> None:
    rules, at = Policy(), clock.at
    assert expected.standing(at, at, rules).not_before is None
    assert not expected.standing(at, at + timedelta(minutes=15), rules).late
    assert expected.standing(at, at + timedelta(minutes=15, seconds=1), rules).late
