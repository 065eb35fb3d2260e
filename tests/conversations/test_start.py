"""Joining by a one-time link, leaving, and people who were not invited."""

from datetime import timedelta

import pytest

from bot.buttons.broadcast import ShowBroadcast
from bot.buttons.handin import OpenForUnit, ShowSettled, SubmitHandIn
from bot.buttons.people import ConfirmEnd, ConfirmLeave, ShowRoster
from bot.buttons.status import ShowStatus
from bot.clock import real_now
from bot.domain.bloc import Bloc
from bot.domain.people import Role
from bot.usecases.people import TOKEN_BYTES, WRONG_AN_HOUR, CreateInvite, InviteAllUnits, UnitNeeded, UnknownUnit
from storage.people import invites
from storage.store import Store
from tests.conversations.secretariat import Secretariat, in_group

SECRETS = ("Nội chính", "Công an", "19/6", "tiêu chí", "Sở Tư pháp")


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    return Secretariat(lite, sample)


async def test_a_link_makes_its_first_user_a_member_and_says_what_is_kept(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    await office.stranger.says(f"/start {token}")
    screen = office.stranger.sees("Viện kiểm sát nhân dân tỉnh", "cán bộ đầu mối")
    for told in ("Trợ lý lưu", "tên và số định danh Telegram", "Ai xem được", "Tổ thư ký", "/roikhoi"):
        assert told in screen.text
    await office.stranger.taps(screen, "Trạng thái nộp")
    office.stranger.sees("Trạng thái nộp: Viện kiểm sát")
    assert "nop" in office.world.menus[99] and "danhba" not in office.world.menus[99]
    assert office.told(office.binh) == [
        "👤 Người lạ vừa vào trợ lý: cán bộ đầu mối, Viện kiểm sát nhân dân tỉnh.\n"
        "Nếu không đúng người, vào /danhba để thu quyền."
    ]


@pytest.mark.parametrize(
    ("unit", "role", "says"),
    [
        ("VKS", Role.DEPUTY, "người thay đầu mối"),
        ("VKS", Role.LEADER, "lãnh đạo duyệt"),
        (None, Role.SECRETARY, "thư ký Khối"),
    ],
)
async def test_every_role_comes_by_a_link_of_its_own(
    office: Secretariat, unit: str | None, role: Role, says: str
) -> None:
    await office.stranger.says(f"/start {office.token(unit, role)}")
    office.stranger.sees(says)
    assert ("danhba" in office.world.menus[99]) is (role is Role.SECRETARY)


async def test_the_same_person_may_tap_the_link_again(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    await office.stranger.says(f"/start {token}")
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("đã vào trợ lý bằng đường dẫn này rồi")
    office.stranger.sees("Việc gần nhất")
    assert len(office.told(office.binh)) == 1


async def test_a_used_link_lets_nobody_else_in(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    await office.stranger.says(f"/start {token}")
    other = office.world.person(98, "Người khác")
    await other.says(f"/start {token}")
    other.sees("đã được dùng", "Tổ thư ký")
    await other.says("/trangthai")
    other.sees("đường dẫn mời")
    assert not any(secret in message.text for message in other.shown for secret in SECRETS)


async def test_an_expired_link_says_so(office: Secretariat) -> None:
    with office.work() as work:
        token = CreateInvite(work, real_now() - timedelta(days=15))("VKS", Role.LIAISON)
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("đã hết hạn", "Tổ thư ký")
    with office.work() as work:
        assert work.people.member(99) is None


async def test_moving_the_calendar_does_not_expire_a_link(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    office.world.at(office.world.now + timedelta(days=100))
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("cán bộ đầu mối")


async def test_an_unknown_token_reads_like_any_other_stranger(office: Secretariat) -> None:
    await office.stranger.says("/start nothing-like-that")
    unknown = office.stranger.last.text
    await office.stranger.says("/start")
    assert office.stranger.last.text == unknown
    await office.lan.says("/start nothing-like-that")
    office.lan.sees("không dùng được")


async def test_guessing_tokens_is_slowed_down_and_ends_with_the_hour(
    office: Secretariat, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = office.token("VKS", Role.LIAISON)
    for number in range(WRONG_AN_HOUR):
        await office.stranger.says(f"/start guess{number}")
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("quá nhiều")
    later = real_now() + timedelta(hours=1)
    monkeypatch.setattr("handlers.start.real_now", lambda: later)
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("cán bộ đầu mối")


def test_only_a_digest_of_a_token_is_kept(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    assert TOKEN_BYTES * 8 >= 128 and len(token) <= 64
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    with office.work() as work:
        rows = [str(tuple(row)) for row in work.connection.execute(invites.select())]
    assert len(rows) == 1 and token not in rows[0]


def test_invites_belong_to_units_that_exist_and_secretaries_to_none(office: Secretariat) -> None:
    with office.work() as work:
        with pytest.raises(UnknownUnit):
            CreateInvite(work, real_now())("XYZ", Role.LIAISON)
        with pytest.raises(UnitNeeded):
            CreateInvite(work, real_now())(None, Role.LEADER)
        with pytest.raises(UnitNeeded):
            CreateInvite(work, real_now())("VKS", Role.SECRETARY)
        tokens = InviteAllUnits(work, real_now())()
    assert list(tokens) == ["BCHQS", "CAT", "BDBP", "STP", "VKS", "TAND", "THADS", "TTT"]
    assert len(set(tokens.values())) == 8


async def test_one_person_holds_several_memberships(office: Secretariat) -> None:
    await office.lan.says(f"/start {office.token(None, Role.SECRETARY)}")
    office.lan.sees("thư ký Khối")
    assert {"danhba", "tudanhgia"} <= set(office.world.menus[11])
    await office.lan.says("/trangthai")
    office.lan.sees("Trạng thái nộp: Công an tỉnh", "Toàn Khối")


@pytest.mark.parametrize(
    "typed", ["xin chào", "/trangthai", "/nop", "/danhba", "/hoi điểm", "/thongbao", "/trogiup", "/tudanhgia", "/huy"]
)
async def test_a_stranger_reads_one_kind_text_and_nothing_of_the_bloc(office: Secretariat, typed: str) -> None:
    seen = await office.stranger.says(typed)
    assert [message.text for message in seen] == [
        "Xin chào. Trợ lý này dành riêng cho các đơn vị của một khối thi đua.\n\nĐể vào, anh/chị cần đường dẫn mời "
        "của riêng mình: xin liên hệ Tổ thư ký Khối, rồi bấm vào đường dẫn nhận được."
    ]
    assert seen[0].keyboard is None


async def test_an_english_stranger_reads_english(office: Secretariat) -> None:
    office.stranger._user = lambda: {"id": 99, "is_bot": False, "first_name": "Ann", "language_code": "en-GB"}  # type: ignore[method-assign]
    await office.stranger.says("hello")
    office.stranger.sees("Hello", "invite link")


async def test_a_stranger_who_sends_files_or_guesses_buttons_gets_nowhere(office: Secretariat) -> None:
    await office.stranger.sends_file("a.pdf")
    guessed = [
        ShowStatus(), ShowRoster(), ConfirmEnd(1), ConfirmLeave(1), SubmitHandIn(1, 1),
        OpenForUnit("MS-DIENHINH", "CAT"),
        ShowSettled("MS-BC6T", "CAT"), ShowBroadcast(1),
    ]  # fmt: skip
    for action in guessed:
        await office.stranger.sends_data(action.pack())
        office.stranger.sees_notice("đường dẫn mời")
    assert {message.text[:8] for message in office.stranger.shown} == {"Xin chào"}


async def test_strangers_in_a_group_are_met_with_silence(office: Secretariat) -> None:
    assert await in_group(office.stranger, {"text": "xin chào"}) == []
    token = office.token("VKS", Role.LIAISON)
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
    assert await in_group(office.stranger, {"text": f"/start {token}", **command}) == []
    [answer] = await in_group(office.stranger, {"data": ShowStatus().pack()})
    assert answer.startswith("AnswerCallbackQuery")
    with office.work() as work:
        assert work.people.member(99) is None


async def test_leaving_asks_first_and_makes_a_stranger_of_the_person(office: Secretariat) -> None:
    await office.lan.says("/roikhoi")
    await office.lan.taps(office.lan.last, "cán bộ đầu mối")
    office.lan.sees("Rời vai trò", "Những gì đã nhập được giữ cho đơn vị")
    confirm = office.lan.last
    await office.lan.taps(confirm, "Rời khỏi")
    office.lan.sees("không còn trong trợ lý")
    assert "left" in office.trail() and 11 not in office.world.menus
    await office.lan.says("/trangthai")
    office.lan.sees("đường dẫn mời")
    await office.lan.sends_data(ShowStatus().pack())
    office.lan.sees_notice("đường dẫn mời")


async def test_who_decides_to_stay_stays(office: Secretariat) -> None:
    await office.lan.says("/roikhoi")
    await office.lan.taps(office.lan.last, "CAT")
    await office.lan.taps(office.lan.last, "Thôi, giữ nguyên")
    office.lan.sees("Việc gần nhất")


async def test_nobody_leaves_for_somebody_else(office: Secretariat) -> None:
    await office.tam.sends_data(ConfirmLeave(office.membership(office.lan)).pack())
    office.tam.sees_notice("Nút này đã cũ")
    await office.lan.says("/trangthai")
    office.lan.sees("Công an tỉnh")


async def test_who_left_comes_back_only_by_a_new_link(office: Secretariat) -> None:
    token = office.token("VKS", Role.LIAISON)
    await office.stranger.says(f"/start {token}")
    await office.stranger.sends_data(ConfirmLeave(office.membership(office.stranger)).pack())
    await office.stranger.says(f"/start {token}")
    office.stranger.sees("đã được dùng")
    await office.stranger.says(f"/start {office.token('VKS', Role.LIAISON)}")
    office.stranger.sees("✅ Chào", "Viện kiểm sát")


async def test_a_name_cannot_break_a_line_or_turn_the_text(office: Secretariat) -> None:
    office.stranger.name = "A\u202e<b>x</b>\nB  "
    await office.stranger.says(f"/start {office.token('VKS', Role.LIAISON)}")
    office.stranger.sees("Chào A <b>x</b> B.")
