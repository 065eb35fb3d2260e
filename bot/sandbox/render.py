"""A message as the page shows it."""

from datetime import UTC, datetime
from typing import Any

from bot.sandbox.entities import to_html
from bot.sandbox.state import Message, State

MEDIA = ("document", "video", "audio", "voice", "animation")


def present(state: State, message: Message) -> dict[str, Any]:
    """The control API's MSG object."""
    content = message.content
    text = content.get("text", content.get("caption", ""))
    entities = content.get("entities", content.get("caption_entities", []))
    sender = state.bot_name if message.from_bot else state.users[message.from_id].name
    shown: dict[str, Any] = {
        "id": message.id,
        "chat": message.chat,
        "from_bot": message.from_bot,
        "from": {"id": message.from_id, "name": sender},
        "date": datetime.fromtimestamp(message.date, UTC).isoformat().replace("+00:00", "Z"),
        "edited": message.edit_date is not None,
        "html": to_html(text, entities),
        "text": text,
    }
    if "caption" in content:
        shown["caption"] = content["caption"]
    shown |= _media(content)
    if message.media_group_id is not None:
        shown["media_group_id"] = message.media_group_id
    if message.markup is not None:
        shown["keyboard"] = [[_button(b) for b in row] for row in message.markup["inline_keyboard"]]
    if message.reply_keyboard is not None:
        shown["reply_keyboard"] = [[{"text": text} for text in row] for row in message.reply_keyboard]
    if message.reply_to is not None:
        shown["reply_to"] = message.reply_to
    if message.forward_origin is not None:
        shown["forwarded_from"] = _origin(message.forward_origin)
    if message.deleted:
        shown["deleted"] = True
    if message.service is not None:
        shown["service"] = message.service
    return shown


def _media(content: dict[str, Any]) -> dict[str, Any]:
    if "photo" in content:
        return {"photo": {"url": f"/sandbox/files/{content['photo'][-1]['file_unique_id']}"}}
    for kind in MEDIA:
        if kind in content:
            file = content[kind]
            return {
                "document": {
                    "name": file.get("file_name", kind),
                    "size": file.get("file_size", 0),
                    "url": f"/sandbox/files/{file['file_unique_id']}",
                }
            }
    return {}


def _button(button: dict[str, Any]) -> dict[str, Any]:
    shown = {"text": button["text"]}
    if "callback_data" in button:
        shown["data"] = button["callback_data"]
    if "url" in button:
        shown["url"] = button["url"]
    return shown


def _origin(origin: dict[str, Any]) -> str:
    user = origin.get("sender_user")
    if user is None:
        return str(origin.get("sender_user_name", ""))
    return " ".join(part for part in (user.get("first_name"), user.get("last_name")) if part)
