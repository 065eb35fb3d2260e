"""Processor time per question and per assessment step, beside a bare aiogram echo against the same kind of server.

Aim: a question at most 4 times, a step at most 6 times an echo; at least 50 steps a second at `synchronous=FULL`.
The whole process is measured from outside; the split into HTTP, database and ours comes from a second, inner run.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

from benchmarks.harness import TOKEN, Subject, opened, phones, prepare, subject
from bot.tour import Phone, Shown, act, usual_move

PEOPLE = 8  # one a unit of the sample
QUESTIONS = (
    "Cải cách hành chính xếp loại khá thì được mấy điểm?",
    "han nop bao cao so ket 6 thang la ngay nao",
    "Khối trưởng năm nay là đơn vị nào?",
    "tiêu chí chuyển đổi số tối đa bao nhiêu điểm",
    "nộp muộn 2 ngày thì bị trừ mấy điểm",
)
ROUNDS = 12
STEPS = 25


@dataclass
class Cost:
    """Processor milliseconds of one unit of work."""

    echo_text: float = 0.0
    echo_tap: float = 0.0
    question: float = 0.0
    step: float = 0.0
    inner: dict[str, dict[str, float]] = field(default_factory=dict)


async def measure() -> Cost:
    """One run of everything, a bot at a time."""
    cost = Cost()
    async with subject("echo") as echo:
        people = await phones(echo, PEOPLE)
        await ask_all(people, 2)  # warm
        cost.echo_text = 1000 * await echo.cost(lambda: ask_all(people, ROUNDS))
        cost.echo_tap = 1000 * await echo.cost(lambda: taps(echo, people, ROUNDS))
    async with subject("thidua") as ours:
        people = await phones(ours, PEOPLE)
        await ask_all(people, 2)
        await ours.settles()
        cost.question = 1000 * await ours.cost(lambda: ask_all(people, ROUNDS))
        screens = await asyncio.gather(*(begin(phone) for phone in people))
        cost.step = 1000 * await ours.cost(lambda: fill_all(people, screens))
    cost.inner = await asyncio.to_thread(inner)
    return cost


async def ask_all(people: list[Phone], rounds: int) -> int:
    """Everybody asks, and waits for the answer; returns how many questions."""

    async def one(phone: Phone, shift: int) -> None:
        for n in range(rounds):
            await phone.says(QUESTIONS[(n + shift) % len(QUESTIONS)])
            await phone.sees("")

    await asyncio.gather(*(one(phone, shift) for shift, phone in enumerate(people)))
    return len(people) * rounds


async def taps(subject: Subject, people: list[Phone], rounds: int) -> int:
    """Taps on the bot's last message: one answer to the tap and one message each."""

    async def one(phone: Phone) -> None:
        last = [m for m in await phone.screen() if m.from_bot][-1]
        for n in range(rounds):
            body = {"from": phone.id, "message_id": last.id, "data": f"tap {n}", "even_if_gone": True}
            await subject.telegram.post(f"chats/{phone.id}/tap", body)
            await phone.sees("")

    await asyncio.gather(*(one(phone) for phone in people))
    return len(people) * rounds


async def begin(phone: Phone) -> Shown:
    """Open the form; the first question is on the screen afterwards."""
    await phone.says("/tudanhgia")
    overview = await phone.sees("Tự chấm điểm")
    await phone.taps(overview, "Bắt đầu")
    return await phone.sees("👉")


async def fill_all(people: list[Phone], screens: list[Shown]) -> int:
    """Everybody makes so many steps: answers, evidence, moving on."""

    async def one(phone: Phone, screen: Shown) -> None:
        for _ in range(STEPS):
            move = usual_move(screen)
            assert move is not None, screen.text
            await act(phone, screen, move)
            screen = await phone.sees("")

    await asyncio.gather(*(one(p, s) for p, s in zip(people, screens, strict=True)))
    return len(people) * STEPS


# -- the inner run: no network, the same transactions ------------------------------------------------------------


class Stopwatch:
    """Processor time that this thread spends inside the database driver."""

    def __init__(self, engine: Any) -> None:
        self.seconds, self._began = 0.0, 0.0
        for before, after in (("before_cursor_execute", "after_cursor_execute"),):
            event.listen(engine, before, self._start)
            event.listen(engine, after, self._stop)
        self._commit = engine.dialect.do_commit
        engine.dialect.do_commit = self._timed_commit

    def _start(self, *_: Any) -> None:
        self._began = time.thread_time()

    def _stop(self, *_: Any) -> None:
        self.seconds += time.thread_time() - self._began

    def _timed_commit(self, connection: Any) -> None:
        began = time.thread_time()
        self._commit(connection)
        self.seconds += time.thread_time() - began


