"""`/claim`: a record that the desk knows comes to the account of whoever holds the link.

The link's token is in a cookie by now (`links.CLAIM`).
"""

from fastapi import Request
from nicegui import html, ui

from app.components.forms import Form, Values
from app.components.frame import phone_frame
from app.components.me.profile import date_of_birth
from app.components.words import me as words
from app.errors import Conflict, Invalid
from app.pages.me import PATIENTS
from app.services import claims
from app.services.claims import Offer, Wrong
from app.web.actions import commit, fetch
from app.web.links import CLAIM
from app.web.page import page, visit

FORM = "claim"
ME, FAMILY = "me", "family"
BLAME = {"bad_born": "born"}


@page(CLAIM.path, allow=PATIENTS)
async def claim(request: Request) -> None:
    actor, token = visit().actor, CLAIM.token_of(request)
    offer = await fetch(lambda session: claims.look(session, actor=actor, token=token))

    async def take(values: Values) -> None:
        born, is_me = date_of_birth(values.get("born", "")), values.get("who") == ME
        done = await commit(lambda session: claims.take(session, actor=actor, token=token, born=born, is_me=is_me))
        if isinstance(done, Wrong):
            kind = Invalid if done.tries_left else Conflict
            raise kind(words.claim_wrong(done.tries_left), code="bad_born" if done.tries_left else "claim_ended")
        ui.navigate.to("/me")

    with phone_frame(words.CLAIM_TITLE):
        with html.main().props("id=main"):
            html.h1(words.claim_question(offer.letters)).props("dir=auto")
            _form(offer, Form(take, blame=BLAME, css="stack"))
        with html.footer():
            html.button(words.CLAIM_DO).classes("btn primary block").props(f"type=submit form={FORM}")
            with html.div().classes("foot-link"):
                html.a(words.CLAIM_NOT).props("href=/me")


def _form(offer: Offer, form: Form) -> None:
    form.root.props["id"] = FORM
    with form.root:
        form.note()
        _who(own=offer.looks_own)
        if offer.asks_birthday:
            form.text("born", words.BORN, type="date", hint=words.CLAIM_BORN_HINT)


def _who(*, own: bool) -> None:
    with html.fieldset().classes("field"):
        html.legend(words.CLAIM_WHO)
        for value, word, chosen in ((ME, words.CLAIM_IS_ME, own), (FAMILY, words.CLAIM_FAMILY, not own)):
            with html.label().classes("rad"):
                html.input_().props(f"type=radio name=who value={value}{' checked' if chosen else ''}")
                html.span(word)
