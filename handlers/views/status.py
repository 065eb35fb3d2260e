"""`/trangthai`: where a unit stands, what waits for a leader, what the secretariat still lacks."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal_peer import OpenMyPeer
from bot.buttons.assessment import OpenAssessment
from bot.buttons.contact import ShowLetters
from bot.buttons.handin import ListMilestones, OpenHandIn, ShowOwing
from bot.buttons.home import GoHome
from bot.buttons.people import ShowRoster
from bot.buttons.status import ExportPeriod, ShowStatus
from bot.domain.calendar import AppraisalStage, DischargedBy, Period
from bot.domain.folding import fold
from bot.domain.reminders import DaysLeft
from bot.usecases.receipts import Owing
from bot.usecases.status import BlocStatus, Stands, StatusLine, ToApprove, UnitStatus
from bot.words import Safe, Words, strip
from handlers.replies import Screen
from handlers.views.assessment.common import PERIODS, button, clip, keyboard, lines
from handlers.views.handin import due, lateness, left

ICONS = {
    Stands.RECEIVED: "✅",
    Stands.WAITING: "⏳",
    Stands.ASKED_AGAIN: "↩",
    Stands.DRAFT: "✏",
    Stands.NOT_YET: "▫",
    Stands.NOT_OPEN: "🔒",
    Stands.CONFERENCE: "👥",
    Stands.ABSENT: "❌",
}
MOST_TEXT = 3800  # characters; Telegram takes 4096
MOST_ROWS = 24  # rows of buttons
MOST_NAMED = 12  # units named one by one in a line
MOST_OVER = 3  # milestones past taking that are named
MOST_NAME = 44  # characters of a milestone or product in a row of them

Row = Sequence[InlineKeyboardButton]


def unit(held: UnitStatus, words: Words, *, fills: bool) -> tuple[Safe, list[Row]]:
    """A unit's own milestones, and buttons for what can be gone on with."""
    rows: list[Row] = []
    text: list[Safe] = [words("status.unit-title", unit=held.unit.name)]
    live = [line for line in held.lines if line.stands is not Stands.OVER]
    over = [line for line in held.lines if line.stands is Stands.OVER]
    for line in live:
        text.append(_line(line, words))
        if fills and line.owed and (go := go_on(line, words)):
            rows.append([go])
    if not live:
        text.append(words("status.nothing-near"))
    if over:
        named = "; ".join(clip(each.milestone.name, MOST_NAME) for each in over[:MOST_OVER])
        if len(over) > MOST_OVER:
            named = words.plain("status.and-others", names=named, n=len(over) - MOST_OVER)
        text.append(words("status.over", n=len(over), names=named))
    return Safe("\n\n".join(text)), rows[:6]


def go_on(line: StatusLine, words: Words) -> InlineKeyboardButton | None:
    """The button that brings a unit on with a milestone."""
    milestone = line.milestone
    if milestone.discharged_by is DischargedBy.ASSESSMENT and milestone.period:
        label = words.plain("status.go-form", period=words(PERIODS[milestone.period]))
        return button(label, OpenAssessment(milestone.period.value))
    if milestone.stage is AppraisalStage.PEER:
        return button(words.plain("appraisal.button-peer"), OpenMyPeer())
    if milestone.discharged_by is DischargedBy.HAND_IN:
        label = clip(milestone.name, 38)
        if not fold(label).startswith("nop "):  # many milestones are called "Nộp …" already
            label = words.plain("status.go-hand-in", name=clip(milestone.name, 34))
        return button(label, OpenHandIn(milestone.key))
    return None


def _line(line: StatusLine, words: Words) -> Safe:
    milestone = line.milestone
    where = "status.held-on" if milestone.discharged_by is DischargedBy.ROLL_CALL else "status.due-on"
    settled = line.stands in (Stands.RECEIVED, Stands.ABSENT)
    return lines(
        words("status.name", icon=ICONS[line.stands], name=milestone.name),
        words(where, due=due(milestone, words)) if settled else _due_left(where, line, words),
        stands(line, words),
        *_wanted(line, words),
    )


def _due_left(where: str, line: StatusLine, words: Words) -> Safe:
    return words("status.with-left", due=words(where, due=due(line.milestone, words)), left=_left(line.left, words))


def _left(held: DaysLeft, words: Words) -> Safe:
    return words("status.urgent", left=left(held, words)) if held.days <= 3 else left(held, words)


def _wanted(line: StatusLine, words: Words) -> list[Safe]:
    """What is to be handed in, on one line, while nothing has been received."""
    wanted = line.milestone.deliverables
    if line.stands not in (Stands.NOT_YET, Stands.DRAFT) or not wanted:
        return []
    return [words("status.wanted", what="; ".join(clip(what, MOST_NAME) for what in wanted))]


