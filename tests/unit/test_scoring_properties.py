"""What must hold of the scoring rules for whatever people answer, in every bloc that the tests have."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.buttons.assessment import GiveFact
from bot.content.diff import compare
from bot.content.read import read_bloc, sample_path
from bot.domain import facts
from bot.domain.assessment import Assessment
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import Choice, Count, Fact, Item, ItemKind, Part, PartKind, Points, Rate, YesNo, check, score
from storage import catalogue
from storage.store import Store
from tests.conftest import load

TESTS = Path(__file__).resolve().parent.parent
FILES = [
    sample_path(),
    *(TESTS / "data" / name for name in ("khoi-100-diem.yaml", "khoi-200-diem.yaml", "khoi-nho.yaml")),
    *(TESTS / "eval" / name for name in ("enterprises.yaml", "hospitals.yaml", "schools.yaml")),
]
BLOCS = [read_bloc(path) for path in FILES]
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
MOST_BUTTON = 64
SOME = settings(max_examples=80, deadline=None)

blocs = st.sampled_from(BLOCS)


def fits(part: Part, step: Decimal) -> st.SearchStrategy[Fact]:
    """Any fact that `part` takes."""
    match part.kind:
        case PartKind.RATE:
            ratio = st.integers(1, 99_999).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
            return st.builds(Rate, st.decimals(0, 100, places=4)) | ratio.map(
                lambda held: Rate(done=Decimal(held[0]), total=Decimal(held[1]))
            )
        case PartKind.CHOICE:
            return st.sampled_from([*part.places, *((0,) if part.optional else ())]).map(Choice)
        case PartKind.SCORE:
            return st.integers(0, int(part.top / step)).map(lambda n: Points(n * step))
        case PartKind.COUNT:
            return st.integers(0, 9999).map(Count)
    return st.booleans().map(YesNo)


@st.composite
def given_answers(draw: st.DrawFn, bloc: Bloc, chance: int = 3) -> list[tuple[str, str, Fact]]:
    """(item, part, fact) of some of a bloc's questions, in the form's order."""
    return [
        (item.code, part.id, draw(fits(part, bloc.scale.step)))
        for item in bloc.items()
        for part in item.asked
        if draw(st.integers(0, chance))
    ]


def form(bloc: Bloc, answers: list[tuple[str, str, Fact]]) -> Assessment:
    held = Assessment(1, bloc.units[0].code, Period.YEAR_END, bloc)
    for code, part, fact in answers:
        held = held.give(code, part, fact, made_for=held.revision, by=1, at=NOW)
    return held


def test_every_kind_of_question_is_among_the_blocs() -> None:
    kinds = {part.kind for bloc in BLOCS for item in bloc.items() for part in item.parts}
    assert kinds == set(PartKind)
    assert {bloc.scale.bonus_inside for bloc in BLOCS} == {True, False}


@SOME
@given(st.data(), blocs, st.integers(0, 30))
def test_no_line_and_no_total_goes_beyond_its_cap_or_below_nothing(data: st.DataObject, bloc: Bloc, late: int) -> None:
    standing = Standing(form(bloc, data.draw(given_answers(bloc))), late)
    for line in standing.scores.values():
        if line.item.kind is ItemKind.DEDUCTION:
            assert line.points <= 0 and (line.item.ceiling is None or line.points >= -line.item.ceiling)
        else:
            assert line.points >= 0
            assert line.item.ceiling is None or line.points <= line.item.ceiling
            assert line.item.ceiling is not None or line.item.kind is ItemKind.BONUS  # the bloc's own cap holds it
    summed, scale = standing.totals, bloc.scale
    for group in bloc.groups:
        held = [standing.scores[item.code].points for item in bloc.criteria if item.group == group.code]
        assert 0 <= sum(held) <= group.ceiling
    assert 0 <= summed.criteria <= bloc.declared_total and 0 <= summed.bonus <= scale.bonus_cap
    assert summed.deduction <= 0
    assert 0 <= summed.total <= scale.base + (0 if scale.bonus_inside else scale.bonus_cap)


@SOME
@given(st.data(), blocs)
def test_the_order_in_which_answers_come_changes_neither_points_nor_hash(data: st.DataObject, bloc: Bloc) -> None:
    answers = data.draw(given_answers(bloc))
    one, other = form(bloc, answers), form(bloc, data.draw(st.permutations(answers)))
    assert _points(one) == _points(other)
    assert Standing(one).totals == Standing(other).totals
    assert digest(snapshot(one), 1) == digest(snapshot(other), 1)


def _points(held: Assessment) -> dict[str, Decimal]:
    return {code: line.points for code, line in Standing(held).scores.items()}


@SOME
@given(st.data(), blocs)
def test_answering_twice_counts_what_was_said_last(data: st.DataObject, bloc: Bloc) -> None:
    first, last = data.draw(given_answers(bloc)), data.draw(given_answers(bloc))
    kept = {(code, part): fact for code, part, fact in [*first, *last]}
    assert _points(form(bloc, [*first, *last])) == _points(form(bloc, [(*slot, fact) for slot, fact in kept.items()]))


@st.composite
def rated(draw: st.DrawFn) -> tuple[Item, Part, int, int]:
    choices = [(i, p) for bloc in BLOCS for i in bloc.items() for p in i.asked if p.kind is PartKind.RATE]
    total = draw(st.integers(1, 100_000))
    return *draw(st.sampled_from(choices)), draw(st.integers(0, total)), total


@settings(max_examples=400, deadline=None)
@given(rated(), st.integers(1, 50))
def test_done_of_total_counts_as_its_percentage(line: tuple[Item, Part, int, int], times: int) -> None:
    item, part, done, total = line
    ratio = Rate(done=Decimal(done), total=Decimal(total))

    def counted(fact: Fact) -> Decimal:
        return score(item, {part.id: fact}).points

    assert counted(ratio) == counted(Rate(percent=Decimal(done) * 100 / Decimal(total)))
    assert counted(ratio) == counted(Rate(done=Decimal(done * times), total=Decimal(total * times)))
    exact = Fraction(done * 100, total)  # no rounding may move a share over the edge of a band
    bands = [
        level
        for level in part.levels
        if (level.start is None or Fraction(level.start) <= exact)
        and (level.below is None or exact < Fraction(level.below))
    ]
    found = score(item, {part.id: ratio}).counted[0].level
    assert found == (bands[0] if bands else None)


@settings(max_examples=400, deadline=None)
@given(st.data(), blocs)
def test_every_fact_survives_being_packed_and_fits_a_button(data: st.DataObject, bloc: Bloc) -> None:
    item = data.draw(st.sampled_from([item for item in bloc.items() if item.asked]))
    part = data.draw(st.sampled_from(item.asked))
    fact = data.draw(fits(part, bloc.scale.step))
    check(part, fact, bloc.scale.step)
    packed = facts.pack(fact)
    assert facts.unpack(packed) == fact and facts.pack(facts.unpack(packed)) == packed
    assert len(GiveFact(10**6, 99, part.id, packed, 10**5).pack().encode()) <= MOST_BUTTON


@given(st.text(max_size=12) | st.from_regex(r"[rcnyp][-0-9.]{0,8}", fullmatch=True))
def test_what_pack_never_makes_is_refused_and_never_guessed(text: str) -> None:
    try:
        fact = facts.unpack(text)
    except ValueError:
        return
    assert facts.unpack(facts.pack(fact)) == fact


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_importing_the_same_criteria_again_is_no_change(path: Path, lite: Store) -> None:
    bloc = load(lite, read_bloc(path), NOW)
    again = load(lite, read_bloc(path), NOW)
    assert again.revision == bloc.revision == 1 and compare(bloc, again) == ()
    assert [item.version for item in again.items()] == [1] * len(list(bloc.items()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_importing_again_in_whatever_order_changes_no_points_and_moves_no_button(
    data: st.DataObject, lite: Store
) -> None:
    catalogue.forget_decoded()
    bloc = load(lite, BLOCS[0], NOW)
    answers = data.draw(given_answers(bloc))
    before = form(bloc, answers)
    load(lite, replace(BLOCS[0], criteria=tuple(data.draw(st.permutations(BLOCS[0].criteria)))), NOW)
    catalogue.forget_decoded()  # as a new process would read it
    with lite.reading(NOW) as work:
        pinned = work.catalogue.at(bloc.revision)
    after = replace(before, bloc=pinned)
    assert pinned.revision == bloc.revision == 1
    assert _points(after) == _points(before) and digest(snapshot(after), 1) == digest(snapshot(before), 1)
    lines = range(len(list(bloc.items())))
    assert [after.code_at(line) for line in lines] == [before.code_at(line) for line in lines]
