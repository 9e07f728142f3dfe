"""The choice of a time zone, with the time there as the proof that it is the right one."""

from zoneinfo import ZoneInfo

from nicegui import html
from nicegui.events import GenericEventArguments

from app import clock
from app.components import forms
from app.components.chips import Text
from app.components.forms import TARGET_VALUE, Form
from app.components.words import account as words
from app.errors import Invalid
from app.services import clinic

ZONES = "zones"


def zone_field(form: Form, zone: str) -> None:
    field = form.text("timezone", words.TIME_ZONE, zone, hint=words.TIME_ZONE_HINT, list=ZONES, maxlength=64)
    forms.datalist(ZONES, clinic.zones())
    with html.div().classes("row small").props("role=status"):
        proof = Text("span", _now_in(zone))

    def changed(event: GenericEventArguments) -> None:
        proof.text = _now_in(str(event.args))

    field.on("input", changed, js_handler=TARGET_VALUE, throttle=0.3, leading_events=False)


def _now_in(zone: str) -> str:
    try:
        local = clock.now().astimezone(ZoneInfo(clinic.clean_zone(zone)))
    except Invalid:
        return ""
    return words.now_there(f"{local:%H:%M}")
