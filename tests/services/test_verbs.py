"""The state machine of a queue entry, row by row: what each verb makes of each state, and what is refused."""

import pytest

from app.errors import Conflict, DomainError
from app.models import TRANSITIONS, QueueEntry, Status
from app.services import verbs
from app.services.policy import Actor, Verb
from app.services.verbs import Given
from tests.factories import Clinic, Clock, assert_sentence
from tests.services.states import entry_in

S = Status

# Read: somebody who is <state> becomes … by <verb>. What is not here is refused.
BECOMES: dict[Status, dict[Verb, Status]] = {
    S.WAITING: {
        Verb.CALL: S.CALLED,
        Verb.START: S.IN_PROGRESS,
        Verb.CANCEL: S.CANCELLED,
        Verb.TRANSFER: S.TRANSFERRED,
        Verb.PRIORITISE: S.WAITING,
        Verb.RETURN: S.WAITING,  # said twice: they are where they wanted to be
        Verb.MORE_TIME: S.WAITING,
    },
    S.CALLED: {
        Verb.RECALL: S.CALLED,
        Verb.START: S.IN_PROGRESS,
        Verb.SKIP: S.SKIPPED,
        Verb.PUT_BACK: S.WAITING,
        Verb.NO_SHOW: S.NO_SHOW,
        Verb.CANCEL: S.CANCELLED,
        Verb.TRANSFER: S.TRANSFERRED,
        Verb.MORE_TIME: S.WAITING,
    },
    S.SKIPPED: {
        Verb.CALL: S.CALLED,
        Verb.RETURN: S.WAITING,
        Verb.PUT_BACK: S.WAITING,
        Verb.NO_SHOW: S.NO_SHOW,
        Verb.CANCEL: S.CANCELLED,
        Verb.TRANSFER: S.TRANSFERRED,
        Verb.PRIORITISE: S.SKIPPED,
    },
    S.IN_PROGRESS: {
        Verb.DONE: S.DONE,
        Verb.HOLD: S.ON_HOLD,
        Verb.PUT_BACK: S.WAITING,
        Verb.CANCEL: S.CANCELLED,
        Verb.TRANSFER: S.TRANSFERRED,
    },
    S.ON_HOLD: {
        Verb.RESUME: S.IN_PROGRESS,
        Verb.PUT_BACK: S.WAITING,
        Verb.CANCEL: S.CANCELLED,
        Verb.TRANSFER: S.TRANSFERRED,
        Verb.PRIORITISE: S.ON_HOLD,
    },
    S.DONE: {Verb.RESTORE: S.IN_PROGRESS},
    S.CANCELLED: {Verb.RESTORE: S.WAITING},
    S.NO_SHOW: {Verb.RESTORE: S.WAITING},
    S.TRANSFERRED: {},
}
# The patient's word never changes a state, and undo has rules of its own (test_undoing.py).
TRIED = sorted(verbs.ENTRY_VERBS - {Verb.ANSWER, Verb.UNDO})


class _TakeItBack(Exception):
    def __init__(self, status: Status) -> None:
        self.status = status


def outcome(clinic: Clinic, entry_id: int, verb: Verb, actor: Actor, given: Given) -> Status | str:
    """The state that `verb` leads to, or the code it is refused with. Leaves everything as it was."""

    def work(session):
        verbs.perform(session, actor=actor, entry_id=entry_id, verb=verb, given=given)
        raise _TakeItBack(session.get_one(QueueEntry, entry_id).status)

    try:
        clinic.write(work)
    except _TakeItBack as done:
        return done.status
    except DomainError as refusal:
        assert_sentence(refusal.message)
        return refusal.code
    raise AssertionError("unreachable")


def test_the_table_knows_every_state_and_no_step_that_the_model_forbids() -> None:
    assert set(BECOMES) == set(Status)
    for before, row in BECOMES.items():
        for verb, after in row.items():
            assert after == before or after in TRANSITIONS[before], (before, verb, after)


@pytest.mark.parametrize("status", list(Status))
def test_every_verb_on_every_state(clinic: Clinic, clock: Clock, status: Status) -> None:
    there = clinic.add_doctor()
    entry = entry_in(clinic, status, to_doctor=there)
    clock.forward(minutes=1)
    given = Given.model_validate({"reason": "Because", "doctor_id": there, "pinned": True})
    found = {}
    for verb in TRIED:
        patient = verb in verbs.PATIENT_VERBS
        if patient and not entry.link:
            continue
        actor = clinic.as_patient(entry) if patient else clinic.doctor()
        found[verb] = outcome(clinic, entry.id or 0, verb, actor, given)
    accepted = {verb: after for verb, after in found.items() if isinstance(after, Status)}
    assert accepted == BECOMES[status]
    refused = set(found.values()) - set(accepted.values())
    assert refused <= {"wrong_status", "already_called", "already_waiting", "moved_on"}


@pytest.mark.parametrize("status", sorted(TRANSITIONS))
def test_no_state_can_be_taken_that_the_model_forbids(status: Status) -> None:
    for wish in set(Status) - TRANSITIONS[status]:
        entry = QueueEntry.model_construct(token="A1", status=status)
        with pytest.raises(Conflict) as caught:
            entry.become(wish, None)  # type: ignore[arg-type]
        assert_sentence(caught.value.message)
        assert entry.status is status


def test_only_the_end_of_a_visit_has_an_end_time(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    for status in Status:
        entry = entry_in(clinic, status, to_doctor=there)
        assert (entry.closed_at is None) == status.is_open, status
        if status is S.IN_PROGRESS:
            clinic.do("done", entry)  # one at a time in the room


def test_a_verb_on_nobody_finds_nobody(clinic: Clinic) -> None:
    for verb in TRIED:
        with pytest.raises(DomainError) as caught:
            clinic.do(verb, 999, actor=clinic.admin, doctor_id=clinic.doctor_id, reason="x")
        assert caught.value.code in {"unknown_entry", "unknown_doctor", "not_allowed", "not_signed_in"}
