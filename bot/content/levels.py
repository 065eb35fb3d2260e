"""Whether a table of levels (`khung_diem`) can be scored as its row says: nothing is left to a silent guess."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from bot.content.rows import Read, Row
from bot.content.scalars import nearest, one_of, shown
from bot.domain.criteria import AnswerKind, Item, ItemKind, Level

PERCENT, WORKING_DAYS = "%", "ngày làm việc"
UNITS = (PERCENT, WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A scored line with its levels; `most` is the key of the line's own maximum."""

    row: Row
    item: Item
    levels: list[Read[Level]]
    most: str


def check_table(table: ScoredLine) -> None:
    """Log everything in the table that the line could not be scored by."""
    for read in table.levels:
        _check_shape(read)
        _check_sign(table, read)
        _check_size(table, read)
    _check_labels(table)
    _check_instead(table)
    _check_bands(table.item, [read for read in table.levels if is_band(read.value)])
    if table.row.good("khung_diem") and _check_kind(table):
        _check_reach(table)


def is_band(level: Level) -> bool:
    return level.start is not None or level.below is not None


def is_plain(level: Level) -> bool:
    return not is_band(level) and not level.each and level.ceiling is None


# -- one level ---------------------------------------------------------------------------------------------


def _check_shape(read: Read[Level]) -> None:
    row, level = read.row, read.value
    if row.has("tran_diem"):
        for key in ("diem", "tu", "duoi", "theo", "moi", "toi_da_lan", "thay_cho"):
            if row.has(key):
                row.spoil(
                    key, f'mức có tran_diem không dùng cùng khóa "{key}"', f"hãy xóa dòng {key} hoặc dòng tran_diem"
                )
        return
    if not row.has("diem") and not row.broken:
        row.fault("diem", 'thiếu khóa "diem"', "hãy thêm dòng diem:")
    if row.has("tu") or row.has("duoi"):
        _check_band_shape(row, level)
    elif row.has("theo"):
        row.fault("theo", "có theo nhưng thiếu tu, duoi", "hãy thêm tu hoặc duoi, hoặc xóa dòng theo")
    if row.has("toi_da_lan"):
        _check_most_times(row, level)
    if row.has("thay_cho") and level.each:
        row.fault("thay_cho", "thay_cho không dùng cùng moi: true", "hãy xóa một trong hai dòng")


def _check_band_shape(row: Row, level: Level) -> None:
    for key in ("moi", "toi_da_lan", "thay_cho"):
        if row.has(key) and (key != "moi" or level.each):
            row.fault(key, f'mức có tu, duoi không dùng cùng khóa "{key}"', f"hãy xóa dòng {key}, hoặc xóa tu, duoi")
    if not row.has("theo"):
        row.fault(
            "theo",
            'mức có tu, duoi nhưng thiếu khóa "theo"',
            f"hãy thêm dòng theo: '{PERCENT}' hoặc theo: {WORKING_DAYS}",
        )
    elif row.good("theo") and level.unit not in UNITS:
        row.spoil("theo", f'khóa "theo": không có giá trị "{level.unit}"', one_of(level.unit, UNITS))
    for key, value in (("tu", level.start), ("duoi", level.below)):
        if value is not None and row.good(key):
            if value < 0:
                row.spoil(key, f'khóa "{key}": không được âm', "hãy viết 0 hoặc số dương")
            elif level.unit == WORKING_DAYS and value % 1:
                row.spoil(key, f'khóa "{key}": số ngày phải là số nguyên', "hãy viết số ngày, ví dụ 3")
    if level.start is not None and level.below is not None and level.below <= level.start:
        row.spoil(
            "duoi", f"duoi {shown(level.below)} không lớn hơn tu {shown(level.start)}", "hãy viết duoi lớn hơn tu"
        )


def _check_most_times(row: Row, level: Level) -> None:
    if not level.each:
        row.spoil("toi_da_lan", "toi_da_lan chỉ dùng cùng moi: true", "hãy thêm dòng moi: true hoặc xóa toi_da_lan")
    elif level.at_most is not None and level.at_most < 1:
        row.spoil("toi_da_lan", 'khóa "toi_da_lan": phải từ 1 trở lên', "hãy viết số lần, ví dụ 3")


