"""What a secretary records by hand: paper receipts and roll-calls."""

from datetime import UTC, datetime

import pytest

from bot.buttons.handin import (
    AskWithdraw,
    CloseRollCall,
    ConfirmPaper,
    MarkUnit,
    OpenRollCall,
    RecordPaper,
    ShowOwing,
    ShowSettled,
)
from bot.domain.bloc import Bloc
from bot.domain.discharge import How
from storage.store import Store
from tests.chat import Seen
from tests.conversations.secretariat import Secretariat

REPORT = "MS-BC6T"  # the half-year report, due 17:00 on 19/6/2026
MEETING = "MS-HN6T"  # 08:00 on 10/7/2026
AFTER = datetime(2026, 6, 23, 3, 0, tzinfo=UTC)  # 10:00 on the second working day after
ON_THE_DAY = datetime(2026, 7, 10, 3, 0, tzinfo=UTC)
UNITS = ("BCHQS", "CAT", "BDBP", "STP", "VKS", "TAND", "THADS", "TTT")


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    made = Secretariat(lite, sample)
    made.world.at(AFTER)
    return made


async def asked(office: Secretariat, unit: str = "CAT") -> Seen:
    await office.binh.says("/nop")
    await office.binh.taps(office.binh.last, "báo cáo sơ kết")
    await office.binh.taps(office.binh.last, unit)
    await office.binh.taps(office.binh.last, "Ghi nhận bằng giấy")
    return office.binh.sees("Nhận lúc nào?")


async def confirming(office: Secretariat, typed: str = "22/6 16:30", unit: str = "CAT") -> Seen:
    await asked(office, unit)
    await office.binh.says(typed)
    await office.binh.says("Mất mạng, nộp trực tiếp tại văn phòng")
    return office.binh.sees("Xác nhận ghi nhận bằng giấy?")


async def test_a_paper_receipt_of_a_report_counts_from_the_moment_it_was_received(office: Secretariat) -> None:
    screen = await confirming(office)
    assert "Nhận lúc 16:30 ngày 22/6/2026, muộn 1 ngày làm việc" in screen.text
    assert office.discharge(REPORT, "CAT") is None
    await office.binh.taps(screen, "Ghi nhận")
    held = office.discharge(REPORT, "CAT")
    assert held is not None and held.how is How.PAPER and held.late_days == 1
    assert held.at == datetime(2026, 6, 22, 9, 30, tzinfo=UTC) and "Mất mạng" in held.reason
    assert "paper receipt" in office.trail()
    for person in (office.lan, office.minh, office.ha):
        [told] = office.told(person)
        assert "muộn 1 ngày làm việc" in told and held.receipt in told and "Mất mạng" in told
    assert office.told(office.tam) == []


async def test_a_receipt_within_the_deadline_is_on_time_though_it_is_recorded_later(office: Secretariat) -> None:
    await office.binh.taps(await confirming(office, "16h30 ngày 19-06-2026"), "Ghi nhận")
    held = office.discharge(REPORT, "CAT")
    assert held is not None and held.late_days == 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("23/6 10:01", "chưa tới"),
        ("31/2 8:00", "chưa hiểu thời điểm"),
        ("hôm qua", "chưa hiểu thời điểm"),
        ("22/6/2025 16:30", "trước năm 2026"),
    ],
)
async def test_a_moment_that_cannot_be_is_asked_for_again(office: Secretariat, typed: str, says: str) -> None:
    await asked(office)
    await office.binh.says(typed)
    office.binh.sees(says)
    await office.binh.says("bây giờ")
    office.binh.sees("Nhận lúc 10:00 ngày 23/6/2026, muộn 2 ngày làm việc")


async def test_no_reason_no_receipt(office: Secretariat) -> None:
    await asked(office)
    await office.binh.says("bây giờ")
    await office.binh.says("...")
    office.binh.sees("gõ lý do bằng chữ")
    assert office.discharge(REPORT, "CAT") is None


async def test_a_confirmation_of_something_else_records_nothing(office: Secretariat) -> None:
    old = (await confirming(office)).button("Ghi nhận")
    await office.binh.taps(office.binh.last, "Thôi")
    await confirming(office, "bây giờ", unit="TTT")
    await office.binh.sends_data(old)
    office.binh.sees_notice("Nút này đã cũ")
    assert office.discharge(REPORT, "CAT") is None and office.discharge(REPORT, "TTT") is None
    current = office.binh.sees("Xác nhận ghi nhận", "Thanh tra tỉnh")
    await office.binh.taps(current, "Ghi nhận")
    await office.binh.sends_data(current.button("«"))
    assert office.discharge(REPORT, "TTT") is not None


async def test_the_steps_survive_a_restart(office: Secretariat) -> None:
    await asked(office)
    office.world.restart()
    await office.binh.says("bây giờ")
    office.world.restart()
    await office.binh.says("Văn thư nhận bản giấy")
    office.world.restart()
    await office.binh.taps(office.binh.sees("Xác nhận"), "Ghi nhận")
    assert office.discharge(REPORT, "CAT") is not None


