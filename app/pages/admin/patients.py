from datetime import date
from functools import partial
from urllib.parse import urlencode

from nicegui import html

from app import clock, events
from app.components import words as common
from app.components.forms import Form, Values
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import admin as words
from app.db import Session
from app.errors import Invalid
from app.pages.admin import ADMIN
from app.services import patients
from app.services.patients import PatientRow
from app.web import toasts
from app.web.actions import commit, fetch
from app.web.page import page, visit

PATH = "/admin/patients"
BLAME = {"missing": "name", "too_long": "name", "bad_phone": "phone", "bad_born": "born"}


@page(PATH, allow=ADMIN)
async def patients_page() -> None:
    place = Place.read(PATH)
    with staff_frame(common.PATIENTS, current=PATH):
        await _Patients(place).build()


class _Patients(AdminList[PatientRow]):
    columns = (Column(words.NAME), Column(words.PHONE), Column(words.BORN), Column(words.KNOWN_SINCE, "wide"))
    on = (events.PeopleChanged, events.QueueChanged)
    search = words.FIND_PATIENT
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
        return row.name, ""

    def cells(self, row: PatientRow) -> None:
        cell(row.phone or words.NONE, "nowrap num")
        cell(words.date(row.born) if row.born else words.NONE, "nowrap")
        cell(words.date(clock.at_clinic(row.created_at, self._zone).date()), "wide nowrap")

    async def editor(self, row_id: int | None) -> Draw:
        row = await fetch(lambda s: patients.one(s, actor=self._actor, patient_id=row_id or 0))
        return lambda: self._editor(row)

    def _editor(self, row: PatientRow) -> None:
        form = Form(partial(self._save, row), blame=BLAME)
        with self.form(row.name, form, save=words.SAVE):
            with html.div().classes("row"):
                tickets = html.a(words.TICKETS).classes("btn")
                tickets.props["href"] = f"/admin/entries?{urlencode({'q': row.name})}"
            form.text("name", words.NAME, row.name, maxlength=80)
            form.text("phone", words.PHONE, row.phone, type="tel", maxlength=20)
            form.text("born", words.BORN, row.born.isoformat() if row.born else "", type="date")

    async def _save(self, row: PatientRow, values: Values) -> None:
        born = _born(values.get("born", ""))
        await commit(
            lambda s: patients.edit(
                s,
                actor=self._actor,
                patient_id=row.id,
                name=values.get("name", ""),
                phone=values.get("phone", ""),
                born=born,
            )
        )
        toasts.show(words.SAVED)
        await self.show(str(row.id))


def _born(typed: str) -> date | None:
    try:
        born = date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(words.BAD_DATE, code="bad_born") from error
    if born and not 1900 <= born.year <= clock.now().year:
        raise Invalid(words.BAD_DATE, code="bad_born")
    return born
