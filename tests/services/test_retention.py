"""What is not kept for ever: who and what goes, when, and who and what stays."""

from datetime import UTC, date, datetime, time

import pytest

from app import clock as app_clock
from app.db import Session
from app.models import (
    Appointment,
    AppointmentStatus,
    CancelReason,
    Message,
    OneTimeLink,
    Patient,
    PatientMerge,
    Purpose,
    Role,
    UserSession,
)
from app.services import booking, families, merging, privacy, profiles, retention, schedules, slot_search
from app.services.policy import SYSTEM, Actor
from app.services.profiles import Profile
from app.services.schedules import PeriodForm
from tests.conftest import MORNING
from tests.factories import Clinic, Clock, refused


def due(clinic: Clinic, actor: Actor = SYSTEM) -> list[int]:
    return clinic.read(lambda s: retention.due(s, actor=actor))


def names(clinic: Clinic) -> list[str]:
    return [person.name for person in clinic.all(Patient)]


def gone(clinic: Clinic, name: str) -> int:
    entry = clinic.join(name)
    clinic.do("cancel", entry)
    return entry.patient_id


def erase(clinic: Clinic, patient_id: int) -> bool:
    return clinic.write(lambda s: retention.erase_one(s, actor=SYSTEM, patient_id=patient_id))


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [(date(2026, 3, 31), 1, date(2026, 2, 28)), (date(2024, 3, 31), 1, date(2024, 2, 29)),
     (date(2026, 1, 15), 1, date(2025, 12, 15)), (date(2026, 3, 10), 120, date(2016, 3, 10)),
     (date(2026, 12, 31), 12, date(2025, 12, 31)), (date(2026, 3, 10), 600, date(1976, 3, 10))],
)  # fmt: skip
def test_months_before(day: date, months: int, before: date) -> None:
    assert retention.months_before(day, months) == before


def test_only_who_was_not_here_for_long(clinic: Clinic, clock: Clock) -> None:
    old, back, waiting = gone(clinic, "Old"), gone(clinic, "Back"), clinic.join("Still open").patient_id
    twin = gone(clinic, "Twin")
    clinic.write(lambda s: merging.merge(s, actor=clinic.admin, kept_id=old, gone_id=twin))
    clock.forward(days=40)
    clinic.new_shift()
    fresh = gone(clinic, "Fresh")
    entry = clinic.join(patient_id=back, actor=clinic.admin)
    clinic.do("cancel", entry)
    assert due(clinic) == []
    clinic.rules(keep_patients_months=1)
    assert due(clinic) == [old]
    plan = clinic.read(lambda s: retention.plan(s, actor=clinic.admin))
    assert (plan.months, plan.before, plan.patients) == (1, date(2026, 3, 19), 1)
    assert plan.people == [retention.Due(old, "Old", date(2026, 3, 10))]
    assert erase(clinic, old)
    assert not erase(clinic, back)
    assert not erase(clinic, waiting)
    assert not erase(clinic, fresh)
    assert names(clinic) == [privacy.ERASED_NAME, "Back", "Still open", privacy.ERASED_NAME, "Fresh"]
    assert due(clinic) == []
    rows = clinic.read(lambda s: retention.erased(s, actor=clinic.admin))
    assert {row.patient_id for row in rows} == {old, twin}


def test_small_things_go_after_a_month(clinic: Clinic, clock: Clock) -> None:
    patient_id = gone(clinic, "Ann")
    other = gone(clinic, "Anne")
    clinic.write(lambda s: merging.merge(s, actor=clinic.admin, kept_id=patient_id, gone_id=other))
    at = app_clock.now()

    def made(session: Session) -> None:
        for number, (used, sent) in enumerate(((at, at), (None, None))):
            session.add(
                OneTimeLink(
                    purpose=Purpose.CLAIM, patient_id=patient_id, token_hash=str(number), created_at=at,
                    expires_at=datetime(2027, 1, 1, tzinfo=UTC), used_at=used,
                )
            )  # fmt: skip
            session.add(
                Message(
                    kind="turn", recipient="a", subject="", body=str(number), created_at=at, due_at=at, sent_at=sent
                )
            )  # fmt: skip

    clinic.write(made)
    signed = len(clinic.all(UserSession))
    sweep = lambda: clinic.write(lambda s: retention.sweep(s, actor=SYSTEM))  # noqa: E731
    clock.forward(days=30, minutes=-1)
    assert sweep() == 0
    clock.forward(days=1)
    assert sweep() == signed + 3
    assert [row.token_hash for row in clinic.all(OneTimeLink)] == ["1"]
    assert [row.body for row in clinic.all(Message)] == ["1"]
    assert clinic.all(PatientMerge) == []
    assert sweep() == 0


