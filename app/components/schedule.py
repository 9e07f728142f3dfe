"""The page of a doctor's schedule: the plan of every week, the real weeks, and the days that are different."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial

from nicegui import html, ui

from app import clock, events
from app.components import schedule_absent, schedule_forms, schedule_weeks
from app.components.chips import tag
from app.components.dialogs import button, confirm
from app.components.forms import Values
from app.components.frame import icon
from app.components.lists import KEYS, done_by
from app.components.schedule_unfit import unfit_card
from app.components.words import schedule as words
from app.db import Session
from app.models import ExceptionKind, Period, ScheduleException
from app.services import conflicts, replanning, schedules, weeks
from app.services.conflicts import Unfit
from app.services.schedules import ExceptionForm, PeriodForm
from app.services.weeks import WeekView
from app.web import toasts
from app.web.actions import act, attempt, commit, foresee
from app.web.page import visit
from app.web.sections import section, steady

Change = Callable[[Session], object]
WEEKDAYS = (1, 2, 3, 4)  # Tuesday to Friday get Monday's hours
MOST_WEEKS = 52
GATHER = 0.3  # seconds: every booking of every doctor is an event


class Schedule:
    """One doctor's. `may_edit`: whoever looks may change it too."""

    def __init__(self, doctor_id: int, name: str, *, may_edit: bool) -> None:
        self._doctor_id, self._name, self.may_edit = doctor_id, name, may_edit
        self._actor, self._zone = visit().actor, visit().clinic.timezone  # loading is done on threads without a page
        self._week = 0
        self._panel: ui.element | None = None
        self._refresh: Callable[[], None] = lambda: None

    async def build(self) -> None:
        ui.add_head_html(KEYS)
        with html.div().classes("page tight"):
            self._refresh = await section(
                self._load,
                self._draw,
                on=(events.SlotsChanged, events.DoctorsChanged, events.ClinicChanged),
                gather=GATHER,
            )
        self._panel = html.div().classes("contents")

    async def absent_today(self) -> None:
        await self._absent(self._today())

    def _load(self, session: Session) -> tuple[WeekView, list[Unfit]]:
        today = self._today()
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=self._week)
        return (
            weeks.week(session, actor=self._actor, doctor_id=self._doctor_id, monday=monday),
            conflicts.unfit(session, actor=self._actor, doctor_id=self._doctor_id),
        )

    def _draw(self, found: tuple[WeekView, list[Unfit]]) -> None:
        view, unfit = found
        unfit_card(unfit)
        self._draw_plan(view.plan.periods)
        self._draw_week(view)
        self._draw_exceptions(view.plan.exceptions)

    def _today(self) -> date:
        return clock.at_clinic(clock.now(), self._zone).date()

    # ------------------------------------------------------------------------------------------ drawing

    def _draw_plan(self, periods: Sequence[Period]) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.EVERY_WEEK)
                if self.may_edit and any(period.weekday == 0 for period in periods):
                    button(words.COPY, steady(partial(self._copy, periods))).props["data-focus"] = "copy"
            edit, add = (steady(self._edit_period), steady(self._new_period)) if self.may_edit else (None, None)
            schedule_weeks.plan(periods, self._today(), edit=edit, add=add)

    def _draw_week(self, view: WeekView) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.days(view.days[0].day, view.days[-1].day))
                self._turn("left", words.EARLIER_WEEK, -1)
                now = button(words.THIS_WEEK, partial(self._go, 0))
                now.props["data-focus"], now.props["disabled"] = "week-now", self._week == 0
                self._turn("right", words.LATER_WEEK, 1)
            schedule_weeks.week(view.days, self._today(), absent=steady(self._absent) if self.may_edit else None)

    def _turn(self, picture: str, word: str, by: int) -> None:
        turn = html.button().classes("btn icon quiet").props(f"type=button data-focus=week{by}")
        turn.props["aria-label"] = turn.props["title"] = word
        with turn.on("click", lambda: self._go(self._week + by), args=[]):
            icon("left" if picture == "left" else "right")

    def _go(self, week: int) -> None:
        self._week = max(-MOST_WEEKS, min(MOST_WEEKS, week))
        self._refresh()

    def _draw_exceptions(self, exceptions: Sequence[ScheduleException]) -> None:
        today = self._today()
        coming = [each for each in exceptions if each.last_day >= today]
        past = [each for each in exceptions if each.last_day < today]
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.DIFFERENT)
                if self.may_edit:
                    button(words.ADD_DIFFERENT, steady(self._new_exception)).props["data-focus"] = "add-different"
            if coming:
                exception_table(coming, steady(self._remove_exception) if self.may_edit else None)
            else:
                with html.div().classes("body"):
                    html.p(words.NO_DIFFERENT).classes("muted")
            if past:
                with ui.element("details").classes("fold"):
                    with ui.element("summary"):
                        html.span(f"{words.PAST} ({len(past)})")
                    exception_table(list(reversed(past)), None)

    # ------------------------------------------------------------------------------------------ the editor

    async def _show(self, draw: Callable[[], None]) -> None:
        assert self._panel is not None  # noqa: S101  made with the page
        with self._panel:
            self._panel.clear()
            draw()

    async def _close(self) -> None:
        if self._panel is not None:
            self._panel.clear()

    async def _new_period(self, weekday: int) -> None:
        send = steady(partial(self._save_period, None))
        await self._show(lambda: schedule_forms.period_editor(send, self._close, weekday, None, self._close))

    async def _edit_period(self, period: Period) -> None:
        send, remove = steady(partial(self._save_period, period)), steady(partial(self._remove_period, period))
        await self._show(lambda: schedule_forms.period_editor(send, self._close, period.weekday, period, remove))

    async def _new_exception(self) -> None:
        await self._show(lambda: schedule_forms.exception_editor(steady(self._save_exception), self._close))

    # ------------------------------------------------------------------------------------------ changes

    async def _agreed(self, change: Change) -> bool:
        return await agreed(change, self._doctor_id)

    async def _save_period(self, period: Period | None, values: Values) -> None:
        actor, form = self._actor, schedule_forms.period_form(values)

        def change(session: Session) -> int:
            if period is None:
                return schedules.add_period(session, actor=actor, doctor_id=self._doctor_id, form=form)
            schedules.change_period(session, actor=actor, period_id=period.id, form=form)
            return period.id

        if not await self._agreed(change):
            return
        made = await commit(change)
        await self._close()
        if period:
            undo = partial(schedules.change_period, actor=actor, period_id=made, form=form_of(period))
        else:
            undo = partial(schedules.remove_period, actor=actor, period_id=made)
        toasts.show(words.HOURS_SAVED if period else words.HOURS_ADDED, undo=steady(lambda: act(done_by(undo))))

    async def _remove_period(self, period: Period) -> None:
        change = partial(schedules.remove_period, actor=self._actor, period_id=period.id)
        if not await attempt(lambda: self._agreed(change)) or not await act(done_by(change)):
            return
        await self._close()
        again = partial(schedules.add_period, actor=self._actor, doctor_id=self._doctor_id, form=form_of(period))
        toasts.show(words.HOURS_REMOVED, undo=steady(lambda: act(again)))

    async def _copy(self, periods: Sequence[Period]) -> None:
        forms = [form_of(period, day) for day in WEEKDAYS for period in periods if period.weekday == 0]
        before = [form_of(period) for period in periods if period.weekday in WEEKDAYS]
        days = partial(schedules.set_days, actor=self._actor, doctor_id=self._doctor_id, weekdays=WEEKDAYS)
        change = partial(days, forms=forms)
        if before and not await confirm(words.COPY + "?", words.COPY_EFFECT, yes=words.COPY_YES, no=words.GO_BACK):
            return
        if await attempt(lambda: self._agreed(change)) and await act(done_by(change)):
            toasts.show(words.COPIED, undo=steady(lambda: act(done_by(partial(days, forms=before)))))

    async def _save_exception(self, values: Values) -> None:
        form = schedule_forms.exception_form(values)
        change = partial(schedules.add_exception, actor=self._actor, doctor_id=self._doctor_id, form=form)
        if not await self._agreed(change):
            return
        made = await commit(change)
        await self._close()
        gone = partial(schedules.remove_exception, actor=self._actor, exception_id=made)
        toasts.show(words.ADDED, undo=steady(lambda: act(done_by(gone))))

    async def _remove_exception(self, each: ScheduleException) -> None:
        change = partial(schedules.remove_exception, actor=self._actor, exception_id=each.id)
        if await attempt(lambda: self._agreed(change)) and await act(done_by(change)):
            again = partial(
                schedules.add_exception, actor=self._actor, doctor_id=self._doctor_id, form=exception_of(each)
            )
            toasts.show(words.REMOVED, undo=steady(lambda: act(again)))

    async def _absent(self, day: date) -> None:
        await schedule_absent.ask(self._doctor_id, self._name, day, self._today())


