"""The bloc file as one value, or everything that is wrong with it at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from bot.content import checks, scored, sections
from bot.content.problems import BlocFileProblems, Log, Problem
from bot.content.rows import Read, Row
from bot.content.tree import read_tree
from bot.domain.bloc import Bloc

__all__ = ["BlocFileProblems", "Problem", "read_bloc", "sample_path"]

T = TypeVar("T")

PARTS = (
    "khoi", "thang_diem", "don_vi", "vai_tro", "cap_tham_dinh_cheo", "lich", "nhom_tieu_chi", "kieu_tra_loi",
    "tieu_chi", "diem_thuong", "diem_tru", "mau_bao_cao", "hoi_dap",
)  # fmt: skip


def sample_path() -> Path:
    """The bloc file that ships with the product; all its rules and dates are illustrative."""
    return Path(__file__).parent / "data" / "khoi-mau.yaml"


def read_bloc(path: Path) -> Bloc:
    """The bloc of one file, at revision 0. Raises BlocFileProblems, which lists every problem of the file."""
    log = Log(path.name)
    root = Row(log, read_tree(path, log), "tệp khối", PARTS)
    settings = sections.read_settings(root)
    shown = settings.illustrative
    scale = sections.read_scale(root, shown)
    steps = scale.value if scale and (scale.row.good("buoc_diem") or not scale.row.has("buoc_diem")) else None
    if scale:
        for key in ("diem_co_ban", "diem_thuong_toi_da"):
            scored.check_step(scale.row, key, steps)
    units = sections.read_units(root)
    duties = sections.read_duties(root, shown)
    pairs = sections.read_pairs(root)
    milestones = sections.read_milestones(root, settings)
    groups = scored.read_groups(root, steps, shown)
    kinds = sections.read_answer_kinds(root)
    criteria = scored.read_criteria(root, steps, shown)
    bonuses = scored.read_bonuses(root, steps, shown)
    deductions = scored.read_deductions(root, steps, shown)
    outlines = sections.read_outlines(root, shown)
    notes = sections.read_notes(root, shown)

    checks.check_unique([*milestones, *criteria, *bonuses, *deductions, *notes])
    for alone in (units, duties, groups, kinds, outlines):
        checks.check_unique(alone)
    checks.check_units(root, units)
    checks.check_duties(duties, units)
    checks.check_pairs(root, pairs, units)
    checks.check_groups_exist(groups, criteria)
    checks.check_sums(scale, groups, criteria)
    checks.check_bonus_counts(scale, bonuses)
    checks.check_outlines(milestones, outlines)
    log.stop_if_any()
    assert scale is not None
    return Bloc(
        year=settings.year,
        name=settings.name,
        short_name=settings.short_name,
        scale=scale.value,
        units=_values(units),
        milestones=_values(milestones),
        groups=_values(groups),
        criteria=_values(criteria),
        bonuses=_values(bonuses),
        deductions=_values(deductions),
        outlines=_values(outlines),
        notes=_values(notes),
        duties=_values(duties),
        pairs=tuple(pair.units for pair in pairs),
        answer_kinds=_values(kinds),
        theme=settings.theme,
        guided_by=settings.guided_by,
        timezone=settings.timezone,
        default_time=settings.default_time,
        remark=settings.remark,
        clock_stops=settings.clock_stops,
        holidays=settings.holidays,
        illustrative=settings.illustrative,
    )


def _values(reads: Sequence[Read[T]]) -> tuple[T, ...]:
    return tuple(read.value for read in reads)
