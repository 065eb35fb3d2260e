"""What people do: write, tap, edit, forward, block; each becomes messages and updates."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.entities import detect
from bot.sandbox.errors import ControlRefusal, Refusal
from bot.sandbox.limits import CALLBACK_DATA_BYTES, CAPTION_CHARS, TEXT_CHARS
from bot.sandbox.media import content_of, keep, new_album_id
from bot.sandbox.schema import Upload
from bot.sandbox.sending import MEDIA_KINDS, origin
from bot.sandbox.state import Group, Message, User
from bot.sandbox.world import World


@dataclass(frozen=True)
class Attachment:
    """Files of one sending; `kind` is photo or document."""

    kind: str
    files: Sequence[Upload]


class People:
    """Moves of the people in a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    # who and where

    def user(self, user_id: object) -> User:
        """A person by id, or 404."""
        found = self.world.state.users.get(number(user_id))
        if found is None:
            raise ControlRefusal(404, "Không có người này.")
        if found.deactivated:
            raise ControlRefusal(409, "Tài khoản này đã bị xoá.")
        return found

    def group(self, chat: int) -> Group:
        """A group by id, or 404."""
        found = self.world.state.groups.get(chat)
        if found is None:
            raise ControlRefusal(404, "Không có nhóm này.")
        return found

    def speaker(self, chat: int, user_id: object) -> User:
        """The person, who must be in the chat."""
        user = self.user(user_id)
        if chat == user.id:
            return user
        group = self.group(chat)
        if group.migrated_to is not None:
            raise ControlRefusal(409, f"Nhóm đã chuyển thành {group.migrated_to}.")
        if user.id not in group.members:
            raise ControlRefusal(403, "Người này không ở trong nhóm.")
        return user

    def message(self, chat: int, message_id: object) -> Message:
        """A message that is still there, or 404."""
        found = self.world.state.message(chat, number(message_id))
        if found is None:
            raise ControlRefusal(404, "Không có tin nhắn này.")
        return found

    # moves

    def say(self, chat: int, user_id: object, text: object, reply_to: object = None) -> Message:
        """One text."""
        user = self._writer(chat, user_id)
        content = text_of(text)
        if reply_to is not None:
            self.message(chat, reply_to)
        message = self.world.post(chat, user.id, content, reply_to=None if reply_to is None else number(reply_to))
        self.world.hand_over("message", message)
        return message

    def attach(
        self, chat: int, user_id: object, attachment: Attachment, caption: object, reply_to: object = None
    ) -> list[Message]:
        """One file, or an album: separate messages with one media_group_id, the caption on the first."""
        user = self._writer(chat, user_id)
        if reply_to is not None:
            self.message(chat, reply_to)
        contents = [self._file(attachment.kind, upload) for upload in attachment.files]
        if caption:
            contents[0] |= caption_of(caption)
        album = new_album_id() if len(contents) > 1 else None
        replied = None if reply_to is None else number(reply_to)
        messages = [
            self.world.post(chat, user.id, content, media_group_id=album, reply_to=replied) for content in contents
        ]
        for message in messages:
            self.world.hand_over("message", message)
        return messages

    def _file(self, kind: str, upload: Upload) -> dict[str, Any]:
        try:
            return content_of(keep(self.world.state, kind, upload.name, upload.mime, upload.content))
        except Refusal as refusal:
            raise ControlRefusal(400, refusal.description) from None

    def _writer(self, chat: int, user_id: object) -> User:
        user = self.speaker(chat, user_id)
        if chat == user.id:
            if user.blocked:
                raise ControlRefusal(409, "Người này đang chặn bot; hãy bỏ chặn trước.")
            user.started = True
        return user

    def start(self, chat: int, user_id: object, payload: object = None) -> Message:
        """Press Start, perhaps through a link with a payload; lifts a block."""
        user = self.speaker(chat, user_id)
        if chat != user.id:
            raise ControlRefusal(400, "Chỉ bắt đầu được trong cuộc trò chuyện riêng.")
        if payload is not None and not _is_payload(payload):
            raise ControlRefusal(400, "Tham số start gồm tối đa 64 ký tự A-Za-z0-9_-.")
        self.unblock(chat, user.id)
        user.started = True
        return self.say(chat, user.id, f"/start {payload}" if payload else "/start")

    def edit(self, chat: int, user_id: object, message_id: object, text: object) -> Message:
        """Change the words of one's own message."""
        user = self._writer(chat, user_id)
        message = self.message(chat, message_id)
        if message.from_id != user.id or message.service or message.forward_origin:
            raise ControlRefusal(403, "Chỉ sửa được tin của chính mình.")
        if any(kind in message.content for kind in MEDIA_KINDS):
            kept = {k: v for k, v in message.content.items() if k not in ("caption", "caption_entities")}
            message.content = kept | (caption_of(text) if text else {})
        else:
            message.content = text_of(text)
        message.edit_date = max(self.world.now(), message.date)
        self.world.tell("edit", message)
        self.world.hand_over("edited_message", message)
        return message

    def forward(self, chat: int, user_id: object, from_chat: object, message_id: object) -> Message:
        """Forward a message one can see."""
        user = self._writer(chat, user_id)
        self.speaker(number(from_chat), user.id)
        source = self.message(number(from_chat), message_id)
        if source.service is not None:
            raise ControlRefusal(400, "Không chuyển tiếp được tin hệ thống.")
        message = self.world.post(chat, user.id, dict(source.content), forward_origin=origin(self.world, source))
        self.world.hand_over("message", message)
        return message

    def tap(self, chat: int, user_id: object, message_id: object, data: object, *, even_if_gone: bool) -> str:
        """Press a button under a message; with `even_if_gone` also one that is not shown (any more)."""
        user = self.speaker(chat, user_id)
        if chat == user.id and user.blocked:
            raise ControlRefusal(409, "Người này đang chặn bot; hãy bỏ chặn trước.")
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
            raise ControlRefusal(400, "data phải dài 1-64 byte.")
        message = self.world.state.chats.get(chat, {}).get(number(message_id))
        if message is None or not message.from_bot or (message.deleted and not even_if_gone):
            raise ControlRefusal(404, "Không có tin nhắn này.")
        if not even_if_gone and data not in _datas(message):
            raise ControlRefusal(409, "Nút này không còn trên tin nhắn.")
        query_id = str(secrets.randbelow(9 * 10**17) + 10**17)
        self.world.new_query(query_id, user.id, chat)
        body = {
            "id": query_id,
            "from": user.api(),
            "chat_instance": str(abs(chat) * 7919),
            "data": data,
            "message": self._tapped(message),
        }
        self.world.queue.push("callback_query", body)
        self.world.changed()
        return query_id

    def _tapped(self, message: Message) -> dict[str, Any]:
        if message.deleted:  # Telegram shows no content of what is gone
            return {"chat": self.world.state.chat_api(message.chat), "message_id": message.id, "date": 0}
        return self.world.state.message_api(message)

    def block(self, chat: int, user_id: object) -> None:
        """Stop the bot in the private chat."""
        user = self._private(chat, user_id)
        if not user.blocked:
            user.blocked = True
            self.world.membership(chat, user, "member", "kicked")
            self.world.events.add("blocked", user=user.id, blocked=True)

    def unblock(self, chat: int, user_id: object) -> None:
        """Let the bot write again."""
        user = self._private(chat, user_id)
        if user.blocked:
            user.blocked = False
            self.world.membership(chat, user, "kicked", "member")
            self.world.events.add("blocked", user=user.id, blocked=False)

    def _private(self, chat: int, user_id: object) -> User:
        user = self.speaker(chat, user_id)
        if chat != user.id:
            raise ControlRefusal(400, "Chỉ chặn được trong cuộc trò chuyện riêng.")
        return user


def _datas(message: Message) -> set[str]:
    rows = message.markup["inline_keyboard"] if message.markup else []
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}


def text_of(text: object) -> dict[str, Any]:
    """Content of a text a person typed."""
    if not isinstance(text, str) or not text.strip():
        raise ControlRefusal(400, "Tin nhắn trống.")
    text = text.strip()
    if len(text) > TEXT_CHARS:
        raise ControlRefusal(400, f"Tin nhắn dài quá {TEXT_CHARS} ký tự.")
    entities = detect(text)
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(caption: object) -> dict[str, Any]:
    """Caption fields of what a person typed under a file."""
    typed = text_of(caption)
    if len(typed["text"]) > CAPTION_CHARS:
        raise ControlRefusal(400, f"Chú thích dài quá {CAPTION_CHARS} ký tự.")
    return {{"text": "caption", "entities": "caption_entities"}[k]: v for k, v in typed.items()}


def number(value: object) -> int:
    """An id from JSON or a form."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    raise ControlRefusal(400, f"Cần một mã số, không phải {value!r}.")


def _is_payload(payload: object) -> bool:
    return (
        isinstance(payload, str)
        and len(payload) <= 64
        and all(c.isascii() and (c.isalnum() or c in "_-") for c in payload)
    )
