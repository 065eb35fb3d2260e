"""What a new bloc file changes is said row by row."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from bot.content.diff import Change, compare, render
from bot.content.read import read_bloc
from bot.domain.bloc import Bloc, ClockStops, Unit

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def bloc() -> Bloc:
    return read_bloc(DATA / "khoi-nho.yaml")


def test_the_same_bloc_has_no_changes_whatever_its_versions(bloc: Bloc) -> None:
    later = replace(
        bloc,
        id=7,
        revision=3,
        criteria=tuple(replace(item, version=3) for item in reversed(bloc.criteria)),
        notes=tuple(replace(note, version=2) for note in bloc.notes),
        pairs=tuple((b, a) for a, b in bloc.pairs),
    )
    assert compare(bloc, later) == ()
    assert render(()) == "Không có thay đổi."


def test_the_first_bloc_is_all_added(bloc: Bloc) -> None:
    changes = compare(None, bloc)
    assert {change.what for change in changes} == {"added"}
    assert [change.code for change in changes if change.kind == "settings"] == ["khoi", "thang_diem"]
    kinds = {kind: sum(change.kind == kind for change in changes) for kind in ("unit", "criterion", "pair", "note")}
    assert kinds == {"unit": 4, "criterion": 6, "pair": 2, "note": 1}


def test_a_moved_deadline_is_one_field(bloc: Bloc) -> None:
    moved = replace(bloc.milestone("MS-NAM"), due_on=date(2026, 12, 1), due_time=time(11, 30))
    changes = compare(bloc, replace(bloc, milestones=(moved, bloc.milestones[1])))
    assert changes == (
        Change(
            "milestone",
            "MS-NAM",
            "changed",
            (("due_on", date(2026, 11, 27), date(2026, 12, 1)), ("due_time", time(16, 0), time(11, 30))),
        ),
    )
    assert render(changes) == "sửa mốc MS-NAM: ngay 27/11/2026 → 01/12/2026; gio 16:00 → 11:30"


def test_a_changed_level_is_named_by_its_place(bloc: Bloc) -> None:
    item = bloc.item("TL")
    levels = (item.levels[0], replace(item.levels[1], points=Decimal("22.5")), item.levels[2])
    changes = compare(bloc, replace(bloc, criteria=(replace(item, levels=levels), *bloc.criteria[1:])))
    assert changes == (Change("criterion", "TL", "changed", (("levels[2].points", Decimal(20), Decimal("22.5")),)),)
    assert render(changes) == "sửa tiêu chí TL: khung_diem[2].diem 20 → 22,5"


def test_a_table_of_another_length_is_shown_whole(bloc: Bloc) -> None:
    item = bloc.item("XL")
    changes = compare(
        bloc, replace(bloc, criteria=(bloc.criteria[0], replace(item, levels=item.levels[:1]), *bloc.criteria[2:]))
    )
    assert render(changes) == "sửa tiêu chí XL: khung_diem tốt 10, yếu 0 → tốt 10"


def test_rows_come_and_go(bloc: Bloc) -> None:
    new = replace(bloc, units=(*bloc.units, Unit("CAT", "Công an tỉnh")), notes=(), pairs=bloc.pairs[:1])
    assert compare(bloc, new) == (
        Change("unit", "CAT", "added"),
        Change("note", "FAQ1", "removed"),
        Change("pair", "TAND-VKS", "removed"),
    )
    assert render(compare(bloc, new)).split("\n") == [
        "thêm đơn vị CAT",
        "bỏ hỏi đáp FAQ1",
        "bỏ cặp thẩm định chéo TAND-VKS",
    ]


def test_every_kind_of_row_is_compared(bloc: Bloc) -> None:
    new = replace(
        bloc,
        clock_stops=ClockStops.SUBMISSION,
        holidays=frozenset(),
        scale=replace(bloc.scale, step=Decimal(1), bonus_inside=True),
        units=(replace(bloc.units[0], other_names=("tư pháp",)), *bloc.units[1:]),
        duties=(replace(bloc.duties[0], term="một năm"),),
        groups=(replace(bloc.groups[0], ceiling=Decimal(61)), bloc.groups[1]),
        bonuses=(replace(bloc.bonuses[0], ceiling=Decimal(12)),),
        deductions=(replace(bloc.deductions[0], how="theo ngày"),),
        outlines=(replace(bloc.outlines[0], most_pages=None),),
        notes=(replace(bloc.notes[0], answer="Ngày 28/11."),),
    )
    assert render(compare(bloc, new)).split("\n") == [
        "sửa thiết lập khoi: tinh_han_theo lanh_dao_duyet → dau_moi_nop; ngay_nghi 30/04/2026 → (trống)",
        "sửa thiết lập thang_diem: buoc_diem 0,5 → 1; diem_thuong_nam_trong_1000 không → có",
        "sửa đơn vị STP: ten_khac (trống) → tư pháp",
        "sửa vai trò truong: nhiem_ky (trống) → một năm",
        "sửa nhóm N1: diem_toi_da 60 → 61",
        "sửa điểm thưởng DT: tran 10 → 12",
        "sửa điểm trừ TRU: quy_tac (trống) → theo ngày",
        "sửa mẫu báo cáo BC: so_trang_toi_da 10 → (trống)",
        "sửa hỏi đáp FAQ1: tra_loi Ngày 27/11. → Ngày 28/11.",
    ]


def test_a_long_text_is_shown_around_its_difference(bloc: Bloc) -> None:
    head = "Báo cáo gồm bảy mục. " * 20
    old = replace(bloc, notes=(replace(bloc.notes[0], answer=head + "Hạn là 27/11 hằng năm."),))
    new = replace(bloc, notes=(replace(bloc.notes[0], answer=head + "Hạn là 28/11 hằng năm."),))
    (line,) = render(compare(old, new)).split("\n")
    assert len(line) < 150
    assert "27/11 hằng năm. → …" in line
    assert line.endswith("28/11 hằng năm.")


def test_every_change_is_one_line(bloc: Bloc) -> None:
    new = replace(bloc, notes=(replace(bloc.notes[0], answer="một\nhai\nba"),), theme="a\nb")
    assert len(render(compare(bloc, new)).split("\n")) == 2
