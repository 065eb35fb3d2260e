"""Filling in a unit's self-assessment, as transcripts: Lan the liaison, her colleague Minh, their leader Hà."""

from decimal import Decimal

import pytest

from bot.domain.assessment import EvidenceKind
from bot.domain.bloc import Bloc
from bot.domain.criteria import Awaited, Choice, Count, Points, Rate
from bot.domain.discharge import How
from bot.domain.people import Role
from storage.store import Store
from tests.conftest import SPRING
from tests.conversations.assessment_office import DOCUMENT, GIVEN, Office


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


async def test_a_whole_form_is_filled_and_its_total_is_what_a_hand_computes(office: Office) -> None:
    await office.fills()
    group_1 = 135 + 55 + 65 + 50 + 40 + 32 + Decimal("37.5") + 30
    group_2 = 40 + Decimal("27.5") + 32 + 25 + 30 + 30 + 20
    group_3 = 25 + 22 + 28 + 20 + 20 + 17 + 25 + 22 + 10 + 25
    assert (group_1, group_2, group_3) == (Decimal("444.5"), Decimal("204.5"), 214)
    standing = office.saved()
    assert standing.gaps == () and standing.done == 25
    assert standing.totals.total == group_1 + group_2 + group_3 == 863
    office.lan.sees("25/25 tiêu chí · 863 điểm tạm tính", "Tổng điểm: 863", "Đã đủ")


async def test_bonus_and_deduction_rules_count_only_where_they_are_claimed(office: Office) -> None:
    lan = office.lan
    await office.fills()
    await office.answers(lan, ">Tổng quan", ">Điểm thưởng", ">DT5", ">Khối trưởng", DOCUMENT, ">Tiếp")
    await office.answers(lan, ">DT3", "hai", DOCUMENT, ">Tiếp")
    lan.sees("✓ DT5", "10 điểm")
    await office.answers(lan, ">Tổng quan", ">Điểm trừ", ">TRU3", ">1")
    lan.sees("TRU3", "Câu 2/2")
    await office.answers(lan, ">0", ">Xem lại")
    lan.sees("Điểm thưởng: 20", "Điểm trừ: -5", "Tổng điểm: 878")
    await office.answers(lan, ">Tổng quan", ">Điểm thưởng", ">DT3", ">Không đề nghị")
    lan.sees("DT3: không đề nghị")
    assert office.saved().totals.total == 868
    await office.answers(lan, ">Tổng quan", ">Điểm trừ", ">TRU3", ">Không bị trừ mục này")
    lan.sees("TRU3: không có.", "– TRU3 Vắng họp Khối")
    assert office.saved().totals.total == 873


async def test_the_deadline_stands_on_top_and_progress_on_every_step(office: Office) -> None:
    await office.lan.says("/tudanhgia")
    office.lan.sees("Hạn nộp: 17:00 ngày 19/6/2026 (còn 18 ngày)", "0/25 tiêu chí · 0 điểm tạm tính")
    await office.answers(office.lan, ">Bắt đầu", "48/50")
    office.lan.sees(
        "✓ TC1.1: 48/50 = 96% → khung 95% đến dưới 100% → 135 điểm",
        "1/25 tiêu chí · 135 điểm tạm tính · thiếu 1 minh chứng",
    )


