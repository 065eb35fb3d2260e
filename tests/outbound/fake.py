"""A messenger without a network that keeps the real one's promises; test_messenger.py holds both to them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.sending import (
    Bug,
    Delivered,
    Outcome,
    Outgoing,
    Refusal,
    Refused,
    Stopped,
    Ticket,
    Unsure,
    Wait,
)
from bot.pace import Lane, Pace


@dataclass
class FakeMessenger:
    """`phones` holds what arrived, by chat. Faults are queues of outcomes, one a send; `chats` those of one chat."""

    pace: Pace
    phones: dict[int, list[Outgoing]] = field(default_factory=dict)
    faults: list[Outcome] = field(default_factory=list)
    chats: dict[int, Outcome] = field(default_factory=dict)
    edits: list[tuple[int, int, Outgoing]] = field(default_factory=list)
    gate: asyncio.Event | None = None  # closed: what has left does not come back
    on_send: Callable[[int], None] | None = None
    number: int = 0
    tries: int = 0

    async def send(self, chat_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        ticket = ticket or Ticket()
        await self.pace.turn(chat_id, Lane.BROADCAST)
        ticket.left = True
        self.tries += 1
        outcome = self._answer(chat_id)
        if isinstance(outcome, Delivered | Unsure):
            self.phones.setdefault(chat_id, []).append(message)
        if self.on_send is not None:
            self.on_send(chat_id)
        if self.gate is not None:
            await self.gate.wait()
        return self._heeded(outcome)

    async def edit(self, chat_id: int, message_id: int, message: Outgoing, ticket: Ticket | None = None) -> Outcome:
        await self.pace.turn(chat_id, Lane.BROADCAST)
        self.edits.append((chat_id, message_id, message))
        return Delivered(message_id)

    def _answer(self, chat_id: int) -> Outcome:
        if self.faults:
            return self.faults.pop(0)
        if chat_id in self.chats:
            return self.chats[chat_id]
        self.number += 1
        return Delivered(self.number)

    def _heeded(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Wait) and outcome.everyone:
            self.pace.pause_for(outcome.seconds)
        return outcome

    @property
    def arrived(self) -> list[int]:
        """Chats, one entry a message."""
        return [chat for chat, messages in self.phones.items() for _ in messages]


BLOCKED = Refused(Refusal.BLOCKED, "Forbidden: bot was blocked by the user")
UNREACHABLE = Refused(Refusal.UNREACHABLE, "chat not found")
LOST = Unsure("the connection was cut")
FLOOD = Wait(7, "Too Many Requests", everyone=True)
AWAY = Wait(5, "HTTP 502")
REFUSED_TOKEN = Stopped("Unauthorized")
WRONG = Bug("something new")
