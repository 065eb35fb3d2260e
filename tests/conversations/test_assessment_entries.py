"""Proposals and exemplary cases of the report, as transcripts: Lan the liaison, her colleague Minh, their leader Hà."""

from dataclasses import replace
from typing import Any

import pytest

from bot.buttons.assessment import ShowTable
from bot.domain.assessment import Piece
from bot.domain.bloc import Bloc, Content
from storage.store import Store
from tests.chat import Chat
from tests.conftest import SPRING, load
from tests.conversations.assessment_office import Office
from tests.conversations.test_assessment_year import NOVEMBER

PROVINCE = "Ủy ban nhân dân tỉnh"


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


async def opens(office: Office, number: int, chat: Chat | None = None) -> Chat:
    """The screen of one section."""
    chat = chat or office.lan
    await chat.says("/tudanhgia")
    if "Báo cáo" not in chat.last.buttons:
        await office.answers(chat, ">Tổng quan")
    await office.answers(chat, ">Báo cáo")
    label = next(text for text in chat.last.buttons if text in (f"– {number}", f"✓ {number}", f"… {number}"))
    await chat.taps(chat.last, label)
    return chat


def listed(office: Office, section: str = "SK7", kind: Content = Content.PROPOSAL) -> list[tuple[str, str]]:
    return [(entry.text, entry.addressee) for entry in office.form.entries(section, kind)]


def first(office: Office, section: str = "SK7", kind: Content = Content.PROPOSAL) -> Piece:
    return office.form.entries(section, kind)[0]


# -- proposals -------------------------------------------------------------------------------------------


async def test_a_proposal_is_one_message_kept_at_once_and_then_asked_whom_it_is_for(office: Office) -> None:
    lan = await opens(office, 7)
    lan.sees("mục 7/7: Kiến nghị, đề xuất", "Gợi ý: mỗi kiến nghị nêu nội dung, lý do", "mỗi tin một kiến nghị")
    assert "Không có nội dung" in lan.last.buttons
    await lan.says("Bổ sung biên chế trợ giúp pháp lý.\nLý do: số vụ việc tăng 30%.")
    assert listed(office) == [("Bổ sung biên chế trợ giúp pháp lý.\nLý do: số vụ việc tăng 30%.", "")]
    asked = lan.sees("✓ Đã lưu.", "Kiến nghị 1 gửi tới cơ quan nào?", "Bấm chọn, hoặc gõ tên cơ quan khác")
    assert list(asked.buttons) == [
        "Khối trưởng", "Hội đồng Thi đua - Khen thưởng tỉnh", PROVINCE, "Ghi nơi nhận sau",
    ]  # fmt: skip
    await lan.taps(asked, PROVINCE)
    lan.sees(
        f"✓ Kiến nghị 1: gửi {PROVINCE}.",
        "Đã có 1 kiến nghị:\n1. Bổ sung biên chế trợ giúp pháp lý. Lý do: số vụ việc tăng 30%.\n→ gửi " + PROVINCE,
        "👉 Gõ kiến nghị tiếp theo, hoặc bấm Xong.",
    )
    await lan.says("Cấp kinh phí số hóa hồ sơ.")
    await lan.says("gửi so tai chinh")
    lan.sees("Đã có 2 kiến nghị", "2. Cấp kinh phí số hóa hồ sơ.\n→ gửi so tai chinh")
    await lan.taps(lan.last, "Xong mục này")
    lan.sees("Xem lại trước khi nộp")
    number = first(office).number
    assert ("entry", None, ["SK7", "kien_nghi", "Cấp kinh phí số hóa hồ sơ."]) in office.trail()
    assert ("addressee", [number, ""], [number, PROVINCE]) in office.trail()


