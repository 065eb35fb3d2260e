"""A conversation as a transcript: the real Dispatcher, real storage, no network and no mocks of aiogram's types.

await chat.says("/tudanhgia")
step = chat.sees("TC1.6")
await chat.taps(step, "Tốt")
"""

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.methods import (
    AnswerCallbackQuery,
    CopyMessage,
    DeleteMessage,
    DeleteMyCommands,
    EditMessageReplyMarkup,
    EditMessageText,
    SendDocument,
    SendMessage,
    SendPhoto,
    SetMyCommands,
)
from aiogram.types import InlineKeyboardMarkup

from bot.actions import parse
from bot.buttons.ask import OpenAnswer
from bot.buttons.questions import RateAnswer
from bot.clock import FixedCalendar
from bot.domain.files import Attachment, AttachmentState
from bot.domain.people import Role
from bot.inbound.handling import Handling
from bot.usecases.ports.inbox import InboxRow, RawUpdate
from bot.words import strip
from handlers.desk import Desk
from handlers.routing import build_dispatcher
from storage.fsm import TalkStorage
from storage.inbox import SqlInbox
from storage.store import Store

TOKEN = "12345:TEST"
BOT_ID = 12345


@dataclass
class Seen:
    """A message as it stands on the person's screen now."""

    chat_id: int
    message_id: int
    html: str
    keyboard: InlineKeyboardMarkup | None = None
    edited: bool = False
    document: Any = None

    @property
    def text(self) -> str:
        return strip(self.html)

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> callback data."""
        if self.keyboard is None:
            return {}
        return {b.text: b.callback_data or b.url or "" for row in self.keyboard.inline_keyboard for b in row}

    @property
    def leading_on(self) -> dict[str, str]:
        """The same without the row in which an answer is rated."""
        return {text: data for text, data in self.buttons.items() if not isinstance(parse(data), RateAnswer)}

    @property
    def own_buttons(self) -> dict[str, str]:
        """What leads on for this person: neither rating the answer nor reading another line."""
        return {text: data for text, data in self.leading_on.items() if not isinstance(parse(data), OpenAnswer)}

    def button(self, label: str) -> str:
        """The data of the button whose label holds `label`."""
        exact = [data for text, data in self.buttons.items() if text == label]
        found = exact or [data for text, data in self.buttons.items() if label in text]
        assert found, f"no button {label!r} among {list(self.buttons)} under:\n{self.text}"
        return found[0]


@dataclass
class World:
    """The bot's own side: one store, one Dispatcher, a calendar that stands still."""

    store: Store
    now: datetime
    username: str = "ThiDuaBot"
    updates: Any = field(default_factory=lambda: itertools.count(1))
    messages: Any = field(default_factory=lambda: itertools.count(1000))
    menus: dict[Any, dict[str, str]] = field(default_factory=dict)  # by chat id: command -> description

    def __post_init__(self) -> None:
        self.calendar = FixedCalendar(self.now)
        self.inbox = SqlInbox(self.store.engine)
        self.restart()

    def restart(self) -> None:
        """What a new process has: nothing but the database."""
        self.bot = Bot(TOKEN)
        self.desk = Desk(build_dispatcher(TalkStorage()), self.bot)
        self.handling = Handling(self.store, self.desk, self.calendar)

    def at(self, now: datetime) -> None:
        """Move the calendar."""
        self.calendar.moment = now

    def person(self, telegram_id: int, name: str, *roles: tuple[str | None, Role], language: str = "vi") -> "Chat":
        """Somebody with a phone; with roles: a member already."""
        if roles:
            with self.store.work(self.calendar.now()) as work:
                person = work.people.add(telegram_id, name, language)
                for unit, role in roles:
                    work.people.join(person.id, unit, role, None)
        return Chat(self, telegram_id, name)


