"""Mails on their way to a real mail server on this machine."""

import asyncio
import logging
import shutil
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from app import db, senders
from app.models import Message
from app.services import outbox
from app.services.outbox import WAITS
from app.settings import settings
from app.web import mailing
from tests.conftest import MORNING
from tests.engines import missing
from tests.factories import Clinic, Clock

WHO = "queue%40clinic.test:p%40ss%3Aword"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

SECRET = "https://queue.clinic.test/password/a-secret-token"
Answer = str


class Postbox:
    """A mail server's inside: keeps what comes, or answers what the test wants."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.to: list[str] = []
        self.on_recipient: Answer = "250 OK"
        self.on_data: Answer = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server, _session, envelope: Envelope, address: str, _options
    ) -> Answer:
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(  # noqa: N802
        self, _server, _session, envelope: Envelope
    ) -> Answer:
        if self.on_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.to += envelope.rcpt_tos
        return self.on_data


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


def authenticate(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    right = (data.login, data.password) == (b"queue@clinic.test", b"p@ss:word")
    return AuthResult(success=right, handled=right)


@pytest.fixture
async def served(postbox: Postbox) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """`await served()` is the port of a new mail server that takes mail from who knows the password."""
    running: list[asyncio.Server] = []

    async def serve(*, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None) -> int:
        def inside() -> SMTP:
            asked: dict[str, Any] = {
                "authenticator": authenticate,
                "auth_required": True,
                "auth_require_tls": starttls is not None,
            }
            return SMTP(postbox, hostname="mail.test", tls_context=starttls, **asked)

        running.append(await asyncio.get_running_loop().create_server(inside, "127.0.0.1", 0, ssl=tls))
        return int(running[-1].sockets[0].getsockname()[1])

    yield serve
    for server in running:
        server.close()


@pytest.fixture
async def mail(
    clinic: Clinic, served: Callable[..., Awaitable[int]], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """A mail server is set up; `mail(url)` sets another address up."""
    port = await served()

    def use(url: str = f"smtp://{WHO}@127.0.0.1:{port}") -> None:
        monkeypatch.setenv("MEDIQUEUE_SMTP_URL", url.format(port=port))
        monkeypatch.setenv("MEDIQUEUE_MAIL_FROM", "Hill Street Clinic <queue@clinic.test>")
        settings.cache_clear()

    use()
    return use


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that nobody has reason to trust, in one file."""
    if not (openssl := shutil.which("openssl")):
        missing("openssl is not installed")
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", f"{file}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def put(clinic: Clinic, recipient: str = "zoe@clinic.test", **given: str) -> None:
    said: dict[str, Any] = {
        "kind": "reset",
        "subject": "Your new password at Zoë's",
        "body": f"Hello Zoë,\n\n{SECRET}\n",
    } | given
    clinic.write(lambda s: outbox.put(s, recipient=recipient, **said))


def row(clinic: Clinic) -> Message:
    return clinic.all(Message)[-1]


