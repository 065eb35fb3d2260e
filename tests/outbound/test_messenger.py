"""What Telegram says becomes one of a few outcomes: the real messenger against the sandbox, and its fake beside it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from bot.domain.sending import (
    Bug,
    Delivered,
    Media,
    MediaKind,
    Moved,
    Outcome,
    Outgoing,
    Refusal,
    Refused,
    Stopped,
    Ticket,
    Unsure,
    Wait,
)
from bot.outbound.messenger import Messenger
from bot.pace import Pace
from tests.outbound import fake
from tests.sandbox.driver import TOKEN, Town

HELLO = Outgoing("Xin chào <b>anh/chị</b>", ((("Đã nhận", "1:bk:1"),),))
FAST = 1000.0


class End(Protocol):
    """One side of the contract: a messenger, and a Telegram that can be put into every mood."""

    pace: Pace

    async def person(self, *, started: bool = True) -> int: ...
    async def block(self, person: int) -> None: ...
    async def lose_next_answer(self) -> None: ...
    async def answer_502(self) -> None: ...
    async def flood(self, seconds: int) -> None: ...
    async def refuse_strangely(self) -> None: ...
    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome: ...
    async def received(self, person: int) -> int: ...


class RealEnd:
    def __init__(self, town: Town, messenger: Messenger, pace: Pace) -> None:
        self.town, self.messenger, self.pace = town, messenger, pace

    async def person(self, *, started: bool = True) -> int:
        return await self.town.person("Hoa", started=started)

    async def block(self, person: int) -> None:
        await self.town.act(person, "block")

    async def lose_next_answer(self) -> None:
        await self.town.faults(lost_answer={"times": 1, "methods": ["sendMessage"]})

    async def answer_502(self) -> None:
        await self.town.faults(server_error={"code": 502, "times": 1})

    async def flood(self, seconds: int) -> None:
        await self.town.faults(flood={"retry_after": seconds, "times": 1})

    async def refuse_strangely(self) -> None:
        await self.town.faults(unknown_bad_request={"times": 1})

    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        return await self.messenger.send(chat_id, message, ticket)

    async def received(self, person: int) -> int:
        return sum(message["from_bot"] for message in await self.town.shows(person))


class FakeEnd:
    def __init__(self, pace: Pace) -> None:
        self.pace, self.messenger = pace, fake.FakeMessenger(pace)
        self.people = 100

    async def person(self, *, started: bool = True) -> int:
        self.people += 1
        if not started:
            self.messenger.chats[self.people] = fake.UNREACHABLE
        return self.people

    async def block(self, person: int) -> None:
        self.messenger.chats[person] = fake.BLOCKED

    async def lose_next_answer(self) -> None:
        self.messenger.faults.append(fake.LOST)

    async def answer_502(self) -> None:
        self.messenger.faults.append(fake.AWAY)

    async def flood(self, seconds: int) -> None:
        self.messenger.faults.append(Wait(seconds, "Too Many Requests", everyone=True))

    async def refuse_strangely(self) -> None:
        self.messenger.faults.append(fake.WRONG)

    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        return await self.messenger.send(chat_id, message, ticket)

    async def received(self, person: int) -> int:
        return len(self.messenger.phones.get(person, []))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    built = await Town.build()
    yield built
    await built.close()


@pytest.fixture(params=["sandbox", "fake"])
async def end(request: pytest.FixtureRequest) -> AsyncIterator[End]:
    pace = Pace(rate=FAST)
    if request.param == "fake":
        yield FakeEnd(pace)
        return
    built = await Town.build()
    messenger = Messenger(TOKEN, built.sandbox.url, None, pace)
    await messenger.open()
    yield RealEnd(built, messenger, pace)
    await messenger.close()
    await built.close()


# -- the contract ----------------------------------------------------------------------------------------


async def test_what_arrives_is_delivered_with_its_number(end: End) -> None:
    person = await end.person()
    ticket = Ticket()
    outcome = await end.send(person, HELLO, ticket)
    assert isinstance(outcome, Delivered) and outcome.message_id > 0
    assert ticket.left
    assert await end.received(person) == 1


async def test_a_lost_answer_is_unsure_and_the_message_is_there(end: End) -> None:
    person = await end.person()
    await end.lose_next_answer()
    assert isinstance(await end.send(person, HELLO), Unsure)
    assert await end.received(person) == 1


async def test_a_502_did_not_take_effect_and_waits(end: End) -> None:
    person = await end.person()
    await end.answer_502()
    outcome = await end.send(person, HELLO)
    assert isinstance(outcome, Wait) and not outcome.everyone and outcome.seconds > 0
    assert await end.received(person) == 0


async def test_a_429_waits_as_long_as_telegram_says_and_holds_everybody(end: End) -> None:
    person = await end.person()
    await end.flood(7)
    outcome = await end.send(person, HELLO)
    assert isinstance(outcome, Wait) and outcome.everyone and outcome.seconds == 7
    assert 6 < end.pace.paused_for <= 7
    assert await end.received(person) == 0


async def test_who_has_blocked_the_bot_is_named_so(end: End) -> None:
    person = await end.person()
    await end.block(person)
    outcome = await end.send(person, HELLO)
    assert isinstance(outcome, Refused) and outcome.kind is Refusal.BLOCKED and outcome.reason


async def test_who_never_started_the_bot_is_unreachable(end: End) -> None:
    outcome = await end.send(await end.person(started=False), HELLO)
    assert isinstance(outcome, Refused) and outcome.kind is Refusal.UNREACHABLE and outcome.reason


async def test_a_refusal_that_nobody_knows_is_our_bug_and_not_the_members_fault(end: End) -> None:
    person = await end.person()
    await end.refuse_strangely()
    assert isinstance(await end.send(person, HELLO), Bug)
    assert isinstance(await end.send(person, HELLO), Delivered)


# -- the real one alone ----------------------------------------------------------------------------------


@pytest.fixture
async def messenger(town: Town) -> AsyncIterator[Messenger]:
    made = Messenger(TOKEN, town.sandbox.url, None, Pace(rate=FAST))
    await made.open()
    yield made
    await made.close()


async def test_text_keeps_its_formatting_and_its_buttons(town: Town, messenger: Messenger) -> None:
    person = await town.person("Hoa")
    await messenger.send(person, HELLO)
    shown = (await town.shows(person))[-1]
    assert shown["html"] == "Xin chào <b>anh/chị</b>"
    assert shown["keyboard"] == [[{"text": "Đã nhận", "data": "1:bk:1"}]]


async def test_photos_and_documents_go_out_by_their_id_with_a_caption(town: Town, messenger: Messenger) -> None:
    person = await town.person("Hoa")
    await town.uploads(person, ("cong-van.pdf", b"%PDF-1.4 x"), caption="gốc")
    update = (await town.drain())[-1]
    file_id = update["message"]["document"]["file_id"]
    outcome = await messenger.send(person, Outgoing("<i>kèm lời</i>", (), Media(MediaKind.DOCUMENT, file_id)))
    assert isinstance(outcome, Delivered)
    shown = (await town.shows(person))[-1]
    assert shown["from_bot"] and shown["document"]["name"] == "cong-van.pdf" and "kèm lời" in shown["caption"]


async def test_a_group_that_became_a_supergroup_has_moved(town: Town, messenger: Messenger) -> None:
    person = await town.person("Hoa")
    group = await town.group(person)
    new = await town.post(f"groups/{group}/migrate")
    outcome = await messenger.send(group, HELLO)
    assert isinstance(outcome, Moved) and outcome.new_chat_id != group
    assert str(outcome.new_chat_id) in str(new)


async def test_a_token_that_telegram_does_not_know_stops_everything_and_is_not_in_the_reason(town: Town) -> None:
    person = await town.person("Hoa")
    stranger = Messenger("999:WRONG", town.sandbox.url, None, Pace(rate=FAST))
    await stranger.open()
    outcome = await stranger.send(person, HELLO)
    assert isinstance(outcome, Stopped) and "WRONG" not in outcome.reason
    await stranger.close()


async def test_what_never_left_waits() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    nobody = Messenger(TOKEN, f"http://127.0.0.1:{port}", None, Pace(rate=FAST))
    await nobody.open()
    assert isinstance(await nobody.send(7, HELLO), Wait)
    await nobody.close()


async def test_a_proxy_that_is_away_means_that_nothing_left(town: Town) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for scheme in ("http", "socks5"):
        made = Messenger(TOKEN, town.sandbox.url, f"{scheme}://127.0.0.1:{port}", Pace(rate=FAST))
        await made.open()
        assert isinstance(await made.send(7, HELLO), Wait), scheme
        await made.close()


async def test_messages_go_through_an_http_proxy(town: Town) -> None:
    """A forward proxy gets the whole address in the request line."""
    asked: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"ok":true}')
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    made = Messenger(TOKEN, town.sandbox.url, f"http://127.0.0.1:{port}", Pace(rate=FAST))
    await made.open()
    outcome = await made.send(7, HELLO)
    await made.close()
    server.close()
    await server.wait_closed()
    assert asked and asked[0].startswith(f"POST {town.sandbox.url}/bot")
    assert isinstance(outcome, Unsure)  # an answer without a result tells nothing


async def test_editing_shows_the_new_text_and_the_same_text_again_does_no_harm(
    town: Town, messenger: Messenger
) -> None:
    person = await town.person("Hoa")
    sent = await messenger.send(person, Outgoing("1/3"))
    assert isinstance(sent, Delivered)
    for _ in range(2):
        assert await messenger.edit(person, sent.message_id, Outgoing("2/3")) == Delivered(sent.message_id)
    assert (await town.shows(person))[-1]["text"] == "2/3"


async def test_a_text_that_telegram_cannot_read_is_our_bug(town: Town, messenger: Messenger) -> None:
    person = await town.person("Hoa")
    assert isinstance(await messenger.send(person, Outgoing("<b>hở")), Bug)


async def test_giving_up_before_the_turn_has_come_leaves_nothing_in_doubt(town: Town) -> None:
    pace = Pace(rate=FAST)
    made = Messenger(TOKEN, town.sandbox.url, None, pace)
    await made.open()
    pace.pause_for(60)
    ticket = Ticket()
    task = asyncio.ensure_future(made.send(7, HELLO, ticket))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not ticket.left
    await made.close()


async def test_the_token_and_what_was_written_reach_no_log(
    town: Town, messenger: Messenger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = await town.person("Hoa")
    await messenger.send(person, Outgoing("chim hoàng yến"))
    await town.faults(unknown_bad_request={"times": 1})
    await messenger.send(person, Outgoing("chim hoàng yến"))
    ours = [r for r in caplog.records if not r.name.startswith(("aiohttp", "asyncio", "bot.sandbox", "tests"))]
    text = "\n".join(record.getMessage() for record in ours)
    assert TOKEN not in text and "chim hoàng yến" not in text