@pytest.mark.parametrize(
    ("hours_since", "hour", "time"), [(None, 12, True), (37, 12, True), (24, 12, False), (24, 2, True), (2, 2, False)]
)
def test_at_night_or_when_it_is_late(
    clinic: Clinic, clock: Clock, hours_since: int | None, hour: int, time: bool
) -> None:
    clock.at = MORNING.replace(hour=hour - 1)  # the clinic is an hour ahead
    if hours_since is not None:
        clock.forward(hours=-hours_since)
        clinic.write(lambda s: retention.finish(s, actor=SYSTEM))
        clock.forward(hours=hours_since)
    assert clinic.read(retention.is_time) is time


def test_who_may(clinic: Clinic) -> None:
    for role in set(Role) - {Role.ADMIN}:
        who = clinic.staff(role)
        with refused("not_allowed"):
            clinic.read(lambda s, who=who: retention.plan(s, actor=who))  # type: ignore[misc]
        with refused("not_allowed"):
            clinic.write(lambda s, who=who: retention.erase_one(s, actor=who, patient_id=1))  # type: ignore[misc]


@pytest.mark.parametrize("here", ["signed in", "profile", "removed", "appointment", "past appointment", "cancelled"])
def test_whoever_uses_the_clinic_in_other_ways_is_here_too(clinic: Clinic, clock: Clock, here: str) -> None:
    clinic.rules(keep_patients_months=12)
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Dad"))
    patient_id = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia")))
    quiet = gone(clinic, "Quiet")
    clock.forward(days=400)
    clinic.new_shift()
    assert due(clinic) == [patient_id, quiet]
    if here in ("signed in", "profile", "removed"):
        me = clinic.actor_of(me.user_id or 0)
        sessions = clinic.all(UserSession)
    if here in ("profile", "removed"):
        wish = Profile(name="Mia", allergies="Bees")
        clinic.write(lambda s: profiles.change(s, actor=me, patient_id=patient_id, wish=wish))
        clinic.write(lambda s: s.get_one(UserSession, sessions[-1].id).sqlmodel_update({"last_seen_at": MORNING}))
    if here == "removed":
        clinic.write(lambda s: families.remove(s, actor=me, patient_id=patient_id))
    if "appointment" in here or here == "cancelled":
        wish_ = PeriodForm(weekday=1, starts=time(9), ends=time(11), slot_minutes=30)
        doctor_id, desk = clinic.doctor_id, clinic.staff(Role.RECEPTION)
        clinic.write(lambda s: schedules.add_period(s, actor=clinic.admin, doctor_id=doctor_id, form=wish_))
        slot = clinic.read(lambda s: slot_search.of_doctor(s, doctor_id))[0]
        made = clinic.write(lambda s: booking.book(s, actor=desk, slot_id=slot.slot_id, who=patient_id))
        state = {"past appointment": AppointmentStatus.COMPLETED, "cancelled": AppointmentStatus.CANCELLED}
        old = {"status": state.get(here, made.status), "booked_at": None if here != "cancelled" else made.booked_at}
        clinic.write(lambda s: s.get_one(Appointment, made.id).sqlmodel_update(old))
    assert due(clinic) == [quiet]
    assert not erase(clinic, patient_id)
    clock.forward(days=380)
    clinic.new_shift()
    assert patient_id in due(clinic) or here == "appointment"  # one that is still booked


def test_the_plan_says_when_somebody_was_last_here(clinic: Clinic, clock: Clock) -> None:
    me = clinic.actor_of(clinic.add_user(Role.PATIENT, name="Dad"))
    patient_id = clinic.write(lambda s: profiles.add(s, actor=me, wish=Profile(name="Mia")))
    clock.forward(days=30)
    me = clinic.actor_of(me.user_id or 0)
    clock.forward(days=400)
    clinic.new_shift()
    clinic.rules(keep_patients_months=12)
    plan = clinic.read(lambda s: retention.plan(s, actor=clinic.admin))
    assert plan.people == [retention.Due(patient_id, "Mia", date(2026, 4, 9))]


def test_names_of_removed_fakes_go_after_a_day_whatever_the_clinic_keeps(clinic: Clinic, clock: Clock) -> None:
    fake, real = clinic.join("Fake 1"), clinic.join("Real")
    clinic.do("cancel", fake, reason=CancelReason.FAKE)
    clinic.do("cancel", real)
    assert due(clinic) == []
    clock.forward(days=1, minutes=1)
    clinic.new_shift()
    assert due(clinic) == [fake.patient_id]
    assert erase(clinic, fake.patient_id)
    assert names(clinic) == [privacy.ERASED_NAME, "Real"]
