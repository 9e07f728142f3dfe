"""Right after the first start: the three pages to look at first."""

from nicegui import html, ui

from app.components.frame import icon, staff_frame
from app.components.qr import qr_code
from app.components.theme import Icon
from app.components.words import account as words
from app.pages.admin import ADMIN
from app.services import doctors
from app.web.actions import fetch
from app.web.page import page


@page("/admin/welcome", allow=ADMIN)
async def welcome() -> None:
    working = await fetch(doctors.working)
    with (
        staff_frame(words.WELCOME, current="", subtitle=words.WELCOME_TEXT),
        html.div().classes("page"),
        html.div().classes("choice"),
    ):
        with _card("list", words.CARD_DOCTOR, words.CARD_DOCTOR_TEXT):
            if working:
                _way(words.CARD_DOCTOR_OPEN, f"/doctor/{working[0]}")
            _way(words.CARD_DOCTOR_SIGN_IN, "/admin/users?open=new")
        with _card("phone", words.CARD_JOIN, words.CARD_JOIN_TEXT):
            qr_code("/join-queue", words.CARD_JOIN_CODE)
            _way(words.CARD_JOIN_OPEN, "/join-queue")
        with _card("tv", words.CARD_SCREEN, words.CARD_SCREEN_TEXT):
            _way(words.CARD_SCREEN_OPEN, "/display")


def _card(picture: Icon, title: str, text: str) -> ui.element:
    card: ui.element = html.section().classes("card")
    with card:
        icon(picture, "large")
        html.h2(title)
        html.p(text)
    return card


def _way(word: str, path: str) -> None:
    html.a(word).classes("btn").props(f'href="{path}"')
