"""A living sample clinic: doctors, staff, days of history, and people waiting right now.

Everything in it is made by the same verbs that people use, with the clock moved back.
"""

import os
import random
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app import clock, db, demo_booking
from app.models import BloodGroup, Clinic, Doctor, Need, Patient, Priority, QueueEntry, Role, Sex, User, UserSession
from app.services import (
    accounts,
    arriving,
    calling,
    clinic,
    doctors,
    joining,
    leaving,
    passwords,
    profiles,
    sign_ins,
    visiting,
)
from app.services.doctors import DoctorForm
from app.services.joining import Newcomer
from app.services.policy import SYSTEM, Actor
from app.services.profiles import Profile
from app.services.sign_ins import Principal
from app.settings import Env, Settings, settings

NAME = "Hill Street Clinic"
DAYS_OF_HISTORY = 5
DOCTORS = (
    DoctorForm(name="Dr Amina Rahman", specialization="General doctor", room="3"),
    DoctorForm(name="Dr Luis Ortega", specialization="Children", room="1"),
    DoctorForm(name="Dr Mei Chen", specialization="Skin", room="4"),
)
STAFF = (
    ("reception@demo.clinic", "Sara Lind", Role.RECEPTION),
    ("nurse@demo.clinic", "Noor Haddad", Role.NURSE),
    ("patient1@demo.clinic", "Maria Santos", Role.PATIENT),
)
FAMILY = (
    Profile(
        name="Maria Santos", born=date(1986, 5, 14), sex=Sex.FEMALE, phone="0170 1234567",
        blood_group=BloodGroup.A_POSITIVE, allergies="Penicillin\nBee stings", insurance_provider="Sample Health",
        insurance_number="SH-204 118 77", emergency_name="Rui Santos", emergency_phone="0170 7654321", language="pt",
    ),
    Profile(name="Lucas Santos", born=date(2018, 9, 2), sex=Sex.MALE, needs=(Need.CHILD,), language="pt"),
    Profile(name="Rosa Almeida", born=date(1952, 11, 30), sex=Sex.FEMALE, needs=(Need.DEAF, Need.FETCH), language="pt"),
)  # fmt: skip
PEOPLE = (
    "João Pereira", "Ahmed Yusuf", "Chen Wei", "Olena Koval", "Samuel Okafor", "Ingrid Larsen", "Tomás Silva",
    "Kofi Mensah", "Elif Demir", "Grace Wanjiru", "Sofia Rossi", "Leo Martin", "Nora Haddad", "Jamal Brown",
    "Anna Nowak", "Ravi Kumar", "Léa Dubois", "Yuki Tanaka", "Mateo García", "Fatima Zahra", "Pavel Novák",
    "Aisha Bello", "Lars Berg", "Mina Park", "Omar Farouk", "Eva Horvat", "Ines Costa", "Bilal Khan",
)  # fmt: skip
REASONS = (
    "Cough and fever",
    "Back pain",
    "Skin rash",
    "Blood test",
    "Ear pain",
    "Check-up",
    "Dizzy when standing",
    "",
)
WAITING_NOW = (6, 3, 4)
SEEN_TODAY = (9, 6, 5)


def use_own_data_dir() -> None:
    """Keep the demo apart from a real clinic, unless the environment names a place."""
    os.environ.setdefault("MEDIQUEUE_DATA_DIR", "data/demo")


def prepare(chosen: Settings) -> None:
    """Fill an empty database with the sample clinic and print its sign-ins. Refuses a real clinic's."""
    if chosen.env is Env.PRODUCTION:
        raise SystemExit("The demo shows its passwords. It is refused in production.")
    db.migrate(chosen.url)
    db.connect(chosen.url)
    password = chosen.demo_password.get_secret_value() if chosen.demo_password else secrets.token_urlsafe(12)
    password_hash = passwords.hashed_as_given(password)
    found = db.reading(lambda session: session.get(Clinic, 1))
    if found and not found.is_demo:
        raise SystemExit(f"{chosen.url_without_password} holds a real clinic. The demo needs a database of its own.")
    if not found:
        print("Making the sample clinic …", flush=True)
        db.transaction(lambda session: _people(session, chosen.timezone, password_hash))
        for days in range(DAYS_OF_HISTORY, 0, -1):
            _play_day(clock.now() - timedelta(days=days), SEEN_TODAY, (0, 0, 0))
        _make_appointments(demo_booking.plan)
    db.transaction(lambda session: _set_passwords(session, password_hash))
    if not db.reading(_anybody_today):
        _make_appointments(partial(demo_booking.book, name=lambda luck: luck.choice(PEOPLE)))
        _play_day(clock.now(), SEEN_TODAY, WAITING_NOW)
    _print_sign_ins(chosen, password)


