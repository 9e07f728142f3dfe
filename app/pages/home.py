"""The clinic's front page: who is here, and how long the lines are."""

from app.components.frame import menu_of
from app.components.patient.home import Home
from app.components.words.patient import HOME
from app.models import Role
from app.pages.ticket import still_open
from app.services import slot_search
from app.web import live
from app.web.actions import fetch
from app.web.page import PUBLIC, Visit, page, visit


@page("/", allow=PUBLIC)
async def home() -> None:
    Home(await live.queues(), *_own_page(visit()), still_open, books=await fetch(slot_search.is_offered))


def _own_page(here: Visit) -> tuple[str, str]:
    """Where this visitor goes from here: to sign in, or to the page they work with."""
    if here.principal is None:
        return "/login", HOME["sign_in"]
    if here.principal.role is Role.PATIENT:
        return "/me", HOME["my_page"]
    return menu_of(here)[0][0], HOME["my_page"]
