"""JSON for machines: the same services, the same refusals, as status codes."""


def mount() -> None:
    """Register every route of the API."""
    from app.api import (
        account_forms,
        audit_export,
        calendar_files,
        downloads,
        feed,
        health,
        metrics,
        own_account,
        pairing,
        rest,
        sign_in,
    )

    health.mount()
    sign_in.mount()
    own_account.mount()
    account_forms.mount()
    pairing.mount()
    metrics.mount()
    audit_export.mount()
    downloads.mount()
    calendar_files.mount()
    rest.mount()
    feed.mount()
