"""The bloc files that are taken, and what they become."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from bot.content import scored, sections
from bot.content.read import PARTS, read_bloc, sample_path
from bot.domain.bloc import Bloc, ClockStops, Content, UnitRole
from bot.domain.calendar import DischargedBy, Owes, Period
from bot.domain.criteria import AnswerKind, PartKind, Points, score, totals

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
GUIDE = ROOT / "docs" / "huong-dan" / "tep-khoi.md"


def replaced(tmp_path: Path, *changes: tuple[str, str]) -> Bloc:
    """The sample with each first text replaced once."""
    text = sample_path().read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "khoi.yaml"
    path.write_text(text, "utf-8")
    return read_bloc(path)


@pytest.fixture(scope="module")
def sample() -> Bloc:
    return read_bloc(sample_path())


def test_the_sample_reads_whole(sample: Bloc) -> None:
    counted = [sample.units, sample.milestones, sample.criteria, sample.bonuses, sample.deductions, sample.notes]
    assert [len(rows) for rows in counted] == [8, 20, 25, 6, 7, 59]
    assert sample.declared_total == sum(item.ceiling or 0 for item in sample.criteria) == 1000
    assert (sample.year, sample.short_name, sample.default_time) == (2026, "Khối Nội chính - LLVT", time(17, 0))
    assert sample.clock_stops is ClockStops.APPROVAL
    assert (sample.id, sample.revision) == (0, 0)
    assert [len(outline.sections) for outline in sample.outlines] == [7, 10]
    assert len(sample.pairs) == 4
    assert len(sample.duties) == 5
    assert dict(sample.answer_kinds)["tru_dan"] == "Bắt đầu từ điểm tối đa, trừ theo số vi phạm"


def test_a_milestone_keeps_every_field(sample: Bloc) -> None:
    milestone = sample.milestone("MS-BC6T")
    assert (milestone.due_on, milestone.due_time, milestone.opens_on) == (
        date(2026, 6, 19),
        time(17, 0),
        date(2026, 5, 25),
    )
    assert (milestone.owes, milestone.discharged_by, milestone.period) == (
        Owes.EVERY_UNIT,
        DischargedBy.ASSESSMENT,
        Period.MID_YEAR,
    )
    assert milestone.deliverables[1] == "Bảng tự chấm điểm giữa năm"
    assert sample.milestone("MS-KIEMTRA").starts_on == date(2026, 9, 14)
    assert sample.milestone("MS-GIAOLUU").due_time == time(7, 30)
    assert sample.milestone("MS-GOPY").remark.startswith("Không trả lời đúng hạn")


def test_a_section_says_what_it_holds_and_who_its_proposals_may_go_to(sample: Bloc) -> None:
    held = {section.code: section for outline in sample.outlines for section in outline.sections}
    assert held["SK1"].holds == (Content.TEXT,) and held["SK1"].addressees == ()
    assert held["SK4"].holds == (Content.TEXT, Content.EXAMPLE)
    assert held["SK7"].holds == (Content.PROPOSAL,) and held["TK6"].holds == (Content.EXAMPLE,)
    assert held["TK9"].holds == (Content.TEXT, Content.PROPOSAL)
    assert held["TK9"].addressees == held["SK7"].addressees and "Khối trưởng" in held["SK7"].addressees
    for asked in ("nội dung", "lý do", "cơ quan cần giải quyết"):  # as the note says what a proposal has to name
        assert asked in sample.note("FAQ37").answer and asked in held["SK7"].hint
    for asked in ("việc làm", "kết quả đo được", "hình thức đã khen", "đề nghị nhân rộng ở đâu"):
        assert all(asked in said for said in (sample.note("FAQ38").answer, held["SK4"].hint, held["TK6"].hint))


def test_a_criterion_keeps_its_table(sample: Bloc) -> None:
    item = sample.item("TC3.2")
    assert item.answer_kind is AnswerKind.COMPONENTS
    assert [(level.label, level.points, level.instead_of) for level in item.levels] == [
        ("bản đăng ký đúng hạn", Decimal(15), ""),
        ("thủ trưởng ký giao ước", Decimal(10), ""),
        ("cấp phó ký giao ước", Decimal(7), "thủ trưởng ký giao ước"),
    ]
    assert sample.item("TRU4").ceiling == 24
    assert sample.item("TRU1").ceiling is None
    assert sample.note("FAQ43").illustrative is False


@pytest.mark.parametrize("written", ["17:00", "'17:00'", "17h00", "17h", "17H", "1020", "17 giờ", "17:00:00"])
def test_a_time_is_read_in_every_common_form(tmp_path: Path, written: str) -> None:
    bloc = replaced(tmp_path, ("gio_chot_mac_dinh: '17:00'", f"gio_chot_mac_dinh: {written}"))
    assert bloc.default_time == time(17, 0)


@pytest.mark.parametrize(("written", "read"), [("7:30", time(7, 30)), ("'7:30'", time(7, 30)), ("450", time(7, 30))])
def test_a_morning_time_is_read_too(tmp_path: Path, written: str, read: time) -> None:
    assert replaced(tmp_path, ("gio: 07:30", f"gio: {written}")).milestone("MS-GIAOLUU").due_time == read


def test_a_date_may_be_a_date_or_a_text(tmp_path: Path) -> None:
    bloc = replaced(tmp_path, ("ngay: '2026-02-27'", "ngay: 2026-2-26"))
    assert bloc.milestone("MS-DANGKY").due_on == date(2026, 2, 26)


def test_decomposed_letters_a_mark_and_windows_lines_change_nothing(tmp_path: Path, sample: Bloc) -> None:
    text = unicodedata.normalize("NFD", sample_path().read_text("utf-8"))
    path = tmp_path / "khoi.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_bloc(path) == sample


def test_a_decimal_comma_and_a_long_minus_are_numbers(tmp_path: Path) -> None:
    bloc = replaced(tmp_path, ("buoc_diem: 0.5", "buoc_diem: 0,25"), ("diem: -5\n", "diem: '−2,5'\n"))
    assert bloc.scale.step == Decimal("0.25")
    assert bloc.item("TC1.2").levels[0].points == Decimal("-2.5")


def test_the_bands_may_stand_in_any_order(tmp_path: Path) -> None:
    bloc = read_bloc(DATA / "khoi-100-diem.yaml")
    assert [level.points for level in bloc.item("A1").levels] == [0, 40, Decimal("25.5")]


def test_a_bloc_of_100_with_the_bonus_inside() -> None:
    bloc = read_bloc(DATA / "khoi-100-diem.yaml")
    assert bloc.scale.bonus_inside
    assert bloc.scale.base == 100
    assert bloc.declared_total == 95
    assert bloc.short_name == bloc.name
    assert bloc.clock_stops is ClockStops.SUBMISSION
    assert bloc.holidays == {date(2026, 4, 30), date(2026, 5, 1)}
    assert [m.due_time for m in bloc.milestones] == [time(16, 30), time(8, 0)]
    assert bloc.item("A1").keywords == ("hoàn thành nhiệm vụ",)
    assert bloc.item("A1").phrasings == ("làm được bao nhiêu việc thì trọn điểm",)
    assert bloc.note("H1").phrasings == ("bao giờ nộp báo cáo",)
    assert bloc.assessment_milestone(Period.MID_YEAR) is None
    assert not any(item.illustrative for item in bloc.items())
    assert not any(milestone.illustrative for milestone in bloc.milestones)
    assert not any(note.illustrative for note in bloc.notes)


def test_a_bloc_of_200_with_points_given_directly() -> None:
    bloc = read_bloc(DATA / "khoi-200-diem.yaml")
    assert bloc.unit("DV2").role is UnitRole.DEPUTY
    assert bloc.milestone("GUI-BANG").due_time == time(11, 0)
    assert bloc.item("TRU").illustrative  # nothing said: taken as illustrative
    assert bloc.late_days_accepted is None  # the last band is open
    first, second = bloc.criteria
    assert [(part.kind, part.top) for part in first.parts] == [(PartKind.SCORE, Decimal("120.25"))]
    scores = {
        "1": score(first, {"0": Points(Decimal("120.25"))}),
        "2": score(second, {"0": Points(Decimal("79.75"))}),
    }
    assert totals(scores, bloc.scale).total == 200


def test_the_example_in_the_guide_reads(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert example
    path = tmp_path / "khoi.yaml"
    path.write_text(example[1], "utf-8")
    bloc = read_bloc(path)
    assert bloc.name == "Khối thi đua số 1"
    assert bloc.default_time == time(17, 0)
    assert not (bloc.duties or bloc.pairs or bloc.notes)


def test_the_guide_names_every_key() -> None:
    guide = GUIDE.read_text("utf-8")
    keys = {
        *PARTS, *sections.KHOI, *sections.THANG_DIEM, *sections.DON_VI, *sections.VAI_TRO, *sections.LICH,
        *sections.KIEU_TRA_LOI, *sections.MAU_BAO_CAO, *sections.MUC, *sections.HOI_DAP, *scored.NHOM,
        *scored.TIEU_CHI, *scored.QUY_TAC, *scored.MUC_DIEM, *AnswerKind, *Period, *Owes, *DischargedBy,
    }  # fmt: skip
    assert [key for key in sorted(keys) if f"`{key}`" not in guide and f"`{key}:" not in guide] == []
