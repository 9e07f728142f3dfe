"""One module per screen: route, guard, frame, sections. Nothing else."""

from importlib import import_module

PAGES = (
    "home",
    "join",
    "book",
    "appointment",
    "me",
    "people",
    "claim",
    "ticket",
    "display",
    "kiosk",
    "doctor",
    "doctor_history",
    "doctor_profile",
    "doctor_schedule",
    "print_ticket",
    "reception",
    "appointments_desk",
    "login",
    "locked",
    "account",
    "register",
    "forgot",
    "password",
    "setup",
    "admin",
    "admin.audit",
    "admin.closures",
    "admin.devices",
    "admin.doctors",
    "admin.duplicates",
    "admin.entries",
    "admin.patients",
    "admin.retention",
    "admin.settings",
    "admin.users",
    "admin.welcome",
)  # fmt: skip


def mount() -> None:
    """Register every page's route."""
    for name in PAGES:
        import_module(f"{__name__}.{name}")
