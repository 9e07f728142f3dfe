"""What the holder of a link sees: this ticket, as it is now, and nothing else."""

from datetime import timedelta

from app.models import Status
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def test_a_waiting_ticket_has_a_place_and_no_room(clinic: Clinic, clock: Clock) -> None:
    clinic.join("First")
    clock.forward(minutes=1)
    ticket = clinic.ticket(clinic.join("Second"))
    assert (ticket.token, ticket.number, ticket.position, ticket.room) == ("A2", 2, 2, "")
    assert (ticket.status, ticket.doctor_name) == (Status.WAITING, "Meera Nair")


def test_a_called_ticket_has_a_room_and_a_time_to_come(clinic: Clinic, clock: Clock) -> None:
    entry = entry_in(clinic, Status.CALLED)
    ticket = clinic.ticket(entry)
    assert (ticket.room, ticket.position, ticket.come_before) == ("2", None, clock.at + timedelta(minutes=3))
    clinic.do("skip", entry)
    skipped = clinic.ticket(entry)
    assert (skipped.room, skipped.come_before, skipped.skipped_at) == ("", None, clock.at)


def test_an_ended_ticket_says_how_it_ended(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.do("cancel", entry, actor=clinic.as_patient(entry))
    ticket = clinic.ticket(entry)
    assert (ticket.status, ticket.ended_at, ticket.end_reason) == (Status.CANCELLED, clock.at, "by_patient")


def test_yesterdays_link_still_tells_how_it_ended_and_older_ones_nothing(clinic: Clinic, clock: Clock) -> None:
    entry = entry_in(clinic, Status.DONE)
    clock.forward(days=1)
    assert clinic.ticket(entry).status is Status.DONE
    clock.forward(days=1)
    with refused("ticket_expired"):
        clinic.ticket(entry)


def test_a_link_that_nobody_has(clinic: Clinic) -> None:
    entry = clinic.join()
    for link in ("", "A1", str(entry.id), "' OR 1=1 --", "x" * 5000, "\x00", "🙂"):
        with refused("unknown_link"):
            clinic.ticket(link)