class Chat:
    """One person's private chat with the bot."""

    def __init__(self, world: World, user_id: int, name: str) -> None:
        self.world, self.user_id, self.name = world, user_id, name
        self.shown: list[Seen] = []
        self.notices: list[str] = []

    # -- what the person does ------------------------------------------------------------------------------

    async def says(self, text: str, **extra: Any) -> list[Seen]:
        """Type a message; returns what the bot said to it."""
        entities = []
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return await self._message({"text": text, "entities": entities, **extra})

    async def taps(self, message: Seen, label: str) -> list[Seen]:
        return await self.sends_data(message.button(label), message)

    async def sends_data(self, data: str, message: Seen | None = None) -> list[Seen]:
        """Tap a button by its data: an old one, a forwarded one, a guessed one."""
        under = message or Seen(self.user_id, 1, "…")
        return await self._update(
            {
                "callback_query": {
                    "id": str(next(self.world.updates)),
                    "from": self._user(),
                    "chat_instance": "1",
                    "data": data,
                    "message": {
                        "message_id": under.message_id,
                        "date": int(self.world.calendar.now().timestamp()),
                        "chat": {"id": self.user_id, "type": "private", "first_name": self.name},
                        "from": {"id": BOT_ID, "is_bot": True, "first_name": "bot"},
                        "text": under.text or "…",
                        **({"reply_markup": under.keyboard.model_dump(exclude_none=True)} if under.keyboard else {}),
                    },
                }
            }
        )

    async def sends_photo(self, *, content: bytes, caption: str = "", album: str = "") -> list[Seen]:
        """The same for a photo, which has no name."""
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        size = {"file_unique_id": digest[:12], "width": 90, "height": 90}
        sizes = [{"file_id": f"S{digest[:20]}", "file_size": 90, **size}]
        sizes.append({"file_id": f"P{digest[:20]}", "file_size": len(content), **size})
        message: dict[str, Any] = {"photo": sizes}
        if caption:
            message["caption"] = caption
        if album:
            message["media_group_id"] = album
        return await self._message(message, digest=digest)

    async def sends_file(
        self, name: str, *, content: bytes = b"%PDF-1.4 test", caption: str = "", album: str = ""
    ) -> list[Seen]:
        """Send a document whose bytes the inbound room has fetched already, as far as the rules let it."""
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        message: dict[str, Any] = {
            "document": {
                "file_id": f"F{digest[:20]}",
                "file_unique_id": digest[:12],
                "file_name": name,
                "mime_type": "application/pdf",
                "file_size": len(content),
            }
        }
        if caption:
            message["caption"] = caption
        if album:
            message["media_group_id"] = album
        return await self._message(message, digest=digest)

    # -- what the person sees --------------------------------------------------------------------------------

    def sees(self, *parts: str) -> Seen:
        """The newest message that holds every part."""
        for message in reversed(self.shown):
            if all(part in message.text for part in parts):
                return message
        raise AssertionError(
            f"nobody said {parts!r}; on the screen:\n" + "\n---\n".join(m.text for m in self.shown[-3:])
        )

    def sees_not(self, part: str) -> None:
        assert all(part not in message.text for message in self.shown), f"{part!r} is on the screen"

    def sees_notice(self, part: str) -> str:
        """The newest notice over the chat holds `part`."""
        assert self.notices and part in self.notices[-1], f"notices: {self.notices[-3:]}"
        return self.notices[-1]

    @property
    def last(self) -> Seen:
        return self.shown[-1]

    async def is_shown(self) -> str:
        """What this person gets after a restart for an update that was handled and perhaps never answered."""
        import asyncio

        body = {"message_id": 1, "date": 0, "chat": {"id": self.user_id, "type": "private"}, "from": self._user()}
        row = InboxRow(1, 1, self.user_id, json.dumps({"update_id": 1, "message": {**body, "text": "x"}}), 0)
        replies = await asyncio.to_thread(self.world.handling.current, row)
        return strip(str(replies[0].text))

    # -- inside ------------------------------------------------------------------------------------------------

    def _user(self) -> dict[str, Any]:
        return {"id": self.user_id, "is_bot": False, "first_name": self.name, "language_code": "vi"}

    async def _message(self, body: dict[str, Any], digest: str = "") -> list[Seen]:
        message = {
            "message_id": next(self.world.messages),
            "date": int(self.world.calendar.now().timestamp()),
            "chat": {"id": self.user_id, "type": "private", "first_name": self.name},
            "from": self._user(),
            **body,
        }
        return await self._update({"message": message}, digest)

    async def _update(self, body: dict[str, Any], digest: str = "") -> list[Seen]:
        import asyncio

        update_id = next(self.world.updates)
        raw = {"update_id": update_id, **body}
        row = self.world.inbox.add(BOT_ID, [RawUpdate(update_id, self.user_id, json.dumps(raw))])[0]
        replies = await asyncio.to_thread(self._handle, row, digest)
        await asyncio.to_thread(self.world.inbox.answered, [row.id])
        return [seen for reply in replies if (seen := self._show(reply)) is not None]

    def _handle(self, row: InboxRow, digest: str) -> Any:
        planned = self.world.handling.plan(row)
        if planned is not None and not isinstance(planned, Attachment):
            planned = Attachment(
                AttachmentState.STORED,
                planned.name,
                planned.size or 0,
                planned.media_type,
                planned.telegram_file_id,
                planned.caption,
                planned.album,
                digest or "0" * 64,
                planned.sent_as,
            )
        return self.world.handling.handle(row, planned)

    def _show(self, reply: Any) -> Seen | None:
        match reply:
            case SendMessage():
                return self._new(reply.chat_id, _said(reply.text), reply.reply_markup)
            case SendDocument() | SendPhoto():  # a file may come without a caption
                assert len(strip(reply.caption or "")) <= 1024
                seen = self._new(reply.chat_id, reply.caption or "", reply.reply_markup)
                seen.document = getattr(reply, "document", None) or getattr(reply, "photo", None)
                return seen
            case CopyMessage():
                return self._new(reply.chat_id, "(copy)", reply.reply_markup)
            case EditMessageText():
                for message in self.shown:
                    if message.message_id == reply.message_id:
                        message.html, message.keyboard, message.edited = reply.text or "", reply.reply_markup, True
                        self.shown.remove(message)
                        self.shown.append(message)
                        return message
                return self._new(reply.chat_id, _said(reply.text), reply.reply_markup)
            case EditMessageReplyMarkup():
                for message in self.shown:
                    if message.message_id == reply.message_id:
                        message.keyboard = reply.reply_markup
                        return message
                return None
            case DeleteMessage():
                self.shown = [m for m in self.shown if m.message_id != reply.message_id]
                return None
            case AnswerCallbackQuery():
                if reply.text:
                    self.notices.append(reply.text)
                return None
            case SetMyCommands():
                names = {command.command: command.description for command in reply.commands}
                self.world.menus[getattr(reply.scope, "chat_id", 0)] = names
                return None
            case DeleteMyCommands():
                self.world.menus.pop(getattr(reply.scope, "chat_id", 0), None)
                return None
        raise AssertionError(f"the tester does not know {type(reply).__name__}")

    def _new(self, chat_id: Any, html: str, markup: Any) -> Seen:
        assert int(chat_id) == self.user_id, "a handler answers only the chat that spoke"
        keyboard = markup if isinstance(markup, InlineKeyboardMarkup) else None
        seen = Seen(self.user_id, next(self.world.messages), html, keyboard)
        for label, data in seen.buttons.items():
            assert (label and len(data.encode()) <= 64) or data.startswith("http"), f"button {label!r}: {data!r}"
        assert len(strip(html)) <= 4096
        self.shown.append(seen)
        return seen


def _said(text: str | None) -> str:
    """A message's own text, which is never empty."""
    assert text and strip(text)
    return text
