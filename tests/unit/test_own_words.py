"""An installation's own vocabulary: what it changes, and every way to get it wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Answer, AnswerState
from bot.knowledge.answer import Answers
from bot.knowledge.own_words import OwnWords, OwnWordsProblems, read_own_words, use
from bot.words import Words

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
GOOD = '''
fillers = "vạn sự như ý"
same = ["chuyển đổi số, lên mây"]
[abbreviations]
"qxz" = "cải cách hành chính"
[topics.tie]
gist = "Hai đơn vị bằng điểm, bằng phiếu thì xếp thế nào?"
ask = """
hai con ngựa về đích cùng lúc
"""
'''


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    use(OwnWords())


def written(folder: Path, text: str) -> Path:
    path = folder / "tu-vung.toml"
    path.write_text(text, encoding="utf-8")
    return path


def asked(bloc: Bloc, question: str) -> Answer:
    return Answers(bloc).answer(question, now=NOW, words=Words("vi"))


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("qxz tối đa mấy điểm", "TC1.6"),
        ("lên mây tối đa mấy điểm", "TC1.7"),
        ("hai con ngựa về đích cùng lúc", "FAQ29"),
    ],
)
def test_own_words_are_understood(tmp_path: Path, sample: Bloc, question: str, entry: str) -> None:
    before = asked(sample, question)
    assert before.state is not AnswerState.ANSWER or before.entries[0] != entry
    use(read_own_words(written(tmp_path, GOOD)))
    after = asked(sample, question)
    assert after.state is AnswerState.ANSWER and after.entries[0] == entry


def test_an_own_filler_says_nothing(tmp_path: Path, sample: Bloc) -> None:
    use(read_own_words(written(tmp_path, GOOD)))
    assert asked(sample, "vạn sự như ý").text == Words("vi").plain("ask.what")


def test_the_file_may_be_empty(tmp_path: Path) -> None:
    assert read_own_words(written(tmp_path, "")) == OwnWords()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('\n\nfillers = "a', 3, "cú pháp TOML"),
        ('\nfiller = "a, b"\n', 2, "không có mục “filler”"),
        ("fillers = 3\n", 1, "“fillers” phải là một chuỗi"),
        ('same = "a, b"\n', 1, "“same” phải là danh sách"),
        ('same = [\n "một mình",\n]\n', 2, "ít nhất hai cách nói"),
        ('[abbreviations]\n"xyz" = 5\n', 2, "“xyz” cần nghĩa"),
        ('[abbreviations]\n"xyz" = []\n', 2, "“xyz” cần nghĩa"),
        ('[topics.giao-ban]\nask = "gì"\n', 1, "cần “gist”"),
        ('[topics.giao-ban]\ngist = "gì"\nask = "gì"\nkinds = ["mốc"]\n', 1, "“kinds” là danh sách các loại"),
        ('[topics.giao-ban]\ngist = "gì"\nask = "gì"\nusual = 1\n', 1, "“usual” là true hoặc false"),
        ('[topics.giao-ban]\ngist = "gì"\nask = "gì"\nhoi = "gì"\n', 4, "không có mục “hoi”"),
    ],
)
def test_every_mistake_names_its_line_and_what_to_write(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(OwnWordsProblems) as caught:
        read_own_words(written(tmp_path, text))
    assert caught.value.problems[0].startswith(f"tu-vung.toml:{line}: ") and said in caught.value.problems[0]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OwnWordsProblems) as caught:
        read_own_words(written(tmp_path, 'fillers = 3\nsame = ["x"]\n[abbreviations]\n"y" = ""\n'))
    assert len(caught.value.problems) == 3


def test_a_file_of_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "tu-vung.toml"
    path.write_bytes("same = ['đ']".encode("utf-16"))
    with pytest.raises(OwnWordsProblems, match="UTF-8"):
        read_own_words(path)
