"""What an admin is told to look at."""

from datetime import timedelta

from sqlmodel import Session

from app.models import Device, DeviceKind, Message, Role, User
from app.services import overview
from app.services.overview import Attention
from app.services.policy import Actor
from tests.factories import Clinic, Clock, refused


def found(clinic: Clinic) -> Attention:
    return clinic.read(lambda s: overview.attention(s, actor=clinic.admin))


def test_all_is_well_in_a_new_clinic(clinic: Clinic) -> None:
    assert found(clinic) == Attention(0, 0, (), (), 0, 0)


def test_what_is_not_finished_is_named(clinic: Clinic, clock: Clock) -> None:
    clinic.edit_doctor(user_id=None)
    invited, patient = clinic.add_user(Role.NURSE), clinic.add_user(Role.PATIENT)

    def change(s: Session) -> None:
        for user_id in (invited, patient):
            s.get_one(User, user_id).password_hash = ""
        for name, last in (("Lobby", 11), ("Hall", 9)):
            seen = clock.at - timedelta(minutes=last)
            s.add(
                Device(
                    kind=DeviceKind.DISPLAY, name=name, token_hash=name, created_at=seen, code_expires_at=seen,
                    paired_at=seen, last_seen_at=seen,
                )
            )  # fmt: skip
        s.add(
            Message(
                kind="invite", recipient="a@b.test", subject="", body="", created_at=clock.at, due_at=clock.at,
                failed_at=clock.at,
            )
        )  # fmt: skip

    clinic.write(change)
    now = found(clinic)
    assert (now.invited, now.unsent) == (1, 1)
    assert now.without_account == ((clinic.doctor_id, "Meera Nair"),)
    assert now.silent == (("Lobby", clock.at - timedelta(minutes=11)),)


def test_only_admins_look(clinic: Clinic) -> None:
    def look(actor: Actor) -> Attention:
        return clinic.read(lambda s: overview.attention(s, actor=actor))

    for role in set(Role) - {Role.ADMIN}:
        with refused("not_allowed"):
            look(clinic.staff(role))
