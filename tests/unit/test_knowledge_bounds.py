"""Lines are left out before they are compared, and none that would have been among the best."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Note
from bot.knowledge import bounds as module
from bot.knowledge.bounds import bounds
from bot.knowledge.index import Index
from bot.knowledge.matching import Sought
from bot.knowledge.text import fold
from bot.knowledge.weights import WEIGHTS

DATA = Path(__file__).parent.parent / "eval" / "sample-first.jsonl"
QUESTIONS = [json.loads(line)["q"] for line in DATA.read_text(encoding="utf-8").splitlines()]
SLIPPED = [question.replace("ng", "n").replace("tr", "ch") for question in QUESTIONS]


@pytest.fixture(scope="module")
def index(sample: Bloc) -> Index:
    return Index(sample)


@pytest.mark.parametrize("touched", [module.MOST_TOUCHED, 50])
def test_no_line_scores_more_than_its_bound(index: Index, touched: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOUCHED", touched)
    compared = 0
    for question in (*QUESTIONS, *SLIPPED, *map(fold, SLIPPED)):
        asked = index.understand(question)
        for reading in asked.readings:
            sought = Sought(asked, reading, index._vocabulary, WEIGHTS)
            made = bounds(sought, index._vocabulary, WEIGHTS)
            for place, document in enumerate(index._documents):
                found = sought.compare(document, 1.0, 1.0, 0.0)
                if found is None or not found[1] or not made.score[place]:
                    continue
                compared += 1
                share = min(1.0, (made.cover[place] + made.spare_cover) / sought.total)
                most = made.score[place] + made.spare + WEIGHTS.title
                assert found[1] <= share + 1e-9, (question, document.entry.id)
                assert found[0] <= most * (0.1 + 0.9 * share) ** WEIGHTS.power + 1e-9, (question, document.entry.id)
    assert compared > 5000


def test_what_is_left_out_is_never_among_the_best(index: Index) -> None:
    for question in (*QUESTIONS, *SLIPPED):
        asked = index.understand(question)
        everything = index.rank(asked, most=len(index.entries))
        scores = [hit.score for hit in index.rank(asked, most=3)]
        assert scores == pytest.approx([hit.score for hit in everything[:3]])


def test_a_line_is_found_among_thousands(sample: Bloc) -> None:
    chance = random.Random(4)
    words = " ".join(note.answer for note in sample.notes).split()
    filled = [Note(f"S{n}", " ".join(chance.choices(words, k=8)) + "?", "…", "…") for n in range(2000)]
    many = Index(replace(sample, notes=(*filled, *sample.notes)))
    for question, code in (("cải cách hành chính chấm thế nào", "TC1.6"), ("hạn nộp báo cáo sơ kết", "MS-BC6T")):
        assert many.search(question)[0].entry.id == code
    for note in filled[::100]:
        assert many.search(note.question)[0].entry.id == note.id


def test_the_number_of_hits_is_what_was_asked_for(index: Index) -> None:
    asked = index.understand("báo cáo của đơn vị thành viên")
    assert len(index.rank(asked, most=2)) == 2
    assert [hit.entry.id for hit in index.rank(asked, most=2)] == [hit.entry.id for hit in index.rank(asked)[:2]]
