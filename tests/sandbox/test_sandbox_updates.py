"""Updates: until confirmed, by poll and by webhook; taps and their answers; group privacy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web
from telegram.error import BadRequest

from .driver import Town, keyboard, kinds, until


async def test_both_libraries_read_the_same_update(town: Town, lan: int) -> None:
    await town.says(lan, "/han 30/6 @ThiDuaMauBot https://a.vn")
    by_aio = (await town.aio.get_updates())[0]
    by_ptb = (await town.ptb.get_updates())[0]
    assert by_aio.update_id == by_ptb.update_id
    assert by_aio.message is not None and by_aio.message.from_user is not None
    assert by_ptb.message is not None and by_ptb.message.from_user is not None
    assert by_aio.message.from_user.id == by_ptb.message.from_user.id == lan
    assert [e.type for e in by_aio.message.entities or []] == ["bot_command", "mention", "url"]
    assert by_ptb.message.date.timestamp() == town.clocks.real


async def test_updates_stay_until_confirmed_and_are_gone_afterwards(town: Town, lan: int) -> None:
    for text in ("một", "hai", "ba"):
        await town.says(lan, text)
    first = await town.updates()
    assert await town.updates() == first
    assert len(await town.updates(limit=2)) == 2
    rest = await town.updates(offset=first[1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["ba"]
    assert len(await town.updates(offset=0)) == 1


async def test_a_negative_offset_forgets_all_but_the_last(town: Town, lan: int) -> None:
    for text in ("một", "hai", "ba"):
        await town.says(lan, text)
    assert [u["message"]["text"] for u in await town.updates(offset=-1)] == ["ba"]
    assert len(await town.updates()) == 1


async def test_a_long_poll_ends_with_the_first_update(town: Town, lan: int) -> None:
    poll = asyncio.ensure_future(town.updates(timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await town.says(lan, "x")
    assert kinds(await poll) == ["message"]


async def test_only_wanted_kinds_are_queued(town: Town, lan: int) -> None:
    await town.updates(allowed_updates=["callback_query"])
    await town.says(lan, "x")
    assert await town.updates() == []
    await town.updates(allowed_updates=[])
    await town.says(lan, "y")
    assert kinds(await town.updates()) == ["message"]


async def test_of_two_polls_at_once_the_older_is_ended_with_a_conflict(town: Town, lan: int) -> None:
    older = asyncio.ensure_future(town.aio.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    newer = asyncio.ensure_future(town.updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request; make sure that only"):
        await older
    await town.says(lan, "x")
    assert len(await newer) == 1


async def test_a_duplicated_update_comes_once_more_after_it_was_confirmed(town: Town, lan: int) -> None:
    await town.faults(duplicate_updates=True)
    await town.says(lan, "một")
    (first,) = await town.updates()
    (again,) = await town.updates(offset=first["update_id"] + 1)
    assert again == first
    assert await town.updates(offset=first["update_id"] + 1) == []


async def test_ids_may_start_again_lower_and_an_old_offset_does_not_hide_them(town: Town, lan: int) -> None:
    await town.says(lan, "cũ")
    (old,) = await town.updates()
    await town.post("updates/restart-ids", {"to": 5}, status=409)
    await town.updates(offset=old["update_id"] + 1)
    await town.post("updates/restart-ids", {"to": 5})
    await town.says(lan, "mới")
    (new,) = await town.updates(offset=old["update_id"] + 1)
    assert (new["update_id"], new["message"]["text"]) == (5, "mới")
    assert await town.updates(offset=6) == []


async def test_an_edit_by_a_person_arrives_as_edited_message(town: Town, lan: int) -> None:
    typed = await town.says(lan, "18")
    await town.act(lan, "edit", message_id=typed, text="18,5")
    edited = (await town.drain())[-1]["edited_message"]
    assert (edited["message_id"], edited["text"], "edit_date" in edited) == (typed, "18,5", True)


async def test_a_tap_is_answered_once(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "x", reply_markup=keyboard("a"))
    query = (await town.act(lan, "tap", message_id=sent.message_id, data="a"))["callback_query_id"]
    (update,) = await town.aio.get_updates()
    assert update.callback_query is not None and update.callback_query.data == "a"
    assert update.callback_query.message is not None and update.callback_query.message.message_id == sent.message_id
    await town.aio.answer_callback_query(query, text="Đã ghi", show_alert=True)
    event = (await town.get("events?after=0"))["events"][-1]
    assert (event["kind"], event["user"], event["text"], event["alert"]) == ("callback_answer", lan, "Đã ghi", True)
    with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired or query ID is inv"):
        await town.aio.answer_callback_query(query)


async def test_a_tap_is_too_old_after_thirty_real_seconds(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "x", reply_markup=keyboard("a"))
    query = (await town.act(lan, "tap", message_id=sent.message_id, data="a"))["callback_query_id"]
    await town.post("calendar", {"by_seconds": 86_400})
    with pytest.raises(BadRequest, match="Message_too_long"):
        await town.ptb.answer_callback_query(query, text="a" * 201)
    town.clocks.tick(31)
    with pytest.raises(BadRequest, match="Query is too old"):
        await town.ptb.answer_callback_query(query)


async def test_old_and_forged_buttons_can_be_tapped_on_purpose(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "x", reply_markup=keyboard("a"))
    await town.aio.edit_message_text("y", chat_id=lan, message_id=sent.message_id)
    await town.act(lan, "tap", message_id=sent.message_id, data="a", status=409)
    await town.act(lan, "tap", message_id=sent.message_id, data="a", even_if_gone=True)
    await town.aio.delete_message(lan, sent.message_id)
    await town.act(lan, "tap", message_id=sent.message_id, data="forged", even_if_gone=True)
    shown, gone = await town.aio.get_updates()
    assert shown.callback_query is not None and gone.callback_query is not None
    assert gone.callback_query.data == "forged"
    assert gone.callback_query.message is not None
    assert type(gone.callback_query.message).__name__ == "InaccessibleMessage"


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(town: Town, lan: int) -> None:
    chat = await town.group(lan)
    sent = await town.aio.send_message(chat, "chào")
    for text in ("chuyện riêng", "/han", "/han@KhacBot", "/han@ThiDuaMauBot", "nhờ @thiduamaubot", "nhờ @khacbot"):
        await town.says(lan, text, chat=chat)
    await town.says(lan, "trả lời", chat=chat, reply_to=sent.message_id)
    heard = [update["message"]["text"] for update in await town.drain()]
    assert heard == ["/han", "/han@ThiDuaMauBot", "nhờ @thiduamaubot", "trả lời"]
    assert len(await town.shows(chat)) == 9  # the page shows all, and the bot's arrival


async def test_a_new_group_is_told_by_membership_and_a_service_message(town: Town, lan: int) -> None:
    await town.post("groups", {"title": "Khối 2", "members": [lan]})
    first, second = await town.aio.get_updates()
    assert first.my_chat_member is not None and first.my_chat_member.new_chat_member.status == "member"
    assert second.message is not None and second.message.new_chat_members is not None
    assert second.message.new_chat_members[0].id == 12345


async def test_a_forward_by_a_person_carries_its_origin(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "nhắc hạn")
    await town.act(lan, "forward", from_chat=lan, message_id=sent.message_id)
    (update,) = await town.ptb.get_updates()
    assert update.message is not None and update.message.forward_origin is not None
    assert update.message.forward_origin.type == "user"


@dataclass
class Listener:
    """The far end of a webhook; `answers` are the statuses it gives, then 200."""

    answers: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@asynccontextmanager
async def listening(*answers: int) -> AsyncIterator[Listener]:
    listener = Listener(list(answers))
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield listener
    await runner.cleanup()


async def test_a_webhook_gets_updates_in_order_with_its_secret_until_it_says_yes(town: Town, lan: int) -> None:
    async with listening(500, 404) as far:
        assert await town.aio.set_webhook(far.url, secret_token="bi-mat_1")
        await town.says(lan, "một")
        await town.says(lan, "hai")
        await until(lambda: len(far.bodies) == 4)
        assert [body["message"]["text"] for body in far.bodies] == ["một", "một", "một", "hai"]
        assert set(far.secrets) == {"bi-mat_1"}
        info = await town.ptb.get_webhook_info()
        assert info.url == far.url and "404" in str(info.last_error_message)
        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await town.aio.get_updates()
        await until(lambda: not town.sandbox.world.queue.pending)
        assert await town.ptb.delete_webhook()
        await town.says(lan, "ba")
        assert len(await town.updates()) == 1


async def test_a_webhook_gets_duplicates_too(town: Town, lan: int) -> None:
    async with listening() as far:
        await town.faults(duplicate_updates=True)
        await town.aio.set_webhook(far.url)
        await town.says(lan, "một")
        await until(lambda: len(far.bodies) == 2)
        assert far.bodies[0] == far.bodies[1]
        assert far.secrets == [None, None]


@pytest.mark.parametrize(
    ("url", "secret"), [("http://example.vn/hook", None), ("ftp://127.0.0.1/", None), ("https://a.vn/", "có dấu")]
)
async def test_a_bad_webhook_is_refused(town: Town, url: str, secret: str | None) -> None:
    with pytest.raises(TelegramBadRequest):
        await town.aio.set_webhook(url, secret_token=secret)
