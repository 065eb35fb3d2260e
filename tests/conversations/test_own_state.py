"""An answer joined with how the asker's own units stand, and the buttons that lead on from there."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from bot.actions import mark_of
from bot.buttons.assessment import OpenLine
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import Choice
from bot.domain.discharge import How
from bot.domain.people import Role
from storage.store import Store
from tests.chat import Chat, Seen
from tests.conftest import SPRING, load
from tests.conversations.assessment_office import DOCUMENT, JUNE_23, Office
from tests.conversations.test_ask import Group

ABOUT_GRADE = "/hoi TC1.6 được mấy điểm"
ABOUT_REPORT = "hạn nộp báo cáo sơ kết 6 tháng"


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


def own(shown: Seen) -> list[str]:
    """The lines about the person's own units."""
    return [line.removeprefix("📌 ") for line in shown.text.splitlines() if line.startswith("📌 ")]


def event_of(sent: Seen) -> Any:
    """The one event of a calendar file."""
    calendar: Any = Calendar.from_ical(sent.document.data.decode())
    (event,) = calendar.walk("VEVENT")
    return event


async def asked(chat: Chat, question: str, *parts: str) -> Seen:
    """The answer itself, whatever is shown again below it."""
    await chat.says(question)
    return chat.sees(*parts)


# -- a criterion -----------------------------------------------------------------------------------------


async def test_a_form_that_nobody_has_begun_is_begun_at_that_very_criterion(office: Office) -> None:
    answer = await asked(office.lan, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == ["Đơn vị anh/chị chưa bắt đầu bản tự chấm điểm."]
    await office.lan.taps(answer, "Chấm TC1.6")
    office.lan.sees("TC1.6 Cải cách hành chính", "👉")
    await office.lan.says("khá")
    assert office.form.facts("TC1.6") == {"1": Choice(2)}
    assert [what for what, _, _ in office.trail()] == ["assessment started", "answer"]


async def test_the_points_and_what_is_missing_are_said_with_the_button_to_give_it(office: Office) -> None:
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6")
    await office.answers(office.lan, ">khá")
    answer = await asked(office.minh, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == ["Đơn vị anh/chị đã tự chấm 32/40 điểm, còn thiếu 1 minh chứng. Bản tự chấm chưa nộp."]
    await office.minh.taps(answer, "Bổ sung minh chứng TC1.6")
    office.minh.sees("Minh chứng cho TC1.6")
    await office.minh.says(DOCUMENT)
    await office.lan.says("/huy")
    settled = await asked(office.lan, ABOUT_GRADE, "TC1.6. ", "📌")
    assert own(settled) == ["Đơn vị anh/chị đã tự chấm 32/40 điểm, đã có 1 minh chứng. Bản tự chấm chưa nộp."]


async def test_an_explanation_stands_for_evidence_and_no_points_need_none(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">khá", ">Giải trình", "Chờ kết quả chính thức.")
    assert "32/40 điểm, đã có giải trình." in own(await asked(office.minh, ABOUT_GRADE, "TC1.6. "))[0]
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">yếu")
    assert "đã tự chấm 0/40 điểm" in own(await asked(office.minh, ABOUT_GRADE, "TC1.6. "))[0]


async def test_an_untouched_and_a_half_answered_criterion_say_so(office: Office) -> None:
    await office.begins()
    untouched = await asked(office.minh, "/hoi TC1.7", "TC1.7. ")
    assert own(untouched) == ["Đơn vị anh/chị chưa chấm tiêu chí này. Bản tự chấm chưa nộp."]
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.7", ">Đủ 15")
    begun = await asked(office.minh, "/hoi TC1.7", "TC1.7. ")
    assert own(begun) == ["Đơn vị anh/chị mới trả lời 1/3 câu, tạm tính 15 điểm. Bản tự chấm chưa nộp."]
    await office.minh.taps(begun, "Chấm TC1.7")
    office.minh.sees("TC1.7 ", "Câu 2/3")


async def test_bonus_and_deduction_have_words_of_their_own(office: Office) -> None:
    await office.begins()
    assert "không đề nghị mục thưởng này" in own(await asked(office.minh, "/hoi DT3", "DT3. "))[0]
    assert "chưa kê điểm trừ" in own(await asked(office.minh, "/hoi TRU3", "TRU3. "))[0]
    await office.answers(office.lan, ">Mục lục", ">Tổng quan", ">Điểm thưởng", ">DT5", ">Khối trưởng")
    assert "đã đề nghị thưởng 10/10 điểm, còn thiếu 1 minh chứng" in own(await asked(office.minh, "/hoi DT5", "DT5"))[0]


async def test_lateness_is_told_as_it_counts_by_now_and_leads_to_the_form(office: Office) -> None:
    await office.begins()
    on_time = await asked(office.minh, "/hoi TRU1", "TRU1. ")
    assert own(on_time) == []
    office.world.at(JUNE_23)
    late = await asked(office.minh, "/hoi TRU1", "TRU1. ", "📌")
    assert own(late) == ["Đơn vị anh/chị đang muộn 2 ngày làm việc: nếu nộp lúc này thì bị trừ 3 điểm."]
    await office.minh.taps(late, "Mở bản tự chấm")
    office.minh.sees("tạm tính", "Hạn nộp")


async def test_who_reads_a_proposed_or_submitted_form_gets_the_line_and_who_approves_the_decision(
    office: Office,
) -> None:
    await office.proposes()
    waiting = await asked(office.lan, ABOUT_GRADE, "TC1.6. ")
    assert own(waiting) == [
        "Đơn vị anh/chị đã tự chấm 32/40 điểm, đã có 1 minh chứng. Bản tự chấm đang chờ lãnh đạo duyệt."
    ]
    decides = await asked(office.ha, ABOUT_GRADE, "TC1.6. ")
    assert own(decides) == own(waiting)
    await office.lan.taps(waiting, "Xem TC1.6 đã chấm")
    office.lan.sees("TC1.6 ", "32 điểm", DOCUMENT)
    await office.ha.taps(decides, "Xem và duyệt bản tự chấm")
    await office.ha.taps(office.ha.last, "Duyệt")
    submitted = await asked(office.ha, ABOUT_GRADE, "TC1.6. ", "📌")
    assert own(submitted)[0].endswith("Bản tự chấm đã nộp.")
    await office.ha.taps(submitted, "Xem TC1.6 đã chấm")
    office.ha.sees("TC1.6 ", "32 điểm")


async def test_a_leader_sees_a_draft_and_may_only_read_it(office: Office) -> None:
    nothing = await asked(office.ha, ABOUT_GRADE, "TC1.6. ")
    assert own(nothing) == ["Đơn vị anh/chị chưa bắt đầu bản tự chấm điểm."] and not nothing.own_buttons
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">khá")
    draft = await asked(office.ha, ABOUT_GRADE, "TC1.6. ", "32/40")
    assert list(draft.own_buttons) == ["🔎 Xem TC1.6 đã chấm"]


