"""What is kept beside the modules: the same whatever happens to it, and never in the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.read import read_bloc, sample_path
from bot.knowledge import compiled
from bot.knowledge.index import Index
from bot.knowledge.own_words import OwnWords, use
from bot.knowledge.phrasebook import phrasebook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled, "_folder", lambda: tmp_path / "kept")
    return tmp_path / "kept"


class Counting:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> list[int]:
        self.made += 1
        return [1, 2, 3]


def test_it_is_worked_out_once_for_the_same_code_and_words(folder: Path) -> None:
    make = Counting()
    for _ in range(3):
        assert compiled.kept("thing", list, "own", make) == [1, 2, 3]
    assert make.made == 1
    assert compiled.kept("thing", list, "others", make) == [1, 2, 3] and make.made == 2


def test_changed_code_is_worked_out_anew(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make, source = Counting(), tmp_path / "lexicon.py"
    source.write_text("a = 1")
    monkeypatch.setattr(compiled, "_HERE", tmp_path)
    monkeypatch.setattr(compiled, "_sources", lambda: iter([source]))
    compiled.kept("thing", list, "", make)
    source.write_text("a = 2")
    compiled.kept("thing", list, "", make)
    assert make.made == 2


@pytest.mark.parametrize(
    "held", [b"", b"\x80\x05", b"nonsense", b"\x80\x04\x8c\x01a."], ids=["empty", "cut", "odd", "str"]
)
def test_what_cannot_be_read_is_made_again(folder: Path, held: bytes) -> None:
    make = Counting()
    compiled.kept("thing", list, "", make)
    (path,) = folder.glob("thing-*.pickle")
    path.write_bytes(held)
    assert compiled.kept("thing", list, "", make) == [1, 2, 3] and make.made == 2
    assert compiled.kept("thing", list, "", make) == [1, 2, 3] and make.made == 2, "it was not written again"


def test_only_a_few_are_kept_and_nothing_half_written_stays(folder: Path) -> None:
    for number in range(compiled.MOST_KEPT + 3):
        compiled.kept("thing", list, number, Counting())
    assert len(list(folder.iterdir())) == compiled.MOST_KEPT


def test_where_nothing_can_be_written_it_is_worked_out_every_time(folder: Path) -> None:
    folder.parent.joinpath("kept").write_text("a file where the folder would be")
    make = Counting()
    assert [compiled.kept("thing", list, "", make) for _ in range(2)] == [[1, 2, 3]] * 2
    assert make.made == 2


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    use(OwnWords())


def test_a_phrasebook_that_was_kept_finds_what_a_new_one_does(folder: Path, restored: None) -> None:
    index = Index(read_bloc(sample_path()))
    own = OwnWords(topics={"bb": {"gist": "Họp giao ban", "ask": "bữa nào ngồi lại", "usual": True, "kinds": ["note"]}})
    for words in (OwnWords(), own):
        found = []
        for _ in range(2):
            use(words)
            book = phrasebook()
            asked = [index.understand(text) for text in ("bua nao ngoi lai", "han nop bao cao 6 thang", "khen thuong")]
            found.append([([*book.nearest(one)], book.asked_about(one)) for one in asked])
        assert found[0] == found[1]
    assert len(list(folder.glob("phrasebook-*.pickle"))) == 2
