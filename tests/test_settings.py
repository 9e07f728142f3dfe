"""What the environment decides."""

from pathlib import Path

import pytest

from app import db
from app.settings import settings, stored_secret

PRODUCTION = {
    "MEDIQUEUE_ENV": "production",
    "MEDIQUEUE_SECRET": "3kd9-sJ2kfPq0-zzM1nd8-tT5vb7-Lw4yy",
    "MEDIQUEUE_BASE_URL": "https://queue.example.org",
}
MAIL = {"MEDIQUEUE_MAIL_FROM": "Clinic <queue@clinic.test>"}


def test_a_power_cut_leaves_no_empty_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise OSError("no power")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", cut)
        with pytest.raises(OSError, match="no power"):
            stored_secret(tmp_path)
    made = stored_secret(tmp_path)
    assert len(made) >= 32
    assert stored_secret(tmp_path) == made
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"MEDIQUEUE_PORT": "many"}, "MEDIQUEUE_PORT: "),
        ({"MEDIQUEUE_TIMEZONE": "Mars/Base"}, "MEDIQUEUE_TIMEZONE: use a time zone like Europe/Berlin."),
        ({"MEDIQUEUE_TRUSTED_PROXIES": "*"}, "MEDIQUEUE_TRUSTED_PROXIES: use addresses of proxies like"),
        ({"MEDIQUEUE_TRUSTED_PROXIES": "proxy"}, "MEDIQUEUE_TRUSTED_PROXIES: use addresses of proxies like"),
        ({"MEDIQUEUE_BASE_URL": "foo"}, "MEDIQUEUE_BASE_URL: use an address like"),
        ({"MEDIQUEUE_DATABASE_URL": "postgres://u:hunter2@h/d"}, "MEDIQUEUE_DATABASE_URL: use sqlite:///file or"),
        ({"MEDIQUEUE_SMTP_URL": "http://u:hunter2@h"}, "MEDIQUEUE_SMTP_URL: use smtp+starttls://"),
        ({"MEDIQUEUE_SMTP_URL": "smtps://u:hunter2@"}, "MEDIQUEUE_SMTP_URL: use smtp+starttls://"),
        ({"MEDIQUEUE_SMTP_URL": "smtps://u:hunter2@h"}, "MEDIQUEUE_SMTP_URL needs MEDIQUEUE_MAIL_FROM"),
        ({"MEDIQUEUE_MAIL_FROM": "nobody"}, "MEDIQUEUE_MAIL_FROM: use an address like"),
        ({"MEDIQUEUE_MAIL_FROM": "A <a@b.c>\nBcc: x@y.z"}, "MEDIQUEUE_MAIL_FROM: use an address like"),
        (PRODUCTION | MAIL | {"MEDIQUEUE_SMTP_URL": "console:"}, "it is refused in production."),
        (PRODUCTION | MAIL | {"MEDIQUEUE_SMTP_URL": "smtp://u:hunter2@mail.test"}, "mail goes out in the clear"),
        ({"MEDIQUEUE_ENV": "production", "MEDIQUEUE_SECRET": "hunter2"}, "MEDIQUEUE_SECRET must be random"),
        ({"MEDIQUEUE_ENV": "production", "MEDIQUEUE_SECRET": "a" * 44}, "MEDIQUEUE_SECRET must be random"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SystemExit) as refused:
        settings()
    settings.cache_clear()
    assert sentence in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_nobody_else_on_the_machine_reads_the_database(tmp_path: Path) -> None:
    file = tmp_path / "clinic" / "mediqueue.db"
    file.parent.mkdir()
    file.touch(mode=0o644)
    db.migrate(f"sqlite:///{file}")
    assert file.stat().st_mode & 0o777 == 0o600
