"""A request that is sent twice acts once."""

from datetime import timedelta

import pytest

from app.errors import Conflict
from app.models import RequestKey
from app.services import idempotency, joining
from app.services.idempotency import Answer
from app.services.policy import ANONYMOUS
from tests.factories import Clinic, Clock, refused


def join(clinic: Clinic, key: str | None, name: str = "Asha Rao", asker: str = "anonymous") -> Answer:
    def work(session):
        def act() -> Answer:
            who = joining.Newcomer(name=name)
            return {"token": joining.join(session, actor=ANONYMOUS, doctor_id=clinic.doctor_id, who=who).token}

        return idempotency.once(session, asker=asker, key=key, body={"name": name}, work=act)

    return clinic.write(work)


def test_the_same_key_gets_the_first_answer_again(clinic: Clinic) -> None:
    assert join(clinic, "k") == join(clinic, "k") == {"token": "A1"}
    assert clinic.line() == ["A1"]


def test_without_a_key_every_request_acts(clinic: Clinic) -> None:
    assert [join(clinic, key)["token"] for key in (None, "", None)] == ["A1", "A2", "A3"]


def test_the_same_key_for_something_else_is_refused(clinic: Clinic) -> None:
    join(clinic, "k")
    with refused("key_reused"):
        join(clinic, "k", name="Somebody Else")


def test_two_askers_may_use_the_same_key(clinic: Clinic) -> None:
    assert join(clinic, "k", asker="user:1") != join(clinic, "k", asker="user:2")


def test_what_was_refused_or_failed_is_forgotten(clinic: Clinic) -> None:
    with refused("missing"):
        join(clinic, "k", name="")
    assert clinic.all(RequestKey) == []

    def work(session):
        def fails() -> Answer:
            raise Conflict("No one is waiting.")

        return idempotency.once(session, asker="anonymous", key="k", body={"name": "Asha Rao"}, work=fails)

    with pytest.raises(Conflict):
        clinic.write(work)
    assert join(clinic, "k") == {"token": "A1"}


def test_a_key_may_not_be_endless_and_is_kept_as_a_hash(clinic: Clinic) -> None:
    with refused("bad_key"):
        join(clinic, "k" * 201)
    join(clinic, "secret key")
    (kept,) = clinic.all(RequestKey)
    assert "secret" not in kept.key_hash


def test_answers_are_forgotten_after_two_days(clinic: Clinic, clock: Clock) -> None:
    join(clinic, "k")
    clock.at += timedelta(hours=48)
    clinic.write(idempotency.forget_old)
    assert len(clinic.all(RequestKey)) == 1
    clock.forward(seconds=1)
    clinic.write(idempotency.forget_old)
    assert clinic.all(RequestKey) == []
