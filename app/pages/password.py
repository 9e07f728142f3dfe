"""Choosing a password with a link that an admin or a mail gave. The link's token is in a cookie by now."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import html

from app.components.auth import auth_frame
from app.components.post_form import PostForm
from app.components.words import account as words
from app.errors import DomainError
from app.models import Purpose
from app.services import one_time_links, passwords
from app.services.one_time_links import LinkView
from app.web import plain, sessions
from app.web.actions import fetch
from app.web.links import PASSWORD
from app.web.page import PUBLIC, page, visit

ABOUT_PASSWORD = frozenset({"short", "long", "easy"})


@page(PASSWORD.path, allow=PUBLIC)
async def password(request: Request) -> Response | None:
    token, here = PASSWORD.token_of(request), visit()
    if not token and here.principal:  # back in the browser, after the link was used
        return RedirectResponse(sessions.home_of(here.principal), 303)
    try:
        view = await fetch(lambda session: one_time_links.look(session, token))
    except DomainError as error:
        return plain.refusal(error, ("/forgot", words.NEW_LINK))
    _form(view, request.query_params.get("error", ""))
    return None


def _form(view: LinkView, code: str) -> None:
    is_new = view.purpose is Purpose.INVITE
    error = words.FORM_ERRORS.get("short_code" if code == "short" and view.second_step else code)
    shortest = passwords.SHORTEST_WITH_SECOND_STEP if view.second_step else passwords.SHORTEST_PASSWORD
    with auth_frame(
        words.CHOOSE_TITLE if is_new else words.CHOOSE_NEW_TITLE, visit().clinic.name, failed=error is not None
    ):
        html.p(words.hello(view.name))
        form = PostForm(PASSWORD.path, error=error, blamed="password" if code in ABOUT_PASSWORD else "")
        with form.fields():
            form.hidden("account", str(view.user_id))
            form.text("email", words.HANDLE, view.handle, readonly=True, autocomplete="username")
            form.password(
                "password", words.PASSWORD if is_new else words.NEW_PASSWORD, words.SHOW, words.HIDE,
                hint=words.PASSWORD_HINT_CODE if view.second_step else words.PASSWORD_HINT,
                autocomplete="new-password", minlength=shortest,
            )  # fmt: skip
            form.submit(words.SAVE_PASSWORD)
        if not is_new:
            html.p(words.CHOOSE_EFFECT).classes("small muted")
