"""While a walk-in's name is typed: the people of this name whom the clinic knows already, and which one it is."""

import json
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from nicegui import html, ui

from app import clock
from app.components import claim_link, dialogs
from app.components.forms import TARGET_VALUE
from app.components.frame import icon
from app.components.glass import Glass
from app.components.words import desk as words
from app.components.words import me, privacy
from app.services import patients
from app.services.patients import PatientRow
from app.web.actions import fetch
from app.web.page import visit

FEWEST_LETTERS = 2
MOST_SHOWN = 5
SEND = "getHtmlElement(%d).requestSubmit()"
FILL = "Object.assign(getHtmlElement(%d), {value: %s})"


class Known:
    """Stands under the field `name` of `form`. `patient` is who was chosen; None: somebody new."""

    def __init__(self, name: ui.element, form: ui.element) -> None:
        self.patient: PatientRow | None = None
        self._is_decided = False  # somebody at the desk said who it is
        self._about = ""  # the name that was decided or asked about
        self._asked = 0
        self._name, self._form = name, form
        self._glass = Glass(self._draw_picked)
        self._box = html.div().props("aria-live=polite").classes("contents")
        name.on("input", self._typed, js_handler=TARGET_VALUE, throttle=0.3, leading_events=False)

    async def _typed(self, event: Any) -> None:
        """Offer people of this name while it is typed."""
        typed = _normal(str(event.args)[:80])
        if typed == self._about:  # Enter was faster than the last letter
            return
        self.patient, self._is_decided, self._about = None, False, ""
        self._asked += 1
        asked = self._asked
        found = await _found(typed) if len(typed) >= FEWEST_LETTERS else []
        if asked == self._asked and not self._box.is_deleted:  # nothing was typed or chosen since
            self._offer(words.KNOWN_HERE, found[:MOST_SHOWN], send=False)

    def _offer(self, question: str, found: Sequence[PatientRow], *, send: bool) -> None:
        self._box.clear()
        if not found:
            return
        with self._box, html.div().classes("card menu").props("role=group") as box:
            box.props["aria-label"] = question
            with html.div().classes("head"):
                html.h2(question)
            for patient in found:
                _line(_who(patient), partial(self._pick, patient, send=send))
            if send:
                _line(words.SOMEBODY_NEW, partial(self._pick, None, send=True))

    async def _pick(self, patient: PatientRow | None, *, send: bool) -> None:
        self.patient, self._is_decided = patient, True
        self._about = _normal(patient.name) if patient else self._about
        self._asked += 1
        self._box.clear()
        self._draw_picked()
        with self._form:  # the pressed button is gone
            if patient:
                ui.run_javascript(FILL % (self._name.id, _quoted(patient.name)))
            if send:
                ui.run_javascript(SEND % self._form.id)

    def _draw_picked(self) -> None:
        """Who was chosen, as this page may see them, and what can be done for them."""
        if self.patient is None or self._box.is_deleted:
            return
        seen = self._glass.through_patient(self.patient)
        self._box.clear()
        with self._box, html.div().classes("note"):
            icon("check")
            html.span(_who(seen)).classes("grow")
            dialogs.button(words.NOT_THIS_ONE, partial(self._pick, None, send=False))
            if self._glass.may_ask(seen):
                dialogs.button(words.SHOW_NAME, partial(self._glass.ask, privacy.number(seen.id), seen.id))
            if claim_link.may_hand_over(seen):
                dialogs.button(me.HAND_OVER, partial(claim_link.hand_over, seen.id))

    async def asks_which(self, name: str, born: date | None) -> bool:
        """Whether the desk has to answer first. Takes somebody of this name with this birth date as the one."""
        if self._is_decided:
            return False
        self._about = _normal(name)
        same = [one for one in await _found(name) if _normal(one.name) == self._about]
        sure = [one for one in same if born and one.born == born]
        self.patient = sure[0] if len(sure) == 1 else None
        maybe = [one for one in same if not born or not one.born or one.born == born]
        if self.patient or not maybe:
            return False
        self._asked += 1
        self._offer(words.WHICH_ONE, maybe[:MOST_SHOWN], send=True)
        return True


async def _found(typed: str) -> list[PatientRow]:
    actor = visit().actor
    search = " ".join(typed.split())
    return await fetch(lambda session: patients.found(session, actor=actor, search=search))


def _normal(name: str) -> str:
    return " ".join(name.casefold().split())


def _line(text: str, press: Any) -> None:
    with html.button().classes("item").props("type=button") as made:
        html.bdi(text)
    made.on("click", press, args=[])


def _who(patient: PatientRow) -> str:
    zone = visit().clinic.timezone
    first = words.first_here(clock.at_clinic(patient.created_at, zone).date())
    facts = [words.born(patient.born) if patient.born else "", patient.phone, first]
    return " · ".join([patient.name, *(fact for fact in facts if fact)])


def _quoted(text: str) -> str:
    return json.dumps(text).replace("</", "<\\/")
