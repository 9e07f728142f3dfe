"""The form with everything that a patient tells the clinic of one person."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from nicegui import html

from app.components.forms import Form, Values
from app.components.words import me as words
from app.errors import Invalid
from app.models import BloodGroup, Need, Sex
from app.services.profiles import FIELDS, Profile

BLAME = {f"bad_{name}": name for name in FIELDS}
INTO_VIEW = "(node) => node.el.scrollIntoView()"
Send = Callable[[Profile], Awaitable[None]]


class ProfileForm:
    """Shows `profile`; `send` gets what somebody made of it. `mine`: it is about whoever looks. `name` is what a
    button outside says that it sends.
    """

    def __init__(self, profile: Profile, send: Send, *, mine: bool, name: str) -> None:
        self._send = send
        self.form = Form(self._sent, blame=BLAME, css="stack")
        self.form.root.props["id"] = name
        with self.form.root:
            self.form.note()
            self._draw(profile, mine)

    def say(self, sentence: str) -> None:
        """Say something about the whole of a form that was just drawn, and show it."""
        self.form.root.on("vnodeMounted", js_handler=INTO_VIEW)
        self.form.refuse(Invalid(sentence, code="changed_since"))

    def _draw(self, now: Profile, mine: bool) -> None:
        form = self.form
        with _group(words.ABOUT_YOU if mine else words.ABOUT):
            form.text("name", words.NAME, now.name, maxlength=80, autocomplete="name" if mine else "off", dir="auto")
            with html.div().classes("two"):
                form.text("born", words.BORN, now.born.isoformat() if now.born else "", type="date")
                form.choice("sex", words.SEX, {"": words.NOT_SAID, **words.SEXES}, now.sex or "")
            form.text("phone", words.PHONE, now.phone, type="tel", maxlength=20, dir="ltr")
        with _group(words.HELP):
            needs(form, now)
            form.choice("language", words.LANGUAGE, languages(now.language), now.language)
        with _group(words.HEALTH):
            form.area("allergies", words.ALLERGIES, now.allergies, hint=words.ALLERGIES_HINT, maxlength=1000)
            groups = {"": words.NOT_KNOWN, **words.BLOOD_GROUPS}
            form.choice("blood_group", words.BLOOD_GROUP, groups, now.blood_group or "")
        with _group(words.INSURANCE, "two"):
            form.text("insurance_provider", words.INSURANCE_PROVIDER, now.insurance_provider, maxlength=80, dir="auto")
            form.text("insurance_number", words.INSURANCE_NUMBER, now.insurance_number, maxlength=40, dir="ltr")
        with _group(words.EMERGENCY, "two"):
            form.text("emergency_name", words.EMERGENCY_NAME, now.emergency_name, maxlength=80, dir="auto")
            form.text(
                "emergency_phone", words.EMERGENCY_PHONE, now.emergency_phone, type="tel", maxlength=20, dir="ltr"
            )
        with _group(words.PRIVACY):
            form.check("is_confidential", words.CONFIDENTIAL, now.is_confidential)
            html.p(words.CONFIDENTIAL_HINT).classes("hint")

    async def _sent(self, values: Values) -> None:
        await self._send(profile_of(values))


@contextmanager
def _group(title: str, css: str = "stack") -> Iterator[None]:
    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(title)
        with html.div().classes(f"body {css}"):
            yield


def needs(form: Form, now: Profile) -> None:
    with html.fieldset().classes("field"):
        html.legend(words.HELP_HINT).classes("hint")
        for need, word in words.NEEDS.items():
            form.check(f"need-{need}", word, need in now.needs)


def languages(now: str) -> dict[str, str]:
    """The common ones, and whatever was chosen elsewhere."""
    return {"": words.NOT_SAID, **words.LANGUAGES, **({now: now} if now and now not in words.LANGUAGES else {})}


def profile_of(values: Values) -> Profile:
    """What was typed. Whatever is not a field of a profile is not looked at."""
    plain: dict[str, Any] = {name: values.get(name, "") for name in FIELDS}
    return Profile(
        **{
            **plain,
            "born": date_of_birth(values.get("born", "")),
            "sex": Sex(plain["sex"]) if plain["sex"] in set(Sex) else None,
            "blood_group": BloodGroup(plain["blood_group"]) if plain["blood_group"] in set(BloodGroup) else None,
            "needs": tuple(need for need in Need if f"need-{need}" in values),
            "is_confidential": "is_confidential" in values,
        }
    )


def date_of_birth(typed: str) -> date | None:
    """What a date field sent. Raises Invalid `bad_born`."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Invalid(words.BAD_DATE, code="bad_born") from error
