from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app import clock
from app.components import words as common
from app.components.audit_state import AuditState
from app.components.chips import tag
from app.components.forms import TARGET_VALUE, select, text_input
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import admin
from app.components.words import audit as words
from app.db import Session
from app.models import Outcome
from app.pages.admin import ADMIN
from app.services import auditing
from app.services.auditing import Row
from app.web import audit_asked
from app.web.actions import fetch
from app.web.audit_asked import ACTION, CSV_PATH, FIRST, LAST, OUTCOME, PATIENT, WHO
from app.web.numbers import number
from app.web.page import page, visit

PATH = "/admin/audit"
BEFORE, AFTER = "before", "after"  # the row that this page of the list begins or ends at


@page(PATH, allow=ADMIN)
async def audit_page() -> None:
    place = Place.read(PATH, *audit_asked.NAMES, BEFORE, AFTER)
    with staff_frame(common.AUDIT, current=PATH, subtitle=words.SUBTITLE):
        await _Audit(place).build()


class _Audit(AdminList[Row]):
    columns = (
        Column(words.WHEN),
        Column(words.WHO),
        Column(words.WHAT),
        Column(words.PATIENT),
        Column(words.OUTCOME),
        Column(words.FROM_WHERE, "wide"),
    )
    on = ()
    search = words.FIND_PERSON
    empty = Empty("list", words.EMPTY, words.EMPTY_TEXT)
    size = auditing.PAGE

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._zone = here.actor, here.clinic.timezone
        self._newer = self._older = False
        self._export: ui.element | None = None

    def load(self, session: Session) -> list[Row]:
        before, after = number(self.place.filters[BEFORE]), number(self.place.filters[AFTER])
        found = auditing.rows(session, actor=self._actor, asked=self._asked, before=before, after=after)
        more = len(found) > self.size
        self._newer, self._older = (more, True) if after is not None else (before is not None, more)
        return found[-self.size :] if after is not None else found[: self.size]

    @property
    def _asked(self) -> auditing.Filter:
        return audit_asked.asked({**self.place.filters, WHO: self.place.q})

    def key(self, row: Row) -> int:
        return row.id

    def title(self, row: Row) -> tuple[str, str]:
        at = clock.at_clinic(row.at, self._zone)
        return f"{at:%H:%M:%S}", admin.date(at.date())

    def cells(self, row: Row) -> None:
        with html.td():
            html.bdi(words.who(row.who, row.actor_id, row.role)).classes("cut")
            html.span(words.role(row.role) if row.actor_id else "").classes("sub")
        with html.td(words.action(row.action)):
            html.span(words.about(row.kind, row.object_id)).classes("sub")
        cell(str(row.patient_id) if row.patient_id else words.NO_PATIENT, "num")
        with html.td():
            _outcome(row.outcome)
        cell(row.address, "wide num")

    async def above(self) -> None:
        await AuditState().build()

    async def filters(self) -> None:
        chosen = self.place.filters[ACTION]
        actions = dict(sorted(words.ACTIONS.items(), key=lambda pair: pair[1]))
        known = {chosen: chosen} if chosen and chosen not in actions else {}
        self._choice(ACTION, words.WHAT, {"": words.EVERYTHING} | known | actions)
        outcomes = {outcome.value: word for outcome, word in words.OUTCOMES.items()}
        self._choice(OUTCOME, words.OUTCOME, {"": words.DONE_OR_REFUSED} | outcomes)
        self._typed(PATIENT, words.PATIENT_NUMBER, inputmode="numeric", maxlength=9, size=8)
        self._typed(FIRST, words.FIRST_DAY, type="date")
        self._typed(LAST, words.LAST_DAY, type="date")
        self._export = html.a(words.EXPORT).classes("btn").props("download")
        self._lead_export()

    def find(self, **filters: str) -> None:
        super().find(**filters, before="", after="")

    def turn_to(self, page: int) -> None:
        super().turn_to(page)
        self._lead_export()

    def pages(self, rows: Sequence[Row]) -> None:
        if not (self._newer or self._older):
            return
        with html.nav().classes("pager") as nav:
            nav.props["aria-label"] = admin.PAGES
            html.span().classes("grow")
            self._turn(words.NEWER, AFTER, rows[0].id if rows else None, possible=self._newer)
            self._turn(words.OLDER, BEFORE, rows[-1].id if rows else None, possible=self._older and bool(rows))

    async def editor(self, row_id: int | None) -> Draw:
        row = await fetch(lambda s: auditing.one(s, actor=self._actor, row_id=row_id or 0))
        return lambda: self._panel_of(row)

    def _panel_of(self, row: Row) -> None:
        with self.panel(words.action(row.action)):
            with html.div().classes("row"):
                _outcome(row.outcome)
            with html.dl().classes("kv"):
                for word, fact in self._facts(row):
                    html.dt(word)
                    html.dd(fact)
                if row.patient_id:
                    html.dt(words.PATIENT)
                    with html.dd():
                        link = html.a(words.patient(row.patient_id)).classes("link")
                        link.props["href"] = f"/admin/patients?open={row.patient_id}"

    def _facts(self, row: Row) -> list[tuple[str, str]]:
        at = clock.at_clinic(row.at, self._zone)
        facts = [
            (words.ROW, f"{row.id:,}"),
            (words.WHEN, f"{admin.date(at.date())}, {at:%H:%M:%S}"),
            (words.WHO, words.who(row.who, row.actor_id, row.role)),
            (words.ROLE, words.role(row.role)),
            (words.OBJECT, words.about(row.kind, row.object_id)),
            (words.REASON, row.reason),
            (words.FIELDS, row.fields),
            (words.CODE, row.action),
            (words.ADDRESS, row.address),
            (words.REQUEST, row.request_id),
            (words.SEAL, f"{row.seal:,}" if row.seal else words.NOT_SEALED),
        ]
        return [(word, fact) for word, fact in facts if fact]

    # ------------------------------------------------------------------------------------------------------- controls

    def _turn(self, word: str, way: str, row_id: int | None, *, possible: bool) -> None:
        def go() -> None:
            self.place.filters.update({BEFORE: "", AFTER: "", way: str(row_id or "")})
            self.turn_to(1)

        button = html.button(word).classes("btn").props(f"type=button data-focus={word}")
        button.props["disabled"] = not possible
        button.on("click", go, args=[])

    def _lead_export(self) -> None:
        if self._export:
            said = {WHO: self.place.q, **{name: self.place.filters[name] for name in audit_asked.NAMES}}
            query = urlencode({name: value for name, value in said.items() if value})
            self._export.props["href"] = f"{CSV_PATH}?{query}" if query else CSV_PATH

    def _choice(self, name: str, label: str, options: dict[str, str]) -> None:
        with html.div():
            self._filters_by(name, label, select(name, options, self.place.filters[name]))

    def _typed(self, name: str, label: str, **more: str | int) -> None:
        with html.label().classes("row"):
            html.span(label).classes("muted nowrap")
            self._filters_by(name, label, text_input(name, self.place.filters[name], **dict[str, Any](more)))

    def _filters_by(self, name: str, label: str, control: ui.element) -> None:
        def changed(event: GenericEventArguments) -> None:
            self.find(**{name: str(event.args)})

        control.props["aria-label"] = label
        control.on("change", changed, js_handler=TARGET_VALUE)


def _outcome(outcome: Outcome) -> None:
    tag(words.OUTCOMES[outcome], "xcircle" if outcome is Outcome.DENIED else "check", warn=outcome is Outcome.DENIED)
