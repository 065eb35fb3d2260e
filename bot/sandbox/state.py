"""What the sandbox remembers: people, groups, messages and files."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.errors import bad, forbidden

FIRST_USER = 5_000_000_001  # beyond 32 bits, as real ids are by now
FIRST_GROUP = -4_200_000_001
FIRST_SUPERGROUP = -1_002_100_000_001


@dataclass
class User:
    """A person; the private chat with the bot has the same id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "vi"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def api(self) -> dict[str, Any]:
        """As a Bot API User."""
        return _given(
            id=self.id,
            is_bot=False,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        )


@dataclass
class Group:
    """A group or supergroup; `bot` is member, kicked or left."""

    id: int
    type: str
    title: str
    members: list[int]
    bot: str = "member"
    migrated_to: int | None = None
    migrated_from: int | None = None


@dataclass
class Message:
    """A message of any chat; `content` holds its Bot API content fields (text, photo, ...)."""

    id: int
    chat: int
    from_id: int  # the bot's own id when from_bot
    from_bot: bool
    date: int  # seconds since the epoch, by the moved calendar
    content: dict[str, Any]
    edit_date: int | None = None
    reply_to: int | None = None
    markup: dict[str, Any] | None = None
    reply_keyboard: list[list[str]] | None = None
    forward_origin: dict[str, Any] | None = None
    media_group_id: str | None = None
    service: str | None = None
    deleted: bool = False


@dataclass
class StoredFile:
    """One file; `kind` is photo, document, video, audio, voice or animation."""

    unique_id: str
    file_id: str
    kind: str
    name: str
    mime: str
    size: int  # bytes
    path: str  # what getFile answers
    width: int = 0
    height: int = 0


