"""What must hold between the parts of the file: unique codes, sums, and names that refer to something."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.content.rows import Read, Row, by_code
from bot.content.scalars import brief, nearest, shown
from bot.content.sections import Pair
from bot.domain.bloc import Duty, Outline, Unit, UnitRole
from bot.domain.calendar import DischargedBy, Milestone
from bot.domain.criteria import Group, Item, Scale


def check_unique(reads: Iterable[Read[object]]) -> None:
    """Codes differ by more than capitals: people type them as they like."""
    lines: dict[str, int] = {}
    for code, read in by_code(reads):
        key = read.row.code_key
        same = code.casefold()
        if same in lines:
            read.row.fault(key, f'mã "{code}" đã dùng ở dòng {lines[same]}', "hãy đặt mã khác, mỗi mã chỉ dùng một lần")
        else:
            lines[same] = read.row.line_of(key)


def check_sums(scale: Read[Scale] | None, groups: Sequence[Read[Group]], criteria: Sequence[Read[Item]]) -> None:
    """Criteria fill their group, groups fill the base (less the bonus where that lies inside it)."""
    placed = {code for code, _ in by_code(groups)}
    whole = all(item.row.good("nhom") and item.value.group in placed for item in criteria)
    for code, group in by_code(groups):
        _check_group(code, group, criteria, whole)
    if scale is None or not groups:
        return
    row, inside = scale.row, scale.value.bonus_inside
    flags = ("diem_thuong_nam_trong_1000", "diem_thuong_toi_da")
    if not row.good("diem_co_ban") or any(row.has(key) and not row.good(key) for key in flags):
        return
    bonus = scale.value.bonus_cap if inside else Decimal(0)
    total = sum((group.value.ceiling for group in groups if group.row.good("diem_toi_da")), Decimal(0))
    whole = all(group.row.good("diem_toi_da") for group in groups)
    if _disagrees(total + bonus, scale.value.base, whole):
        parts = f"tổng điểm các nhóm {shown(total)}" + (f" cộng điểm thưởng {shown(bonus)}" if inside else "")
        row.fault(
            "diem_co_ban",
            f"{parts} khác diem_co_ban {shown(scale.value.base)}",
            f"hãy sửa điểm các nhóm cho đủ {shown(scale.value.base - bonus)}, hoặc viết diem_co_ban: {total + bonus:f}",
        )


def _check_group(code: str, group: Read[Group], criteria: Sequence[Read[Item]], whole: bool) -> None:
    if not group.row.good("diem_toi_da"):
        return
    inside = [item for item in criteria if item.row.good("nhom") and item.value.group == code]
    readable = [item.value.ceiling or Decimal(0) for item in inside if item.row.good("diem_toi_da")]
    total = sum(readable, Decimal(0))
    if _disagrees(total, group.value.ceiling, whole and len(readable) == len(inside)):
        group.row.fault(
            "diem_toi_da",
            f"tổng điểm {len(inside)} tiêu chí {shown(total)} khác diem_toi_da {shown(group.value.ceiling)}",
            f"hãy sửa điểm tiêu chí cho đủ {shown(group.value.ceiling)}, hoặc viết diem_toi_da: {total:f}",
        )


def _disagrees(total: Decimal, wanted: Decimal, whole: bool) -> bool:
    """With unreadable rows left out of it, only a sum that is already too high says anything."""
    return total != wanted if whole else total > wanted


def check_groups_exist(groups: Sequence[Read[Group]], criteria: Sequence[Read[Item]]) -> None:
    known = _known(groups)
    for item in criteria:
        if known and item.row.good("nhom") and item.value.group not in known:
            _unknown(item.row, "nhom", "nhóm", item.value.group, known)


def check_bonus_counts(scale: Read[Scale] | None, bonuses: Sequence[Read[Item]]) -> None:
    """Bonus rules under a cap of 0 would never count."""
    if scale is None or not bonuses:
        return
    row = scale.row
    if not row.has("diem_thuong_toi_da"):
        row.fault(
            "diem_thuong_toi_da",
            'thiếu khóa "diem_thuong_toi_da" dù có điểm thưởng',
            "hãy thêm dòng diem_thuong_toi_da:",
        )
    elif row.good("diem_thuong_toi_da") and not scale.value.bonus_cap:
        row.fault(
            "diem_thuong_toi_da",
            "diem_thuong_toi_da là 0 nhưng có quy tắc điểm thưởng",
            "hãy viết mức tối đa lớn hơn 0, hoặc xóa phần diem_thuong",
        )


def check_units(root: Row, units: Sequence[Read[Unit]]) -> None:
    """One unit leads."""
    if not units or any(unit.row.has("vai_tro") and not unit.row.good("vai_tro") for unit in units):
        return
    heads = [unit for unit in units if unit.value.role is UnitRole.HEAD]
    if not heads:
        root.fault("don_vi", "chưa có đơn vị Khối trưởng", "hãy viết vai_tro: khoi_truong ở đúng một đơn vị")
    for extra in heads[1:]:
        extra.row.fault(
            "vai_tro",
            f"đã có Khối trưởng là {heads[0].value.code} (dòng {heads[0].row.line_of('vai_tro')})",
            "hãy viết vai_tro: thanh_vien hoặc khoi_pho",
        )


def check_duties(duties: Sequence[Read[Duty]], units: Sequence[Read[Unit]]) -> None:
    """What looks like a unit's code is one; other text is taken as it stands."""
    known = _known(units)
    for duty in duties:
        holder = duty.value.holder
        looks = holder.isascii() and holder.isupper() and " " not in holder
        if known and duty.row.good("don_vi") and looks and holder not in known:
            _unknown(duty.row, "don_vi", "đơn vị", holder, known)


