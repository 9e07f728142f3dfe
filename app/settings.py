"""Everything the environment decides, read once at start. See `.env.example` for the words."""

import re
import secrets
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from tzlocal import get_localzone_name

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECRETS = frozenset({"change-me", "changeme", "secret", "please-change-this-secret-before-use"})
SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 10  # letters in a secret


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

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "mysql://", "mysql+mysqldb://")):
            raise ValueError("use sqlite:///file or mysql://user:password@host/database")
        return value

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
        return self

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
        whole = path.with_name("secret.new")  # a power cut must not leave an empty secret behind
        whole.touch(mode=0o600)
        whole.write_text(secrets.token_urlsafe(48))
        whole.replace(path)
    return path.read_text()
