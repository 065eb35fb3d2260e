"""How people ask, apart from any bloc: what the shipped phrasebook may hold, and which topic a question comes near."""

import random
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.read import read_bloc, sample_path
from bot.knowledge.entries import EntryKind, entries_of
from bot.knowledge.lexicon import lexicon
from bot.knowledge.phrasebook import DATA, MOST_TOPICS, Near, Phrasebook, Topic, phrasebook, topics_in
from bot.knowledge.question import Known, Question, understand
from bot.knowledge.text import fold

EVAL = Path(__file__).parent.parent / "eval"
FILES = sorted(DATA.glob("*.toml"))
TOPICS = topics_in(DATA)
NOTHING = Known(
    word=lambda word: False,
    pair=lambda one, other: False,
    compound=lambda one, other: False,
    otherwise=lambda one, other: False,
)
CLOSEST = 1.85  # a line said word for word, in which everything stands side by side


def read(text: str) -> Question:
    """As a bloc that holds nothing would read it."""
    return understand(text, lexicon(), NOTHING)


def near(book: Phrasebook, text: str) -> list[Near]:
    return book.nearest(read(text))


def first(book: Phrasebook, text: str) -> str:
    return near(book, text)[0].topic.id


def lines_of(topic: Topic) -> tuple[str, ...]:
    return (*topic.gists, *topic.asks)


# -- what the shipped files may hold ---------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_composed_utf8_and_every_topic_has_what_is_read_and_no_more(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    tables = tomllib.loads(text)
    kinds = tables.pop("kinds")
    assert kinds and len(kinds) == len(set(kinds)) and set(kinds) <= {kind.value for kind in EntryKind}
    assert tables
    for name, table in tables.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name), name
        assert {"gist", "ask"} <= table.keys() <= {"gist", "ask", "usual"}, name
        assert isinstance(table.get("usual", True), bool), name


def test_every_file_is_read_with_its_kinds() -> None:
    assert len(FILES) >= 6
    read_from = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES}
    assert len(TOPICS) == sum(len(tables) - 1 for tables in read_from.values())
    by_id = {topic.id: topic for topic in TOPICS}
    for tables in read_from.values():
        kinds = frozenset(map(EntryKind, tables.pop("kinds")))
        for name, table in tables.items():
            assert by_id[name].kinds == kinds and by_id[name].usual is table.get("usual", True)


def test_a_topic_has_one_name_over_all_files() -> None:
    names = [topic.id for topic in TOPICS]
    assert len(names) == len(set(names))


def test_a_topic_has_enough_official_wordings_and_ways_to_ask() -> None:
    assert [topic.id for topic in TOPICS if len(topic.gists) < 2] == []
    assert [topic.id for topic in TOPICS if len(topic.asks) < 12] == []


def test_no_way_to_ask_stands_in_two_topics_or_twice_in_one() -> None:
    where: dict[str, list[str]] = defaultdict(list)
    for topic in TOPICS:
        for ask in topic.asks:
            where[" ".join(re.findall(r"\w+", ask.casefold()))].append(topic.id)
    assert {ask: ids for ask, ids in where.items() if len(ids) > 1} == {}


# What everybody calls so: a size of paper, a level of English, a quarter of journals.
# the quarters of journals, a certificate, a size of paper
NOT_OF_A_BLOC = {
    *(("gd-nghien-cuu-khoa-hoc", quartile) for quartile in ("Q1", "Q2")),
    ("report-layout-font", "A3"),
    ("training-courses", "B1"),
}


def test_no_line_names_a_line_of_any_bloc() -> None:
    files = [sample_path(), *EVAL.glob("*.yaml")]
    assert len(files) >= 4
    ids = {entry.id.casefold(): entry.id for path in files for entry in entries_of(read_bloc(path))}
    assert {"tc1.1", "ms-bc6t", "faq01", "i.2"} <= ids.keys()
    said = {
        (topic.id, ids[word])
        for topic in TOPICS
        for line in lines_of(topic)
        for word in (found.strip(".-") for found in re.findall(r"[\w.\-]+", line.casefold()))
        if word in ids
    }
    assert said == NOT_OF_A_BLOC


def test_no_line_dates_anything_and_no_official_wording_states_a_year_or_points() -> None:
    for topic in TOPICS:
        for line in lines_of(topic):
            assert not re.search(r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d", line), (topic.id, line)
        for gist in topic.gists:
            assert not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", gist), (topic.id, gist)
            amounts = re.findall(r"(\d+(?:[.,]\d+)?)\s*điểm", gist)
            assert all(float(amount.replace(",", ".")) < 1 for amount in amounts), (topic.id, gist)  # 0; 0,5 as such


def test_every_line_can_be_looked_up() -> None:
    for topic in TOPICS:
        for line in lines_of(topic):
            assert re.search(r"[^\W\d_]", line) and line == line.strip() and len(line) <= 200, (topic.id, line)


# -- the nearest topic, on a phrasebook of a few topics ---------------------------------------------------

VOTE = Topic(
    "vote", ("Bỏ phiếu suy tôn", "Kiểm phiếu tại hội nghị"), ("ai được cầm lá phiếu", "bỏ phiếu kín hay công khai")
)
CROSS = Topic("cross", ("Chấm chéo giữa các đơn vị",), ("ai chấm chéo cho bên em", "lịch chấm chéo"))
LATE = Topic("late", ("Chậm nộp hồ sơ",), ("gửi chậm thì sao", "chậm mấy ngày bị phạt"))
FLAG = Topic("flag", ("Cờ thi đua của Chính phủ",), ("rinh lá cờ to nhất", "cờ chính phủ xét kiểu gì"), usual=False)
FEW = (VOTE, CROSS, LATE, FLAG)


@cache
def few() -> Phrasebook:
    return Phrasebook(FEW, lexicon())


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("bỏ phiếu kín được không", "vote"),
        ("bo phieu kin duoc khong", "vote"),
        ("Kiểm phiếu", "vote"),
        ("lịch chấm chéo thế nào", "cross"),
        ("co chinh phu xet sao", "flag"),
        ("rinh la co", "flag"),
    ],
)
def test_the_nearest_topic_is_found_with_and_without_marks(typed: str, topic: str) -> None:
    assert first(few(), typed) == topic


