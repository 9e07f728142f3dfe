"""Every word people read on a page, in one place. Short sentences; whole sentences; no blame."""

from typing import Final

from app.models import Role
from app.services.estimate import Wait

PRODUCT: Final = "MediQueue"

# the frame
LIVE: Final = "Live"
MAIN_MENU: Final = "Main"
SKIP_TO_CONTENT: Final = "Skip to the page"
NO_CONNECTION_SINCE: Final = "No connection since "
OFFLINE_STAFF: Final = "This list may be old."
OFFLINE_PATIENT: Final = "You keep your place."
TRY_NOW: Final = "Try now"
SIGN_OUT: Final = "Sign out"
SHORTCUTS: Final = "Shortcuts"
DARK: Final = "Dark screen"
LIGHT: Final = "Light screen"
UNDO: Final = "Undo"
ERROR: Final = "Error: "  # in front of a page's title

# the menu
MY_QUEUE: Final = "My queue"
HISTORY: Final = "History"
OVERVIEW: Final = "Overview"
MY_PROFILE: Final = "My profile"
FRONT_DESK: Final = "Front desk"
DOCTORS: Final = "Doctors"
ENTRIES: Final = "Tickets"
PATIENTS: Final = "Patients"
USERS: Final = "Staff and users"
AUDIT: Final = "Audit"
SETTINGS: Final = "Settings"
SCREEN: Final = "Screen"
DEVICES: Final = "Devices"

ROLES: Final[dict[Role, str]] = {
    Role.PATIENT: "Patient",
    Role.DOCTOR: "Doctor",
    Role.NURSE: "Nurse",
    Role.RECEPTION: "Reception",
    Role.ADMIN: "Admin",
}


def initials(name: str) -> str:
    """Two letters for the round picture: "Dr Amina Rahman" is AR."""
    parts = [part for part in name.split() if part.rstrip(".").lower() not in {"dr", "prof"}]
    letters = [parts[0][0], parts[-1][0]] if len(parts) > 1 else [name[:1]]
    return "".join(letters).upper()


def wait(range_: Wait | None) -> str:
    """A wait as people say it: always a range, never an exact number."""
    if range_ is None:
        return "We can't say yet"
    low, high, unit = range_.low_minutes, range_.high_minutes, "min"
    if low >= 120:
        low, high, unit = low // 60, -(-high // 60), "h"
    return f"{low}–{high} {unit}" if low else f"under {high} {unit}"