@dataclass
class State:
    """Everything that a snapshot keeps, apart from the update queue."""

    bot_id: int
    bot_username: str
    bot_name: str
    folder: Path | None = None
    users: dict[int, User] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    chats: dict[int, dict[int, Message]] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    commands: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    next_message: int = 1
    next_supergroup_message: dict[int, int] = field(default_factory=dict)
    _bytes: dict[str, bytes] = field(default_factory=dict)

    # people and chats

    def bot_api(self) -> dict[str, Any]:
        """The bot as a Bot API User."""
        return {"id": self.bot_id, "is_bot": True, "first_name": self.bot_name, "username": self.bot_username}

    def add_user(self, first_name: str, last_name: str | None, username: str | None, language: str) -> User:
        """A new person who has not started the bot yet."""
        user = User(FIRST_USER + len(self.users), first_name, last_name, username, language)
        self.users[user.id] = user
        return user

    def add_group(self, title: str, members: list[int], *, supergroup: bool) -> Group:
        """A new group that the bot is a member of."""
        group = Group(self._free_group_id(supergroup), "supergroup" if supergroup else "group", title, members)
        self.groups[group.id] = group
        return group

    def _free_group_id(self, supergroup: bool) -> int:
        found = FIRST_SUPERGROUP if supergroup else FIRST_GROUP
        while found in self.groups:
            found -= 1
        return found

    def chat_api(self, chat_id: int) -> dict[str, Any]:
        """The chat as a Bot API Chat."""
        if chat_id in self.groups:
            group = self.groups[chat_id]
            return {"id": group.id, "type": group.type, "title": group.title}
        user = self.users[chat_id]
        return _given(
            id=user.id,
            type="private",
            first_name=user.first_name,
            last_name=user.last_name,
            username=user.username,
        )

    def known_chat(self, chat_id: int | str) -> int:
        """The id of a chat the bot may know, or 400; says where a migrated group went."""
        if isinstance(chat_id, str):
            if not chat_id.lstrip("-").isdigit():
                raise bad("chat not found")
            chat_id = int(chat_id)
        if chat_id in self.groups:
            moved = self.groups[chat_id].migrated_to
            if moved is not None:
                raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=moved)
            return chat_id
        if chat_id in self.users:
            return chat_id
        raise bad("chat not found")

    def writable_chat(self, chat_id: int | str) -> int:
        """The id of a chat the bot may write to, or 400/403."""
        known = self.known_chat(chat_id)
        if known in self.groups:
            group = self.groups[known]
            where = "supergroup" if group.type == "supergroup" else "group"
            if group.bot == "kicked":
                raise forbidden(f"bot was kicked from the {where} chat")
            if group.bot == "left":
                raise forbidden(f"bot is not a member of the {where} chat")
            return known
        user = self.users[known]
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")
        return known

    # messages

    def add_message(self, message: Message) -> Message:
        """Keep a message under the id it already has."""
        self.chats.setdefault(message.chat, {})[message.id] = message
        return message

    def new_message_id(self, chat_id: int) -> int:
        """Supergroups count for themselves; private chats and plain groups share the bot's counter."""
        if chat_id in self.groups and self.groups[chat_id].type == "supergroup":
            number = self.next_supergroup_message.get(chat_id, 1)
            self.next_supergroup_message[chat_id] = number + 1
            return number
        self.next_message += 1
        return self.next_message - 1

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """A message that is still there."""
        found = self.chats.get(chat_id, {}).get(message_id)
        return None if found is None or found.deleted else found

    def message_api(self, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
        """As a Bot API Message; the message it replies to is shown one level deep."""
        sender = self.bot_api() if message.from_bot else self.users[message.from_id].api()
        out = _given(
            message_id=message.id,
            date=message.date,
            chat=self.chat_api(message.chat),
            edit_date=message.edit_date,
            reply_markup=message.markup,
            forward_origin=message.forward_origin,
            media_group_id=message.media_group_id,
        )
        out["from"] = sender
        if with_reply and message.reply_to is not None:
            original = self.message(message.chat, message.reply_to)
            if original is not None:
                out["reply_to_message"] = self.message_api(original, with_reply=False)
        return out | message.content

    # files

    def add_file(self, kind: str, name: str, mime: str, content: bytes, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Keep bytes; the ids stay the same for ever and fit Telegram's alphabet."""
        digest = hashlib.sha256(f"{len(self.files)}/{kind}/{name}/".encode() + content).digest()
        unique = "AgAD" + base64.urlsafe_b64encode(digest[:12]).decode().rstrip("=")
        file_id = "BQACAgUAAxkB" + base64.urlsafe_b64encode(digest[:30] + kind.encode()).decode().rstrip("=")
        suffix = Path(name).suffix[:12] or (".jpg" if kind == "photo" else "")
        folder = kind if kind in ("music", "voice") else f"{kind}s"
        path = f"{folder}/file_{len(self.files)}{suffix if suffix.isascii() else ''}"
        stored = StoredFile(unique, file_id, kind, name, mime, len(content), path, *size)
        self.files[unique] = stored
        self._keep(unique, content)
        return stored

    def file_by_id(self, file_id: str) -> StoredFile | None:
        """The file that a file_id names."""
        return next((f for f in self.files.values() if f.file_id == file_id), None)

    def file_by_path(self, path: str) -> StoredFile | None:
        """The file that a file_path names."""
        return next((f for f in self.files.values() if f.path == path), None)

    def content(self, unique_id: str) -> bytes:
        """The bytes of a file."""
        if unique_id not in self._bytes and self.folder is not None:
            return (self.folder / unique_id).read_bytes()
        return self._bytes[unique_id]

    def _keep(self, unique_id: str, content: bytes) -> None:
        if self.folder is None:
            self._bytes[unique_id] = content
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / unique_id).write_bytes(content)

    # snapshot

    def snapshot(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "users": [asdict(user) for user in self.users.values()],
            "groups": [asdict(group) for group in self.groups.values()],
            "messages": [asdict(m) for chat in self.chats.values() for m in chat.values()],
            "files": [asdict(file) for file in self.files.values()],
            "commands": self.commands,
            "profile": self.profile,
            "next_message": self.next_message,
            "next_supergroup_message": {str(k): v for k, v in self.next_supergroup_message.items()},
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` gave."""
        self.users = {user["id"]: User(**user) for user in saved["users"]}
        self.groups = {group["id"]: Group(**group) for group in saved["groups"]}
        for item in saved["messages"]:
            self.add_message(Message(**item))
        self.files = {file["unique_id"]: StoredFile(**file) for file in saved["files"]}
        self.commands = saved["commands"]
        self.profile = saved["profile"]
        self.next_message = saved["next_message"]
        self.next_supergroup_message = {int(k): v for k, v in saved["next_supergroup_message"].items()}


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
