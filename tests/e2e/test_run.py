"""`thidua run` as an operator runs it: a real process against the local Telegram over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from sqlalchemy import make_url

from bot.clock import real_now
from bot.domain.bloc import Bloc
from bot.domain.broadcast import Content
from bot.domain.people import Role
from bot.tour import LocalTelegram, Phone
from bot.usecases.people import CreateInvite
from storage.store import engine_for
from tests.conftest import SPRING
from tests.e2e.conftest import Installation, Run
from tests.e2e.operator import Operator

QUESTION, ANSWER = "Cải cách hành chính xếp loại khá thì được mấy điểm?", "TC1.6"


async def member(telegram: LocalTelegram, installed: Installation, name: str = "Lan", **given: Any) -> Phone:
    """Somebody who has joined, and whose chat with the bot is open."""
    phone = await telegram.person(name)
    installed.enrols(phone, **given)
    return phone


async def asks(phone: Phone, question: str = QUESTION, answer: str = ANSWER) -> None:
    await phone.says(question)
    await phone.sees(answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- starting and stopping -----------------------------------------------------------------------------------


async def test_it_starts_on_nothing_and_answers_as_soon_as_there_is_something_to_say(
    telegram: LocalTelegram, operator: Operator, run: Run, sample: Bloc
) -> None:
    process = await run()
    lan = await telegram.person("Lan")
    await lan.starts()
    await lan.sees("chưa có dữ liệu")
    installed = Installation(f"sqlite:///{operator.folder / 'data' / 'thidua.db'}", sample)
    with installed.store.work(SPRING) as work:
        token = CreateInvite(work, real_now())("VKS", Role.LIAISON)
    installed.store.close()
    await lan.starts(token)
    await lan.sees("Rời")
    await asks(lan)
    assert await process.leaves() == 0, "in the middle of a long poll"
    assert "Traceback" not in process.log and "ERROR" not in process.log, process.log


async def test_it_leaves_while_telegram_is_down_and_comes_back_to_whoever_waits(
    telegram: LocalTelegram, installed: Installation, run: Run
) -> None:
    process = await run()
    lan = await member(telegram, installed)
    await asks(lan)
    await telegram.faults(lost_answer={"times": None, "methods": ["sendMessage", "editMessageText"]})
    await telegram.faults(slow_ms=300)
    await lan.says("/trogiup")
    await process.says("reply waits")
    await telegram.faults(down=True)
    assert await process.leaves() == 0
    await telegram.faults(down=False, lost_answer=None, slow_ms=0)
    second = await run(name="second")
    await lan.sees(ANSWER)  # the screen on which she stands
    await asks(lan, "Hạn nộp báo cáo sơ kết 6 tháng?", "19/6/2026")
    assert await second.leaves() == 0


async def test_it_leaves_while_telegram_makes_it_wait(
    telegram: LocalTelegram, installed: Installation, run: Run
) -> None:
    process = await run()
    lan, hoa = await member(telegram, installed), await member(telegram, installed, "Hòa", unit="CAT")
    await asks(lan)
    await telegram.faults(flood={"retry_after": 900, "times": None})
    with installed.store.work(SPRING) as work:
        author = work.people.by_telegram(lan.id)
        assert author is not None
        draft = work.broadcasts.write_draft(author.id, Content("Họp khối lúc 8 giờ"))
        work.broadcasts.confirm(draft.id, draft.revision, chat_id=None, message_id=None)
        work.deliveries.broadcast(draft.id, [author.id])
    for phone in (lan, hoa):
        await phone.says(QUESTION)
    while not any(call["status"] == 429 for call in await telegram.calls()):  # noqa: ASYNC110 - the log has no event
        await asyncio.sleep(0.05)
    assert await process.leaves() == 0
    with installed.store.reading(SPRING) as work:
        assert work.settings.read("paused_until"), "the next start keeps to it"


async def test_a_token_that_telegram_does_not_know_ends_it_with_one_clear_line(operator: Operator, run: Run) -> None:
    operator.settings["BOT_TOKEN"] = "12345:another-token"
    process = await run(LOG_LEVEL="DEBUG")
    checked = await asyncio.to_thread(operator.does, "check")
    assert checked.returncode == 1 and "THIDUA_BOT_TOKEN: Telegram không nhận token này" in checked.stdout
    assert await process.ends() == 1
    errors = [line for line in process.log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    assert len(errors) == 1 and "THIDUA_BOT_TOKEN" in errors[0], process.log
    assert "another-token" not in process.log + checked.stdout + checked.stderr


# -- several processes ---------------------------------------------------------------------------------------


@pytest.fixture
def on_postgres(operator: Operator, postgres_url: str, sample: Bloc) -> Iterator[Installation]:
    """The sample bloc in a PostgreSQL database of its own."""
    server = make_url(postgres_url)
    keeper = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE run")
    url = server.set(database="run", drivername="postgresql").render_as_string(hide_password=False)
    operator.settings["DATABASE_URL"] = url
    made = Installation(url, sample)
    yield made
    made.store.close()
    with keeper.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE run WITH (FORCE)")
    keeper.dispose()


async def test_receiving_answering_and_delivering_work_together_as_three_processes(
    telegram: LocalTelegram, on_postgres: Installation, run: Run
) -> None:
    processes = [await run("--only", part, name=part) for part in ("receive", "answer", "deliver")]
    secretary = await member(telegram, on_postgres, "Hà", role=Role.SECRETARY, unit=None)
    lan = await member(telegram, on_postgres)
    for phone in (secretary, lan):
        await asks(phone)
    await secretary.says("/thongbao")
    await secretary.sees("Thông báo")
    await secretary.says("Họp khối lúc 8 giờ thứ Hai")
    await secretary.taps(await secretary.sees("Sẽ gửi tới"), "Gửi tới")
    await lan.sees("Họp khối lúc 8 giờ thứ Hai")
    statuses = await asyncio.gather(*(process.leaves() for process in processes))
    assert statuses == [0, 0, 0]
    for process in processes:
        assert " ERROR " not in process.log, process.log


async def test_two_on_one_token_disturb_each_other_and_nobody_else(
    telegram: LocalTelegram, installed: Installation, run: Run
) -> None:
    first, second = await run(name="first"), await run(name="second")
    await first.says("running")
    await second.says("running")
    lan = await member(telegram, installed)
    for number in range(4):
        await asks(lan, f"{QUESTION} ({number})")
    for process in (first, second):
        assert process.lives, process.log
    assert len([message for message in await lan.screen() if message.from_bot]) == 4, "each is answered once"
    assert "another process polls with this token" in first.log + second.log
    assert [await first.leaves(), await second.leaves()] == [0, 0]


# -- other roads ---------------------------------------------------------------------------------------------


async def test_by_webhook_and_back_to_polling(telegram: LocalTelegram, installed: Installation, run: Run) -> None:
    port = free_port()
    hook = {
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook/here",
        "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "WEBHOOK_SECRET": "a-secret-of-the-hook",
    }
    await telegram.faults(down=True)
    by_hook = await run(name="hook", **hook)
    await by_hook.says("the webhook is not set yet")
    await telegram.faults(down=False)
    lan = await member(telegram, installed)
    await asks(lan)
    forged = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": lan.id, "type": "private"}}}
    async with aiohttp.ClientSession() as somebody:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}):
            async with somebody.post(hook["WEBHOOK_URL"], json=forged, headers=headers) as answer:
                assert answer.status == 403
        good = {"X-Telegram-Bot-Api-Secret-Token": hook["WEBHOOK_SECRET"]}
        async with somebody.post(hook["WEBHOOK_URL"], data=b"[1", headers=good) as answer:
            assert answer.status == 400
    assert await by_hook.leaves() == 0
    await lan.says("Hạn nộp báo cáo sơ kết 6 tháng?")
    polling = await run(name="polling")
    await lan.sees("19/6/2026")
    assert "a webhook was set: it is removed" in polling.log
    assert await polling.leaves() == 0
    assert "a-secret-of-the-hook" not in by_hook.log + polling.log


@asynccontextmanager
async def proxy(port: int) -> AsyncIterator[list[str]]:
    """An HTTP proxy that knows CONNECT; yields the addresses it was asked for."""
    asked: list[str] = []

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        address = head.split()[1].decode()
        asked.append(address)
        host, _, to = address.rpartition(":")
        there_reader, there_writer = await asyncio.open_connection(host, int(to))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield asked
    finally:
        server.close()


async def test_a_proxy_that_is_dead_is_waited_for(telegram: LocalTelegram, installed: Installation, run: Run) -> None:
    port = free_port()
    process = await run(PROXY=f"http://user:proxy-password@127.0.0.1:{port}")
    lan = await member(telegram, installed)
    await lan.says(QUESTION)
    await process.says("receiving waits", times=2)
    async with proxy(port) as asked:
        await lan.sees(ANSWER)
        assert asked and set(asked) == {telegram.url.removeprefix("http://")}
        assert await process.leaves() == 0
    assert "proxy-password" not in process.log and "Traceback" not in process.log, process.log


# -- groups --------------------------------------------------------------------------------------------------


async def test_in_a_group_it_answers_members_who_ask_it_and_nobody_else(
    telegram: LocalTelegram, installed: Installation, run: Run
) -> None:
    await run()
    lan, stranger = await member(telegram, installed), await telegram.person("Người lạ")
    group = int((await telegram.post("groups", {"title": "Khối", "members": [lan.id, stranger.id]}))["id"])

    async def says(phone: Phone, text: str) -> None:
        await telegram.post(f"chats/{group}/send", {"from": phone.id, "text": text})

    async def replies() -> list[str]:
        found = await telegram.get(f"chats/{group}/messages", viewer=lan.id)
        return [m["text"] for m in found["messages"] if m["from_bot"] and not m.get("service")]

    async def hears(number: int) -> str:
        async with asyncio.timeout(60):
            while len(found := await replies()) < number:  # noqa: ASYNC110 - a group has no phone to watch
                await asyncio.sleep(0.1)
        assert len(found) == number
        return found[-1]

    await asks(lan)  # alone with the bot; now it also knows its own name
    await says(stranger, f"/hoi@ThiDuaMauBot {QUESTION}")
    await says(stranger, f"@ThiDuaMauBot {QUESTION}")
    await says(lan, "Chào cả nhà")
    await says(lan, f"/hoi@OtherBot {QUESTION}")
    await says(lan, f"/hoi@ThiDuaMauBot {QUESTION}")
    assert ANSWER in await hears(1)
    await says(lan, "@ThiDuaMauBot hạn nộp báo cáo sơ kết 6 tháng?")
    assert "19/6/2026" in await hears(2)
