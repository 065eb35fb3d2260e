"""One question: progress, code and name, how it is scored, what stands, what to type or press."""

from dataclasses import replace
from decimal import Decimal

from aiogram.types import InlineKeyboardButton

from bot.buttons.assessment import (
    Back,
    GiveFact,
    KeepAnswer,
    Later,
    LeaveOut,
    ShowContents,
    ShowEvidence,
    ShowPart,
    Skip,
    Unclaim,
)
from bot.domain import facts
from bot.domain.assessment import Answer
from bot.domain.assessment_standing import Standing
from bot.domain.criteria import (
    Awaited,
    Choice,
    Count,
    Fact,
    FactNotAllowed,
    Item,
    ItemKind,
    Mark,
    NotArising,
    Part,
    PartKind,
    Points,
    Rate,
    YesNo,
    check,
    is_valued,
)
from bot.usecases.assessment_earlier import Earlier
from bot.words import Safe, Words, strip
from handlers.replies import Screen
from handlers.views.assessment.common import (
    PERIODS,
    answered,
    button,
    clip,
    heading,
    keyboard,
    line_total,
    lines,
    marked_count,
    marked_fact,
    part_label,
    progress,
)

MOST_OPTION = 32  # characters of a level on its button, beside its points

ASKS = {
    PartKind.RATE: "assessment.ask-rate",
    PartKind.CHOICE: "assessment.ask-choice",
    PartKind.SCORE: "assessment.ask-score",
    PartKind.COUNT: "assessment.ask-count",
    PartKind.CEILING: "assessment.ask-yes-no",
}


