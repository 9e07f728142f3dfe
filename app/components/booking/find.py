"""The list of doctors who can be booked, the soonest first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from nicegui import ui

from app.components import words as common
from app.components.patient.shell import icon, phone_page
from app.components.words import booking as words
from app.components.words import patient
from app.components.words.booking import FIND
from app.services.board import QueueView
from app.web import payloads
from app.web.page import visit

WORDS = payloads.text({**patient.COMMON, **FIND})
NEVER = datetime.max.replace(tzinfo=UTC)
Row = Mapping[str, str | int]


class Find(ui.element, component="find.js", dependencies=["../patient/phone.js"]):
    """`first_free` is the first free time by doctor."""

    def __init__(self, queues: Sequence[QueueView], first_free: Mapping[int, datetime]) -> None:
        super().__init__()
        clinic = visit().clinic
        soonest = sorted(queues, key=lambda queue: first_free.get(queue.doctor.id, NEVER))
        doctors = [_row(queue, first_free.get(queue.doctor.id), clinic.timezone) for queue in soonest]
        kinds = sorted({queue.doctor.specialization for queue in queues} - {""})
        self.props["words"] = WORDS
        self.props["page"] = payloads.text({"clinic": clinic.name, "doctors": doctors, "kinds": kinds})
        phone_page(FIND["title"], _html(doctors, kinds))


def _row(queue: QueueView, free: datetime | None, zone: str) -> Row:
    first = words.soonest(free, zone) if free else ""
    return {"id": queue.doctor.id, "name": queue.doctor.name, "kind": queue.doctor.specialization, "first": first}


def _html(doctors: Sequence[Row], kinds: Sequence[str]) -> str:
    """The same picture before scripts run. The links work already."""
    field = '<div class="field"><label>{}</label><span class="input"></span></div>'
    search = field.format(FIND["search"]) + (field.format(FIND["kind"]) if len(kinds) > 1 else "")
    form = f'<div class="two">{search}</div>' if len(doctors) > 1 else ""
    return (
        f"<main><h1>{FIND['title']}</h1>{form}"
        f'<div class="docs">{"".join(map(_card, doctors))}</div></main>'
        f'<footer class="plain"><div class="foot-link"><a href="/join-queue">{FIND["today"]}</a></div></footer>'
    )


def _card(doctor: Row) -> str:
    name, kind, first = (escape(str(doctor[fact])) for fact in ("name", "kind", "first"))
    said = f"{FIND['first_free']} {first}" if first else FIND["none_free"]
    facts = (
        f'<span class="avatar" aria-hidden="true">{escape(common.initials(str(doctor["name"])))}</span>'
        f'<span class="grow"><b>{name}</b><span class="sub">{kind}</span><span class="sub">{said}</span></span>'
    )
    if not first:
        return f'<div class="doc off">{facts}</div>'
    return f'<a class="doc" href="/book?doctor={doctor["id"]}">{facts}{icon("right")}</a>'
