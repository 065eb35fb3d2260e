"""The file's plain parts: the bloc itself, units, calendar, outlines, notes."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from bot.content.rows import Read, Row, called
from bot.content.scalars import TEXT, Unfit, brief, fold, zone
from bot.content.tree import Listing, Scalar
from bot.domain.bloc import ClockStops, Content, Duty, Outline, Section, Unit, UnitRole
from bot.domain.calendar import AppraisalStage, DischargedBy, Milestone, Owes, Period
from bot.domain.criteria import AnswerKind, Scale
from bot.domain.knowledge import Note

KHOI = (
    "ten", "ten_ngan", "nam", "chu_de", "co_quan_chi_dao", "mui_gio", "gio_chot_mac_dinh", "tinh_han_theo",
    "ngay_nghi", "ghi_chu", "illustrative",
)  # fmt: skip
THANG_DIEM = (
    "diem_co_ban", "diem_thuong_toi_da", "buoc_diem", "diem_thuong_nam_trong_1000", "cach_tinh", "illustrative",
)  # fmt: skip
DON_VI = ("ma", "ten", "ten_khac", "vai_tro")
VAI_TRO = ("ma", "ten", "don_vi", "nhiem_ky", "illustrative")
LICH = (
    "key", "ten", "ngay", "gio", "tu_ngay", "mo_tu", "ai_no", "hoan_thanh", "ky", "giai_doan", "quy_tac_ngay", "ai_lam",
    "phai_nop", "noi_nhan", "hinh_thuc", "can_cu", "luu_y", "tu_khoa", "cach_hoi", "illustrative",
)  # fmt: skip
KIEU_TRA_LOI = ("ma", "ten")
MAU_BAO_CAO = ("ma", "ten", "so_trang_toi_da", "muc", "illustrative")
MUC = ("ma", "ten", "goi_y", "gom", "noi_nhan")
HOI_DAP = ("id", "cau_hoi", "tra_loi", "nguon", "co_so", "tu_khoa", "cach_hoi", "illustrative")

CLOSES_AT = time(17, 0)
STEP = Decimal("0.5")
MOST_ADDRESSEES, ADDRESSEE = 10, 200  # of one section, each a button; letters of one


@dataclass(frozen=True, slots=True)
class Settings:
    """What `khoi` says. `year` is 0 where it could not be read."""

    row: Row
    year: int
    name: str
    short_name: str
    theme: str
    guided_by: str
    timezone: str
    default_time: time
    clock_stops: ClockStops
    holidays: frozenset[date]
    remark: str
    illustrative: bool


def read_settings(root: Row) -> Settings:
    row = root.inner("khoi", "khoi", KHOI, needed=True) or Row.absent(root.log, "khoi", KHOI)
    year = row.whole("nam")
    if row.good("nam") and not 2000 <= year <= 2100:
        row.spoil("nam", f'khóa "nam": không có năm thi đua {year}', "hãy viết năm bằng bốn chữ số, ví dụ 2026")
        year = 0
    name = row.text("ten")
    return Settings(
        row=row,
        year=year,
        name=name,
        short_name=row.text_if("ten_ngan", 60, name),
        theme=row.text_if("chu_de"),
        guided_by=row.text_if("co_quan_chi_dao"),
        timezone=_zone(row, year),
        default_time=row.moment_if("gio_chot_mac_dinh", CLOSES_AT),
        clock_stops=row.word_if("tinh_han_theo", ClockStops, ClockStops.APPROVAL),
        holidays=frozenset(row.days("ngay_nghi")),
        remark=row.text_if("ghi_chu"),
        illustrative=row.flag_if("illustrative", True),
    )


def _zone(row: Row, year: int) -> str:
    written = row.text_if("mui_gio", default="Asia/Ho_Chi_Minh")
    try:
        return zone(written, year or 2026)
    except Unfit as unfit:
        if row.good("mui_gio"):
            row.fault("mui_gio", f'khóa "mui_gio": {unfit.what}', unfit.instead)
        return written


def read_scale(root: Row, illustrative: bool) -> Read[Scale] | None:
    row = root.inner("thang_diem", "thang_diem", THANG_DIEM, needed=True)
    if row is None:
        return None
    base, bonus = row.number("diem_co_ban"), row.number_if("diem_thuong_toi_da")
    step = row.number_if("buoc_diem")
    if row.good("diem_co_ban") and base <= 0:
        row.spoil("diem_co_ban", 'khóa "diem_co_ban": phải lớn hơn 0', "hãy viết số điểm, ví dụ 1000")
    if bonus is not None and bonus < 0:
        row.spoil("diem_thuong_toi_da", 'khóa "diem_thuong_toi_da": không được âm', "hãy viết 0 hoặc số dương")
    if step is not None and step <= 0:
        row.spoil("buoc_diem", 'khóa "buoc_diem": phải lớn hơn 0', "hãy viết bước điểm, ví dụ 0.5")
    scale = Scale(
        base=base,
        bonus_cap=bonus if bonus is not None else Decimal(0),
        step=step if step is not None and step > 0 else STEP,
        bonus_inside=row.flag_if("diem_thuong_nam_trong_1000", False),
        how=row.text_if("cach_tinh"),
        illustrative=row.flag_if("illustrative", illustrative),
    )
    return Read(row, scale)


def read_units(root: Row) -> list[Read[Unit]]:
    return [
        Read(
            row,
            Unit(
                code=row.code("ma"),
                name=row.text("ten"),
                other_names=row.texts("ten_khac", 300),
                role=row.word_if("vai_tro", UnitRole, UnitRole.MEMBER),
            ),
        )
        for row in root.rows("don_vi", "đơn vị", DON_VI, needed=True)
    ]


def read_duties(root: Row, illustrative: bool) -> list[Read[Duty]]:
    return [
        Read(
            row,
            Duty(
                code=row.code("ma"),
                name=row.text("ten"),
                holder=row.text("don_vi"),
                term=row.text_if("nhiem_ky"),
                illustrative=row.flag_if("illustrative", illustrative),
            ),
        )
        for row in root.rows("vai_tro", "vai trò", VAI_TRO)
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two unit codes with their lines."""

    units: tuple[str, str]
    lines: tuple[int, int]


