"""What a device shows that waits to be paired: a code, large enough to be read across the room."""

from nicegui import ui

from app.components.words import devices as words
from app.models import DeviceKind
from app.web import payloads


class Pairing(ui.element, component="pairing.js"):
    """`revoked`: it was paired once, and is told so. `may_open`: the page behind it is open to all."""

    def __init__(self, kind: DeviceKind, *, revoked: bool, may_open: bool) -> None:
        super().__init__()
        self.props["words"] = payloads.text(words.PAIRING[kind])
        self.props["revoked"] = revoked
        self.props["open"] = may_open

    def show(self, code: str) -> None:
        self.props.pop("refusal", None)
        self.props["code"] = code

    def refuse(self, sentence: str) -> None:
        self.props["refusal"] = sentence

    def hand_over(self, secret: str) -> None:
        """It is paired: let the browser fetch its cookie for this."""
        self.props["secret"] = secret
