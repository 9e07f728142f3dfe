"""Small facts about one person: status chip, tags, the head with number and name, what to mind."""

from datetime import date, datetime, timedelta

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from app import clock
from app.components.frame import icon
from app.components.theme import STATUS, Icon
from app.components.words import staff as words
from app.models import Band, Need, Status
from app.services.board import EntryView
from app.services.confidential import CONFIDENTIAL
from app.web.page import visit

NEED_ICONS: dict[str, Icon] = {
    Need.DEAF: "ear",
    Need.BLIND: "eye",
    Need.FETCH: "user",
    Need.WHEELCHAIR: "user",
    Need.CHILD: "users",
}
_WITH_ICON = frozenset({Need.DEAF, Need.BLIND})


class Text(TextElement):
    """An element of any tag whose text may change: `Text("td", "1").text = "2"`."""

    def __init__(self, tag: str, text: str = "") -> None:
        super().__init__(tag=tag, text=text)


def status_chip(status: Status, fact: str = "") -> None:
    """Icon, word and, after a dot, one short fact: "Called · room 3"."""
    look = STATUS[status]
    with html.span().classes(f"chip {look.css}"):
        icon(look.icon)
        html.span(f"{status.label} · {fact}" if fact else status.label)


def tag(text: str, picture: Icon | None = None, *, warn: bool = False) -> None:
    """A fact in an outline; red only for danger."""
    with html.span().classes("tag warn" if warn else "tag"):
        if picture:
            icon(picture)
        html.span(text)


def tags(entry: EntryView, *, needs: bool = True) -> None:
    """Everything that makes this person special for the order or for the call; nothing if there is nothing."""
    wanted = [need for need in entry.needs if needs and need in words.NEEDS]
    emergency = entry.band == Band.EMERGENCY
    kept = entry.confidential and not entry.sealed
    time = booked_for(entry, visit().clinic.timezone)
    if not (wanted or emergency or kept or time or entry.pinned or entry.priority in words.PRIORITIES):
        return
    with html.div().classes("tags"):
        if kept:
            tag(CONFIDENTIAL, "lock")
        if emergency:
            tag(words.EMERGENCY, "alert", warn=True)
        if entry.pinned:
            tag(words.PINNED, "up")
        if time:
            tag(time, "clock")
        if entry.priority in words.PRIORITIES:
            tag(words.PRIORITIES[entry.priority])
        for need in wanted:
            tag(words.NEEDS[need], NEED_ICONS[need] if need in _WITH_ICON else None)


def why(entry: EntryView, at: datetime, zone: str) -> str:
    """Why a waiting person has this place, as of `at`."""
    shut = entry.not_before and entry.not_before > at
    return words.why(
        "emergency" if entry.band == Band.EMERGENCY else "pinned" if entry.pinned else entry.priority,
        appointment=at_clinic(entry.appointment_at, zone) if entry.appointment_at else "",
        late=entry.late,
        gate=at_clinic(entry.not_before, zone) if entry.not_before and shut else "",
    )


def booked_for(entry: EntryView, zone: str) -> str:
    """ "09:30", or "09:30, late": the appointment; nothing for a walk-in."""
    if entry.appointment_at is None:
        return ""
    time = at_clinic(entry.appointment_at, zone)
    return f"{time}, {words.APPOINTMENT_LATE}" if entry.late else time


def person(entry: EntryView, facts: str, *, next_up: bool = False) -> None:
    """Number, name and one line of facts; somebody who is still to be called with the time they waited."""
    with html.div().classes("person next" if next_up else "person"):
        html.bdi(entry.token).classes("no")
        with html.span():
            with html.span().classes("nm"):
                _named(entry.patient_name, sealed=entry.sealed is not None)
            with html.span().classes("muted"):
                html.bdi(facts)
                if next_up:
                    html.span(f" · {words.WAITED} " if facts else f"{words.WAITED} ")
                    since(entry.joined_at)


def name(text: str, sub: str = "", *, sealed: bool = False) -> None:
    """A name in a list, where a long one is cut (hovering shows it whole), and a small line under it.

    `sealed`: the name is not for whoever looks, and `text` says so.
    """
    with html.span().classes("cut") as shown:
        shown.props["title"] = text
        _named(text, sealed=sealed)
    if sub:
        with html.span().classes("sub"):
            html.bdi(sub)


def _named(text: str, *, sealed: bool) -> None:
    if sealed:
        icon("lock")
        text = f" {text}"
    html.bdi(text)


def need_notes(entry: EntryView) -> None:
    """How this person has to be called or met, as a sentence for each need."""
    for need in entry.needs:
        if need not in words.NEEDS:
            continue
        with html.div().classes("note"):
            icon(NEED_ICONS[need])
            with html.span().classes("grow"):
                html.b(f"{words.NEEDS[need]}. ")
                html.span(words.NEED_NOTES[need].format(name=entry.token if entry.sealed else entry.patient_name))


def facts(entry: EntryView, today: date) -> str:
    """Age and reason: "34 · Cough and fever"."""
    age = str(years(entry.born, today)) if entry.born else ""
    return " · ".join(part for part in (age, entry.reason) if part)


def years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def since(at: datetime, *, seconds: bool = False, late: int = 0, tag: str = "span") -> None:
    """The time that has passed since `at`; the browser keeps it right. Red from `late` minutes on."""
    minutes = max(clock.now() - at, timedelta()) // timedelta(minutes=1)
    props = {"data-since": at.isoformat()}
    if seconds:
        props["data-seconds"] = ""
    if late:
        props["data-late"] = str(late)
    Text(tag, f"{minutes} min").classes("late" if late and minutes >= late else "").props.update(props)


def at_clinic(at: datetime, zone: str) -> str:
    """The time on the clinic's clock, with the day if it is not today's."""
    local = clock.at_clinic(at, zone)
    if local.date() == clock.at_clinic(clock.now(), zone).date():
        return f"{local:%H:%M}"
    return f"{day(local.date())}, {local:%H:%M}"


def day(date_: date) -> str:
    """24 November"""
    return f"{date_.day} {date_:%B}"
