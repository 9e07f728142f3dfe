"""Many people in the same moment, as threads and as processes, on both engines."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, wait
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from passlib.totp import TOTP
from sqlalchemy import delete

from app import db
from app.models import Clinic as ClinicRow
from app.models import Patient, QueueEntry, RecoveryCode, RequestKey, Role, Status
from app.services import (
    accounts,
    calling,
    doctors,
    idempotency,
    invariants,
    invitations,
    joining,
    leaving,
    outbox,
    own_account,
    registration,
    second_step,
    signing_in,
    steering,
    verbs,
)
from app.services import clinic as service
from app.services.idempotency import Answer
from app.services.policy import ANONYMOUS, Actor, Verb
from app.settings import settings
from tests.engines import on_both_engines
from tests.factories import Clinic, Clock, password_hash
from tests.racers import call_next, join, outcome, rush

pytestmark = on_both_engines
MANY = 20


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all of it, each in a thread, beginning in the same moment."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        return outcome(work)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def do(verb: Verb, entry: QueueEntry, actor: Actor, **given: object) -> Status:
    said = verbs.Given.model_validate(given)
    return db.transaction(lambda s: verbs.perform(s, actor=actor, entry_id=entry.id, verb=verb, given=said).status)


@pytest.fixture(autouse=True)
def _sound(clinic: Clinic) -> Iterator[None]:
    """Whatever happened, the clinic's data holds together at the end."""
    yield
    assert clinic.read(invariants.broken) == []


def test_everybody_who_joins_gets_a_token_of_their_own(clinic: Clinic) -> None:
    tokens = at_once(*[partial(join, clinic.doctor_id)] * MANY)
    assert sorted(tokens, key=lambda t: int(str(t)[1:])) == [f"A{n}" for n in range(1, MANY + 1)]
    assert len(clinic.line()) == clinic.version() == MANY


