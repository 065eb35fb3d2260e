"""Days, months and quarters in a question, and what the calendar has there."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.bloc import Bloc
from bot.domain.knowledge import Answer, AnswerState, Before
from bot.knowledge.answer import Answers
from bot.knowledge.spans import near, span_in
from bot.words import Words

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def answers(sample: Bloc) -> Answers:
    return Answers(sample)


def ask(answers: Answers, question: str, before: Before | None = None) -> Answer:
    return answers.answer(question, now=NOW, words=Words("vi"), before=before)


@pytest.mark.parametrize(
    ("text", "kind", "number", "day", "year"),
    [
        ("ngày 15/12 nộp gì", "day", 12, 15, None),
        ("29/5 có hạn gì", "day", 5, 29, None),
        ("14-9 làm gì", "day", 9, 14, None),
        ("20 tháng 11", "day", 11, 20, None),
        ("trước ngày 8.1", "day", 1, 8, None),
        ("ngay 8/1/2027", "day", 1, 8, 2027),
        ("trong tháng 9 có việc gì", "month", 9, 0, None),
        ("tháng mười hai", "month", 12, 0, None),
        ("tháng 6 năm 2027", "month", 6, 0, 2027),
        ("quý III có gì", "quarter", 3, 0, None),
        ("quy 1/2027", "quarter", 1, 0, 2027),
    ],
)
def test_a_stretch_of_the_calendar_is_read(text: str, kind: str, number: int, day: int, year: int | None) -> None:
    found = span_in(text)
    assert found is not None
    assert (found.kind, found.number, found.day, found.year) == (kind, number, day, year)


@pytest.mark.parametrize(
    ("text", "first", "last", "year"),
    [
        ("từ 1/12 đến 10/12 có việc gì", (1, 12), (10, 12), None),
        ("từ ngày 25/11 tới hết ngày 5/12", (25, 11), (5, 12), None),
        ("1/6 - 20/6/2026", (1, 6), (20, 6), 2026),
        ("tu 15/6 toi het 20/6 nop gi", (15, 6), (20, 6), None),
        ("từ 20/12 đến 10/1 có gì", (20, 12), (10, 1), None),
        ("từ 25/12/2026 đến 10/1/2027 có gì", (25, 12), (10, 1), 2026),
    ],
)
def test_several_days_are_read(text: str, first: tuple[int, int], last: tuple[int, int], year: int | None) -> None:
    found = span_in(text)
    assert found is not None
    assert (found.kind, (found.day, found.number), found.last, found.year) == ("days", first, last, year)


@pytest.mark.parametrize(
    "text",
    ["từ 10/12/2026 đến 1/12/2026", "1/12 và 10/12", "từ 1/12/2026 đến 10/12/2027", "từ 1/12 đến 10/12 đến 20/12"],
)
def test_days_that_are_no_stretch_are_none(text: str) -> None:
    assert span_in(text) is None


def test_several_days_hold_what_is_due_or_runs_in_them(answers: Answers) -> None:
    told = ask(answers, "từ 4/12 đến 10/12 có việc gì")
    assert told.entries == ("MS-THAMDINHCHEO", "MS-KTTHAMDINH") and "từ 4/12 đến 10/12" in told.text
    assert "Thẩm định chéo" in told.text and "2/12/2026" not in told.text
    turn = ask(answers, "từ 25/12/2026 đến 10/1/2027 có gì")
    assert turn.entries and all("8/1/2027" in turn.text for _ in "1") and "19/6" not in turn.text
    assert ask(answers, "từ 2/12/2027 đến 10/12/2027 có việc gì").state is AnswerState.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "6 tháng đầu năm",
        "đạt 48/50",
        "18.5 điểm",
        "muộn 1-2 ngày",
        "31/2 nộp gì",
        "tháng 13",
        "tháng 6 và tháng 7",
        "95%",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert span_in(text) is None


def test_a_month_is_answered_from_the_calendar(answers: Answers) -> None:
    said = ask(answers, "lịch tháng 11")
    assert said.state is AnswerState.ANSWER and said.entries == ("MS-PHONGSU", "MS-BCNAM")
    assert "Các mốc trong tháng 11" in said.text and "Nguồn: Lịch" in said.text


def test_a_milestone_that_runs_is_told_from_when_to_when(answers: Answers) -> None:
    assert "thứ Hai, 14/9/2026 đến thứ Tư, 30/9/2026" in ask(answers, "tháng 9 có việc gì").text


def test_a_month_without_any_is_said_to_have_none(answers: Answers) -> None:
    said = ask(answers, "tháng 8 có hạn nào không")
    assert said.text.startswith("Lịch của Khối không có mốc nào trong tháng 8.") and "Các mốc sau đó" in said.text
    assert said.entries[0] == "MS-KIEMTRA"


@pytest.mark.parametrize(
    ("text", "today", "kind", "first", "last", "year"),
    [
        ("tuần này có hạn gì", date(2026, 6, 3), "days", (3, 6), (7, 6), 2026),
        ("tuan sau nop gi", date(2026, 6, 3), "days", (8, 6), (14, 6), 2026),
        ("tuần tới có gì", date(2026, 12, 30), "days", (4, 1), (10, 1), 2027),
        ("tuần này có gì", date(2026, 12, 30), "days", (30, 12), (3, 1), 2026),
        ("tháng này có việc gì", date(2026, 6, 3), "month", (0, 6), (), 2026),
        ("thang sau co moc nao", date(2026, 12, 3), "month", (0, 1), (), 2027),
        ("hôm nay có hạn gì", date(2026, 6, 3), "day", (3, 6), (), 2026),
        ("ngày mai nộp gì", date(2026, 6, 30), "day", (1, 7), (), 2026),
    ],
)
def test_days_named_from_today_on(
    text: str, today: date, kind: str, first: tuple[int, int], last: tuple[int, int], year: int
) -> None:
    found = near(text, today)
    assert found is not None
    assert (found.kind, (found.day, found.number), found.last, found.year) == (kind, first, last, year)


def test_a_week_with_nothing_says_so_before_what_comes_then(answers: Answers) -> None:
    said = ask(answers, "tuần này có hạn gì")
    assert said.text.startswith("Lịch của Khối không có mốc nào từ 1/6 đến 7/6/2026.") and said.entry == "FAQ57"
    assert "19/6/2026" in said.text.partition("Các mốc sau đó")[2]
    assert ask(answers, "tháng sau có mốc nào").text.startswith("Các mốc trong tháng 7/2026")
    assert ask(answers, "tuần này nộp muộn trừ mấy điểm").entry != "FAQ57"


def test_one_milestone_on_a_day_is_answered_whole(answers: Answers) -> None:
    said = ask(answers, "ngày 19/6 phải nộp gì")
    assert said.entries[0] == "MS-BC6T" and "Phải nộp:" in said.text


@pytest.mark.parametrize("question", ["tháng 6 năm 2027 có gì", "hạn nộp báo cáo tháng 6 năm 2025", "ngày 19/6/2027"])
def test_another_years_calendar_is_not_known(answers: Answers, question: str) -> None:
    said = ask(answers, question)
    assert said.state is AnswerState.UNKNOWN and "2026" not in said.text


def test_a_month_with_a_subject_is_a_question_about_the_subject(answers: Answers) -> None:
    assert ask(answers, "hội nghị sơ kết tháng 7 là ngày nào").entries[0] == "MS-HN6T"


@pytest.mark.parametrize("question", ["còn năm 2025 thì sao?", "còn năm 2027 thì sao"])
def test_another_year_does_not_lean_on_the_line_before(answers: Answers, question: str) -> None:
    assert "19/6/2026" not in ask(answers, question, Before("hạn nộp báo cáo 6 tháng", "MS-BC6T")).text


# -- figures that must not pick a level ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "hoàn thành vượt 5% chỉ tiêu kế hoạch công tác",
        "còn thiếu 5% chỉ tiêu kế hoạch",
        "không hoàn thành 10% chỉ tiêu kế hoạch",
        "từ 90 đến 95% chỉ tiêu kế hoạch",
        "97 hay 98% chỉ tiêu kế hoạch",
        "từ 95% trở lên chỉ tiêu kế hoạch",
        "hoàn thành 1.200% chỉ tiêu kế hoạch",
        "hồ sơ trễ hạn 3%",
        "văn bản ký số đạt 90%",
        "nộp báo cáo trễ 1 tuần 2 ngày",
        "nộp báo cáo muộn 2-3 ngày",
        "nộp báo cáo muộn từ 3 đến 7 ngày",
        "nộp video muộn 2 ngày",
        "nộp minh chứng muộn 2 ngày",
        "muộn 4 ngày kể cả thứ bảy chủ nhật",
    ],
)
def test_a_figure_that_may_mean_something_else_picks_no_level(answers: Answers, question: str) -> None:
    assert "▸" not in ask(answers, question).text


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("hoàn thành 97% chỉ tiêu kế hoạch được mấy điểm", "135 điểm"),
        ("ty le ho so dung han 96 phan tram duoc may diem", "60 điểm"),
        ("nộp báo cáo muộn 2 ngày trừ mấy điểm", "trừ 3 điểm"),
        ("muon 7 ngay thi tru bao nhieu", "trừ 10 điểm"),
    ],
)
def test_a_plain_figure_picks_its_level(answers: Answers, question: str, worth: str) -> None:
    assert "▸ " in (said := ask(answers, question)).text and worth in said.text


@pytest.mark.parametrize(
    ("question", "entry"), [("tiêu chí 3.10", "TC3.10"), ("tc 1.6", "TC1.6"), ("MS-GIAOLUU", "MS-GIAOLUU")]
)
def test_codes_are_found_however_they_are_written(answers: Answers, question: str, entry: str) -> None:
    assert ask(answers, question).entries == (entry,)


@pytest.mark.parametrize("question", ["DT7 là gì", "tc1.9 mấy điểm", "tiêu chí 4.1", "TRU8"])
def test_a_code_that_is_none_is_said_to_be_none(answers: Answers, question: str) -> None:
    said = ask(answers, question)
    assert said.state is AnswerState.UNKNOWN and "không có mục nào mang mã" in said.text


def test_not_handing_in_is_no_late_hand_in(answers: Answers) -> None:
    said = ask(answers, "không nộp báo cáo tổng kết bị trừ mấy điểm")
    assert "TRU2" in said.entries[:2] and (said.state is AnswerState.CHOOSE or said.entries[0] == "TRU2")


def test_another_round_or_span_of_months_is_another_thing(answers: Answers) -> None:
    assert ask(answers, "báo cáo 9 tháng nộp khi nào").state is AnswerState.UNKNOWN
