"""`/trangthai` and the home screen: for a unit, a leader, the secretariat."""

from datetime import UTC, datetime

import pytest

from bot.domain.bloc import Bloc
from bot.domain.delivery import DeliveryState, Notice
from bot.domain.discharge import How
from bot.domain.people import Role
from bot.usecases.assessment_approval import Return
from storage.deliveries import deliveries
from storage.store import Store
from tests.conversations.assessment_office import Office
from tests.conversations.secretariat import Secretariat
from tests.conversations.test_handin import handed


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    return Secretariat(lite, sample)


async def test_a_unit_sees_what_is_due_what_is_overdue_and_the_button_to_go_on(office: Secretariat) -> None:
    await office.lan.says("/trangthai")
    screen = office.lan.sees("Trạng thái nộp: Công an tỉnh")
    for part in (
        "▫ Giới thiệu danh sách điển hình",
        "quá hạn 1 ngày làm việc",
        "Cần có: Danh sách điển hình",
        "▫ Nộp báo cáo sơ kết 6 tháng",
        "Hạn: 17:00, thứ Sáu, 19/6/2026 · còn 18 ngày",
        "Đã quá thời hạn tiếp nhận (3)",
    ):
        assert part in screen.text
    assert len(screen.text.splitlines()) <= 14  # one screen of a phone
    assert "Hội nghị" not in screen.text  # held in March, and more than 30 days ahead
    await office.lan.taps(screen, "Nộp: Giới thiệu")
    office.lan.sees("Phải nộp")
    await office.lan.says("/trangthai")
    await office.lan.taps(office.lan.last, "Tự chấm điểm: 6 tháng")
    assert office.lan.last.text != screen.text


async def test_received_means_receipt_and_no_more_asking(office: Secretariat) -> None:
    await handed(office.lan)
    discharge = office.discharge("MS-DIENHINH", "CAT")
    assert discharge is not None
    await office.lan.says("/trangthai")
    screen = office.lan.sees(f"Đã nhận lúc 09:00 ngày 1/6/2026, muộn 1 ngày làm việc. Mã {discharge.receipt}")
    assert not any("Giới thiệu" in label for label in screen.buttons)