def inner() -> dict[str, dict[str, float]]:
    """Milliseconds per question and step: whole handling, database, the rest; and steps a second on the wall clock."""
    with tempfile.TemporaryDirectory(prefix="thidua-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        prepare(folder)
        with opened(folder) as store:
            return _inner(store)


def _inner(store: Any) -> dict[str, dict[str, float]]:
    from datetime import UTC, datetime

    from aiogram import Bot

    from bot.clock import FixedCalendar
    from bot.domain.people import Role
    from bot.inbound.handling import Handling
    from bot.usecases.ports.inbox import RawUpdate
    from handlers.desk import Desk
    from handlers.routing import build_dispatcher
    from storage.fsm import TalkStorage
    from storage.inbox import SqlInbox

    moment = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
    with store.work(moment) as work:
        for n, unit in enumerate(work.bloc.units):
            person = work.people.add(7000 + n, f"Người {n}", "vi")
            work.people.join(person.id, unit.code, Role.LIAISON, None)
    bot = Bot(TOKEN)
    handling = Handling(store, Desk(build_dispatcher(TalkStorage()), bot), FixedCalendar(moment))
    inbox = SqlInbox(store.engine)
    watch = Stopwatch(store.engine)
    numbers = iter(range(1, 10**6))

    handled = (0.0, 0.0, 0.0)

    def send(user: int, body: Callable[[int], dict[str, Any]]) -> Any:
        number = next(numbers)
        raw = {"update_id": number, **body(number)}
        row = inbox.add(bot.id, [RawUpdate(number, user, json.dumps(raw))])[0]
        nonlocal handled
        wall, cpu, database = time.perf_counter(), time.thread_time(), watch.seconds
        replies = handling.handle(row, None)
        handled = (time.perf_counter() - wall, time.thread_time() - cpu, watch.seconds - database)
        return replies

    chat = Talker(send)
    return {"question": chat.questions(lambda: handled), "step": chat.steps(lambda: handled)}


class Talker:
    """Plays the same people without a network."""

    def __init__(self, send: Callable[[int, Callable[[int], dict[str, Any]]], Any]) -> None:
        self._send = send

    def _says(self, user: int, text: str) -> Any:
        return self._send(user, lambda n: {"message": {**_message(user, n), "text": text, **_entities(text)}})

    def _taps(self, user: int, data: str) -> Any:
        return self._send(
            user,
            lambda n: {
                "callback_query": {
                    "id": str(n),
                    "from": _user(user),
                    "chat_instance": "1",
                    "data": data,
                    "message": {**_message(user, 1), "from": {"id": 1, "is_bot": True, "first_name": "b"}, "text": "…"},
                }
            },
        )

    def questions(self, last: Callable[[], tuple[float, float, float]]) -> dict[str, float]:
        for warm in range(3):
            self._says(7000, QUESTIONS[warm])
        rows = []
        for n in range(200):
            self._says(7000 + n % PEOPLE, QUESTIONS[n % len(QUESTIONS)])
            rows.append(last())
        return _summary(rows)

    def steps(self, last: Callable[[], tuple[float, float, float]]) -> dict[str, float]:
        rows = []
        for user in range(7000, 7000 + PEOPLE):
            screen = _as_shown(self._says(user, "/tudanhgia"))
            screen = _as_shown(self._taps(user, screen.data("Bắt đầu") or ""))
            for _ in range(STEPS):
                move = usual_move(screen)
                assert move is not None, screen.text
                replies = self._taps(user, screen.data(move.tap) or "") if move.tap else self._says(user, move.text)
                rows.append(last())
                screen = _as_shown(replies)
        return _summary(rows)


def _summary(rows: list[tuple[float, float, float]]) -> dict[str, float]:
    wall = sum(row[0] for row in rows) / len(rows)
    cpu = sum(row[1] for row in rows) / len(rows)
    database = sum(row[2] for row in rows) / len(rows)
    return {
        "handling ms": 1000 * cpu,
        "database ms": 1000 * database,
        "ours and aiogram ms": 1000 * (cpu - database),
        "a second": 1 / wall,
    }


def _user(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "Người", "language_code": "vi"}


def _message(user: int, number: int) -> dict[str, Any]:
    chat = {"id": user, "type": "private", "first_name": "Người"}
    return {"message_id": number, "date": 1780279200, "chat": chat, "from": _user(user)}


def _entities(text: str) -> dict[str, Any]:
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]} if text[0] == "/" else {}


def _as_shown(replies: Any) -> Shown:
    from bot.words import strip

    shown = [reply for reply in replies if hasattr(reply, "text") and hasattr(reply, "reply_markup")][-1]
    rows = shown.reply_markup.inline_keyboard if shown.reply_markup else []
    buttons = {button.text: button.callback_data or "" for row in rows for button in row}
    return Shown(1, strip(shown.text), buttons, True, False)


def main() -> None:
    cost = asyncio.run(measure())
    print("processor milliseconds          ours     echo    ratio")
    print(
        f"question                    {cost.question:8.2f} {cost.echo_text:8.2f} {cost.question / cost.echo_text:8.2f}"
    )
    print(f"assessment step             {cost.step:8.2f} {cost.echo_tap:8.2f} {cost.step / cost.echo_tap:8.2f}")
    for name, whole in (("question", cost.question), ("step", cost.step)):
        part = cost.inner[name]
        http = whole - part["handling ms"]
        print(
            f"{name}: HTTP, inbox and sending {http:.2f}, database {part['database ms']:.2f}, "
            f"ours and aiogram {part['ours and aiogram ms']:.2f}; {part['a second']:.0f} a second in one thread, FULL"
        )


if __name__ == "__main__":
    main()
