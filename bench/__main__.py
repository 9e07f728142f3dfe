"""`make bench`: measure everything, print the tables, and keep those of a whole run in docs/benchmarks.md."""

import signal
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bench import lists, phone, push, report, services
from bench.processes import ROOT


class Part(StrEnum):
    PUSH = "push"
    SERVICES = "services"
    LISTS = "lists"
    PHONE = "phone"


Section = Callable[[Path, bool], str]
SECTIONS: dict[Part, Section] = {
    Part.PUSH: lambda directory, quick: report.push(push.measure(directory, quick, say)),
    Part.SERVICES: lambda directory, quick: report.services(services.measure(directory, quick, say)),
    Part.LISTS: lambda directory, quick: report.lists(lists.measure(directory, quick, say)),
    Part.PHONE: lambda directory, quick: report.phone(phone.measure(directory, quick, say)),
}


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(
    quick: Annotated[bool, typer.Option(help="Few rounds, few pages: does it run at all?")] = False,
    only: Annotated[list[Part] | None, typer.Option(help="Leave the other parts out.")] = None,
) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the servers are stopped too
    with tempfile.TemporaryDirectory(prefix="mediqueue-bench-") as directory:
        sections = [SECTIONS[part](Path(directory), quick) for part in only or Part]
    text = report.page(sections)
    print(text)
    if not quick and not only:
        (ROOT / "docs" / "benchmarks.md").write_text(text)


if __name__ == "__main__":
    typer.run(main)
