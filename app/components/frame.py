"""The frame around every page: what is at the top, the side and the bottom, whoever looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from nicegui import html, ui

from app import clock
from app.components import words
from app.components.theme import Icon
from app.components.words import desk_appointments, schedule, security
from app.models import Role
from app.web import toasts
from app.web.page import ACCOUNT_PATH, Visit, visit

STAFF_HEAD = """
<script>if (localStorage.getItem("mediqueue-dark") === "on") document.documentElement.classList.add("dark")</script>
<script src="/assets/staff.js" defer></script>
"""


def icon(name: Icon, size: str = "") -> ui.element:
    """A picture beside a word; never read aloud."""
    return ui.element("i").classes(f"ic ic-{name} {size}").props("aria-hidden=true")


def _common(title: str, body: str, zone: str) -> None:
    ui.page_title(title)
    ui.query("body").classes(body)
    ui.query("html").props(f'data-zone="{zone}"')
    at = clock.now().isoformat()
    ui.add_head_html(f'<meta name="server-time" content="{at}">')


def _offline_banner(text: str) -> None:
    with ui.element("div").classes("banner").props("id=offline role=alert hidden"):
        icon("nowifi")
        with html.span().classes("grow"):
            html.b(words.NO_CONNECTION_SINCE)
            html.b().props("data-lost-at")
            html.br()
            html.span(text)
        html.button(words.TRY_NOW).classes("btn").props("type=button data-try-now")


def live_dot() -> None:
    """Shows whether the page is connected; the stylesheet follows the connection."""
    html.span(words.LIVE).classes("live")


@contextmanager
def phone_frame(title: str, *, home: bool = False) -> Iterator[None]:
    """The frame of a patient's page that is drawn by the server; a `home` has two columns on wide screens."""
    here = visit()
    _common(f"{title} – {here.clinic.name}", "phone", here.clinic.timezone)
    with html.div().classes("ph home" if home else "ph"):
        _offline_banner(words.OFFLINE_PATIENT)
        with html.header():
            with html.a().classes("row grow").props('href="/"'):
                with html.span().classes("logo"):
                    icon("ticket")
                html.b(here.clinic.name)
            live_dot()
        yield


@contextmanager
def bare_frame(title: str, body: str) -> Iterator[None]:
    """A page that is all its own, without header and menu: the waiting-room screen, paper."""
    here = visit()
    _common(f"{title} – {here.clinic.name}", body, here.clinic.timezone)
    yield


@contextmanager
def staff_frame(
    title: str, *, current: str, subtitle: str | None = None, shortcuts: Callable[[], object] | None = None
) -> Iterator[ui.element]:
    """The frame of staff pages; yields the top bar's element so that a page can put its buttons there.

    `current` is the path of the menu entry that is open; `shortcuts` shows the page's keys.
    """
    here = visit()
    _common(f"{title} – {words.PRODUCT}", "staff", here.clinic.timezone)
    ui.add_head_html(STAFF_HEAD)
    ui.query("html").props(f'data-idle="{here.clinic.rules.staff_idle_minutes}"')
    with html.div().classes("app"):
        _side(here, current, shortcuts)
        with html.main() as main:
            _offline_banner(words.OFFLINE_STAFF)
            with html.div().classes("top") as top, html.div().classes("grow"):
                html.h1(title)
                html.div(subtitle if subtitle is not None else today(here)).classes("sub")
            yield top
        ui.skip_link(words.SKIP_TO_CONTENT, target=main)
    toasts.region()


def today(here: Visit) -> str:
    local: datetime = clock.at_clinic(clock.now(), here.clinic.timezone)
    return f"{local:%A} {local.day} {local:%B}"


def menu_of(here: Visit) -> list[tuple[str, Icon, str]]:
    """(path, icon, word) of the pages that this person may open."""
    role = here.me.role
    doctor_id = here.me.doctor_id
    entries: list[tuple[str, Icon, str]] = []
    if role is Role.DOCTOR and doctor_id:
        entries += [
            (f"/doctor/{doctor_id}", "list", words.MY_QUEUE),
            (f"/doctor-history/{doctor_id}", "history", words.HISTORY),
            (f"/doctor/{doctor_id}/schedule", "clock", schedule.MINE),
            (f"/doctor/{doctor_id}/profile", "idcard", words.MY_PROFILE),
        ]
    if role is Role.ADMIN:
        entries.append(("/admin", "info", words.OVERVIEW))
    if role in (Role.RECEPTION, Role.NURSE, Role.ADMIN):
        entries += [
            ("/reception", "list", words.FRONT_DESK),
            ("/reception/appointments", "idcard", desk_appointments.TITLE),
            ("/schedules", "clock", schedule.SCHEDULES),
        ]
    if role is Role.ADMIN:
        entries += [
            ("/admin/doctors", "idcard", words.DOCTORS),
            ("/admin/closures", "door", schedule.CLOSURES),
            ("/admin/entries", "ticket", words.ENTRIES),
            ("/admin/patients", "users", words.PATIENTS),
            ("/admin/users", "lock", words.USERS),
            ("/admin/devices", "tv", words.DEVICES),
            ("/admin/audit", "history", words.AUDIT),
            ("/admin/settings", "gear", words.SETTINGS),
        ]
    if role is not Role.PATIENT:
        entries.append(("/display", "tv", words.SCREEN))
    return entries


def _side(here: Visit, current: str, shortcuts: Callable[[], object] | None) -> None:
    with html.nav().classes("side").props(f'aria-label="{words.MAIN_MENU}"'):
        with html.div().classes("brand"):
            with html.span().classes("logo"):
                icon("ticket")
            html.span(words.PRODUCT)
        for path, picture, word in menu_of(here):
            mark = " aria-current=page" if path == current else ""
            with html.a().props(f'href="{path}" title="{word}"{mark}'):
                icon(picture)
                html.span(word)
        with html.div().classes("foot"):
            if shortcuts:
                with html.button().props(f'type=button title="{words.SHORTCUTS}" aria-keyshortcuts="?"') as keys:
                    icon("keyboard")
                    html.span(words.SHORTCUTS)
                    html.kbd("?").classes("n").props("aria-hidden=true")
                keys.on("click", shortcuts, args=[])
            _dark_switch()
            _lock_button()
            _sign_out()
            mark = " aria-current=page" if current == ACCOUNT_PATH else ""
            with html.a().classes("who").props(f'href="{ACCOUNT_PATH}" title="{security.ACCOUNT}"{mark}'):
                html.span(words.initials(here.me.name)).classes("avatar").props("aria-hidden=true")
                with html.span():
                    html.b(here.me.name)
                    html.br()
                    html.span(words.ROLES[here.me.role]).classes("muted")


def _dark_switch() -> None:
    """Remembered by the device; the head's script sets it before anything is painted."""
    looks: tuple[tuple[Icon, str, str], ...] = (("moon", words.DARK, "light"), ("sun", words.LIGHT, "dark"))
    for picture, word, shown_while in looks:
        with html.button().props(f'type=button data-dark={shown_while} title="{word}"'):
            icon(picture)
            html.span(word)


def _lock_button() -> None:
    with (
        html.form().props('action="/lock" method="post"'),
        html.button().classes("link row").props(f'type=submit title="{security.LOCK}" aria-keyshortcuts=F2'),
    ):
        icon("lock")
        html.span(security.LOCK)
        html.kbd("F2").classes("n").props("aria-hidden=true")


def _sign_out() -> None:
    with (
        html.form().props('action="/logout" method="post"'),
        html.button().classes("link row").props("type=submit"),
    ):
        icon("logout")
        html.span(words.SIGN_OUT)
