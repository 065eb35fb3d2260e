"""A button's own words, typed instead of tapped: "giải trình", "bổ sung sau", "tiếp tục" mean that button."""

import html
import re
from collections.abc import Iterable
from typing import Final

from aiogram.enums import ChatType
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, InaccessibleMessage, InlineKeyboardButton, Update

from bot.actions import parse
from bot.buttons.files import VouchForFile
from bot.domain.folding import fold
from handlers.assessment.talk import Filling
from handlers.replies import Replies, Screen, say

LONGEST: Final = 32  # characters; longer words are never a button's own
SHORTEST: Final = 5  # letters of a beginning that stands for the whole label
# Words for going on and back, and the labels that they mean where they are no label themselves.
GOING_ON: Final = frozenset({"tiep", "tiep tuc", "bo qua", "continue", "next", "skip"})
ONWARD: Final = frozenset({"tiep", "tiep tuc", "xong muc nay", "continue", "next", "done with this"})
GOING_BACK: Final = frozenset({"quay lai", "tro lai", "lui lai", "truoc", "go back", "back"})
BACKWARD: Final = frozenset({"truoc", "back", "previous"})
# There a value is waited for, or words of any kind are kept: only a whole label means the button.
WHOLE_LABEL: Final = frozenset(
    state.state for state in (Filling.part, Filling.explanation, Filling.section, Filling.addressee, Filling.reason)
)
STATES: Final = frozenset(state.state for state in Filling.__all_states__)
TOPICS: Final = frozenset({"bao cao", "diem thuong", "diem tru", "report", "bonus", "deductions"})  # alone a question
_LETTERS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


def may_name(update: Update) -> bool:
    """Whether it is worth looking for the button; for a value or a question it never is."""
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return False
    text = (message.text or "").strip()
    return 0 < len(text) <= LONGEST and "/" not in text and "?" not in text and not any(c.isdigit() for c in text)


def named(typed: str, screen: Screen, state: str | None) -> str | None:
    """The data of the one button of the screen that the words mean; None where they mean none, or several."""
    said = _key(typed)
    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
    labels = [(_key(button.text), button) for row in rows for button in row if not _is_numbered(button.text)]
    if said in TOPICS:
        return None
    if whole := _one(button for key, button in labels if key and key == said):
        return whole
    for words, meant in ((GOING_ON, ONWARD), (GOING_BACK, BACKWARD)):
        if said in words:
            return _one(button for key, button in labels if key in meant)
    if state in WHOLE_LABEL or len(said) < SHORTEST:
        return None
    return _one(button for key, button in labels if key.startswith(said + " "))


def as_tap(update: Update, data: str) -> Update:
    """The update as if that button had been tapped, under a message that cannot be edited any more."""
    message = update.message
    assert message is not None and message.from_user is not None
    under = InaccessibleMessage(chat=message.chat, message_id=message.message_id, date=0)
    query = CallbackQuery(
        id=str(update.update_id), from_user=message.from_user, chat_instance="", message=under, data=data
    )
    return Update(update_id=update.update_id, callback_query=query).as_(update.bot)


def without_answers(replies: Replies, chat_id: int) -> Replies:
    """There is no tap to answer: a notice that a person has to read becomes a message."""
    told: Replies = []
    for reply in replies:
        if not isinstance(reply, AnswerCallbackQuery):
            told.append(reply)
        elif reply.text and reply.show_alert:
            told.append(say(chat_id, html.escape(reply.text, quote=False)))  # a notice is plain text
    return told


def _one(found: Iterable[InlineKeyboardButton]) -> str | None:
    data = {button.callback_data for button in found if button.callback_data}
    data = {each for each in data if not isinstance(parse(each), VouchForFile)}  # its file would have to be fetched
    return data.pop() if len(data) == 1 else None


def _key(label: str) -> str:
    """Letters and single spaces, without marks."""
    return " ".join(_LETTERS.findall(fold(label)))


def _is_numbered(label: str) -> bool:
    """A label with figures names one of many (a code, a level with its points) or a count, never words to say."""
    return any(c.isdigit() for c in label)