async def test_nobody_sees_another_units_points_and_who_has_no_unit_sees_none(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">khá")
    assert own(await asked(office.duc, ABOUT_GRADE, "TC1.6. ")) == ["Đơn vị anh/chị chưa bắt đầu bản tự chấm điểm."]
    for_secretary = await asked(office.thu, ABOUT_GRADE, "TC1.6. ")
    assert own(for_secretary) == [] and not for_secretary.own_buttons


async def test_several_units_are_told_one_by_one(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", ">khá")
    both = office.world.person(31, "Hạnh", ("STP", Role.DEPUTY), ("VKS", Role.LIAISON))
    answer = await asked(both, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == [
        "Sở Tư pháp đã tự chấm 32/40 điểm, còn thiếu 1 minh chứng. Bản tự chấm chưa nộp.",
        "Viện kiểm sát nhân dân tỉnh chưa bắt đầu bản tự chấm điểm.",
    ]
    await both.taps(answer, "Chấm TC1.6 · VKS")
    both.sees("TC1.6 Cải cách hành chính", "👉")
    assert office.saved(2).assessment.unit == "VKS"


async def test_several_open_periods_are_told_one_by_one(office: Office, sample: Bloc) -> None:
    year_end = sample.assessment_milestone(Period.YEAR_END)
    assert year_end is not None
    early = replace(year_end, opens_on=SPRING.date(), version=2)
    load(office.store, replace(sample, milestones=tuple(early if m is year_end else m for m in sample.milestones)))
    answer = await asked(office.lan, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == [
        "Đơn vị anh/chị (tự chấm 6 tháng) chưa bắt đầu bản tự chấm điểm.",
        "Đơn vị anh/chị (tự chấm cả năm) chưa bắt đầu bản tự chấm điểm.",
    ]
    await office.lan.taps(answer, "Chấm TC1.6 · STP, cả năm")
    assert office.form.period is Period.YEAR_END


async def test_outside_of_every_period_nothing_is_said(office: Office) -> None:
    office.world.at(datetime(2026, 9, 1, 2, 0, tzinfo=UTC))
    answer = await asked(office.lan, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == [] and not answer.own_buttons


async def test_a_paper_receipt_is_told_instead(office: Office) -> None:
    with office.store.work(SPRING) as work:
        work.discharges.add("MS-BC6T", "STP", at=SPRING, how=How.PAPER, receipt="GIAY-1", by=None, reason="mất mạng")
    answer = await asked(office.lan, ABOUT_GRADE, "TC1.6. ")
    assert own(answer) == ["Đơn vị anh/chị đã nộp bằng giấy; Tổ thư ký ghi nhận lúc 09:00 ngày 1/6/2026."]
    assert not answer.own_buttons
    assert own(await asked(office.lan, ABOUT_REPORT, "19/6/2026")) == own(answer)


async def test_the_button_to_a_criterion_is_stale_safe(office: Office, sample: Bloc) -> None:
    old = (await asked(office.lan, ABOUT_GRADE, "TC1.6. ")).button("Chấm TC1.6")
    # Somebody else begins meanwhile, and the table changes its order: the button still means that criterion.
    await office.begins(office.minh)
    await office.lan.sends_data(old)
    office.lan.sees("TC1.6 Cải cách hành chính", "👉")
    # The period closes: nothing is begun, and it says so.
    office.world.at(datetime(2026, 9, 1, 2, 0, tzinfo=UTC))
    await office.duc.sends_data(OpenLine(5, "giua_nam", mark_of("TC1.6")).pack())
    office.duc.sees_notice("Nút này đã cũ")
    # A criterion that the table has not, another person's membership, a period that is none.
    office.world.at(SPRING)
    for data in (
        OpenLine(5, "giua_nam", mark_of("TC9.9")).pack(),
        OpenLine(1, "giua_nam", mark_of("TC1.6")).pack(),
        OpenLine(5, "quy_ba", mark_of("TC1.6")).pack(),
    ):
        before = len(office.duc.notices)
        await office.duc.sends_data(data)
        assert len(office.duc.notices) == before + 1
    with office.store.reading(SPRING) as work:
        assert work.assessments.of_period(office.form.period, work.catalogue.at).keys() == {"STP"}


async def test_a_button_made_before_the_form_was_proposed_changes_nothing(office: Office) -> None:
    office.is_filled()
    old = (await asked(office.lan, ABOUT_GRADE, "TC1.6. ")).button("Mở TC1.6 để sửa")
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    before = office.form
    await office.lan.sends_data(old)
    assert "đang chờ duyệt" in office.lan.last.text
    assert office.form == before


async def test_a_table_that_dropped_the_criterion_says_nothing_of_it(office: Office, sample: Bloc) -> None:
    await office.proposes()
    await office.approves()
    added = replace(sample.criteria[0], code="TC9.1", name="Phòng cháy chữa cháy", keywords=("phòng cháy",))
    load(office.store, replace(sample, criteria=(*sample.criteria, added)))
    assert own(await asked(office.lan, "/hoi TC9.1", "TC9.1. ")) == []  # what was submitted keeps its table


# -- a milestone -----------------------------------------------------------------------------------------


async def test_a_milestone_says_whether_the_unit_has_handed_in_and_leads_to_the_form(office: Office) -> None:
    answer = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    assert own(answer) == ["Đơn vị anh/chị chưa nộp."]
    assert list(answer.own_buttons) == ["Tự chấm điểm: 6 tháng", "📅 Thêm vào lịch (.ics)"]
    await office.lan.taps(answer, "Tự chấm điểm")
    await office.answers(office.lan, ">Bắt đầu", "95%")
    draft = await asked(office.minh, ABOUT_REPORT, "19/6/2026")
    assert own(draft)[0].startswith("Đơn vị anh/chị chưa nộp: đã trả lời 1/25 tiêu chí, còn ")


async def test_a_form_that_waits_and_one_that_was_submitted(office: Office) -> None:
    await office.proposes()
    assert own(await asked(office.lan, ABOUT_REPORT, "19/6/2026")) == [
        "Đơn vị anh/chị chưa nộp: bản tự chấm đang chờ lãnh đạo duyệt."
    ]
    leads = await asked(office.ha, ABOUT_REPORT, "19/6/2026")
    await office.ha.taps(leads, "Xem và duyệt: 6 tháng")
    await office.ha.taps(office.ha.last, "Duyệt")
    done = await asked(office.lan, ABOUT_REPORT, "19/6/2026", "📌")
    assert own(done)[0].startswith("Đơn vị anh/chị đã nộp lúc 09:00 ngày 1/6/2026, đúng hạn. Mã KNC-2026-6T-STP-")
    assert list(done.own_buttons) == ["📅 Thêm vào lịch (.ics)"]


async def test_a_milestone_of_another_kind_leads_to_handing_in(office: Office) -> None:
    answer = await asked(office.lan, "/han video", "Hạn:")
    key = next(data for label, data in answer.buttons.items() if "lịch (.ics)" in label).rsplit(":", 1)[1]
    with office.store.reading(SPRING) as work:
        opens = work.bloc.milestone(key).opens_on
    assert opens is not None
    assert own(answer)[0].startswith("Đơn vị anh/chị chưa nộp; mốc này nhận từ ")
    office.world.at(datetime(opens.year, opens.month, opens.day, 3, 0, tzinfo=UTC))
    ready = await asked(office.lan, "/han video", "Hạn:", "📌")
    assert own(ready) == ["Đơn vị anh/chị chưa nộp."]
    await office.lan.taps(ready, "Nộp video")
    await office.answers(office.lan, ">Bắt đầu nộp", ">Tôi đã hiểu", "Danh sách kèm theo.")
    other = await asked(office.minh, "/han video", "Hạn:", "📌")
    assert own(other) == ["Đơn vị anh/chị chưa nộp: túi hồ sơ đang có 1 mục."]
    await office.lan.taps(office.lan.last, "Nộp (1 mục)")
    handed = await asked(office.minh, "/han video", "Hạn:", "📌")
    assert own(handed)[0].startswith("Đơn vị anh/chị đã nộp lúc ") and "đúng hạn" in own(handed)[0]


async def test_a_conference_is_attended_and_the_secretariats_own_work_is_nobodys(office: Office) -> None:
    meeting = await asked(office.lan, "/han hội nghị sơ kết 6 tháng", "Thời gian")
    assert own(meeting) == ["Hội nghị này do Tổ thư ký điểm danh, không phải nộp qua trợ lý."]
    assert own(await asked(office.lan, "/han MS-RASOAT6T rà soát phản hồi báo cáo giữa năm", "30/6/2026")) == []


async def test_what_is_over_is_said_and_no_calendar_is_offered(office: Office) -> None:
    office.world.at(datetime(2026, 9, 1, 2, 0, tzinfo=UTC))
    answer = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    assert own(answer) == ["Đơn vị anh/chị chưa nộp, đã quá thời hạn tiếp nhận."]
    assert not answer.own_buttons


async def test_under_a_list_of_milestones_it_is_said_which_one_is_meant(office: Office) -> None:
    await office.lan.says("hạn nộp là khi nào")
    listed = office.lan.sees("Các mốc gần nhất")
    assert own(listed) == ["Nộp báo cáo sơ kết 6 tháng và bảng tự chấm điểm giữa năm: Đơn vị anh/chị chưa nộp."]
    assert list(listed.own_buttons) == ["Tự chấm điểm: 6 tháng"]


async def test_after_the_leader_returned_it_the_reason_stands_there(office: Office) -> None:
    await office.proposes()
    await office.ha.says("/tudanhgia")
    await office.answers(office.ha, ">Trả lại", "Thiếu số liệu quý 2")
    returned = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    assert own(returned) == ["Đơn vị anh/chị chưa nộp: bản tự chấm được trả lại để bổ sung: Thiếu số liệu quý 2"]


async def test_the_lists_of_criteria_and_of_milestones_say_the_same(office: Office) -> None:
    await office.begins()
    by_code = await asked(office.minh, "/tieuchi TC1.6", "TC1.6. ")
    assert own(by_code) == ["Đơn vị anh/chị chưa chấm tiêu chí này. Bản tự chấm chưa nộp."]
    assert next(iter(by_code.buttons)) == "✏ Chấm TC1.6"
    await office.lan.says("/han")
    await office.lan.taps(office.lan.last, "1")
    assert own(office.lan.last) and "📅 Thêm vào lịch (.ics)" in office.lan.last.buttons


async def test_after_a_restart_the_same_lines_stand_there(office: Office) -> None:
    answer = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    office.world.restart()
    await office.lan.sends_data("1:qf:none")  # a stale button: the screen is shown again
    office.lan.sees_notice("không còn")
    assert office.lan.last.text == answer.text and office.lan.last.buttons == answer.buttons


# -- the calendar file -----------------------------------------------------------------------------------


async def test_the_file_comes_as_a_document_below_the_answer(office: Office) -> None:
    answer = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    (sent,) = await office.lan.taps(answer, "Thêm vào lịch")
    assert not answer.edited and "Báo cáo sơ kết" in answer.text
    assert sent.document.filename == "bc6t-2026.ics"
    event = event_of(sent)
    assert event.end == datetime(2026, 6, 19, 10, 0, tzinfo=UTC) and event["UID"] == "KNC-2026-MS-BC6T@thidua"
    office.lan.sees("Mở tệp này", "thứ Sáu, 19/6/2026")


async def test_the_secretary_gets_the_file_too_and_a_stranger_does_not(office: Office) -> None:
    answer = await asked(office.thu, ABOUT_REPORT, "19/6/2026")
    assert own(answer) == []
    (sent,) = await office.thu.taps(answer, "Thêm vào lịch")
    assert sent.document.filename.isascii()
    stranger = office.world.person(99, "Người lạ")
    assert all(seen.document is None for seen in await stranger.sends_data("1:qf:MS-BC6T"))


async def test_a_milestone_that_moved_gives_the_same_event_in_a_later_version(office: Office, sample: Bloc) -> None:
    answer = await asked(office.lan, ABOUT_REPORT, "19/6/2026")
    moved = tuple(replace(m, due_on=m.due_on.replace(day=26)) if m.key == "MS-BC6T" else m for m in sample.milestones)
    load(office.store, replace(sample, milestones=moved))
    (sent,) = await office.lan.taps(answer, "Thêm vào lịch")
    event = event_of(sent)
    assert event.end == datetime(2026, 6, 26, 10, 0, tzinfo=UTC) and event["SEQUENCE"] == 2
    assert event["UID"] == "KNC-2026-MS-BC6T@thidua"


# -- nobody else's eyes ----------------------------------------------------------------------------------


async def test_a_group_reads_nothing_of_anybodys_unit(office: Office) -> None:
    await office.begins()
    group = Group(office.world, 11, "Lan")
    for text in (ABOUT_GRADE, f"/hoi {ABOUT_REPORT}", "/tieuchi TC1.6", "/han báo cáo sơ kết"):
        shown: Any = (await group.writes(text))[0]
        assert "📌" not in shown.text and "Đơn vị anh/chị" not in shown.text
        assert not any("ics" in label or "Chấm" in label for label in shown.buttons)


@pytest.mark.parametrize("asked", ["toi phai nop cai gi bay gio", "tiếp tục", "/hoi bên em còn thiếu gì"])
async def test_what_is_asked_about_oneself_is_ones_own_state(office: Office, asked: str) -> None:
    await office.lan.says(asked)
    office.lan.sees("Sở Tư pháp")
    assert any("Tự chấm điểm" in label or "▶" in label for label in office.lan.last.buttons), office.lan.last.buttons


async def test_what_is_asked_about_oneself_in_a_form_leaves_the_step_where_it_is(office: Office) -> None:
    await office.begins()
    await office.lan.says("toi phai nop cai gi bay gio?")
    status, step = office.lan.shown[-2:]
    assert "Sở Tư pháp" in status.text and "TC1.1" in step.text
    await office.lan.says("95%")
    assert "TC1.1" in {item for item, _ in office.form.answers}


async def test_what_does_not_arise_is_not_told_as_no_points(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Không phát sinh", "Không được giao chỉ tiêu năm nay.", "/hoi TC1.1")
    office.lan.sees("Đơn vị anh/chị ghi là không phát sinh, chưa tính điểm.")
    office.lan.sees_not("0/150")


async def test_a_whole_draft_is_said_to_wait_only_for_being_proposed(office: Office) -> None:
    office.is_filled()
    await office.lan.says("/trangthai")
    office.lan.sees("Đang nháp: 25/25 tiêu chí, đã đủ, chưa trình")
