"""One budget for both libraries. Time is virtual: what is measured is exact, and nothing waits."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, GetUpdates, SendChatAction, SendMessage, TelegramMethod
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inbound.paced import PacedRequests
from bot.pace import GROUP, LONGEST_PAUSE, Lane, Pace, answers_tap, draws
from tests.outbound.virtual import virtually

NOON = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)


class Memory:
    """What outlives the process."""

    def __init__(self, until: datetime | None = None) -> None:
        self.until = until

    def load(self) -> datetime | None:
        return self.until

    def save(self, until: datetime) -> None:
        self.until = until


class Line:
    """Sends and remembers when each message left, in seconds since the start."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.start = asyncio.get_running_loop().time()
        self.left: list[tuple[float, int | str | None, Lane]] = []

    async def send(self, chat_id: int | str | None, lane: Lane = Lane.REPLY) -> None:
        await self.pace.turn(chat_id, lane)
        self.left.append((asyncio.get_running_loop().time() - self.start, chat_id, lane))

    async def all(self, *sends: tuple[int | str | None, Lane]) -> None:
        await asyncio.gather(*(self.send(chat, lane) for chat, lane in sends))

    @property
    def times(self) -> list[float]:
        return [moment for moment, _, _ in self.left]

    def of(self, chat_id: int | str | None) -> list[float]:
        return [moment for moment, chat, _ in self.left if chat == chat_id]


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= moment < start + seconds - 1e-6 for moment in times) for start in times)


def test_messages_are_spaced_evenly_and_never_burst() -> None:
    async def story() -> list[float]:
        line = Line(Pace(rate=25))
        await line.all(*((chat, Lane.BROADCAST) for chat in range(1, 101)))
        return line.times

    times = virtually(story())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) > 0.0399 and max(gaps) < 0.0401
    assert most_within(times, 1.0) == 25


def test_a_private_chat_gets_one_message_a_second() -> None:
    async def story() -> list[float]:
        line = Line(Pace())
        await line.all(*[(7, Lane.REPLY)] * 4)
        return line.times

    assert virtually(story()) == pytest.approx([0, 1, 2, 3], abs=0.05)


def test_a_group_gets_twenty_a_minute_and_others_do_not_wait_for_it() -> None:
    async def story() -> Line:
        line = Line(Pace())
        await line.all(*[(-100, Lane.REPLY)] * 45, *((chat, Lane.BROADCAST) for chat in range(1, 31)))
        return line

    line = virtually(story())
    group = line.of(-100)
    assert len(group) == 45
    assert most_within(group, 60.0) == 20
    assert group[20] >= GROUP[1]
    assert max(moment for moment, chat, _ in line.left if chat != -100) < 3  # behind the group's first twenty only


def test_a_chat_that_is_not_free_does_not_hold_up_the_others() -> None:
    async def story() -> Line:
        line = Line(Pace())
        await line.all(*[(7, Lane.BROADCAST)] * 5, (8, Lane.BROADCAST), (9, Lane.BROADCAST))
        return line

    line = virtually(story())
    assert line.of(8)[0] < 0.2 and line.of(9)[0] < 0.2
    assert [chat for _, chat, _ in line.left].count(7) == 5


def test_replies_go_before_a_broadcast_that_was_there_first() -> None:
    async def story() -> Line:
        line = Line(Pace())
        many = asyncio.gather(*(line.send(chat, Lane.BROADCAST) for chat in range(1, 201)))
        await asyncio.sleep(1.01)
        asked = asyncio.get_running_loop().time() - line.start
        await line.all(*((chat, Lane.REPLY) for chat in range(1001, 1006)))
        line.left = [(moment - asked, chat, lane) for moment, chat, lane in line.left if lane is Lane.REPLY]
        many.cancel()
        await asyncio.gather(many, return_exceptions=True)
        return line

    assert max(virtually(story()).times) < 6 * 0.04


def test_a_broadcast_still_moves_under_a_flood_of_replies() -> None:
    async def story() -> Counter[Lane]:
        line = Line(Pace())
        sends = [(chat, Lane.REPLY) for chat in range(1, 501)] + [(chat, Lane.BROADCAST) for chat in range(501, 551)]
        await line.all(*sends)
        return Counter(lane for moment, _, lane in line.left if moment < 10)

    lanes = virtually(story())
    assert lanes[Lane.BROADCAST] >= 20
    assert lanes[Lane.REPLY] >= 8 * lanes[Lane.BROADCAST]


def test_an_answer_to_a_tap_goes_first_and_belongs_to_no_chat() -> None:
    async def story() -> Line:
        line = Line(Pace())
        await line.all(*((chat, Lane.REPLY) for chat in range(1, 51)), *[(None, Lane.REPLY)] * 3)
        return line

    assert [chat for _, chat, _ in virtually(story()).left][:3] == [None] * 3


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_end_it() -> None:
    async def story() -> Line:
        memory = Memory()
        pace = Pace(memory, now=lambda: NOON)
        line = Line(pace)
        await line.send(1)
        pace.pause(NOON + timedelta(seconds=30))
        pace.pause(NOON + timedelta(seconds=5))
        await line.all((2, Lane.BROADCAST), (3, Lane.REPLY), (None, Lane.REPLY))
        return line

    line = virtually(story())
    assert line.times[0] < 0.01
    assert all(moment >= 30 for moment in line.times[1:])


