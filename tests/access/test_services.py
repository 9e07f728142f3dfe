"""docs/access.md in the services: every verb and every function that is told who asks, tried by everybody."""

import ast
import re

import pytest

from app.models import Role
from app.services import policy
from app.services.policy import SYSTEM, Verb
from tests.access import functions
from tests.access.matrix import ACTORS, SECTIONS, YES, table
from tests.access.world import World
from tests.test_architecture import APP
from tests.test_audit_complete import ALL, acts

VERBS = {Verb(name): row for name, row in SECTIONS["Queue verbs"].items()}
FUNCTIONS, INNER = table("Functions"), SECTIONS["Functions that leave the question to their caller"]
PROGRAM = "program"
STAFF = {"doctor": Role.DOCTOR, "nurse": Role.NURSE, "reception": Role.RECEPTION, "admin": Role.ADMIN}


def test_every_function_is_in_the_document_once() -> None:
    asked = {".".join(key) for key in ALL if acts(key)}
    listed = [*FUNCTIONS, *INNER, *(row["function"] for row in VERBS.values())]
    assert sorted(listed) == sorted(asked)


def test_every_verb_is_in_the_document_and_the_policy_agrees() -> None:
    assert set(VERBS) == set(Verb)
    for verb, row in VERBS.items():
        allowed = {role for name, role in STAFF.items() if row[name] == YES}
        assert allowed == policy.ROLES[verb] - {Role.PATIENT}, verb
        assert (row["ticket"] == YES) == (verb in policy.BY_LINK | policy.OPEN_TO_ALL), verb
        assert (row[PROGRAM] == YES) == (verb in policy.BY_SYSTEM), verb


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_do_it(world: World, verb: Verb) -> None:
    found = {}
    world.before(verb, PROGRAM)
    for who, actor in (world.actors | {PROGRAM: SYSTEM}).items():
        if verb is Verb.UNDO:  # of one's own step
            world.reset()
            world.before(verb, who)
        found[who] = functions.tried(world, VERBS[verb]["function"], actor)
    assert found == {who: VERBS[verb][who] for who in found}


def test_who_may_call_it(world: World) -> None:
    wrong = []
    for key, row in FUNCTIONS.items():
        if key == "visiting.done_and_call_next":
            world.before(Verb.DONE, PROGRAM)
        for who in ACTORS:
            found = functions.tried(world, key, world.actors[who])
            if found != row[who]:
                wrong.append(f"{key} by {who}: {found}, and the document says {row[who]}")
        world.reset()
    assert not wrong, "\n".join(wrong)


def test_nobody_outside_calls_what_does_not_ask() -> None:
    """Helpers of the services, which trust that the function before them has asked."""
    for path in APP.rglob("*.py"):
        if path.parent.name == "services":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert ast.unparse(node) not in INNER, f"{path.name}:{node.lineno}"


def test_the_program_itself_is_no_way_round() -> None:
    """Only the jobs, the samples and the command line act as the program."""
    allowed = {"jobs.py", "demo.py", "cli.py", "policy.py"}
    for path in APP.rglob("*.py"):
        if re.search(r"\bSYSTEM\b", path.read_text()) and path.name not in allowed:
            assert path.parent.name == "services", path
