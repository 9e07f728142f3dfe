"""Appointments as calendar files (iCalendar, RFC 5545), for the patient's and the doctor's own calendar."""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from app import clock
from app.models import AppointmentStatus
from app.services.appointments import AppointmentView

PRODUCT = "-//MediQueue//Appointments//EN"
MAILBOX = "appointments.mediqueue.invalid"  # makes ids unique in the world; nobody writes to it
REMIND_BEFORE = timedelta(hours=2)


def for_patient(made: AppointmentView, clinic: str, address: str) -> bytes:
    """One appointment for the patient's calendar, with a reminder. A newer file with the same id replaces it."""
    calendar = _calendar("PUBLISH")
    event = _event(made, f"{clinic}: {made.doctor_name}", address)
    event.add("url", address)
    if made.status is not AppointmentStatus.CANCELLED:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["summary"])
        alarm.add("trigger", -REMIND_BEFORE)
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def for_doctor(appointments: Iterable[AppointmentView]) -> bytes:
    """A doctor's days as a feed. It leaves the clinic's house: initials stand for names, reasons stay here."""
    calendar = _calendar("PUBLISH")
    for made in appointments:
        initials = "".join(part[0] for part in made.patient_name.split())
        calendar.add_component(_event(made, initials, ""))
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(made: AppointmentView, summary: str, description: str) -> Event:
    event = Event()
    event.add("uid", f"{made.id}@{MAILBOX}")
    event.add("sequence", made.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", made.starts_at)
    event.add("dtend", made.ends_at)
    event.add("summary", summary)
    if made.room:
        event.add("location", made.room)
    if description:
        event.add("description", description)
    event.add("status", "CANCELLED" if made.status is AppointmentStatus.CANCELLED else "CONFIRMED")
    return event
