"""What the bloc's tables say and no line of it: groups, units, roles, pairs; and figures of something else refused."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.content.read import read_bloc, sample_path
from bot.domain.knowledge import Answer, AnswerState
from bot.knowledge.answer import Answers
from bot.words import Words

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
EVAL = Path(__file__).parents[1] / "eval"


@cache
def answers(name: str) -> Answers:
    return Answers(read_bloc(sample_path() if name == "sample" else EVAL / f"{name}.yaml"))


def ask(name: str, question: str) -> Answer:
    return answers(name).answer(question, now=NOW, words=Words("vi"))


@pytest.mark.parametrize(
    ("name", "question", "group", "points"),
    [
        ("sample", "nhóm 2 mấy điểm", "N2", "250"),
        ("sample", "nhóm tiêu chí III tối đa bao nhiêu", "N3", "250"),
        ("sample", "nhom 1 gom nhung tieu chi nao", "N1", "500"),
        ("enterprises", "nhóm IV mấy điểm", "IV", "12"),
        ("enterprises", "nhom ii toi da may diem", "II", "24"),
        ("sample", "nhóm nhiệm vụ chính trị max bao nhiêu", "N1", "500"),
        ("schools", "nhom xay dung don vi va phong trao bao nhieu diem", "B", "80"),
    ],
)
def test_a_group_by_its_number(name: str, question: str, group: str, points: str) -> None:
    found, bloc = ask(name, question), answers(name).bloc
    inside = tuple(item.code for item in bloc.criteria if item.group == group)
    assert found.state is AnswerState.ANSWER and not found.entry, "no one line answers it"
    assert f"Tối đa: {points} điểm" in found.text and all(code in found.text for code in inside)
    assert "Nguồn: Bảng tiêu chí" in found.text and "minh họa" in found.text


@pytest.mark.parametrize(("name", "question"), [("sample", "nhóm IV mấy điểm"), ("enterprises", "nhóm 9 mấy điểm")])
def test_a_group_that_is_not_there_is_said_not_to_be(name: str, question: str) -> None:
    found = ask(name, question)
    assert found.state is AnswerState.UNKNOWN and not found.entries
    assert "không có nhóm" in found.text and all(g.name in found.text for g in answers(name).bloc.groups)
    assert "điểm" not in found.text.replace("bảng điểm", "") or "250" not in found.text


@pytest.mark.parametrize(
    "question", ["nhóm zalo là gì", "nhóm 2 năm 2025 mấy điểm", "nhóm 2 đạt 90% được mấy điểm", "nhóm trưởng là ai"]
)
def test_what_only_sounds_like_a_group_is_none(question: str) -> None:
    assert (
        "gồm" not in ask("sample", question).text.partition("tiêu chí:")[0]
        or "Tối đa:" not in ask("sample", question).text
    )


@pytest.mark.parametrize(
    "question", ["khối có mấy đơn vị", "khoi minh gom nhung don vi nao", "danh sách đơn vị thành viên"]
)
def test_units_where_no_note_tells_them(question: str) -> None:
    found = ask("enterprises", question)
    assert found.state is AnswerState.ANSWER and "9 đơn vị" in found.text
    assert all(unit.name in found.text for unit in answers("enterprises").bloc.units)
    assert "Công ty Điện lực tỉnh (đơn vị phó)" in found.text and "Danh sách đơn vị" in found.text


def test_a_note_that_tells_it_goes_before_the_table() -> None:
    assert ask("sample", "khối có mấy đơn vị").entry == "FAQ03"
    assert ask("sample", "khối trưởng là ai").entry == "FAQ02"


@pytest.mark.parametrize(
    ("question", "holder"),
    [
        ("phó khối là ai", "Phó Khối: Công ty Điện lực tỉnh"),
        ("ai làm trưởng khối năm nay", "Trưởng Khối: Chi nhánh Ngân hàng Nông thôn tỉnh"),
        ("nhom thu ky la don vi nao", "Nhóm thư ký: Chi nhánh Ngân hàng Nông thôn tỉnh"),
    ],
)
def test_who_holds_a_role(question: str, holder: str) -> None:
    found = ask("enterprises", question)
    assert found.state is AnswerState.ANSWER and holder in found.text and "Nhiệm kỳ:" in found.text


@pytest.mark.parametrize(
    "question",
    [
        "trưởng khối tên là gì",
        "trưởng khối năm 2025 là ai",
        "phó khối khối ngân hàng là ai",
        "trưởng khối được cộng mấy điểm",
    ],
)
def test_what_the_table_of_roles_does_not_say_is_not_told_from_it(question: str) -> None:
    assert "Trưởng Khối:" not in ask("enterprises", question).text
    assert "Phó Khối:" not in ask("enterprises", question).text


def test_pairs_of_one_unit_and_of_all() -> None:
    one = ask("enterprises", "điện lực chấm chéo với ai")
    assert "Công ty Điện lực tỉnh và Công ty Cấp nước tỉnh" in one.text and "Bưu điện" not in one.text
    every = ask("enterprises", "danh sách các cặp chấm chéo")
    assert "Viễn thông tỉnh và Bưu điện tỉnh" in every.text
    assert "Không thuộc cặp nào: Chi nhánh Ngân hàng Nông thôn tỉnh." in every.text
    alone = ask("enterprises", "ngân hàng nông thôn bắt cặp với ai")
    assert "Không thuộc cặp nào: Chi nhánh Ngân hàng Nông thôn tỉnh." in alone.text
    assert [one for one, _ in alone.related] == ["H26"], "the note that tells more than the table is one tap away"


# -- a figure of something else ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["điểm trừ tối đa là bao nhiêu", "trừ tối đa bao nhiêu điểm", "diem tru toi da may diem"]
)
def test_what_may_be_added_is_no_answer_to_what_is_taken_off(question: str) -> None:
    assert ask("sample", question).entry != "FAQ18"


@pytest.mark.parametrize(
    "question",
    [
        "bằng khen của tỉnh được cộng mấy điểm",
        "bằng khen chủ tịch ubnd tỉnh cộng mấy điểm",
        "giấy khen thì được mấy điểm",
    ],
)
def test_an_award_of_another_level_has_not_the_points_of_this_one(question: str) -> None:
    found = ask("sample", question)
    assert found.entry != "DT2" and "cộng 5 điểm" not in found.text


def test_the_award_that_is_meant_still_has_its_points() -> None:
    assert ask("sample", "bằng khen thủ tướng được mấy điểm").entry == "DT2"


@pytest.mark.parametrize("name", ["sample", "enterprises"])
def test_nine_months_are_no_half_year(name: str) -> None:
    for question in ("báo cáo 9 tháng nộp khi nào", "bc 9 thang bao gio nop"):
        assert ask(name, question).state is AnswerState.UNKNOWN


@pytest.mark.parametrize(
    "question", ["hạn báo cáo 6 tháng và báo cáo năm là khi nào", "han nop bao cao so ket va tong ket"]
)
def test_both_periods_are_both_answered(question: str) -> None:
    found = ask("sample", question)
    assert found.state is AnswerState.CHOOSE and {one for one, _ in found.choices} == {"MS-BC6T", "MS-BCNAM"}
    assert "19/6/2026" in found.text and "27/11/2026" in found.text and "Nguồn:" in found.text


@pytest.mark.parametrize(
    ("name", "question", "line"),
    [
        ("sample", "Minh chứng chấm điểm sau khi nộp phải lưu giữ trong bao nhiêu năm?", "TRU7"),
        ("sample", "Mỗi tin, bài phải dài tối thiểu bao nhiêu chữ mới được tính điểm tuyên truyền?", "TC3.6"),
        ("sample", "thoi han giai quyet khieu nai lan dau theo luat la bao nhieu ngay", "TC1.5"),
    ],
)
def test_a_line_that_counts_no_such_thing_does_not_tell_how_many(name: str, question: str, line: str) -> None:
    assert ask(name, question).entry != line
    assert line in answers(name).search(question).ids[:3], "the nearest line is another one by now"


def test_a_line_that_counts_it_still_tells() -> None:
    assert ask("sample", "báo cáo sơ kết tối đa bao nhiêu trang").entry == "FAQ10"
    assert ask("sample", "còn bao nhiêu ngày nữa đến hạn nộp báo cáo 6 tháng").entry == "MS-BC6T"


def test_a_bloc_that_is_called_by_its_sort_knows_of_no_other_sort() -> None:
    own = ask("sample", "khối nội chính gồm những đơn vị nào")
    assert own.entry == "FAQ03"
    for other in ("Khối Văn hóa - Xã hội gồm những đơn vị nào?", "khối doanh nghiệp có mấy đơn vị"):
        assert ask("sample", other).state is AnswerState.UNKNOWN, other


@pytest.mark.parametrize(
    ("name", "question", "text"),
    [
        ("enterprises", "báo cáo 6 tháng bao nhiêu trang", "Báo cáo hoạt động sáu tháng: 5 trang"),
        ("enterprises", "bc ca nam dai may trang", "10 trang"),
        ("schools", "tổng điểm tối đa", "tối đa 200 điểm"),
        ("schools", "điểm thưởng tối đa", "tối đa 10 điểm"),
        ("hospitals", "điểm thưởng tối đa bao nhiêu", "tối đa 40 điểm"),
        ("schools", "ai là khối phó", "Khối phó: Trường Cao đẳng Sư phạm"),
        ("schools", "Trường nào là khối phó vậy", "Khối phó: Trường Cao đẳng Sư phạm"),
        ("schools", "trường sư phạm là gì trong khối", "Trường Cao đẳng Sư phạm: Khối phó"),
        ("enterprises", "điện lực giữ vai trò gì", "Công ty Điện lực tỉnh: Phó Khối"),
        ("enterprises", "xổ số chấm chéo với ai", "Công ty Xổ số kiến thiết tỉnh và Công ty Khai thác"),
    ],
)
def test_what_only_a_table_holds(name: str, question: str, text: str) -> None:
    found = ask(name, question)
    assert found.state is AnswerState.ANSWER and text in found.text and "Nguồn:" in found.text


# -- figures that may be of something else -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "question", "line"),
    [
        ("sample", "ko đạt 93% thì mất mấy điểm", "TC1.1"),
        ("sample", "nộp minh chứng muộn 3 ngày trừ mấy điểm", "TRU1"),
        ("sample", "nộp phóng sự muộn 2 ngày", "TRU1"),
        ("sample", "trễ hẹn trả kết quả 4 ngày trừ mấy điểm", "TRU1"),
        ("sample", "họp muộn 2 ngày trừ mấy", "TRU1"),
        ("enterprises", "chấm chéo nộp trễ 4 ngày", "GT-1"),
        ("hospitals", "trễ lương 4 ngày", "V1"),
        ("schools", "không nộp báo cáo trừ mấy", "P1"),
        ("sample", "báo cáo sơ kết mấy điểm", "TRU1"),
        ("hospitals", "báo cáo 6 tháng mấy điểm", "V1"),
        ("enterprises", "báo cáo nửa năm mấy điểm", "GT-1"),
        ("enterprises", "đảng bộ xếp loại tốt mấy điểm", "II.4"),
        ("enterprises", "môi trường xếp loại khá", "II.4"),
        ("enterprises", "đảng viên hoàn thành tốt 90%", "II.4"),
        ("sample", "chuyển đổi số xếp loại khá", "FAQ34"),
        ("sample", "đơn vị có 92% đảng viên hoàn thành tốt", "TC2.3"),
        ("hospitals", "đạt 93% mấy điểm", "CG3"),
        ("schools", "học phí thu đạt 85% mấy điểm", "A3"),
        ("schools", "giáo viên đạt giải hội giảng cấp tỉnh cộng bao nhiêu", "C1"),
        ("schools", "đề tài cấp bộ được mấy điểm", "A3"),
        ("hospitals", "sáng kiến cấp ngành mấy điểm", "C12"),
        ("hospitals", "đề tài cấp nhà nước cộng mấy", "CG3"),
        ("sample", "mô hình nhân rộng cấp xã cộng mấy điểm", "DT4"),
        ("enterprises", "Đảng bộ hoàn thành tốt nhiệm vụ được mấy điểm", "II.4"),
        ("enterprises", "Đoàn thanh niên xếp loại tốt được bao nhiêu điểm", "II.4"),
        ("hospitals", "Chính quyền hoàn thành xuất sắc nhiệm vụ được mấy điểm", "C13"),
        ("schools", "Công đoàn xuất sắc được mấy điểm", "B2"),
        ("sample", "Gửi trễ phiếu thẩm định chéo 2 ngày làm việc thì trừ mấy điểm", "MS-THAMDINHCHEO"),
        ("enterprises", "Gửi trễ danh sách quà Tết bị trừ mấy điểm", "M-QUATET"),
        ("hospitals", "xuất sắc mấy điểm", "C13"),
        ("enterprises", "tốt mấy điểm", "II.4"),
    ],
)
def test_a_figure_that_may_be_of_something_else_is_not_given(name: str, question: str, line: str) -> None:
    assert ask(name, question).entry != line


@pytest.mark.parametrize(
    ("name", "question", "line"),
    [
        ("sample", "Hoàn thành 97% chỉ tiêu kế hoạch năm thì được bao nhiêu điểm?", "TC1.1"),
        ("sample", "Báo cáo tổng kết nộp chậm 4 ngày làm việc thì bị trừ bao nhiêu điểm?", "TRU1"),
        ("enterprises", "nop bao cao tre 5 ngay lam viec bi tru bao nhieu", "GT-1"),
        ("sample", "sáng kiến cấp tỉnh cộng mấy điểm", "DT3"),
        ("sample", "chính quyền cơ quan xếp loại khá mấy điểm", "TC2.4"),
        ("sample", "chi bộ hoàn thành tốt nhiệm vụ mấy điểm", "TC2.3"),
        ("enterprises", "công đoàn xếp loại tốt mấy điểm", "II.4"),
        ("hospitals", "khảo sát hài lòng duoc 92% thì máy điễm", "C02"),
    ],
)
def test_a_figure_that_is_surely_meant_is_given(name: str, question: str, line: str) -> None:
    assert ask(name, question).entry == line


def test_one_line_that_may_be_meant_is_asked_about_as_one() -> None:
    offered = ask("enterprises", "môi trường xếp loại khá")
    assert offered.state is AnswerState.CHOOSE and len(offered.choices) == 1
    assert offered.text == "Có phải anh/chị hỏi về mục này không?"


def test_what_a_report_is_worth_is_offered_beside_what_a_late_one_costs() -> None:
    for name, question, lines in (
        ("sample", "báo cáo sơ kết mấy điểm", ["TRU1", "TC3.8"]),
        ("hospitals", "báo cáo 6 tháng mấy điểm", ["V1", "C20"]),
    ):
        assert [one for one, _ in ask(name, question).choices] == lines


def test_a_month_with_nothing_tells_what_comes_after_it() -> None:
    found = ask("enterprises", "tháng 11 có gì")
    assert found.entries == ("M-CHAMCHEO", "M-PHANHOI", "M-HOPTK", "M-TRINH") or "tháng 11" in found.text
    days = [answers("enterprises").bloc.milestone(key).due_on for key in found.entries]
    assert days and min(days).month != 6 and (min(days).year, min(days).month) >= (2026, 11)


def test_a_quarters_own_report_is_no_list_of_the_quarter() -> None:
    assert ask("sample", "hạn nộp báo cáo quý 2").state is AnswerState.UNKNOWN
    assert "MS-BC6T" in ask("sample", "quý 2 phải nộp những gì").entries