async def agreed(change: Change, doctor_id: int | None) -> bool:
    """Say what `change` does to the bookings and ask; nothing is asked if it does nothing to them."""
    actor, zone = visit().actor, visit().clinic.timezone
    effect = await foresee(lambda s: replanning.effect(s, actor=actor, doctor_id=doctor_id, change=change))
    if not effect.count:
        return True
    lines = [f"{words.when(clock.at_clinic(at, zone))} {name}" for at, name in effect.first]
    said = f"{words.some(lines, effect.count)} {words.THEN}"
    return await confirm(words.question(effect.count), said, yes=words.SAVE_ANYWAY, no=words.GO_BACK)


def exception_table(
    exceptions: Sequence[ScheduleException],
    remove: Callable[[ScheduleException], Awaitable[None]] | None,
    *,
    closures: bool = False,
) -> None:
    """Days that are different. Closures of the clinic are removed on their own page only."""
    with html.table().classes("tbl"), html.tbody():
        for each in exceptions:
            with html.tr():
                days = words.days(each.first_day, each.last_day)
                html.td(days).classes("num")
                with html.td():
                    word = words.CLOSED if each.doctor_id is None else words.KINDS[each.kind]
                    tag(word, "plus" if each.kind is ExceptionKind.EXTRA else "door")
                html.td(_times(each)).classes("num")
                with html.td():
                    html.bdi(each.note)
                with html.td().classes("r"):
                    if remove and (closures or each.doctor_id is not None):
                        made = button(words.REMOVE, partial(remove, each), css="quiet", of=days)
                        made.props["data-focus"] = f"remove-{each.id}"


def _times(each: ScheduleException) -> str:
    if each.starts is None or each.ends is None:
        return words.WHOLE_DAY
    hours = words.hours(each.starts, each.ends)
    return f"{hours}, {words.sizes(each.slot_minutes, each.places)}" if each.slot_minutes else hours


def form_of(period: Period, weekday: int | None = None) -> PeriodForm:
    """The form that makes such hours, on the same or on another day."""
    return PeriodForm(
        weekday=period.weekday if weekday is None else weekday, starts=period.starts, ends=period.ends,
        slot_minutes=period.slot_minutes, places=period.places, valid_from=period.valid_from,
        valid_until=period.valid_until,
    )  # fmt: skip


def exception_of(each: ScheduleException) -> ExceptionForm:
    return ExceptionForm(
        kind=each.kind, first_day=each.first_day, last_day=each.last_day, starts=each.starts, ends=each.ends,
        slot_minutes=each.slot_minutes, places=each.places, note=each.note,
    )  # fmt: skip
