"""The one order of a queue, as properties that hold for every line."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.models import Policy
from app.services import expected, ordering
from app.services.ordering import Place

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
minutes = st.integers(-120, 120).map(lambda m: NOW + timedelta(minutes=m))


def place(entry_id: int) -> st.SearchStrategy[Place]:
    return st.builds(
        Place,
        entry_id=st.just(entry_id),
        virtual_at=minutes,
        emergency=st.booleans(),
        pinned_at=st.none() | minutes,
        not_before=st.none() | minutes,
    )


lines = st.integers(0, 12).flatmap(lambda n: st.tuples(*(place(i) for i in range(1, n + 1)))).map(list)
visits = st.integers(0, 40).map(lambda m: timedelta(minutes=m))
delays = st.integers(0, 60).map(lambda m: NOW + timedelta(minutes=m))


def run(places: list[Place], visit: timedelta = timedelta(minutes=10), first: datetime = NOW) -> list[Place]:
    return list(ordering.run(places, NOW, first_call=first, visit=visit))


@given(lines, visits, delays)
def test_everybody_has_exactly_one_place(places: list[Place], visit: timedelta, first: datetime) -> None:
    assert sorted(p.entry_id for p in run(places, visit, first)) == [p.entry_id for p in places]


@given(lines, st.randoms(use_true_random=False), visits)
def test_who_is_read_first_makes_no_difference(places, random, visit) -> None:
    shuffled = list(places)
    random.shuffle(shuffled)
    assert run(places, visit) == run(shuffled, visit)


@given(lines, visits, delays)
def test_the_first_of_the_line_is_whom_the_button_calls(places, visit, first) -> None:
    assert ordering.next_up(places, NOW) == next(iter(run(places, visit, first)), None)


@given(lines)
def test_the_doctor_is_never_idle_while_somebody_waits(places: list[Place]) -> None:
    assert (ordering.next_up(places, NOW) is None) == (not places)


@given(lines, visits)
def test_emergencies_come_first_and_the_oldest_first_of_all(places: list[Place], visit: timedelta) -> None:
    order = run(places, visit)
    emergencies = [p for p in order if p.emergency]
    assert order[: len(emergencies)] == emergencies
    assert emergencies == sorted(emergencies, key=lambda p: (p.virtual_at, p.entry_id))


@given(lines, visits)
def test_then_come_the_pinned_in_the_order_of_pinning(places: list[Place], visit: timedelta) -> None:
    rest = [p for p in run(places, visit) if not p.emergency]
    pinned = [p for p in rest if p.pinned_at]
    assert rest[: len(pinned)] == pinned
    assert pinned == sorted(pinned, key=lambda p: (p.pinned_at, p.entry_id))


@given(lines, visits)
def test_then_everybody_else_by_virtual_arrival(places: list[Place], visit: timedelta) -> None:
    rest = [p for p in run(places, visit) if not p.emergency and not p.pinned_at and not p.not_before]
    assert rest == sorted(rest, key=lambda p: (p.virtual_at, p.entry_id))


@given(lines)
def test_a_shut_gate_gives_way_to_everybody_who_may_be_called(places: list[Place]) -> None:
    first = ordering.next_up(places, NOW)
    if first and first.gate(NOW) > NOW:
        assert all(p.gate(NOW) >= first.gate(NOW) for p in places)


@given(lines, st.integers(1, 60))
def test_overtaking_is_bounded(places: list[Place], later: int) -> None:
    """Somebody who joins later goes before another only with a head start, and never by more than it."""
    ordinary = [Place(p.entry_id, p.virtual_at) for p in places]
    newest = max((p.virtual_at for p in ordinary), default=NOW)
    newcomer = Place(99, newest + timedelta(minutes=later) - timedelta(minutes=20))
    order = [p.entry_id for p in run([*ordinary, newcomer])]
    for other in ordinary:
        if other.virtual_at < newcomer.virtual_at:
            assert order.index(other.entry_id) < order.index(99)


@given(lines, st.integers(0, 120))
def test_places_do_not_move_by_themselves(places: list[Place], passed: int) -> None:
    """Without gates the line is the same at any time: `virtual_at` never moves with the clock."""
    open_ = [Place(p.entry_id, p.virtual_at, p.emergency, p.pinned_at) for p in places]
    later = NOW + timedelta(minutes=passed)
    assert run(open_) == list(ordering.run(open_, later, first_call=later, visit=timedelta(minutes=3)))


@given(lines, visits)
def test_calling_the_first_again_and_again_follows_the_line(places: list[Place], visit: timedelta) -> None:
    """The line that people see is what happens when visits take their usual time."""
    left, at, called = list(places), NOW, []
    while (first := ordering.next_up(left, at)) is not None:
        called.append(first)
        left.remove(first)
        at += visit
    assert called == run(places, visit)


def test_a_gate_opens_as_time_passes() -> None:
    soon = Place(1, NOW - timedelta(hours=1), not_before=NOW + timedelta(minutes=15))
    others = [Place(n, NOW - timedelta(minutes=30 - n)) for n in (2, 3, 4)]
    assert [p.entry_id for p in run([soon, *others])] == [2, 3, 1, 4]


def test_equal_arrivals_go_by_ticket() -> None:
    assert [p.entry_id for p in run([Place(2, NOW), Place(1, NOW)])] == [1, 2]


# appointments among walk-ins, as check-in places them

CREDIT, EARLY, LATE = timedelta(minutes=60), timedelta(minutes=5), timedelta(minutes=15)
RULES = Policy(appointment_credit_minutes=60, call_early_minutes=5, late_after_minutes=15)


@st.composite
def waiting_rooms(draw: st.DrawFn) -> list[tuple[Place, datetime | None, datetime]]:
    """Who is here at NOW: place, time of the appointment (None: a walk-in), and when they came."""
    people: list[tuple[Place, datetime | None, datetime]] = []
    for entry_id in range(1, draw(st.integers(0, 10)) + 1):
        came = NOW - timedelta(minutes=draw(st.integers(0, 120)))
        booked = came + timedelta(minutes=draw(st.integers(-60, 40))) if draw(st.booleans()) else None
        if booked is None:
            people.append((Place(entry_id, came), None, came))
        else:
            stands = expected.standing(booked, came, RULES)
            people.append((Place(entry_id, stands.virtual_at, not_before=stands.not_before), booked, came))
    return people


def _on_time(booked: datetime | None, came: datetime) -> bool:
    return booked is not None and came <= booked + LATE


@given(waiting_rooms(), visits)
def test_on_time_is_never_behind_a_walk_in_that_came_after_its_head_start(people, visit: timedelta) -> None:
    """As soon as the gate is open; before that, whoever may be called goes first."""
    order = [p.entry_id for p in run([place for place, _, _ in people], visit)]
    for mine, booked, came in people:
        if _on_time(booked, came) and mine.gate(NOW) <= NOW:
            for other, theirs, since in people:
                if theirs is None and since > booked - CREDIT:
                    assert order.index(mine.entry_id) < order.index(other.entry_id)


@given(waiting_rooms(), visits)
def test_late_stands_where_a_walk_in_would_who_came_then(people, visit: timedelta) -> None:
    as_walk_ins = [
        Place(place.entry_id, came if booked and not _on_time(booked, came) else place.virtual_at, not_before=gate)
        for place, booked, came in people
        for gate in [place.not_before]
    ]
    assert run([place for place, _, _ in people], visit) == run(as_walk_ins, visit)


@given(waiting_rooms(), st.integers(0, 60))
def test_who_comes_later_than_the_head_start_overtakes_nobody_whose_gate_is_open(people, later: int) -> None:
    """Overtaking is bounded: an appointment that begins an hour after you came, and everybody after it, is behind."""
    open_ = [(place, came) for place, _, came in people if place.gate(NOW) <= NOW]
    for mine, _ in open_:
        newcomer = expected.standing(mine.virtual_at + CREDIT + timedelta(minutes=later), NOW, RULES)
        last = Place(99, max(newcomer.virtual_at, mine.virtual_at), not_before=newcomer.not_before)
        order = [p.entry_id for p in run([place for place, _ in open_] + [last], timedelta(minutes=10))]
        assert order.index(mine.entry_id) < order.index(99)


@given(waiting_rooms(), st.integers(0, 90))
def test_only_gates_move_places_as_time_passes(people, passed: int) -> None:
    """Two people whose gates are open now never change places, whatever the time."""
    places, later = [place for place, _, _ in people], NOW + timedelta(minutes=passed)
    free = {p.entry_id for p in places if p.gate(NOW) <= NOW}
    now = [p.entry_id for p in run(places) if p.entry_id in free]
    then = ordering.run(places, later, first_call=later, visit=timedelta(minutes=10))
    assert [p.entry_id for p in then if p.entry_id in free] == now


@given(waiting_rooms())
def test_coming_earlier_never_costs_the_place(people) -> None:
    """Whoever is on time has one virtual arrival, however early they came."""
    for place, booked, came in people:
        if booked and _on_time(booked, came):
            assert place.virtual_at == booked - CREDIT
            assert expected.standing(booked, came - timedelta(minutes=30), RULES).virtual_at == place.virtual_at


@given(waiting_rooms())
def test_a_gate_never_keeps_the_doctor_idle(people) -> None:
    places = [place for place, _, _ in people]
    first = ordering.next_up(places, NOW)
    assert (first is None) == (not places)
    if first and first.gate(NOW) > NOW:
        assert all(place.gate(NOW) > NOW for place in places)
