"""What a new bloc file changes, row by row: for the operator before an import, and for the people told after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from bot.content.scalars import shown
from bot.domain.bloc import Bloc
from bot.domain.criteria import Level
from bot.domain.keeping import Carried

Kind: TypeAlias = Literal[
    "settings",
    "unit",
    "duty",
    "pair",
    "milestone",
    "group",
    "criterion",
    "bonus",
    "deduction",
    "outline",
    "note",
    "phrasing",
]
What: TypeAlias = Literal["added", "removed", "changed"]
Field: TypeAlias = tuple[str, object, object]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that differs. `fields` (name, old, new) is empty unless `what` is "changed".

    Names are those of the domain's values, with the place in a table of levels or sections: "levels[2].points".
    """

    kind: Kind
    code: str
    what: What
    fields: tuple[Field, ...] = ()


_ROWS: tuple[tuple[Kind, str, str], ...] = (
    ("unit", "units", "code"),
    ("duty", "duties", "code"),
    ("milestone", "milestones", "key"),
    ("group", "groups", "code"),
    ("criterion", "criteria", "code"),
    ("bonus", "bonuses", "code"),
    ("deduction", "deductions", "code"),
    ("outline", "outlines", "code"),
    ("note", "notes", "id"),
    ("phrasing", "kept_phrasings", "id"),
)
_UNCOMPARED = frozenset({"version", "revision"})
_TABLES = frozenset({"pairs", "scale", "id", *(name for _, name, _ in _ROWS)})


def compare(old: Bloc | None, new: Bloc) -> tuple[Change, ...]:
    """Every difference, kind by kind in the file's order, removed rows last in their kind.

    Versions, ids and revisions are not compared, nor is the order of the rows.
    """
    changes = [*_compare_settings(old, new)]
    for kind, name, key in _ROWS:
        changes += _compare_rows(kind, _keyed(old, name, key), _keyed(new, name, key))
    return (*changes, *_compare_rows("pair", _pairs(old), _pairs(new)))


def _compare_settings(old: Bloc | None, new: Bloc) -> Iterator[Change]:
    """The bloc's own fields under "khoi", the scale's under "thang_diem"."""
    if old is None:
        yield Change("settings", "khoi", "added")
        yield Change("settings", "thang_diem", "added")
        return
    own = [name for name in _names(new) if name not in _TABLES]
    found = [(name, getattr(old, name), getattr(new, name)) for name in own]
    differing = tuple(entry for entry in found if entry[1] != entry[2])
    if differing:
        yield Change("settings", "khoi", "changed", differing)
    yield from _compare_rows("settings", {"thang_diem": old.scale}, {"thang_diem": new.scale})


def _compare_rows(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for code, row in new.items():
        if code not in old:
            yield Change(kind, code, "added")
        elif differing := tuple(_differing(old[code], row)):
            yield Change(kind, code, "changed", differing)
    for code in old:
        if code not in new:
            yield Change(kind, code, "removed")


def _differing(old: Any, new: Any, within: str = "") -> Iterator[Field]:
    if not is_dataclass(new):
        return
    for name in _names(new):
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if _tables_alike(before, after):
            for place, (one, other) in enumerate(zip(before, after, strict=True), 1):
                yield from _differing(one, other, f"{within}{name}[{place}].")
        else:
            yield f"{within}{name}", before, after


def _tables_alike(before: object, after: object) -> bool:
    both = isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after) > 0
    return both and is_dataclass(after[0])  # type: ignore[index]


def _names(value: Any) -> list[str]:
    return [field.name for field in fields(value) if field.name not in _UNCOMPARED]


def _keyed(bloc: Bloc | None, name: str, key: str) -> dict[str, Any]:
    return {getattr(row, key): row for row in getattr(bloc, name)} if bloc else {}


def _pairs(bloc: Bloc | None) -> dict[str, frozenset[str]]:
    return {"-".join(sorted(pair)): frozenset(pair) for pair in bloc.pairs} if bloc else {}


# -- for the terminal ----------------------------------------------------------------------------------------

