from nicegui import ui

from app.web.page import PUBLIC, page


@page("/", allow=PUBLIC)
async def home() -> None:
    ui.label("hello")
