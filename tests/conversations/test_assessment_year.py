"""A whole year-end assessment of the sample bloc by transcript, against a hand calculation, and what it costs in taps.

The arithmetic below is copied by hand from the tables of the bloc file; nothing of it goes through the scoring rules.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.domain.assessment import EvidenceKind, Stage
from bot.domain.assessment_receipt import digest
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from storage.store import Store
from tests.chat import Chat, Seen
from tests.conversations.assessment_office import Office

NOVEMBER = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday; the year-end period opened a week before
HALF = Decimal("0.5")

# Code: what is typed (or tapped, with >) part by part; what proves it; the points, worked out by hand.
# A proof that begins with 📎 is a file, with 🖼 an album of so many photos, with > an explanation.
LINES: dict[str, tuple[list[str], str, Decimal | int]] = {
    "TC1.1": (["104/110"], "📎bang-doi-chieu.pdf", 115),  # 94.5 %: the band from 90 to below 95
    "TC1.2": (["2", ">1"], "📎danh-muc-van-ban.xlsx", 60 - 2 * 5 - 1 * 10),
    "TC1.3": (["99,2%", ">2"], "📎thong-ke-thu-ly.pdf", 80 - 2 * 5),
    "TC1.4": ([">có vụ phức tạp"], "31/QC-STP ngày 12/2/2026", 40),
    "TC1.5": (["57/60"], "📎bang-theo-doi-don.pdf", 32),  # exactly 95 %: the start of a band belongs to it
    "TC1.6": (["tốt"], "88/TB-UBND ngày 20/10/2026", 40),
    "TC1.7": ([">Đủ 15", "7 rưỡi", ">Đủ 10"], "📎so-lieu-van-ban.pdf", 15 + 7 + HALF + 10),
    "TC1.8": (["5"], "📎qd-cong-nhan-sang-kien.pdf", 4 * 10),  # five times ten, but 40 at most
    "TC2.1": (["một"], "12/KH-STP ngày 15/1/2026", 40 - 5),
    "TC2.2": (["10", "5", "10"], "📎mo-hinh.docx", 10 + 5 + 10),
    "TC2.3": ([">xuất sắc"], ">Cấp ủy cấp trên chưa ban hành thông báo xếp loại.", 40),
    "TC2.4": (["12,5", ">3"], "77/QĐ-STP ngày 5/10/2026", 12 + HALF + 3 * 5),
    "TC2.5": (["đủ", "đủ", "đủ"], "📎ke-khai-tai-san.pdf", 15 + 15 + 10),
    "TC2.6": ([">còn thiếu"], "03/BB-STP ngày 9/1/2026", 20),
    "TC2.7": (["２", ">Không"], "45/BC-STP ngày 1/10/2026", 40 - 2 * 5),
    "TC3.1": ([">Đủ 15", ">Đủ 10"], "🖼2", 15 + 10),
    "TC3.2": ([">0", ">thủ trưởng"], "05/GU-STP ngày 12/3/2026", 0 + 10),
    "TC3.3": (["10", "15", "0"], "20/KH-STP ngày 3/3/2026", 10 + 15 + 0),
    "TC3.4": (["1"], "21/KH-STP ngày 3/4/2026", 10),
    "TC3.5": ([">Đủ 10", ">0", ">Đủ 10"], "22/KH-STP ngày 3/5/2026", 10 + 0 + 10),
    "TC3.6": (["20 bài", "8"], "https://example.vn/chuyen-muc/guong-tot", 12 * 1 + 8),  # at most twelve pieces
    "TC3.7": (["0", "10", "5"], "23/BC-STP ngày 3/10/2026", 0 + 10 + 5),
    "TC3.8": (["5", "5", "4", "8", "2"], "24/BC-STP ngày 3/10/2026", 5 + 5 + 4 + 8 + 2),
    "TC3.9": (["bốn"], "25/BC-STP ngày 3/10/2026", 4 * 5),
    "TC3.10": (["10", "4,5", "7"], "📎xac-nhan.pdf", 10 + 4 + HALF + 7),
}
BONUS: dict[str, tuple[list[str], str, int]] = {
    "DT1": ([">có quyết định"], "📎quyet-dinh-huan-chuong.pdf", 15),
    "DT2": (["3"], "91/QĐ-TTg ngày 2/9/2026", 2 * 5),  # three letters, but 10 at most
    "DT3": (["2"], "92/QĐ-UBND ngày 2/9/2026", 2 * 5),
    "DT4": ([">1"], "93/CV-UBND ngày 2/9/2026", 5),
    "DT5": ([">Khối phó"], "94/BB-K ngày 2/9/2026", 5),
    "DT6": ([">thành tích đặc biệt"], "95/TB-UBND ngày 2/9/2026", 10),
}
DEDUCTIONS: dict[str, tuple[list[str], int]] = {
    "TRU3": ([">1", ">2"], -(1 * 5 + 2 * 2)),
    "TRU5": (["1", "2", "1"], -40),  # 5 + 2 x 10 + 20 is 45, but 40 at most
}
GROUPS = {"TC1": Decimal("409.5"), "TC2": Decimal("217.5"), "TC3": Decimal("190.5")}
CRITERIA = Decimal("409.5") + Decimal("217.5") + Decimal("190.5")
TOTAL = CRITERIA + 50 - (9 + 40)  # 55 points of bonus, of which 50 count
SECTIONS = 10


@dataclass
class Walk:
    """One person who fills in, and every tap, message and sending (an album is one) by the line it was spent on."""

    chat: Chat
    spent: Counter[str] = field(default_factory=Counter)
    files: int = 0
    question: Seen | None = None  # what stands above the short lines that an album brings

    @property
    def screen(self) -> Seen:
        return self.question or self.chat.last

    async def does(self, line: str, *given: str) -> None:
        for each in given:
            self.spent[line] += 1
            screen, self.question = self.screen, None
            await (self.chat.taps(screen, each[1:]) if each.startswith(">") else self.chat.says(each))

    async def proves(self, line: str, proof: str) -> None:
        if proof.startswith(">"):
            await self.does(line, ">Giải trình", proof[1:])
            return
        if proof.startswith("🖼"):
            self.spent[line] += 1
            for n in range(int(proof[1:])):
                self.files += 1
                await self.chat.sends_photo(content=f"ảnh {line} {n}".encode(), album=line)
                self.question = self.question or self.chat.last
        elif proof.startswith("📎"):
            self.spent[line] += 1
            self.files += 1
            await self.chat.sends_file(proof[1:], content=f"tệp {line}".encode())
        else:
            await self.does(line, proof)


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    made = Office(lite, sample)
    made.world.at(NOVEMBER)
    return made


async def _criteria(walk: Walk) -> None:
    chat = walk.chat
    for code, (given, proof, _) in LINES.items():
        assert f"\n{code} " in walk.screen.text, f"{code} is not asked in:\n{walk.screen.text}"
        await walk.does(code, *given)
        if code == "TC1.1":
            await walk.does("Lưu ý mật", ">Tôi đã hiểu")
        assert f"Minh chứng cho {code} " in chat.last.text
        await walk.proves(code, proof)
    await walk.does("TC3.10", ">Tiếp")


async def _report(walk: Walk) -> None:
    for number in range(1, SECTIONS + 1):
        walk.chat.sees(f"mục {number}/{SECTIONS}")
        await walk.does(f"Mục {number}", f"Nội dung mục {number}.", ">Xong mục này")
    walk.chat.sees("Xem lại trước khi nộp")


async def _rules(walk: Walk) -> None:
    walk.chat.sees("Điểm thưởng")
    for code, (given, proof, _) in BONUS.items():
        await walk.does(code, f">{code}", *given)
        await walk.proves(code, proof)
        await walk.does(code, ">Tiếp")
    await walk.does("đi lại", ">Tiếp")
    walk.chat.sees("Điểm trừ")
    for code, (counts, _) in DEDUCTIONS.items():
        await walk.does(code, f">{code}", *counts)
    await walk.does("đi lại", ">Tiếp")


def test_the_hand_calculation_adds_up_by_itself() -> None:
    for group, expected in GROUPS.items():
        assert sum(points for code, (_, _, points) in LINES.items() if code.startswith(group)) == expected
    assert sum(points for _, _, points in BONUS.values()) == 55
    assert str(TOTAL) == "818.5" and len(LINES) == 25


async def test_a_year_is_assessed_returned_corrected_approved_and_counts_what_a_hand_computes(office: Office) -> None:
    lan, ha = office.lan, office.ha
    walk = Walk(lan)
    await lan.says("/tudanhgia")
    lan.sees("Tự chấm điểm cả năm 2026", "Hạn nộp: 17:00 ngày 27/11/2026")
    await office.begins()
    await _criteria(walk)
    await _rules(walk)
    await _report(walk)

    standing = office.saved()
    form = standing.assessment
    assert form.period is Period.YEAR_END and standing.gaps == () and standing.done == 25
    hand = {code: points for code, (_, _, points) in LINES.items()}
    hand |= {code: points for code, (_, _, points) in BONUS.items()}
    hand |= {code: points for code, (_, points) in DEDUCTIONS.items()}
    for code, score in standing.scores.items():
        assert score.points == hand.get(code, 0), code
    summed = standing.totals
    assert [summed.criteria, summed.bonus, summed.deduction, summed.total] == [CRITERIA, 50, -49, TOTAL]
    lan.sees("25/25 tiêu chí", "Điểm thưởng: 50", "Điểm trừ: -49", "Tổng điểm: 818,5", "Đã đủ")
    files = [e for e in form.evidence if e.kind is EvidenceKind.FILE]
    assert len(files) == walk.files == 12 and len({f.digest for f in files}) == 12
    assert [f.item for f in files if f.sent_as == "photo"] == ["TC3.1", "TC3.1"]
    assert all(form.written(section.code) for section in form.sections) and len(form.sections) == SECTIONS

    await walk.does("trình", ">Trình lãnh đạo duyệt")
    await ha.sends_data(office.notice_button(ha, "assessment.button-return"))
    await ha.says("TC1.1: Hội đồng công nhận 108/110 chỉ tiêu, xin sửa lại")
    assert office.form.stage is Stage.DRAFT
    await lan.sends_data(office.notice_button(lan, "assessment.button-open"))
    lan.sees("Lãnh đạo trả lại: TC1.1: Hội đồng công nhận 108/110")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "108/110")
    lan.sees("108/110 = 98,18% → khung 95% đến dưới 100% → 135 điểm")
    if "📨 Trình lãnh đạo duyệt" not in lan.last.buttons:
        await office.answers(lan, ">Xem lại")
    await office.answers(lan, ">Trình lãnh đạo duyệt")
    await ha.sends_data(office.notice_button(ha, "assessment.button-approve"))
    corrected = TOTAL - 115 + 135
    receipt = office.form.receipt
    assert receipt is not None and receipt.total == corrected == Decimal("838.5")
    assert receipt.version == 1 and receipt.late_days == 0 and receipt.penalty == 0
    ha.sees(f"Biên nhận {receipt.code}", "Tổng điểm tự chấm: 838,5", "Bản thứ 1")
    assert receipt.code.startswith("KNC-2026-CN-STP-")
    with office.store.reading(NOVEMBER) as work:
        kept = work.assessments.snapshot(form.id, 1)
        discharge = work.discharges.find("MS-BCNAM", "STP")
    assert kept is not None and digest(kept, 1) == receipt.digest
    assert len(kept["evidence"]) == len(form.evidence) and len(kept["sections"]) == SECTIONS
    assert discharge is not None and discharge.receipt == receipt.code
    assert [key for key, _ in office.told(lan)] == ["assessment.notice-returned", "assessment.notice-approved"]
    assert ("answer", ["TC1.1", "1", "r104-110"], ["TC1.1", "1", "r108-110"]) in office.trail()


async def test_a_plain_criterion_costs_at_most_three_interactions_and_every_other_one_a_part_more(
    office: Office, sample: Bloc
) -> None:
    walk = Walk(office.lan)
    await office.begins()
    await _criteria(walk)
    await walk.does("đi lại", ">Tiếp", ">Tiếp")  # neither bonus nor deduction
    await _report(walk)
    parts = {item.code: len(item.asked) for item in sample.criteria}
    print(f"\n{'tiêu chí':10} {'câu':>4} {'lượt':>5}")
    for code, asked in parts.items():
        print(f"{code:10} {asked:4} {walk.spent[code]:5}")
    plain = [code for code, asked in parts.items() if asked == 1]
    whole = sum(walk.spent.values())
    print(f"{len(plain)} tiêu chí một câu: {sum(walk.spent[c] for c in plain)} lượt; cả bản và báo cáo: {whole} lượt")
    for code, asked in parts.items():
        explained = LINES[code][1].startswith(">")
        last = code == "TC3.10"  # behind it the report begins: going on is the person's own tap
        assert walk.spent[code] == asked + 1 + explained + last, code
    assert max(walk.spent[code] for code in plain) == 3 and len(plain) == 10
    assert sum(walk.spent[code] for code in plain) == 2 * len(plain) + 1  # one explains instead of proving
