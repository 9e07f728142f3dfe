"""What can be done to one person, as choices in the order of a menu: exactly what their status and the role of
whoever looks allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

from app.components.theme import Icon
from app.components.words import staff as words
from app.models import Band, Role, Status
from app.services import offers
from app.services.board import EntryView
from app.services.policy import CLINICAL, Verb
from app.web.page import visit

ICONS: Final[Mapping[Verb, Icon]] = MappingProxyType(
    {
        Verb.CALL: "bell",
        Verb.RECALL: "bell",
        Verb.START: "door",
        Verb.RESUME: "door",
        Verb.DONE: "check",
        Verb.HOLD: "pause",
        Verb.SKIP: "skip",
        Verb.RETURN: "list",
        Verb.PUT_BACK: "undo",
        Verb.RESTORE: "undo",
        Verb.TRANSFER: "swap",
        Verb.NO_SHOW: "userx",
        Verb.CANCEL: "xcircle",
        Verb.PRIORITISE: "up",
    }
)
LAST = (Verb.TRANSFER, Verb.NO_SHOW, Verb.CANCEL)


class Ticket(Protocol):
    """What an act has to know of a person: an `EntryView` or an `EntryRow` will do."""

    @property
    def entry_id(self) -> int: ...
    @property
    def doctor_id(self) -> int: ...
    @property
    def token(self) -> str: ...
    @property
    def status(self) -> Status: ...


@dataclass(frozen=True)
class Choice:
    """One thing that can be done. `question` asks for a reason first, if there are `reasons`."""

    verb: Verb
    word: str
    question: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def icon(self) -> Icon:
        return "alert" if "emergency" in self.given else ICONS[self.verb]

    @property
    def danger(self) -> bool:
        return self.verb is Verb.CANCEL


def choices(entry: Ticket) -> list[Choice]:
    """What the person at this page may do to `entry` in its present status, in the menu's order."""
    here = visit()
    role = here.me.role
    possible = offers.possible(entry.status, role, here.clinic.rules)
    made = [_choice(verb, entry, role) for verb in ICONS if verb in possible - {Verb.PRIORITISE, *LAST}]
    if Verb.PRIORITISE in possible and isinstance(entry, EntryView):
        made += _priorities(entry, role)
    return made + [_choice(verb, entry, role) for verb in LAST if verb in possible]


def choice(entry: Ticket, verb: Verb) -> Choice | None:
    """`verb` on `entry`, if it is possible."""
    return next((found for found in choices(entry) if found.verb is verb), None)


def _choice(verb: Verb, entry: Ticket, role: Role) -> Choice:
    question = words.QUESTIONS.get(verb, "").format(token=entry.token)
    return Choice(verb, words.VERBS[verb], question, _reasons(verb, entry, role))


def _reasons(verb: Verb, entry: Ticket, role: Role) -> Mapping[str, str]:
    if verb is Verb.CANCEL:
        return words.CANCEL_REASONS
    if verb is Verb.HOLD:
        return _same(words.HOLD_REASONS)
    if verb is Verb.RESTORE:
        return _same(words.RESTORE_REASONS)
    if verb is Verb.DONE and role is Role.ADMIN:
        return _same(words.FINISH_REASONS)
    if verb is Verb.CALL and isinstance(entry, EntryView) and (entry.position or 1) > 1:
        return _same(words.EARLY_REASONS)
    return {}


def _priorities(entry: EntryView, role: Role) -> list[Choice]:
    pin = Choice(
        Verb.PRIORITISE, words.PIN, words.PIN_QUESTION.format(token=entry.token),
        _same(words.EARLY_REASONS), {"pinned": True},
    )  # fmt: skip
    emergency = Choice(
        Verb.PRIORITISE, words.EMERGENCY, words.EMERGENCY_QUESTION.format(token=entry.token),
        _same(words.EMERGENCY_REASONS), {"emergency": True},
    )  # fmt: skip
    made = [Choice(Verb.PRIORITISE, words.UNPIN, given={"pinned": False}) if entry.pinned else pin]
    if role in CLINICAL:
        is_one = entry.band == Band.EMERGENCY
        calm = Choice(Verb.PRIORITISE, words.NO_EMERGENCY, given={"emergency": False})
        made.append(calm if is_one else emergency)
    return made


def _same(reasons: tuple[str, ...]) -> Mapping[str, str]:
    return {reason: reason for reason in reasons}
