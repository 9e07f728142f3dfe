"""Rules of the code base that no other tool checks. Who may import whom is in pyproject.toml (import-linter)."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app import errors
from app.settings import ROOT
from tests.factories import assert_sentence

APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
SERVICES = sorted(path.stem for path in (APP / "services").glob("*.py") if path.stem != "__init__")
LONGEST_FILE = 300

# Ways into a page that are not plain text: only a constant may go in, or what these files make.
SINKS = {"html", "run_javascript", "add_head_html", "add_body_html", "add_css", "add_scss", "markdown", "eval", "exec"}
MADE_HERE = {
    "app/components/display.py": "the splash: the clinic's name is escaped",
    "app/components/patient/shell.py": "the splash: the clinic's name and zone are escaped",
    "app/components/frame.py": "a timestamp of the server",
    "app/components/qr.py": "an SVG that segno makes of our own address",
    "app/components/desk_paper.py": "an SVG that segno makes of our own address",
    "app/components/forms.py": "element ids; suggestions from our own words",
    "app/components/desk.py": "an entry's id",
    "app/components/desk_known.py": "element ids; a name as JSON with </ escaped",
    "app/components/lists.py": "a row's id",
    "app/pages/setup.py": "element ids",
}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def calls(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """(owner, function, call) of every call, `ui.html(…)` as ("ui", "html", …)."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield ast.unparse(node.func.value), node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield "", node.func.id, node


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).rpartition(".")[2].isupper()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_one_file(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE, "too long: what could move out?"
    if "models" in path.parts:
        assert "from __future__ import annotations" not in text, "breaks SQLModel's relationships"
    if "components/words" not in relative(path) and path.name != "server.py":
        assert not re.search(r"['\" :]#[0-9a-fA-F]{6}\b", text), "colours belong to assets/mediqueue.css"
    for owner, name, call in calls(path):
        where = f"line {call.lineno}: {owner}.{name}"
        if path.name != "clock.py":
            now = name in {"now", "today", "utcnow"} and owner.rpartition(".")[2] in {"datetime", "date"}
            now |= (owner, name) == ("time", "time")
            assert not now, f"{where}: app.clock reads the clock"
        if (owner, name) == ("ui", "page"):
            assert relative(path) == "app/web/page.py", f"{where}: use @page, which says who may open it"
        if name in {"refreshable", "timer"} and owner == "ui":
            pytest.fail(f"{where}: use a section or the public board")
        if name in SINKS and (owner in {"", "ui"} or "client" in owner.lower()) and call.args:
            safe = is_constant(call.args[0]) or relative(path) in MADE_HERE
            assert safe, f"{where}: only constants go in here, or say in MADE_HERE why it is safe"


def test_every_exception_from_the_lint_is_still_needed() -> None:
    for name in MADE_HERE:
        found = [
            call for owner, sink, call in calls(ROOT / name)
            if sink in SINKS and (owner in {"", "ui"} or "client" in owner.lower()) and call.args
            and not is_constant(call.args[0])
        ]  # fmt: skip
        assert found, f"{name} has nothing to be excused for any more"


@pytest.mark.parametrize("name", SERVICES)
def test_services_take_the_session_first_and_the_actor_by_name(name: str) -> None:
    module = import_module(f"app.services.{name}")
    for word, function in inspect.getmembers(module, inspect.isfunction):
        if word.startswith("_") or function.__module__ != module.__name__:
            continue
        given = list(inspect.signature(function).parameters.values())
        names = [parameter.name for parameter in given]
        assert names.index("session") == 0 if "session" in names else "actor" not in names, f"{name}.{word}"
        for parameter in given:
            if parameter.name == "actor" and name not in {"policy", "steps", "audit"}:
                assert parameter.kind is parameter.KEYWORD_ONLY, f"{name}.{word}: actor by name"
                assert parameter.default is parameter.empty, f"{name}.{word}: nobody acts by default"


def test_services_never_commit_or_open_a_session() -> None:
    for path in (APP / "services").glob("*.py"):
        for owner, name, call in calls(path):
            if path.name == "invariants.py":
                continue
            assert name not in {"commit", "rollback"}, f"{relative(path)}:{call.lineno}"
            assert (owner, name) != ("", "Session"), f"{relative(path)}:{call.lineno}"


def test_codes_of_refusals_are_snake_case_and_sentences_are_sentences() -> None:
    code = re.compile(r"[a-z]+(_[a-z]+)*")
    for path in SOURCES:
        for node in nodes(path):
            given = node.value if isinstance(node, ast.keyword) and node.arg == "code" else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                assert code.fullmatch(given.value), f"{relative(path)}: {given.value}"
    kinds: list[type[errors.DomainError]] = [errors.DomainError, *errors.DomainError.__subclasses__()]
    for kind in kinds:
        assert code.fullmatch(kind.code)
        assert_sentence(kind.message)


def test_pages_live_only_in_registered_modules() -> None:
    """A page module that is not in PAGES would silently not exist."""
    pages = import_module("app.pages").PAGES
    for path in (APP / "pages").rglob("*.py"):
        if re.search(r"^@page\(", path.read_text(), re.MULTILINE):
            name = ".".join(path.relative_to(APP / "pages").with_suffix("").parts).removesuffix(".__init__")
            assert any(name == page or name.startswith(f"{page}.") for page in pages), name


TEXT_INTO_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|v-html|\beval\(|new Function|srcdoc|DOMParser|\.setHTML"
)
IN_PROPS = re.compile(r"^(?:[\w.]+\.)?(?:id|[A-Z_]+)$|\.(?:css|staff_idle_minutes)$")  # a row's id, a word of ours


@pytest.mark.parametrize(
    "path", [*sorted((APP / "components").rglob("*.js")), *sorted((ROOT / "assets").glob("*.js"))], ids=relative
)
def test_scripts_put_text_into_the_page_as_text(path: Path) -> None:
    assert not TEXT_INTO_MARKUP.search(path.read_text())


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_peoples_words_are_no_attributes_of_ours(path: Path) -> None:
    """A name in `props(f"title={…}")` could bring attributes of its own; in `props["title"] = …` it can not."""
    for owner, name, call in calls(path):
        where = f"line {call.lineno}: {owner}.{name}"
        assert name != "add_slot", f"{where}: templates are code"
        said = [*call.args, *(word.value for word in call.keywords)] if name in {"props", "style", "classes"} else []
        said += [word.value for word in call.keywords if word.arg == "js_handler"]
        for text in said:
            for part in ast.walk(text):
                if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Attribute):
                    assert IN_PROPS.search(ast.unparse(part.value)), f"{where}: {ast.unparse(part.value)}"
