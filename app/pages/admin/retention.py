"""What is not kept for ever: the rule, who would be erased now, and who was."""

from contextlib import suppress
from functools import partial

from nicegui import background_tasks, html

from app import clock, events
from app.components import words as common
from app.components.chips import Text
from app.components.dialogs import button, confirm
from app.components.frame import staff_frame
from app.components.places import Place
from app.components.tables import Column, Empty, cell, nothing, table_head
from app.components.words import admin
from app.components.words import privacy as words
from app.db import Session
from app.errors import Conflict
from app.pages.admin import ADMIN
from app.services import retention
from app.services.policy import Actor
from app.services.retention import Erased, Plan
from app.web import toasts
from app.web.actions import attempt, commit, fetch
from app.web.page import page, visit
from app.web.sections import section

PATH = "/admin/retention"
MENU = "/admin/patients"


@page(PATH, allow=ADMIN)
async def retention_page() -> None:
    with staff_frame(words.RETENTION_TITLE, current=MENU, subtitle="") as top:
        with top:
            html.a(common.PATIENTS).classes("btn").props["href"] = MENU
        with html.div().classes("page tight"):
            await _Retention().build()


class _Retention:
    def __init__(self) -> None:
        here = visit()
        self._actor, self._zone = here.actor, here.clinic.timezone
        self._busy = False

    async def build(self) -> None:
        with html.div().classes("contents").props("role=status") as self._status:
            self._progress = Text("b").classes("hidden")
        on = (events.PeopleChanged, events.ClinicChanged)
        self._refresh = await section(self._load, self._draw, on=on)

    def _load(self, session: Session) -> tuple[Plan, list[Erased]]:
        return retention.plan(session, actor=self._actor), retention.erased(session, actor=self._actor)

    def _draw(self, found: tuple[Plan, list[Erased]]) -> None:
        plan, erased = found
        self._rule(plan)
        self._due(plan)
        self._past(erased)

    def _rule(self, plan: Plan) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.RULE)
                html.a(words.CHANGE_RULE).classes("btn").props["href"] = "/admin/settings"
            with html.div().classes("body"):
                html.p(words.rule(plan.months, plan.before))

    def _due(self, plan: Plan) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.TODAY)
                if plan.total:
                    made = button(words.RUN, partial(self._ask, plan), css="danger")
                    made.props["disabled"] = self._busy
            with html.div().classes("body"), html.dl().classes("kv"):
                for word, number in ((words.PEOPLE, plan.patients), *_small(plan)):
                    html.dt(word)
                    html.dd(str(number)).classes("num")
            self._people(plan)

    def _people(self, plan: Plan) -> None:
        if not plan.people:
            nothing(Empty("check", words.NOTHING_DUE, words.NOTHING_DUE_TEXT), Place(PATH))
            return
        with html.table().classes("tbl"):
            table_head([Column(words.PATIENT), Column(words.LAST_HERE)])
            with html.tbody():
                for person in plan.people:
                    with html.tr():
                        with html.td():
                            html.bdi(person.name)
                            html.span(words.number(person.patient_id)).classes("sub")
                        cell(admin.date(person.last_here), "nowrap")

    def _past(self, erased: list[Erased]) -> None:
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.ERASED_BY_RULE)
            if not erased:
                with html.div().classes("body"):
                    html.p(words.NONE_ERASED).classes("muted")
                return
            with html.table().classes("tbl"):
                table_head([Column(words.NUMBER), Column(words.ERASED_AT)])
                with html.tbody():
                    for row in erased:
                        at = clock.at_clinic(row.at, self._zone)
                        with html.tr():
                            cell(words.number(row.patient_id))
                            cell(f"{admin.date(at.date())} {at:%H:%M}", "nowrap num")

    # ------------------------------------------------------------------------------------------ running

    async def _ask(self, plan: Plan) -> None:
        sure = await confirm(
            words.run_question(plan.patients), words.RUN_EFFECT, yes=words.RUN_VERB, no=words.KEEP_FOR_NOW, danger=True
        )
        if sure and not self._busy:
            self._busy = True
            background_tasks.create(self._run(plan.patients), name="retention")

    async def _run(self, total: int) -> None:
        with self._status:
            await attempt(partial(self._erase, total))
            self._busy = False
            self._refresh()

    async def _erase(self, total: int) -> None:
        """Goes on when the page is closed: each person is erased whole or not at all."""
        actor: Actor = self._actor
        while await commit(partial(retention.sweep, actor=actor)):
            pass
        done = 0
        for patient_id in await fetch(partial(retention.due, actor=actor, limit=total)):
            with suppress(Conflict):  # another run was faster, or this person is here right now
                done += await commit(partial(retention.erase_one, actor=actor, patient_id=patient_id))
            self._progress.classes(remove="hidden").text = words.progress(done, total)
        await commit(partial(retention.finish, actor=actor))
        self._progress.classes("hidden").text = ""
        toasts.show(words.run_done(done))


def _small(plan: Plan) -> list[tuple[str, int]]:
    return [(word, plan.small.get(name, 0)) for name, word in words.SMALL.items()]
