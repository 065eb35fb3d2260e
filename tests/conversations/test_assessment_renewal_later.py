"""Criteria change while a form is being sent back, after it was submitted, or with figures that are not final."""

from decimal import Decimal

import pytest

from bot.buttons import appraisal as buttons
from bot.domain.appraisal import Phase
from bot.domain.assessment import Stage
from bot.domain.bloc import Bloc
from bot.domain.criteria import Awaited, Mark, NotArising
from storage.store import Store
from tests.conversations.assessment_office import DOCUMENT
from tests.conversations.test_appraisal import Bench
from tests.conversations.test_assessment_renewal import changed, imports, without


@pytest.fixture
def bench(lite: Store, sample: Bloc) -> Bench:
    return Bench(lite, sample)


# -- sent back meanwhile -------------------------------------------------------------------------------------


async def test_what_the_secretary_sends_back_follows_criteria_that_changed_while_the_reason_was_typed(
    bench: Bench, sample: Bloc
) -> None:
    await bench.submits()
    before = bench.form
    await bench.opens()
    await bench.answers(bench.thu, ">Trả lại cả bản")
    imports(bench, changed(without(sample, "TC1.6"), "TC1.2", how="Mỗi văn bản phải có ý kiến phản hồi."))
    assert bench.form == before, "what is submitted is left alone"
    await bench.thu.says("Thiếu số liệu quý II")
    bench.thu.sees("Đã trả lại bản của Sở Tư pháp")
    form = bench.form
    assert (form.stage, form.bloc.revision, form.renewed_from) == (Stage.DRAFT, 2, 1)
    assert form.answers.keys() == {slot for slot in before.answers if slot[0] != "TC1.6"}
    assert form.evidence == before.evidence and form.pieces == before.pieces
    keys = [key for key, _ in bench.told(bench.lan)]
    assert {"appraisal.notice-sent-back", "assessment.notice-renewed"} <= set(keys)
    await bench.lan.says("/tudanhgia")
    bench.lan.sees("Thiếu số liệu quý II", "Bộ tiêu chí của Khối đã thay đổi", "2 câu cần trả lời lại")
    await bench.answers(bench.lan, ">Xem thay đổi")
    bench.lan.sees("− TC1.6", "đã trả lời: khá")


async def test_what_the_leader_returned_keeps_its_reason_when_the_criteria_change(bench: Bench, sample: Bloc) -> None:
    await bench.proposes()
    await bench.ha.says("/tudanhgia")
    await bench.answers(bench.ha, ">Trả lại", "Xem lại số liệu TC1.1")
    imports(bench, changed(sample, "TC1.2", how="Cách tính mới."))
    await bench.lan.says("/tudanhgia")
    bench.lan.sees("Xem lại số liệu TC1.1", "2 câu cần trả lời lại")


async def test_a_leader_who_types_the_reason_as_the_criteria_change_is_told_and_the_form_is_a_draft(
    bench: Bench, sample: Bloc
) -> None:
    await bench.proposes()
    before = bench.form
    await bench.ha.says("/tudanhgia")
    await bench.answers(bench.ha, ">Trả lại")
    imports(bench, changed(sample, "TC1.2", how="Cách tính mới."))
    await bench.ha.says("Xem lại số liệu TC1.1")
    bench.ha.sees("không còn chờ duyệt", "Bộ tiêu chí của Khối đã thay đổi")
    form = bench.form
    assert form.stage is Stage.DRAFT and form.answers.keys() == before.answers.keys()
    assert form.evidence == before.evidence and form.returned_because == ""


# -- what belongs to an item that is gone ----------------------------------------------------------------------


async def test_documents_of_a_removed_item_are_named_after_the_submission_too_and_come_back_with_it(
    bench: Bench, sample: Bloc
) -> None:
    bench.is_filled()
    imports(bench, without(sample, "TC1.6"))
    await bench.lan.says("/tudanhgia")
    await bench.answers(bench.lan, ">Xem thay đổi", ">− TC1.6")
    bench.lan.sees("không còn tính điểm", DOCUMENT)
    await bench.lan.says("/tudanhgia")
    await bench.answers(bench.lan, ">Xem lại")
    bench.lan.sees("Đã đủ", "không còn tính: TC1.6")
    await bench.answers(bench.lan, ">Trình lãnh đạo duyệt")
    await bench.ha.says("/tudanhgia")
    bench.ha.sees("không còn tính: TC1.6")
    await bench.approves()
    assert bench.form.renewed_from is None and bench.form.evidence_for("TC1.6")
    await bench.opens()
    bench.thu.sees("không còn tính: TC1.6")
    await bench.lan.says("/tudanhgia")
    bench.lan.sees("không còn tính: TC1.6")
    await bench.answers(bench.lan, ">Mở lại để sửa", ">Mở lại, hủy biên nhận")
    bench.lan.sees("không còn tính: TC1.6")
    imports(bench, sample)
    await bench.lan.says("/tudanhgia")
    assert "không còn tính" not in bench.lan.last.text
    await bench.answers(bench.lan, ">Mục lục", ">N1", ">TC1.6", ">khá")
    bench.lan.sees(DOCUMENT)
    assert len(bench.form.evidence_for("TC1.6")) == 1 and not bench.saved().lacks_evidence("TC1.6")


