"""The names the stylesheet knows: icons, and the look of each status. Words come from the models."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, get_args

Icon = Literal[
    "alert", "bell", "check", "clock", "cup", "door", "down", "ear", "eye", "gear", "history",
    "idcard", "info", "keyboard", "left", "list", "lock", "logout", "moon", "more", "mute",
    "nowifi", "pause", "phone", "play", "plus", "print", "right", "search", "skip", "sound",
    "sun", "swap", "tick", "ticket", "tv", "undo", "up", "user", "users", "userx", "wifi", "x",
    "xcircle",
]  # fmt: skip
ICONS: Final[frozenset[str]] = frozenset(get_args(Icon))


class StatusLook(NamedTuple):
    icon: Icon
    css: str


STATUS: Final[Mapping[str, StatusLook]] = MappingProxyType(
    {
        "waiting": StatusLook("clock", "st-waiting"),
        "called": StatusLook("bell", "st-called"),
        "in_progress": StatusLook("door", "st-in_progress"),
        "on_hold": StatusLook("pause", "st-on_hold"),
        "skipped": StatusLook("skip", "st-skipped"),
        "done": StatusLook("check", "st-done"),
        "cancelled": StatusLook("xcircle", "st-cancelled"),
        "no_show": StatusLook("userx", "st-no_show"),
        "transferred": StatusLook("swap", "st-transferred"),
    }
)