def read_pairs(root: Row) -> list[Pair]:
    pairs = []
    for place, node in enumerate(root.nodes("cap_tham_dinh_cheo"), 1):
        codes = node.items if isinstance(node, Listing) else []
        texts = [code.text.strip() for code in codes if isinstance(code, Scalar) and not code.is_null]
        if len(texts) == len(codes) == 2:
            pairs.append(Pair((texts[0], texts[1]), (codes[0].line, codes[1].line)))
        else:
            root.log.add(
                node.line,
                f"cặp thẩm định chéo thứ {place}: phải có đúng hai mã đơn vị",
                "hãy viết dạng - [STP, VKS]",
            )
    return pairs


def read_milestones(root: Row, settings: Settings) -> list[Read[Milestone]]:
    return [Read(row, _milestone(row, settings)) for row in root.rows("lich", "mốc", LICH, code_key="key", needed=True)]


def _milestone(row: Row, settings: Settings) -> Milestone:
    milestone = Milestone(
        key=row.code("key"),
        name=row.text("ten"),
        due_on=row.day("ngay"),
        due_time=row.moment_if("gio", settings.default_time),
        owes=row.word("ai_no", Owes),
        discharged_by=row.word("hoan_thanh", DischargedBy),
        starts_on=row.day_if("tu_ngay"),
        opens_on=row.day_if("mo_tu"),
        period=row.word_or_none("ky", Period),
        stage=row.word_or_none("giai_doan", AppraisalStage),
        date_rule=row.text_if("quy_tac_ngay"),
        deliverables=row.texts("phai_nop"),
        recipient=row.text_if("noi_nhan"),
        form=row.text_if("hinh_thuc"),
        basis=row.text_if("can_cu"),
        actor=row.text_if("ai_lam"),
        remark=row.text_if("luu_y"),
        keywords=row.texts("tu_khoa", 300),
        phrasings=row.texts("cach_hoi", 300),
        illustrative=row.flag_if("illustrative", settings.illustrative),
    )
    _check_dates(row, milestone, settings.year)
    if milestone.discharged_by is DischargedBy.ASSESSMENT and row.good("hoan_thanh") and not row.has("ky"):
        row.fault(
            "hoan_thanh",
            'hoan_thanh là tu_danh_gia nhưng thiếu khóa "ky"',
            "hãy thêm dòng ky: giua_nam hoặc ky: cuoi_nam",
        )
    return milestone


