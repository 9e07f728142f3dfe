"""The first run, and the clinic's own rules."""

from typing import Any

import pytest

from app import db
from app.errors import Invalid
from app.models import Policy, Role
from app.services import clinic as service
from app.services.doctors import DoctorForm
from tests.factories import ADMIN, Clinic, password_hash, refused


def set_up(**given: object) -> int:
    wish = {
        "name": "Sample", "timezone": "UTC", "admin_email": ADMIN, "admin_name": "Ada",
        "password_hash": password_hash(), **given,
    }  # fmt: skip
    return db.transaction(lambda s: service.set_up(s, **wish))  # type: ignore[arg-type]


def test_a_clinic_is_set_up_once(database: str) -> None:
    assert db.reading(service.view) is None
    set_up(doctor=DoctorForm(name="Meera Nair"))
    view = db.reading(service.view)
    assert view
    assert (view.name, view.timezone, view.is_demo, view.rules) == ("Sample", "UTC", False, Policy.model_validate({}))
    with refused("already_set_up"):
        set_up()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"timezone": "Mars/Base"}, "bad_zone"),
        ({"timezone": "../../etc/passwd"}, "bad_zone"),
        ({"name": " "}, "missing"),
        ({"admin_email": "nobody"}, "bad_email"),
    ],
)
def test_a_set_up_that_is_refused_leaves_nothing_behind(database: str, wrong: dict, code: str) -> None:
    with refused(code):
        set_up(**wrong)
    assert db.reading(service.view) is None


def test_rules_that_are_not_given_stay(clinic: Clinic) -> None:
    clinic.rules(max_calls=5)
    clinic.rules(grace_minutes=10)
    view = clinic.read(service.view)
    assert view
    assert (view.rules.max_calls, view.rules.grace_minutes, view.rules.no_show_minutes) == (5, 10, 60)


@pytest.mark.parametrize("rule", sorted(name for name, f in Policy.model_fields.items() if f.annotation is int))
def test_every_number_has_bounds(clinic: Clinic, rule: str) -> None:
    least, most = service.bounds(rule)
    wrong: tuple[Any, ...] = (least - 1, most + 1, "many", None, 1.5)
    for number in wrong:
        with pytest.raises(Invalid):
            clinic.rules(zone=None, **{rule: number})
    for number in (least, most):
        clinic.rules(zone=None, **{rule: number})


def test_only_an_admin_changes_the_rules(clinic: Clinic) -> None:
    for role in set(Role) - {Role.ADMIN}:
        actor = clinic.staff(role)
        with refused("not_allowed"):
            clinic.write(lambda s, a=actor: service.change(s, actor=a, name="X", timezone="UTC", rules={}))  # type: ignore[misc]


def test_the_zones_to_choose_from_are_real() -> None:
    from zoneinfo import ZoneInfo

    zones = service.zones()
    assert {"UTC", "Europe/Vienna", "Asia/Kolkata", "America/New_York"} <= set(zones)
    for zone in zones:
        ZoneInfo(zone)
