"""Words of the clinic's settings: what the rules are called, and what they come to in an example."""

from collections.abc import Callable, Mapping
from typing import Final

from app.models import Policy

SETTINGS_SUB: Final = "Name, time and the rules of the queues"
CLINIC: Final = "Clinic"
CLINIC_NAME: Final = "Clinic name"
TIME_ZONE: Final = "Time zone"
TIME_ZONE_HINT: Final = "Type a big city near you."
CALLING: Final = "Calling"
MISSED: Final = "When somebody does not come"
WAITING: Final = "Waiting"
BOOKING: Final = "Booking"
APPOINTMENTS: Final = "Appointments in the line"
SIGNING_IN: Final = "Signing in"
PRIVACY: Final = "Privacy"
SETTINGS_SAVED: Final = "Saved. It counts from now on."
EXAMPLE: Final = "For example: "
ONE_DAY: Final = 24 * 60  # minutes

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    CALLING: ("grace_minutes", "max_calls", "recall_gap_seconds", "nurse_may_call"),
    MISSED: ("patient_may_return", "return_delay_minutes", "max_misses", "no_show_minutes", "more_time_minutes"),
    WAITING: ("priority_minutes", "long_wait_minutes", "day_start_hour"),
    BOOKING: (
        "book_ahead_days",
        "book_lead_minutes",
        "hold_minutes",
        "most_appointments",
        "cancel_until_minutes",
        "offer_minutes",
    ),
    APPOINTMENTS: (
        "check_in_from_minutes",
        "late_after_minutes",
        "appointment_credit_minutes",
        "call_early_minutes",
        "missed_after_minutes",
    ),
    SIGNING_IN: ("staff_idle_minutes", "patient_idle_minutes", "staff_need_code", "patients_may_register"),
    PRIVACY: ("keep_patients_months", "screens_need_pairing"),
}
UNITS: Final[Mapping[str, str]] = {
    "minutes": "minutes",
    "seconds": "seconds",
    "calls": "calls",
    "hour": "o'clock",
    "months": "months",
    "days": "days",
    "appointments": "appointments",
}


def unit(rule: str) -> str:
    return UNITS.get(rule.rsplit("_", 1)[-1], "times")


def _clock(minutes: int) -> str:
    """So many minutes after 10:00; also before it, and past midnight."""
    return f"{(10 + minutes // 60) % 24:02}:{minutes % 60:02}"


def _span(minutes: int) -> str:
    """2 hours, 90 minutes, 3 days"""
    if minutes >= ONE_DAY and minutes % ONE_DAY == 0:
        return _count(minutes // ONE_DAY, "day")
    if minutes >= 60 and minutes % 60 == 0:
        return _count(minutes // 60, "hour")
    return _count(minutes, "minute")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _calling(rules: Policy) -> str:
    skipped = f"at {_clock(rules.grace_minutes)} A42 is skipped."
    if rules.max_calls == 1:
        return f"A42 is called at 10:00 and does not come: {skipped}"
    return (
        f"A42 does not come. You can call again after {rules.recall_gap_seconds} seconds. "
        f"If call number {rules.max_calls} is at 10:00, {skipped}"
    )


def _missed(rules: Policy) -> str:
    who = "taps “I am here” on the phone" if rules.patient_may_return else "comes to the desk"
    back = (
        f"A42 was skipped and {who} at 10:00. A42 keeps the place and can be called from "
        f"{_clock(rules.return_delay_minutes)}. "
    )
    lost = f"After {_count(rules.max_misses, 'missed call')} A42 goes to the end of the line. "
    gone = f"Skipped at 10:00 and nobody comes: a no-show at {_clock(rules.no_show_minutes)}."
    return back + lost + gone


def _waiting(rules: Policy) -> str:
    fair = (
        f"A child comes at {_clock(rules.priority_minutes)} and is called as if the child had come at 10:00. "
        if rules.priority_minutes
        else "Everybody is called in the order they came. "
    )
    late = f"Who came at 10:00 and still waits at {_clock(rules.long_wait_minutes)} is marked red for staff. "
    day = f"Tickets start again with 1 at {rules.day_start_hour:02}:00."
    return fair + late + day


def _booking(rules: Policy) -> str:
    soon = (
        f"At 10:00 people can book a time from {_clock(rules.book_lead_minutes)} on"
        if (rules.book_lead_minutes < ONE_DAY)
        else f"People can book a time that is at least {_span(rules.book_lead_minutes)} away"
    )
    window = f"{soon}, up to {_count(rules.book_ahead_days, 'day')} ahead. "
    held = f"The time they choose is kept for {_count(rules.hold_minutes, 'minute')}. "
    most = f"One person can have {_count(rules.most_appointments, 'coming appointment')}. "
    change = (
        f"Until {_span(rules.cancel_until_minutes)} before, they can change or cancel it. "
        if rules.cancel_until_minutes
        else "They can change or cancel it until it begins. "
    )
    return window + held + most + change + f"An earlier time is offered for {_span(rules.offer_minutes)}."


def _appointments(rules: Policy) -> str:
    opens, late = _clock(-rules.check_in_from_minutes), _clock(rules.late_after_minutes)
    credit = _clock(-rules.appointment_credit_minutes)
    window = f"For an appointment at 10:00 people can check in from {opens} on. "
    place = f"Who checks in by {late} stands in the line as if they had come at {credit}"
    gate = f", and is called from {_clock(-rules.call_early_minutes)} on. " if rules.call_early_minutes else ". "
    return (
        window + place + gate + "Later than that counts as late: the place is by the real time of coming. "
        f"Who has not come by {_clock(rules.missed_after_minutes)} is a no-show."
    )


def _signing_in(rules: Policy) -> str:
    left = f"A page of the desk that nobody touches from 10:00 on is locked at {_clock(rules.staff_idle_minutes)}. "
    gone = f"A patient's own page asks for the password again at {_clock(rules.patient_idle_minutes)}. "
    code = "Staff type a code from their phone after the password." if rules.staff_need_code else ""
    return (left + gone + code).strip()


def _privacy(rules: Policy) -> str:
    months = rules.keep_patients_months
    kept = (
        f"Somebody who was last here on 1 January is erased {_count(months, 'month')} later. "
        if months
        else "Nobody is erased by itself. "
    )
    screens = (
        "Only screens that you have paired show the queue."
        if rules.screens_need_pairing
        else "Everybody who opens the screen's address sees numbers and rooms, never names."
    )
    return kept + screens


EXAMPLES: Final[Mapping[str, Callable[[Policy], str]]] = {
    CALLING: _calling,
    MISSED: _missed,
    WAITING: _waiting,
    BOOKING: _booking,
    APPOINTMENTS: _appointments,
    SIGNING_IN: _signing_in,
    PRIVACY: _privacy,
}
