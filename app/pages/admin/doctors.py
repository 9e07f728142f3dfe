from collections.abc import Callable
from datetime import time
from functools import partial

from nicegui import html

from app import events
from app.components import words as common
from app.components.dialogs import button, confirm
from app.components.forms import Form, Values
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw, done_by
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import admin as words
from app.components.words import schedule
from app.db import Session
from app.errors import Invalid
from app.pages.admin import ADMIN
from app.services import doctors
from app.services.doctors import DoctorForm, DoctorRow
from app.web import toasts
from app.web.actions import act, commit, fetch
from app.web.numbers import number
from app.web.page import page, visit
from app.web.sections import section

PATH = "/admin/doctors"
SHOW = "show"
RETIRED = "retired"
BLAME = {
    "missing": "name",
    "bad_cap": "cap",
    "bad_letter": "letter",
    "letter_taken": "letter",
    "bad_opens": "opens_at",
    "bad_closes": "closes_at",
    "unknown_user": "user_id",
    "user_taken": "user_id",
}


@page(PATH, allow=ADMIN)
async def doctors_page() -> None:
    place = Place.read(PATH, SHOW)
    with staff_frame(common.DOCTORS, current=PATH):
        await _Doctors(place).build()


class _Doctors(AdminList[DoctorRow]):
    columns = (
        Column(words.NAME),
        Column(words.ROOM),
        Column(words.LETTER),
        Column(words.HOURS),
        Column(words.CAP, "r wide"),
    )
    on = (events.DoctorsChanged,)
    search = words.FIND_DOCTOR
    empty = Empty("idcard", words.NO_DOCTORS, words.NO_DOCTORS_TEXT)
    size = doctors.PAGE
    add = words.ADD_DOCTOR

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._actor = visit().actor
        self._recount: Callable[[], None] = lambda: None

    def load(self, session: Session) -> list[DoctorRow]:
        place = self.place
        return doctors.rows(
            session, actor=self._actor, search=place.q, retired=place.filters[SHOW] == RETIRED, page=place.page
        )

    def key(self, row: DoctorRow) -> int:
        return row.id

    def title(self, row: DoctorRow) -> tuple[str, str]:
        return row.name, row.specialization

    def cells(self, row: DoctorRow) -> None:
        cell(row.room or words.NONE)
        cell(row.letter, "tk")
        cell(words.hours(_wall(row.opens_at), _wall(row.closes_at)), "nowrap")
        cell(str(row.cap or words.NONE), "r wide")

    async def filters(self) -> None:
        self._recount = await section(
            lambda session: doctors.counts(session, actor=self._actor), self._seg, on=events.DoctorsChanged
        )

    def _seg(self, counts: tuple[int, int]) -> None:
        with html.div().classes("seg").props(f'role=group aria-label="{words.WORK_STATE}"'):
            for word, number, shows in ((words.WORKING, counts[0], ""), (words.RETIRED, counts[1], RETIRED)):
                choice = html.button(f"{word} {number}").props(f"type=button data-focus=seg-{shows}")
                choice.props["aria-pressed"] = "true" if self.place.filters[SHOW] == shows else "false"
                choice.on("click", partial(self._switch, shows), args=[])

    def _switch(self, shows: str) -> None:
        self.find(**{SHOW: shows})
        self._recount()

    async def editor(self, row_id: int | None) -> Draw:
        actor = self._actor
        row = await fetch(lambda s: doctors.row(s, actor=actor, doctor_id=row_id)) if row_id else None
        free = await fetch(lambda s: doctors.free_letters(s, actor=actor))
        sign_ins = await fetch(lambda s: doctors.free_accounts(s, actor=actor, doctor_id=row_id))
        return lambda: self._editor(row, free, sign_ins)

    def _editor(self, row: DoctorRow | None, free: list[str], sign_ins: dict[int, str]) -> None:
        form = Form(partial(self._save, row), blame=BLAME)
        with self.form(row.name if row else words.NEW_DOCTOR, form, save=words.SAVE) as foot:
            if row:
                _links(row)
            _fields(form, row, free, sign_ins)
        if row:
            with foot:
                if row.retired:
                    button(words.BRING_BACK, partial(self._bring_back, row))
                else:
                    button(words.RETIRE, partial(self._retire, row), css="danger")

    async def _save(self, row: DoctorRow | None, values: Values) -> None:
        form, actor = _entered(values), self._actor
        if row:
            await commit(lambda s: doctors.edit(s, actor=actor, doctor_id=row.id, form=form))
            saved, said = row.id, words.SAVED
        else:
            saved, said = await commit(lambda s: doctors.add(s, actor=actor, form=form)), words.DOCTOR_ADDED
        toasts.show(said)
        await self.show(str(saved))

    async def _retire(self, row: DoctorRow) -> None:
        sure = await confirm(
            words.retire_question(row.name), words.RETIRE_EFFECT, yes=words.RETIRE_VERB, no=words.KEEP, danger=True
        )
        if sure:
            await self._move(partial(doctors.retire, actor=self._actor, doctor_id=row.id), words.retired(row.name))

    async def _bring_back(self, row: DoctorRow) -> None:
        await self._move(partial(doctors.rehire, actor=self._actor, doctor_id=row.id), words.is_back(row.name))

    async def _move(self, verb: Callable[[Session], None], said: str) -> None:
        """Into the other list, and with the editor closed."""
        if await act(done_by(verb), lambda _: said):
            await self.show("")


