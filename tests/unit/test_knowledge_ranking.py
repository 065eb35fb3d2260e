"""Words, phrasebook and sort of fact weighed together, and how far the best line can be trusted."""

import itertools
import math
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.read import read_bloc, sample_path
from bot.knowledge.entries import EntryKind
from bot.knowledge.evaluate import read_questions
from bot.knowledge.index import EVERY_KIND, Index
from bot.knowledge.lexicon import lexicon
from bot.knowledge.phrasebook import Near, Phrasebook, Topic, phrasebook
from bot.knowledge.question import Question
from bot.knowledge.ranking import CONFIDENCE, DATA, EVIDENCE, Ranker, Ranking, signs_of, tuned
from bot.knowledge.themes import Profile

EVAL = Path(__file__).parent.parent / "eval"
ASKED = [
    "hạn nộp báo cáo sơ kết",
    "cchc max bn đ",
    "ai được bỏ phiếu",
    "nộp muộn 4 ngày",
    "giá vàng",
    "bo sung minh chung",
]


@cache
def ranker() -> Ranker:
    return Ranker(Index(read_bloc(sample_path())))


def rank(text: str, kinds: Collection[EntryKind] = EVERY_KIND, by: Ranker | None = None) -> Ranking:
    found = by or ranker()
    return found.rank(found.index.understand(text), kinds)


def of_the_sample() -> list[str]:
    lines = (EVAL / "sample-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [asked.question for asked in read_questions(lines, ranker().index.entries)]


# -- the fitted numbers -----------------------------------------------------------------------------------


def test_the_shipped_numbers_are_complete_and_finite() -> None:
    held = tomllib.loads(DATA.read_text(encoding="utf-8"))
    assert held.keys() == {"bias", "least", "apart", "evidence", "confidence"}
    assert tuple(held["evidence"]) == EVIDENCE and len(set(EVIDENCE)) == len(EVIDENCE)
    assert tuple(held["confidence"]) == CONFIDENCE and len(set(CONFIDENCE)) == len(CONFIDENCE)
    numbers = [held["bias"], held["least"], held["apart"], *held["evidence"].values(), *held["confidence"].values()]
    assert all(isinstance(number, float) and math.isfinite(number) for number in numbers)


def test_the_shipped_numbers_are_read_once_and_make_sense() -> None:
    weights = tuned()
    assert weights is tuned()
    assert 0 < weights.least < 1 and weights.apart > 0
    for name in ("relative", "words", "topics", "titles", "plain_kind"):
        assert weights.evidence[name] > 0, name
    for name in ("coverage", "most_covered", "timely"):
        assert weights.confidence[name] > 0, name
    for name in ("outside", "unheld"):
        assert weights.confidence[name] < 0, name


class OnlyThese(Phrasebook):
    """A phrasebook of which only some topics are ever near."""

    def __init__(self, whole: Phrasebook, near: Sequence[Topic]) -> None:
        self._whole, self.topics, self._near = whole, whole.topics, near

    def about(self, text: str) -> Profile:
        return self._whole.about(text)

    def asked_about(self, question: Question) -> Profile:
        return self._whole.asked_about(question)

    def nearest(self, question: Question) -> list[Near]:
        return [one for one in self._whole.nearest(question) if one.topic in self._near]


# -- what speaks for a line ---------------------------------------------------------------------------------


def test_a_line_tells_what_speaks_for_it_and_its_score_is_that_weighed() -> None:
    for text in ASKED:
        for line in rank(text).lines:
            assert tuple(line.evidence) == EVIDENCE
            weighed = [tuned().evidence[name] * value for name, value in line.evidence.items()]
            assert line.score == pytest.approx(sum(weighed))


def test_evidence_stays_within_its_scale() -> None:
    for text in of_the_sample():
        lines = rank(text).lines
        for line in lines:
            assert all(value >= 0 for value in line.evidence.values()), (text, line)
            assert line.evidence["relative"] <= 1 and line.evidence["plain"] <= 1 + 1e-9, (text, line)
            assert line.evidence["topics"] < 1 and line.evidence["titles"] < 1, (text, line)
            assert 0 <= line.coverage <= 1 + 1e-9 and 0 < line.timely <= 1, (text, line)
        assert not lines or max(line.evidence["relative"] for line in lines) in (0.0, 1.0)


def test_hiding_the_phrasebook_raises_no_line() -> None:
    bare = Ranker(ranker().index, Phrasebook((), lexicon()))
    lower = 0
    for text in of_the_sample():
        told = {line.entry.id: line.score for line in rank(text).lines}
        for line in rank(text, by=bare).lines:
            assert line.evidence["topics"] == line.evidence["titles"] == 0
            assert line.score <= told[line.entry.id] + 1e-9, (text, line.entry.id)
            lower += line.score < told[line.entry.id]
    assert lower > 500


def test_hiding_topics_one_after_the_other_raises_no_line() -> None:
    text = "hạn nộp báo cáo sơ kết"
    near = [held.topic for held in rank(text).near]
    assert len(near) > 3
    scores: dict[str, float] = {}
    for count in range(len(near) + 1):
        fewer = Ranker(ranker().index, OnlyThese(phrasebook(), near[:count]))
        now = {line.entry.id: line.score for line in rank(text, by=fewer).lines}
        assert all(now[entry] >= score - 1e-9 for entry, score in scores.items())
        scores = now


# -- the order ------------------------------------------------------------------------------------------------


def test_the_best_comes_first_and_every_line_once() -> None:
    for text in of_the_sample():
        found = rank(text)
        scores = [line.score for line in found.lines]
        assert scores == sorted(scores, reverse=True)
        assert len(set(found.ids)) == len(found.ids) and found.ids == tuple(line.entry.id for line in found.lines)


def test_the_same_question_is_ranked_the_same_whatever_was_asked_before() -> None:
    other = Ranker(Index(read_bloc(sample_path())))
    for text in reversed(ASKED):
        rank(text, by=other)
    for text in ASKED:
        assert rank(text) == rank(text)
        assert rank(text, by=other) == rank(text)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_only_lines_of_the_wanted_kinds_are_ranked(size: int) -> None:
    for kinds in itertools.combinations(EntryKind, size):
        found = [rank(text, frozenset(kinds)) for text in ("báo cáo khen thưởng của đơn vị", "nộp muộn 4 ngày")]
        assert found[0].lines
        assert {line.entry.kind for ranking in found for line in ranking.lines} <= set(kinds)


def test_of_the_wanted_kinds_the_right_line_is_still_first() -> None:
    assert rank("cải cách hành chính", {EntryKind.CRITERION}).ids[0] == "TC1.6"
    assert rank("nộp muộn báo cáo", {EntryKind.DEDUCTION}).ids[0] == "TRU1"
    assert rank("nộp muộn báo cáo", {EntryKind.MILESTONE}).ids[0].startswith("MS-BC")


def test_nearly_every_line_is_first_and_every_one_is_trusted_when_its_heading_is_typed() -> None:
    entries = ranker().index.entries.values()
    found = {entry.id: rank(entry.heading) for entry in entries}
    assert [entry for entry, ranking in found.items() if entry not in ranking.ids[:3]] == []
    assert [entry for entry, ranking in found.items() if ranking.sure < tuned().least] == []
    assert sum(ranking.ids[0] == entry for entry, ranking in found.items()) >= 0.97 * len(found)


# -- trust ----------------------------------------------------------------------------------------------------


def test_what_tells_how_far_to_trust_has_every_name() -> None:
    for text in ASKED:
        asked = ranker().index.understand(text)
        found = ranker().rank(asked)
        signs = signs_of(asked, found.lines, found.near)
        assert tuple(signs) == CONFIDENCE
        assert signs["score"] == found.lines[0].score and signs["timely"] == found.lines[0].timely
        assert signs["most_covered"] >= signs["coverage"]
    assert signs_of(asked, (), ()) == {}


@pytest.mark.parametrize("nothing", ["", "   ", "???", "👍"])
def test_a_question_that_says_nothing_finds_no_line_and_is_not_trusted(nothing: str) -> None:
    assert rank(nothing) == Ranking((), (), 0.0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200) | st.lists(st.sampled_from(" ".join(ASKED).split()), max_size=15).map(" ".join))
