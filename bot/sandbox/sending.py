"""Messages from the bot: send, edit, delete, copy, forward."""

from typing import Any

from bot.sandbox import markup
from bot.sandbox.entities import formatted
from bot.sandbox.errors import bad
from bot.sandbox.limits import DELETE_SECONDS, MESSAGES_AT_ONCE
from bot.sandbox.methods import Params, plays
from bot.sandbox.state import Message
from bot.sandbox.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_UNPLAYED = (
    *("business_connection_id", "direct_messages_topic_id", "message_thread_id", "inline_message_id"),
    *("message_effect_id", "suggested_post_parameters", "allow_paid_broadcast"),
)
ACTIONS = frozenset(
    {
        *("typing", "choose_sticker", "find_location"),
        *(f"upload_{kind}" for kind in ("photo", "video", "voice", "document", "video_note")),
        *(f"record_{kind}" for kind in ("video", "voice", "video_note")),
    }
)
MEDIA_KINDS = ("photo", "document", "video", "audio", "voice", "animation")


def refuse_unplayed(params: Params) -> None:
    """Parameters that belong to parts of Telegram the sandbox has not got."""
    for name in _UNPLAYED:
        if params.get(name):
            raise bad(f"parameter {name} is not played by the sandbox")


def text_content(params: Params) -> dict[str, Any]:
    """Checked `text` and `entities` of a request."""
    if not params["text"]:
        raise bad("message text is empty")
    text, entities = formatted(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise bad("text must be non-empty")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(params: Params) -> dict[str, Any]:
    """Checked `caption` and `caption_entities`; empty when there is none."""
    if not params.get("caption"):
        return {}
    text, entities = formatted(
        params["caption"], params.get("parse_mode"), params.get("caption_entities"), caption=True
    )
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def replied(world: World, chat: int, params: Params) -> int | None:
    """The message id that reply_parameters name, or 400."""
    reply = params.get("reply_parameters")
    if reply is None:
        return None
    if world.state.message(chat, reply["message_id"]) is None or reply.get("chat_id", chat) not in (chat, str(chat)):
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    number: int = reply["message_id"]
    return number


def deliver(world: World, chat: int, params: Params, content: dict[str, Any], **more: Any) -> Message:
    """Put the bot's message into a chat, with keyboard and reply."""
    inline, keyboard = markup.split(params.get("reply_markup"))
    reply_to = replied(world, chat, params)
    return world.post(
        chat, world.state.bot_id, content, markup=inline, reply_keyboard=keyboard, reply_to=reply_to, **more
    )


@plays("sendMessage")
def send_message(world: World, params: Params) -> dict[str, Any]:
    """One text."""
    refuse_unplayed(params)
    chat = world.state.writable_chat(params["chat_id"])
    return world.api(deliver(world, chat, params, text_content(params)))


@plays("sendChatAction")
def send_chat_action(world: World, params: Params) -> bool:
    """ "typing" and its like."""
    refuse_unplayed(params)
    if params["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = world.state.writable_chat(params["chat_id"])
    world.events.add("chat_action", chat=chat, action=params["action"])
    return True


def _own(world: World, params: Params) -> Message:
    """The bot's own message that an edit names."""
    refuse_unplayed(params)
    if "chat_id" not in params:
        raise bad("chat_id is empty")
    if "message_id" not in params:
        raise bad("message identifier is not specified")
    chat = world.state.writable_chat(params["chat_id"])
    message = world.state.message(chat, params["message_id"])
    if message is None:
        raise bad("message to edit not found")
    if not message.from_bot or message.service is not None or message.forward_origin is not None:
        raise bad("message can't be edited")
    return message


def _apply(world: World, message: Message, content: dict[str, Any], params: Params) -> dict[str, Any]:
    keyboard = markup.inline(params.get("reply_markup"))
    if content == message.content and keyboard == message.markup:
        raise bad(NOT_MODIFIED)
    if content != message.content:
        message.edit_date = max(world.now(), message.date)
    message.content = content
    message.markup = keyboard
    world.tell("edit", message)
    return world.api(message)


@plays("editMessageText")
def edit_text(world: World, params: Params) -> dict[str, Any]:
    """Another text, and another keyboard or none."""
    if "rich_message" in params:
        raise bad("parameter rich_message is not played by the sandbox")
    if "text" not in params:
        raise bad("message text is empty")
    message = _own(world, params)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _apply(world, message, text_content(params), params)


@plays("editMessageCaption")
def edit_caption(world: World, params: Params) -> dict[str, Any]:
    """Another caption under a file."""
    message = _own(world, params)
    if not any(kind in message.content for kind in MEDIA_KINDS):
        raise bad("there is no caption in the message to edit")
    kept = {k: v for k, v in message.content.items() if k not in ("caption", "caption_entities")}
    return _apply(world, message, kept | caption_content(params), params)


@plays("editMessageReplyMarkup")
def edit_markup(world: World, params: Params) -> dict[str, Any]:
    """Another keyboard or none."""
    message = _own(world, params)
    return _apply(world, message, message.content, params)


@plays("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    """Take one message away, within 48 hours."""
    chat = world.state.writable_chat(params["chat_id"])
    message = world.state.message(chat, params["message_id"])
    if message is None:
        raise bad("message to delete not found")
    _may_delete(world, message)
    world.remove(message)
    return True


@plays("deleteMessages")
def delete_messages(world: World, params: Params) -> bool:
    """Take up to 100 away; those not found are skipped."""
    _at_once(params)
    chat = world.state.writable_chat(params["chat_id"])
    found = [m for number in params["message_ids"] if (m := world.state.message(chat, number)) is not None]
    for message in found:
        _may_delete(world, message)
    for message in found:
        world.remove(message)
    return True


def _may_delete(world: World, message: Message) -> None:
    if world.calendar.now() - message.date > DELETE_SECONDS:
        raise bad("message can't be deleted for everyone")
    if message.service is not None or (message.chat in world.state.groups and not message.from_bot):
        raise bad("message can't be deleted")


def _at_once(params: Params) -> None:
    numbers = params["message_ids"]
    if not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MESSAGES_AT_ONCE:
        raise bad("too many message identifiers specified")


def _source(world: World, params: Params, number: int, verb: str) -> Message:
    chat = world.state.known_chat(params["from_chat_id"])
    message = world.state.message(chat, number)
    if message is None:
        raise bad(f"message to {verb} not found")
    if message.service is not None:
        raise bad(f"the message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def origin(world: World, message: Message) -> dict[str, Any]:
    """Where a forwarded message comes from."""
    if message.forward_origin is not None:
        return message.forward_origin
    sender = world.state.bot_api() if message.from_bot else world.state.users[message.from_id].api()
    return {"type": "user", "sender_user": sender, "date": message.date}


@plays("forwardMessage")
def forward_message(world: World, params: Params) -> dict[str, Any]:
    """One message, with its origin."""
    refuse_unplayed(params)
    if "video_start_timestamp" in params:
        raise bad("parameter video_start_timestamp is not played by the sandbox")
    chat = world.state.writable_chat(params["chat_id"])
    source = _source(world, params, params["message_id"], "forward")
    return world.api(_forward(world, chat, source))


def _forward(world: World, chat: int, source: Message) -> Message:
    return world.post(chat, world.state.bot_id, dict(source.content), forward_origin=origin(world, source))


@plays("forwardMessages")
def forward_messages(world: World, params: Params) -> list[dict[str, int]]:
    """Up to 100; those not found are skipped."""
    refuse_unplayed(params)
    chat = world.state.writable_chat(params["chat_id"])
    return [{"message_id": _forward(world, chat, m).id} for m in _sources(world, params, "forward")]


def _sources(world: World, params: Params, verb: str) -> list[Message]:
    _at_once(params)
    chat = world.state.known_chat(params["from_chat_id"])
    messages = [world.state.message(chat, number) for number in params["message_ids"]]
    found = [m for m in messages if m is not None and m.service is None]
    if not found:
        raise bad(f"there are no messages to {verb}")
    return found


@plays("copyMessage")
def copy_message(world: World, params: Params) -> dict[str, int]:
    """One message without its origin; a new caption if given."""
    refuse_unplayed(params)
    if "video_start_timestamp" in params:
        raise bad("parameter video_start_timestamp is not played by the sandbox")
    chat = world.state.writable_chat(params["chat_id"])
    content = dict(_source(world, params, params["message_id"], "copy").content)
    if "caption" in params and "text" not in content:
        content = _bare(content) | caption_content(params)
    return {"message_id": deliver(world, chat, params, content).id}


@plays("copyMessages")
def copy_messages(world: World, params: Params) -> list[dict[str, int]]:
    """Up to 100; those not found are skipped."""
    refuse_unplayed(params)
    chat = world.state.writable_chat(params["chat_id"])
    bare = params.get("remove_caption", False)
    contents = [dict(source.content) for source in _sources(world, params, "copy")]
    return [{"message_id": deliver(world, chat, {}, _bare(c) if bare else c).id} for c in contents]


def _bare(content: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in content.items() if k not in ("caption", "caption_entities")}
