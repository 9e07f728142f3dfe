"""The clock's own run over what the clinic keeps no longer: at night, and on after a power cut."""

import pytest

from app import jobs
from app.models import Patient
from app.services import privacy, retention
from tests.factories import Clinic, Clock


def names(clinic: Clinic) -> list[str]:
    return [person.name for person in clinic.all(Patient)]


async def test_a_run_that_was_killed_goes_on_at_the_next_turn(
    clock: Clock, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ann", "Bob", "Eve"):
        clinic.do("cancel", clinic.join(name))
    await jobs._forget_people()
    assert names(clinic) == ["Ann", "Bob", "Eve"]
    clock.forward(days=200)
    clinic.new_shift()
    clinic.rules(keep_patients_months=6)
    erase, left = retention.erase_one, [1]

    def dies(*args: object, **kwargs: object) -> bool:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return erase(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(retention, "erase_one", dies)
    with pytest.raises(KeyboardInterrupt):
        await jobs._forget_people()
    assert names(clinic) == [privacy.ERASED_NAME, "Bob", "Eve"]
    monkeypatch.setattr(retention, "erase_one", erase)
    await jobs._forget_people()
    assert names(clinic) == [privacy.ERASED_NAME] * 3
    assert not clinic.read(retention.is_time)
    await jobs._forget_people()  # nothing to do until the next night
