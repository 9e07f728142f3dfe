"""Words of the audit page. What somebody did is said as what they set out to do: the outcome stands beside it."""

from typing import Final

from app.models import Outcome
from app.services.policy import Verb

SUBTITLE: Final = "Who did what, and who tried to"
FIND_PERSON: Final = "Who: name, e-mail or number"
EMPTY: Final = "Nothing is written down yet"
EMPTY_TEXT: Final = "Each change, and each look at a record, shows up here."

WHEN: Final = "When"
WHO: Final = "Who"
WHAT: Final = "What"
PATIENT: Final = "Patient"
OUTCOME: Final = "Outcome"
FROM_WHERE: Final = "From where"
EVERYTHING: Final = "Everything"
DONE_OR_REFUSED: Final = "Done and refused"
FIRST_DAY: Final = "From"
LAST_DAY: Final = "To"
PATIENT_NUMBER: Final = "Patient number"
NEWER: Final = "Newer"
OLDER: Final = "Older"
EXPORT: Final = "Take away as CSV"
NOBODY: Final = "Not signed in"
BY_ITSELF: Final = "By itself"
NO_PATIENT: Final = "–"

# one row
ROW: Final = "Row"
ROLE: Final = "Role"
OBJECT: Final = "About"
REASON: Final = "Reason"
FIELDS: Final = "Fields"
ADDRESS: Final = "Address"
REQUEST: Final = "Request"
CODE: Final = "Code"
SEAL: Final = "Seal"
NOT_SEALED: Final = "Not sealed yet. It takes a few seconds."

# the seal
CHECK_NOW: Final = "Check now"
NEVER_CHECKED: Final = "Nobody has looked through all of it yet."
SOUND: Final = "All rows are as they were written."
BEGIN_CHECK: Final = "Checking…"

OUTCOMES: Final[dict[Outcome, str]] = {Outcome.DONE: "Done", Outcome.DENIED: "Refused"}
_ROLES: Final = {
    "patient": "Patient", "doctor": "Doctor", "nurse": "Nurse", "reception": "Reception", "admin": "Admin",
    "system": BY_ITSELF, "anonymous": NOBODY, "kiosk": "Kiosk",
}  # fmt: skip
_KINDS: Final = {
    "entry": "Ticket", "doctor": "Doctor", "patient": "Patient", "user": "Account", "session": "Sign-in",
    "clinic": "Clinic", "device": "Device", "audit": "Audit", "page": "Page", "api": "Programs",
    "ticket": "Ticket link", "appointment": "Appointment",
}  # fmt: skip

