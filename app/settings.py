"""Everything the environment decides, read once at start. See `.env.example` for the words."""

import os
import re
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from tzlocal import get_localzone_name

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECRETS = frozenset({"change-me", "changeme", "secret", "please-change-this-secret-before-use"})
SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 10  # letters in a secret
DEBUGGING = ("PYTHONASYNCIODEBUG", "MEDIQUEUE_DEBUG", "MEDIQUEUE_RELOAD")
OTHERS_READ, OTHERS_WRITE = 0o004, 0o002
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"^[^@\s<>]+@[^@\s<>]+$")
_MAIL_SERVERS = "use smtp+starttls://user:password@host:587, or smtps://…, smtp://… or console:"


def _machine_zone() -> str:
    try:
        return get_localzone_name() or "UTC"
    except (LookupError, ValueError):
        return "UTC"


class Env(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


class MailBy(StrEnum):
    STARTTLS = "smtp+starttls"
    TLS = "smtps"
    PLAIN = "smtp"
    CONSOLE = "console"  # for development: mails are printed into the log


@dataclass(frozen=True, slots=True)
class MailServer:
    by: MailBy
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


_MAIL_PORTS = {MailBy.STARTTLS: 587, MailBy.TLS: 465, MailBy.PLAIN: 25}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="MEDIQUEUE_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data_dir: Path = Path("data")
    database_url: str = ""
    secret: SecretStr = SecretStr("")
    redis_url: str | None = None
    timezone: str = Field(default_factory=_machine_zone)
    base_url: str = ""
    env: Env = Env.DEVELOPMENT
    demo_password: SecretStr | None = None
    log_format: LogFormat = LogFormat.TEXT
    rate_limits: Switch = Switch.ON
    trusted_proxies: str = "127.0.0.1"
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s]+/*", value):
            raise ValueError("use an address like https://queue.example.org, without a path")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("use a time zone like Europe/Berlin")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        try:
            return ",".join(str(ip_network(part.strip())) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("use addresses of proxies like 127.0.0.1,10.0.0.0/24, without names and *") from None

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "mysql://", "mysql+mysqldb://")):
            raise ValueError("use sqlite:///file or mysql://user:password@host/database")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            _mail_server(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and (not _ADDRESS.match(parseaddr(value)[1]) or not value.isprintable()):
            raise ValueError("use an address like Hill Street Clinic <queue@example.org>")
        return value

    @model_validator(mode="after")
    def _mail_is_whole(self) -> "Settings":
        if self.mail_server and not self.mail_from:
            raise ValueError("MEDIQUEUE_SMTP_URL needs MEDIQUEUE_MAIL_FROM: who the mails are from")
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> "Settings":
        if self.env is not Env.PRODUCTION:
            return self
        secret = self.secret.get_secret_value()
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT or secret.lower() in SAMPLE_SECRETS:
            raise ValueError(f"MEDIQUEUE_SECRET must be random and at least {SHORTEST_SECRET} characters long")
        if self.rate_limits is Switch.OFF:
            raise ValueError("MEDIQUEUE_RATE_LIMITS=off is for load tests, it is refused in production")
        if self.redis_url and self.is_sqlite:
            raise ValueError("Several processes need MariaDB or MySQL. SQLite serves one process only")
        if not self.is_https and urlsplit(self.base_url).hostname not in LOCAL_HOSTS:
            raise ValueError("MEDIQUEUE_BASE_URL must be an https:// address, passwords would travel in the clear")
        if self.demo_password:
            raise ValueError("MEDIQUEUE_DEMO_PASSWORD is for the demo, it is refused in production")
        if sys.flags.dev_mode or any(os.environ.get(name) for name in DEBUGGING):
            raise ValueError("Python's development mode shows the inside of the program, it is refused in production")
        self._refuse_open_files()
        if self.mail_server:
            self._refuse_unsafe_mail(self.mail_server)
        return self

    @model_validator(mode="after")
    def _one_process(self) -> "Settings":
        """uvicorn would read these and stop without a word that helps."""
        workers = os.environ.get("WEB_CONCURRENCY", "1")
        if workers not in ("", "1"):
            engine = "Several processes need MariaDB or MySQL" if self.is_sqlite else "One process each"
            raise ValueError(f"WEB_CONCURRENCY={workers[:9]} can't be used. {engine}: start MediQueue several times")
        return self

    def _refuse_open_files(self) -> None:
        """What holds patients' names is for the clinic's own user."""
        if self.data_dir.is_dir() and self.data_dir.stat().st_mode & OTHERS_WRITE:
            raise ValueError(f"Everybody on this machine may write into {self.data_dir}: chmod 700 {self.data_dir}")
        file = Path(self.url.removeprefix("sqlite:///")) if self.is_sqlite else None
        for holding in (file, self.data_dir / "secret"):
            if holding and holding.exists() and holding.stat().st_mode & OTHERS_READ:
                raise ValueError(f"Everybody on this machine may read {holding}: chmod 600 {holding}")

    def _refuse_unsafe_mail(self, server: MailServer) -> None:
        if server.by is MailBy.CONSOLE:
            raise ValueError("MEDIQUEUE_SMTP_URL=console: shows secret links in the log, it is refused in production")
        if server.by is MailBy.PLAIN and server.host not in LOCAL_HOSTS:
            raise ValueError("MEDIQUEUE_SMTP_URL: mail goes out in the clear, use smtp+starttls:// or smtps://")

    @property
    def mail_server(self) -> MailServer | None:
        """Who takes our mails; None: nobody, and links are handed over."""
        url = self.smtp_url.get_secret_value()
        return _mail_server(url) if url else None

    @property
    def url(self) -> str:
        """The SQLAlchemy address of the database; `mysql://` means the mysqlclient driver in utf8mb4."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'mediqueue.db'}"
        if self.database_url.startswith("mysql://"):
            return self.database_url.replace("mysql://", "mysql+mysqldb://", 1)
        return self.database_url

    @property
    def url_without_password(self) -> str:
        """The address for messages."""
        return re.sub(r"//([^:/@]*):[^@]*@", r"//\1@", self.url)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def public_url(self) -> str:
        """The address people type, for QR codes: MEDIQUEUE_BASE_URL, or this machine's own."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def key(self) -> bytes:
        """What session tokens are hashed with: MEDIQUEUE_SECRET, or this installation's own."""
        return (self.secret.get_secret_value() or stored_secret(self.data_dir)).encode()

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings. Ends the program with a sentence for each that can't be used."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit("\n".join(map(_sentence, error.errors()))) from None


def _mail_server(url: str) -> MailServer:
    try:
        parts = urlsplit(url)
        by = MailBy(parts.scheme)
        port = parts.port or _MAIL_PORTS.get(by, 0)
    except ValueError:
        raise ValueError(_MAIL_SERVERS) from None
    if not parts.hostname and by is not MailBy.CONSOLE:
        raise ValueError(_MAIL_SERVERS)
    return MailServer(by, parts.hostname or "", port, unquote(parts.username or ""), unquote(parts.password or ""))


def _sentence(problem: Mapping[str, Any]) -> str:
    name = "_".join(str(part) for part in problem["loc"]).upper()
    words = str(problem["msg"]).removeprefix("Value error, ")
    return f"MEDIQUEUE_{name}: {words}." if name else f"{words}."


@lru_cache(maxsize=8)
def stored_secret(data_dir: Path) -> str:
    """A secret of this installation's own, made at the first start and kept readable to its owner only."""
    path = data_dir / "secret"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        whole = path.with_name(f"secret.{secrets.token_hex(8)}")  # a power cut must not leave an empty secret behind
        whole.touch(mode=0o600)
        whole.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # two that start at once take the same one
            path.hardlink_to(whole)
        whole.unlink()
    return path.read_text()
