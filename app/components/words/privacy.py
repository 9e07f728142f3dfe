"""Words of the pages about patients' records: the list, duplicates, what is held, what is erased and when."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from app.components.words import me
from app.components.words.admin import date
from app.services.duplicates import Why
from app.services.privacy import EraseReason

# the list
FIND_PATIENT: Final = "Name, phone or #number"
ACCOUNT: Final = "Account"
YES: Final = "Yes"
NO: Final = "No"
CONFIDENTIAL: Final = "Confidential"
DUPLICATES: Final = "Duplicates"
RETENTION: Final = "What is erased"
NUMBER: Final = "Record number"

# one record
WHY_TITLE: Final = "Confidential record"
WHY: Final = "Why do you have to see this record?"
WHY_HINT: Final = "A few words. They are kept with your name in the audit. The record is open for 15 minutes then."
WHY_OPEN: Final = "Open the record"
TICKETS: Final = "Last tickets"
NO_TICKETS: Final = "No tickets yet."
NO_ACCOUNT: Final = "None. Reception adds and changes the record."
EXPORT_PAGE: Final = "Show all that is held"
EXPORT_FILE: Final = "Save as a file"
ERASED_TITLE: Final = "Erased patient"
ERASED_TEXT: Final = "The name and all about this person are gone. Times of tickets stay for the clinic's counts."
DOWNLOADS: Final = "A copy of this record"

# erase
ERASE: Final = "Erase…"
ERASE_VERB: Final = "Erase for ever"
ERASE_EFFECT: Final = (
    "Name, profile, messages, words in tickets and the account are gone at once. Nobody can bring them back, "
    "we can't either. Times of tickets and the audit stay, without the name."
)
ERASE_WHY: Final = "Why"
ERASE_WORD: Final = "Type the word erase"
ERASE_DONE: Final = "The person is erased."
KEEP: Final = "Keep the record"
ERASE_REASONS: Final[Mapping[EraseReason, tuple[str, str]]] = {
    EraseReason.ASKED: ("The person asked for it", ""),
    EraseReason.MISTAKE: ("The record is a mistake", ""),
}

# duplicates
DUPLICATES_TITLE: Final = "Duplicates"
DUPLICATES_TEXT: Final = "Records that may be of the same person. Look at both before you merge them."
LIKELY: Final[Mapping[Why, str]] = {
    Why.BORN: "Same name and birthday",
    Why.PHONE: "Same name and phone",
    Why.ONLY_PHONE: "Same phone",
}
NO_PAIRS: Final = "No duplicates"
NO_PAIRS_TEXT: Final = "No two records look like the same person here."
OLDER: Final = "Older record"
NEWER: Final = "Newer record"
COMPARE: Final = "Compare"
TWO_NUMBERS: Final = "Compare two records"
FIRST_NUMBER: Final = "First number"
SECOND_NUMBER: Final = "Second number"
BAD_NUMBER: Final = "Please enter two record numbers."
RECENT: Final = "Merged lately"
RECENT_TEXT: Final = "You can take a merge back for 30 days."
TAKE_BACK: Final = "Take back"
TAKE_BACK_EFFECT: Final = "The tickets go back to the old record. What was changed since stays as it is."
TAKEN_BACK: Final = "There are two records again."
KEEP_MERGED: Final = "Keep it merged"

# compare
COMPARE_TITLE: Final = "The same person?"
COMPARE_TEXT: Final = "Choose the record that goes on, and for each line the value that is right."
GOES_ON: Final = "Goes on"
FIELD: Final = "What"
MERGE: Final = "Merge the two records"
MERGE_EFFECT: Final = (
    "All tickets and messages of the other record move here, and its number leads here. "
    "You can take this back for 30 days."
)
MERGE_VERB: Final = "Merge"
KEEP_TWO: Final = "Keep two records"
BACK_TO_LIST: Final = "Back to the list"
EMPTY: Final = "–"
FIELDS: Final[Mapping[str, str]] = {
    "name": me.NAME,
    "phone": me.PHONE,
    "born": me.BORN,
    "sex": me.SEX,
    "blood_group": me.BLOOD_GROUP,
    "allergies": me.ALLERGIES,
    "insurance_provider": me.INSURANCE_PROVIDER,
    "insurance_number": me.INSURANCE_NUMBER,
    "emergency_name": "Emergency contact",
    "emergency_phone": "Emergency phone",
    "needs": "Help needed",
    "language": "Language",
    "is_confidential": CONFIDENTIAL,
    "account": ACCOUNT,
}
STAYS_CONFIDENTIAL: Final = "One of the two is confidential, so the record stays confidential. You can change it later."

# retention
RETENTION_TITLE: Final = "What is erased, and when"
RULE: Final = "The rule"
CHANGE_RULE: Final = "Change the rule"
TODAY: Final = "Would be erased now"
RUN: Final = "Erase now…"
RUN_VERB: Final = "Erase for ever"
RUN_EFFECT: Final = "Nobody can bring these people back. This also happens by itself every night."
KEEP_FOR_NOW: Final = "Not now"
NOTHING_DUE: Final = "Nothing to erase"
NOTHING_DUE_TEXT: Final = "Nobody's time is over today."
PATIENT: Final = "Patient"
LAST_HERE: Final = "Last here"
ERASED_BY_RULE: Final = "Erased by the rule"
ERASED_AT: Final = "Erased"
NONE_ERASED: Final = "The rule has erased nobody yet."
KIND: Final = "What"
PEOPLE: Final = "Patients"
SMALL: Final[Mapping[str, str]] = {
    "user_session": "Ended sign-ins, after 30 days",
    "one_time_link": "Used or old links, after 30 days",
    "message": "Sent messages, after 30 days",
    "patient_merge": "Notes on merges, after 30 days",
}

# the copy
EXPORT_TITLE: Final = "All that is held"
PRINT_HINT: Final = "Print this page to have it on paper."
TICKETS_ALL: Final = "Tickets"
APPOINTMENTS: Final = "Appointments"
MESSAGES: Final = "Messages"
LOOKED_AT: Final = "Who looked or changed something"
SIGNED_IN: Final = "Signed in"
NOTHING: Final = "Nothing."


def yes_no(value: bool) -> str:
    return YES if value else NO


def number(patient_id: int) -> str:
    return f"#{patient_id}"


def erase_question(name: str) -> str:
    return f"Erase {name}?"


def merge_question(name: str) -> str:
    return f"Merge into {name}?"


def merged_row(gone: str, gone_id: int, kept: str, kept_id: int) -> str:
    return f"{gone} (#{gone_id}) went into {kept} (#{kept_id})"


def more(number_: int) -> str:
    return f"{number_} more like these" if number_ else ""


def account(handle: str, people: int, *, is_disabled: bool) -> str:
    if people > 1:
        looks = f"{handle} looks after {people} people."
        return f"{looks} The account is disabled." if is_disabled else looks
    return f"{handle} is disabled." if is_disabled else handle


def tickets(number_: int) -> str:
    return f"{number_} ticket" if number_ == 1 else f"{number_} tickets"


def rule(months: int, before: dt.date | None) -> str:
    if not months or before is None:
        return "Patients are kept for ever. Nobody is erased by itself."
    span = "1 month" if months == 1 else f"{months} months"
    return (
        f"Patients are erased {span} after they were last here. "
        "Whoever signs in, changes a profile or has an appointment counts as here, too. "
        f"Today: everybody not here since {date(before)}."
    )


def erased_on(day: str) -> str:
    return f"Erased on {day}."


def run_question(number_: int) -> str:
    return f"Erase {_people(number_)}?"


def progress(done: int, total: int) -> str:
    return f"{done} of {total} erased."


def run_done(number_: int) -> str:
    return f"{_people(number_)} erased. Old small things are gone, too."


def _people(number_: int) -> str:
    return "1 patient" if number_ == 1 else f"{number_} patients"
