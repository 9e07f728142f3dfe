"""The frame of the pages before a sign-in: one sheet in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import html, ui

from app.components import words
from app.components.frame import icon


@contextmanager
def auth_frame(title: str, under: str, *, wide: bool = False, failed: bool = False) -> Iterator[None]:
    """`under` stands under the product's name: the clinic's, once there is one. `failed`: something is wrong."""
    ui.page_title(f"{words.ERROR if failed else ''}{title} – {words.PRODUCT}")
    ui.query("body").classes("staff")
    with html.main().classes("auth wide" if wide else "auth"), html.div().classes("box"):
        with html.div().classes("row"):
            with html.span().classes("logo large"):
                icon("ticket")
            with html.span():
                html.b(words.PRODUCT)
                html.br()
                html.span(under).classes("muted")
        html.h1(title)
        yield
