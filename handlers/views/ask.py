"""Answers and what can be done with them."""

import html
import re
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import Action, mark_of
from bot.buttons.ask import OpenAnswer, PassOn
from bot.domain.knowledge import Answer, AnswerState
from bot.words import Safe, Words, strip
from handlers.replies import Screen
from handlers.views.assessment.common import clip
from handlers.views.own import NOTHING, Own

MOST_ROWS: Final = 4  # of what may be read next, together with the person's own buttons: the answer stays in sight
LONGEST_LABEL: Final = 48
SHORT: Final = 320  # characters of an answer in a group, the source apart
WORTH_CUTTING: Final = 100  # characters of a paragraph that say something without its end
_SOURCE: Final = re.compile(r"<i>.*</i>")
_TAGS: Final = re.compile(r"</?(\w+)[^<>]*>")


def button(label: str, action: Action) -> list[InlineKeyboardButton]:
    """A row of one button."""
    return [InlineKeyboardButton(text=label, callback_data=action.pack())]


def keyboard(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=kept) if kept else None


def answered(answer: Answer, question: str, words: Words, *, passes_on: bool, own: Own = NOTHING) -> Screen:
    """The answer; to choose from where it needs choosing, and the secretariat where the data does not know.

    `own` is how the person's own units stand with it. `passes_on`: the secretariat is offered.
    """
    rows = [*own.rows, *(button(label, OpenAnswer(entry)) for entry, label in answer.choices)]
    rows += related(answer, MOST_ROWS - len(rows))
    if passes_on and answer.state is not AnswerState.ANSWER and answer.html != words("ask.what"):
        rows.append(button(words.plain("ask.to-secretary"), PassOn(mark_of(question))))
    return Screen(own.below(answer.html, words), keyboard(rows))


def related(answer: Answer, most: int) -> list[list[InlineKeyboardButton]]:
    """Lines that one may want to read next, at most three."""
    shown = answer.related[: max(0, min(3, most))]
    return [button(f"→ {clip(label, LONGEST_LABEL)}", OpenAnswer(entry)) for entry, label in shown]


def in_group(answer: Answer, words: Words) -> Screen:
    """The same for everybody to read: the first lines and the source, no buttons, and where to see more."""
    if answer.html == words("ask.what"):
        return Screen(answer.html)
    if answer.state is AnswerState.ANSWER:
        shown, whole = shortened(answer.html)
        return Screen(shown if whole else f"{shown}\n{words('ask.more-in-private')}")
    near = [words("ask.line", text=label) for _, label in answer.choices]
    head = words("ask.choose-in-group") if answer.state is AnswerState.CHOOSE else words("ask.unknown")
    if near and answer.state is AnswerState.UNKNOWN:
        near.insert(0, words("ask.nearest"))
    return Screen("\n".join([head, *near, words("ask.again-in-private")]))


def shortened(text: str, most: int = SHORT) -> tuple[Safe, bool]:
    """The first lines of an answer and its source, and whether that is all of it."""
    lines = [line for line in text.split("\n") if line.strip()]
    at = len(lines)
    while at > 1 and _SOURCE.fullmatch(lines[at - 1]):
        at -= 1
    body, source = lines[:at], lines[at:]
    kept: list[str] = []
    size = 0
    for line in body:
        plain, room = strip(line), most - size
        if len(plain) > room:
            if room >= WORTH_CUTTING or not kept:
                kept.append(html.escape(clip(plain, room), quote=False))
            break
        kept.append(line)
        size += len(plain)
    whole = kept == body
    if not whole and not kept[-1].endswith("…"):
        kept.append("…")
    if not all(_is_closed(line) for line in kept):  # a tag that spans lines: the words without their looks
        kept = [html.escape(strip(line), quote=False) for line in kept]
    return Safe("\n".join([*kept, *source])), whole


def _is_closed(line: str) -> bool:
    """Whether every tag that a line opens ends in it."""
    open_tags: list[str] = []
    for found in _TAGS.finditer(line):
        if not found.group(0).startswith("</"):
            open_tags.append(found.group(1))
        elif not open_tags or open_tags.pop() != found.group(1):
            return False
    return not open_tags


def asking(words: Words) -> Screen:
    """What one may ask."""
    return Screen(words("ask.what"))


def passed_on(words: Words) -> Screen:
    return Screen(words("ask.sent-to-secretary"))
