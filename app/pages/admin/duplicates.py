"""Records that may be of the same person: the list, and two of them beside each other to be made one."""

from functools import partial

from nicegui import html, ui

from app import events
from app.components import compare
from app.components import words as common
from app.components.dialogs import button, confirm
from app.components.forms import Form, Values
from app.components.frame import staff_frame
from app.components.lists import done_by
from app.components.places import Place
from app.components.tables import Column, Empty, nothing, pager, table_head
from app.components.words import privacy as words
from app.db import Session
from app.errors import Invalid
from app.pages.admin import ADMIN
from app.services import duplicates, merging
from app.services.duplicates import Pair, Why
from app.services.merging import MergeRow
from app.web.actions import act, commit
from app.web.numbers import number
from app.web.page import page, visit
from app.web.sections import section

PATH = "/admin/duplicates"
MENU = "/admin/patients"
WHY = "why"


@page(PATH, allow=ADMIN)
async def duplicates_page() -> None:
    place = Place.read(PATH, WHY)
    with staff_frame(words.DUPLICATES_TITLE, current=MENU, subtitle=words.DUPLICATES_TEXT) as top:
        with top:
            html.a(common.PATIENTS).classes("btn").props["href"] = MENU
        with html.div().classes("page tight"):
            _ways(place)
            await _Pairs(place).build()
            _two_numbers()
            await _recent()


@page(f"{PATH}/{{first}}/{{second}}", allow=ADMIN)
async def compare_page(first: str, second: str) -> None:
    actor = visit().actor
    pair = await commit(
        lambda s: duplicates.compare(s, actor=actor, first_id=number(first) or 0, second_id=number(second) or 0)
    )
    with staff_frame(words.COMPARE_TITLE, current=MENU, subtitle=words.COMPARE_TEXT) as top:
        with top:
            html.a(words.BACK_TO_LIST).classes("btn").props["href"] = PATH
        with html.div().classes("page tight"):
            compare.records(*pair, merge=_merge)


async def _merge(kept: int, gone: int, taken: set[str], name: str) -> None:
    actor = visit().actor
    if not await confirm(
        words.merge_question(name), words.MERGE_EFFECT, yes=words.MERGE_VERB, no=words.KEEP_TWO, danger=True
    ):
        return
    done = await act(lambda s: merging.merge(s, actor=actor, kept_id=kept, gone_id=gone, taken=taken))
    if done:
        ui.navigate.to(f"{MENU}?open={kept}")


def _ways(place: Place) -> None:
    chosen = _why(place)
    with html.div().classes("tools"), html.nav().classes("seg") as nav:
        nav.props["aria-label"] = words.DUPLICATES_TITLE
        for why, word in words.LIKELY.items():
            link = html.a(word)
            link.props["href"] = f"{PATH}?{WHY}={why}"
            if why is chosen:
                link.props["aria-current"] = "page"


def _why(place: Place) -> Why:
    asked = place.filters[WHY]
    return Why(asked) if asked in set(Why) else Why.BORN


class _Pairs:
    """The likely pairs, a page at a time."""

    def __init__(self, place: Place) -> None:
        self._place, self._actor = place, visit().actor

    async def build(self) -> None:
        self._refresh = await section(self._load, self._draw, on=events.PeopleChanged)

    def _load(self, session: Session) -> list[Pair]:
        return duplicates.pairs(session, actor=self._actor, why=_why(self._place), page=self._place.page)

    def _draw(self, rows: list[Pair]) -> None:
        more, rows = len(rows) > duplicates.PAGE, rows[: duplicates.PAGE]
        with html.section().classes("card"):
            if rows:
                with html.table().classes("tbl"):
                    table_head([Column(words.OLDER), Column(words.NEWER), Column("")])
                    with html.tbody():
                        for pair in rows:
                            compare.pair(pair, f"{PATH}/{pair.older.id}/{pair.newer.id}")
            else:
                nothing(Empty("users", words.NO_PAIRS, words.NO_PAIRS_TEXT), Place(PATH, page=self._place.page))
            if more or self._place.page > 1:
                pager(self._place.page, duplicates.PAGE, len(rows), more=more, turn_to=self._turn_to)

    def _turn_to(self, page_: int) -> None:
        self._place.page = page_
        ui.navigate.history.replace(self._place.url)
        self._refresh()


def _two_numbers() -> None:
    async def sent(values: Values) -> None:
        pair = [number(values.get(name, "").strip().removeprefix("#")) for name in ("first", "second")]
        if None in pair or pair[0] == pair[1]:
            raise Invalid(words.BAD_NUMBER, code="bad_number")
        ui.navigate.to(f"{PATH}/{pair[0]}/{pair[1]}")

    with html.section().classes("card"):
        with html.div().classes("head"):
            html.h2(words.TWO_NUMBERS)
        with html.div().classes("body"):
            form = Form(sent, css="stack")
            with form.root:
                form.note()
                with html.div().classes("two"):
                    form.text("first", words.FIRST_NUMBER, inputmode="numeric", maxlength=10)
                    form.text("second", words.SECOND_NUMBER, inputmode="numeric", maxlength=10)
                with html.div().classes("row"):
                    html.button(words.COMPARE).classes("btn").props("type=submit")


async def _recent() -> None:
    actor, zone = visit().actor, visit().clinic.timezone

    async def take_back(row: MergeRow) -> None:
        said = words.merged_row(row.gone_name, row.gone_id, row.kept_name, row.kept_id)
        if await confirm(f"{said}.", words.TAKE_BACK_EFFECT, yes=words.TAKE_BACK, no=words.KEEP_MERGED):
            verb = partial(merging.take_back, actor=actor, merge_id=row.id)
            await act(done_by(verb), lambda _: words.TAKEN_BACK)

    def draw(rows: list[MergeRow]) -> None:
        if not rows:
            return
        with html.section().classes("card"):
            with html.div().classes("head"):
                html.h2(words.RECENT)
                html.span(words.RECENT_TEXT).classes("muted small")
            with html.div().classes("body stack"):
                for row in rows:
                    with html.div().classes("row wrap"):
                        compare.merged(row, zone)
                        button(words.TAKE_BACK, partial(take_back, row), of=words.number(row.gone_id))

    await section(lambda s: merging.recent(s, actor=actor), draw, on=events.PeopleChanged)
