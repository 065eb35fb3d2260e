"""What the sample's notes say about the assistant is true of the product: each such note is held against it."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain import files
from bot.domain.bloc import Bloc, ClockStops
from bot.domain.calendar import Milestone, closes_at, local
from bot.domain.people import FILLING, Role
from bot.domain.reminders import MAY_BE_QUIET, rung_at
from bot.words import texts
from handlers.attachments import TAKEN
from handlers.menus import commands_for

ABOUT = "Hướng dẫn sử dụng trợ lý"


def about_the_assistant(sample: Bloc) -> dict[str, str]:
    return {note.id: note.answer for note in sample.notes if ABOUT in note.source or "trợ lý" in note.answer.lower()}


def commands() -> set[str]:
    return {name for roles in (FILLING, {Role.LEADER}, {Role.SECRETARY}) for name, _ in commands_for(roles, "vi")}


def test_every_command_that_a_note_names_exists(sample: Bloc) -> None:
    named = {(i, c) for i, text in about_the_assistant(sample).items() for c in re.findall(r"/([a-z]{3,})", text)}
    assert named, "some notes name commands"
    assert not [(note, command) for note, command in named if command not in commands()]


@pytest.mark.parametrize(
    ("note", "label"),
    [
        ("FAQ12", "Gặp Tổ thư ký"),
        ("FAQ48", "Đã nhận"),
        ("FAQ51", "Trình"),
        ("FAQ51", "Duyệt"),
        ("FAQ58", "Gặp Tổ thư ký"),
        ("FAQ59", "Trạng thái nộp"),
    ],
)
def test_every_button_that_a_note_names_exists(sample: Bloc, note: str, label: str) -> None:
    assert label in sample.note(note).answer
    labels = [text for text in texts("vi").values() if isinstance(text, str) and len(text) < 60]
    assert any(label in text for text in labels), label


def test_no_other_note_promises_a_button_or_a_menu(sample: Bloc) -> None:
    """A new promise in the sample needs a line in this file."""
    checked = {"FAQ12", "FAQ48", "FAQ51", "FAQ58", "FAQ59"}
    promising = {i for i, text in about_the_assistant(sample).items() if re.search(r"\b(nút|mục|[Bb]ấm)\b", text)}
    assert promising <= checked | {"FAQ02"}, promising - checked


def mid_year(sample: Bloc) -> Milestone:
    return next(m for m in sample.milestones if m.period and m.due_on.month == 6)


def test_reminders_come_when_the_note_says(sample: Bloc) -> None:
    """FAQ47: 14, 7, 3 and 1 days before, the morning of the day, then every working day; 14 and 7 can be silenced."""
    answer = sample.note("FAQ47").answer
    assert "14, 7, 3 và 1 ngày" in answer and "mỗi ngày làm việc khi đã quá hạn" in answer
    milestone = mid_year(sample)
    due = milestone.due_on
    mornings: dict[str, date] = {}
    for days in range(20, -13, -1):
        morning = datetime.combine(due - timedelta(days), time(8, 30), tzinfo=local(closes_at(milestone)).tzinfo)
        rung = rung_at(milestone, sample, morning.astimezone(UTC))
        if rung is not None:
            mornings.setdefault(rung.id, morning.date())
    before = {rung: (due - day).days for rung, day in mornings.items() if rung.startswith("d")}
    assert before == {"d14": 14, "d7": 7, "d3": 3, "d1": 1, "d0": 0}
    overdue = [day for rung, day in mornings.items() if rung.startswith("o")]
    assert overdue and all(day.weekday() < 5 for day in overdue)
    assert {"d14", "d7"} == MAY_BE_QUIET and "tắt mốc 14 và 7 ngày" in answer


def test_the_numbers_in_the_notes_are_those_of_the_product(sample: Bloc) -> None:
    assert f"{files.MOST_BYTES // 2**20} MB" in sample.note("FAQ10").answer
    assert f"{sample.late_days_accepted} ngày làm việc" in sample.note("FAQ13").answer
    assert f"{len(sample.milestones)} mốc" in sample.note("FAQ57").answer
    assert f"{len(sample.units)} đơn vị" in sample.note("FAQ03").answer
    assert f"{sample.scale.step}".replace(".", ",") in sample.note("FAQ19").answer


def test_the_clock_stops_where_the_notes_say(sample: Bloc) -> None:
    assert sample.clock_stops is ClockStops.APPROVAL
    assert "lãnh đạo" in sample.note("FAQ09").answer and "ngày lãnh đạo duyệt" in sample.note("FAQ51").answer


def test_evidence_may_be_what_the_note_lists(sample: Bloc) -> None:
    assert {"pdf", "jpg", "png"} <= TAKEN
    assert "tệp PDF, ảnh, đường dẫn hoặc số và ngày văn bản" in sample.note("FAQ21").answer


def test_what_is_illustrative_says_so_and_sources_are_named(sample: Bloc) -> None:
    assert all(note.source for note in sample.notes)
    assert sample.illustrative and all(m.illustrative for m in sample.milestones)
    assert not [n.id for n in sample.notes if n.basis == "minh_hoa" and not n.illustrative]


def test_the_sample_keeps_every_id(sample: Bloc) -> None:
    """Other files, questions and habits refer to them."""
    assert len(sample.notes) == 59 and [n.id for n in sample.notes] == [f"FAQ{n:02}" for n in range(1, 60)]
    assert len(sample.milestones) == 20 and len(sample.criteria) == 25
    assert (len(sample.bonuses), len(sample.deductions)) == (6, 7)
