"""What may be sent to the API. Unknown fields are refused, so that a misspelt safeguard never acts unguarded."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from app.models import BloodGroup, Need, Priority, Sex
from app.services.policy import BY_LINK, Verb
from app.services.verbs import ENTRY_VERBS, PATIENT_VERBS, Given

MOST = 2**31 - 1
STAFF_VERBS = ENTRY_VERBS - PATIENT_VERBS
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _storable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half a character is in it")
    return text


def _day(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError("a date looks like 1980-12-31")
    return value


def _moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("a time looks like 2026-03-10T12:30:00Z") from error


def _verb(known: frozenset[Verb]) -> Any:
    def check(verb: str) -> Verb:
        if verb not in known:
            raise ValueError("we don't know that verb")
        return Verb(verb)

    return check


def _one_of(known: frozenset[Verb]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": sorted(known)})


Text = Annotated[str, AfterValidator(_storable), Field(max_length=400)]
Reason = Annotated[Text, BeforeValidator(lambda value: "" if value is None else value)]
Lines = Annotated[
    str,
    AfterValidator(_storable),
    Field(max_length=2000),
    BeforeValidator(lambda value: "" if value is None else value),
]
Id = Annotated[int, Field(strict=True, ge=1, le=MOST)]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["1980-12-31"])]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Flag = StrictBool | None

PathId = Annotated[int, Path(ge=1, le=MOST)]
Link = Annotated[str, Path(min_length=8, max_length=43, description="The secret end of the ticket's address")]
StaffVerb = Annotated[str, AfterValidator(_verb(STAFF_VERBS)), _one_of(STAFF_VERBS), Path()]
PatientVerb = Annotated[str, AfterValidator(_verb(BY_LINK)), _one_of(BY_LINK), Path()]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignIn(Input):
    email: Annotated[Text, Field(max_length=254, examples=["reception@clinic.example"])]
    password: Annotated[Text, Field(max_length=1024)]
    code: Annotated[Text, Field(max_length=40, description="Of the second step, if the account has one")] = ""


class Join(Input):
    """Who joins. The fields after `reason` are for staff of the queue."""

    name: Annotated[Text, Field(examples=["Asha Rao"], description="Needed unless patient_id is given")] = ""
    phone: Reason = ""
    reason: Reason = ""
    needs: list[Need] = Field(default=[], max_length=len(Need), description="Staff only")
    priority: Priority = Field(default=Priority.NONE, description="Staff only")
    born: Day | None = Field(default=None, description="Staff only")
    patient_id: Id | None = Field(
        default=None, description="Somebody the clinic knows: for staff anybody, for patients their own people"
    )

    @property
    def needs_staff(self) -> bool:
        return bool(self.needs or self.born or self.priority is not Priority.NONE)


class Profile(Input):
    """What is left out stays as it is; null or "" empties it."""

    name: Text = ""
    phone: Reason = ""
    date_of_birth: Day | None = None
    sex: Sex | None = None
    blood_group: BloodGroup | None = None
    allergies: Annotated[Lines, Field(examples=["Penicillin\nNuts"], description="One a line")] = ""
    insurance_provider: Reason = ""
    insurance_number: Reason = ""
    emergency_name: Reason = ""
    emergency_phone: Reason = ""
    needs: list[Need] = Field(default=[], max_length=len(Need))
    language: Annotated[Reason, Field(examples=["pt-BR"], description="BCP 47")] = ""
    confidential: StrictBool = Field(default=False, description="Only the patient's doctor and nurses see the name")


class CallNext(Input):
    """With either field, nobody is called unless the queue is as the asker saw it."""

    expected_version: Annotated[int, Field(strict=True, ge=0, le=MOST)] | None = None
    expected_entry_id: Id | None = None


class Book(Input):
    slot_id: Id
    reason: Reason = ""
    patient_id: Id | None = Field(default=None, description="Staff only: for whom")


class Reschedule(Input):
    slot_id: Id


class Why(Input):
    reason: Reason = ""


class Break(Input):
    back_at: Moment | None = Field(default=None, description="When the doctor is back, if known; within 24 hours")


class Act(Given):
    """What may be said with a verb; each takes what it knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Reason = ""
    doctor_id: Id | None = Field(default=None, description="transfer: to whom")
    emergency: Flag = Field(default=None, description="prioritise: emergency band on or off (doctors and nurses)")
    pinned: Flag = Field(default=None, description="prioritise: next in line on or off")
    call_next: StrictBool = Field(default=False, description="done: call the next person in the same act")
    expected_entry_id: Id | None = Field(default=None, description="done with call_next: whom the asker expects")


NOTHING = Act.model_validate({})


class FeedAct(Act):
    """One message of a client of the feed."""

    action: Annotated[str, Field(max_length=40)]
    entry_id: Id | None = None
    request_id: Annotated[Text, Field(max_length=150)] | None = None
    expected_version: Annotated[int, Field(strict=True, ge=0, le=MOST)] | None = None
