"""JSON for machines: the same services, the same refusals, as status codes."""


def mount() -> None:
    """Register every route of the API."""
    from app.api import health

    health.mount()
