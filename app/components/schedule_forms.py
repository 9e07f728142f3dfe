"""The forms of a schedule: hours of every week, and days that are different."""

from collections.abc import Awaitable, Callable
from datetime import date, time

from nicegui import html
from nicegui.events import GenericEventArguments

from app.components import editors
from app.components.chips import Text
from app.components.forms import FIELDS, Form, Values
from app.components.frame import icon
from app.components.words import schedule as words
from app.errors import DomainError, Invalid
from app.models import ExceptionKind, Period
from app.services import slotting
from app.services.schedules import LONGEST, SHORTEST, ExceptionForm, PeriodForm
from app.web.numbers import number

Close = Callable[[], Awaitable[None]]
Send = Callable[[Values], Awaitable[None]]
USUAL_MINUTES = 30
BLAME = {
    "bad_weekday": "weekday", "bad_starts": "starts", "bad_ends": "ends", "bad_times": "ends", "overlap": "starts",
    "bad_slot_minutes": "slot_minutes", "bad_places": "places", "bad_dates": "last_day", "bad_first": "first_day",
    "bad_kind": "kind", "too_long": "note",
}  # fmt: skip


def period_editor(send: Send, close: Close, weekday: int, period: Period | None, remove: Close) -> None:
    """Hours of every week; what is typed is told in words at once."""
    form = Form(send, blame=BLAME)
    title = words.edit_hours(period.weekday, period.starts, period.ends) if period else words.NEW_HOURS
    days = {str(number): name for number, name in enumerate(words.DAYS)}
    with editors.form(title, form, save=words.SAVE, close=close) as foot:
        form.choice("weekday", words.WEEKDAY, days, str(period.weekday if period else weekday))
        with html.div().classes("two"):
            form.text("starts", words.STARTS, _wall(period.starts if period else time(8)), type="time")
            form.text("ends", words.ENDS, _wall(period.ends if period else time(12)), hint=words.ENDS_HINT, type="time")
        _sizes(form, period.slot_minutes if period else USUAL_MINUTES, period.places if period else 1)
        said = _preview(form)
        with html.div().classes("two"):
            first = period.valid_from.isoformat() if period else ""
            last = period.valid_until.isoformat() if period and period.valid_until else ""
            form.text("first_day", words.VALID_FROM, first, type="date")
            form.text("last_day", words.VALID_UNTIL, last, type="date")
        html.p(words.VALID_HINT).classes("hint")
    said.text = told({field: str(value) for field, value in _starting(period).items()})
    if period:
        with foot, html.button(words.REMOVE).classes("btn danger").props("type=button") as button:
            button.on("click", remove, args=[])


def exception_editor(send: Send, close: Close, *, closure: bool = False) -> None:
    """Days that are different; a closure is one of the whole clinic."""
    form = Form(send, blame=BLAME)
    with editors.form(words.ADD_CLOSURE if closure else words.NEW_DIFFERENT, form, save=words.SAVE, close=close):
        if not closure:
            kinds = {kind.value: words.KINDS[kind] for kind in ExceptionKind}
            form.choice("kind", words.KIND, kinds, ExceptionKind.LEAVE.value)
        with html.div().classes("two"):
            form.text("first_day", words.FIRST_DAY, type="date")
            form.text("last_day", words.LAST_DAY, hint=words.LAST_DAY_HINT, type="date")
        with html.div().classes("two"):
            form.text("starts", words.STARTS, type="time")
            form.text("ends", words.ENDS, type="time")
        hint = html.p(words.TIMES_HINT).classes("hint")
        if not closure:
            with html.div().classes("stack hidden") as extra:
                _sizes(form, USUAL_MINUTES, 1)
                _preview(form)
            _show_when_extra(form, extra, hint)
        form.text("note", words.NOTE, maxlength=80)


def period_form(values: Values) -> PeriodForm:
    """Hours as typed. Raises Invalid with the code of what can't be read."""
    weekday = number(values.get("weekday", ""))
    return PeriodForm(
        weekday=-1 if weekday is None else weekday, starts=_time(values, "starts"), ends=_time(values, "ends"),
        slot_minutes=_number(values, "slot_minutes"), places=_number(values, "places"),
        valid_from=_date(values, "first_day", "bad_first"), valid_until=_date(values, "last_day", "bad_dates"),
    )  # fmt: skip


