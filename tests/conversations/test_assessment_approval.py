"""From a full draft to a receipt and back: the leader's side, lateness, reopening, and who reaches nothing."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.actions import Action, mark_of
from bot.buttons import assessment as buttons
from bot.domain.assessment import EvidenceKind, Stage
from bot.domain.assessment_receipt import digest
from bot.domain.bloc import Bloc, ClockStops
from bot.domain.delivery import Notice
from bot.domain.people import Role
from bot.domain.sending import Refusal, Refused
from bot.outbound.compose import compose
from bot.usecases.deliveries import RecordOutcomes, TakeDue
from bot.words import Words
from storage.store import Store
from tests.conftest import SPRING, load
from tests.conversations.assessment_office import DOCUMENT, JUNE_19, JUNE_23, Office


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


async def test_the_leader_is_told_looks_and_approves_and_everybody_hears(office: Office) -> None:
    await office.proposes()
    assert office.form.stage is Stage.PROPOSED
    (key, params), *rest = office.told(office.ha)
    assert key == "assessment.notice-proposed" and params["total_points"] == "863.0" and not rest
    assert params["by"] == "Lan" and params["unit"] == "Sở Tư pháp"
    await office.ha.sends_data(office.notice_button(office.ha, "assessment.button-look"))
    office.ha.sees("Tự chấm điểm 6 tháng", "đang chờ duyệt", "863 điểm")
    await office.ha.taps(office.ha.last, "Bảng điểm")
    office.ha.sees("(1/3)", "TC1.1", "135/150", "📎1")
    await office.ha.taps(office.ha.last, "TC1.1")
    office.ha.sees("48/50 = 96%", DOCUMENT)
    await office.ha.taps(office.ha.last, "Trước")
    await office.answers(office.ha, ">Trang sau", ">Trang sau")
    office.ha.sees("Tổng điểm: 863", "Báo cáo: 7/7 mục")
    await office.answers(office.ha, ">Mục 1")
    office.ha.sees("Nội dung Đặc điểm, tình hình và công tác chỉ đạo.")
    await office.answers(office.ha, ">Trước", ">Duyệt")
    receipt = office.form.receipt
    assert receipt is not None and receipt.version == 1 and receipt.total == 863 and receipt.late_days == 0
    assert receipt.code.startswith("KNC-2026-6T-STP-") and len(receipt.code) == len("KNC-2026-6T-STP-7F3A")
    office.ha.sees(f"Biên nhận {receipt.code}", "Tổng điểm tự chấm: 863", "Bản thứ 1", receipt.digest[:16])
    assert office.discharged() == receipt.code
    for chat, expected in ((office.lan, "approved"), (office.minh, "approved"), (office.thu, "submitted")):
        assert [key for key, _ in office.told(chat)] == [f"assessment.notice-{expected}"]
    for chat in (office.duc, office.son):
        assert office.told(chat) == []


async def test_the_receipts_hash_can_be_computed_again_from_what_was_kept(office: Office) -> None:
    await office.proposes()
    await office.approves()
    receipt = office.form.receipt
    assert receipt is not None
    with office.store.reading(SPRING) as work:
        kept = work.assessments.snapshot(1, 1)
    assert kept is not None and digest(kept, 1) == receipt.digest
    assert receipt.code.endswith(receipt.digest[:4].upper())


async def test_gaps_block_and_lead_to_themselves(office: Office) -> None:
    lan = office.lan
    await lan.says("/tudanhgia")
    await lan.taps(lan.last, "Xem lại")
    assert not [label for label in lan.last.buttons if "Trình" in label]
    await lan.sends_data(buttons.Propose(1, 0).pack())
    lan.sees_notice("Chưa nộp được: còn 32 việc")
    assert office.form.stage is Stage.DRAFT


async def test_points_without_evidence_need_an_explanation(office: Office) -> None:
    lan = office.lan
    office.is_filled()
    await office.answers(lan, "/tudanhgia", ">Mục lục", ">N1", ">TC1.1", ">Minh chứng", ">Xóa 1", ">Bổ sung sau")
    lan.sees("Xem lại trước khi nộp", "thiếu 1 minh chứng", "Còn 1 việc")
    await office.answers(lan, ">TC1.1 · thiếu minh chứng", ">Giải trình", "Cấp trên chưa ban hành kết luận.")
    lan.sees("Đã đủ", "Đã lưu giải trình cho TC1.1")
    await office.answers(lan, ">Trình lãnh đạo duyệt")
    assert office.form.stage is Stage.PROPOSED


async def test_a_unit_without_a_leader_is_told_how_to_get_one(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample)
    await office.begins(office.duc)
    with office.store.work(SPRING) as work:
        leaving = next(m for m in work.people.members(unit="VKS", roles=[Role.LEADER])).memberships[0]
        work.people.leave(leaving.id)
    await office.fills(office.duc)
    await office.duc.taps(office.duc.last, "Trình lãnh đạo duyệt")
    office.duc.sees("chưa có lãnh đạo nào liên kết", "mã mời vai trò lãnh đạo")
    assert office.form.stage is Stage.DRAFT


async def test_a_form_is_returned_with_a_reason_changed_and_proposed_again(office: Office) -> None:
    lan, ha = office.lan, office.ha
    await office.proposes()
    old_approve = office.notice_button(ha, "assessment.button-approve")
    await ha.sends_data(office.notice_button(ha, "assessment.button-return"))
    ha.sees("Gõ lý do trả lại")
    office.world.restart()
    await ha.says("Xem lại TC1.1, thiếu bảng so sánh")
    ha.sees("Đã trả lại")
    assert office.told(lan)[-1][0] == "assessment.notice-returned"
    assert office.told(lan)[-1][1]["reason"] == "Xem lại TC1.1, thiếu bảng so sánh"
    await lan.says("/tudanhgia")
    lan.sees("Lãnh đạo trả lại: Xem lại TC1.1, thiếu bảng so sánh")
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "100%", ">Trình lãnh đạo duyệt")
    assert office.told(ha)[-1][0] == "assessment.notice-proposed-again"
    assert office.told(ha)[-1][1]["reason"] == "Xem lại TC1.1, thiếu bảng so sánh"
    await ha.sends_data(old_approve)  # made for the form as it was before
    ha.sees_notice("không còn chờ duyệt")
    assert office.form.stage is Stage.PROPOSED
    await ha.taps(ha.last, "Duyệt")
    assert office.form.receipt is not None and office.form.receipt.total == 863 + 15


async def test_a_proposed_form_cannot_be_changed_until_it_is_taken_back(office: Office) -> None:
    lan, ha = office.lan, office.ha
    await office.begins()
    old = lan.last.button("100%")
    await lan.says("/tudanhgia")
    await office.proposes()
    approve = office.notice_button(ha, "assessment.button-approve")
    await lan.sends_data(old)
    lan.sees_notice("đã trình lãnh đạo")
    await lan.says("/tudanhgia")
    await lan.taps(lan.last, "Rút lại để sửa")
    lan.sees("Đã rút lại")
    assert office.told(ha)[-1][0] == "assessment.notice-taken-back"
    await ha.sends_data(approve)
    ha.sees_notice("Bản này đã được rút lại")
    assert office.form.stage is Stage.DRAFT and office.discharged() is None


async def test_buttons_from_before_the_taking_back_do_not_change_the_new_draft(office: Office) -> None:
    lan = office.lan
    await office.begins()
    old = lan.last.button("100%")
    await lan.says("/tudanhgia")
    await office.proposes()
    await lan.says("/tudanhgia")
    await lan.taps(lan.last, "Rút lại")
    await lan.sends_data(old)
    lan.sees_notice("đã thay đổi sau khi có nút này")
    assert office.saved().scores["TC1.1"].points == 135


async def test_approving_twice_gives_one_receipt(office: Office) -> None:
    await office.proposes()
    approve = office.notice_button(office.ha, "assessment.button-approve")
    await office.ha.sends_data(approve)
    first = office.form.receipt
    await office.ha.sends_data(approve)
    office.ha.sees_notice("đã nộp")
    assert office.form.receipt == first and office.form.versions == 1
    assert len([1 for key, _ in office.told(office.thu) if key == "assessment.notice-submitted"]) == 1


async def test_a_submitted_form_is_reopened_before_the_deadline_and_gets_a_new_version(office: Office) -> None:
    lan = office.lan
    await office.proposes()
    await office.approves()
    first = office.form.receipt
    assert first is not None
    office.world.at(JUNE_19)
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Mở lại để sửa")
    lan.sees("trở lại trạng thái chưa nộp", first.code)
    await office.answers(lan, ">Mở lại, hủy biên nhận")
    assert office.discharged() is None and office.form.receipt is None
    for other in (office.thu, office.ha, office.minh):  # the other liaison's receipt is void too
        assert office.told(other)[-1][0] == "assessment.notice-reopened"
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.1", "100%", ">Trình")
    await office.approves()
    second = office.form.receipt
    assert second is not None and second.version == 2 and second.code != first.code
    assert office.discharged() == second.code
    with office.store.reading(JUNE_19) as work:
        receipts, kept = work.assessments.receipts(1), work.assessments.snapshot(1, 1)
    assert [(r.version, r.withdrawn_at is None) for r in receipts] == [(1, False), (2, True)]
    assert kept is not None and kept["answers"]["TC1.1 1"] == [1, "r48-50"]


async def test_after_the_deadline_nothing_is_reopened(office: Office) -> None:
    lan = office.lan
    await office.proposes()
    await office.approves()
    await lan.says("/tudanhgia")
    overview = lan.last
    await lan.taps(overview, "Mở lại để sửa")
    asked = lan.last
    office.world.at(JUNE_23)
    await lan.taps(asked, "Mở lại, hủy biên nhận")
    lan.sees_notice("Đã quá hạn 17:00 ngày 19/6/2026")
    await lan.sends_data(buttons.AskReopen(office.form.id).pack())
    lan.sees("Đã quá hạn nên không mở lại được", "Biên nhận")
    await lan.says("/tudanhgia")
    assert not any("Mở lại" in label for label in lan.last.buttons)
    await lan.taps(lan.last, "Biên nhận")
    assert not any("Mở lại" in label for label in lan.last.buttons)
    assert office.form.stage is Stage.SUBMITTED and office.discharged()


async def test_a_late_approval_costs_what_the_bloc_says_by_working_days(office: Office) -> None:
    await office.proposes()  # in time: but the leader's approval stops the clock
    office.world.at(JUNE_23)
    await office.ha.says("/tudanhgia")
    office.ha.sees("Đã quá hạn 2 ngày làm việc; nếu nộp hôm nay: -3 điểm")
    await office.ha.taps(office.ha.last, "Duyệt")
    office.ha.sees("Tổng điểm tự chấm: 860", "Nộp muộn 2 ngày làm việc: -3 điểm")
    receipt = office.form.receipt
    assert receipt is not None and receipt.late_days == 2 and receipt.penalty == -3 and receipt.total == 860
    with office.store.reading(JUNE_23) as work:
        discharge = work.discharges.find("MS-BC6T", "STP")
    assert discharge is not None and discharge.late_days == 2 and discharge.at == JUNE_23
    assert office.told(office.thu)[-1][0] == "assessment.notice-submitted-late"
    office.world.at(JUNE_23.replace(day=30))
    assert office.saved().totals.total == 860  # lateness was frozen by the receipt


async def test_too_late_is_not_taken(office: Office) -> None:
    await office.proposes()
    approve = office.notice_button(office.ha, "assessment.button-approve")
    office.world.at(JUNE_23.replace(month=7, day=20))
    await office.ha.sends_data(approve)
    office.ha.sees_notice("Đã quá thời gian Khối nhận bản nộp muộn")
    assert office.form.stage is Stage.PROPOSED and office.discharged() is None


async def test_where_the_liaisons_submission_stops_the_clock_no_leader_is_asked(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample, ClockStops.SUBMISSION)
    office.is_filled()
    await office.answers(office.lan, "/tudanhgia", ">Xem lại", ">📨 Nộp")
    office.lan.sees("Đã nộp", "Biên nhận KNC-2026-6T-STP-")
    assert office.discharged() and office.told(office.ha) == []


async def test_a_paper_receipt_keeps_its_own_time(office: Office) -> None:
    from bot.domain.discharge import How

    await office.proposes()
    with office.store.work(SPRING) as work:
        work.discharges.add("MS-BC6T", "STP", at=SPRING, how=How.PAPER, receipt="GIAY-1", by=None, reason="nộp giấy")
    office.world.at(JUNE_23)
    await office.lan.says("/tudanhgia")
    await office.lan.taps(office.lan.last, "Rút lại để sửa")
    await office.lan.taps(office.lan.last, "Xem lại")
    review = office.lan.sees("Tổng điểm: 863")
    assert "muộn" not in review.text and "Điểm trừ: 0" in review.text
    await office.lan.taps(review, "Trình lãnh đạo duyệt")
    await office.approves()
    assert office.form.receipt is not None and office.form.receipt.late_days == 0
    assert office.discharged() == "GIAY-1"


async def test_a_leader_cannot_fill_in_and_a_liaison_cannot_approve(office: Office) -> None:
    await office.begins()
    give = office.lan.last.button("100%")
    await office.ha.sends_data(give)
    office.ha.sees_notice("không có quyền")
    await office.answers(office.lan, "/tudanhgia")
    await office.proposes()
    await office.lan.sends_data(office.notice_button(office.ha, "assessment.button-approve"))
    office.lan.sees_notice("không có quyền")
    assert office.form.stage is Stage.PROPOSED and office.saved().scores["TC1.1"].points == 135


# -- who reaches nothing ---------------------------------------------------------------------------------

FIELDS: dict[str, Any] = {
    "assessment": 1,
    "line": 6,  # TC1.1 among the codes of the sample
    "part": "1",
    "fact": "r10",
    "group": 1,
    "page": 0,
    "number": 1,
    "section": 0,
    "kind": "bonus",
    "membership": 1,
    "period": "giua_nam",
    "mark": mark_of("TC1.1"),
    "version": 1,
    "kept_as": "estimated",
    "content": "kien_nghi",
    "place": 0,
}


def every_button(revision: int) -> Iterator[Action]:
    """One of each button that names a form, made for its newest revision."""
    values = FIELDS | {"made_for": revision}
    for kind in vars(buttons).values():
        if isinstance(kind, type) and issubclass(kind, Action) and kind is not Action:
            names = {f.name for f in fields(kind)}
            if names & {"assessment", "membership"}:
                yield kind(**{name: values[name] for name in names})


@pytest.mark.parametrize("stage", ["draft", "renewed", "proposed", "submitted"])
async def test_nobody_else_reaches_anything_by_any_button(office: Office, stage: str, sample: Bloc) -> None:
    office.is_filled()
    if stage == "renewed":
        load(office.store, replace(sample, criteria=sample.criteria[1:]))
    if stage in ("proposed", "submitted"):
        await office.answers(office.lan, "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
    if stage == "submitted":
        await office.approves()
    before, trail = office.form, office.trail()
    outside = [office.duc, office.son, office.world.person(99, "Khách")]
    if stage != "submitted":  # what has been handed in is the secretariat's to read
        outside.append(office.thu)
    for chat in outside:
        for action in every_button(before.revision):
            await chat.sends_data(action.pack())
        for secret in ("Sở Tư pháp\n", "863", "48/50", DOCUMENT, "Nội dung Đặc điểm", "KNC-2026-6T-STP"):
            chat.sees_not(secret)
    for action in every_button(before.revision):
        await office.thu.sends_data(action.pack())
    assert before.renewed_from == (1 if stage == "renewed" else None)
    assert office.form == before and office.trail() == trail, "the secretariat reads, and changes nothing"


async def test_the_secretariat_reads_a_form_once_it_is_submitted(office: Office) -> None:
    await office.proposes()
    await office.approves()
    await office.thu.sends_data(office.notice_button(office.thu, "assessment.button-look"))
    office.thu.sees("Sở Tư pháp", "Đã nộp lúc")
    await office.answers(office.thu, ">Bảng điểm", ">TC1.1")
    office.thu.sees("48/50 = 96%", DOCUMENT)
    assert "Duyệt" not in "".join(office.thu.last.buttons)


async def test_somebody_who_has_left_reaches_nothing_any_more(office: Office) -> None:
    await office.begins()
    button = office.lan.last.button("100%")
    with office.store.work(SPRING) as work:
        member = work.people.member(office.lan.user_id)
        assert member is not None
        work.people.leave(member.memberships[0].id)
    await office.lan.sends_data(button)
    await office.lan.says("95%")
    assert office.form.answers == {}


async def test_the_leader_opens_the_files_that_the_form_rests_on(office: Office) -> None:
    office.is_filled()
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.1", ">Minh chứng", ">Tôi đã hiểu")
    await office.lan.sends_file("đối chiếu.pdf")
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    filed = next(each for each in office.form.evidence if each.kind is EvidenceKind.FILE)
    await office.ha.sends_data(office.notice_button(office.ha, "assessment.button-look"))
    await office.answers(office.ha, ">Bảng điểm", ">TC1.1")
    await office.ha.taps(office.ha.last, "📎")
    assert office.ha.last.document == filed.telegram_file_id
    assert "Sở Tư pháp" in office.ha.last.text and "đối chiếu.pdf" in office.ha.last.text
    seen = len(office.son.shown)
    await office.son.sends_data(buttons.SendEvidence(office.form.id, filed.number).pack())
    assert all(message.document is None for message in office.son.shown[seen:]), "another unit's person gets nothing"


async def test_a_liaison_hears_whom_the_form_is_laid_before_and_whom_telegram_does_not_reach(office: Office) -> None:
    await office.proposes()
    office.lan.sees("✓ Đã trình Hà. Anh/chị sẽ được báo khi có kết quả.")
    now = office.world.calendar.now()
    with office.store.work(now) as work:
        ready = TakeDue(work)(10, now=now, lease=timedelta(minutes=1))
        assert [each.said.key for each in ready if isinstance(each.said, Notice)] == ["assessment.notice-proposed"]
        blocked = Refused(Refusal.BLOCKED, "Forbidden: bot was blocked by the user")
        RecordOutcomes(work)([(each.claim, blocked) for each in ready], now=now)
    assert office.told(office.lan) == [("assessment.notice-leader-unreached", {"name": "Hà"})]


async def test_a_second_version_is_called_so_where_the_secretariat_hears_of_it(office: Office) -> None:
    await office.proposes()
    await office.approves()
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mở lại", ">Mở lại, hủy", ">Xem lại", ">Trình lãnh đạo duyệt")
    await office.approves()
    key, params = office.told(office.thu)[-1]
    assert key == "assessment.notice-submitted"
    assert "(bản thứ 2)" in compose(Notice(key, params), Words("vi")).html


async def test_the_reason_of_a_return_leads_to_the_lines_it_names(office: Office) -> None:
    await office.proposes()
    await office.ha.sends_data(office.notice_button(office.ha, "assessment.button-return"))
    await office.ha.says("tc1.1 chưa khớp báo cáo; TC3.10 thiếu xác nhận. Xem thêm TC1.")
    await office.lan.sends_data(office.notice_button(office.lan, "assessment.button-open"))
    assert [label for label in office.lan.last.buttons if label.startswith("TC")] == ["TC1.1", "TC3.10"]
    await office.answers(office.lan, ">TC1.1")
    office.lan.sees("TC1.1 Hoàn thành", "Đang ghi")
    await office.answers(office.lan, "47/50")
    office.lan.sees("Đã đủ", "↩️ Lãnh đạo trả lại: tc1.1 chưa khớp")
    assert [label for label in office.lan.last.buttons if "TC" in label] == ["✓ TC1.1", "TC3.10"]
