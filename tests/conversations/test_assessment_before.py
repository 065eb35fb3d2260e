"""What came before: last period's value beside a question, and the same file in another period or hand-in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.people import Role
from storage.store import Store
from tests.chat import Chat
from tests.conftest import load
from tests.conversations.assessment_office import Office

NOVEMBER = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


async def year_end(office: Office, chat: Chat) -> None:
    office.world.at(NOVEMBER)
    await chat.says("/tudanhgia")
    await office.answers(chat, ">Bắt đầu")


async def test_last_periods_value_stands_beside_the_question_and_counts_nothing(office: Office) -> None:
    lan = office.lan
    await office.proposes()
    await office.approves()
    await year_end(office, lan)
    lan.sees(
        "TC1.1",
        "Kỳ trước (6 tháng 2026): 48/50 = 96% → khung 95% đến dưới 100% → 135 điểm",
        "0/25 tiêu chí · 0 điểm tạm tính",
    )
    assert office.saved(2).assessment.period is Period.YEAR_END and office.saved(2).assessment.answers == {}
    await office.answers(lan, ">Bỏ qua")
    lan.sees("TC1.2", "Kỳ trước (6 tháng 2026): 1 × (-5) = -5 điểm")


async def test_what_was_never_submitted_or_belongs_to_another_unit_is_not_shown(office: Office) -> None:
    office.is_filled()
    await year_end(office, office.lan)
    office.lan.sees("TC1.1")
    office.lan.sees_not("Kỳ trước")


async def test_another_units_last_value_is_not_shown(office: Office) -> None:
    await office.proposes()
    await office.approves()
    await year_end(office, office.duc)
    office.duc.sees("TC1.1")
    office.duc.sees_not("Kỳ trước")


async def test_the_middle_of_a_year_looks_at_the_end_of_the_year_before(office: Office, sample: Bloc) -> None:
    lan = office.lan
    office.world.at(NOVEMBER)
    office.is_filled()
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await office.approves()
    moved = tuple(
        replace(
            m,
            due_on=m.due_on.replace(year=m.due_on.year + 1),
            opens_on=m.opens_on.replace(year=m.opens_on.year + 1) if m.opens_on else None,
        )
        for m in sample.milestones
    )
    load(office.store, replace(sample, year=2027, milestones=moved), datetime(2027, 1, 5, tzinfo=UTC))
    office.world.at(datetime(2027, 6, 1, 3, 0, tzinfo=UTC))
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Bắt đầu")
    lan.sees("Kỳ trước (cả năm 2026): 48/50 = 96%")


async def test_the_same_file_in_another_period_is_said(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("a.pdf", content=b"same")
    await year_end(office, lan)
    await office.answers(lan, "95%")
    await lan.sends_file("b.pdf", content=b"same")
    lan.sees("Đã nhận b.pdf", "đã được gửi ở TC1.1 (tự chấm 6 tháng 2026)")
    await lan.sends_file("b.pdf", content=b"other")
    assert "đã được gửi" not in lan.last.text


async def test_the_same_file_in_a_hand_in_is_said_on_either_side_and_only_within_the_unit(office: Office) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("a.pdf", content=b"same")
    await lan.says("/nop")
    await office.answers(lan, ">Giới thiệu danh sách", ">Bắt đầu nộp")
    await lan.sends_file("a.pdf", content=b"same")
    lan.sees("đã được gửi ở TC1.1 (tự chấm 6 tháng 2026)")
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.2", ">Minh chứng")
    await lan.sends_file("a.pdf", content=b"same")
    lan.sees("đã được gửi ở TC1.1; hồ sơ “Giới thiệu danh sách điển hình")
    other = office.world.person(31, "Mai", ("TTT", Role.LIAISON))
    await office.begins(other)
    await office.answers(other, "95%", ">Tôi đã hiểu")
    await other.sends_file("a.pdf", content=b"same")
    assert "đã được gửi" not in other.last.text