def doctor_actor(session: Session, doctor_id: int) -> Actor:
    """A signed-in doctor, for playing days."""
    doctor = session.get_one(Doctor, doctor_id)
    token, _ = sign_ins.open_session(session, doctor.user_id or 0, settings().key, for_machine=True)
    session.flush()
    principal = sign_ins.who(session, token, settings().key)
    assert isinstance(principal, Principal)  # noqa: S101
    return principal.actor


def newcomer(luck: random.Random) -> Newcomer:
    """Somebody with a name, perhaps a reason, a need or a priority."""
    return Newcomer(
        name=luck.choice(PEOPLE),
        reason=luck.choice(REASONS),
        born=clock.now().date() - timedelta(days=luck.randint(2, 85) * 365 + luck.randint(0, 364)),
        needs=[luck.choice(list(Need))] if luck.random() < 0.15 else [],
        priority=luck.choice(list(Priority)[1:]) if luck.random() < 0.1 else Priority.NONE,
    )


def _people(session: Session, zone: str, password_hash: str) -> None:
    clinic.set_up(
        session, name=NAME, timezone=zone, admin_email="admin@demo.clinic", admin_name="Alex Berger",
        password_hash=password_hash, is_demo=True,
    )  # fmt: skip
    for number, form in enumerate(DOCTORS, start=1):
        user = accounts.create(
            session,
            email=f"doctor{number}@demo.clinic",
            name=form.name,
            role=Role.DOCTOR,
            password_hash=password_hash,
        )
        doctor_id = doctors.create(session, form)
        session.get_one(Doctor, doctor_id).user_id = user.id
    for email, name, role in STAFF:
        user = accounts.create(session, email=email, name=name, role=role, password_hash=password_hash)
        if role is Role.PATIENT:
            _family(session, user)


def _family(session: Session, user: User) -> None:
    """The people on the account of the patient who can sign in."""
    for profile in FAMILY:
        is_own = profile.name == user.name
        patient = Patient(name=profile.name, user_id=user.id, is_own=is_own, created_at=clock.now())
        profiles.write(patient, profile)
        session.add(patient)


def _set_passwords(session: Session, password_hash: str) -> None:
    for user in session.exec(select(User).where(col(User.email).endswith("@demo.clinic"))):
        user.password_hash = password_hash
        session.add(user)


def _anybody_today(session: Session) -> bool:
    found = session.get_one(Clinic, 1)
    today = clock.service_date(clock.now(), found.timezone, found.rules.day_start_hour)
    return session.exec(select(QueueEntry.id).where(QueueEntry.service_date == today)).first() is not None


def _make_appointments(make: Callable[[Session, Actor, int, datetime], None]) -> None:
    """For every doctor, with the clock a day back: what is soon could not be booked any more."""
    now = clock.now()

    def made(session: Session, doctor_id: int) -> None:
        make(session, doctor_actor_at(session, doctor_id, now - timedelta(days=1)), doctor_id, now)

    try:
        for doctor_id in range(1, len(DOCTORS) + 1):
            db.transaction(partial(made, doctor_id=doctor_id))
    finally:
        clock.use()


def _play_day(until: datetime, seen: tuple[int, ...], waiting: tuple[int, ...]) -> None:
    """Play the hours before `until` for every doctor, one transaction each."""
    luck = random.Random(until.toordinal())
    try:
        for doctor_id, (visits, line) in enumerate(zip(seen, waiting, strict=True), start=1):
            play = partial(_play, luck=luck, doctor_id=doctor_id, until=until, visits=visits, line=line)
            db.transaction(play)
    finally:
        clock.use()