def stands(line: StatusLine, words: Words) -> Safe:
    """Received, waiting, draft…: one phrase."""
    form = line.milestone.discharged_by is DischargedBy.ASSESSMENT
    match line.stands:
        case Stands.RECEIVED if line.discharge:
            if line.milestone.discharged_by is DischargedBy.ROLL_CALL:
                return words("status.attended")
            return words(
                "status.received",
                at=line.discharge.at,
                late=lateness(line.discharge.late_days, words),
                receipt=line.discharge.receipt,
            )
        case Stands.RECEIVED:
            return words("status.received-plain")
        case Stands.WAITING:
            return words("status.waiting")
        case Stands.ASKED_AGAIN:
            return words("status.returned", because=clip(line.because, 200)) if form else words("status.asked-again")
        case Stands.DRAFT if form and not line.gaps:
            return words("status.draft-whole", done=line.done, of=line.of)
        case Stands.DRAFT if form:
            return words("status.draft-form", done=line.done, of=line.of, n=line.gaps)
        case Stands.DRAFT:
            return words("status.draft-bag", n=line.done)
        case Stands.NOT_OPEN:
            opens = line.milestone.opens_on or line.milestone.due_on
            return words("status.not-open", opens=words.weekday(opens))
        case Stands.CONFERENCE:
            return words("status.conference")
        case Stands.ABSENT:
            return words("status.absent-one")
        case Stands.OVER:
            return words("status.not-received")
    return words("status.not-yet")


def to_approve(waiting: Sequence[ToApprove], words: Words) -> tuple[Safe, list[Row]]:
    """Forms that wait for this person, each with the button that opens it."""
    text = [words("status.approve-title", n=len(waiting))]
    periods = {each.period: words(PERIODS[each.period]) for each in waiting}
    for each in waiting:
        period = periods[each.period]
        text.append(words("status.approve-line", unit=each.unit.name, period=period, due=due(each.milestone, words)))
    rows: list[Row] = [
        [button(words.plain("status.go-approve", period=label), OpenAssessment(period.value))]
        for period, label in periods.items()
    ]
    return Safe("\n".join(text)), rows


def bloc(held: BlocStatus, periods: Sequence[Period], words: Words) -> tuple[Safe, list[Row]]:
    """The secretariat's matrix, shortened: milestone by milestone, who owes and who is late."""
    text: list[Safe] = [words("status.bloc-title")]
    rows: list[Row] = []
    for owing, days in held.milestones:
        text.append(_owing(owing, days, held.proposed.get(owing.milestone.key, ()), words))
        label = f"{owing.settled}/{len(owing.lines)} · {clip(owing.milestone.name, 34)}"
        rows.append([button(label, ShowOwing(owing.milestone.key))])
    if not held.milestones:
        text.append(words("status.nothing-near"))
    if held.unlinked:
        text.append(words("status.unlinked", n=len(held.unlinked), units=", ".join(u.code for u in held.unlinked)))
        rows.append([button(words.plain("home.roster"), ShowRoster())])
    if held.unsure:
        text.append(words("status.unsure", n=held.unsure))
    if held.letters:
        text.append(words("status.letters", n=held.letters))
        rows.append([button(words.plain("status.read-letters", n=held.letters), ShowLetters())])
    for period in periods:
        label = words.plain("form.button-all-units", period=words.plain(PERIODS[period]))
        rows.append([button(label, ExportPeriod(period.value))])
    rows.append([button(words.plain("status.all-milestones"), ListMilestones())])
    return Safe("\n\n".join(text)), rows


def _owing(owing: Owing, days: DaysLeft, proposed: Sequence[str], words: Words) -> Safe:
    missing = [unit.code for unit in owing.missing]
    late = [f"{unit.code} ({lateness(d.late_days, words)})" for unit, d in owing.lines if d and d.late_days]
    meeting = owing.milestone.discharged_by is DischargedBy.ROLL_CALL
    owe = "status.absent" if meeting else "status.owe"
    when = words("status.held-on" if meeting else "status.due-on", due=due(owing.milestone, words))
    counts = missing and not (meeting and days.late)  # nobody is late for a meeting that is over
    return lines(
        words("status.name", icon="✅" if not missing else "▫", name=owing.milestone.name),
        words("status.with-left", due=when, left=left(days, words)) if counts else when,
        words("status.settled-of", done=owing.settled, of=len(owing.lines)),
        words(owe, units=", ".join(missing[:MOST_NAMED]) + ("…" if len(missing) > MOST_NAMED else ""))
        if missing
        else None,
        words("status.proposed", units=", ".join(proposed)) if proposed else None,
        words("status.late", units=", ".join(late)) if late else None,
    )


def screen(parts: Sequence[tuple[Safe, list[Row]]], words: Words) -> Screen:
    """Parts below each other, and the way home."""
    rows = [row for _, part in parts for row in part]
    rows.append([button(words.plain("home.refresh"), ShowStatus()), button(words.plain("home.home"), GoHome())])
    return Screen(
        words("status.parts", text=fitting([text for text, _ in parts], words)),
        keyboard([*rows[:MOST_ROWS], *rows[MOST_ROWS:][-1:]]),
    )


def fitting(parts: Sequence[str], words: Words) -> Safe:
    """Paragraphs below each other, as many as one message holds: a person may speak for several units."""
    kept: list[str] = []
    for paragraph in "\n\n".join(parts).split("\n\n"):
        if len(strip("\n\n".join([*kept, paragraph]))) > MOST_TEXT:
            return Safe("\n\n".join([*kept, words("status.cut")]))
        kept.append(paragraph)
    return Safe("\n\n".join(kept))


def nobody(words: Words) -> tuple[Safe, list[Row]]:
    return words("status.no-unit"), []
