"""What a secretary sees: submitted forms in the order they came, one form, one line, and the steps to the result."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import (
    AcceptLine,
    AcceptRest,
    Announce,
    AskAcceptRest,
    AskAnnounce,
    AskFinish,
    Finish,
    ListAppraisals,
    OpenAppraisal,
    ReadTalk,
    ShowLine,
    ShowLines,
    StartAsking,
    StartPoints,
    StartSendingBack,
    StartSettling,
)
from bot.buttons.appraisal_peer import OpenMyPeer
from bot.buttons.assessment import ShowTable
from bot.buttons.extension import StartExtending
from bot.buttons.home import GoHome
from bot.domain.appraisal import MOST_REASON, MOST_REPLIES, Exchange, ExchangeKind, Phase, span
from bot.domain.appraisal_outcome import LineState, Outcome
from bot.domain.appraisal_peer import Review
from bot.domain.assessment import Assessment
from bot.domain.calendar import Milestone, closes_at, opens_at
from bot.domain.criteria import ItemKind, Nature
from bot.usecases.appraisal import Awaited, Progress, Submitted
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.appraisal.common import (
    BRIEF,
    MARKS,
    fits,
    objection_time,
    own_points,
    reply_files,
    told,
    told_parts,
    verdict,
)
from handlers.views.appraisal.peer import beside_form, beside_line
from handlers.views.assessment.common import (
    MOST_SHOWN,
    PERIODS,
    button,
    clip,
    grid,
    heading,
    keyboard,
    left_over,
    lines,
    not_final,
    period_of,
    turning,
    valueless,
)
from handlers.views.assessment.review import file_buttons, read_line

FORMS = 8  # on one page, a button each
LINES = 9

PROGRESS = {
    Progress.NEW: ("🆕", "appraisal.progress-new"),
    Progress.UNDER_WAY: ("✏", "appraisal.progress-under-way"),
    Progress.PROVISIONAL: ("📨", "appraisal.progress-provisional"),
    Progress.FINAL: ("✅", "appraisal.progress-final"),
}


# -- the list --------------------------------------------------------------------------------------------


def listed(
    found: Sequence[Submitted],
    again: Sequence[Awaited],
    page: int,
    words: Words,
    lead: str | None = None,
    *,
    peers: bool = False,
) -> Screen:
    """Submitted forms without their points: new ones first, each kind as it came. `again`: those to be submitted again.

    `peers`: the person answers for a unit whose pair waits for peer appraisal as well.
    """
    page = min(page, max(0, (len(found) - 1) // FORMS))
    shown = found[page * FORMS : (page + 1) * FORMS]
    rows = [
        [
            button(
                f"{PROGRESS[each.progress][0]} {each.unit.code} · {words.plain(PERIODS[each.period])}",
                OpenAppraisal(each.assessment),
            )
        ]
        for each in shown
    ]
    rows.append(turning(page, len(found), FORMS, words, lambda to: ListAppraisals(to)))
    if peers:
        rows.append([button(words.plain("appraisal.button-peer"), OpenMyPeer())])
    rows.append([button(words.plain("home.home"), GoHome())])
    text = lines(
        *((lead, "") if lead else ()),
        words("appraisal.list-title"),
        "",
        *(_submitted(each, words) for each in shown),
        words("appraisal.list-none-now" if again else "appraisal.list-empty") if not found else None,
        *(("", words("appraisal.list-again", units=_again(again, words))) if again else ()),
    )
    return Screen(text, keyboard(rows))


def _again(again: Sequence[Awaited], words: Words) -> str:
    return _joined(f"{each.unit.name} ({words.plain(PERIODS[each.period])})" for each in again)


def _submitted(each: Submitted, words: Words) -> Safe:
    sign, key = PROGRESS[each.progress]
    line = words("appraisal.list-row", sign=sign, unit=each.unit.name, at=each.receipt.at, progress=words(key))
    return lines(line, words("appraisal.list-waiting", n=each.waiting) if each.waiting else None)


# -- one form --------------------------------------------------------------------------------------------


def _title(held: Assessment, words: Words) -> Safe:
    return words(
        "appraisal.title",
        unit=held.bloc.unit(held.unit).name,
        period=period_of(held, words),
    )


def form(
    outcome: Outcome,
    window: Milestone | None,
    now: datetime,
    words: Words,
    lead: str | None = None,
    reviews: Collection[Review] = (),
) -> Screen:
    """How far it is, and the next step. `window`: when units may ask for a second look."""
    held, appraisal = outcome.assessment, outcome.appraisal
    receipt = held.receipt
    assert receipt is not None
    text = lines(
        *((lead, "") if lead else ()),
        _title(held, words),
        words("appraisal.submitted", receipt=receipt.code, at=receipt.at, version=Safe(receipt.version)),
        words("appraisal.late", n=receipt.late_days, points=receipt.penalty) if receipt.late_days else None,
        "",
        _phase(outcome, window, now, words),
        words("appraisal.decided", done=len(outcome.codes) - len(outcome.undecided), of=len(outcome.codes)),
        _codes("appraisal.asked-lines", outcome, LineState.ASKED, words),
        _codes("appraisal.replied-lines", outcome, LineState.REPLIED, words),
        words("appraisal.objected-lines", codes=_joined(e.item for e in appraisal.open_objections))
        if appraisal.open_objections
        else None,
        *not_final(outcome.standing, words),
        left_over(held, words),
        words("appraisal.totals", own=outcome.standing.totals.total, points=outcome.totals.total),
        words("appraisal.differing", n=len(outcome.differing), codes=_joined(outcome.differing))
        if outcome.differing
        else None,
        *(beside_form(held.bloc, review, words) for review in reviews),
    )
    return Screen(text, keyboard(_steps(outcome, may_finish=_may_finish(outcome, window, now), words=words)))


def _may_finish(outcome: Outcome, window: Milestone | None, now: datetime) -> bool:
    """Whether the unit has nothing left to object to, or no time left for it."""
    return window is None or closes_at(window) < now or not outcome.differing


def _phase(outcome: Outcome, window: Milestone | None, now: datetime, words: Words) -> Safe | None:
    appraisal = outcome.appraisal
    if appraisal.phase is Phase.FINAL:
        return words("appraisal.is-final", at=appraisal.final_at)
    if appraisal.phase is Phase.OPEN:
        return None
    if window is None:
        return words("appraisal.is-provisional", at=appraisal.announced_at)
    if closes_at(window) < now:
        return words("appraisal.is-provisional-over", at=appraisal.announced_at, closes=closes_at(window))
    if _may_finish(outcome, window, now) and not appraisal.open_objections:
        return words("appraisal.is-provisional-may-finish", at=appraisal.announced_at)
    opens = opens_at(window)
    if opens is not None and now < opens:
        return words("appraisal.is-provisional-from", at=appraisal.announced_at, opens=opens, closes=closes_at(window))
    return words("appraisal.is-provisional-until", at=appraisal.announced_at, closes=closes_at(window))


def _codes(key: str, outcome: Outcome, state: LineState, words: Words) -> Safe | None:
    found = [code for code in outcome.codes if outcome.state(code) is state]
    return words(key, codes=_joined(found)) if found else None


def _joined(codes: object) -> str:
    held = list(codes)  # type: ignore[call-overload]
    return ", ".join(held[:12]) + ("…" if len(held) > 12 else "")


def _steps(outcome: Outcome, *, may_finish: bool, words: Words) -> list[list[InlineKeyboardButton]]:
    held, appraisal = outcome.assessment, outcome.appraisal
    rows: list[list[InlineKeyboardButton]] = []
    if appraisal.phase is Phase.OPEN:
        if outcome.first_open:
            label = words.plain("appraisal.button-next", code=clip(outcome.first_open, 20))
            rows.append([button(label, ShowLine(held.id, held.line_of(outcome.first_open)))])
        if outcome.untouched:
            label = words.plain("appraisal.button-accept-rest", n=len(outcome.untouched))
            rows.append([button(label, AskAcceptRest(held.id, appraisal.revision))])
        if not outcome.undecided:
            rows.append([button(words.plain("appraisal.button-announce"), AskAnnounce(held.id))])
    for each in appraisal.open_objections[:6]:
        label = words.plain("appraisal.button-objection", code=clip(each.item, 20))
        rows.append([button(label, ShowLine(held.id, held.line_of(each.item)))])
    if appraisal.phase is Phase.PROVISIONAL and not appraisal.open_objections and may_finish:
        rows.append([button(words.plain("appraisal.button-finish"), AskFinish(held.id))])
    rows.append(
        [
            button(words.plain("appraisal.button-lines"), ShowLines(held.id, 0)),
            button(words.plain("assessment.button-table"), ShowTable(held.id, 0)),
        ]
    )
    if appraisal.phase is Phase.OPEN:
        rows.append([button(words.plain("appraisal.button-send-back"), StartSendingBack(held.id, appraisal.version))])
    rows.append([button(words.plain("appraisal.button-list"), ListAppraisals(0))])
    return rows


def lines_page(outcome: Outcome, page: int, words: Words, lead: str | None = None) -> Screen:
    """Every line with what was decided, in the form's order."""
    held = outcome.assessment
    pages = max(1, -(-len(outcome.items) // LINES))
    page = min(page, pages - 1)
    shown = outcome.items[page * LINES : (page + 1) * LINES]
    listed = []
    for item in shown:
        state, own, points = outcome.state(item.code), outcome.own(item.code), outcome.points(item.code)
        key = "appraisal.row-differs" if own != points else "appraisal.row"
        if not outcome.counts(item) and state is LineState.OPEN:
            deducts = item.kind is ItemKind.DEDUCTION
            key = "appraisal.row-not-deducted" if deducts else "appraisal.row-unclaimed"
        named = {"mark": MARKS[state], "code": item.code, "name": clip(item.name, 46)}
        if own == points and (why := valueless(outcome.standing, item.code, words)):
            listed.append(words("appraisal.row-none", **named, why=why))
        else:
            listed.append(words(key, **named, own=own, points=points))
    buttons = [
        button(f"{MARKS[outcome.state(i.code)]} {clip(i.code, 14)}", ShowLine(held.id, held.line_of(i.code)))
        for i in shown
    ]
    title = words("appraisal.lines-title", unit=held.bloc.unit(held.unit).name, page=page + 1, pages=pages)
    rows = [
        *grid(buttons, 3),
        turning(page, len(outcome.items), LINES, words, lambda to: ShowLines(held.id, to)),
        [button(words.plain("appraisal.button-form"), OpenAppraisal(held.id))],
    ]
    return Screen(
        lines(*((lead, "") if lead else ()), title, "", *listed, "", words("appraisal.legend")), keyboard(rows)
    )


# -- one line --------------------------------------------------------------------------------------------


def line(
    outcome: Outcome, code: str, words: Words, lead: str | None = None, reviews: Collection[Review] = ()
) -> Screen:
    """What the unit gave, what was asked and decided; and what can be done with it."""
    held = outcome.assessment
    number = outcome.codes.index(code)
    exchanges = outcome.appraisal.of(code)
    title = words("appraisal.line-title", unit=held.bloc.unit(held.unit).name, n=number + 1, of=len(outcome.codes))
    head = lines(*((lead, "") if lead else ()), title)
    text = _line(outcome, code, words, head, reviews, MOST_REASON, exchanges, MOST_REPLIES)
    rows = _moves(outcome, code, words)
    if not fits(text):
        text = _line(outcome, code, words, head, reviews, BRIEF, exchanges[-2:], 2)
        rows.append([button(words.plain("appraisal.button-talk"), ReadTalk(held.id, held.line_of(code), 0))])
    rows += [
        *file_buttons(held, held.evidence_for(code), words),
        *reply_files(outcome, exchanges, words),
        _beside(outcome, number, words),
        [
            button(words.plain("appraisal.button-lines"), ShowLines(held.id, number // LINES)),
            button(words.plain("appraisal.button-form"), OpenAppraisal(held.id)),
        ],
    ]
    return Screen(text, keyboard(rows))


def _line(
    outcome: Outcome,
    code: str,
    words: Words,
    head: Safe,
    reviews: Collection[Review],
    most: int,
    exchanges: Sequence[Exchange],
    shown: int,
) -> Safe:
    """No text longer than `most` characters, and the newest `shown` pieces of what was added to each exchange."""
    held, decided = outcome.assessment, verdict(outcome, code, words, most)
    return lines(
        head,
        read_line(outcome.standing, code, 0, words, most).text,
        own_points(outcome.standing, code, words),
        *(said for review in reviews if (said := beside_line(held.bloc, review, code, words, most))),
        *(part for each in exchanges for part in ("", told(each, words, most, shown))),
        "" if decided else None,
        decided,
    )


def read_talk(outcome: Outcome, code: str, page: int, words: Words, reviews: Collection[Review] = ()) -> Screen:
    """All that was written about a line, in full, a page at a time."""
    held, explained = outcome.assessment, outcome.assessment.explanations.get(code)
    parts: list[Safe] = [words("assessment.explained", text=explained.text)] if explained else []
    parts += [said for review in reviews if (said := beside_line(held.bloc, review, code, words))]
    parts += [part for each in outcome.appraisal.of(code) for part in told_parts(each, words)]
    parts += [decided] if (decided := verdict(outcome, code, words)) else []
    cut = [[]] if not parts else _in_pages(parts)
    page = min(page, len(cut) - 1)
    number = held.line_of(code)
    rows = [
        turning(page, len(cut), 1, words, lambda to: ReadTalk(held.id, number, to)),
        _back(outcome, code, words)[0],
    ]
    text = lines(heading(held.bloc.item(code), words), *(part for each in cut[page] for part in ("", each)))
    return Screen(text, keyboard(rows))


def _in_pages(parts: Sequence[Safe]) -> list[list[Safe]]:
    pages: list[list[Safe]] = [[]]
    for part in parts:
        if pages[-1] and sum(map(len, pages[-1])) + len(part) > MOST_SHOWN:
            pages.append([])
        pages[-1].append(part)
    return pages


def _moves(outcome: Outcome, code: str, words: Words) -> list[list[InlineKeyboardButton]]:
    held, appraisal = outcome.assessment, outcome.appraisal
    line, at = held.line_of(code), appraisal.revision
    objected = appraisal.objection(code)
    if objected and objected.is_open and appraisal.phase is Phase.PROVISIONAL:
        keep = words.plain("appraisal.button-keep", points=outcome.points(code))
        uphold = words.plain("appraisal.button-uphold", points=outcome.own(code))
        return [
            [button(keep, StartSettling(held.id, objected.number, "keep", at))],
            [button(uphold, StartSettling(held.id, objected.number, "own", at))],
            [
                button(
                    words.plain("appraisal.button-other-points"), StartSettling(held.id, objected.number, "points", at)
                )
            ],
        ]
    points = button(words.plain("appraisal.button-points"), StartPoints(held.id, line, at))
    if appraisal.phase is Phase.PROVISIONAL:
        return [[points]]
    if appraisal.phase is Phase.FINAL:
        return []
    accept = button(words.plain("appraisal.button-accept", points=outcome.own(code)), AcceptLine(held.id, line, at))
    ask = button(words.plain("appraisal.button-ask"), StartAsking(held.id, line, at))
    return [[accept], [points, ask]]


def _beside(outcome: Outcome, number: int, words: Words) -> list[InlineKeyboardButton]:
    held, row = outcome.assessment, []
    if number > 0:
        before = outcome.codes[number - 1]
        row.append(button(f"◀ {clip(before, 12)}", ShowLine(held.id, held.line_of(before))))
    if number + 1 < len(outcome.codes):
        behind = outcome.codes[number + 1]
        row.append(button(f"{clip(behind, 12)} ▶", ShowLine(held.id, held.line_of(behind))))
    return row


def _back(outcome: Outcome, code: str, words: Words) -> list[list[InlineKeyboardButton]]:
    held = outcome.assessment
    return [[button(words.plain("assessment.button-back"), ShowLine(held.id, held.line_of(code)))]]


def ask_points(outcome: Outcome, code: str, words: Words) -> Screen:
    item = outcome.assessment.bloc.item(code)
    least, most = span(item, outcome.assessment.bloc.scale)
    key = "appraisal.ask-minus" if item.kind is ItemKind.DEDUCTION else "appraisal.ask-points"
    text = lines(
        heading(item, words),
        own_points(outcome.standing, code, words),
        "",
        words(key, least=least, most=most, step=outcome.assessment.bloc.scale.step),
    )
    return Screen(text, keyboard(_back(outcome, code, words)))


def ask_reason(outcome: Outcome, code: str, points: Decimal, words: Words) -> Screen:
    text = lines(
        heading(outcome.assessment.bloc.item(code), words),
        words("appraisal.from-to", own=outcome.own(code), points=points),
        "",
        words("appraisal.ask-reason"),
    )
    return Screen(text, keyboard(_back(outcome, code, words)))


def ask_request(outcome: Outcome, code: str, words: Words) -> Screen:
    text = lines(heading(outcome.assessment.bloc.item(code), words), "", words("appraisal.ask-request"))
    return Screen(text, keyboard(_back(outcome, code, words)))


def ask_decision(outcome: Outcome, exchange: Exchange, points: Decimal | None, words: Words) -> Screen:
    """Why an objection is decided like that."""
    code = exchange.item
    assert exchange.kind is ExchangeKind.OBJECTION

    def around(said: Safe) -> Safe:
        return lines(
            heading(outcome.assessment.bloc.item(code), words),
            said,
            "",
            words("appraisal.decide-keep", points=outcome.points(code))
            if points is None
            else words("appraisal.decide-points", old=outcome.points(code), points=points),
            "",
            words("appraisal.ask-decision"),
        )

    text = around(told(exchange, words))
    text = text if fits(text) else around(told(exchange, words, BRIEF, 8))
    return Screen(text, keyboard(_back(outcome, code, words)))


# -- the whole -------------------------------------------------------------------------------------------


def _to_form(outcome: Outcome, words: Words) -> list[InlineKeyboardButton]:
    return [button(words.plain("assessment.button-back"), OpenAppraisal(outcome.assessment.id))]


def ask_return(outcome: Outcome, words: Words) -> Screen:
    unit = outcome.assessment.bloc.unit(outcome.assessment.unit).name
    return Screen(words("appraisal.ask-return", unit=unit), keyboard([_to_form(outcome, words)]))


def sent_back(held: Assessment, milestone: Milestone | None, words: Words, *, late: bool) -> Screen:
    """`late`: the deadline has passed, so the unit needs more time or is counted as late."""
    unit = held.bloc.unit(held.unit).name
    rows = [[button(words.plain("appraisal.button-list"), ListAppraisals(0))]]
    if late and milestone is not None:
        label = words.plain("extension.button-grant")
        rows.insert(0, [button(label, StartExtending(milestone.key, held.unit))])
    text = lines(
        words("appraisal.sent-back", unit=unit),
        words("appraisal.sent-back-late", due=closes_at(milestone)) if late and milestone else None,
    )
    return Screen(text, keyboard(rows))


def ask_accept_rest(outcome: Outcome, words: Words, reviews: Collection[Review] = ()) -> Screen:
    """What is accepted and what is not, before it is done. `reviews`: what the pair said otherwise of such lines."""
    held, left = outcome.assessment, outcome.untouched
    bare, resting = outcome.unsupported(left), outcome.resting
    marked = [code for code in left if any(slot[0] == code for slot, _ in outcome.standing.natures)]
    otherwise = [code for review in reviews for code in review.otherwise if code in left]
    text = lines(
        words("appraisal.ask-accept-rest", n=len(left), unit=held.bloc.unit(held.unit).name),
        words("appraisal.rest-points", points=sum((outcome.own(code) for code in left), Decimal(0)) + 0),
        words("appraisal.rest-without-evidence", n=len(bare), codes=_joined(bare)) if bare else None,
        words("appraisal.rest-marked", n=len(marked), codes=_joined(marked)) if marked else None,
        words("appraisal.rest-otherwise", n=len(otherwise), codes=_joined(otherwise)) if otherwise else None,
        words("appraisal.rest-asked", n=len(resting), codes=_joined(resting)) if resting else None,
        "",
        words("appraisal.rest-may-change"),
    )
    label = words.plain("appraisal.button-accept-rest-yes", n=len(left))
    rows = [[button(label, AcceptRest(held.id, outcome.appraisal.revision))], _to_form(outcome, words)]
    return Screen(text, keyboard(rows))


def ask_announce(
    outcome: Outcome, window: Milestone | None, due: Milestone | None, now: datetime, words: Words
) -> Screen:
    """What the unit will be told, and what it may no longer do. `due`: the unit's own deadline."""
    held = outcome.assessment
    too_late = window is not None and closes_at(window) < now and bool(outcome.differing)
    text = lines(
        words("appraisal.ask-announce", unit=held.bloc.unit(held.unit).name),
        words("appraisal.totals", own=outcome.standing.totals.total, points=outcome.totals.total),
        words("appraisal.differing", n=len(outcome.differing), codes=_joined(outcome.differing))
        if outcome.differing
        else words("appraisal.no-difference"),
        *_unsettled(outcome, "appraisal.announce-unsettled", words),
        objection_time(window, now, words),
        words("appraisal.announce-over") if too_late else None,
        words("appraisal.announce-early", due=closes_at(due)) if due and now <= closes_at(due) else None,
    )
    rows = [
        [button(words.plain("appraisal.button-announce-yes"), Announce(held.id, outcome.appraisal.revision))],
        _to_form(outcome, words),
    ]
    return Screen(text, keyboard(rows))


def _unsettled(outcome: Outcome, key: str, words: Words) -> list[Safe]:
    """Which of the unit's figures are still not official, and with `key` what that means now."""
    if all(nature is Nature.NOT_ARISING for _, nature in outcome.standing.natures):
        return []
    return [*not_final(outcome.standing, words)[:1], words(key)]


def ask_finish(outcome: Outcome, words: Words) -> Screen:
    held = outcome.assessment
    text = lines(
        words("appraisal.ask-finish", unit=held.bloc.unit(held.unit).name, points=outcome.totals.total),
        *_unsettled(outcome, "appraisal.finish-unsettled", words),
    )
    rows = [
        [button(words.plain("appraisal.button-finish-yes"), Finish(held.id, outcome.appraisal.revision))],
        _to_form(outcome, words),
    ]
    return Screen(text, keyboard(rows))
