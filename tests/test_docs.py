"""What the documents say can be found in the repository."""

import re
from pathlib import Path

import pytest

from app.settings import ROOT, Settings

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_CODE = re.compile(r"```.*?```", re.DOTALL)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _CODE.sub("", path.read_text())):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_make_commands_exist(path: Path) -> None:
    known = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in re.findall(r"`(make [a-z][a-z-]*)", path.read_text()):
        assert block.removeprefix("make ") in known, block


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    explained = set(re.findall(r"MEDIQUEUE_([A-Z_]+)", (ROOT / ".env.example").read_text()))
    assert explained == {name.upper() for name in Settings.model_fields}
