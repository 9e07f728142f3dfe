"""The audit's page and what is taken away from it."""

import csv
import io
from collections.abc import Callable
from typing import cast

import httpx
import pytest
from fastapi import WebSocket
from nicegui.testing import User
from sqlalchemy import text
from sqlmodel import col, select

from app import db
from app.api import audit_export
from app.api.feed import Feed
from app.errors import Busy
from app.models import AuditRow, Role
from app.models import User as Account
from app.services import audit, sealing
from app.services.policy import SYSTEM, Actor, Verb
from app.settings import settings
from tests.factories import Clinic, refused
from tests.pages.looking import page_of, press, sees, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]


@pytest.fixture
def admin(signed_in: SignIn) -> User:
    return signed_in(Role.ADMIN)


def listed(browser: User) -> list[str]:
    """The numbers of the rows that are in the list."""
    return [
        str(element.props["data-open"]) for element in page_of(browser).descendants() if "data-open" in element.props
    ]


def link_to_csv(browser: User) -> str:
    return next(str(e.props["href"]) for e in page_of(browser).descendants() if "download" in e.props)


def newest() -> AuditRow:
    found = db.reading(lambda s: s.exec(select(AuditRow).order_by(col(AuditRow.id).desc()).limit(1)).first())
    assert found
    return found


def promises(number: int) -> None:
    def work(session: db.Session) -> None:
        for each in range(number):
            audit.note(session, SYSTEM, "promise", object_id=each)

    db.transaction(work)


async def taken(browser: User, query: str = "") -> httpx.Response:
    return await browser.http_client.get(f"/admin/audit.csv{query}", follow_redirects=False)


