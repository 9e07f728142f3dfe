"""A month of one doctor's clinic under three head starts for appointments; writes the table in docs/order.md.

The order and the standing of an appointment are the product's own (`ordering.next_up`, `expected.standing`). People,
visits and lateness are drawn from a fixed seed, the same for every setting, so only the rule differs.

    python -m scripts.simulate_month
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, quantiles

from app.models import Policy
from app.services import expected, ordering
from app.services.ordering import Place
from app.settings import ROOT

DAYS = 22
OPENS = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOURS = 6
APPOINTMENT_EVERY = 30  # minutes
WALK_INS_AN_HOUR = 2.6
USUAL_VISIT = 11  # minutes; the doctor is busy about 80 of 100 minutes
CREDITS = (0, 60, 120)
PAGE = ROOT / "docs" / "order.md"
BEGIN, END = "<!-- waits: written by scripts/simulate_month.py -->", "<!-- end of waits -->"


@dataclass(frozen=True, slots=True)
class Person:
    """`appointment_at` is None for a walk-in."""

    number: int
    came_at: datetime
    appointment_at: datetime | None
    visit: timedelta


@dataclass(frozen=True, slots=True)
class Seen:
    person: Person
    waited: float  # minutes, from when they could expect to be seen: coming, or the appointment if that was later


def people(day: int) -> list[Person]:
    """Everybody who comes on one day, the same whatever the rule."""
    luck = random.Random(day)
    opens = OPENS + timedelta(days=day)
    found: list[tuple[datetime, datetime | None]] = []
    for minutes in range(0, HOURS * 60, APPOINTMENT_EVERY):
        slot = opens + timedelta(minutes=minutes)
        if luck.random() > 0.08:  # the others do not come
            found.append((slot + timedelta(minutes=luck.gauss(-8, 9)), slot))
    at = opens
    while (at := at + timedelta(hours=luck.expovariate(WALK_INS_AN_HOUR))) < opens + timedelta(hours=HOURS):
        found.append((at, None))
    return [
        Person(number, came, slot, timedelta(minutes=luck.lognormvariate(0, 0.45) * USUAL_VISIT))
        for number, (came, slot) in enumerate(sorted(found, key=lambda both: both[0]))
    ]


def seen(day: int, rules: Policy) -> Iterator[Seen]:
    """The day as the doctor's button would play it."""
    coming, waiting = people(day), dict[int, tuple[Person, Place]]()
    now = OPENS + timedelta(days=day)
    while coming or waiting:
        while coming and coming[0].came_at <= now:
            person = coming.pop(0)
            waiting[person.number] = (person, _place(person, rules))
        chosen = ordering.next_up([place for _, place in waiting.values()], now)
        if chosen is None:
            now = coming[0].came_at
            continue
        person, _ = waiting.pop(chosen.entry_id)
        fair_from = max(person.came_at, person.appointment_at or person.came_at)
        yield Seen(person, max((now - fair_from) / timedelta(minutes=1), 0))
        now += person.visit


def _place(person: Person, rules: Policy) -> Place:
    if person.appointment_at is None:
        return Place(person.number, person.came_at)
    stands = expected.standing(person.appointment_at, person.came_at, rules)
    return Place(person.number, stands.virtual_at, not_before=stands.not_before)


def table() -> str:
    """Waits in minutes by credit, as Markdown."""
    lines = ["| head start | who | people | mean | half wait less than | 9 of 10 less than | longest |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for credit in CREDITS:
        month = [one for day in range(DAYS) for one in seen(day, Policy(appointment_credit_minutes=credit))]
        for word, booked in (("appointments", True), ("walk-ins", False)):
            waits = [one.waited for one in month if (one.person.appointment_at is not None) is booked]
            tenths = quantiles(waits, n=10)
            numbers = " | ".join(f"{minutes:.0f} min" for minutes in (mean(waits), tenths[4], tenths[8], max(waits)))
            lines.append(f"| {credit} min | {word} | {len(waits)} | {numbers} |")
    return "\n".join(lines)


def main() -> None:
    page = PAGE.read_text()
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")
    print(table())


if __name__ == "__main__":
    main()
