"""From the inbox to the person, against the sandbox over HTTP: nothing twice, nothing lost, nobody stuck."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import SendMessage

from bot.clock import FixedCalendar
from bot.domain.bloc import Bloc
from bot.domain.errors import DomainError, NotAllowed
from bot.domain.files import Attachment, AttachmentState, FileToFetch
from bot.inbound import answerer as module
from bot.inbound.answerer import Answerer
from bot.inbound.downloads import Downloads, Vault
from bot.inbound.handling import Handling
from bot.inbound.receiver import PollingReceiver
from bot.inbound.sending import Sender
from bot.sandbox.server import Sandbox
from bot.tasks import spawn
from bot.tour import LocalTelegram, Phone
from bot.usecases.ports.work import StoreUnavailable, Work
from storage.inbox import SqlInbox
from storage.store import Store
from tests.conftest import SPRING, load

TOKEN = "12345:TEST"


@dataclass
class EchoDesk:
    """Writes every text into the settings table, in order, and echoes it; can be told to fail."""

    failures: dict[str, list[Exception]] = field(default_factory=dict)
    attachments: list[Attachment | None] = field(default_factory=list)
    unavailable: int = 0

    def plan(self, raw: dict[str, Any], work: Work) -> FileToFetch | Attachment | None:
        file = raw["message"].get("document")
        return FileToFetch(file["file_id"], file["file_name"], file["file_size"], "application/pdf") if file else None

    def handle(self, raw: dict[str, Any], work: Work, attachment: Attachment | None) -> Sequence[Any]:
        if self.unavailable:
            self.unavailable -= 1
            raise StoreUnavailable("locked")
        chat, text = raw["message"]["chat"]["id"], raw["message"].get("text", "(file)")
        heard = json.loads(work.settings.read(f"heard:{chat}") or "[]")
        work.settings.write(f"heard:{chat}", json.dumps([*heard, text]))
        self.attachments.append(attachment)
        if self.failures.get(text):
            raise self.failures[text].pop(0)
        return [SendMessage(chat_id=chat, text=f"heard {text}")]

    def refuse(self, raw: dict[str, Any], error: DomainError, work: Work) -> Sequence[Any]:
        return [SendMessage(chat_id=raw["message"]["chat"]["id"], text=f"no: {error.key}")]

    def apologise(self, raw: dict[str, Any], incident: str) -> Sequence[Any]:
        return [SendMessage(chat_id=raw["message"]["chat"]["id"], text=f"sorry {incident}")]

    def current(self, raw: dict[str, Any], work: Work) -> Sequence[Any]:
        return [SendMessage(chat_id=raw["message"]["chat"]["id"], text="you stand here")]


class Running:
    """A bot process of its own making, minus the process."""

    def __init__(self, url: str, store: Store, folder: Path, desk: EchoDesk) -> None:
        self.store, self.desk = store, desk
        self.bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
        self.inbox = SqlInbox(store.engine)
        handling = Handling(store, desk, FixedCalendar(SPRING))
        self.blocked: list[int] = []
        sender = Sender(self.bot, blocked=self.blocked.append)
        self.answerer = Answerer(self.bot.id, self.inbox, handling, sender, Downloads(self.bot, Vault(folder / "data")))
        self.receiver = PollingReceiver(self.bot, self.inbox, self.answerer.wake)

    def start(self) -> None:
        self.tasks = [spawn(self.answerer.run(), "answerer"), spawn(self.receiver.run(), "receiver")]

    async def stop(self) -> None:
        await self.receiver.stop()
        await self.answerer.stop(5)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.bot.session.close()

    def heard(self, chat: int) -> list[str]:
        with self.store.reading(SPRING) as work:
            return list(json.loads(work.settings.read(f"heard:{chat}") or "[]"))


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    sandbox = Sandbox(TOKEN)
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        yield telegram
    await sandbox.stop()


@pytest.fixture
async def running(telegram: LocalTelegram, lite: Store, sample: Bloc, tmp_path: Path) -> AsyncIterator[Running]:
    load(lite, sample)
    made = Running(telegram.url, lite, tmp_path, EchoDesk())
    made.start()
    yield made
    await made.stop()


async def until(done: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something that worker threads bring about."""
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - threads set no event of this loop
            await asyncio.sleep(0.01)


async def started(telegram: LocalTelegram, name: str = "Lan") -> Phone:
    phone = await telegram.person(name)
    await phone.starts()
    await phone.sees("heard /start")
    return phone


async def test_what_a_person_says_is_heard_once_in_order_and_answered(
    telegram: LocalTelegram, running: Running
) -> None:
    lan, hoa = await started(telegram), await started(telegram, "Hoa")
    for text in ("một", "hai", "ba"):
        await lan.says(text)
    await hoa.says("bốn")
    await lan.sees("heard ba")
    await hoa.sees("heard bốn")
    assert running.heard(lan.id) == ["/start", "một", "hai", "ba"]
    assert [m.text for m in await lan.screen() if m.from_bot] == ["heard /start", "heard một", "heard hai", "heard ba"]


async def test_every_update_delivered_twice_takes_effect_once(telegram: LocalTelegram, running: Running) -> None:
    await telegram.faults(duplicate_updates=True)
    lan = await started(telegram)
    for number in range(5):
        await lan.says(f"tin {number}")
    await lan.sees("heard tin 4")
    assert running.heard(lan.id) == ["/start", *(f"tin {n}" for n in range(5))]