def cells(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_the_newest_row_is_first_and_opens(admin: User, clinic: Clinic) -> None:
    desk = clinic.staff(Role.RECEPTION)
    entry = clinic.join("Ann Lee", actor=desk)
    row = newest()
    await admin.open("/admin/audit")
    assert listed(admin)[0] == str(row.id)
    await sees(admin, "Take a ticket.")
    await admin.open(f"/admin/audit?open={row.id}")
    await sees(admin, f"Ticket {entry.id}")
    await sees(admin, f"Number {entry.patient_id}")
    assert "Ann Lee" not in words_on(admin)
    links = [e.props.get("href") for e in page_of(admin).descendants()]
    assert f"/admin/patients?open={entry.patient_id}" in links


async def test_the_address_says_what_is_asked(admin: User, clinic: Clinic) -> None:
    desk = clinic.staff(Role.RECEPTION)
    entry = clinic.join("Ann", actor=desk)
    joined = newest()
    with refused("not_allowed"):
        clinic.do(Verb.DONE, entry, desk)
    denied = newest()
    for query, expected in (
        ("outcome=denied", [denied]),
        ("q=recep", [denied, joined]),
        (f"q={desk.user_id}&action=join", [joined]),
        (f"patient={entry.patient_id}", [joined]),
        ("first=2100-01-01", []),
        ("action=never-heard-of", []),
    ):
        await admin.open(f"/admin/audit?{query}")
        assert listed(admin) == [str(row.id) for row in expected], query
        assert link_to_csv(admin) == f"/admin/audit.csv?{query}"
    await admin.open("/admin/audit?action=never-heard-of")
    await sees(admin, "Nothing found")
    for nonsense in ("patient=x", "outcome=x", "first=2026-99-99", "last=9999-12-31", "before=x", "after=-1", "open=x"):
        await admin.open(f"/admin/audit?{nonsense}")
        assert listed(admin)[0] == str(denied.id), nonsense


async def test_the_list_goes_back_and_forth(admin: User, clinic: Clinic) -> None:
    promises(120)
    last = newest().id
    await admin.open("/admin/audit?action=promise")
    assert listed(admin) == [str(last - n) for n in range(50)]
    press(admin, "Older")
    await until(lambda: listed(admin) == [str(last - n) for n in range(50, 100)])
    press(admin, "Older")
    await until(lambda: listed(admin) == [str(last - n) for n in range(100, 120)])
    press(admin, "Newer")
    await until(lambda: listed(admin) == [str(last - n) for n in range(50, 100)])
    press(admin, "Newer")
    await until(lambda: listed(admin) == [str(last - n) for n in range(50)])


async def test_check_now_says_what_it_found(admin: User, clinic: Clinic) -> None:
    promises(20)
    db.transaction(sealing.seal)
    db.reading(lambda s: sealing.keep_if_sound(s, settings().data_dir))
    await admin.open("/admin/audit")
    await sees(admin, "Nobody has looked through all of it yet.")
    press(admin, "Check now")
    await sees(admin, "All rows are as they were written.")
    assert (newest().action, newest().reason) == ("audit-check", "sound")

    def spoil(session: db.Session) -> None:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET actor_id = 1 WHERE id = 9"))

    db.transaction(spoil)
    press(admin, "Check now")
    await sees(admin, "Row 9 was altered (seal 9).")
    await sees(admin, "1 thing is wrong.")


async def test_what_is_taken_away_is_what_the_list_shows(admin: User, clinic: Clinic) -> None:
    clinic.join("Ann Lee", actor=clinic.staff(Role.RECEPTION))
    answer = await taken(admin, "?action=join&q=recep")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert [(row["action"], row["role"], row["sentence"]) for row in cells(answer)] == [
        ("join", "reception", "Take a ticket.")
    ]
    assert "Ann Lee" not in answer.text
    row = newest()
    assert (row.action, row.fields, row.outcome) == ("audit-export", "who, action", "done")


async def test_all_of_it_is_taken_in_parts(admin: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "AT_ONCE", 7)
    promises(20)
    answer = await taken(admin, "?action=promise")
    assert [row["object_id"] for row in cells(answer)] == [str(n) for n in reversed(range(20))]
    monkeypatch.setattr(audit_export, "MOST_EXPORTED", 14)
    assert len(cells(await taken(admin, "?action=promise"))) == 14


async def test_a_cell_is_never_a_formula(admin: User, clinic: Clinic) -> None:
    nasty = "=HYPERLINK(1)"
    user_id = clinic.add_user(Role.NURSE, email="n@clinic.test")

    def renamed(session: db.Session) -> None:
        session.get_one(Account, user_id).name = nasty

    clinic.write(renamed)
    actor = clinic.actor_of(user_id)
    for reason in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1"):
        db.transaction(lambda s, r=reason: audit.note(s, actor, "name-see", reason=r))  # type: ignore[misc]
    answer = await taken(admin, "?action=name-see")
    rows = cells(answer)
    assert len(rows) == 6
    assert {row["who"] for row in rows} == {f"'{nasty}"}
    for cell in (cell for row in rows for cell in row.values()):
        assert cell.lstrip()[:1] not in set("=+-@"), cell


async def test_only_admins_take_it_away(user: User, signed_in: SignIn, clinic: Clinic) -> None:
    answer = await taken(user)
    assert (answer.status_code, newest().action, newest().outcome) == (401, "audit-export", "denied")
    for role in set(Role) - {Role.ADMIN}:
        browser = signed_in(role)
        answer = await taken(browser)
        assert answer.status_code == 403
        assert "request_id" not in answer.text
        assert (newest().action, newest().outcome, newest().role) == ("audit-export", "denied", role)


async def test_without_its_row_in_the_audit_nothing_is_taken(
    admin: User, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(audit, "note", away)
    answer = await taken(admin)
    assert answer.status_code == 503
    assert "request_id" not in answer.text


async def test_pages_that_are_refused_are_noted(signed_in: SignIn, clinic: Clinic) -> None:
    nurse = signed_in(Role.NURSE)
    answer = await nurse.http_client.get("/admin/users?open=1", follow_redirects=False)
    row = newest()
    assert answer.status_code == 403
    assert (row.action, row.kind, row.fields, row.outcome) == ("open", "page", "/admin/users", "denied")
    assert (row.actor_id, row.role) == (clinic.staff(Role.NURSE).user_id, "nurse")


async def test_programs_that_are_refused_are_noted(user: User, clinic: Clinic) -> None:
    answer = await user.http_client.get(
        f"/api/v1/queues/{clinic.doctor_id}", headers={"Authorization": "Bearer guessed"}
    )
    row = newest()
    assert answer.status_code == 401
    assert (row.action, row.kind, row.outcome, row.reason) == ("open", "api", "denied", "not_signed_in")


async def test_an_action_without_words_yet_is_shown_by_its_code(admin: User, clinic: Clinic) -> None:
    db.transaction(lambda s: audit.note(s, SYSTEM, "never-heard-of", kind="thing", object_id=3))
    await admin.open("/admin/audit?action=never-heard-of")
    await sees(admin, "never-heard-of")
    await sees(admin, "thing 3")


def test_a_feed_that_is_refused_is_noted_once(clinic: Clinic) -> None:
    other = clinic.doctor(clinic.add_doctor("Omar Haddad"))
    feed = Feed(cast("WebSocket", None), clinic.doctor_id, clinic.session_token(other))
    with refused("unknown_doctor"):
        db.reading(feed._allowed)
    first = newest()
    assert (first.action, first.kind, first.object_id) == ("see", "doctor", clinic.doctor_id)
    for _ in range(5):
        assert db.reading(feed._allowed) is None
    assert newest().id == first.id
