"""The one place that turns a refusal into words, and an incident into an apology."""

from typing import Any

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update

from bot.domain.errors import DomainError, StaleButton
from bot.domain.people import Member
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import screens
from handlers.replies import MOST_NOTICE, Replies, say


def refusal(
    update: Update, error: DomainError, work: Work, actor: Member | None, talk: tuple[str | None, Any]
) -> Replies:
    """What the person reads when a rule said no: a notice over what was tapped, or a message.

    Below a button that has become old stands the current screen. Any other refusal leaves the chat as it is: the tap
    may have come from a reminder, and whatever the person has in hand has nothing to do with it.
    """
    user, chat_id = sender(update)
    words = words_for(actor, user.language_code if user else None)
    if update.callback_query:
        text = words.plain(error.key, **error.params)
        replies: Replies = [
            AnswerCallbackQuery(callback_query_id=update.callback_query.id, text=within_notice(text), show_alert=True)
        ]
        if actor is None or chat_id is None or chat_id != actor.person.telegram_id:
            return replies
        if isinstance(error, StaleButton):
            return [*replies, say(chat_id, screens.current(work, actor, words, *talk))]
        return [*replies, say(chat_id, words(error.key, **error.params))] if len(text) > MOST_NOTICE else replies
    return [say(chat_id, words(error.key, **error.params))] if chat_id else []


def within_notice(text: str) -> str:
    """As much of it as a notice holds; where it is cut, the whole follows as a message."""
    return text if len(text) <= MOST_NOTICE else text[: MOST_NOTICE - 1].rsplit(" ", 1)[0] + "…"


def apology(update: Update, incident: str) -> Replies:
    """What the person reads when the product itself failed. Nothing that was saved before is lost."""
    user, chat_id = sender(update)
    words = words_for(None, user.language_code if user else None)
    replies: Replies = []
    if update.callback_query:
        replies.append(AnswerCallbackQuery(callback_query_id=update.callback_query.id))
    if chat_id:
        replies.append(say(chat_id, words("common.incident", incident=incident)))
    return replies


def sender(update: Update) -> tuple[Any, int | None]:
    """(user, chat id) of whatever the update holds; (None, None) where there is nobody to talk to."""
    query = update.callback_query
    if query:
        return query.from_user, query.message.chat.id if query.message else query.from_user.id
    message = update.message or update.edited_message
    if message:
        return message.from_user, message.chat.id
    return None, None


def words_for(actor: Member | None, language_code: str | None) -> Words:
    """The member's own choice; a stranger gets Vietnamese unless Telegram says English."""
    if actor:
        return Words(actor.person.language)
    return Words("en" if (language_code or "").startswith("en") else "vi")
