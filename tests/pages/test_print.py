"""Paper: a ticket for whoever has the link, and for the desk; the poster for the door."""

import re

from nicegui.testing import User

from app.models import Role
from app.services.policy import Verb
from tests.factories import Clinic, Clock
from tests.pages.looking import words_on


async def test_printed_ticket_has_number_doctor_and_facts_with_their_time(
    user: User, clock: Clock, clinic: Clinic
) -> None:
    clinic.join("Ben Before")
    mine = clinic.join("Zoë Private", reason="private thing")
    await user.open(f"/t/{mine.link}/print")
    words = words_on(user)
    assert mine.token in words
    assert "Before you at 09:00 1 person" in words
    for private in ("Zoë", "Ben", "private thing"):
        assert private not in words


async def test_printed_ticket_of_somebody_called_says_where(user: User, clinic: Clinic) -> None:
    mine = clinic.join()
    clinic.do(Verb.CALL, mine)
    await user.open(f"/t/{mine.link}/print?roll")
    assert "Called · Room" in words_on(user)


async def test_print_needs_a_link_that_exists(user: User, clinic: Clinic) -> None:
    assert (await user.http_client.get("/t/nonsense/print")).status_code == 404


async def test_desk_prints_without_the_link_and_others_do_not(user: User, signed_in, clinic: Clinic) -> None:
    mine = clinic.join()
    path = f"/reception/print/{mine.id}"
    assert (await user.http_client.get(path)).status_code == 303
    assert (await signed_in(Role.PATIENT).http_client.get(path)).status_code == 403
    desk = signed_in(Role.RECEPTION)
    await desk.open(path)
    assert mine.token in words_on(desk)


async def test_qr_code_has_a_white_edge_and_no_words(user: User, clinic: Clinic) -> None:
    mine = clinic.join("Zoë Private")
    page = (await user.http_client.get(f"/t/{mine.link}/print")).text
    assert re.search(r'viewBox=\\?"0 0 (\d+) \1', page)
    assert "#fff" in page


async def test_poster_names_the_doctor_and_is_for_staff(user: User, signed_in, clinic: Clinic) -> None:
    assert (await user.http_client.get("/poster")).status_code == 303
    desk = signed_in(Role.RECEPTION)
    doctor = clinic.add_doctor("Omar Haddad")
    await desk.open(f"/poster?doctor={doctor}")
    assert f"/join-queue?doctor={doctor}" in words_on(desk)
    assert "Omar Haddad" in words_on(desk)
    assert (await desk.http_client.get("/poster?doctor=99")).status_code == 404
