"""What comes from Telegram, and what only looks as if it did."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramServerError
from aiogram.methods import SendMessage

from bot.inbound.receiver import CannotListen, TokenRefused, Unwell, WebhookReceiver, _result, raw_update
from bot.inbound.session import Session
from storage.inbox import SqlInbox
from storage.store import Store

SEND = SendMessage(chat_id=1, text="x")


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    made = Bot("12345:TEST", session=Session())
    yield made
    await made.session.close()


def answer(bot: Bot, status: int, content: str) -> object:
    return bot.session.check_response(bot, SEND, status, content).result


@pytest.mark.parametrize("status", [200, 404, 502])
@pytest.mark.parametrize("content", ["<html>Đăng nhập</html>", "", "null", "[]"])
async def test_a_login_page_or_a_broken_proxy_is_a_server_that_is_away(bot: Bot, status: int, content: str) -> None:
    with pytest.raises((TelegramServerError, TelegramNetworkError)) as caught:
        answer(bot, status, content)
    assert "Đăng nhập" not in str(caught.value)


async def test_a_server_error_without_a_word_is_one_too(bot: Bot) -> None:
    with pytest.raises(TelegramServerError):
        answer(bot, 502, '{"ok": false}')


async def test_an_answer_newer_than_the_library_counts_as_done(bot: Bot) -> None:
    assert answer(bot, 200, '{"ok": true, "result": {"new": "kind"}}') == {"new": "kind"}


async def test_a_plain_no_stays_a_plain_no(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest):
        answer(bot, 400, '{"ok": false, "error_code": 400, "description": "Bad Request: chat not found"}')


async def test_a_proxy_that_is_dead_is_a_network_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    bot = Bot("12345:TEST", session=Session(proxy=f"socks5://127.0.0.1:{port}"))
    with pytest.raises(TelegramNetworkError):
        await bot(SEND)
    await bot.session.close()


def test_what_get_updates_may_say() -> None:
    assert _result({"ok": True, "result": [{"update_id": 1}]}, 200) == [{"update_id": 1}]
    with pytest.raises(TokenRefused):
        _result({"ok": False, "description": "Unauthorized"}, 401)
    with pytest.raises(Unwell) as flood:
        _result({"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 7}}, 429)
    assert (flood.value.status, flood.value.seconds) == (429, 7.0)
    with pytest.raises(Unwell):
        _result({}, 502)


def test_half_a_surrogate_pair_can_be_stored(lite: Store) -> None:
    update = {"update_id": 1, "message": {"chat": {"id": 7}, "text": "\ud83d đường"}}
    inbox = SqlInbox(lite.engine)
    [row] = inbox.add(12345, [raw_update(update)])
    assert (row.lane, json.loads(inbox.waiting(12345)[0].body)["message"]["text"]) == (7, "? đường")


async def test_an_address_that_somebody_else_has_is_said_plainly(bot: Bot, lite: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        receiver = WebhookReceiver(
            bot, SqlInbox(lite.engine), lambda: None,
            url="https://example.vn/hook", secret="s", host="127.0.0.1", port=port,
        )  # fmt: skip
        with pytest.raises(CannotListen, match=str(port)):
            await asyncio.wait_for(receiver.run(), 10)
        await receiver.stop()
