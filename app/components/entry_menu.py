"""Buttons and menus for what can be done to one person."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from nicegui import html, ui

from app.components.dialogs import button
from app.components.entry_actions import choose, new_key
from app.components.entry_choices import LAST, Choice, Ticket
from app.components.frame import icon
from app.components.theme import Icon
from app.components.words import staff as words
from app.services.policy import Verb

KEYS: Final[Mapping[Verb, str]] = MappingProxyType(
    {Verb.RECALL: "R", Verb.SKIP: "S", Verb.HOLD: "H", Verb.DONE: "F", Verb.TRANSFER: "T"}
)


def act_button(entry: Ticket, wanted: Choice, *, css: str = "", key: str | bool = True, word: str = "") -> ui.element:
    """A button that does one thing to one person; `key` is its shortcut, by default the one of its verb."""
    press = partial(choose, entry, wanted, new_key())
    shortcut = key if isinstance(key, str) else KEYS.get(wanted.verb, "") if key else ""
    shown = word or wanted.word
    made = button(shown, press, css=css, key=shortcut, of="" if entry.token in shown else entry.token)
    made.props["data-focus"] = f"{wanted.verb}-{entry.entry_id}"
    return made


class Extra(NamedTuple):
    """Something in a person's menu that is no verb: print the ticket, say."""

    icon: Icon
    word: str
    key: str
    press: Callable[[], Awaitable[None]]


def more_button(
    entry: Ticket,
    offered: list[Choice],
    *,
    keys: Mapping[Verb, str] = MappingProxyType({}),
    css: str = "",
    extra: Sequence[Extra] = (),
) -> ui.element | None:
    """The "…" button of a person; its menu is made when it is opened. None when nothing can be done."""
    if not offered and not extra:
        return None
    made: ui.element = html.button().classes(f"btn icon {css}").props("type=button aria-haspopup=menu")
    with made:
        icon("more")
    made.props["aria-label"] = words.more_for(entry.token)
    made.props["data-focus"] = f"more-{entry.entry_id}"
    if keys:
        pressed = [*(keys[wanted.verb] for wanted in offered if wanted.verb in keys), *(one.key for one in extra)]
        made.props["data-menu-keys"] = " ".join(filter(None, pressed))
    made.on("click", partial(_open_menu, made, entry, offered, keys or KEYS, extra), args=[])
    return made


def menu_items(
    place: ui.element, label: str, items: Sequence[tuple[Icon, str, Callable[[], Awaitable[None]], bool]]
) -> None:
    """Open a menu under `place`: icon, word, what it does, and whether it is dangerous."""
    with _menu(place, label) as menu:
        for number, (picture, word, press, danger) in enumerate(items):
            _item(menu, picture, word, press, first=number == 0, danger=danger)


def _open_menu(
    place: ui.element, entry: Ticket, offered: list[Choice], keys: Mapping[Verb, str], extra: Sequence[Extra]
) -> None:
    with _menu(place, words.more_for(entry.token)) as menu:
        for number, wanted in enumerate(offered):
            if number and wanted.verb in LAST and offered[number - 1].verb not in LAST:
                html.hr()
            press = partial(choose, entry, wanted, new_key())
            item = _item(menu, wanted.icon, wanted.word, press, first=number == 0, danger=wanted.danger)
            _shortcut(item, keys.get(wanted.verb, ""))
        for number, one in enumerate(extra):
            if not number and offered:
                html.hr()
            _shortcut(
                _item(menu, one.icon, one.word, one.press, first=not offered and not number, danger=False), one.key
            )


def _shortcut(item: ui.element, key: str) -> None:
    if key:
        item.props["aria-keyshortcuts"] = key
        with item:
            html.kbd(key).props("aria-hidden=true")


@contextmanager
def _menu(place: ui.element, label: str) -> Iterator[ui.menu]:
    with place, ui.menu(value=True).classes("menu").props("no-parent-event role=dialog") as menu:
        menu.props["aria-label"] = label
        menu.on("hide", menu.delete, args=[])
        with html.div().props("role=menu") as items:
            items.props["aria-label"] = label
            yield menu


def _item(
    menu: ui.menu, picture: Icon, word: str, press: Callable[[], Awaitable[None]], *, first: bool, danger: bool
) -> ui.element:
    async def chosen() -> None:
        menu.close()
        await press()

    item: ui.element = html.button().classes("item danger" if danger else "item")
    item.props(f"type=button role=menuitem{' data-autofocus' if first else ''}")
    with item:
        icon(picture)
        html.span(word)
    return item.on("click", chosen, args=[])
