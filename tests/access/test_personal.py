"""What is kept of people, and who sees it: a word that stands nowhere else in every column, looked for everywhere."""

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from nicegui import core
from nicegui.testing import User
from sqlalchemy import JSON, Date, String
from sqlmodel import SQLModel

from app import db, trace
from app.models import AuditRow
from app.services import audit
from app.services.policy import Verb
from app.web import live, payloads, rooms
from tests.access.matrix import ACTORS, NO, SECTIONS, YES, table
from tests.access.test_live import feed
from tests.access.world import World, address

ASKS = "asks"  # after saying why, which the audit keeps
PERSONAL, FIXED, REST = table("What is kept of people"), SECTIONS["Fixed words"], SECTIONS["Everything else"]
CONFIDENTIAL = ", confidential"
BIRTHDAYS = {"": "1907-11-23", CONFIDENTIAL: "1909-10-21"}
OPEN_PAGES = ("/", "/reception", "/doctor/{doctor_id}", "/t/{link}", "/display", "/me", "/admin", "/kiosk")
SEARCHES = ("?q=zq", "?open={patient_id}", "?open={entry_id}&q=zq", "?open={doctor_id}")
PAST = r"history|entries|reception|visits|/t/|tickets/|export"  # where a visit that is over can be seen


def columns() -> Iterator[str]:
    for each in SQLModel.metadata.sorted_tables:
        yield from (f"{each.name}.{column.name}" for column in each.columns)


def test_every_column_says_who_sees_it() -> None:
    """A new column is a decision: whose is it, and who may see it?"""
    public = [f"{name}.{column}" for name, row in REST.items() for column in row["columns"].split(", ")]
    listed = [*(row for row in PERSONAL if not row.endswith(CONFIDENTIAL)), *FIXED, *public]
    assert sorted(listed) == sorted(columns())
    assert {row["with"] for row in FIXED.values()} <= set(PERSONAL), "travels with a column that is watched"