def _check_sign(table: ScoredLine, read: Read[Level]) -> None:
    row, points, item = read.row, read.value.points, table.item
    if points is None or not row.good("diem"):
        return
    kind, band = item.answer_kind, is_band(read.value)
    if item.kind is ItemKind.DEDUCTION and points > 0:
        row.spoil("diem", "điểm trừ phải là số âm", f"hãy viết diem: -{points:f}")
    elif item.kind is ItemKind.BONUS and points < 0:
        row.spoil("diem", "điểm thưởng không được âm", f"hãy viết diem: {-points:f}")
    elif kind is AnswerKind.MINUS and points > 0:
        row.spoil("diem", "kiểu tru_dan chỉ trừ điểm, điểm phải là số âm", f"hãy viết diem: -{points:f}")
    elif kind in (AnswerKind.GRADE, AnswerKind.DIRECT) and points < 0 and is_plain(read.value):
        row.spoil("diem", f"mức để chọn của kiểu {kind} không được âm", "hãy viết 0 hoặc số dương, hoặc thêm moi: true")
    elif band and points < 0 and item.kind is ItemKind.CRITERION and kind is not AnswerKind.MINUS:
        row.spoil("diem", "mức theo khoảng không được âm", "hãy viết 0 hoặc số dương, hoặc đổi kiểu thành tru_dan")
    elif points == 0 and item.kind is ItemKind.CRITERION and not band and _adds(kind, read.value):
        row.spoil("diem", "mức 0 điểm không cộng, không trừ gì", "hãy viết số điểm hoặc xóa mức này")


def _adds(kind: AnswerKind | None, level: Level) -> bool:
    return level.each or (kind not in (AnswerKind.GRADE, AnswerKind.DIRECT) and not level.instead_of)


def _check_size(table: ScoredLine, read: Read[Level]) -> None:
    row, level, most = read.row, read.value, table.item.ceiling
    if level.ceiling is not None and row.good("tran_diem"):
        if table.item.kind is ItemKind.DEDUCTION:
            row.fault(
                "tran_diem", "quy tắc trừ điểm không dùng tran_diem", "hãy xóa mức này, giới hạn trừ viết ở khóa tran"
            )
        elif level.ceiling < 0:
            row.fault("tran_diem", 'khóa "tran_diem": không được âm', "hãy viết 0 hoặc số dương")
        elif most is not None and table.row.good(table.most) and level.ceiling >= most:
            row.fault(
                "tran_diem",
                f"trần {shown(level.ceiling)} không thấp hơn {table.most} {shown(most)}",
                f"hãy viết số nhỏ hơn {shown(most)}",
            )
    if most is None or not table.row.good(table.most) or level.points is None or not row.good("diem"):
        return
    size = -level.points if table.item.kind is ItemKind.DEDUCTION else level.points
    if size > most:
        row.fault(
            "diem",
            f"{shown(size)} điểm cao hơn {table.most} {shown(most)}",
            f"hãy viết không quá {shown(most)} hoặc sửa {table.most}",
        )


# -- levels together ---------------------------------------------------------------------------------------


def _check_labels(table: ScoredLine) -> None:
    lines: dict[str, int] = {}
    for read in table.levels:
        if not read.row.good("muc"):
            continue
        label = read.value.label.casefold()
        if label in lines:
            read.row.fault("muc", f"tên mức đã dùng ở dòng {lines[label]}", "hãy đặt tên khác cho mức này")
        lines.setdefault(label, read.row.line_of("muc"))


def _check_instead(table: ScoredLine) -> None:
    targets = [r.value.label for r in table.levels if is_plain(r.value) and not r.value.instead_of and r.value.label]
    summed = table.item.answer_kind not in (None, AnswerKind.GRADE, AnswerKind.DIRECT)
    for read in table.levels:
        wanted, row = read.value.instead_of, read.row
        if not wanted or not row.good("thay_cho"):
            continue
        if not summed:
            row.fault(
                "thay_cho",
                "thay_cho chỉ dùng khi các mức được cộng lại",
                "hãy xóa dòng thay_cho, ở đây chỉ chọn một mức",
            )
        elif wanted not in targets:
            near = nearest(wanted, targets)
            row.fault(
                "thay_cho",
                f'thay_cho "{wanted}" không phải tên một mức cộng điểm khác trong khung này',
                f"có phải anh/chị muốn viết {near}?" if near else "hãy viết đúng tên ở khóa muc của mức được thay",
            )


def _check_bands(item: Item, bands: list[Read[Level]]) -> None:
    """One unit, from the bottom to the top, no overlap, no gap; the order in the file is free."""
    if not bands:
        return
    units = {read.value.unit for read in bands}
    if len(units) > 1:
        read = next(read for read in bands if read.value.unit != bands[0].value.unit)
        if all(r.row.good("theo") for r in bands):
            read.row.fault(
                "theo", f'khác với "{bands[0].value.unit}" của mức đầu', "hãy dùng một đơn vị cho cả khung điểm"
            )
        return
    keys = ("tu", "duoi", "theo")
    if any(read.row.has(key) and not read.row.good(key) for read in bands for key in keys) or units - set(UNITS):
        return
    rising = sorted(bands, key=lambda read: read.value.start or Decimal(0))
    _check_bottom(item, rising[0], bands)
    for lower, upper in pairwise(rising):
        _check_join(lower, upper)
    top = rising[-1]
    if top.value.unit == PERCENT and top.value.below is not None and top.value.below <= 100:
        top.row.fault("duoi", "mức cao nhất chưa gồm 100%", "hãy xóa dòng duoi ở mức cao nhất")


