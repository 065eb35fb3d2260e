"""The sandbox's one world: state, calendar, queue, events and faults together, and the moves that touch several."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiogram.types import Message as ApiMessage

from bot.sandbox.calendar import MovedCalendar
from bot.sandbox.events import EventLog
from bot.sandbox.faults import Faults
from bot.sandbox.limits import QUERY_SECONDS, RateLimiter
from bot.sandbox.render import present
from bot.sandbox.state import Group, Message, State, User
from bot.sandbox.updates import UpdateQueue


@dataclass
class Query:
    """A tap the bot may still answer; `asked` is monotonic seconds."""

    user: int
    chat: int
    asked: float
    answered: bool = False


@dataclass
class Hook:
    """Where updates are posted to; `last_error` is (seconds since the epoch, words)."""

    url: str = ""
    secret: str | None = None
    max_connections: int = 40
    last_error: tuple[int, str] | None = None

    def set(self, url: str, secret: str | None, max_connections: int) -> None:
        """Another address, or none with ""."""
        self.url, self.secret, self.max_connections = url, secret, max_connections
        self.last_error = None


@dataclass
class World:
    """Shared by the Bot API, the control API and the webhook."""

    state: State
    calendar: MovedCalendar
    limiter: RateLimiter
    monotonic: Callable[[], float] = time.monotonic
    faults: Faults = field(default_factory=Faults)
    events: EventLog = field(default_factory=EventLog)
    queries: dict[str, Query] = field(default_factory=dict)
    hook: Hook = field(default_factory=Hook)
    changed: Callable[[], None] = lambda: None
    closing: bool = False
    queue: UpdateQueue = field(init=False)

    def __post_init__(self) -> None:
        self.queue = UpdateQueue(lambda: self.faults.duplicate_updates)

    def close(self) -> None:
        """Let go everybody who waits."""
        self.closing = True
        self.queue.close()
        self.events.close()

    def now(self) -> int:
        """Whole seconds by the moved calendar."""
        return int(self.calendar.now())

    def post(self, chat: int, sender: int, content: dict[str, Any], **more: Any) -> Message:
        """Put a new message into a chat and tell the pages."""
        message = Message(
            id=self.state.new_message_id(chat),
            chat=chat,
            from_id=sender,
            from_bot=sender == self.state.bot_id,
            date=self.now(),
            content=content,
            **more,
        )
        self.state.add_message(message)
        self.tell("message", message)
        return message

    def tell(self, kind: str, message: Message) -> None:
        """An event about a message."""
        self.events.add(kind, chat=message.chat, message=present(self.state, message))
        self.changed()

    def remove(self, message: Message) -> None:
        """Take a message away from everybody."""
        message.deleted = True
        self.events.add("delete", chat=message.chat, message_id=message.id)
        self.changed()

    def api(self, message: Message) -> dict[str, Any]:
        """A message the way the Bot API shows it."""
        model = ApiMessage.model_validate(self.state.message_api(message))
        return model.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def hand_over(self, kind: str, message: Message) -> None:
        """An update about a message, unless group privacy keeps it from the bot."""
        if self.sees(message):
            self.queue.push(kind, self.state.message_api(message))
            self.changed()

    def sees(self, message: Message) -> bool:
        """Privacy mode: in groups the bot is given commands, mentions of it, replies to it and service messages."""
        group = self.state.groups.get(message.chat)
        if group is None:
            return True
        if group.bot != "member":
            return False
        if message.service is not None:
            return True
        if message.reply_to is not None:
            original = self.state.message(message.chat, message.reply_to)
            if original is not None and original.from_bot:
                return True
        return any(self._calls_the_bot(message, entity) for entity in _entities(message))

    def _calls_the_bot(self, message: Message, entity: dict[str, Any]) -> bool:
        text = message.content.get("text") or message.content.get("caption") or ""
        units = text.encode("utf-16-le")
        begin = entity["offset"] * 2
        word = units[begin : begin + entity["length"] * 2].decode("utf-16-le", "replace").lower()
        own = "@" + self.state.bot_username.lower()
        if entity["type"] == "bot_command":
            return "@" not in word or word.endswith(own)
        return entity["type"] == "mention" and word == own

    def membership(self, chat: int, by: User, old: str, new: str) -> None:
        """A my_chat_member update."""
        body = {
            "chat": self.state.chat_api(chat),
            "from": by.api(),
            "date": self.now(),
            "old_chat_member": self.bot_member(old),
            "new_chat_member": self.bot_member(new),
        }
        self.queue.push("my_chat_member", body)
        self.changed()

    def bot_member(self, status: str) -> dict[str, Any]:
        """The bot as a ChatMember of this status."""
        member: dict[str, Any] = {"status": status, "user": self.state.bot_api()}
        return member | ({"until_date": 0} if status == "kicked" else {})

    def new_query(self, query_id: str, user: int, chat: int) -> None:
        """Remember a tap, and forget those nobody can answer any more."""
        limit = self.monotonic() - 2 * QUERY_SECONDS
        self.queries = {k: q for k, q in self.queries.items() if q.asked >= limit}
        self.queries[query_id] = Query(user, chat, self.monotonic())

    def group_of(self, chat: int) -> Group | None:
        """The group with this id."""
        return self.state.groups.get(chat)


def _entities(message: Message) -> list[dict[str, Any]]:
    found = message.content.get("entities") or message.content.get("caption_entities") or []
    return list(found)
