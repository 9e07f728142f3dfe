"""Who may do what: every verb, tried for real by everybody who could ask."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlmodel import Session

from app.errors import DomainError, NotAllowed, NotFound, NotSignedIn
from app.models import Role, Status, User
from app.services import accounts, board, calling, history, joining, policy, sign_ins, steering, verbs
from app.services.policy import ANONYMOUS, SYSTEM, Actor, Verb
from app.services.verbs import Given
from app.settings import settings
from tests.factories import Clinic, Clock, refused
from tests.services.states import entry_in

ASKERS = (
    "anonymous", "link", "other link", "patient", "own doctor", "other doctor", "nurse", "reception", "admin",
    "disabled", "expired", "system",
)  # fmt: skip

# y: it is done · s: please sign in · n: you may not · u: we can't find that (and whether it exists is not told)
MATRIX = """
    join          y y y y  y y y y y  y y  y
    call-next     s s s n  y u y y y  s s  y
    call          s s s n  y u y y y  s s  s
    recall        s s s n  y u y y y  s s  s
    start         s s s n  y u y n n  s s  s
    done          s s s n  y u n n y  s s  s
    skip          s s s n  y u y y y  s s  y
    put-back      s s s n  y u y y y  s s  s
    hold          s s s n  y u y n n  s s  s
    resume        s s s n  y u y n n  s s  s
    return        s y u n  y u y y y  s s  s
    cancel        s y u n  y u y y y  s s  y
    no-show       s s s n  y u n y y  s s  y
    restore       s y u n  y u n y y  s s  s
    undo          s s s n  y u y y y  s s  s
    transfer      s s s n  y u y y y  s s  s
    prioritise    s s s n  y u y y y  s s  s
    pause         s s s n  y u n y y  s s  s
    open          s s s n  y u n y y  s s  s
    break         s s s n  y u n y y  s s  s
    close-day     s s s n  y u n y y  s s  y
    see           s s s n  y u y y y  s s  s
    answer        s y u n  n n n n n  s s  s
    more-time     s y u n  n n n n n  s s  s
