"""Handing in, as a unit's people see it."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.actions import mark_of
from bot.buttons.appraisal import OpenResult
from bot.buttons.files import DropFile, VouchForFile
from bot.buttons.handin import (
    DropText,
    KeepText,
    ListHandIns,
    ListMilestones,
    OpenForUnit,
    RemovePiece,
    SendPiece,
    StartHandIn,
    SubmitHandIn,
    UnderstoodWarning,
)
from bot.buttons.home import GoHome
from bot.buttons.status import ShowStatus
from bot.domain.bloc import Bloc, Unit
from bot.domain.calendar import AppraisalStage, Milestone, closes_at
from bot.domain.handin import HandIn, Piece, PieceKind
from bot.domain.reminders import DaysLeft, days_left, last_accepted_day
from bot.usecases.handin import Choice, Way
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, grid, keyboard, lines

MOST_LISTED = 15  # pieces named one by one on a screen
WAYS = {
    Way.OPEN: "handin.way-open",
    Way.HANDED: "handin.way-handed",
    Way.NOT_YET: "handin.way-not-yet",
    Way.CLOSED: "handin.way-handed",
    Way.OTHERWISE: "handin.way-paper",
    Way.REVIEWED: "handin.way-reviewed",
    Way.OBJECTED: "handin.way-objected",
    Way.TOO_LATE: "handin.way-too-late",
    Way.INFO: "handin.way-info",
}
ON_BUTTONS = (Way.OPEN, Way.HANDED, Way.CLOSED, Way.OBJECTED)
ICONS = {PieceKind.FILE: "📎", PieceKind.TEXT: "📝", PieceKind.LINK: "🔗"}


# -- deadlines -------------------------------------------------------------------------------------------


def due(milestone: Milestone, words: Words) -> Safe:
    """ "17:00, thứ Sáu, 19/6/2026"."""
    return words("handin.due", time=milestone.due_time, day=words.weekday(milestone.due_on))


def left(held: DaysLeft, words: Words) -> Safe:
    """ "còn 3 ngày", "hạn hôm nay" or "muộn 2 ngày làm việc"."""
    if held.late:
        return words("handin.days-late", n=held.late)
    return words("handin.days-left", n=held.days) if held.days > 0 else words("handin.today")


def far(milestone: Milestone, bloc: Bloc, now: datetime, words: Words) -> Safe:
    return left(days_left(milestone, now, bloc.holidays), words)


def lateness(days: int, words: Words) -> Safe:
    return words("handin.late-by", n=days) if days else words("handin.on-time")


# -- choosing --------------------------------------------------------------------------------------------


def listed(choices: Sequence[Choice], bloc: Bloc, now: datetime, words: Words, *, secretary: bool) -> Screen:
    """What can be handed in, with a button each; what cannot stands below, with the reason."""
    several = len({choice.unit.code for choice in choices}) > 1
    text: list[str] = [words("handin.list-title")]
    rows: list[Sequence[InlineKeyboardButton]] = []
    shown = [c for c in choices if c.way is not Way.TOO_LATE]
    over = [c for c in choices if c.way is Way.TOO_LATE]
    for choice in shown:
        text.append(_line(choice, bloc, now, words, several=several))
        if choice.way in ON_BUTTONS:
            prefix = f"{choice.unit.code}: " if several else ""
            rows.append(
                [button(clip(prefix + choice.milestone.name), OpenForUnit(choice.milestone.key, choice.unit.code))]
            )
    if not any(choice.way is Way.OPEN and not choice.for_some for choice in choices):
        text.append(words("handin.nothing-open"))
    if over:
        text.append(words("handin.list-over", n=len(over), names="; ".join(c.milestone.name for c in over)))
    if secretary:
        rows.append([button(words.plain("handin.follow-units"), ListMilestones())])
    rows.append([button(words.plain("home.status"), ShowStatus()), button(words.plain("home.home"), GoHome())])
    return Screen("\n\n".join(text), keyboard(rows))


def _line(choice: Choice, bloc: Bloc, now: datetime, words: Words, *, several: bool) -> Safe:
    milestone = choice.milestone
    opens = milestone.opens_on if choice.way is Way.NOT_YET else None
    return words(
        "handin.list-line-unit" if several else "handin.list-line",
        unit=choice.unit.name,
        name=milestone.name,
        way=words(
            "handin.way-named" if choice.way is Way.OPEN and choice.for_some else WAYS[choice.way],
            due=due(milestone, words),
            left=_left_or_settled(choice, bloc, now, words),
            opens=opens or "",
        ),
        draft=words("handin.list-draft", n=len(choice.draft.pieces)) if choice.draft and choice.draft.pieces else "",
    )


def choose_unit(milestone: Milestone, units: Sequence[Unit], words: Words) -> Screen:
    rows = [[button(clip(unit.name), OpenForUnit(milestone.key, unit.code))] for unit in units]
    return Screen(words("handin.which-unit", name=milestone.name), keyboard(rows))


def only_liaisons(words: Words, *, secretary: bool) -> Screen:
    rows = [[button(words.plain("home.status"), ShowStatus())]]
    if secretary:
        rows.insert(0, [button(words.plain("handin.follow-units"), ListMilestones())])
    return Screen(words("handin.only-liaisons"), keyboard(rows))


# -- one milestone ---------------------------------------------------------------------------------------


def one(choice: Choice, bloc: Bloc, now: datetime, words: Words, *, fills: bool) -> Screen:
    """What to hand in, to whom, how and by when; where it stands; what can be done."""
    milestone = choice.milestone
    rows: list[Sequence[InlineKeyboardButton]] = []
    if fills and choice.way in (Way.OPEN, Way.HANDED):
        key = "handin.add-more" if choice.latest else "handin.go-on" if choice.draft else "handin.begin"
        rows.append([button(words.plain(key), StartHandIn(milestone.key, choice.unit.code, choice.version))])
    if choice.latest:
        rows += to_look_at(choice.latest, words)
    if choice.result is not None:
        rows.insert(0, [button(words.plain("appraisal.button-result"), OpenResult(choice.result))])
    rows.append([button(words.plain("handin.back"), ListHandIns()), button(words.plain("home.status"), ShowStatus())])
    text = lines(
        words("handin.one-title", name=milestone.name),
        words("handin.unit", unit=choice.unit.name),
        words("handin.due-line", due=due(milestone, words), left=_left_or_settled(choice, bloc, now, words)),
        "",
        words("handin.deliverables") if milestone.deliverables else None,
        *(words("handin.deliverable", what=what) for what in milestone.deliverables),
        words("handin.recipient", recipient=milestone.recipient) if milestone.recipient else None,
        words("handin.form", form=milestone.form) if milestone.form else None,
        words("handin.basis", basis=milestone.basis) if milestone.basis else None,
        words("handin.remark", remark=milestone.remark) if milestone.remark else None,
        "",
        _standing(choice, bloc, words),
    )
    return Screen(text, keyboard(rows))


def _left_or_settled(choice: Choice, bloc: Bloc, now: datetime, words: Words) -> Safe:
    if choice.discharge:
        return words("handin.settled")
    days = far(choice.milestone, bloc, now, words)
    if not choice.for_some:
        return days
    objecting = choice.milestone.stage is AppraisalStage.OBJECTION
    aside = words("handin.if-objecting" if objecting else "handin.if-named")
    return aside if now > closes_at(choice.milestone) else Safe(f"{days}; {aside}")


def _standing(choice: Choice, bloc: Bloc, words: Words) -> Safe:
    match choice.way:
        case Way.HANDED | Way.CLOSED if choice.latest and choice.latest.handed_at:
            key = "handin.stands-handed" if choice.way is Way.HANDED else "handin.stands-closed"
            return words(
                key,
                receipt=choice.latest.receipt,
                at=choice.latest.handed_at,
                late=lateness(choice.latest.late_days, words),
                version=choice.latest.version,
            )
        case Way.OTHERWISE if choice.discharge:
            return words(
                "handin.stands-paper",
                at=choice.discharge.at,
                reason=choice.discharge.reason,
                receipt=choice.discharge.receipt,
                late=lateness(choice.discharge.late_days, words),
            )
        case Way.NOT_YET:
            return words(
                "handin.stands-not-yet", opens=words.weekday(choice.milestone.opens_on or choice.milestone.due_on)
            )
        case Way.TOO_LATE:
            last = last_accepted_day(choice.milestone, bloc)
            return words("handin.stands-too-late", last=words.weekday(last or choice.milestone.due_on))
        case Way.OBJECTED:
            return words("handin.stands-objected")
        case Way.INFO:
            return words("handin.stands-info")
    return words("handin.stands-objecting" if choice.result is not None else "handin.stands-open")


def warning(choice: Choice, words: Words) -> Screen:
    """What must never be sent, before the first file."""
    rows = [
        [
            button(
                words.plain("handin.understood"),
                UnderstoodWarning(choice.milestone.key, choice.unit.code, choice.version),
            )
        ],
        [button(words.plain("handin.back"), ListHandIns())],
    ]
    return Screen(words("handin.warning"), keyboard(rows))


# -- the bag ---------------------------------------------------------------------------------------------


def bag(held: HandIn, bloc: Bloc, now: datetime, words: Words, *, lead: Safe | None = None) -> Screen:
    """What is in it, and what to do next. `lead` says what just happened."""
    milestone = bloc.milestone(held.milestone)
    count = len(held.pieces)
    rows: list[Sequence[InlineKeyboardButton]] = []
    if count:
        rows.append([button(words.plain("handin.submit", n=count), SubmitHandIn(held.id, held.revision))])
    removing = [
        button(words.plain("handin.remove", number=n), RemovePiece(held.id, piece.id))
        for n, piece in enumerate(held.pieces, 1)
    ]
    rows += grid(removing, 4)
    rows.append([button(words.plain("handin.later"), GoHome())])
    text = lines(
        *((lead, "") if lead else ()),
        words("handin.bag-title", name=milestone.name),
        words("handin.unit", unit=bloc.unit(held.unit).name),
        words("handin.due-line", due=due(milestone, words), left=far(milestone, bloc, now, words)),
        words("handin.bag-version", version=held.version) if held.version > 1 else None,
        "",
        words("handin.bag-holds", n=count) if count else words("handin.bag-empty"),
        *pieces(held.pieces, words),
        "",
        words("handin.bag-next" if count else "handin.bag-first"),
    )
    return Screen(text, keyboard(rows))


def pieces(held: Sequence[Piece], words: Words) -> list[Safe]:
    """One line a piece."""
    found = [
        words("handin.piece", number=n, icon=ICONS[piece.kind], what=_what(piece, words))
        for n, piece in enumerate(held[:MOST_LISTED], 1)
    ]
    if len(held) > MOST_LISTED:
        found.append(words("handin.more-pieces", n=len(held) - MOST_LISTED))
    return found


def _what(piece: Piece, words: Words) -> Safe:
    if piece.kind is PieceKind.FILE:
        return words("handin.file", file=clip(piece.name, 60), size=words.size(piece.size))
    return words("handin.quoted", text=clip(piece.text, 80))


def to_look_at(held: HandIn, words: Words) -> list[Sequence[InlineKeyboardButton]]:
    """A button for each piece, to look at it."""
    buttons = [
        button(clip(f"{n}. {piece.name or piece.text}", 24), SendPiece(held.id, piece.id))
        for n, piece in enumerate(held.pieces[:MOST_LISTED], 1)
    ]
    return grid(buttons, 2)


def doubtful_file(name: str, file_id: str, words: Words) -> Screen:
    rows = [
        [button(words.plain("handin.vouch"), VouchForFile(mark_of(file_id)))],
        [button(words.plain("handin.do-not-send"), DropFile(mark_of(file_id)))],
    ]
    return Screen(words("handin.doubtful-file", file=name), keyboard(rows))


def doubtful_text(text: str, words: Words) -> Screen:
    rows = [
        [button(words.plain("handin.vouch"), KeepText(mark_of(text)))],
        [button(words.plain("handin.do-not-send"), DropText(mark_of(text)))],
    ]
    return Screen(words("handin.doubtful-text"), keyboard(rows))


def receipt(held: HandIn, bloc: Bloc, words: Words, *, may_change: bool) -> Screen:
    """What people keep: code, moment, lateness, what was handed in."""
    milestone = bloc.milestone(held.milestone)
    rows: list[Sequence[InlineKeyboardButton]] = []
    if may_change:
        rows.append([button(words.plain("handin.add-more"), StartHandIn(held.milestone, held.unit, held.version))])
    rows.append([button(words.plain("home.status"), ShowStatus()), button(words.plain("home.home"), GoHome())])
    text = lines(
        words("handin.receipt-title", version=held.version) if held.version > 1 else words("handin.receipt-first"),
        words("handin.one-title", name=milestone.name),
        words("handin.unit", unit=bloc.unit(held.unit).name),
        words("handin.receipt-code", receipt=held.receipt),
        words("handin.receipt-at", at=held.handed_at or held.started_at, late=lateness(held.late_days, words)),
        "",
        words("handin.bag-holds", n=len(held.pieces)),
        *pieces(held.pieces, words),
        "",
        words("handin.no-approval"),
        words("handin.form", form=milestone.form) if milestone.form else None,
        words("handin.may-change") if may_change else None,
    )
    return Screen(text, keyboard(rows))
