"""Submitted forms made without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from bot.domain.assessment import REPORT, Assessment, Evidence, EvidenceKind, Receipt
from bot.domain.assessment_form import Form, restored
from bot.domain.assessment_receipt import digest, receipt_code, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import Choice, Count, Fact, Part, PartKind, Points, Rate, YesNo
from tests.conftest import SPRING

HANDED = datetime(2026, 6, 23, 3, 0, tzinfo=UTC)  # two working days late
FILE = "c0ffee" * 10 + "0000"
LONG_LINK = "https://example.org/quyet-dinh?so=15&nam=2026"


def some_fact(part: Part, number: int) -> Fact:
    match part.kind:
        case PartKind.RATE:
            return Rate(done=Decimal(40 + number % 10), total=Decimal(50))
        case PartKind.CHOICE:
            return Choice(part.places[number % len(part.places)])
        case PartKind.COUNT:
            return Count(number % 3)
        case PartKind.CEILING:
            return YesNo(False)
    return Points(part.top / 2 - part.top / 2 % Decimal("0.5"))


def filled(bloc: Bloc, period: Period = Period.MID_YEAR, unit: str = "STP") -> Assessment:
    """Every criterion, two bonus rules, one deduction, evidence of each kind, every section of the report."""
    held = Assessment(7, unit, period, replace(bloc, id=1, revision=3))
    lines = (*bloc.criteria, *bloc.bonuses[:2], *(item for item in bloc.deductions if item.asked))
    for number, item in enumerate(lines[: len(bloc.criteria) + 3]):
        for part in item.asked:
            held = held.give(item.code, part.id, some_fact(part, number), made_for=held.revision, by=1, at=SPRING)
    first, second = bloc.criteria[0].code, bloc.criteria[1].code
    for code, kind, title, hashed in (
        (first, EvidenceKind.FILE, "Bảng đối chiếu.pdf", FILE),
        (first, EvidenceKind.LINK, LONG_LINK, ""),
        (second, EvidenceKind.DOCUMENT, "125/BC-STP ngày 10/6/2026", ""),
        (REPORT, EvidenceKind.FILE, "Báo cáo.docx", "ab" * 32),
    ):
        held = held.add_evidence(Evidence(0, code, kind, title, 1, SPRING, hashed), made_for=held.revision)
    held = held.explain(bloc.criteria[2].code, "Văn bản đang chờ ký.", made_for=held.revision, by=1, at=SPRING)
    for section in held.sections[:-1]:
        held = held.write(section.code, f"Nội dung {section.code}.", made_for=held.revision, by=1, at=SPRING)
    last = held.sections[-1].code
    return held.leave_empty(last, made_for=held.revision, by=1, at=SPRING)


def submitted(held: Assessment, *, late: int = 2, version: int = 1) -> Form:
    """The form as it is read back from what was kept at its submission."""
    taken, standing = snapshot(held), Standing(held, late)
    hashed = digest(taken, version)
    code = receipt_code(held.bloc, held.period, held.unit, hashed)
    receipt = Receipt(code, version, HANDED, 3, standing.totals.total, hashed, late, standing.penalty)
    return Form(restored(taken, receipt, held.bloc, held.id), receipt, "Trần Thị Hà")
