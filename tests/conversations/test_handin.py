"""`/nop`: a unit's people fill a bag together and hand it in."""

import unicodedata
from datetime import UTC, datetime

import pytest

from bot.buttons.handin import OpenForUnit, OpenHandIn, RemovePiece, SendPiece, StartHandIn, SubmitHandIn
from bot.domain.bloc import Bloc
from bot.domain.discharge import How
from bot.domain.people import Role
from storage.store import Store
from tests.chat import Chat, Seen
from tests.conversations.secretariat import Secretariat

DUE = "MS-DIENHINH"  # due 29/5/2026, open since 4/5
IN_TIME = datetime(2026, 5, 26, 3, 0, tzinfo=UTC)  # 10:00 on a Tuesday, three days before
LATE = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    made = Secretariat(lite, sample)
    made.world.at(IN_TIME)
    return made


async def opened(chat: Chat, *, first: bool = True) -> Seen:
    """The bag of the milestone, by the buttons a person would press."""
    await chat.says("/nop")
    await chat.taps(chat.last, "Giới thiệu")
    start = next(label for label in chat.last.buttons if label in ("Bắt đầu nộp", "Nộp tiếp", "Bổ sung, nộp lại"))
    await chat.taps(chat.last, start)
    if first:
        await chat.taps(chat.sees("Trước khi gửi tệp đầu tiên"), "Tôi đã hiểu")
    return chat.last


async def handed(chat: Chat) -> Seen:
    await opened(chat)
    await chat.sends_file("danh sách.pdf")
    await chat.taps(chat.last, "Nộp (1 mục)")
    return chat.sees("Mã tiếp nhận")


async def test_a_milestone_shows_what_is_wanted_from_whom_and_by_when(office: Secretariat) -> None:
    await office.lan.says("/nop")
    await office.lan.taps(office.lan.last, "Giới thiệu")
    screen = office.lan.sees("Phải nộp")
    for part in (
        "Đơn vị: Công an tỉnh",
        "17:00, thứ Sáu, 29/5/2026 (còn 3 ngày)",
        "Danh sách điển hình (tối thiểu 01 tập thể, 02 cá nhân)",
        "Nơi nhận: Tổ thư ký Khối",
        "Hình thức: Biểu danh sách",
        "Điều 10",
    ):
        assert part in screen.text


