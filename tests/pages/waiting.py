"""Handlers of a page work on threads: their answers take a moment."""

import asyncio
from collections.abc import Callable

STEP = 0.02  # seconds
LONGEST = 5


async def until(there: Callable[[], object], patience: float = LONGEST) -> None:
    """Wait until `there` answers something true; fail if it never does."""
    for _ in range(round(patience / STEP)):
        if there():
            return
        await asyncio.sleep(STEP)
    raise AssertionError("It did not happen.")
