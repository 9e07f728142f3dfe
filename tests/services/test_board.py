"""One look at a queue: what every screen is drawn from."""

from datetime import timedelta

from app.models import Status
from app.services import doctors, patients, steering
from app.services.profiles import Profile
from tests.factories import Clinic, Clock
from tests.services.states import entry_in


def test_everybody_is_somewhere_once(clinic: Clinic) -> None:
    open_ = {status: entry_in(clinic, status).id for status in reversed(Status) if status.is_open}
    view = clinic.view()
    assert view.current
    assert view.current.entry_id == open_[Status.IN_PROGRESS]
    assert [p.entry_id for p in view.called] == [open_[Status.CALLED]]
    assert [p.entry_id for p in view.line] == [open_[Status.WAITING]]
    assert sorted(p.entry_id for p in view.aside) == sorted([open_[Status.ON_HOLD], open_[Status.SKIPPED]])
    assert sorted(p.entry_id for p in view.entries) == sorted(open_.values())
    assert {p.position for p in view.entries if p.status is not Status.WAITING} == {None}


def test_positions_are_1_to_n_and_the_ticket_says_the_same(clinic: Clinic, clock: Clock) -> None:
    entries = []
    for n in range(4):
        entries.append(clinic.join(f"P{n}"))
        clock.forward(seconds=1)
    clinic.do("prioritise", entries[3], emergency=True, reason="Chest pain")
    line = clinic.view().line
    assert [p.position for p in line] == [1, 2, 3, 4]
    assert {p.entry_id: p.position for p in line} == {e.id: clinic.ticket(e).position for e in entries}


def test_the_numbers(clinic: Clinic, clock: Clock) -> None:
    clinic.visits(clock, 10, 10, 10)
    entry_in(clinic, Status.ON_HOLD)
    clinic.join("Waits long")
    clock.forward(minutes=31)
    clinic.join("Just came")
    stats = clinic.view().stats
    assert (stats.waiting_count, stats.completed_today, stats.longest_wait_minutes) == (2, 3, 31)
    assert stats.usual_visit_minutes == 10
    assert stats.finish_at == clock.at + timedelta(minutes=20)


def test_a_visit_restored_and_finished_again_counts_once(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.DONE)
    clinic.do("restore", entry)
    assert clinic.view().stats.completed_today == 0
    clinic.do("done", entry)
    assert clinic.view().stats.completed_today == 1


def test_the_last_calls_stay_newest_first(clinic: Clinic, clock: Clock) -> None:
    for n in range(10):
        clinic.join(f"P{n}")
        clinic.call_next()
        clock.forward(minutes=1)
    calls = clinic.view().calls
    assert [call.token for call in calls] == ["A10", "A9", "A8", "A7", "A6", "A5", "A4", "A3"]
    assert {call.room for call in calls} == {"2"}


def test_every_change_makes_the_version_greater_and_a_look_does_not(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    me, here = clinic.doctor(), clinic.doctor_id
    entry = clinic.join()
    other = clinic.join("Other")
    seen = [clinic.version()]
    assert clinic.version() == seen[0]
    for change in (
        lambda: clinic.call_next(),
        lambda: clinic.do("answer", entry, actor=clinic.as_patient(entry)),
        lambda: clinic.do("start", entry),
        lambda: clinic.do("done", entry, call_next=True),
        lambda: clinic.do("undo", entry),
        lambda: clinic.write(lambda s: steering.take_break(s, actor=me, doctor_id=here)),
        lambda: clinic.write(lambda s: steering.end_break(s, actor=me, doctor_id=here)),
        lambda: clinic.write(lambda s: steering.pause(s, actor=me, doctor_id=here)),
        lambda: clinic.write(lambda s: steering.open_(s, actor=me, doctor_id=here)),
        lambda: clinic.edit_doctor(room="9"),
        lambda: clinic.write(
            lambda s: patients.change(
                s, actor=clinic.admin, patient_id=other.patient_id, wish=Profile(name="Corrected")
            )
        ),
        lambda: clinic.do("transfer", other, doctor_id=there),
        lambda: clinic.write(lambda s: steering.close_day(s, actor=me, doctor_id=here)),
    ):
        change()
        assert clinic.version() > seen[-1]
        seen.append(clinic.version())
        assert clinic.read(doctors.versions)[here] == seen[-1]


def test_the_version_goes_on_growing_over_midnight(clinic: Clinic, clock: Clock) -> None:
    clinic.join()
    before = clinic.version()
    clock.forward(days=1)
    assert clinic.version() == before
    clinic.new_shift()
    clinic.join()
    assert clinic.version() == before + 1


def test_an_act_of_two_verbs_is_one_version(clinic: Clinic) -> None:
    inside = entry_in(clinic, Status.IN_PROGRESS)
    clinic.join("Next")
    before = clinic.version()
    clinic.do("done", inside, call_next=True)
    assert clinic.version() == before + 1