"""
EXPECTED = {
    Verb(name): dict(zip(ASKERS, marks, strict=True)) for name, *marks in map(str.split, MATRIX.strip().splitlines())
}
FROM = {
    Verb.RECALL: Status.CALLED, Verb.DONE: Status.IN_PROGRESS, Verb.SKIP: Status.CALLED, Verb.PUT_BACK: Status.CALLED,
    Verb.HOLD: Status.IN_PROGRESS, Verb.RESUME: Status.ON_HOLD, Verb.RETURN: Status.SKIPPED,
    Verb.NO_SHOW: Status.SKIPPED, Verb.ANSWER: Status.CALLED,
}  # fmt: skip


@dataclass
class Scene:
    clinic: Clinic
    clock: Clock
    askers: dict[str, Actor] = field(default_factory=dict)

    def set(self, verb: Verb) -> int:
        """Everybody who could ask, and an entry in a state that `verb` can be done to."""
        clinic = self.clinic
        self.there = clinic.add_doctor()
        expired = clinic.staff(Role.RECEPTION, another=True)
        self.clock.forward(hours=9)
        clinic.new_shift()
        disabled_id = clinic.add_user(Role.RECEPTION)
        disabled = clinic.actor_of(disabled_id)
        clinic.write(
            lambda s: accounts.change_user(
                s, actor=clinic.admin, user_id=disabled_id, name="Gone", role=Role.RECEPTION, disabled=True
            )
        )
        other = clinic.join("Somebody Else", doctor_id=self.there)
        entry = entry_in(clinic, FROM.get(verb, Status.WAITING))
        if verb is Verb.RESTORE:  # what a patient may take back: their own leaving
            clinic.do("cancel", entry, actor=clinic.as_patient(entry))
        self.clock.forward(minutes=1)
        self.askers = {
            "anonymous": ANONYMOUS, "link": clinic.as_patient(entry), "other link": clinic.as_patient(other),
            "patient": clinic.staff(Role.PATIENT), "own doctor": clinic.doctor(), "system": SYSTEM,
            "other doctor": clinic.doctor(self.there), "nurse": clinic.staff(Role.NURSE),
            "reception": clinic.staff(Role.RECEPTION), "admin": clinic.admin, "disabled": disabled,
            "expired": expired,
        }  # fmt: skip
        return entry.id

    def act(self, verb: Verb, entry_id: int) -> Callable[[Session, Actor], object]:
        doctor_id = self.clinic.doctor_id
        on_queue: dict[Verb, Callable[[Session, Actor], object]] = {
            Verb.JOIN: lambda s, a: joining.join(s, actor=a, doctor_id=doctor_id, who=joining.Newcomer(name="New")),
            Verb.CALL_NEXT: lambda s, a: calling.call_next(s, actor=a, doctor_id=doctor_id),
            Verb.PAUSE: lambda s, a: steering.pause(s, actor=a, doctor_id=doctor_id),
            Verb.OPEN: lambda s, a: steering.open_(s, actor=a, doctor_id=doctor_id),
            Verb.BREAK: lambda s, a: steering.take_break(s, actor=a, doctor_id=doctor_id),
            Verb.CLOSE_DAY: lambda s, a: steering.close_day(s, actor=a, doctor_id=doctor_id),
            Verb.SEE: lambda s, a: history.of_doctor(s, actor=a, doctor_id=doctor_id),
        }
        given = Given.model_validate({"reason": "Because", "doctor_id": self.there})
        return on_queue.get(verb) or (lambda s, a: verbs.perform(s, actor=a, entry_id=entry_id, verb=verb, given=given))


@pytest.fixture
def scene(clinic: Clinic, clock: Clock) -> Scene:
    return Scene(clinic, clock)


class _TakeItBack(Exception):
    pass


def answer(clinic: Clinic, act: Callable[[Session, Actor], object], asker: Actor) -> str:
    def work(session: Session) -> None:
        act(session, asker)
        raise _TakeItBack

    try:
        clinic.write(work)
    except _TakeItBack:
        return "y"
    except NotSignedIn:
        return "s"
    except NotAllowed:
        return "n"
    except NotFound:
        return "u"
    except DomainError as refusal:
        return refusal.code
    raise AssertionError("unreachable")


def test_the_matrix_names_every_verb_and_agrees_with_the_policy() -> None:
    assert set(EXPECTED) == set(Verb)
    role_of = {"own doctor": Role.DOCTOR, "nurse": Role.NURSE, "reception": Role.RECEPTION, "admin": Role.ADMIN}
    for verb, row in EXPECTED.items():
        allowed = {role for asker, role in role_of.items() if row[asker] == "y"}
        assert allowed == policy.ROLES[verb] - {Role.PATIENT}, verb
        assert (row["link"] == "y") == (verb in policy.BY_LINK or verb is Verb.JOIN), verb
        assert (row["system"] == "y") == (verb in policy.BY_SYSTEM), verb


@pytest.mark.parametrize("verb", list(Verb))
def test_who_may(scene: Scene, verb: Verb) -> None:
    entry_id = scene.set(verb)
    act = scene.act(verb, entry_id)
    found = {}
    for asker, actor in scene.askers.items():
        if verb is Verb.UNDO and EXPECTED[verb][asker] == "y":  # undo is for one's own last step
            fresh = scene.clinic.join(f"Patient of {asker}")
            scene.clinic.do("cancel", fresh, actor=actor)
            found[asker] = answer(scene.clinic, scene.act(verb, fresh.id), actor)
        else:
            found[asker] = answer(scene.clinic, act, actor)
    assert found == EXPECTED[verb]


def test_a_link_of_another_ticket_is_not_told_that_this_one_exists(clinic: Clinic) -> None:
    mine, theirs = clinic.join("Mine"), clinic.join("Theirs")
    with refused("unknown_entry"):
        clinic.do("cancel", theirs, actor=clinic.as_patient(mine))
    with refused("unknown_entry"):
        clinic.do("cancel", 999, actor=clinic.as_patient(mine))


def test_a_demotion_acts_on_pages_that_are_open(clinic: Clinic) -> None:
    user_id = clinic.add_user(Role.RECEPTION)
    page_of_yesterday = clinic.actor_of(user_id)
    clinic.join()
    clinic.write(
        lambda s: accounts.change_user(
            s, actor=clinic.admin, user_id=user_id, name="Now a patient", role=Role.PATIENT, disabled=False
        )
    )
    with refused("not_signed_in"):
        clinic.call_next(actor=page_of_yesterday)


def test_a_disabled_account_does_nothing_even_with_a_sign_in_that_lives_on(clinic: Clinic, clock: Clock) -> None:
    desk = clinic.staff(Role.RECEPTION)
    token = clinic.session_token(desk)

    def disable(session: Session) -> None:
        session.get_one(User, desk.user_id).disabled_at = clock.at

    clinic.write(disable)
    clinic.join()
    with refused("not_signed_in"):
        clinic.call_next(actor=desk)
    assert clinic.read(lambda s: sign_ins.who(s, token, settings().key)) is None


def test_what_an_actor_claims_to_be_is_not_believed(clinic: Clinic) -> None:
    patient = clinic.staff(Role.PATIENT)
    liar = Actor(patient.kind, session_id=patient.session_id, user_id=clinic.admin.user_id, role=Role.ADMIN)
    clinic.join()
    with refused("not_allowed"):
        clinic.call_next(actor=liar)


def test_nurses_call_only_where_the_clinic_lets_them(clinic: Clinic) -> None:
    first = clinic.join()
    clinic.call_next(actor=clinic.staff(Role.NURSE))
    clinic.do("put-back", first)
    clinic.rules(nurse_may_call=False)
    for verb in ("call", "recall"):
        with refused("not_allowed"):
            clinic.do(verb, first, actor=clinic.staff(Role.NURSE))
    with refused("not_allowed"):
        clinic.call_next(actor=clinic.staff(Role.NURSE))


def test_only_clinical_staff_send_somebody_out_of_the_room(clinic: Clinic) -> None:
    entry = entry_in(clinic, Status.IN_PROGRESS)
    for role in (Role.RECEPTION, Role.ADMIN):
        with refused("not_allowed"):
            clinic.do("put-back", entry, actor=clinic.staff(role))
    for role in (Role.RECEPTION, Role.ADMIN, Role.NURSE):
        with refused("not_allowed"):
            clinic.do("cancel", entry, actor=clinic.staff(role))
    assert clinic.do("put-back", entry, actor=clinic.staff(Role.NURSE)).status is Status.WAITING


def test_nothing_works_before_the_first_run(database: str) -> None:
    from app import db

    with refused("not_set_up"):
        db.transaction(lambda s: policy.clinic(s))
    with refused("unknown_doctor"):
        db.reading(lambda s: board.load(s, 1))
