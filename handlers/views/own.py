"""What an answer means for the asker's own units: a line each, and the button that leads on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.actions import mark_of
from bot.buttons.ask import AddToCalendar
from bot.buttons.assessment import OpenAssessment, OpenLine, ReadLine, ShowEvidence, ShowItem, ShowOverview
from bot.domain.assessment import Stage
from bot.domain.assessment_standing import Standing, State
from bot.domain.calendar import DischargedBy, Milestone, closes_at
from bot.domain.criteria import Item, ItemKind
from bot.domain.discharge import How
from bot.usecases.own_state import OwnItem, OwnMilestone
from bot.usecases.status import Stands, StatusLine
from bot.words import Safe, Words
from handlers.views.assessment.common import PERIODS, button, clip, valueless
from handlers.views.handin import lateness
from handlers.views.status import go_on

MOST_LINES = 4  # units and periods that are told one by one
MOST_BUTTONS = 2  # of them with a button: the keyboard stays below the answer on a phone
SCORED = {
    ItemKind.CRITERION: "own.scored",
    ItemKind.BONUS: "own.scored-bonus",
    ItemKind.DEDUCTION: "own.scored-deduction",
}
UNTOUCHED = {
    ItemKind.CRITERION: "own.untouched",
    ItemKind.BONUS: "own.untouched-bonus",
    ItemKind.DEDUCTION: "own.untouched-deduction",
}
STAGES = {Stage.DRAFT: "own.stage-draft", Stage.PROPOSED: "own.stage-proposed", Stage.SUBMITTED: "own.stage-submitted"}


@dataclass(frozen=True, slots=True)
class Own:
    """What stands below an answer for one person. Empty where nothing does."""

    lines: tuple[Safe, ...] = ()
    rows: list[list[InlineKeyboardButton]] = field(default_factory=list)

    def below(self, html: str, words: Words) -> Safe:
        """An answer with the lines under it."""
        told = "\n".join(words("own.line", text=line) for line in self.lines)
        return Safe(f"{html}\n\n{told}" if told else html)


NOTHING = Own()


# -- a criterion, a bonus, a deduction -------------------------------------------------------------------


def item(found: Sequence[OwnItem], words: Words) -> Own:
    """How far each unit is with it, in each open period."""
    lines: list[Safe] = []
    rows: list[list[InlineKeyboardButton]] = []
    for own in found:
        text = _item(own, _who(own, found, words), words)
        if text is None:
            continue
        lines.append(text)
        if go := _to_item(own, len(found) > 1, words):
            rows.append([go])
    return Own(_fitting(lines, words), rows[:MOST_BUTTONS])


def _who(own: OwnItem, found: Sequence[OwnItem], words: Words) -> Safe:
    """ "Đơn vị anh/chị", and which of several units or periods."""
    several_units, several_periods = (len({each.unit.code for each in found}) > 1, len({o.period for o in found}) > 1)
    who = words("own.unit", name=own.unit.name) if several_units else words("own.your-unit")
    return words("own.in-period", who=who, period=words(PERIODS[own.period])) if several_periods else who


def _item(own: OwnItem, who: Safe, words: Words) -> Safe | None:
    if own.paper:
        return words("own.paper", who=who, at=own.paper.at)
    if own.standing is None:
        return words("own.not-started", who=who)
    line = own.standing.scores[own.code].item
    if not line.asked:
        return _late(own, own.standing, who, words)
    match own.state:
        case State.UNTOUCHED:
            return words(UNTOUCHED[line.kind], who=who, stage=_stage(own, words))
        case State.BEGUN:
            answered, of = len(own.standing.assessment.facts(own.code)), len(line.asked)
            points = own.standing.scores[own.code].points
            return words("own.begun", who=who, done=answered, of=of, points=points, stage=_stage(own, words))
    if why := valueless(own.standing, own.code, words):
        return words("own.valueless", who=who, why=why, stage=_stage(own, words))
    return words(
        SCORED[line.kind],
        who=who,
        points=_points(line, own.standing, words),
        supported=_supported(own.code, own.standing, words),
        stage=_stage(own, words),
    )


def _late(own: OwnItem, standing: Standing, who: Safe, words: Words) -> Safe | None:
    """A deduction that the machine counts: what it comes to by now, nothing where the form is on time."""
    if not standing.late_days:
        return None
    key = "own.was-late" if own.stage is Stage.SUBMITTED else "own.late-now"
    return words(key, who=who, n=standing.late_days, points=abs(standing.scores[own.code].points))


def _points(line: Item, standing: Standing, words: Words) -> Safe:
    points = abs(standing.scores[line.code].points)
    if line.kind is ItemKind.DEDUCTION or line.ceiling is None:
        return words("own.points", points=points)
    return words("own.points-of", points=points, most=line.ceiling)


def _supported(code: str, standing: Standing, words: Words) -> Safe:
    """Behind the points: what supports them, or that something is missing."""
    if standing.lacks_evidence(code):
        return words("own.lacks-evidence")
    if count := len(standing.assessment.evidence_for(code)):
        return words("own.has-evidence", n=count)
    return words("own.explained") if code in standing.assessment.explanations else Safe("")


def _stage(own: OwnItem, words: Words) -> Safe:
    return words(STAGES[own.stage])


def _to_item(own: OwnItem, several: bool, words: Words) -> InlineKeyboardButton | None:
    """Straight into the item for who fills in; to the decision for who approves; to the line for who may only read."""
    if own.paper:
        return None

    def labelled(key: str) -> str:
        which = (
            words.plain("own.button-which", unit=own.unit.code, period=words(PERIODS[own.period])) if several else ""
        )
        return clip(words.plain(key, code=own.code) + which, 48)

    if own.standing is None:
        opens = OpenLine(own.membership_id, own.period.value, mark_of(own.code))
        return button(labelled("own.button-score"), opens) if own.fills else None
    held = own.standing.assessment
    line = held.line_of(own.code)
    asked = bool(own.standing.scores[own.code].item.asked)
    if own.stage is Stage.DRAFT and own.fills:
        if not asked:
            return button(labelled("own.button-form"), ShowOverview(held.id))
        match own.state:
            case State.LACKS_EVIDENCE:
                return button(labelled("own.button-evidence"), ShowEvidence(held.id, line))
            case State.DONE:
                return button(labelled("own.button-change"), ShowItem(held.id, line))
        return button(labelled("own.button-score"), ShowItem(held.id, line))
    if own.stage is Stage.PROPOSED and own.approves:
        return button(labelled("own.button-approve"), ShowOverview(held.id))
    if own.state is State.UNTOUCHED:
        return None
    return button(labelled("own.button-read"), ReadLine(held.id, line, 0))


# -- a milestone -----------------------------------------------------------------------------------------


def milestone(
    found: Sequence[OwnMilestone], asked: Milestone, now: datetime, words: Words, *, listed: bool = False
) -> Own:
    """Whether it is settled; what has not passed can go into a calendar too. `listed`: it is one of several above."""
    lines = [
        _milestone(own.line, words("own.unit", name=own.unit.name) if len(found) > 1 else words("own.your-unit"), words)
        for own in found
    ]
    go = next((go for own in found if (go := _to_milestone(own, words))), None)
    rows = [[go]] if go else []
    if listed:
        lines = [words("own.of-several", name=clip(asked.name, 80), text=line) for line in lines]
    elif now <= closes_at(asked):
        rows.append([button(words.plain("own.button-calendar"), AddToCalendar(asked.key))])
    return Own(_fitting(list(dict.fromkeys(lines)), words), rows)


def _milestone(line: StatusLine, who: Safe, words: Words) -> Safe:
    form = line.milestone.discharged_by is DischargedBy.ASSESSMENT
    match line.stands:
        case Stands.RECEIVED if line.milestone.discharged_by is DischargedBy.ROLL_CALL:
            return words("own.attended", who=who)
        case Stands.RECEIVED if line.discharge and line.discharge.how is How.PAPER:
            return words("own.paper", who=who, at=line.discharge.at)
        case Stands.RECEIVED if line.discharge:
            late = lateness(line.discharge.late_days, words)
            return words("own.received", who=who, at=line.discharge.at, late=late, receipt=line.discharge.receipt)
        case Stands.RECEIVED:
            return words("own.received-plain", who=who)
        case Stands.WAITING:
            return words("own.waiting", who=who)
        case Stands.ASKED_AGAIN:
            key = "own.returned" if form else "own.asked-again"
            return words(key, who=who, because=clip(line.because, 200))
        case Stands.DRAFT:
            key = "own.draft-form" if form else "own.draft-bag"
            return words(key, who=who, done=line.done, of=line.of, n=line.gaps if form else line.done)
        case Stands.NOT_OPEN:
            return words("own.not-open", who=who, opens=words.weekday(line.milestone.opens_on or line.milestone.due_on))
        case Stands.CONFERENCE:
            return words("own.conference")
        case Stands.ABSENT:
            return words("own.absent", who=who)
        case Stands.OVER:
            return words("own.over", who=who)
    return words("own.not-yet", who=who)


def _to_milestone(own: OwnMilestone, words: Words) -> InlineKeyboardButton | None:
    """What this person may do about it: fill in or hand in, approve, or look at what the others have filled in."""
    held, line = own.line.milestone, own.line
    if line.stands is Stands.WAITING and own.approves and held.period:
        label = words.plain("status.go-approve", period=words(PERIODS[held.period]))
        return button(label, OpenAssessment(held.period.value))
    if own.fills:
        return go_on(line, words) if line.owed else None
    begun = line.stands in (Stands.DRAFT, Stands.ASKED_AGAIN)
    if own.approves and begun and held.discharged_by is DischargedBy.ASSESSMENT and held.period:
        label = words.plain("own.button-look", period=words(PERIODS[held.period]))
        return button(label, OpenAssessment(held.period.value))
    return None


def _fitting(lines: Sequence[Safe], words: Words) -> tuple[Safe, ...]:
    """As many as one reads under an answer."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    return (*lines[:MOST_LINES], words("own.more", n=len(lines) - MOST_LINES))
