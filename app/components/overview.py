"""The admin's first page: today's numbers over all queues, each queue in a line, and what should be looked at."""

from collections.abc import Sequence
from functools import partial

from nicegui import html

from app.components import chips
from app.components.chips import Text
from app.components.desk_floods import floods_in
from app.components.desk_rows import Face
from app.components.doctor_rows import nothing
from app.components.frame import icon
from app.components.theme import Icon
from app.components.words import desk
from app.components.words import overview as words
from app.services.board import QueueView
from app.services.overview import Attention
from app.web.page import visit

Item = tuple[Icon, str, str]  # picture, sentence, where to go


class Numbers:
    """Five numbers over all queues."""

    def __init__(self) -> None:
        self._tiles = Face()

    def show(self, queues: Sequence[QueueView]) -> None:
        tiles = _tiles(queues)
        self._tiles.show(tiles, partial(_draw_tiles, tiles))


class Queues:
    """Each queue in a line."""

    def __init__(self) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.QUEUES)
            self._table = Face()

    def show(self, queues: Sequence[QueueView]) -> None:
        rows = tuple(_row(queue) for queue in queues)
        self._table.show((rows,), partial(_draw_rows, rows))


class Look:
    """What an admin should look at."""

    def __init__(self) -> None:
        self._known: Attention | None = None
        self._flood = False
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.LOOK_AT)
            self._box = Face()

    def show(self, found: Attention) -> None:
        self._known = found
        self._draw()

    def hear(self, queues: Sequence[QueueView]) -> None:
        self._flood = bool(floods_in(queues))
        self._draw()

    def _draw(self) -> None:
        if self._known is None:
            return
        items: list[Item] = [("alert", words.MANY_TICKETS, "/reception")] if self._flood else []
        items += _items(self._known)
        self._box.show((tuple(items),), partial(_draw_items, items))


def _tiles(queues: Sequence[QueueView]) -> tuple[tuple[str, str, str], ...]:
    waiting = sum(queue.stats.waiting_count for queue in queues)
    longest = max((queue.stats.longest_wait_minutes for queue in queues), default=0)
    open_ = sum(queue.doctor.presence.takes_people for queue in queues)
    return (
        (words.WAITING, str(waiting), ""),
        (words.INSIDE, str(sum(queue.current is not None for queue in queues)), ""),
        (words.LONGEST, str(longest) if waiting else words.NOTHING, words.MINUTES if waiting else ""),
        (words.SEEN, str(sum(queue.stats.completed_today for queue in queues)), ""),
        (words.OPEN_QUEUES, str(open_), words.of(open_, len(queues))),
    )


def _draw_tiles(tiles: Sequence[tuple[str, str, str]]) -> None:
    with html.dl().classes("tiles"):
        for word, number, unit in tiles:
            with html.div().classes("card tile"):
                html.dt(word)
                with html.dd():
                    html.span(number)
                    if unit:
                        Text("small", f" {unit}")


def _row(queue: QueueView) -> tuple[int, str, str, int, str, int]:
    doctor, stats = queue.doctor, queue.stats
    until = chips.at_clinic(doctor.presence.until, queue.zone) if doctor.presence.until else ""
    state = desk.where(doctor.room, desk.presence(doctor.presence.state, until))
    longest = f"{stats.longest_wait_minutes} {words.MINUTES}" if queue.line else words.NOTHING
    return doctor.id, doctor.name, state, stats.waiting_count, longest, stats.completed_today


def _draw_rows(rows: Sequence[tuple[int, str, str, int, str, int]]) -> None:
    if not rows:
        nothing("idcard", words.NO_QUEUES, words.NO_QUEUES_TEXT)
        return
    heads = ((words.DOCTOR, ""), (words.STATE, ""), (words.WAITING, "r"), (words.LONGEST, "r"), (words.SEEN, "r"))
    with html.table().classes("tbl"):
        with html.thead(), html.tr():
            for word, css in heads:
                html.th(word).classes(css).props("scope=col")
        with html.tbody():
            for doctor_id, name, state, waiting, longest, seen in rows:
                with html.tr():
                    with html.td():
                        html.a(name).props(f'href="/doctor/{doctor_id}" data-focus="queue-{doctor_id}"')
                    html.td(state)
                    for fact in (str(waiting), longest, str(seen)):
                        html.td(fact).classes("r")


def _items(found: Attention) -> list[Item]:
    zone = visit().clinic.timezone
    items: list[Item] = []
    if found.audit_findings:
        items.append(("alert", words.audit(found.audit_findings), "/admin/audit"))
    if found.unsent:
        items.append(("alert", words.unsent(found.unsent), ""))
    items += [("tv", words.silent(name, chips.at_clinic(at, zone)), "/admin/devices") for name, at in found.silent]
    if found.invited:
        items.append(("user", words.invited(found.invited), "/admin/users"))
    if found.without_second_step:
        items.append(("lock", words.without_second_step(found.without_second_step), "/admin/users"))
    items += [
        ("idcard", words.without_account(name), f"/admin/doctors?open={key}") for key, name in found.without_account
    ]
    return items


def _draw_items(items: Sequence[Item]) -> None:
    for number, (picture, said, path) in enumerate(items):
        with html.div().classes("need"):
            icon(picture)
            html.span(said).classes("grow")
            if path:
                way = html.a(words.OPEN).classes("btn").props(f'href="{path}" data-focus="look-{number}"')
                way.props["aria-label"] = f"{words.OPEN}: {said}"
    if not items:
        html.div(words.ALL_WELL).classes("need muted")
