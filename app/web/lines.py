"""The server's end of a connection: one that opens and says nothing, or says it letter by letter, is cut."""

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_WITHIN: Final = 10.0  # seconds in which a request's head has to be there
LONGEST_HEAD: Final = 64 * 1024


class Line(HttpToolsProtocol):
    """uvicorn's HTTP, with an end to its patience. Bodies have theirs in `edge`, sockets in `guard`."""

    _patience: TimerHandle | None = None
    _is_socket = False
    _head: int | None = None  # bytes so far of a head that is not complete

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._be_patient()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.send_400_response("The request's head is too long.")
        if self._patience is None and not self._is_answering() and not self._is_socket:
            self._be_patient()  # the next request begins, or what comes is a body that was refused

    def handle_websocket_upgrade(self) -> None:
        self._is_socket = True  # from here on it is not ours
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        self._no_hurry()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_hurry()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # there is none before the first request
        return cycle is not None and not cycle.response_complete

    def _be_patient(self) -> None:
        self._patience = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _no_hurry(self) -> None:
        if self._patience:
            self._patience.cancel()
            self._patience = None
