"""What a unit sees of its own appraisal, and of nobody else's: requests, the result, objections."""

from collections.abc import Sequence
from typing import Any

from aiogram.types import InlineKeyboardButton

from bot.actions import mark_of
from bot.buttons.appraisal import (
    ConfirmReading,
    DropWords,
    ListRequests,
    OpenExchange,
    OpenResult,
    ShowDifference,
    ShowDifferences,
    StartObjecting,
    VouchForWords,
)
from bot.buttons.assessment import ShowOverview
from bot.buttons.files import DropFile, VouchForFile
from bot.domain.appraisal import Exchange, ExchangeKind, Phase
from bot.domain.appraisal_outcome import Outcome
from bot.domain.calendar import Milestone, closes_at
from bot.usecases.appraisal_unit import Result
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.appraisal.common import brief, fits, objection_time, own_points, reply_files, told, verdict
from handlers.views.assessment.common import (
    button,
    clip,
    grid,
    heading,
    keyboard,
    lines,
    period_of,
)

DIFFERENCES = 6
MOST_OFFERED = 4  # requests that a file may be for


def file_for_request(asked: Sequence[tuple[int, Exchange]], words: Words) -> Screen:
    """A file came where none is taken, while the secretariat asks for something: perhaps it is for that."""
    rows = [
        [button(words.plain("appraisal.button-reply-to", code=clip(each.item, 20)), OpenExchange(form_id, each.number))]
        for form_id, each in asked[:MOST_OFFERED]
    ]
    return Screen(words("appraisal.file-for-request"), keyboard(rows))


def requests(outcome: Outcome, asked: Sequence[Exchange], words: Words, lead: str | None = None) -> Screen:
    """What the secretariat asks for and has not closed."""
    held = outcome.assessment
    listed = [
        words(
            "appraisal.request-row" if each.waits_for_unit else "appraisal.request-row-replied",
            code=each.item,
            text=clip(each.text, 200),
        )
        for each in asked
    ]
    rows: list[Sequence[InlineKeyboardButton]] = [
        *grid([button(clip(each.item, 14), OpenExchange(held.id, each.number)) for each in asked[:30]], 3),
        [button(words.plain("assessment.button-overview"), ShowOverview(held.id))],
    ]
    text = lines(
        *((lead, "") if lead else ()),
        words("appraisal.requests-title", unit=held.bloc.unit(held.unit).name),
        "",
        *(listed or [words("appraisal.no-requests")]),
    )
    return Screen(text, keyboard(rows))


def exchange(
    outcome: Outcome,
    held: Exchange,
    words: Words,
    lead: str | None = None,
    *,
    warned: bool,
    fills: bool,
    window: Milestone | None = None,
) -> Screen:
    """One request or objection: what was added, and how to add more. `fills`: this person replies for the unit;
    `window`: when objections are taken.
    """
    form = outcome.assessment
    asked = held.kind is ExchangeKind.REQUEST
    open_now = held.is_open and outcome.appraisal.phase is (Phase.OPEN if asked else Phase.PROVISIONAL)
    adds = open_now and (fills or not asked)
    if asked:
        ask = words("appraisal.ask-reply")
    elif window:
        ask = words("appraisal.ask-support-until", closes=closes_at(window))
    else:
        ask = words("appraisal.ask-support")

    def around(said: Safe) -> Safe:
        return lines(
            *((lead, "") if lead else ()),
            heading(form.bloc.item(held.item), words),
            own_points(outcome.standing, held.item, words),
            "",
            said,
            "",
            *((words("assessment.warning"), words("appraisal.read-first"), "") if adds and not warned else ()),
            words("appraisal.closed") if not open_now else ask if adds else words("appraisal.liaison-replies"),
        )

    text = around(told(held, words))
    if not fits(text):  # what the unit itself wrote gives way to what it was told
        text = around(told(brief(held), words, shown=8))
    rows: list[list[InlineKeyboardButton]] = []
    if adds and not warned:
        rows.append([button(words.plain("assessment.button-understood"), ConfirmReading(form.id, held.number))])
    rows += reply_files(outcome, [held], words)
    if asked:
        rows.append([button(words.plain("appraisal.button-requests"), ListRequests(form.id))])
    else:
        rows.append([button(words.plain("appraisal.button-result"), OpenResult(form.id))])
    return Screen(text, keyboard(rows))


def warning(assessment_id: int, number: int, held: int, words: Words) -> Screen:
    """Before the first file: read this. `held` files wait for the tap."""
    text = lines(words("assessment.warning"), words("assessment.files-waiting", n=held))
    return Screen(
        text, keyboard([[button(words.plain("assessment.button-understood"), ConfirmReading(assessment_id, number))]])
    )


def doubtful_text(text: str, words: Words) -> Screen:
    rows = [
        [button(words.plain("assessment.button-vouch"), VouchForWords(mark_of(text)))],
        [button(words.plain("assessment.button-drop"), DropWords(mark_of(text)))],
    ]
    return Screen(words("assessment.doubtful-text"), keyboard(rows))


def doubtful_file(pending: dict[str, Any], words: Words) -> Screen:
    mark = mark_of(pending["telegram_file_id"])
    rows = [
        [button(words.plain("assessment.button-vouch"), VouchForFile(mark))],
        [button(words.plain("assessment.button-drop"), DropFile(mark))],
    ]
    return Screen(words("assessment.doubtful-file", name=clip(pending["name"], 60)), keyboard(rows))


