from datetime import datetime
from functools import partial

from nicegui import html, ui
from nicegui.events import GenericEventArguments

from app import events
from app.components import words as common
from app.components.chips import at_clinic, tag
from app.components.dialogs import button, confirm
from app.components.forms import TARGET_VALUE, Form, Values, select
from app.components.frame import icon, staff_frame
from app.components.lists import AdminList, Draw, done_by
from app.components.places import Place
from app.components.tables import Column, Empty, cell
from app.components.words import devices as words
from app.db import Session
from app.errors import Invalid
from app.models import DeviceKind
from app.pages.admin import ADMIN
from app.services import devices, doctors
from app.services.devices import DeviceForm, DeviceView, State
from app.settings import settings
from app.web import devices as devices_here
from app.web import limits, toasts
from app.web.actions import act, commit, fetch
from app.web.numbers import number
from app.web.page import page, visit

PATH = "/admin/devices"
STATE = "state"
ALL, SOME = "all", "some"
DOCTOR = "doctor-"
BLAME = {"missing": "name", "too_long": "name", "unknown_code": "code", "no_doctor": "which", "bad_kind": "kind"}


@page(PATH, allow=ADMIN)
async def devices_page() -> None:
    place = Place.read(PATH, STATE)
    with staff_frame(common.DEVICES, current=PATH):
        await _Devices(place).build()


class _Devices(AdminList[DeviceView]):
    columns = (
        Column(words.DEVICE),
        Column(words.KIND),
        Column(words.SHOWS, "wide"),
        Column(words.STATE),
        Column(words.ADDRESS, "wide"),
    )
    on = (events.DevicesChanged, events.DoctorsChanged)
    search = words.FIND_DEVICE
    empty = Empty("tv", words.NO_DEVICES, words.NO_DEVICES_TEXT)
    size = devices.PAGE
    add = words.PAIR_NEW

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        here = visit()
        self._actor, self._zone, self._my_id = here.actor, here.clinic.timezone, here.me.user_id
        self._doctors: dict[int, str] = {}

    def load(self, session: Session) -> list[DeviceView]:
        asked = self.place.filters[STATE]
        self._doctors = doctors.names(session, actor=self._actor)
        return devices.devices(
            session,
            actor=self._actor,
            search=self.place.q,
            state=State(asked) if asked in set(State) else None,
            page=self.place.page,
        )

    def key(self, row: DeviceView) -> int:
        return row.id

    def title(self, row: DeviceView) -> tuple[str, str]:
        return row.name or words.UNNAMED, ""

    def cells(self, row: DeviceView) -> None:
        cell(words.KINDS[row.kind])
        cell(self._shows(row), "wide")
        with html.td():
            self._state(row)
        cell(row.address, "wide num")

    def _shows(self, row: DeviceView) -> str:
        if row.state is State.WAITING:
            return ""
        return words.doctors([self._doctors[each] for each in row.doctor_ids if each in self._doctors])

    def _state(self, row: DeviceView) -> None:
        if row.state is State.REVOKED:
            tag(words.REVOKED)
        elif row.state is State.WAITING:
            tag(words.WAITS)
        elif devices_here.is_on(row):
            html.span(words.LIVE_NOW).classes("live")
        else:
            html.span(words.last_seen(self._at(row.last_seen_at)) if row.last_seen_at else words.NOT_SEEN)

    def _at(self, at: datetime) -> str:
        return at_clinic(at, self._zone)

    async def filters(self) -> None:
        options = {"": words.EVERY_STATE} | {state.value: word for state, word in words.STATES.items()}
        with html.div():
            choice = select(STATE, options, self.place.filters[STATE])
        choice.props["aria-label"] = words.STATE
        choice.on("change", self._filter, js_handler=TARGET_VALUE)

    def _filter(self, event: GenericEventArguments) -> None:
        self.find(**{STATE: str(event.args)})

    # ------------------------------------------------------------------------------------------ the editor

    async def editor(self, row_id: int | None) -> Draw:
        actor = self._actor
        row = await fetch(lambda s: devices.device(s, actor=actor, device_id=row_id)) if row_id else None
        if row and row.state is not State.PAIRED:
            return lambda: self._facts_of(row)
        offered = {*await fetch(doctors.working), *(row.doctor_ids if row else ())}
        names = await fetch(lambda s: doctors.names(s, actor=actor))
        names = {doctor_id: name for doctor_id, name in names.items() if doctor_id in offered}
        return lambda: self._edit(row, names) if row else self._new(names)

    def _new(self, names: dict[int, str]) -> None:
        form = Form(self._pair, blame=BLAME)
        with self.form(words.PAIR_NEW, form, save=words.PAIR):
            _how()
            form.text(
                "code", words.CODE, hint=words.CODE_HINT, maxlength=12, autocapitalize="characters", spellcheck="false"
            )
            form.text("name", words.NAME, hint=words.NAME_HINT, maxlength=80)
            kinds = {kind.value: word for kind, word in words.KINDS.items()}
            form.choice("kind", words.KIND, kinds, DeviceKind.DISPLAY.value, hint=words.KIND_HINT)
            _which(form, names, ())

    def _edit(self, row: DeviceView, names: dict[int, str]) -> None:
        form = Form(partial(self._save, row), blame=BLAME)
        with self.form(row.name, form, save=words.SAVE) as foot:
            form.text("name", words.NAME, row.name, maxlength=80)
            _which(form, names, row.doctor_ids)
            self._facts(row)
        with foot:
            button(words.REVOKE, partial(self._revoke, row), css="danger")

    def _facts_of(self, row: DeviceView) -> None:
        with self.panel(row.name or words.UNNAMED):
            self._facts(row)
            if row.state is State.WAITING:
                html.p(words.WAITING_TEXT)
                button(words.PAIR_NEW, self.open_new, css="primary")

    def _facts(self, row: DeviceView) -> None:
        moments = (
            (words.SINCE, row.created_at if row.paired_at is None else None),
            (words.PAIRED_AT, row.paired_at),
            (words.LAST_SEEN, row.last_seen_at),
        )
        facts = [
            (words.KIND, words.KINDS[row.kind]),
            (words.STATE, words.STATES[row.state]),
            (words.ADDRESS, row.address),
        ]
        with html.dl().classes("kv"):
            for word, fact in (*facts, *((word, self._at(at)) for word, at in moments if at)):
                html.dt(word)
                html.dd(fact)

    # ------------------------------------------------------------------------------------------ what it does

    async def _pair(self, values: Values) -> None:
        limits.hit("pair", f"user:{self._my_id}")
        kind = values.get("kind", "")
        if kind not in set(DeviceKind):
            raise Invalid(code="bad_kind")
        form, actor, code = _entered(values), self._actor, values.get("code", "")
        paired = await commit(lambda s: devices.pair(s, actor=actor, code=code, kind=DeviceKind(kind), form=form))
        toasts.show(words.PAIRED)
        await self.show(str(paired))

    async def _save(self, row: DeviceView, values: Values) -> None:
        form, actor = _entered(values), self._actor
        await commit(lambda s: devices.change(s, actor=actor, device_id=row.id, form=form))
        toasts.show(words.SAVED)
        await self.show(str(row.id))

    async def _revoke(self, row: DeviceView) -> None:
        sure = await confirm(
            words.revoke_question(row.name), words.REVOKE_EFFECT, yes=words.REVOKE_VERB, no=words.KEEP, danger=True
        )
        verb = partial(devices.revoke, actor=self._actor, device_id=row.id)
        if sure and await act(done_by(verb), lambda _: words.revoked(row.name)):
            await self.show(str(row.id))


