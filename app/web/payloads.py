"""What leaves the server as JSON. Each audience has its own function: nobody gets a field by accident."""

from datetime import datetime
from typing import Any

import orjson

from app.services.appointments import AppointmentView
from app.services.attendance import Presence
from app.services.board import EntryView, QueueView
from app.services.estimate import Wait
from app.services.history import EntryRow
from app.services.my_visits import PastVisit
from app.services.profiles import Profile
from app.services.queue_rows import Call
from app.services.sign_ins import Principal
from app.services.slot_search import SlotView
from app.services.tickets import TicketView

Json = dict[str, Any]


def text(data: object) -> str:
    return orjson.dumps(data).decode()


def error(code: str, message: str) -> Json:
    """Why not, for machines: the code is stable, the sentence is for people."""
    return {"error": {"code": code, "message": message}}


def session(token: str, ends: datetime, me: Principal) -> Json:
    """The answer to a sign-in."""
    return {
        "token": token,
        "expires_at": stamp(ends),
        "role": me.role.value,
        "name": me.name,
        "doctor_id": me.doctor_id,
    }


def slot(free: SlotView) -> Json:
    return {
        "slot_id": free.slot_id,
        "starts_at": stamp(free.starts_at),
        "ends_at": stamp(free.ends_at),
        "free": free.free,
    }


def appointment(made: AppointmentView) -> Json:
    """For whoever may see it: the patient's own people, and staff."""
    return {
        "id": made.id,
        "status": made.status.label,
        "starts_at": stamp(made.starts_at),
        "ends_at": stamp(made.ends_at),
        "doctor_id": made.doctor_id,
        "doctor_name": made.doctor_name,
        "room": made.room,
        "patient_id": made.patient_id,
        "patient_name": made.patient_name,
        "reason": made.reason,
    }


def estimate(wait: Wait | None) -> Json | None:
    return {"low_minutes": wait.low_minutes, "high_minutes": wait.high_minutes} if wait else None


def board(queue: QueueView) -> Json:
    """The public snapshot: tokens, statuses, places, rooms and counts. No name, no id of a person."""
    return {
        "doctor_id": queue.doctor.id,
        "version": queue.version,
        "at": stamp(queue.at),
        "doctor": doctor(queue),
        "tickets": [_ticket(entry) for entry in queue.entries],
        "calls": [_call(call) for call in queue.calls],
    }


def doctor(queue: QueueView) -> Json:
    """A doctor on the public lists, as it changes with the queue; `about` is the rest."""
    return {
        "id": queue.doctor.id,
        "name": queue.doctor.name,
        "specialization": queue.doctor.specialization,
        "room": queue.doctor.room,
        "accepting": queue.doctor.presence.takes_people,
        "presence": _presence(queue.doctor.presence),
        "waiting_count": queue.stats.waiting_count,
        "estimate": estimate(queue.next_wait),
    }


def feed(queue: QueueView, *, names: bool) -> Json:
    """The `queue_update` message; `names` only for signed-in staff of this queue, opened for their role."""
    people = [
        {
            **({"entry_id": entry.entry_id} if names else {}),
            "position": entry.position,
            "token": entry.token,
            "patient_name": entry.patient_name if names else None,
            "status": entry.status.label,
        }
        for entry in queue.entries
    ]
    return {"type": "queue_update", "version": queue.version, "queue": people, "stats": stats(queue)}


def stats(queue: QueueView) -> Json:
    return {"waiting_count": queue.stats.waiting_count, "completed_today": queue.stats.completed_today}


def staff_queue(queue: QueueView) -> Json:
    """`GET /queues/{doctor_id}`: the whole queue, for its staff; opened for the role of whoever asks."""
    return {
        "version": queue.version,
        "queue": [entry(person) for person in queue.entries],
        "stats": stats(queue),
    }


