"""Messages that are written with what they tell, and sent once."""

from typing import Any

import pytest

from app import db
from app.models import Message
from app.services import outbox
from app.services.outbox import WAITS, Outgoing
from tests.factories import Clinic, Clock


def put(clinic: Clinic, body: str = "Body", **given: Any) -> bool:
    said: dict[str, Any] = {
        "kind": "invite",
        "recipient": "sam@clinic.test",
        "subject": "Subject",
        "body": body,
    } | given
    return clinic.write(lambda s: outbox.put(s, **said))


def due(clinic: Clinic) -> list[int]:
    return clinic.read(outbox.due)


def claim(clinic: Clinic, message_id: int) -> Outgoing | None:
    return clinic.write(lambda s: outbox.claim(s, message_id))


def claimed(clinic: Clinic) -> Outgoing:
    (message_id,) = due(clinic)
    found = claim(clinic, message_id)
    assert found
    return found


def fail(clinic: Clinic, message: Outgoing, **how: bool) -> None:
    clinic.write(lambda s: outbox.failed(s, message, "it was closed", **how))


def row(clinic: Clinic) -> Message:
    (found,) = clinic.all(Message)
    return found


def test_a_message_goes_with_its_transaction(clinic: Clinic) -> None:
    def work(session: db.Session) -> None:
        outbox.put(session, kind="k", recipient="a@b.test", subject="S", body="B")
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError, match="no power"):
        clinic.write(work)
    assert clinic.all(Message) == []


def test_what_is_to_be_said_once_is_written_once(clinic: Clinic) -> None:
    assert [put(clinic, once="only"), put(clinic, once="only"), put(clinic, once="other"), put(clinic)] == [
        True, False, True, True,
    ]  # fmt: skip
    assert len(clinic.all(Message)) == 3


def test_it_is_due_when_its_time_has_come_oldest_first(clinic: Clinic, clock: Clock) -> None:
    put(clinic, "later", due_at=clock.at + outbox.WAITS[0])
    put(clinic, "now")
    later, now = (message.id for message in clinic.all(Message))
    assert due(clinic) == [now]
    clock.at += outbox.WAITS[0]
    assert due(clinic) == [now, later]


def test_a_claimed_message_is_nobody_elses(clinic: Clinic) -> None:
    put(clinic)
    message = claimed(clinic)
    assert (message.recipient, message.subject, message.body, message.tries) == (
        "sam@clinic.test", "Subject", "Body", 1,
    )  # fmt: skip
    assert due(clinic) == []
    assert claim(clinic, message.id) is None


def test_when_it_was_sent_its_words_are_forgotten(clinic: Clinic, clock: Clock) -> None:
    put(clinic, "a secret link")
    message = claimed(clinic)
    clinic.write(lambda s: outbox.sent(s, message.id))
    assert (row(clinic).body, row(clinic).sent_at, row(clinic).failed_at) == ("", clock.at, None)
    clock.forward(days=3)
    assert due(clinic) == []
    assert claim(clinic, message.id) is None


def test_a_crash_while_sending_means_another_try(clinic: Clinic, clock: Clock) -> None:
    put(clinic)
    message = claimed(clinic)
    clock.at += WAITS[0]
    again = claimed(clinic)
    assert (again.tries, again.reference) == (2, message.reference)


def test_what_is_not_taken_is_tried_ever_later_and_then_given_up(clinic: Clinic, clock: Clock) -> None:
    put(clinic, "a secret link")
    for wait in WAITS:
        fail(clinic, claimed(clinic))
        assert due(clinic) == []
        clock.at += wait
    found = row(clinic)
    assert (found.failed_at is not None, found.error, found.body) == (True, "it was closed", "")
    assert due(clinic) == []


def test_what_crashes_the_server_every_time_is_given_up_too(clinic: Clinic, clock: Clock) -> None:
    put(clinic)
    for wait in WAITS:
        claimed(clinic)
        clock.at += wait
    assert claim(clinic, due(clinic)[0]) is None
    assert row(clinic).error == outbox.NEVER_TRIED
    assert due(clinic) == []


def test_what_will_never_be_taken_is_given_up_at_once(clinic: Clinic) -> None:
    put(clinic)
    fail(clinic, claimed(clinic), for_good=True)
    assert row(clinic).failed_at
    assert row(clinic).body == ""


def test_a_late_answer_changes_nothing_that_is_decided(clinic: Clinic) -> None:
    put(clinic)
    message = claimed(clinic)
    clinic.write(lambda s: outbox.sent(s, message.id))
    fail(clinic, message, for_good=True)
    assert (row(clinic).failed_at, row(clinic).error) == (None, "")
