"""A submitted form as an Excel file: the table of points, the evidence, the report."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.domain.assessment import REPORT, Evidence, EvidenceKind
from bot.domain.assessment_form import Block, Form
from bot.domain.criteria import Item
from bot.reports.sheets import LINE_HEIGHT, Looks, fit, new_book, put, repeat_header, saved, sheet, text
from bot.reports.told import (
    block_title,
    called,
    clean,
    explanation,
    footer,
    notes,
    receipt_lines,
    results,
    section_lines,
    title,
)
from bot.words import Words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TABLE: Final = (5, 9, 38, 10, 48, 10, 46)  # widths of the columns, in characters
EVIDENCE: Final = (5, 10, 36, 12, 44, 30, 36)
TABLE_HEAD: Final = (
    "form.column-number",
    "form.column-code",
    "form.column-criterion",
    "form.column-most",
    "form.column-result",
    "form.column-points",
    "form.column-support",
)
EVIDENCE_HEAD: Final = (
    "form.column-number",
    "form.column-code",
    "form.column-criterion",
    "form.column-kind",
    "form.column-file-or-link",
    "form.column-document",
    "form.column-digest",
)
REPORT_WIDTHS: Final = (6, 130)
MOST_NAMED: Final = 4  # documents named beside a line; all of them are on their own sheet
MOST_TITLE: Final = 90
MOST_PARAGRAPH: Final = 1500  # characters: a row may not be taller than a page

KINDS: Final = {
    EvidenceKind.FILE: "form.kind-file",
    EvidenceKind.LINK: "form.kind-link",
    EvidenceKind.DOCUMENT: "form.kind-document",
}


def workbook(form: Form, words: Words) -> bytes:
    """The whole form as it was submitted."""
    book, looks, below = new_book(), Looks(), f"{footer(form, words)}. SHA-256: {form.receipt.digest}"
    pages = words.plain("form.page")
    _table(sheet(book, words.plain("form.sheet-table"), TABLE, footer=below, pages=pages), form, looks, words)
    _evidence(sheet(book, words.plain("form.sheet-evidence"), EVIDENCE, footer=below, pages=pages), form, looks, words)
    _report(sheet(book, words.plain("form.sheet-report"), REPORT_WIDTHS, footer=below, pages=pages), form, looks, words)
    return saved(book)


# -- the table of points -----------------------------------------------------------------------------------


def _table(made: "Worksheet", form: Form, looks: Looks, words: Words) -> None:
    _heading(made, form, looks, words, len(TABLE))
    head = _row(made, [words.plain(key) for key in TABLE_HEAD], looks, font=looks.bold, fill=looks.head)
    for cell in made[head]:
        cell.alignment = looks.middle
    made.row_dimensions[head].height = 36
    repeat_header(made, head)
    count = 0
    for block in form.blocks:
        _row(
            made,
            [
                None,
                block.group.code if block.group else None,
                block_title(block, words),
                block.most,
                None,
                block.points,
            ],
            looks,
            font=looks.bold,
            fill=looks.block,
            width=len(TABLE),
        )
        for item in block.items:
            count += 1
            _row(made, list(_cells(form, block, item, count, words)), looks)
    for label, most, points in _sums(form, words):
        _row(made, [None, None, label, most, None, points], looks, font=looks.bold, fill=looks.block, width=len(TABLE))
    for each in notes(form, words):
        place = _across(made, each, len(TABLE))
        made.cell(place, 1).font, made.cell(place, 1).alignment = looks.small, looks.left
        made.row_dimensions[place].height = LINE_HEIGHT * (1 + len(each) // sum(TABLE))
    _gap(made)
    _note(made, form, looks, words, len(TABLE))


def _cells(form: Form, block: Block, item: Item, count: int, words: Words) -> Iterator[str | int | Decimal | None]:
    yield count
    yield item.code
    yield item.name
    yield item.ceiling
    yield "\n".join(results(form, item, words))
    yield form.points(item)
    yield "\n".join(_support(form, item, words))


def _support(form: Form, item: Item, words: Words) -> Iterator[str]:
    """The documents of a line, and why points are claimed where there are none."""
    pieces = form.assessment.evidence_for(item.code)
    for number, piece in enumerate(pieces[:MOST_NAMED], 1):
        name = called(piece, words)
        yield f"{number}. {name if len(name) <= MOST_TITLE else name[: MOST_TITLE - 1] + '…'}"
    if len(pieces) > MOST_NAMED:
        yield words.plain("form.more-evidence", n=len(pieces) - MOST_NAMED, sheet=words.plain("form.sheet-evidence"))
    if explained := explanation(form, item, words):
        yield explained


def _sums(form: Form, words: Words) -> list[tuple[str, Decimal | None, Decimal]]:
    summed, scale = form.standing.totals, form.bloc.scale
    rows: list[tuple[str, Decimal | None, Decimal]] = [
        (words.plain("form.sum-criteria"), form.bloc.declared_total, summed.criteria),
        (words.plain("form.sum-bonus"), scale.bonus_cap, summed.bonus),
        (words.plain("form.sum-deduction"), None, summed.deduction + 0),
    ]
    return [*rows, (words.plain("form.sum"), None, summed.total)]


# -- evidence and report -----------------------------------------------------------------------------------


def _evidence(made: "Worksheet", form: Form, looks: Looks, words: Words) -> None:
    _heading(made, form, looks, words, len(EVIDENCE))
    head = _row(made, [words.plain(key) for key in EVIDENCE_HEAD], looks, font=looks.bold, fill=looks.head)
    for cell in made[head]:
        cell.alignment = looks.middle
    made.row_dimensions[head].height = 36
    repeat_header(made, head)
    codes = [*(item.code for item in form.bloc.items()), REPORT]
    listed = [piece for code in codes for piece in form.assessment.evidence_for(code)]
    for number, piece in enumerate(listed, 1):
        place = _row(made, list(_piece(form, number, piece, words)), looks)
        if piece.kind is EvidenceKind.LINK and piece.title.lower().startswith(("http://", "https://")):
            made.cell(place, 5).hyperlink = clean(piece.title)
            text(made.cell(place, 5), piece.title)
    if not listed:
        _row(made, [None, None, words.plain("form.no-evidence")], looks, width=len(EVIDENCE))


def _piece(form: Form, number: int, piece: Evidence, words: Words) -> Iterator[str | int | None]:
    document = piece.kind is EvidenceKind.DOCUMENT
    yield number
    yield piece.item or None
    yield form.bloc.item(piece.item).name if piece.item else words.plain("form.whole-report")
    yield words.plain(KINDS[piece.kind])
    yield None if document else called(piece, words)
    yield piece.title if document else None
    yield piece.digest or None


def _report(made: "Worksheet", form: Form, looks: Looks, words: Words) -> None:
    held = form.assessment
    _heading(made, form, looks, words, len(REPORT_WIDTHS))
    outline = form.bloc.outline(held.period)
    name = outline.name if outline else words.plain("form.sheet-report")
    repeat_header(made, _row(made, [words.plain("form.column-number"), name], looks, font=looks.bold, fill=looks.head))
    for piece in held.report_files:
        told = words.plain("form.report-as-file", title=piece.title, digest=piece.digest)
        _row(made, [None, told], looks)
    for number, section in enumerate(held.sections, 1):
        _row(made, [number, section.name], looks, font=looks.bold, fill=looks.block)
        for each in section_lines(held, section.code, MOST_PARAGRAPH, words):
            _row(made, [None, each], looks)


# -- what every sheet has ----------------------------------------------------------------------------------


def _heading(made: "Worksheet", form: Form, looks: Looks, words: Words, width: int) -> None:
    lines = (
        (form.bloc.name, looks.plain),
        (form.unit.name.upper(), looks.bold),
        (title(form, words), looks.title),
        (footer(form, words), looks.small),
    )
    for value, font in lines:
        place = _across(made, value, width)
        made.cell(place, 1).font = font
        made.cell(place, 1).alignment = looks.middle
        made.row_dimensions[place].height = 20
    _gap(made)


def _note(made: "Worksheet", form: Form, looks: Looks, words: Words, width: int) -> None:
    """The receipt below the table, and that the rules are only an example where they are."""
    for label, value in receipt_lines(form, words):
        place = made.max_row + 1
        text(made.cell(place, 2), label).font = looks.plain
        text(made.cell(place, 4), value).font = looks.bold
        made.merge_cells(start_row=place, start_column=2, end_row=place, end_column=3)
        made.merge_cells(start_row=place, start_column=4, end_row=place, end_column=width)
    if form.bloc.illustrative:
        place = _across(made, words.plain("form.illustrative"), width)
        made.cell(place, 1).font = looks.small


def _gap(made: "Worksheet") -> None:
    """An empty row: a cell without a value, since a row without cells counts for nothing."""
    made.cell(made.max_row + 1, 1)


def _across(made: "Worksheet", value: str, width: int) -> int:
    """A line over the whole width; its row."""
    place = made.max_row + 1 if made.max_row > 1 or made.cell(1, 1).value is not None else 1
    text(made.cell(place, 1), value)
    made.merge_cells(start_row=place, start_column=1, end_row=place, end_column=width)
    return place


def _row(
    made: "Worksheet", values: Sequence[Any], looks: Looks, *, font: Any = None, fill: Any = None, width: int = 0
) -> int:
    """One row of a table with its borders, below whatever is there; its number."""
    place = made.max_row + 1
    cells = []
    for column in range(1, max(width, len(values)) + 1):
        cell: Any = put(made.cell(place, column), values[column - 1] if column <= len(values) else None)
        left = column > 1 and isinstance(cell.value, str)
        looks.dress(cell, font or looks.plain, looks.left if left else looks.top, fill)
        cells.append(cell)
    fit(made, place, cells, bold=font is looks.bold)
    return place
