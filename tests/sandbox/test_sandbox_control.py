"""The control API: calendar, events, commands, profile, who may use it, and what a restart keeps."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BufferedInputFile,
)
from telegram import BotCommandScopeChat as PtbScopeChat

from bot.sandbox import Sandbox

from .driver import PNG, TOKEN, Town, keyboard, until


async def test_message_dates_follow_the_moved_calendar(town: Town, lan: int) -> None:
    moved = await town.post("calendar", {"to": "2026-12-01T08:00"})
    assert moved["now"] == "2026-12-01T08:00:00+07:00"
    assert moved["offset_seconds"] == 183 * 86_400
    sent = await town.aio.send_message(lan, "x")
    assert sent.date.isoformat() == "2026-12-01T01:00:00+00:00"
    await town.says(lan, "y")
    (update,) = await town.aio.get_updates()
    assert update.message is not None and update.message.date == sent.date


async def test_the_calendar_goes_back_only_when_told_to(town: Town) -> None:
    await town.post("calendar", {"by_seconds": 3600})
    await town.post("calendar", {"by_seconds": -60}, status=400)
    await town.post("calendar", {"to": "hôm qua"}, status=400)
    await town.post("calendar", {}, status=400)
    assert (await town.post("calendar", {"by_seconds": -60, "allow_back": True}))["offset_seconds"] == 3540
    assert (await town.post("calendar", {"reset": True}))["offset_seconds"] == 0


async def test_who_waits_for_the_calendar_is_woken_by_a_move(town: Town, lan: int) -> None:
    before = await town.get("calendar")
    waiting = asyncio.ensure_future(town.get(f"calendar?after={before['version']}&wait=30"))
    await asyncio.sleep(0.05)
    await town.says(lan, "không phải lịch")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    moved = await town.post("calendar", {"by_seconds": 60})
    assert await waiting == moved


async def test_events_tell_a_page_what_changed(town: Town, lan: int) -> None:
    seq = (await town.get("state"))["seq"]
    waiting = asyncio.ensure_future(town.get(f"events?after={seq}&wait=30"))
    await asyncio.sleep(0.05)
    sent = await town.aio.send_message(lan, "một", reply_markup=keyboard("a"))
    assert [e["kind"] for e in (await waiting)["events"]] == ["message"]
    await town.aio.edit_message_text("hai", chat_id=lan, message_id=sent.message_id)
    await town.aio.send_chat_action(lan, "typing")
    await town.aio.delete_message(lan, sent.message_id)
    await town.act(lan, "block")
    await town.post("calendar", {"by_seconds": 1})
    await town.faults(slow_ms=0)
    await town.aio.set_my_commands([BotCommand(command="han", description="Hạn")])
    found = (await town.get(f"events?after={seq}"))["events"]
    assert [e["kind"] for e in found] == [
        *("message", "edit", "chat_action", "delete", "blocked", "calendar", "faults", "commands"),
    ]
    assert [e["seq"] for e in found] == list(range(seq + 1, seq + 9))
    assert found[1]["message"]["text"] == "hai" and found[3]["message_id"] == sent.message_id


async def test_a_page_from_before_a_restart_is_told_at_once(town: Town) -> None:
    async with asyncio.timeout(5):
        assert (await town.get("events?after=99999&wait=30"))["seq"] < 99999


async def test_a_person_sees_the_commands_of_the_narrowest_scope(town: Town, lan: int) -> None:
    chat = await town.group(lan)

    async def sees(where: int, language: str = "vi") -> list[str]:
        said = await town.get(f"commands?chat={where}&user={lan}&language={language}")
        return [command["command"] for command in said["commands"]]

    def one(name: str) -> list[BotCommand]:
        return [BotCommand(command=name, description="x")]

    await town.aio.set_my_commands(one("chung"))
    assert await sees(lan) == await sees(chat) == ["chung"]
    await town.aio.set_my_commands(one("rieng"), BotCommandScopeAllPrivateChats())
    await town.aio.set_my_commands(one("nhom"), BotCommandScopeAllGroupChats())
    await town.aio.set_my_commands(one("english"), BotCommandScopeAllPrivateChats(), language_code="en")
    assert (await sees(lan), await sees(lan, "en"), await sees(chat)) == (["rieng"], ["english"], ["nhom"])
    await town.ptb.set_my_commands([("lan", "x")], PtbScopeChat(lan))
    assert await sees(lan, "en") == ["lan"]
    assert [c.command for c in await town.ptb.get_my_commands(PtbScopeChat(lan))] == ["lan"]
    await town.aio.delete_my_commands(BotCommandScopeChat(chat_id=lan))
    assert await sees(lan) == ["rieng"]


async def test_profile_texts_and_chats_can_be_read_back(town: Town, lan: int) -> None:
    assert await town.aio.set_my_description("Giúp khối thi đua")
    assert await town.ptb.set_my_short_description("Trợ lý", language_code="vi")
    assert (await town.ptb.get_my_description()).description == "Giúp khối thi đua"
    assert (await town.aio.get_my_short_description(language_code="vi")).short_description == "Trợ lý"
    assert (await town.aio.get_my_name()).name == "Trợ lý Khối"
    chat = await town.group(lan)
    assert (await town.aio.get_chat(chat)).title == "Khối 1"
    assert (await town.ptb.get_chat(lan)).first_name == "Lan"
    assert (await town.aio.get_chat_member(chat, lan)).status == "member"
    assert (await town.ptb.get_chat_member(chat, 12345)).status == "member"
    assert await town.aio.get_chat_member_count(chat) == 2
    me = await town.ptb.get_me()
    assert (me.id, me.username, me.can_read_all_group_messages) == (12345, "ThiDuaMauBot", False)


async def test_strangers_and_other_sites_are_kept_out(town: Town) -> None:
    async with town.http.get("/sandbox/state", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    for origin in ("http://evil.example", "null"):
        async with town.http.post("/sandbox/users", json={"first_name": "X"}, headers={"Origin": origin}) as answer:
            assert answer.status == 403
    async with town.http.post(
        "/sandbox/users", json={"first_name": "X"}, headers={"Origin": town.sandbox.url}
    ) as answer:
        assert answer.status == 200
    async with town.http.get("/page/..%2f..%2fserver.py") as answer:
        assert answer.status == 404


async def test_people_see_only_their_own_chats(town: Town, lan: int) -> None:
    other = await town.person("Hùng")
    chat = await town.group(lan)
    await town.get(f"chats/{lan}/messages?viewer={other}", status=404)
    await town.get(f"chats/{chat}/messages?viewer={other}", status=403)
    assert (await town.get(f"chats/{chat}/messages?viewer={lan}"))["messages"][0]["service"]
    await town.act(other, "send", chat=chat, text="x", status=403)


@pytest.mark.parametrize(
    ("move", "body", "status"),
    [
        ("send", {"text": ""}, 400),
        ("send", {"text": "a" * 4097}, 400),
        ("send", {"text": "x", "reply_to": 999}, 404),
        ("edit", {"message_id": 999, "text": "x"}, 404),
        ("tap", {"message_id": 1, "data": "x" * 65}, 400),
        ("tap", {"message_id": 1, "data": "x"}, 404),
        ("start", {"payload": "có dấu"}, 400),
        ("forward", {"from_chat": 1, "message_id": 1}, 404),
    ],
)
async def test_what_a_person_cannot_do_is_refused_with_a_sentence(
    town: Town, lan: int, move: str, body: dict[str, Any], status: int
) -> None:
    said = await town.act(lan, move, status=status, **body)
    assert said["error"]


async def test_a_start_link_hands_its_payload_over(town: Town) -> None:
    new = await town.person("Mai", started=False)
    await town.act(new, "start", payload="moi_Abc-123")
    (update,) = await town.aio.get_updates()
    assert update.message is not None and update.message.text == "/start moi_Abc-123"
    (user,) = (await town.get("state"))["users"]
    assert user["started"] is True


async def test_a_restart_keeps_people_messages_files_and_pending_updates(tmp_path: Path) -> None:
    state = str(tmp_path / "demo" / "sandbox.json")
    town = await Town.build(state=state)
    lan = await town.person("Lan")
    chat = await town.group(lan, supergroup=True)
    sent = await town.aio.send_photo(lan, BufferedInputFile(PNG, "a.png"), reply_markup=keyboard("a"))
    assert sent.photo is not None
    await town.aio.set_my_description("giữ lại")
    await town.post("calendar", {"by_seconds": 3600})
    await town.says(lan, "chưa ai đọc")
    before = await town.shows(lan)
    seq = (await town.get("state"))["seq"]
    await town.close()
    assert TOKEN not in Path(state).read_text("utf-8")

    again = await Town.build(state=state)
    assert await again.shows(lan) == before
    assert [u["message"]["text"] for u in await again.updates()] == ["chưa ai đọc"]
    down = await again.aio.download(sent.photo[-1].file_id)
    assert down is not None and down.read() == PNG
    said = await again.get("state")
    assert (said["seq"], said["calendar"]["offset_seconds"]) == (seq, 3600)
    assert said["groups"][0]["id"] == chat
    assert (await again.aio.get_my_description()).description == "giữ lại"
    assert (await again.aio.send_message(lan, "x")).message_id > before[-1]["id"]
    await again.close()


async def test_changes_are_written_without_waiting_for_the_end(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    town = await Town.build(state=str(state))
    await town.person("Lan")
    await until(lambda: state.exists() and json.loads(state.read_text("utf-8"))["state"]["users"])
    await town.close()


async def test_the_state_of_another_bot_is_not_taken_over(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    town = await Town.build(state=str(state))
    await town.close()
    with pytest.raises(ValueError, match="không phải trạng thái"):
        await Sandbox("777:OTHER", state=state).start()


def test_a_token_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="12345"):
        Sandbox("TEST")


async def test_stopping_lets_every_waiting_request_go(tmp_path: Path) -> None:
    town = await Town.build()
    poll = asyncio.ensure_future(town.updates(timeout=30))
    events = asyncio.ensure_future(town.get("events?after=0&wait=30"))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        await town.sandbox.stop()
        assert await poll == []
        assert (await events)["events"] == []
    await town.close()