def _how() -> None:
    """Which address to open on the device."""
    url = settings().public_url
    with html.div().classes("note"):
        icon("tv")
        html.span(words.PAIR_HOW.format(display=f"{url}/display?pair=1", kiosk=f"{url}/kiosk")).classes("grow")


def _which(form: Form, names: dict[int, str], chosen: tuple[int, ...]) -> None:
    """All doctors, or those that are ticked."""
    choice = form.choice(
        "which", words.WHICH, {ALL: words.ALL_DOCTORS, SOME: words.SOME_DOCTORS}, SOME if chosen else ALL
    )
    with ui.element("fieldset").classes("" if chosen else "hidden") as ticks:
        html.legend(words.DOCTORS).classes("vh")
        for doctor_id, name in names.items():
            form.check(f"{DOCTOR}{doctor_id}", name, doctor_id in chosen)

    def switched(event: GenericEventArguments) -> None:
        ticks.classes(**({"remove": "hidden"} if event.args == SOME else {"add": "hidden"}))

    choice.on("change", switched, js_handler=TARGET_VALUE)


def _entered(values: Values) -> DeviceForm:
    named = (name.removeprefix(DOCTOR) for name in values if name.startswith(DOCTOR))
    ticked = [doctor_id for name in named if (doctor_id := number(name))]
    if values.get("which") != SOME:
        ticked = []
    elif not ticked:
        raise Invalid(words.NO_DOCTOR, code="no_doctor")
    return DeviceForm(name=values.get("name", ""), doctor_ids=ticked)
