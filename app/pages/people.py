"""What a patient tells the clinic of themselves and of the people they look after."""

from functools import partial

from nicegui import html, ui

from app.components.chips import Text
from app.components.dialogs import button, confirm
from app.components.frame import phone_frame
from app.components.me.profile import ProfileForm
from app.components.words import me as words
from app.db import Session
from app.errors import Conflict, NotFound
from app.pages.me import PATIENTS, back
from app.services import families, profiles
from app.services.families import Person
from app.services.profiles import Profile
from app.web import toasts
from app.web.actions import act, commit
from app.web.numbers import number
from app.web.page import page, visit

FORM = "person"


@page("/me/profile", allow=PATIENTS, stay=300)
async def own_profile() -> None:
    await _Person(None).build()


@page("/me/people/new", allow=PATIENTS, stay=300)
async def new_person() -> None:
    actor = visit().actor

    async def add(wish: Profile) -> None:
        await commit(lambda session: profiles.add(session, actor=actor, wish=wish))
        ui.navigate.to("/me")

    with phone_frame(words.NEW_PERSON):
        with html.main().props("id=main"):
            back()
            html.h1(words.NEW_PERSON)
            html.p(words.NEW_PERSON_TEXT)
            ProfileForm(Profile(name=""), add, mine=False, name=FORM)
        _footer(words.ADD_PERSON)


@page("/me/people/{patient_id}", allow=PATIENTS, stay=300)
async def person(patient_id: str) -> None:
    wanted = number(patient_id)
    if wanted is None:
        raise NotFound(families.UNKNOWN_PERSON, code="unknown_patient")
    await _Person(wanted).build()


class _Person:
    """The page of one person of the account; without an id, of the one whose account it is."""

    def __init__(self, patient_id: int | None) -> None:
        self._id, self._actor = patient_id, visit().actor

    async def build(self) -> None:
        who, self._seen = await self._read()
        with phone_frame(who.name):
            with html.main().props("id=main"):
                back()
                html.h1(who.name).props("dir=auto")
                self._box = html.div().classes("contents")
                self._draw(who, self._seen)
                if not who.is_own:
                    with html.div().classes("acts"):
                        button(words.REMOVE, partial(self._remove, who), css="danger")
            self._said = _footer(words.SAVE)
        toasts.region()

    async def _read(self) -> tuple[Person, Profile]:
        return await commit(lambda session: profiles.read(session, actor=self._actor, patient_id=self._id))

    def _draw(self, who: Person, profile: Profile) -> ProfileForm:
        self._box.clear()
        with self._box:
            drawn = ProfileForm(profile, partial(self._save, who), mine=who.is_own, name=FORM)
        drawn.form.root.on("input", self._unsaid, args=[], throttle=1)
        return drawn

    def _unsaid(self) -> None:
        self._said.text = ""

    async def _save(self, who: Person, wish: Profile) -> None:
        seen = self._seen
        try:
            self._seen = await commit(
                lambda session: profiles.change(session, actor=self._actor, patient_id=self._id, wish=wish, seen=seen)
            )
        except Conflict as stale:
            if stale.code != "changed_since":
                raise
            _, self._seen = await self._read()
            mine = profiles.merged(seen, wish, self._seen)
            others = [words.other_window(*both) for both in profiles.lost(self._seen, mine, seen).items()]
            self._draw(who, mine).say(" ".join([stale.message, words.CHECK_AGAIN, *others]))
            self._unsaid()
        else:
            self._said.text = words.SAVED

    async def _remove(self, who: Person) -> None:
        sure = await confirm(
            words.remove_question(who.name), words.REMOVE_EFFECT, yes=words.REMOVE_VERB, no=words.KEEP, danger=True
        )
        if not sure or self._id is None:
            return
        patient_id = self._id

        def work(session: Session) -> bool:
            families.remove(session, actor=self._actor, patient_id=patient_id)
            return True

        if await act(work):
            ui.navigate.to("/me")


def _footer(word: str) -> Text:
    """The main button stays in reach of the thumb, however long the form is. Answers the line over it."""
    with html.footer():
        said = Text("p").classes("foot-text").props("role=status")
        html.button(word).classes("btn primary block").props(f"type=submit form={FORM}")
    return said
