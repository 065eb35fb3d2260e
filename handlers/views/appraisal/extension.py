"""Granting a unit another day."""

from bot.buttons.handin import ShowSettled
from bot.domain.bloc import Unit
from bot.domain.calendar import Milestone, closes_at, local
from bot.domain.extension import Extension
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, keyboard


def ask_day(milestone: Milestone, unit: Unit, before: Extension | None, words: Words) -> Screen:
    """`before`: what the unit was granted already."""
    due, more = closes_at(milestone), _before(before, words)
    text = words("extension.ask-day", unit=unit.name, name=milestone.name, due=due, more=more)
    back = button(words.plain("assessment.button-back"), ShowSettled(milestone.key, unit.code))
    return Screen(text, keyboard([[back]]))


def ask_reason(moved: Milestone, unit: Unit, days: int, before: Extension | None, words: Words) -> Screen:
    """`days`: working days after the bloc's own day."""
    more = Safe(words("extension.later-by", n=days) + _before(before, words))
    text = words("extension.ask-reason", unit=unit.name, due=closes_at(moved), more=more)
    back = button(words.plain("assessment.button-back"), ShowSettled(moved.key, unit.code))
    return Screen(text, keyboard([[back]]))


def _before(before: Extension | None, words: Words) -> Safe:
    """The bloc's rules may allow one extension: whoever grants another knows of the first."""
    if before is None:
        return Safe("")
    granted = local(before.at).date()
    return words("extension.before", at=granted, due=before.due_on, reason=clip(before.reason, 120))


def granted(milestone: Milestone, unit: Unit, words: Words) -> Screen:
    text = words("extension.granted", unit=unit.name, due=closes_at(milestone))
    back = button(words.plain("handin.back-milestone"), ShowSettled(milestone.key, unit.code))
    return Screen(text, keyboard([[back]]))
