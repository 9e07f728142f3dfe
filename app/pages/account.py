"""`/account`: what everybody can do with their own sign-in, whatever their role."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from fastapi import Request
from nicegui import context, html, ui

from app import clock, events
from app.components import forms
from app.components.dialogs import button
from app.components.frame import icon, live_dot, phone_frame, staff_frame
from app.components.second_step import SecondStep
from app.components.words import account
from app.components.words import security as words
from app.db import Session
from app.models import Role
from app.pages.locked import said
from app.services import own_account, passwords, second_step, sign_ins
from app.services.own_account import SignInView
from app.web import sessions, toasts
from app.web.actions import act, fetch
from app.web.page import ACCOUNT_PATH, page, visit
from app.web.sections import section

EVERYBODY = frozenset(Role)


@page(ACCOUNT_PATH, allow=EVERYBODY, title=words.ACCOUNT, stay=180, unfinished=True)
async def own_page(request: Request) -> None:
    me = visit().me
    left = await fetch(lambda session: second_step.codes_left(session, actor=me.actor))
    with _frame():
        _news(request)
        if not me.unfinished:
            _password(has_second_step=left is not None)
        card = SecondStep(me, _go_on)
        await card.show()
        if not me.unfinished:
            await _sign_ins()


@contextmanager
def _frame() -> Iterator[None]:
    """Staff have their menu, patients the way back to their own page."""
    me = visit().me
    if me.role is not Role.PATIENT:
        with staff_frame(words.ACCOUNT, current=ACCOUNT_PATH, subtitle=f"{me.name} · {me.email}") as top:
            with top:
                live_dot()
            with html.div().classes("page narrow"):
                yield
        return
    with phone_frame(words.ACCOUNT):
        with html.main().props("id=main"):
            html.h1(words.ACCOUNT)
            yield
        with html.footer().classes("plain"), html.div().classes("foot-link"):
            html.a(words.BACK).props("href=/me")
        toasts.region()


def _news(request: Request) -> None:
    """What became of the form that was just sent, and what has to be done first."""
    with html.div().classes("contents").props("role=alert"):
        if error := said(request):
            forms.warning(*error)
        if visit().me.unfinished:
            forms.warning(words.SECOND_STEP_NEEDED, words.SECOND_STEP_NEEDED_TEXT)
    with html.div().classes("contents").props("role=status"):
        if request.query_params.get("done") == "password":
            with html.div().classes("note"):
                icon("check")
                html.span(words.PASSWORD_SAVED)


def _go_on() -> None:
    """The second step is on, and with it everything else opens."""
    me = visit().me
    if me.unfinished:
        ui.navigate.to(sessions.home_of(me))


def _password(*, has_second_step: bool) -> None:
    shortest = passwords.SHORTEST_WITH_SECOND_STEP if has_second_step else passwords.SHORTEST_PASSWORD
    with _card(words.PASSWORD), html.form().classes("stack").props(f"action={ACCOUNT_PATH}/password method=post"):
        _one_password("old", words.OLD_PASSWORD, "", "current-password")
        _one_password("new", words.NEW_PASSWORD, words.password_hint(shortest), "new-password")
        html.p(words.PASSWORD_EFFECT).classes("muted small")
        with html.div():
            html.button(words.SAVE_PASSWORD).classes("btn").props("type=submit")


def _one_password(name: str, label: str, hint: str, autocomplete: str) -> None:
    with html.div().classes("field"):
        named = html.label(label)
        made = forms.password_input(name, account.SHOW, account.HIDE, autocomplete=autocomplete, required=True)
        named.props["for"] = made.html_id
        if hint:
            made.props["aria-describedby"] = html.span(hint).classes("hint").html_id


async def _sign_ins() -> None:
    actor = visit().me.actor

    def load(session: Session) -> list[SignInView]:
        return own_account.sign_ins_of(session, actor=actor)

    with _card(words.SIGN_INS):
        html.p(words.SIGN_INS_TEXT).classes("muted")
        await section(load, _draw, on=events.SessionEnded)


def _draw(views: list[SignInView]) -> None:
    with html.table().classes("tbl"):
        with html.thead(), html.tr():
            html.th(words.DEVICE)
            html.th(words.LAST_SEEN)
            with html.th():
                html.span(words.SIGN_OUT).classes("vh")
        with html.tbody():
            for view in views:
                _row(view)
    if len(views) > 1:
        with html.div():
            button(words.SIGN_OUT_OTHERS, _end_others).props("data-focus=others")


def _row(view: SignInView) -> None:
    name = _called(view)
    with html.tr():
        with html.td():
            html.b(name)
            html.span(view.address).classes("sub")
        zone = visit().clinic.timezone
        html.td(words.seen(clock.at_clinic(view.last_seen_at, zone), clock.at_clinic(clock.now(), zone)))
        with html.td().classes("r"):
            if view.is_this:
                html.span(words.THIS_ONE).classes("tag")
            else:
                button(words.SIGN_OUT, partial(_end, view), of=name).props(f"data-focus=session-{view.id}")


def _called(view: SignInView) -> str:
    if view.for_machine:
        return words.OTHER_SOFTWARE
    return view.device or words.UNKNOWN_DEVICE


async def _end(view: SignInView) -> None:
    actor = visit().me.actor
    with context.client.content:  # the list is drawn again meanwhile
        await act(
            lambda session: sign_ins.end_own_session(session, actor=actor, session_id=view.id),
            lambda _: words.signed_out(_called(view)),
        )


async def _end_others() -> None:
    actor = visit().me.actor
    with context.client.content:
        await act(
            lambda session: sign_ins.end_own_other_sessions(session, actor=actor), lambda _: words.SIGNED_OUT_OTHERS
        )


def _card(title: str) -> ui.element:
    """A card with a heading; the element is its body."""
    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(title)
        body: ui.element = html.div().classes("body stack")
    return body
