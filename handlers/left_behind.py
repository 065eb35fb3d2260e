"""What waited for the person's word and was left behind: it is not kept, and that is said at once."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.actions import parse
from bot.buttons import appraisal, assessment, handin
from bot.buttons.files import DropFile, VouchForFile
from bot.words import Words
from handlers.appraisal.talk import DOUBTFUL as DOUBTFUL_REPLY
from handlers.assessment.talk import DOUBTFUL as DOUBTFUL_TEXT
from handlers.assessment.talk import HELD
from handlers.attachments import PENDING
from handlers.handin import DOUBTFUL as DOUBTFUL_WORDS
from handlers.replies import MOST_NOTICE, say
from handlers.views.assessment.common import clip

# What may wait in the conversation data, and what is said where it has gone without an answer.
WAITING: Final = {
    DOUBTFUL_TEXT: "common.words-left-behind",
    DOUBTFUL_REPLY: "common.words-left-behind",
    DOUBTFUL_WORDS: "common.words-left-behind",
    PENDING: "common.file-left-behind",
    HELD: "common.held-left-behind",
}
SCREENFUL: Final = 600  # characters that leave no room above them on a phone
ANSWERS: Final = (
    assessment.VouchForText,
    assessment.DropText,
    assessment.ConfirmWarning,
    appraisal.VouchForWords,
    appraisal.DropWords,
    appraisal.ConfirmReading,
    handin.KeepText,
    handin.DropText,
    VouchForFile,
    DropFile,
)


class SaysWhatWasLeft(BaseMiddleware):
    """Outer middleware on messages and taps. The words themselves are not repeated: they may be classified."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        state: FSMContext | None = data.get("state")
        waiting = {key: held for key, held in (await state.get_data()).items() if key in WAITING} if state else {}
        replies = await handler(event, data)
        if not waiting or state is None or not isinstance(replies, list) or _answers(event):
            return replies
        now = await state.get_data()
        # One file more behind others that wait is still the same waiting.
        gone = [key for key, held in waiting.items() if now.get(key) != held and not (key == HELD and now.get(key))]
        if not gone:
            return replies
        words: Words = data["words"]
        return _told(event, replies, [(WAITING[key], _params(key, waiting[key])) for key in gone], words)


def _answers(event: TelegramObject) -> bool:
    return isinstance(event, CallbackQuery) and isinstance(parse(event.data), ANSWERS)


def _params(key: str, held: Any) -> dict[str, Any]:
    """Which files: of words nothing is repeated."""
    if key == HELD:
        return {"n": len(held)}
    return {"name": clip(str(held["name"]), 60)} if key == PENDING else {}


def _told(event: TelegramObject, replies: list[Any], gone: list[tuple[str, dict[str, Any]]], words: Words) -> list[Any]:
    """Over the screen that was tapped, or above the reply to what was typed; below it where that fills the screen."""
    if isinstance(event, CallbackQuery):
        said = " ".join(words.plain(key, **params) for key, params in gone)
        for place, reply in enumerate(replies):
            if isinstance(reply, AnswerCallbackQuery) and not reply.text:
                notice = reply.model_copy(update={"text": said[:MOST_NOTICE], "show_alert": True})
                return [*replies[:place], notice, *replies[place + 1 :]]
    assert isinstance(event, Message | CallbackQuery) and event.from_user is not None
    chat = event.from_user.id  # only in a private chat does anything wait
    told = [say(chat, words(key, **params)) for key, params in gone]
    fills = any(isinstance(reply, SendMessage) and len(reply.text) > SCREENFUL for reply in replies)
    return [*replies, *told] if fills else [*told, *replies]
