"""What patients read on their phones. The dicts go to the browser as they are; {…} is filled in there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app import clock
from app.services.attendance import Attendance, Presence

Words = Mapping[str, str]

COMMON: Final[Words] = {
    "live": "Live",
    "connecting": "Connecting…",
    "checking": "Checking…",
    "no_connection": "No connection",
    "no_connection_since": "No connection since ",
    "keep_place": "You keep your place.",
    "try_now": "Try now",
    "range": "{low}–{high} min",
    "under": "under {high} min",
    "range_hours": "{low}–{high} h",
    "under_hours": "under {high} h",
    "cant_say": "We can't say yet",
    "waiting_none": "No one waiting",
    "waiting_one": "1 waiting",
    "waiting_many": "{n} waiting",
    "open": "",
    "break": "On a break",
    "break_until": "On a break until {time}",
    "not_yet": "Not here yet",
    "not_yet_until": "We open at {time}",
    "paused": "Takes nobody right now. Please ask the desk.",
    "full": "Full for today. Please ask the desk.",
    "closed": "Closed for today",
    "speaks": "Speaks {languages}",
    "your_tickets": "Your tickets",
    "your_ticket_is": "Your ticket",
    "offline_try": "There is no connection. Please try again in a moment.",
    "slow": "That took too long. Please press again.",
}

HOME: Final[Words] = {
    "title": "Get your ticket. We call you.",
    "lead": "Join a doctor's line with your phone. You see your place and your time, live.",
    "join": "Get my ticket",
    "book": "Book a visit",
    "doctors": "Doctors today",
    "nobody": "No doctor is here right now.",
    "sign_in": "Sign in",
    "my_page": "My page",
    "register": "Make an account",
}

JOIN: Final[Words] = {
    "title": "Who do you want to see?",
    "nobody": "No doctor takes people right now. Please ask the desk.",
    "name": "Your name",
    "privacy": "Only staff see your name. The screen shows your number.",
    "submit": "Get my ticket",
    "book": "Book a visit",
    "busy": "Getting your ticket…",
    "for_whom": "Who is it for?",
    "somebody_else": "Somebody else",
    "open_ticket": "Open the ticket",
    "no_person": "Please choose who it is for.",
    "no_doctor": "Please choose a doctor.",
    "no_name": "Please type your name.",
    "help": "I need help",
    "help_lead": "Tick what is right for you. Staff will see it.",
    "deaf": "I am deaf or hard of hearing",
    "blind": "I can't see well",
    "wheelchair": "I use a wheelchair",
    "child": "I come with a child",
    "phone": "Your phone number, if you like",
    "error": "Error: ",
    "gone": "This doctor takes nobody any more. Please choose again.",
    "more_about": "More about {name}",
}

TICKET: Final[Words] = {
    "your_ticket": "Your ticket",
    "your_number": "Your number",
    "waiting": "Waiting",
    "called": "Called",
    "person_before": "person before you",
    "people_before": "people before you",
    "next": "You are next",
    "next_text": "Please come to the waiting room now.",
    "soon": "You are in the queue",
    "soon_text": "We will show your place in a moment.",
    "you": "You",
    "time_left": "Time left",
    "about": "about {range}",
    "you_will_see": "You will see",
    "you_see": "Your doctor",
    "you_saw": "You saw",
    "early": "You are early. We will call you from {time}.",
    "late_now": "You are late, so you are in the line now.",
    "late": "This takes longer than we said. Sorry. Ask at the desk if you are worried.",
    "more_time": "I need more time",
    "more_time_done": "Thank you. Others go first for about {n} min. You keep your ticket.",
    "leave": "Leave the queue",
    "worse": "Feeling worse? Please tell the desk now.",
    "leave_ask": "Leave the queue?",
    "leave_effect": "You lose your place. You can get it back for 5 minutes.",
    "stay": "Stay in the queue",
    "skipped": "We called you, but did not see you",
    "skipped_text": "You are still in the queue. Tell us you are here and we will call you again soon.",
    "skipped_desk": "You are still in the queue. Please tell the desk that you are here.",
    "skipped_at": "Skipped at {time}",
    "here": "I am here now",
    "here_done": "Thank you. We will call you in about {n} min.",
    "speak": "You can also speak to the desk.",
    "on_hold": "Your visit is on hold",
    "hold_go": "Please go to {place}. Then come back here.",
    "hold_text": "You keep your place. The doctor will call you again.",
    "hold_since": "On hold since {time}",
    "back": "I am back",
    "back_done": "Thank you. The doctor knows that you are back.",
    "in_progress": "You are with the doctor",
    "in_progress_chip": "In progress",
    "done": "Your visit is done",
    "done_text": "Thank you for coming. You can close this page.",
    "done_at": "Done at {time}",
    "cancelled": "Your place is cancelled",
    "cancelled_chip": "Cancelled",
    "left": "You left the queue",
    "left_text": "Changed your mind? You can get your place back for 5 minutes.",
    "left_late": "You can join again.",
    "cancelled_clinic": "The clinic cancelled it at {time}. We are sorry.",
    "cancelled_reason": "The clinic cancelled it at {time}: {reason}. We are sorry.",
    "reason_patient_left": "you were not here any more",
    "reason_duplicate": "you had two tickets",
    "reason_entered_in_error": "it was a mistake",
    "reason_clinic_closed": "the clinic has closed for today",
    "reason_by_staff": "",
    "reason_fake": "it looked like a ticket that nobody needs",
    "wrong": "Think this is wrong? Speak to the desk.",
    "place_back": "Get my place back",
    "place_back_done": "You have your place back.",
    "no_show": "Your ticket has ended",
    "no_show_text": "We called you, but did not see you. Please speak to the desk.",
    "no_show_chip": "No show",
    "again": "Join again",
    "start": "Back to the start",
    "stay_here": "Stay on this page",
    "goes_back": "This page goes back to the start by itself in 30 seconds.",
    "moved": "You now see {doctor}. You keep your number and your place.",
    "ok": "OK",
    "gone_title": "This ticket has ended",
    "your_turn": "It is your turn",
    "go_to": "Please go to",
    "room": "Room {room}",
    "the_room": "the doctor's room",
    "fetch": "Someone will fetch you. Please stay where you are.",
    "coming": "I am coming",
    "coming_done": "Thank you. The doctor knows that you are coming.",
    "cant_come": "I can't come right now",
    "cant_come_title": "What should we do?",
    "later": "Call me a little later",
    "later_text": "Others go first. If someone should fetch you, please tell the desk.",
    "go_back": "Go back",
    "come_before": "Please come before {time}",
    "called_offline": "No connection. Please watch the big screen.",
    "sound_on": "Keep this page open.",
    "sound_on_text": "It will ring when it is your turn.",
    "sound_off": "The sound is off.",
    "sound_off_text": "Turn the sound on, so we can ring you.",
    "turn_on": "Turn the sound on",
    "no_sound": "This phone can't ring. Please look at it often.",
    "test": "Test",
    "offline_text": "This phone can't see the queue right now. It will catch up by itself.",
    "just_now": "A moment ago",
    "minute_ago": "1 minute ago",
    "minutes_ago": "{n} minutes ago",
    "until_then": "Until then",
    "tip_screen": "Watch the big screen for {token}.",
    "tip_desk": "Or ask at the desk. Show them this page.",
    "title_before": "{token} · {n} before you",
    "title_next": "{token} · you are next",
    "title_called": "● YOUR TURN – {room}",
    "title_skipped": "{token} · we called you",
    "title_hold": "{token} · on hold",
    "title_done": "Visit done",
    "title_cancelled": "Cancelled",
    "title_offline": "{token} · no connection",
}

GET_NEW: Final = "Get a new ticket"


def presence(presence: Presence, zone: str) -> str:
    """Why somebody should know before they join: on a break, not here yet, full. Empty when all is well."""
    key = presence.state.value
    if presence.until and presence.state in (Attendance.BREAK, Attendance.NOT_YET):
        return COMMON[f"{key}_until"].format(time=wall(presence.until, zone))
    return COMMON[key]


def waiting(count: int) -> str:
    if count == 0:
        return COMMON["waiting_none"]
    return COMMON["waiting_one"] if count == 1 else COMMON["waiting_many"].format(n=count)


def room(room: str) -> str:
    """A short room is a number and needs the word; a long one ("X-ray") is a name."""
    if not room:
        return TICKET["the_room"]
    return TICKET["room"].format(room=room) if len(room) <= 2 else room


def wall(at: datetime, zone: str) -> str:
    """The clinic's clock at that moment."""
    return clock.at_clinic(at, zone).strftime("%H:%M")
