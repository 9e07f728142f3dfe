from functools import partial

from nicegui import html
from nicegui.events import GenericEventArguments

from app import clock, events
from app.components import words as common
from app.components.chips import tag
from app.components.forms import TARGET_VALUE, Form, Values, select
from app.components.frame import staff_frame
from app.components.lists import AdminList, Draw
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.user_actions import UserActions, hand_over
from app.components.words import admin
from app.components.words import users as words
from app.db import Session
from app.errors import Invalid
from app.models import Role
from app.pages.admin import ADMIN
from app.services import accounts, invitations
from app.services.accounts import UserView
from app.services.invitations import Invitation
from app.web import toasts
from app.web.actions import commit, fetch
from app.web.page import page, visit

PATH = "/admin/users"
ROLE = "role"
BLAME = {
    "missing": "name",
    "too_long": "name",
    "bad_email": "handle",
    "bad_phone": "handle",
    "handle_taken": "handle",
    "own_account": "role",
    "bad_role": "role",
}


@page(PATH, allow=ADMIN)
async def users_page() -> None:
    place = Place.read(PATH, ROLE)
    with staff_frame(common.USERS, current=PATH):
        await _Users(place).build()


class _Users(AdminList[UserView]):
    columns = (Column(admin.NAME), Column(words.ROLE), Column(words.STATE), Column(words.LAST_SIGN_IN, "wide"))
    on = (events.PeopleChanged,)
    search = words.FIND_USER
    empty = Empty("lock", words.NO_USERS, words.NO_USERS_TEXT)
    size = accounts.PAGE
    add = words.ADD_USER

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._my_id, self._zone = here.actor, here.me.user_id, here.clinic.timezone
        self._handed: Invitation | None = None  # the link that was just made

    def load(self, session: Session) -> list[UserView]:
        place = self.place
        return accounts.users(
            session, actor=self._actor, search=place.q, role=_role(place.filters[ROLE]), page=place.page
        )

    def key(self, row: UserView) -> int:
        return row.id

    def title(self, row: UserView) -> tuple[str, str]:
        return row.name, row.handle

    def cells(self, row: UserView) -> None:
        cell(common.ROLES[row.role])
        with html.td(), html.div().classes("tags"):
            if row.disabled:
                tag(words.DISABLED)
            elif row.is_invited:
                tag(self._invited(row))
            else:
                html.span(words.ACTIVE)
            if row.second_step:
                tag(words.SECOND_STEP)
        last = row.last_sign_in
        cell(admin.date(clock.at_clinic(last, self._zone)) if last else admin.NONE, css="wide")

    def _invited(self, row: UserView) -> str:
        ends = row.invited_until
        if ends is None or ends <= clock.now():
            return words.INVITE_ENDED
        return words.invited_until(admin.date(clock.at_clinic(ends, self._zone)))

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
        actions = (
            UserActions(self._actor, row, handed=self._hand, then=partial(self.show, str(row.id))) if row else None
        )
        with self.form(row.name if row else words.NEW_USER, form, save=admin.SAVE if row else words.INVITE) as foot:
            if row and self._handed and self._handed.user_id == row.id:
                hand_over(self._handed, row.name)
            form.text("name", admin.NAME, row.name if row else "", maxlength=80)
            handle = form.text(
                "handle", words.HANDLE, row.handle if row else "", hint="" if row else words.HANDLE_HINT, maxlength=254
            )
            if row:
                handle.props["readonly"] = True
            roles = {role.value: f"{word}: {words.ROLE_HINTS[role]}" for role, word in common.ROLES.items()}
            form.choice("role", words.ROLE, roles, (row.role if row else Role.RECEPTION).value)
            if actions and row:
                actions.links(own=row.id == self._my_id)
            with html.div().classes("note"), html.span().classes("grow small"):
                if row and row.role is Role.PATIENT:
                    html.span(f"{words.JOINS_STAFF_NOTE} ")
                html.span(words.SIGNED_OUT_NOTE if row else f"{words.INVITE_NOTE} {words.DOCTOR_NOTE}")
        if actions and row and row.id != self._my_id:
            with foot:
                actions.switch()

    async def _save(self, row: UserView | None, values: Values) -> None:
        name, role = values.get("name", ""), _role(values.get("role", ""))
        if role is None:
            raise Invalid(code="bad_role")
        if row is None:
            handle = values.get("handle", "")
            await self._hand(
                await commit(lambda s: invitations.invite(s, actor=self._actor, handle=handle, name=name, role=role))
            )
            toasts.show(words.LINK_MADE)
            return
        change = partial(invitations.change_user, actor=self._actor, user_id=row.id, name=name, role=role)
        made = await commit(partial(change, disabled=row.disabled))
        toasts.show(words.LINK_MADE if made else admin.SAVED)
        if made:
            self._handed = made
        await self.show(str(row.id))

    async def _hand(self, made: Invitation) -> None:
        self._handed = made
        await self.show(str(made.user_id))


def _role(value: str) -> Role | None:
    return Role(value) if value in set(Role) else None