_KIND_WORDS: dict[str, str] = {
    "settings": "thiết lập",
    "unit": "đơn vị",
    "duty": "vai trò",
    "pair": "cặp thẩm định chéo",
    "milestone": "mốc",
    "group": "nhóm",
    "criterion": "tiêu chí",
    "bonus": "điểm thưởng",
    "deduction": "điểm trừ",
    "outline": "mẫu báo cáo",
    "note": "hỏi đáp",
    "phrasing": "cách hỏi",
}
_WHAT_WORDS: dict[str, str] = {"added": "thêm", "removed": "bỏ", "changed": "sửa"}
_FIELD_WORDS: dict[str, str] = {
    "actor": "ai_lam", "addressees": "noi_nhan", "answer": "tra_loi", "answer_kind": "kieu_tra_loi",
    "answer_kinds": "kieu_tra_loi", "at_most": "toi_da_lan", "base": "diem_co_ban", "basis": "can_cu", "below": "duoi",
    "bonus_cap": "diem_thuong_toi_da", "bonus_inside": "diem_thuong_nam_trong_1000", "ceiling": "diem_toi_da",
    "clock_stops": "tinh_han_theo", "code": "ma", "date_rule": "quy_tac_ngay", "default_time": "gio_chot_mac_dinh",
    "deliverables": "phai_nop", "discharged_by": "hoan_thanh", "due_on": "ngay", "due_time": "gio", "each": "moi",
    "evidence": "minh_chung", "form": "hinh_thuc", "group": "nhom", "guided_by": "co_quan_chi_dao", "hint": "goi_y",
    "holder": "don_vi", "holds": "gom", "holidays": "ngay_nghi", "how": "cach_cham", "instead_of": "thay_cho",
    "kept": "thu_ky_luu",
    "keywords": "tu_khoa", "label": "muc", "levels": "khung_diem", "most_pages": "so_trang_toi_da", "name": "ten",
    "opens_on": "mo_tu", "other_names": "ten_khac", "owes": "ai_no", "period": "ky", "phrasings": "cach_hoi",
    "points": "diem", "question": "cau_hoi", "recipient": "noi_nhan", "remark": "ghi_chu", "role": "vai_tro",
    "sections": "muc", "short_name": "ten_ngan", "source": "nguon", "stage": "giai_doan", "start": "tu",
    "starts_on": "tu_ngay", "step": "buoc_diem", "term": "nhiem_ky", "theme": "chu_de", "timezone": "mui_gio",
    "unit": "theo", "year": "nam",
}  # fmt: skip
# Where one of the domain's names stands for different keys of the file.
_OWN_WORDS: dict[tuple[str, str], str] = {
    ("bonus", "ceiling"): "tran",
    ("deduction", "ceiling"): "tran",
    ("bonus", "how"): "quy_tac",
    ("deduction", "how"): "quy_tac",
    ("settings", "how"): "cach_tinh",
    ("milestone", "remark"): "luu_y",
    ("note", "basis"): "co_so",
}
_MOST_SHOWN = 60


def render(changes: Iterable[Change]) -> str:
    """One line a change, in the words of the file: "sửa mốc MS-BC6T: ngay 19/06/2026 → 22/06/2026"."""
    return "\n".join(map(_line, changes)) or "Không có thay đổi."


def render_carried(carried: Carried) -> list[str]:
    """What the secretariat kept in the conversation and the file does not hold: what stays, what does not, and why."""
    stays = [note.id for note in carried.notes]
    stays += [f"{each.id} (cách hỏi của {each.entry})" for each in carried.phrasings]
    lines = [f"giữ nguyên của Tổ thư ký: {', '.join(stays)}"] if stays else []
    lines += [f"hỏi đáp {note.id} của Tổ thư ký được thay bằng mục cùng mã trong tệp" for note in carried.replaced]
    return [
        *lines,
        *(f"bỏ cách hỏi {o.id} của Tổ thư ký: tệp không còn mục {o.entry} (“{o.text}”)" for o in carried.orphaned),
    ]


def render_left_behind(before: Bloc, year: int) -> list[str]:
    """What the secretariat kept in the year before: it is not taken along, because dates and points are new."""
    ids = [note.id for note in before.notes if note.kept] + [each.id for each in before.kept_phrasings]
    if not ids:
        return []
    return [
        f"không chuyển sang năm {year}: {', '.join(ids)} do Tổ thư ký lưu năm {before.year}; mục nào còn đúng, "
        "hãy ghi vào tệp hoặc nhờ thư ký lưu lại"
    ]


def _line(change: Change) -> str:
    head = f"{_WHAT_WORDS[change.what]} {_KIND_WORDS[change.kind]} {change.code}"
    if not change.fields:
        return head
    return f"{head}: " + "; ".join(
        f"{_field(change.kind, name)} {_old_and_new(old, new)}" for name, old, new in change.fields
    )


def _field(kind: str, name: str) -> str:
    """ "levels[2].points" as "khung_diem[2].diem"."""
    outer, dot, inner = name.rpartition(".")
    if dot:
        table, bracket, place = outer.partition("[")
        key = "tran_diem" if inner == "ceiling" else _FIELD_WORDS.get(inner, inner)
        return f"{_FIELD_WORDS[table]}{bracket}{place}.{key}"
    return _OWN_WORDS.get((kind, name)) or _FIELD_WORDS.get(name, name)


def _old_and_new(old: object, new: object) -> str:
    before, after = _written(old), _written(new)
    if max(len(before), len(after)) > _MOST_SHOWN:
        skip = _alike(before, after)
        before, after = _window(before, skip), _window(after, skip)
    return f"{before} → {after}"


def _alike(before: str, after: str) -> int:
    """How many letters at the head are the same, less a few to read the difference in."""
    same = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    return max(0, same - 15)


def _window(text: str, skip: int) -> str:
    part = text[skip:]
    head = "…" if skip else ""
    return head + (part if len(part) <= _MOST_SHOWN else part[: _MOST_SHOWN - 1] + "…")


def _written(value: object) -> str:
    match value:
        case None | "" | ():
            return "(trống)"
        case bool():
            return "có" if value else "không"
        case Decimal():
            return shown(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H:%M}"
        case StrEnum() | str() | int():
            return " ".join(str(value).split())
        case Level():
            return f"{value.label} {shown(value.points if value.points is not None else value.ceiling or Decimal(0))}"
        case frozenset():
            return ", ".join(sorted(map(_written, value))) or "(trống)"
        case tuple():
            return ", ".join(map(_written, value))
        case _:
            return str(getattr(value, "name", value))
