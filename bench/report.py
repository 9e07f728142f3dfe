"""The tables: every number beside its peers, its aim, and whether it is met or by how much it is missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from bench import machine
from bench.lists import ListLoad
from bench.load import Leg, Step
from bench.phone import FirstLoad
from bench.services import THREADS, Pair

PUSH = """## One change to N open pages

The time runs from asking for the change until the last page has it, with the change itself in it: for
MediQueue a call over REST with its transaction on SQLite, for Channels + Daphne the documents' consumer with
its own, for the floor nothing, since there a bare uvicorn sends the same bytes to every WebSocket. CPU is the
server's, without what open pages cost at rest, which has a line of its own. The systems take turns on fresh
servers. One load process reads all of them in the same way, on the same machine; its CPU shows that it is not
what is measured."""

SERVICES = f"""## Check-ins and calls

Transactions per second through the service layer with {THREADS} threads, beside a driver loop that writes the
same rows with the same durability and checks nothing. The two take turns; medians of rounds."""

LISTS = """## The admin's lists with 100,000 rows

Patients, tickets, users and audit rows, 100,000 of each. One load of one page through the service layer, with the
permission asked, again and again. A dry run of what would be erased is no list and has no aim."""

PHONE = """## First load of a ticket page on a phone

Chromium with nothing cached, 390×844, CPU slowed 4×, 1.6 Mbit/s down, 150 ms round trip. Medians."""

Row = Sequence[str]


def page(sections: Sequence[str]) -> str:
    head = ["# Benchmarks", "Measured and written by `make bench`.", *machine.describe()]
    return "\n\n".join([*head, *sections]) + "\n"


def table(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def at_most(limit: float, value: float) -> str:
    return "met" if value <= limit else f"missed by {100 * (value / limit - 1):.0f} %"


def at_least(limit: float, value: float) -> str:
    return "met" if value >= limit else f"missed by {100 * (1 - value / limit):.0f} %"


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[ceil(share * len(values)) - 1]


@dataclass(frozen=True)
class Pushed:
    """What the rounds of one system with one number of pages came to."""

    changes: int
    first_ms: float
    median_ms: float
    p99_ms: float
    cpu_ms: float
    idle_ms: float
    load_cpu_ms: float

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Pushed":
        last = [ms for step in steps for ms in step.last_ms]
        return cls(
            changes=len(last),
            first_ms=median(ms for step in steps for ms in step.first_ms),
            median_ms=median(last),
            p99_ms=percentile(last, 0.99),
            cpu_ms=median(step.cpu_ms for step in steps),
            idle_ms=median(step.idle_ms for step in steps),
            load_cpu_ms=median(step.load_cpu_ms for step in steps),
        )


def push(legs: Sequence[Leg]) -> str:
    systems = list(dict.fromkeys(leg.system for leg in legs))
    sizes = [step.pages for step in legs[0].steps]
    rows: list[Row] = []
    for number, pages in enumerate(sizes):
        found = [Pushed.of([leg.steps[number] for leg in legs if leg.system == system]) for system in systems]
        rows += push_rows(pages, *found, judged=pages == sizes[-1])
    rows.append(memory_row(legs, systems))
    return f"{PUSH}\n\n{table(['pages', 'measured', *systems, 'aim', 'result'], rows)}"


def push_rows(pages: int, ours: Pushed, channels: Pushed, floor: Pushed, *, judged: bool) -> list[Row]:
    """The aims against the peers are for the most pages; steadiness is asked everywhere."""
    trio = (ours, channels, floor)
    time_aim = against_peers(6, 3, ours.median_ms, channels.median_ms, floor.median_ms) if judged else ("", "")
    cpu_aim = against_peers(5, 5, ours.cpu_ms, channels.cpu_ms, floor.cpu_ms) if judged else ("", "")
    steady = ("p99 ≤ 3 × median", at_most(3, ours.p99_ms / ours.median_ms))
    return [
        [f"{pages:,}", "last page, median", *(f"{x.median_ms:.1f} ms" for x in trio), *time_aim],
        [
            "",
            "last page, p99",
            *(f"{x.p99_ms:.1f} ms ({x.p99_ms / x.median_ms:.1f} ×)" for x in trio),
            *steady,
        ],
        ["", "first page, median", *(f"{x.first_ms:.1f} ms" for x in trio), "", ""],
        ["", "CPU per page and change", *(f"{x.cpu_ms:.3f} ms" for x in trio), *cpu_aim],
        ["", "CPU per page and second at rest", *(f"{x.idle_ms:.3f} ms" for x in trio), "", ""],
        ["", "load process, CPU per page and change", *(f"{x.load_cpu_ms:.3f} ms" for x in trio), "", ""],
        ["", "changes", *(str(x.changes) for x in trio), "", ""],
    ]


def against_peers(share: int, multiple: int, ours: float, channels: float, floor: float) -> tuple[str, str]:
    """The aim in words, and how it is met: at most 1/share of Channels, at most multiple × the floor."""
    return (
        f"≤ 1/{share} of Channels; ≤ {multiple} × the floor",
        f"1/{channels / ours:.1f}: {at_most(1 / share, ours / channels)}; "
        f"{ours / floor:.1f} ×: {at_most(multiple, ours / floor)}",
    )


def memory_row(legs: Sequence[Leg], systems: Sequence[str]) -> Row:
    kept = [median(leg.page_kb for leg in legs if leg.system == system) for system in systems]
    return ["", "memory per open page", *(f"{kb:.0f} kB" for kb in kept), "≤ 140 kB", at_most(140, kept[0])]


def services(pairs: Sequence[Pair]) -> str:
    head = [
        "engine",
        "verb",
        "service",
        "bare driver",
        "p50 / p99",
        "bare p50 / p99",
        "share",
        "aim",
        "result",
    ]
    return f"{SERVICES}\n\n{table(head, [pair_row(pair) for pair in pairs])}"


def pair_row(pair: Pair) -> Row:
    share = median(ours / bare for ours, bare in zip(pair.service.per_second, pair.bare.per_second, strict=True))
    rates = (f"{median(timing.per_second):.0f}/s" for timing in (pair.service, pair.bare))
    tails = (tail(timing.each_ms, 0.99) for timing in (pair.service, pair.bare))
    return [pair.engine, pair.verb, *rates, *tails, f"{100 * share:.0f} %", "≥ 70 %", at_least(0.7, share)]


def tail(each_ms: Sequence[float], share: float = 0.95) -> str:
    return f"{median(each_ms):.1f} / {percentile(each_ms, share):.1f} ms"


def lists(loads: Sequence[ListLoad]) -> str:
    """SQLite is held to the aim; MariaDB stands beside it."""
    rows: list[Row] = []
    for ours in (load for load in loads if load.engine == loads[0].engine):
        beside = [tail(load.each_ms) for load in loads if (load.page, load.asked) == (ours.page, ours.asked)]
        judged = ours.page != "retention"
        result = ("p95 ≤ 50 ms", at_most(50, percentile(ours.each_ms, 0.95))) if judged else ("", "")
        rows.append([ours.page, ours.asked, *beside, *result])
    engines = [f"{engine}, p50 / p95" for engine in dict.fromkeys(load.engine for load in loads)]
    return f"{LISTS}\n\n{table(['list', 'asked for', *engines, 'aim', 'result'], rows)}"


def phone(loads: Sequence[FirstLoad]) -> str:
    number = median(load.number_ms for load in loads) / 1000
    rows = [
        ["ticket number painted", f"{number:.2f} s", "≤ 1.2 s", at_most(1.2, number)],
        ["first contentful paint", f"{median(load.first_paint_ms for load in loads) / 1000:.2f} s", "", ""],
        [
            "largest contentful paint",
            f"{median(load.largest_paint_ms for load in loads) / 1000:.2f} s",
            "",
            "",
        ],
        ["transferred", f"{median(load.transferred_kb for load in loads):.0f} kB", "", ""],
        ["requests", f"{median(load.requests for load in loads):.0f}", "", ""],
    ]
    return f"{PHONE}\n\n{table(['measured', 'MediQueue', 'aim', 'result'], rows)}"
