"""The ladder: which rung when, for whom; and what no order of events may break."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.bloc import Bloc, Unit
from bot.domain.calendar import VIETNAM, AppraisalStage, DischargedBy, Milestone, Owes, Period, at
from bot.domain.criteria import Scale
from bot.domain.people import Member, Membership, Person, Role
from bot.domain.reminders import (
    LATE_DAYS,
    Reminder,
    days_left,
    ladder,
    last_accepted_day,
    plan,
    rung_at,
)

DUE = date(2026, 6, 19)  # a Friday
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)


def milestone(**changes: object) -> Milestone:
    plain = Milestone(
        "M6", "Tự chấm", DUE, time(17, 0), Owes.EVERY_UNIT, DischargedBy.ASSESSMENT, period=Period.MID_YEAR
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def bloc(*milestones: Milestone, holidays: frozenset[date] = frozenset()) -> Bloc:
    units = tuple(Unit(code, code) for code in ("STP", "CAT"))

    scale = Scale(Decimal(1000), Decimal(0), Decimal("0.5"), False)
    return Bloc(2026, "Khối", "Khối", scale, units, milestones or (milestone(),), (), (), holidays=holidays)


def member(
    number: int = 1,
    role: Role = Role.LIAISON,
    unit: str = "STP",
    *,
    since: datetime = LONG_AGO,
    quiet: frozenset[str] = frozenset(),
) -> Member:
    return Member(
        Person(number, 7000 + number, f"N{number}", quiet=quiet), (Membership(number, number, unit, role, since),)
    )


def morning(day: date) -> datetime:
    return at(day, time(8, 0))


def rungs_of(found: list[Reminder]) -> list[tuple[int, str]]:
    return [(reminder.person_id, reminder.rung) for reminder in found]


# -- the ladder ------------------------------------------------------------------------------------------


def test_the_rungs_fall_at_eight_in_viet_nam() -> None:
    rungs = ladder(milestone(), late_days=None)
    assert [rung.id for rung in rungs[:5]] == ["d14", "d7", "d3", "d1", "d0"]
    assert {rung.moment.astimezone(VIETNAM).time() for rung in rungs} == {time(8, 0)}
    assert [rung.moment.astimezone(VIETNAM).date() for rung in rungs[:6]] == [
        date(2026, 6, 5), date(2026, 6, 12), date(2026, 6, 16), date(2026, 6, 18), DUE, date(2026, 6, 22),
    ]  # fmt: skip


def test_overdue_rungs_fall_on_working_days_only_and_not_on_holidays() -> None:
    rungs = ladder(milestone(), late_days=3, holidays={date(2026, 6, 23)})
    overdue = [rung.moment.astimezone(VIETNAM).date() for rung in rungs if rung.overdue]
    assert overdue == [date(2026, 6, 22), date(2026, 6, 24), date(2026, 6, 25)]


def test_reminding_ends_when_nothing_is_taken_any_more() -> None:
    it = bloc()
    days = [DUE + timedelta(n) for n in range(40)]
    chased = [day for day in days if rung_at(it.milestones[0], it, morning(day))]
    overdue = {rung_at(it.milestones[0], it, morning(day)).id for day in chased}  # type: ignore[union-attr]
    assert overdue == {"d0", *(f"o{n}" for n in range(1, LATE_DAYS + 1))}


def test_a_milestone_due_before_eight_has_no_rung_on_its_own_day() -> None:
    assert [r.id for r in ladder(milestone(due_time=time(7, 30)), late_days=0)] == ["d14", "d7", "d3", "d1"]


@pytest.mark.parametrize("stage", list(AppraisalStage))
def test_a_stage_that_is_over_is_not_chased(stage: AppraisalStage) -> None:
    """Whoever taps a reminder must be able to do what it asks for."""
    window = milestone(discharged_by=DischargedBy.HAND_IN, period=None, stage=stage)
    assert [rung.id for rung in ladder(window, late_days=10)] == ["d14", "d7", "d3", "d1", "d0"]
    it = bloc(window)
    assert rung_at(window, it, at(DUE, time(16, 0))) is not None
    assert rung_at(window, it, at(DUE, time(18, 0))) is None


def test_a_roll_call_is_announced_and_not_chased_afterwards() -> None:
    meeting = milestone(discharged_by=DischargedBy.ROLL_CALL, period=None)
    assert [rung.id for rung in ladder(meeting, late_days=10)] == ["d14", "d7", "d3", "d1", "d0"]
    it = bloc(meeting)
    assert rung_at(meeting, it, at(DUE, time(16, 0))) is not None
    assert rung_at(meeting, it, at(DUE, time(18, 0))) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"owes": Owes.HEAD},
        {"owes": Owes.SECRETARIAT},
        {"owes": Owes.NAMED_UNITS},
        {"discharged_by": DischargedBy.NOTHING},
    ],
)
def test_what_not_every_unit_owes_or_nobody_can_settle_is_not_chased(changes: dict[str, object]) -> None:
    assert ladder(milestone(**changes), late_days=10) == ()


def test_days_left_are_those_of_the_moment_of_sending() -> None:
    left = days_left(milestone(), morning(date(2026, 6, 12)))
    assert (left.days, left.working_days, left.late) == (7, 5, 0)
    left = days_left(milestone(), morning(date(2026, 6, 23)))
    assert (left.days, left.late) == (-4, 2)
    assert last_accepted_day(milestone(), bloc()) is None


# -- who gets one ----------------------------------------------------------------------------------------


def test_only_units_that_owe_are_reminded() -> None:
    people = [member(1, unit="STP"), member(2, unit="CAT"), member(3, Role.DEPUTY, "CAT")]
    found = plan(bloc(), people, {"M6": {"STP"}}, morning(date(2026, 6, 12)))
    assert rungs_of(found) == [(2, "d7"), (3, "d7")]


def test_a_leader_is_spared_until_the_last_day_but_one_unless_a_form_waits() -> None:
    leader = [member(1, Role.LEADER)]
    assert plan(bloc(), leader, {}, morning(date(2026, 6, 16))) == []
    (waiting,) = plan(bloc(), leader, {}, morning(date(2026, 6, 16)), {"M6": {"STP"}})
    assert waiting.approving == ("STP",)
    for day in (date(2026, 6, 18), DUE, date(2026, 6, 22)):
        assert len(plan(bloc(), leader, {}, morning(day))) == 1


def test_a_secretary_without_a_unit_owes_nothing() -> None:
    secretary = Member(Person(1, 7001, "N"), (Membership(1, 1, None, Role.SECRETARY, LONG_AGO),))
    assert plan(bloc(), [secretary], {}, morning(DUE)) == []


def test_the_early_rungs_can_be_switched_off_and_the_later_ones_cannot() -> None:
    quiet = [member(quiet=frozenset({"d14", "d7", "d3", "d1", "d0", "o1"}))]
    silent = [day for day in range(20, -5, -1) if not plan(bloc(), quiet, {}, morning(DUE - timedelta(day)))]
    assert silent == list(range(20, 3, -1))


def test_who_joined_after_a_rung_gets_only_later_ones() -> None:
    late = [member(since=morning(date(2026, 6, 16)) + timedelta(minutes=1))]
    assert plan(bloc(), late, {}, morning(date(2026, 6, 17))) == []
    assert rungs_of(plan(bloc(), late, {}, morning(date(2026, 6, 18)))) == [(1, "d1")]


def test_a_person_of_two_units_gets_one_message_naming_both() -> None:
    both = Member(
        Person(1, 7001, "N"),
        tuple(Membership(n, 1, unit, Role.LIAISON, LONG_AGO) for n, unit in enumerate(("STP", "CAT"))),
    )
    (found,) = plan(bloc(), [both], {}, morning(DUE))
    assert found.units == ("STP", "CAT")


def test_the_assessment_comes_before_other_milestones() -> None:
    other = milestone(key="M1", discharged_by=DischargedBy.HAND_IN, period=None, due_on=DUE - timedelta(1))
    found = plan(bloc(other, milestone()), [member()], {}, morning(DUE - timedelta(1)))
    assert [reminder.milestone for reminder in found] == ["M6", "M1"]


# -- whatever happens ------------------------------------------------------------------------------------

Events = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.integers(1, 96)),  # hours that pass before a look
        st.tuples(st.just("down"), st.integers(96, 24 * 20)),  # a long downtime, then a look
        st.tuples(st.just("move"), st.integers(-10, 20)),  # the due date, by days
        st.tuples(st.just("settle"), st.sampled_from([0, 1])),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(Events)
def test_at_most_once_per_rung_none_after_discharge_one_after_downtime(events: list[tuple[str, int]]) -> None:
    now, due = morning(DUE - timedelta(20)), DUE
    people = [member(1, unit="STP"), member(2, unit="CAT"), member(3, Role.LEADER, "CAT")]
    settled: set[str] = set()
    sent: Counter[str] = Counter()
    for event, number in events:
        if event == "settle":
            settled.add(("STP", "CAT")[number])
        elif event == "move":
            due += timedelta(number)
        else:
            now += timedelta(hours=number)
            found = plan(bloc(milestone(due_on=due)), people, {"M6": settled}, now)
            fresh = [reminder for reminder in found if not sent[reminder.once(1)]]
            sent.update(reminder.once(1) for reminder in fresh)
            per_person = Counter(reminder.person_id for reminder in fresh)
            assert all(count == 1 for count in per_person.values())
            assert not {unit for reminder in fresh for unit in reminder.units} & settled
    assert all(count == 1 for count in sent.values())
