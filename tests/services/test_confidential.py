"""Who a confidential patient is: sealed in what the services answer, opened for who may see it, shown for a reason."""

import pytest

from app.models import AuditRow, Outcome, Patient, QueueEntry, Role
from app.services import confidential, history
from app.services.confidential import CONFIDENTIAL, Shown
from app.services.history import EntryRow, Filter
from app.services.policy import Actor, Verb
from tests.factories import Clinic, refused

REASON = "Rash under the arm"


@pytest.fixture
def secret(clinic: Clinic) -> QueueEntry:
    nurse = clinic.staff(Role.NURSE)
    return clinic.join("Ann Secret", actor=nurse, phone="0664 777", reason=REASON, is_confidential=True)


def test_a_view_is_sealed_until_it_is_opened_for_somebody(clinic: Clinic, secret: QueueEntry) -> None:
    clinic.do(Verb.START, secret)
    clinic.do(Verb.HOLD, secret, reason="HIV test")
    entry = clinic.view().aside[0]
    assert (entry.patient_name, entry.born, entry.phone, entry.reason, entry.hold_reason) == (
        CONFIDENTIAL, None, "", "", "",
    )  # fmt: skip
    assert entry.confidential
    for role in (Role.RECEPTION, Role.ADMIN, Role.PATIENT, None):
        assert clinic.view().seen_by(role).aside[0] == entry
    for role in (Role.NURSE, Role.DOCTOR):
        opened = clinic.view().seen_by(role).aside[0]
        assert (opened.patient_name, opened.reason, opened.hold_reason) == ("Ann Secret", REASON, "HIV test")
        assert (opened.sealed, opened.confidential) == (None, True)


def test_others_are_the_same_for_everybody(clinic: Clinic) -> None:
    clinic.join("Open Book")
    view = clinic.view()
    assert view.seen_by(Role.DOCTOR) is view
    assert view.line[0].patient_name == "Open Book"


def test_looking_back_is_sealed_too(clinic: Clinic, secret: QueueEntry) -> None:
    clinic.do(Verb.CANCEL, secret, reason="Went to the skin clinic")

    def rows(role: Role) -> list[EntryRow]:
        actor = clinic.staff(role)
        return clinic.read(lambda s: history.of_doctor(s, actor=actor, doctor_id=clinic.doctor_id))

    def reasons(role: Role) -> list[str]:
        actor = clinic.staff(role)
        return [row.reason for row in clinic.read(lambda s: history.timeline(s, actor=actor, entry_id=secret.id))]

    for role in (Role.RECEPTION, Role.ADMIN):
        assert [(row.patient_name, row.end_reason, row.sealed) for row in rows(role)] == [(CONFIDENTIAL, "", True)]
        assert reasons(role) == ["", ""]
    for role in (Role.DOCTOR, Role.NURSE):
        assert [(row.patient_name, row.sealed) for row in rows(role)] == [("Ann Secret", False)]
        assert reasons(role) == ["", "Went to the skin clinic"]


def test_codes_are_no_secrets(clinic: Clinic, secret: QueueEntry) -> None:
    clinic.do(Verb.CANCEL, secret, reason="duplicate")
    row = clinic.read(lambda s: history.entry(s, actor=clinic.admin, entry_id=secret.id))
    assert (row.patient_name, row.end_reason) == (CONFIDENTIAL, "duplicate")


def test_admins_find_them_by_token_and_not_by_name(clinic: Clinic, secret: QueueEntry) -> None:
    clinic.join("Ann Open")

    def found(search: str) -> list[str]:
        asked = Filter(search=search)
        rows = clinic.read(lambda s: history.entries(s, actor=clinic.admin, asked=asked))
        away = clinic.read(lambda s: history.exported(s, actor=clinic.admin, asked=asked, before=None, limit=9))
        assert rows == away
        return [row.patient_name for row in rows]

    assert found("ann") == ["Ann Open"]
    assert found("secret") == []
    assert found(secret.token) == [CONFIDENTIAL]


def test_a_name_and_phone_do_not_tell_who_is_here(clinic: Clinic, secret: QueueEntry) -> None:
    again = clinic.join("ann secret", phone="0664 777")
    assert again.token != secret.token


def test_only_staff_keep_names(clinic: Clinic) -> None:
    with refused("not_signed_in"):
        clinic.join("Ann", is_confidential=True)
    ann = clinic.join("Ann")
    clinic.do(Verb.CANCEL, ann)
    clinic.join(actor=clinic.staff(Role.RECEPTION), patient_id=ann.patient_id, is_confidential=True)
    assert clinic.all(Patient)[-1].is_confidential
    row = next(row for row in clinic.all(AuditRow) if row.action == "patient-change")
    assert (row.role, row.patient_id, row.fields) == ("reception", ann.patient_id, "is_confidential")


def test_the_name_for_a_reason_that_is_written_down(clinic: Clinic, secret: QueueEntry) -> None:
    desk = clinic.staff(Role.RECEPTION)

    def look(reason: str, actor: Actor = desk, patient_id: int = secret.patient_id) -> Shown:
        return clinic.write(lambda s: confidential.see_name(s, actor=actor, patient_id=patient_id, reason=reason))

    def looked() -> list[AuditRow]:
        return [row for row in clinic.all(AuditRow) if row.action == "name-see" and row.outcome is Outcome.DONE]

    for short in ("", "because", "a b c d e f g"):
        with refused("short_reason"):
            look(short)
    assert not looked()
    why = "Family asks at the desk"
    shown = look(why)
    assert (shown.name, shown.phone) == ("Ann Secret", "0664 777")
    for actor in (clinic.staff(Role.PATIENT), clinic.doctor()):
        with refused("not_allowed"):
            look(why, actor)
    with refused("unknown_patient"):
        look(why, patient_id=999)
    (row,) = looked()
    assert (row.actor_id, row.patient_id, row.reason) == (desk.user_id, secret.patient_id, why)