async def test_a_plain_criterion_takes_two_interactions(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", DOCUMENT)
    office.lan.sees("✓ Đã ghi minh chứng thứ 1 cho TC1.1", "TC1.2 Tham mưu")
    await office.answers(office.lan, "0")
    office.lan.sees("✓ TC1.2: 0 lần, không trừ")  # and not "= 0 điểm", as if it were worth nothing


async def test_files_that_wait_for_the_warning_are_told_again_after_a_restart(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%")
    await lan.sends_file("a.pdf", content=b"a")
    await lan.sends_file("b.pdf", content=b"b")
    office.world.restart()
    assert "Đang giữ 2 tệp; bấm “Tôi đã hiểu” để ghi nhận." in await lan.is_shown()
    await lan.taps(lan.last, "Tôi đã hiểu")
    assert {piece.title for piece in office.form.evidence} == {"a.pdf", "b.pdf"}


async def test_more_evidence_still_goes_to_the_criterion_it_followed_until_the_next_is_answered(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("a.pdf", content=b"a")
    lan.sees("Đã nhận a.pdf cho TC1.1 (minh chứng thứ 1)", "vẫn vào TC1.1", "TC1.2 Tham mưu", "Câu 1/2")
    office.world.restart()
    await lan.sends_file("b.pdf", content=b"b")
    brief = lan.sees("Đã nhận b.pdf cho TC1.1 (minh chứng thứ 2)", "TC1.2 Tham mưu", "Câu 1/2")
    assert len(brief.text.splitlines()) < 9
    await lan.says(DOCUMENT)
    await lan.says("https://example.vn/tin-1")
    lan.sees("minh chứng thứ 4 cho TC1.1")
    await lan.says("126/BC-STP")
    lan.sees("Xin ghi cả ngày của văn bản 126/BC-STP")
    assert "📎 TC1.1 (2)" in brief.buttons
    await lan.says("gần xong")
    lan.sees("Chưa đọc được “gần xong”")
    await lan.says("1")
    assert office.form.facts("TC1.2") == {"1": Count(1)}
    await lan.sends_file("c.pdf", content=b"c")
    assert [e.title for e in office.form.evidence_for("TC1.1")] == [
        "a.pdf", "b.pdf", DOCUMENT, "https://example.vn/tin-1",
    ]  # fmt: skip
    assert [e.title for e in office.form.evidence_for("TC1.2")] == ["c.pdf"]


async def test_an_album_belongs_to_one_criterion_and_brings_no_long_chat(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("anh-0.jpg", content=b"0", album="7")
    question = lan.sees("Đã nhận anh-0.jpg cho TC1.1", "TC1.2 Tham mưu", "Câu 1/2")
    office.world.restart()
    for n in range(1, 4):
        await lan.sends_file(f"anh-{n}.jpg", content=bytes([n]), album="7")
        assert lan.last.text == f"✓ Đã nhận anh-{n}.jpg cho TC1.1 (minh chứng thứ {n + 1})." and not lan.last.buttons
    assert len(office.form.evidence_for("TC1.1")) == 4
    await lan.taps(question, "0")
    assert office.form.facts("TC1.2") == {"1": Count(0)}
    await lan.taps(question, "Mục lục")


async def test_an_album_where_no_question_follows_is_told_line_by_line(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu", ">Sửa điểm")
    for n in range(3):
        await lan.sends_file(f"anh-{n}.jpg", content=bytes([n]), album="7")
    assert [bool(seen.buttons) for seen in lan.shown[-3:]] == [True, False, False]
    assert len(office.form.evidence_for("TC1.1")) == 3


async def test_a_photo_is_called_by_its_moment_and_caption_and_never_by_an_id(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_photo(content=b"x", caption="lễ ký giao ước")
    lan.sees("Đã nhận ảnh cho TC1.1 (minh chứng thứ 1)")
    await lan.taps(lan.last, "📎 TC1.1 (1)")
    lan.sees("1. ảnh gửi lúc 09:00 ngày 1/6/2026 · lễ ký giao ước")
    await lan.taps(lan.last, "Xóa 1")
    lan.sees("Đã xóa: ảnh gửi lúc 09:00 ngày 1/6/2026 · lễ ký giao ước")
    lan.sees_not("anh-")


async def test_doubtful_words_about_the_criterion_before_are_still_its_own(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", DOCUMENT, "12/KH-STP ngày 1/2/2026 về bảo vệ tài liệu mật")
    asked = lan.sees("Có phải nội dung mật không?")
    office.world.restart()
    await lan.taps(asked, "Không mật, ghi nhận")
    assert len(office.form.evidence_for("TC1.1")) == 2
    lan.sees("minh chứng thứ 2 cho TC1.1", "TC1.2 Tham mưu")


async def test_a_question_is_answered_where_evidence_may_follow_and_moves_nothing(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", DOCUMENT)
    await lan.says("hạn nộp báo cáo tổng kết năm là khi nào?")
    lan.sees("27/11/2026")
    await lan.says("1")
    assert office.form.facts("TC1.2") == {"1": Count(1)}


async def test_taps_edit_one_message_and_typing_brings_a_new_one(office: Office) -> None:
    first = await office.begins()
    await office.answers(office.lan, ">Bỏ qua", ">Bỏ qua", ">Bỏ qua")
    assert office.lan.last.message_id == first.message_id
    await office.lan.says("95%")
    assert office.lan.last.message_id != first.message_id


async def test_what_cannot_be_read_gets_one_sentence_with_an_example_and_changes_nothing(office: Office) -> None:
    await office.begins()
    await office.lan.says("gần hết rồi")
    office.lan.sees("Chưa đọc được “gần hết rồi”. Xin gõ tỷ lệ, ví dụ 95% hoặc 48/50.")
    await office.lan.says("120%")
    office.lan.sees("Tỷ lệ phải từ 0% đến 100%")
    await office.lan.says("0,95")
    office.lan.sees("Có thể hiểu là 0,95% hoặc 95%")
    assert office.form.answers == {}
    await office.lan.says("95%")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(95))}


async def test_zero_is_an_answer_and_not_a_gap(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">yếu")
    assert office.saved().scores["TC1.6"].points == 0
    assert office.form.facts("TC1.6") == {"1": Choice(4)}
    office.lan.sees("TC1.7")  # no evidence is asked for no points
    assert office.saved().done == 1


async def test_an_old_button_does_not_change_an_answer(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.6")
    old = lan.last.button("yếu")
    await lan.taps(lan.last, "tốt")
    await lan.sends_data(old)
    lan.sees_notice("TC1.6 đã được trả lời sau khi có nút này")
    lan.sees("Đang ghi: tốt → 40 điểm")
    assert office.saved().scores["TC1.6"].points == 40
    await office.answers(lan, ">Sửa câu này", ">yếu")
    assert office.saved().scores["TC1.6"].points == 0


async def test_a_stale_tap_does_not_move_the_question_that_waits_for_a_typed_value(office: Office) -> None:
    lan = office.lan
    first = await office.begins()
    old = first.button("100%")
    await office.answers(lan, "90%", ">Bổ sung sau")
    lan.sees("TC1.2")
    await lan.sends_data(old)
    await lan.says("2")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(90))}
    assert office.form.facts("TC1.2") == {"1": Count(2)}


async def test_the_same_tap_twice_is_one_answer(office: Office) -> None:
    lan = office.lan
    first = await office.begins()
    data = first.button("100%")
    await lan.sends_data(data, first)
    await lan.sends_data(data, first)
    assert [what for what, _, _ in office.trail()].count("answer") == 1


async def test_an_old_button_of_a_submitted_form_says_that_it_is_submitted(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.6")
    old = lan.last.button("yếu")
    await lan.says("/tudanhgia")
    await office.proposes()
    await lan.sends_data(old)
    lan.sees_notice("đã trình lãnh đạo")
    await office.approves()
    await lan.sends_data(old)
    lan.sees_notice("đã nộp")
    lan.sees("Đã nộp lúc", "Biên nhận")
    assert office.saved().scores["TC1.6"].points == 32


async def test_two_liaisons_do_not_write_over_each_other_unseen(office: Office) -> None:
    lan, minh = office.lan, office.minh
    await office.begins(lan)
    await office.begins(minh)
    await minh.says("48/50")
    await lan.says("90%")
    asked = lan.sees("Minh đã ghi", "48/50 = 96%", "Anh/chị vừa gõ", "90%")
    assert office.form.facts("TC1.1") == {"1": Rate(done=Decimal(48), total=Decimal(50))}
    await lan.taps(asked, "Thay bằng: 90%")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(90))}
    assert ("answer", ["TC1.1", "1", "r48-50"], ["TC1.1", "1", "r90"]) in office.trail()


async def test_a_liaison_may_keep_what_the_colleague_gave(office: Office) -> None:
    lan, minh = office.lan, office.minh
    await office.begins(lan)
    await office.begins(minh)
    await minh.says("48/50")
    await lan.says("90%")
    await lan.taps(lan.last, "Giữ: 48/50")
    lan.sees("Minh chứng cho TC1.1")
    assert office.form.facts("TC1.1") == {"1": Rate(done=Decimal(48), total=Decimal(50))}


async def test_a_colleagues_explanation_is_not_written_over_unseen(office: Office) -> None:
    lan, minh = office.lan, office.minh
    await office.begins(lan)
    await office.answers(lan, "95%", ">Giải trình")
    await minh.says("/tudanhgia")
    await office.answers(minh, ">Mục lục", ">N1", ">TC1.1", ">Minh chứng", ">Giải trình", "Số liệu chờ xác nhận")
    await lan.says("Đã báo cáo miệng")
    lan.sees("vừa được đồng nghiệp giải trình", "Số liệu chờ xác nhận")
    assert office.form.explanations["TC1.1"].text == "Số liệu chờ xác nhận"
    await lan.says("Đã báo cáo miệng")
    assert office.form.explanations["TC1.1"].text == "Đã báo cáo miệng"


async def test_a_form_is_taken_up_where_it_was_left_even_by_a_new_process(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", DOCUMENT, "1")
    office.world.restart()
    await lan.says("2")
    assert office.form.facts("TC1.2") == {"1": Count(1), "2": Count(2)}
    await office.answers(lan, ">Để sau")
    lan.sees("Đã lưu bản nháp", "2/25 tiêu chí")
    await lan.says("/tudanhgia")
    await lan.taps(lan.last, "Tiếp tục")
    lan.sees("TC1.3")


async def test_an_update_done_but_not_answered_gets_the_screen_that_its_answer_would_have_shown(office: Office) -> None:
    lan = office.lan
    await office.begins()
    for step in ("95%", DOCUMENT, "1", ">Mục lục", ">N1", ">TC1.6", ">khá", ">Giải trình"):
        await office.answers(lan, step)
        office.world.restart()
        shown = await lan.is_shown()
        assert shown.split("\n")[-1] == lan.last.text.split("\n")[-1]
    assert "Giải trình cho TC1.6" in shown


async def test_skipped_questions_are_found_again_in_the_review(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Bỏ qua", "1", "0", ">Bổ sung sau")
    lan.sees("TC1.3")
    await office.answers(lan, ">◀ Trước")
    lan.sees("TC1.2", "Câu 2/2", "Đang ghi: 0")
    await office.answers(lan, ">Mục lục", ">Tổng quan", ">Xem lại")
    lan.sees("việc phải làm trước khi nộp")
    assert "TC1.1 · chưa trả lời" in lan.last.buttons and "TC1.2 · thiếu minh chứng" in lan.last.buttons
    await office.answers(lan, ">TC1.1 · chưa trả lời")
    lan.sees("TC1.1 Hoàn thành chỉ tiêu")


async def test_the_contents_show_how_far_each_criterion_is(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Bổ sung sau", "1", ">Mục lục")
    lan.sees("N1 Thực hiện nhiệm vụ", "1/8 tiêu chí, 135/500 điểm")
    await office.answers(lan, ">N1")
    assert {"📎 TC1.1", "… TC1.2", "– TC1.3"} <= set(lan.last.buttons)


# -- evidence --------------------------------------------------------------------------------------------


async def test_the_first_file_waits_until_the_warning_has_been_read(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await lan.says("95%")
    lan.sees("Không gửi tài liệu mật")
    await lan.sends_file("a.pdf", content=b"a", album="1")
    await lan.sends_file("b.pdf", content=b"b", album="1")
    lan.sees("Đang giữ 2 tệp")
    assert office.form.evidence == ()
    await lan.taps(lan.last, "Tôi đã hiểu")
    lan.sees("Đã nhận b.pdf cho TC1.1 (minh chứng thứ 2)")
    assert [e.title for e in office.form.evidence_for("TC1.1")] == ["a.pdf", "b.pdf"]
    await lan.sends_file("c.pdf", content=b"c")
    assert len(office.form.evidence_for("TC1.1")) == 3


async def test_a_file_that_waits_for_the_warning_is_not_lost_by_going_on(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await lan.says("95%")
    await lan.sends_file("a.pdf", content=b"a")
    warning = lan.sees("Đang giữ 1 tệp")
    await lan.says(DOCUMENT)
    await office.answers(lan, ">1")
    lan.sees("TC1.2", "Câu 2/2")
    await lan.taps(warning, "Tôi đã hiểu")
    lan.sees("Đã nhận a.pdf cho TC1.1 (minh chứng thứ 2)")
    assert [e.title for e in office.form.evidence_for("TC1.1")] == [DOCUMENT, "a.pdf"]
    assert office.form.evidence_for("TC1.2") == ()


async def test_stopping_says_that_a_waiting_file_is_not_kept(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await lan.sends_file("a.pdf", content=b"a")
    warning = lan.sees("Đang giữ 1 tệp")
    await lan.says("/huy")
    assert any("1 tệp chưa được nhận, vì chưa bấm “Tôi đã hiểu”" in m.text for m in lan.shown)
    await lan.taps(warning, "Tôi đã hiểu")
    lan.sees("chưa thấy báo “Đã nhận” thì xin gửi lại")
    assert office.form.evidence == ()


async def test_an_answer_is_corrected_from_its_evidence(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "9%", ">Sửa điểm", "90%")
    office.lan.sees("✓ TC1.1: 90%")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(90))}


async def test_what_a_line_comes_to_is_said_once(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", DOCUMENT, ">1", ">0")
    shown = office.lan.sees("Minh chứng cho TC1.2")
    assert shown.text.count("TC1.2 cộng lại: 55 điểm") == 1


async def test_a_screen_of_buttons_answers_questions(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    overview = lan.last
    await lan.says("hạn nộp báo cáo tổng kết năm")
    lan.sees("Hạn: 17:00, thứ Sáu, 27/11/2026")
    await lan.says("nghỉ phép năm được mấy ngày")
    await lan.taps(lan.last, "Hỏi thư ký")
    lan.sees("Đã chuyển câu hỏi tới Tổ thư ký")
    await lan.taps(overview, "Mục lục")
    await lan.says("95%")
    assert "trợ lý không ghi nhận chữ vừa gõ" in lan.shown[-2].text and "N1 · 0/8" in lan.last.buttons
    await office.answers(lan, ">Tổng quan", ">Bắt đầu", "95%")
    lan.sees("✓ TC1.1: 95%")


async def test_a_form_settled_on_paper_says_so(office: Office) -> None:
    with office.store.work(SPRING) as work:
        work.discharges.add("MS-BC6T", "STP", at=SPRING, how=How.PAPER, receipt="GIAY-1", by=None, reason="nộp giấy")
    await office.lan.says("/tudanhgia")
    office.lan.sees("đã ghi nhận bằng giấy, hạn tính lúc 09:00 ngày 1/6/2026", "GIAY-1")


async def test_the_warning_is_each_persons_own(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", ">Tôi đã hiểu")
    await office.lan.sends_file("a.pdf")
    await office.minh.says("/tudanhgia")
    await office.answers(office.minh, ">Mục lục", ">N1", ">TC1.1", ">Minh chứng")
    await office.minh.sends_file("b.pdf", content=b"b")
    office.minh.sees("Tôi đã hiểu")
    assert len(office.form.evidence) == 1


async def test_a_file_sent_at_a_question_belongs_to_its_criterion(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu", ">Bổ sung sau")
    await lan.sends_file("chuong-trinh.pdf")
    lan.sees("Đã nhận chuong-trinh.pdf cho TC1.2")
    await lan.says("1")
    assert office.form.facts("TC1.2") == {"1": Count(1)}


async def test_the_same_file_elsewhere_in_the_unit_is_said(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("a.pdf", content=b"same")
    await lan.taps(lan.last, "Bỏ qua")
    await lan.sends_file("b.pdf", content=b"same")
    lan.sees("Lưu ý: tệp này đã được gửi ở TC1.1")


async def test_evidence_is_listed_and_can_be_removed_once(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", DOCUMENT, "https://example.vn/tin-1")
    assert [e.kind for e in office.form.evidence] == [EvidenceKind.DOCUMENT, EvidenceKind.LINK]
    await lan.taps(lan.last, "📎 TC1.1 (2)")
    remove = lan.last.button("Xóa 1")
    await lan.sends_data(remove, lan.last)
    lan.sees("Đã xóa: 125/BC-STP")
    await lan.sends_data(remove)
    lan.sees_notice("đã thay đổi")
    assert [e.title for e in office.form.evidence] == ["https://example.vn/tin-1"]


async def test_a_number_without_a_date_is_asked_about(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", "125/BC-STP")
    office.lan.sees("Xin ghi cả ngày của văn bản 125/BC-STP")
    assert office.form.evidence == ()


async def test_each_file_that_is_not_taken_is_told_why(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("12_BC-STP(M).pdf")
    lan.sees("không nhận và không lưu gì")
    await lan.sends_file("phan-mem.exe")
    lan.sees("không nhận loại tệp của phan-mem.exe")
    assert office.form.evidence == ()


async def test_a_doubtful_file_is_asked_about_and_taken_on_the_persons_word(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("bao-cao.pdf", caption="không rõ có phải văn bản mật hay không")
    asked = lan.sees("Tệp này có phải tài liệu mật không?")
    assert office.form.evidence == ()
    await lan.taps(asked, "Không mật, ghi nhận")
    lan.sees("Đã nhận bao-cao.pdf cho TC1.1")
    await lan.sends_file("bao-cao-2.pdf", caption="tài liệu mật")
    await lan.taps(lan.last, "Bỏ, không giữ")
    lan.sees("Đã bỏ, không giữ lại gì")
    assert len(office.form.evidence) == 1


async def test_classified_words_are_refused_and_doubtful_ones_kept_only_on_the_persons_word(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Giải trình", "Theo văn bản TỐI MẬT số 3")
    lan.sees("không nhận và không lưu gì")
    await lan.says("Không để lộ, lọt tài liệu mật của tỉnh")
    asked = lan.sees("Có phải nội dung mật không?")
    assert office.form.explanations == {}
    office.world.restart()
    await lan.taps(asked, "Bỏ, không giữ")
    assert office.form.explanations == {}
    await lan.says("Không để lộ, lọt tài liệu mật của tỉnh")
    await lan.taps(lan.last, "Không mật, ghi nhận")
    assert office.form.explanations["TC1.1"].text == "Không để lộ, lọt tài liệu mật của tỉnh"


# -- the report ------------------------------------------------------------------------------------------


async def test_a_section_is_written_over_several_messages_and_can_be_written_anew(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Báo cáo", ">– 1", "Đoạn một.", "Đoạn hai.")
    lan.sees("Đoạn một.\nĐoạn hai.")
    assert [piece.text for piece in office.form.written("SK1")] == ["Đoạn một.", "Đoạn hai."]
    await office.answers(lan, ">Viết lại", ">Xóa, viết lại", "Đoạn mới.")
    assert [piece.text for piece in office.form.written("SK1")] == ["Đoạn mới."]
    await lan.taps(lan.last, "Xong mục này")
    lan.sees("mục 2/7")


async def test_one_word_or_pdf_file_stands_for_the_whole_report(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Báo cáo")
    await lan.sends_file("bao-cao.xlsx")
    await lan.sends_file("bao-cao.docx")
    await lan.taps(lan.last, "Tôi đã hiểu")
    lan.sees("Đã nhận bao-cao.docx làm báo cáo")
    assert not [gap for gap in office.saved().gaps if gap.kind == "section"]


# -- opening ---------------------------------------------------------------------------------------------


async def test_before_the_period_opens_the_next_one_is_named_with_its_day(office: Office) -> None:
    office.world.at(SPRING.replace(month=4))
    await office.lan.says("/tudanhgia")
    office.lan.sees("Kỳ tới mở từ ngày 25/5/2026")


async def test_once_the_period_is_over_the_form_can_still_be_looked_at(office: Office) -> None:
    await office.begins()
    office.world.at(SPRING.replace(month=8))
    await office.lan.says("/tudanhgia")
    office.lan.sees("Kỳ tới mở từ ngày 26/10/2026")
    await office.lan.taps(office.lan.last, "Sở Tư pháp · 6 tháng")
    office.lan.sees("Tự chấm điểm 6 tháng năm 2026")


async def test_somebody_of_two_units_chooses_first(office: Office) -> None:
    both = office.world.person(31, "Mai", ("STP", Role.LIAISON), ("TTT", Role.LIAISON))
    await both.says("/tudanhgia")
    both.sees("muốn mở bản tự chấm điểm nào")
    await both.taps(both.last, "Thanh tra tỉnh")
    both.sees("Tự chấm điểm 6 tháng", "Thanh tra tỉnh")
    assert office.form.unit == "TTT"


async def test_a_leader_is_told_when_nothing_has_been_begun(office: Office) -> None:
    await office.ha.says("/tudanhgia")
    office.ha.sees("Sở Tư pháp chưa bắt đầu tự chấm điểm")


async def test_every_criterion_of_the_sample_is_walked(sample: Bloc) -> None:
    assert list(GIVEN) == [item.code for item in sample.criteria]
    assert {code: len(given) for code, given in GIVEN.items()} == {
        item.code: len(item.asked) for item in sample.criteria
    }


async def test_every_change_keeps_old_and_new(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.7", "10")
    await office.answers(lan, ">◀ Trước", "12")
    assert office.form.facts("TC1.7") == {"1": Points(Decimal(12))}
    assert ("answer", ["TC1.7", "1", "p10"], ["TC1.7", "1", "p12"]) in office.trail()


async def test_an_old_button_with_the_value_that_stands_moves_nobody(office: Office) -> None:
    lan = office.lan
    old = (await office.begins()).button("100%")
    await office.answers(lan, ">100%", DOCUMENT, "1")
    lan.sees("Câu 2/2")
    revision = office.form.revision
    await lan.sends_data(old)
    assert lan.notices[-1] == "TC1.1 đang ghi như vậy, không thay đổi gì."
    lan.sees("✓ TC1.1: 100%", "TC1.2 Tham mưu", "Câu 2/2")
    assert office.form.revision == revision
    await lan.says("2")
    assert office.form.facts("TC1.2") == {"1": Count(1), "2": Count(2)}
    await office.answers(lan, DOCUMENT, ">Mục lục")
    await lan.sends_data(old)
    assert "N1 · 2/8" in str(lan.last.buttons)


async def test_the_other_answers_without_a_value_stay_on_offer(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Sửa điểm")
    assert {"Không phát sinh", "Chưa có số liệu"} <= set(lan.last.buttons)
    await office.answers(lan, ">Không phát sinh", ">◀ Trước", ">Sửa điểm")
    assert "Không phát sinh" not in lan.last.buttons and "Chưa có số liệu" in lan.last.buttons
    await office.answers(lan, ">Chưa có số liệu")
    assert office.form.facts("TC1.1") == {"1": Awaited()}


@pytest.mark.parametrize("typed", ["Bổ sung sau", "bo sung sau", "Bổ sung"])
async def test_a_buttons_own_words_typed_are_that_button(office: Office, typed: str) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", typed)
    lan.sees("TC1.2 Tham mưu")


async def test_words_of_a_button_lead_through_a_form(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await lan.says("bắt đầu")
    await office.answers(lan, "95%", "giai trinh")
    lan.sees("Giải trình cho TC1.1", "Gõ lý do")
    await office.answers(lan, "Số liệu đang đối chiếu với Sở Tài chính", "bỏ qua")
    lan.sees("Câu 2/2")
    await office.answers(lan, "để sau")
    lan.sees("Đã lưu bản nháp")
    await office.answers(lan, "tiếp tục")
    lan.sees("TC1.2", "Câu 1/2")
    await office.answers(lan, "không phát sinh")
    assert office.form.facts("TC1.2") == {"1": Count(0)}


async def test_words_that_only_resemble_a_button_are_still_words(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Giải trình", "trước")  # an explanation, were it not the button's whole label
    lan.sees("Minh chứng cho TC1.1")
    await office.answers(lan, ">Giải trình", "Trước khi có quyết định")
    assert office.form.explanations["TC1.1"].text == "Trước khi có quyết định"
    await lan.says("không")
    assert office.form.facts("TC1.2") == {"1": Count(0)}


async def test_doubtful_words_that_are_left_behind_are_told(office: Office) -> None:
    lan = office.lan
    contents = (await office.begins()).button("Mục lục")
    await office.answers(lan, "95%", "12/KH-STP ngày 1/2/2026 về bảo vệ tài liệu mật")
    await lan.says("/nop")
    assert any("Đoạn vừa gõ chưa được lưu" in seen.text for seen in lan.shown[-2:])
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Tiếp tục", "1")
    await office.answers(lan, ">Minh chứng", "12/KH-STP ngày 1/2/2026 về bảo vệ tài liệu mật")
    await lan.sends_data(contents)
    assert lan.notices[-1].startswith("⚠️ Đoạn vừa gõ chưa được lưu")
    assert office.form.evidence == ()


async def test_doubtful_words_that_are_settled_leave_nothing_to_tell(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", "12/KH-STP ngày 1/2/2026 về bảo vệ tài liệu mật", ">Bỏ, không giữ")
    assert not any("chưa được lưu" in seen.text for seen in lan.shown) and not any(lan.notices)


async def test_files_that_wait_and_are_left_behind_are_told(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%")
    await lan.sends_file("a.pdf", content=b"a")
    await lan.sends_file("b.pdf", content=b"b")
    assert not any("chưa được nhận" in seen.text for seen in lan.shown)
    await lan.says("/nop")
    assert any("2 tệp chưa được nhận" in seen.text for seen in lan.shown)


async def test_bonus_and_deduction_are_offered_on_the_way_and_only_once(office: Office) -> None:
    lan = office.lan
    await office.fills()  # past both lists
    await office.answers(lan, ">Tổng quan", ">Mục lục", ">N3", ">TC3.10", ">Đủ 10")
    lan.sees("Xem lại trước khi nộp")


async def test_half_of_a_deduction_does_not_pass_the_review(office: Office) -> None:
    lan = office.lan
    office.is_filled()
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Điểm trừ", ">TRU3", ">1", ">Mục lục", ">Tổng quan", ">Điểm trừ")
    lan.sees("… TRU3 Vắng họp Khối")
    await office.answers(lan, ">Xem lại")
    lan.sees("Còn 1 việc phải làm")
    await office.answers(lan, ">TRU3 · chưa trả lời", ">0", ">Xem lại")
    lan.sees("Đã đủ", "Điểm trừ: -5")


async def test_every_piece_can_be_reached_and_removed(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%")
    for start in (1, 11):
        await lan.says("\n".join(f"{n}/BC-STP ngày 10/6/2026" for n in range(start, start + 10)))
    await office.answers(lan, ">TC1.1 (20)", ">Trang sau")
    lan.sees("13. 13/BC-STP", "20. 20/BC-STP")
    await office.answers(lan, ">Xóa 20")
    lan.sees("Đã xóa: 20/BC-STP", "19. 19/BC-STP")
    assert len(office.form.evidence) == 19
    await office.answers(lan, ">Trang trước", ">Xóa 1")
    lan.sees("Đã xóa: 1/BC-STP", "1. 2/BC-STP")


async def test_a_ceiling_is_told_where_a_value_stands(office: Office) -> None:
    lan = office.lan
    office.is_filled()
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N3", ">TC3.4")
    lan.sees("Đang ghi: 3 × 10 = 30 điểm", "TC3.4 cộng lại, sau khi áp mức trần: 20 điểm")


async def test_the_table_leads_back_to_the_review(office: Office) -> None:
    office.is_filled()
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem lại", ">Bảng điểm", ">Xem lại và nộp")
    office.lan.sees("Xem lại trước khi nộp")


async def test_a_refusal_over_an_old_message_shows_nothing_else_below(office: Office) -> None:
    data = (await office.begins()).button("100%")
    await office.duc.says("/tudanhgia")
    before = len(office.duc.shown)
    await office.duc.sends_data(data)
    assert office.duc.notices[-1] == "Anh/chị không có quyền với nội dung này." and len(office.duc.shown) == before


@pytest.mark.parametrize("asked", ["hạn nộp khi nào?", "tôi còn thiếu gì", "han nop bao cao khi nao"])
async def test_a_question_among_words_that_are_kept_is_answered_and_not_kept(office: Office, asked: str) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Giải trình")
    await lan.says(asked)
    lan.sees("Giải trình cho TC1.1", "Gõ lý do")
    assert office.form.explanations == {}
    await office.answers(lan, ">Trước", ">Mục lục", ">Tổng quan", ">Báo cáo", ">– 2")
    await lan.says(asked)
    lan.sees("mục 2/7")
    assert office.form.pieces == ()


async def test_words_that_only_hold_a_question_are_kept(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Giải trình", "Chưa rõ khi nào có số liệu chính thức của Sở Tài chính")
    assert "TC1.1" in office.form.explanations
    lan.sees("✓ Đã lưu giải trình cho TC1.1: “Chưa rõ khi nào có số liệu")


@pytest.mark.parametrize("said", ["xong", "tiếp", "bỏ qua", "Xong mục này"])
async def test_words_for_going_on_are_no_text_of_the_report(office: Office, said: str) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Báo cáo", ">– 1", "Năm nay đơn vị làm tốt.", said)
    lan.sees("mục 2/7")
    await office.answers(lan, "các mục")
    lan.sees("Báo cáo sơ kết 6 tháng", "✓ 1.", "– 2.")
    assert [piece.text for piece in office.form.pieces] == ["Năm nay đơn vị làm tốt."]


async def test_words_for_going_back_lead_back(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", DOCUMENT, "quay lại")
    lan.sees("TC1.1", "Đang ghi")


async def test_whoever_has_just_answered_hears_that_a_colleague_replaced_it(office: Office) -> None:
    await office.begins()
    question = await office.begins(office.minh)
    old = question.button("100%")
    await office.answers(office.lan, "95%")
    await office.minh.says("96%")
    await office.answers(office.minh, ">Thay bằng")
    assert office.told(office.lan) == [("assessment.notice-replaced", {"by": "Minh", "code": "TC1.1"})]
    await office.minh.sends_data(old)  # an old button changes nothing and tells nobody
    await office.lan.sends_data(office.notice_button(office.lan, "assessment.button-look"))
    office.lan.sees("TC1.1", "Đang ghi: 96%")
    assert len(office.told(office.lan)) == 1 and office.told(office.minh) == []


async def test_evidence_first_leads_to_the_figure(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, ">Minh chứng (0)")
    lan.sees_not("Điểm: 0")
    await office.answers(lan, DOCUMENT, ">Tiếp")
    lan.sees("TC1.1 Hoàn thành", "Gõ tỷ lệ")


async def test_a_section_is_not_wiped_by_one_tap(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Báo cáo", ">– 1", "Năm nay đơn vị làm tốt.", ">Viết lại")
    lan.sees("Viết lại thì 23 ký tự", "không lấy lại được")
    office.world.restart()
    assert "Viết lại thì 23 ký tự" in await lan.is_shown()
    await office.answers(lan, ">Giữ nguyên", "Thêm.")
    assert [piece.text for piece in office.form.pieces] == ["Năm nay đơn vị làm tốt.", "Thêm."]
