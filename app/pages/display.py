"""The waiting-room screen. Open to all: it shows tokens and rooms, and nothing else."""

from typing import Annotated

from fastapi import Query

from app.components import display as screens
from app.components.frame import bare_frame
from app.components.words import screen
from app.errors import NotFound
from app.services import steps
from app.web import live
from app.web.page import PUBLIC, page, visit


@page("/display", allow=PUBLIC, title=screen.TITLE)
async def display(doctor: Annotated[list[str] | None, Query()] = None, scale: Annotated[str, Query()] = "1") -> None:
    """`?doctor=1&doctor=2` shows some doctors, nothing shows all; `?scale=1.5` is larger text."""
    queues = [await live.queue(_number(one)) for one in doctor] if doctor else await live.queues()
    here = visit()
    screens.splash(here)
    with bare_frame(screen.TITLE, "tv"):
        screens.Display(
            here.clinic.name,
            queues,
            everyone=not doctor,
            scale=scale if scale in screens.SCALES else screens.SCALES[0],
        )


def _number(doctor: str) -> int:
    if not doctor.isascii() or not doctor.isdigit() or len(doctor) > 9:
        raise NotFound(steps.UNKNOWN_DOCTOR, code="unknown_doctor")
    return int(doctor)