def test_nobody_is_called_twice(clinic: Clinic) -> None:
    for n in range(MANY):
        clinic.join(f"P{n}")
    desk = clinic.staff(Role.RECEPTION)
    called = at_once(*[partial(call_next, clinic.doctor_id, actor) for actor in (clinic.doctor(), desk) * (MANY // 2)])
    assert Counter(called) == Counter(f"A{n}" for n in range(1, MANY + 1))


def test_two_callers_and_one_person_waiting(clinic: Clinic) -> None:
    clinic.join()
    called = at_once(*[partial(call_next, clinic.doctor_id, clinic.doctor())] * 4)
    assert Counter(called) == {"A1": 1, "queue_empty": 3}


def test_joining_calling_and_leaving_all_at_once(clinic: Clinic) -> None:
    waiting = [clinic.join(f"P{n}") for n in range(10)]
    at_once(
        *[partial(join, clinic.doctor_id)] * 8,
        *[partial(call_next, clinic.doctor_id, clinic.doctor())] * 6,
        *[partial(do, Verb.CANCEL, entry, clinic.as_patient(entry)) for entry in waiting[:6]],
    )
    assert all(clinic.entry(entry).status is Status.CANCELLED for entry in waiting[:6])
    assert len(clinic.view().called) + len(clinic.line()) == 12


def test_the_patient_leaves_in_the_moment_of_the_call(clinic: Clinic) -> None:
    for n in range(5):
        first, second = clinic.join(f"First {n}"), clinic.join(f"Second {n}")
        *called, left = at_once(
            partial(call_next, clinic.doctor_id, clinic.doctor()),
            partial(call_next, clinic.doctor_id, clinic.staff(Role.RECEPTION)),
            partial(do, Verb.CANCEL, first, clinic.as_patient(first)),
        )
        assert left is Status.CANCELLED
        assert len(set(called)) == 2, "two callers never get the same person"
        assert clinic.entry(second).status is Status.CALLED
        assert clinic.line() == []


def test_one_key_from_many_requests_acts_once_with_one_answer(clinic: Clinic) -> None:
    clinic.join()
    actor = clinic.doctor()

    def request() -> Answer:
        def work(session: db.Session) -> Answer:
            return idempotency.once(
                session, asker=actor.asker, key="the same", body={},
                work=lambda: {
                    "token": calling.call_next(session, actor=actor, doctor_id=clinic.doctor_id).token
                },
            )  # fmt: skip

        return db.transaction(work)

    assert at_once(*[request] * MANY) == [{"token": "A1"}] * MANY
    assert clinic.view().called[0].call_count == 1
    assert len(clinic.all(RequestKey)) == 1


def test_the_same_person_joins_from_two_phones(clinic: Clinic) -> None:
    tokens = at_once(*[partial(join, clinic.doctor_id, "Åsa Öberg", phone="0664 123456")] * 6)
    assert Counter(tokens) == {"A1": 1, "already_waiting": 5}


def test_the_last_place_goes_to_one(clinic: Clinic) -> None:
    clinic.edit_doctor(cap=3)
    tokens = at_once(*[partial(join, clinic.doctor_id)] * 10)
    assert Counter(map(str, tokens))["queue_full"] == 7


def test_nobody_gets_in_after_the_pause(clinic: Clinic) -> None:
    """Whoever comes after the pause in the queue's own order of things is refused."""
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    seen: list[int] = []

    def pause() -> None:
        db.transaction(lambda s: steering.pause(s, actor=me, doctor_id=doctor_id))
        seen.append(len(clinic.line()))

    at_once(*[partial(join, doctor_id)] * 10, pause, *[partial(join, doctor_id)] * 9)
    assert seen == [len(clinic.line())]


def test_transfers_across_do_not_block_each_other(clinic: Clinic) -> None:
    here, there = clinic.doctor_id, clinic.add_doctor()
    mine = [clinic.join(f"M{n}") for n in range(8)]
    theirs = [clinic.join(f"T{n}", doctor_id=there) for n in range(8)]
    desk = clinic.staff(Role.RECEPTION)
    moves = [partial(do, Verb.TRANSFER, entry, desk, doctor_id=there) for entry in mine]
    moves += [partial(do, Verb.TRANSFER, entry, desk, doctor_id=here) for entry in theirs]
    assert at_once(*moves) == [Status.WAITING] * 16
    assert sorted(clinic.line()) == sorted(entry.token for entry in theirs)
    assert sorted(clinic.line(there)) == sorted(entry.token for entry in mine)


def test_one_undo_of_many_counts(clinic: Clinic) -> None:
    entry = clinic.join()
    clinic.call_next()
    undone = at_once(*[partial(do, Verb.UNDO, entry, clinic.doctor())] * 5)
    assert Counter(undone) == {Status.WAITING: 1, "too_late": 4}


def test_one_person_in_the_room(clinic: Clinic) -> None:
    entries = [clinic.join(f"P{n}") for n in range(6)]
    started = at_once(*[partial(do, Verb.START, entry, clinic.doctor()) for entry in entries])
    assert Counter(started) == {Status.IN_PROGRESS: 1, "room_busy": 5}


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 4])
def test_processes_share_the_queue(clinic: Clinic, database: str, processes: int) -> None:
    times = 15
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        work = [pool.submit(rush, database, clinic.doctor_id, clinic.doctor(), times) for _ in range(processes)]
        results = [future.result(timeout=100) for future in work]
    given = [token for tokens, _ in results for token in tokens]
    called = [token for _, tokens in results for token in tokens if token != "queue_empty"]
    everybody = Counter(f"A{n}" for n in range(1, processes * times + 1))
    assert Counter(given) == everybody
    assert Counter(called) <= everybody
    assert len(called) + len(clinic.line()) == processes * times


def test_the_last_of_the_waiting_is_called_while_others_join(clinic: Clinic) -> None:
    """Joining and calling in the same moment: whoever joined is waiting or called, and nobody vanished."""
    for _ in range(5):
        at_once(partial(join, clinic.doctor_id), partial(call_next, clinic.doctor_id, clinic.doctor()))
    view = clinic.view()
    assert len(view.line) + len(view.called) == 5


# One transaction is still open when the other begins


def key_request(clinic: Clinic) -> Callable[[db.Session], Answer]:
    actor = clinic.doctor()

    def work(session: db.Session) -> Answer:
        def act() -> Answer:
            return {"token": calling.call_next(session, actor=actor, doctor_id=clinic.doctor_id).token}

        return idempotency.once(session, asker=actor.asker, key="the same", body={}, work=act)

    return work


def overlapping(first: Callable[[db.Session], object], second: Callable[[db.Session], object]) -> list[object]:
    """`second` begins when `first` has done all but commit; what came of both."""
    begun, go_on = Event(), Event()

    def slow(session: db.Session) -> object:
        result = first(session)
        session.flush()
        begun.set()
        go_on.wait(10)
        return result

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(outcome, lambda: db.transaction(slow))
        assert begun.wait(10)
        two = pool.submit(outcome, lambda: db.transaction(second))
        wait([two], timeout=0.3)
        go_on.set()
        return [one.result(20), two.result(20)]


def joins(clinic: Clinic) -> Callable[[db.Session], object]:
    who = joining.Newcomer(name="Late")
    return lambda s: joining.join(s, actor=ANONYMOUS, doctor_id=clinic.doctor_id, who=who).token


def test_a_repeated_request_waits_for_the_first_answer(clinic: Clinic) -> None:
    clinic.join()
    assert overlapping(key_request(clinic), key_request(clinic)) == [{"token": "A1"}] * 2


def test_a_join_that_waited_for_a_pause_is_refused(clinic: Clinic) -> None:
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    clinic.do("cancel", clinic.join())
    found = overlapping(lambda s: steering.pause(s, actor=me, doctor_id=doctor_id), joins(clinic))
    assert found == [None, "queue_paused"]


def test_a_join_that_waited_for_a_retirement_is_refused(clinic: Clinic) -> None:
    admin, doctor_id = clinic.admin, clinic.doctor_id
    found = overlapping(lambda s: doctors.retire(s, actor=admin, doctor_id=doctor_id), joins(clinic))
    assert found == [None, "queue_closed"]


def test_nobody_is_moved_to_a_doctor_who_has_just_closed(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    theirs, desk = clinic.doctor(there), clinic.staff(Role.RECEPTION)
    found = overlapping(
        lambda s: steering.pause(s, actor=theirs, doctor_id=there),
        lambda s: leaving.transfer(s, actor=desk, entry_id=entry.id, doctor_id=there),
    )
    assert found == [None, "queue_closed"]


def test_the_second_call_sees_the_first(clinic: Clinic) -> None:
    clinic.join("First")
    clinic.join("Second")
    me, doctor_id = clinic.doctor(), clinic.doctor_id
    calls = [lambda s: calling.call_next(s, actor=me, doctor_id=doctor_id).token] * 2
    assert overlapping(*calls) == ["A1", "A2"]


def test_an_e_mail_makes_one_account(clinic: Clinic) -> None:
    def register(session: db.Session) -> str:
        given = {"email": "same@clinic.test", "name": "Same", "password_hash": password_hash()}
        return accounts.create(session, role=Role.PATIENT, **given).email or ""

    assert overlapping(register, register) == ["same@clinic.test", "handle_taken"]


def test_two_who_register_the_same_at_once_make_one_account(clinic: Clinic) -> None:
    def work(session: db.Session) -> str:
        registration.register(session, registration.Newcomer("+436601234567", "Nina"), password_hash="x")
        return "the same answer"

    assert overlapping(work, work) == ["the same answer"] * 2
    assert len(clinic.all(Patient)) == 1


def test_two_admins_who_invite_the_same_person_make_one_account(clinic: Clinic) -> None:
    admins = iter([clinic.admin, clinic.staff(Role.ADMIN, another=True)])

    def work(session: db.Session) -> str:
        given: dict[str, Any] = {"handle": "sam@clinic.test", "name": "Sam", "role": Role.NURSE}
        return invitations.invite(session, actor=next(admins), **given).purpose

    assert overlapping(work, work) == ["invite", "handle_taken"]


def test_a_link_that_two_use_at_once_is_used_once(clinic: Clinic) -> None:
    given: dict[str, Any] = {"actor": clinic.admin, "handle": "sam@clinic.test", "name": "Sam", "role": Role.NURSE}
    token = clinic.write(lambda s: invitations.invite(s, **given)).link.rsplit("/", 1)[-1]

    def work(session: db.Session) -> str:
        return registration.choose_password(session, token, password_hash="x").name

    assert overlapping(work, work) == ["Sam", "link_used"]


def test_a_message_is_claimed_by_one(clinic: Clinic) -> None:
    clinic.write(lambda s: outbox.put(s, kind="invite", recipient="a@b.test", subject="S", body="B"))
    (message,) = clinic.read(outbox.due)

    def work(session: db.Session) -> bool:
        return outbox.claim(session, message) is not None

    assert overlapping(work, work) == [True, False]


def test_what_is_to_be_said_once_is_written_once(clinic: Clinic) -> None:
    def work(session: db.Session) -> bool:
        return outbox.put(session, kind="k", recipient="a@b.test", subject="S", body="B", once="only")

    assert overlapping(work, work) == [True, False]


def test_no_sign_in_with_the_old_password_while_it_is_changed(clinic: Clinic) -> None:
    actor = clinic.staff(Role.NURSE)
    user_id, key = actor.user_id or 0, settings().key

    def sign_in(session: db.Session) -> str:
        return signing_in.sign_in(session, user_id, proof=password_hash(), code=None, key=key, device="old").token

    def change(session: db.Session) -> str:
        own_account.change_password(session, actor=actor, proof=password_hash(), password_hash="new", key=key)
        return "changed"

    assert overlapping(change, sign_in) == ["changed", "wrong_sign_in"]


def test_no_sign_in_with_the_old_password_while_a_link_sets_another(clinic: Clinic) -> None:
    actor = clinic.staff(Role.NURSE)
    user_id, key = actor.user_id or 0, settings().key
    made = clinic.write(lambda s: invitations.new_link(s, actor=clinic.admin, user_id=user_id))
    token = made.link.rsplit("/", 1)[-1]

    def sign_in(session: db.Session) -> str:
        return signing_in.sign_in(session, user_id, proof=password_hash(), code=None, key=key, device="old").token

    def choose(session: db.Session) -> str:
        return registration.choose_password(session, token, password_hash="new").name

    assert overlapping(choose, sign_in)[1] == "wrong_sign_in"


def test_the_second_step_is_switched_on_once(clinic: Clinic, clock: Clock) -> None:
    actor = clinic.staff(Role.NURSE)

    def switch_on(session: db.Session) -> int:
        setup = second_step.new_key("nina@clinic.test")
        code = str(TOTP(setup.text.replace(" ", "")).generate(clock.at).token)
        return len(second_step.switch_on(session, actor=actor, secret=setup.secret, code=code))

    assert overlapping(switch_on, switch_on) == [second_step.RECOVERY_CODES, "second_step_on"]
    assert len(clinic.all(RecoveryCode)) == second_step.RECOVERY_CODES


def test_a_letter_belongs_to_one_doctor(clinic: Clinic) -> None:
    admin = clinic.admin

    def add(session: db.Session) -> str:
        form = doctors.DoctorForm(name="New", letter="X")
        doctors.add(session, actor=admin, form=form)
        return "added"

    assert overlapping(add, add) == ["added", "letter_taken"]


def test_the_first_run_happens_once(clinic: Clinic) -> None:
    clinic.write(lambda s: s.execute(delete(ClinicRow)))

    def set_up(email: str) -> Callable[[db.Session], object]:
        given: dict[str, Any] = {"admin_email": email, "admin_name": "S", "password_hash": password_hash()}
        return lambda s: service.set_up(s, name="Sample", timezone="UTC", **given) and "done"

    assert overlapping(set_up("one@clinic.test"), set_up("two@clinic.test")) == ["done", "already_set_up"]