def test_a_pause_that_comes_while_others_wait_holds_them_too() -> None:
    async def story() -> list[float]:
        pace = Pace(now=lambda: NOON)
        line = Line(pace)
        sends = asyncio.gather(*(line.send(chat, Lane.BROADCAST) for chat in range(1, 11)))
        await asyncio.sleep(0.1)
        pace.pause_for(10)
        await sends
        return line.times

    times = virtually(story())
    assert len([moment for moment in times if moment < 10]) == 3
    assert len([moment for moment in times if moment >= 10]) == 7


async def test_a_pause_outlives_the_process() -> None:
    memory = Memory()
    first = Pace(memory, now=lambda: NOON)
    first.pause_for(20)
    for _ in range(100):
        if memory.until:
            break
        await asyncio.sleep(0.01)
    assert memory.until == NOON + timedelta(seconds=20)

    second = Pace(memory, now=lambda: NOON + timedelta(seconds=5))
    await second.recall()
    assert 14 < second.paused_for <= 15


async def test_a_clock_that_was_wrong_when_the_pause_was_written_does_not_silence_the_bot_for_ever() -> None:
    pace = Pace(Memory(NOON + timedelta(days=400)), now=lambda: NOON)
    await pace.recall()
    assert pace.paused_for <= LONGEST_PAUSE.total_seconds()


def test_whoever_gives_up_waiting_leaves_the_place_to_the_others() -> None:
    async def story() -> Line:
        line = Line(Pace())
        await line.send(7)
        waiting = [asyncio.ensure_future(line.send(7)) for _ in range(3)]
        await asyncio.sleep(0.5)
        waiting[0].cancel()
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return line

    assert virtually(story()).of(7) == pytest.approx([0, 1], abs=0.05)


def test_a_turn_that_came_in_the_moment_of_giving_up_is_given_back() -> None:
    async def story() -> float:
        pace = Pace()
        first = asyncio.ensure_future(pace.turn(7))
        for _ in range(5):  # until the turn has come and `first` has not run yet
            if pace._chats.get(7):
                break
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        start = asyncio.get_running_loop().time()
        await pace.turn(7)
        return asyncio.get_running_loop().time() - start

    assert virtually(story()) < 0.1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2, 3, -10, None]),
            st.sampled_from([Lane.REPLY, Lane.BROADCAST]),
            st.floats(0, 3),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_no_order_of_arrivals_and_cancellations_breaks_a_limit(
    arrivals: list[tuple[int | None, Lane, float, bool]],
) -> None:
    async def story() -> Line:
        line = Line(Pace())

        async def arrive(chat: int | None, lane: Lane, after: float, gives_up: bool) -> None:
            await asyncio.sleep(after)
            if not gives_up:
                await line.send(chat, lane)
                return
            task = asyncio.ensure_future(line.pace.turn(chat, lane))
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        await asyncio.gather(*(arrive(*one) for one in arrivals))
        return line

    line = virtually(story())
    assert len(line.left) == sum(not gives_up for *_, gives_up in arrivals)
    if line.left:
        assert most_within(line.times, 1.0) <= 25
    for chat in (1, 2, 3):
        assert not line.of(chat) or most_within(line.of(chat), 1.0) == 1
    assert not line.of(-10) or most_within(line.of(-10), 60.0) <= 20


def test_what_counts_is_what_telegram_counts() -> None:
    assert all(
        draws(name)
        for name in ("sendMessage", "sendPhoto", "sendDocument", "editMessageText", "copyMessage", "forwardMessage")
    )
    free = ("getUpdates", "getFile", "getMe", "sendChatAction", "setMyCommands", "answerCallbackQuery", "deleteMessage")
    assert not any(draws(name) for name in free)
    assert answers_tap("answerCallbackQuery")


# -- aiogram's side --------------------------------------------------------------------------------------


class Counting(Pace):
    def __init__(self) -> None:
        super().__init__(now=lambda: NOON)
        self.asked: list[tuple[int | str | None, Lane]] = []

    async def turn(self, chat_id: int | str | None, lane: Lane = Lane.REPLY) -> None:
        self.asked.append((chat_id, lane))


async def through(pace: Pace, method: TelegramMethod[Any], error: Exception | None = None) -> None:
    async def make_request(bot: Bot, method: TelegramMethod[Any]) -> object:
        if error:
            raise error
        return True

    await PacedRequests(pace)(make_request, Bot("12345:TEST"), method)


async def test_aiogram_asks_for_a_turn_only_for_what_counts() -> None:
    pace = Counting()
    await through(pace, SendMessage(chat_id=7, text="a"))
    await through(pace, AnswerCallbackQuery(callback_query_id="1"))
    await through(pace, SendChatAction(chat_id=7, action="typing"))
    await through(pace, GetUpdates())
    assert pace.asked == [(7, Lane.REPLY), (None, Lane.REPLY)]


async def test_a_429_to_aiogram_holds_everybody_and_reaches_the_caller() -> None:
    pace = Counting()
    method = SendMessage(chat_id=7, text="a")
    with pytest.raises(TelegramRetryAfter):
        await through(pace, method, TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=11))
    assert 10 < pace.paused_for <= 11
