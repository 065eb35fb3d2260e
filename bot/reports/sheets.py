"""Cells of an Excel sheet: texts that stay texts, numbers that stay numbers, pages that print."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bot.reports.told import clean

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_CELL: Final = 32_767  # characters that Excel holds in one cell
FONT: Final = "Times New Roman"
# Vietnamese separators where the program lets the file choose them; a decimal only where there is one.
NUMBERS: Final = ("[$-42A]#,##0", "[$-42A]#,##0.0", "[$-42A]#,##0.00")
LINE_HEIGHT: Final = 15.75  # points, of a line of 12
MOST_HEIGHT: Final = 409  # points that Excel allows
MOST_TITLE: Final = 31  # characters of a sheet's name


def new_book() -> "Workbook":
    from openpyxl import Workbook  # loaded when the first file is asked for

    book = Workbook()
    del book[book.sheetnames[0]]
    return book


def saved(book: "Workbook") -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class Looks:
    """Fonts, borders and fills of one book. A style is looked up once: every cell with the same looks gets a copy."""

    def __init__(self) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        side = Side(style="thin", color="FF808080")
        self.box = Border(left=side, right=side, top=side, bottom=side)
        self.head = PatternFill("solid", fgColor="FFDDEBF7")
        self.block = PatternFill("solid", fgColor="FFF2F2F2")
        self.unsettled = PatternFill("solid", fgColor="FFFFF2CC")
        self.plain = Font(name=FONT, size=12)
        self.bold = Font(name=FONT, size=12, bold=True)
        self.small = Font(name=FONT, size=10, italic=True)
        self.title = Font(name=FONT, size=14, bold=True)
        self.left = Alignment(vertical="top", wrap_text=True)
        self.middle = Alignment(vertical="center", horizontal="center", wrap_text=True)
        self.top = Alignment(vertical="top", horizontal="center", wrap_text=True)
        self._known: dict[tuple[int, int, int, str, bool], Any] = {}

    def dress(self, cell: Any, font: Any, alignment: Any, fill: Any = None) -> None:
        """Give a cell of a table its looks. Its number format, and that it is quoted, stay."""
        key = id(font), id(alignment), id(fill), cell.number_format, bool(cell.quotePrefix)
        if key in self._known:
            cell._style = copy(self._known[key])
            return
        cell.font, cell.alignment, cell.border = font, alignment, self.box
        if fill:
            cell.fill = fill
        self._known[key] = copy(cell._style)


def text(cell: Any, value: str) -> Any:
    """Put a text there as a text, whatever it begins with: no formula, no error value, no escape of Excel's own."""
    value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", clean(value))
    if not value:
        return cell
    if len(value) > MOST_CELL:
        value = value[: MOST_CELL - 1] + "…"
    cell.value = value
    cell.data_type = "s"
    if value[:1] in ("=", "+", "-", "@", "\t", "'"):
        cell.quotePrefix = True  # stays a text when somebody edits it too
    return cell


def number(cell: Any, value: Decimal | int) -> Any:
    """Put a number there, shown as Vietnamese offices write it."""
    value = Decimal(value)
    places = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
    cell.value = int(value) if places == 0 else float(value)
    cell.number_format = NUMBERS[min(places, 2)]
    return cell


def put(cell: Any, value: Any) -> Any:
    """A text or a number; None leaves it empty."""
    if isinstance(value, str):
        return text(cell, value)
    return number(cell, value) if value is not None else cell


def sheet(book: "Workbook", name: str, widths: Sequence[float], *, footer: str, pages: str) -> Any:
    """An empty sheet that prints on A4 across, as wide as the page, with a line below and the page's number."""
    from openpyxl.utils import get_column_letter

    made: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", clean(name))[:MOST_TITLE])
    for place, width in enumerate(widths, 1):
        made.column_dimensions[get_column_letter(place)].width = width
    made.page_setup.orientation = "landscape"
    made.page_setup.paperSize = 9  # A4
    made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
    made.sheet_properties.pageSetUpPr.fitToPage = True
    made.page_margins.left = made.page_margins.right = 0.5
    made.page_margins.top, made.page_margins.bottom = 0.6, 0.8
    made.print_options.horizontalCentered = True
    made.oddFooter.left.text, made.oddFooter.left.size = clean(footer).replace("&", "&&"), 8
    made.oddFooter.right.text, made.oddFooter.right.size = pages.replace("&", "&&") + " &P/&N", 8
    return made


def fit(made: "Worksheet", row: int, cells: Iterable[Any], *, bold: bool = False) -> None:
    """A height that holds every line of a row's texts: not every program finds it by itself."""
    most, wide = 1, 1.1 if bold else 0.92
    for cell in cells:
        if isinstance(cell.value, str):
            width = made.column_dimensions[cell.column_letter].width - 1
            most = max(most, sum(max(1, math.ceil(len(line) * wide / width)) for line in cell.value.split("\n")))
    made.row_dimensions[row].height = min(MOST_HEIGHT, most * LINE_HEIGHT + 3)


def repeat_header(made: "Worksheet", row: int, column: str = "A") -> None:
    """Keep the rows down to `row` in sight while scrolling, and that row at the head of every page."""
    made.freeze_panes = f"{column}{row + 1}"
    made.print_title_rows = f"{row}:{row}"
