"""QR codes of our own pages. They hold nothing but an address, so the drawing may go in as it is."""

import segno
from nicegui import ui

from app.settings import settings

QUIET_ZONE = 4  # modules; scanners need it


def picture(path: str) -> str:
    """The code of the page at `path` as the address of an image, for the browser's half of an element."""
    return segno.make(settings().public_url + path, error="m", micro=False).svg_data_uri(
        border=QUIET_ZONE, light="#fff"
    )


def qr_code(path: str, name: str) -> None:
    """The code of the page at `path`, as its address is known outside; `name` is read aloud."""
    code = segno.make(settings().public_url + path, error="m", micro=False)
    ui.html(code.svg_inline(border=QUIET_ZONE, light="#fff", omitsize=True, title=name), sanitize=False)


def secret_code(uri: str, name: str) -> None:
    """The code of an address that only the person in front of the page may know."""
    code = segno.make(uri, error="m", micro=False)
    drawn = ui.html(code.svg_inline(border=QUIET_ZONE, light="#fff", omitsize=True, title=name), sanitize=False)
    drawn.classes("qr large")