def exception_form(values: Values, *, closure: bool = False) -> ExceptionForm:
    """Different days as typed. Raises Invalid with the code of what can't be read."""
    try:
        kind = ExceptionKind.HOLIDAY if closure else ExceptionKind(values.get("kind", ""))
    except ValueError as error:
        raise Invalid(words.BAD_DATE, code="bad_kind") from error
    first = _date(values, "first_day", "bad_first")
    if first is None:
        raise Invalid(words.BAD_DATE, code="bad_first")
    extra = kind is ExceptionKind.EXTRA
    return ExceptionForm(
        kind=kind, first_day=first, last_day=_date(values, "last_day", "bad_dates") or first,
        starts=_time(values, "starts") if values.get("starts") else None,
        ends=_time(values, "ends") if values.get("ends") else None,
        slot_minutes=_number(values, "slot_minutes") if extra else None,
        places=_number(values, "places") if extra else 1, note=values.get("note", ""),
    )  # fmt: skip


def told(values: Values) -> str:
    """What the typed hours come to: "8 visits of 30 minutes."; nothing while they can't be read."""
    try:
        starts, ends = _time(values, "starts"), _time(values, "ends")
        minutes, places = _number(values, "slot_minutes"), _number(values, "places")
    except DomainError:
        return ""
    if not SHORTEST <= minutes <= LONGEST or (ends <= starts and ends != slotting.MIDNIGHT):
        return ""
    day = date(2026, 1, 5)  # any day without a change of the clock
    hours = Period(
        doctor_id=0, weekday=day.weekday(), starts=starts, ends=ends, slot_minutes=minutes, places=places,
        valid_from=day,
    )  # fmt: skip
    return words.preview(len(slotting.wanted([hours], (), day, day, "UTC")), minutes, places)


def _starting(period: Period | None) -> dict[str, object]:
    if period is None:
        return {"starts": "08:00", "ends": "12:00", "slot_minutes": USUAL_MINUTES, "places": 1}
    return {
        "starts": _wall(period.starts), "ends": _wall(period.ends), "slot_minutes": period.slot_minutes,
        "places": period.places,
    }  # fmt: skip


def _sizes(form: Form, minutes: int, places: int) -> None:
    with html.div().classes("two"):
        form.text("slot_minutes", words.MINUTES_EACH, str(minutes), unit=words.MINUTES, inputmode="numeric")
        form.text("places", words.PLACES, str(places), unit=words.PEOPLE, inputmode="numeric")


def _preview(form: Form) -> Text:
    with html.div().classes("note").props("role=status"):
        icon("clock")
        said = Text("b", words.TIMES_FIRST)

    def typed(event: GenericEventArguments) -> None:
        values = {str(key): str(value) for key, value in dict(event.args).items()}
        said.text = told(values) or words.TIMES_FIRST

    form.root.on("input", typed, js_handler=FIELDS, throttle=0.2, leading_events=False)
    return said


def _show_when_extra(form: Form, extra: html.div, hint: html.p) -> None:
    def typed(event: GenericEventArguments) -> None:
        is_extra = dict(event.args).get("kind") == ExceptionKind.EXTRA
        extra.classes(**({"remove": "hidden"} if is_extra else {"add": "hidden"}))
        hint.classes(**({"add": "hidden"} if is_extra else {"remove": "hidden"}))

    form.root.on("change", typed, js_handler=FIELDS)


def _time(values: Values, field: str) -> time:
    try:
        return time.fromisoformat(values.get(field, "")).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid(words.BAD_TIME, code=f"bad_{field}") from error


def _date(values: Values, field: str, code: str) -> date | None:
    typed = values.get(field, "")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(words.BAD_DATE, code=code) from error


def _number(values: Values, field: str) -> int:
    found = number(values.get(field, "").strip())
    if found is None:
        raise Invalid(words.BAD_NUMBER, code=f"bad_{field}")
    return found


def _wall(at: time) -> str:
    return f"{at:%H:%M}"
