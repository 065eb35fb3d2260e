"""What both sides' screens share: points beside each other, requests and objections with what was added."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import SendReply
from bot.domain.appraisal import Exchange, ExchangeKind
from bot.domain.appraisal_outcome import LineState, Outcome
from bot.domain.assessment_standing import Standing
from bot.domain.calendar import Milestone, closes_at, opens_at
from bot.words import Safe, Words
from handlers.views.assessment.common import button, clip, grid, lines, valueless

MOST_QUOTED = 700  # characters of one text among others

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


def verdict(outcome: Outcome, code: str, words: Words) -> Safe | None:
    """What was decided about a line; None where nothing was."""
    held = outcome.appraisal.verdicts.get(code)
    if held is None:
        return None
    if held.points is None:
        return words("appraisal.verdict-accepted", points=outcome.own(code))
    return words("appraisal.verdict-points", own=outcome.own(code), points=held.points, reason=held.reason)


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


def told(exchange: Exchange, words: Words) -> Safe:
    """A request or objection, what was added to it, and how it ended."""
    asked = exchange.kind is ExchangeKind.REQUEST
    key = "appraisal.request" if asked else "appraisal.objection"
    return lines(
        words(key, at=exchange.at, text=clip(exchange.text, MOST_QUOTED)),
        *(_reply(n, reply.text, bool(reply.digest), words) for n, reply in enumerate(exchange.replies, 1)),
        words("appraisal.no-reply-yet") if exchange.waits_for_unit else None,
        words("appraisal.decision", reason=exchange.decision) if exchange.decision else None,
    )


def _reply(n: int, text: str, is_file: bool, words: Words) -> Safe:
    return words("appraisal.reply-file" if is_file else "appraisal.reply-text", n=n, text=clip(text, MOST_QUOTED))


def reply_files(outcome: Outcome, exchanges: Sequence[Exchange], words: Words) -> list[list[InlineKeyboardButton]]:
    """A button for each file that was added."""
    found = []
    for exchange in exchanges:
        for n, reply in enumerate(exchange.replies, 1):
            if reply.digest:
                label = words.plain("appraisal.button-reply-file", n=n)
                found.append(button(label, SendReply(outcome.assessment.id, reply.number)))
    return [list(row) for row in grid(found, 4)]
