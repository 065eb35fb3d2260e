"""The small row under an answer."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import Action, mark_of, parse
from bot.buttons.ask import PassOn
from bot.buttons.contact import AskSecretariat
from bot.buttons.questions import RateAnswer
from bot.domain.knowledge import Answer, AnswerState
from bot.words import Words
from handlers.replies import Screen

UP, DOWN = 1, 0
LABELS = {UP: "feedback.up", DOWN: "feedback.down"}
SAID = {UP: "feedback.said-up", DOWN: "feedback.said-down"}


def rated(screen: Screen, answer: Answer, question: str, words: Words) -> Screen:
    """The screen of an answer with 👍 and 👎 under it; anything else as it is."""
    if answer.state is not AnswerState.ANSWER or not answer.entries:
        return screen
    mark, entry = mark_of(question), answer.entries[0]
    row = [_button(words.plain(LABELS[up]), RateAnswer(up, mark, entry)) for up in (UP, DOWN)]
    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
    return replace(screen, keyboard=InlineKeyboardMarkup(inline_keyboard=[*rows, row]))


def marked(held: InlineKeyboardMarkup, said: RateAnswer, offer: Action | None, words: Words) -> InlineKeyboardMarkup:
    """The same keyboard, showing what was said; `offer` stands under the row, whatever stood there before goes."""
    rows: list[list[InlineKeyboardButton]] = []
    for row in held.inline_keyboard:
        meant = [parse(button.callback_data) for button in row]
        if all(isinstance(each, (PassOn, AskSecretariat)) for each in meant):
            continue
        rows.append(_row(row, meant, said, words))
        if offer is not None and any(isinstance(each, RateAnswer) for each in meant):
            rows.append([_button(words.plain("ask.to-secretary"), offer)])
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _row(
    row: Sequence[InlineKeyboardButton], meant: Sequence[Action | None], said: RateAnswer, words: Words
) -> list[InlineKeyboardButton]:
    shown = []
    for button, action in zip(row, meant, strict=True):
        if isinstance(action, RateAnswer) and (action.mark, action.entry) == (said.mark, said.entry):
            labels = SAID if action.up == said.up else LABELS
            shown.append(_button(words.plain(labels[action.up]), action))
        else:
            shown.append(button)
    return shown


def _button(label: str, action: Action) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=action.pack())
