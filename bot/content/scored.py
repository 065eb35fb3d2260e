"""The scored parts of the file: groups, criteria, bonus and deduction rules, each with its table of levels."""

from bot.content.levels import ScoredLine, check_table
from bot.content.rows import Read, Row, called
from bot.content.scalars import NAME, shown
from bot.domain.criteria import AnswerKind, Group, Item, ItemKind, Level, Scale

NHOM = ("ma", "ten", "diem_toi_da", "illustrative")
TIEU_CHI = (
    "ma", "nhom", "ten", "diem_toi_da", "kieu_tra_loi", "cach_cham", "khung_diem", "minh_chung", "tu_khoa", "cach_hoi",
    "illustrative",
)  # fmt: skip
QUY_TAC = ("ma", "ten", "quy_tac", "khung_diem", "minh_chung", "loai", "tran", "tu_khoa", "cach_hoi", "illustrative")
MUC_DIEM = ("muc", "diem", "tu", "duoi", "theo", "moi", "toi_da_lan", "thay_cho", "tran_diem")


def read_groups(root: Row, scale: Scale | None, illustrative: bool) -> list[Read[Group]]:
    groups = []
    for row in root.rows("nhom_tieu_chi", "nhóm", NHOM, needed=True):
        group = Group(
            code=row.code("ma"),
            name=row.text("ten"),
            ceiling=row.number("diem_toi_da"),
            illustrative=row.flag_if("illustrative", illustrative),
        )
        check_ceiling(row, "diem_toi_da", scale)
        groups.append(Read(row, group))
    return groups


def read_criteria(root: Row, scale: Scale | None, illustrative: bool) -> list[Read[Item]]:
    return [
        Read(row, _criterion(row, scale, illustrative))
        for row in root.rows("tieu_chi", "tiêu chí", TIEU_CHI, needed=True)
    ]


def _criterion(row: Row, scale: Scale | None, illustrative: bool) -> Item:
    kind = row.word("kieu_tra_loi", AnswerKind)
    levels = _levels(row, scale, needed=kind is not AnswerKind.DIRECT)
    item = Item(
        code=row.code("ma"),
        name=row.text("ten"),
        kind=ItemKind.CRITERION,
        ceiling=row.number("diem_toi_da"),
        how=row.text_if("cach_cham"),
        levels=tuple(level.value for level in levels),
        evidence=row.texts("minh_chung"),
        group=row.text("nhom"),
        answer_kind=kind,
        keywords=row.texts("tu_khoa", 300),
        phrasings=row.texts("cach_hoi", 300),
        illustrative=row.flag_if("illustrative", illustrative),
    )
    check_ceiling(row, "diem_toi_da", scale)
    if row.good("kieu_tra_loi"):
        check_table(ScoredLine(row, item, levels, "diem_toi_da"))
    return item


def read_bonuses(root: Row, scale: Scale | None, illustrative: bool) -> list[Read[Item]]:
    rows = root.rows("diem_thuong", "điểm thưởng", QUY_TAC)
    return [Read(row, _rule(row, ItemKind.BONUS, "cong", scale, illustrative)) for row in rows]


def read_deductions(root: Row, scale: Scale | None, illustrative: bool) -> list[Read[Item]]:
    rows = root.rows("diem_tru", "điểm trừ", QUY_TAC)
    return [Read(row, _rule(row, ItemKind.DEDUCTION, "tru", scale, illustrative)) for row in rows]


def _rule(row: Row, kind: ItemKind, sort: str, scale: Scale | None, illustrative: bool) -> Item:
    if row.has("loai") and row.text("loai") != sort and row.good("loai"):
        row.fault(
            "loai", f'khóa "loai": ở phần này phải là {sort}', f"hãy viết loai: {sort} hoặc chuyển dòng sang phần kia"
        )
    levels = _levels(row, scale, needed=True)
    item = Item(
        code=row.code("ma"),
        name=row.text("ten"),
        kind=kind,
        ceiling=row.number_if("tran"),
        how=row.text_if("quy_tac"),
        levels=tuple(level.value for level in levels),
        evidence=row.texts("minh_chung"),
        keywords=row.texts("tu_khoa", 300),
        phrasings=row.texts("cach_hoi", 300),
        illustrative=row.flag_if("illustrative", illustrative),
    )
    check_ceiling(row, "tran", scale)
    check_table(ScoredLine(row, item, levels, "tran"))
    return item


def _levels(item: Row, scale: Scale | None, *, needed: bool) -> list[Read[Level]]:
    levels = []
    for place, node in enumerate(item.nodes("khung_diem", needed=needed), 1):
        row = Row(item.log, node, called(f"{item.where}, mức", node, "muc", place), MUC_DIEM)
        level = Level(
            label=row.text("muc", NAME),
            points=row.number_if("diem"),
            start=row.number_if("tu"),
            below=row.number_if("duoi"),
            unit=row.text_if("theo", 60),
            each=row.flag_if("moi", False),
            at_most=row.whole_if("toi_da_lan"),
            instead_of=row.text_if("thay_cho", NAME),
            ceiling=row.number_if("tran_diem"),
        )
        for key in ("diem", "tran_diem"):
            check_step(row, key, scale)
        levels.append(Read(row, level))
    return levels


def check_ceiling(row: Row, key: str, scale: Scale | None) -> None:
    """A maximum is above zero and on the bloc's step."""
    if row.good(key) and row.number(key) <= 0:
        row.spoil(key, f'khóa "{key}": phải lớn hơn 0', "hãy viết số điểm dương")
    check_step(row, key, scale)


def check_step(row: Row, key: str, scale: Scale | None) -> None:
    if scale and row.good(key) and row.number(key) % scale.step:
        step = shown(scale.step)
        row.fault(
            key,
            f'khóa "{key}": {shown(row.number(key))} điểm không theo bước {step} của khối',
            f"hãy viết bội số của {step} hoặc sửa buoc_diem",
        )
