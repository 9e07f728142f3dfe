"""How messages leave the house. Each way is a `Sender`; a way by SMS or push is one more class with its methods."""

import logging
import smtplib
import ssl
from contextlib import closing
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Protocol

from app.services.outbox import Outgoing
from app.settings import MailBy, MailServer, Settings

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds for each answer of a mail server: all of them together stay under the shortest claim


class NotTaken(Exception):
    """The other side did not take it. `for_good`: it never will."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Sender(Protocol):
    def takes(self, recipient: str) -> bool:
        """Whether this is the way to reach such a recipient: an e-mail address, a phone number, a device."""

    def send(self, message: Outgoing) -> None:
        """Hand the message over, in at most a minute or so, outside of any transaction. Raises NotTaken.

        The same `message.reference` twice means the same message: a service that can tell should send it once.
        """


class Console:
    """Prints mails into the log, links and all: for development."""

    def takes(self, recipient: str) -> bool:
        return "@" in recipient

    def send(self, message: Outgoing) -> None:
        log.info("Mail %s to %s: %s\n%s", message.reference, message.recipient, message.subject, message.body)


class Smtp:
    def __init__(self, server: MailServer, sender: str) -> None:
        self._server, self._from = server, sender

    def takes(self, recipient: str) -> bool:
        return "@" in recipient

    def send(self, message: Outgoing) -> None:
        try:
            with closing(self._connected()) as smtp:
                smtp.send_message(self._mail(message))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotTaken(f"the address was refused ({code})", for_good=code >= 500) from error
        except smtplib.SMTPResponseException as error:  # what the server says may hold addresses
            raise NotTaken(f"{type(error).__name__} ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotTaken(type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        at = self._server
        if at.by is MailBy.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=PATIENCE, context=_checked())
        else:
            smtp = smtplib.SMTP(at.host, at.port, timeout=PATIENCE)
        try:
            if at.by is MailBy.STARTTLS:
                smtp.starttls(context=_checked())
            if at.user:
                smtp.login(at.user, at.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        name, _, domain = message.recipient.rpartition("@")
        mail["To"] = Address(username=name, domain=domain)  # one recipient, whatever stands in it
        mail["From"], mail["Subject"] = self._from, message.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message.reference}@{parseaddr(self._from)[1].partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # nobody's out-of-office answers it
        mail.set_content(message.body)
        return mail


def senders(settings: Settings) -> list[Sender]:
    """Every way that is set up, the first one that takes a recipient is used."""
    server = settings.mail_server
    if server is None:
        return []
    return [Console() if server.by is MailBy.CONSOLE else Smtp(server, settings.mail_from)]


def _checked() -> ssl.SSLContext:
    return ssl.create_default_context()
