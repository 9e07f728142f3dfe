"""The second step on a person's own page: off, being set up, or on."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import quote

from nicegui import html

from app.components.dialogs import button
from app.components.forms import COPY, Form, Values
from app.components.qr import secret_code
from app.components.words import account
from app.components.words import security as words
from app.errors import Conflict
from app.services import passwords, second_step
from app.services.second_step import Setup
from app.services.sign_ins import Principal
from app.web import proving, toasts
from app.web.actions import commit, fetch

BLAME = {"wrong_code": "code", "wrong_sign_in": "password"}
PRINT = "() => print()"


class SecondStep:
    """Draws itself again after each step. `done` is called when it was switched on and the codes are kept."""

    def __init__(self, me: Principal, done: Callable[[], None]) -> None:
        self._me, self._done = me, done
        with html.section().classes("card") as card:
            card.props["aria-labelledby"] = "second-step"
            with html.div().classes("head"):
                html.h2(words.SECOND_STEP).props("id=second-step")
                self._state = html.div().classes("contents").props("role=status")
            self._body = html.div().classes("body stack")

    async def show(self) -> None:
        left = await fetch(lambda session: second_step.codes_left(session, actor=self._me.actor))
        self._say(on=left is not None)
        with self._body:
            html.p(words.SECOND_STEP_TEXT)
            if left is None:
                with html.div():
                    button(words.SET_UP, self._set_up, css="primary" if self._me.unfinished else "")
                return
            html.p(words.codes_left(left)).classes("late" if left == 0 else "muted")
            with html.div().classes("row wrap"):
                button(words.NEW_CODES, self._ask_for_new_codes)
                button(words.SWITCH_OFF, self._ask_to_switch_off, css="danger")

    def _say(self, *, on: bool) -> None:
        self._state.clear()
        with self._state:
            html.span(words.IS_ON if on else words.IS_OFF).classes("tag")
        self._body.clear()

    def _set_up(self) -> None:
        setup = second_step.new_key(self._me.email)
        self._body.clear()
        with self._body:
            html.p(words.STEP_SCAN)
            secret_code(setup.uri, words.SCAN_CODE)
            with html.p():
                html.span(f"{words.NO_CAMERA} ")
                html.b(setup.text).classes("num")
            with html.p():
                html.a(words.OPEN_APP).props["href"] = setup.uri
            html.p(words.STEP_CODE)
            self._form(partial(self._switch_on, setup), words.SWITCH_ON, password=True)

    def _form(
        self, send: Callable[[Values], Awaitable[None]], word: str, *, css: str = "primary", password: bool = False
    ) -> None:
        form = Form(send, blame=BLAME, css="stack", label=words.SECOND_STEP)
        with form.root:
            form.note()
            if password:
                form.password(
                    "password", words.OLD_PASSWORD, account.SHOW, account.HIDE, autocomplete="current-password"
                )
            form.text("code", words.CODE, autocomplete="one-time-code", maxlength=20, autocapitalize="none")
            with html.div().classes("row wrap"):
                html.button(word).classes(f"btn {css}").props("type=submit")
                button(words.CANCEL, self.show)

    async def _switch_on(self, setup: Setup, values: Values) -> None:
        await proving.again(self._me, values.get("password", ""), "second-step-on")
        codes = await commit(
            lambda session: second_step.switch_on(
                session, actor=self._me.actor, secret=setup.secret, code=values.get("code", "")
            )
        )
        self._show_codes(codes)

    def _ask_for_new_codes(self) -> None:
        self._body.clear()
        with self._body:
            html.p(words.NEW_CODES_TEXT)
            self._form(self._new_codes, words.MAKE_CODES)

    async def _new_codes(self, values: Values) -> None:
        code = values.get("code", "")
        with proving.code_try(self._me):
            codes = await commit(lambda session: second_step.renew_codes(session, actor=self._me.actor, code=code))
        self._show_codes(codes)

    def _ask_to_switch_off(self) -> None:
        self._body.clear()
        with self._body:
            html.p(words.SWITCH_OFF_TEXT)
            self._form(self._switch_off, words.SWITCH_OFF, css="danger", password=True)

    async def _switch_off(self, values: Values) -> None:
        password, code = values.get("password", ""), values.get("code", "")
        await proving.again(self._me, password, "second-step-off")
        if passwords.is_short(password):
            raise Conflict(words.SHORT_PASSWORD_FIRST, code="short_password")
        with proving.code_try(self._me):
            await commit(lambda session: second_step.switch_off_own(session, actor=self._me.actor, code=code))
        toasts.show(words.SWITCHED_OFF)
        await self.show()

    def _show_codes(self, codes: list[str]) -> None:
        self._say(on=True)
        text = "\n".join(codes)
        with self._body:
            html.h3(words.CODES)
            html.p(words.CODES_TEXT)
            field = html.textarea(text).classes("input num").props(f"readonly rows={len(codes)} data-codes")
            field.props["aria-label"] = words.CODES
            with html.div().classes("row wrap"):
                copy = html.button(words.COPY).classes("btn").props("type=button")
                copy.props["aria-controls"] = field.html_id
                copy.on("click", lambda: toasts.show(words.COPIED), js_handler=COPY)
                html.button(words.PRINT).classes("btn").props("type=button").on("click", js_handler=PRINT)
                save = html.a(words.DOWNLOAD).classes("btn").props(f"download={words.CODES_FILE}")
                save.props["href"] = f"data:text/plain;charset=utf-8,{quote(text)}"
            with html.div():
                button(words.CODES_KEPT, self._kept, css="primary")

    async def _kept(self) -> None:
        self._done()
        await self.show()
