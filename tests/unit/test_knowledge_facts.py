"""A figure on top of an answer is the line's own for just what was said, or it is not there: found by an officer."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.content.read import read_bloc, sample_path
from bot.domain.knowledge import Answer, AnswerState
from bot.knowledge.answer import Answers
from bot.words import Words

EVAL = Path(__file__).parent.parent / "eval"
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@cache
def answers(bloc: str) -> Answers:
    return Answers(read_bloc(sample_path() if bloc == "sample" else EVAL / f"{bloc}.yaml"))


def ask(question: str, bloc: str = "sample") -> Answer:
    return answers(bloc).answer(question, now=NOW, words=Words("vi"))


def picked(said: Answer) -> str:
    """The figure that stands on top of the table, where one does."""
    return next((line for line in said.text.splitlines() if line.startswith(("Nếu ", "Mức “"))), "")


NONE_PICKED = [
    "đơn thư giải quyết quá hạn 6%",
    "khiếu nại, tố cáo giải quyết chậm 5%",
    "don thu qua han 10% thi tc1.5 may diem",
    "tc1.3 quá hạn 2%",
    "tc1.1 nợ 5% chỉ tiêu",
    "TC1.1 được giao thêm 10% chỉ tiêu",
    "tc1.1 bằng 15% tổng điểm phải ko",
    "tc1.5 90% đơn là của người dân",
    "tiếp công dân định kỳ 100% lịch",
    "bị sự cố an toàn thông tin thì tc1.7 còn mấy điểm",
    "mất an toàn thông tin mấy điểm",
    "tc 3.8 báo cáo sơ kết nộp muộn còn mấy điểm",
    "kê khai tài sản muộn trừ mấy điểm",
    "cơ quan hoàn thành tốt nhiệm vụ mấy điểm",
    "phụ nữ hoàn thành xuất sắc",
    "chính quyền cơ quan xếp loại khá mấy điểm",
    "đảng bộ hoàn thành xuất sắc nhưng chi bộ đoàn thể không hoàn thành",
    "công an có được cộng điểm khối trưởng không",
    "đơn vị nguyên khối trưởng cộng mấy điểm",
    "còn 2 ngày nữa muộn báo cáo",
    "cải cách hành chính từ yếu lên trung bình",
    "tc1.3 99,2%, 1 vụ bị sửa",
    "vắng họp không lý do 1 lần và sai thành phần 1 lần",
]


@pytest.mark.parametrize("question", NONE_PICKED)
def test_what_is_late_lost_or_somebody_elses_picks_no_level(question: str) -> None:
    assert picked(ask(question)) == ""


NONE_PICKED_OF_FIRMS = [
    "nộp ngân sách chậm 6%",
    "IV.2 40% giữ chức vụ",
    "IV.2 30% là lãnh đạo",
    "thỏa ước hết hiệu lực mấy điểm",
    "hội nghị người lao động họp tháng 5 được mấy điểm",
    "đoàn thanh niên xếp loại tốt mấy điểm",
    "giám đốc xếp loại xuất sắc",
    "I.3 nộp 96% mà 3 tờ khai chậm",
]


@pytest.mark.parametrize("question", NONE_PICKED_OF_FIRMS)
def test_nor_of_another_bloc(question: str) -> None:
    assert picked(ask(question, "enterprises")) == ""


PICKED = {
    "hồ sơ đúng hạn 98% dc may diem": "70 điểm",
    "hoàn thành 97% chỉ tiêu thì được mấy điểm": "135 điểm",
    "hoan thanh 97% chi tieu duoc giao duoc bao nhieu diem": "135 điểm",
    "CCHC xếp loại khá được mấy điểm": "32 điểm",
    "nộp báo cáo muộn 4 ngày": "trừ 5 điểm",
}


@pytest.mark.parametrize(("question", "figure"), PICKED.items())
def test_what_is_surely_the_lines_own_still_picks_its_level(question: str, figure: str) -> None:
    assert figure in picked(ask(question))


def test_what_is_another_periods_or_no_line_at_all_is_not_known() -> None:
    assert ask("báo cáo 9 tháng hạn nào").state is AnswerState.UNKNOWN
    assert ask("báo nhanh quý 2 nộp khi nào", "enterprises").state is AnswerState.UNKNOWN
    assert ask("báo nhanh quý 1 nộp khi nào", "enterprises").entry == "M-NHANHQ1"
    assert "I.7" in ask("I.7 là gì", "enterprises").text


PLAIN = {
    "hội nghị tổng kết ngày nào": "MS-HNNAM",
    "giao lưu thể thao ngày mấy": "MS-GIAOLUU",
    "khối có mấy đơn vị": "FAQ03",
    "huân chương lao động cộng mấy điểm": "DT1",
}


@pytest.mark.parametrize(("question", "entry"), PLAIN.items())
def test_a_short_plain_question_is_not_taken_for_a_longer_one_that_no_file_answers(question: str, entry: str) -> None:
    assert ask(question).entry == entry
