"""What a secretary sees of milestones: who owes, what was handed in, paper receipts, roll-calls."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import OpenAppraisal
from bot.buttons.extension import StartExtending
from bot.buttons.handin import (
    AskWithdraw,
    CloseRollCall,
    ConfirmPaper,
    CorrectRollCall,
    ListMilestones,
    MarkUnit,
    OpenRollCall,
    RecordPaper,
    ReopenHandIn,
    ShowOwing,
    ShowSettled,
)
from bot.buttons.home import GoHome
from bot.buttons.status import ShowStatus
from bot.domain.bloc import Bloc
from bot.domain.calendar import DischargedBy, Milestone, closes_at
from bot.domain.discharge import Discharge, How
from bot.domain.handin import HandIn, Mark, Piece, RollCall, owing_units
from bot.usecases.receipts import PAPER_FOR, Owing, Paper, Settled
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, grid, keyboard, lines
from handlers.views.handin import due, far, lateness, pieces, to_look_at

HOW = {
    How.ASSESSMENT: "handin.how-assessment",
    How.HAND_IN: "handin.how-hand-in",
    How.ROLL_CALL: "handin.how-roll-call",
    How.PEER: "handin.how-peer",
    How.PAPER: "handin.how-paper",
}
MARKS = {
    Mark.RIGHT: "handin.mark-right",
    Mark.WRONG: "handin.mark-wrong",
    Mark.ABSENT: "handin.mark-absent",
}


def milestones(owing: Sequence[Owing], bloc: Bloc, now: datetime, words: Words) -> Screen:
    """Every milestone that units settle: those ahead first, then the past ones, the latest first."""
    ahead = [each for each in owing if closes_at(each.milestone) >= now]
    past = [each for each in owing if closes_at(each.milestone) < now][::-1]
    rows = [
        [
            button(
                f"{each.settled}/{len(each.lines)} · {clip(each.milestone.name, 34)}"
                if each.lines
                else clip(each.milestone.name),
                ShowOwing(each.milestone.key),
            )
        ]
        for each in (*ahead[:8], *past[:12])
    ]
    rows.append([button(words.plain("home.status"), ShowStatus()), button(words.plain("home.home"), GoHome())])
    return Screen(words("handin.milestones-title"), keyboard(rows))


def owing(held: Owing, bloc: Bloc, now: datetime, words: Words) -> Screen:
    """Units of one milestone, settled or not, with a button each."""
    milestone = held.milestone
    text = lines(
        words("handin.one-title", name=milestone.name),
        words("handin.due-only", due=due(milestone, words))
        if milestone.discharged_by is DischargedBy.ROLL_CALL
        else words("handin.due-line", due=due(milestone, words), left=far(milestone, bloc, now, words)),
        words("handin.settled-of", done=held.settled, of=len(held.lines)),
        "",
        *(_unit_line(unit.name, discharge, words) for unit, discharge in held.lines),
    )
    buttons = [
        button(f"{'✓' if discharge else '–'} {unit.code}", ShowSettled(milestone.key, unit.code))
        for unit, discharge in held.lines
    ]
    rows: list[Sequence[InlineKeyboardButton]] = []
    if milestone.discharged_by is DischargedBy.ROLL_CALL:
        rows.append([button(words.plain("handin.roll-call"), OpenRollCall(milestone.key))])
    else:
        if not held.lines:  # named units: any of the bloc may be one
            buttons = [button(unit.code, ShowSettled(milestone.key, unit.code)) for unit in bloc.units]
        rows += grid(buttons, 4)
    rows.append([button(words.plain("handin.back-milestones"), ListMilestones())])
    return Screen(text, keyboard(rows))


def _unit_line(name: str, discharge: Discharge | None, words: Words) -> Safe:
    if discharge is None:
        return words("handin.unit-owes", unit=name)
    if discharge.how is How.ROLL_CALL:
        return words("handin.unit-attended", unit=name, mark=words(MARKS[Mark(discharge.reason)]))
    return words(
        "handin.unit-settled",
        unit=name,
        at=discharge.at,
        late=lateness(discharge.late_days, words),
        how=words(HOW[discharge.how]),
    )


def settled(held: Settled, bloc: Bloc, now: datetime, words: Words) -> Screen:
    """One unit: what came, when, in which version; what a secretary can do."""
    milestone, unit, discharge = held.milestone, held.unit, held.discharge
    latest = held.versions[-1] if held.versions else None
    rows: list[Sequence[InlineKeyboardButton]] = []
    if latest:
        rows += to_look_at(latest, words)
        if closes_at(milestone) < now and latest.reopened_at is None:
            rows.append([button(words.plain("handin.reopen"), ReopenHandIn(latest.id))])
    if discharge is None and milestone.discharged_by in PAPER_FOR:
        rows.append([button(words.plain("handin.record-paper"), RecordPaper(milestone.key, unit.code))])
    if held.form is not None:
        rows.append([button(words.plain("appraisal.button-appraise"), OpenAppraisal(held.form))])
    if held.movable:
        rows.append([button(words.plain("extension.button-grant"), StartExtending(milestone.key, unit.code))])
    if discharge is not None and discharge.how is How.PAPER:
        rows.append([button(words.plain("handin.withdraw-paper"), AskWithdraw(milestone.key, unit.code))])
    rows.append([button(words.plain("handin.back-milestone"), ShowOwing(milestone.key))])
    text = lines(
        words("handin.one-title", name=milestone.name),
        words("handin.unit", unit=unit.name),
        words("handin.due-line", due=due(milestone, words), left=far(milestone, bloc, now, words))
        if discharge is None
        else words("handin.due-plain", due=due(milestone, words)),
        words("extension.line", due=closes_at(milestone)) if held.extended else None,
        "",
        _discharged(discharge, words),
        *(_version(version, words) for version in held.versions[-5:]),
        *(("", words("handin.bag-holds", n=len(latest.pieces)), *pieces(latest.pieces, words)) if latest else ()),
    )
    return Screen(text, keyboard(rows))


def _discharged(discharge: Discharge | None, words: Words) -> Safe:
    if discharge is None:
        return words("handin.owes-still")
    late = lateness(discharge.late_days, words)
    if discharge.how is How.PAPER:
        return words(
            "handin.stands-paper",
            at=discharge.at,
            reason=discharge.reason,
            receipt=discharge.receipt,
            late=late,
        )
    return words(
        "handin.discharged", at=discharge.at, how=words(HOW[discharge.how]), receipt=discharge.receipt, late=late
    )


def _version(held: HandIn, words: Words) -> Safe:
    key = "handin.version-reopened" if held.reopened_at else "handin.version"
    return words(
        key,
        version=held.version,
        at=held.handed_at or held.started_at,
        n=len(held.pieces),
        receipt=held.receipt,
    )


def caption(piece: Piece, unit: str, words: Words) -> str:
    """Under a file that is handed back: whose it is, and what was written under it. Plain text, at most 1024."""
    key = "handin.caption-note" if piece.text else "handin.caption"
    return words.plain(key, unit=unit, file=piece.name, note=piece.text)[:1024]


def whole_text(piece: Piece, words: Words) -> Screen:
    """A text or link as it was sent. It may fill a message, so nothing is put around it."""
    return Screen(words("handin.whole", text=piece.text))


# -- paper -------------------------------------------------------------------------------------------------


def _cancel(milestone: str, unit: str, words: Words) -> list[InlineKeyboardButton]:
    return [button(words.plain("handin.cancel"), ShowSettled(milestone, unit))]


def ask_when(milestone: Milestone, unit: str, bloc: Bloc, words: Words) -> Screen:
    text = words("handin.ask-when", name=milestone.name, unit=bloc.unit(unit).name, due=due(milestone, words))
    return Screen(text, keyboard([_cancel(milestone.key, unit, words)]))


def ask_reason(milestone: Milestone, unit: str, bloc: Bloc, at: datetime, late: int, words: Words) -> Screen:
    text = words(
        "handin.ask-reason",
        name=milestone.name,
        unit=bloc.unit(unit).name,
        at=at,
        late=lateness(late, words),
    )
    return Screen(text, keyboard([_cancel(milestone.key, unit, words)]))


def confirm_paper(paper: Paper, mark: str, words: Words) -> Screen:
    text = words(
        "handin.confirm-paper",
        name=paper.milestone.name,
        unit=paper.unit.name,
        at=paper.at,
        late=lateness(paper.late_days, words),
        reason=paper.reason,
    )
    rows = [
        [button(words.plain("handin.confirm-paper-button"), ConfirmPaper(mark))],
        _cancel(paper.milestone.key, paper.unit.code, words),
    ]
    return Screen(text, keyboard(rows))


def ask_why(key: str, milestone: Milestone, unit: str, bloc: Bloc, words: Words) -> Screen:
    """A reason for reopening, or for taking a paper receipt back (`key`)."""
    text = words(key, name=milestone.name, unit=bloc.unit(unit).name)
    return Screen(text, keyboard([_cancel(milestone.key, unit, words)]))


# -- roll-call ---------------------------------------------------------------------------------------------


def roll_call(milestone: Milestone, roll: RollCall, bloc: Bloc, words: Words) -> Screen:
    """A tap turns a unit's mark: right, wrong, absent."""
    units = owing_units(bloc, milestone)
    marked = [unit for unit in units if unit in roll.marks]
    text = lines(
        words("handin.roll-title", name=milestone.name),
        words("handin.due-only", due=due(milestone, words)),
        words("handin.roll-closed", at=roll.closed_at)
        if roll.closed_at
        else words("handin.roll-open", done=len(marked), of=len(units)),
        "",
        *(_mark_line(bloc.unit(unit).name, roll.marks.get(unit), words) for unit in units),
        *(() if roll.closed_at else ("", words("handin.roll-how"))),
    )
    rows: list[Sequence[InlineKeyboardButton]] = []
    if roll.closed_at:
        rows.append([button(words.plain("handin.roll-correct"), CorrectRollCall(milestone.key, roll.revision))])
    else:
        rows += grid([_mark_button(milestone, unit, roll) for unit in units], 3)
        if len(marked) == len(units):
            rows.append([button(words.plain("handin.roll-close"), CloseRollCall(milestone.key, roll.revision))])
    rows.append([button(words.plain("handin.back-milestone"), ShowOwing(milestone.key))])
    return Screen(text, keyboard(rows))


SIGNS = {None: "▫", Mark.RIGHT: "✅", Mark.WRONG: "⚠", Mark.ABSENT: "❌"}


def _mark_button(milestone: Milestone, unit: str, roll: RollCall) -> InlineKeyboardButton:
    return button(f"{SIGNS[roll.marks.get(unit)]} {unit}", MarkUnit(milestone.key, unit, roll.revision))


def _mark_line(name: str, mark: Mark | None, words: Words) -> Safe:
    key = MARKS[mark] if mark else "handin.mark-none"
    return words("handin.mark-line", sign=SIGNS[mark], unit=name, mark=words(key))
