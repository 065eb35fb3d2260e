"""An appraisal as a value: its legal moves, points within their span, milestones that belong to a period."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appraisal import (
    AlreadyFinal,
    Appraisal,
    LineMoved,
    Phase,
    check_points,
    read_points,
    span,
)
from bot.domain.appraisal_outcome import Outcome, changed_lines
from bot.domain.assessment import Assessment
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc
from bot.domain.calendar import AppraisalStage, Period
from bot.domain.criteria import PointsOffStep, PointsOutOfRange
from bot.domain.errors import DomainError
from bot.domain.extension import Extension, extended, variants
from bot.domain.moments import DayNotUnderstood, parse_day
from bot.domain.reminders import days_of
from tests.conftest import SPRING

CODES = ("TC1.1", "TC1.2", "TC1.3")


def test_the_milestones_of_the_appraisal_belong_to_the_assessment_before_them(sample: Bloc) -> None:
    for stage, key in ((AppraisalStage.PEER, "MS-THAMDINHCHEO"), (AppraisalStage.OBJECTION, "MS-PHUCTRA")):
        found = sample.appraisal_milestone(stage, Period.YEAR_END)
        assert found is not None and found.key == key
        assert sample.appraisal_milestone(stage, Period.MID_YEAR) is None


def test_points_keep_to_the_span_and_step_of_their_line(sample: Bloc) -> None:
    criterion, deduction = sample.item("TC1.1"), sample.item("TRU3")
    assert span(criterion, sample.scale) == (Decimal(0), Decimal(150)) and span(deduction, sample.scale)[1] == 0
    for item, points in ((criterion, Decimal(151)), (criterion, Decimal(-1)), (deduction, Decimal(1))):
        with pytest.raises(PointsOutOfRange):
            check_points(item, points, sample.scale)
    with pytest.raises(PointsOffStep):
        check_points(criterion, Decimal("10.3"), sample.scale)
    assert read_points(criterion, "120 rưỡi", sample.scale) == Decimal("120.5")
    for text in ("5", "-5", "trừ 5", "−5", "trừ 5 điểm"):
        assert read_points(deduction, text, sample.scale) == -5
    assert str(read_points(deduction, "0", sample.scale)) == "0"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/6", date(2026, 6, 25)),
        ("đến hết ngày 25-06-2026", date(2026, 6, 25)),
        ("25.6.26", date(2026, 6, 25)),
        ("２５/６", date(2026, 6, 25)),
    ],
)
def test_a_day_is_read_as_people_type_it(text: str, day: date) -> None:
    assert parse_day(text, date(2026, 6, 19)) == day


def test_a_day_early_next_year_is_meant_in_december(sample: Bloc) -> None:
    assert parse_day("5/1", date(2026, 12, 20)) == date(2027, 1, 5)
    for text in ("", "30/2", "mai", "25", "25/6 17h", "1/13"):
        with pytest.raises(DayNotUnderstood):
            parse_day(text, date(2026, 6, 19))


def test_more_time_never_makes_a_deadline_earlier(sample: Bloc) -> None:
    milestone = sample.milestone("MS-BC6T")
    granted = Extension(1, "MS-BC6T", "STP", date(2026, 6, 24), "Bão", 1, SPRING)
    assert extended(milestone, granted).due_on == date(2026, 6, 24)
    moved = replace(milestone, due_on=date(2026, 7, 1))
    assert extended(moved, granted) is moved and variants(moved, {"STP": granted}) == [(moved, None)]


def test_a_unit_with_more_time_is_reminded_by_its_own_day(sample: Bloc) -> None:
    milestone = sample.milestone("MS-BC6T")
    granted = Extension(1, "MS-BC6T", "STP", date(2026, 6, 24), "Bão", 1, SPRING)
    days = {day.due_on: units for day, units in days_of(milestone, sample, {"STP": granted})}
    assert days[date(2026, 6, 24)] == {"STP"}
    assert days[milestone.due_on] == {unit.code for unit in sample.units} - {"STP"}


def test_what_changed_between_two_versions_is_known_by_line() -> None:
    before = {"answers": {"TC1.1 1": [1, "r10"], "TC1.2 1": [1, "c1"]}, "evidence": [], "explanations": {}}
    after = {
        "answers": {"TC1.1 1": [1, "r10"], "TC1.2 1": [1, "c2"]},
        "evidence": [["TC1.3", "link", "https://a.vn", ""]],
        "explanations": {"TC1.4": "vì"},
    }
    assert changed_lines(before, after) == {"TC1.2", "TC1.3", "TC1.4"}
    assert changed_lines(before, before) == frozenset()


# -- whatever is done in whatever order ------------------------------------------------------------------------

MOVES = st.tuples(
    st.sampled_from(["accept", "appraise", "ask", "rest", "announce", "object", "settle", "finish"]),
    st.sampled_from(CODES),
    st.integers(0, 12),
    st.sampled_from([Decimal(0), Decimal(5), Decimal(10)]),
)


def moved(held: Appraisal, move: tuple[str, str, int, Decimal]) -> Appraisal:
    what, code, made_for, points = move
    who = {"by": 1, "at": SPRING}
    match what:
        case "accept":
            return held.accept(code, made_for=made_for, **who)  # type: ignore[arg-type]
        case "appraise":
            return held.appraise(code, points, "vì", own=Decimal(10), made_for=made_for, **who)  # type: ignore[arg-type]
        case "ask":
            return held.ask(code, "gì?", made_for=made_for, **who)  # type: ignore[arg-type]
        case "rest":
            return held.accept_rest(CODES, made_for=made_for, **who)  # type: ignore[arg-type]
        case "announce":
            return held.announce(CODES, made_for=made_for, at=SPRING)
        case "object":
            return held.object(code, "xem lại", made_for=made_for, **who)  # type: ignore[arg-type]
        case "settle":
            objected = held.objection(code)
            number = objected.number if objected else 999
            return held.settle(number, points, "vì", own=Decimal(10), made_for=made_for, **who)  # type: ignore[arg-type]
    return held.finish(made_for=made_for, at=SPRING)


@given(st.lists(MOVES, max_size=25))
def test_whatever_is_tapped_a_move_happens_once_and_what_is_final_stays(
    moves: list[tuple[str, str, int, Decimal]],
) -> None:
    held = Appraisal(1, 1)
    for move in moves:
        try:
            after = moved(held, move)
        except DomainError:
            continue
        assert held.phase is not Phase.FINAL
        assert after is held or after.revision == held.revision + 1
        try:
            again = moved(after, move)
        except DomainError:
            again = after
        assert again == after, "the same button again changes nothing"
        if after.phase is not Phase.OPEN:
            assert set(after.verdicts) == set(CODES), "nothing is announced half decided"
        held = after
    if held.phase is Phase.FINAL:
        assert not held.open_objections


def test_a_final_result_refuses_every_move() -> None:
    held = Appraisal(1, 1).accept_rest(CODES, made_for=0, by=1, at=SPRING)
    held = held.announce(CODES, made_for=1, at=SPRING).finish(made_for=2, at=SPRING)
    for what in ("accept", "appraise", "ask", "rest", "announce", "object", "finish"):
        with pytest.raises(AlreadyFinal):
            moved(held, (what, "TC1.1", 99, Decimal(5)))


def test_an_old_button_does_not_pass_over_a_reply() -> None:
    held = Appraisal(1, 1).accept("TC1.1", made_for=0, by=1, at=SPRING)
    with pytest.raises(LineMoved):
        held.appraise("TC1.1", Decimal(5), "vì", own=Decimal(10), made_for=0, by=2, at=SPRING)


def test_the_total_counts_the_verdicts_under_the_same_caps(sample: Bloc) -> None:
    form = Assessment(1, "STP", Period.MID_YEAR, sample)
    held = Appraisal(1, 1)
    for item in sample.items():
        most = span(item, sample.scale)[1]
        if most:
            held = held.appraise(item.code, most, "vì", own=Decimal(0), made_for=held.revision, by=1, at=SPRING)
    outcome = Outcome(Standing(form), held)
    assert outcome.totals.bonus <= sample.scale.bonus_cap
    assert outcome.totals.criteria == sample.declared_total
    assert Outcome(Standing(form), Appraisal(1, 1)).totals.total == 0
