"""QR codes of our own pages. They hold nothing but an address, so the drawing may go in as it is."""

import segno
from nicegui import ui

from app.settings import settings

QUIET_ZONE = 4  # modules; scanners need it


def qr_code(path: str, name: str) -> None:
    """The code of the page at `path`, as its address is known outside; `name` is read aloud."""
    code = segno.make(settings().public_url + path, error="m", micro=False)
    ui.html(code.svg_inline(border=QUIET_ZONE, light="#fff", omitsize=True, title=name), sanitize=False)
