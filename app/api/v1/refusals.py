"""How each kind of refusal is described in OpenAPI."""

from typing import Any

from app.api.answers import Error

_WORDS = {
    401: "Nobody is signed in, or the sign-in has ended",
    403: "Signed in, but this is not theirs to do",
    404: "There is no such thing, or it is not yours",
    409: "Right in itself, but not now: the queue is closed or empty, somebody was faster, the list has changed",
    422: "A field is missing, unknown or out of range; or the request key was used for something else",
    429: "Too many tries; `Retry-After` says when to try again",
}
_ALWAYS = {
    400: "The body is not JSON",
    413: "The body is too large",
    503: "Very busy; the same request with the same key is safe to send again",
}


OPEN_TO_ALL: dict[str, Any] = {"security": [{}]}  # a sign-in may be sent and need not be


def refuses(*statuses: int, body: bool = True) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these statuses, beside those that any may."""
    words = {status: _WORDS[status] for status in (*statuses, 422, 429)} | (_ALWAYS if body else {503: _ALWAYS[503]})
    return {status: {"model": Error, "description": words[status]} for status in sorted(words)}
