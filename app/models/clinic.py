"""The clinic itself and the rules it sets for its queues."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting
from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel


class Policy(BaseModel):
    """The clinic's numbers. Minutes unless the name says otherwise; an admin may change every one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    grace_minutes: int = Setting(default=3, ge=1, le=60, description="How long a called person has to come")
    max_calls: int = Setting(default=3, ge=1, le=10, description="Calls before somebody counts as not here")
    recall_gap_seconds: int = Setting(default=20, ge=5, le=300, description="Shortest time between two calls")
    no_show_minutes: int = Setting(default=60, ge=5, le=600, description="Skipped this long becomes a no show")
    return_delay_minutes: int = Setting(default=5, ge=0, le=60, description="Wait after coming back from a missed call")
    more_time_minutes: int = Setting(default=10, ge=1, le=60, description='What "I need more time" gives')
    max_misses: int = Setting(default=3, ge=1, le=10, description="Missed calls until the place is lost")
    priority_minutes: int = Setting(default=20, ge=0, le=120, description="Head start of priority walk-ins")
    long_wait_minutes: int = Setting(default=45, ge=5, le=600, description="A wait over this is marked for staff")
    day_start_hour: int = Setting(default=0, ge=0, le=12, description="Hour at which the clinic's day begins")
    patient_may_return: bool = Setting(default=True, description='Patients may answer "I am here" after a missed call')
    nurse_may_call: bool = Setting(default=True, description="Nurses may call for every doctor")
    patients_may_register: bool = Setting(default=True, description="Patients may make an account of their own")
    staff_idle_minutes: int = Setting(default=15, ge=2, le=60, description="Staff pages lock after this long unused")
    patient_idle_minutes: int = Setting(default=30, ge=5, le=120, description="Patients are signed out after this long")
    staff_need_code: bool = Setting(default=False, description="Staff sign in with a second step")
    screens_need_pairing: bool = Setting(default=False, description="Only paired screens show the waiting room")
    book_ahead_days: int = Setting(default=60, ge=1, le=365, description="How far ahead people can book")
    book_lead_minutes: int = Setting(default=60, ge=0, le=2880, description="Shortest time between booking and coming")
    hold_minutes: int = Setting(default=5, ge=1, le=30, description="How long a time is kept while a form is filled in")
    most_appointments: int = Setting(default=3, ge=1, le=50, description="Coming appointments that one person may have")
    cancel_until_minutes: int = Setting(
        default=120, ge=0, le=10080, description="Patients may cancel or change until this long before"
    )
    check_in_from_minutes: int = Setting(default=30, ge=5, le=240, description="Check-in opens this long before")
    late_after_minutes: int = Setting(default=15, ge=0, le=120, description="Later than this counts as late")
    appointment_credit_minutes: int = Setting(
        default=60, ge=0, le=240, description="Head start of somebody who is on time for an appointment"
    )
    call_early_minutes: int = Setting(default=5, ge=0, le=60, description="An appointment is called at most this early")
    missed_after_minutes: int = Setting(
        default=60, ge=5, le=600, description="An appointment nobody came to is a no show after this long"
    )
    offer_minutes: int = Setting(default=30, ge=5, le=1440, description="How long an earlier time is kept for somebody")
    keep_patients_months: int = Setting(
        default=0, ge=0, le=600, description="Patients are erased this many months after they were last here (0: never)"
    )


class Clinic(SQLModel, table=True):
    """One row. The primary key makes a second first-run impossible."""

    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(max_length=80)
    timezone: str = Field(max_length=64)
    policy: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    is_demo: bool = False

    @property
    def rules(self) -> Policy:
        return Policy.model_validate(self.policy)
