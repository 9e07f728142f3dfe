"""The desk's tool against fake tickets: what came from outside, by place; ticked is what looks like a flood."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from nicegui import context, html, ui

from app import clock
from app.components import chips, dialogs
from app.components.chips import Text
from app.components.dialogs import button
from app.components.words import UNDO, staff
from app.components.words import desk as words
from app.services import floods, undoing
from app.services.board import EntryView, QueueView
from app.services.floods import Group
from app.web import live, toasts
from app.web.actions import act
from app.web.page import visit

CHECKED = "(event) => emit(event.target.checked)"


def floods_in(queues: Sequence[QueueView]) -> list[Group]:
    return [group for group in floods.groups(queues) if group.looks_fake]


async def clean_up() -> None:
    """Ask which tickets are fake, and take them away in one step."""
    actor, role = visit().actor, visit().me.role
    with context.client:
        found = floods.groups([view.seen_by(role) for view in await live.queues()])
        with dialogs.window(words.FAKE_TICKETS) as dialog:
            if found:
                _Choice(dialog, found)
            else:
                html.p(words.NO_TICKETS_FROM_OUTSIDE)
                with html.div().classes("acts"):
                    button(staff.CLOSE, dialog.close).props("data-autofocus")
        chosen = await dialogs.answer_of(dialog)
        if not chosen:
            return
        removed = await act(lambda session: floods.remove(session, actor=actor, entry_ids=chosen))
        if removed:
            toasts.show(words.removed(removed.count), undo=partial(_take_back, removed), undo_word=UNDO)


async def _take_back(removed: floods.Removed) -> None:
    actor = visit().actor
    with context.client:
        await act(
            lambda session: undoing.undo(session, actor=actor, entry_id=removed.entry_id),
            done=lambda _: words.all_back(removed.count),
        )


class _Choice:
    """What is in the window, and which tickets are ticked."""

    def __init__(self, dialog: ui.dialog, found: Sequence[Group]) -> None:
        self._ticked = {entry.entry_id for group in found if group.looks_fake for entry in group.entries}
        html.p(words.FAKE_TICKETS_TEXT)
        with html.div().classes("pick-many"):
            for group in found:
                _Line(group, self._ticked, self._count)
        with html.div().classes("acts"):
            self._yes = button("", lambda: dialog.submit(frozenset(self._ticked)), css="danger")
            button(staff.CANCEL, dialog.close).props("data-autofocus")
        self._count()

    def _count(self) -> None:
        self._yes.clear()
        with self._yes:
            html.span(words.remove_tickets(len(self._ticked)))
        self._yes.props["disabled"] = not self._ticked


class _Line:
    """One group: a tick for all of it, and its tickets one by one when somebody looks."""

    def __init__(self, group: Group, ticked: set[int], changed: Any) -> None:
        self._group, self._ticked, self._changed = group, ticked, changed
        self._is_open = False
        zone = visit().clinic.timezone
        times = [f"{clock.at_clinic(at, zone):%H:%M}" for at in (group.first, group.last)]
        with html.div().classes("row top-start"):
            with html.label().classes("check grow"):
                box = html.input_().props("type=checkbox")
                box.props["checked"] = group.looks_fake
                box.on("change", self._all, js_handler=CHECKED)
                with html.span().classes("stack"):
                    html.span(words.from_place(len(group.entries), *times, one_place=group.one_place))
                    if group.looks_fake:
                        with html.span():
                            chips.tag(words.LOOKS_FAKE, "alert", warn=True)
            with html.button().classes("btn quiet").props("type=button aria-expanded=false") as self._look:
                self._word = Text("span", words.LOOK)
            self._look.on("click", self._open, args=[])
        self._box = html.div().classes("stack hidden")

    def _all(self, event: Any) -> None:
        ids = {entry.entry_id for entry in self._group.entries}
        if event.args is True:
            self._ticked |= ids
        else:
            self._ticked -= ids
        self._changed()
        if self._is_open:
            self._draw()

    def _open(self) -> None:
        self._is_open = not self._is_open
        self._word.text = words.LOOK_AWAY if self._is_open else words.LOOK
        self._look.props["aria-expanded"] = str(self._is_open).lower()
        self._box.classes(**{"remove" if self._is_open else "add": "hidden"})
        if self._is_open:
            self._draw()

    def _draw(self) -> None:
        self._box.clear()
        zone = visit().clinic.timezone
        with self._box:
            for entry in self._group.entries:
                with html.label().classes("check"):
                    box = html.input_().props("type=checkbox")
                    box.props["checked"] = entry.entry_id in self._ticked
                    box.on("change", partial(self._one, entry), js_handler=CHECKED)
                    html.bdi(entry.token).classes("num")
                    html.bdi(entry.patient_name)
                    html.span(f"{clock.at_clinic(entry.joined_at, zone):%H:%M:%S}").classes("muted")

    def _one(self, entry: EntryView, event: Any) -> None:
        (self._ticked.add if event.args is True else self._ticked.discard)(entry.entry_id)
        self._changed()
