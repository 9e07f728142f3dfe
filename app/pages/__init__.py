"""One module per screen: route, guard, frame, sections. Nothing else."""

from importlib import import_module

PAGES = (
    "home",
    "join",
    "me",
    "ticket",
    "display",
    "doctor",
    "doctor_history",
    "print_ticket",
    "reception",
    "login",
    "setup",
    "admin",
    "admin.doctors",
    "admin.entries",
    "admin.patients",
    "admin.settings",
    "admin.users",
    "admin.welcome",
)  # fmt: skip


def mount() -> None:
    """Register every page's route."""
    for name in PAGES:
        import_module(f"{__name__}.{name}")
