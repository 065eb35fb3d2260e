"""Figures that are not final, what did not arise, and what follows later, as transcripts."""

import pytest

from bot.domain.bloc import Bloc
from bot.domain.criteria import Awaited, Mark, NotArising
from bot.domain.delivery import Notice
from bot.outbound.compose import compose
from bot.words import Words, strip
from storage.store import Store
from tests.conversations.assessment_office import DOCUMENT, JUNE_23, Office


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


async def test_an_estimate_is_typed_shown_everywhere_and_gone_with_the_final_figure(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "ước 48/50")
    lan.sees("✓ TC1.1: 48/50 = 96% → khung 95% đến dưới 100% → 135 điểm (số ước)", "135 điểm tạm tính")
    await office.answers(lan, DOCUMENT, ">Trước")
    lan.sees("Đang ghi: 48/50 = 96% → khung 95% đến dưới 100% → 135 điểm (số ước)")
    await office.answers(lan, ">Mục lục", ">Tổng quan", ">Xem lại")
    lan.sees("≈ Chưa phải số chính thức: 1 số ước (TC1.1).")
    await office.answers(lan, ">Bảng điểm", ">TC1.1")
    lan.sees("135 điểm (số ước)")
    await office.answers(lan, ">Trước", ">Tổng quan", ">Mục lục", ">N1", ">TC1.1", ">Là số chính thức")
    assert office.form.answers["TC1.1", "1"].mark is Mark.NONE
    assert ("answer", ["TC1.1", "1", "r48-50a"], ["TC1.1", "1", "r48-50"]) in office.trail()
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", ">Là số dự kiến")
    lan.sees("135 điểm (dự kiến, bổ sung sau)")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "97%")
    assert office.form.answers["TC1.1", "1"].mark is Mark.NONE


async def test_what_does_not_arise_asks_why_and_is_told_to_the_leader(office: Office) -> None:
    lan = office.lan
    office.is_filled()
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.5", "không phát sinh")
    lan.sees("✓ TC1.5: không phát sinh, chưa tính điểm")
    assert office.form.facts("TC1.5") == {"1": NotArising()}
    await office.answers(lan, ">Tổng quan", ">Mục lục", ">N2", ">TC2.3", "dự kiến hoàn thành tốt")
    lan.sees("(dự kiến, bổ sung sau)")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại")
    lan.sees(
        "≈ Chưa phải số chính thức: 1 dự kiến (TC2.3).",
        "∅ 1 tiêu chí không phát sinh: TC1.5.",
        "việc quy đổi do Khối quyết định",
        "tiêu chí không phát sinh toàn bộ: 40)",
        "Đã đủ",
    )
    await office.answers(lan, ">Trình lãnh đạo duyệt")
    await office.ha.says("/tudanhgia")
    office.ha.sees("∅ 1 tiêu chí không phát sinh: TC1.5.", "1 dự kiến (TC2.3)")
    await office.answers(office.ha, ">Bảng điểm")
    office.ha.sees("TC1.5 Tiếp công dân", "không phát sinh")
    await office.approves()
    await office.thu.sends_data(office.notice_button(office.thu, "assessment.button-look"))
    office.thu.sees("∅ 1 tiêu chí không phát sinh: TC1.5.", "1 dự kiến (TC2.3)")


async def test_the_receipt_and_the_notice_to_the_secretariat_count_what_is_not_final(office: Office) -> None:
    lan, thu = office.lan, office.thu
    office.is_filled()
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "ước 48/50")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.3", "dự kiến 97%")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.6", "chưa có số liệu")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.5", "không phát sinh")
    counted = "1 số ước, 1 dự kiến, 1 chưa có số liệu"
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại")
    lan.sees(f"≈ Chưa phải số chính thức: {counted} (TC1.1, TC1.3, TC1.6).", "∅ 1 tiêu chí không phát sinh: TC1.5.")
    await office.answers(lan, ">Trình lãnh đạo duyệt")
    await office.approves()
    note = f"≈ Lưu ý: {counted}, 1 tiêu chí không phát sinh."
    office.ha.sees("Biên nhận KNC-2026-6T-STP", note)
    key, params = office.told(thu)[-1]
    assert key == "assessment.notice-submitted-marked"
    words = Words("vi")
    said = strip(compose(Notice(key, params), words).html)
    assert said.splitlines()[0].startswith("📥 Sở Tư pháp đã nộp bản tự chấm điểm") and said.splitlines()[1:] == [note]
    assert "≈ Note: 1 estimate, 1 expected, 1 not known yet" in compose(Notice(key, params), Words("en")).html


