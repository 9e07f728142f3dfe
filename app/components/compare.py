"""Two records of maybe one person, beside each other."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import html

from app import clock
from app.components.chips import status_chip
from app.components.forms import Form, Values
from app.components.words import admin, me
from app.components.words import privacy as words
from app.models import Need
from app.services import merging
from app.services.duplicates import Pair
from app.services.merging import MergeRow
from app.services.patients import PatientRow, Record

Merge = Callable[[int, int, set[str], str], Awaitable[None]]
KEEP = "goes-on"


def pair(row: Pair, path: str) -> None:
    """One line of the list."""
    with html.tr():
        for side in (row.older, row.newer):
            with html.td():
                html.bdi(side.name)
                html.span(_facts(side)).classes("sub num")
        with html.td().classes("r"):
            link = html.a(words.COMPARE).classes("btn")
            link.props["href"] = path
            with link:
                html.span(f" {words.number(row.older.id)}").classes("vh")
            if row.more:
                html.span(words.more(row.more)).classes("sub")


def merged(row: MergeRow, zone: str) -> None:
    at = clock.at_clinic(row.at, zone)
    with html.p().classes("grow"):
        html.bdi(words.merged_row(row.gone_name, row.gone_id, row.kept_name, row.kept_id))
        html.br()
        html.span(f"{admin.date(at.date())} {at:%H:%M} · {words.tickets(row.tickets)}").classes("muted small")


def records(first: Record, second: Record, *, merge: Merge) -> None:
    """The form: which one goes on, and for each field that differs the value that is right."""

    async def sent(values: Values) -> None:
        kept, gone = (second, first) if values.get(KEEP) == str(second.id) else (first, second)
        taken = {name for name in merging.FIELDS if values.get(name) == str(gone.id)}
        await merge(kept.id, gone.id, taken, words.number(kept.id))

    form = Form(sent, css="card")
    with form.root:
        form.note()
        with html.table().classes("tbl"):
            _head(first, second)
            with html.tbody():
                for name in merging.FIELDS:
                    _field(name, first, second)
                _secrecy(first, second)
                _tickets(first, second)
        with html.div().classes("body"):
            html.button(words.MERGE).classes("btn primary").props("type=submit")


def _head(first: Record, second: Record) -> None:
    with html.thead(), html.tr():
        html.th(words.FIELD).props("scope=col")
        for number, record in enumerate((first, second)):
            with html.th().props("scope=col"):
                _radio(KEEP, record, f"{words.number(record.id)} {words.GOES_ON.lower()}", chosen=number == 0)


def _field(name: str, first: Record, second: Record) -> None:
    """A value that is only in one record is chosen; otherwise the first one's is."""
    said = [_said(name, record) for record in (first, second)]
    with html.tr():
        html.th(words.FIELDS[name]).props("scope=row")
        if said[0] == said[1]:
            with html.td().props("colspan=2").classes("muted"):
                html.bdi(said[0] or words.EMPTY)
            return
        for number, record in enumerate((first, second)):
            with html.td():
                _radio(name, record, said[number] or words.EMPTY, chosen=number == int(not said[0]))


def _secrecy(first: Record, second: Record) -> None:
    """Nothing to choose: a merge takes it from nobody."""
    secret = [record.profile.is_confidential for record in (first, second)]
    with html.tr():
        html.th(words.FIELDS["is_confidential"]).props("scope=row")
        with html.td().props("colspan=2").classes("muted"):
            html.span(words.STAYS_CONFIDENTIAL if any(secret) and not all(secret) else words.yes_no(secret[0]))


def _radio(name: str, record: Record, word: str, *, chosen: bool) -> None:
    with html.label().classes("rad"):
        radio = html.input_().props(f"type=radio name={name}")
        radio.props.update({"^value": str(record.id), "value": str(record.id), "checked": chosen})
        html.bdi(word)


def _tickets(first: Record, second: Record) -> None:
    with html.tr():
        html.th(words.TICKETS).props("scope=row")
        for record in (first, second):
            with html.td():
                for ticket in record.tickets[:3]:
                    with html.div().classes("row wrap"):
                        status_chip(ticket.status)
                        html.span(f"{ticket.token} · {admin.date(ticket.day)}").classes("small")
                if not record.tickets:
                    html.span(words.NO_TICKETS).classes("muted")


def _said(name: str, record: Record) -> str:
    if name == "account":
        return record.account.handle if record.account else ""
    value: Any = getattr(record.profile, name)
    said: dict[str, Callable[[], str]] = {
        "born": lambda: admin.date(value),
        "sex": lambda: me.SEXES[value],
        "language": lambda: me.LANGUAGES.get(value, value),
        "needs": lambda: ", ".join(me.NEEDS[need] for need in Need if need in value),
        "allergies": lambda: ", ".join(value.splitlines()),
    }
    return said.get(name, lambda: str(value))() if value else ""


def _facts(side: PatientRow) -> str:
    born = admin.date(side.born) if side.born else ""
    return " · ".join(fact for fact in (words.number(side.id), born, side.phone) if fact)
