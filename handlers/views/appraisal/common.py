"""What both sides' screens share: points beside each other, requests and objections with what was added."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import SendReply
from bot.domain.appraisal import MOST_REASON, MOST_REPLIES, Exchange, ExchangeKind, Reply
from bot.domain.appraisal_outcome import LineState, Outcome
from bot.domain.assessment_standing import Standing
from bot.domain.calendar import Milestone, closes_at, opens_at
from bot.words import Safe, Words, within
from handlers.views.assessment.common import button, clip, grid, lines, valueless
from handlers.views.assessment.evidence import photo

MOST_BUTTONS = 40  # of files beside the evidence: a message holds a hundred
BRIEF = 200  # characters of one text where not everything fits on a screen

MARKS = {
    LineState.OPEN: "▫",
    LineState.ASKED: "❓",
    LineState.REPLIED: "💬",
    LineState.ACCEPTED: "✓",
    LineState.APPRAISED: "✎",
}


def own_points(standing: Standing, code: str, words: Words) -> Safe:
    """What the unit gave itself for a line."""
    if why := valueless(standing, code, words):
        return words("appraisal.own-none", why=why)
    return words("appraisal.own", points=standing.scores[code].points + 0)


def verdict(outcome: Outcome, code: str, words: Words, most: int = MOST_REASON) -> Safe | None:
    """What was decided about a line; None where nothing was."""
    held = outcome.appraisal.verdicts.get(code)
    if held is None:
        return None
    if held.points is None:
        return words("appraisal.verdict-accepted", points=outcome.own(code))
    reason = clip(held.reason, most)
    return words("appraisal.verdict-points", own=outcome.own(code), points=held.points, reason=reason)


def objection_time(window: Milestone | None, now: datetime, words: Words) -> Safe:
    """When units may ask for a second look."""
    if window is None:
        return words("appraisal.no-window")
    closes, opens = closes_at(window), opens_at(window)
    if now > closes:
        return words("appraisal.window-over", closes=closes)
    if opens is not None and now < opens:
        return words("appraisal.window-later", opens=opens, closes=closes)
    return words("appraisal.window", closes=closes)


def told(exchange: Exchange, words: Words, most: int = MOST_REASON, shown: int = MOST_REPLIES) -> Safe:
    """A request or objection, what was added to it, and how it ended: no text longer than `most` characters, and of
    what was added the newest pieces.
    """
    return lines(*told_parts(exchange, words, most, shown))


def told_parts(exchange: Exchange, words: Words, most: int = MOST_REASON, shown: int = MOST_REPLIES) -> Iterator[Safe]:
    asked = exchange.kind is ExchangeKind.REQUEST
    key = "appraisal.request" if asked else "appraisal.objection"
    yield words(key, at=exchange.at, text=clip(exchange.text, most))
    hidden = max(0, len(exchange.replies) - shown)
    if hidden:
        yield words("appraisal.replies-before", n=hidden)
    for n, reply in enumerate(exchange.replies[hidden:], hidden + 1):
        reply_key = "appraisal.reply-file" if reply.digest else "appraisal.reply-text"
        yield words(reply_key, n=n, text=clip(called(reply, words), most))
    if exchange.waits_for_unit:
        yield words("appraisal.no-reply-yet")
    if exchange.decision:
        yield words("appraisal.decision", reason=clip(exchange.decision, most))


def called(reply: Reply, words: Words) -> str:
    """What was typed, a file by its name, a photo by its moment."""
    return photo(reply.text, reply.at, words) if reply.sent_as == "photo" else reply.text


def brief(exchange: Exchange) -> Exchange:
    """With what the unit wrote cut short: the unit knows it, and reads what it was asked and told in full."""
    replies = tuple(replace(reply, text=clip(reply.text, BRIEF // 2)) for reply in exchange.replies)
    asked = exchange.kind is ExchangeKind.REQUEST
    return replace(exchange, text=exchange.text if asked else clip(exchange.text, BRIEF), replies=replies)


def fits(text: str) -> bool:
    """Whether one message holds it whole."""
    return within(text) == text


def reply_files(outcome: Outcome, exchanges: Sequence[Exchange], words: Words) -> list[list[InlineKeyboardButton]]:
    """A button for each file that was added; where there are very many, for the newest."""
    found = []
    for exchange in exchanges:
        for n, reply in enumerate(exchange.replies, 1):
            if reply.digest:
                label = words.plain("appraisal.button-reply-file", n=n)
                found.append(button(label, SendReply(outcome.assessment.id, reply.number)))
    return [list(row) for row in grid(found[-MOST_BUTTONS:], 4)]
