"""The secretary's roster."""

import re

import pytest

from bot.buttons.people import AskEnd, ConfirmEnd, MakeInvite, ShowRoster, ShowRosterUnit
from bot.domain.bloc import Bloc
from storage.store import Store
from tests.conversations.secretariat import Secretariat


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    return Secretariat(lite, sample)


async def test_units_that_nobody_has_linked_stand_out(office: Secretariat) -> None:
    await office.binh.says("/danhba")
    screen = office.binh.sees("Danh bạ")
    assert "✓ Công an tỉnh: 1 đầu mối, 1 người thay, 1 lãnh đạo" in screen.text
    assert "– Sở Tư pháp: chưa có ai" in screen.text
    assert "6 đơn vị chưa có ai nộp được" in screen.text


async def test_who_has_blocked_the_bot_is_shown_and_forgiven_on_return(office: Secretariat) -> None:
    for status, expected in (("kicked", True), ("member", False)):
        chat = {"id": 11, "type": "private", "first_name": "Lan"}
        user = {"id": 11, "is_bot": False, "first_name": "Lan"}
        bot = {"id": 12345, "is_bot": True, "first_name": "bot"}
        await office.lan._update(
            {
                "my_chat_member": {
                    "chat": chat, "from": user, "date": 1780000000,
                    "old_chat_member": {"status": "member", "user": bot},
                    "new_chat_member": {"status": status, "user": bot, **({"until_date": 0} if expected else {})},
                }
            }
        )  # fmt: skip
        await office.binh.says("/danhba")
        assert ("đã chặn trợ lý" in office.binh.last.text) is expected


async def test_a_secretary_makes_a_link_in_telegram_and_it_works(office: Secretariat) -> None:
    with office.work() as work:
        work.settings.write("bot-username", "ThiDuaBot")
    await office.binh.says("/danhba")
    await office.binh.taps(office.binh.last, "STP")
    office.binh.sees("Sở Tư pháp", "Chưa có ai")
    await office.binh.taps(office.binh.last, "Mời lãnh đạo duyệt")
    link = office.binh.sees("Dùng một lần", "14 ngày")
    found = re.search(r"https://t\.me/ThiDuaBot\?start=([A-Za-z0-9_-]{32})", link.text)
    assert found
    await office.stranger.says(f"/start {found[1]}")
    office.stranger.sees("lãnh đạo duyệt", "Sở Tư pháp")
    assert "invite made" in office.trail()


async def test_ending_a_membership_asks_first_and_keeps_the_draft(office: Secretariat) -> None:
    await office.lan.says("/nop")
    await office.lan.taps(office.lan.last, "Giới thiệu")
    await office.lan.taps(office.lan.last, "Bắt đầu nộp")
    await office.lan.taps(office.lan.last, "Tôi đã hiểu")
    await office.lan.says("Tập thể: Phòng Tham mưu")
    bag = office.lan.last
    await office.binh.says("/danhba")
    await office.binh.taps(office.binh.last, "CAT")
    number = office.binh.last.text.split(". Lan")[0][-1]
    await office.binh.taps(office.binh.last, f"Thu quyền {number}")
    office.binh.sees("Thu quyền của Lan", "Bản nháp được giữ nguyên")
    await office.binh.taps(office.binh.last, "Thu quyền")
    office.binh.sees_notice("Đã thu quyền của Lan")
    assert "membership ended" in office.trail()
    assert "kết thúc một vai trò" in office.told(office.lan)[-1]
    await office.lan.taps(bag, "Nộp (1")
    office.lan.sees_notice("đường dẫn mời")
    await office.lan.says("Cá nhân: A")
    office.lan.sees("đường dẫn mời")
    await office.minh.says("/nop")
    office.minh.sees("đang có 1 mục trong túi hồ sơ")


async def test_an_old_confirmation_ends_nothing_twice(office: Secretariat) -> None:
    confirm = ConfirmEnd(office.membership(office.lan)).pack()
    await office.binh.sends_data(confirm)
    await office.binh.sends_data(confirm)
    office.binh.sees_notice("Nút này đã cũ")


async def test_nobody_but_a_secretary_sees_or_changes_the_roster(office: Secretariat) -> None:
    await office.lan.says("/danhba")
    office.lan.sees("không có quyền")
    membership = office.membership(office.tam)
    for action in (
        ShowRoster(),
        ShowRosterUnit("BCHQS"),
        MakeInvite("BCHQS", "liaison"),
        MakeInvite("", "secretary"),
        AskEnd(membership),
        ConfirmEnd(membership),
    ):
        office.lan.notices.clear()
        await office.lan.sends_data(action.pack())
        office.lan.sees_notice("không có quyền")
    office.lan.sees_not("Tâm")
    assert office.trail() == []
