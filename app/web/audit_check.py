"""Looking through the whole audit from a page: step by step, so that nobody waits for it."""

from collections.abc import Callable

from app.services import auditing, sealing
from app.services.policy import Actor
from app.services.tampering import Check
from app.settings import settings
from app.web.actions import commit, fetch, on_thread


async def look_through(actor: Actor, say: Callable[[int, int], None]) -> Check:
    """Check every row and write down how it went; `say` hears how far it is. Raises for all but admins."""
    await fetch(lambda session: auditing.state(session, actor=actor))
    check = Check(await on_thread(sealing.read_head, settings().data_dir))
    while await fetch(check.step):
        say(check.done, check.total)
    await commit(lambda session: auditing.checked(session, actor=actor, findings=check.count))
    return check
