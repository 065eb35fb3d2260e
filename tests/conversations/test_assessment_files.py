"""The submitted form as Word and Excel, and all units as Excel: who gets them, and that they say what was submitted."""

import io
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import update

from bot.buttons import assessment as buttons
from bot.buttons.appraisal import ShowLine
from bot.buttons.status import ExportPeriod
from bot.domain.assessment import Stage
from bot.domain.bloc import Bloc
from storage.assessment_tables import versions
from storage.store import Store
from tests.chat import Chat, Seen
from tests.conftest import SPRING
from tests.conversations.assessment_office import DOCUMENT, JUNE_19, Office


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


def name_of(message: Seen) -> str:
    return str(message.document.filename)


def book(message: Seen) -> Any:
    return load_workbook(io.BytesIO(message.document.data))


def points_in(message: Seen) -> dict[str, Any]:
    """The points of the table, by code or by label."""
    sheet = book(message)["Tự chấm điểm"]
    return {str(row[1].value or row[2].value): row[5].value for row in sheet.iter_rows() if row[5].value is not None}


def paper(message: Seen) -> str:
    made: Any = Document(io.BytesIO(message.document.data))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


async def submitted(office: Office) -> None:
    await office.proposes()
    await office.approves()


async def gets(chat: Chat, label: str, under: Seen) -> Seen:
    before = len(chat.shown)
    await chat.taps(under, label)
    assert len(chat.shown) == before + 1 and chat.last.document is not None
    return chat.last


async def test_the_leader_gets_both_files_under_the_receipt(office: Office) -> None:
    await submitted(office)
    receipt = office.form.receipt
    assert receipt is not None
    screen = office.ha.sees("Đã duyệt và nộp")
    word = await gets(office.ha, "📄 Word", screen)
    assert name_of(word) == f"tu-cham-{receipt.code}.docx"
    assert "Sở Tư pháp" in word.text and receipt.code in word.text
    told = paper(word)
    for part in ("48/50 = 96% → khung 95% đến dưới 100% → 135 điểm", receipt.digest, DOCUMENT, "Nội dung Đặc điểm"):
        assert part in told
    excel = await gets(office.ha, "📊 Excel", screen)
    assert name_of(excel) == f"tu-cham-{receipt.code}.xlsx"
    found = points_in(excel)
    for code, line in office.saved().scores.items():
        assert Decimal(str(found[code])) == line.points
    assert Decimal(str(found["TỔNG ĐIỂM TỰ CHẤM"])) == receipt.total == 863


async def test_the_liaison_and_the_secretary_get_them_too(office: Office) -> None:
    await submitted(office)
    await office.lan.sends_data(office.notice_button(office.lan, "assessment.button-receipt"))
    await gets(office.lan, "📊 Excel", office.lan.last)
    await office.thu.sends_data(office.notice_button(office.thu, "assessment.button-look"))
    look = office.thu.sees("Sở Tư pháp", "Đã nộp lúc")
    await gets(office.thu, "📄 Word", look)
    await office.minh.says("/tudanhgia")
    await gets(office.minh, "📊 Excel", office.minh.last)


@pytest.mark.parametrize("stage", ["draft", "proposed", "submitted", "reopened"])
async def test_nobody_else_gets_a_file_and_none_is_made_of_a_draft(office: Office, stage: str) -> None:
    if stage == "draft":
        office.is_filled()
    else:
        await office.proposes()
    if stage in ("submitted", "reopened"):
        await office.approves()
    if stage == "reopened":
        await reopened(office)
    outside = [office.duc, office.son, office.world.person(99, "Khách")]
    if stage != "submitted":
        outside.append(office.thu)
    for chat in outside:
        seen = len(chat.shown)
        for action in (buttons.SendWord(1, 1), buttons.SendExcel(1, 1), buttons.ShowReceipts(1)):
            await chat.sends_data(action.pack())
        assert all(message.document is None for message in chat.shown[seen:])
        if chat.user_id != 99:
            chat.sees_notice("không có quyền")
        chat.sees_not("KNC-2026-6T-STP")
    mine = len(office.lan.shown)
    for version in (0, 2, 99) if stage in ("submitted", "reopened") else (0, 1, 2):
        await office.lan.sends_data(buttons.SendExcel(1, version).pack())
    assert all(message.document is None for message in office.lan.shown[mine:])


async def reopened(office: Office) -> None:
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mở lại để sửa", ">Mở lại, hủy biên nhận")


async def test_an_older_receipts_file_stays_what_it_was(office: Office) -> None:
    lan = office.lan
    await submitted(office)
    first = office.form.receipt
    assert first is not None
    await lan.says("/tudanhgia")
    before = await gets(lan, "📊 Excel", lan.last)
    office.world.at(JUNE_19)
    await reopened(office)
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "100%")
    await lan.says("/tudanhgia")
    await lan.taps(lan.last, "Các lần nộp (1)")
    listed = lan.sees("Các lần nộp", first.code, "863 điểm", "Đã mở lại lúc 16:00 ngày 19/6/2026")
    draft = await gets(lan, "📊 Bản 1", listed)
    assert points_in(draft) == points_in(before), "the draft in hand is not in it"
    assert "đã hết hiệu lực từ 16:00 ngày 19/6/2026" in draft.text and "hết hiệu lực" not in before.text
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await office.approves()
    second = office.form.receipt
    assert second is not None and second.version == 2
    await office.thu.sends_data(buttons.ShowReceipt(1).pack())
    await office.thu.taps(office.thu.last, "Các lần nộp (2)")
    listed = office.thu.sees(first.code, second.code)
    old, new = await gets(office.thu, "📊 Bản 1", listed), await gets(office.thu, "📊 Bản 2", listed)
    assert points_in(old) == points_in(before)
    assert (points_in(old)["TC1.1"], points_in(new)["TC1.1"]) == (135, 150)
    assert points_in(new)["TỔNG ĐIỂM TỰ CHẤM"] == 878 and name_of(new) == f"tu-cham-{second.code}.xlsx"
    assert "48/50" in paper(await gets(office.thu, "📄 Bản 1", listed))


