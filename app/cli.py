"""Administration from the command line: `python -m app.cli --help`."""

import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlmodel import Session

from app import db
from app.errors import Conflict, DomainError
from app.models import Role
from app.services import accounts, audit, clinic, invariants, passwords, retention, sealing
from app.services.policy import SYSTEM
from app.services.sealing import Head
from app.services.tampering import Check
from app.settings import settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

audit_commands = typer.Typer(no_args_is_help=True, help="The audit of who did what.")
app.add_typer(audit_commands, name="audit")

PASSWORD_VARIABLE = "MEDIQUEUE_ADMIN_PASSWORD"


@app.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option(prompt="E-mail")],
    name: Annotated[str, typer.Option(prompt="Name")],
    password: Annotated[
        str, typer.Option(prompt="Password", hide_input=True, confirmation_prompt=True, envvar=PASSWORD_VARIABLE)
    ],
    clinic_name: Annotated[str, typer.Option("--clinic", help="Name of a new clinic; asked if there is none")] = "",
    timezone: Annotated[str, typer.Option(help="Time zone of a new clinic, such as Europe/Vienna")] = "",
) -> None:
    """Add an admin. Sets the clinic up first if there is none yet."""
    db.migrate(settings().url)
    db.connect(settings().url)
    known = db.reading(clinic.view)
    if known is None:
        clinic_name = clinic_name or typer.prompt("Name of the clinic")
        timezone = timezone or typer.prompt("Time zone of the clinic", default=settings().timezone)

    def work(session: Session, hashed: str) -> None:
        if known:
            made = accounts.create(session, email=email, name=name, role=Role.ADMIN, password_hash=hashed)
            audit.note(session, SYSTEM, "user-add", kind="user", object_id=made.id, reason=Role.ADMIN)
        else:
            clinic.set_up(
                session, name=clinic_name, timezone=timezone, admin_email=email, admin_name=name, password_hash=hashed
            )

    about = (known.name if known else clinic_name, name, email)
    try:
        db.transaction(partial(work, hashed=passwords.hashed(password, about=about)))
    except DomainError as refusal:
        _stop(refusal.message)
    typer.echo(f"{email} can sign in as an admin now.")


@app.command()
def verify() -> None:
    """Check every rule that the queues must keep. Exits with 1 and says what is wrong."""
    _open_existing()
    found = db.reading(invariants.broken)
    for sentence in found:
        typer.echo(sentence)
    if found:
        _stop(f"{len(found)} rules are broken.")
    typer.echo("All is well.")


@audit_commands.command("verify")
def verify_audit() -> None:
    """Look for audit rows that were altered, removed, inserted, reordered or cut off. Exits with 1 and says where."""
    _open_existing()
    check = Check(sealing.read_head(settings().data_dir))
    while db.reading(check.step):
        pass
    for finding in check.findings:
        typer.echo(finding.sentence)
    if check.findings:
        _stop(f"The audit is not as it was written: {check.count} findings.")
    _seal_all()
    db.reading(partial(sealing.keep_if_sound, data_dir=settings().data_dir))
    typer.echo(f"All {check.done} rows are as they were written.")


@audit_commands.command("accept")
def accept_audit() -> None:
    """Go on from the audit as it is now: after you brought a backup back, or lost the file audit.head."""
    _open_existing()
    head = _accept("audit-accept")
    typer.echo(f"From now on, seal {head.seq} is the newest one.")


@app.command("retention")
def forget(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased")] = False,
) -> None:
    """Erase what the clinic keeps no longer: patients by its own rule, small things after a month."""
    _open_existing()
    plan = db.reading(partial(retention.plan, actor=SYSTEM))
    typer.echo(f"Patients to erase: {plan.patients}" + (f", not here since {plan.before}." if plan.before else "."))
    for kind, number in plan.small.items():
        typer.echo(f"Old rows of {kind}: {number}.")
    if dry_run:
        return
    while db.transaction(partial(retention.sweep, actor=SYSTEM)):
        pass
    erased = 0
    for patient_id in db.reading(partial(retention.due, actor=SYSTEM, limit=plan.patients)):
        with suppress(Conflict):  # the server's own run was faster, or this person is here right now
            erased += db.transaction(partial(retention.erase_one, actor=SYSTEM, patient_id=patient_id))
    db.transaction(partial(retention.finish, actor=SYSTEM))
    typer.echo(f"Erased: {erased} patients.")


@app.command()
def backup(file: Path) -> None:
    """Copy the whole database into a new FILE, also while the server is running."""
    source = _open_existing(only_sqlite=True)
    if file.exists():
        _stop(f"{file} is there already. Please choose a new name.")
    if not file.parent.is_dir():
        _stop(f"There is no folder {file.parent}.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    _copy(source, unfinished)
    unfinished.rename(file)
    typer.echo(f"{file} holds the backup.")


@app.command()
def restore(file: Path) -> None:
    """Bring a backup back, into an empty database only."""
    target = _sqlite_file()
    if not file.is_file():
        _stop(f"We can't find {file}.")
    if target.exists() and _holds_a_clinic(target):
        _stop(f"{target} holds a clinic. A backup goes into an empty database only.")
    if not _holds_a_clinic(file):
        _stop(f"{file} is not a backup of a clinic.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    _copy(file, target)
    _open_existing()
    _accept("restore-backup")
    typer.echo("The backup is back. Please run verify now.")


def _accept(action: str) -> Head:
    """Take the end of the audit's chain as it is now for the newest; the audit says so."""
    db.transaction(lambda session: audit.note(session, SYSTEM, action, kind="audit"))
    _seal_all()
    head = db.reading(sealing.newest)
    sealing.keep_head(settings().data_dir, head)
    return head


def _seal_all() -> None:
    while db.transaction(partial(sealing.seal, all_rows=True)).more:
        pass


def _open_existing(*, only_sqlite: bool = False) -> Path:
    """Connect to the database that is there, brought to this version; answers its file."""
    file = _sqlite_file() if only_sqlite or settings().is_sqlite else Path()
    if settings().is_sqlite and not file.exists():
        _stop(f"There is no database at {file}.")
    db.migrate(settings().url)
    db.connect(settings().url)
    return file


def _sqlite_file() -> Path:
    if not settings().is_sqlite:
        _stop("This works with SQLite. For MariaDB and MySQL please use mariadb-dump and mariadb.")
    return Path(settings().url.removeprefix("sqlite:///"))


def _holds_a_clinic(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'clinic'").fetchall()
            return bool(tables) and bool(connection.execute("SELECT 1 FROM clinic").fetchall())
    except sqlite3.DatabaseError as error:
        _stop(f"{file} can't be read as a database: {error}.")


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent whatever is written meanwhile."""
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
