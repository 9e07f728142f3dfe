"""The shortcuts: a line of them under the dashboard, and the window that explains and switches them."""

from collections.abc import Mapping

from nicegui import html

from app.components import dialogs
from app.components.words import doctor as words
from app.components.words import staff

_SWITCH_STATE = "(node) => { node.el.checked = localStorage.getItem('mediqueue-keys') !== 'off' }"


def legend() -> None:
    with html.div().classes("keys").props("aria-hidden=true"):
        for key, word in words.KEYS.items():
            with html.span():
                _key(key)
                html.span(word)


async def explain(keys: Mapping[str, str] = words.KEYS) -> None:
    """All keys of a page, and the switch that this device remembers."""
    with dialogs.window(words.KEYS_TITLE) as dialog:
        with html.dl().classes("kv"):
            for key, word in keys.items():
                with html.dt().classes("row"):
                    _key(key)
                html.dd(word)
        html.p(words.KEYS_NOTE).classes("muted small")
        with html.label().classes("check"):
            switch = html.input_().props("type=checkbox data-keys-switch")
            switch.on("vnodeMounted", js_handler=_SWITCH_STATE)
            html.span(words.KEYS_SWITCH)
        with html.div().classes("acts"):
            dialogs.button(staff.CLOSE, dialog.close).props("data-autofocus")
    await dialogs.answer_of(dialog)


def _key(key: str) -> None:
    for part in key.split():
        html.kbd(part)
