"""Who is with the doctor, who is called, who is next, and the one button that does the next right step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from nicegui import html

from app import clock
from app.components import chips, entry_actions
from app.components.doctor_part import Part, still
from app.components.entry_actions import new_key
from app.components.entry_choices import Choice, choice, choices
from app.components.entry_menu import KEYS, act_button, more_button
from app.components.frame import icon
from app.components.theme import STATUS
from app.components.words import doctor as words
from app.components.words import staff
from app.models import Band, Policy, Status
from app.services.board import EntryView, QueueView
from app.services.policy import Verb
from app.web.page import visit

_BUTTONS = {
    Status.IN_PROGRESS: (Verb.HOLD, Verb.DONE),
    Status.CALLED: (Verb.RECALL, Verb.SKIP, Verb.PUT_BACK),
}
_KEY_OF_PUT_BACK = "U"


@dataclass(frozen=True, slots=True)
class Main:
    """The main button: what it says, whose it is and what it does."""

    word: str
    entry: EntryView
    verb: Verb
    press: Callable[[], Awaitable[object]]


def main_of(view: QueueView, rules: Policy) -> Main | None:
    """The next right step for the person at this page; None when there is none."""
    first = view.line[0] if view.line else None
    if view.current:
        return _finishing(view.current, first if not view.called else None)
    if view.called:
        return _receiving(first_called(view), view, rules)
    if first and choice(first, Verb.CALL):
        press = partial(entry_actions.call_next, first, key=new_key())
        return Main(words.CALL.format(token=first.token), first, Verb.CALL, press)
    return None


def _finishing(current: EntryView, after: EntryView | None) -> Main | None:
    done = choice(current, Verb.DONE)
    if done is None:
        return None
    if after and not done.reasons:
        press = partial(
            entry_actions.perform, current, Verb.DONE, key=new_key(), call_next=True, expected_entry_id=after.entry_id
        )
        return Main(words.FINISH_AND_CALL.format(token=after.token), current, Verb.CALL_NEXT, press)
    return _main(current, done, words.FINISH)


def _receiving(called: EntryView, view: QueueView, rules: Policy) -> Main | None:
    """Somebody who was called often or long ago is probably not here."""
    missing = choice(called, Verb.SKIP)
    if missing and gave_up(called, view, rules):
        return _main(called, missing, words.NOT_HERE)
    start = choice(called, Verb.START)
    return _main(called, start, words.START) if start else None


def _main(entry: EntryView, wanted: Choice, word: str) -> Main:
    press = partial(entry_actions.choose, entry, wanted, new_key())
    return Main(word.format(token=entry.token), entry, wanted.verb, press)


def gave_up(called: EntryView, view: QueueView, rules: Policy) -> bool:
    waited = view.at - (called.last_called_at or view.at)
    return called.call_count > rules.max_calls or waited >= timedelta(minutes=rules.grace_minutes)


def first_called(view: QueueView) -> EntryView:
    return min(view.called, key=lambda entry: (entry.last_called_at or view.at, entry.entry_id))


class Now(Part):
    """The left column."""

    def face(self, view: QueueView) -> object:
        rules = visit().clinic.rules
        late = tuple(gave_up(entry, view, rules) for entry in view.called)
        first = view.line[0] if view.line else None
        return still(view.current), tuple(map(still, view.called)), still(first), late, view.service_date

    def draw(self, view: QueueView) -> None:
        main = main_of(view, visit().clinic.rules)
        here = [
            *([view.current] if view.current else []),
            *sorted(view.called, key=lambda e: e.last_called_at or view.at),
        ]
        with html.div().classes("stack"):
            for entry in here:
                self._card(entry, view, main if main and main.entry is entry else None)
            if view.line:
                self._next(view, main if main and main.entry is view.line[0] else None)
            elif not here:
                self._empty()

    def _card(self, entry: EntryView, view: QueueView, main: Main | None) -> None:
        with html.section().classes(f"card now {STATUS[entry.status].css}"):
            with html.h2().classes("cap"):
                icon(STATUS[entry.status].icon)
                calls_in = entry.status is Status.CALLED
                html.span(words.called_to(entry.room) if calls_in else words.in_room(entry.room))
                with html.span().classes("t"):
                    _called_ago(entry) if calls_in else _inside_since(entry, view)
            with html.div().classes("body stack"):
                chips.person(entry, chips.facts(entry, view.service_date))
                chips.tags(entry, needs=not calls_in)
                if calls_in:
                    chips.need_notes(entry)
                if entry.answer:
                    with html.div().classes("answer"):
                        icon("phone")
                        html.span(staff.ANSWERS[entry.answer])
                if main:
                    _main_button(main)
                _other_buttons(entry, main)

    def _next(self, view: QueueView, main: Main | None) -> None:
        entry = view.line[0]
        chosen = entry.pinned or entry.band == Band.EMERGENCY
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.NEXT_UP)
                html.span(words.CHOSEN if chosen else words.FAIR_ORDER).classes("small muted")
            with html.div().classes("body stack"):
                chips.person(entry, chips.facts(entry, view.service_date), next_up=True)
                chips.tags(entry, needs=False)
                chips.need_notes(entry)
                if main:
                    _main_button(main)

    def _empty(self) -> None:
        with html.div().classes("card empty"):
            icon("door")
            html.b(words.ROOM_FREE)
            html.p(words.CALL_HERE)


def _called_ago(entry: EntryView) -> None:
    if entry.last_called_at:
        chips.since(entry.last_called_at, seconds=True)
    most = visit().clinic.rules.max_calls
    html.span(f" {words.AGO} · {staff.call_of(entry.call_count, most)}")


def _inside_since(entry: EntryView, view: QueueView) -> None:
    if entry.started_at is None:
        return
    if clock.at_clinic(entry.started_at, view.zone).date() < view.service_date:
        html.span(words.SINCE.format(time=chips.at_clinic(entry.started_at, view.zone)))
    else:
        chips.since(entry.started_at, seconds=True)


def _main_button(main: Main) -> None:
    with html.button().classes("btn primary big block").props("type=button data-main data-focus=main") as button:
        html.span(main.word)
        html.kbd("N").props("aria-hidden=true")
    button.props["aria-keyshortcuts"] = " ".join(filter(None, ("N", KEYS.get(main.verb))))
    button.on("click", main.press, args=[])


def _other_buttons(entry: EntryView, main: Main | None) -> None:
    """At most three, always in the same order, and the rest behind the dots."""
    offered = choices(entry)
    done_by_main = main.verb if main else None
    shown = [c for verb in _BUTTONS[entry.status] for c in offered if c.verb is verb is not done_by_main]
    if done_by_main is Verb.SKIP:
        shown = [c for c in offered if c.verb is Verb.START] + shown
    with html.div().classes("acts"):
        for wanted in shown:
            key = _KEY_OF_PUT_BACK if wanted.verb is Verb.PUT_BACK else True
            act_button(entry, wanted, css="grow", key=key)
        rest = [c for c in offered if c not in shown and c.verb is not done_by_main]
        more_button(entry, rest, keys=KEYS)
