"""What an admin should look at: things that are not finished, not safe or not there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from app import clock
from app.models import STAFF, Device, Doctor, Message, Role, User
from app.services import auditing, policy
from app.services.policy import Actor

GONE_AFTER = timedelta(minutes=10)  # a screen that says nothing for so long is off
MOST = 5  # of each kind are named


@dataclass(frozen=True, slots=True)
class Attention:
    """`without_account` are doctors (id, name); `silent` are devices with the moment they were last heard of."""

    invited: int
    without_second_step: int
    without_account: tuple[tuple[int, str], ...]
    silent: tuple[tuple[str, datetime], ...]
    unsent: int
    audit_findings: int


def attention(session: Session, *, actor: Actor) -> Attention:
    policy.require_role(session, actor, Role.ADMIN)
    needs_code = policy.clinic(session).rules.staff_need_code
    doctors = select(col(Doctor.id), col(Doctor.name)).where(
        col(Doctor.retired_at).is_(None), col(Doctor.user_id).is_(None)
    )
    named = session.exec(doctors.order_by(col(Doctor.name)).limit(MOST))
    silent = select(col(Device.name), col(Device.last_seen_at)).where(
        col(Device.paired_at).is_not(None),
        col(Device.revoked_at).is_(None),
        col(Device.last_seen_at) < clock.now() - GONE_AFTER,
    )
    return Attention(
        invited=_staff(session, col(User.password_hash) == ""),
        without_second_step=_staff(session, col(User.totp).is_(None)) if needs_code else 0,
        without_account=tuple((key, name) for key, name in named),
        silent=tuple((name, at) for name, at in session.exec(silent.order_by(col(Device.name)).limit(MOST)) if at),
        unsent=session.exec(select(func.count()).where(col(Message.failed_at).is_not(None))).one(),
        audit_findings=auditing.state(session, actor=actor).findings,
    )


def _staff(session: Session, condition: ColumnElement[bool]) -> int:
    here = (col(User.disabled_at).is_(None), col(User.role).in_(STAFF))
    return session.exec(select(func.count()).select_from(User).where(*here, condition)).one()
