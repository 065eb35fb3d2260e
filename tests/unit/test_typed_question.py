"""A question is never taken for a value, nor a value for a question, wherever something is typed into a form."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.read import read_bloc, sample_path
from bot.domain import typed_reference
from bot.domain.bloc import Bloc
from bot.domain.criteria import FactNotAllowed, Part, PartKind
from bot.domain.typed import NotRead, asks, read
from bot.domain.typed_question import is_topic, sounds_like_question
from bot.domain.typed_reference import ReferenceNotRead, read_references
from tests.unit.test_typed import STEP

QUESTIONS = """
3 ngày thì được mấy điểm|muộn 3 ngày trừ bao nhiêu|nộp cho ai|minh chung gi|minh chứng là gì|còn mấy ngày nữa
con may ngay nua|thế minh chứng thì sao|khi nào nộp|có cần minh chứng không|nộp ảnh được không ạ|95% được mấy điểm
95% duoc may diem|được bao nhiêu|bn diem|tính ntn|cái này tính thế nào|sao phải nộp|cho em hỏi cái này
không nộp thì sao|chưa nộp có bị trừ không|văn bản nào?|how many points|đủ chưa|trừ mấy điểm|nộp ở đâu
5 sáng kiến được bao nhiêu điểm|tốt là gì|xong chua|MINH CHỨNG GÌ|minh chứng là gì|thế này đúng không nhỉ
"""
VALUES = """
95%|3 văn bản|không có gì|không có văn bản nào|chưa có gì|không|chưa|có|3 bản sao|3 may tinh|12 máy|không đâu|khong co
chưa khi nào|gần hết rồi|đủ|tối đa|mười lăm|3 vụ|không để bị động|hoàn thành tốt nhiệm vụ|1 giải ba|3 sao|hai ba|95?
48/50|không điểm|3 lần cần nhắc|nửa|bn|TC1.1
"""


def listed(text: str) -> list[str]:
    return [each for line in text.split("\n") for each in line.split("|") if each]


@pytest.fixture(scope="module")
def parts(sample: Bloc) -> dict[PartKind, Part]:
    """One of each kind: the last of several."""
    return {part.kind: part for item in sample.items() for part in item.asked}


@pytest.mark.parametrize("text", listed(QUESTIONS))
def test_a_question_sounds_like_one(text: str) -> None:
    assert sounds_like_question(text)


@pytest.mark.parametrize("text", listed(VALUES))
def test_a_value_does_not(text: str) -> None:
    assert not sounds_like_question(text)


@pytest.mark.parametrize("text", listed(QUESTIONS))
def test_a_question_is_no_value_of_any_kind(parts: dict[PartKind, Part], text: str) -> None:
    for part in parts.values():
        assert asks(part, text, STEP), part.kind
        with pytest.raises(NotRead):
            read(part, text, STEP)


def test_what_would_be_read_without_its_end_is_a_question_all_the_same(parts: dict[PartKind, Part]) -> None:
    count = parts[PartKind.COUNT]
    assert read(count, "5 sáng kiến", STEP)
    for text in ("5 sáng kiến được mấy điểm", "không nộp thì sao", "không có thì bị trừ bao nhiêu"):
        assert asks(count, text, STEP)


@pytest.mark.parametrize("text", ["95%?", "48/50 ?", "đủ?", "3 văn bản?", "có?"])
def test_a_value_with_a_question_mark_is_neither_taken_nor_answered(parts: dict[PartKind, Part], text: str) -> None:
    """Who is not sure is asked to type it again."""
    fitting = {"95%?": "rate", "48/50 ?": "rate", "đủ?": "score", "3 văn bản?": "count", "có?": "ceiling"}[text]
    part = parts[PartKind(fitting)]
    assert not asks(part, text, STEP)
    with pytest.raises(NotRead):
        read(part, text, STEP)


@pytest.mark.parametrize("text", ["120%", "0,95", "trừ hai", "2,5", "1.200", "gần hết rồi", "nộp 3 bản", "xin chào"])
def test_what_is_refused_as_a_value_is_no_question(parts: dict[PartKind, Part], text: str) -> None:
    assert not any(asks(part, text, STEP) for part in parts.values())


def test_a_bare_label_asks_where_it_is_no_value(parts: dict[PartKind, Part]) -> None:
    for text in ("minh chứng", "hạn nộp", "nộp cho thư ký", "can nhung minh chung"):
        assert is_topic(text) and all(asks(part, text, STEP) for part in parts.values()), text
    assert asks(parts[PartKind.RATE], "điểm tối đa", STEP)
    assert not asks(parts[PartKind.SCORE], "điểm tối đa", STEP), "there it is the full score"


def test_a_level_of_the_bloc_stays_a_level_whatever_it_sounds_like(parts: dict[PartKind, Part]) -> None:
    choice = parts[PartKind.CHOICE]
    level = replace(choice.levels[0], label="Nộp bao nhiêu cũng được")
    asked = replace(choice, levels=(level, *choice.levels[1:]))
    assert read(asked, "nộp bao nhiêu cũng được", STEP)
    assert not asks(asked, "nộp bao nhiêu cũng được", STEP)


def test_a_document_is_no_question_and_a_question_no_document() -> None:
    for text in ("125/BC-STP ngày 10/6/2026", "https://stp.gov.vn/bao-cao?id=3", "125/BC-STP", "báo cáo quý"):
        assert not typed_reference.asks(text)
    for text in ("cần những minh chứng gì", "chụp ảnh có được không?", "minh chứng", "nộp ở đâu"):
        assert typed_reference.asks(text)


# -- whatever comes ----------------------------------------------------------------------------------------

_SAMPLE = read_bloc(sample_path())
_PARTS = [part for item in _SAMPLE.items() for part in item.asked]
_LABELS = sorted({level.label for part in _PARTS for level in part.levels})
_SCRAPS = """
0|1|3|15|100|48/50|95,5|%|?|.|!|-|trừ|âm|không|chưa|có|đủ|tối đa|điểm|văn bản|nào|gì|mấy|sao|ai|nộp|hạn
khong|chua|co|du|toi da|diem|van ban|nao|gi|may|sao|nop|han|minh chung
"""
_PIECES = st.sampled_from([*listed(QUESTIONS), *listed(VALUES), *_LABELS, *listed(_SCRAPS)])
_TYPED = st.one_of(
    st.lists(_PIECES, min_size=1, max_size=5).map(" ".join),
    st.lists(_PIECES, min_size=1, max_size=3).map("".join),
    st.text(max_size=80),
)


@given(part=st.sampled_from(_PARTS), text=_TYPED)
def test_no_value_is_a_question_and_no_question_a_value(part: Part, text: str) -> None:
    accepted = False
    with contextlib.suppress(NotRead, FactNotAllowed):
        read(part, text, STEP)
        accepted = True
    if accepted:
        assert not asks(part, text, STEP)
        assert part.kind is PartKind.CHOICE or not sounds_like_question(text)


@given(text=_TYPED)
def test_no_document_is_a_question(text: str) -> None:
    with contextlib.suppress(ReferenceNotRead):
        read_references(text)
        assert not typed_reference.asks(text)


@given(text=st.text(max_size=4096))
def test_whatever_is_typed_is_judged(text: str) -> None:
    assert sounds_like_question(text) in (True, False)
    assert is_topic(text) in (True, False)
