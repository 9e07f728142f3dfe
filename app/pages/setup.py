"""The very first start: three steps on one page, then the form is posted and makes everything at once."""

from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import Request, Response
from nicegui import html, ui

from app.components.auth import auth_frame
from app.components.chips import Text
from app.components.forms import Form, Values
from app.components.frame import icon
from app.components.words import account as words
from app.components.zone import zone_field
from app.errors import DomainError
from app.services import accounts, clinic, passwords, text
from app.settings import settings
from app.web.actions import hashing
from app.web.page import first_page

SUBMIT = "document.getElementById('setup').submit()"
BLAME = {
    "missing_name": "name",
    "bad_email": "email",
    "weak_password": "password",
    "missing_clinic": "clinic",
    "bad_zone": "timezone",
    "missing_doctor": "doctor",
}


@first_page
async def setup(request: Request) -> Response | None:
    with auth_frame(words.SET_UP, words.FIRST_START, wide=True):
        html.p(words.SET_UP_TIME).classes("muted")
        _Setup(failed="error" in request.query_params)
    return None


class _Setup:
    """The steps of one form. Each is checked when it is left; the last one posts them all."""

    def __init__(self, *, failed: bool) -> None:
        self._at = 0
        self._checks: tuple[Callable[[Values], Awaitable[str]], ...] = (_account, _clinic, _doctor)
        self._form = Form(self._go_on, blame=BLAME, label=words.SET_UP)
        self._form.root.classes("stack").props("id=setup action=/setup method=post")
        with self._form.root:
            self._form.note()
            with html.ol().classes("steps"):
                self._steps = [
                    _Step(1, words.STEP_ACCOUNT, self._account_fields, self._back_to(0)),
                    _Step(2, words.STEP_CLINIC, self._clinic_fields, self._back_to(1)),
                    _Step(3, words.STEP_DOCTOR, self._doctor_fields, self._back_to(2)),
                ]
            with html.button().classes("btn primary block").props("type=submit") as self._button:
                self._word = Text("span", words.GO_ON)
        if failed:
            self._form.refuse(DomainError(words.SET_UP_FAILED))
        self._open(0)

    async def _go_on(self, values: Values) -> None:
        said = await self._checks[self._at](values)
        self._steps[self._at].finish(said)
        if self._at + 1 < len(self._steps):
            self._open(self._at + 1)
            return
        for check in self._checks[:-1]:
            await check(values)
        self._button.props["aria-busy"] = "true"
        self._button.props["disabled"] = True
        ui.run_javascript(SUBMIT)

    def _back_to(self, number: int) -> Callable[[], None]:
        return lambda: self._open(number)

    def _open(self, number: int) -> None:
        self._at = number
        for index, step in enumerate(self._steps):
            step.show(index == number)
        self._word.text = words.OPEN_CLINIC if number + 1 == len(self._steps) else words.GO_ON

    def _account_fields(self) -> None:
        self._form.text("name", words.YOUR_NAME, autocomplete="name", maxlength=80)
        self._form.text("email", words.EMAIL, type="email", autocomplete="username", maxlength=254)
        self._form.password(
            "password", words.PASSWORD, words.SHOW, words.HIDE, hint=words.PASSWORD_HINT, autocomplete="new-password"
        )

    def _clinic_fields(self) -> None:
        self._form.text("clinic", words.CLINIC_NAME, autocomplete="organization", maxlength=80)
        zone_field(self._form, settings().timezone)

    def _doctor_fields(self) -> None:
        self._form.text("doctor", words.DOCTOR_NAME, maxlength=80)
        with html.div().classes("two"):
            self._form.text("specialization", words.SPECIALITY, maxlength=80)
            self._form.text("room", words.ROOM, hint=words.ROOM_HINT, maxlength=20)


class _Step:
    def __init__(self, number: int, title: str, fields: Callable[[], None], back: Callable[[], None]) -> None:
        with html.li().classes("step") as self._root:
            with html.div().classes("h"):
                with html.span().classes("n").props("aria-hidden=true") as self._number:
                    html.span(str(number))
                with html.span():
                    html.b(title)
                    self._said = Text("div")
                    self._said.classes("muted small")
                with html.button(words.CHANGE).classes("link small").props("type=button hidden") as self._change:
                    html.span(f" {title}").classes("vh")
                self._change.on("click", back, args=[])
            with html.div().classes("body") as self._body:
                fields()
        self._done = False

    def show(self, is_open: bool) -> None:
        """Open the step; a closed one is a line, with a way back once it was done."""
        self._body.props["hidden"] = not is_open
        self._change.props["hidden"] = is_open or not self._done
        self._root.classes(remove="now ok", add="now" if is_open else "ok" if self._done else "")
        if is_open:
            self._root.props["aria-current"] = "step"
            ui.run_javascript(f"getHtmlElement({self._body.id})?.querySelector('input')?.focus()")
        else:
            self._root.props.pop("aria-current", None)

    def finish(self, said: str) -> None:
        self._done = True
        self._said.text = said
        self._number.clear()
        with self._number:
            icon("tick")


async def _account(values: Values) -> str:
    name = _named(values.get("name", ""), "your name", "missing_name")
    email = accounts.clean_email(values.get("email", ""))
    about = (values.get("clinic", ""), name, email)
    await hashing(partial(passwords.refuse_weak, values.get("password", ""), about=about))
    return f"{name}, {email}"


async def _clinic(values: Values) -> str:
    name = _named(values.get("clinic", ""), "the name of the clinic", "missing_clinic")
    zone = clinic.clean_zone(values.get("timezone", ""))
    return f"{name}, {zone}"


async def _doctor(values: Values) -> str:
    return _named(values.get("doctor", ""), "a name", "missing_doctor")


def _named(value: str, field: str, code: str) -> str:
    try:
        return text.person(value, field)
    except DomainError as error:
        raise type(error)(error.message, code=code) from error