@pytest.mark.parametrize(
    ("typed", "topic"), [("bỏ phieeus kín", "vote"), ("lịch chấm chéoo", "cross"), ("rinhh lá", "flag")]
)
def test_a_slip_of_the_finger_is_forgiven(typed: str, topic: str) -> None:
    assert first(few(), typed) == topic


def test_a_slip_counts_less_than_the_word_and_more_than_nothing() -> None:
    said, slipped, other = (near(few(), typed)[0].closeness for typed in ("rinh lá", "rinhh lá", "qqqqq lá"))
    assert said > slipped > other > 0


def test_a_short_word_that_is_a_syllable_is_no_slip_of_another() -> None:
    assert first(few(), "rink") == "flag"
    assert near(few(), "ring") == []


def test_marks_that_disagree_tell_topics_apart() -> None:
    assert [one.topic.id for one in near(few(), "chậm")] == ["late"]
    assert [one.topic.id for one in near(few(), "chấm")] == ["cross"]
    assert {one.topic.id for one in near(few(), "cham")} == {"late", "cross"}


def test_a_question_that_shares_nothing_or_says_nothing_is_near_nothing() -> None:
    for nothing in ("", "   ", "???", "\n", "👍"):
        assert near(few(), nothing) == [] and near(phrasebook(), nothing) == []
    assert near(few(), "xyzzy") == []


def test_nothing_is_near_in_an_empty_phrasebook() -> None:
    assert near(Phrasebook((), lexicon()), "bỏ phiếu") == []


def test_an_official_wording_finds_its_topic_as_well_as_a_way_to_ask() -> None:
    for topic in FEW:
        for line in lines_of(topic):
            assert first(few(), line) == topic.id, line


def test_what_is_covered_wholly_is_nearer_than_what_is_covered_in_part() -> None:
    whole, part = near(few(), "lịch chấm chéo")[0], near(few(), "lịch chấm chéo với bóng chuyền bãi biển")[0]
    assert whole.topic.id == part.topic.id == "cross" and whole.closeness > 1.2 * part.closeness


def test_at_most_eight_topics_are_near_and_the_nearest_comes_first() -> None:
    many = [Topic(f"t{n}", ("Hồ sơ khen thưởng",), tuple(["hồ sơ gì"] * n)) for n in range(1, 13)]
    found = near(Phrasebook(many, lexicon()), "hồ sơ khen thưởng")
    assert len(found) == MOST_TOPICS == 8
    assert [one.closeness for one in found] == sorted((one.closeness for one in found), reverse=True)


WORDS = sorted({word for topic in FEW for line in lines_of(topic) for word in line.split()})


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *map(fold, WORDS), "không", "bóng"]), max_size=12), st.permutations(FEW))
def test_the_order_of_topics_changes_nothing(said: list[str], topics: list[Topic]) -> None:
    text = " ".join(said)
    found = {one.topic.id: one.closeness for one in near(few(), text)}
    moved = {one.topic.id: one.closeness for one in near(Phrasebook(topics, lexicon()), text)}
    assert moved == pytest.approx(found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *map(fold, WORDS)]), max_size=12).map(" ".join) | st.text(max_size=60))
def test_closeness_stays_within_bounds_and_falls(text: str) -> None:
    for book in (few(), phrasebook()):
        closeness = [one.closeness for one in near(book, text)]
        assert all(0 < one <= CLOSEST for one in closeness)
        assert closeness == sorted(closeness, reverse=True)


# -- the shipped phrasebook -------------------------------------------------------------------------------

CHOSEN = random.Random(20).sample([(topic.id, ask) for topic in TOPICS for ask in topic.asks], 200)


@pytest.mark.parametrize("written", [str, fold], ids=["as it stands", "without marks"])
def test_a_line_asked_word_for_word_comes_first(written: Callable[[str], str]) -> None:
    found = [first(phrasebook(), written(ask)) == topic for topic, ask in CHOSEN]
    assert sum(found) / len(found) >= 0.985


def test_a_line_asked_word_for_word_is_as_near_as_can_be() -> None:
    for topic, ask in CHOSEN:
        own = next(one.closeness for one in near(phrasebook(), ask) if one.topic.id == topic)
        assert 0.65 < own <= CLOSEST, (topic, ask, own)


def test_half_of_a_line_still_finds_its_topic_mostly() -> None:
    long = [(topic, ask.split()) for topic, ask in CHOSEN if len(ask.split()) >= 8]
    assert len(long) > 80
    for part in (slice(None, 6), slice(-6, None)):
        found = [topic in [one.topic.id for one in near(phrasebook(), " ".join(ask[part]))[:3]] for topic, ask in long]
        assert sum(found) / len(found) >= 0.97, part


def test_the_phrasebook_is_read_once() -> None:
    assert phrasebook() is phrasebook()
    assert [topic.id for topic in phrasebook().topics] == [topic.id for topic in TOPICS]
