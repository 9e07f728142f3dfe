"""From a page to the services and back: work runs on threads, refusals become sentences."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from nicegui import context, ui

from app import db
from app.db import Session
from app.errors import Busy, DomainError, Locked, NotSignedIn
from app.web import toasts

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")
E = TypeVar("E", bound=DomainError)

MOST_HASHES = max(1, min(4, (os.cpu_count() or 1) - 1))  # at once: each takes a core, and 19 MB
TO_SIGN_IN = "/login"
# Takes away what is on the page at once. It comes back to where it was when the sign-in is unlocked.
LOCK_PAGE = """{
    const here = location.pathname + location.search;
    document.body.replaceChildren();
    location.replace(`/locked?next=${encodeURIComponent(here)}`);
}"""

_pool = ThreadPoolExecutor(max_workers=db.POOL_SIZE, thread_name_prefix="db")
_hash_pool = ThreadPoolExecutor(max_workers=MOST_HASHES, thread_name_prefix="hash")


async def on_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work beside the event loop."""
    return await _run(_pool, partial(work, *args, **kwargs))


async def hashing(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what hashes a password, which is slow on purpose: it never keeps the database's threads busy."""
    return await _run(_hash_pool, partial(work, *args, **kwargs))


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    here = copy_context()  # whose request this is goes along
    return await asyncio.get_running_loop().run_in_executor(pool, here.run, work)


async def fetch(work: Callable[[Session], T]) -> T:
    """One load."""
    return await on_thread(db.reading, work)


async def commit(work: Callable[[Session], T]) -> T:
    """One user action in one transaction. Raises the DomainError of the verb."""
    return await on_thread(db.transaction, work)


async def foresee(work: Callable[[Session], T]) -> T:
    """What one user action would do. It is done and taken back. Raises the DomainError of the verb."""
    return await on_thread(db.trial, work)


async def act(work: Callable[[Session], T], done: Callable[[T], str] | None = None) -> T | None:
    """One click: commit `work` and say `done`, or say why not and answer None."""
    return await attempt(lambda: commit(work), done)


async def attempt(work: Callable[[], Awaitable[T]], done: Callable[[T], str] | None = None) -> T | None:
    """Await `work`; a refusal becomes a toast, an ended sign-in the sign-in page, and the answer None."""
    page = _page()  # the part of it that was clicked may be drawn anew meanwhile
    try:
        result = await work()
    except NotSignedIn as error:
        with page:
            leave(error)
        return None
    except DomainError as error:
        with page:
            toasts.show(error.message, warn=True)
        return None
    if done:
        with page:
            toasts.show(done(result))
    return result


def _page() -> AbstractContextManager[object]:
    try:
        return context.client
    except RuntimeError:  # it is drawn anew already
        return nullcontext()


async def noted(error: E) -> E:
    """`error`; the audit has it, also if it was raised by none of the services."""
    if error.attempt:
        await on_thread(db.note, error)
    return error


def leave(error: NotSignedIn) -> None:
    """Show the sign-in, or the lock screen, instead of this page."""
    if isinstance(error, Locked):
        ui.run_javascript(LOCK_PAGE)
    else:
        ui.navigate.to(TO_SIGN_IN)


async def keep_doing(work: Callable[[], Awaitable[object]], *, every: float) -> None:
    """Await `work` every so many seconds until cancelled. What fails once is tried again the next time."""
    while True:
        await asyncio.sleep(every)
        try:
            await work()
        except Busy:
            continue  # the database is away, and has said so
        except Exception:
            log.exception("This did not work and is tried again: %s", work)
