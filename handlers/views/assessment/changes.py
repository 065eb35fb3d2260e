"""What the bloc changed under a draft, old and new in a few short lines, and what is kept of items that are gone."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile

from aiogram.types import InlineKeyboardButton

from bot.buttons.assessment import (
    Resume,
    SendEvidence,
    ShowChanges,
    ShowItem,
    ShowOverview,
    ShowRemoved,
    ShowReport,
    ShowTable,
)
from bot.domain.assessment import Assessment, EvidenceKind
from bot.domain.assessment_renewal import Aspect, Difference, ItemChange, ScaleChange, SectionChange, What
from bot.domain.assessment_standing import Standing
from bot.domain.criteria import Level
from bot.usecases.assessment_renewal import Removed, WhatChanged, Withdrawn
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import (
    button,
    clip,
    grid,
    heading,
    keyboard,
    lines,
    marked_fact,
    most,
    part_label,
)
from handlers.views.assessment.evidence import row

SHOWN = 5  # changes on one page
ROWS = 5  # lines on one change: five full ones leave room for Telegram's longest message
WINDOW = 48  # letters of a long text, around where it differs

WORDS_OF = {
    Aspect.NAME: "assessment.aspect-name",
    Aspect.GROUP: "assessment.aspect-group",
    Aspect.HOW: "assessment.aspect-how",
    Aspect.CEILING: "assessment.aspect-ceiling",
}
SCALE = {
    "base": "assessment.scale-base",
    "bonus_cap": "assessment.scale-bonus-cap",
    "step": "assessment.scale-step",
    "bonus_inside": "assessment.scale-bonus-inside",
}
SECTIONS = {
    What.ADDED: "assessment.section-added",
    What.REMOVED: "assessment.section-removed",
    What.CHANGED: "assessment.section-renamed",
}


def changes(standing: Standing, changed: WhatChanged, page: int, words: Words, *, fills: bool) -> Screen:
    """Every change; whoever fills in the form gets a button to what it is about, others one to the whole table."""
    form = standing.assessment
    all_of: list[ItemChange | SectionChange | ScaleChange] = [
        *changed.changes.items,
        *changed.changes.sections,
        *changed.changes.scale,
    ]
    pages = max(1, -(-len(all_of) // SHOWN))
    page = min(page, pages - 1)
    shown = all_of[page * SHOWN : (page + 1) * SHOWN]
    removed = [each.code for each in changed.changes.items if each.what is What.REMOVED]
    listed = [_change(form, each, changed, words) for each in shown]
    waiting = len(standing.to_confirm)
    text = lines(
        words("assessment.changes-title", page=page + 1, pages=pages),
        words("assessment.changes-waiting", n=waiting) if waiting else words("assessment.changes-none-waiting"),
        "",
        *(listed or [words("assessment.changes-undone")]),
    )
    buttons = [found for each in shown if (found := _button(form, each, removed, fills=fills))]
    moves = []
    if page > 0:
        moves.append(button(words.plain("assessment.button-earlier"), ShowChanges(form.id, page - 1)))
    if page + 1 < pages:
        moves.append(button(words.plain("assessment.button-more"), ShowChanges(form.id, page + 1)))
    report = []
    if changed.changes.sections and fills:
        report.append(button(words.plain("assessment.button-report"), ShowReport(form.id)))
    go_on = button(words.plain("assessment.button-resume"), Resume(form.id))
    table = button(words.plain("assessment.button-table"), ShowTable(form.id, 0))
    onward = [go_on if fills else table, button(words.plain("assessment.button-overview"), ShowOverview(form.id))]
    return Screen(text, keyboard([*grid(buttons, 3), moves, report, onward]))


def _button(
    form: Assessment, change: ItemChange | SectionChange | ScaleChange, removed: list[str], *, fills: bool
) -> InlineKeyboardButton | None:
    if not isinstance(change, ItemChange):
        return None
    if change.what is What.REMOVED:
        return button(f"− {clip(change.code, 14)}", ShowRemoved(form.id, removed.index(change.code)))
    if not fills:
        return None
    waits = any(answer.again for slot, answer in form.answers.items() if slot[0] == change.code)
    sign = "⚠️" if waits else "＋" if change.what is What.ADDED else "✎"
    return button(f"{sign} {clip(change.code, 14)}", ShowItem(form.id, form.line_of(change.code)))


def _change(
    form: Assessment, change: ItemChange | SectionChange | ScaleChange, changed: WhatChanged, words: Words
) -> Safe:
    if isinstance(change, SectionChange):
        named = change.what is not What.CHANGED or change.old != change.new
        key = SECTIONS[change.what] if named else "assessment.section-relisted"
        return words(key, code=change.code, old=change.old, new=change.new)
    if isinstance(change, ScaleChange):
        return words(SCALE[change.name], old=_said(change.old, words), new=_said(change.new, words))
    if change.new is None or change.old is None:
        item = change.new or change.old
        assert item is not None
        key = "assessment.item-added" if change.old is None else "assessment.item-removed"
        head = words(key, code=item.code, name=clip(item.name, 70), most=most(item, words))
    else:
        head = words("assessment.item-changed", code=change.code, name=clip(change.new.name, 46))
    said = [words("assessment.was-answered", said=_answer(each, words)) for each in changed.withdrawn_of(change.code)]
    said += _differences(change, words)
    if len(said) > ROWS:
        said = [*said[: ROWS - 1], words("assessment.more-changed", n=len(said) - ROWS + 1)]
    if any(answer.again for slot, answer in form.answers.items() if slot[0] == change.code):
        said.append(words("assessment.answer-again"))
    return lines(head, *(words("assessment.change-row", said=each) for each in said))


def _differences(change: ItemChange, words: Words) -> Iterator[Safe]:
    for each in change.differences:
        if each.aspect is Aspect.KIND:
            yield words("assessment.aspect-kind")
        elif each.aspect is Aspect.EVIDENCE:
            yield from _evidence(each, words)
        elif each.aspect is Aspect.LEVEL:
            yield _level(each, words)
        else:
            old, new = _windows(_said(each.old, words), _said(each.new, words))
            yield words(WORDS_OF[each.aspect], old=old, new=new)


def _level(difference: Difference, words: Words) -> Safe:
    old, new = difference.old, difference.new
    if isinstance(old, Level) and isinstance(new, Level):
        if old.label == new.label and _worth(old) != _worth(new):
            return words("assessment.level-points", label=clip(new.label, 50), old=_worth(old), new=_worth(new))
        if old.label == new.label:
            return words("assessment.level-changed", label=clip(new.label, 50))
        named = words.plain("assessment.level-worth", label=clip(old.label, 50), points=_worth(old))
        return words("assessment.level-renamed", old=named, label=clip(new.label, 50), points=_worth(new))
    if isinstance(new, Level):
        return words("assessment.level-added", label=clip(new.label, 50), points=_worth(new))
    assert isinstance(old, Level)
    return words("assessment.level-removed", label=clip(old.label, 50), points=_worth(old))


def _worth(level: Level) -> Decimal:
    return level.points if level.points is not None else level.ceiling or Decimal(0)


def _evidence(difference: Difference, words: Words) -> Iterator[Safe]:
    old, new = difference.old, difference.new
    assert isinstance(old, tuple) and isinstance(new, tuple)
    for wanted in new:
        if wanted not in old:
            yield words("assessment.evidence-added", wanted=clip(wanted, 70))
    for wanted in old:
        if wanted not in new:
            yield words("assessment.evidence-removed", wanted=clip(wanted, 70))


def _answer(withdrawn: Withdrawn, words: Words) -> Safe:
    said = marked_fact(withdrawn.part, withdrawn.fact, withdrawn.mark, words)
    if len(withdrawn.item.asked) < 2:
        return said
    return words(
        "assessment.read-part", label=clip(part_label(withdrawn.item, withdrawn.part, words), 50), counted=said
    )


def _said(value: object, words: Words) -> str:
    match value:
        case bool():
            return words.plain("assessment.fact-yes" if value else "assessment.fact-no")
        case Decimal():
            return words.number(value)
        case None | "":
            return words.plain("assessment.nothing-there")
        case _:
            return " ".join(str(value).split())


def _windows(old: str, new: str) -> tuple[str, str]:
    """Two texts cut to where they differ."""
    if max(len(old), len(new)) <= WINDOW:
        return old, new
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    start = old.rfind(" ", 0, max(0, same - 15)) + 1  # at a word, shortly before the difference
    return _window(old, start), _window(new, start)


def _window(text: str, start: int) -> str:
    return ("…" if start else "") + clip(text[start:], WINDOW)


def removed(form: Assessment, kept: Removed, words: Words) -> Screen:
    """An item that is no longer asked: what was answered, filed and explained."""
    files = [(n, each) for n, each in enumerate(kept.evidence, 1) if each.kind is EvidenceKind.FILE]
    text = lines(
        heading(kept.item, words),
        words("assessment.removed-note"),
        "",
        *(words("assessment.was-answered", said=_answer(each, words)) for each in kept.answers),
        words("assessment.not-answered") if not kept.answers else None,
        words("assessment.given", n=len(kept.evidence)) if kept.evidence else None,
        *(row(n, each, words) for n, each in enumerate(kept.evidence[:20], 1)),
        words("assessment.explained", text=clip(kept.explanation.text, 1000)) if kept.explanation else None,
    )
    hand_back = [
        button(words.plain("assessment.button-file", n=n), SendEvidence(form.id, each.number)) for n, each in files[:20]
    ]
    back = button(words.plain("assessment.button-back"), ShowChanges(form.id, 0))
    return Screen(text, keyboard([*grid(hand_back, 4), [back]]))
