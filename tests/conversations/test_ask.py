"""Questions, criteria and the calendar, as a liaison lives through them."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import User

from bot.domain.bloc import Bloc
from bot.domain.people import Role
from bot.knowledge import answer as knowledge
from storage.fsm import TalkStorage
from storage.store import Store
from tests.chat import BOT_ID, Chat, World
from tests.conftest import SPRING, load


@dataclass
class Cast:
    """A liaison, a secretary and a stranger; the sample bloc is in force."""

    world: World
    liaison: Chat
    secretary: Chat
    stranger: Chat


@pytest.fixture
def cast(lite: Store, sample: Bloc) -> Iterator[Cast]:
    knowledge._cache.clear()
    load(lite, sample)
    world = World(lite, SPRING)
    world.bot._me = User(id=BOT_ID, is_bot=True, first_name="bot", username="ThiDuaBot")
    yield Cast(
        world,
        world.person(11, "Lan", ("CAT", Role.LIAISON)),
        world.person(13, "Hoa", (None, Role.SECRETARY)),
        world.person(99, "Người lạ"),
    )
    knowledge._cache.clear()


def notices_to(cast: Cast, telegram_id: int) -> list[dict[str, Any]]:
    """Params of the notices that wait for a person."""
    from sqlalchemy import text

    with cast.world.store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT d.notice FROM deliveries d JOIN people p ON p.id = d.person_id WHERE p.telegram_id = :who"),
            {"who": telegram_id},
        ).scalars()
        return [row if isinstance(row, dict) else json.loads(row) for row in rows if row]


async def test_free_text_is_answered_with_date_and_source(cast: Cast) -> None:
    await cast.liaison.says("han nop bao cao so ket 6 thang")
    said = cast.liaison.sees("17:00, thứ Sáu, 19/6/2026")
    assert "Còn 18 ngày" in said.text and "Nguồn:" in said.text and "minh họa" in said.text


async def test_the_command_answers_what_stands_behind_it(cast: Cast) -> None:
    await cast.liaison.says("/hoi CCHC xếp loại khá được mấy điểm")
    cast.liaison.sees("TC1.6", "Mức “khá”: 32 điểm")


async def test_a_bare_command_asks_for_the_question(cast: Cast) -> None:
    await cast.liaison.says("/hoi")
    cast.liaison.sees("muốn hỏi gì")
    await cast.liaison.says("báo cáo tối đa mấy trang")
    cast.liaison.sees("8 trang")


async def test_close_lines_are_offered_and_one_tap_opens_one(cast: Cast) -> None:
    await cast.liaison.says("DT3 với TC1.8")
    offer = cast.liaison.sees("vài mục")
    await cast.liaison.taps(offer, "TC1.8")
    cast.liaison.sees("TC1.8.", "Nguồn:")


async def test_what_is_typed_still_steers_the_line_that_is_chosen(cast: Cast) -> None:
    await cast.liaison.says("TC1.1 hay TC1.3 với 97%")
    offer = cast.liaison.sees("vài mục")
    await cast.liaison.taps(offer, "TC1.1")
    cast.liaison.sees("là 97%", "135 điểm")


async def test_the_unknown_is_said_and_goes_to_the_secretary_once(cast: Cast) -> None:
    await cast.liaison.says("cờ thi đua thưởng bao nhiêu <b>tiền</b>?")
    unknown = cast.liaison.sees("chưa có nội dung này")
    pass_on = unknown.button("Hỏi thư ký")
    await cast.liaison.taps(unknown, "Hỏi thư ký")
    cast.liaison.sees("Đã chuyển câu hỏi tới Tổ thư ký")
    await cast.liaison.sends_data(pass_on)
    cast.liaison.sees_notice("đã được chuyển")
    waiting = notices_to(cast, 13)
    assert [notice["params"]["text"] for notice in waiting] == ["cờ thi đua thưởng bao nhiêu <b>tiền</b>?"]
    assert not notices_to(cast, 11)


async def test_an_old_button_does_not_send_another_question(cast: Cast) -> None:
    await cast.liaison.says("giá vàng hôm nay")
    old = cast.liaison.sees("chưa có nội dung này").button("Hỏi thư ký")
    await cast.liaison.says("thời tiết ngày mai ra sao")
    await cast.liaison.sends_data(old)
    cast.liaison.sees_notice("cũ")
    assert not notices_to(cast, 13)


async def test_a_greeting_is_no_question_for_the_secretary(cast: Cast) -> None:
    await cast.liaison.says("xin chào")
    assert cast.liaison.sees("muốn hỏi gì").keyboard is None


async def test_a_stranger_gets_no_answer(cast: Cast) -> None:
    for text in ("hạn nộp báo cáo sơ kết", "/hoi hạn nộp", "/tieuchi", "/han"):
        await cast.stranger.says(text)
    for part in ("19/6", "TC1", "Nguồn:"):
        cast.stranger.sees_not(part)
    await cast.stranger.sends_data("1:qi:TC1.1")
    cast.stranger.sees_not("TC1.1")


async def test_after_a_restart_the_last_question_is_answered_again(cast: Cast) -> None:
    await cast.liaison.says("hạn nộp báo cáo sơ kết")
    cast.world.restart()
    raw = {
        "update_id": 5000,
        "message": {
            "message_id": 1,
            "date": int(SPRING.timestamp()),
            "chat": {"id": 11, "type": "private"},
            "from": {"id": 11, "is_bot": False, "first_name": "Lan"},
            "text": "hạn nộp báo cáo sơ kết",
        },
    }

    def show() -> Any:
        with cast.world.store.work(SPRING + timedelta(days=1)) as work:
            return cast.world.desk.current(raw, work)

    again = await asyncio.to_thread(show)
    assert "Còn <b>17 ngày</b>" in again[0].text


async def test_an_unknown_command_is_not_taken_for_a_question(cast: Cast) -> None:
    await cast.liaison.says("/khongco hạn nộp báo cáo sơ kết")
    cast.liaison.sees("không có lệnh này")


async def test_a_line_that_a_new_table_no_longer_has_says_so(cast: Cast, sample: Bloc) -> None:
    await cast.liaison.says("/tieuchi thưởng sáng kiến")
    load(cast.world.store, replace(sample, bonuses=sample.bonuses[:1]))
    await cast.liaison.sends_data("1:qi:DT3")
    cast.liaison.sees_notice("không còn")


# -- criteria --------------------------------------------------------------------------------------------


async def test_criteria_go_from_groups_to_a_list_to_one(cast: Cast) -> None:
    await cast.liaison.says("/tieuchi")
    groups = cast.liaison.sees("Bảng tiêu chí", "500 điểm")
    await cast.liaison.taps(groups, "Thực hiện nhiệm vụ chính trị")
    listed = cast.liaison.sees("TC1.1", "TC1.8")
    await cast.liaison.taps(listed, "TC1.6")
    one = cast.liaison.sees("TC1.6. Cải cách hành chính", "Khung điểm")
    await cast.liaison.taps(one, "Trở lại")
    cast.liaison.sees("TC1.1", "TC1.8")


async def test_bonuses_and_deductions_are_lists_of_their_own(cast: Cast) -> None:
    await cast.liaison.says("/tieuchi")
    groups = cast.liaison.last
    await cast.liaison.taps(groups, "Điểm trừ")
    cast.liaison.sees("TRU1", "TRU7")


@pytest.mark.parametrize("typed", ["tc1.6", "TC 1.6", "cải cách hành chính", "cai cach hanh chinh"])
async def test_a_criterion_is_found_by_code_or_words(cast: Cast, typed: str) -> None:
    await cast.liaison.says(f"/tieuchi {typed}")
    cast.liaison.sees("TC1.6", "Cải cách hành chính")


async def test_a_code_that_the_table_lacks_is_not_answered_with_another_line(cast: Cast) -> None:
    for code in ("TC9.9", "tc 3.12", "TRU9"):
        await cast.liaison.says(f"/tieuchi {code}")
        cast.liaison.sees(f"Không có tiêu chí nào khớp với “{code}”")
    await cast.liaison.says("/tieuchi 3.2")
    cast.liaison.sees("TC3.2. Đăng ký thi đua")


async def test_the_secretariat_is_not_offered_to_ask_itself(cast: Cast) -> None:
    await cast.secretary.says("nghỉ phép năm được mấy ngày")
    assert "Hỏi thư ký" not in cast.secretary.sees("chưa có nội dung này").buttons


async def test_a_stray_file_after_an_answer_leads_home(cast: Cast) -> None:
    await cast.liaison.says("hạn nộp báo cáo sơ kết")
    await cast.liaison.sends_file("lạc.pdf")
    assert "Việc gần nhất" in cast.liaison.last.text


async def test_no_criterion_is_made_up(cast: Cast) -> None:
    await cast.liaison.says("/tieuchi giá <vàng>")
    cast.liaison.sees("Không có tiêu chí nào khớp với “giá <vàng>”")


async def test_a_guessed_group_button_is_refused(cast: Cast) -> None:
    for group in ("9", "-1", "x", "²"):
        await cast.liaison.sends_data(f"1:ql:{group}")
        cast.liaison.sees_notice("cũ")


# -- the calendar ----------------------------------------------------------------------------------------


async def test_the_calendar_begins_with_what_is_next(cast: Cast) -> None:
    await cast.liaison.says("/han")
    shown = cast.liaison.sees("1. 17:00, thứ Sáu, 19/6/2026 (còn 18 ngày)")
    assert "27/2/2026" not in shown.text
    await cast.liaison.taps(shown, "Mốc đã qua (5)")
    assert cast.liaison.last.text.index("29/5/2026") < cast.liaison.last.text.index("27/2/2026")


async def test_a_number_opens_its_milestone_and_leads_back(cast: Cast) -> None:
    await cast.liaison.says("/han")
    await cast.liaison.taps(cast.liaison.last, "1")
    one = cast.liaison.sees("Hạn: 17:00, thứ Sáu, 19/6/2026", "Nơi nhận")
    await cast.liaison.taps(one, "Toàn bộ lịch")
    cast.liaison.sees("Các mốc sắp tới")


async def test_the_calendar_turns_its_pages(cast: Cast) -> None:
    await cast.liaison.says("/han")
    await cast.liaison.taps(cast.liaison.last, "Trang sau")
    await cast.liaison.taps(cast.liaison.last, "Trang sau")
    assert "13." in cast.liaison.last.text and "15/1/2027" in cast.liaison.last.text
    await cast.liaison.sends_data("1:qc:0:999", cast.liaison.last)
    assert "15/1/2027" in cast.liaison.last.text


async def test_a_milestone_of_several_days_shows_its_first_and_last(cast: Cast) -> None:
    for moment, far in ((SPRING, "còn 105 ngày"), (SPRING.replace(month=9, day=20), "đang diễn ra")):
        cast.world.at(moment)
        await cast.liaison.says("/han kiểm tra thực tế")
        await cast.liaison.says("/han")
        cast.liaison.sees(f"từ 14/9/2026 đến 30/9/2026 ({far})")
    cast.world.at(SPRING.replace(month=10, day=2))
    await cast.liaison.says("/han")
    await cast.liaison.taps(cast.liaison.last, "Mốc đã qua")
    cast.liaison.sees("từ 14/9/2026 đến 30/9/2026 (đã qua 2 ngày)")


async def test_words_behind_the_command_find_the_milestone(cast: Cast) -> None:
    await cast.liaison.says("/han video")
    cast.liaison.sees("25/11/2026", "phóng sự")


async def test_after_the_year_nothing_is_ahead(cast: Cast) -> None:
    cast.world.at(datetime(2027, 3, 1, 2, 0, tzinfo=UTC))
    await cast.liaison.says("/han")
    cast.liaison.sees("Không còn mốc nào phía trước")


# -- groups ----------------------------------------------------------------------------------------------


class Group(Chat):
    """A group in which the liaison writes."""

    ID = -100500

    async def writes(self, text: str, **extra: Any) -> list[Any]:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[0] == "/" else []
        return await self._update(
            {
                "message": {
                    "message_id": next(self.world.messages),
                    "date": int(self.world.calendar.now().timestamp()),
                    "chat": {"id": self.ID, "type": "supergroup", "title": "Khối"},
                    "from": self._user(),
                    "text": text,
                    "entities": entities,
                    **extra,
                }
            }
        )

    async def sends_in_group(self, data: str) -> list[Any]:
        """Tap a button under a message of the group."""
        return await self._update(
            {
                "callback_query": {
                    "id": str(next(self.world.updates)),
                    "from": self._user(),
                    "chat_instance": "1",
                    "data": data,
                    "message": {
                        "message_id": 7,
                        "date": int(self.world.calendar.now().timestamp()),
                        "chat": {"id": self.ID, "type": "supergroup", "title": "Khối"},
                        "from": {"id": BOT_ID, "is_bot": True, "first_name": "bot"},
                        "text": "…",
                    },
                }
            }
        )

    def _new(self, chat_id: Any, html: str, markup: Any) -> Any:
        assert int(chat_id) == self.ID
        return super()._new(self.user_id, html, markup)


REPLY = {
    "reply_to_message": {
        "message_id": 7,
        "date": 1,
        "chat": {"id": Group.ID, "type": "supergroup", "title": "Khối"},
        "from": {"id": BOT_ID, "is_bot": True, "first_name": "bot"},
        "text": "…",
    }
}


async def test_a_group_hears_only_what_it_asked_the_bot(cast: Cast) -> None:
    group = Group(cast.world, 11, "Lan")
    assert await group.writes("hạn nộp báo cáo sơ kết là khi nào nhỉ") == []
    await group.writes("hạn nộp báo cáo sơ kết", **REPLY)
    group.sees("19/6/2026")
    await group.writes("/hoi báo cáo tối đa mấy trang")
    group.sees("8 trang")
    await group.writes("/han@ThiDuaBot")
    group.sees("Các mốc sắp tới")


async def test_a_group_is_offered_nothing_that_belongs_to_one_person(cast: Cast) -> None:
    group = Group(cast.world, 11, "Lan")
    await group.writes("/hoi giá vàng hôm nay")
    assert "Hỏi thư ký" not in group.sees("chưa có nội dung này").buttons


async def test_strangers_in_a_group_are_not_answered(cast: Cast) -> None:
    group = Group(cast.world, 99, "Người lạ")
    assert await group.writes("/hoi hạn nộp báo cáo sơ kết") == []
    assert await group.writes("hạn nộp báo cáo sơ kết", **REPLY) == []


async def test_a_command_to_another_bot_is_left_to_it(cast: Cast) -> None:
    group = Group(cast.world, 11, "Lan")
    assert await group.writes("/han@OtherBot") == []
    await group.writes("/han@thiduabot")
    group.sees("Các mốc sắp tới")
    await group.writes("@ThiDuaBot hạn nộp báo cáo sơ kết")
    group.sees("19/6/2026")


async def test_a_question_in_the_middle_of_something_else_leaves_that_alone(cast: Cast) -> None:
    await cast.liaison.says("hạn nộp báo cáo sơ kết")
    key = StorageKey(bot_id=BOT_ID, chat_id=11, user_id=11)

    def in_talk(new: str | None = None) -> Any:
        storage = TalkStorage()
        with cast.world.store.work(SPRING):
            if new:
                asyncio.run(storage.set_state(key, new))
            return asyncio.run(storage.get_state(key))

    await asyncio.to_thread(in_talk, "Elsewhere:waiting")
    await cast.liaison.says("/hoi báo cáo tối đa mấy trang")
    cast.liaison.sees("8 trang")
    assert await asyncio.to_thread(in_talk) == "Elsewhere:waiting"
    await cast.liaison.says("hạn nộp báo cáo tổng kết")
    cast.liaison.sees_not("27/11/2026")
