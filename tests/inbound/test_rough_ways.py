"""What must not stop the line: odd letters, odd replies, one chat that floods, a restart in the middle."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage
from aiohttp import web

from bot.clock import FixedCalendar
from bot.domain.bloc import Bloc
from bot.inbound import answerer
from bot.inbound.handling import Handling
from bot.inbound.receiver import raw_update
from bot.inbound.session import Session
from bot.tour import LocalTelegram
from bot.usecases.ports.inbox import RawUpdate
from bot.usecases.ports.work import StoreUnavailable
from storage.inbox import SqlInbox
from storage.store import Store
from tests.conftest import SPRING, load
from tests.inbound.test_answerer import EchoDesk, Running, _fetch_raw, running, started, telegram, until

__all__ = ["running", "telegram"]  # fixtures


class OddDesk(EchoDesk):
    """Answers "x" with letters that no server can be told."""

    def handle(self, raw: dict[str, Any], work: Any, attachment: Any) -> Any:
        said = super().handle(raw, work, attachment)
        odd = raw["message"].get("text") == "x"
        return [SendMessage(chat_id=raw["message"]["chat"]["id"], text="\ud83d")] if odd else said


async def test_a_reply_that_cannot_be_sent_at_all_does_not_stay_in_hand(
    telegram: LocalTelegram, lite: Store, sample: Bloc, tmp_path: Path
) -> None:
    load(lite, sample)
    running = Running(telegram.url, lite, tmp_path, OddDesk())
    running.start()
    lan = await started(telegram)
    await lan.says("x")
    await lan.says("y")
    await lan.sees("heard y")
    await until(lambda: running.inbox.unanswered(running.bot.id) == [])
    await running.stop()


def test_half_a_letter_is_replaced_at_the_door() -> None:
    """It could neither be stored nor quoted back."""
    message = {"chat": {"id": 7}, "text": "\ud83d đường 😀", "from": {"first_name": "\udc00"}}
    kept = json.loads(raw_update({"update_id": 1, "message": message}).body)["message"]
    assert (kept["text"], kept["from"]["first_name"]) == ("? đường 😀", "?")


async def test_an_answer_in_broken_letters_is_a_server_that_is_away() -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(body=b"\xff\xfe\xfa", content_type="text/html", charset="utf-8")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", broken)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api = TelegramAPIServer.from_base(f"http://127.0.0.1:{runner.addresses[0][1]}")
    bot = Bot("12345:TEST", session=Session(api=api))
    with pytest.raises(TelegramNetworkError):
        await bot(SendMessage(chat_id=1, text="x"))
    await bot.session.close()
    await runner.cleanup()


def test_a_chat_that_floods_does_not_hide_the_others(store: Store) -> None:
    inbox = SqlInbox(store.engine)
    inbox.add(1, [RawUpdate(n, 7001, "{}") for n in range(300)])
    inbox.add(1, [RawUpdate(900, 7002, "{}")])
    found = inbox.waiting(1, limit=100)
    assert 7002 in {row.lane for row in found}
    first = [row.update_id for row in found if row.lane == 7001]
    assert first == list(range(len(first))), "in order, from the oldest on"


async def test_a_screen_owed_since_before_a_restart_comes_before_what_is_said_now(
    telegram: LocalTelegram, lite: Store, sample: Bloc, tmp_path: Path
) -> None:
    load(lite, sample)
    first = Running(telegram.url, lite, tmp_path, EchoDesk())
    first.start()
    lan = await started(telegram)
    await first.stop()
    await lan.says("18,5")
    first.inbox.add(first.bot.id, await _fetch_raw(telegram))
    Handling(lite, first.desk, FixedCalendar(SPRING)).handle(first.inbox.waiting(first.bot.id)[0], None)

    await telegram.faults(server_error={"code": 502, "times": 1})
    second = Running(telegram.url, lite, tmp_path, EchoDesk())
    second.start()
    await lan.says("mới")
    await lan.sees("heard mới")
    await second.stop()
    said = [m.text for m in await lan.screen() if m.from_bot]
    assert said[-2:] == ["you stand here", "heard mới"]


async def test_a_database_error_while_noting_answers_is_not_the_end_of_noting(
    running: Running, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await started(telegram)
    real, failures = running.inbox.answered, [RuntimeError("once")]

    def answered(row_ids: Any) -> None:
        if failures:
            raise failures.pop()
        real(row_ids)

    await until(lambda: running.inbox.unanswered(running.bot.id) == [])
    monkeypatch.setattr(running.inbox, "answered", answered)
    await lan.says("x")
    await lan.sees("heard x")
    await until(lambda: not failures and running.inbox.unanswered(running.bot.id) == [], 5)


async def test_a_commit_whose_answer_was_lost_still_gets_the_person_a_screen(
    running: Running, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answerer, "UNAVAILABLE_SECONDS", 0.01)
    lan = await started(telegram)
    real, lost = Handling.handle, [True]

    def handle(self: Handling, row: Any, attachment: Any) -> Any:
        said = real(self, row, attachment)
        if lost:
            lost.pop()
            raise StoreUnavailable("the connection went with the commit")
        return said

    monkeypatch.setattr(Handling, "handle", handle)
    await lan.says("x")
    await lan.sees("you stand here", seconds=10)
    assert running.heard(lan.id) == ["/start", "x"]
    await until(lambda: running.inbox.unanswered(running.bot.id) == [])
