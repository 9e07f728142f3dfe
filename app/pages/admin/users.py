from functools import partial

from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app import events
from app.components import words as common
from app.components.chips import tag
from app.components.dialogs import button, confirm
from app.components.forms import COPY, TARGET_VALUE, Form, Values, select
from app.components.frame import icon, staff_frame
from app.components.lists import AdminList, Draw, done_by
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import admin as words
from app.db import Session
from app.errors import Invalid
from app.models import Role
from app.pages.admin import ADMIN
from app.services import accounts, passwords
from app.services.accounts import UserView
from app.web import toasts
from app.web.actions import act, commit, fetch, on_thread
from app.web.page import page, visit

PATH = "/admin/users"
ROLE = "role"
BLAME = {
    "missing": "name",
    "too_long": "name",
    "bad_email": "email",
    "email_taken": "email",
    "weak_password": "password",
    "own_account": "role",
    "bad_role": "role",
}


@page(PATH, allow=ADMIN)
async def users_page() -> None:
    place = Place.read(PATH, ROLE)
    with staff_frame(common.USERS, current=PATH):
        await _Users(place).build()


class _Users(AdminList[UserView]):
    columns = (Column(words.NAME), Column(words.ROLE), Column(words.STATE))
    on = (events.PeopleChanged,)
    search = words.FIND_USER
    empty = Empty("lock", words.NO_USERS, words.NO_USERS_TEXT)
    size = accounts.PAGE
    add = words.ADD_USER

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._my_id = here.actor, here.me.user_id
        self._handed: tuple[int, str] | None = None  # whose new password is shown

    def load(self, session: Session) -> list[UserView]:
        place = self.place
        return accounts.users(
            session, actor=self._actor, search=place.q, role=_role(place.filters[ROLE]), page=place.page
        )

    def key(self, row: UserView) -> int:
        return row.id

    def title(self, row: UserView) -> tuple[str, str]:
        return row.name, row.email

    def cells(self, row: UserView) -> None:
        cell(common.ROLES[row.role])
        with html.td():
            if row.disabled:
                tag(words.DISABLED)
            else:
                html.span(words.ACTIVE)

    async def filters(self) -> None:
        options = {"": words.EVERY_ROLE} | {role.value: word for role, word in common.ROLES.items()}
        with html.div():
            choice = select(ROLE, options, self.place.filters[ROLE])
        choice.props["aria-label"] = words.ROLE
        choice.on("change", self._filter, js_handler=TARGET_VALUE)

    def _filter(self, event: GenericEventArguments) -> None:
        self.find(**{ROLE: str(event.args)})

    async def editor(self, row_id: int | None) -> Draw:
        row = await fetch(lambda s: accounts.user(s, actor=self._actor, user_id=row_id)) if row_id else None
        return lambda: self._editor(row)

    def _editor(self, row: UserView | None) -> None:
        form = Form(partial(self._save, row), blame=BLAME)
        with self.form(row.name if row else words.NEW_USER, form, save=words.SAVE) as foot:
            if row and self._handed and self._handed[0] == row.id:
                _hand_over(self._handed[1])
            form.text("name", words.NAME, row.name if row else "", maxlength=80)
            email = form.text("email", words.EMAIL, row.email if row else "", type="email", maxlength=254)
            if row:
                email.props["readonly"] = True
            roles = {role.value: f"{word}: {words.ROLE_HINTS[role]}" for role, word in common.ROLES.items()}
            form.choice("role", words.ROLE, roles, (row.role if row else Role.RECEPTION).value)
            self._password(form, row)
            with html.div().classes("note"), html.span().classes("grow small"):
                html.span(words.SIGNED_OUT_NOTE if row else words.DOCTOR_NOTE)
        if row and row.id != self._my_id:
            with foot:
                if row.disabled:
                    button(words.ENABLE, partial(self._switch, row, disabled=False))
                else:
                    button(words.DISABLE, partial(self._disable, row), css="danger")

    def _password(self, form: Form, row: UserView | None) -> None:
        """A new account gets a password at once, an existing one only when it is asked for."""
        with ui.element("div").classes("contents") as box:
            if row is None:
                _generated(form)
            else:
                button(words.NEW_PASSWORD, partial(self._new_password, form, box))

    def _new_password(self, form: Form, box: ui.element) -> None:
        self.changed()
        box.clear()
        with box:
            _generated(form)

    async def _save(self, row: UserView | None, values: Values) -> None:
        name, role, password = values.get("name", ""), _role(values.get("role", "")), values.get("password", "")
        if role is None:
            raise Invalid(code="bad_role")
        password_hash = await on_thread(passwords.hashed, password) if password or row is None else None
        if row is None:
            saved = await commit(
                lambda s: accounts.add_user(
                    s,
                    actor=self._actor,
                    email=values.get("email", ""),
                    name=name,
                    role=role,
                    password_hash=password_hash or "",
                )
            )
            await self._saved(saved, password, words.USER_ADDED)
            return
        await commit(
            lambda s: accounts.change_user(
                s,
                actor=self._actor,
                user_id=row.id,
                name=name,
                role=role,
                disabled=row.disabled,
                password_hash=password_hash,
            )
        )
        await self._saved(row.id, password, words.SAVED)

    async def _saved(self, user_id: int, password: str, said: str) -> None:
        self._handed = (user_id, password) if password else None
        toasts.show(said)
        await self.show(str(user_id))

    async def _disable(self, row: UserView) -> None:
        sure = await confirm(
            words.disable_question(row.name),
            words.DISABLE_EFFECT,
            yes=words.DISABLE_VERB,
            no=words.KEEP_ACCOUNT,
            danger=True,
        )
        if sure:
            await self._switch(row, disabled=True)

    async def _switch(self, row: UserView, *, disabled: bool) -> None:
        said = words.disabled(row.name) if disabled else words.enabled(row.name)
        change = partial(accounts.change_user, actor=self._actor, user_id=row.id, name=row.name, role=row.role)
        if await act(done_by(partial(change, disabled=disabled)), lambda _: said):
            await self.show(str(row.id))


def _generated(form: Form) -> None:
    """A password to hand over. It is shown, because somebody has to read it out."""
    form.text("password", words.PASSWORD, passwords.generated_password(), hint=words.PASSWORD_NEW_HINT, maxlength=256)


def _hand_over(password: str) -> None:
    """The password that was just saved, for the last time."""
    with html.div().classes("note"):
        icon("lock")
        with html.div().classes("grow stack"):
            html.b(words.HAND_OVER)
            with html.div().classes("input"):
                field = html.input_().props("readonly autocomplete=off")
                field.props.update({"^value": password, "aria-label": words.PASSWORD})
                copy = html.button(words.COPY).classes("link").props("type=button")
                copy.props["aria-controls"] = field.html_id
                copy.on("click", lambda: toasts.show(words.COPIED), js_handler=COPY)


def _role(value: str) -> Role | None:
    return Role(value) if value in set(Role) else None