def _check_dates(row: Row, milestone: Milestone, year: int) -> None:
    if not row.good("ngay"):
        return
    due = milestone.due_on
    if year and not date(year, 1, 1) <= due <= date(year + 1, 6, 30):
        row.fault(
            "ngay",
            f"hạn {due:%d/%m/%Y} nằm ngoài năm thi đua {year}",
            f"hãy viết ngày từ '{year}-01-01' đến '{year + 1}-06-30'",
        )
    for key, start in (("tu_ngay", milestone.starts_on), ("mo_tu", milestone.opens_on)):
        if start is None or not row.good(key):
            continue
        if start > due:
            row.fault(key, f"{key} {start:%d/%m/%Y} sau hạn {due:%d/%m/%Y}", f"hãy viết ngày không sau '{due}'")
        elif year and start < date(year - 1, 1, 1):
            row.fault(key, f"{key} {start:%d/%m/%Y} quá xa năm thi đua {year}", "hãy kiểm tra lại năm")


def read_answer_kinds(root: Row) -> list[Read[tuple[str, str]]]:
    return [
        Read(row, (row.word("ma", AnswerKind).value, row.text("ten")))
        for row in root.rows("kieu_tra_loi", "kiểu trả lời", KIEU_TRA_LOI)
    ]


def read_outlines(root: Row, illustrative: bool) -> list[Read[Outline]]:
    by_period = root.inner("mau_bao_cao", "mau_bao_cao", tuple(Period))
    found = []
    for period in Period if by_period else ():
        assert by_period is not None
        row = by_period.inner(period, f"mẫu báo cáo {period}", MAU_BAO_CAO)
        if row is not None:
            row.code_key = "ma"
            found.append(Read(row, _outline(row, period, illustrative)))
    return found


def _outline(row: Row, period: Period, illustrative: bool) -> Outline:
    pages = row.whole_if("so_trang_toi_da")
    if pages is not None and pages < 1:
        row.fault("so_trang_toi_da", 'khóa "so_trang_toi_da": phải từ 1 trở lên', "hãy viết số trang, ví dụ 8")
    return Outline(
        code=row.code("ma"),
        name=row.text("ten"),
        period=period,
        sections=_sections(row),
        most_pages=pages,
        illustrative=row.flag_if("illustrative", illustrative),
    )


def _sections(outline: Row) -> tuple[Section, ...]:
    sections: list[Section] = []
    lines: dict[str, int] = {}
    for place, node in enumerate(outline.nodes("muc", needed=True), 1):
        row = Row(outline.log, node, called(f"{outline.where}, mục", node, "ma", place), MUC, "ma")
        holds, addressees = _holds(row), _addressees(row)
        section = Section(row.code("ma"), row.text("ten"), row.text_if("goi_y"), holds, addressees)
        if addressees and row.good("noi_nhan") and Content.PROPOSAL not in holds and not row.spoiled("gom"):
            row.fault(
                "noi_nhan",
                "có noi_nhan nhưng mục không gom kien_nghi",
                "hãy thêm kien_nghi vào gom, hoặc xóa noi_nhan",
            )
        if row.good("ma") and section.code in lines:
            row.fault("ma", f'mã "{section.code}" đã dùng ở dòng {lines[section.code]}', "hãy đặt mã khác")
        lines.setdefault(section.code, row.line_of("ma"))
        sections.append(section)
    return tuple(sections)


def _holds(row: Row) -> tuple[Content, ...]:
    found = row.words("gom", Content)
    if row.has("gom") and not found and not row.spoiled("gom"):
        row.spoil("gom", 'khóa "gom" để trống', f"hãy xóa dòng này, hoặc viết dạng gom: [{', '.join(Content)}]")
    return found or (Content.TEXT,)


def _addressees(row: Row) -> tuple[str, ...]:
    found = row.texts("noi_nhan", ADDRESSEE)
    if len(found) > MOST_ADDRESSEES:
        row.spoil("noi_nhan", f"có {len(found)} nơi nhận", f"hãy giữ nhiều nhất {MOST_ADDRESSEES}")
    seen: dict[str, str] = {}
    for name in found:
        if fold(name) in seen:
            row.spoil("noi_nhan", f'nơi nhận "{brief(name)}" viết lặp', "hãy giữ một dòng, xóa dòng kia")
        seen[fold(name)] = name
    return found


def read_notes(root: Row, illustrative: bool) -> list[Read[Note]]:
    return [
        Read(
            row,
            Note(
                id=row.code("id"),
                question=row.text("cau_hoi", TEXT),
                answer=row.text("tra_loi", TEXT),
                source=row.text("nguon", TEXT),
                basis=row.text_if("co_so"),
                keywords=row.texts("tu_khoa", 300),
                phrasings=row.texts("cach_hoi", 300),
                illustrative=row.flag_if("illustrative", illustrative),
            ),
        )
        for row in root.rows("hoi_dap", "hỏi đáp", HOI_DAP, code_key="id")
    ]