def question(
    standing: Standing,
    code: str,
    part_id: str,
    words: Words,
    lead: str | None = None,
    *,
    earlier: Earlier | None = None,
    proof: str = "",
    brief: bool = False,
) -> Screen:
    """Where one part is asked. `lead` says what came of the step before, `earlier` what was given a period ago.

    `proof`: the item that more evidence sent here would go to; `brief`: the question stands in full further up.
    """
    assessment = standing.assessment
    item = assessment.bloc.item(code)
    part = item.part(part_id)
    held = assessment.answer(code, part_id)
    text = lines(
        lead,
        words("assessment.still-for", code=proof) if proof else None,
        *(("",) if lead or proof else ()),
        *((progress(standing, words), "") if not brief else ()),
        heading(item, words),
        words("assessment.how", how=item.how) if item.how and not brief else None,
        _which(item, part, words),
        _table(item, part, words) if not brief or _is_cut(part) else None,
        words("assessment.stands", counted=answered(part, held, words)) if held else None,
        line_total(standing, code, words) if held and standing.scores[code].capped else None,
        _earlier(earlier, words) if earlier else None,
        "",
        words(ASKS[part.kind], top=part.top, example=part.top / 2 // 1 + standing.assessment.bloc.scale.step),
    )
    rows = [
        *_standing(standing, item, part, words),
        *_answers(standing, item, part, words),
        *_without_value(standing, item, part, words),
        *_moves(standing, item, part, words, proof),
    ]
    return Screen(text, keyboard(rows))


def _earlier(earlier: Earlier, words: Words) -> Safe:
    return words(
        "assessment.earlier",
        period=words(PERIODS[earlier.period]),
        year=Safe(earlier.year),
        counted=marked_count(earlier.part, earlier.fact, earlier.mark, words),
    )


def _which(item: Item, part: Part, words: Words) -> Safe | None:
    """Which of several parts this is."""
    if len(item.asked) < 2:
        return None
    number = [each.id for each in item.asked].index(part.id) + 1
    return words("assessment.which-part", number=number, of=len(item.asked), label=part_label(item, part, words))


def _table(item: Item, part: Part, words: Words) -> Safe | None:
    """The bands or options with their points; the worth of one time."""
    if part.kind in (PartKind.RATE, PartKind.CHOICE):
        numbered = part.kind is PartKind.CHOICE
        rows = [
            words(
                "assessment.option-row" if numbered else "assessment.band-row",
                n=n,
                label=level.label,
                points=level.points or Decimal(0),
            )
            for n, level in enumerate(part.levels, 1)
        ]
        return lines(*rows)
    if part.kind is PartKind.COUNT:
        key = "assessment.each-time" if len(item.asked) < 2 else "assessment.each-time-bare"
        return words(key, label=part.label, points=part.levels[0].points or Decimal(0))
    return None


def _answers(standing: Standing, item: Item, part: Part, words: Words) -> list[list[InlineKeyboardButton]]:
    """What can be pressed instead of typed."""

    def give(label: str, fact: Fact) -> InlineKeyboardButton:
        held = standing.assessment
        action = GiveFact(held.id, held.line_of(item.code), part.id, facts.pack(fact), held.revision)
        return button(label, action)

    match part.kind:
        case PartKind.CHOICE:
            labels = _options(part, words)
            options = [[give(label, Choice(place))] for place, label in zip(part.places, labels, strict=True)]
            none = [[give(words.plain("assessment.button-none"), Choice(0))]] if part.optional else []
            return options + none
        case PartKind.SCORE:
            full = words.plain("assessment.button-full", points=part.top)
            return [[give(full, Points(part.top)), give("0", Points(Decimal(0)))]]
        case PartKind.COUNT:
            last = min(part.levels[0].at_most or 4, 6)
            return [[give(str(n), Count(n)) for n in range(last + 1)]]
        case PartKind.CEILING:
            yes, no = words.plain("assessment.button-yes"), words.plain("assessment.button-no")
            return [[give(yes, YesNo(True)), give(no, YesNo(False))]]
        case _:
            return [[give("100%", Rate(percent=Decimal(100)))]]


def _standing(standing: Standing, item: Item, part: Part, words: Words) -> list[list[InlineKeyboardButton]]:
    """What can be said of the value that stands: that it still holds, or that it is not the final one."""
    form = standing.assessment
    held = form.answer(item.code, part.id)
    if held is None or not is_valued(held.fact):
        return []

    def keep(key: str, mark: Mark) -> InlineKeyboardButton:
        action = KeepAnswer(form.id, form.line_of(item.code), part.id, mark.value, form.revision)
        return button(words.plain(key), action)

    if held.again:
        return (
            [[keep("assessment.button-still-holds", held.mark)]] if _fits(part, held.fact, form.bloc.scale.step) else []
        )
    if held.mark is not Mark.NONE:
        return [[keep("assessment.button-final", Mark.NONE)]]
    return [
        [keep("assessment.button-estimated", Mark.ESTIMATED), keep("assessment.button-expected", Mark.EXPECTED)],
    ]


def _fits(part: Part, fact: Fact, step: Decimal) -> bool:
    try:
        check(part, fact, step)
    except FactNotAllowed:
        return False
    return True


def _without_value(standing: Standing, item: Item, part: Part, words: Words) -> list[list[InlineKeyboardButton]]:
    """Answers that are no value, but for the one that stands.

    Where zero times is an answer of its own, nothing else says that none arose.
    """
    form = standing.assessment
    line = form.line_of(item.code)
    held = form.answer(item.code, part.id)
    offered: list[tuple[str, Fact]] = []
    if item.kind is ItemKind.CRITERION and part.top > 0:
        offered.append(("assessment.button-not-arising", NotArising()))
    offered.append(("assessment.button-awaited", Awaited()))
    row = [
        button(words.plain(key), GiveFact(form.id, line, part.id, facts.pack(fact), form.revision))
        for key, fact in offered
        if held is None or held.again or held.fact != fact
    ]
    rows = [row]
    if item.kind is ItemKind.CRITERION and len(item.asked) > 1 and not form.facts(item.code):
        whole = LeaveOut(form.id, line, form.revision)
        rows.append([button(words.plain("assessment.button-all-not-arising"), whole)])
    return rows


def _options(part: Part, words: Words) -> list[str]:
    """A label for each level. Where one has to be cut, all bear the number under which the text has it in full."""
    key = "assessment.button-option-numbered" if _is_cut(part) else "assessment.button-option"
    return [
        words.plain(key, n=n, label=clip(level.label, MOST_OPTION), points=level.points or Decimal(0))
        for n, level in enumerate(part.levels, 1)
    ]


def _is_cut(part: Part) -> bool:
    """Whether a level is too long for its button."""
    labels = [level.label for level in part.levels]
    return part.kind is PartKind.CHOICE and any(clip(each, MOST_OPTION) != " ".join(each.split()) for each in labels)


def _moves(
    standing: Standing, item: Item, part: Part, words: Words, proof: str = ""
) -> list[list[InlineKeyboardButton]]:
    held = standing.assessment
    line = held.line_of(item.code)
    row = [button(words.plain("assessment.button-skip"), Skip(held.id, line, part.id))]
    if standing.back(item.code, part.id):
        row.insert(0, button(words.plain("assessment.button-back"), Back(held.id, line, part.id)))
    proven = proof or item.code
    count = len(held.evidence_for(proven))
    if proof:  # nothing is filed under this question's own item until it is answered
        evidence = words.plain("assessment.button-proof", code=clip(proof, 14), n=count)
    else:
        evidence = words.plain("assessment.button-evidence", n=count)
    rows = [
        row,
        [
            button(evidence, ShowEvidence(held.id, held.line_of(proven))),
            button(words.plain("assessment.button-contents"), ShowContents(held.id, 0)),
        ],
        [button(words.plain("assessment.button-later"), Later(held.id))],
    ]
    if item.kind is not ItemKind.CRITERION and held.facts(item.code):
        key = "assessment.button-unclaim" if item.kind is ItemKind.BONUS else "assessment.button-no-deduction"
        rows.insert(0, [button(words.plain(key), Unclaim(held.id, line, held.revision))])
    return rows


def unclaimed(item: Item, words: Words) -> Safe:
    """That a rule is left out: a bonus not claimed, a deduction that does not apply."""
    return words("assessment.unclaimed" if item.kind is ItemKind.BONUS else "assessment.not-deducted", code=item.code)


def settled(standing: Standing, answer: Answer, words: Words, lead: str) -> Screen:
    """An old question whose part has been answered since: what stands, and the way to change it."""
    held = standing.assessment
    item = held.bloc.item(answer.item)
    text = lines(
        lead,
        "",
        heading(item, words),
        words("assessment.stands", counted=answered(item.part(answer.part), answer, words)),
    )
    change = ShowPart(held.id, held.line_of(item.code), answer.part)
    return Screen(text, keyboard([[button(words.plain("assessment.button-change"), change)]]))


def differs(standing: Standing, answer: Answer, typed: Fact, mark: Mark, by: str, words: Words) -> Screen:
    """A typed value meets what somebody gave meanwhile: neither is written over unseen."""
    held = standing.assessment
    item = held.bloc.item(answer.item)
    part = item.part(answer.part)
    line = held.line_of(item.code)
    own = replace(answer, fact=typed, mark=mark, again=False)
    text = words(
        "assessment.differs",
        code=item.code,
        by=by,
        given_at=answer.at,
        theirs=answered(part, answer, words),
        ours=answered(part, own, words),
    )
    theirs, ours = (strip(marked_fact(part, each.fact, each.mark, words)) for each in (answer, own))
    keep = GiveFact(held.id, line, part.id, facts.pack(answer.fact, answer.mark), held.revision)
    swap = GiveFact(held.id, line, part.id, facts.pack(typed, mark), held.revision)
    return Screen(
        text,
        keyboard(
            [
                [button(words.plain("assessment.button-keep", fact=clip(theirs, 28)), keep)],
                [button(words.plain("assessment.button-swap", fact=clip(ours, 28)), swap)],
            ]
        ),
    )
