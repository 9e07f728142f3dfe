"""Seven columns: the hours of every week, and a real week with what is booked and free."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from nicegui import html, ui

from app.components.chips import tag
from app.components.dialogs import button
from app.components.frame import icon
from app.components.words import schedule as words
from app.models import ExceptionKind, Period, ScheduleException
from app.services.slotting import MIDNIGHT
from app.services.weeks import DayView

Click = Callable[[], Awaitable[None] | None]


def plan(
    periods: Sequence[Period], today: date, *, edit: Callable[[Period], Awaitable[None]] | None,
    add: Callable[[int], Awaitable[None]] | None,
) -> None:  # fmt: skip
    """The hours of every week; without `edit` and `add` they are only shown."""
    with html.div().classes("cal"):
        for weekday, name in enumerate(words.DAYS):
            with _column(name, words.SHORT[weekday]):
                mine = [period for period in periods if period.weekday == weekday]
                for period in mine:
                    _block(period, today, partial(edit, period) if edit else None)
                if not mine and not add:
                    html.span(words.NO_HOURS).classes("muted small")
                if add:
                    _add(weekday, partial(add, weekday))


def week(days: Sequence[DayView], today: date, *, absent: Callable[[date], Awaitable[None]] | None) -> None:
    """A real week. `absent` offers to move everybody of a day that is not over."""
    with html.div().classes("cal"):
        for view in days:
            name = f"{words.DAYS[view.day.weekday()]} {words.day(view.day)}"
            with _column(name, f"{words.SHORT[view.day.weekday()]} {view.day.day}", now=view.day == today):
                _counts(view, over=view.day < today)
                for each in view.exceptions:
                    _mark(each)
                if absent and view.booked and view.day >= today:
                    button(words.MOVE_DAY, partial(absent, view.day), css="quiet", of=words.day(view.day))


def _column(name: str, short: str, *, now: bool = False) -> ui.element:
    column: ui.element = html.section().classes("now" if now else "")
    column.props["aria-label"] = name
    with column, html.h3():
        html.span(short)
        if now:
            html.span(words.TODAY).classes("tag")
    return column


def _block(period: Period, today: date, edit: Click | None) -> None:
    box = html.button().props("type=button") if edit else html.div()
    box.classes("per").style(f"--hours:{_hours(period):.2f}")
    box.props["data-focus"] = f"period-{period.id}"
    if edit:
        box.props["aria-label"] = (
            f"{words.edit_hours(period.weekday, period.starts, period.ends)}, "
            f"{words.sizes(period.slot_minutes, period.places)}"
        )
        box.on("click", edit, args=[])
    with box:
        html.b(words.hours(period.starts, period.ends)).classes("num")
        html.span(words.sizes(period.slot_minutes, period.places))
        if limits := words.valid(period.valid_from, period.valid_until, today):
            html.span(limits)


def _hours(period: Period) -> float:
    day = date(2026, 1, 5)
    last = day if period.ends != MIDNIGHT else day + timedelta(days=1)
    return (datetime.combine(last, period.ends) - datetime.combine(day, period.starts)) / timedelta(hours=1)


def _add(weekday: int, add: Click) -> None:
    made = html.button().classes("btn quiet icon").props(f"type=button data-focus=add-{weekday}")
    made.props["aria-label"] = made.props["title"] = words.add_on(weekday)
    with made.on("click", add, args=[]):
        icon("plus")


def _counts(view: DayView, *, over: bool) -> None:
    with html.div().classes("counts muted" if over else "counts"):
        if view.booked or view.free:
            html.b(words.booked(view.booked)).classes("num")
            if not over:
                html.span(words.free(view.free)).classes("num muted")
        else:
            html.span(words.NO_HOURS).classes("muted small")


def _mark(each: ScheduleException) -> None:
    word = words.CLOSED if each.doctor_id is None else words.KINDS[each.kind]
    times = f" {words.hours(each.starts, each.ends)}" if each.starts and each.ends is not None else ""
    tag(f"{word}{times}", "plus" if each.kind is ExceptionKind.EXTRA else "door")
