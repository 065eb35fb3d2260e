"""A submitted form as a Word file in the layout of an administrative report, with the margins that are prescribed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from bot.domain.assessment import REPORT, EvidenceKind
from bot.domain.assessment_form import Form
from bot.domain.calendar import local
from bot.reports.told import (
    PERIODS,
    block_title,
    called,
    clean,
    explanation,
    footer,
    long_day,
    notes,
    receipt_lines,
    results,
    section_lines,
    title,
)
from bot.words import Words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph

FONT: Final = "Times New Roman"
POINTS: Final = (1.8, 4.5, 1.5, 6.9, 1.8)  # widths of the table's columns, in centimetres: 16.5 between the margins
EVIDENCE: Final = (1.2, 1.8, 9.3, 4.2)
LETTERHEAD: Final = (6.3, 10.2)
SHORT_DIGEST: Final = 16
MOST_PARAGRAPH: Final = 20_000


def document(form: Form, words: Words) -> bytes:
    """The whole form as it was submitted."""
    import io

    from docx import Document as new_document  # loaded when the first file is asked for

    made = new_document()
    paper = _Paper(made, form, words)
    paper.pages()
    paper.letterhead()
    paper.title()
    paper.points()
    paper.report()
    paper.signature()
    paper.evidence()
    paper.receipt()
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


class _Paper:
    """One document while it is written, part by part."""

    def __init__(self, made: "Document", form: Form, words: Words) -> None:
        self._made, self._form, self._words = made, form, words

    # -- page --------------------------------------------------------------------------------------------

    def pages(self) -> None:
        from docx.shared import Cm

        self._styles()
        section = self._made.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin = section.bottom_margin = Cm(2)
        section.left_margin, section.right_margin = Cm(3), Cm(1.5)
        section.header_distance = section.footer_distance = Cm(1)
        section.different_first_page_header_footer = True  # the first page bears no number
        self._number(section)
        for part in (section.footer, section.first_page_footer):
            self._centred(part.paragraphs[0], self._below(), size=9)
        properties = self._made.core_properties
        properties.title, properties.author = title(self._form, self._words), clean(self._form.unit.name)
        properties.comments = ""

    def _styles(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        for name, size, bold in (("Normal", 13, False), ("Heading 1", 13, True), ("Heading 2", 13, True)):
            style: Any = self._made.styles[name]
            style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
            style.font.color.rgb = RGBColor(0, 0, 0)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(qn(f"w:{script}"), FONT)
            style.paragraph_format.space_before = Pt(12 if name == "Heading 1" else 6)
            style.paragraph_format.space_after = Pt(6)
            style.paragraph_format.keep_with_next = bold
        self._made.styles["Normal"].paragraph_format.space_before = Pt(0)

    def _number(self, section: "Section") -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = section.header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "2"), ("end", "")):
            self._field(paragraph, kind, text)

    @staticmethod
    def _field(paragraph: "Paragraph", kind: str, text: str) -> None:
        """One run of a field: Word counts the page itself."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "text":
            return
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)

    def _below(self) -> str:
        return f"{footer(self._form, self._words)}\nSHA-256: {self._form.receipt.digest}"

    # -- the head ----------------------------------------------------------------------------------------

    def letterhead(self) -> None:
        words = self._words
        left, right = self._table(1, LETTERHEAD, lined=False).rows[0].cells
        self._centred(left.paragraphs[0], clean(self._form.bloc.short_name or self._form.bloc.name).upper(), size=12)
        self._centred(left.add_paragraph(), self._form.unit.name.upper(), size=13, bold=True)
        self._ruled(left.add_paragraph(), 1.9)
        self._centred(left.add_paragraph(), words.plain("form.paper-number"), size=13)
        self._centred(right.paragraphs[0], words.plain("form.nation"), size=12, bold=True)
        self._centred(right.add_paragraph(), words.plain("form.motto"), size=13, bold=True)
        self._ruled(right.add_paragraph(), 2.1)
        day = long_day(local(self._form.receipt.at).date(), words)
        place = self._centred(right.add_paragraph(), words.plain("form.place-and-day", day=day), size=13)
        place.runs[0].italic = True

    def title(self) -> None:
        from docx.shared import Pt

        form, words = self._form, self._words
        outline = form.bloc.outline(form.assessment.period)
        period = words.plain(PERIODS[form.assessment.period])
        heading = outline.name.upper() if outline else title(form, words)
        first = self._centred(self._made.add_paragraph(), heading, size=14, bold=True)
        first.paragraph_format.space_before = Pt(18)
        if outline:
            subtitle = words.plain("form.report-subtitle", period=period, year=form.bloc.year)
            self._centred(self._made.add_paragraph(), subtitle, size=14, bold=True)
        self._centred(self._made.add_paragraph(), form.bloc.name, size=13)
        self._ruled(self._made.add_paragraph(), 6)
        if form.bloc.illustrative:
            note = self._centred(self._made.add_paragraph(), words.plain("form.illustrative"), size=11)
            note.runs[0].italic = True

    # -- the table of points -----------------------------------------------------------------------------

    def points(self) -> None:
        form, words = self._form, self._words
        self._made.add_heading(words.plain("form.part-table"), 1)
        keys = ("form.column-code", "form.column-criterion", "form.column-most", "form.column-result")
        table = self._headed((*keys, "form.column-points"), POINTS)
        for block in form.blocks:
            most = words.number(block.most) if block.most is not None else ""
            summed_up = words.number(block.points + 0)
            code = block.group.code if block.group else ""
            head = self._line(table, (code, block_title(block, words), most, "", summed_up), POINTS, bold=True)
            for cell in head:  # never alone at the foot of a page
                cell.paragraphs[0].paragraph_format.keep_with_next = True
            for item in block.items:
                told = results(form, item, words)
                points = form.points(item)
                scored = words.number(points) if points is not None else "–"
                ceiling = words.number(item.ceiling) if item.ceiling is not None else ""
                row = self._line(table, (item.code, item.name, ceiling, "\n".join(told), scored), POINTS)
                if explained := explanation(form, item, words):
                    self._text(row[3].add_paragraph(), explained, size=11).runs[0].italic = True
        summed = form.standing.totals
        for key, value in (
            ("form.sum-criteria", summed.criteria),
            ("form.sum-bonus", summed.bonus),
            ("form.sum-deduction", summed.deduction + 0),
            ("form.sum", summed.total),
        ):
            self._line(table, ("", words.plain(key), "", "", words.number(value)), POINTS, bold=True)
        for note in notes(form, words):
            self._text(self._made.add_paragraph(), note, size=11).runs[0].italic = True

    # -- the report --------------------------------------------------------------------------------------

    def report(self) -> None:
        form, words = self._form, self._words
        held = form.assessment
        if not held.sections and not held.report_files:
            return
        self._made.add_heading(words.plain("form.part-report"), 1)
        for piece in held.report_files:
            self._body(words.plain("form.report-as-file", title=clean(piece.title), digest=piece.digest[:SHORT_DIGEST]))
        for number, section in enumerate(held.sections, 1):
            self._made.add_heading(words.plain("form.section-heading", n=number, name=clean(section.name)), 2)
            for each in section_lines(held, section.code, MOST_PARAGRAPH, words):
                self._body(each)

    def _body(self, text: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm

        paragraph = self._text(self._made.add_paragraph(), text)
        paragraph.paragraph_format.first_line_indent = Cm(1)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def signature(self) -> None:
        from docx.shared import Pt

        words, form = self._words, self._form
        gap = self._made.add_paragraph()
        gap.paragraph_format.space_after = Pt(0)
        gap.paragraph_format.keep_with_next = True
        table = self._table(1, (8.2, 8.3), lined=False)
        self._whole(table)
        left, right = table.rows[0].cells
        to = self._text(left.paragraphs[0], words.plain("form.recipients"), size=12, bold=True)
        to.runs[0].italic = True
        for line in (words.plain("form.recipient", name=clean(form.bloc.name)), words.plain("form.file-copy")):
            self._text(left.add_paragraph(), line, size=11)
        self._centred(right.paragraphs[0], words.plain("form.signatory"), size=13, bold=True)
        self._centred(right.add_paragraph(), words.plain("form.signature"), size=13).runs[0].italic = True
        for _ in range(4):
            right.add_paragraph()

    # -- annexes -----------------------------------------------------------------------------------------

    def evidence(self) -> None:
        form, words = self._form, self._words
        codes = [*(item.code for item in form.bloc.items()), REPORT]
        listed = [piece for code in codes for piece in form.assessment.evidence_for(code)]
        heading = self._made.add_heading(words.plain("form.part-evidence"), 1)
        if not listed:
            self._body(words.plain("form.no-evidence"))
            return
        heading.paragraph_format.page_break_before = True
        keys = ("form.column-number", "form.column-code", "form.column-evidence", "form.column-digest")
        table = self._headed(keys, EVIDENCE)
        for number, piece in enumerate(listed, 1):
            digest = f"{piece.digest[:SHORT_DIGEST]}…" if piece.kind is EvidenceKind.FILE else ""
            code = piece.item or words.plain("form.sheet-report")
            self._line(table, (words.number(number), code, called(piece, words), digest), EVIDENCE)

    def receipt(self) -> None:
        words = self._words
        self._made.add_heading(words.plain("form.about-receipt"), 1)
        widths = (5.5, 11.0)
        table = self._table(0, widths)
        for label, value in receipt_lines(self._form, words):
            self._line(table, (label, value), widths)

    # -- pieces ------------------------------------------------------------------------------------------

    def _table(self, rows: int, widths: Sequence[float], *, lined: bool = True) -> Any:
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Cm

        table = self._made.add_table(rows, len(widths))
        if lined:
            table.style = "Table Grid"
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
        return table

    def _headed(self, keys: Sequence[str], widths: Sequence[float]) -> Any:
        """A table whose first row is repeated on every page."""
        from docx.oxml import OxmlElement

        table = self._table(0, widths)
        cells = self._line(table, [self._words.plain(key) for key in keys], widths, bold=True, align=self._to_middle)
        row = cells[0]._tc.getparent()
        row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        return table

    def _line(
        self,
        table: Any,
        values: Sequence[str],
        widths: Sequence[float],
        *,
        bold: bool = False,
        align: "Callable[[Paragraph], None] | None" = None,
    ) -> Any:
        """One row more. Figures stand to the right."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.shared import Cm

        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, value, width) in enumerate(zip(row.cells, values, widths, strict=True)):
            cell.width = Cm(width)
            first, *others = clean(value).split("\n")
            paragraph = self._text(cell.paragraphs[0], first, size=11, bold=bold)
            if align:
                align(paragraph)
            elif widths is POINTS and place in (2, 4):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for other in others:
                self._text(cell.add_paragraph(), other, size=11, bold=bold)
        return row.cells

    @staticmethod
    def _to_middle(paragraph: "Paragraph") -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    @staticmethod
    def _text(paragraph: "Paragraph", text: str, *, size: float = 0, bold: bool = False) -> "Paragraph":
        from docx.shared import Pt

        run = paragraph.add_run(clean(text))
        run.bold = bold or None
        if size:
            run.font.size = Pt(size)
            paragraph.paragraph_format.space_after = Pt(0)
        return paragraph

    def _centred(self, paragraph: "Paragraph", text: str, *, size: float, bold: bool = False) -> "Paragraph":
        self._to_middle(paragraph)
        return self._text(paragraph, text, size=size, bold=bold)

    @staticmethod
    def _ruled(paragraph: "Paragraph", indent: float) -> None:
        """Make an empty paragraph a short line, so many centimetres in from both sides."""
        from docx.enum.text import WD_LINE_SPACING
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        look = paragraph.paragraph_format
        look.left_indent = look.right_indent = Cm(indent)
        look.space_before, look.space_after = Pt(0), Pt(6)
        look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
        borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            bottom.set(qn(f"w:{name}"), value)
        borders.append(bottom)
        paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")

    @staticmethod
    def _whole(table: Any) -> None:
        """Keep a table on one page."""
        from docx.oxml import OxmlElement

        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
