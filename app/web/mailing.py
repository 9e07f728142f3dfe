"""Sending what is in the outbox: claimed in one transaction, sent outside of any, noted in another."""

import asyncio
import logging
from functools import partial

from app import senders
from app.errors import Busy
from app.senders import NotTaken, Sender
from app.services import outbox
from app.services.outbox import Outgoing
from app.settings import settings
from app.web.actions import commit, fetch

log = logging.getLogger(__name__)

NOBODY = "no way to send this is set up"


async def send_due() -> None:
    """One round: everything whose time has come, one after the other."""
    try:
        ways = senders.senders(settings())
        for message_id in await fetch(outbox.due):
            message = await commit(partial(outbox.claim, message_id=message_id))
            if message:
                await _send(ways, message)
    except Busy:
        return  # the database is away, and has said so; claims run out by themselves


async def _send(ways: list[Sender], message: Outgoing) -> None:
    way = next((way for way in ways if way.takes(message.recipient)), None)
    if way is None:
        log.warning("Message %s is written, but %s.", message.reference, NOBODY)
        await commit(partial(outbox.failed, message=message, error=NOBODY, for_good=True))
        return
    try:
        await asyncio.to_thread(way.send, message)  # not on the database's threads: a mail server may be slow
    except NotTaken as refusal:
        log.warning("Message %s was not taken: %s. Try %d.", message.reference, refusal, message.tries)
        await commit(partial(outbox.failed, message=message, error=str(refusal), for_good=refusal.for_good))
        return
    except Exception as error:  # noqa: BLE001  nothing in one message keeps the others back
        log.error("Message %s can't be sent: %s.", message.reference, type(error).__name__)  # noqa: TRY400  no address
        await commit(partial(outbox.failed, message=message, error=type(error).__name__, for_good=True))
        return
    await commit(partial(outbox.sent, message_id=message.id))
    log.info("Message %s is on its way.", message.reference)
