"""Beside the line at the desk: who is expected next, and who should be here already."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from nicegui import html

from app import clock
from app.components import chips
from app.components.desk_appointments_acts import check_in
from app.components.desk_rows import Face
from app.components.frame import icon
from app.components.words import desk as desk_words
from app.components.words import desk_appointments as words
from app.db import Session
from app.services import desk_day
from app.services.desk_day import BookedRow
from app.web.page import visit

SOON = timedelta(hours=1)
MOST = 6
PATH = "/reception/appointments"


class Next:
    def __init__(self) -> None:
        self._actor = visit().actor
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.NEXT)
                html.a(words.ALL_OF_TODAY).classes("small").props(f"href={PATH}")
            self._box = Face()

    def load(self, session: Session) -> Sequence[BookedRow]:
        rows = desk_day.of_day(session, actor=self._actor)
        return [row for row in rows if row.is_coming]

    def show(self, rows: Sequence[BookedRow]) -> None:
        now = clock.now()
        soon = [row for row in rows if row.starts_at < now + SOON][:MOST]
        late = tuple(row.starts_at < now for row in soon)
        self._box.show((tuple(soon), late), partial(self._draw, soon, now))

    def _draw(self, soon: Sequence[BookedRow], now: datetime) -> None:
        for row in soon:
            with html.div().classes("need"):
                icon("clock")
                with html.span().classes("grow"):
                    html.b(f"{chips.at_clinic(row.starts_at, visit().clinic.timezone)} ")
                    html.bdi(row.patient_name)
                    html.span(f" · {desk_words.surname(row.doctor_name)}")
                    if row.starts_at < now:
                        html.span(f" · {words.LATE} ").classes("late")
                        chips.since(row.starts_at)
                _button(row)
        if not soon:
            html.div(words.NOBODY_NEXT).classes("need muted")


def _button(row: BookedRow) -> None:
    with html.button().classes("btn").props("type=button") as made:
        html.span(words.CHECK_IN)
        html.span(f" {row.patient_name}").classes("vh")
    made.props["data-focus"] = f"expected-{row.id}"
    made.on("click", partial(check_in, row), args=[])
