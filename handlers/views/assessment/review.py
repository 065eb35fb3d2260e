"""Before and after the leader: totals, gaps, the whole table, one line in full, the receipt."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram.types import InlineKeyboardButton

from bot.buttons.assessment import (
    Approve,
    AskAddressee,
    AskReopen,
    Propose,
    ReadLine,
    ReadSection,
    Reopen,
    SendEvidence,
    SendExcel,
    SendWord,
    ShowEvidence,
    ShowOverview,
    ShowPart,
    ShowReceipt,
    ShowReport,
    ShowReview,
    ShowSection,
    ShowTable,
    StartExplaining,
    StartReturning,
)
from bot.counted import line_counted, section_text
from bot.domain.assessment import MOST_EXPLAINED, Assessment, Evidence, EvidenceKind, Receipt, Stage
from bot.domain.assessment_standing import Gap, GapKind, Standing
from bot.domain.bloc import ClockStops
from bot.domain.criteria import Item, ItemKind
from bot.domain.people import Member
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import (
    MOST_SHOWN,
    button,
    clip,
    files,
    grid,
    heading,
    keyboard,
    left_over,
    line_total,
    lines,
    marks,
    named_lines,
    not_final,
    progress,
    returned,
    turning,
    versions,
)
from handlers.views.assessment.evidence import row
from handlers.views.assessment.report import report_line

MOST_VERSIONS = 12  # on one screen, two buttons each
FEW = 12  # pieces of evidence that are named at length
NAMED_FILES = 5  # of the report, a row each
GAPS = 8  # on one page, a button each
ITEMS = 9

GAP_KEYS = {
    GapKind.PART: "assessment.gap-part",
    GapKind.EVIDENCE: "assessment.gap-evidence",
    GapKind.EXPLANATION: "assessment.gap-explanation",
    GapKind.SECTION: "assessment.gap-section",
}


def review(
    standing: Standing, page: int, clock: ClockStops, words: Words, lead: str | None = None, *, due: str | None = None
) -> Screen:
    """Totals, every gap with a button that leads to it, and the way on where none is left. `due`: by when."""
    held = standing.assessment
    gaps = standing.gaps
    page = min(page, max(0, (len(gaps) - 1) // GAPS))
    shown = gaps[page * GAPS : (page + 1) * GAPS]
    ready = "assessment.ready-submit" if clock is ClockStops.SUBMISSION else "assessment.ready-propose"
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.review-title"),
        due,
        returned(held, words),
        progress(standing, words),
        "",
        totals(standing, words),
        *not_final(standing, words),
        left_over(held, words),
        report_line(held, words),
        "",
        words("assessment.gaps", n=len(gaps)) if gaps else words(ready),
    )
    rows = [*named_lines(held), *([_gap(held, gap, words)] for gap in shown)]
    rows.append(turning(page, len(gaps), GAPS, words, lambda to: ShowReview(held.id, to)))
    if not gaps:
        key = "assessment.button-submit" if clock is ClockStops.SUBMISSION else "assessment.button-propose"
        rows.append([button(words.plain(key), Propose(held.id, held.revision))])
    rows.append(
        [
            button(words.plain("assessment.button-report"), ShowReport(held.id)),
            button(words.plain("assessment.button-table"), ShowTable(held.id, 0)),
            button(words.plain("assessment.button-overview"), ShowOverview(held.id)),
        ]
    )
    return Screen(text, keyboard(rows))


def totals(standing: Standing, words: Words) -> Safe:
    summed = standing.totals
    return lines(
        words("assessment.total-criteria", points=summed.criteria, most=standing.assessment.bloc.declared_total),
        words("assessment.total-bonus", points=summed.bonus),
        words("assessment.total-deduction", points=summed.deduction),
        words("assessment.total-late", n=standing.late_days, points=standing.penalty) if standing.penalty else None,
        words("assessment.total", points=summed.total),
    )


def _gap(held: Assessment, gap: Gap, words: Words) -> InlineKeyboardButton:
    if gap.kind is GapKind.ADDRESSEE:
        return _unaddressed(held, int(gap.part), words)
    waits = gap.kind is GapKind.PART and (gap.code, gap.part) in held.answers
    label = words.plain("assessment.gap-again" if waits else GAP_KEYS[gap.kind], code=clip(gap.code, 20))
    if gap.kind is GapKind.SECTION:
        number = [section.code for section in held.sections].index(gap.code)
        return button(label, ShowSection(held.id, number))
    line = held.line_of(gap.code)
    if gap.kind is GapKind.EVIDENCE:
        return button(label, ShowEvidence(held.id, line))
    if gap.kind is GapKind.EXPLANATION:
        return button(label, StartExplaining(held.id, line))
    return button(label, ShowPart(held.id, line, gap.part))


def _unaddressed(held: Assessment, number: int, words: Words) -> InlineKeyboardButton:
    entry = held.entry(number)
    assert entry is not None  # a gap is told of what is there
    label = words.plain("assessment.gap-addressee", code=clip(entry.section, 12), n=held.place_of(entry))
    return button(label, AskAddressee(held.id, number))


# -- the whole table -------------------------------------------------------------------------------------


def table(standing: Standing, page: int, actor: Member, words: Words) -> Screen:
    """Every criterion and every claimed rule with points and evidence; the sections on the last page."""
    held = standing.assessment
    items = [item for item in held.bloc.items() if _counts(standing, item)]
    pages = max(1, -(-len(items) // ITEMS))
    page = min(page, pages - 1)
    shown = items[page * ITEMS : (page + 1) * ITEMS]
    listed: list[str] = [*(_line(standing, item, words) for item in shown), "", words("assessment.table-legend")]
    buttons = [button(clip(item.code, 14), ReadLine(held.id, held.line_of(item.code), page)) for item in shown]
    sections: list[InlineKeyboardButton] = []
    report: list[list[InlineKeyboardButton]] = []
    if page == pages - 1:
        listed += ["", totals(standing, words), *_sections(held, words)]
        report = _report_files(held, words)
        sections = [
            button(words.plain("assessment.button-section", n=n + 1), ReadSection(held.id, n, 0))
            for n, section in enumerate(held.sections)
            if held.written(section.code)
        ]
    title = words("assessment.table-title", unit=held.bloc.unit(held.unit).name, page=page + 1, pages=pages)
    apart = not_final(standing, words) if page in (0, pages - 1) else []
    rows = [
        *grid(buttons, 3),
        *grid(sections, 4),
        *report,
        turning(page, len(items), ITEMS, words, lambda to: ShowTable(held.id, to)),
        *_decision(held, actor, words),
        [*_to_review(held, actor, words), button(words.plain("assessment.button-overview"), ShowOverview(held.id))],
    ]
    return Screen(lines(title, "", *listed, *(("", *apart) if apart else ())), keyboard(rows))


def _to_review(held: Assessment, actor: Member, words: Words) -> list[InlineKeyboardButton]:
    """Back to where whoever fills in the draft came from."""
    if held.stage is not Stage.DRAFT or held.unit not in actor.fills:
        return []
    return [button(words.plain("assessment.button-review"), ShowReview(held.id, 0))]


def _report_files(held: Assessment, words: Words) -> list[list[InlineKeyboardButton]]:
    """A button for each file of the report: by its name, or where there are many by its number in the list above."""
    files = held.report_files
    if len(files) > NAMED_FILES:
        return file_buttons(held, files, words)
    named = [words.plain("assessment.button-report-file", name=clip(file.title, 28)) for file in files]
    return [[button(name, SendEvidence(held.id, file.number))] for name, file in zip(named, files, strict=True)]


def _counts(standing: Standing, item: Item) -> bool:
    return (
        item.kind is ItemKind.CRITERION
        or bool(standing.assessment.facts(item.code))
        or standing.scores[item.code].points != 0
    )


def _line(standing: Standing, item: Item, words: Words) -> Safe:
    held = standing.assessment
    scored = standing.scores[item.code]
    key = "assessment.table-row" if scored.complete or item.kind is not ItemKind.CRITERION else "assessment.table-open"
    evidence = len(held.evidence_for(item.code))
    mark = words("assessment.table-evidence", n=evidence) if evidence else Safe("")
    if item.code in held.explanations:
        mark = Safe(mark + words("assessment.table-explained"))
    if any(answer.mark for slot, answer in held.answers.items() if slot[0] == item.code):
        mark = Safe(mark + words("assessment.table-not-final"))
    if standing.does_not_arise(item.code):
        return words("assessment.table-not-arising", code=item.code, name=clip(item.name, 46), evidence=mark)
    if standing.is_awaited(item.code):
        return words("assessment.table-awaited", code=item.code, name=clip(item.name, 46), evidence=mark)
    most = words("assessment.out-of", most=item.ceiling) if item.ceiling is not None else Safe("")
    return words(key, code=item.code, name=clip(item.name, 46), points=scored.points, most=most, evidence=mark)


def _sections(held: Assessment, words: Words) -> list[str]:
    files = held.report_files
    return [
        *filter(None, [report_line(held, words)]),
        *([words("assessment.report-files"), *_rows(files, words)] if files else []),
    ]


def _decision(held: Assessment, actor: Member, words: Words) -> list[list[InlineKeyboardButton]]:
    if held.stage is not Stage.PROPOSED or held.unit not in actor.approves:
        return []
    return [
        [
            button(words.plain("assessment.button-approve"), Approve(held.id, held.revision)),
            button(words.plain("assessment.button-return"), StartReturning(held.id, held.revision)),
        ]
    ]


def read_line(standing: Standing, code: str, page: int, words: Words, explained_most: int = MOST_EXPLAINED) -> Screen:
    """One line in full: every fact with how it counted, every document, the explanation."""
    held = standing.assessment
    item = held.bloc.item(code)
    counted = line_counted(standing, item, words)
    pieces = held.evidence_for(code)
    explained = held.explanations.get(code)
    text = lines(
        heading(item, words),
        "",
        *(counted or [words("assessment.not-answered")]),
        line_total(standing, code, words),
        words("assessment.given", n=len(pieces)) if pieces else None,
        *_rows(pieces, words),
        words("assessment.explained", text=clip(explained.text, explained_most)) if explained else None,
    )
    rows = [
        *file_buttons(held, pieces, words),
        [button(words.plain("assessment.button-back"), ShowTable(held.id, page))],
    ]
    return Screen(text, keyboard(rows))


def _rows(pieces: Sequence[Evidence], words: Words) -> list[Safe]:
    """Every piece of a list on a line of its own; where there are many, their names give way."""
    if len(pieces) > FEW:
        pieces = [replace(piece, title=clip(piece.title)) for piece in pieces]
    return [row(n, piece, words) for n, piece in enumerate(pieces, 1)]


def file_buttons(held: Assessment, pieces: Sequence[Evidence], words: Words) -> list[list[InlineKeyboardButton]]:
    """One button a file, by its number in the list above: whoever approves sees what was filed."""
    files = [(n, piece) for n, piece in enumerate(pieces, 1) if piece.kind is EvidenceKind.FILE]
    buttons = [button(words.plain("assessment.button-file", n=n), _sending(held, piece)) for n, piece in files]
    return [list(row_of) for row_of in grid(buttons, 4)]


def _sending(held: Assessment, piece: Evidence) -> SendEvidence:
    return SendEvidence(held.id, piece.number)


def read_section(standing: Standing, code: str, page: int, words: Words) -> Screen:
    """What a section says, a page at a time."""
    held = standing.assessment
    number = [section.code for section in held.sections].index(code)
    written = "\n".join(section_text(held, code, words))
    cut = [written[at : at + MOST_SHOWN] for at in range(0, len(written), MOST_SHOWN)] or [""]
    page = min(page, len(cut) - 1)
    text = lines(
        words("assessment.section-title", n=number + 1, of=len(held.sections), name=held.sections[number].name),
        "",
        words("assessment.quoted", text=cut[page]) if cut[page] else words("assessment.section-none"),
    )
    rows = [
        turning(page, len(written), MOST_SHOWN, words, lambda to: ReadSection(held.id, number, to)),
        [button(words.plain("assessment.button-back"), ShowTable(held.id, 99))],
    ]
    return Screen(text, keyboard(rows))


# -- receipt and decisions -------------------------------------------------------------------------------


def receipt(
    held: Assessment,
    given: Receipt,
    by: str,
    words: Words,
    lead: str | None = None,
    *,
    reopens: bool,
    shut: bool = False,
) -> Screen:
    """What a submission is quoted by. `reopens`: it may be made a draft still; `shut`: but for the result."""
    text = lines(
        *((lead, "") if lead else ()),
        words(
            "assessment.receipt",
            receipt=given.code,
            unit=held.bloc.unit(held.unit).name,
            given_at=given.at,
            by=by,
            points=given.total,
            version=Safe(given.version),
            digest=given.digest[:16],
        ),
        words("assessment.receipt-late", n=given.late_days, points=given.penalty) if given.late_days else None,
        marks(Standing(held, given.late_days), words),
        words("assessment.result-announced") if shut else None,
        report_line(held, words),
    )
    rows = [files(held.id, given.version, words)]
    rows.append([button(words.plain("assessment.button-table"), ShowTable(held.id, 0)), *versions(held, words)])
    if reopens:
        rows.append([button(words.plain("assessment.button-reopen"), AskReopen(held.id))])
    return Screen(text, keyboard(rows))


def receipts(held: Assessment, given: Sequence[Receipt], words: Words) -> Screen:
    """Every submission with its files, the newest first; what was submitted longest ago may find no room."""
    newest = list(reversed(given))[:MOST_VERSIONS]
    listed = [words("form.versions-title", unit=held.bloc.unit(held.unit).name), ""]
    for each in newest:
        row = {"receipt": each.code, "given_at": each.at, "points": each.total}
        listed.append(words("form.version-row", version=each.version, **row))
        if each.withdrawn_at:
            listed.append(words("form.version-withdrawn", at=each.withdrawn_at))
    rows = [
        [
            button(words.plain("form.button-word-of", n=each.version), SendWord(held.id, each.version)),
            button(words.plain("form.button-excel-of", n=each.version), SendExcel(held.id, each.version)),
        ]
        for each in newest
    ]
    rows.append([button(words.plain("assessment.button-overview"), ShowOverview(held.id))])
    return Screen(lines(*listed), keyboard(rows))


def ask_reopen(held: Assessment, words: Words) -> Screen:
    """What reopening means, before it is done."""
    code = held.receipt.code if held.receipt else ""
    return Screen(
        words("assessment.ask-reopen", receipt=code),
        keyboard(
            [
                [button(words.plain("assessment.button-reopen-yes"), Reopen(held.id, held.revision))],
                [button(words.plain("assessment.button-reopen-no"), ShowReceipt(held.id))],
            ]
        ),
    )


def ask_reason(held: Assessment, words: Words) -> Screen:
    back = button(words.plain("assessment.button-back"), ShowOverview(held.id))
    return Screen(words("assessment.ask-reason", unit=held.bloc.unit(held.unit).name), keyboard([[back]]))
