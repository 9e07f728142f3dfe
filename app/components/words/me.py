"""Words of a patient's own pages."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.models import BloodGroup, Need, Sex

# my page
TITLE: Final = "My page"
NOW: Final = "In the queue now"
NONE_NOW: Final = "You have no ticket right now"
NONE_NOW_TEXT: Final = "Tickets of everybody here show up by themselves."
NEXT: Final = "next"
PEOPLE: Final = "People on this account"
YOU: Final = "You"
ADD_PERSON: Final = "Add a person"
VISITS: Final = "Past visits"
ALL_VISITS: Final = "All past visits"
NO_VISITS: Final = "No past visits yet"
NO_VISITS_TEXT: Final = "When a visit is over, you find it here."
OLDER: Final = "Older visits"
NEWEST: Final = "Newest visits"
SECURITY: Final = "Sign-in and security"
MY_DATA: Final = "Get a copy of my data"
BACK: Final = "My page"
WHO: Final = "Doctor and ticket"
HOW: Final = "Day and how it ended"

# one person
NEW_PERSON: Final = "Add a person"
NEW_PERSON_TEXT: Final = "A child, a parent, or somebody you help. You can take tickets for them."
ABOUT: Final = "About this person"
ABOUT_YOU: Final = "About you"
NAME: Final = "Name"
BORN: Final = "Date of birth"
SEX: Final = "Sex"
PHONE: Final = "Phone"
HEALTH: Final = "Health"
BLOOD_GROUP: Final = "Blood group"
NOT_KNOWN: Final = "Not known"
NOT_SAID: Final = "Not said"
ALLERGIES: Final = "Allergies"
ALLERGIES_HINT: Final = "One on each line, such as Penicillin."
INSURANCE: Final = "Insurance"
INSURANCE_PROVIDER: Final = "Insurance company"
INSURANCE_NUMBER: Final = "Insurance number"
EMERGENCY: Final = "Whom should we call if something happens?"
EMERGENCY_NAME: Final = "Their name"
EMERGENCY_PHONE: Final = "Their phone"
HELP: Final = "Help and language"
HELP_HINT: Final = "Staff see this at every visit."
LANGUAGE: Final = "Language you like best"
PRIVACY: Final = "Privacy"
CONFIDENTIAL: Final = "Keep the name secret"
CONFIDENTIAL_HINT: Final = "Only the doctor and the nurses see the name. The front desk sees only the ticket number."
SAVE: Final = "Save"
SAVED: Final = "Saved."
CHECK_AGAIN: Final = "Nothing was overwritten. You see both now. Please look at it and save again."


def other_window(field: str, value: str) -> str:
    return f"In the other window {field} says: {value}."


BAD_DATE: Final = "Please check the date of birth."
REMOVE: Final = "Take off my account"
REMOVE_EFFECT: Final = "You can't take tickets for them here any more. The clinic keeps their record."
REMOVE_VERB: Final = "Take off"
KEEP: Final = "Keep"

SEXES: Final[Mapping[str, str]] = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.OTHER: "Other"}
BLOOD_GROUPS: Final[Mapping[str, str]] = {group.value: group.value.replace("-", "−") for group in BloodGroup}
NEEDS: Final[Mapping[Need, str]] = {
    Need.FETCH: "Please fetch in person",
    Need.DEAF: "Cannot hear well",
    Need.BLIND: "Cannot see well",
    Need.WHEELCHAIR: "Uses a wheelchair",
    Need.CHILD: "Comes with a child",
}
# by their own names, as their speakers look for them
LANGUAGES: Final[Mapping[str, str]] = {
    "id": "Bahasa Indonesia", "bs": "Bosanski", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "en": "English", "es": "Español", "fil": "Filipino", "fr": "Français", "hr": "Hrvatski", "it": "Italiano",
    "sw": "Kiswahili", "ku": "Kurdî", "lv": "Latviešu", "lt": "Lietuvių", "hu": "Magyar", "nl": "Nederlands",
    "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română", "sq": "Shqip", "sk": "Slovenčina",
    "sl": "Slovenščina", "so": "Soomaali", "fi": "Suomi", "sv": "Svenska", "vi": "Tiếng Việt", "tr": "Türkçe",
    "el": "Ελληνικά", "bg": "Български", "ru": "Русский", "sr": "Српски", "uk": "Українська", "he": "עברית",
    "ar": "العربية", "prs": "دری", "fa": "فارسی", "ps": "پښتو", "ur": "اردو", "am": "አማርኛ", "ti": "ትግርኛ",
    "ne": "नेपाली", "hi": "हिन्दी", "bn": "বাংলা", "pa": "ਪੰਜਾਬੀ", "ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย",
    "zh": "中文", "ja": "日本語", "ko": "한국어",
}  # fmt: skip

# a record that the desk knows
CLAIM_TITLE: Final = "Add to your account"
CLAIM_BORN_HINT: Final = "So that we know it is the right person."
CLAIM_IS_ME: Final = "This is me"
CLAIM_FAMILY: Final = "Somebody I look after"
CLAIM_WHO: Final = "Who is it?"
CLAIM_DO: Final = "Add to my account"
CLAIM_NOT: Final = "Not now"

# the desk hands the link over
HAND_OVER: Final = "Give the patient a link"
HAND_OVER_TITLE: Final = "A link for the patient"
HAND_OVER_TEXT: Final = "The patient scans this or types the address. Then the record is on their own account."
HAND_OVER_LASTS: Final = "It works once, for 7 days."
HAND_OVER_QR: Final = "QR code of the link"
HAND_OVER_PRINT: Final = "Print"
HAND_OVER_CLOSE: Final = "Close"
HAND_OVER_ADDRESS: Final = "The link"
HAND_OVER_COPY: Final = "Copy"
PAPER_TITLE: Final = "Your own page"
PAPER_TEXT: Final = "Scan this. Make an account or sign in, and you see your visits on your phone."


def hello(name: str) -> str:
    return f"Hello, {name}"


def years(number: int) -> str:
    return "under 1 year" if number < 1 else "1 year" if number == 1 else f"{number} years"


def about(is_own: bool, age: int | None) -> str:
    """ "You · 40 years": under the name of somebody of an account."""
    return " · ".join([*([YOU] if is_own else []), *([years(age)] if age is not None else [])])


def before(number: int) -> str:
    if number == 0:
        return NEXT
    return "1 before" if number == 1 else f"{number} before"


def room(name: str) -> str:
    return f"room {name}" if name[:1].isdigit() or len(name) == 1 else name


def day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def remove_question(name: str) -> str:
    return f"Take {name} off your account?"


def claim_question(letters: str) -> str:
    return f"Add {letters} to your account?"


def claim_wrong(tries_left: int) -> str:
    if not tries_left:
        return "That was wrong too often. Please ask the desk for a new link."
    times = "once more" if tries_left == 1 else f"{tries_left} more times"
    return f"That is not the date of birth we know. You can try {times}."
