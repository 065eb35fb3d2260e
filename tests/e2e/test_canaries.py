"""What people wrote, and the token, stand in no log: canary strings are planted wherever people can write."""

import pytest

from bot.clock import real_now
from bot.domain.broadcast import Content
from bot.domain.people import Role
from bot.tour import LocalTelegram, Phone
from bot.usecases.people import CreateInvite
from tests.conftest import SPRING
from tests.e2e.conftest import TOKEN, Installation
from tests.e2e.operator import Operator, Process

CANARY = "KIMTUOC7391"  # letters that no way of writing changes
INCIDENT, QUOTED = f"{CANARY}-hong", f"{CANARY}-nhac-lai"

# The product with the troubles built in that would bring a person's words into an error's message.
TROUBLED = f'''
import json, sys, threading
from aiogram.exceptions import TelegramBadRequest
from bot.__main__ import main
from bot.inbound.session import Session
from bot.outbound import messenger
from bot.tasks import spawn
from bot.usecases.ask import Ask

asked, requested, sent = Ask.__call__, Session.make_request, messenger._Request.do_request

def ask(self, actor, question, words, **more):
    if "{INCIDENT}" in question:
        threading.Thread(target=fail_in_a_thread, args=(question,)).start()
        raise RuntimeError(question)
    return asked(self, actor, question, words, **more)

def fail_in_a_thread(text):
    raise LookupError(text)

async def fail(text):
    raise ValueError(text)

async def request(self, bot, method, timeout=None):
    text = getattr(method, "text", None) or ""
    if "{QUOTED}" in text:
        spawn(fail(text), "a background task")
        raise TelegramBadRequest(method=method, message="Bad Request: can't find end of " + text)
    return await requested(self, bot, method, timeout)

async def do_request(self, *args, **kwargs):
    data = kwargs.get("request_data") or args[2]
    if "{QUOTED}" in str(data.parameters):
        said = dict(ok=False, error_code=400, description="Bad Request: what is {QUOTED}")
        return 400, json.dumps(said).encode()
    return await sent(self, *args, **kwargs)

Ask.__call__, Session.make_request, messenger._Request.do_request = ask, request, do_request
sys.exit(main(["run"]))
'''


async def joins(telegram: LocalTelegram, installed: Installation, role: Role, unit: str | None) -> Phone:
    with installed.store.work(SPRING) as work:
        token = CreateInvite(work, real_now())(unit, role)
    phone = await telegram.person(f"{CANARY} {role.value}", f"{CANARY}_{role.value}")
    await phone.starts(token)
    await phone.sees("")
    return phone


async def writes_everywhere(telegram: LocalTelegram, installed: Installation, lan: Phone, secretary: Phone) -> None:
    """Questions, answers good and bad, files, explanations, a letter, a broadcast, forged buttons."""
    await lan.says(f"{CANARY} là gì?")
    answer = await lan.sees("")
    await lan.taps(answer, "Hỏi thư ký")
    await secretary.sees(CANARY)
    await lan.says(f"/{CANARY}")
    await lan.sees("")
    await lan.says("/tudanhgia")
    await lan.taps(await lan.sees("Tự chấm điểm"), "Bắt đầu")
    question = await lan.sees("👉")
    await lan.says(f"{CANARY} phần trăm")
    await lan.sees("")
    forged = {"from": lan.id, "message_id": question.id, "even_if_gone": True}
    for data in (f"1:gf:{CANARY}", f"1:gf:1:0:a:{CANARY}:0", CANARY):
        await telegram.post(f"chats/{lan.id}/tap", forged | {"data": data})
    await lan.sends_file(f"{CANARY}.pdf", b"%PDF-1.4 " + CANARY.encode() * 50, CANARY)
    await lan.sees("")
    await lan.says("/nop")
    await lan.sees("")
    await lan.says("/huy")
    await lan.sees("")
    await secretary.says("/thongbao")
    await secretary.sees("Thông báo")
    await secretary.says(f"{CANARY} họp lúc 8 giờ")
    preview = await secretary.sees("Sẽ gửi tới")
    queues_what_will_be_refused(installed, lan, secretary)
    await secretary.taps(preview, "Gửi tới")
    await lan.sees(f"{CANARY} họp lúc 8 giờ")


def queues_what_will_be_refused(installed: Installation, author: Phone, receiver: Phone) -> None:
    """A broadcast whose words stand in Telegram's refusal; the next thing that is queued brings it under way."""
    with installed.store.work(SPRING) as work:
        writes, reads = (work.people.by_telegram(phone.id) for phone in (author, receiver))
        assert writes is not None and reads is not None
        draft = work.broadcasts.write_draft(writes.id, Content(f"Xin nhắc lại {QUOTED}"))
        work.broadcasts.confirm(draft.id, draft.revision, chat_id=None, message_id=None)
        work.deliveries.broadcast(draft.id, [reads.id])


async def meets_trouble(telegram: LocalTelegram, lan: Phone, secretary: Phone, process: Process) -> None:
    """A handler, a thread and a task that fail, refusals that quote the text, a Telegram that is away."""
    await lan.says(f"Hạn nộp {INCIDENT}?")
    await lan.sees("mã sự cố")
    await secretary.says("/thongbao")  # a screen with the words of the latest broadcast
    await process.says("reply refused")
    await process.says("Telegram refused what was composed")
    await telegram.faults(unknown_bad_request={"times": 1})
    await lan.says(f"{CANARY} nữa")
    await process.says("reply refused", times=2)
    await telegram.faults(lost_answer={"times": 2})
    await telegram.faults(server_error={"code": 502, "times": 2})
    await lan.says("/trogiup")
    await lan.sees("/tudanhgia")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_no_canary_and_no_token_in_any_log(
    telegram: LocalTelegram, operator: Operator, installed: Installation, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.settings["LOG_LEVEL"] = level
    if level == "DEBUG":
        monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")  # asyncio shows the arguments of what is slow
    process = Process(operator, code=TROUBLED)
    try:
        await process.start()
        secretary = await joins(telegram, installed, Role.SECRETARY, None)
        lan = await joins(telegram, installed, Role.LIAISON, "VKS")
        await writes_everywhere(telegram, installed, lan, secretary)
        await meets_trouble(telegram, lan, secretary, process)
        assert await process.leaves() == 0
    finally:
        await process.is_gone()
    log = process.log
    for line in log.splitlines():
        assert CANARY.lower() not in line.lower(), line
        assert TOKEN not in line and TOKEN.partition(":")[2] not in line, line
    for trouble in ("update set aside", "builtins.RuntimeError", "builtins.ValueError", "builtins.LookupError"):
        assert trouble in log, f"the log tells of no {trouble}: {log}"
