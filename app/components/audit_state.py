"""The audit's state in one line: how far it is sealed, when somebody last looked through it, and a button to look."""

from nicegui import context, html

from app import clock
from app.components.chips import Text
from app.components.frame import icon
from app.components.words import admin
from app.components.words import audit as words
from app.services import auditing
from app.services.auditing import State
from app.services.tampering import Check
from app.web.actions import attempt, fetch
from app.web.audit_check import look_through
from app.web.page import visit

MOST_SENTENCES = 20


class AuditState:
    def __init__(self) -> None:
        here = visit()
        self._actor, self._zone = here.actor, here.clinic.timezone
        self._client = context.client

    async def build(self) -> None:
        state = await fetch(lambda session: auditing.state(session, actor=self._actor))
        with html.div().classes("note") as self._box:
            icon("lock")
            with html.span().classes("grow"):
                self._sealed = Text("b")
                html.br()
                self._line = Text("span").props("role=status")
                self._findings = html.ul()
            self._button = html.button(words.CHECK_NOW).classes("btn").props("type=button data-focus=check")
            self._button.on("click", self._check, args=[])
        self._show(state)

    def _show(self, state: State) -> None:
        self._sealed.text = words.sealed_to(state.sealed_to)
        if state.checked_at is None:
            self._line.text = words.NEVER_CHECKED
            return
        at = clock.at_clinic(state.checked_at, self._zone)
        self._line.text = words.checked(f"{admin.date(at.date())}, {at:%H:%M}", state.findings)
        self._box.classes(**({"add": "warn"} if state.findings else {"remove": "warn"}))

    async def _check(self) -> None:
        if "aria-busy" in self._button.props:
            return
        self._button.props["aria-busy"] = "true"
        self._line.text = words.BEGIN_CHECK
        check = await attempt(lambda: look_through(self._actor, self._say))
        state = await attempt(lambda: fetch(lambda session: auditing.state(session, actor=self._actor)))
        if self._client.is_deleted:
            return
        self._button.props.pop("aria-busy", None)
        if state:
            self._show(state)
        if check:
            self._list(check)

    def _say(self, done: int, total: int) -> None:
        if not self._client.is_deleted:
            self._line.text = words.progress(done, total)

    def _list(self, check: Check) -> None:
        self._findings.clear()
        with self._findings:
            for finding in check.findings[:MOST_SENTENCES]:
                html.li(finding.sentence)
            if len(check.findings) > MOST_SENTENCES:
                html.li(words.and_more(len(check.findings) - MOST_SENTENCES))
