"""The files of a submitted form, opened again by the libraries' own readers."""

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape

from bot.counted import line_counted
from bot.domain.appraisal import Appraisal
from bot.domain.appraisal_outcome import Outcome
from bot.domain.assessment import REPORT, Stage
from bot.domain.assessment_form import Form, PeriodTable, Progress, UnitLine
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Period, local
from bot.domain.criteria import Awaited, ItemKind, Mark, NotArising, Points, Rate
from bot.domain.discharge import Discharge, How
from bot.reports.document import document
from bot.reports.period_workbook import period_workbook
from bot.reports.sheets import MOST_HEIGHT, text
from bot.reports.told import clean, form_name, long_day, paragraphs, table_name
from bot.reports.workbook import workbook
from bot.words import Words, strip
from tests.conftest import SPRING
from tests.unit.forms import FILE, HANDED, LONG_LINK, filled, submitted

VI = Words("vi")
HEAD = [
    "STT",
    "Mã",
    "Tiêu chí",
    "Điểm tối đa",
    "Kết quả đã khai và cách tính",
    "Điểm tự chấm",
    "Minh chứng, giải trình",
]


def opened(form: Form, words: Words = VI) -> Any:
    return load_workbook(io.BytesIO(workbook(form, words)))


def rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def by_code(sheet: Any) -> dict[str, list[Any]]:
    """The lines of the table, by code; those of groups too."""
    return {row[1]: row for row in rows(sheet) if isinstance(row[1], str)}


def by_label(sheet: Any) -> dict[str, list[Any]]:
    return {row[2]: row for row in rows(sheet) if isinstance(row[2], str) and row[0] is None}


@pytest.fixture(scope="module")
def form(sample: Bloc) -> Form:
    return submitted(filled(sample))


# -- Excel -------------------------------------------------------------------------------------------------


def test_every_cell_of_the_table_agrees_with_the_domain(form: Form) -> None:
    sheet = opened(form)["Tự chấm điểm"]
    assert HEAD in rows(sheet)
    found, sums = by_code(sheet), by_label(sheet)
    for number, item in enumerate(form.bloc.items(), 1):
        row, scored = found[item.code], form.standing.scores[item.code]
        assert row[0] == number and row[2] == item.name
        assert row[3] is None if item.ceiling is None else Decimal(str(row[3])) == item.ceiling
        assert isinstance(row[5], (int, float)) and Decimal(str(row[5])) == scored.points
        for each in line_counted(form.standing, item, VI):
            assert strip(each) in row[4].split("\n"), "the sentence of the screen"
    for block in form.blocks:
        if block.group:
            assert Decimal(str(found[block.group.code][5])) == block.points
            assert Decimal(str(found[block.group.code][3])) == block.group.ceiling
    totals = form.standing.totals
    for label, points in (
        ("Cộng điểm tiêu chí", totals.criteria),
        ("Cộng điểm thưởng", totals.bonus),
        ("Cộng điểm trừ", totals.deduction),
        ("TỔNG ĐIỂM TỰ CHẤM", form.receipt.total),
    ):
        assert Decimal(str(sums[label][5])) == points, label


def test_numbers_are_numbers_with_a_decimal_only_where_there_is_one(form: Form) -> None:
    sheet = opened(form)["Tự chấm điểm"]
    formats = set()
    for (cell,) in sheet["F7:F60"]:
        if isinstance(cell.value, (int, float)):
            formats.add(cell.number_format)
            assert cell.number_format == ("[$-42A]#,##0" if cell.value == int(cell.value) else "[$-42A]#,##0.0")
    assert len(formats) == 2