async def test_a_form_of_final_figures_says_nothing_of_marks(office: Office) -> None:
    await office.proposes()
    office.world.at(JUNE_23)
    await office.approves()
    assert "Lưu ý" not in office.ha.sees("Biên nhận KNC-2026-6T-STP", "Nộp muộn 2 ngày").text
    assert office.told(office.thu)[-1][0] == "assessment.notice-submitted-late"


async def test_a_late_form_says_both(office: Office) -> None:
    await office.proposes()
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Rút lại", ">Mục lục", ">N1", ">TC1.1", ">Là số ước", ">Trình lãnh đạo duyệt")
    office.world.at(JUNE_23)
    await office.approves()
    office.ha.sees("Nộp muộn 2 ngày", "≈ Lưu ý: 1 số ước.")
    key, params = office.told(office.thu)[-1]
    assert key == "assessment.notice-submitted-late-marked"
    assert "muộn 2 ngày" in compose(Notice(key, params), Words("vi")).html


async def test_a_tap_says_that_a_whole_criterion_does_not_arise(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.7")
    old = lan.last.button("Cả tiêu chí không phát sinh")
    await lan.taps(lan.last, "Cả tiêu chí không phát sinh")
    assert "TC1.7 cộng lại" not in lan.sees("Gõ lý do nội dung này không phát sinh").text, "no points are no zero"
    standing = office.saved()
    assert standing.does_not_arise("TC1.7") and standing.lacks_explanation("TC1.7")
    await lan.says("Đơn vị không được giao")
    assert not office.saved().lacks_explanation("TC1.7")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.7", "12,5")
    await lan.sends_data(old)
    lan.sees_notice("đã được trả lời sau khi có nút này")
    assert not office.saved().does_not_arise("TC1.7")


async def test_the_missing_explanation_is_a_gap_that_a_tap_leads_to(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Không phát sinh")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại", ">TC1.1 · không phát sinh, cần giải trình")
    lan.sees("Giải trình cho TC1.1", "Gõ lý do nội dung này không phát sinh")
    await lan.says("15")
    lan.sees("Giải trình cần viết bằng lời.")
    assert "TC1.1" not in office.form.explanations


async def test_a_bonus_that_is_an_estimate_without_evidence_is_shown_as_such_in_its_list(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Mục lục", ">Tổng quan", ">Điểm thưởng", ">DT2", "ước 2", ">Bổ sung sau")
    (row,) = [row for row in lan.last.text.splitlines() if "DT2" in row]
    assert row.startswith("📎 DT2") and row.endswith(": 10 điểm ≈")


async def test_a_figure_that_is_not_there_yet_is_said_by_a_tap(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Chưa có số liệu")
    lan.sees("✓ TC1.1: chưa có số liệu, bổ sung sau, chưa tính điểm", "1/25 tiêu chí · 0 điểm")
    await office.answers(lan, ">Mục lục", ">N1")
    lan.sees("✓ TC1.1 Hoàn thành chỉ tiêu, nhiệm vụ trong kế hoạch công tác năm: chưa có số liệu")
    await office.answers(lan, ">Tổng quan", ">Tiếp tục")
    assert office.form.facts("TC1.1") == {"1": Awaited()}
    lan.sees("TC1.2")


async def test_an_estimate_that_meets_a_colleagues_figure_keeps_its_mark(office: Office) -> None:
    lan, minh = office.lan, office.minh
    await office.begins(lan)
    await office.begins(minh)
    await minh.says("48/50")
    await lan.says("ước 90%")
    asked = lan.sees("Minh đã ghi", "Anh/chị vừa gõ", "(số ước)")
    await lan.taps(asked, "Thay bằng: 90% (số ước)")
    assert office.form.answers["TC1.1", "1"].mark is Mark.ESTIMATED


async def test_the_secretariat_sees_that_there_are_no_points_rather_than_none(office: Office) -> None:
    lan, thu = office.lan, office.thu
    office.is_filled()
    for code, said in (("TC1.5", "không phát sinh"), ("TC1.6", "chưa có số liệu")):
        await lan.says("/tudanhgia")
        await office.answers(lan, ">Mục lục", ">N1", f">{code}", said)
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await office.approves()
    await thu.sends_data(office.notice_button(thu, "appraisal.button-appraise"))
    await office.answers(thu, ">Các dòng")
    assert any("TC1.5" in row and row.endswith(": không phát sinh") for row in thu.last.text.splitlines())
    thu.sees("TC1.6 Cải cách hành chính: chưa có số liệu")
    await office.answers(thu, ">TC1.5")
    thu.sees("Điểm tự chấm: chưa tính (không phát sinh)")
