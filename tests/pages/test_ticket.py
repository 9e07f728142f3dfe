"""The live ticket: the link shows one ticket, and does what its holder may do."""

import asyncio
import json
from typing import Any

import pytest
from nicegui.testing import User

from app.components.patient.ticket import Ticket
from app.models import QueueEntry, Status
from app.services.policy import Verb
from tests.factories import Clinic, Clock, assert_sentence
from tests.pages.waiting import until


def shown(user: User) -> dict[str, Any]:
    """What the server has told the ticket's element last."""
    element = next(iter(user.find(Ticket).elements))
    return json.loads(element.props["reply"])


async def tell(user: User, event: str, args: Any = None) -> dict[str, Any]:
    """Let the browser's side of the ticket say something, and wait for the answer."""
    before = shown(user)
    user.find(Ticket).trigger(event, args)
    await until(lambda: shown(user) != before)
    return shown(user)


async def first_html(user: User, entry: QueueEntry) -> str:
    page = (await user.http_client.get(f"/t/{entry.link}")).text
    return page.partition('id="splash"')[2].partition('id="app"')[0]


async def test_ticket_first_html_has_number_and_place_and_no_name(user: User, clinic: Clinic) -> None:
    clinic.join("Ben Before")
    mine = clinic.join("Zoë <script>", reason="private thing")
    page = (await user.http_client.get(f"/t/{mine.link}")).text
    assert mine.token in await first_html(user, mine)
    assert "1 person before you" in page
    for private in ("Ben Before", "Zoë", "private thing"):
        assert private not in page


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        ([Verb.CALL], "It is your turn"),
        ([Verb.START], "You are with the doctor"),
        ([Verb.START, Verb.HOLD], "Your visit is on hold"),
        ([Verb.CALL, Verb.SKIP], "We called you, but did not see you"),
        ([Verb.START, Verb.DONE], "Your visit is done"),
        ([Verb.CANCEL], "Your place is cancelled"),
    ],
)
async def test_ticket_first_html_of_each_state(user: User, clinic: Clinic, verbs: list[Verb], words: str) -> None:
    mine = clinic.join()
    for verb in verbs:
        clinic.do(verb, mine)
    assert words in await first_html(user, mine)


async def test_ticket_of_an_unknown_link_is_a_friendly_page(user: User, clinic: Clinic) -> None:
    clinic.join()
    for link in ("nobody-has-this", "'; --", "%F0%9F%8E%AB"):
        answer = await user.http_client.get(f"/t/{link}")
        assert answer.status_code == 404
        assert 'href="/join-queue"' in answer.text


async def test_ticket_of_the_day_before_yesterday_says_which_day(user: User, clock: Clock, clinic: Clinic) -> None:
    mine = clinic.join()
    clinic.do(Verb.START, mine)
    clinic.do(Verb.DONE, mine)
    clock.forward(days=1)
    assert "Your visit is done" in await first_html(user, mine)
    clock.forward(days=1)
    answer = await user.http_client.get(f"/t/{mine.link}")
    assert answer.status_code == 404
    assert "10 March" in answer.text


async def test_ticket_that_nobody_closed_is_over_the_next_day(user: User, clock: Clock, clinic: Clinic) -> None:
    mine = clinic.join()
    clock.forward(days=1)
    assert (await user.http_client.get(f"/t/{mine.link}")).status_code == 404


async def test_ticket_leave_and_get_the_place_back(user: User, clinic: Clinic) -> None:
    mine = clinic.join()
    await user.open(f"/t/{mine.link}")
    answer = await tell(user, "act", "leave")
    assert (answer["ticket"]["status"], answer["ticket"]["end_reason"]) == ("Cancelled", "by_patient")
    assert (await tell(user, "act", "restore"))["ticket"]["status"] == "Waiting"
    assert clinic.entry(mine).status is Status.WAITING


async def test_ticket_coming_is_told_to_the_doctor(user: User, clinic: Clinic) -> None:
    mine = clinic.join()
    clinic.do(Verb.CALL, mine)
    await user.open(f"/t/{mine.link}")
    assert (await tell(user, "act", "coming"))["ticket"]["answer"] == "coming"


async def test_ticket_refusal_is_a_sentence_with_the_true_state(user: User, clinic: Clinic) -> None:
    mine = clinic.join()
    await user.open(f"/t/{mine.link}")
    clinic.do(Verb.START, mine)
    answer = await tell(user, "act", "leave")
    assert_sentence(answer["refusal"])
    assert answer["ticket"]["status"] == "In Progress"


@pytest.mark.parametrize("said", ["done", "call", "transfer", {"verb": "leave"}, None, 7])
async def test_ticket_takes_no_verb_that_is_not_the_holders(user: User, clinic: Clinic, said: Any) -> None:
    mine = clinic.join()
    await user.open(f"/t/{mine.link}")
    user.find(Ticket).trigger("act", said)
    await asyncio.sleep(0.2)
    assert clinic.entry(mine).status is Status.WAITING


async def test_ticket_follows_to_another_doctor(user: User, clinic: Clinic) -> None:
    other = clinic.add_doctor("Omar Haddad")
    mine = clinic.join()
    await user.open(f"/t/{mine.link}")
    clinic.do(Verb.TRANSFER, mine, doctor_id=other)
    ticket = (await tell(user, "stale"))["ticket"]
    assert (ticket["doctor_id"], ticket["moved"], ticket["token"]) == (other, True, mine.token)


async def test_ticket_open_over_midnight_ends_on_the_page(user: User, clock: Clock, clinic: Clinic) -> None:
    mine = clinic.join()
    await user.open(f"/t/{mine.link}")
    clock.forward(days=1)
    answer = await tell(user, "stale")
    assert answer["ticket"] is None
    assert_sentence(answer["gone"])
