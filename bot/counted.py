"""How a fact counted, as a sentence, and how a report section reads: the same on a screen and in a file."""

from decimal import Decimal
from typing import Final

from bot.domain.assessment import Answer, Assessment, Piece
from bot.domain.assessment_standing import COUNTS, Standing
from bot.domain.bloc import Content
from bot.domain.criteria import (
    Awaited,
    Choice,
    Count,
    Fact,
    Item,
    Mark,
    Nature,
    NotArising,
    Part,
    PartKind,
    Points,
    Rate,
    YesNo,
    count,
    is_valued,
)
from bot.words import Safe, Words

LISTS: Final = {Content.PROPOSAL: "assessment.list-proposals", Content.EXAMPLE: "assessment.list-examples"}
MARKED: Final = {Mark.ESTIMATED: "assessment.marked-estimated", Mark.EXPECTED: "assessment.marked-expected"}


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
                key = "assessment.counted-minus" if number else "assessment.counted-none"
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
    """The points of a whole line with several parts once it is complete; None before, with one part, or without any
    points because nothing of it arose or is known yet.
    """
    line = standing.scores[code]
    if not line.complete or (len(line.item.asked) < 2 and not line.capped):
        return None
    if standing.does_not_arise(code) or standing.is_awaited(code):
        return None
    key = "assessment.line-total-capped" if line.capped else "assessment.line-total"
    return words(key, code=code, points=line.points)


def line_counted(standing: Standing, item: Item, words: Words) -> list[Safe]:
    """Every answered part of a line, those that wait to be confirmed too, then what the machine counts by itself."""
    pairs = ((part, standing.assessment.answer(item.code, part.id)) for part in item.asked)
    given = [
        words("assessment.read-part", label=part_label(item, part, words), counted=answered(part, answer, words))
        for part, answer in pairs
        if answer
    ]
    late = [
        words("assessment.counted-late", n=each.fact.number, points=each.points)
        for each in standing.scores[item.code].counted
        if each.part.kind is PartKind.LATENESS and isinstance(each.fact, Count)
    ]
    return [*given, *late]


def marks(standing: Standing, words: Words) -> Safe | None:
    """The same in one short line, without codes: "Lưu ý: 1 số ước, 2 tiêu chí không phát sinh."; None without any."""
    counted = [words(key, n=n) for key, n in standing.marks]
    return words("assessment.marks", counted=Safe(", ".join(counted))) if counted else None


def not_final(standing: Standing, words: Words) -> list[Safe]:
    """What is not final, and what did not arise: for whoever submits, approves or appraises."""
    form = standing.assessment
    found: list[Safe] = []
    codes = dict.fromkeys(code for (code, _), nature in standing.natures if nature is not Nature.NOT_ARISING)
    if codes:
        counted = [words(key, n=n) for key, n in standing.marks if key != COUNTS[Nature.NOT_ARISING]]
        found.append(words("assessment.not-final", counted=Safe(", ".join(counted)), codes=", ".join(codes)))
    if standing.not_arising:
        codes = dict.fromkeys(code for code, _ in standing.not_arising)
        whole = [form.bloc.item(code) for code in codes if standing.does_not_arise(code)]
        found.append(words("assessment.not-arising", n=len(codes), codes=", ".join(codes)))
        most = sum((item.ceiling or Decimal(0) for item in whole), Decimal(0))
        found.append(words("assessment.not-arising-rule-whole" if most else "assessment.not-arising-rule", most=most))
    return found


def section_text(held: Assessment, code: str, words: Words) -> list[str]:
    """What a section says, as plain texts: its messages, then each list with its numbers and addressees."""
    found = [piece.text for piece in held.entries(code, Content.TEXT)]
    lists = [(kind, entries) for kind in LISTS if (entries := held.entries(code, kind))]
    for kind, entries in lists:
        if len(lists) > 1 or found:
            found.append(words.plain(LISTS[kind]))
        for number, entry in enumerate(entries, 1):
            found.append(f"{number}. {entry.text}")
            if kind is Content.PROPOSAL:
                found.append(addressed(entry, words))
    return found


def addressed(entry: Piece, words: Words) -> str:
    """Where a proposal goes."""
    if entry.lacks_addressee:
        return words.plain("assessment.addressee-missing")
    return words.plain("assessment.addressee", addressee=entry.addressee)
