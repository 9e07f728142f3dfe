"""JSON for machines: the same services, the same refusals, as status codes."""


def mount() -> None:
    """Register every route of the API."""
    from app.api import feed, health, metrics, rest, sign_in

    health.mount()
    sign_in.mount()
    metrics.mount()
    rest.mount()
    feed.mount()
