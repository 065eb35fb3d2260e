"""What several screens share: keyboards, the progress line, and how a fact counted."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import Action
from bot.domain.assessment import Answer
from bot.domain.assessment_standing import Standing, State
from bot.domain.calendar import Period
from bot.domain.criteria import (
    Awaited,
    Choice,
    Count,
    Fact,
    Item,
    Mark,
    NotArising,
    Part,
    Points,
    Rate,
    YesNo,
    count,
    is_valued,
)
from bot.words import Safe, Words

MOST_LABEL = 40  # characters on a button that a phone shows whole on a row of its own
MOST_SHOWN = 3000  # characters of somebody's own text on one screen

PERIODS = {Period.MID_YEAR: "assessment.mid-year", Period.YEAR_END: "assessment.year-end"}
MARKED = {Mark.ESTIMATED: "assessment.marked-estimated", Mark.EXPECTED: "assessment.marked-expected"}
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


def lines(*parts: str | None) -> Safe:
    """Lines of safe HTML; None falls out, "" is an empty line."""
    return Safe("\n".join(part for part in parts if part is not None))


def progress(standing: Standing, words: Words) -> Safe:
    """ "7/25 tiêu chí · 310 điểm tạm tính · thiếu 2 minh chứng"."""
    key = "assessment.progress-lacking" if standing.lacking else "assessment.progress"
    return words(key, done=standing.done, of=standing.of, points=standing.totals.total, lacking=len(standing.lacking))


def not_final(standing: Standing, words: Words) -> list[Safe]:
    """What is not final, and what did not arise: for whoever submits, approves or appraises."""
    form, found = standing.assessment, []
    estimated, expected = standing.marked(Mark.ESTIMATED), standing.marked(Mark.EXPECTED)
    if estimated or expected:
        counted = [words("assessment.n-estimated", n=len(estimated))] if estimated else []
        counted += [words("assessment.n-expected", n=len(expected))] if expected else []
        codes = dict.fromkeys(code for code, _ in (*estimated, *expected))
        found.append(words("assessment.not-final", counted=Safe(", ".join(counted)), codes=", ".join(codes)))
    if standing.not_arising:
        codes = dict.fromkeys(code for code, _ in standing.not_arising)
        whole = [form.bloc.item(code) for code in codes if standing.does_not_arise(code)]
        found.append(words("assessment.not-arising", n=len(codes), codes=", ".join(codes)))
        most = sum((item.ceiling or Decimal(0) for item in whole), Decimal(0))
        found.append(words("assessment.not-arising-rule", most=most))
    return found


def most(item: Item, words: Words) -> Safe:
    """The ceiling of a line, empty where it has none."""
    return words("assessment.most", points=item.ceiling) if item.ceiling is not None else Safe("")


def heading(item: Item, words: Words) -> Safe:
    return words("assessment.heading", code=item.code, name=item.name, most=most(item, words))


def short_fact(part: Part, fact: Fact, words: Words) -> Safe:
    """A fact as a person would say it, without its points."""
    match fact:
        case Rate(percent=None, done=done, total=total):
            return words("assessment.fact-ratio", done=done or 0, total=total or 0, percent=round(fact.value, 2))
        case Rate():
            return words("assessment.fact-percent", percent=fact.value)
        case Choice(place=0):
            return words("assessment.fact-none")
        case Choice(place=place):
            return words("assessment.fact-label", label=part.levels[part.places.index(place)].label)
        case Count(number=number):
            return words("assessment.fact-count", number=number)
        case YesNo(yes=yes):
            return words("assessment.fact-yes" if yes else "assessment.fact-no")
        case Points(value=value):
            return words("assessment.fact-points", points=value, top=part.top)
        case NotArising():
            return words("assessment.fact-not-arising")
        case Awaited():
            return words("assessment.fact-awaited")


def marked_fact(part: Part, fact: Fact, mark: Mark, words: Words) -> Safe:
    """The same with what keeps it from being final: "95% (số ước)"."""
    return _marked(short_fact(part, fact, words), fact, mark, words)


def _marked(said: Safe, fact: Fact, mark: Mark, words: Words) -> Safe:
    return words(MARKED[mark], said=said) if mark in MARKED and is_valued(fact) else said


def answered(part: Part, answer: Answer, words: Words) -> Safe:
    """An answer as text, wherever one is shown: the fact, how it counts, its mark, and whether it waits.

    "48/50 = 96% → khung 95% đến dưới 100% → 135 điểm (số ước)".
    """
    if answer.again:
        return words("assessment.answered-again", said=marked_fact(part, answer.fact, answer.mark, words))
    return marked_count(part, answer.fact, answer.mark, words)


def marked_count(part: Part, fact: Fact, mark: Mark, words: Words) -> Safe:
    """How a fact counts, with its mark."""
    return _marked(how_counted(part, fact, words), fact, mark, words)


def how_counted(part: Part, fact: Fact, words: Words) -> Safe:
    """ "48/50 = 96% → khung 95% đến dưới 100% → 135 điểm"."""
    said, counted = short_fact(part, fact, words), count(part, fact)
    match fact:
        case NotArising() | Awaited():
            return words("assessment.counted-unscored", said=said)
        case Rate():
            label = counted.level.label if counted.level else words.plain("assessment.no-band")
            return words("assessment.counted-rate", said=said, band=label, points=counted.points)
        case Count(number=number):
            each = part.levels[0].points or Decimal(0)
            taken = number if part.levels[0].at_most is None else min(number, part.levels[0].at_most)
            if each < 0:
                key = "assessment.counted-minus"
            else:
                key = "assessment.counted-count" if taken == number else "assessment.counted-count-most"
            return words(key, number=number, taken=taken, each=each, points=counted.points + 0)  # no "-0"
        case YesNo(yes=True) if part.levels[0].ceiling is not None:
            return words("assessment.counted-ceiling", said=said, points=part.levels[0].ceiling)
        case YesNo() | Points():
            return said
        case _:
            return words("assessment.counted", said=said, points=counted.points)


def part_label(item: Item, part: Part, words: Words) -> str:
    """What a part asks about: a rate that has no row of its own is called just that."""
    return words.plain("assessment.the-rate") if part.label == item.name else part.label


def line_total(standing: Standing, code: str, words: Words) -> Safe | None:
    """The points of a whole line with several parts once it is complete; None before, or with one part."""
    line = standing.scores[code]
    if not line.complete or (len(line.item.asked) < 2 and not line.capped):
        return None
    key = "assessment.line-total-capped" if line.capped else "assessment.line-total"
    return words(key, code=code, points=line.points)
