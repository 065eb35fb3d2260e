"""Rates in real time, and the faults that can be switched on."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import BufferedInputFile, InputMediaPhoto
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.sandbox import Limits
from bot.sandbox.errors import Refusal
from bot.sandbox.limits import RateLimiter

from .driver import PNG, Clocks, Town, keyboard


def _limiter(**limits: Any) -> tuple[RateLimiter, Clocks]:
    clocks = Clocks()
    return RateLimiter(Limits(**limits), lambda: clocks.monotonic), clocks


def test_more_than_thirty_messages_in_a_second_over_all_are_refused() -> None:
    limiter, clocks = _limiter()
    for chat in range(1, 31):
        limiter.take(chat, 1)
    with pytest.raises(Refusal, match="Too Many Requests: retry after 1") as refused:
        limiter.take(31, 1)
    assert (refused.value.code, refused.value.parameters) == (429, {"retry_after": 1})
    clocks.tick(1)
    limiter.take(31, 1)


def test_the_window_slides() -> None:
    limiter, clocks = _limiter()
    for chat in range(1, 31):
        limiter.take(chat, 1)
        clocks.tick(0.0625)  # 16 a second
    for chat in range(31, 46):
        limiter.take(chat, 1)  # of the first thirty, 15 are still younger than a second
    with pytest.raises(Refusal):
        limiter.take(46, 1)


def test_more_than_twenty_a_minute_in_one_group_are_refused_until_the_window_frees() -> None:
    limiter, clocks = _limiter()
    for _ in range(20):
        limiter.take(-5, 1)
        clocks.tick(1)
    with pytest.raises(Refusal) as refused:
        limiter.take(-5, 1)
    assert refused.value.parameters == {"retry_after": 40}
    limiter.take(-6, 1)
    clocks.tick(40)
    limiter.take(-5, 1)


def test_an_album_counts_as_many_as_it_has_items() -> None:
    limiter, _ = _limiter()
    limiter.take(-5, 10)
    limiter.take(-5, 9)
    with pytest.raises(Refusal):
        limiter.take(-5, 2)
    limiter.take(-5, 1)


def test_a_limit_of_none_is_no_limit() -> None:
    limiter, _ = _limiter(per_second=None, per_private_ten_seconds=None)
    for _ in range(500):
        limiter.take(1, 1)


async def test_both_libraries_are_told_how_long_to_wait(town: Town, lan: int) -> None:
    chat = await town.group(lan)
    sent = await town.aio.send_message(chat, "0", reply_markup=keyboard("a"))
    for number in range(1, 17):
        await town.aio.edit_message_text(str(number), chat_id=chat, message_id=sent.message_id)
    photo = InputMediaPhoto(media=BufferedInputFile(PNG, "a.png"))
    await town.aio.send_media_group(chat, [photo, photo, photo])
    with pytest.raises(TelegramRetryAfter) as by_aio:
        await town.aio.send_message(chat, "x")
    assert by_aio.value.retry_after == 60
    with pytest.raises(RetryAfter):
        await town.ptb.send_message(chat, "x")
    await town.post("calendar", {"by_seconds": 3600})
    with pytest.raises(RetryAfter):  # the calendar does not move real time
        await town.ptb.send_message(chat, "x")
    town.clocks.tick(60)
    await town.ptb.send_message(chat, "x")


async def test_more_than_twenty_in_ten_seconds_in_one_private_chat_are_refused(town: Town, lan: int) -> None:
    for number in range(20):
        await town.call("sendMessage", chat_id=lan, text=str(number))
    said = await town.call("sendMessage", chat_id=lan, text="x")
    assert (said.status, said.body["parameters"]) == (429, {"retry_after": 10})
    assert (await town.call("sendChatAction", chat_id=lan, action="typing")).status == 200


async def test_a_flood_answers_429_that_many_times(town: Town, lan: int) -> None:
    await town.faults(flood={"retry_after": 5, "times": 2})
    with pytest.raises(RetryAfter, match="Retry in 0:00:05"):
        await town.ptb.send_message(lan, "x")
    assert (await town.get("faults"))["flood"] == {"retry_after": 5, "times": 1}
    with pytest.raises(TelegramRetryAfter):
        await town.aio.send_message(lan, "x")
    await town.aio.send_message(lan, "x")
    assert (await town.get("faults"))["flood"] is None


async def test_a_server_error_reaches_both_libraries_and_changes_nothing(town: Town, lan: int) -> None:
    before = len(await town.shows(lan))
    await town.faults(server_error={"code": 502, "times": None})
    with pytest.raises(TelegramServerError):
        await town.aio.send_message(lan, "x")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await town.ptb.send_message(lan, "x")
    assert await town.updates() == []  # polls go on
    await town.faults(server_error=None)
    await town.aio.send_message(lan, "x")
    assert len(await town.shows(lan)) == before + 1


async def test_a_lost_answer_took_effect(town: Town, lan: int) -> None:
    await town.faults(lost_answer={"times": 2})
    await town.aio.send_chat_action(lan, "typing")  # not a send: does not use one up
    with pytest.raises(TelegramNetworkError):
        await town.aio.send_message(lan, "một")
    with pytest.raises(NetworkError) as lost:
        await town.ptb.send_message(lan, "hai")
    assert not isinstance(lost.value, BadRequest)
    await town.aio.send_message(lan, "ba")
    assert [m["text"] for m in await town.shows(lan)][-3:] == ["một", "hai", "ba"]


async def test_a_lost_answer_can_be_for_chosen_methods(town: Town, lan: int) -> None:
    await town.faults(lost_answer={"times": 1, "methods": ["sendChatAction"]})
    await town.aio.send_message(lan, "một")
    with pytest.raises(TelegramNetworkError):
        await town.aio.send_chat_action(lan, "typing")


async def test_when_the_line_is_down_every_connection_is_cut_but_the_controls_stay(town: Town, lan: int) -> None:
    poll = asyncio.ensure_future(town.aio.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    await town.faults(down=True)
    with pytest.raises(TelegramNetworkError):
        await poll
    with pytest.raises(TelegramNetworkError):
        await town.aio.send_message(lan, "x")
    with pytest.raises(NetworkError):
        await town.ptb.send_message(lan, "x")
    await town.says(lan, "vẫn gõ được")
    await town.faults(down=False)
    assert len(await town.updates()) == 1


async def test_a_refusal_nobody_knows_can_be_played(town: Town, lan: int) -> None:
    await town.faults(unknown_bad_request={"times": 1})
    with pytest.raises(BadRequest, match="Something new"):
        await town.ptb.send_message(lan, "x")
    await town.ptb.send_message(lan, "x")


async def test_a_slow_line_delays_the_answer(town: Town, lan: int) -> None:
    await town.faults(slow_ms=200)
    sending = asyncio.ensure_future(town.call("sendMessage", chat_id=lan, text="x"))
    await asyncio.sleep(0.05)
    assert not sending.done()
    assert (await sending).status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {"storm": True},
        {"down": "yes"},
        {"slow_ms": -1},
        {"flood": {"times": 0}},
        {"flood": {"every": 3}},
        {"server_error": {"code": 404}},
        {"lost_answer": {"methods": "sendMessage"}},
    ],
)
async def test_a_switch_that_does_not_exist_is_refused_and_turns_nothing(town: Town, wanted: dict[str, Any]) -> None:
    before = await town.get("faults")
    await town.post("faults", {"duplicate_updates": True, **wanted}, status=400)
    assert await town.get("faults") == before