def check_pairs(root: Row, pairs: Sequence[Pair], units: Sequence[Read[Unit]]) -> None:
    """Both exist, they differ, and each is in one pair at most."""
    known = _known(units)
    lines: dict[str, int] = {}
    for pair in pairs if known else ():
        if pair.units[0] == pair.units[1]:
            what = f"cặp thẩm định chéo: {pair.units[0]} không thể thẩm định chính mình"
            root.log.add(pair.lines[1], what, "hãy viết hai đơn vị khác nhau")
            continue
        for code, line in zip(pair.units, pair.lines, strict=True):
            if code not in known:
                near = nearest(code, known)
                instead = f"có phải anh/chị muốn viết {near}?" if near else f"hãy dùng: {', '.join(known)}"
                root.log.add(line, f'cặp thẩm định chéo: không có đơn vị "{brief(code)}"', instead)
            elif code in lines:
                what = f"cặp thẩm định chéo: {code} đã có cặp ở dòng {lines[code]}"
                root.log.add(line, what, "hãy để mỗi đơn vị trong một cặp")
            lines.setdefault(code, line)


def check_outlines(milestones: Sequence[Read[Milestone]], outlines: Sequence[Read[Outline]]) -> None:
    """A period whose assessment is owed has a report outline."""
    there = {outline.value.period for outline in outlines}
    for read in milestones:
        period = read.value.period
        owed = read.value.discharged_by is DischargedBy.ASSESSMENT and read.row.good("hoan_thanh", "ky")
        if owed and period is not None and period not in there:
            read.row.fault("ky", f"chưa có mẫu báo cáo của kỳ {period}", f"hãy thêm phần {period} trong mau_bao_cao")


def _unknown(row: Row, key: str, name: str, written: str, known: Sequence[str]) -> None:
    near = nearest(written, known)
    row.fault(
        key,
        f'khóa "{key}": không có {name} "{brief(written)}"',
        f"có phải anh/chị muốn viết {near}?" if near else f"hãy dùng: {', '.join(known)}",
    )


def _known(reads: Iterable[Read[object]]) -> list[str]:
    return list(dict.fromkeys(code for code, _ in by_code(reads)))