class Canaries:
    """The words, by the column they are in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.words: dict[str, str] = {}
        with closing(sqlite3.connect(world.file)) as connection:
            for number, row in enumerate(PERSONAL):
                self._put(connection, row, number)
            connection.commit()
        world.keep()

    def _put(self, connection: sqlite3.Connection, row: str, number: int) -> None:
        name, _, kind = row.partition(",")
        table_name, column_name = name.split(".")
        column = SQLModel.metadata.tables[table_name].columns[column_name]
        where = self._where(table_name, f",{kind}" if kind else "")
        if (word := self._kept_as_it_is(connection, table_name, column_name, where)) is not None:
            self.words[row] = word
            return
        if isinstance(column.type, Date):
            self.words[row] = value = BIRTHDAYS[f",{kind}" if kind else ""]
        else:
            length = column.type.length if isinstance(column.type, String) else None
            self.words[row] = value = f"zq{number:02}{column_name.replace('_', '')}"[: length or 30]
            if isinstance(column.type, JSON):
                value = json.dumps({"name": [value, value]})
        done = connection.execute(f'UPDATE "{table_name}" SET "{column_name}" = ? WHERE {where}', (value,))
        assert done.rowcount > 0, f"{row}: there is no such row in the world"

    def _kept_as_it_is(self, connection: sqlite3.Connection, name: str, column: str, where: str) -> str | None:
        """Secrets that have to stay true, and rows that nobody may change: what is there is the word."""
        if column not in ("token_hash", "code_hash", "link", "digest", "mark", "password_hash") and name != "audit":
            return None
        found = connection.execute(f'SELECT "{column}" FROM "{name}" WHERE {where} ORDER BY 1 DESC').fetchone()
        assert found, f"{name}.{column}: there is no such row in the world"
        assert len(found[0]) > 5
        return str(found[0])

    def _where(self, name: str, kind: str) -> str:
        world = self.world
        patient = world.secret if kind else world.patient_id
        return {
            "patient": f"id = {patient}",
            "queue_entry": f"patient_id = {patient}",
            "entry_event": f"entry_id IN (SELECT id FROM queue_entry WHERE patient_id = {patient})",
            "user": f"id = {world.owner.user_id}",
            "user_session": f"user_id = {world.owner.user_id}",
            "message": f"patient_id = {patient}",
            "audit": "action = 'name-see'",
            "appointment": f"id = {world.secret_today if kind else world.coming}",
        }.get(name, "1 = 1")

    def seen(self, text: str) -> set[str]:
        return {row for row, word in self.words.items() if any(form in text for form in self._forms(word))}

    @staticmethod
    def _forms(word: str) -> tuple[str, ...]:
        if word in BIRTHDAYS.values():  # a year of its own: 23 Nov 1907, 1907-11 …; an id may hold "1907-"
            return (f" {word[:4]}", word[:7], f'value": "{word}')
        return (word, f"{word[0].upper()}{word[1:]}")


@pytest.fixture
def canaries(world: World) -> Canaries:
    def fill(session: db.Session) -> None:
        trace.begin("zqaddressofaudit")
        actor = world.actors["reception"]
        audit.note(session, actor, "name-see", kind="patient", object_id=world.secret, patient_id=world.secret,
                   reason="zqreasonofaudit")  # fmt: skip
        from tests.access.filling import rows

        session.add_all(rows(world))

    world.clinic.write(fill)
    return Canaries(world)


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What goes over the socket to each open page."""
    sent: dict[str, list[str]] = {}
    real = core.sio.emit

    async def emit(event: str, data: Any = None, *rest: Any, **options: Any) -> None:
        sent.setdefault(str(options.get("room", "")), []).append(json.dumps([event, data], default=str))
        await real(event, data, *rest, **options)

    monkeypatch.setattr(core.sio, "emit", emit)
    return sent


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Everything that can be read with an address, and what may be asked of it besides."""
    for path in table("Pages"):
        yield path, SEARCHES if path.startswith(("/admin", "/reception", "/doctor")) else ()
    exports = ("/me/export", "/admin/patients/{patient_id}/export")
    for row in table("Forms, files and numbers"):
        path = row.removeprefix("GET ")
        if path != row:
            yield path, ()
            if path in exports:
                yield f"{path}?form=json", ()
    for row in table("REST"):
        if row.startswith("GET "):
            yield "/api/v1" + row.removeprefix("GET "), ("?to=2026-06-01",) if row == "GET /appointments" else ()


async def visits(world: World, canaries: Canaries, frames: dict[str, list[str]]) -> None:
    """Both come, have to wait for a result, and leave: what is said on the way stands on open pages meanwhile."""
    for entry_id, kind in ((world.entry_id, ""), (world.secret_entry, CONFIDENTIAL)):
        for verb in (Verb.START, Verb.HOLD, Verb.RESUME, Verb.CANCEL):
            word = canaries.words[f"queue_entry.{'hold' if verb is Verb.HOLD else 'close'}_reason{kind}"]
            world.clinic.do(verb, entry_id, reason=word)
            for _ in range(100 if verb is Verb.HOLD else 0):  # it stands there until the visit goes on
                if any(word in text for sent in frames.values() for text in sent):
                    break
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.3)


async def looked(http: httpx.AsyncClient, world: World, who: str, only: str = "") -> AsyncIterator[str]:
    """What each of these addresses answers, about Olive and about Sybil."""
    olive = world.values(who)
    about_sybil = {"patient_id": world.secret, "first": world.secret, "entry_id": world.secret_entry}
    for path, queries in ((path, queries) for path, queries in addresses() if re.search(only, path)):
        answer = await _asked(http, world, who, path, olive)
        yield answer.text
        if "{" in path:
            yield (await _asked(http, world, who, path, olive | about_sybil)).text
        for query in queries if answer.status_code == 200 else ():
            yield (await _asked(http, world, who, path + query, olive | about_sybil)).text


async def _asked(
    http: httpx.AsyncClient, world: World, who: str, path: str, values: dict[str, object]
) -> httpx.Response:
    world.forget()
    headers = world.headers(who, bearer=path.startswith("/api")) | {"X-Forwarded-For": "203.0.113.9"}
    answer = await http.get(address(path, values), headers=headers, follow_redirects=False)
    http.cookies.clear()
    assert answer.status_code in (200, 303, 401, 403, 404), (path, who, answer.text[:300])
    return answer


async def heard(world: World, who: str) -> list[str]:
    """The feed, at first and after a change."""
    async with feed(f"/ws/queue/{world.doctor_id}", world.headers(who, bearer=True)) as socket:
        first = await socket.next("queue_update")
        world.clinic.do(Verb.PRIORITISE, world.entry_id, reason="again", pinned=True)
        return [json.dumps(first), json.dumps(await socket.next("queue_update"))]


async def watched(
    another: Callable[[], User], world: World, who: str, frames: dict[str, list[str]]
) -> list[tuple[str, list[str]]]:
    """Pages that stay open: who has them, and where their frames will be."""
    found = []
    for path in OPEN_PAGES:
        world.forget()
        browser = another()
        browser.http_client.headers.update(world.headers(who))
        asked = path.format(**world.values(who))
        if (await browser.http_client.get(asked)).status_code != 200:
            continue
        client = await browser.open(asked)
        found.append((who, frames.setdefault(client.id, [])))
    return found


@pytest.mark.timeout(240)
async def test_nobody_sees_what_is_not_theirs(
    user: User, another: Callable[[], User], world: World, canaries: Canaries, frames: dict[str, list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG, logger="app")
    seen: dict[str, set[str]] = {who: set() for who in ACTORS}
    for who in ACTORS:
        async for text in looked(user.http_client, world, who):
            seen[who] |= canaries.seen(text)
        for text in await heard(world, who):
            seen[who] |= canaries.seen(text)
    open_pages = [each for who in ACTORS for each in await watched(another, world, who, frames)]
    await visits(world, canaries, frames)
    assert sum(len(sent) for _, sent in open_pages) > len(open_pages), "no page heard of the changes"
    for who, sent in open_pages:
        seen[who] |= canaries.seen("".join(sent))
    for who in ACTORS:
        async for text in looked(user.http_client, world, who, only=PAST):
            seen[who] |= canaries.seen(text)
    board = [rooms.encoded(await live.queue(world.doctor_id)), await rooms.clinic_board()]
    board += [payloads.text(payloads.feed(await live.queue(world.doctor_id), names=False))]
    assert not canaries.seen("".join(board)), "the public board"
    assert not canaries.seen(caplog.text), "the log"
    assert not canaries.seen(audit_but_its_own(world)), "the audit"
    compare(seen)


def audit_but_its_own(world: World) -> str:
    rows = world.clinic.all(AuditRow)
    return " ".join(row.model_dump_json(exclude={"mark", "address"}) for row in rows if row.action != "name-see")


def compare(seen: dict[str, set[str]]) -> None:
    wrong = []
    for row, marks in PERSONAL.items():
        for who in ACTORS:
            shown = row in seen[who]
            assert marks[who] in (YES, NO, ASKS), row
            if shown and marks[who] != YES:
                wrong.append(f"{who} sees {row}")
            if not shown and marks[who] == YES:
                wrong.append(f"{who} does not see {row}, and the document says so")
    assert not wrong, "\n".join(wrong)
