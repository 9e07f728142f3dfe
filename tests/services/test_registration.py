"""Registering, invitations, and links that set a password once."""

from typing import Any

import pytest

from app import db
from app.models import AuditRow, Message, OneTimeLink, Outcome, Patient, Purpose, RecoveryCode, Role, User
from app.services import accounts, invitations, one_time_links, passwords, registration, second_step, sign_ins
from app.services.invitations import Invitation
from app.services.registration import Newcomer
from app.settings import settings
from tests.factories import ADMIN, PASSWORD, Clinic, Clock, password_hash, refused

NEW_PASSWORD = "another sentence of mine"
PHONE = "+436601234567"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server is set up; nobody talks to it here."""
    monkeypatch.setenv("MEDIQUEUE_SMTP_URL", "smtp://localhost:1")
    monkeypatch.setenv("MEDIQUEUE_MAIL_FROM", "queue@clinic.test")
    settings.cache_clear()


def register(clinic: Clinic, handle: str = PHONE, name: str = "Nina Berg") -> None:
    who = Newcomer(handle, name)
    clinic.write(lambda s: registration.register(s, who, password_hash=password_hash()))


def invite(clinic: Clinic, handle: str = "sam@clinic.test", role: Role = Role.NURSE) -> Invitation:
    return clinic.write(lambda s: invitations.invite(s, actor=clinic.admin, handle=handle, name="Sam", role=role))


def new_link(clinic: Clinic, user_id: int) -> Invitation:
    return clinic.write(lambda s: invitations.new_link(s, actor=clinic.admin, user_id=user_id))


def choose(clinic: Clinic, link: str, password: str = NEW_PASSWORD) -> User:
    hashed = passwords.hashed(password)
    return clinic.write(lambda s: registration.choose_password(s, token_of(link), password_hash=hashed))


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def look(clinic: Clinic, link: str) -> one_time_links.LinkView:
    return clinic.read(lambda s: one_time_links.look(s, token_of(link)))


def account(clinic: Clinic, handle: str) -> User:
    found = clinic.read(lambda s: accounts.by_handle(s, handle))
    assert found
    return found


def actions(clinic: Clinic) -> list[tuple[str, str]]:
    """What the audit has of accounts: action and reason."""
    return [(row.action, row.reason) for row in clinic.all(AuditRow) if row.kind == "user"]


def mails(clinic: Clinic) -> list[tuple[str, str]]:
    return [(message.kind, message.recipient) for message in clinic.all(Message)]


def link_in(clinic: Clinic) -> str:
    """The link in the newest mail."""
    body = clinic.all(Message)[-1].body
    return next(line for line in body.splitlines() if line.startswith(settings().public_url))


# ------------------------------------------------------------------------------------------------------- registering


def test_a_letter_with_an_accent_is_another_letter(clinic: Clinic, mail: None) -> None:
    clinic.add_user(Role.PATIENT, email="jose@home.test")
    for handle in ("free@home.test", "jose@home.test", "josé@home.test", "josé@home.test"):
        register(clinic, handle)
    assert account(clinic, "josé@home.test").id != account(clinic, "jose@home.test").id
    assert [to for _, to in mails(clinic)] == ["free@home.test", "jose@home.test", "josé@home.test", "josé@home.test"]
    found = clinic.read(lambda s: accounts.users(s, actor=clinic.admin, search="JOSÉ@home"))
    assert "josé@home.test" in [row.handle for row in found]


@pytest.mark.parametrize(
    "typed",
    [":\\ü@;a_", "boss,eve@evil.test", "boss;eve@evil.test", "<eve@evil.test>", "eve@evil.test (x)", '"e"@evil.test',
     "eve@[127.0.0.1]", "a:eve@evil.test", "eve\\@evil.test", "eve@evil.test\neve@evil.test"],
)  # fmt: skip
def test_an_address_that_means_something_else_to_mail_is_refused(clinic: Clinic, typed: str) -> None:
    with refused("bad_email"):
        accounts.clean_email(typed)


@pytest.mark.parametrize("typed", ["o'neil+queue@mail.example.org", "josé@home.test", "ann_lee@müller.example"])
def test_usual_addresses_are_taken(clinic: Clinic, typed: str) -> None:
    assert accounts.clean_email(typed) == typed


def test_a_patient_gets_an_account_and_a_record_of_their_own(clinic: Clinic) -> None:
    register(clinic)
    made = account(clinic, "0043 660 1234567")
    assert (made.role, made.phone, made.email) == (Role.PATIENT, PHONE, None)
    assert passwords.verified(made, PASSWORD) is made
    (record,) = clinic.all(Patient)
    assert (record.user_id, record.is_own, record.name, record.phone) == (made.id, True, "Nina Berg", PHONE)
    row = clinic.all(AuditRow)[-1]
    assert (row.action, row.object_id, row.patient_id, row.role) == ("register", made.id, record.id, "patient")


def test_registering_what_is_taken_changes_nothing_and_is_in_the_audit(clinic: Clinic) -> None:
    for handle in (PHONE, ADMIN):
        register(clinic, handle, "Mallory") if handle == PHONE else None
        before = account(clinic, handle)
        clinic.write(lambda s, handle=handle: registration.register(s, Newcomer(handle, "Eve"), password_hash="x"))  # type: ignore[misc]
        after = account(clinic, handle)
        assert (after.name, after.password_hash, after.role) == (before.name, before.password_hash, before.role)
        assert actions(clinic)[-1] == ("register-again", "")
    assert len(clinic.all(Patient)) == 1
    assert clinic.all(Message) == []


def test_where_the_desk_makes_accounts_nobody_registers(clinic: Clinic) -> None:
    clinic.rules(patients_may_register=False)
    with refused("registration_closed"):
        register(clinic)
    with refused("registration_closed"):
        clinic.read(lambda s: registration.checked(s, name="Nina", handle=PHONE))


@pytest.mark.parametrize(
    ("name", "handle", "code"),
    [("", PHONE, "missing"), ("N" * 81, PHONE, "too_long"), ("Nina", "nina", "bad_phone"), ("Nina", "a@", "bad_email")],
)
def test_what_is_typed_is_checked(clinic: Clinic, name: str, handle: str, code: str) -> None:
    with refused(code):
        clinic.read(lambda s: registration.checked(s, name=name, handle=handle))


def test_with_a_mail_server_the_account_opens_with_the_mail_only(clinic: Clinic, mail: None) -> None:
    register(clinic, "nina@home.test")
    assert account(clinic, "nina@home.test").password_hash == "", "what a stranger typed opens nothing"
    assert mails(clinic) == [("register", "nina@home.test")]
    assert "Nina" not in clinic.all(Message)[0].body, "a stranger's words are not sent to anybody"
    made = choose(clinic, link_in(clinic))
    assert passwords.verified(made, NEW_PASSWORD) is made


def test_with_a_mail_server_who_has_an_account_gets_a_mail_too(clinic: Clinic, mail: None) -> None:
    register(clinic, ADMIN)
    assert mails(clinic) == [("register", ADMIN)]
    assert link_in(clinic).endswith("/login")
    assert clinic.all(OneTimeLink) == []


def test_asking_for_the_first_mail_again_sends_a_link_that_works(clinic: Clinic, mail: None) -> None:
    register(clinic, "nina@home.test")
    first = link_in(clinic)
    register(clinic, "nina@home.test")
    choose(clinic, link_in(clinic))
    with refused("link_used"):
        look(clinic, first)


def test_a_phone_number_gets_no_mail(clinic: Clinic, mail: None) -> None:
    register(clinic)
    assert clinic.all(Message) == []
    assert account(clinic, PHONE).password_hash


# --------------------------------------------------------------------------------------------- invitations and links


def test_an_invited_person_chooses_the_password_once(clinic: Clinic, clock: Clock) -> None:
    made = invite(clinic)
    assert not made.mailed
    view = look(clinic, made.link)
    assert (view.name, view.handle, view.purpose, view.second_step) == ("Sam", "sam@clinic.test", Purpose.INVITE, False)
    assert look(clinic, made.link) == view, "looking uses nothing up"
    with refused("wrong_sign_in"):
        passwords.verified(account(clinic, "sam@clinic.test"), "")
    user = choose(clinic, made.link)
    assert passwords.verified(account(clinic, "sam@clinic.test"), NEW_PASSWORD).id == user.id
    for _ in range(2):
        with refused("link_used"):
            choose(clinic, made.link, PASSWORD)
    assert actions(clinic)[-2:] == [("user-invite", "nurse"), ("password-set", "invite")]


def test_only_a_keyed_hash_of_the_token_is_kept(clinic: Clinic) -> None:
    token = token_of(invite(clinic).link)
    (kept,) = clinic.all(OneTimeLink)
    assert len(token) >= 32
    assert token not in repr(kept.model_dump())


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "A" * 32])
def test_an_unknown_token_is_nothing(clinic: Clinic, token: str) -> None:
    invite(clinic)
    with refused("unknown_link"):
        look(clinic, token)
    assert clinic.read(lambda s: one_time_links.handle_of(s, token)) == ""


def test_links_end(clinic: Clinic, clock: Clock) -> None:
    made = invite(clinic)
    clock.forward(days=7, seconds=-1)
    look(clinic, made.link)
    clock.forward(seconds=1)
    for use in (look, choose):
        with refused("link_expired"):
            use(clinic, made.link)
    clinic.new_shift()
    reset = new_link(clinic, clinic.add_user(Role.NURSE, email="nina@clinic.test"))
    clock.forward(hours=24)
    with refused("link_expired"):
        look(clinic, reset.link)


def test_a_new_link_ends_the_older_ones(clinic: Clinic) -> None:
    first = invite(clinic)
    second = new_link(clinic, first.user_id)
    assert (second.purpose, actions(clinic)[-1]) == (Purpose.INVITE, ("user-invite", ""))
    with refused("link_used"):
        look(clinic, first.link)
    look(clinic, second.link)


def test_a_reset_ends_every_session_and_every_other_link(clinic: Clinic) -> None:
    nurse = clinic.staff(Role.NURSE)
    token = clinic.session_token(nurse)
    made = new_link(clinic, nurse.user_id or 0)
    assert made.purpose is Purpose.RESET
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)), "making a link ends nothing"
    user = choose(clinic, made.link)
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)) is None
    with refused("wrong_sign_in"):
        passwords.verified(user, PASSWORD)
    assert actions(clinic)[-2:] == [("reset-made", ""), ("password-set", "reset")]


def test_a_disabled_account_has_no_links(clinic: Clinic, clock: Clock) -> None:
    made = invite(clinic)
    change: dict[str, Any] = {"actor": clinic.admin, "user_id": made.user_id, "name": "Sam", "role": Role.NURSE}
    clinic.write(lambda s: accounts.change_user(s, **change, disabled=True))
    with refused("link_used"):
        choose(clinic, made.link)
    with refused("disabled"):
        new_link(clinic, made.user_id)
    clinic.write(lambda s: accounts.change_user(s, **change, disabled=False))
    with refused("link_used"):
        choose(clinic, made.link)
    again = new_link(clinic, made.user_id)
    clinic.write(lambda s: setattr(s.get_one(User, made.user_id), "disabled_at", clock.at))
    with refused("link_used"):
        choose(clinic, again.link)


def test_nobody_makes_a_link_for_the_own_account(clinic: Clinic) -> None:
    with refused("own_account"):
        new_link(clinic, clinic.admin.user_id or 0)
    with refused("own_account"):
        clinic.write(lambda s: second_step.switch_off(s, actor=clinic.admin, user_id=clinic.admin.user_id or 0))
    assert clinic.all(OneTimeLink) == []


def test_a_strangers_account_becomes_one_of_staff_with_a_new_password_only(clinic: Clinic, clock: Clock) -> None:
    register(clinic, "dr.new@clinic.test", "Dr New")
    user_id = account(clinic, "dr.new@clinic.test").id
    token = clinic.session_token(clinic.actor_of(user_id))
    old = new_link(clinic, user_id)
    clinic.write(lambda s: setattr(s.get_one(User, user_id), "totp", "{}"))
    clinic.write(lambda s: s.add(RecoveryCode(user_id=user_id, code_hash="x")))
    change: dict[str, Any] = {"actor": clinic.admin, "user_id": user_id, "name": "Dr New", "disabled": False}
    made = clinic.write(lambda s: invitations.change_user(s, **change, role=Role.DOCTOR))
    assert made
    assert made.purpose is Purpose.INVITE
    with refused("wrong_sign_in"):
        passwords.verified(account(clinic, "dr.new@clinic.test"), PASSWORD)
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)) is None
    assert account(clinic, "dr.new@clinic.test").totp is None
    assert clinic.all(RecoveryCode) == []
    with refused("link_used"):
        choose(clinic, old.link)
    choose(clinic, made.link)
    assert clinic.write(lambda s: invitations.change_user(s, **change, role=Role.NURSE)) is None
    passwords.verified(account(clinic, "dr.new@clinic.test"), NEW_PASSWORD)


def test_whoever_joins_the_staff_disabled_gets_the_link_later(clinic: Clinic) -> None:
    register(clinic, "dr.new@clinic.test", "Dr New")
    user_id = account(clinic, "dr.new@clinic.test").id
    change: dict[str, Any] = {"actor": clinic.admin, "user_id": user_id, "name": "Dr New", "role": Role.DOCTOR}
    assert clinic.write(lambda s: invitations.change_user(s, **change, disabled=True)) is None
    assert account(clinic, "dr.new@clinic.test").password_hash == ""


def test_only_admins_make_links(clinic: Clinic) -> None:
    for role in set(Role) - {Role.ADMIN}:
        actor = clinic.staff(role)
        asked = {"actor": actor, "handle": "x@clinic.test", "name": "X", "role": Role.ADMIN}
        with refused("not_allowed"):
            clinic.write(lambda s, asked=asked: invitations.invite(s, **asked))  # type: ignore[misc]
        with refused("not_allowed"):
            clinic.write(lambda s, actor=actor: invitations.new_link(s, actor=actor, user_id=1))  # type: ignore[misc]
    assert (Outcome.DENIED, "reset-made") in [(row.outcome, row.action) for row in clinic.all(AuditRow)]


def test_an_invitation_is_mailed_too_if_that_is_possible(clinic: Clinic, mail: None) -> None:
    made = invite(clinic)
    assert made.mailed
    assert link_in(clinic) == made.link
    assert not invite(clinic, "0660 1234567").mailed
    assert mails(clinic) == [("invite", "sam@clinic.test")]


# -------------------------------------------------------------------------------------------------------- forgotten


def ask(clinic: Clinic, typed: str) -> None:
    clinic.write(lambda s: registration.ask_reset(s, typed))


def test_a_forgotten_password_is_replaced_by_mail(clinic: Clinic, clock: Clock, mail: None) -> None:
    ask(clinic, ADMIN.upper())
    assert actions(clinic)[-1] == ("reset-asked", "")
    link = link_in(clinic)
    clock.forward(minutes=60)
    with refused("link_expired"):
        look(clinic, link)
    ask(clinic, ADMIN)
    choose(clinic, link_in(clinic))


def test_whoever_asks_for_others_ends_none_of_their_links(clinic: Clinic, mail: None) -> None:
    nurse_id = clinic.add_user(Role.NURSE, email="sam@clinic.test")
    made = new_link(clinic, nurse_id)
    ask(clinic, "sam@clinic.test")
    look(clinic, made.link)


def test_nobody_without_an_account_gets_a_mail(clinic: Clinic, mail: None) -> None:
    gone = clinic.add_user(Role.NURSE, email="gone@clinic.test")
    clinic.write(
        lambda s: accounts.change_user(s, actor=clinic.admin, user_id=gone, name="G", role=Role.NURSE, disabled=True)
    )
    register(clinic)
    for typed in ("nobody@clinic.test", "gone@clinic.test", PHONE, "", "@"):
        ask(clinic, typed)
    assert clinic.all(Message) == []
    assert clinic.all(OneTimeLink) == []


def test_without_a_mail_server_nothing_is_written(clinic: Clinic) -> None:
    ask(clinic, ADMIN)
    assert clinic.all(Message) == []
    assert db.reading(lambda s: actions(clinic))[-1][0] != "reset-asked"
