"""Signing in, and where a doctor's account lands that has no queue yet."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import html

from app.components import forms
from app.components.auth import auth_frame
from app.components.frame import icon, staff_frame
from app.components.words import account as words
from app.models import Role
from app.pages.locked import said
from app.web import sessions
from app.web.page import PUBLIC, page, visit

KEPT_EMAIL = "mediqueue-email"
KEEP_EMAIL = f"(event) => sessionStorage.setItem('{KEPT_EMAIL}', event.target.elements.email.value)"
# After a failed try the e-mail is still there and the password is next.
FOCUS_EMAIL = "(node) => node.el.focus()"
FOCUS_PASSWORD = f"""(node) => {{
    const email = node.el.form.elements.email;
    email.value = sessionStorage.getItem('{KEPT_EMAIL}') || '';
    (email.value ? node.el : email).focus();
}}"""


@page("/login", allow=PUBLIC, title=words.SIGN_IN)
async def login(request: Request) -> Response | None:
    here = visit()
    if here.principal:
        return RedirectResponse(sessions.home_of(here.principal), 303)
    error = said(request, words.ERRORS)
    is_new = request.query_params.get("done") == "register"
    with auth_frame(words.SIGN_IN, here.clinic.name):
        if error:
            with html.div().classes("contents").props("role=alert"):
                forms.warning(*error)
        if is_new:
            with html.div().classes("note").props("role=status"), html.span().classes("grow"):
                html.b(words.REGISTERED)
                html.p(words.REGISTERED_TEXT)
        next_ = sessions.safe_path(request.query_params.get("next", ""))
        _form(next_, failed=error is not None or is_new)
        with html.p().classes("small muted"):
            html.a(words.FORGOT).props("href=/forgot")
            html.br()
            html.span(f"{words.PATIENT} ")
            html.a(words.GET_TICKET).props("href=/join-queue")
            if here.clinic.rules.patients_may_register:
                html.span(f" {words.OR} ")
                html.a(words.REGISTER).props["href"] = sessions.with_next("/register", next_)
    return None


def _form(next_: str | None, *, failed: bool) -> None:
    with html.form().classes("stack").props("action=/login method=post") as form:
        form.on("submit", js_handler=KEEP_EMAIL)
        if next_:
            html.input_().props("type=hidden name=next").props["value"] = next_
        with html.div().classes("field"):
            named = html.label(words.HANDLE)
            email = forms.text_input(
                "email", autocomplete="username", autocapitalize="none", required=True, maxlength=254
            )
            named.props["for"] = email.html_id
        with html.div().classes("field"):
            named = html.label(words.PASSWORD)
            password = forms.password_input(
                "password", words.SHOW, words.HIDE, autocomplete="current-password", required=True
            )
            named.props["for"] = password.html_id
        html.button(words.SIGN_IN).classes("btn primary block").props("type=submit")
    if failed:
        password.on("vnodeMounted", js_handler=FOCUS_PASSWORD)
    else:
        email.on("vnodeMounted", js_handler=FOCUS_EMAIL)


@page("/doctor", allow=frozenset({Role.DOCTOR}), title=words.NO_QUEUE_TITLE)
async def no_queue() -> Response | None:
    me = visit().me
    if me.doctor_id:
        return RedirectResponse(sessions.home_of(me), 303)
    with (
        staff_frame(words.NO_QUEUE_TITLE, current="/doctor"),
        html.div().classes("page"),
        html.section().classes("card empty"),
    ):
        icon("users")
        html.h2(words.NO_QUEUE)
        html.p(words.NO_QUEUE_WAY)
        html.a(words.TRY_AGAIN).classes("btn").props("href=/doctor")
    return None
