"""Calendar files: read back with the same standard that phones read them with."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.models import AppointmentStatus
from app.services import calendars
from app.services.appointments import AppointmentView
from tests.factories import Clock

TEN = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def appointment(**more) -> AppointmentView:
    given: dict[str, Any] = {
        "id": 7, "doctor_id": 1, "doctor_name": "Meera Nair", "room": "2", "patient_id": 3,
        "patient_name": "Asha Rao", "status": AppointmentStatus.BOOKED, "starts_at": TEN,
        "ends_at": TEN + timedelta(minutes=30), "reason": "A rash", "link": "abc", "sequence": 2,
    }  # fmt: skip
    return AppointmentView(**given | more)


@pytest.mark.parametrize(
    ("status", "word"), [(AppointmentStatus.BOOKED, "CONFIRMED"), (AppointmentStatus.CANCELLED, "CANCELLED")]
)
def test_one_appointment(clock: Clock, status: AppointmentStatus, word: str) -> None:
    file = calendars.for_patient(appointment(status=status), "Sample Clinic", "https://clinic.test/a/abc")
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (TEN, TEN + timedelta(minutes=30))
    assert (event["sequence"], event["status"], event["location"]) == (2, word, "2")
    assert event["uid"] == "7@" + calendars.MAILBOX
    assert len(event.walk("VALARM")) == (status is AppointmentStatus.BOOKED)
    assert b"rash" not in file


def test_names_can_not_break_out_of_a_line(clock: Clock) -> None:
    file = calendars.for_patient(appointment(doctor_name="Evil\r\nATTENDEE:mailto:x@y;,"), "Clinic", "https://c.test")
    assert not [line for line in file.splitlines() if line.startswith(b"ATTENDEE")]


def test_the_doctors_feed_has_initials_only(clock: Clock) -> None:
    file = calendars.for_doctor([appointment(), appointment(id=8, patient_name="José María Ó Sé")])
    assert [str(event["summary"]) for event in Calendar.from_ical(file).walk("VEVENT")] == ["AR", "JMÓS"]
    assert b"Asha" not in file
