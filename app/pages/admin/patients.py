from functools import partial

from nicegui import html

from app import clock, events
from app.components import record as parts
from app.components import words as common
from app.components.chips import tag
from app.components.dialogs import button
from app.components.forms import Form, Values
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw, done_by
from app.components.me.profile import BLAME, profile_of
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import admin as words
from app.components.words import privacy as told
from app.db import Session
from app.pages.admin import ADMIN
from app.services import patients, privacy
from app.services.patients import PatientRow, Record
from app.services.privacy import EraseReason
from app.web import toasts
from app.web.actions import act, commit, fetch
from app.web.page import page, visit

PATH = "/admin/patients"
OTHERS = {"/admin/duplicates": told.DUPLICATES, "/admin/retention": told.RETENTION}


@page(PATH, allow=ADMIN)
async def patients_page() -> None:
    place = Place.read(PATH)
    with staff_frame(common.PATIENTS, current=PATH) as top:
        with top:
            for path, word in OTHERS.items():
                html.a(word).classes("btn").props["href"] = path
        await _Patients(place).build()


class _Patients(AdminList[PatientRow]):
    columns = (
        Column(words.NAME),
        Column(words.PHONE),
        Column(words.BORN),
        Column(told.ACCOUNT, "wide"),
        Column(words.KNOWN_SINCE, "wide"),
    )
    on = (events.PeopleChanged, events.QueueChanged)
    search = told.FIND_PATIENT
    empty = Empty("users", words.NO_PATIENTS, words.NO_PATIENTS_TEXT)
    size = patients.PAGE

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._zone = here.actor, here.clinic.timezone

    def load(self, session: Session) -> list[PatientRow]:
        return patients.found(session, actor=self._actor, search=self.place.q, page=self.place.page)

    def key(self, row: PatientRow) -> int:
        return row.id

    def title(self, row: PatientRow) -> tuple[str, str]:
        return row.name, told.number(row.id)

    def cells(self, row: PatientRow) -> None:
        cell(row.phone or words.NONE, "nowrap num")
        cell(words.date(row.born) if row.born else words.NONE, "nowrap")
        with html.td().classes("wide"), html.div().classes("tags"):
            html.span(told.yes_no(row.has_account))
            if row.confidential:
                tag(told.CONFIDENTIAL, "lock")
        cell(words.date(clock.at_clinic(row.created_at, self._zone).date()), "wide nowrap")

    # ------------------------------------------------------------------------------------------ one record

    async def editor(self, row_id: int | None) -> Draw:
        key = row_id or 0
        if await fetch(lambda s: patients.asks_why(s, actor=self._actor, patient_id=key)):
            return lambda: self._ask_why(key)
        found = await commit(lambda s: patients.record(s, actor=self._actor, patient_id=key))
        return (lambda: self._erased(found)) if found.erased_at else (lambda: self._editor(found))

    def _ask_why(self, key: int) -> None:
        async def say(values: Values) -> None:
            reason = values.get("reason", "")
            await commit(lambda s: patients.record(s, actor=self._actor, patient_id=key, reason=reason))
            await self.show(str(key))

        form = Form(say, blame={"short_reason": "reason", "too_long": "reason"})
        with self.form(told.WHY_TITLE, form, save=told.WHY_OPEN):
            form.text("reason", told.WHY, hint=told.WHY_HINT, maxlength=200)

    def _erased(self, found: Record) -> None:
        with self.panel(told.ERASED_TITLE):
            if found.erased_at:
                html.p(told.erased_on(words.date(clock.at_clinic(found.erased_at, self._zone).date())))
            html.p(told.ERASED_TEXT).classes("muted")
            parts.tickets(found)

    def _editor(self, found: Record) -> None:
        form = Form(partial(self._save, found), blame=BLAME)
        name = found.profile.name
        with self.form(name, form, save=words.SAVE) as foot:
            parts.facts(found, words.date(clock.at_clinic(found.created_at, self._zone).date()))
            parts.hand_over(found)
            parts.fields(form, found.profile)
            parts.tickets(found)
            parts.downloads(found.id)
        with foot:
            button(told.ERASE, partial(parts.ask_erase, name, partial(self._erase, found)), css="danger")

    async def _save(self, found: Record, values: Values) -> None:
        wish = profile_of(values)
        await commit(
            lambda s: patients.change(s, actor=self._actor, patient_id=found.id, wish=wish, seen=found.profile)
        )
        toasts.show(words.SAVED)
        await self.show(str(found.id))

    async def _erase(self, found: Record, reason: EraseReason, typed: str) -> bool:
        verb = partial(privacy.erase, actor=self._actor, patient_id=found.id, reason=reason, typed=typed)
        done = await act(done_by(verb), lambda _: told.ERASE_DONE)
        if done:
            await self.show("")
        return bool(done)
