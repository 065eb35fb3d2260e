"""What a handler gives back: Telegram methods to send after the commit, not awaited by it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from aiogram.enums import ParseMode
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    SendAnimation,
    SendAudio,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendVideo,
    TelegramMethod,
)
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)

from bot.words import Words, within

Replies: TypeAlias = list[TelegramMethod[Any]]
MOST_NOTICE = 200  # characters of a notice over a tapped button
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Screen:
    """One message as a person sees it. `text` is Telegram HTML."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


def say(chat_id: int, screen: Screen | str, *, reply_to: int | None = None) -> SendMessage:
    """A new message."""
    screen = Screen(screen) if isinstance(screen, str) else screen
    return SendMessage(
        chat_id=chat_id,
        text=within(screen.text),
        reply_markup=screen.keyboard,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_parameters=ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None,
    )


def put(query: CallbackQuery, screen: Screen, notice: str | None = None, *, alert: bool = False) -> Replies:
    """Answer a tap and show `screen` in place of the message that was tapped (a new one where it is out of reach)."""
    answer = AnswerCallbackQuery(
        callback_query_id=query.id, text=notice[:MOST_NOTICE] if notice else None, show_alert=alert
    )
    if not isinstance(query.message, Message):
        return [answer, say(query.from_user.id, screen)]
    return [
        answer,
        EditMessageText(
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            text=within(screen.text),
            reply_markup=screen.keyboard,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
        ),
    ]


def hand_back(chat_id: int, sent_as: str, file_id: str, caption: str) -> TelegramMethod[Any]:
    """A file that somebody sent, as what it was sent: Telegram takes its id for nothing else. `caption` is plain."""
    match sent_as:
        case "photo":
            return SendPhoto(chat_id=chat_id, photo=file_id, caption=caption, parse_mode=None)
        case "video":
            return SendVideo(chat_id=chat_id, video=file_id, caption=caption, parse_mode=None)
        case "audio":
            return SendAudio(chat_id=chat_id, audio=file_id, caption=caption, parse_mode=None)
        case "animation":
            return SendAnimation(chat_id=chat_id, animation=file_id, caption=caption, parse_mode=None)
    return SendDocument(chat_id=chat_id, document=file_id, caption=caption, parse_mode=None)


def hand_over(
    query: CallbackQuery, unit: str, code: str, title: str, sent_as: str, file_id: str, words: Words
) -> Replies:
    """A file of a unit's form to whoever tapped for it, from Telegram's own store."""
    caption = words.plain("assessment.file-caption", unit=unit, code=code, title=title).strip()
    return [query.answer(), hand_back(query.from_user.id, sent_as, file_id, caption[:1024])]


def notify(query: CallbackQuery, text: str, *, alert: bool = False) -> AnswerCallbackQuery:
    """A notice over the chat, at most MOST_NOTICE characters, plain text."""
    return AnswerCallbackQuery(callback_query_id=query.id, text=text[:MOST_NOTICE], show_alert=alert)


__all__ = ["MOST_NOTICE", "NO_PREVIEW", "Replies", "Screen", "hand_back", "notify", "put", "say"]
