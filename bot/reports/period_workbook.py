"""Every unit of a period as an Excel file for the secretariat: how far each is, and each line's points.

Units stand in the bloc file's order, never by points: points do not decide who is honoured.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.domain.appraisal import Phase
from bot.domain.appraisal_outcome import Outcome
from bot.domain.assessment import Stage
from bot.domain.assessment_form import PeriodTable, UnitLine
from bot.domain.criteria import ItemKind
from bot.reports.sheets import Looks, fit, new_book, put, repeat_header, saved, sheet, text
from bot.reports.told import PERIODS, unsettled
from bot.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SUMMARY: Final = (5, 10, 32, 18, 9, 9, 11, 11, 11, 11, 11, 24, 26, 30)
APPRAISED: Final = (5, 10, 32, 26, 11, 11, 44, 44)
UNSETTLED: Final = (5, 10, 32, 10, 40, 28, 56, 10)
NOTES: Final = 4  # column of what stands above and below the points: those before it are repeated on every page
COLUMNS: Final = 20  # of criteria on one printed page; the units stand on each
HEAD: Final = (
    "form.column-number",
    "form.column-unit-code",
    "form.column-unit",
    "form.column-stage",
    "form.column-done",
    "form.column-of",
    "form.column-sum-criteria",
    "form.column-sum-bonus",
    "form.column-sum-deduction",
    "form.column-total",
    "form.column-late-days",
    "form.column-given-at",
    "form.column-receipt",
    "form.column-unsettled",
)
UNSETTLED_HEAD: Final = (
    *HEAD[:3],
    "form.column-code",
    "form.column-criterion",
    "form.column-nature",
    "form.column-result",
    "form.column-line-points",
)
APPRAISED_HEAD: Final = (
    *HEAD[:4],
    "form.column-points",
    "form.column-appraised",
    "form.column-differing",
    "form.column-differing-codes",
)
DIFFERING_HEAD: Final = (
    *HEAD[:3],
    "form.column-criterion",
    "form.column-points",
    "form.column-appraised",
    "form.column-reason",
    "form.column-decision",
)
PHASES: Final = {
    Phase.OPEN: "form.appraisal-under-way",
    Phase.PROVISIONAL: "form.appraisal-provisional",
    Phase.FINAL: "form.appraisal-final",
}
STAGES: Final = {
    Stage.DRAFT: "form.stage-draft",
    Stage.PROPOSED: "form.stage-proposed",
    Stage.SUBMITTED: "form.stage-submitted",
}


def period_workbook(table: PeriodTable, words: Words) -> bytes:
    book, looks = new_book(), Looks()
    below = words.plain("form.made-at", at=table.at, bloc=table.bloc.name)
    pages = words.plain("form.page")
    _summary(sheet(book, words.plain("form.sheet-summary"), SUMMARY, footer=below, pages=pages), table, looks, words)
    widths = (5, 10, 30, *(8 for _ in table.items), 9)
    points = sheet(book, words.plain("form.sheet-points"), widths, footer=below, pages=pages)
    points.page_setup.fitToWidth = -(-len(table.items) // COLUMNS)
    _points(points, table, looks, words)
    name = words.plain("form.sheet-unsettled")
    _unsettled(sheet(book, name, UNSETTLED, footer=below, pages=pages), table, looks, words)
    name = words.plain("form.sheet-appraisal")
    _appraisal(sheet(book, name, APPRAISED, footer=below, pages=pages), table, looks, words)
    return saved(book)


def _summary(made: "Worksheet", table: PeriodTable, looks: Looks, words: Words) -> None:
    _heading(made, table, looks, words)
    _row(made, 5, [words.plain(key) for key in HEAD], looks, head=True)
    repeat_header(made, 5, "D")
    for count, line in enumerate(table.lines, 1):
        _row(made, 5 + count, [count, line.unit.code, line.unit.name, *_standing(line, table, words)], looks)


def _standing(line: UnitLine, table: PeriodTable, words: Words) -> list[str | int | Decimal | None]:
    progress, form = line.progress, line.form
    done: list[int | None] = [progress.done, progress.of] if progress else [0, len(table.bloc.criteria)]
    if form:
        summed, given = form.standing.totals, form.receipt
        points = [summed.criteria, summed.bonus, summed.deduction + 0, summed.total]
        marks = ", ".join(words.plain(key, n=n) for key, n in form.standing.marks)
        told = [words.moment(given.at), given.code, marks or words.plain("form.all-final")]
        return [_stage(line, words), *done, *points, given.late_days, *told]
    if line.paper:
        return [
            _stage(line, words),
            *done,
            *[None] * 4,
            line.paper.late_days,
            words.moment(line.paper.at),
            line.paper.receipt,
            None,
        ]
    return [_stage(line, words), *done, *[None] * 8]


def _stage(line: UnitLine, words: Words) -> str:
    if line.paper and not line.form:
        return words.plain("form.stage-paper")
    if line.progress is None:
        return words.plain("form.stage-none")
    if line.progress.returned and line.progress.stage is Stage.DRAFT:
        return words.plain("form.stage-returned")
    return words.plain(STAGES[line.progress.stage])


def _points(made: "Worksheet", table: PeriodTable, looks: Looks, words: Words) -> None:
    shown = words.plain("form.shaded", sheet=words.plain("form.sheet-unsettled"))
    _heading(made, table, looks, words, column=NOTES, more=shown)
    items = table.items
    first = [words.plain(key) for key in HEAD[:3]]
    _row(made, 5, [*first, *(item.code for item in items), words.plain("form.column-total")], looks, head=True)
    most = [item.ceiling if item.kind is not ItemKind.DEDUCTION else None for item in items]
    _row(made, 6, [None, None, words.plain("form.column-most"), *most, None], looks, font=looks.small)
    made.freeze_panes = "D7"
    made.print_title_rows, made.print_title_cols = "5:6", "A:C"
    for count, line in enumerate(table.lines, 1):
        held = {item.code for item in line.form.bloc.items()} if line.form else set()
        points = [line.form.points(item) if line.form and item.code in held else None for item in items]
        total = line.form.standing.totals.total if line.form else None
        _row(made, 6 + count, [count, line.unit.code, line.unit.name, *points, total], looks)
        shaded = {code for (code, _), _ in line.form.standing.natures} if line.form else set()
        for column, item in enumerate(items, 4):
            if item.code in shaded:
                made.cell(6 + count, column).fill = looks.unsettled
    place = made.max_row + 2
    for item in items:
        text(made.cell(place, NOTES), item.code).font = looks.small
        text(made.cell(place, NOTES + 1), item.name).font = looks.small
        place += 1


def _unsettled(made: "Worksheet", table: PeriodTable, looks: Looks, words: Words) -> None:
    """Every answer that is not final or did not arise, in words."""
    _heading(made, table, looks, words)
    _row(made, 5, [words.plain(key) for key in UNSETTLED_HEAD], looks, head=True)
    repeat_header(made, 5, "D")
    count = 0
    for line in table.lines:
        for item, nature, told in unsettled(line.form, words) if line.form else ():
            count += 1
            values = [count, line.unit.code, line.unit.name, item.code, item.name, nature, told]
            _row(made, 5 + count, [*values, line.form.points(item) if line.form else None], looks)
    if not count:
        _row(made, 6, [None, None, words.plain("form.nothing-unsettled"), *[None] * 5], looks)


def _appraisal(made: "Worksheet", table: PeriodTable, looks: Looks, words: Words) -> None:
    """How far the secretariat is with each unit; below, every line that counts otherwise than the unit scored it."""
    _heading(made, table, looks, words, more=words.plain("form.appraisal-inside"), called="form.appraisal-title")
    _row(made, 5, [words.plain(key) for key in APPRAISED_HEAD], looks, head=True)
    repeat_header(made, 5, "D")
    differing: list[list[Any]] = []
    place = 5
    for place, line in enumerate(table.lines, 6):
        outcome = line.outcome
        values: list[Any] = [None] * 4
        if outcome and outcome.appraisal.begun:
            codes = ", ".join(outcome.differing)
            values = [outcome.standing.totals.total, outcome.totals.total, len(outcome.differing), codes or None]
            differing += [_differing(line, outcome, code) for code in outcome.differing]
        elif line.form:
            values = [line.form.standing.totals.total, *[None] * 3]
        _row(made, place, [place - 5, line.unit.code, line.unit.name, _phase(line, outcome, words), *values], looks)
    place += 2
    text(made.cell(place, 1), words.plain("form.differing-title")).font = looks.bold
    _row(made, place + 1, [words.plain(key) for key in DIFFERING_HEAD], looks, head=True)
    for count, told in enumerate(differing, 1):
        _row(made, place + 1 + count, [count, *told], looks)
    if not differing:
        _row(made, place + 2, [None, None, words.plain("form.no-differing"), *[None] * 5], looks)


def _phase(line: UnitLine, outcome: Outcome | None, words: Words) -> str:
    """How far the appraisal is; of a unit without a submitted form how far that is."""
    if line.form is None:
        return _stage(line, words)
    if outcome and outcome.appraisal.begun:
        return words.plain(PHASES[outcome.appraisal.phase])
    anew = line.appraisal is not None and outcome is None
    return words.plain("form.appraisal-anew" if anew else "form.appraisal-none")


def _differing(line: UnitLine, outcome: Outcome, code: str) -> list[Any]:
    item, held = outcome.assessment.bloc.item(code), outcome.appraisal.verdicts[code]
    objected = outcome.appraisal.objection(code)
    return [
        line.unit.code,
        line.unit.name,
        f"{code} {item.name}",
        outcome.own(code) + 0,
        outcome.points(code) + 0,
        held.reason,
        objected.decision or None if objected else None,
    ]


def _heading(
    made: "Worksheet",
    table: PeriodTable,
    looks: Looks,
    words: Words,
    *,
    column: int = 1,
    more: str = "",
    called: str = "form.summary-title",
) -> None:
    """Four rows: bloc and title, then two of notes, which begin in `column`."""
    title = words.plain(called, period=words.plain(PERIODS[table.period]), year=table.bloc.year)
    example = words.plain("form.illustrative") if table.bloc.illustrative else ""
    for place, at, value, font in (
        (1, 1, table.bloc.name, looks.plain),
        (2, 1, title.upper(), looks.title),
        (3, column, words.plain("form.no-ranking"), looks.small),
        (4, column, f"{example} {more}".strip(), looks.small),
    ):
        text(made.cell(place, at), value).font = font
        made.row_dimensions[place].height = 20 if at == 1 and font is not looks.small else 15


def _row(
    made: "Worksheet", place: int, values: Sequence[Any], looks: Looks, *, head: bool = False, font: Any = None
) -> None:
    cells = []
    for column, value in enumerate(values, 1):
        cell: Any = put(made.cell(place, column), value)
        side = looks.left if column > 1 and isinstance(value, str) else looks.top
        looks.dress(
            cell,
            looks.bold if head else font or looks.plain,
            looks.middle if head else side,
            looks.head if head else None,
        )
        cells.append(cell)
    fit(made, place, cells, bold=head)