def _play(session: Session, luck: random.Random, doctor_id: int, until: datetime, visits: int, line: int) -> None:
    doctor = doctor_actor_at(session, doctor_id, until)
    zone = ZoneInfo(session.get_one(Clinic, 1).timezone)
    midnight = until.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = max(until - timedelta(hours=2, minutes=40), midnight)
    usual = (until - begin) / (visits + 2)
    at = begin
    for number in range(visits):
        _at(max(begin, at - timedelta(seconds=luck.randint(5, 90))))
        regular = None if line or number != 2 else _of_the_family(session, doctor_id, until)
        actor = doctor if regular else SYSTEM
        joining.join(session, actor=actor, doctor_id=doctor_id, who=regular or newcomer(luck))
        _at(at)
        entry = calling.call_next(session, actor=doctor, doctor_id=doctor_id)
        at += usual * luck.uniform(0.05, 0.15)
        _at(at)
        _visit(session, luck, doctor, entry, at, usual)
        at += usual * luck.uniform(0.6, 0.85)
    if line:
        minute = min(timedelta(minutes=1), (until - begin) / 45)  # shorter when the day has only begun
        _fill_the_room(session, luck, doctor_id, doctor, until, line, minute)


def doctor_actor_at(session: Session, doctor_id: int, at: datetime) -> Actor:
    """The same, with a session that is good on a day in the past too."""
    _at(at)
    actor = doctor_actor(session, doctor_id)
    session.get_one(UserSession, actor.session_id).expires_at = at + timedelta(hours=8)
    return actor


def _visit(
    session: Session, luck: random.Random, doctor: Actor, entry: QueueEntry, at: datetime, usual: timedelta
) -> None:
    """Most people come, are seen and go; one in twelve does not come."""
    if luck.random() < 1 / 12:
        calling.skip(session, actor=doctor, entry_id=entry.id)
        leaving.no_show(session, actor=doctor, entry_id=entry.id)
        return
    visiting.start(session, actor=doctor, entry_id=entry.id)
    _at(at + usual * luck.uniform(0.45, 0.6))
    visiting.done(session, actor=doctor, entry_id=entry.id)


def _fill_the_room(
    session: Session,
    luck: random.Random,
    doctor_id: int,
    doctor: Actor,
    until: datetime,
    line: int,
    minute: timedelta,
) -> None:
    """Who is there now: one person in the room, one on hold, one who did not come, and the line."""
    for minutes in range(line + 3, 0, -1):
        _at(until - minute * (minutes * 4 + luck.randint(0, 3)))
        appointment_id = demo_booking.here_by_now(session, doctor_id, until) if minutes == 2 else None
        if appointment_id:
            arriving.check_in(session, actor=doctor, appointment_id=appointment_id)
        elif doctor_id == 1 and minutes == 1:
            _patient_with_account(session, doctor)
        else:
            joining.join(session, actor=SYSTEM, doctor_id=doctor_id, who=newcomer(luck))
    hold = partial(visiting.hold, reason="X-ray, floor 1")
    steps = ((calling.skip,), (visiting.start, hold), (visiting.start,))
    for number, verbs in enumerate(steps):
        at = until - minute * (6 - 2 * number)
        _at(at)
        entry = calling.call_next(session, actor=doctor, doctor_id=doctor_id)
        for halves, verb in enumerate(verbs, start=1):
            _at(at + minute * halves / 2)
            verb(session, actor=doctor, entry_id=entry.id)


def _of_the_family(session: Session, doctor_id: int, day: datetime) -> Newcomer | None:
    """Every other day each doctor sees one of the people on the patient's account."""
    family = session.exec(select(Patient.id).where(col(Patient.user_id).is_not(None)).order_by(col(Patient.id))).all()
    return None if (day.toordinal() + doctor_id) % 2 else Newcomer(patient_id=family[doctor_id - 1], reason="Check-up")


def _patient_with_account(session: Session, doctor: Actor) -> None:
    """The patient who can sign in waits too, at the end of the first line."""
    patient_id = session.exec(select(Patient.id).where(col(Patient.is_own))).first()
    joining.join(session, actor=doctor, doctor_id=1, who=Newcomer(patient_id=patient_id, reason="Check-up"))


def _at(moment: datetime) -> None:
    clock.use(lambda: moment)


def _print_sign_ins(chosen: Settings, password: str) -> None:
    emails = ["admin", "reception", "nurse", "doctor1", "doctor2", "doctor3", "patient1"]
    print(f"\n{NAME} is open at {chosen.public_url}\n\nSign in with the password  {password}\nas")
    for email in emails:
        print(f"  {email}@demo.clinic")
    print(f"\nA phone: {chosen.public_url}/join-queue   The screen: {chosen.public_url}/display\n", flush=True)
