"""Question files: every bad line told of at once, and figures that can be counted by hand."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.bloc import Bloc
from bot.domain.knowledge import AnswerState
from bot.knowledge.answer import Answers
from bot.knowledge.evaluate import (
    OTHER,
    Asked,
    Outcome,
    QuestionFileProblems,
    as_text,
    figures,
    read_questions,
    report,
    run,
)
from tests.conftest import SPRING

IDS = ("TC1", "TC2", "MS-1", "FAQ1")
GOOD = '{"q": "hạn nộp", "expect": ["MS-1"]}'
FIGURES = ["n", "answerable", "first", "in_three", "chosen", "refused_wrong", "refused_right"]


def problems(*lines: str) -> tuple[str, ...]:
    with pytest.raises(QuestionFileProblems) as caught:
        read_questions(lines, IDS, "câu.jsonl")
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


# -- reading ----------------------------------------------------------------------------------------------


def test_a_line_is_a_question_with_what_answers_it() -> None:
    [plain, full] = read_questions(
        [GOOD, '{"q": "a", "expect": [], "kind": "outside", "style": "short", "hand": "B"}'], IDS
    )
    assert plain == Asked("hạn nộp", ("MS-1",), OTHER, OTHER)
    assert full == Asked("a", (), "outside", "short")


def test_empty_lines_are_passed_over_and_what_names_no_kind_is_of_no_kind() -> None:
    lines = ["", "  ", GOOD, "\r", '{"q": "b", "expect": ["TC2", "TC1"], "kind": null, "style": ""}\r']
    [first, second] = read_questions(lines, IDS)
    assert first.question == "hạn nộp"
    assert second == Asked("b", ("TC2", "TC1"), OTHER, OTHER)


NOT_JSON, NO_OBJECT = "không phải một đối tượng JSON", 'cần một đối tượng {"q": "…", "expect": ["…"]}'
NO_QUESTION = '"q" phải là câu hỏi, dạng chữ'
NO_LIST = '"expect" phải là danh sách mã, để [] khi dữ liệu không có câu trả lời'
BAD = [
    ("hạn nộp là khi nào", NOT_JSON),
    ('{"q": "a", "expect": ["TC1"]', NOT_JSON),
    ("{'q': 'a', 'expect': []}", NOT_JSON),
    ("[" * 100_000, NOT_JSON),
    ("1" * 10_000, NOT_JSON),
    ('{"q": "a", "expect": []} thừa', NOT_JSON),
    ('["a", ["TC1"]]', NO_OBJECT),
    ('"a"', NO_OBJECT),
    ("null", NO_OBJECT),
    ("7", NO_OBJECT),
    ('{"expect": ["TC1"]}', NO_QUESTION),
    ('{"q": "   ", "expect": ["TC1"]}', NO_QUESTION),
    ('{"q": 5, "expect": ["TC1"]}', NO_QUESTION),
    ('{"q": null, "expect": ["TC1"]}', NO_QUESTION),
    ('{"q": "a"}', NO_LIST),
    ('{"q": "a", "expect": "TC1"}', NO_LIST),
    ('{"q": "a", "expect": null}', NO_LIST),
    ('{"q": "a", "expect": ["TC1", 7]}', NO_LIST),
    ('{"q": "a", "expect": [["TC1"]]}', NO_LIST),
    ('{"q": "a", "expect": {"TC1": 1}}', NO_LIST),
    ('{"q": "a", "expect": ["TC9"]}', '"expect": Khối không có mã TC9'),
    ('{"q": "a", "expect": ["TC1", "tc1", "", "X"]}', '"expect": Khối không có mã tc1, , X'),
]


@pytest.mark.parametrize(("line", "says"), BAD, ids=range(len(BAD)))
def test_a_bad_line_is_told_of_with_file_and_line(line: str, says: str) -> None:
    assert problems(GOOD, "", line, GOOD) == (f"câu.jsonl:3: {says}",)


def test_all_bad_lines_are_told_of_at_once_in_their_order() -> None:
    lines = [line for pair in ((bad, GOOD) for bad, _ in BAD) for line in pair]
    assert problems(*lines) == tuple(f"câu.jsonl:{2 * n + 1}: {says}" for n, (_, says) in enumerate(BAD))


@pytest.mark.parametrize("lines", [[], [""], ["  ", "\n", "\r"]])
def test_a_file_with_no_question_says_what_a_line_looks_like(lines: list[str]) -> None:
    [only] = problems(*lines)
    assert only == 'câu.jsonl: không có câu hỏi nào; mỗi dòng cần dạng {"q": "…", "expect": ["…"]}'


def test_against_an_empty_bloc_every_code_is_unknown() -> None:
    with pytest.raises(QuestionFileProblems) as caught:
        read_questions([GOOD, '{"q": "a", "expect": []}'], (), "f")
    assert caught.value.problems == ('f:1: "expect": Khối không có mã MS-1',)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(IDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["q", "expect", "kind"]), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON.map(json.dumps) | st.text(max_size=40), max_size=5))
def test_whatever_is_in_a_file_is_read_or_told_of(lines: list[str]) -> None:
    try:
        found = read_questions(lines, IDS, "f")
    except QuestionFileProblems as error:
        assert all(re.match(r"f(:\d+)?: .", problem) for problem in error.problems)
        told = len([problem for problem in error.problems if re.match(r"f:\d", problem)])
        assert told <= len(lines) and (told or not any(line.strip() for line in lines))
    else:
        assert len(found) == len([line for line in lines if line.strip()]) > 0
        assert all(asked.question.strip() and set(asked.expect) <= set(IDS) for asked in found)


# -- figures ------------------------------------------------------------------------------------------------

ANSWER, CHOOSE, UNKNOWN = AnswerState.ANSWER, AnswerState.CHOOSE, AnswerState.UNKNOWN


def outcome(expect: str, state: AnswerState, entries: str = "", kind: str = OTHER, style: str = OTHER) -> Outcome:
    asked = Asked(f"câu {expect}/{entries}", tuple(expect.split()), kind, style)
    return Outcome(asked, state, tuple(entries.split()))


MADE = [
    outcome("A", ANSWER, "A B C", "x", "full"),
    outcome("A B", ANSWER, "B", "x", "full"),  # any of those expected
    outcome("A", CHOOSE, "A B", "x", "plain"),
    outcome("A", CHOOSE, "B C A", "y", "plain"),  # third
    outcome("A", ANSWER, "B C D A", "y", "plain"),  # fourth is too late
    outcome("A", UNKNOWN, "", "y", "full"),
    outcome("", UNKNOWN, "", "z", "full"),
    outcome("", ANSWER, "A", "z", "full"),
    outcome("", CHOOSE, "A B", "z", "plain"),
    outcome("", UNKNOWN, "", "z", "full"),
]


@pytest.mark.parametrize(
    ("made", "first", "in_three", "right"),
    list(
        zip(
            MADE,
            [True, True, True, False, False, False, False, False, False, False],
            [True, True, True, True, False, False, False, False, False, False],
            [True, True, True, False, False, False, True, False, False, True],
            strict=True,
        )
    ),
)
def test_what_counts_as_right(made: Outcome, first: bool, in_three: bool, right: bool) -> None:
    assert (made.first, made.in_three, made.right) == (first, in_three, right)


def test_figures_are_shares_of_what_they_are_about() -> None:
    assert figures(MADE) == {
        "n": 10,
        "answerable": 6,
        "first": 0.5,
        "in_three": 0.667,
        "chosen": 0.333,
        "refused_wrong": 0.167,
        "refused_right": 0.5,
    }


def test_a_share_of_nothing_is_nothing() -> None:
    assert figures([]) == dict.fromkeys(FIGURES, 0)
    assert figures(MADE[6:7]) == {**dict.fromkeys(FIGURES, 0), "n": 1, "refused_right": 1.0}
    assert figures(MADE[:1]) == {**dict.fromkeys(FIGURES, 0), "n": 1, "answerable": 1, "first": 1.0, "in_three": 1.0}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(MADE), max_size=30))
def test_figures_agree_with_each_other_and_do_not_ask_for_an_order(outcomes: list[Outcome]) -> None:
    found = figures(outcomes)
    assert list(found) == FIGURES
    assert all(0 <= found[name] <= 1 for name in FIGURES[2:])
    assert found["first"] <= found["in_three"] <= 1 and found["answerable"] <= found["n"] == len(outcomes)
    assert found["in_three"] + found["refused_wrong"] <= 1.001
    assert figures(outcomes[::-1]) == found


# -- report -------------------------------------------------------------------------------------------------


def test_a_report_tells_styles_and_kinds_apart_and_names_every_miss() -> None:
    found = report(MADE)
    assert list(found) == [*FIGURES, "by_style", "by_kind", "misses"]
    assert {name: found[name] for name in FIGURES} == figures(MADE)
    assert list(found["by_style"]) == ["full", "plain"] and list(found["by_kind"]) == ["x", "y", "z"]
    assert found["by_kind"]["x"] == figures(MADE[:3])
    assert found["by_style"]["plain"] == figures([o for o in MADE if o.asked.style == "plain"])
    assert [miss["question"] for miss in found["misses"]] == [o.asked.question for o in MADE if not o.right]
    assert found["misses"][0] == {
        "question": "câu A/B C A",
        "expect": ("A",),
        "kind": "y",
        "style": "plain",
        "state": "choose",
        "entries": ["B", "C", "A"],
    }
    assert json.loads(json.dumps(found))["by_kind"]["z"]["refused_right"] == 0.5


def test_a_report_of_what_went_right_has_no_misses() -> None:
    found = report([MADE[0], MADE[6]])
    assert found["misses"] == [] and "✗" not in as_text(found)


def test_a_report_as_text_is_a_table_with_the_misses_below() -> None:
    head, *rows = as_text(report(MADE)).splitlines()
    assert head.split() == FIGURES
    table, misses = rows[:6], rows[6:]
    assert [row.split()[0] for row in table] == ["tất", "full", "plain", "x", "y", "z"]
    assert table[0].split()[-7:] == ["10", "6", "0.500", "0.667", "0.333", "0.167", "0.500"]
    assert len({len(row) for row in (head, *table)}) == 1
    assert misses[:2] == ["✗ câu A/B C A", "  cần: A; được: choose B C A"]
    assert misses[4:6] == ["✗ câu A/", "  cần: A; được: unknown"]
    assert misses[6:8] == ["✗ câu /A", "  cần: unknown; được: answer A"]
    assert len(misses) == 2 * len(report(MADE)["misses"])


# -- running ------------------------------------------------------------------------------------------------


def test_questions_are_answered_as_an_officer_would_be_at_that_moment(sample: Bloc) -> None:
    asked = [Asked("hạn nộp là khi nào", ("MS-BC6T",)), Asked("giá vàng", ()), Asked("DT3 với TC1.8", ("DT3",))]
    answers = Answers(sample)
    found = run(answers, asked, SPRING)
    assert [one.asked for one in found] == asked
    assert [one.state for one in found] == [ANSWER, UNKNOWN, CHOOSE] and all(one.right for one in found)
    assert found[2].entries == ("DT3", "TC1.8")
    december = run(answers, asked[:1], SPRING.replace(month=12))
    assert not december[0].right and december[0].entries[0] != "MS-BC6T"
