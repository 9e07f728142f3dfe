from collections.abc import Mapping
from typing import Any

from nicegui import html, ui
from nicegui.events import GenericEventArguments
from pydantic import ValidationError

from app.components import words as common
from app.components.chips import Text
from app.components.forms import FIELDS, Form, Values
from app.components.frame import icon, staff_frame
from app.components.lists import KEYS
from app.components.words import admin
from app.components.words import settings as words
from app.components.zone import zone_field
from app.models import Policy
from app.pages.admin import ADMIN
from app.services import clinic
from app.services.clinic import ClinicView
from app.web import toasts
from app.web.actions import commit
from app.web.page import page, visit

PATH = "/admin/settings"
RULES = Policy.model_fields
BLAME = {"missing": "name", "too_long": "name", "bad_zone": "timezone"} | {f"bad_{rule}": rule for rule in RULES}


@page(PATH, allow=ADMIN)
async def settings_page() -> None:
    here = visit()
    with staff_frame(common.SETTINGS, current=PATH, subtitle=words.SETTINGS_SUB), html.div().classes("page"):
        ui.add_head_html(KEYS)
        _Settings(here.clinic)


class _Settings:
    """One form; the examples under the rules follow what is typed before it is saved."""

    def __init__(self, now: ClinicView) -> None:
        self._actor = visit().actor
        self._examples: dict[str, Text] = {}
        form = Form(self._save, blame=BLAME, css="stack", label=common.SETTINGS)
        form.root.props["data-saves"] = True
        form.root.on("input", self._show_examples, js_handler=FIELDS, throttle=0.3, leading_events=False)
        with form.root:
            with _card(words.CLINIC), html.div().classes("two"):
                form.text("name", words.CLINIC_NAME, now.name, maxlength=80)
                with html.div():
                    zone_field(form, now.timezone)
            for title, rules in words.GROUPS.items():
                with _card(title):
                    self._group(form, title, rules, now.rules)
            form.note()
            with html.div().classes("row"):
                html.button(admin.SAVE).classes("btn primary").props("type=submit aria-keyshortcuts=Control+S")

    def _group(self, form: Form, title: str, rules: tuple[str, ...], now: Policy) -> None:
        with html.div().classes("stack"):
            with html.div().classes("two"):
                for rule in rules:
                    if RULES[rule].annotation is int:
                        _number(form, rule, getattr(now, rule))
            for rule in rules:
                if RULES[rule].annotation is bool:
                    form.check(rule, RULES[rule].description or rule, getattr(now, rule))
            with html.div().classes("note").props("role=status"):
                icon("info")
                with html.span():
                    html.b(words.EXAMPLE)
                    self._examples[title] = Text("span", words.EXAMPLES[title](now))

    def _show_examples(self, event: GenericEventArguments) -> None:
        try:
            rules = Policy.model_validate(_rules(event.args if isinstance(event.args, dict) else {}))
        except ValidationError:
            return
        for title, example in self._examples.items():
            example.text = words.EXAMPLES[title](rules)

    async def _save(self, values: Values) -> None:
        await commit(
            lambda s: clinic.change(
                s,
                actor=self._actor,
                name=values.get("name", ""),
                timezone=values.get("timezone", ""),
                rules=_rules(values),
            )
        )
        toasts.show(words.SETTINGS_SAVED)


def _card(title: str) -> ui.element:
    """A card with a heading; the element is its body."""
    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(title)
        body: ui.element = html.div().classes("body")
    return body


def _number(form: Form, rule: str, value: int) -> None:
    least, most = clinic.bounds(rule)
    form.text(
        rule,
        RULES[rule].description or rule,
        str(value),
        unit=words.unit(rule),
        type="number",
        inputmode="numeric",
        min=least,
        max=most,
        step=1,
    )


def _rules(values: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of this page as typed. A box that is not ticked is not sent at all."""
    shown = (rule for group in words.GROUPS.values() for rule in group)
    return {rule: rule in values if RULES[rule].annotation is bool else values.get(rule, "") for rule in shown}