# -- the result ------------------------------------------------------------------------------------------


def result(held: Result, words: Words, lead: str | None = None) -> Screen:
    """The unit's own totals beside each other, and until when it may ask for a second look."""
    outcome, form = held.outcome, held.outcome.assessment
    final = outcome.appraisal.phase is Phase.FINAL
    objected = [each for each in outcome.appraisal.exchanges if each.kind is ExchangeKind.OBJECTION]
    text = lines(
        *((lead, "") if lead else ()),
        words(
            "appraisal.result-final" if final else "appraisal.result-provisional",
            unit=form.bloc.unit(form.unit).name,
            period=period_of(form, words),
        ),
        "",
        words("appraisal.result-own", points=outcome.standing.totals.total),
        words("appraisal.result-total", points=outcome.totals.total),
        words("appraisal.result-differing", n=len(outcome.differing))
        if outcome.differing
        else words("appraisal.no-difference"),
        words("appraisal.result-objected", n=len(objected), open=len(outcome.appraisal.open_objections))
        if objected
        else None,
        "",
        words("appraisal.frozen", at=outcome.appraisal.final_at)
        if final
        else objection_time(held.window, held.now, words),
    )
    rows = []
    if any(each in outcome.appraisal.verdicts for each in outcome.codes) and _shown(outcome):
        rows.append([_to_differences(outcome, words)])
    rows.append([button(words.plain("assessment.button-overview"), ShowOverview(form.id))])
    return Screen(text, keyboard(rows))


def _shown(outcome: Outcome) -> list[str]:
    """Lines worth a look: those that differ, and those that the unit objected to."""
    objected = {each.item for each in outcome.appraisal.exchanges if each.kind is ExchangeKind.OBJECTION}
    return [code for code in outcome.codes if code in outcome.differing or code in objected]


def _to_differences(outcome: Outcome, words: Words) -> InlineKeyboardButton:
    label = words.plain("appraisal.button-differences" if outcome.differing else "appraisal.button-objected")
    return button(label, ShowDifferences(outcome.assessment.id, 0))


def differences(held: Result, page: int, words: Words) -> Screen:
    """Line by line in the form's order: own points, points now, why."""
    outcome, form = held.outcome, held.outcome.assessment
    codes = _shown(outcome)
    pages = max(1, -(-len(codes) // DIFFERENCES))
    page = min(page, pages - 1)
    shown = codes[page * DIFFERENCES : (page + 1) * DIFFERENCES]
    listed = [_difference(outcome, code, words) for code in shown]
    row = []
    if page > 0:
        row.append(button(words.plain("assessment.button-earlier"), ShowDifferences(form.id, page - 1)))
    if page + 1 < pages:
        row.append(button(words.plain("assessment.button-more"), ShowDifferences(form.id, page + 1)))
    rows = [
        *grid([button(clip(code, 14), ShowDifference(form.id, form.line_of(code))) for code in shown], 3),
        row,
        [button(words.plain("appraisal.button-result"), OpenResult(form.id))],
    ]
    key = "appraisal.differences-title" if outcome.differing else "appraisal.objected-title"
    title = words(key, page=page + 1, pages=pages)
    return Screen(lines(title, "", *(listed or [words("appraisal.no-difference")])), keyboard(rows))


def _difference(outcome: Outcome, code: str, words: Words) -> Safe:
    held = outcome.appraisal.verdicts[code]
    own, points = outcome.own(code), outcome.points(code)
    if held.points is None:
        return words("appraisal.difference-none", code=code, own=own)
    return words("appraisal.difference", code=code, own=own, points=points, reason=clip(held.reason, 200))


def difference(held: Result, code: str, words: Words, lead: str | None = None) -> Screen:
    """One line: how it was decided, the unit's objection, and the way to object."""
    outcome, form = held.outcome, held.outcome.assessment
    objected = outcome.appraisal.objection(code)
    rows: list[list[InlineKeyboardButton]] = []
    if objected:
        rows.append([button(words.plain("appraisal.button-my-objection"), OpenExchange(form.id, objected.number))])
    elif held.objecting and code in outcome.differing:
        begin = StartObjecting(form.id, form.line_of(code), outcome.appraisal.revision)
        rows.append([button(words.plain("appraisal.button-object"), begin)])
    rows.append([_to_differences(outcome, words)])
    text = lines(
        *((lead, "") if lead else ()),
        heading(form.bloc.item(code), words),
        "",
        verdict(outcome, code, words),
        *(("", told(brief(objected), words, shown=3)) if objected else ()),
        *(("", objection_time(held.window, held.now, words)) if _may_object_later(held, code) else ()),
    )
    return Screen(text, keyboard(rows))


def _may_object_later(held: Result, code: str) -> bool:
    """Whether there is a time for objecting to this line that is not now."""
    outcome = held.outcome
    waits = outcome.appraisal.phase is Phase.PROVISIONAL and outcome.appraisal.objection(code) is None
    return waits and code in outcome.differing and held.window is not None and not held.objecting


def ask_objection(held: Result, code: str, words: Words) -> Screen:
    form = held.outcome.assessment
    text = lines(
        heading(form.bloc.item(code), words),
        verdict(held.outcome, code, words),
        "",
        words("appraisal.ask-objection-until", closes=closes_at(held.window))
        if held.window
        else words("appraisal.ask-objection"),
    )
    back = button(words.plain("assessment.button-back"), ShowDifference(form.id, form.line_of(code)))
    return Screen(text, keyboard([[back]]))
