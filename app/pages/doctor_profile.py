"""`/doctor/{doctor_id}/profile`: what patients read of a doctor, written by the doctor."""

from functools import partial

from nicegui import html, ui

from app.components.forms import Form, Values
from app.components.frame import staff_frame
from app.components.lists import KEYS
from app.components.words import doctor as words
from app.errors import NotFound
from app.models import Role
from app.services import doctors
from app.services.doctors import DoctorRow, Profile
from app.web import toasts
from app.web.actions import commit, fetch
from app.web.numbers import number
from app.web.page import page, visit


@page("/doctor/{doctor_id}/profile", allow=frozenset({Role.DOCTOR}), title=words.PROFILE)
async def doctor_profile(doctor_id: str) -> None:
    actor, asked = visit().actor, number(doctor_id)
    if asked is None:
        raise NotFound("We can't find that doctor.", code="unknown_doctor")
    row = await fetch(lambda session: doctors.own(session, actor=actor, doctor_id=asked))
    with (
        staff_frame(words.PROFILE, current=f"/doctor/{row.id}/profile", subtitle=words.PROFILE_SUB),
        html.div().classes("page"),
    ):
        ui.add_head_html(KEYS)
        _form(row)


def _form(row: DoctorRow) -> None:
    form = Form(partial(_save, row.id), css="stack", label=words.PROFILE)
    form.root.props["data-saves"] = True
    with form.root:
        with html.section().classes("card"), html.div().classes("body stack"):
            form.text("languages", words.LANGUAGES, row.languages, hint=words.LANGUAGES_HINT, maxlength=120)
            form.area("biography", words.BIOGRAPHY, row.biography, hint=words.BIOGRAPHY_HINT, maxlength=600)
            form.text("room", words.ROOM, row.room, hint=words.ROOM_HINT, maxlength=20)
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.FROM_ADMIN)
            with html.div().classes("body"), html.dl().classes("kv"):
                facts = (
                    (words.NAME, row.name), (words.SPECIALITY, row.specialization), (words.LICENCE, row.licence_number)
                )  # fmt: skip
                for word, fact in facts:
                    html.dt(word)
                    html.dd(fact or words.UNKNOWN)
        form.note()
        with html.div().classes("row"):
            html.button(words.SAVE).classes("btn primary").props("type=submit aria-keyshortcuts=Control+S")


async def _save(doctor_id: int, values: Values) -> None:
    actor = visit().actor
    profile = Profile(
        languages=values.get("languages", ""), biography=values.get("biography", ""), room=values.get("room", "")
    )
    await commit(lambda session: doctors.edit_own(session, actor=actor, doctor_id=doctor_id, profile=profile))
    toasts.show(words.SAVED)
