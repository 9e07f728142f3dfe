"""A link that brings a patient's record to their own account, on the screen and on paper, for whoever stands there."""

from nicegui import context, html

from app.components import dialogs
from app.components.chips import Text
from app.components.forms import COPY
from app.components.qr import qr_code
from app.components.words import me as words
from app.models import Role
from app.services import claims
from app.services.patients import PatientRow
from app.settings import settings
from app.web.actions import act
from app.web.page import visit

PRINT = "() => setTimeout(() => { window.print(); emit(); }, 400)"


def may_hand_over(patient: PatientRow) -> bool:
    """Whether whoever looks may make a link for this patient, whose name they see."""
    return visit().me.role in (Role.RECEPTION, Role.ADMIN) and not patient.has_account and not patient.sealed


async def hand_over(patient_id: int) -> None:
    """Make a new link and show it until it is closed or printed. It can't be seen again."""
    actor = visit().actor
    token = await act(lambda session: claims.offer(session, actor=actor, patient_id=patient_id))
    if token is None:
        return
    path = f"/claim/{token}"
    with dialogs.window(words.HAND_OVER_TITLE) as dialog:
        html.p(words.HAND_OVER_TEXT)
        qr_code(path, words.HAND_OVER_QR)
        _address(settings().public_url + path)
        html.p(words.HAND_OVER_LASTS).classes("muted")
        with html.div().classes("acts"):
            dialogs.button(words.HAND_OVER_PRINT, lambda: dialog.submit(True), css="primary")
            dialogs.button(words.HAND_OVER_CLOSE, dialog.close)
    if await dialogs.answer_of(dialog):
        _print(path)


def _address(address: str) -> None:
    with html.div().classes("input"):
        field = html.input_().props("readonly autocomplete=off")
        field.props.update({"^value": address, "aria-label": words.HAND_OVER_ADDRESS})
        copy = html.button(words.HAND_OVER_COPY).classes("link").props("type=button")
        copy.props["aria-controls"] = field.html_id
        copy.on("click", js_handler=COPY)


def _print(path: str) -> None:
    """A sheet without the name: paper gets lost."""
    with context.client.content, html.div().classes("paper print-only") as sheet:
        with html.div().classes("h"):
            html.b(visit().clinic.name)
        Text("h1", words.PAPER_TITLE).classes("dr")
        with html.div().classes("q"):
            qr_code(path, words.HAND_OVER_QR)
            html.p(words.PAPER_TEXT)
        with html.div().classes("n"):
            html.span(words.HAND_OVER_LASTS)
    sheet.on("vnodeMounted", sheet.delete, args=[], js_handler=PRINT)