async def test_a_question_about_a_removed_item_waits_for_nobody_until_the_item_is_back(
    bench: Bench, sample: Bloc
) -> None:
    await bench.submits()
    await bench.line(bench.thu, "TC1.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Xin gửi thông báo xếp hạng")
    asked = bench.notice_button(bench.lan, "appraisal.button-reply")
    await bench.opens()
    await bench.answers(bench.thu, ">Trả lại cả bản", "Thiếu số liệu")
    imports(bench, without(sample, "TC1.6"))
    await bench.lan.says("/tudanhgia")
    await bench.answers(bench.lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await bench.approves()
    await bench.lan.says("/tudanhgia")
    bench.lan.sees("Đã nộp")
    assert not [label for label in bench.lan.last.buttons if "hỏi thêm" in label]
    await bench.lan.sends_data(asked)
    bench.lan.sees_notice("đã thay đổi sau khi có nút này")
    await bench.opens()
    bench.thu.sees("Đã quyết định 0/37 dòng")
    await bench.answers(bench.thu, ">dòng chưa xem", ">Chấp nhận cả")
    bench.thu.sees("Đã quyết định 37/37 dòng")
    await bench.answers(bench.thu, ">Trả lại cả bản", "Tiêu chí TC1.6 đã trở lại")
    imports(bench, sample)
    await bench.lan.says("/tudanhgia")
    await bench.answers(bench.lan, ">Mục lục", ">N1", ">TC1.6", ">khá")
    await bench.lan.says("/tudanhgia")
    await bench.answers(bench.lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await bench.approves()
    await bench.opens()
    bench.thu.sees("Chờ đơn vị trả lời: TC1.6")
    await bench.lan.sends_data(asked)
    await bench.lan.says("Hạng 3, thông báo số 5")
    bench.lan.sees("Đã lưu và chuyển tới Tổ thư ký")


# -- what is submitted -----------------------------------------------------------------------------------------


async def test_what_is_submitted_is_appraised_under_its_own_criteria_whatever_is_imported(
    bench: Bench, sample: Bloc
) -> None:
    await bench.submits()
    before, kept = bench.form, bench.saved().totals
    imports(bench, changed(without(sample, "TC1.6"), "TC1.1", ceiling=Decimal(100), how="Cách tính mới."))
    await bench.line(bench.thu, "TC1.6")
    bench.thu.sees("TC1.6 Cải cách hành chính", "Điểm tự chấm: 32")
    await bench.appraises("TC1.6", "30", "Xếp loại chưa công bố")
    imports(bench, without(sample, "TC1.1"))
    await bench.opens()
    await bench.answers(bench.thu, ">dòng chưa xem", ">Chấp nhận cả", ">Báo kết quả dự kiến", ">Báo cho đơn vị")
    assert bench.appraisal.phase is Phase.PROVISIONAL
    assert bench.form == before and bench.form.bloc.revision == 1 and bench.saved().totals == kept
    assert bench.outcome.totals.total == kept.total - 2
    await bench.lan.sends_data(buttons.OpenResult(1).pack())
    bench.lan.sees("Tự chấm: 863", "Thẩm định: 861")
    with bench.store.reading(bench.world.calendar.now()) as work:
        taken = work.assessments.snapshot(1, 1)
    assert taken is not None and taken["bloc_revision"] == 1


# -- figures that are not final --------------------------------------------------------------------------------


async def test_marks_go_on_under_changed_criteria_and_reach_the_secretariat(bench: Bench, sample: Bloc) -> None:
    bench.is_filled()
    lan = bench.lan
    for group, code, typed in (
        ("N1", "TC1.1", "ước 48/50"),
        ("N1", "TC1.5", "không phát sinh"),
        ("N2", "TC2.3", "dự kiến hoàn thành tốt"),
        ("N2", "TC2.6", "chưa có số liệu"),
    ):
        await lan.says("/tudanhgia")
        await bench.answers(lan, ">Mục lục", f">{group}", f">{code}", typed)
    slots = {"TC1.1": Mark.ESTIMATED, "TC1.5": Mark.NONE, "TC2.3": Mark.EXPECTED, "TC2.6": Mark.EXPECTED}

    def marks() -> dict[str, Mark]:
        return {code: bench.form.answers[code, "1"].mark for code in slots}

    assert marks() == slots
    bloc = sample
    for code in slots:
        bloc = changed(bloc, code, how=f"Cách chấm mới của {code}.")
    imports(bench, bloc)
    assert marks() == slots and bench.form.facts("TC1.5") == {"1": NotArising()}
    assert bench.form.facts("TC2.6") == {"1": Awaited()}
    for code in ("TC1.1", "TC1.5", "TC2.3"):
        await lan.says("/tudanhgia")
        again = ">Không phát sinh" if code == "TC1.5" else ">Giữ nguyên câu trả lời"
        await bench.answers(lan, ">Xem thay đổi", f">⚠️ {code}", again)
    assert marks() == slots and not bench.saved().to_confirm
    await lan.says("/tudanhgia")
    await bench.answers(lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await bench.approves()
    await bench.opens()
    bench.thu.sees(
        "1 số ước, 1 dự kiến, 1 chưa có số liệu (TC1.1, TC2.3, TC2.6)", "∅ 1 tiêu chí không phát sinh: TC1.5"
    )
    for code, said in (
        ("TC1.1", "(số ước)"),
        ("TC2.3", "(dự kiến, bổ sung sau)"),
        ("TC2.6", "chưa có số liệu"),
        ("TC1.5", "không phát sinh"),
    ):
        await bench.line(bench.thu, code)
        bench.thu.sees(said)
    await bench.opens()
    await bench.answers(bench.thu, ">Các dòng")
    bench.thu.sees("TC1.1", "≈")
