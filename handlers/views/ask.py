"""Answers and what can be done with them."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import Action, mark_of
from bot.buttons.ask import OpenAnswer, PassOn
from bot.domain.knowledge import Answer, AnswerState
from bot.words import Words
from handlers.replies import Screen


def button(label: str, action: Action) -> list[InlineKeyboardButton]:
    """A row of one button."""
    return [InlineKeyboardButton(text=label, callback_data=action.pack())]


def keyboard(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=kept) if kept else None


def answered(answer: Answer, question: str, words: Words, *, passes_on: bool) -> Screen:
    """The answer; to choose from where it needs choosing, and the secretariat where the data does not know.

    `passes_on`: the secretariat is offered. Not in a group, where nothing is offered that belongs to one person.
    """
    rows = [button(label, OpenAnswer(entry)) for entry, label in answer.choices]
    if passes_on and answer.state is not AnswerState.ANSWER and answer.html != words("ask.what"):
        rows.append(button(words.plain("ask.to-secretary"), PassOn(mark_of(question))))
    return Screen(answer.html, keyboard(rows))


def asking(words: Words) -> Screen:
    """What one may ask."""
    return Screen(words("ask.what"))


def passed_on(words: Words) -> Screen:
    return Screen(words("ask.sent-to-secretary"))
