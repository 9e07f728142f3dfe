"""How long somebody will wait: the only place that computes it.

Pure. A better model may take over behind `Pace.of` and `Pace.wait` without anybody else noticing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FEWEST_VISITS = 3
MAD_TO_SIGMA = 1.4826  # makes the median deviation comparable to a standard deviation: Rousseeuw & Croux 1993
SPREAD = 1.28  # four of five waits fall inside median ± 1.28 sigma
LEAST_SPREAD = 0.2  # of the usual visit: even a very regular doctor is never exact
STEP_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Wait:
    """Minutes from now until somebody is called, rounded outwards to five."""

    low_minutes: int
    high_minutes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How a doctor works: the usual visit and how far visits stray from it, both in minutes."""

    usual: float
    spread: float

    @classmethod
    def of(cls, visits: Sequence[float]) -> "Pace | None":
        """The pace behind these finished visits (minutes each); None when there are too few to say.

        Median and median absolute deviation, so that one three-hour visit does not spoil the day.
        """
        if len(visits) < FEWEST_VISITS:
            return None
        usual = max(median(visits), 1.0)
        deviation = median(abs(visit - usual) for visit in visits) * MAD_TO_SIGMA
        return cls(usual, max(deviation, usual * LEAST_SPREAD))

    @property
    def visit(self) -> timedelta:
        return timedelta(minutes=self.usual)

    def left_of(self, started_at: datetime | None, now: datetime) -> timedelta:
        """What the running visit still needs. One that overruns is taken to need a fifth of a visit more."""
        if started_at is None:
            return timedelta()
        passed = (now - started_at) / timedelta(minutes=1)
        return timedelta(minutes=max(self.usual - passed, self.usual * LEAST_SPREAD))

    def wait(self, until_first: timedelta, before: int) -> Wait:
        """The wait of somebody with `before` people to be called first.

        The sum of `before` visits: its spread grows with the square root of their number.
        """
        middle = until_first / timedelta(minutes=1) + before * self.usual
        spread = SPREAD * self.spread * math.sqrt(before + (1 if until_first else 0))
        low = _down(max(middle - spread, 0))
        return Wait(low, max(_up(middle + spread), low + STEP_MINUTES))


def _down(minutes: float) -> int:
    return int(minutes // STEP_MINUTES) * STEP_MINUTES


def _up(minutes: float) -> int:
    return math.ceil(minutes / STEP_MINUTES) * STEP_MINUTES
