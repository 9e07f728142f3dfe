"""The admin's first page, the flood tool at the desk, a doctor's own profile, and the tickets as a table."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date

import pytest
from limits import parse
from nicegui.testing import User

from app import trace
from app.errors import TooMany
from app.models import AuditRow, QueueEntry, Role, Source, Status
from app.services import doctors
from app.services.policy import Actor, Verb
from app.web import csv_file, limits
from tests.factories import Clinic
from tests.pages.looking import act, fields_of, form_with, page_of, press, sees, send, text_of, words_on
from tests.pages.waiting import until

SignIn = Callable[[Actor | Role], User]


def flood(clinic: Clinic, number: int, name: str = "xx") -> list[QueueEntry]:
    trace.begin("203.0.113.7")
    try:
        return [clinic.join(f"{name} {n}") for n in range(number)]
    finally:
        trace.begin("")


async def test_today_at_a_glance(signed_in: SignIn, clinic: Clinic) -> None:
    clinic.do(Verb.START, clinic.join("Ann"))
    clinic.join("Bob")
    admin = signed_in(Role.ADMIN)
    await admin.open("/admin")
    await sees(admin, "Nothing right now.")
    tiles = [text_of(e) for e in page_of(admin).descendants() if e.tag in ("dt", "span")]
    assert tiles[tiles.index("Waiting") + 1] == "1"
    assert tiles[tiles.index("With a doctor") + 1] == "1"
    clinic.edit_doctor(user_id=None)
    await sees(admin, "Meera Nair has no account to sign in with.")
    assert "Ann" not in words_on(admin)
    assert "Bob" not in words_on(admin)
    flood(clinic, 12)
    await sees(admin, "Many tickets came from one place at once.")


async def test_a_flood_is_announced_removed_and_brought_back(signed_in: SignIn, clinic: Clinic) -> None:
    desk = signed_in(Role.RECEPTION)
    real = clinic.join("Real Person")
    await desk.open("/reception")
    fakes = flood(clinic, 12)
    await sees(desk, "Many tickets from one place:")
    press(desk, "Look")
    await sees(desk, "12 tickets from one place at")
    await sees(desk, "Remove 12 tickets")
    press(desk, "Look")
    await sees(desk, fakes[3].token)
    boxes = [e for e in page_of(desk).descendants() if e.props.get("type") == "checkbox" and "checked" in e.props]
    act(desk, max(boxes, key=lambda e: e.id), "change", False)  # type: ignore[arg-type]
    await sees(desk, "Remove 11 tickets")
    press(desk, "Remove 11 tickets")
    await sees(desk, "11 tickets are removed.")
    await until(lambda: clinic.line() == [real.token, fakes[-1].token])
    press(desk, "Undo")
    await sees(desk, "All 11 tickets are back.")
    assert len(clinic.line()) == 13


async def test_people_of_one_room_are_not_ticked(signed_in: SignIn, clinic: Clinic) -> None:
    desk = signed_in(Role.NURSE)
    flood(clinic, 4, name="Guest")
    await desk.open("/reception")
    assert "Many tickets from one place:" not in words_on(desk)
    press(desk, "Fake tickets")
    await sees(desk, "4 tickets from one place")
    await sees(desk, "Remove 0 tickets")


def test_a_bot_is_held_back_by_address_and_by_queue(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("join", "join-queue"):
        monkeypatch.setitem(limits.RATES, name, parse("100000/minute"))

    said: list[str] = []

    def take(addresses: Iterable[str]) -> int:
        """How many tickets they get until somebody is refused."""
        for number, address in enumerate(addresses):
            try:
                limits.join(address, 1)
            except TooMany as refusal:
                said.append(refusal.message)
                return number
        return -1

    assert take(["203.0.113.7"] * 5000) == 300
    assert take(f"198.51.{number // 250}.{number % 250}" for number in range(5000)) == 300, "the queue is still open"
    assert set(said) == {"Too many tickets were taken. Please ask the desk."}
    limits.join("192.0.2.1", 2)


async def test_a_doctor_writes_what_patients_read(signed_in: SignIn, clinic: Clinic) -> None:
    clinic.edit_doctor(licence_number="AB-123", specialization="Heart, Children")
    me = signed_in(clinic.doctor())
    await me.open(f"/doctor/{clinic.doctor_id}/profile")
    await sees(me, "AB-123")
    form = form_with(me, "data-saves")
    assert set(fields_of(form)) == {"languages", "biography", "room"}
    send(me, form, {"languages": "English, Hindi", "biography": "I <b>like</b> to explain.", "room": "7",
                    "licence_number": "fake", "name": "Dr Evil"})  # fmt: skip
    await sees(me, "Saved. Patients see it now.")
    row = clinic.read(lambda s: doctors.row(s, actor=clinic.admin, doctor_id=clinic.doctor_id))
    assert (row.name, row.licence_number, row.languages, row.room) == ("Meera Nair", "AB-123", "English, Hindi", "7")
    for path in ("/join-queue", "/"):
        answer = await me.http_client.get(path)
        assert "Speaks English, Hindi" in answer.text
        assert "<b>like</b>" not in answer.text
        assert "AB-123" not in answer.text
    assert "I &lt;b&gt;like&lt;/b&gt; to explain." in (await me.http_client.get("/join-queue")).text
    listed = (await me.http_client.get("/api/v1/doctors")).json()[0]
    assert (listed["languages"], listed["biography"]) == ("English, Hindi", "I <b>like</b> to explain.")
    assert "licence" not in str(listed)
    other = clinic.add_doctor()
    assert (await me.http_client.get(f"/doctor/{other}/profile")).status_code == 404


async def test_the_tickets_as_a_table(signed_in: SignIn, clinic: Clinic) -> None:
    admin = signed_in(Role.ADMIN)
    clinic.do(Verb.CANCEL, clinic.join("=HYPERLINK(1)"), reason="+1 of them")
    clinic.join("Ann Lee", source=Source.RECEPTION, actor=clinic.staff(Role.RECEPTION))
    answer = await admin.http_client.get("/admin/entries.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="tickets.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(csv_file.BOM))))
    assert [(row["Ticket"], row["Patient"], row["Came by"], row["Status"], row["Reason"]) for row in rows] == [
        ("A2", "Ann Lee", "Front desk", "Waiting", ""),
        ("A1", "'=HYPERLINK(1)", "Phone", "Cancelled", "'+1 of them"),
    ]
    today = clinic.view().service_date
    for asked, tokens in (
        ("source=reception", ["A2"]), (f"from={today}&to={today}", ["A2", "A1"]), ("to=2000-01-01", []),
        ("status=cancelled", ["A1"]), ("q=ann", ["A2"]), ("source=%27&from=x&to=9999999", ["A2", "A1"]),
    ):  # fmt: skip
        text = (await admin.http_client.get(f"/admin/entries.csv?{asked}")).text
        assert [line.split(",")[0] for line in text.splitlines()[1:]] == tokens, asked
    told = [row for row in clinic.all(AuditRow) if row.action == "entries-export"]
    assert [(row.role, row.fields) for row in told[:3]] == [
        ("admin", ""),
        ("admin", "source"),
        ("admin", "first, last"),
    ]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("=1+1", "'=1+1"), ("+43 1", "'+43 1"), ("-", "'-"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "'\rx"),
     ("  =1", "'  =1"), ("a=1", "a=1"), ("", ""), (None, ""), (12, "12"), (date(2026, 3, 1), "2026-03-01")],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: object, kept: str) -> None:
    assert csv_file.guarded(cell) == kept


async def test_one_ticket_tells_who_did_what_in_which_role(signed_in: SignIn, clinic: Clinic) -> None:
    entry = clinic.join("Ann", source=Source.RECEPTION, actor=clinic.staff(Role.RECEPTION))
    clinic.do(Verb.CALL, entry, clinic.staff(Role.NURSE))
    clinic.do(Verb.CANCEL, entry, clinic.staff(Role.RECEPTION), reason="Went home")
    admin = signed_in(Role.ADMIN)
    await admin.open(f"/admin/entries?open={entry.id}")
    await sees(admin, "Nurse · Nurse")
    said = words_on(admin)
    assert "room 2" in said
    assert "Went home" in said
    assert "Reception · Reception" in said
    assert clinic.entry(entry).status is Status.CANCELLED