async def test_a_mail_arrives_once_and_whole(clinic: Clinic, mail: object, postbox: Postbox, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    put(clinic)
    await mailing.send_due()
    await mailing.send_due()
    (got,) = postbox.mails
    assert postbox.to == ["zoe@clinic.test"]
    assert (got["From"], got["Subject"]) == ("Hill Street Clinic <queue@clinic.test>", "Your new password at Zoë's")
    assert got["Message-ID"] == "<reset-1@clinic.test>"
    assert got.get_content().replace("\r\n", "\n") == f"Hello Zoë,\n\n{SECRET}\n"  # type: ignore[attr-defined]
    assert row(clinic).sent_at
    assert row(clinic).body == ""
    said = [record.getMessage() for record in caplog.records if record.name.startswith("app")]
    assert said == ["Message reset-1 is on its way."]


async def test_two_processes_at_once_send_it_once(clinic: Clinic, mail: object, postbox: Postbox) -> None:
    for _ in range(5):
        put(clinic)
    await asyncio.gather(mailing.send_due(), mailing.send_due(), mailing.send_due())
    assert sorted(got["Message-ID"] for got in postbox.mails) == [f"<reset-{n}@clinic.test>" for n in range(1, 6)]


async def test_nothing_is_sent_inside_a_transaction(
    clinic: Clinic, mail: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_: list[bool] = []

    def sending(*_: object) -> None:
        assert isinstance(db._database().write_lock, type(threading.Lock()))
        open_.append(db._database().write_lock.locked())  # type: ignore[union-attr]

    monkeypatch.setattr(senders.Smtp, "send", sending)
    put(clinic)
    await mailing.send_due()
    assert open_ == [False]


@pytest.mark.parametrize(
    ("recipient", "data", "is_over", "error"),
    [
        ("450 later", "250 OK", False, "the address was refused (450)"),
        ("550 no such zoe@clinic.test", "250 OK", True, "the address was refused (550)"),
        ("250 OK", "451 later", False, "SMTPDataError (451)"),
        ("250 OK", "554 we don't like it", False, "SMTPDataError (554)"),
    ],
)
async def test_what_the_server_refuses(
    clinic: Clinic, mail: object, postbox: Postbox, recipient: str, data: str, is_over: bool, error: str
) -> None:
    postbox.on_recipient, postbox.on_data = recipient, data
    put(clinic)
    await mailing.send_due()
    found = row(clinic)
    assert (found.sent_at, found.failed_at is not None, found.error) == (None, is_over, error)
    assert (found.body == "") is is_over


async def test_a_server_that_is_away_is_asked_again_later(
    clock: Clock, clinic: Clinic, mail: Callable[..., None], postbox: Postbox
) -> None:
    put(clinic)
    mail("smtp://127.0.0.1:1")
    await mailing.send_due()
    assert row(clinic).error == "ConnectionRefusedError"
    mail()
    await mailing.send_due()
    assert postbox.mails == [], "not before its time"
    clock.at = MORNING + WAITS[0]
    await mailing.send_due()
    assert len(postbox.mails) == 1
    assert row(clinic).error == ""


async def test_a_wrong_password_is_said_without_it(
    clinic: Clinic, mail: Callable[..., None], postbox: Postbox, caplog
) -> None:
    mail("smtp://queue%40clinic.test:hunter22@127.0.0.1:{port}")
    put(clinic)
    await mailing.send_due()
    assert row(clinic).error == "SMTPAuthenticationError (535)"
    assert not [r for r in caplog.records if r.name.startswith("app") and "hunter22" in r.getMessage()]
    assert postbox.mails == []


async def test_a_server_that_can_not_encrypt_gets_nothing_that_should_be(
    clinic: Clinic, mail: Callable[..., None], postbox: Postbox
) -> None:
    mail("smtp+starttls://queue%40clinic.test:p%40ss%3Aword@127.0.0.1:{port}")
    put(clinic)
    await mailing.send_due()
    assert row(clinic).error == "SMTPNotSupportedError"
    assert postbox.mails == []


@pytest.mark.parametrize("by", ["smtp+starttls", "smtps"])
async def test_mail_goes_encrypted_to_a_server_that_can_prove_its_name_only(
    clinic: Clinic, mail: Callable[..., None], served, postbox: Postbox, certificate: Path, by: str,
    monkeypatch: pytest.MonkeyPatch, clock: Clock,
) -> None:  # fmt: skip
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(certificate)
    port = await served(**{"starttls" if by == "smtp+starttls" else "tls": inside})
    mail(f"{by}://{WHO}@localhost:{port}")
    put(clinic)
    await mailing.send_due()
    assert row(clinic).error == "SSLCertVerificationError"
    assert postbox.mails == []
    monkeypatch.setattr(senders, "_checked", lambda: ssl.create_default_context(cafile=str(certificate)))
    clock.at = MORNING + WAITS[0]
    await mailing.send_due()
    assert len(postbox.mails) == 1


@pytest.mark.parametrize("recipient", [":\\ü@;a_", "@", "a@[", "boss,eve@evil.test", "ann@clinic.test, eve@evil.test"])
async def test_a_strange_address_keeps_no_other_mail_back(
    clinic: Clinic, mail: object, postbox: Postbox, recipient: str
) -> None:
    put(clinic, recipient=recipient)
    put(clinic)
    await mailing.send_due()
    assert postbox.to[-1] == "zoe@clinic.test"
    assert not {"eve@evil.test", "ann@clinic.test"} & set(postbox.to)
    assert row(clinic).sent_at


async def test_what_nobody_expected_is_given_up_and_the_next_mail_goes_out(
    clinic: Clinic, mail: object, postbox: Postbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(clinic, recipient="bad@clinic.test")
    put(clinic)
    real = senders.Smtp._mail

    def broken(self: senders.Smtp, message: outbox.Outgoing) -> object:
        if message.recipient.startswith("bad"):
            raise IndexError(message.recipient)
        return real(self, message)

    monkeypatch.setattr(senders.Smtp, "_mail", broken)
    await mailing.send_due()
    assert postbox.to == ["zoe@clinic.test"]
    bad, _ = clinic.all(Message)
    assert (bad.failed_at is not None, bad.error, bad.body) == (True, "IndexError", "")
    assert "bad@clinic.test" not in caplog.text


async def test_a_name_can_not_smuggle_a_header_in(clinic: Clinic, mail: object, postbox: Postbox) -> None:
    put(clinic, subject="Hello\r\nBcc: everybody@evil.example")
    await mailing.send_due()
    assert postbox.mails == []
    assert row(clinic).error == "ValueError"


async def test_without_a_way_to_send_it_is_given_up_and_said(clinic: Clinic, caplog) -> None:
    put(clinic)
    put(clinic, recipient="+436601234567")
    await mailing.send_due()
    assert [(found.error, found.body) for found in clinic.all(Message)] == [(mailing.NOBODY, "")] * 2
    assert "a-secret-token" not in caplog.text


async def test_the_console_shows_all_in_development(
    clinic: Clinic, mail: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    mail("console:")
    put(clinic)
    await mailing.send_due()
    assert SECRET in caplog.text
    assert row(clinic).sent_at
