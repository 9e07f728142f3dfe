"""Confidential patients: whoever is not their doctor or a nurse finds nothing of them, on any page, in any answer."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from nicegui.testing import User

from app.api.feed import encoded
from app.components import glass
from app.models import AuditRow, Patient, QueueEntry, Role, Source
from app.services.policy import Actor, Verb
from app.web import payloads
from tests.access.pages import ROLES as MATRIX
from tests.access.pages import booked_today
from tests.factories import Clinic
from tests.pages.looking import act, fields_of, page_of, press, sees, send, text_of, words_on
from tests.pages.waiting import until

SignIn = Callable[[User, Actor | Role], User]
NAME, PHONE, REASON = "Quetzal Nightingale", "+43 660 7771234", "Zanzibar rash"
BORN = date(1937, 2, 19)
CANARIES = ("Quetzal", "quetzal", "Nightingale", "7771234", "Zanzibar", "1937-02-19", "19 Feb 1937", "Whispering")
SHOW = "Show the name"
HAND_OVER = "Give the patient a link"
OTHERS = (Role.RECEPTION, Role.ADMIN)


@pytest.fixture
def secret(clinic: Clinic) -> QueueEntry:
    """Somebody whose name is kept, waiting; the same person has a finished visit with a free-text reason, too."""
    desk = clinic.staff(Role.NURSE)
    other = clinic.add_doctor()
    first = clinic.join(
        NAME, doctor_id=other, actor=desk, phone=PHONE, born=BORN, reason=REASON, is_confidential=True,
        source=Source.RECEPTION,
    )  # fmt: skip
    clinic.do(Verb.START, first)
    clinic.do(Verb.HOLD, first, reason="Whispering lungs")
    clinic.do(Verb.RESUME, first)
    clinic.do(Verb.CANCEL, first, reason="Whispering in the hall")
    return clinic.join(actor=desk, patient_id=first.patient_id, reason=REASON)


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def everything_on(browser: User) -> str:
    """All that the page sends to the browser: texts and attributes."""
    return json.dumps([(text_of(e), {k: str(v) for k, v in e.props.items()}) for e in page_of(browser).descendants()])


@pytest.mark.parametrize("role", OTHERS)
async def test_no_page_shows_anything_of_them(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry, role: Role
) -> None:
    sign_in(user, role)
    booked = booked_today(clinic, secret.patient_id)
    known = {
        "doctor_id": secret.doctor_id, "entry_id": secret.id, "link": secret.link, "appointment_id": booked.id,
    }  # fmt: skip
    for path, allowed in MATRIX.items():
        if allowed is not None and role not in allowed:
            continue
        asked = path.format_map(defaultdict(lambda: secret.patient_id, known))
        for query in ("", f"?q=ightingal&open={secret.patient_id}"):
            answer = await user.http_client.get(asked + query, follow_redirects=False)
            assert answer.status_code in (200, 303, 403, 404), asked
            assert not leaks(answer.text), (asked, leaks(answer.text))


@pytest.mark.parametrize("role", OTHERS)
async def test_their_row_says_confidential_and_works(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry, role: Role
) -> None:
    sign_in(user, role)
    for path in ("/reception", f"/doctor/{secret.doctor_id}", "/admin/entries")[: 3 if role is Role.ADMIN else 2]:
        await user.open(path)
        await sees(user, "Confidential")
        assert secret.token in words_on(user)
        assert not leaks(everything_on(user)), path
    clinic.do(Verb.CALL, secret, clinic.staff(role))
    clinic.do(Verb.CANCEL, secret, clinic.staff(role))


async def test_nurses_and_the_doctor_see_the_name_and_that_it_is_kept(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry
) -> None:
    for who in (Role.NURSE, clinic.doctor()):
        sign_in(user, who)
        await user.open("/reception" if who is Role.NURSE else f"/doctor/{secret.doctor_id}")
        await sees(user, NAME)
        await sees(user, "Confidential")
        assert SHOW not in words_on(user)


async def test_the_desk_finds_nobody_by_such_a_name(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry
) -> None:
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    press(user, "Add walk-in")
    await sees(user, "Keep the name from the desk")
    form = next(e for e in page_of(user).descendants() if e.tag == "form" and "stack" in e.classes)
    values = {k: v for k, v in fields_of(form).items() if k not in ("print", "confidential") and "need-" not in k}
    send(user, form, values | {"name": NAME, "phone": PHONE, "doctor": str(secret.doctor_id)})
    await sees(user, f"{NAME} has ticket")
    assert secret.token not in words_on(user).split("has ticket")[-1]


async def test_the_desk_keeps_a_name_from_itself(user: User, clinic: Clinic, sign_in: SignIn) -> None:
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    press(user, "Add walk-in")
    await sees(user, "Keep the name from the desk")
    form = next(e for e in page_of(user).descendants() if e.tag == "form" and "stack" in e.classes)
    send(user, form, {"name": NAME, "doctor": str(clinic.doctor_id), "priority": "none", "confidential": "on"})
    await sees(user, "is ready.")
    await sees(user, "Confidential")
    assert not leaks(words_on(user))
    assert clinic.all(Patient)[-1].is_confidential


async def test_who_has_to_know_says_why_and_sees_it_on_their_page_only(
    user: User, another: Callable[[], User], clinic: Clinic, sign_in: SignIn, secret: QueueEntry
) -> None:
    colleague = another()
    for browser in (user, colleague):
        sign_in(browser, Role.RECEPTION)
        await browser.open("/reception")
        await sees(browser, "Confidential")
    more = next(e for e in page_of(user).descendants() if e.props.get("data-focus") == f"more-{secret.id}")
    act(user, more, "click")
    await sees(user, SHOW)
    press(user, SHOW)
    await sees(user, "Why do you need the name?")
    field = max((e for e in page_of(user).descendants() if e.props.get("maxlength") == "200"), key=lambda e: e.id)
    act(user, field, "input", "a b c d e")  # type: ignore[arg-type]
    press(user, SHOW)
    await sees(user, "Please write why you need the name")
    assert not leaks(everything_on(user))
    act(user, field, "input", "Their mother is at the desk")  # type: ignore[arg-type]
    press(user, SHOW)
    await sees(user, NAME)
    clinic.join("Somebody Else")
    await sees(colleague, "Somebody Else")
    assert NAME in words_on(user)
    assert not leaks(everything_on(user).replace(NAME, "").replace("7771234", "").replace("19 Feb 1937", ""))
    assert not leaks(everything_on(colleague))
    looked = [row for row in clinic.all(AuditRow) if row.action == "name-see"]
    assert [(row.role, row.patient_id, row.reason) for row in looked] == [
        ("reception", secret.patient_id, "Their mother is at the desk")
    ]
    await user.open("/reception")
    await sees(user, "Confidential")
    assert NAME not in words_on(user)


def say_why(browser: User) -> None:
    field = max((e for e in page_of(browser).descendants() if e.props.get("maxlength") == "200"), key=lambda e: e.id)
    act(browser, field, "input", "Their mother is at the desk")  # type: ignore[arg-type]
    press(browser, SHOW)


async def test_a_name_that_was_shown_is_closed_after_a_while(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glass, "OPEN_FOR", timedelta(seconds=0.5))
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    more = next(e for e in page_of(user).descendants() if e.props.get("data-focus") == f"more-{secret.id}")
    act(user, more, "click")
    await sees(user, SHOW)
    press(user, SHOW)
    await sees(user, "Why do you need the name?")
    say_why(user)
    await sees(user, NAME)
    await until(lambda: NAME not in words_on(user))
    assert not leaks(everything_on(user).replace("Their mother is at the desk", ""))


async def test_a_link_to_the_record_is_made_by_nobody_who_has_not_said_why(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry
) -> None:
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    press(user, "Add walk-in")
    await sees(user, "Keep the name from the desk")
    form = next(e for e in page_of(user).descendants() if e.tag == "form" and "stack" in e.classes)
    name = next(e for e in form.descendants() if e.props.get("name") == "name")
    act(user, name, "input", NAME)  # type: ignore[arg-type]
    await sees(user, "first here")
    press(user, next(said for e in page_of(user).descendants() if "first here" in (said := text_of(e))))
    await sees(user, "Not this one")
    assert HAND_OVER not in words_on(user)
    assert not leaks(words_on(user))
    press(user, SHOW)
    await sees(user, "Why do you need the name?")
    say_why(user)
    await sees(user, HAND_OVER)
    assert f"{NAME} · born 19 Feb 1937" in words_on(user)
    press(user, HAND_OVER)
    await sees(user, "A link for the patient")


async def test_the_admins_list_finds_them_by_token_only(
    user: User, clinic: Clinic, sign_in: SignIn, secret: QueueEntry
) -> None:
    sign_in(user, Role.ADMIN)
    for asked, found in (("Nightingale", 0), (secret.token, 1)):
        await user.open(f"/admin/entries?q={asked}")
        assert sum("data-open" in e.props for e in page_of(user).descendants()) == found
    table = await user.http_client.get(f"/admin/entries.csv?q={secret.token}")
    assert "Confidential" in table.text
    assert not leaks(table.text)


@pytest.mark.parametrize("role", [*OTHERS, Role.NURSE, Role.DOCTOR])
async def test_machines_get_what_their_sign_in_may_see(
    user: User, clinic: Clinic, secret: QueueEntry, role: Role
) -> None:
    headers = {"Authorization": f"Bearer {clinic.session_token(role)}"}
    base = f"/api/v1/queues/{secret.doctor_id}"
    said = (await user.http_client.get(base, headers=headers)).text
    said += (await user.http_client.post(f"/api/v1/entries/{secret.id}/call", headers=headers, json={})).text
    said += (await user.http_client.post(f"{base}/pause", headers=headers)).text
    clinic.do(Verb.CANCEL, secret)
    said += (await user.http_client.get(f"{base}/history", headers=headers)).text
    expected = ["Quetzal", "Nightingale"] if role in (Role.NURSE, Role.DOCTOR) else []
    assert leaks(said.replace(REASON, "")) == expected
    assert (REASON in said) is bool(expected)
    assert '"confidential":true' in said


def test_the_feed_has_an_audience_for_each(clinic: Clinic, secret: QueueEntry) -> None:
    view = clinic.view()
    for role in (*OTHERS, None):
        assert not leaks(encoded(view, role)), role
    assert NAME in encoded(view, Role.NURSE)
    assert "Confidential" in encoded(view, Role.RECEPTION)
    assert not leaks(payloads.text(payloads.board(view)))


def test_a_sealed_view_does_not_tell(clinic: Clinic, secret: QueueEntry) -> None:
    view = clinic.view()
    assert not leaks(repr(view))
    assert view.seen_by(Role.RECEPTION) is view
    with pytest.raises(TypeError):
        payloads.text(view.line[0])
    assert view.seen_by(Role.DOCTOR).line[0].reason == REASON
