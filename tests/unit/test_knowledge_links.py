"""Which lines of one bloc a topic of the phrasebook is about."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.read import read_bloc
from bot.domain.bloc import Bloc
from bot.domain.knowledge import Note
from bot.knowledge.index import Hit, Index
from bot.knowledge.lexicon import lexicon
from bot.knowledge.links import MOST_TITLES, OTHER_KIND, Links
from bot.knowledge.phrasebook import Near, Phrasebook, Topic, phrasebook
from bot.knowledge.question import Question

EVAL = Path(__file__).parent.parent / "eval"
TOPICS = {topic.id: topic for topic in phrasebook().topics}


@pytest.fixture(scope="module")
def index(sample: Bloc) -> Index:
    return Index(sample)


@pytest.fixture(scope="module")
def links(index: Index) -> Links:
    return Links(index, phrasebook())


class Counted(Index):
    """An index that remembers how often it was searched."""

    def __init__(self, bloc: Bloc) -> None:
        super().__init__(bloc)
        self.searched: list[str] = []

    def rank(self, question: Question, *args: object, **kwargs: object) -> list[Hit]:
        self.searched.append(question.text)
        return super().rank(question, *args, **kwargs)  # type: ignore[arg-type]


class CountedBook(Phrasebook):
    def __init__(self, topics: tuple[Topic, ...]) -> None:
        super().__init__(topics, lexicon())
        self.looked_up: list[str] = []

    def nearest(self, question: Question) -> list[Near]:
        self.looked_up.append(question.text)
        return super().nearest(question)


def best(found: Mapping[str, float]) -> str:
    return max(found, key=found.__getitem__)


# -- what is linked ----------------------------------------------------------------------------------------

HELD = [
    ("cal-dang-ky-thi-dua", "MS-DANGKY"),
    ("cal-bao-cao-tong-ket", "MS-BCNAM"),
    ("cal-tham-dinh-cheo", "MS-THAMDINHCHEO"),
    ("tc-cai-cach-hanh-chinh", "TC1.6"),
    ("tc-chuyen-doi-so", "TC1.7"),
    ("tc-phong-chong-tham-nhung", "TC2.5"),
    ("tc-tru-bao-cao-cham", "TRU1"),
    ("dt-huan-chuong", "DT1"),
    ("head-election", "FAQ30"),
    ("report-length", "FAQ10"),
]


@pytest.mark.parametrize(("topic", "entry"), HELD)
def test_a_topic_leads_to_the_line_that_holds_it(links: Links, topic: str, entry: str) -> None:
    by_gist, by_title = links.of(TOPICS[topic]), links.titled(TOPICS[topic])
    assert best(by_gist) == entry and by_gist[entry] >= 0.3
    assert best(by_title) == entry and by_title[entry] >= 0.7


ABSENT = ["hotel", "weather", "football-lottery", "hai-quan", "nn-bao-ve-rung", "thue-no-thue", "prices-finance"]


@pytest.mark.parametrize("topic", ABSENT)
def test_a_topic_that_the_bloc_does_not_hold_leads_nowhere_for_sure(links: Links, topic: str) -> None:
    assert max(links.of(TOPICS[topic]).values(), default=0.0) < 0.2
    assert max(links.titled(TOPICS[topic]).values(), default=0.0) < 0.65


def test_another_bloc_is_linked_by_its_own_words() -> None:
    firms = Links(Index(read_bloc(EVAL / "enterprises.yaml")), phrasebook())
    assert best(firms.of(TOPICS["dn-doanh-thu"])) == "I.1"
    assert best(firms.titled(TOPICS["tc-chuyen-doi-so"])) == "III.1"


def test_links_lead_to_lines_of_the_bloc_and_stay_within_bounds(index: Index, links: Links) -> None:
    for topic in TOPICS.values():
        found = links.of(topic)
        assert found.keys() <= index.entries.keys()
        assert all(0 <= strength <= 1 for strength in found.values())
        assert links.titled(topic).keys() <= index.entries.keys()
        assert all(strength > 0 for strength in links.titled(topic).values())


def test_a_line_of_another_sort_than_the_topics_is_linked_less(index: Index) -> None:
    gists = ("Cải cách hành chính",)
    same = Topic("same", gists, (), frozenset({index.entries["TC1.6"].kind}))
    other = Topic("other", gists, (), frozenset({index.entries["MS-BC6T"].kind}))
    made = Links(index, Phrasebook((same, other), lexicon()))
    assert made.of(other)["TC1.6"] == pytest.approx(OTHER_KIND * made.of(same)["TC1.6"])


def test_each_gist_has_its_share(index: Index) -> None:
    one = Topic("one", ("Cải cách hành chính",), ())
    half = Topic("half", ("Cải cách hành chính", "qwertyuiop"), ())
    made = Links(index, Phrasebook((one, half), lexicon()))
    assert made.of(half)["TC1.6"] == pytest.approx(made.of(one)["TC1.6"] / 2)


def test_an_empty_bloc_is_linked_to_nothing(sample: Bloc) -> None:
    empty = replace(sample, criteria=(), bonuses=(), deductions=(), milestones=(), notes=())
    made = Links(Index(empty), phrasebook())
    made.warm()
    assert not any(made.of(topic) or made.titled(topic) for topic in TOPICS.values())


# -- a large bloc -------------------------------------------------------------------------------------------


def test_a_large_bloc_looks_up_no_titles_and_few_gists(sample: Bloc) -> None:
    filler = tuple(Note(f"S{n}", f"câu hỏi phụ số {n}", "…", "…") for n in range(MOST_TITLES))
    topics = (TOPICS["tc-cai-cach-hanh-chinh"], TOPICS["report-length"])
    for bloc, titles, gists in ((sample, True, 99), (replace(sample, notes=(*sample.notes, *filler)), False, 2)):
        index, book = Counted(bloc), CountedBook(topics)
        made = Links(index, book)
        assert bool(made.titled(topics[0])) is titles and bool(book.looked_up) is titles
        index.searched.clear()
        assert best(made.of(topics[0])) == "TC1.6"
        assert index.searched == list(topics[0].gists[:gists]) and len(topics[0].gists) > 2


# -- warming ------------------------------------------------------------------------------------------------


def small(index: Index, book: Phrasebook | None = None) -> Links:
    return Links(index, book or CountedBook(tuple(TOPICS[name] for name, _ in HELD)))


def test_nothing_is_worked_out_before_it_is_asked_for(sample: Bloc) -> None:
    index, book = Counted(sample), CountedBook(tuple(TOPICS.values()))
    Links(index, book)
    assert index.searched == [] and book.looked_up == []


def test_warm_works_everything_out_once(sample: Bloc) -> None:
    index, book = Counted(sample), CountedBook(tuple(TOPICS[name] for name, _ in HELD))
    made = small(index, book)
    made.warm()
    assert index.searched == [gist for topic in book.topics for gist in topic.gists]
    assert len(book.looked_up) >= len(index.entries)
    index.searched.clear()
    book.looked_up.clear()
    made.warm()
    for topic in book.topics:
        assert made.of(topic) and made.titled(topic)
    assert index.searched == [] and book.looked_up == []


def test_warm_asks_before_every_line_and_every_topic_and_not_once_it_is_done(sample: Bloc) -> None:
    index, asked = Counted(sample), []
    made = small(index)
    for _ in range(2):
        made.warm(lambda: asked.append(1) or True)  # type: ignore[func-returns-value]
        assert len(asked) == len(index.entries) + 1 + len(HELD)


def test_warm_stops_when_told_and_goes_on_from_there_the_next_time(sample: Bloc) -> None:
    index = Counted(sample)
    made, left = small(index), iter([*[True] * (len(index.entries) + 1 + 2), False])
    made.warm(lambda: next(left))
    first = [gist for name, _ in HELD[:2] for gist in TOPICS[name].gists]
    assert index.searched == first
    made.warm()
    assert index.searched == [gist for name, _ in HELD for gist in TOPICS[name].gists]


def test_what_was_warmed_is_what_is_worked_out_when_asked(sample: Bloc) -> None:
    warm, cold = small(Index(sample)), small(Index(sample))
    warm.warm()
    for name, _ in reversed(HELD):
        assert warm.of(TOPICS[name]) == cold.of(TOPICS[name])
        assert warm.titled(TOPICS[name]) == cold.titled(TOPICS[name])


def test_nothing_is_worked_out_where_it_is_told_to_stop_at_once(sample: Bloc) -> None:
    index, book = Counted(sample), CountedBook(tuple(TOPICS[name] for name, _ in HELD))
    made = Links(index, book)
    made.warm(lambda: False)
    assert index.searched == [] and book.looked_up == []
    made.warm()
    assert len(index.searched) > len(HELD) and book.looked_up


def test_an_empty_phrasebook_is_warm_and_links_nothing(index: Index) -> None:
    made = Links(index, Phrasebook((), lexicon()))
    made.warm()
    assert made.titled(TOPICS["report-length"]) == {}
