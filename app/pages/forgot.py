"""A forgotten password: a link by mail, or the desk."""

from fastapi import Request
from nicegui import html

from app.components.auth import auth_frame
from app.components.frame import icon
from app.components.post_form import PostForm
from app.components.words import account as words
from app.settings import settings
from app.web.page import PUBLIC, page, visit


@page("/forgot", allow=PUBLIC)
async def forgot(request: Request) -> None:
    error = words.FORM_ERRORS.get(request.query_params.get("error", ""))
    with auth_frame(words.FORGOT_TITLE, visit().clinic.name, failed=error is not None):
        if settings().mail_server is None:
            html.p(words.FORGOT_DESK)
            html.p(words.FORGOT_STAFF).classes("muted")
        elif request.query_params.get("done") == "mail":
            _sent()
        else:
            _form(error)
        html.a(words.BACK_TO_SIGN_IN).classes("small").props("href=/login")


def _form(error: tuple[str, str] | None) -> None:
    html.p(words.FORGOT_TEXT).classes("muted")
    form = PostForm("/forgot", error=error)
    with form.fields():
        form.text("email", words.EMAIL, type="email", autocomplete="username", required=True, maxlength=254)
        form.submit(words.SEND_LINK)
    html.p(words.FORGOT_PHONE).classes("small muted")


def _sent() -> None:
    with html.div().classes("note").props("role=status"):
        icon("check")
        with html.span().classes("grow"):
            html.b(words.LOOK_INTO_MAIL)
            html.p(words.FORGOT_SENT_TEXT)
    html.p(words.NO_MAIL).classes("small muted")
    html.p(words.FORGOT_PHONE).classes("small muted")
