"""Changing a plan: what it does to the bookings, the ways out, and a doctor who does not come."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from app import db, events
from app.db import Session
from app.models import (
    Appointment,
    AppointmentStatus,
    AuditRow,
    ExceptionKind,
    Message,
    Patient,
    QueueEntry,
    Role,
    ScheduleException,
    Slot,
    Status,
    User,
)
from app.services import absences, booking, conflicts, leaving, replanning, schedules, slot_search, weeks
from app.services.booking import Guest
from app.services.policy import Actor, Verb
from app.services.schedules import ExceptionForm, PeriodForm
from app.settings import settings
from tests.factories import Clinic, Clock, refused

TUESDAY = date(2026, 3, 10)  # today
LEAVE = ExceptionForm(kind=ExceptionKind.LEAVE, first_day=TUESDAY, last_day=TUESDAY)


def hours(**form) -> PeriodForm:
    return PeriodForm(**{"weekday": 1, "starts": time(10), "ends": time(12), "slot_minutes": 30, **form})


def plan(clinic: Clinic, doctor_id: int | None = None, **form) -> int:
    which = doctor_id or clinic.doctor_id
    return clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=which, form=hours(**form)))


def book(clinic: Clinic, number: int = 0, name: str = "Asha Rao", doctor_id: int | None = None, **who) -> Appointment:
    slots = clinic.read(lambda s: slot_search.of_doctor(s, doctor_id or clinic.doctor_id))
    guest = Guest(name=name, phone="0170 123")
    return clinic.write(
        lambda s: booking.book(s, actor=clinic.admin, slot_id=slots[number].slot_id, who=who.get("who", guest))
    )


def unfit(clinic: Clinic, actor: Actor | None = None) -> list[conflicts.Unfit]:
    return clinic.read(lambda s: conflicts.unfit(s, actor=actor or clinic.admin, doctor_id=clinic.doctor_id))


def leave(clinic: Clinic, form: ExceptionForm = LEAVE) -> int:
    return clinic.write(lambda s: schedules.add_exception(s, actor=clinic.admin, doctor_id=clinic.doctor_id, form=form))


def foreseen(clinic: Clinic, doctor_id: int | None) -> replanning.Effect:
    """What a day off would do."""

    def change(session: Session) -> None:
        schedules.add_exception(session, actor=clinic.admin, doctor_id=doctor_id, form=LEAVE)

    return db.trial(lambda s: replanning.effect(s, actor=clinic.admin, doctor_id=doctor_id, change=change))


@pytest.fixture
def planned(clock: Clock, clinic: Clinic) -> Clinic:
    clinic.rules(book_lead_minutes=0)
    plan(clinic)
    return clinic


@pytest.fixture
def mailing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEDIQUEUE_SMTP_URL", "console:")
    monkeypatch.setenv("MEDIQUEUE_MAIL_FROM", "clinic@clinic.test")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("everybody", [False, True])
def test_an_effect_is_told_and_nothing_is_changed(planned: Clinic, everybody: bool) -> None:
    whose = None if everybody else planned.doctor_id
    book(planned)
    book(planned, 1, "Ben Hill")
    written = len(planned.all(AuditRow)), planned.all(Slot)
    heard: list[object] = []
    stop = events.listen(heard.append)
    effect = foreseen(planned, whose)
    stop()
    assert (effect.count, [name for _, name in effect.first]) == (2, ["Asha Rao", "Ben Hill"])
    assert (len(planned.all(AuditRow)), planned.all(Slot)) == written
    assert planned.all(ScheduleException) == []
    assert heard == []


def test_an_effect_counts_only_what_is_new(planned: Clinic) -> None:
    book(planned)
    leave(planned)
    assert foreseen(planned, planned.doctor_id).count == 0


def test_what_does_not_fit_is_listed_with_times_near_it(planned: Clinic) -> None:
    alike = planned.add_doctor("Omar Haddad", specialization="Skin")
    planned.edit_doctor(specialization="Skin")
    plan(planned, alike)
    made = book(planned, 1)
    leave(planned, ExceptionForm(kind=ExceptionKind.LEAVE, first_day=TUESDAY, last_day=TUESDAY, starts=time(10),
                                 ends=time(11)))  # fmt: skip
    found = unfit(planned)[0]
    assert (found.appointment_id, found.patient_name, found.phone) == (made.id, "Asha Rao", "0170 123")
    assert [f"{view.starts_at:%d %H:%M}" for view in found.near[:2]] == ["10 10:00", "10 10:30"]
    assert [(name, f"{view.starts_at:%d %H:%M}") for name, view in found.others[:1]] == [("Omar Haddad", "10 09:30")]
    planned.write(lambda s: booking.keep(s, actor=planned.admin, appointment_id=made.id))
    assert unfit(planned) == []
    planned.write(lambda s: booking.keep(s, actor=planned.admin, appointment_id=made.id, kept=False))
    everywhere = planned.read(lambda s: conflicts.all_unfit(s, actor=planned.admin))
    assert [each.appointment_id for each in everywhere] == [made.id]


def test_the_desk_does_not_see_who_is_confidential(planned: Clinic) -> None:
    made = book(planned)
    planned.write(lambda s: setattr(s.get_one(Patient, made.patient_id), "is_confidential", True))
    leave(planned)
    for role, sees in ((Role.ADMIN, False), (Role.RECEPTION, False), (Role.NURSE, True), (Role.DOCTOR, True)):
        found = unfit(planned, planned.staff(role))[0]
        assert ("Asha" in repr(found)) is sees
        assert bool(found.phone) is sees


def test_a_patient_with_mail_is_told_once(planned: Clinic, mailing: None) -> None:
    made, without = book(planned), book(planned, 1, "No Mail")
    user_id = planned.add_user(Role.PATIENT, email="asha@patients.test")
    planned.write(lambda s: setattr(s.get_one(Patient, made.patient_id), "user_id", user_id))
    leave(planned)
    first, second = unfit(planned)
    assert (first.has_mail, first.told, second.has_mail) == (True, False, False)
    for _ in range(2):
        planned.write(lambda s: conflicts.tell(s, actor=planned.admin, appointment_id=made.id))
    message = next(each for each in planned.all(Message) if each.kind == "unfit")
    assert message.recipient == "asha@patients.test"
    assert f"/a/{made.link}" in message.body
    assert "10:00" in message.body
    assert len([each for each in planned.all(Message) if each.kind == "unfit"]) == 1
    assert unfit(planned)[0].told
    with refused("no_mail"):
        planned.write(lambda s: conflicts.tell(s, actor=planned.admin, appointment_id=without.id))
    planned.write(lambda s: setattr(s.get_one(User, user_id), "disabled_at", made.created_at))
    assert not unfit(planned)[0].has_mail


def test_days_get_the_hours_of_another_day(planned: Clinic) -> None:
    plan(planned, weekday=2, starts=time(8), ends=time(9))
    forms = [hours(weekday=weekday) for weekday in (2, 3)]

    def copy(session: Session) -> None:
        schedules.set_days(session, actor=planned.admin, doctor_id=planned.doctor_id, weekdays=(2, 3), forms=forms)

    for _ in range(2):
        planned.write(copy)
        found = planned.read(lambda s: schedules.plan(s, actor=planned.admin, doctor_id=planned.doctor_id))
        assert [(p.weekday, p.starts) for p in found.periods] == [(1, time(10)), (2, time(10)), (3, time(10))]


def test_a_week_counts_what_is_real(planned: Clinic, clock: Clock) -> None:
    book(planned)
    leave(planned, ExceptionForm(kind=ExceptionKind.EXTRA, first_day=date(2026, 3, 12), last_day=date(2026, 3, 12),
                                 starts=time(8), ends=time(9), slot_minutes=30, places=2))  # fmt: skip
    desk = planned.staff(Role.RECEPTION)
    view = planned.read(lambda s: weeks.week(s, actor=desk, doctor_id=planned.doctor_id, monday=date(2026, 3, 9)))
    assert [(day.booked, day.free) for day in view.days] == [(0, 0), (1, 3), (0, 0), (0, 4), (0, 0), (0, 0), (0, 0)]
    assert [len(day.exceptions) for day in view.days] == [0, 0, 0, 1, 0, 0, 0]
    clock.forward(hours=2, minutes=15)  # it is 11:15: half past is still to come
    later = planned.read(lambda s: weeks.week(s, actor=desk, doctor_id=planned.doctor_id, monday=date(2026, 3, 9)))
    assert later.days[1].free == 1


# ------------------------------------------------------------------------------------------------------- absent


def moved(clinic: Clinic, made: Appointment, to: int) -> Appointment:
    return clinic.write(lambda s: absences.move(s, actor=clinic.admin, appointment_id=made.id, to=to))


def test_a_day_moves_to_the_nearest_free_times_and_goes_on_where_it_stopped(planned: Clinic) -> None:
    other = planned.add_doctor("Omar Haddad")
    plan(planned, other, starts=time(10), ends=time(11))
    everybody = [book(planned, number, f"Person {number}") for number in range(3)]
    planned.write(lambda s: absences.begin(s, actor=planned.admin, doctor_id=planned.doctor_id, day=TUESDAY))
    planned.write(lambda s: absences.begin(s, actor=planned.admin, doctor_id=planned.doctor_id, day=TUESDAY))
    assert len(planned.all(ScheduleException)) == 1

    def left() -> list[str]:
        found = planned.read(
            lambda s: absences.appointments(s, actor=planned.admin, doctor_id=planned.doctor_id, day=TUESDAY)
        )
        return [each.name for each in found]

    first = moved(planned, everybody[0], other)
    assert (first.doctor_id, first.starts_at) == (other, everybody[0].starts_at)
    assert left() == ["Person 1", "Person 2"]
    moved(planned, everybody[1], other)
    with refused("no_free_time"):
        moved(planned, everybody[2], other)
    assert left() == ["Person 2"]
    assert [each.patient_name for each in unfit(planned)] == ["Person 2"]
    assert {each.status for each in planned.all(Appointment)} == {AppointmentStatus.BOOKED}


def test_who_stands_in_is_offered_with_their_room(planned: Clinic) -> None:
    skin = planned.add_doctor("Zoë Ng", specialization="Skin")
    planned.add_doctor("Adam Ant")
    planned.edit_doctor(specialization="Skin")
    plan(planned, skin)
    book(planned, doctor_id=skin)
    found = planned.read(lambda s: absences.stand_ins(s, actor=planned.admin, doctor_id=planned.doctor_id, day=TUESDAY))
    assert [(each.name, each.alike, each.free) for each in found] == [("Zoë Ng", True, 3), ("Adam Ant", False, 0)]


def test_who_waits_goes_along_and_who_is_inside_stays(planned: Clinic) -> None:
    other = planned.add_doctor("Omar Haddad")
    inside, waits = planned.join("In Room"), planned.join("Wai Ting")
    planned.do(Verb.START, inside)
    found = planned.read(lambda s: absences.waiting(s, actor=planned.admin, doctor_id=planned.doctor_id, day=TUESDAY))
    assert [each.id for each in found] == [waits.id]
    planned.write(lambda s: leaving.transfer(s, actor=planned.admin, entry_id=found[0].id, doctor_id=other))
    assert planned.line(other) == [waits.token]
    assert planned.entry(inside).status is Status.IN_PROGRESS
    assert len(planned.all(QueueEntry)) == 3


def test_only_the_doctor_and_admins_change_a_plan(planned: Clinic) -> None:
    other = planned.add_doctor("Omar Haddad")
    for actor, code in (
        (planned.doctor(other), "unknown_doctor"), (planned.staff(Role.NURSE), "not_allowed"),
        (planned.staff(Role.RECEPTION), "not_allowed"),
    ):  # fmt: skip
        for work in (
            lambda s, a=actor: absences.begin(s, actor=a, doctor_id=planned.doctor_id, day=TUESDAY),
            lambda s, a=actor: absences.stand_ins(s, actor=a, doctor_id=planned.doctor_id, day=TUESDAY),
            lambda s, a=actor: schedules.set_days(s, actor=a, doctor_id=planned.doctor_id, weekdays=(2,), forms=[]),
            lambda s, a=actor: schedules.add_exception(s, actor=a, doctor_id=planned.doctor_id, form=LEAVE),
        ):
            with refused(code):
                planned.write(work)
    with refused("not_allowed"):
        planned.write(lambda s: schedules.closures(s, actor=planned.staff(Role.NURSE)))
