"""What several screens share: keyboards, the progress line, and (from bot.counted) how a fact counted."""

import re
from collections.abc import Callable, Iterable, Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import Action
from bot.buttons.assessment import SendExcel, SendWord, ShowItem, ShowReceipts
from bot.counted import (
    answered,
    how_counted,
    line_total,
    marked_count,
    marked_fact,
    marks,
    not_final,
    part_label,
    short_fact,
)
from bot.domain.assessment import Assessment, Stage
from bot.domain.assessment_standing import Standing, State
from bot.domain.calendar import Period
from bot.domain.criteria import Item
from bot.words import Safe, Words

MOST_LABEL = 40  # characters on a button that a phone shows whole on a row of its own
MOST_NAMED = 6  # lines of a return's reason that get a button
MOST_SHOWN = 3000  # characters of somebody's own text on one screen

PERIODS = {Period.MID_YEAR: "assessment.mid-year", Period.YEAR_END: "assessment.year-end"}
PERIODS_OF_YEAR = {
    Period.MID_YEAR: "assessment.mid-year-of",
    Period.YEAR_END: "assessment.year-end-of",
}
MARKS = {State.DONE: "✓", State.LACKS_EVIDENCE: "📎", State.BEGUN: "…", State.UNTOUCHED: "–"}


def button(label: str, action: Action) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=action.pack())


def keyboard(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    """Empty rows fall out."""
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])


def grid(buttons: Sequence[InlineKeyboardButton], width: int) -> list[Sequence[InlineKeyboardButton]]:
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]


def clip(text: str, most: int = MOST_LABEL) -> str:
    """At most so many characters, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def turning(page: int, count: int, size: int, words: Words, to: Callable[[int], Action]) -> list[InlineKeyboardButton]:
    """Earlier and later pages, where there are any; `to` gives the button of a page, counted from 0."""
    row = []
    if page > 0:
        row.append(button(words.plain("assessment.button-earlier"), to(page - 1)))
    if (page + 1) * size < count:
        row.append(button(words.plain("assessment.button-more"), to(page + 1)))
    return row


def lines(*parts: str | None) -> Safe:
    """Lines of safe HTML; None falls out, "" is an empty line."""
    return Safe("\n".join(part for part in parts if part is not None))


def progress(standing: Standing, words: Words) -> Safe:
    """ "7/25 tiêu chí · 310 điểm tạm tính · thiếu 2 minh chứng"."""
    if standing.assessment.stage is Stage.SUBMITTED:
        return words("assessment.progress-submitted", done=standing.done, of=standing.of, points=standing.totals.total)
    key = "assessment.progress-lacking" if standing.lacking else "assessment.progress"
    return words(key, done=standing.done, of=standing.of, points=standing.totals.total, lacking=len(standing.lacking))


def period_of(held: Assessment, words: Words) -> Safe:
    """ "6 tháng năm 2026", "cả năm 2026"."""
    return words(PERIODS_OF_YEAR[held.period], year=Safe(held.bloc.year))


def valueless(standing: Standing, code: str, words: Words) -> Safe | None:
    """Why a whole line has no points rather than none of them; None where it has some."""
    if standing.does_not_arise(code):
        return words("assessment.fact-not-arising")
    return words("assessment.no-figure-yet") if standing.is_awaited(code) else None


def most(item: Item, words: Words) -> Safe:
    """The ceiling of a line, empty where it has none."""
    return words("assessment.most", points=item.ceiling) if item.ceiling is not None else Safe("")


def left_over(held: Assessment, words: Words) -> Safe | None:
    """What is kept of items that the bloc has taken out: it counts nowhere until they come back."""
    codes = held.left_over
    if not codes:
        return None
    return words("assessment.left-over", codes=", ".join(codes[:12]) + ("…" if len(codes) > 12 else ""))


def heading(item: Item, words: Words) -> Safe:
    return words("assessment.heading", code=item.code, name=item.name, most=most(item, words))


def returned(held: Assessment, words: Words) -> Safe | None:
    """Why the draft in hand came back; None where it did not."""
    if not held.returned_because:
        return None
    key = "assessment.stage-sent-back" if held.returned_by_secretary else "assessment.stage-returned"
    return words(key, reason=held.returned_because)


def named_lines(held: Assessment) -> list[list[InlineKeyboardButton]]:
    """To each line that the reason of a return names, with a tick where it was touched since."""
    said = held.returned_because.upper()
    found = [
        item.code
        for item in held.bloc.items()
        if item.asked and re.search(rf"(?<![\w.]){re.escape(item.code.upper())}(?!\w|\.\d)", said)
    ]
    buttons = [
        button(f"{'✓ ' if _is_touched(held, code) else ''}{clip(code, 14)}", ShowItem(held.id, held.line_of(code)))
        for code in found[:MOST_NAMED]
    ]
    return [list(row) for row in grid(buttons, 3)]


def _is_touched(held: Assessment, code: str) -> bool:
    since = held.opened_at
    explained = held.explanations.get(code)
    return (
        any(answer.revision > since for (item, _), answer in held.answers.items() if item == code)
        or any(piece.number > since for piece in held.evidence_for(code))
        or (explained is not None and explained.revision > since)
    )


def files(assessment: int, version: int, words: Words) -> list[InlineKeyboardButton]:
    """A submitted version as Word and as Excel."""
    return [
        button(words.plain("form.button-word"), SendWord(assessment, version)),
        button(words.plain("form.button-excel"), SendExcel(assessment, version)),
    ]


def versions(held: Assessment, words: Words) -> list[InlineKeyboardButton]:
    """The way to every submission, where the one in force is not the only one."""
    if held.versions <= (1 if held.receipt else 0):
        return []
    return [button(words.plain("form.button-versions", count=held.versions), ShowReceipts(held.id))]


__all__ = [
    "MARKS",
    "MOST_LABEL",
    "MOST_SHOWN",
    "PERIODS",
    "answered",
    "button",
    "clip",
    "files",
    "grid",
    "heading",
    "how_counted",
    "keyboard",
    "left_over",
    "line_total",
    "lines",
    "marked_count",
    "marked_fact",
    "marks",
    "most",
    "named_lines",
    "not_final",
    "part_label",
    "period_of",
    "progress",
    "returned",
    "short_fact",
    "turning",
    "valueless",
    "versions",
]
