"""The front desk: everybody in one list, walk-ins, mistakes mended, and rows that are not drawn for nothing."""

from datetime import date

import pytest
from nicegui.element import Element
from nicegui.testing import User

from app.models import Role, Source, Status
from app.services.policy import Verb
from tests.factories import Clinic, Clock
from tests.pages.looking import act, fields_of, page_of, press, sees, send, words_on
from tests.pages.waiting import until


@pytest.fixture
async def desk(user: User, sign_in, clinic: Clinic) -> User:
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    return user


def rows(desk: User) -> dict[int, Element]:
    """The rows on the page, from top to bottom, by entry."""
    found = page_of(desk).descendants()
    return {int(row.props["data-row"]): row for row in found if row.tag == "tr" and "data-row" in row.props}


async def panel(desk: User) -> Element:
    press(desk, "Add walk-in")
    await until(
        lambda: any(element.tag == "form" and "stack" in element.classes for element in page_of(desk).descendants())
    )
    return next(e for e in page_of(desk).descendants() if e.tag == "form" and "stack" in e.classes)


async def add(desk: User, **typed: str) -> None:
    form = await panel(desk)
    values = fields_of(form)
    values.pop("print", None)
    send(desk, form, {**{k: v for k, v in values.items() if not k.startswith("need-")}, **typed})


@pytest.mark.parametrize(
    ("role", "status"), [(Role.PATIENT, 403), (Role.DOCTOR, 403), (Role.NURSE, 200), (Role.ADMIN, 200)]
)
async def test_desk_is_for_reception_nurse_and_admin(signed_in, clinic: Clinic, role: Role, status: int) -> None:
    assert (await signed_in(role).http_client.get("/reception")).status_code == status


async def test_desk_needs_a_sign_in(user: User, clinic: Clinic) -> None:
    assert (await user.http_client.get("/reception")).status_code == 303


async def test_new_people_appear_and_go_by_themselves(desk: User, clinic: Clinic) -> None:
    mine = clinic.join("Zoë Ångström")
    await sees(desk, "Zoë Ångström")
    clinic.do(Verb.CANCEL, mine, clinic.staff(Role.RECEPTION))
    await until(lambda: mine.id not in rows(desk))


async def test_walk_in_is_added_with_all_that_was_said(desk: User, clinic: Clinic) -> None:
    await add(desk, name="Ida Old", born="1940-02-01", phone="0151 555 0199", priority="elderly", **{"need-deaf": "on"})
    await sees(desk, "Ida Old has ticket")
    entry = clinic.view().line[0]
    assert (entry.patient_name, entry.born, entry.priority) == ("Ida Old", date(1940, 2, 1), "elderly")
    assert entry.needs == ("deaf",)
    assert entry.source == Source.RECEPTION


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "  "}, "Please enter the name."),
        ({"name": "Ida", "phone": "what"}, "Please check the phone number"),
        ({"name": "Ida", "born": "2999-01-01"}, "Please check the date of birth."),
        ({"name": "Ida", "born": "soon"}, "Please check the date of birth."),
        ({"name": "Ida", "doctor": "0"}, "We can't find that doctor."),
    ],
)
async def test_walk_in_refusals_are_sentences(desk: User, clinic: Clinic, typed: dict[str, str], sentence: str) -> None:
    await add(desk, **typed)
    await sees(desk, sentence)
    assert not clinic.view().line


async def test_same_name_asks_which_one_and_refuses_a_second_ticket(desk: User, clinic: Clinic) -> None:
    mine = clinic.join("Kofi Mensah", born=date(1981, 1, 30))
    await add(desk, name="kofi  mensah")
    await sees(desk, "Which one?")
    known = next(
        e for e in page_of(desk).descendants() if e._text and e._text.startswith("Kofi Mensah · born 30 Jan 1981")
    )
    assert known.parent_slot
    act(desk, known.parent_slot.parent, "click")
    await sees(desk, "Not this one")
    form = next(e for e in page_of(desk).descendants() if e.tag == "form" and "stack" in e.classes)
    send(desk, form, {"name": "Kofi Mensah", "phone": "", "doctor": str(mine.doctor_id), "priority": "none"})
    await sees(desk, f"already have a ticket here: {mine.token}")


async def test_skipped_person_is_back_with_one_click(desk: User, clinic: Clinic) -> None:
    mine = clinic.join()
    clinic.do(Verb.CALL, mine)
    clinic.do(Verb.SKIP, mine)
    await sees(desk, "may be at the desk")
    press(desk, "Is here")
    await until(lambda: clinic.entry(mine).status is Status.WAITING)
    await sees(desk, "is back in the line.")


async def test_finished_visits_can_be_brought_back(desk: User, clinic: Clinic) -> None:
    mine = clinic.join("Ida Gone")
    clinic.do(Verb.CANCEL, mine, clinic.staff(Role.RECEPTION))
    await sees(desk, "Finished 1")
    press(desk, "Finished 1")
    await sees(desk, "Ida Gone")
    press(desk, "Bring back")
    await sees(desk, f"Why bring {mine.token} back?")
    press(desk, "Bring back")
    await until(lambda: clinic.entry(mine).status is Status.WAITING)


async def test_a_change_leaves_the_other_rows_alone(desk: User, clinic: Clinic) -> None:
    people = [clinic.join(f"Person {number}") for number in range(6)]
    await until(lambda: len(rows(desk)) == len(people))
    cells = {key: [cell.id for cell in row.default_slot.children] for key, row in rows(desk).items()}
    clinic.do(Verb.CALL, people[0])
    await sees(desk, "Called · ")
    after = {key: [cell.id for cell in row.default_slot.children] for key, row in rows(desk).items()}
    unchanged = [entry.id for entry in people[2:]]
    assert [after[key] for key in unchanged] == [cells[key] for key in unchanged]
    assert "3 before" in words_on(desk)


async def test_long_wait_needs_somebody(user: User, sign_in, clock: Clock, clinic: Clinic) -> None:
    mine = clinic.join()
    clock.forward(minutes=46)
    sign_in(user, Role.RECEPTION)
    await user.open("/reception")
    await sees(user, "waits over 45 min")
    press(user, "Move")
    await sees(user, f"Move {mine.token} to which doctor?")


async def test_a_scanned_code_leads_to_its_ticket(desk: User, clinic: Clinic) -> None:
    mine = clinic.join()
    await sees(desk, mine.token)
    field = next(e for e in page_of(desk).descendants() if e.props.get("type") == "search")
    act(desk, field, "keydown.enter.prevent", "http://clinic/t/nonsense")  # type: ignore[arg-type]
    await sees(desk, "We can't find that ticket.")
