"""The copy of all that is held as one page to read and print. Every value is escaped; there is no script."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from app import clock
from app.components.words import admin, audit, me, staff
from app.components.words import privacy as words
from app.models import AppointmentStatus, Need, Sex, Status

Json = Mapping[str, Any]

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} – {clinic}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/mediqueue.css"></head>
<body class="phone"><div class="ph wide"><main class="stack"><h1>{title}</h1>
<p>{clinic} · {made}</p><p class="noprint muted">{hint}</p>{parts}</main></div></body></html>"""
_MOMENTS = frozenset({"at", "since", "known_since", "erased_at", "promised_at"})
_ELSEWHERE = frozenset({"steps", "sign_ins", "token", "doctor", "status", "service_date"})


def written(found: Json) -> str:
    """The page of an export."""
    zone = str(found["timezone"])
    parts = "".join(_person(person, zone) for person in found["people"])
    return _PAGE.format(
        title=words.EXPORT_TITLE, clinic=escape(str(found["clinic"])), made=_moment(found["made_at"], zone),
        hint=words.PRINT_HINT, parts=parts + _account(found["account"], zone),
    )  # fmt: skip


def _person(person: Json, zone: str) -> str:
    profile = {words.FIELDS[name]: _profile(name, value) for name, value in person["profile"].items()}
    head = {words.NUMBER: words.number(person["number"]), admin.KNOWN_SINCE: _moment(person["known_since"], zone)}
    tickets = "".join(_ticket(ticket, zone) for ticket in person["tickets"])
    return (
        _card(escape(str(person["profile"]["name"])), _facts({**head, **profile}))
        + _card(words.TICKETS_ALL, tickets or _nothing())
        + _card(words.APPOINTMENTS, "".join(_appointment(one, zone) for one in person["appointments"]) or _nothing())
        + _card(words.MESSAGES, "".join(_facts(_plain(one, zone)) for one in person["messages"]) or _nothing())
        + _card(words.LOOKED_AT, _timeline(_looked(row, zone) for row in person["audit"]))
    )


def _ticket(ticket: Json, zone: str) -> str:
    status = Status(ticket["status"]).label
    day = admin.date(date.fromisoformat(ticket["service_date"]))
    title = f"{ticket['token']} · {ticket['doctor']} · {status} · {day}"
    steps = _timeline(_step(step, zone) for step in ticket["steps"])
    return f'<div class="stack"><h3>{escape(title)}</h3>{_facts(_plain(ticket, zone))}{steps}</div>'


def _appointment(one: Json, zone: str) -> str:
    return _facts({admin.STATUS: AppointmentStatus(one["status"]).label, **_plain(one, zone)})


def _step(step: Json, zone: str) -> tuple[str, str, str]:
    """When, what and who or why, of one step of a ticket."""
    what = admin.event(step["verb"], Status(step["to_status"]))
    room = staff.room(step["room"]) if step["room"] else ""
    more = (staff.who(step["actor_role"]), room, staff.end_reason(step["reason"]))
    at = clock.at_clinic(datetime.fromisoformat(step["at"]), zone)
    return f"{at:%H:%M}", what, " · ".join(filter(None, more))


def _looked(row: Json, zone: str) -> tuple[str, str, str]:
    named = ", ".join(words.FIELDS.get(name, _word(name)) for name in row["fields"].split(", ") if name)
    more = (staff.who(row["role"]), named)
    return _moment(row["at"], zone), audit.action(row["action"]), " · ".join(filter(None, more))


def _sign_in(row: Json, zone: str) -> tuple[str, str, str]:
    return _moment(row["created_at"], zone), words.SIGNED_IN, " · ".join(filter(None, (row["device"], row["address"])))


def _account(account: Json | None, zone: str) -> str:
    if account is None:
        return ""
    return _card(words.ACCOUNT, _facts(_plain(account, zone)) + _signed(account, zone))


def _signed(account: Json, zone: str) -> str:
    rows = account.get("sign_ins", [])
    return _timeline(_sign_in(row, zone) for row in rows) if rows else ""


def _plain(of: Json, zone: str) -> dict[str, str]:
    """What there is to say, with moments on the clinic's clock."""
    return {
        _word(name): _value(name, value, zone)
        for name, value in of.items()
        if name not in _ELSEWHERE and value not in (None, "", [])
    }


def _value(name: str, value: Any, zone: str) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return words.yes_no(value)
    is_moment = name.endswith("_at") or name in _MOMENTS
    return _moment(str(value), zone) if is_moment and value else str(value)


def _profile(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return words.yes_no(value)
    if not value:
        return words.EMPTY
    said: dict[str, Callable[[], str]] = {
        "needs": lambda: ", ".join(me.NEEDS[Need(need)] for need in value),
        "sex": lambda: me.SEXES[Sex(value)],
        "born": lambda: admin.date(date.fromisoformat(value)),
        "language": lambda: me.LANGUAGES.get(value, value),
        "allergies": lambda: ", ".join(value.splitlines()),
    }
    return said.get(name, lambda: str(value))()


def _moment(at: str, zone: str) -> str:
    local = clock.at_clinic(datetime.fromisoformat(at), zone)
    return f"{admin.date(local.date())} {local:%H:%M}"


def _word(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _card(title: str, body: str) -> str:
    return f'<section class="card"><div class="head"><h2>{title}</h2></div><div class="body">{body}</div></section>'


def _facts(facts: Mapping[str, str]) -> str:
    rows = "".join(f"<dt>{escape(word)}</dt><dd><bdi>{escape(fact)}</bdi></dd>" for word, fact in facts.items())
    return f'<dl class="kv">{rows}</dl>'


def _timeline(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"<li><time>{escape(at)}</time><span><b>{escape(what)}</b><br>"
        f'<bdi class="muted small">{escape(more)}</bdi></span></li>'
        for at, what, more in rows
    )
    return f'<ol class="timeline">{lines}</ol>' if lines else _nothing()


def _nothing() -> str:
    return f'<p class="muted">{words.NOTHING}</p>'
