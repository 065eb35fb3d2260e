"""The calendar of the bloc-year: what is ahead, what is past, one milestone."""

from collections.abc import Sequence
from datetime import date, datetime

from aiogram.types import InlineKeyboardButton

from bot.buttons.ask import ListCalendar, OpenMilestone
from bot.domain.bloc import Bloc
from bot.domain.calendar import Milestone, local
from bot.domain.knowledge import Answer
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.ask import button, keyboard
from handlers.views.criteria import cut
from handlers.views.own import NOTHING, Own

A_PAGE = 6  # a phone shows as many without scrolling
A_ROW = 6


def listed(
    found: Sequence[Milestone], others: int, bloc: Bloc, now: datetime, words: Words, *, past: bool, page: int = 0
) -> Screen:
    """A page of milestones, numbered; `others` says how many stand on the other side of today."""
    pages = max(1, (len(found) + A_PAGE - 1) // A_PAGE)
    page = min(max(page, 0), pages - 1)
    shown = found[page * A_PAGE : (page + 1) * A_PAGE]
    title = "calendar.title-past" if past else "calendar.title-ahead"
    lines = [words(title, bloc=bloc.short_name or bloc.name, year=bloc.year)]
    if not shown:
        lines.append(words("calendar.none-past" if past else "calendar.none-ahead"))
    lines += numbered(shown, now, words, start=page * A_PAGE + 1)
    rows = _numbers(shown, page * A_PAGE + 1)
    turn = []
    if page:
        turn += button(words.plain("calendar.earlier"), ListCalendar(int(past), page - 1))
    if page < pages - 1:
        turn += button(words.plain("calendar.later"), ListCalendar(int(past), page + 1))
    rows.append(turn)
    if others:
        other = "calendar.show-ahead" if past else "calendar.show-past"
        rows.append(button(words.plain(other, count=others), ListCalendar(int(not past), 0)))
    return Screen("\n".join(lines), keyboard(rows))


def found_by_words(found: Sequence[Milestone], text: str, now: datetime, words: Words) -> Screen:
    """Several milestones that the words may mean."""
    lines = [words("calendar.found", text=cut(text)), *numbered(found, now, words, start=1)]
    rows = [*_numbers(found, 1), button(words.plain("calendar.all"), ListCalendar(0, 0))]
    return Screen("\n".join(lines), keyboard(rows))


def nothing(text: str, words: Words) -> Screen:
    rows = [button(words.plain("calendar.all"), ListCalendar(0, 0))]
    return Screen(words("calendar.none", text=cut(text)), keyboard(rows))


def one(answer: Answer, words: Words, own: Own = NOTHING) -> Screen:
    """A milestone, how the person's own units stand with it, and the way back to the calendar."""
    rows = [*own.rows, button(words.plain("calendar.all"), ListCalendar(0, 0))]
    return Screen(own.below(answer.html, words), keyboard(rows))


def numbered(found: Sequence[Milestone], now: datetime, words: Words, *, start: int) -> list[Safe]:
    """A line a milestone: number, day (or first and last day) and how far it is."""
    today = local(now).date()
    return [_line(number, milestone, today, words) for number, milestone in enumerate(found, start)]


def _line(number: int, milestone: Milestone, today: date, words: Words) -> Safe:
    title, first, last = cut(milestone.name, 120), milestone.starts_on, milestone.due_on
    if first is None or first == last:
        day = words.weekday(last)
        far = _far(last, today, words)
        return words("calendar.line", number=number, day=day, clock=milestone.due_time, far=far, title=title)
    going_on = first <= today <= last
    far = words("calendar.going-on") if going_on else _far(first if today < first else last, today, words)
    return words("calendar.line-span", number=number, start=first, day=last, far=far, title=title)


def _far(day: date, today: date, words: Words) -> Safe:
    days = (day - today).days
    key = "calendar.today" if days == 0 else "calendar.left" if days > 0 else "calendar.past"
    return words(key, n=abs(days))


def _numbers(found: Sequence[Milestone], start: int) -> list[list[InlineKeyboardButton]]:
    buttons = [one for n, m in enumerate(found, start) for one in button(str(n), OpenMilestone(m.key))]
    return [buttons[n : n + A_ROW] for n in range(0, len(buttons), A_ROW)]
