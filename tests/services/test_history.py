"""Looking back, page by page; and what happened to one entry, step by step."""

from datetime import timedelta
from typing import Any

from app.models import Role, Source, Status
from app.services import history
from app.services.history import EntryRow, Filter
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def page(clinic: Clinic, before: int | None = None, limit: int = 3) -> list[EntryRow]:
    return clinic.read(
        lambda s: history.of_doctor(s, actor=clinic.doctor(), doctor_id=clinic.doctor_id, before=before, limit=limit)
    )


def test_pages_hold_everybody_once_the_newest_first(clinic: Clinic, clock: Clock) -> None:
    for n in range(8):
        clinic.do("cancel", clinic.join(f"P{n}"))
        if n % 3 == 2:
            clock.forward(minutes=1)  # the others end in the same moment
    found, before = [], None
    while rows := page(clinic, before):
        found += [row.token for row in rows]
        before = rows[-1].entry_id
    assert found == [f"A{n}" for n in range(8, 0, -1)]


def test_the_history_holds_who_has_gone_and_only_them(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    for status in Status:
        if status is not Status.IN_PROGRESS:
            entry_in(clinic, status, to_doctor=there)
    assert {row.status for row in page(clinic, limit=50)} == {s for s in Status if not s.is_open}


def test_minutes_waited_and_minutes_with_the_doctor(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clock.forward(minutes=17, seconds=59)
    clinic.do("start", entry)
    clock.forward(minutes=9)
    clinic.do("done", entry)
    (row,) = page(clinic)
    assert (row.waited_minutes, row.visit_minutes, row.patient_name, row.doctor_name) == (
        17,
        9,
        "Asha Rao",
        "Meera Nair",
    )


def test_a_page_does_not_begin_in_another_queue_or_at_somebody_still_here(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    theirs = clinic.join(doctor_id=there)
    clinic.do("cancel", theirs)
    for before in (theirs.id, clinic.join().id, 999):
        with refused("unknown_entry"):
            page(clinic, before)


def test_how_many_on_a_page_has_bounds(clinic: Clinic) -> None:
    for n in range(3):
        clinic.do("cancel", clinic.join(f"P{n}"))
    assert len(page(clinic, limit=-5)) == len(page(clinic, limit=0)) == 1
    assert len(page(clinic, limit=10**9)) == 3


def test_all_entries_by_doctor_state_day_and_search(clinic: Clinic, clock: Clock) -> None:
    there = clinic.add_doctor()
    clinic.do("cancel", clinic.join("100% Sure"))
    clinic.join("Åsa_Öberg", doctor_id=there)
    clock.forward(days=1)
    clinic.new_shift()
    clinic.join("Next Day")
    day = clinic.view().service_date

    def tokens(page: int = 1, **given: Any) -> list[str]:
        asked = Filter(**given)
        return [
            row.token for row in clinic.read(lambda s: history.entries(s, actor=clinic.admin, asked=asked, page=page))
        ]

    assert tokens() == ["A1", "B1", "A1"]
    assert tokens(doctor_id=there) == ["B1"]
    assert tokens(status=Status.CANCELLED) == ["A1"]
    assert tokens(first=day) == tokens(first=day, last=day) == ["A1"]
    assert tokens(last=day - timedelta(days=1)) == tokens(source=Source.PHONE, last=day - timedelta(days=1))
    assert tokens(last=day - timedelta(days=1)) == ["B1", "A1"]
    assert tokens(source=Source.KIOSK) == []
    assert tokens(search="b1") == ["B1"]
    assert [tokens(search=s) for s in ("0%", "a_Ö", "%", "_", "day")] == [["A1"], ["B1"], ["A1"], ["B1"], ["A1"]]
    assert tokens(page=2) == []


def test_the_life_of_one_entry(clinic: Clinic, clock: Clock) -> None:
    entry = clinic.join()
    clinic.call_next(actor=clinic.staff(Role.RECEPTION))
    clock.forward(minutes=1)
    clinic.do("start", entry)
    rows = clinic.read(lambda s: history.timeline(s, actor=clinic.admin, entry_id=entry.id))
    assert [(r.verb, r.from_status, r.to_status, r.role, r.who) for r in rows] == [
        ("join", None, "waiting", "anonymous", ""),
        ("call-next", "waiting", "called", "reception", "Reception"),
        ("start", "called", "in_progress", "doctor", "Meera Nair"),
    ]
    with refused("unknown_entry"):
        clinic.read(lambda s: history.timeline(s, actor=clinic.admin, entry_id=999))


def test_a_doctor_does_not_read_a_colleagues_history(clinic: Clinic) -> None:
    there = clinic.add_doctor()
    entry = clinic.join()
    with refused("unknown_doctor"):
        clinic.read(lambda s: history.timeline(s, actor=clinic.doctor(there), entry_id=entry.id))
    for role in set(Role) - {Role.ADMIN}:
        with refused("not_allowed"):
            clinic.read(lambda s, role=role: history.entries(s, actor=clinic.staff(role), asked=Filter()))  # type: ignore[misc]