def entry(person: EntryView) -> Json:
    """One open entry, for staff of its queue; opened for the role of whoever asks."""
    return {
        "entry_id": person.entry_id,
        "doctor_id": person.doctor_id,
        "position": person.position,
        "token": person.token,
        "patient_name": person.patient_name,
        "confidential": person.confidential,
        "status": person.status.label,
        "estimate": estimate(person.wait),
        "reason": person.reason,
        "needs": list(person.needs),
        "priority": person.priority,
        "emergency": person.band == "emergency",
        "pinned": person.pinned,
        "room": person.room,
        "answer": person.answer,
        "call_count": person.call_count,
        "joined_at": stamp(person.joined_at),
        "called_at": stamp(person.last_called_at),
        "started_at": stamp(person.started_at),
        "held_at": stamp(person.held_at),
        "skipped_at": stamp(person.skipped_at),
    }


def past_entry(row: EntryRow) -> Json:
    """One closed entry of a doctor's history, for staff of the queue."""
    return {
        "entry_id": row.entry_id,
        "doctor_id": row.doctor_id,
        "token": row.token,
        "patient_name": row.patient_name,
        "confidential": row.confidential,
        "status": row.status.label,
        "service_date": row.service_date.isoformat(),
        "joined_at": stamp(row.joined_at),
        "started_at": stamp(row.started_at),
        "ended_at": stamp(row.ended_at),
        "end_reason": row.end_reason,
        "waited_minutes": row.waited_minutes,
        "visit_minutes": row.visit_minutes,
    }


def ticket(mine: TicketView) -> Json:
    """A ticket for the holder of its link."""
    return {
        "link": mine.link,
        "token": mine.token,
        "number": mine.number,
        "status": mine.status.label,
        "position": mine.position,
        "estimate": estimate(mine.wait),
        "doctor_id": mine.doctor_id,
        "doctor_name": mine.doctor_name,
        "room": mine.room,
        "joined_at": stamp(mine.joined_at),
        "called_at": stamp(mine.called_at),
        "call_count": mine.call_count,
        "come_before": stamp(mine.come_before),
        "started_at": stamp(mine.started_at),
        "held_at": stamp(mine.held_at),
        "hold_reason": mine.hold_reason,
        "skipped_at": stamp(mine.skipped_at),
        "ended_at": stamp(mine.ended_at),
        "end_reason": mine.end_reason,
        "answer": mine.answer,
        "moved": mine.moved,
        "may_return": mine.may_return,
        "fetch": mine.fetch,
        "promised_by": stamp(mine.promised_by),
        "call_from": stamp(mine.call_from),
        "late": mine.late,
    }


def profile(mine: Profile) -> Json:
    """A profile for the person it is about."""
    return {
        "name": mine.name,
        "phone": mine.phone,
        "date_of_birth": mine.born.isoformat() if mine.born else None,
        "sex": mine.sex,
        "blood_group": mine.blood_group,
        "allergies": mine.allergies,
        "insurance_provider": mine.insurance_provider,
        "insurance_number": mine.insurance_number,
        "emergency_name": mine.emergency_name,
        "emergency_phone": mine.emergency_phone,
        "needs": list(mine.needs),
        "language": mine.language,
        "confidential": mine.is_confidential,
    }


def own_visit(visit: PastVisit) -> Json:
    """A past visit for the person who was here."""
    return {
        "entry_id": visit.entry_id,
        "token": visit.token,
        "doctor_id": visit.doctor_id,
        "doctor_name": visit.doctor_name,
        "status": visit.status.label,
        "date": visit.date.isoformat(),
    }


def stamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def _ticket(person: EntryView) -> Json:
    wait = person.wait
    return {
        "token": person.token,
        "status": person.status.value,
        "position": person.position,
        "low": wait.low_minutes if wait else None,
        "high": wait.high_minutes if wait else None,
        "room": person.room,
        "calls": person.call_count,
    }


def _call(call: Call) -> Json:
    return {"token": call.token, "room": call.room, "at": stamp(call.at)}


def about(queue: QueueView) -> Json:
    """What patients may know of a doctor that does not change with the queue, so it is sent once."""
    return {"languages": queue.doctor.languages, "biography": queue.doctor.biography}


def _presence(presence: Presence) -> Json:
    return {"state": presence.state.value, "until": stamp(presence.until)}
