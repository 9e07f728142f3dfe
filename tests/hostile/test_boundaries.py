"""Where a request ends is said in one way, or it is no request."""

import socket

import pytest

from tests.hostile.conftest import Target

HEAD = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
TWO_ENDS = (
    f"{HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    f"{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{SMUGGLED}",
    f"{HEAD}Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    f"{HEAD}Content-Length: +5\r\n\r\n0\r\n\r\n{SMUGGLED}",
    f"{HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    f"{HEAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    f"{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n{SMUGGLED}",
)


@pytest.mark.parametrize("sent", TWO_ENDS)
def test_a_message_has_one_end(target: Target, sent: str) -> None:
    """Otherwise a proxy and the server could disagree, and one person's bytes begin another's request."""
    with socket.create_connection(("127.0.0.1", target.server.port), timeout=3) as line:
        line.sendall(sent.encode())
        said = b""
        try:
            while part := line.recv(65536):
                said += part
        except TimeoutError:
            pass
    assert said.count(b"HTTP/1.1 ") == 1, said
    assert said.startswith(b"HTTP/1.1 400"), said
