"""Who may do what, beside what docs/access.md says of each verb: tests/access tries all of that."""

from sqlmodel import Session

from app.models import Role, Status, User
from app.services import accounts, board, policy, sign_ins
from app.services.policy import Actor
from app.settings import settings
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in


def test_a_link_of_another_ticket_is_not_told_that_this_one_exists(clinic: Clinic) -> None:
    mine, theirs = clinic.join("Mine"), clinic.join("Theirs")
    with refused("unknown_entry"):
        clinic.do("cancel", theirs, actor=clinic.as_patient(mine))
    with refused("unknown_entry"):
        clinic.do("cancel", 999, actor=clinic.as_patient(mine))


def test_a_demotion_acts_on_pages_that_are_open(clinic: Clinic) -> None:
    user_id = clinic.add_user(Role.RECEPTION)
    page_of_yesterday = clinic.actor_of(user_id)
    clinic.join()
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=user_id, name="Now a patient", role=Role.PATIENT, disabled=False
        )
    )
    with refused("not_signed_in"):
        clinic.call_next(actor=page_of_yesterday)


def test_a_disabled_account_does_nothing_even_with_a_sign_in_that_lives_on(clinic: Clinic, clock: Clock) -> None:
    desk = clinic.staff(Role.RECEPTION)
    token = clinic.session_token(desk)

    def disable(session: Session) -> None:
        session.get_one(User, desk.user_id).disabled_at = clock.at

    clinic.write(disable)
    clinic.join()
    with refused("not_signed_in"):
        clinic.call_next(actor=desk)
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)) is None


def test_what_an_actor_claims_to_be_is_not_believed(clinic: Clinic) -> None:
    patient = clinic.staff(Role.PATIENT)
    liar = Actor(patient.kind, session_id=patient.session_id, user_id=clinic.admin.user_id, role=Role.ADMIN)
    clinic.join()
    with refused("not_allowed"):
        clinic.call_next(actor=liar)


def test_nurses_call_only_where_the_clinic_lets_them(clinic: Clinic) -> None:
    first = clinic.join()
    clinic.call_next(actor=clinic.staff(Role.NURSE))
    clinic.do("put-back", first)
    clinic.rules(nurse_may_call=False)
    for verb in ("call", "recall"):
        with refused("not_allowed"):
            clinic.do(verb, first, actor=clinic.staff(Role.NURSE))
    with refused("not_allowed"):
        clinic.call_next(actor=clinic.staff(Role.NURSE))


def test_only_clinical_staff_send_somebody_out_of_the_room(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.IN_PROGRESS)
    for role in (Role.RECEPTION, Role.ADMIN):
        with refused("not_allowed"):
            clinic.do("put-back", entry, actor=clinic.staff(role))
    for role in (Role.RECEPTION, Role.ADMIN, Role.NURSE):
        with refused("not_allowed"):
            clinic.do("cancel", entry, actor=clinic.staff(role))
    assert clinic.do("put-back", entry, actor=clinic.staff(Role.NURSE)).status is Status.WAITING


def test_nothing_works_before_the_first_run(database: str) -> None:
    from app import db

    with refused("not_set_up"):
        db.transaction(lambda s: policy.clinic(s))
    with refused("unknown_doctor"):
        db.reading(lambda s: board.load(s, 1))