async def test_the_list_of_submissions_is_there_after_a_restart(office: Office) -> None:
    await submitted(office)
    await reopened(office)
    await office.lan.says("/tudanhgia")
    await office.lan.taps(office.lan.last, "Các lần nộp (1)")
    office.world.restart()
    await office.lan.sends_data("1:zz:nothing")
    office.lan.sees("Các lần nộp", "KNC-2026-6T-STP")


async def test_what_no_longer_gives_its_hash_is_not_made_into_a_file(office: Office) -> None:
    await submitted(office)
    with office.store.work(SPRING) as work:
        kept = work.assessments.snapshot(1, 1)
        assert kept is not None
        kept["answers"]["TC1.1 1"][1] = "r100"
        work.connection.execute(update(versions).values(snapshot=kept))
    seen = len(office.lan.shown)
    for action in (buttons.SendWord(1, 1), buttons.SendExcel(1, 1)):
        await office.lan.sends_data(action.pack())
        office.lan.sees_notice("không khớp mã băm")
    await office.thu.sends_data(ExportPeriod("giua_nam").pack())
    office.thu.sees_notice("không khớp mã băm")
    assert all(message.document is None for message in (*office.lan.shown[seen:], *office.thu.shown))


# -- all units ---------------------------------------------------------------------------------------------


async def test_the_secretary_gets_all_units_from_the_status_screen(office: Office) -> None:
    await submitted(office)
    await office.begins(office.duc)
    await office.answers(office.duc, "95%")
    await office.thu.says("/trangthai")
    screen = office.thu.last
    assert not any("cả năm" in label for label in screen.buttons), "that period has not opened"
    sent = await gets(office.thu, "📊 Excel các đơn vị: 6 tháng", screen)
    assert name_of(sent) == "tong-hop-KNC-2026-6t.xlsx" and "không dùng để xếp hạng" in sent.text
    found = {row[1].value: [cell.value for cell in row] for row in book(sent)["Tổng hợp"].iter_rows(min_row=6)}
    assert list(found) == ["BCHQS", "CAT", "BDBP", "STP", "VKS", "TAND", "THADS", "TTT"]
    receipt = office.form.receipt
    assert receipt is not None
    assert found["STP"][3:6] == ["Đã nộp", 25, 25] and found["STP"][9] == 863 and found["STP"][12] == receipt.code
    assert found["VKS"][3:6] == ["Đang soạn", 1, 25] and found["VKS"][6:] == [None] * 8
    assert found["CAT"][3:6] == ["Chưa bắt đầu", 0, 25]
    lines = {
        row[1].value: [cell.value for cell in row] for row in book(sent)["Điểm theo tiêu chí"].iter_rows(min_row=7)
    }
    assert lines["STP"][3] == 135 and lines["VKS"][3] is None


async def test_the_appraisal_is_in_the_secretaries_file_and_in_no_file_of_the_unit(office: Office) -> None:
    await submitted(office)
    await office.thu.sends_data(ShowLine(1, office.form.line_of("TC1.1")).pack())
    await office.answers(office.thu, ">Cho điểm khác", "120", "Chưa có xác nhận")
    await office.thu.says("/trangthai")
    sent = await gets(office.thu, "📊 Excel các đơn vị: 6 tháng", office.thu.last)
    found = [[cell.value for cell in row] for row in book(sent)["Thẩm định"].iter_rows(min_row=6)]
    (line,) = (row for row in found if row[1] == "STP" and row[3] == "Đang thẩm định (điểm tạm tính)")
    assert line[4:] == [863, 848, 1, "TC1.1"]
    assert ["STP", 135, 120, "Chưa có xác nhận"] in [[row[1], *row[4:7]] for row in found]
    await office.lan.sends_data(buttons.SendExcel(1, 1).pack())
    own = book(office.lan.last)
    said = [str(cell.value) for sheet in own for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "Thẩm định" not in own.sheetnames
    assert not any("848" in each or "Chưa có xác nhận" in each for each in said)


async def test_nobody_else_gets_all_units_and_no_period_that_has_not_opened(office: Office) -> None:
    await submitted(office)
    for chat in (office.lan, office.ha, office.duc, office.son):
        seen = len(chat.shown)
        await chat.says("/trangthai")
        assert not any("Excel" in label for label in chat.last.buttons)
        await chat.sends_data(ExportPeriod("giua_nam").pack())
        chat.sees_notice("không có quyền")
        assert all(message.document is None for message in chat.shown[seen:])
    for period in ("cuoi_nam", "quy_mot", ""):
        await office.thu.sends_data(ExportPeriod(period).pack())
    assert all(message.document is None for message in office.thu.shown)
    assert office.form.stage is Stage.SUBMITTED