def test_what_supports_a_line_stands_beside_it_and_on_a_sheet_of_its_own(form: Form) -> None:
    book = opened(form)
    found, codes = by_code(book["Tự chấm điểm"]), [item.code for item in form.bloc.criteria]
    assert found[codes[0]][6].split("\n") == ["1. Bảng đối chiếu.pdf", f"2. {LONG_LINK}"]
    assert found[codes[2]][6] == "Giải trình: Văn bản đang chờ ký."
    listed = [row for row in rows(book["Minh chứng"]) if isinstance(row[0], int)]
    names = [form.bloc.item(code).name for code in codes[:2]]
    assert listed == [
        [1, codes[0], names[0], "Tệp", "Bảng đối chiếu.pdf", None, FILE],
        [2, codes[0], names[0], "Đường dẫn", LONG_LINK, None, None],
        [3, codes[1], names[1], "Văn bản", None, "125/BC-STP ngày 10/6/2026", None],
        [4, None, "Báo cáo của đơn vị", "Tệp", "Báo cáo.docx", None, "ab" * 32],
    ]
    links = {cell.hyperlink.target for row in book["Minh chứng"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {LONG_LINK}


def test_the_report_stands_section_by_section(form: Form) -> None:
    found = [tuple(row) for row in rows(opened(form)["Báo cáo"])]
    for number, section in enumerate(form.assessment.sections, 1):
        at = found.index((number, section.name))
        (piece,) = form.assessment.written(section.code)
        assert found[at + 1] == (None, piece.text or "Không có nội dung.")
    assert any("Báo cáo.docx" in str(row[1]) for row in found)


def test_the_receipt_is_under_the_table_and_below_every_page(form: Form) -> None:
    book, given = opened(form), form.receipt
    sheet = book["Tự chấm điểm"]
    told = {row[1]: row[3] for row in rows(sheet) if row[1] and row[3]}
    first = next(n for n, row in enumerate(rows(sheet)) if row[1] == "Mã biên nhận")
    assert not any(rows(sheet)[first - 1]), "an empty row between the table and the receipt"
    assert told["Mã biên nhận"] == given.code and told["Mã băm SHA-256"] == given.digest
    assert told["Người xác nhận trên trợ lý"] == "Trần Thị Hà" and told["Bản nộp thứ"] == "1"
    assert told["Bảng tiêu chí bản thứ"] == "3"
    assert told["Thời hạn"] == "Muộn 2 ngày làm việc, trừ vào tổng: -3 điểm"
    for each in book.worksheets:
        for part in (given.code, "bản thứ 1", "10:00 ngày 23/6/2026", given.digest):
            assert part in each.oddFooter.left.text
        assert "&P/&N" in each.oddFooter.right.text


def test_it_prints_on_a4_across_with_its_head_on_every_page(form: Form) -> None:
    for sheet in opened(form).worksheets:
        setup = sheet.page_setup
        assert (setup.orientation, int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        head = int(sheet.freeze_panes[1:]) - 1
        assert sheet.print_title_rows == f"${head}:${head}"
        assert sheet.cell(head, 1).value == "STT" and sheet.cell(head, 1).font.name == "Times New Roman"
        heights = [sheet.row_dimensions[row].height or 0 for row in range(1, sheet.max_row + 1)]
        assert max(heights) <= MOST_HEIGHT
    table = opened(form)["Tự chấm điểm"]
    assert all(cell.alignment.wrap_text for cell in table[head + 2] if isinstance(cell.value, str))


EVIL = ["=1+1", "+84 912", "-5 điểm", "@SUM(A1)", '=HYPERLINK("http://x","y")', "#N/A", "_x000D_", "a\x00b\x07c"]


@pytest.mark.parametrize("evil", EVIL)
def test_a_text_stays_a_text_whatever_it_begins_with(sample: Bloc, evil: str) -> None:
    held = filled(sample)
    code = sample.criteria[4].code
    held = held.explain(code, f"{evil} a", made_for=held.revision, by=1, at=SPRING)
    section = held.sections[0].code
    held = held.clear_section(section, made_for=held.revision)
    held = held.write(section, f"{evil} b", made_for=held.revision, by=1, at=SPRING)
    held = replace(held, bloc=replace(held.bloc, name=evil))
    form = submitted(held)
    for language in ("vi", "en"):
        book = opened(form, Words(language))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        cells = [cell for cell in cells if cell.value is not None]
        assert all(cell.data_type in ("s", "n") for cell in cells)
        assert clean(f"{evil} b") in [unescape(cell.value) for cell in cells if isinstance(cell.value, str)]
        assert Document(io.BytesIO(document(form, Words(language)))).paragraphs


@given(st.text(max_size=80))
def test_whatever_was_typed_is_read_back_from_a_cell(typed: str) -> None:
    book = Workbook()
    text(book.worksheets[0]["A1"], typed)
    content = io.BytesIO()
    book.save(content)
    (cell,) = load_workbook(io.BytesIO(content.getvalue())).worksheets[0]["A1:A1"][0]
    assert unescape(str(cell.value or "")).replace("\r", "\n") == clean(typed)  # as Excel itself reads it
    assert cell.data_type == "s" or not clean(typed)
    assert cell.quotePrefix or not clean(typed).startswith(("=", "+", "-", "@"))


@given(st.text(max_size=400), st.integers(5, 60))
def test_paragraphs_lose_no_letter_and_none_is_too_long(typed: str, most: int) -> None:
    cut = list(paragraphs(typed, most))
    assert all(0 < len(each) <= most and "\n" not in each for each in cut)
    assert "".join("".join(each.split()) for each in cut) == "".join(clean(typed).split())


def test_a_long_report_is_whole_in_rows_that_a_page_holds(sample: Bloc) -> None:
    held = filled(sample)
    section = held.sections[0].code
    long = ("Đơn vị đã hoàn thành nhiệm vụ được giao; " * 95).strip()
    held = held.clear_section(section, made_for=held.revision)
    for _ in range(9):
        held = held.write(section, long, made_for=held.revision, by=1, at=SPRING)
    form = submitted(held)
    sheet = opened(form)["Báo cáo"]
    whole = " ".join(row[1] for row in rows(sheet) if row[0] is None and row[1])
    assert whole.count("hoàn thành nhiệm vụ") == 9 * 95
    assert max(len(str(row[1])) for row in rows(sheet)) <= 1500


# -- Word --------------------------------------------------------------------------------------------------


def all_text(made: Any) -> list[str]:
    found = [paragraph.text for paragraph in made.paragraphs]
    for table in made.tables:
        found += [paragraph.text for row in table.rows for cell in row.cells for paragraph in cell.paragraphs]
    return found


def test_the_word_file_is_laid_out_as_an_administrative_report(form: Form) -> None:
    made: Any = Document(io.BytesIO(document(form, VI)))
    head = [paragraph.text for cell in made.tables[0].rows[0].cells for paragraph in cell.paragraphs]
    assert head == [
        "KHỐI NỘI CHÍNH - LLVT",
        "SỞ TƯ PHÁP",
        "",
        "Số: ……/BC",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        "…………, ngày 23 tháng 6 năm 2026",
    ]
    text = all_text(made)
    order = ["BÁO CÁO SƠ KẾT 6 THÁNG", "và tự chấm điểm thi đua 6 tháng đầu năm 2026", "I. BẢNG TỰ CHẤM ĐIỂM"]
    order += ["II. NỘI DUNG BÁO CÁO", "1. Đặc điểm, tình hình và công tác chỉ đạo", "7. Kiến nghị, đề xuất"]
    places = [text.index(each) for each in [*order, "PHỤ LỤC. DANH MỤC MINH CHỨNG"]]
    assert places == sorted(places)
    assert "THỦ TRƯỞNG ĐƠN VỊ" in text and "(Ký, ghi rõ họ tên, đóng dấu)" in text
    section = made.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert (section.left_margin.cm, section.right_margin.cm) == pytest.approx((3, 1.5), abs=0.01)
    normal = made.styles["Normal"].font
    assert (normal.name, normal.size.pt) == ("Times New Roman", 13)
    assert "PAGE" in section.header.paragraphs[0]._p.xml and not section.first_page_header.paragraphs[0].text
    for footer in (section.footer, section.first_page_footer):
        assert form.receipt.code in footer.paragraphs[0].text and form.receipt.digest in footer.paragraphs[0].text


def test_the_words_table_agrees_with_the_domain_and_repeats_its_head(form: Form) -> None:
    made: Any = Document(io.BytesIO(document(form, VI)))
    table = made.tables[1]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    found = {row.cells[0].text: row.cells for row in table.rows if row.cells[0].text}
    for item in form.bloc.items():
        cells, scored = found[item.code], form.standing.scores[item.code]
        assert cells[1].text == item.name and cells[4].text == VI.number(scored.points + 0)
        for each in line_counted(form.standing, item, VI):
            assert strip(each) in cells[3].text
    assert "Giải trình: Văn bản đang chờ ký." in found[form.bloc.criteria[2].code][3].text
    assert [cell.text for cell in table.rows[-1].cells][1::3] == ["TỔNG ĐIỂM TỰ CHẤM", VI.number(form.receipt.total)]
    receipt = {row.cells[0].text: row.cells[1].text for row in made.tables[-1].rows}
    assert receipt["Mã biên nhận"] == form.receipt.code and receipt["Mã băm SHA-256"] == form.receipt.digest


def test_sections_say_what_was_written_and_that_nothing_was(form: Form) -> None:
    made: Any = Document(io.BytesIO(document(form, VI)))
    text = [paragraph.text for paragraph in made.paragraphs]
    for section in form.assessment.sections[:-1]:
        assert f"Nội dung {section.code}." in text
    assert text[text.index("7. Kiến nghị, đề xuất") + 1] == "Không có nội dung."
    assert any("Báo cáo gửi bằng tệp: Báo cáo.docx" in each for each in text)


def test_lists_are_numbered_with_their_addressees_in_both_files(sample: Bloc) -> None:
    held = filled(sample)
    for said, to in (("Bổ sung biên chế.\nLý do: thiếu người.", "Khối trưởng"), ("=Cấp kinh phí.", "Bộ Tư pháp")):
        held = held.enter("SK7", Content.PROPOSAL, said, made_for=held.revision, by=1, at=SPRING)
        held = held.address(held.pieces[-1].number, to, made_for=held.revision)
    held = held.enter("SK4", Content.EXAMPLE, "Phòng A.", made_for=held.revision, by=1, at=SPRING)
    form = submitted(held)
    proposals = ["1. Bổ sung biên chế.", "Lý do: thiếu người.", "Nơi nhận: Khối trưởng"]
    proposals += ["2. =Cấp kinh phí.", "Nơi nhận: Bộ Tư pháp"]
    examples = ["Nội dung SK4.", "Điển hình tiên tiến:", "1. Phòng A."]  # a heading only where there is text above

    cells = [row[1] for row in rows(opened(form)["Báo cáo"])]
    made: Any = Document(io.BytesIO(document(form, VI)))
    paragraphs_of_word: list[Any] = [paragraph.text for paragraph in made.paragraphs]
    names = {section.code: section.name for section in held.sections}
    for found, mark in ((cells, ""), (paragraphs_of_word, "{}. ")):
        at = found.index(mark.format(7) + names["SK7"])
        assert found[at + 1 : at + 6] == proposals
        at = found.index(mark.format(4) + names["SK4"])
        assert found[at + 1 : at + 4] == examples


@pytest.mark.parametrize("period", list(Period))
def test_both_files_in_both_languages_and_for_a_bloc_without_outline_or_evidence(sample: Bloc, period: Period) -> None:
    whole = submitted(filled(sample, period))
    bare = replace(whole.assessment, bloc=replace(whole.bloc, outlines=(), illustrative=False), evidence=(), pieces=())
    for form in (whole, Form(bare, whole.receipt)):
        for language in ("vi", "en"):
            assert len(opened(form, Words(language)).worksheets) == 3
            assert len(all_text(Document(io.BytesIO(document(form, Words(language)))))) > 50
    assert all(
        "minh họa" not in each for each in all_text(Document(io.BytesIO(document(Form(bare, whole.receipt), VI))))
    )


def test_small_days_and_months_have_a_nought_as_official_papers_write_them() -> None:
    assert long_day(local(SPRING).date(), VI) == "ngày 01 tháng 6 năm 2026"
    assert long_day(local(SPRING).date().replace(month=2, day=10), VI) == "ngày 10 tháng 02 năm 2026"


def test_the_names_of_the_files_are_ascii(form: Form) -> None:
    assert form_name(form, "docx") == f"tu-cham-{form.receipt.code}.docx"
    odd = Form(form.assessment, replace(form.receipt, code="KĐ-2026-CN-ĐƠN VỊ/../x-7F3A"))
    assert form_name(odd, "xlsx") == "tu-cham-KD-2026-CN-DON-VI-X-7F3A.xlsx"
    assert table_name(form.bloc, Period.YEAR_END) == "tong-hop-KNC-2026-cn.xlsx"


# -- what is not final -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def marked(sample: Bloc) -> Form:
    """An estimate, an expected grade, a figure that follows, a line that did not arise, and one that did in part."""
    held = filled(sample)
    first, second, *others = (part.id for part in sample.item("TC1.7").asked)
    assert others
    for code, part, fact, mark in (
        ("TC1.1", "1", Rate(done=Decimal(48), total=Decimal(50)), Mark.ESTIMATED),
        ("TC1.3", sample.item("TC1.3").asked[0].id, Rate(percent=Decimal(97)), Mark.EXPECTED),
        ("TC1.6", sample.item("TC1.6").asked[0].id, Awaited(), Mark.NONE),
        ("TC1.5", sample.item("TC1.5").asked[0].id, NotArising(), Mark.NONE),
        ("TC1.7", first, NotArising(), Mark.NONE),
        ("TC1.7", second, Points(Decimal("2.5")), Mark.ESTIMATED),
    ):
        held = held.give(code, part, fact, mark=mark, made_for=held.revision, by=1, at=SPRING)
    return submitted(held)


SAID = {
    "TC1.1": "48/50 = 96% → khung 95% đến dưới 100% → 135 điểm (số ước)",
    "TC1.3": "97% → khung 97% đến dưới 99% → 70 điểm (dự kiến, bổ sung sau)",
    "TC1.6": "chưa có số liệu, bổ sung sau, chưa tính điểm",
    "TC1.5": "không phát sinh, chưa tính điểm",
    "TC1.7": "(số ước)",
}
NOTES = (
    "Chưa phải số chính thức: 2 số ước, 1 dự kiến, 1 chưa có số liệu (TC1.1, TC1.3, TC1.6, TC1.7).",
    "2 tiêu chí không phát sinh: TC1.5, TC1.7.",
)


def test_excel_says_in_words_what_is_not_final_and_its_points_stay_numbers(marked: Form) -> None:
    sheet = opened(marked)["Tự chấm điểm"]
    found = by_code(sheet)
    for code, said in SAID.items():
        assert said in found[code][4], code
        points = marked.points(marked.bloc.item(code))
        assert (found[code][5] is None) == (points is None) == (code == "TC1.5")
        assert points is None or (isinstance(found[code][5], (int, float)) and Decimal(str(found[code][5])) == points)
    assert (found["TC1.1"][5], found["TC1.6"][5]) == (135, 0)
    told = [row[0] for row in rows(sheet) if isinstance(row[0], str)]
    assert all(note in told for note in NOTES)
    assert any("việc quy đổi do Khối quyết định" in each for each in told)


def test_word_says_in_words_what_is_not_final(marked: Form) -> None:
    made: Any = Document(io.BytesIO(document(marked, VI)))
    found = {row.cells[0].text: row.cells for row in made.tables[1].rows if row.cells[0].text}
    for code, said in SAID.items():
        assert said in found[code][3].text, code
    assert (found["TC1.5"][4].text, found["TC1.6"][4].text, found["TC1.1"][4].text) == ("–", "0", "135")
    text = [paragraph.text for paragraph in made.paragraphs]
    assert all(note in text for note in NOTES)


def test_files_of_final_figures_have_no_such_lines(form: Form) -> None:
    assert not any("chính thức:" in text for text in all_text(Document(io.BytesIO(document(form, VI)))))
    assert not any("chính thức:" in str(cell) for row in rows(opened(form)["Tự chấm điểm"]) for cell in row)


def test_the_file_of_all_units_says_of_each_what_is_not_final(marked: Form, table: PeriodTable) -> None:
    lines = (UnitLine(marked.unit, Progress(Stage.SUBMITTED, 25, 25), marked), *table.lines[4:])
    book: Any = load_workbook(io.BytesIO(period_workbook(replace(table, lines=lines), VI)))
    summed = {row[1]: row[13] for row in rows(book["Tổng hợp"]) if isinstance(row[0], int)}
    assert summed["STP"] == "2 số ước, 1 dự kiến, 1 chưa có số liệu, 2 tiêu chí không phát sinh"
    assert summed[table.lines[4].unit.code] == "Không có" and summed[table.lines[5].unit.code] is None
    points = book["Điểm theo tiêu chí"]
    head = [cell.value for cell in points[5]]
    shaded = {head[cell.column - 1] for cell in points[7] if cell.fill.fgColor.rgb == "FFFFF2CC"}
    assert shaded == {"TC1.1", "TC1.3", "TC1.5", "TC1.6", "TC1.7"}
    values = {code: cell.value for code, cell in zip(head, points[7], strict=True)}
    assert (values["TC1.1"], values["TC1.6"], values["TC1.5"]) == (135, 0, None)
    repeated = [cell.value for row in points["A3:C4"] for cell in row]
    assert repeated == [None] * 6, "what stands there is printed again, and cut, on every page across"
    assert "Ô tô màu" in points["D4"].value and "“Số liệu cần lưu ý”" in points["D4"].value
    listed = [row for row in rows(book["Số liệu cần lưu ý"]) if isinstance(row[0], int)]
    assert [(row[1], row[3], row[5], row[7]) for row in listed] == [
        ("STP", "TC1.1", "Số ước", 135),
        ("STP", "TC1.3", "Dự kiến, bổ sung sau", values["TC1.3"]),
        ("STP", "TC1.5", "Không phát sinh", None),
        ("STP", "TC1.6", "Chưa có số liệu, bổ sung sau", 0),
        ("STP", "TC1.7", "Không phát sinh", values["TC1.7"]),
        ("STP", "TC1.7", "Số ước", values["TC1.7"]),
    ]
    assert all(SAID[row[3]] in row[6] for row in listed if row[3] != "TC1.7")
    bare = load_workbook(io.BytesIO(period_workbook(table, VI)))["Số liệu cần lưu ý"]
    assert "Không có số liệu nào như vậy trong các bản đã nộp." in [cell.value for cell in bare[6]]


# -- all units ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(sample: Bloc) -> PeriodTable:
    bloc = replace(sample, id=1, revision=3)
    units = bloc.units
    low, high = submitted(filled(sample, unit=units[0].code), late=0), submitted(filled(sample, unit=units[4].code))
    paper = Discharge(1, "MS-BC6T", units[2].code, HANDED, How.PAPER, "GIAY-1", late_days=2)
    lines = [UnitLine(unit) for unit in units]
    lines[0] = UnitLine(units[0], Progress(Stage.SUBMITTED, 25, 25), low)
    lines[1] = UnitLine(units[1], Progress(Stage.DRAFT, 12, 25))
    lines[2] = UnitLine(units[2], Progress(Stage.DRAFT, 3, 25), paper=paper)
    lines[3] = UnitLine(units[3], Progress(Stage.PROPOSED, 25, 25))
    lines[4] = UnitLine(units[4], Progress(Stage.SUBMITTED, 25, 25), high)
    lines[5] = UnitLine(units[5], Progress(Stage.DRAFT, 24, 25, returned=True))
    return PeriodTable(bloc, Period.MID_YEAR, bloc.assessment_milestone(Period.MID_YEAR), HANDED, tuple(lines))


def test_units_stand_in_the_blocs_order_with_how_far_they_are(table: PeriodTable) -> None:
    sheet = load_workbook(io.BytesIO(period_workbook(table, VI)))["Tổng hợp"]
    listed = [row for row in rows(sheet) if isinstance(row[0], int)]
    assert [row[1] for row in listed] == [unit.code for unit in table.bloc.units]
    assert [row[3] for row in listed] == [
        "Đã nộp",
        "Đang soạn",
        "Đã nhận bằng giấy",
        "Chờ lãnh đạo duyệt",
        "Đã nộp",
        "Trả lại để sửa",
        "Chưa bắt đầu",
        "Chưa bắt đầu",
    ]
    assert [(row[4], row[5]) for row in listed[:3]] == [(25, 25), (12, 25), (3, 25)]
    for row, line in zip(listed, table.lines, strict=True):
        if line.form is None:
            assert row[6:10] == [None] * 4, "of a draft no points"
            continue
        summed = line.form.standing.totals
        points = [summed.criteria, summed.bonus, summed.deduction, line.form.receipt.total]
        assert [Decimal(str(value)) for value in row[6:10]] == points
        assert row[10] == line.form.receipt.late_days and row[12] == line.form.receipt.code
    assert listed[2][10:] == [2, "10:00 ngày 23/6/2026", "GIAY-1", None]
    note = f"{sheet['A3'].value} {sheet['A4'].value}"
    assert "không dùng để xếp hạng" in note and "minh họa" in note
    assert sheet.auto_filter.ref is None and sheet.freeze_panes == "D6"


def test_every_line_has_a_column_with_points_of_what_was_submitted_alone(table: PeriodTable) -> None:
    book = load_workbook(io.BytesIO(period_workbook(table, VI)))
    sheet = book["Điểm theo tiêu chí"]
    found = rows(sheet)
    head = found[4]
    assert head[3:-1] == [item.code for item in table.bloc.items()] and head[-1] == "Tổng điểm"
    listed = found[6 : 6 + len(table.lines)]
    for row, line in zip(listed, table.lines, strict=True):
        assert row[1] == line.unit.code
        if line.form is None:
            assert not any(value is not None for value in row[3:])
            continue
        scores = line.form.standing.scores
        assert {code: Decimal(str(v)) for code, v in zip(head[3:-1], row[3:-1], strict=True)} == {
            code: scored.points for code, scored in scores.items()
        }
        assert Decimal(str(row[-1])) == line.form.receipt.total
    assert sheet.print_title_rows == "$5:$6" and sheet.print_title_cols == "$A:$C"
    assert all(cell.data_type in ("s", "n") for each in book.worksheets for row in each.iter_rows() for cell in row)
    assert any(item.kind is ItemKind.DEDUCTION for item in table.items) and REPORT not in head


# -- the appraisal in the file of all units ----------------------------------------------------------------


def appraised(form: Form) -> Appraisal:
    """Two lines at other points, the rest accepted; announced, one objection answered."""
    outcome = Outcome(form.standing, Appraisal(7, form.receipt.version))
    held, by = outcome.appraisal, {"by": 1, "at": HANDED}
    for code, points, why in (("TC1.2", 1, "=Cộng nhầm"), ("TC1.1", 2, "Chưa có xác nhận")):
        held = held.appraise(code, Decimal(points), why, own=outcome.own(code), made_for=held.revision, **by)  # type: ignore[arg-type]
    held = held.accept_rest(outcome.codes, made_for=held.revision, **by)  # type: ignore[arg-type]
    held = held.announce(outcome.codes, made_for=held.revision, at=HANDED)
    held = held.object("TC1.1", "Đã gửi", made_for=held.revision, **by)  # type: ignore[arg-type]
    return held.settle(
        held.exchanges[0].number,
        None,
        "Không thấy",
        own=outcome.own("TC1.1"),
        made_for=held.revision,
        **by,  # type: ignore[arg-type]
    )


def test_the_appraisal_of_every_unit_stands_in_the_blocs_order_with_each_line_that_differs(table: PeriodTable) -> None:
    first, fifth = table.lines[0], table.lines[4]
    assert first.form is not None and fifth.form is not None
    held, lines = appraised(first.form), list(table.lines)
    lines[0] = replace(first, appraisal=held)
    lines[4] = replace(fifth, appraisal=replace(appraised(fifth.form), version=9))
    sheet = load_workbook(io.BytesIO(period_workbook(replace(table, lines=tuple(lines)), VI)))["Thẩm định"]
    found = rows(sheet)
    listed = found[5 : 5 + len(lines)]
    assert [row[1] for row in listed] == [unit.code for unit in table.bloc.units]
    outcome = lines[0].outcome
    assert outcome is not None and outcome.totals.total < first.form.standing.totals.total
    assert listed[0][3:] == [
        "Dự kiến, đã báo đơn vị",
        float(first.form.standing.totals.total),
        float(outcome.totals.total),
        2,
        "TC1.1, TC1.2",
    ]
    assert [row[3] for row in listed[1:5]] == [
        "Đang soạn",
        "Đã nhận bằng giấy",
        "Chờ lãnh đạo duyệt",
        "Đơn vị nộp lại, chưa xem bản mới",
    ]
    assert listed[4][5:] == [None] * 3, "what was said of another version is not of this one"
    unit = first.unit
    differing = [row[1:] for row in found[5 + len(lines) :] if isinstance(row[0], int)]
    assert [(row[0], row[1], row[2].split()[0], row[4], row[5], row[6]) for row in differing] == [
        (unit.code, unit.name, "TC1.1", 2, "Chưa có xác nhận", "Không thấy"),
        (unit.code, unit.name, "TC1.2", 1, "=Cộng nhầm", None),
    ]
    assert sheet["A2"].value.startswith("KẾT QUẢ THẨM ĐỊNH")
    assert "không dùng để xếp hạng" in sheet["A3"].value and sheet.auto_filter.ref is None
    assert "Chỉ dùng trong Tổ thư ký" in sheet["A4"].value
    bare = rows(load_workbook(io.BytesIO(period_workbook(table, VI)))["Thẩm định"])
    assert bare[5][3] == "Chưa thẩm định" and "Không có dòng nào khác." in [row[2] for row in bare]
