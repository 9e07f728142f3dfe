"""A patient makes an account of their own: with an e-mail or a phone number."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import html

from app.components.auth import auth_frame
from app.components.frame import icon
from app.components.post_form import PostForm
from app.components.words import account as words
from app.settings import settings
from app.web import sessions
from app.web.page import PUBLIC, page, visit

BLAME = {
    "short": "password",
    "long": "password",
    "easy": "password",
    "too_long": "name",
    "bad_email": "email",
    "bad_phone": "email",
}


@page("/register", allow=PUBLIC)
async def register(request: Request) -> Response | None:
    here, asked = visit(), request.query_params
    if here.principal:
        return RedirectResponse(sessions.home_of(here.principal), 303)
    if not here.clinic.rules.patients_may_register:
        _closed(here.clinic.name)
    elif asked.get("done") == "mail":
        _sent(here.clinic.name)
    else:
        with_phone = "phone" in asked or asked.get("error") == "bad_phone"
        next_ = sessions.safe_path(asked.get("next", ""))
        _form(here.clinic.name, asked.get("error", ""), next_, with_phone=with_phone)
    return None


def _form(clinic: str, code: str, next_: str | None, *, with_phone: bool) -> None:
    """With a mail server, an e-mail is confirmed first and the password chosen then. A phone number can't be."""
    by_mail = settings().mail_server is not None and not with_phone
    error = words.FORM_ERRORS.get(code)
    with auth_frame(words.REGISTER_TITLE, clinic, failed=error is not None):
        html.p(words.REGISTER_MAIL_TEXT if by_mail else words.REGISTER_TEXT).classes("muted")
        form = PostForm("/register", error=error, blamed=BLAME.get(code, ""))
        with form.fields():
            if with_phone:
                form.hidden("phone", "yes")
            if next_:
                form.hidden("next", next_)
            form.text("name", words.FULL_NAME, autocomplete="name", required=True, maxlength=80)
            _handle(form, by_mail=by_mail)
            if not by_mail:
                form.password(
                    "password", words.PASSWORD, words.SHOW, words.HIDE, hint=words.PASSWORD_HINT,
                    autocomplete="new-password", minlength=15,
                )  # fmt: skip
            form.submit(words.MAIL_LINK if by_mail else words.ACCOUNT_MAKE)
        with html.p().classes("small muted"):
            if settings().mail_server:
                way, word = ("/register?phone=yes", words.WITH_PHONE) if by_mail else ("/register", words.WITH_EMAIL)
                html.a(word).props(f"href={way}")
                html.br()
            html.span(f"{words.HAVE_ACCOUNT} ")
            html.a(words.SIGN_IN).props["href"] = sessions.with_next("/login", next_)


def _handle(form: PostForm, *, by_mail: bool) -> None:
    if by_mail:
        form.text("email", words.EMAIL, type="email", autocomplete="username", required=True, maxlength=254)
    elif settings().mail_server:
        form.text("email", words.PHONE, type="tel", autocomplete="username", required=True, maxlength=20)
    else:
        form.text("email", words.HANDLE, autocomplete="username", autocapitalize="none", required=True, maxlength=254)


def _sent(clinic: str) -> None:
    with auth_frame(words.LOOK_INTO_MAIL, clinic):
        with html.div().classes("note").props("role=status"):
            icon("check")
            html.span(words.LOOK_INTO_MAIL_TEXT).classes("grow")
        with html.p().classes("small muted"):
            html.span(f"{words.NO_MAIL} ")
            html.a(words.REGISTER).props("href=/register")


def _closed(clinic: str) -> None:
    with auth_frame(words.REGISTER_TITLE, clinic):
        html.p(words.REGISTER_CLOSED)
        html.a(words.BACK_TO_SIGN_IN).classes("btn block").props("href=/login")