async def test_a_second_secretary_is_told_that_it_is_recorded_already(office: Secretariat) -> None:
    screen = await confirming(office)
    with office.work() as work:
        work.discharges.add(REPORT, "CAT", at=AFTER, how=How.PAPER, receipt="X-1", by=None, reason="khác")
    await office.binh.taps(screen, "Ghi nhận")
    office.binh.sees_notice("đã được ghi nhận")


async def test_a_receipt_recorded_by_mistake_is_taken_back_with_a_reason(office: Secretariat) -> None:
    await office.binh.taps(await confirming(office), "Ghi nhận")
    await office.binh.taps(office.binh.last, "Thu hồi ghi nhận giấy")
    await office.binh.says("Nhầm đơn vị")
    office.binh.sees("Đã thu hồi")
    assert office.discharge(REPORT, "CAT") is None
    assert "Nhầm đơn vị" in office.told(office.lan)[-1]
    assert "paper receipt withdrawn" in office.trail()


async def test_only_a_secretary_records_or_looks_at_the_bloc(office: Secretariat) -> None:
    for action in (
        RecordPaper(REPORT, "CAT"),
        ShowOwing(REPORT),
        ShowSettled(REPORT, "BCHQS"),
        AskWithdraw(REPORT, "CAT"),
        OpenRollCall(MEETING),
        MarkUnit(MEETING, "CAT", 0),
        CloseRollCall(MEETING, 0),
    ):
        office.lan.notices.clear()
        await office.lan.sends_data(action.pack())
        office.lan.sees_notice("không có quyền")
    await office.lan.sends_data(ConfirmPaper("abc").pack())
    office.lan.sees_notice("Nút này đã cũ")


# -- roll-call ---------------------------------------------------------------------------------------------


async def roll(office: Secretariat) -> Seen:
    office.world.at(ON_THE_DAY)
    await office.binh.says("/nop")
    await office.binh.taps(office.binh.last, "Hội nghị sơ kết")
    await office.binh.taps(office.binh.last, "Điểm danh")
    return office.binh.sees("Đã điểm danh 0/8")


async def test_a_roll_call_settles_the_meeting_for_whoever_came(office: Secretariat) -> None:
    screen = await roll(office)
    for unit in UNITS:
        await office.binh.taps(screen, unit)
        screen = office.binh.last
    await office.binh.taps(screen, "CAT")
    await office.binh.taps(office.binh.last, "VKS")
    await office.binh.taps(office.binh.last, "VKS")
    screen = office.binh.sees("⚠ Công an tỉnh: sai thành phần", "❌ Viện kiểm sát nhân dân tỉnh: vắng")
    assert office.discharge(MEETING, "STP") is None
    await office.binh.taps(screen, "Chốt điểm danh")
    office.binh.sees("Đã chốt lúc 10:00 ngày 10/7/2026")
    held = office.discharge(MEETING, "CAT")
    assert held is not None and held.how is How.ROLL_CALL and held.reason == "wrong" and held.late_days == 0
    assert office.discharge(MEETING, "VKS") is None and office.discharge(MEETING, "STP") is not None
    await office.lan.says("/trangthai")
    office.lan.sees("Đã điểm danh: có dự")


async def test_a_roll_call_waits_until_every_unit_is_marked(office: Secretariat) -> None:
    screen = await roll(office)
    await office.binh.taps(screen, "CAT")
    assert "Chốt điểm danh" not in office.binh.last.buttons
    await office.binh.sends_data(CloseRollCall(MEETING, 1).pack())
    office.binh.sees_notice("chưa điểm danh")


async def test_an_old_mark_changes_nothing(office: Secretariat) -> None:
    screen = await roll(office)
    old = screen.button("CAT")
    await office.binh.taps(screen, "CAT")
    await office.binh.sends_data(old)
    office.binh.sees_notice("Nút này đã cũ")
    with office.work() as work:
        assert work.handins.roll_call(MEETING).marks == {"CAT": "right"}


async def test_a_closed_roll_call_is_corrected_only_after_opening_it_again(office: Secretariat) -> None:
    screen = await roll(office)
    for unit in UNITS:
        await office.binh.taps(screen, unit)
        screen = office.binh.last
    mark = screen.button("TTT")
    await office.binh.taps(screen, "Chốt")
    await office.binh.sends_data(mark)
    office.binh.sees_notice("Nút này đã cũ")
    await office.binh.sends_data(ShowOwing(MEETING).pack())
    await office.binh.taps(office.binh.last, "Điểm danh")
    await office.binh.taps(office.binh.last, "Sửa điểm danh")
    await office.binh.taps(office.binh.last, "TTT")
    await office.binh.taps(office.binh.last, "TTT")
    await office.binh.taps(office.binh.last, "Chốt")
    assert office.discharge(MEETING, "TTT") is None and office.discharge(MEETING, "CAT") is not None


async def test_no_roll_is_called_before_the_meeting(office: Secretariat) -> None:
    await office.binh.sends_data(OpenRollCall(MEETING).pack())
    office.binh.sees_notice("Chưa tới ngày họp")
