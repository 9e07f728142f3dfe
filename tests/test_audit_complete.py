"""Nothing changes without a row in the audit: read off the services' own source, for every function there is.

`tests/services/test_audit.py` looks at what the rows say. This finds the function that makes none.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.test_architecture import APP

SERVICES = APP / "services"
WRITES = frozenset({"add", "add_all", "delete", "flush", "bulk_save_objects"})  # of a session
STATEMENTS = frozenset({"insert", "update", "delete"})
HELPERS = frozenset({"policy", "steps", "audit", "idempotency"})  # whoever calls them says what was done
EXCUSED: Final = {("retention", "sweep"): "drops what is over and names nobody; retention.finish notes the whole run"}
Key = tuple[str, str]  # module, function


class Function:
    """What one function does by itself, and whom it calls."""

    def __init__(self, module: "Module", node: ast.FunctionDef) -> None:
        self.node = node
        self.writes = self.notes = False
        self.calls: set[Key] = set()
        for call in (found for found in ast.walk(node) if isinstance(found, ast.Call)):
            self._look_at(module, call)

    def _look_at(self, module: "Module", call: ast.Call) -> None:
        match call.func:
            case ast.Attribute(value=ast.Name(id="audit"), attr="note" | "denied"):
                self.notes = True
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in module.modules:
                self.calls.add((module.modules[owner], name))
            case ast.Attribute(value=owner, attr=name):
                of_session = ast.unparse(owner).endswith("session")
                self.writes |= of_session and name in WRITES
                self.writes |= name in {"execute", "exec"} and bool(call.args) and _is_statement(call.args[0])
                self.calls.add(("", name))  # a method, of whatever class
            case ast.Name(id=name):
                self.calls.add(module.functions.get(name, (module.name, name)))

    @property
    def parameters(self) -> set[str]:
        arguments = self.node.args
        return {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}


class Module:
    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.tree = ast.parse(path.read_text())
        self.modules: dict[str, str] = {}
        self.functions: dict[str, Key] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.services"):
                for each in node.names:
                    here = each.asname or each.name
                    if node.module == "app.services":
                        self.modules[here] = each.name
                    else:
                        self.functions[here] = (str(node.module).rpartition(".")[2], each.name)


def _is_statement(argument: ast.expr) -> bool:
    names = {
        found.func.id
        for found in ast.walk(argument)
        if isinstance(found, ast.Call) and isinstance(found.func, ast.Name)
    }
    return bool(names & STATEMENTS) or (isinstance(argument, ast.Name) and argument.id.startswith("_ADD"))


def _functions() -> Iterator[tuple[Key, Function]]:
    for path in sorted(SERVICES.glob("*.py")):
        module = Module(path)
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef):
                yield (module.name, node.name), Function(module, node)
            if isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef):
                        yield ("", method.name), Function(module, method)


ALL = dict(_functions())


def reached(start: Key) -> Iterator[Function]:
    """The function and everything it may call, however far."""
    seen, todo = set[Key](), [start]
    while todo:
        key = todo.pop()
        if key in ALL and key not in seen:
            seen.add(key)
            yield ALL[key]
            todo += ALL[key].calls


def acts(key: Key) -> bool:
    """Whether somebody does something with it, of whom it is told."""
    module, name = key
    return (
        bool(module)
        and module not in HELPERS
        and not name.startswith("_")
        and {"session", "actor"} <= ALL[key].parameters
    )


WRITING = sorted(key for key in ALL if acts(key) and any(function.writes for function in reached(key)))


@pytest.mark.parametrize("key", [key for key in WRITING if key not in EXCUSED], ids=".".join)
def test_whoever_changes_something_is_noted(key: Key) -> None:
    assert any(function.notes for function in reached(key)), f"{'.'.join(key)} changes something and notes nothing"


def test_the_look_sees_what_it_has_to_see() -> None:
    """Of each way to write, one that is known."""
    known = {
        ("joining", "join"), ("calling", "call"), ("steering", "pause"), ("leaving", "transfer"), ("undoing", "undo"),
        ("clinic", "change"), ("doctors", "add"), ("doctors", "retire"), ("accounts", "change_user"),
    }  # fmt: skip
    assert known <= set(WRITING)
    assert set(EXCUSED) <= set(WRITING), "nothing to be excused for any more"
    assert ("doctors", "rows") not in WRITING
    assert ("history", "timeline") not in WRITING


def test_refusals_name_who_tried() -> None:
    """NotAllowed and NotSignedIn are raised through `actor.refused`: the audit has every denied attempt."""
    for path in sorted(SERVICES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name):
                raised = ast.unparse(node.exc)
                nameless = raised.startswith(("NotAllowed", "NotSignedIn", "Locked"))
                # A wrong password is noted where people sign in: here nobody knows yet whose it should be.
                assert not nameless or "wrong_sign_in" in raised or "WRONG" in raised, f"{path.name}:{node.lineno}"
