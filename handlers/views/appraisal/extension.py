"""Granting a unit another day."""

from bot.buttons.handin import ShowSettled
from bot.domain.bloc import Unit
from bot.domain.calendar import Milestone, closes_at
from bot.words import Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, keyboard


def ask_day(milestone: Milestone, unit: Unit, words: Words) -> Screen:
    text = words("extension.ask-day", unit=unit.name, name=milestone.name, due=closes_at(milestone))
    back = button(words.plain("assessment.button-back"), ShowSettled(milestone.key, unit.code))
    return Screen(text, keyboard([[back]]))


def ask_reason(moved: Milestone, unit: Unit, words: Words) -> Screen:
    text = words("extension.ask-reason", unit=unit.name, due=closes_at(moved))
    back = button(words.plain("assessment.button-back"), ShowSettled(moved.key, unit.code))
    return Screen(text, keyboard([[back]]))


def granted(milestone: Milestone, unit: Unit, words: Words) -> Screen:
    text = words("extension.granted", unit=unit.name, due=closes_at(milestone))
    back = button(words.plain("handin.back-milestone"), ShowSettled(milestone.key, unit.code))
    return Screen(text, keyboard([[back]]))