def test_trust_is_a_likelihood_whatever_is_typed(text: str) -> None:
    found = rank(text)
    assert 0 <= found.sure <= 1
    assert all(0 <= one.held <= 1 and one.closeness > 0 for one in found.near)
    assert all(math.isfinite(line.score) for line in found.lines)


TIMELY = ["hạn nộp báo cáo sơ kết", "cải cách hành chính được mấy điểm", "hội nghị tổng kết tổ chức khi nào"]


@pytest.mark.parametrize("text", TIMELY)
def test_the_year_of_the_bloc_is_trusted_and_another_year_is_not(text: str) -> None:
    assert rank(text).sure >= tuned().least
    assert rank(f"{text} năm 2026").sure >= tuned().least
    for year in (2019, 2024, 2030):
        late = rank(f"{text} năm {year}")
        assert late.ids[0] == rank(text).ids[0] and late.lines[0].timely < 1
        assert late.sure < 0.1 < tuned().least


@pytest.mark.parametrize(
    "text",
    [
        "cải cách hành chính được thưởng bao nhiêu tiền",
        "cờ thi đua thưởng mấy triệu",
        "điển hình tiên tiến được thưởng bao nhiêu tiền mặt",
        "nghị định 98 quy định cải cách hành chính thế nào",
    ],
)
def test_money_and_papers_that_no_line_speaks_of_are_not_trusted(text: str) -> None:
    found = rank(text)
    assert found.lines[0].timely < 1 and found.sure < tuned().least


@pytest.mark.parametrize(
    "text", ["giá vàng hôm nay", "ngay mai co mua khong", "đội nào vô địch bóng đá", "wifi mật khẩu gì"]
)
def test_what_no_bloc_holds_is_not_trusted(text: str) -> None:
    assert rank(text).sure < tuned().least


def test_what_one_bloc_holds_is_trusted_there_and_not_in_another() -> None:
    school = Ranker(Index(read_bloc(EVAL / "schools.yaml")))
    for text in ("mức tiền thưởng giải nhất hội thao", "chỉ tiêu tuyển sinh được mấy điểm"):
        assert rank(text, by=school).sure >= tuned().least > rank(text).sure


def test_a_bloc_with_nothing_in_it_is_not_trusted() -> None:
    bloc = read_bloc(sample_path())
    empty = Ranker(Index(replace(bloc, criteria=(), bonuses=(), deductions=(), milestones=(), notes=())))
    for text in ASKED:
        found = rank(text, by=empty)
        assert (found.lines, found.sure) == ((), 0.0)
