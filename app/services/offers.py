"""Which verbs are possible on an entry in its status, for a role: what a menu may offer.

Derived from the state machine and the policy. The verbs themselves check again and have the last word.
"""

from app.models import CLOSED, OPEN, TRANSITIONS, Policy, Role, Status
from app.services.policy import CALLING, CLINICAL, ROLES, Verb

_LEADS_TO = {
    Verb.CALL: Status.CALLED,
    Verb.RECALL: Status.CALLED,
    Verb.START: Status.IN_PROGRESS,
    Verb.RESUME: Status.IN_PROGRESS,
    Verb.DONE: Status.DONE,
    Verb.HOLD: Status.ON_HOLD,
    Verb.SKIP: Status.SKIPPED,
    Verb.RETURN: Status.WAITING,
    Verb.PUT_BACK: Status.WAITING,
    Verb.RESTORE: Status.WAITING,
    Verb.TRANSFER: Status.TRANSFERRED,
    Verb.NO_SHOW: Status.NO_SHOW,
    Verb.CANCEL: Status.CANCELLED,
}
_ONLY_FROM = {
    Verb.CALL: OPEN - {Status.CALLED},
    Verb.RECALL: {Status.CALLED},
    Verb.START: OPEN - {Status.ON_HOLD},
    Verb.RESUME: {Status.ON_HOLD},
    Verb.RETURN: {Status.SKIPPED},
    Verb.PUT_BACK: OPEN - {Status.SKIPPED},
    Verb.RESTORE: CLOSED,
}
_PRIORITISED = frozenset({Status.WAITING, Status.ON_HOLD, Status.SKIPPED})


def possible(status: Status, role: Role, rules: Policy) -> frozenset[Verb]:
    """The verbs that `role` may do to an entry that is `status` now."""
    return frozenset(verb for verb in _verbs(status) if _may(role, verb, status, rules))


def _verbs(status: Status) -> set[Verb]:
    verbs = {
        verb for verb, goal in _LEADS_TO.items() if goal in TRANSITIONS[status] and status in _ONLY_FROM.get(verb, OPEN)
    }
    if status is Status.DONE:
        verbs.add(Verb.RESTORE)  # back into the room, not into the line
    if status in _PRIORITISED:
        verbs.add(Verb.PRIORITISE)
    return verbs


def _may(role: Role, verb: Verb, status: Status, rules: Policy) -> bool:
    if role not in ROLES[verb]:
        return False
    if role is Role.NURSE and verb in CALLING:
        return rules.nurse_may_call
    if verb is Verb.PUT_BACK and status in (Status.IN_PROGRESS, Status.ON_HOLD):
        return role in CLINICAL
    if verb is Verb.CANCEL and status is Status.IN_PROGRESS:
        return role is Role.DOCTOR
    return True
