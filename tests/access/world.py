"""One clinic with everybody in it who could ask, always the same: what a try changed is put back."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from app import clock, db
from app.models import Appointment, DeviceKind, ExceptionKind, Patient, Role, Slot, Source, Status, User, UserSession
from app.services import booking, claims, devices, merging, policy, profiles, schedules, sign_ins, waitlist
from app.services.policy import ANONYMOUS, Actor, Verb, link_holder
from app.settings import settings
from app.web import devices as cookies
from app.web import guard, limits, sessions, throttle
from tests.access.matrix import ACTORS
from tests.factories import Clinic, Clock

UNKNOWN_ID = 424242
UNKNOWN_LINK = "nobodynobodynobody0000"
PAST_IT = frozenset({"audit", "audit_seal", "sqlite_sequence", "alembic_version"})  # what refusals write, too
TOUCHED = frozenset({"last_seen_at", "address"})  # whoever looks is seen
NAMES = ("Olive Owner", "Oscar Other", "Wanda Walkin", "Sybil Secret", "Gone Goodman", "Sid Sibling")
BEFORE: dict[str, Status] = {
    "recall": Status.CALLED, "done": Status.IN_PROGRESS, "skip": Status.CALLED, "put-back": Status.CALLED,
    "hold": Status.IN_PROGRESS, "resume": Status.ON_HOLD, "return": Status.SKIPPED, "no-show": Status.SKIPPED,
    "answer": Status.CALLED, "restore": Status.CANCELLED,
}  # fmt: skip
_ROADS: dict[Status, tuple[str, ...]] = {
    Status.CALLED: ("call",), Status.IN_PROGRESS: ("start",), Status.ON_HOLD: ("start", "hold"),
    Status.SKIPPED: ("call", "skip"),
}  # fmt: skip


@dataclass
class World:
    """`patient_id`, `entry_id` and `link` are the owner's, in the queue of `doctor_id`."""

    clinic: Clinic
    file: Path
    clock: Clock
    actors: dict[str, Actor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    badges: dict[str, str] = field(default_factory=dict)  # of devices

    def __post_init__(self) -> None:
        clinic = self.clinic
        self.doctor_id, self.there, self.idle = clinic.doctor_id, clinic.add_doctor(), clinic.add_doctor("Ines Idle")
        self.began = self.clock.at
        self.somebody = clinic.add_user(Role.RECEPTION, name="Some Body")
        self._people()
        self._devices()
        self._staff()
        self._appointments()
        assert set(self.actors) == set(ACTORS)
        self._first = self.file.with_suffix(".first")
        self.keep()

    def _people(self) -> None:
        clinic, owner = self.clinic, self.clinic.staff(Role.PATIENT, another=True)
        other = clinic.staff(Role.PATIENT, another=True)
        entry = clinic.join(NAMES[0], actor=owner, reason="Owner's reason")
        elsewhere = clinic.join(NAMES[1], doctor_id=self.there, actor=other)
        walk_in = clinic.join(NAMES[2], doctor_id=self.there)
        secret = clinic.join(
            NAMES[3], actor=clinic.staff(Role.NURSE), is_confidential=True,
            source=Source.RECEPTION,
        )  # fmt: skip
        gone = clinic.join(NAMES[4], doctor_id=self.there)
        clinic.do("cancel", gone)
        finished = clinic.join("Fay Finished")
        clinic.do("cancel", finished)
        self.finished = finished.patient_id
        self.walk_in, self.secret, self.gone = walk_in.patient_id, secret.patient_id, gone.patient_id
        self.secret_entry = secret.id
        self.patient_id, self.entry_id, self.link = entry.patient_id, entry.id, entry.link or ""
        self.other_entry, self.other_link = elsewhere.id, elsewhere.link or ""
        self.merge_id = clinic.write(
            lambda s: merging.merge(s, actor=clinic.admin, kept_id=self.walk_in, gone_id=self.gone)
        )
        self.sibling = clinic.write(lambda s: profiles.add(s, actor=owner, wish=profiles.Profile(name=NAMES[5])))
        self.claim = clinic.write(lambda s: claims.offer(s, actor=clinic.admin, patient_id=self.walk_in))
        self.owner = owner
        self.actors |= {"patient": owner, "other patient": other, "ticket": link_holder(self.link)}
        self.actors |= {"anyone": ANONYMOUS, "screen": ANONYMOUS}

    def _appointments(self) -> None:
        """Olive comes today and in a week, Sybil today; each in one of the hours that two doctors have."""
        clinic = self.clinic
        hours = {
            doctor_id: [
                clinic.write(lambda s, d=doctor_id, day=day: schedules.add_period(  # type: ignore[misc]
                    s, actor=clinic.admin, doctor_id=d, form=replace(HOURS, weekday=day),
                ))
                for day in (1, 2)
            ]
            for doctor_id in (self.doctor_id, self.there)
        }  # fmt: skip
        self.period_id = hours[self.doctor_id][1]
        self.exception_id = clinic.write(
            lambda s: schedules.add_exception(s, actor=clinic.admin, doctor_id=self.doctor_id, form=FRIDAY_OFF)
        )
        free = self._free(self.doctor_id)
        self.free_slot = free[4]  # the third is offered to Olive
        today = self._booked(free[0], self.patient_id)
        self.secret_today = self._booked(free[1], self.secret).id
        coming = self._booked(free[-1], self.patient_id)
        self.today, self.coming, self.coming_link = today.id, coming.id, coming.link
        self.links = {today.id: today.link, coming.id: coming.link}
        self.held_link = clinic.write(lambda s: booking.hold(s, actor=ANONYMOUS, slot_id=free[3])).link
        wish = clinic.write(lambda s: waitlist.wish(s, actor=self.owner, appointment_id=self.coming))
        assert clinic.write(lambda s: waitlist.offer(s, wish))
        clinic.write(self._number_and_birthday)

    def _free(self, doctor_id: int) -> list[int]:
        query = select(col(Slot.id)).where(Slot.doctor_id == doctor_id).order_by(col(Slot.starts_at))
        return self.clinic.read(lambda s: list(s.exec(query)))

    def _booked(self, slot_id: int, patient_id: int) -> Appointment:
        by = self.clinic.staff(Role.NURSE)
        return self.clinic.write(lambda s: booking.book(s, actor=by, slot_id=slot_id, who=patient_id))

    def _number_and_birthday(self, session: Session) -> None:
        """What Olive types at a kiosk."""
        olive = session.get_one(Patient, self.patient_id)
        olive.phone, olive.born = PHONE, BORN

    def _devices(self) -> None:
        clinic = self.clinic
        for kind in DeviceKind:
            waiting = clinic.write(lambda s, kind=kind: devices.wait(s, kind))  # type: ignore[misc]
            form = devices.DeviceForm(name=f"A {kind}")
            clinic.write(
                lambda s, w=waiting, k=kind, f=form: devices.pair(s, actor=clinic.admin, code=w.code, kind=k, form=f)  # type: ignore[misc]
            )
            token, device = clinic.write(lambda s, w=waiting: devices.claim(s, w.secret))  # type: ignore[misc]
            self.paired = waiting.secret
            self.badges["screen" if kind is DeviceKind.DISPLAY else "kiosk"] = token
            self.device_id = device.id
        self.actors["kiosk"] = policy.kiosk(self.device_id)
        self.waiting = clinic.write(lambda s: devices.wait(s, DeviceKind.DISPLAY))

    def _staff(self) -> None:
        clinic = self.clinic
        self.actors |= {
            "doctor": clinic.doctor(), "other doctor": clinic.doctor(self.there), "nurse": clinic.staff(Role.NURSE),
            "reception": clinic.staff(Role.RECEPTION), "admin": clinic.admin,
        }  # fmt: skip
        for name in ("disabled", "ended", "locked"):
            self.actors[name] = clinic.staff(Role.ADMIN, another=True)
        for name, actor in self.actors.items():
            if actor.user_id:
                self.tokens[name] = clinic.session_token(actor)
        clinic.write(self._take_rights_away)

    def _take_rights_away(self, session: Session) -> None:
        """One account is disabled, one sign-in is over, and one was left alone."""
        session.get_one(User, self.actors["disabled"].user_id).disabled_at = clock.now()
        for name in ("ended", "locked"):
            token = self.tokens[name]
            mine = self.actors[name].session_id
            by_token = sign_ins.who(session, token, settings().key)
            assert by_token
            for session_id in (mine, by_token.session_id):
                signed = session.get_one(UserSession, session_id)
                signed.for_machine = False
                if name == "ended":
                    signed.expires_at = clock.now() - timedelta(seconds=1)
                else:
                    signed.locked_at = clock.now()

    # one try after the other

    def keep(self) -> None:
        """From now on, this is what `reset` goes back to."""
        with closing(sqlite3.connect(self.file)) as here, closing(sqlite3.connect(self._first)) as there:
            here.backup(there)

    def reset(self) -> None:
        """Everything as it was, but for the audit, which only grows."""
        self.clock.at = self.began
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            connection.execute("ATTACH ? AS first", (str(self._first),))
            connection.execute("BEGIN IMMEDIATE")
            for name, columns in self._tables(connection).items():
                connection.execute(f'DELETE FROM main."{name}"')
                connection.execute(f'INSERT INTO main."{name}" ({columns}) SELECT {columns} FROM first."{name}"')
            connection.execute("COMMIT")

    def forget(self) -> None:
        """How often somebody tried does not matter here."""
        limits.forget()
        guard._unseen._now.clear()
        throttle.forget()
        db.forget_denials()

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row there is, but for the audit and for what any look writes."""
        with closing(sqlite3.connect(self.file)) as connection:
            tables = self._tables(connection, but=TOUCHED).items()
            only = {"device": " WHERE paired_at IS NOT NULL"}  # a page that waits to be paired comes and goes
            return {
                name: list(connection.execute(f'SELECT {columns} FROM "{name}"{only.get(name, "")}'))
                for name, columns in tables
            }

    def _tables(self, connection: sqlite3.Connection, but: frozenset[str] = frozenset()) -> dict[str, str]:
        names = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            columns = [row[1] for row in connection.execute(f'PRAGMA main.table_info("{name}")')]
            found[name] = ", ".join(f'"{column}"' for column in columns if column not in but)
        return {name: columns for name, columns in found.items() if name not in PAST_IT}

    def before(self, verb: str, name: str) -> None:
        """Bring the owner's entry to where `name` could do `verb` to it. One takes back only one's own step."""
        if verb == "undo":
            by = self.actors[name] if name in ("nurse", "reception", "admin") else self.clinic.doctor()
            self.clinic.do(Verb.CANCEL, self.entry_id, actor=by)
            return
        status = BEFORE.get(verb)
        if status is Status.CANCELLED:
            self.clinic.do(Verb.CANCEL, self.entry_id, actor=link_holder(self.link))
        for step in _ROADS.get(status, ()) if status else ():
            self.clinic.do(step, self.entry_id)
        self.clock.forward(minutes=1)  # a second call takes a moment

    # who sends a request

    def headers(self, name: str, *, bearer: bool = False) -> dict[str, str]:
        if bearer:
            return {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}
        if name in self.badges:
            return {"Cookie": f"{cookies.cookie_name()}={self.badges[name]}"}
        return {"Cookie": f"{sessions.cookie_name()}={self.tokens[name]}"} if name in self.tokens else {}

    def values(self, name: str, *, unknown: bool = False) -> dict[str, object]:
        """What stands for the parameters in an address. The ticket's link is known to two only."""
        holds = name in ("ticket", "patient") and not unknown
        if unknown:
            ids = dict.fromkeys(("doctor_id", "entry_id", "patient_id", "first", "appointment_id"), UNKNOWN_ID)
        else:
            ids = {"doctor_id": self.doctor_id, "entry_id": self.entry_id, "patient_id": self.patient_id,
                   "first": self.patient_id, "appointment_id": self.coming}  # fmt: skip
        return {
            **ids,
            "second": self.walk_in,
            "link": self.link if holds else UNKNOWN_LINK,
            "appointment_link": self.coming_link if holds else UNKNOWN_LINK,
            "token": UNKNOWN_LINK if unknown else self.claim,
        }


def address(path: str, values: dict[str, object]) -> str:
    """`path` with `values`; a link below `/a/` is an appointment's."""
    return path.replace("/a/{link}", "/a/{appointment_link}").format(**values)


BORN, PHONE = date(1980, 1, 2), "+43 660 5551234"
HOURS = schedules.PeriodForm(weekday=1, starts=time(9, 30), ends=time(12), slot_minutes=30)
FRIDAY_OFF = schedules.ExceptionForm(
    kind=ExceptionKind.LEAVE, first_day=date(2026, 3, 20), last_day=date(2026, 3, 20), note="At a congress",
)  # fmt: skip
