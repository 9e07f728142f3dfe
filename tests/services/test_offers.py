"""What a menu offers is what the verbs allow: the same table as in test_verbs.py, and the same roles."""

import pytest

from app.models import STAFF, Policy, Role, Status
from app.services import offers
from app.services.policy import CALLING, CLINICAL, ROLES, Verb
from tests.services.test_verbs import BECOMES

NOT_IN_MENUS = {Verb.MORE_TIME, Verb.ANSWER, Verb.UNDO}


def expected(status: Status, role: Role) -> set[Verb]:
    allowed = {verb for verb in BECOMES[status] if role in ROLES[verb]} - NOT_IN_MENUS
    if status in (Status.IN_PROGRESS, Status.ON_HOLD) and role not in CLINICAL:
        allowed -= {Verb.PUT_BACK}
    if status is Status.IN_PROGRESS and role is not Role.DOCTOR:
        allowed -= {Verb.CANCEL}
    if status is Status.WAITING:
        allowed -= {Verb.RETURN}  # they are in the line already
    if status is Status.SKIPPED:
        allowed -= {Verb.PUT_BACK}  # "return" says it better
    return allowed


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.parametrize("status", list(Status))
def test_offered_is_what_is_possible(status: Status, role: Role) -> None:
    assert offers.possible(status, role, Policy()) == expected(status, role)
    if role is Role.NURSE:
        rules = Policy.model_validate({"nurse_may_call": False})
        assert offers.possible(status, role, rules) == expected(status, role) - CALLING
