"""What /display and /kiosk show on a device that has to be paired first."""

from contextlib import suppress

from nicegui import background_tasks, context

from app import clock, trace
from app.components.frame import bare_frame
from app.components.pairing import Pairing
from app.components.words import devices as words
from app.errors import DomainError
from app.models import DeviceKind
from app.services import devices
from app.services.devices import DeviceView, State, Waiting
from app.web import devices as here
from app.web import limits
from app.web.actions import commit
from app.web.page import visit


def show_code(kind: DeviceKind, before: DeviceView | None) -> None:
    """A page with a code. `before` is the device that this browser was. Waiting begins when the page is alive:
    whoever only asks for the page leaves nothing behind."""
    revoked = before is not None and before.state is State.REVOKED
    may_open = (
        kind is DeviceKind.DISPLAY and (before is None or revoked) and not visit().clinic.rules.screens_need_pairing
    )
    with bare_frame(words.PAIRING[kind]["title"], "tv"):
        element = Pairing(kind, revoked=revoked, may_open=may_open)
    _Wait(kind, element)


class _Wait:
    """One open page that waits."""

    def __init__(self, kind: DeviceKind, element: Pairing) -> None:
        self._kind, self._element, self._address = kind, element, visit().address
        self._client = context.client
        self._waiting: Waiting | None = None
        self._busy = False
        self._client.on_connect(self._begin)
        self._client.on_delete(self._leave)

    async def _begin(self) -> None:
        if self._waiting or self._busy:
            return
        self._busy = True
        trace.begin(self._address)
        try:
            limits.hit("pair", self._address)
            waiting = await commit(lambda session: devices.wait(session, self._kind))
        except DomainError as refusal:
            self._element.refuse(refusal.message)
            return
        finally:
            self._busy = False
        self._waiting = waiting
        self._element.show(waiting.code)
        with self._client:
            here.follow(waiting.id, None, self._changed)

    def _changed(self, device: DeviceView | None) -> None:
        if self._waiting is None:
            return
        if device is None or device.state is State.REVOKED:
            self._waiting = None
            background_tasks.create(self._begin(), name="another code")
        elif device.state is State.PAIRED:
            self._element.hand_over(self._waiting.secret)
        elif device.code_expires_at <= clock.now() and not self._busy:
            background_tasks.create(self._renew(self._waiting), name="renew a code")

    async def _renew(self, waiting: Waiting) -> None:
        self._busy = True
        try:
            code = await commit(lambda session: devices.renew(session, waiting.id))
        except DomainError:
            return  # the next look tries again
        finally:
            self._busy = False
        if code:
            self._element.show(code)

    async def _leave(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting:
            with suppress(DomainError):  # it is forgotten soon anyway
                await commit(lambda session: devices.give_up(session, waiting.id))
