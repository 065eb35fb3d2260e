"""How a fact counted, as a sentence: the same on a screen and in a file."""

from decimal import Decimal
from typing import Final

from bot.domain.assessment_standing import Standing
from bot.domain.criteria import (
    Choice,
    Count,
    Counted,
    Fact,
    Item,
    Part,
    PartKind,
    Points,
    Rate,
    YesNo,
    count,
)
from bot.words import Safe, Words


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


def how_counted(part: Part, fact: Fact, words: Words) -> Safe:
    """ "48/50 = 96% → khung 95% đến dưới 100% → 135 điểm"."""
    said, counted = short_fact(part, fact, words), count(part, fact)
    match fact:
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


NAMELESS: Final = {PartKind.RATE: "assessment.the-rate", PartKind.SCORE: "assessment.the-points"}


def part_label(item: Item, part: Part, words: Words) -> str:
    """What a part asks about: one that has no row of its own is called by its kind."""
    return words.plain(NAMELESS.get(part.kind, "assessment.the-grade")) if part.label == item.name else part.label


def line_total(standing: Standing, code: str, words: Words) -> Safe | None:
    """The points of a whole line with several parts once it is complete; None before, or with one part."""
    line = standing.scores[code]
    if not line.complete or (len(line.item.asked) < 2 and not line.capped):
        return None
    key = "assessment.line-total-capped" if line.capped else "assessment.line-total"
    return words(key, code=code, points=line.points)


def part_counted(item: Item, each: Counted, words: Words) -> Safe:
    """One part of a line: what it asks, what was given, and how that counted."""
    if each.part.kind is PartKind.LATENESS and isinstance(each.fact, Count):
        return words("assessment.counted-late", n=each.fact.number, points=each.points)
    label, counted = part_label(item, each.part, words), how_counted(each.part, each.fact, words)
    return words("assessment.read-part", label=label, counted=counted)
