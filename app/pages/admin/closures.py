"""`/admin/closures`: days on which the whole clinic is closed, and the bookings that then have no place."""

from collections.abc import Callable
from functools import partial

from nicegui import html, ui

from app import clock, events
from app.components import schedule_forms
from app.components.dialogs import button
from app.components.forms import Values
from app.components.frame import icon, live_dot, staff_frame
from app.components.lists import KEYS, done_by
from app.components.schedule import agreed, exception_of, exception_table
from app.components.schedule_unfit import unfit_card
from app.components.words import schedule as words
from app.db import Session
from app.models import ScheduleException
from app.pages.admin import ADMIN
from app.services import conflicts, schedules
from app.services.conflicts import Unfit
from app.web import toasts
from app.web.actions import act, attempt, commit
from app.web.page import page, visit
from app.web.sections import section, steady

PATH = "/admin/closures"


@page(PATH, allow=ADMIN, title=words.CLOSURES)
async def closures_page() -> None:
    with staff_frame(words.CLOSURES, current=PATH, subtitle=words.CLOSURES_SUB) as top:
        shown = _Closures()
        with top:
            button(words.ADD_CLOSURE, shown.new, css="primary")
            live_dot()
        await shown.build()


class _Closures:
    def __init__(self) -> None:
        self._actor = visit().actor
        self._panel: ui.element | None = None

    async def build(self) -> None:
        ui.add_head_html(KEYS)
        with html.div().classes("page tight"):
            await section(self._load, self._draw, on=(events.SlotsChanged, events.DoctorsChanged), gather=1)
        self._panel = html.div().classes("contents")

    def _load(self, session: Session) -> tuple[list[ScheduleException], list[Unfit]]:
        return (
            schedules.closures(session, actor=self._actor),
            conflicts.all_unfit(session, actor=self._actor),
        )

    def _draw(self, found: tuple[list[ScheduleException], list[Unfit]]) -> None:
        closures, unfit = found
        today = clock.at_clinic(clock.now(), visit().clinic.timezone).date()
        coming = [each for each in closures if each.last_day >= today]
        past = [each for each in reversed(closures) if each.last_day < today]
        unfit_card(unfit, with_doctor=True)
        with html.section().classes("card"):
            if coming:
                exception_table(coming, steady(self._remove), closures=True)
            else:
                with html.div().classes("empty"):
                    icon("door")
                    html.b(words.NO_CLOSURES)
                    html.p(words.NO_CLOSURES_TEXT)
            if past:
                with ui.element("details").classes("fold"):
                    with ui.element("summary"):
                        html.span(f"{words.PAST} ({len(past)})")
                    exception_table(past, None)

    async def new(self) -> None:
        self._show(lambda: schedule_forms.exception_editor(steady(self._save), self._close, closure=True))

    def _show(self, draw: Callable[[], None]) -> None:
        if self._panel is not None:
            with self._panel:
                self._panel.clear()
                draw()

    async def _close(self) -> None:
        if self._panel is not None:
            self._panel.clear()

    async def _save(self, values: Values) -> None:
        form = schedule_forms.exception_form(values, closure=True)
        change = partial(schedules.add_exception, actor=self._actor, doctor_id=None, form=form)
        if not await agreed(change, None):
            return
        made = await commit(change)
        await self._close()
        gone = partial(schedules.remove_exception, actor=self._actor, exception_id=made)
        toasts.show(words.ADDED, undo=steady(lambda: act(done_by(gone))))

    async def _remove(self, each: ScheduleException) -> None:
        change = partial(schedules.remove_exception, actor=self._actor, exception_id=each.id)
        if await attempt(lambda: agreed(change, None)) and await act(done_by(change)):
            again = partial(schedules.add_exception, actor=self._actor, doctor_id=None, form=exception_of(each))
            toasts.show(words.REMOVED, undo=steady(lambda: act(again)))