def _links(row: DoctorRow) -> None:
    pages = (
        (words.QUEUE, f"/doctor/{row.id}"),
        (words.HISTORY, f"/doctor-history/{row.id}"),
        (schedule.TITLE, f"/doctor/{row.id}/schedule"),
        (words.POSTER, f"/poster?doctor={row.id}"),
    )
    with html.div().classes("row wrap"):
        for word, path in pages:
            html.a(word).classes("btn").props(f'href="{path}"')


def _fields(form: Form, row: DoctorRow | None, free: list[str], sign_ins: dict[int, str]) -> None:
    _person(form, row, sign_ins)
    html.h3(words.FOR_PATIENTS)
    form.text("languages", words.LANGUAGES, row.languages if row else "", hint=words.LANGUAGES_HINT, maxlength=120)
    form.area("biography", words.BIOGRAPHY, row.biography if row else "", hint=words.BIOGRAPHY_HINT, maxlength=600)
    html.h3(words.THE_QUEUE)
    _queue(form, row, free)


def _person(form: Form, row: DoctorRow | None, sign_ins: dict[int, str]) -> None:
    form.text("name", words.NAME_SEEN, row.name if row else "", maxlength=80)
    form.text(
        "specialization", words.SPECIALITY, row.specialization if row else "", hint=words.SPECIALITY_HINT, maxlength=80
    )
    licence = row.licence_number if row else ""
    form.text("licence_number", words.LICENCE, licence, hint=words.LICENCE_HINT, maxlength=40)
    accounts = {"": words.NO_ACCOUNT} | {str(user_id): name for user_id, name in sign_ins.items()}
    chosen = str(row.user_id) if row and row.user_id else ""
    form.choice("user_id", words.ACCOUNT, accounts, chosen, hint=words.ACCOUNT_HINT)


def _queue(form: Form, row: DoctorRow | None, free: list[str]) -> None:
    letter = row.letter if row else free[0]
    with html.div().classes("two"):
        form.text("room", words.ROOM, row.room if row else "", maxlength=20)
        form.text("letter", words.TOKEN_LETTER, letter, maxlength=2, autocapitalize="characters")
    html.p(words.letter_rule(free)).classes("hint")
    with html.div().classes("two"):
        form.text("opens_at", words.OPENS, _wall(row.opens_at) or "" if row else "", type="time")
        form.text("closes_at", words.CLOSES, _wall(row.closes_at) or "" if row else "", type="time")
    html.p(words.HOURS_HINT).classes("hint")
    cap = str(row.cap) if row and row.cap else ""
    form.text("cap", words.CAP, cap, hint=words.CAP_HINT, unit=words.PEOPLE, inputmode="numeric", maxlength=4)


def _entered(values: Values) -> DoctorForm:
    """The form as typed. Raises Invalid with the code of the field that can't be read."""
    return DoctorForm(
        name=values.get("name", ""),
        specialization=values.get("specialization", ""),
        licence_number=values.get("licence_number", ""),
        languages=values.get("languages", ""),
        biography=values.get("biography", ""),
        room=values.get("room", ""),
        letter=values.get("letter", ""),
        cap=_number(values.get("cap", ""), "bad_cap"),
        opens_at=_time(values.get("opens_at", ""), "bad_opens"),
        closes_at=_time(values.get("closes_at", ""), "bad_closes"),
        user_id=_number(values.get("user_id", ""), "unknown_user"),
    )


def _number(typed: str, code: str) -> int | None:
    typed = typed.strip()
    if typed and number(typed) is None:
        raise Invalid(words.BAD_NUMBER, code=code)
    return number(typed)


def _time(typed: str, code: str) -> time | None:
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(words.BAD_TIME, code=code) from error


def _wall(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at else None
