"""One row for each change and each attempt, in the same transaction; never what people typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app import clock as app_clock
from app import db, trace
from app.errors import Busy, NotFound
from app.models import Appointment, AppointmentStatus, AuditRow, Outcome, QueueEntry, Role, Slot
from app.services import (
    accounts,
    arriving,
    audit,
    auditing,
    doctors,
    policy,
    steering,
    tickets,
    timeouts,
)
from app.services import (
    clinic as clinics,
)
from app.services.audit import Author
from app.services.doctors import DoctorForm
from app.services.policy import ANONYMOUS, SYSTEM, Verb, link_holder
from tests.factories import Clinic, Clock, refused

CANARIES = {
    "name": "Canary Birdsong", "phone": "+43 664 7777777", "reason": "canaryreason", "why": "canarywhy",
    "room": "canaryroom", "email": "canary@bird.test",
}  # fmt: skip


def rows(after: int = 0) -> list[AuditRow]:
    query = select(AuditRow).where(col(AuditRow.id) > after).order_by(col(AuditRow.id))
    return list(db.reading(lambda s: s.exec(query).all()))


def newest() -> int:
    return max((row.id for row in rows()), default=0)


def said(after: int) -> list[tuple[str, str, int | None, str]]:
    return [(row.action, row.kind, row.object_id, row.outcome.value) for row in rows(after)]


# ------------------------------------------------------------------------------------------------ one row per change


def call(c: Clinic, e: QueueEntry) -> None:
    c.do(Verb.CALL, e)


def start(c: Clinic, e: QueueEntry) -> None:
    c.do(Verb.START, e)


def hold(c: Clinic, e: QueueEntry) -> None:
    start(c, e)
    c.do(Verb.HOLD, e, reason="canaryreason")


def skipped(c: Clinic, e: QueueEntry) -> None:
    call(c, e)
    c.do(Verb.SKIP, e)


def cancelled(c: Clinic, e: QueueEntry) -> None:
    c.do(Verb.CANCEL, e)


def steer(verb: Callable[..., object]) -> Callable[[Clinic, QueueEntry], object]:
    return lambda c, e: c.write(lambda s: verb(s, actor=c.doctor(), doctor_id=c.doctor_id))


def done_to(verb: Verb, **given: Any) -> Callable[[Clinic, QueueEntry], object]:
    return lambda c, e: c.do(verb, e, **given)


def recall_later(c: Clinic, e: QueueEntry) -> None:
    later(minutes=2)
    c.do(Verb.RECALL, e)


def nothing(c: Clinic, e: QueueEntry) -> None:
    """It is waiting already."""


def by_phone(verb: Verb) -> Callable[[Clinic, QueueEntry], object]:
    return lambda c, e: c.do(verb, e, link_holder(e.link or ""))


def arrive(clinic: Clinic, entry: QueueEntry) -> None:
    """Check in for an appointment at this moment."""
    at, who = app_clock.now(), clinic.staff(Role.RECEPTION)

    def work(session: Session) -> None:
        slot = Slot(
            doctor_id=clinic.doctor_id, day=at.date(), starts_at=at, ends_at=at + timedelta(minutes=20), taken=1
        )
        session.add(slot)
        session.flush()
        made = Appointment(
            doctor_id=clinic.doctor_id, slot_id=slot.id, place=1, patient_id=entry.patient_id, starts_at=at,
            status=AppointmentStatus.BOOKED, ends_at=slot.ends_at, link="a-link-of-somebody", created_at=at,
        )  # fmt: skip
        session.add(made)
        session.flush()
        arriving.check_in(session, actor=who, appointment_id=made.id)

    clinic.write(work)


# verb: what comes before, the verb, and how many rows it makes
Act = Callable[[Clinic, QueueEntry], object]
CHANGES: dict[Verb, tuple[Act, Act, int]] = {
    Verb.JOIN: (nothing, lambda c, e: c.join("Bob"), 1),
    Verb.CHECK_IN: (nothing, lambda c, e: arrive(c, e), 1),
    Verb.CALL_NEXT: (nothing, lambda c, e: c.call_next(), 1),
    Verb.CALL: (nothing, done_to(Verb.CALL, reason="canaryreason"), 1),
    Verb.RECALL: (call, recall_later, 1),
    Verb.START: (nothing, done_to(Verb.START), 1),
    Verb.DONE: (start, done_to(Verb.DONE), 1),
    Verb.SKIP: (call, done_to(Verb.SKIP), 1),
    Verb.PUT_BACK: (call, done_to(Verb.PUT_BACK), 1),
    Verb.HOLD: (start, done_to(Verb.HOLD, reason="canaryreason"), 1),
    Verb.RESUME: (hold, done_to(Verb.RESUME), 1),
    Verb.RETURN: (skipped, done_to(Verb.RETURN), 1),
    Verb.CANCEL: (nothing, done_to(Verb.CANCEL, reason="canaryreason"), 1),
    Verb.NO_SHOW: (skipped, done_to(Verb.NO_SHOW), 1),
    Verb.RESTORE: (cancelled, done_to(Verb.RESTORE), 1),
    Verb.UNDO: (call, done_to(Verb.UNDO), 1),
    Verb.TRANSFER: (nothing, lambda c, e: c.do(Verb.TRANSFER, e, doctor_id=c.add_doctor()), 2),
    Verb.PRIORITISE: (nothing, done_to(Verb.PRIORITISE, pinned=True, reason="canaryreason"), 1),
    Verb.PAUSE: (nothing, steer(steering.pause), 1),
    Verb.OPEN: (nothing, steer(steering.open_), 1),
    Verb.BREAK: (nothing, steer(steering.take_break), 1),
    Verb.CLOSE_DAY: (nothing, steer(steering.close_day), 2),
    Verb.ANSWER: (call, by_phone(Verb.ANSWER), 1),
    Verb.MORE_TIME: (nothing, by_phone(Verb.MORE_TIME), 1),
}
READS = {Verb.SEE}


def later(**how: float) -> None:
    at = app_clock.now() + timedelta(**how)
    app_clock.use(lambda: at)


def test_every_verb_is_looked_at() -> None:
    assert set(CHANGES) | READS == set(Verb)


@pytest.mark.parametrize("verb", CHANGES)
def test_every_verb_leaves_one_row_for_each_thing_it_changes(clinic: Clinic, verb: Verb) -> None:
    entry = clinic.join(CANARIES["name"])
    before, act, count = CHANGES[verb]
    before(clinic, entry)
    seen = newest()
    act(clinic, entry)
    made = [row for row in rows(seen) if row.action == verb]
    assert len(made) == count, said(seen)
    for row in made:
        assert row.outcome is Outcome.DONE
        assert row.kind == ("entry" if row.patient_id else "doctor")
        assert audit.author(row.model_dump()) is Author.US


def test_an_undone_move_has_a_row_for_each_ticket(clinic: Clinic) -> None:
    entry = clinic.join()
    there = clinic.staff(Role.RECEPTION)
    moved = clinic.do(Verb.TRANSFER, entry, there, doctor_id=clinic.add_doctor())
    seen = newest()
    clinic.do(Verb.UNDO, moved, there)
    assert sorted(said(seen)) == [("undo", "entry", entry.id, "done"), ("undo", "entry", moved.id, "done")]


def test_what_the_clock_does_is_the_systems(clinic: Clinic, clock: Clock) -> None:
    clinic.rules(max_calls=1)
    entry = clinic.join()
    clinic.do(Verb.CALL, entry)
    clock.forward(minutes=30)
    seen = newest()
    clinic.write(lambda s: timeouts.skip_missed(s, entry.id))
    clock.forward(hours=2)
    clinic.write(lambda s: timeouts.give_up(s, entry.id))
    assert said(seen) == [("skip", "entry", entry.id, "done"), ("no-show", "entry", entry.id, "done")]
    assert {row.role for row in rows(seen)} == {"system"}


def test_a_promise_is_a_change_once(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, *[10] * 12)
    first, second = clinic.join("Ann"), clinic.join("Bob")
    seen = newest()
    for _ in range(2):
        clinic.write(lambda s: timeouts.keep_promises(s, clinic.view().line))
    assert said(seen) == [("promise", "entry", each.id, "done") for each in (first, second)]


def test_the_first_run_and_the_admins_work(clinic: Clinic) -> None:
    first = said(0)
    assert first[:2] == [("set-up", "clinic", 1, "done"), ("user-add", "user", clinic.admin.user_id, "done")]
    admin, seen = clinic.admin, newest()
    clinic.rules(max_calls=5, grace_minutes=9)
    assert rows(seen)[0].fields == "grace_minutes, max_calls"
    form = DoctorForm(name=CANARIES["name"], room=CANARIES["room"])
    seen = newest()
    made = clinic.write(lambda s: doctors.add(s, actor=admin, form=form))
    clinic.edit_doctor(made, room="7")
    clinic.write(lambda s: doctors.retire(s, actor=admin, doctor_id=made))
    clinic.write(lambda s: doctors.rehire(s, actor=admin, doctor_id=made))
    assert [action for action, *_ in said(seen)] == ["doctor-add", "doctor-change", "doctor-retire", "doctor-rehire"]
    assert {row.object_id for row in rows(seen)} == {made}
    assert rows(seen)[1].fields == "room"


def test_rows_say_who_from_where_and_which_request(clinic: Clinic) -> None:
    came = trace.begin("192.0.2.7")
    entry = clinic.join()
    row = rows()[-1]
    assert (row.actor_id, row.role, row.address, row.request_id) == (None, "anonymous", "192.0.2.7", came.request_id)
    assert (row.kind, row.object_id, row.patient_id) == ("entry", entry.id, entry.patient_id)
    trace.begin("")


# --------------------------------------------------------------------------------------------------- refused attempts


def attempt(work: Callable[[], object], code: str) -> AuditRow:
    """What the audit says of something that is refused with `code`."""
    seen = newest()
    with refused(code):
        work()
    (row,) = rows(seen)
    assert (row.outcome, row.reason) == (Outcome.DENIED, code)
    return row


def test_wrong_roles_are_noted(clinic: Clinic) -> None:
    entry = clinic.join()
    desk, nurse = clinic.staff(Role.RECEPTION), clinic.staff(Role.NURSE)
    row = attempt(lambda: clinic.do(Verb.DONE, entry, desk), "not_allowed")
    assert (row.actor_id, row.role, row.action, row.kind) == (desk.user_id, "reception", "done", "doctor")
    row = attempt(lambda: clinic.write(lambda s: doctors.add(s, actor=nurse, form=DoctorForm(name="X"))), "not_allowed")
    assert row.action == "doctor-add"
    given = {"emergency": True, "reason": "x"}
    assert attempt(lambda: clinic.do(Verb.PRIORITISE, entry, desk, **given), "not_allowed").object_id == entry.id
    start(clinic, entry)
    for verb in (Verb.CANCEL, Verb.PUT_BACK):
        assert attempt(lambda v=verb: clinic.do(v, entry, desk), "not_allowed").action == verb  # type: ignore[misc]


def test_the_queue_of_another_doctor_is_noted(clinic: Clinic) -> None:
    other = clinic.doctor(clinic.add_doctor())
    entry = clinic.join()
    row = attempt(lambda: clinic.do(Verb.CALL, entry, other), "unknown_doctor")
    assert (row.actor_id, row.action, row.object_id) == (other.user_id, "call", clinic.doctor_id)


def test_links_that_are_guessed_are_noted(clinic: Clinic) -> None:
    mine, other = clinic.join("Ann"), clinic.join("Bob")
    row = attempt(lambda: clinic.do(Verb.CANCEL, other, link_holder(mine.link or "")), "unknown_entry")
    assert (row.role, row.action, row.object_id) == ("patient", "cancel", other.id)
    for read in (tickets.by_link, tickets.entry_of):
        row = attempt(lambda r=read: clinic.read(lambda s: r(s, "guessed")), "unknown_link")  # type: ignore[misc]
        assert (row.role, row.action, row.kind) == ("anonymous", "open", "ticket")
        assert "guessed" not in repr(row)


def test_people_who_are_signed_out_or_locked_are_noted(clinic: Clinic, clock: Clock) -> None:
    from app.services import sign_ins
    from app.settings import settings

    entry = clinic.join()
    assert attempt(lambda: clinic.do(Verb.CALL, entry, ANONYMOUS), "not_signed_in").role == "anonymous"

    def signs_in(session: Session) -> policy.Actor:
        token, _ = sign_ins.open_session(session, clinic.admin.user_id or 0, settings().key)
        session.flush()
        found = sign_ins.who(session, token, settings().key)
        assert found
        return found.actor

    away = clinic.write(signs_in)
    clock.forward(hours=1)
    assert attempt(lambda: clinic.do(Verb.CALL, entry, away), "locked").actor_id == clinic.admin.user_id


def test_a_flood_of_refusals_does_not_fill_the_audit(clinic: Clinic) -> None:
    seen = newest()
    for _ in range(40):
        with refused("unknown_link"):
            clinic.read(lambda s: tickets.by_link(s, "guessed"))
    assert 0 < len(rows(seen)) <= 20


# ---------------------------------------------------------------------------------------------- nothing people typed


@pytest.mark.parametrize("wrong", ["Ann Lee", "a;b", "x" * 10 + "\n", "=1+1"])
def test_the_audit_takes_codes_only(clinic: Clinic, wrong: str) -> None:
    for given in ({"action": wrong}, {"kind": wrong}, {"fields": [wrong]}):
        with pytest.raises(ValueError, match="codes"):
            clinic.write(lambda s, g=given: audit.note(s, SYSTEM, **{"action": "x", **g}))  # type: ignore[misc]


def test_nothing_people_typed_is_in_the_audit_or_the_log(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="app")
    for verb, (before, act, _) in CHANGES.items():
        clinic.write(lambda s: steering.open_(s, actor=clinic.doctor(), doctor_id=clinic.doctor_id))
        entry = clinic.join(f"{CANARIES['name']} {verb}", phone=CANARIES["phone"], reason=CANARIES["reason"])
        before(clinic, entry)
        act(clinic, entry)
        if verb is not Verb.CLOSE_DAY:
            clinic.write(lambda s: steering.close_day(s, actor=clinic.doctor(), doctor_id=clinic.doctor_id))
        inside = [e for e in clinic.all(QueueEntry) if e.status == "in_progress"]
        for each in inside:
            clinic.do(Verb.DONE, each, clinic.admin, reason=CANARIES["why"])
    user_id = clinic.add_user(Role.NURSE, email=CANARIES["email"], name=CANARIES["name"])
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=user_id, name=f"New {CANARIES['name']}", role=Role.NURSE, disabled=True
        )
    )
    kept = clinic.read(lambda s: [dict(row) for row in s.execute(text("SELECT * FROM audit")).mappings()])
    everything = f"{kept} {caplog.text}".casefold()
    for canary in ("canary", "birdsong", "7777777"):
        assert canary not in everything


# -------------------------------------------------------------------------------------------------------- fail closed


def test_what_cannot_be_noted_does_not_happen(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = clinic.join()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit is full")

    monkeypatch.setattr(audit, "_write", broken)
    with pytest.raises(RuntimeError):
        clinic.do(Verb.CALL, entry)
    with pytest.raises(RuntimeError):
        clinic.join("Bob")
    with pytest.raises(RuntimeError):
        clinic.rules(max_calls=5)
    monkeypatch.undo()
    assert [(e.token, e.status) for e in clinic.all(QueueEntry)] == [("A1", "waiting")]
    view = clinic.read(clinics.view)
    assert view
    assert view.rules.max_calls != 5


def test_an_audit_that_takes_nothing_stops_every_change(clinic: Clinic, database: str) -> None:
    entry = clinic.join()
    each, refuse = ("FOR EACH ROW", "SIGNAL SQLSTATE '45000'") if database.startswith("mysql") else ("", FULL)
    clinic.write(lambda s: s.execute(text(f"CREATE TRIGGER audit_full BEFORE INSERT ON audit {each} {refuse}")))
    try:
        with pytest.raises((Busy, DBAPIError)):
            clinic.do(Verb.CALL, entry)
    finally:
        clinic.write(lambda s: s.execute(text("DROP TRIGGER audit_full")))
    assert clinic.entry(entry).status == "waiting"


FULL = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"


# ------------------------------------------------------------------------------------------------------------ reading


def found(clinic: Clinic, **asked: object) -> list[auditing.Row]:
    wish = auditing.Filter(**asked)  # type: ignore[arg-type]
    return clinic.read(lambda s: auditing.rows(s, actor=clinic.admin, asked=wish))


def test_the_list_is_filtered(clinic: Clinic, clock: Clock) -> None:
    desk = clinic.staff(Role.RECEPTION)
    ann, bob = clinic.join("Ann", actor=desk), clinic.join("Bob")
    clock.forward(days=1)
    desk_again = clinic.actor_of(desk.user_id or 0)
    clinic.new_shift()
    with refused("not_allowed"):
        clinic.do(Verb.DONE, ann, desk_again)
    everything = found(clinic)
    assert [row.id for row in everything] == sorted((row.id for row in everything), reverse=True)
    assert [row.action for row in found(clinic, who="recep")] == ["done", "join"]
    assert [row.who for row in found(clinic, who=str(desk.user_id))] == ["Reception", "Reception"]
    assert found(clinic, who="nobody") == []
    assert [row.object_id for row in found(clinic, action="join")] == [bob.id, ann.id]
    assert [row.object_id for row in found(clinic, patient_id=bob.patient_id)] == [bob.id]
    assert [row.action for row in found(clinic, outcome=Outcome.DENIED)] == ["done"]
    today = app_clock.now().date()
    assert [row.action for row in found(clinic, first=today)] == ["done"]
    assert len(found(clinic, last=today - timedelta(days=1))) == len(everything) - 1
    assert found(clinic, first=today, last=today - timedelta(days=1)) == []
    one = clinic.read(lambda s: auditing.one(s, actor=clinic.admin, row_id=everything[0].id))
    assert (one.who, one.seal) == ("Reception", None)
    with refused("unknown_row"):
        clinic.read(lambda s: auditing.one(s, actor=clinic.admin, row_id=9999))


def test_the_list_goes_on_from_any_row(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "PAGE", 3)
    made = [clinic.join(f"Person {number}").id for number in range(9)][::-1]

    def page(**where: int) -> list[auditing.Row]:
        asked = auditing.Filter(action="join")
        return clinic.read(lambda s: auditing.rows(s, actor=clinic.admin, asked=asked, **where))

    first = page()
    for shown, expected in (
        (first, made[:4]),
        (page(before=first[2].id), made[3:7]),
        (page(after=first[2].id), made[:2]),
        (page(after=1), made[-4:]),
    ):
        assert [row.object_id for row in shown] == expected


def test_only_admins_read_it(clinic: Clinic) -> None:
    asked = auditing.Filter()
    reads: list[Callable[[Session, policy.Actor], object]] = [
        lambda s, a: auditing.rows(s, actor=a, asked=asked),
        lambda s, a: auditing.one(s, actor=a, row_id=1),
        lambda s, a: auditing.state(s, actor=a),
        lambda s, a: auditing.checked(s, actor=a, findings=0),
        lambda s, a: auditing.begin_export(s, actor=a, asked=asked),
        lambda s, a: auditing.exported(s, actor=a, asked=asked, before=None, limit=5),
    ]
    for role in set(Role) - {Role.ADMIN}:
        for read in reads:
            actor = clinic.staff(role)
            with refused("not_allowed"):
                clinic.write(lambda s, r=read, a=actor: r(s, a))  # type: ignore[misc]


def test_the_state_says_how_the_last_look_went(clinic: Clinic, clock: Clock) -> None:
    def state() -> auditing.State:
        return clinic.read(lambda s: auditing.state(s, actor=clinic.admin))

    assert state() == auditing.State(0, None, 0)
    clinic.write(lambda s: auditing.checked(s, actor=clinic.admin, findings=3))
    assert (state().checked_at, state().findings) == (clock(), 3)
    clock.forward(minutes=1)
    clinic.write(lambda s: auditing.checked(s, actor=clinic.admin, findings=0))
    assert (state().checked_at, state().findings) == (clock(), 0)


def test_taking_it_away_is_in_it_first(clinic: Clinic) -> None:
    asked = auditing.Filter(who="ada", patient_id=3)
    clinic.write(lambda s: auditing.begin_export(s, actor=clinic.admin, asked=asked))
    row = rows()[-1]
    assert (row.action, row.fields, row.patient_id) == ("audit-export", "who, patient_id", 3)
    taken = clinic.read(
        lambda s: auditing.exported(s, actor=clinic.admin, asked=auditing.Filter(), before=None, limit=1)
    )
    assert [each.id for each in taken] == [row.id]


def test_a_database_that_is_away_is_no_noted_refusal(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(audit, "denied", away)
    with refused("unknown_link"):
        clinic.read(lambda s: tickets.by_link(s, "guessed"))
    assert "not in the audit" in caplog.text


def test_a_flood_of_different_attempts_does_not_either(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "MOST_FROM_ONE", RateLimitItemPerMinute(5))
    seen = newest()
    for number in range(12):
        db.note(ANONYMOUS.refused(NotFound(), "open", "ticket", number))
    assert 0 < len(rows(seen)) <= 5