ACTIONS: Final[dict[str, str]] = {
    # in the line
    Verb.JOIN: "Take a ticket.",
    Verb.CHECK_IN: "Check in for an appointment.",
    Verb.CALL_NEXT: "Call the next person.",
    Verb.CALL: "Call this person.",
    Verb.RECALL: "Call this person again.",
    Verb.START: "Begin the visit.",
    Verb.DONE: "Finish the visit.",
    Verb.SKIP: "Skip this person.",
    Verb.PUT_BACK: "Put this person back into the line.",
    Verb.HOLD: "Put this person on hold.",
    Verb.RESUME: "Go on with the visit.",
    Verb.RETURN: "Come back into the line.",
    Verb.CANCEL: "Take this person out of the line.",
    Verb.NO_SHOW: "Close the ticket: the person never came.",
    Verb.RESTORE: "Bring a closed ticket back.",
    Verb.UNDO: "Undo the last step.",
    Verb.TRANSFER: "Move this person to another doctor.",
    Verb.PRIORITISE: "Change who goes first.",
    Verb.PAUSE: "Take nobody new.",
    Verb.OPEN: "Open the queue, or a page.",
    Verb.BREAK: "Begin or end a break.",
    Verb.CLOSE_DAY: "Close the queue for the day.",
    Verb.SEE: "Look at the queue.",
    Verb.ANSWER: "Answer from the phone.",
    Verb.MORE_TIME: "Ask for more time.",
    "act": "Act on a queue.",
    "promise": "Promise a waiting time.",
    # patients
    "patient-see": "Look at a patient's record.",
    "patient-change": "Change a patient's record.",
    "patient-merge": "Make two records of a patient one.",
    "patient-unmerge": "Make one record two again.",
    "patient-export": "Take away all that is kept about a patient.",
    "patient-erase": "Erase a patient's record.",
    "profile-change": "Change a patient's record.",
    "profile-read": "Look at one's own record.",
    "appointment-hold": "Keep a time while a form is filled in.",
    "appointment-book": "Book an appointment.",
    "appointment-move": "Move an appointment.",
    "appointment-cancel": "Cancel an appointment.",
    "appointment-missed": "Nobody came to an appointment.",
    "waitlist-join": "Ask for an earlier time.",
    "waitlist-offer": "Offer an earlier time.",
    "waitlist-decline": "Say no to an earlier time.",
    "waitlist-leave": "Ask for no earlier time any more.",
    "name-see": "Look at a name that is kept from the desk.",
    "own-visits": "Look at one's own visits.",
    "claim": "Bring a record to one's own account.",
    "claim-offer": "Make a link to bring a record to an account.",
    "family-add": "Add somebody to the family.",
    "family-read": "Look at somebody of the family.",
    "family-remove": "Take somebody out of the family.",
    "retention-run": "Erase what is old enough.",
    "retention-see": "Look at what is erased.",
    "entries-export": "Take away the list of tickets.",
    # accounts
    "register": "Make an account.",
    "register-again": "Make an account that is there already.",
    "user-add": "Add an account.",
    "user-change": "Change an account.",
    "user-invite": "Invite somebody to an account.",
    "reset-asked": "Ask for a new password.",
    "reset-made": "Make a link for a new password.",
    "password-set": "Set a password.",
    "password-change": "Change one's own password.",
    "sign-in": "Sign in.",
    "sign-out": "Sign out.",
    "lock": "Lock the page.",
    "unlock": "Unlock the page.",
    "sessions-end": "End all sign-ins of somebody.",
    "session-ended-by-owner": "End a sign-in of one's own.",
    "second-step-on": "Turn the second step on.",
    "second-step-off": "Turn the second step off.",
    "recovery-codes-new": "Make new recovery codes.",
    "recovery-code-used": "Use a recovery code.",
    # the clinic
    "set-up": "Set the clinic up.",
    "settings-change": "Change the settings.",
    "doctor-add": "Add a doctor.",
    "doctor-change": "Change a doctor.",
    "doctor-profile": "Change one's own profile.",
    "doctor-retire": "Retire a doctor.",
    "doctor-rehire": "Bring a doctor back.",
    "device-claim": "Let a paired screen in.",
    "device-pair": "Pair a screen.",
    "device-change": "Change a screen.",
    "device-revoke": "Take a screen away.",
    # schedules and bookings that no longer fit
    "schedule": "Look at a schedule, or change it.",
    "period-add": "Add hours to a schedule.",
    "period-change": "Change hours of a schedule.",
    "period-remove": "Take hours out of a schedule.",
    "period-copy": "Give several days the same hours.",
    "exception-add": "Add leave, extra hours or a closed day.",
    "exception-remove": "Take away leave, extra hours or a closed day.",
    "closures": "Look at the closed days.",
    "closure-add": "Add a closed day.",
    "closure-remove": "Take a closed day away.",
    "appointment-keep": "Keep an appointment that no longer fits the schedule.",
    "appointment-tell": "Write to a patient that a time is not possible any more.",
    # the audit itself
    "audit-see": "Look at the audit.",
    "audit-check": "Check the audit.",
    "audit-export": "Take away the audit.",
    "audit-accept": "Go on from the audit as it is.",
    "restore-backup": "Bring a backup back.",
}


def action(code: str) -> str:
    """What it is, in a sentence; a code that nobody has put into words yet stays as it is."""
    return ACTIONS.get(code, code)


def role(code: str) -> str:
    return _ROLES.get(code, code)


def who(name: str, user_id: int | None, code: str) -> str:
    return name or (f"Account {user_id}" if user_id else role(code))


def about(kind: str, number: int | None) -> str:
    word = _KINDS.get(kind, kind)
    return f"{word} {number}" if number is not None else word


def patient(number: int) -> str:
    return f"Number {number}"


def sealed_to(row: int) -> str:
    return f"Sealed up to row {row:,}." if row else "Nothing is sealed yet."


def checked(when: str, findings: int) -> str:
    how = SOUND if not findings else f"{count(findings)} wrong."
    return f"Last checked {when}. {how}"


def count(findings: int) -> str:
    return "1 thing is" if findings == 1 else f"{findings:,} things are"


def progress(done: int, total: int) -> str:
    return f"Checking… {done:,} of {total:,} rows."


def and_more(number: int) -> str:
    return f"And {number:,} more. The command “audit verify” lists them."
