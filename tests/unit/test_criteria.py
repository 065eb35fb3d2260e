"""Facts become points as the sample's rules say, worked out by hand from each rule's own words."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.read import read_bloc, sample_path
from bot.domain.criteria import (
    AnswerKind,
    Choice,
    Count,
    DoneAboveTotal,
    Fact,
    FactNotAllowed,
    Item,
    ItemKind,
    Level,
    Part,
    PartKind,
    PercentOutOfRange,
    Points,
    PointsOffStep,
    PointsOutOfRange,
    Rate,
    Scale,
    Score,
    YesNo,
    check,
    score,
    totals,
)

BLOC = read_bloc(sample_path())
ITEMS = list(BLOC.items())
STEP = BLOC.scale.step


def percent(value: str) -> Rate:
    return Rate(percent=Decimal(value))


def points(value: str) -> Points:
    return Points(Decimal(value))


def gained(code: str, *facts: tuple[int, Fact], late: int = 0) -> Decimal:
    return score(BLOC.item(code), {str(part): fact for part, fact in facts}, late).points


def made(kind: AnswerKind | None, *levels: Level, ceiling: int | None = 20, of: ItemKind = ItemKind.CRITERION) -> Item:
    top = Decimal(ceiling) if ceiling is not None else None
    return Item("X", "dòng", of, top, "", levels, answer_kind=kind)


@pytest.mark.parametrize(
    ("code", "rate", "expected"),
    [
        ("TC1.1", "100", 150), ("TC1.1", "99.99", 135), ("TC1.1", "95", 135), ("TC1.1", "94.9", 115),
        ("TC1.1", "90", 115), ("TC1.1", "89", 90), ("TC1.1", "80", 90), ("TC1.1", "79.9", 50), ("TC1.1", "0", 50),
        ("TC1.3", "99", 80), ("TC1.3", "98.99", 70), ("TC1.3", "97", 70), ("TC1.3", "95", 60), ("TC1.3", "90", 40),
        ("TC1.3", "89.99", 20),
        ("TC1.5", "100", 40), ("TC1.5", "99", 32), ("TC1.5", "94", 24), ("TC1.5", "50", 10),
    ],
)  # fmt: skip
def test_a_rate_falls_in_its_band(code: str, rate: str, expected: int) -> None:
    assert gained(code, (1, percent(rate))) == expected


def test_done_out_of_total_is_exact_at_the_edge_of_a_band() -> None:
    assert gained("TC1.1", (1, Rate(done=Decimal(19), total=Decimal(20)))) == 135
    assert gained("TC1.1", (1, Rate(done=Decimal(189), total=Decimal(200)))) == 115
    assert gained("TC1.1", (1, Rate(done=Decimal(7), total=Decimal(7)))) == 150
    assert gained("TC1.1", (1, Rate(done=Decimal(2), total=Decimal(3)))) == 50


def test_tc1_3_takes_five_for_each_case_overturned() -> None:
    parts = BLOC.item("TC1.3").parts
    assert [(part.id, part.kind) for part in parts] == [("1", PartKind.RATE), ("6", PartKind.COUNT)]
    assert gained("TC1.3", (1, percent("99.5")), (6, Count(0))) == 80
    assert gained("TC1.3", (1, percent("98")), (6, Count(3))) == 55
    assert gained("TC1.3", (1, percent("50")), (6, Count(4))) == 0
    assert gained("TC1.3", (1, percent("50")), (6, Count(9))) == 0  # 20 - 45, never under 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("TC1.4", [50, 40, 20, 0]), ("TC1.6", [40, 32, 20, 0]), ("TC2.3", [40, 32, 20, 0]), ("TC2.6", [30, 20, 10]),
    ],
)  # fmt: skip
def test_a_grade_is_one_level(code: str, expected: list[int]) -> None:
    assert [gained(code, (1, Choice(place))) for place in range(1, len(expected) + 1)] == expected


@pytest.mark.parametrize(
    ("code", "tops"),
    [
        ("TC1.7", [15, 15, 10]), ("TC2.2", [10, 10, 10]), ("TC2.5", [15, 15, 10]), ("TC3.1", [15, 10]),
        ("TC3.3", [10, 15, 5]), ("TC3.5", [10, 10, 10]), ("TC3.7", [10, 10, 5]), ("TC3.8", [5, 5, 8, 8, 4]),
        ("TC3.10", [10, 8, 7]),
    ],
)  # fmt: skip
def test_components_add_up_to_the_maximum(code: str, tops: list[int]) -> None:
    item = BLOC.item(code)
    assert [(part.kind, int(part.top)) for part in item.parts] == [(PartKind.SCORE, top) for top in tops]
    full = {part.id: Points(part.top) for part in item.parts}
    assert score(item, full).points == item.ceiling == sum(tops)
    half = {part.id: Points(part.top / 2) for part in item.parts}
    assert score(item, half).points == Decimal(sum(tops)) / 2


def test_tc2_4_counts_three_organisations_and_no_more() -> None:
    assert gained("TC2.4", (1, points("15")), (2, Count(3))) == 30
    assert gained("TC2.4", (1, points("7.5")), (2, Count(1))) == Decimal("12.5")
    assert gained("TC2.4", (1, points("0")), (2, Count(8))) == 15
    assert gained("TC2.4", (2, Count(2))) == 10


def test_tc2_7_starts_full_and_is_capped_by_a_discipline() -> None:
    assert gained("TC2.7", (1, Count(0)), (2, YesNo(False))) == 40
    assert gained("TC2.7", (1, Count(2)), (2, YesNo(False))) == 30
    assert gained("TC2.7", (1, Count(0)), (2, YesNo(True))) == 20
    assert gained("TC2.7", (1, Count(3)), (2, YesNo(True))) == 20  # 25, capped
    assert gained("TC2.7", (1, Count(5)), (2, YesNo(True))) == 15  # under the cap already
    assert gained("TC2.7", (1, Count(9)), (2, YesNo(False))) == 0


def test_tc1_2_and_tc2_1_take_away_from_the_full_mark() -> None:
    assert gained("TC1.2", (1, Count(0)), (2, Count(0))) == 60
    assert gained("TC1.2", (1, Count(3)), (2, Count(2))) == 25
    assert gained("TC1.2", (1, Count(4)), (2, Count(5))) == 0
    assert gained("TC2.1", (1, Count(2))) == 30


def test_a_half_filled_line_that_starts_full_counts_nothing_yet() -> None:
    half = score(BLOC.item("TC1.2"), {"1": Count(0)})
    assert half.points == 0
    assert not half.complete
    assert score(BLOC.item("TC2.7"), {}).points == 0


def test_tc3_2_takes_the_deputy_instead_of_the_head() -> None:
    item = BLOC.item("TC3.2")
    assert [(part.id, part.kind, part.places) for part in item.parts] == [
        ("1", PartKind.SCORE, (1,)),
        ("2", PartKind.CHOICE, (2, 3)),
    ]
    assert gained("TC3.2", (1, points("15")), (2, Choice(2))) == 25
    assert gained("TC3.2", (1, points("15")), (2, Choice(3))) == 22
    assert gained("TC3.2", (1, points("15")), (2, Choice(0))) == 15
    assert score(item, {"1": points("15"), "2": Choice(0)}).complete


def test_tc3_6_adds_articles_and_the_film_up_to_twenty() -> None:
    assert gained("TC3.6", (1, Count(5)), (2, points("8"))) == 13
    assert gained("TC3.6", (1, Count(12)), (2, points("8"))) == 20
    assert gained("TC3.6", (1, Count(12)), (2, points("0"))) == 12
    full = score(BLOC.item("TC3.6"), {"1": Count(13), "2": points("8")})
    assert full.points == 20, "at most twelve articles count"
    assert gained("TC3.6", (1, Count(30)), (2, points("0"))) == 12


@pytest.mark.parametrize(
    ("code", "number", "expected"),
    [
        ("TC1.8", 0, 0), ("TC1.8", 3, 30), ("TC1.8", 4, 40), ("TC1.8", 7, 40), ("TC3.4", 1, 10), ("TC3.4", 3, 20),
        ("TC3.9", 3, 15), ("TC3.9", 4, 20), ("TC3.9", 5, 20),
        ("DT2", 1, 5), ("DT2", 3, 10), ("DT3", 2, 10), ("DT3", 4, 15), ("DT4", 1, 5), ("DT4", 9, 10),
        ("TRU2", 0, 0), ("TRU2", 2, -40), ("TRU4", 1, -8), ("TRU4", 3, -24), ("TRU4", 4, -24), ("TRU6", 2, -20),
    ],
)  # fmt: skip
def test_a_count_is_multiplied_and_capped(code: str, number: int, expected: int) -> None:
    assert gained(code, (1, Count(number))) == expected


@pytest.mark.parametrize(
    ("code", "place", "expected"),
    [
        ("DT1", 1, 15), ("DT1", 0, 0), ("DT5", 1, 10), ("DT5", 2, 5), ("DT5", 0, 0), ("DT6", 1, 5), ("DT6", 2, 10),
        ("DT6", 0, 0), ("TRU7", 1, 0), ("TRU7", 0, 0),
    ],
)  # fmt: skip
def test_at_most_one_of_a_rules_plain_levels_applies(code: str, place: int, expected: int) -> None:
    (part,) = BLOC.item(code).parts
    assert (part.kind, part.optional) == (PartKind.CHOICE, True)
    assert gained(code, (1, Choice(place))) == expected


def test_tru3_and_tru5_add_their_counts() -> None:
    assert gained("TRU3", (1, Count(1)), (2, Count(3))) == -11
    assert gained("TRU5", (1, Count(1)), (2, Count(1)), (3, Count(0))) == -15
    assert gained("TRU5", (1, Count(2)), (2, Count(2)), (3, Count(1))) == -40  # 50, capped at 40


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (1, -3), (2, -3), (3, -5), (5, -5), (6, -10), (10, -10), (11, 0), (60, 0)]
)
def test_tru1_is_counted_by_the_machine(days: int, expected: int) -> None:
    item = BLOC.item("TRU1")
    assert item.asked == ()
    late = score(item, {}, days)
    assert late.points == expected
    assert late.complete
    assert len(late.counted) == (days > 0)


# -- tables that other blocs have ----------------------------------------------------------------------------


def test_a_ladder_that_starts_at_no_days_rewards_being_on_time() -> None:
    days = "ngày làm việc"
    item = made(
        AnswerKind.RATE,
        Level("đúng hạn", Decimal(2), Decimal(0), Decimal(1), days),
        Level("1-2 ngày", Decimal("1.5"), Decimal(1), Decimal(3), days),
        Level("hơn", Decimal(0), Decimal(3), None, days),
        ceiling=2,
    )
    assert [score(item, {}, late).points for late in (0, 1, 2, 3, 40)] == [2, Decimal("1.5"), Decimal("1.5"), 0, 0]


def test_points_given_directly_need_no_table() -> None:
    item = made(AnswerKind.DIRECT, ceiling=10)
    (part,) = item.parts
    assert (part.id, part.kind, int(part.top)) == ("0", PartKind.SCORE, 10)
    assert score(item, {"0": points("7.5")}).points == Decimal("7.5")
    with pytest.raises(PointsOutOfRange):
        check(part, points("10.5"), STEP)


def test_guidance_beside_direct_points_is_not_added() -> None:
    item = made(
        AnswerKind.DIRECT,
        Level("tốt", Decimal(20)),
        Level("mỗi lần", Decimal(-3), each=True),
        Level("có", ceiling=Decimal(5)),
    )
    assert [(part.id, part.kind) for part in item.parts] == [
        ("0", PartKind.SCORE),
        ("2", PartKind.COUNT),
        ("3", PartKind.CEILING),
    ]
    assert score(item, {"0": points("20"), "2": Count(2), "3": YesNo(False)}).points == 14
    assert score(item, {"0": points("20"), "2": Count(2), "3": YesNo(True)}).points == 5


def test_a_single_reduction_applies_or_does_not() -> None:
    item = made(AnswerKind.MINUS, Level("mỗi lần", Decimal(-2), each=True), Level("có đơn vượt cấp", Decimal(-5)))
    assert [(part.kind, part.optional) for part in item.parts] == [(PartKind.COUNT, False), (PartKind.CHOICE, True)]
    assert score(item, {"1": Count(1), "2": Choice(2)}).points == 13
    assert score(item, {"1": Count(1), "2": Choice(0)}).points == 18


def test_a_backlog_takes_away_by_bands() -> None:
    item = made(
        AnswerKind.MINUS,
        Level("dưới 1%", Decimal(0), Decimal(0), Decimal(1), "%"),
        Level("từ 1%", Decimal(-10), Decimal(1), None, "%"),
    )
    assert score(item, {"1": percent("0.5")}).points == 20
    assert score(item, {"1": percent("11")}).points == 10


def test_only_a_count_that_adds_without_limit_is_open() -> None:
    assert [part.is_open for part in BLOC.item("TC3.6").parts] == [False, False]
    assert [part.is_open for part in BLOC.item("TC3.4").parts] == [True]
    assert [part.is_open for part in BLOC.item("TC2.4").parts] == [False, False]
    assert not any(part.is_open for part in BLOC.item("TC1.2").parts)
    assert BLOC.item("TC2.4").part("2").top == 15


# -- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "part", "fact", "refused"),
    [
        ("TC1.1", "1", percent("100.1"), PercentOutOfRange),
        ("TC1.1", "1", percent("-1"), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(1), total=Decimal(0)), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(0), total=Decimal(0)), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(-5), total=Decimal(-10)), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(-5), total=Decimal(10)), PercentOutOfRange),
        ("TC1.1", "1", Rate(total=Decimal(10)), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(3)), PercentOutOfRange),
        ("TC1.1", "1", Rate(), PercentOutOfRange),
        ("TC1.1", "1", Rate(done=Decimal(11), total=Decimal(10)), DoneAboveTotal),
        ("TC1.1", "1", Count(3), FactNotAllowed),
        ("TC1.4", "1", Choice(5), FactNotAllowed),
        ("TC1.4", "1", Choice(0), FactNotAllowed),
        ("TC1.7", "1", points("15.5"), PointsOutOfRange),
        ("TC1.7", "1", points("-0.5"), PointsOutOfRange),
        ("TC1.7", "1", points("7.3"), PointsOffStep),
        ("TC1.8", "1", Count(-1), FactNotAllowed),
        ("TC1.8", "1", Count(10_000), FactNotAllowed),
        ("TC2.7", "2", Count(1), FactNotAllowed),
        ("TRU1", "1", Count(3), FactNotAllowed),
    ],
)
def test_a_fact_that_does_not_answer_is_refused(
    code: str, part: str, fact: Fact, refused: type[FactNotAllowed]
) -> None:
    with pytest.raises(refused):
        check(BLOC.item(code).part(part), fact, STEP)


def test_a_part_that_the_line_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        BLOC.item("TC1.1").part("6")


# -- the whole table -----------------------------------------------------------------------------------------


def scored(code: str, value: int, kind: ItemKind) -> Score:
    item = Item(code, code, kind, None, "", ())
    return Score(item, Decimal(value), True, (), False)


def test_the_bonus_is_capped_and_the_total_never_under_zero() -> None:
    scores = {
        "a": scored("a", 900, ItemKind.CRITERION),
        "b": scored("b", 70, ItemKind.BONUS),
        "c": scored("c", -30, ItemKind.DEDUCTION),
    }
    whole = totals(scores, BLOC.scale)
    assert [whole.criteria, whole.bonus, whole.deduction, whole.total] == list(map(Decimal, (900, 50, -30, 920)))
    assert totals({"c": scores["c"]}, BLOC.scale).total == 0


def test_a_bonus_inside_the_base_never_goes_beyond_it() -> None:
    inside = Scale(Decimal(1000), Decimal(50), STEP, bonus_inside=True)
    full = {"a": scored("a", 950, ItemKind.CRITERION), "b": scored("b", 70, ItemKind.BONUS)}
    assert totals(full, inside).total == 1000
    over = {**full, "a": scored("a", 980, ItemKind.CRITERION)}
    assert totals(over, inside).total == 1000
    outside = Scale(Decimal(1000), Decimal(50), STEP, bonus_inside=False)
    assert totals(over, outside).total == 1030


def test_a_perfect_year_is_the_base_and_the_whole_bonus() -> None:
    best = {item.code: score(item, {part.id: best_fact(part) for part in item.asked}) for item in ITEMS}
    del best["DT5"]  # without it the other bonus rules still pass the cap
    whole = totals(best, BLOC.scale)
    assert [whole.criteria, whole.bonus, whole.deduction, whole.total] == list(map(Decimal, (1000, 50, 0, 1050)))


def best_fact(part: Part) -> Fact:
    match part.kind:
        case PartKind.RATE:
            return percent("100")
        case PartKind.CHOICE:
            tops = [level.points or Decimal(0) for level in part.levels]
            return Choice(part.places[tops.index(max(tops))])
        case PartKind.SCORE:
            return Points(part.top)
        case PartKind.COUNT:
            return Count(100 if part.top > 0 else 0)
        case _:
            return YesNo(False)


def facts_for(part: Part) -> st.SearchStrategy[Fact]:
    match part.kind:
        case PartKind.RATE:
            return st.builds(Rate, st.decimals(0, 100, places=3))
        case PartKind.CHOICE:
            return st.builds(Choice, st.sampled_from([*part.places, *((0,) if part.optional else ())]))
        case PartKind.SCORE:
            return st.integers(0, int(part.top / STEP)).map(lambda n: Points(n * STEP))
        case PartKind.COUNT:
            return st.builds(Count, st.integers(0, 9999))
        case _:
            return st.builds(YesNo, st.booleans())


@st.composite
def filled(draw: st.DrawFn) -> tuple[Item, dict[str, Fact], int]:
    item = draw(st.sampled_from(ITEMS))
    some = [part for part in item.asked if draw(st.booleans())]
    return item, {part.id: draw(facts_for(part)) for part in some}, draw(st.integers(0, 30))


@given(filled())
def test_no_line_goes_beyond_its_ceiling_or_below_nothing(line: tuple[Item, dict[str, Fact], int]) -> None:
    item, facts, late = line
    for part_id, fact in facts.items():
        check(item.part(part_id), fact, STEP)
    result = score(item, facts, late)
    if item.kind is ItemKind.DEDUCTION:
        assert result.points <= 0
        assert item.ceiling is None or result.points >= -item.ceiling
    else:
        assert 0 <= result.points <= (item.ceiling or 0)
    assert result.complete == (len(facts) == len(item.asked))
    assert result.points % STEP == 0


@given(filled())
def test_the_order_of_the_facts_does_not_matter(line: tuple[Item, dict[str, Fact], int]) -> None:
    item, facts, late = line
    results = {score(item, dict(order), late).points for order in permutations(facts.items())}
    assert len(results) == 1


@given(st.lists(filled(), max_size=40))
def test_no_whole_table_goes_beyond_the_scale(lines: list[tuple[Item, dict[str, Fact], int]]) -> None:
    whole = totals({item.code: score(item, facts, late) for item, facts, late in lines}, BLOC.scale)
    assert 0 <= whole.total <= BLOC.scale.base + BLOC.scale.bonus_cap
    assert 0 <= whole.bonus <= BLOC.scale.bonus_cap
    assert whole.deduction <= 0
