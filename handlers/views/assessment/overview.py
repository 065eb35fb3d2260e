"""The form as a whole: deadline and progress, groups and criteria, bonus and deduction rules."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import ListRequests, OpenAppraisal, OpenResult
from bot.buttons.assessment import (
    Approve,
    AskReopen,
    OpenForUnit,
    PassRules,
    Resume,
    ShowChanges,
    ShowContents,
    ShowItem,
    ShowOverview,
    ShowReceipt,
    ShowReport,
    ShowReview,
    ShowRules,
    ShowTable,
    StartReturning,
    TakeBack,
)
from bot.domain.appraisal import Appraisal, Phase
from bot.domain.assessment import Assessment, Stage
from bot.domain.assessment_standing import Standing
from bot.domain.calendar import Milestone, Period, closes_at, local
from bot.domain.criteria import Item, ItemKind
from bot.domain.discharge import Discharge
from bot.domain.people import Member
from bot.usecases.assessment import Opening
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import (
    MARKS,
    PERIODS,
    button,
    clip,
    files,
    grid,
    keyboard,
    left_over,
    lines,
    most,
    named_lines,
    not_final,
    progress,
    returned,
    valueless,
    versions,
)

TITLES = {Period.MID_YEAR: "assessment.title-mid-year", Period.YEAR_END: "assessment.title-year-end"}
RULES = {ItemKind.BONUS: "assessment.bonus-title", ItemKind.DEDUCTION: "assessment.deduction-title"}


def choose(openings: Sequence[Opening], words: Words) -> Screen:
    """Several units or periods: which one."""
    rows = []
    for opening in openings:
        label = words.plain(
            "assessment.button-opening", unit=clip(opening.unit.name, 24), period=words.plain(PERIODS[opening.period])
        )
        rows.append([button(label, OpenForUnit(opening.membership_id, opening.period.value))])
    listed = [
        words("assessment.opening-row", period=words(PERIODS[period]), due=closes_at(milestone))
        for period, milestone in {opening.period: opening.milestone for opening in openings}.items()
    ]
    return Screen(lines(words("assessment.choose"), "", *listed), keyboard(rows))


def nothing_open(said: Safe, past: Sequence[Assessment], words: Words) -> Screen:
    """No period is open: when the next one is, and what was filled in before."""
    rows = []
    for form in past:
        unit, period = clip(form.bloc.unit(form.unit).name, 24), words.plain(PERIODS[form.period])
        rows.append([button(words.plain("assessment.button-opening", unit=unit, period=period), ShowOverview(form.id))])
    return Screen(said, keyboard(rows) if rows else None)


def overview(
    standing: Standing,
    milestone: Milestone | None,
    now: datetime,
    actor: Member,
    words: Words,
    lead: str | None = None,
    *,
    reopens: bool,
    on_paper: Discharge | None,
    appraisal: Appraisal | None = None,
    shut: bool = False,
) -> Screen:
    """`reopens`: this person may still make a draft of what was submitted, `shut`: but for the result; `on_paper`:
    what settles it already.
    """
    held = standing.assessment
    title = words(TITLES[held.period], year=Safe(held.bloc.year), unit=held.bloc.unit(held.unit).name)
    text = lines(
        *((lead, "") if lead else ()),
        title,
        words("assessment.on-paper", given_at=on_paper.at, receipt=on_paper.receipt)
        if on_paper
        else deadline(standing, milestone, now, words),
        "",
        progress(standing, words),
        _stage(standing, words),
        _told(appraisal, words),
        words("assessment.result-announced") if shut else None,
        _renewed(standing, words),
        left_over(held, words),
        *(not_final(standing, words) if standing.assessment.stage is not Stage.DRAFT else ()),
    )
    rows = _buttons(standing, actor, words, reopens=reopens)
    return Screen(text, keyboard([*rows, *_appraised(held, appraisal, actor, words)]))


def _appraised(
    held: Assessment, appraisal: Appraisal | None, actor: Member, words: Words
) -> list[list[InlineKeyboardButton]]:
    """From what was submitted on to its appraisal: for a secretary, and for the unit where there is something."""
    rows: list[list[InlineKeyboardButton]] = []
    if held.stage is not Stage.SUBMITTED:
        return rows
    if actor.is_secretary:
        rows.append([button(words.plain("appraisal.button-appraise"), OpenAppraisal(held.id))])
    if appraisal is None or held.unit not in (*actor.fills, *actor.approves):
        return rows
    asked = [each for each in appraisal.exchanges if each.waits_for_unit]
    if asked and appraisal.phase is Phase.OPEN:
        label = words.plain("appraisal.button-requests-open", n=len(asked))
        rows.append([button(label, ListRequests(held.id))])
    if appraisal.phase is not Phase.OPEN:
        rows.append([button(words.plain("appraisal.button-result"), OpenResult(held.id))])
    return rows


def deadline(standing: Standing, milestone: Milestone | None, now: datetime, words: Words) -> Safe | None:
    """When it is due, and how far that is."""
    held = standing.assessment
    if milestone is None:
        return None
    due = closes_at(milestone)
    if held.stage is Stage.SUBMITTED:
        return words("assessment.due", due=due)
    if standing.late_days:
        return words("assessment.overdue", due=due, n=standing.late_days, penalty=standing.penalty)
    days = (local(due).date() - local(now).date()).days
    return words("assessment.due-today", due=due) if days == 0 else words("assessment.due-in", due=due, n=days)


def _stage(standing: Standing, words: Words) -> Safe:
    held = standing.assessment
    if held.stage is Stage.PROPOSED:
        return words("assessment.stage-proposed", given_at=held.proposed_at)
    if held.stage is Stage.SUBMITTED and held.receipt:
        return words("assessment.stage-submitted", receipt=held.receipt.code, given_at=held.receipt.at)
    if because := returned(held, words):
        return because
    return words("assessment.stage-draft")


def _told(appraisal: Appraisal | None, words: Words) -> Safe | None:
    """That the secretariat has told the unit a result."""
    if appraisal is None or appraisal.phase is Phase.OPEN:
        return None
    return words("appraisal.told-final" if appraisal.phase is Phase.FINAL else "appraisal.told-provisional")


def _renewed(standing: Standing, words: Words) -> Safe | None:
    """That the bloc has changed the criteria since the draft was begun."""
    if standing.assessment.renewed_from is None:
        return None
    waiting = len(standing.to_confirm)
    return words("assessment.renewed-waiting", n=waiting) if waiting else words("assessment.renewed")


def _buttons(standing: Standing, actor: Member, words: Words, *, reopens: bool) -> list[list[InlineKeyboardButton]]:
    held = standing.assessment
    fills, approves = held.unit in actor.fills, held.unit in actor.approves
    table = button(words.plain("assessment.button-table"), ShowTable(held.id, 0))
    changed = []
    if held.renewed_from is not None:
        changed.append([button(words.plain("assessment.button-changes"), ShowChanges(held.id, 0))])
    if held.stage is Stage.DRAFT:
        return [
            *changed,
            *([*named_lines(held), *_filling(standing, words)] if fills else [[table]]),
            versions(held, words),
        ]
    if held.stage is Stage.PROPOSED:
        rows = [*changed, [table]]
        if approves:
            rows.append(
                [
                    button(words.plain("assessment.button-approve"), Approve(held.id, held.revision)),
                    button(words.plain("assessment.button-return"), StartReturning(held.id, held.revision)),
                ]
            )
        if fills:
            rows.append([button(words.plain("assessment.button-take-back"), TakeBack(held.id, held.revision))])
        return [*rows, versions(held, words)]
    rows = [[button(words.plain("assessment.button-receipt"), ShowReceipt(held.id)), table]]
    if held.receipt:
        rows += [files(held.id, held.receipt.version, words), versions(held, words)]
    if reopens:
        rows.append([button(words.plain("assessment.button-reopen"), AskReopen(held.id))])
    return rows


def _filling(standing: Standing, words: Words) -> list[list[InlineKeyboardButton]]:
    held = standing.assessment
    begun = bool(held.answers or held.pieces or held.evidence)
    rows = [
        [button(words.plain("assessment.button-resume" if begun else "assessment.button-begin"), Resume(held.id))],
        [
            button(words.plain("assessment.button-contents"), ShowContents(held.id, 0)),
            button(words.plain("assessment.button-report"), ShowReport(held.id)),
        ],
    ]
    rules = []
    if held.bloc.bonuses:
        rules.append(button(words.plain("assessment.button-bonus"), ShowRules(held.id, ItemKind.BONUS.value)))
    if held.bloc.deductions:
        rules.append(button(words.plain("assessment.button-deduction"), ShowRules(held.id, ItemKind.DEDUCTION.value)))
    return [*rows, rules, [button(words.plain("assessment.button-review"), ShowReview(held.id, 0))]]


def contents(standing: Standing, words: Words) -> Screen:
    """Groups with how far each is."""
    held = standing.assessment
    listed, rows = [], []
    for number, group in enumerate(held.bloc.groups, 1):
        codes = [item.code for item in held.bloc.criteria if item.group == group.code]
        done = sum(standing.scores[code].complete for code in codes)
        points = sum((standing.scores[code].points for code in codes), group.ceiling * 0)
        listed.append(
            words(
                "assessment.group-row",
                code=group.code,
                name=group.name,
                done=done,
                of=len(codes),
                points=points,
                most=group.ceiling,
            )
        )
        label = words.plain("assessment.button-group", code=group.code, done=done, of=len(codes))
        rows.append(button(label, ShowContents(held.id, number)))
    text = lines(progress(standing, words), "", *listed)
    return Screen(text, keyboard([*grid(rows, 2), _home(standing, words)]))


def group(standing: Standing, number: int, words: Words) -> Screen:
    """The criteria of one group (1-based), each with its state."""
    held = standing.assessment
    chosen = held.bloc.groups[number - 1]
    items = [item for item in held.bloc.criteria if item.group == chosen.code]
    listed = [
        words(
            "assessment.item-row",
            mark=MARKS[standing.state(item.code)],
            code=item.code,
            name=clip(item.name, 60),
            worth=_worth(standing, item, words),
        )
        for item in items
    ]
    buttons = [
        button(f"{MARKS[standing.state(item.code)]} {clip(item.code, 14)}", ShowItem(held.id, held.line_of(item.code)))
        for item in items
    ]
    text = lines(words("assessment.group-title", code=chosen.code, name=chosen.name), "", *listed, "", _legend(words))
    back = button(words.plain("assessment.button-groups"), ShowContents(held.id, 0))
    return Screen(text, keyboard([*grid(buttons, 3), [back, *_home(standing, words)]]))


def _worth(standing: Standing, item: Item, words: Words) -> Safe:
    """What a line counts, or why it has no points."""
    if why := valueless(standing, item.code, words):
        return why
    worth = words("assessment.worth", points=standing.scores[item.code].points, most=item.ceiling or 0)
    return Safe(worth + words("assessment.table-not-final")) if _is_marked(standing, item) else worth


def _is_marked(standing: Standing, item: Item) -> bool:
    """Whether anything of a line is not final."""
    return any(answer.mark for slot, answer in standing.assessment.answers.items() if slot[0] == item.code)


def _legend(words: Words) -> Safe:
    return words("assessment.legend")


def _home(standing: Standing, words: Words) -> list[InlineKeyboardButton]:
    return [button(words.plain("assessment.button-overview"), ShowOverview(standing.assessment.id))]


def rules(standing: Standing, kind: ItemKind, words: Words, lead: str | None = None) -> Screen:
    """Bonus or deduction rules: what is not answered is not claimed."""
    held = standing.assessment
    items = [item for item in held.bloc.items() if item.kind is kind]
    listed, buttons = [], []
    for item in items:
        claimed = bool(held.facts(item.code))
        line = standing.scores[item.code]
        if not item.asked:
            key = "assessment.rule-row-machine"
        else:
            key = "assessment.rule-row-claimed" if claimed else "assessment.rule-row"
        shown = {"code": item.code, "name": clip(item.name, 80), "points": line.points + 0, "most": most(item, words)}
        mark, marked = MARKS[standing.state(item.code)], _is_marked(standing, item)
        sign = words("assessment.table-not-final") if marked else ""
        listed.append(words(key, **shown, mark=mark, not_final=sign))
        if item.asked:
            label = f"{MARKS[standing.state(item.code)]} {clip(item.code, 14)}" if claimed else clip(item.code, 16)
            buttons.append(button(label, ShowItem(held.id, held.line_of(item.code))))
    head = words(RULES[kind], cap=held.bloc.scale.bonus_cap)
    text = lines(*((lead, "") if lead else ()), head, "", *listed)
    onward = button(words.plain("assessment.button-go-on"), PassRules(held.id, kind.value))
    review = button(words.plain("assessment.button-review"), ShowReview(held.id, 0))
    return Screen(text, keyboard([*grid(buttons, 3), [onward], [review, *_home(standing, words)]]))


def paused(standing: Standing, milestone: Milestone | None, now: datetime, words: Words) -> Screen:
    """Stopped for now: the draft is kept."""
    text = lines(words("assessment.paused"), progress(standing, words), deadline(standing, milestone, now, words))
    held = standing.assessment
    return Screen(text, keyboard([[button(words.plain("assessment.button-resume"), Resume(held.id))]]))
