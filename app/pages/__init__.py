"""One module per screen: route, guard, frame, sections. Nothing else."""

from importlib import import_module

PAGES = (
    "home",
    "display",
)  # fmt: skip


def mount() -> None:
    """Register every page's route."""
    for name in PAGES:
        import_module(f"{__name__}.{name}")