def _check_bottom(item: Item, lowest: Read[Level], bands: Iterable[Read[Level]]) -> None:
    start, days = lowest.value.start or Decimal(0), lowest.value.unit == WORKING_DAYS
    takes = item.kind is ItemKind.DEDUCTION or any((read.value.points or 0) < 0 for read in bands)
    first = Decimal(1) if days and takes else Decimal(0)
    if start == first or (days and takes and start == 0 and not lowest.value.points):
        return
    key = "tu" if lowest.row.has("tu") else "duoi"
    what = f"mức thấp nhất bắt đầu từ {shown(start)}, không phải {shown(first)}"
    why = " (0 ngày là đúng hạn)" if days else ""
    lowest.row.fault(key, what + why, f"hãy viết tu: {shown(first)} ở mức thấp nhất hoặc thêm mức còn thiếu")


def _check_join(lower: Read[Level], upper: Read[Level]) -> None:
    end, start = lower.value.below, upper.value.start or Decimal(0)
    key = "tu" if upper.row.has("tu") else "duoi"
    if end is None or end > start:
        reach = "không có duoi" if end is None else f"đến dưới {shown(end)}"
        upper.row.fault(
            key,
            f'chồng lên mức "{lower.value.label}" (dòng {lower.row.line}, {reach})',
            f"hãy viết duoi: {shown(start)} ở mức đó, hoặc sửa tu ở mức này",
        )
    elif end < start:
        upper.row.fault(
            key,
            f'còn hở từ {shown(end)} đến dưới {shown(start)}, sau mức "{lower.value.label}" (dòng {lower.row.line})',
            f"hãy viết tu: {shown(end)} ở mức này, hoặc thêm mức còn thiếu",
        )


# -- the table and its kind --------------------------------------------------------------------------------


def _check_kind(table: ScoredLine) -> bool:
    """Whether the table has what its kind of answer lives on."""
    levels, kind, row = [read.value for read in table.levels], table.item.answer_kind, table.row
    lacks = {
        AnswerKind.RATE: (is_band, "mức theo khoảng", "hãy thêm tu, duoi, theo vào các mức"),
        AnswerKind.GRADE: (is_plain, "mức để chọn", "hãy viết mỗi loại một mức gồm muc và diem"),
        AnswerKind.COUNT: (lambda level: level.each, "mức nhân theo số lượng", "hãy thêm dòng moi: true vào mức đó"),
    }
    if kind in (AnswerKind.GRADE, AnswerKind.DIRECT) and any(map(is_band, levels)):
        row.fault(
            "khung_diem",
            f"kiểu {kind} không dùng mức theo khoảng",
            "hãy xóa tu, duoi, theo hoặc đổi kiểu thành ty_le",
        )
        return False
    if kind in lacks and levels:
        has, what, instead = lacks[kind]
        if not any(map(has, levels)):
            row.fault("khung_diem", f"kiểu {kind} phải có {what}", instead)
            return False
    if levels and all(level.ceiling is not None for level in levels) and kind is not AnswerKind.DIRECT:
        row.fault("khung_diem", "khung điểm chỉ có tran_diem", "hãy thêm ít nhất một mức có diem")
        return False
    return True


def _check_reach(table: ScoredLine) -> None:
    """A criterion's maximum can be reached; a grade's best level is the maximum itself."""
    item, row = table.item, table.row
    untouched = item.answer_kind in (None, AnswerKind.MINUS, AnswerKind.DIRECT)
    readable = all(_readable(read) for read in table.levels)
    if untouched or not readable or not table.levels or not row.good(table.most) or item.ceiling is None:
        return
    if any(part.is_open for part in item.parts):
        return
    best = sum((part.top for part in item.parts), Decimal(0))
    most = shown(item.ceiling)
    if best < item.ceiling:
        reach = "mức cao nhất" if item.answer_kind is AnswerKind.GRADE else "các mức cộng lại nhiều nhất"
        row.fault(
            table.most,
            f"{reach} {shown(best)} điểm, chưa đến diem_toi_da {most}",
            f"hãy sửa điểm các mức cho đủ {most}, hoặc viết diem_toi_da: {best:f}",
        )


def _readable(read: Read[Level]) -> bool:
    row, points = read.row, "tran_diem" if read.row.has("tran_diem") else "diem"
    return not row.broken and row.good(points) and (row.good("toi_da_lan") or not row.has("toi_da_lan"))