async def test_files_texts_and_links_are_handed_in_with_a_receipt(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("danh sách.pdf", caption="bản ký số")
    office.lan.sees("Đã nhận danh sách.pdf", "còn 3 ngày")
    await office.lan.says(unicodedata.normalize("NFD", "Tập thể: Phòng Tham mưu"))
    await office.lan.says("https://luutru.example/clip")
    bag = office.lan.sees("Hồ sơ (3 mục)", "2. 📝 Tập thể: Phòng Tham mưu", "3. 🔗 https://luutru.example/clip")
    await office.lan.taps(bag, "Nộp (3 mục)")
    receipt = office.lan.sees("✅ Đã nộp", "Lúc 10:00 ngày 26/5/2026, đúng hạn")
    assert "không cần lãnh đạo duyệt" in receipt.text
    discharge = office.discharge(DUE, "CAT")
    assert discharge is not None and discharge.how is How.HAND_IN and discharge.late_days == 0
    assert f"Mã tiếp nhận: {discharge.receipt}" in receipt.text
    assert "📥 Công an tỉnh vừa nộp" in office.told(office.binh)[-1]
    assert office.sent(office.binh)[-1].keyboard[0][0][0] == "Xem hồ sơ"


async def test_late_is_said_in_working_days_and_counted(office: Secretariat) -> None:
    office.world.at(LATE)
    await handed(office.lan)
    office.lan.sees("muộn 1 ngày làm việc")
    discharge = office.discharge(DUE, "CAT")
    assert discharge is not None and discharge.late_days == 1
    assert "Bổ sung, nộp lại" not in office.lan.last.buttons


async def test_the_warning_about_classified_material_comes_once_before_anything_is_taken(office: Secretariat) -> None:
    await office.lan.says("/nop")
    await office.lan.taps(office.lan.last, "Giới thiệu")
    await office.lan.taps(office.lan.last, "Bắt đầu nộp")
    office.lan.sees("Không đưa lên trợ lý văn bản có dấu Mật")
    await office.lan.sends_file("sớm quá.pdf")
    with office.work() as work:
        assert work.handins.drafts_of("CAT") == {}
    await opened(office.lan)
    await office.lan.says("/huy")
    await opened(office.lan, first=False)
    office.lan.sees("Túi hồ sơ đang trống")


async def test_a_bag_survives_a_restart_and_a_change_of_hands(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("danh sách.pdf")
    office.world.restart()
    await office.lan.says("Cá nhân: A")
    office.lan.sees("Hồ sơ (2 mục)")
    await opened(office.minh)
    office.minh.sees("1. 📎 danh sách.pdf", "2. 📝 Cá nhân: A")
    await office.minh.taps(office.minh.last, "Nộp (2 mục)")
    office.minh.sees("✅ Đã nộp")


async def test_leaving_the_conversation_keeps_the_bag(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("danh sách.pdf")
    await office.lan.says("/huy")
    office.lan.sees("vẫn được giữ trong bản nháp")
    await opened(office.lan, first=False)
    office.lan.sees("1. 📎 danh sách.pdf")


async def test_an_item_is_removed_by_its_button_and_by_no_old_one(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("nhầm.pdf")
    remove = office.lan.last.button("Bỏ 1")
    await office.lan.sends_file("đúng.pdf", content=b"%PDF other")
    await office.lan.sends_data(remove)
    office.lan.sees("Hồ sơ (1 mục)", "1. 📎 đúng.pdf")
    await office.lan.sends_data(remove)
    office.lan.sees_notice("Nút này đã cũ")
    office.lan.sees("Hồ sơ (1 mục)", "1. 📎 đúng.pdf")


async def test_an_old_hand_in_button_does_not_hand_in_a_bag_that_has_changed(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("a.pdf")
    old = office.lan.last.button("Nộp (1 mục)")
    await office.lan.says("thêm một mục")
    await office.lan.sends_data(old)
    office.lan.sees_notice("Nút này đã cũ")
    assert office.discharge(DUE, "CAT") is None
    await office.lan.taps(office.lan.sees("Hồ sơ (2 mục)"), "Nộp (2 mục)")
    await office.lan.sends_data(old)
    office.lan.sees_notice("Nút này đã cũ")
    with office.work() as work:
        assert len(work.handins.handed(DUE, "CAT")) == 1


async def test_two_people_who_press_at_once_hand_in_once(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("a.pdf")
    await opened(office.minh)
    await office.lan.taps(office.lan.last, "Nộp (1 mục)")
    await office.minh.taps(office.minh.last, "Nộp (1 mục)")
    office.minh.sees_notice("Nút này đã cũ")
    office.minh.sees("✅ Đã nộp lần 1")
    await office.minh.says("gửi muộn mất rồi")
    with office.work() as work:
        assert len(work.handins.handed(DUE, "CAT")[0].pieces) == 1


async def test_before_the_deadline_it_is_handed_in_again_and_the_last_version_counts(office: Secretariat) -> None:
    first = await handed(office.lan)
    first_code = office.discharge(DUE, "CAT")
    await office.lan.taps(first, "Bổ sung, nộp lại")
    office.lan.sees("Lần 2", "1. 📎 danh sách.pdf")
    still = office.discharge(DUE, "CAT")
    assert still == first_code
    await office.lan.says("bổ sung: cá nhân B")
    await office.lan.taps(office.lan.last, "Nộp (2 mục)")
    office.lan.sees("Đã nộp lại (lần 2)")
    now = office.discharge(DUE, "CAT")
    assert now is not None and first_code is not None and now.receipt != first_code.receipt
    with office.work() as work:
        assert [len(version.pieces) for version in work.handins.handed(DUE, "CAT")] == [1, 2]
    assert office.trail().count("handed in") == 2
    assert "vừa nộp lại" in office.told(office.binh)[-1]


async def test_after_the_deadline_nothing_changes_until_the_secretary_opens_it(office: Secretariat) -> None:
    receipt = await handed(office.lan)
    code = office.discharge(DUE, "CAT")
    office.world.at(LATE)
    await office.lan.taps(receipt, "Bổ sung, nộp lại")
    office.lan.sees_notice("Tổ thư ký mở lại")
    await office.binh.says("/nop")
    await office.binh.taps(office.binh.last, "Giới thiệu")
    await office.binh.taps(office.binh.last, "CAT")
    await office.binh.taps(office.binh.last, "Mở lại cho bổ sung")
    await office.binh.says("…")
    office.binh.sees("gõ lý do")
    await office.binh.says("Thiếu tóm tắt thành tích")
    office.binh.sees("Đã mở lại")
    assert "Lý do: Thiếu tóm tắt thành tích" in office.told(office.lan)[-1]
    await office.lan.says("/trangthai")
    office.lan.sees("Tổ thư ký yêu cầu bổ sung")
    await opened(office.lan, first=False)
    await office.lan.says("Tóm tắt: …")
    await office.lan.taps(office.lan.last, "Nộp (2 mục)")
    office.lan.sees("Đã nộp lại (lần 2)", "đúng hạn")
    assert office.discharge(DUE, "CAT") == code
    assert "hand-in reopened" in office.trail()


async def test_what_is_not_open_yet_or_no_longer_taken_says_so(office: Secretariat) -> None:
    await office.lan.sends_data(OpenForUnit("MS-PHONGSU", "CAT").pack())
    office.lan.sees("Chưa đến ngày nhận", "15/10/2026")
    assert "Bắt đầu nộp" not in office.lan.last.buttons
    await office.lan.sends_data(OpenForUnit("MS-DANGKY", "CAT").pack())
    office.lan.sees("Đã quá thời hạn tiếp nhận")
    await office.lan.sends_data(StartHandIn("MS-DANGKY", "CAT", 0).pack())
    office.lan.sees_notice("quá thời hạn tiếp nhận")
    await office.lan.sends_data(StartHandIn("MS-PHONGSU", "CAT", 0).pack())
    office.lan.sees_notice("chưa đến ngày nhận")
    await office.lan.sends_data(StartHandIn("MS-BC6T", "CAT", 0).pack())
    office.lan.sees_notice("không nộp ở đây")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("12-BC (MẬT).pdf", "không nhận và không lưu"),
        ("chuong-trinh.exe", "chưa nhận loại tệp này"),
    ],
)
async def test_files_that_are_not_taken_are_answered_clearly(office: Secretariat, name: str, says: str) -> None:
    await opened(office.lan)
    await office.lan.sends_file(name)
    office.lan.sees(says)
    with office.work() as work:
        assert work.handins.drafts_of("CAT")[DUE].pieces == ()


async def test_a_file_that_is_too_big_is_answered_with_what_to_do(
    office: Secretariat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.attachments.MOST_BYTES", 4)
    await opened(office.lan)
    await office.lan.sends_file("phim.mp4")
    office.lan.sees("lớn hơn 20 MB", "đường dẫn")


async def test_a_doubtful_file_waits_for_the_word_of_its_sender(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("họp mật.pdf")
    ask = office.lan.sees("chưa được lưu")
    vouch = ask.button("Không phải mật")
    office.world.restart()
    await office.lan.taps(ask, "Không phải mật")
    office.lan.sees("1. 📎 họp mật.pdf")
    assert "file vouched for" in office.trail()
    await office.lan.sends_file("tin mật khác.pdf", content=b"%PDF 2")
    await office.lan.taps(office.lan.sees("chưa được lưu"), "Bỏ, không gửi")
    office.lan.sees("Đã bỏ, không lưu lại gì", "Hồ sơ (1 mục)")
    office.lan.notices.clear()
    await office.lan.sends_data(vouch)
    office.lan.sees_notice("Nút này đã cũ")
    office.lan.sees_not("2. 📎")


async def test_words_are_judged_as_files_are(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.says("Số 12/BC-CAT(M) TUYỆT MẬT")
    office.lan.sees("không nhận và không lưu")
    await office.lan.says("Nội dung mật của chuyên án")
    await office.lan.taps(office.lan.sees("chưa được đưa vào hồ sơ"), "Bỏ, không gửi")
    office.lan.sees("Túi hồ sơ đang trống")
    await office.lan.says("Nội dung mật của chuyên án")
    await office.lan.taps(office.lan.sees("chưa được đưa vào hồ sơ"), "Không phải mật")
    office.lan.sees("1. 📝 Nội dung mật của chuyên án")


async def test_the_same_file_twice_is_in_the_bag_once(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("a.pdf")
    await office.lan.sends_file("a (bản sao).pdf")
    office.lan.sees("đã có trong túi hồ sơ")
    with office.work() as work:
        assert len(work.handins.drafts_of("CAT")[DUE].pieces) == 1


async def test_every_file_of_an_album_is_taken(office: Secretariat) -> None:
    await opened(office.lan)
    for number in range(3):
        await office.lan.sends_file(f"{number}.pdf", content=f"%PDF {number}".encode(), album="a1")
    office.lan.sees("Hồ sơ (3 mục)")


async def test_a_sticker_in_the_middle_is_answered_kindly(office: Secretariat) -> None:
    await opened(office.lan)
    sticker = {
        "file_id": "S", "file_unique_id": "S", "type": "regular", "width": 1, "height": 1,
        "is_animated": False, "is_video": False,
    }  # fmt: skip
    await office.lan._message({"sticker": sticker})
    office.lan.sees("chưa nhận được loại tin này")


async def test_an_empty_bag_cannot_be_handed_in(office: Secretariat) -> None:
    await opened(office.lan)
    with office.work() as work:
        draft = work.handins.drafts_of("CAT")[DUE]
    await office.lan.sends_data(SubmitHandIn(draft.id, draft.revision).pack())
    office.lan.sees_notice("đang trống")
    assert office.discharge(DUE, "CAT") is None


async def test_another_unit_reaches_neither_bag_nor_files(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("nội bộ.pdf")
    with office.work() as work:
        draft = work.handins.drafts_of("CAT")[DUE]
    for action in (
        OpenForUnit(DUE, "CAT"),
        StartHandIn(DUE, "CAT", 0),
        RemovePiece(draft.id, draft.pieces[0].id),
        SubmitHandIn(draft.id, draft.revision),
        SendPiece(draft.id, draft.pieces[0].id),
    ):
        office.tam.notices.clear()
        await office.tam.sends_data(action.pack())
        office.tam.sees_notice("không có quyền")
    office.tam.sees_not("nội bộ.pdf")
    await office.binh.sends_data(SendPiece(draft.id, draft.pieces[0].id).pack())
    office.binh.sees_notice("không có quyền")
    with office.work() as work:
        assert work.handins.drafts_of("CAT")[DUE] == draft


async def test_a_leader_looks_and_does_not_hand_in(office: Secretariat) -> None:
    await office.ha.says("/nop")
    office.ha.sees("do cán bộ đầu mối")
    await office.ha.sends_data(OpenHandIn(DUE).pack())
    assert "Bắt đầu nộp" not in office.ha.sees("Phải nộp").buttons
    await office.ha.sends_data(StartHandIn(DUE, "CAT", 0).pack())
    office.ha.sees_notice("không có quyền")


async def test_who_fills_in_for_two_units_chooses(office: Secretariat) -> None:
    both = office.world.person(21, "Nga", ("STP", Role.LIAISON), ("TTT", Role.LIAISON))
    await both.sends_data(OpenHandIn(DUE).pack())
    await both.taps(both.sees("Nộp cho đơn vị nào?"), "Thanh tra tỉnh")
    both.sees("Đơn vị: Thanh tra tỉnh")
    await both.says("/nop")
    assert {"STP: Giới thiệu danh sách điển hình…", "TTT: Giới thiệu danh sách điển hình…"} <= set(both.last.buttons)


async def test_the_secretary_opens_what_was_handed_in(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.sends_file("danh sách.pdf", caption="bản ký số")
    await office.lan.says("Tập thể: <Phòng> Tham mưu")
    await office.lan.taps(office.lan.last, "Nộp (2 mục)")
    await office.binh.says("/nop")
    await office.binh.taps(office.binh.last, "1/8")
    screen = office.binh.sees("✓ Công an tỉnh: 10:00 ngày 26/5/2026, đúng hạn")
    assert "– Sở Tư pháp: chưa" in screen.text
    await office.binh.taps(screen, "CAT")
    unit = office.binh.sees("Lần 1", "danh sách.pdf")
    await office.binh.taps(unit, "1. danh sách.pdf")
    file = office.binh.sees("CAT: danh sách.pdf", "bản ký số")
    assert file.document.startswith("F")
    await office.binh.taps(unit, "2. Tập thể")
    assert office.binh.last.text == "Tập thể: <Phòng> Tham mưu"


async def test_commands_lead_out_of_the_bag_and_are_not_put_into_it(office: Secretariat) -> None:
    await opened(office.lan)
    await office.lan.says("/trangthai")
    office.lan.sees("Trạng thái nộp: Công an tỉnh")
    with office.work() as work:
        assert work.handins.drafts_of("CAT")[DUE].pieces == ()
