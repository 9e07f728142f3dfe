"""Beside the list: what waits for somebody at the desk, and how the doctors stand."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import html, ui

from app import clock
from app.components import chips, desk_floods, dialogs
from app.components.desk_rows import Face
from app.components.doctor_part import still
from app.components.doctor_top import Opening
from app.components.entry_choices import choice
from app.components.entry_menu import act_button, menu_items
from app.components.frame import icon
from app.components.theme import Icon
from app.components.words import desk as words
from app.components.words import doctor as doctor_words
from app.components.words import staff
from app.models import Status
from app.services.attendance import Attendance
from app.services.board import EntryView, QueueView
from app.services.policy import ROLES, Verb
from app.web.page import visit

MOST_NEEDS = 8
SHOW_ROW = "document.querySelector('tr[data-row=\"%d\"] [aria-haspopup]')?.focus()"
Item = tuple[Icon, str, Callable[[], Awaitable[None]], bool]


@dataclass(frozen=True, slots=True)
class Need:
    """A sentence about somebody (bold `who`) and the verb that mends it; None just shows the row. Or a `press`."""

    icon: Icon
    who: str
    what: str
    entry: EntryView | None = None
    verb: Verb | None = None
    word: str = ""
    press: Callable[[], Awaitable[None]] | None = None


class Needs:
    def __init__(self) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.NEEDS_YOU)
                self._count = chips.Text("span").classes("small muted")
            self._box = Face()

    def show(self, queues: Sequence[QueueView]) -> None:
        found = [*_floods(queues), *(need for queue in queues for need in _needs(queue))][:MOST_NEEDS]
        self._count.text = str(len(found) or "")
        self._box.show(tuple(found), partial(self._draw, found))

    def _draw(self, found: list[Need]) -> None:
        for need in found:
            with html.div().classes("need"):
                icon(need.icon)
                with html.span().classes("grow"):
                    html.b(need.who)
                    html.span(" " + need.what)
                if need.entry:
                    _mend(need.entry, need)
                if need.press:
                    dialogs.button(need.word, need.press).props["data-focus"] = f"need-{need.who}"
        if not found:
            html.div(words.NOTHING_NEEDS_YOU).classes("need muted")


def _mend(entry: EntryView, need: Need) -> None:
    wanted = choice(entry, need.verb) if need.verb else None
    if wanted:
        made = act_button(entry, wanted, key=False, word=need.word)
        made.props["data-focus"] = f"need-{entry.entry_id}"
        return
    made = html.button(words.OPEN_ROW).classes("btn").props("type=button")
    made.props["aria-label"] = staff.named(words.OPEN_ROW, entry.token)
    made.on("click", js_handler=f"() => {SHOW_ROW % entry.entry_id}")


def _floods(queues: Sequence[QueueView]) -> list[Need]:
    zone = visit().clinic.timezone
    return [
        Need(
            "alert", words.FROM_ONE_PLACE,
            words.many_since(len(group.entries), f"{clock.at_clinic(group.first, zone):%H:%M}"),
            word=words.LOOK, press=desk_floods.clean_up,
        )
        for group in desk_floods.floods_in(queues)
    ]  # fmt: skip


def _needs(queue: QueueView) -> list[Need]:
    limit = visit().clinic.rules.long_wait_minutes
    found = []
    for entry in queue.aside:
        person = still(entry) or entry
        if entry.status is Status.SKIPPED:
            found.append(Need("user", entry.token, words.MAY_BE_HERE, person, Verb.RETURN, words.IS_HERE))
        elif entry.answer:
            found.append(Need("user", entry.token, words.IS_BACK, person))
    for entry in queue.line:
        if (queue.at - entry.joined_at).total_seconds() >= limit * 60:
            late = words.WAITS_LONG.format(minutes=limit)
            found.append(Need("clock", entry.token, late, still(entry), Verb.TRANSFER, words.MOVE))
    return found + _idle(queue)


def _idle(queue: QueueView) -> list[Need]:
    """A queue with people in it that is not going on."""
    presence, waiting = queue.doctor.presence, len(queue.line)
    if not waiting or presence.state not in words.IDLE:
        return []
    if presence.state is Attendance.BREAK and presence.until and presence.until > queue.at:
        return []
    return [Need("pause", queue.doctor.name, words.not_going_on(words.IDLE[presence.state], waiting))]


class Doctors:
    """One block for each doctor, each drawn again only for its own changes."""

    def __init__(self) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.DOCTORS)
                html.a(words.POSTER).classes("small").props("href=/poster")
            self._box = html.div().classes("contents")
        self._blocks: dict[int, _Doctor] = {}

    def show(self, queues: Sequence[QueueView]) -> None:
        ids = [queue.doctor.id for queue in queues]
        if list(self._blocks) != ids:
            self._box.clear()
            with self._box:
                self._blocks = {doctor_id: _Doctor(doctor_id) for doctor_id in ids}
        for queue in queues:
            self._blocks[queue.doctor.id].show(queue)


class _Doctor(Opening):
    """Load, finish time and presence; what can be done is in its menu."""

    def face(self, view: QueueView) -> object:
        first = still(view.line[0]) if view.line else None
        return view.doctor, first, len(view.line), _finish(view)

    def draw(self, view: QueueView) -> None:
        name = view.doctor.name
        with html.div().classes("load"):
            with html.b():
                html.a(name).props(f"href=/doctor/{view.doctor.id}")
            html.span(staff.waiting(len(view.line))).classes("n")
            with html.span().classes("sub"):
                html.span(_presence(view))
                html.span(_finish(view))
            with html.span().classes("row acts"):
                self._call(view)
                self._more(view)

    def _call(self, view: QueueView) -> None:
        first = view.line[0] if view.line else None
        wanted = choice(first, Verb.CALL) if first else None
        if first and wanted:
            made = act_button(first, wanted, key=False, word=words.CALL.format(token=first.token))
            made.classes("grow").props["data-focus"] = f"call-{view.doctor.id}"
            made.props["aria-label"] = words.CALL.format(token=first.token)
        else:
            html.span("" if first else doctor_words.NO_ONE).classes("muted")

    def _more(self, view: QueueView) -> None:
        name = view.doctor.name
        with html.button().classes("btn icon quiet").props("type=button aria-haspopup=menu") as made:
            icon("more")
        made.props["aria-label"] = staff.more_for(name)
        made.props["data-focus"] = f"doctor-{view.doctor.id}"
        made.on("click", lambda: menu_items(made, staff.more_for(name), self._items(view)), args=[])

    def _items(self, view: QueueView) -> list[Item]:
        steers = visit().me.role in ROLES[Verb.CLOSE_DAY]
        away, closed = view.doctor.on_break, view.doctor.presence.state is Attendance.CLOSED
        items: list[Item] = [
            ("list", words.DASHBOARD, partial(_go, f"/doctor/{view.doctor.id}"), False),
            ("history", words.HISTORY, partial(_go, f"/doctor-history/{view.doctor.id}"), False),
        ]
        if steers and not closed:
            pause: Item = ("cup", doctor_words.TAKE_BREAK, self._take_break, False)
            items.append(("play", words.END_BREAK, self._end_break, False) if away else pause)
        return items + (self._offers(view) if steers else [])


async def _go(path: str) -> None:
    ui.navigate.to(path)


def _presence(view: QueueView) -> str:
    presence = view.doctor.presence
    until = chips.at_clinic(presence.until, view.zone) if presence.until else ""
    return words.where(view.doctor.room, words.presence(presence.state, until))


def _finish(view: QueueView) -> str:
    at = view.stats.finish_at
    return words.DONE_ABOUT.format(time=chips.at_clinic(at, view.zone)) if at else ""