async def test_a_body_named_once_is_offered_for_the_next_proposal(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", "Bộ Tư pháp", "Hai.", ">Bộ Tư pháp")
    assert listed(office) == [("Một.", "Bộ Tư pháp"), ("Hai.", "Bộ Tư pháp")]
    await office.answers(lan, "Ba.", "uy ban nhan dan tinh")
    assert listed(office)[2] == ("Ba.", PROVINCE)


async def test_a_message_numbered_from_its_first_line_is_as_many_proposals(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("1. Bổ sung biên chế.\nLý do: thiếu người.\n2. Cấp kinh phí.\n3. Sửa quy chế.")
    lan.sees("✓ Đã lưu 3 dòng theo số thứ tự trong tin.", "Kiến nghị 1 gửi tới cơ quan nào?", "Lý do: thiếu người.")
    await office.answers(lan, ">Khối trưởng")
    lan.sees("✓ Kiến nghị 1: gửi Khối trưởng.", "Kiến nghị 2 gửi tới cơ quan nào?", "Cấp kinh phí.")
    await office.answers(lan, ">Ghi nơi nhận sau")
    lan.sees("→ gửi Khối trưởng", "2. Cấp kinh phí.\n→ ⚠️ chưa ghi nơi nhận", "3. Sửa quy chế.\n→ ⚠️ chưa ghi nơi nhận")
    await office.answers(lan, "Bốn.")
    lan.sees("Kiến nghị 4 gửi tới cơ quan nào?")  # the ones put off do not come back by themselves


async def test_one_entry_is_removed_alone_and_shown_once_more(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", ">Khối trưởng", "Hai.", ">Khối trưởng")
    old = lan.last.button("Xóa 1")
    await lan.taps(lan.last, "Xóa 1")
    lan.sees("Đã xóa: Một.", "Đã có 1 kiến nghị:\n1. Hai.")
    assert listed(office) == [("Hai.", "Khối trưởng")]
    await lan.sends_data(old)  # the old button means what it said, not what stands first now
    lan.sees_notice("đã thay đổi")
    assert listed(office) == [("Hai.", "Khối trưởng")]
    assert ("entry", ["SK7", "kien_nghi", "Một.", "Khối trưởng"], None) in office.trail()
    await office.answers(lan, ">Xóa 1")
    assert office.form.pieces == () and "Bỏ qua ▶" in lan.last.buttons


async def test_an_addressee_is_changed_by_a_tap_and_kept_by_another(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", ">Khối trưởng", ">Nơi nhận 1")
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?", "→ gửi Khối trưởng")
    await office.answers(lan, ">Giữ nguyên")
    assert listed(office) == [("Một.", "Khối trưởng")]
    await office.answers(lan, ">Nơi nhận 1", f">{PROVINCE}")
    assert listed(office) == [("Một.", PROVINCE)]
    lan.sees("Gõ kiến nghị tiếp theo")


async def test_a_proposal_without_an_addressee_is_a_gap_that_leads_to_where_it_is_given(office: Office) -> None:
    lan = office.lan
    await office.fills()
    await office.answers(lan, ">Báo cáo", ">✓ 7", "Một.", ">Ghi nơi nhận sau", ">Các mục")
    lan.sees("… 7. Kiến nghị, đề xuất (1 kiến nghị, 1 chưa ghi nơi nhận)")
    await office.answers(lan, ">Xem lại")
    lan.sees("Còn 1 việc phải làm", "Báo cáo: 7/7 mục; 1 kiến nghị")
    assert not any("Trình" in label for label in lan.last.buttons)
    await office.answers(lan, ">SK7 · kiến nghị 1 chưa ghi nơi nhận")
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Tiếp tục")  # what is left to do is found by going on too
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?")
    await office.answers(lan, ">Khối trưởng", ">Xong mục này")
    lan.sees("✓ Đã đủ")


# -- interrupted, doubled, two at a time -------------------------------------------------------------------


async def test_every_moment_has_its_screen_again_after_a_restart(office: Office) -> None:
    lan = await opens(office, 7)
    for step in ("Một.", ">Khối trưởng", "1. Hai.\n2. Ba.", "Sở Nội vụ", ">Ghi nơi nhận sau", ">Nơi nhận 3"):
        await office.answers(lan, step)
        office.world.restart()
        shown = await lan.is_shown()
        assert shown.split("\n")[-1] == lan.last.text.split("\n")[-1]
        assert ("gửi tới cơ quan nào?" in shown) == ("gửi tới cơ quan nào?" in lan.last.text)
    await lan.says("Bộ Tư pháp")
    assert listed(office) == [("Một.", "Khối trưởng"), ("Hai.", "Sở Nội vụ"), ("Ba.", "Bộ Tư pháp")]


async def test_the_same_tap_twice_changes_nothing_and_moves_no_question_that_waits(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("Một.")
    asked = lan.last
    data = asked.button("Khối trưởng")
    await lan.sends_data(data, asked)
    await lan.says("Hai.")
    await lan.sends_data(data, asked)  # the second tap arrives while the next addressee is asked for
    lan.sees("Kiến nghị 2 gửi tới cơ quan nào?")
    await lan.says("Bộ Tư pháp")
    assert listed(office) == [("Một.", "Khối trưởng"), ("Hai.", "Bộ Tư pháp")]
    assert [what for what, _, _ in office.trail()].count("addressee") == 2


async def test_an_old_button_does_not_change_an_addressee_given_since(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("Một.")
    asked = lan.last
    old = asked.button("Khối trưởng")
    await office.answers(lan, f">{PROVINCE}")
    await lan.sends_data(old)
    lan.sees_notice(f"là {PROVINCE}")
    assert listed(office) == [("Một.", PROVINCE)]
    await lan.says("Hai.")  # and what is typed is still a proposal
    assert listed(office)[1] == ("Hai.", "")


async def test_the_same_proposal_sent_twice_stands_once(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", ">Khối trưởng", "Một.")
    lan.sees("Nội dung này đã có ở số 1, không ghi thêm.", "Gõ kiến nghị tiếp theo")
    assert listed(office) == [("Một.", "Khối trưởng")]


async def test_two_liaisons_add_side_by_side_and_never_write_over_an_addressee_unseen(office: Office) -> None:
    lan, minh = await opens(office, 7), await opens(office, 7, office.minh)
    await lan.says("Của Lan.")
    await minh.says("Của Minh.")
    minh.sees("Kiến nghị 2 gửi tới cơ quan nào?")
    await opens(office, 7, minh)
    await office.answers(minh, ">Nơi nhận 1", ">Khối trưởng")
    await lan.says("Bộ Tư pháp")  # meant for the question on her screen, which Minh has answered since
    lan.sees("vừa được đồng nghiệp ghi là Khối trưởng", "Kiến nghị 1 gửi tới cơ quan nào?")
    assert listed(office) == [("Của Lan.", "Khối trưởng"), ("Của Minh.", "")]
    await lan.says("Bộ Tư pháp")  # now she has seen it
    assert listed(office)[0] == ("Của Lan.", "Bộ Tư pháp")


async def test_an_addressee_for_a_proposal_that_a_colleague_removed_is_not_taken_for_anything_else(
    office: Office,
) -> None:
    lan = await opens(office, 7)
    await lan.says("Một.")
    minh = await opens(office, 7, office.minh)
    await office.answers(minh, ">Xóa 1")
    await lan.says("Bộ Tư pháp")
    lan.sees("đã thay đổi")
    assert office.form.pieces == ()


async def test_old_buttons_of_a_list_reach_nothing_that_was_proposed_or_reopened(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", ">Khối trưởng", ">Nơi nhận 1")
    give, number = lan.last.button(PROVINCE), first(office).number
    await opens(office, 7)
    remove = lan.last.button("Xóa 1")
    await office.proposes()
    for old in (give, remove):
        await lan.sends_data(old)
        lan.sees_notice("đã trình lãnh đạo")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Rút lại")
    for old in (give, remove):
        await lan.sends_data(old)
        lan.sees_notice("đã thay đổi")
    assert first(office).number == number and listed(office) == [("Một.", "Khối trưởng")]


async def test_doubtful_and_stamped_words_are_stopped_in_entries_and_in_addressees(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("Cấp tủ lưu tài liệu mật cho đơn vị.")
    asked = lan.sees("Có phải nội dung mật không?")
    assert listed(office) == []
    office.world.restart()
    await lan.taps(asked, "Không mật, ghi nhận")
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?")
    await lan.says("Phòng lưu tài liệu mật")
    asked = lan.sees("Có phải nội dung mật không?")
    await lan.taps(asked, "Bỏ, không giữ")
    lan.sees("Đã bỏ", "Kiến nghị 1 gửi tới cơ quan nào?")
    await lan.says("Phòng lưu tài liệu mật")
    await lan.taps(lan.last, "Không mật, ghi nhận")
    assert listed(office) == [("Cấp tủ lưu tài liệu mật cho đơn vị.", "Phòng lưu tài liệu mật")]
    await lan.says("Kèm công văn 12/BC-STP(M) đóng dấu TỐI MẬT")
    lan.sees("không nhận và không lưu gì")
    assert len(office.form.pieces) == 1


async def test_what_is_no_body_is_asked_for_again(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", "9")  # no such number in the list
    lan.sees("Xin chỉ gõ tên cơ quan nhận kiến nghị")
    await lan.says("Lý do: đơn vị thiếu người.")  # more of the proposal is no body
    lan.sees("Xin chỉ gõ tên cơ quan nhận kiến nghị")
    await lan.says("kiến nghị gửi cho cơ quan nào?")  # a question is answered, and the step waits on
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?")
    await lan.says("Bộ Tư pháp")
    assert listed(office) == [("Một.", "Bộ Tư pháp")]


async def test_a_name_that_begins_like_an_offered_one_is_a_body_of_its_own(office: Office) -> None:
    lan = await opens(office, 7)
    await office.answers(lan, "Một.", "Sở Nội vụ thành phố", "Hai.", "Sở Nội vụ")
    assert listed(office) == [("Một.", "Sở Nội vụ thành phố"), ("Hai.", "Sở Nội vụ")]


async def test_saying_that_there_is_none_or_that_it_is_done_is_no_entry(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("không có kiến nghị")
    lan.sees("✓ Kiến nghị, đề xuất: không có nội dung.", "Xem lại trước khi nộp")
    assert [piece.text for piece in office.form.written("SK7")] == [""]
    await opens(office, 7)
    await office.answers(lan, "Một.", ">Khối trưởng", "xong")
    lan.sees("Xem lại trước khi nộp")
    await opens(office, 7)
    await office.answers(lan, "không")
    assert listed(office) == [("Một.", "Khối trưởng")]


async def test_a_file_sent_while_an_addressee_is_asked_for_is_the_report(office: Office) -> None:
    lan = await opens(office, 7)
    await lan.says("Một.")
    await lan.sends_file("bao-cao.docx")
    await lan.taps(lan.last, "Tôi đã hiểu")
    lan.sees("Đã nhận bao-cao.docx làm báo cáo")
    assert len(office.form.report_files) == 1 and listed(office) == [("Một.", "")]


async def test_a_long_list_is_turned_a_page_at_a_time_the_newest_first(office: Office) -> None:
    lan = await opens(office, 7)
    for number in range(1, 9):
        await office.answers(lan, f"Kiến nghị thứ {number} " + "rất dài " * 60, ">Khối trưởng")
    assert len(lan.last.text) < 3000
    lan.sees("Đã có 8 kiến nghị:", "… và 2 dòng trước đó", "3. Kiến nghị thứ 3", "8. Kiến nghị thứ 8")
    assert "Xóa 8" in lan.last.buttons and "Xóa 2" not in lan.last.buttons
    await office.answers(lan, ">Trang trước", ">Xóa 1")
    assert [text[:15] for text, _ in listed(office)][:2] == ["Kiến nghị thứ 2", "Kiến nghị thứ 3"]
    await lan.says("Thêm.")
    assert listed(office)[-1][0] == "Thêm."


# -- exemplary cases, mixed sections -----------------------------------------------------------------------


async def test_exemplary_cases_are_a_numbered_list(office: Office) -> None:
    office.world.at(NOVEMBER)
    lan = await opens(office, 6)
    lan.sees("Điển hình tiên tiến, mô hình mới", "Gợi ý: tên tập thể hoặc chức danh cá nhân", "mỗi tin một tập thể")
    await office.answers(lan, "Phòng Hành chính tư pháp: một cửa số, giảm 40% thời gian; Bằng khen UBND tỉnh.")
    lan.sees("✓ Đã lưu.", "1. Phòng Hành chính tư pháp", "👉 Gõ điển hình tiếp theo, hoặc bấm Xong.")
    assert not any("Nơi nhận" in label for label in lan.last.buttons)
    await office.answers(lan, "Trưởng phòng Bổ trợ: 200 vụ trợ giúp.", ">Xong mục này")
    lan.sees("mục 7/10")
    assert [text for text, _ in listed(office, "TK6", Content.EXAMPLE)][1] == "Trưởng phòng Bổ trợ: 200 vụ trợ giúp."


async def test_a_mixed_section_takes_text_by_itself_and_entries_by_a_button(office: Office) -> None:
    office.world.at(NOVEMBER)
    lan = await opens(office, 9)
    await lan.says("Phương hướng năm sau: ba nhiệm vụ.")
    lan.sees("Đã có 34 ký tự", "👉 Gửi tiếp để viết thêm")
    await office.answers(lan, ">+ Thêm kiến nghị")
    lan.sees("Phương hướng năm sau", "mỗi tin một kiến nghị")
    await office.answers(lan, "Một.", ">Khối trưởng", "Hai.", ">Khối trưởng")
    lan.sees("Đã có 34 ký tự", "Đã có 2 kiến nghị", "👉 Gõ kiến nghị tiếp theo")
    await office.answers(lan, ">Viết phần chữ", "Đoạn nữa.")
    lan.sees("Đoạn nữa.", "Đã có 2 kiến nghị", "👉 Gửi tiếp để viết thêm")
    assert listed(office, "TK9") == [("Một.", "Khối trưởng"), ("Hai.", "Khối trưởng")]
    texts = [piece.text for piece in office.form.entries("TK9", Content.TEXT)]
    assert texts == ["Phương hướng năm sau: ba nhiệm vụ.", "Đoạn nữa."]
    await office.answers(lan, ">Viết lại", ">Xóa, viết lại")
    lan.sees("Đã xóa nội dung cũ", "Đã có 2 kiến nghị")
    assert len(office.form.written("TK9")) == 2
    await office.answers(lan, ">Thêm, sửa kiến nghị", ">Xóa 1")
    assert listed(office, "TK9") == [("Hai.", "Khối trưởng")]


# -- the way through the report ----------------------------------------------------------------------------


async def test_behind_a_section_comes_the_next_empty_one_though_there_is_a_file(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Báo cáo")
    await lan.sends_file("bao-cao.docx")
    await lan.taps(lan.last, "Tôi đã hiểu")
    await office.answers(lan, ">– 2", "Đoạn.", ">Xong mục này")
    lan.sees("mục 3/7")
    await office.answers(lan, ">Bỏ qua", "Phần chữ.", ">Xong mục này")
    lan.sees("mục 5/7")
    await office.answers(lan, ">Các mục", ">– 7", ">Không có nội dung")
    lan.sees("Xem lại trước khi nộp", "Báo cáo: 1 tệp; 3/7 mục viết riêng")
    await office.answers(lan, ">Báo cáo")
    lan.sees("Báo cáo sơ kết 6 tháng", "bao-cao.docx")


async def test_leader_and_secretary_read_numbered_lists_with_their_addressees(office: Office) -> None:
    lan, ha, thu = office.lan, office.ha, office.thu
    await opens(office, 7)
    await office.answers(lan, "Một.\nLý do: thiếu.", ">Khối trưởng", "Hai.", "Bộ Tư pháp")
    await opens(office, 4)
    await office.answers(lan, ">+ Thêm điển hình", "Phòng A.")
    await office.proposes()
    await ha.says("/tudanhgia")
    await reads(office, ha, "Mục 7")
    ha.sees("1. Một.\nLý do: thiếu.\nNơi nhận: Khối trưởng", "2. Hai.\nNơi nhận: Bộ Tư pháp")
    await office.approves()
    ha.sees("Biên nhận", "Báo cáo: 7/7 mục; 2 kiến nghị; 1 điển hình")
    await thu.sends_data(ShowTable(office.form.id, 0).pack())
    await reads(office, thu, "Mục 4", table=False)
    thu.sees("Điển hình tiên tiến:\n1. Phòng A.")


async def reads(office: Office, chat: Chat, section: str, *, table: bool = True) -> None:
    """One section, from the last page of the table."""
    if table:
        await office.answers(chat, ">Bảng điểm")
    while section not in chat.last.buttons:
        await office.answers(chat, ">Trang sau")
    await office.answers(chat, f">{section}")


# -- when the bloc asks otherwise --------------------------------------------------------------------------


def relisted(bloc: Bloc, code: str, **fields: Any) -> Bloc:
    outlines = tuple(
        replace(o, sections=tuple(replace(s, **fields) if s.code == code else s for s in o.sections))
        for o in bloc.outlines
    )
    return replace(bloc, outlines=outlines)


async def test_a_text_written_before_stands_above_the_list_that_the_bloc_asks_for_since(
    office: Office, sample: Bloc
) -> None:
    lan = office.lan
    load(office.store, relisted(sample, "SK7", holds=(Content.TEXT,), addressees=()), SPRING)
    await opens(office, 7)
    await lan.says("Đề nghị A.")
    load(office.store, sample, SPRING)
    await lan.says("Đề nghị B.")  # typed at the screen of a text: it stays one
    assert [p.text for p in office.form.entries("SK7", Content.TEXT)] == ["Đề nghị A.", "Đề nghị B."]
    lan.sees("Đã có 21 ký tự", "mỗi tin một kiến nghị")
    await office.answers(lan, "Đề nghị C.", f">{PROVINCE}")
    lan.sees("Đã có 21 ký tự", "Đã có 1 kiến nghị")
    await office.answers(lan, ">Xóa phần chữ", ">Xóa, viết lại")
    assert [p.text for p in office.form.written("SK7")] == ["Đề nghị C."]
    await lan.sends_data(office.notice_button(lan, "assessment.button-changes"))
    lan.sees("Mục báo cáo SK7 Kiến nghị, đề xuất: cách ghi đã đổi")


async def test_an_addressee_typed_while_the_bloc_changes_is_still_that_proposals(office: Office, sample: Bloc) -> None:
    lan = await opens(office, 7)
    await lan.says("Một.")
    asked = lan.last
    load(office.store, relisted(sample, "SK7", addressees=("Bộ Tư pháp",), name="Kiến nghị"), SPRING)
    await lan.sends_data(asked.button("Khối trưởng"), asked)  # a body that the bloc offers no more
    lan.sees_notice("đã thay đổi")
    lan.sees("Kiến nghị 1 gửi tới cơ quan nào?")
    assert "Bộ Tư pháp" in lan.last.buttons and listed(office) == [("Một.", "")]
    await lan.says("Sở Nội vụ")
    assert listed(office) == [("Một.", "Sở Nội vụ")]