async def test_after_a_restart_between_commit_and_reply_the_current_screen_comes_and_nothing_twice(
    telegram: LocalTelegram, lite: Store, sample: Bloc, tmp_path: Path
) -> None:
    load(lite, sample)
    first = Running(telegram.url, lite, tmp_path, EchoDesk())
    first.start()
    lan = await started(telegram)
    await first.stop()

    await lan.says("18,5")
    # The process dies after the commit and before the reply: the row is done, nobody was told.
    row_updates = await _fetch_raw(telegram)
    first.inbox.add(first.bot.id, row_updates)
    row = first.inbox.waiting(first.bot.id)[0]
    Handling(lite, first.desk, FixedCalendar(SPRING)).handle(row, None)

    second = Running(telegram.url, lite, tmp_path, EchoDesk())
    second.start()
    await lan.sees("you stand here")
    await second.stop()
    assert second.heard(lan.id) == ["/start", "18,5"]

    third = Running(telegram.url, lite, tmp_path, EchoDesk())
    third.start()
    await lan.says("sau cùng")
    await lan.sees("heard sau cùng")
    await third.stop()
    assert sum("you stand here" in m.text for m in await lan.screen()) == 1


async def _fetch_raw(telegram: LocalTelegram) -> list[Any]:
    from bot.inbound.receiver import raw_update

    async with telegram._client.post(f"{telegram.url}/bot{TOKEN}/getUpdates", json={}) as answer:
        return [raw_update(update) for update in (await answer.json())["result"]]


async def test_a_handler_that_fails_twice_is_tried_again_and_its_effects_count_once(
    telegram: LocalTelegram, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    lan = await started(telegram)
    running.desk.failures["x"] = [RuntimeError("once"), RuntimeError("twice")]
    await lan.says("x")
    await lan.sees("heard x")
    assert running.heard(lan.id) == ["/start", "x"]


async def test_a_handler_that_fails_three_times_is_set_aside_with_an_apology_and_the_line_goes_on(
    telegram: LocalTelegram, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    lan = await started(telegram)
    running.desk.failures["x"] = [RuntimeError("a"), RuntimeError("b"), RuntimeError("c")]
    await lan.says("x")
    await lan.says("y")
    sorry = await lan.sees("sorry")
    await lan.sees("heard y")
    assert len(sorry.text.removeprefix("sorry ")) == 6, "an incident number to quote"
    assert running.heard(lan.id) == ["/start", "y"]


async def test_a_database_that_is_away_never_counts_against_an_update(
    telegram: LocalTelegram, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNAVAILABLE_SECONDS", 0.01)
    lan = await started(telegram)
    running.desk.unavailable = 7
    await lan.says("x")
    await lan.sees("heard x")
    assert running.heard(lan.id) == ["/start", "x"]


async def test_a_rule_that_refuses_undoes_what_the_handler_did_and_says_why(
    telegram: LocalTelegram, running: Running
) -> None:
    lan = await started(telegram)
    running.desk.failures["x"] = [NotAllowed()]
    await lan.says("x")
    await lan.sees("no: error.not-allowed")
    await lan.says("y")
    await lan.sees("heard y")
    assert running.heard(lan.id) == ["/start", "y"]


@pytest.mark.parametrize(
    "fault",
    [
        {"flood": {"retry_after": 1, "times": 2}},
        {"server_error": {"code": 502, "times": 2}},
        {"lost_answer": {"times": 1, "methods": ["sendMessage"]}},
    ],
    ids=["429", "5xx", "answer lost"],
)
async def test_a_reply_waits_out_what_goes_wrong_on_the_way(
    telegram: LocalTelegram, running: Running, fault: dict[str, Any]
) -> None:
    lan = await started(telegram)
    await telegram.faults(**fault)
    await lan.says("x")
    await lan.sees("heard x")
    assert running.heard(lan.id) == ["/start", "x"]


async def test_a_telegram_that_is_down_is_waited_for(telegram: LocalTelegram, running: Running) -> None:
    lan = await started(telegram)
    await telegram.faults(down=True)
    await lan.says("x")
    await telegram.faults(down=False)
    await lan.sees("heard x")


async def test_a_person_who_blocked_the_bot_holds_nobody_up(telegram: LocalTelegram, running: Running) -> None:
    lan, hoa = await started(telegram), await started(telegram, "Hoa")
    await lan.says("x")
    await telegram.post(f"chats/{lan.id}/block", {"from": lan.id})
    await hoa.says("y")
    await hoa.sees("heard y")
    await until(lambda: running.blocked == [lan.id] or "x" in running.heard(lan.id))


async def test_a_file_is_on_the_disk_under_its_digest_before_its_update_is_handled(
    telegram: LocalTelegram, running: Running, tmp_path: Path
) -> None:
    import hashlib

    lan = await started(telegram)
    content = b"%PDF-1.4 " + bytes(range(256)) * 4000
    await lan.sends_file("báo cáo.pdf", content)
    await lan.sees("heard (file)")
    found = running.desk.attachments[-1]
    assert found is not None and found.state is AttachmentState.STORED
    assert found.digest == hashlib.sha256(content).hexdigest()
    assert Vault(tmp_path / "data").path(found.digest).read_bytes() == content


async def test_a_half_written_file_of_a_killed_process_is_cleared_away(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data")
    vault.begin().write_bytes(b"half")
    Vault(tmp_path / "data")
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


async def test_stopping_finishes_what_is_in_hand(
    telegram: LocalTelegram, lite: Store, sample: Bloc, tmp_path: Path
) -> None:
    load(lite, sample)
    running = Running(telegram.url, lite, tmp_path, EchoDesk())
    running.start()
    lan = await started(telegram)
    for number in range(20):
        await lan.says(f"tin {number}")
    await until(lambda: len(running.heard(lan.id)) > 3)
    await running.stop()
    heard = running.heard(lan.id)
    assert heard == ["/start", *(f"tin {n}" for n in range(len(heard) - 1))]
    assert running.inbox.unanswered(running.bot.id) == [], "whoever was heard was answered"
