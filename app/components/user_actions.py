"""What an admin does to somebody's account besides editing it."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import html

from app.components.dialogs import button, confirm
from app.components.forms import COPY
from app.components.frame import icon
from app.components.lists import done_by
from app.components.words import users as words
from app.models import Purpose
from app.services import accounts, invitations, one_time_links, second_step
from app.services.accounts import UserView
from app.services.invitations import Invitation
from app.services.policy import Actor
from app.web import toasts
from app.web.actions import act

Then = Callable[[], Awaitable[None]]


class UserActions:
    """The buttons for one account. `handed` takes a new link; `then` shows the account as it is now."""

    def __init__(self, actor: Actor, row: UserView, *, handed: Callable[[Invitation], Awaitable[None]], then: Then):
        self._actor, self._row, self._handed, self._then = actor, row, handed, then

    def links(self, *, own: bool) -> None:
        """What helps somebody who can't sign in; one's `own` password and second step are on the account page."""
        with html.div().classes("row wrap"):
            if not self._row.disabled and not own:
                button(words.NEW_INVITE if self._row.is_invited else words.NEW_RESET, self._new_link)
            if not self._row.is_invited:
                button(words.END_SESSIONS, self._end_sessions)
            if self._row.second_step and not own:
                button(words.SECOND_STEP_OFF, self._second_step_off)

    def switch(self) -> None:
        """On or off."""
        if self._row.disabled:
            button(words.ENABLE, partial(self._switch, disabled=False))
        else:
            button(words.DISABLE, self._disable, css="danger")

    async def _new_link(self) -> None:
        made = await act(
            lambda s: invitations.new_link(s, actor=self._actor, user_id=self._row.id), lambda _: words.LINK_MADE
        )
        if made:
            await self._handed(made)

    async def _end_sessions(self) -> None:
        await act(
            lambda s: accounts.end_sessions(s, actor=self._actor, user_id=self._row.id),
            lambda ended: words.signed_out(self._row.name, ended),
        )

    async def _second_step_off(self) -> None:
        row = self._row
        if await confirm(
            words.second_step_question(row.name), words.SECOND_STEP_OFF_EFFECT, yes=words.SECOND_STEP_OFF_VERB,
            no=words.KEEP_SECOND_STEP, danger=True,
        ):  # fmt: skip
            work = done_by(partial(second_step.switch_off, actor=self._actor, user_id=row.id))
            await self._say(await act(work, lambda _: words.second_step_is_off(row.name)))

    async def _disable(self) -> None:
        if await confirm(
            words.disable_question(self._row.name), words.DISABLE_EFFECT, yes=words.DISABLE_VERB,
            no=words.KEEP_ACCOUNT, danger=True,
        ):  # fmt: skip
            await self._switch(disabled=True)

    async def _switch(self, *, disabled: bool) -> None:
        row = self._row
        said = words.disabled(row.name) if disabled else words.enabled(row.name)
        change = partial(accounts.change_user, actor=self._actor, user_id=row.id, name=row.name, role=row.role)
        await self._say(await act(done_by(partial(change, disabled=disabled)), lambda _: said))

    async def _say(self, done: bool | None) -> None:
        if done:
            await self._then()


def hand_over(made: Invitation, name: str) -> None:
    """The link that was just made, for the only time."""
    lasts = one_time_links.INVITE_LASTS if made.purpose is Purpose.INVITE else one_time_links.HANDED_OVER_LASTS
    with html.div().classes("note"):
        icon("lock")
        with html.div().classes("grow stack"):
            html.b(words.hand_over(name, days=lasts.days))
            if made.mailed:
                html.span(words.LINK_MAILED)
            with html.div().classes("input"):
                field = html.input_().props("readonly autocomplete=off")
                field.props.update({"^value": made.link, "aria-label": words.LINK})
                copy = html.button(words.COPY).classes("link").props("type=button")
                copy.props["aria-controls"] = field.html_id
                copy.on("click", lambda: toasts.show(words.COPIED), js_handler=COPY)
