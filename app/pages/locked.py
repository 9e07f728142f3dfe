"""The lock screen, and the code of the second step: between a right and an open page."""

from collections.abc import Callable, Mapping

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import html, ui

from app.components import forms
from app.components.auth import auth_frame
from app.components.words import account
from app.components.words import security as words
from app.web import eviction, proving, sessions
from app.web.page import PUBLIC, page, visit


@page("/locked", allow=PUBLIC, title=words.LOCKED)
async def locked(request: Request) -> Response | None:
    """Says who is signed in, and asks for the password. Every tab waits here for what it showed."""
    next_ = sessions.safe_path(request.query_params.get("next", ""))
    me = await sessions.principal_of(request, even_locked=True)
    if me is None:
        return RedirectResponse("/login", 303)
    back = next_ or sessions.home_of(me)
    if not me.locked:
        return RedirectResponse(back, 303)
    eviction.wait_here(me.session_id, back)
    with auth_frame(words.still(me.name), visit().clinic.name):
        _said(request)
        html.p(words.LOCKED_TEXT)
        with html.form().classes("stack").props("action=/unlock method=post"):
            _hidden("next", back)
            _hidden("username", me.email).props["autocomplete"] = "username"  # for password managers
            password = _field(
                account.PASSWORD,
                lambda: forms.password_input(
                    "password", account.SHOW, account.HIDE, autocomplete="current-password", required=True
                ),
            )
            html.button(words.UNLOCK).classes("btn primary block").props("type=submit")
        with html.p().classes("small muted"):
            html.a(words.SOMEBODY_ELSE).props("href=/login")
    password.on("vnodeMounted", js_handler=forms.FOCUS)
    return None


@page("/login/code", allow=PUBLIC, title=words.CODE_TITLE)
async def code(request: Request) -> Response | None:
    if await proving.pending(request) is None:
        return RedirectResponse("/login", 303)
    next_ = sessions.safe_path(request.query_params.get("next", ""))
    with auth_frame(words.CODE_TITLE, visit().clinic.name):
        _said(request)
        with html.form().classes("stack").props("action=/login/code method=post autocomplete=off"):
            if next_:
                _hidden("next", next_)
            field = _field(
                words.CODE,
                lambda: forms.text_input(
                    "code", autocomplete="one-time-code", inputmode="text", autocapitalize="none", maxlength=20,
                    required=True,
                ),
                words.CODE_HINT,
            )  # fmt: skip
            html.button(words.GO_ON).classes("btn primary block").props("type=submit")
        with html.p().classes("small muted"):
            html.a(words.START_AGAIN).props("href=/login")
    field.on("vnodeMounted", js_handler=forms.FOCUS)
    return None


def _said(request: Request) -> None:
    if error := said(request):
        with html.div().classes("contents").props("role=alert"):
            forms.warning(*error)


def said(request: Request, own: Mapping[str, tuple[str, str]] = words.ERRORS) -> tuple[str, str] | None:
    """What the address says went wrong, in our own words; nothing for what we don't know."""
    asked, minutes = request.query_params.get("error", ""), request.query_params.get("minutes", "")
    if asked == "wait":
        return words.wait(int(minutes) if minutes.isascii() and minutes.isdecimal() and len(minutes) < 4 else 1)
    return own.get(asked) or words.ERRORS.get(asked)


def _hidden(name: str, value: str) -> ui.element:
    field: ui.element = html.input_().props(f"type=hidden name={name}")
    field.props["value"] = value
    return field


def _field(label: str, control: Callable[[], ui.element], hint: str = "") -> ui.element:
    with html.div().classes("field"):
        named = html.label(label)
        made = control()
        named.props["for"] = made.html_id
        if hint:
            made.props["aria-describedby"] = html.span(hint).classes("hint").html_id
    return made
