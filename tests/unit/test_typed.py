"""Typing as people type: every way of writing a figure, and a clear refusal for what is none."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.assessment import EvidenceKind
from bot.domain.bloc import Bloc
from bot.domain.criteria import (
    Choice,
    Count,
    CountOutOfRange,
    DoneAboveTotal,
    FactNotAllowed,
    Part,
    PartKind,
    PercentOutOfRange,
    Points,
    PointsOffStep,
    PointsOutOfRange,
    Rate,
    YesNo,
    check,
)
from bot.domain.facts import pack, unpack
from bot.domain.typed import (
    ChoiceNotRead,
    CountNotRead,
    Negative,
    NotRead,
    NotWhole,
    RateNotRead,
    ScoreNotRead,
    TwoRates,
    TwoReadings,
    YesNoNotRead,
    read,
)
from bot.domain.typed_reference import DateMissing, FigureTyped, NoSuchDay, ReferenceNotRead, read_references

STEP = Decimal("0.5")


@pytest.fixture(scope="module")
def parts(sample: Bloc) -> dict[str, Part]:
    return {
        "rate": sample.item("TC1.1").asked[0],
        "score": sample.item("TC1.7").asked[0],  # at most 15
        "count": sample.item("TC1.8").asked[0],
        "choice": sample.item("TC1.6").asked[0],  # tốt 40, khá 32, trung bình 20, yếu 0
        "either": sample.item("TC3.2").asked[1],  # thủ trưởng 10, cấp phó 7, or none
        "ceiling": sample.item("TC2.7").asked[1],
    }


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("95", "95"),
        ("95%", "95"),
        ("95 %", "95"),
        (" 95,5 % ", "95.5"),
        ("95.5", "95.5"),
        ("９５，５％", "95.5"),
        ("95 rưỡi", "95.5"),
        ("95 ruoi", "95.5"),
        ("chín mươi lăm phần trăm", "95"),
        ("chin muoi lam", "95"),
        ("chín lăm", "95"),
        ("chín bảy phẩy tư", "97.4"),
        ("trăm phần trăm", "100"),
        ("0.95%", "0.95"),
        ("0", "0"),
    ],
)
def test_a_rate_is_read(parts: dict[str, Part], text: str, percent: str) -> None:
    assert read(parts["rate"], text, STEP) == Rate(percent=Decimal(percent))


@pytest.mark.parametrize(
    ("text", "done", "total"),
    [
        ("48/50", 48, 50),
        ("48 / 50", 48, 50),
        ("４８／５０", 48, 50),
        ("48 trên 50", 48, 50),
        ("48 tren tong so 50", 48, 50),
        ("48/50 (96%)", 48, 50),
        ("48/50 = 96%", 48, 50),
        ("1.150/1.200", 1150, 1200),
        ("bốn mươi tám trên năm mươi", 48, 50),
        ("0/50", 0, 50),
    ],
)
def test_done_out_of_total_is_read(parts: dict[str, Part], text: str, done: int, total: int) -> None:
    assert read(parts["rate"], text, STEP) == Rate(done=Decimal(done), total=Decimal(total))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("105", PercentOutOfRange),
        ("0/0", PercentOutOfRange),
        ("50/48", DoneAboveTotal),
        ("-5%", Negative),
        ("−5", Negative),
        ("âm 5", Negative),
        ("0,95", TwoReadings),  # 0,95% or 95%?
        ("48/50 = 90%", TwoRates),
        ("không phát sinh", RateNotRead),
        ("không", RateNotRead),  # "none arose" is not 0 %
        ("95 96", RateNotRead),
        ("1/2/3", RateNotRead),
        ("khoảng 95", RateNotRead),
        ("", RateNotRead),
        ("%", RateNotRead),
        ("9" * 40, RateNotRead),
    ],
)
def test_a_rate_that_cannot_be_is_refused(parts: dict[str, Part], text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(parts["rate"], text, STEP)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("14,5", "14.5"),
        ("14.5", "14.5"),
        ("14 rưỡi", "14.5"),
        ("mười bốn rưỡi", "14.5"),
        ("mười phẩy năm", "10.5"),
        ("7½", "7.5"),
        ("nửa điểm", "0.5"),
        ("7,5 điểm", "7.5"),
        ("15đ", "15"),
        ("đủ", "15"),
        ("tối đa", "15"),
        ("đủ 15", "15"),
        ("12/15", "12"),
        ("１４", "14"),
        ("+3", "3"),
        ("0", "0"),
        ("không điểm", "0"),
    ],
)
def test_points_are_read(parts: dict[str, Part], text: str, points: str) -> None:
    assert read(parts["score"], text, STEP) == Points(Decimal(points))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("16", PointsOutOfRange),
        ("14,3", PointsOffStep),
        ("-1", Negative),
        ("trừ 2", Negative),
        ("12/20", ScoreNotRead),
        ("18²", ScoreNotRead),
        ("mấy điểm", ScoreNotRead),
        ("không", ScoreNotRead),
    ],
)
def test_points_that_cannot_be_are_refused(parts: dict[str, Part], text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(parts["score"], text, STEP)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("3 sáng kiến", 3),
        ("ba", 3),
        ("mười lăm", 15),
        ("muoi lam", 15),
        ("hai mươi mốt", 21),
        ("hai tư", 24),
        ("một trăm linh năm", 105),
        ("một trăm hai", 120),
        ("hai trăm rưỡi", 250),
        ("1.200", 1200),
        ("1,200", 1200),
        ("1 200", 1200),
        ("không", 0),
        ("ko", 0),
        ("không có", 0),
        ("không có vụ nào", 0),
        ("chưa có", 0),
        ("０", 0),
        ("3️⃣", 3),
    ],
)
def test_a_count_is_read(parts: dict[str, Part], text: str, number: int) -> None:
    assert read(parts["count"], text, STEP) == Count(number)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1,5", NotWhole),
        ("hai rưỡi", NotWhole),
        ("-2", Negative),
        ("10000", CountOutOfRange),
        ("hai ba", CountNotRead),  # "two or three"
        ("2 trăm", CountNotRead),
        ("12 tin 3 bài", CountNotRead),
        ("nhiều", CountNotRead),
    ],
)
def test_a_count_that_cannot_be_is_refused(parts: dict[str, Part], text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(parts["count"], text, STEP)


@pytest.mark.parametrize(
    ("part", "text", "place"),
    [
        ("choice", "Tốt", 1),
        ("choice", unicodedata.normalize("NFD", "Tốt"), 1),
        ("choice", "tot", 1),
        ("choice", "2", 2),
        ("choice", "40", 1),  # its points
        ("choice", "trung", 3),
        ("either", "cấp phó", 3),
        ("either", "0", 0),
        ("either", "không", 0),
    ],
)
def test_a_choice_is_read(parts: dict[str, Part], part: str, text: str, place: int) -> None:
    assert read(parts[part], text, STEP) == Choice(place)


@pytest.mark.parametrize("text", ["5", "0", "t", "xuất sắc", ""])
def test_a_choice_that_is_none_is_refused(parts: dict[str, Part], text: str) -> None:
    with pytest.raises(ChoiceNotRead):
        read(parts["choice"], text, STEP)


def test_yes_and_no_are_read(parts: dict[str, Part]) -> None:
    assert read(parts["ceiling"], "Có", STEP) == YesNo(True)
    assert read(parts["ceiling"], "khong", STEP) == YesNo(False)
    with pytest.raises(YesNoNotRead):
        read(parts["ceiling"], "có lẽ", STEP)


def test_a_refusal_quotes_what_was_typed_as_it_was_typed(parts: dict[str, Part]) -> None:
    with pytest.raises(NotRead) as refused:
        read(parts["rate"], "  Chưa   CÓ số liệu ", STEP)
    assert refused.value.params["given"] == "Chưa CÓ số liệu"


@given(st.text(max_size=80), st.sampled_from(["rate", "score", "count", "choice", "either", "ceiling"]))
@example("²", "choice")  # a digit to str.isdigit(), and no number to int()
def test_whatever_is_typed_is_a_checked_fact_or_a_refusal(parts: dict[str, Part], text: str, kind: str) -> None:
    try:
        fact = read(parts[kind], text, STEP)
    except (NotRead, FactNotAllowed):
        return
    check(parts[kind], fact, STEP)
    assert unpack(pack(fact)) == fact


@given(st.integers(0, 999))
def test_a_number_reads_the_same_with_and_without_marks_and_in_either_normal_form(
    parts: dict[str, Part], number: int
) -> None:
    spoken = _spoken(number)
    for text in (spoken, unicodedata.normalize("NFD", spoken), spoken.upper()):
        assert read(parts["count"], text, STEP) == Count(number)


DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def _spoken(number: int) -> str:
    hundreds, tens, unit = number // 100, number // 10 % 10, number % 10
    said = [f"{DIGITS[hundreds]} trăm"] if hundreds else []
    if tens:
        said.append("mười" if tens == 1 else f"{DIGITS[tens]} mươi")
    elif hundreds and unit:
        said.append("linh")
    if unit or not said:
        said.append("lăm" if unit == 5 and tens else DIGITS[unit])
    return " ".join(said)


@pytest.mark.parametrize("text", ["r95", "r95.5", "r48-50", "c0", "c3", "n12", "y1", "y0", "p7.5", "p0", "x", "w"])
def test_a_packed_fact_comes_back_as_it_was(text: str) -> None:
    assert pack(unpack(text)) == text


@pytest.mark.parametrize("text", ["", "x1", "w0", "r", "rNaN", "r1-2-3", "cx", "y2", "p--1", "n1.5", "rInfinity"])
def test_a_broken_packed_fact_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpack(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://stp.example.gov.vn/tin/12", EvidenceKind.LINK),
        ("Tin trên cổng: https://example.vn/a?b=1", EvidenceKind.LINK),
        ("stp.tinh.gov.vn/tin-tuc", EvidenceKind.LINK),
        ("125/BC-STP ngày 10/6/2026", EvidenceKind.DOCUMENT),
        ("Kế hoạch số 12/KH-UBND, 5-3-2026", EvidenceKind.DOCUMENT),
        ("Nghị quyết số 05-NQ/ĐU ngày 12-11-2026", EvidenceKind.DOCUMENT),
        ("05-NQ/ĐU ngày 12/11/2026", EvidenceKind.DOCUMENT),
        ("123-QĐ/TU, ngày 1 tháng 2 năm 2026", EvidenceKind.DOCUMENT),
        ("Báo cáo số 45 ngày 1/11/2026", EvidenceKind.DOCUMENT),
        ("QĐ 77/2025/QĐ-UBND ngày 1 tháng 2 năm 2026", EvidenceKind.DOCUMENT),
        (unicodedata.normalize("NFD", "12/KH-UBND ngày 5 tháng 3 năm 2026"), EvidenceKind.DOCUMENT),
    ],
)
def test_a_link_or_a_dated_document_is_evidence(text: str, kind: EvidenceKind) -> None:
    assert [found for found, _ in read_references(text)] == [kind]


@pytest.mark.parametrize("text", ["49/50", "15", "14,5", "96%", "7,5 điểm"])
def test_a_figure_where_evidence_is_asked_for_is_told_as_one(text: str) -> None:
    with pytest.raises(FigureTyped):
        read_references(text)


def test_several_lines_are_several_documents() -> None:
    found = read_references("125/BC-STP ngày 10/6/2026\n\n126/BC-STP ngày 11/6/2026")
    assert [title for _, title in found] == ["125/BC-STP ngày 10/6/2026", "126/BC-STP ngày 11/6/2026"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("125/BC-STP", DateMissing),
        ("125/BC-STP ngày 31/2/2026", NoSuchDay),
        ("đã làm xong", ReferenceNotRead),
        ("", ReferenceNotRead),
        ("10/6/2026", ReferenceNotRead),
    ],
)
def test_what_names_no_document_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_references(text)


@pytest.mark.parametrize(("typed", "place"), [("mức 1", 1), ("chọn 2", 2), ("so 3", 3), ("mức thứ 2", 2)])
def test_a_level_is_chosen_by_its_number_however_it_is_called(sample: Bloc, typed: str, place: int) -> None:
    part = sample.item("TC1.4").asked[0]
    assert read(part, typed, STEP) == Choice(part.places[place - 1])


@pytest.mark.parametrize(
    ("typed", "number"), [("có 1 người", 1), ("co hai vu", 2), ("tổng cộng 3 lần", 3), ("là 4", 4)]
)
def test_a_count_may_begin_with_a_small_word(sample: Bloc, typed: str, number: int) -> None:
    assert read(sample.item("TC3.4").asked[0], typed, STEP) == Count(number)


@pytest.mark.parametrize(
    ("typed", "yes"), [("có 1 người", True), ("có hai vụ", True), ("không có ai", False), ("chưa có vụ nào", False)]
)
def test_yes_and_no_may_come_with_what_there_is(sample: Bloc, typed: str, yes: bool) -> None:
    part = next(part for part in sample.item("TC2.7").asked if part.kind is PartKind.CEILING)
    assert read(part, typed, STEP) == YesNo(yes)


@pytest.mark.parametrize("typed", ["có lẽ không", "có thể", "có 0 vụ", "có mà không nhớ"])
def test_a_doubtful_yes_is_asked_again(sample: Bloc, typed: str) -> None:
    part = next(part for part in sample.item("TC2.7").asked if part.kind is PartKind.CEILING)
    with pytest.raises(NotRead):
        read(part, typed, STEP)


def test_several_documents_in_one_line_are_as_many_pieces() -> None:
    line = "45/BC-STP ngày 15/3/2026; 78/BC-STP ngày 20/6/2026 về kết quả"
    assert [title for _, title in read_references(line)] == [
        "45/BC-STP ngày 15/3/2026", "78/BC-STP ngày 20/6/2026 về kết quả",
    ]  # fmt: skip
    assert len(read_references("45/BC-STP ngày 15/3/2026; kèm phụ lục")) == 1
