"""Where the present request came from: for the audit and the log. Set at the edge, the same for all it causes."""

import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address


@dataclass(frozen=True, slots=True)
class Trace:
    address: str = ""
    request_id: str = ""


_NOBODY = Trace()
_current: ContextVar[Trace] = ContextVar("trace", default=_NOBODY)


def begin(address: str) -> Trace:
    """A new request from `address`. What it starts, on threads and in tasks too, belongs to it."""
    trace = Trace(address[:45], secrets.token_hex(8))
    _current.set(trace)
    return trace


def current() -> Trace:
    return _current.get()


def network(address: str) -> str:
    """Whose an address is: whoever has one IPv6 address has all 2⁶⁴ of its network. Other words stay as they are."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped) if known.ipv4_mapped else known.exploded[:19]
