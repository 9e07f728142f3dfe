"""One patient's record in the admin's editor: the whole profile, the account, the last tickets."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlencode

from nicegui import html

from app.components import claim_link
from app.components.dialogs import Field, Radios, answer_of, button, window
from app.components.forms import Form
from app.components.me.profile import languages, needs
from app.components.words import admin, me
from app.components.words import privacy as words
from app.services import privacy
from app.services.patients import Record
from app.services.privacy import EraseReason
from app.services.profiles import Profile


def facts(record: Record, known_since: str) -> None:
    """What can't be changed here."""
    account = record.account
    rows = [
        (words.NUMBER, words.number(record.id)),
        (admin.KNOWN_SINCE, known_since),
        (
            words.ACCOUNT,
            words.account(account.handle, account.people, is_disabled=account.disabled)
            if account
            else words.NO_ACCOUNT,
        ),
    ]
    with html.dl().classes("kv"):
        for word, fact in rows:
            html.dt(word)
            with html.dd():
                html.bdi(fact)


def hand_over(record: Record) -> None:
    """The way to an account of their own, for somebody who has none."""
    if record.account is None:
        with html.div().classes("row"):
            button(me.HAND_OVER, partial(claim_link.hand_over, record.id))


def fields(form: Form, now: Profile) -> None:
    """The whole profile, as `components.me.profile.profile_of` reads it."""
    form.text("name", me.NAME, now.name, maxlength=80, dir="auto")
    with html.div().classes("two"):
        form.text("born", me.BORN, now.born.isoformat() if now.born else "", type="date")
        form.choice("sex", me.SEX, {"": me.NOT_SAID, **me.SEXES}, now.sex or "")
        form.text("phone", me.PHONE, now.phone, type="tel", maxlength=20, dir="ltr")
        form.choice("language", words.FIELDS["language"], languages(now.language), now.language)
    form.check("is_confidential", me.CONFIDENTIAL, now.is_confidential)
    needs(form, now)
    form.area("allergies", me.ALLERGIES, now.allergies, hint=me.ALLERGIES_HINT, maxlength=1000)
    with html.div().classes("two"):
        groups = {"": me.NOT_KNOWN, **me.BLOOD_GROUPS}
        form.choice("blood_group", me.BLOOD_GROUP, groups, now.blood_group or "")
        form.text("insurance_provider", me.INSURANCE_PROVIDER, now.insurance_provider, maxlength=80, dir="auto")
        form.text("insurance_number", me.INSURANCE_NUMBER, now.insurance_number, maxlength=40, dir="ltr")
        form.text("emergency_name", words.FIELDS["emergency_name"], now.emergency_name, maxlength=80, dir="auto")
        form.text(
            "emergency_phone", words.FIELDS["emergency_phone"], now.emergency_phone, type="tel", maxlength=20, dir="ltr"
        )


def tickets(record: Record) -> None:
    html.h3(words.TICKETS)
    if not record.tickets:
        html.p(words.NO_TICKETS).classes("muted")
    with html.ol().classes("timeline"):
        for ticket in record.tickets:
            with html.li():
                with html.a(ticket.token) as link:
                    link.props["href"] = f"/admin/entries?{urlencode({'open': ticket.entry_id})}"
                with html.span():
                    html.span(f"{ticket.status.label} · {admin.date(ticket.day)}")
                    html.br()
                    html.bdi(ticket.doctor_name).classes("muted small")


def downloads(patient_id: int) -> None:
    html.h3(words.DOWNLOADS)
    with html.div().classes("row wrap"):
        for word, form in ((words.EXPORT_PAGE, "html"), (words.EXPORT_FILE, "json")):
            link = html.a(word).classes("btn").props("target=_blank" if form == "html" else "download")
            link.props["href"] = f"/admin/patients/{patient_id}/export?form={form}"


async def ask_erase(name: str, erase: Callable[[EraseReason, str], Awaitable[bool]]) -> None:
    """The question that hurts: a reason, and a word typed out. Stays open until `erase` has done it."""
    with window(words.erase_question(name), alert=True) as dialog:
        html.p(words.ERASE_EFFECT)
        why = Radios(words.ERASE_REASONS, label=words.ERASE_WHY)
        typed = Field(words.ERASE_WORD)

        async def sent() -> None:
            if typed.value.strip().casefold() != privacy.WORD:
                typed.refuse(f"{words.ERASE_WORD}.")
            elif await erase(why.value, typed.value):
                dialog.submit(True)
            else:
                dialog.close()

        with html.div().classes("acts"):
            button(words.ERASE_VERB, sent, css="danger")
            button(words.KEEP, partial(dialog.submit, False)).props("data-autofocus")
    await answer_of(dialog)