async def test_a_draft_bag_and_a_meeting_ahead_are_shown(office: Secretariat) -> None:
    with office.work() as work:
        member = work.people.member(11)
        assert member is not None
        draft = work.handins.start("MS-DIENHINH", "CAT", member.person.id)
        assert draft.pieces == ()
    await office.lan.says("/trangthai")
    office.lan.sees("Đang nháp: 0 mục trong túi hồ sơ")
    office.world.at(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
    await office.lan.says("/trangthai")
    office.lan.sees("👥 Hội nghị sơ kết", "còn 9 ngày", "không phải nộp qua trợ lý")


async def test_the_last_days_stand_out(office: Secretariat) -> None:
    office.world.at(datetime(2026, 6, 19, 2, 0, tzinfo=UTC))
    await office.lan.says("/trangthai")
    assert "<b>hạn hôm nay</b>" in office.lan.last.html


async def test_a_form_is_draft_then_waiting_then_received(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample)
    await office.begins()
    await office.lan.says("/trangthai")
    office.lan.sees("Đang nháp: 0/25 tiêu chí")
    await office.proposes()
    await office.lan.says("/trangthai")
    office.lan.sees("Đang chờ lãnh đạo đơn vị duyệt")
    await office.ha.says("/trangthai")
    waiting = office.ha.sees("⏳ Chờ anh/chị duyệt (1)", "Sở Tư pháp: tự chấm điểm 6 tháng")
    await office.son.says("/trangthai")
    office.son.sees_not("Chờ anh/chị duyệt")
    office.son.sees_not("Sở Tư pháp")
    await office.thu.says("/trangthai")
    office.thu.sees("Chờ lãnh đạo duyệt: STP")
    await office.ha.says("/start")
    office.ha.sees("Chờ anh/chị duyệt (1)")
    await office.ha.taps(waiting, "Xem và duyệt: 6 tháng")
    await office.ha.taps(office.ha.last, "Duyệt")
    receipt = office.discharged()
    assert receipt is not None
    await office.lan.says("/trangthai")
    office.lan.sees(receipt, "đúng hạn")


async def test_a_form_that_was_returned_shows_why(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample)
    await office.proposes()
    with office.store.work(office.world.now) as work:
        leader = work.people.member(office.ha.user_id)
        assert leader is not None
        form = office.form
        Return(work)(leader, form.id, "Thiếu số liệu quý II", made_for=form.revision)
    await office.lan.says("/trangthai")
    office.lan.sees("Được trả lại để bổ sung: Thiếu số liệu quý II")


async def test_another_unit_is_never_shown(office: Secretariat) -> None:
    await handed(office.lan)
    await office.tam.says("/trangthai")
    await office.tam.says("/start")
    await office.tam.says("/nop")
    office.tam.sees_not("Công an")
    office.tam.sees_not("-CAT-")


async def test_the_secretary_sees_who_owes_who_is_late_and_who_is_not_linked(office: Secretariat) -> None:
    await handed(office.lan)
    await office.binh.says("/trangthai")
    screen = office.binh.sees("Toàn Khối")
    for part in (
        "Đã hoàn thành 1/8 đơn vị",
        "Còn nợ: BCHQS, BDBP, STP",
        "Nộp muộn: CAT (muộn 1 ngày làm việc)",
        "6 đơn vị chưa có ai nộp được: BDBP, STP, VKS, TAND, THADS, TTT",
    ):
        assert part in screen.text
    assert "không rõ đã tới" not in screen.text
    await office.binh.taps(screen, "1/8")
    office.binh.sees("✓ Công an tỉnh: 09:00 ngày 1/6/2026, muộn 1 ngày làm việc (nộp qua trợ lý)")


async def test_messages_that_may_not_have_arrived_are_counted(office: Secretariat) -> None:
    with office.work() as work:
        member = work.people.member(11)
        assert member is not None
        work.deliveries.notice(member.person.id, Notice("contact.sent"), once="x")
        work.connection.execute(deliveries.update().values(state=DeliveryState.UNSURE.value))
    await office.binh.says("/trangthai")
    office.binh.sees("1 tin không rõ đã tới hay chưa")


async def test_home_names_the_nearest_deadline_and_its_button(office: Secretariat) -> None:
    with office.work() as work:
        work.discharges.add("MS-DIENHINH", "CAT", at=office.world.now, how=How.PAPER, receipt="X", by=None)
    await office.lan.says("/start")
    screen = office.lan.sees("Việc gần nhất: Nộp báo cáo sơ kết 6 tháng", "còn 18 ngày")
    assert next(iter(screen.buttons)) == "Tự chấm điểm: 6 tháng"
    await office.ha.says("/start")
    assert "Tự chấm điểm: 6 tháng" not in office.ha.last.buttons
    await office.binh.says("/start")
    office.binh.sees("Toàn Khối", "đã có 0/8")


async def test_who_speaks_for_every_unit_still_gets_a_screen_that_telegram_takes(office: Secretariat) -> None:
    roles = [(unit, Role.LIAISON) for unit in ("BCHQS", "CAT", "BDBP", "STP", "VKS", "TAND", "THADS", "TTT")]
    everybody = office.world.person(41, "Khang", *roles, (None, Role.SECRETARY))
    await everybody.says("/trangthai")
    everybody.sees("màn hình không đủ chỗ")
    await everybody.says("/start")
    await everybody.says("/nop")


async def test_nothing_due_is_said_so(office: Secretariat) -> None:
    office.world.at(datetime(2026, 7, 20, 2, 0, tzinfo=UTC))
    await office.lan.says("/start")
    office.lan.sees("Không có việc nào phải nộp trong 30 ngày tới")
