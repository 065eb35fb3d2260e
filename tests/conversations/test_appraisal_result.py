"""From a provisional result to the final one: told privately, objected to in time, answered, frozen."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.buttons import appraisal as buttons
from bot.buttons.assessment import AskReopen, Reopen
from bot.buttons.extension import StartExtending
from bot.domain.appraisal import Phase
from bot.domain.bloc import Bloc
from bot.domain.calendar import AppraisalStage, DischargedBy, Milestone, Owes
from bot.domain.criteria import Awaited, Mark
from bot.usecases.assessment import RecordFact
from bot.usecases.assessment import load as load_form
from storage.store import Store
from tests.conversations.test_appraisal import Bench

JUNE_25 = datetime(2026, 6, 25, 3, 0, tzinfo=UTC)  # objections are open
JUNE_30 = datetime(2026, 6, 30, 3, 0, tzinfo=UTC)  # they are over
WINDOW = Milestone(
    "MS-XEMLAI6T",
    "Đề nghị xem lại điểm sơ kết",
    date(2026, 6, 26),
    time(17, 0),
    Owes.NAMED_UNITS,
    DischargedBy.NOTHING,
    opens_on=date(2026, 6, 24),
    stage=AppraisalStage.OBJECTION,
)


class Told(Bench):
    """Two lines appraised, the rest accepted."""

    async def decides(self) -> None:
        await self.submits()
        await self.appraises("TC1.1", "120", "Hai chỉ tiêu chưa có xác nhận")
        await self.appraises("TC1.8", "20", "Một sáng kiến trùng năm trước")
        await self.opens()
        await self.answers(self.thu, ">dòng chưa xem", ">Chấp nhận cả")

    async def announces(self) -> None:
        await self.answers(self.thu, ">Báo kết quả dự kiến", ">Báo cho đơn vị")
        self.thu.sees("Đã báo kết quả dự kiến cho đơn vị")

    async def objects(self, code: str, why: str) -> None:
        await self.lan.sends_data(buttons.ShowDifference(1, self.form.line_of(code)).pack())
        await self.answers(self.lan, ">Đề nghị xem lại", why)


@pytest.fixture
async def told(lite: Store, sample: Bloc) -> Told:
    made = Told(lite, replace(sample, milestones=(*sample.milestones, WINDOW)))
    await made.decides()
    await made.announces()
    return made


async def test_the_unit_alone_is_told_its_totals_and_why(told: Told) -> None:
    for chat in (told.lan, told.minh, told.ha):
        key, params = told.told(chat)[-1]
        assert key == "appraisal.notice-result"
        assert (params["own_points"], params["total_points"], params["number"]) == ("863.0", "838.0", 2)
    assert told.notices(told.lan)[-1] == (
        "📊 Kết quả thẩm định dự kiến của Sở Tư pháp: tự chấm 863, thẩm định 838; 2 dòng khác điểm tự chấm.\n"
        "Được đề nghị xem lại từ 00:00 ngày 24/6/2026 đến 17:00 ngày 26/6/2026.\n"
        "Bản này không mở lại để sửa được nữa, dù chưa tới hạn nộp."
    )
    for chat in (told.duc, told.son):
        assert told.told(chat) == []
    await told.ha.sends_data(told.notice_button(told.ha, "appraisal.button-result"))
    told.ha.sees(
        "Kết quả thẩm định dự kiến", "Tự chấm: 863", "Thẩm định: 838", "2 dòng khác", "từ 00:00 ngày 24/6/2026"
    )
    await told.ha.taps(told.ha.last, "Các dòng khác điểm tự chấm")
    told.ha.sees("TC1.1: 135 → 120. Hai chỉ tiêu", "TC1.8: 30 → 20")
    await told.ha.taps(told.ha.last, "TC1.1")
    told.ha.sees("135 → 120 điểm", "Thời gian đề nghị xem lại: từ 00:00 ngày 24/6/2026 đến 17:00 ngày 26/6/2026")
    await told.lan.says("/tudanhgia")
    await told.lan.taps(told.lan.last, "Kết quả thẩm định")
    told.lan.sees("Thời gian đề nghị xem lại: từ 00:00 ngày 24/6/2026")


async def test_nothing_is_announced_while_a_line_has_no_decision(lite: Store, sample: Bloc) -> None:
    made = Told(lite, sample)
    await made.submits()
    await made.thu.sends_data(buttons.Announce(1, 0).pack())
    made.thu.sees_notice("Còn 38 dòng chưa quyết định")
    assert made.appraisal.phase is Phase.OPEN and made.told(made.lan)[-1][0] == "assessment.notice-approved"


async def test_announcing_twice_tells_once(told: Told) -> None:
    before, count = told.appraisal, len(told.told(told.lan))
    await told.an.sends_data(buttons.Announce(1, before.revision - 1).pack())
    told.an.sees_notice("Đã báo kết quả dự kiến")
    assert told.appraisal == before and len(told.told(told.lan)) == count


async def test_once_announced_nothing_is_accepted_asked_returned_or_reopened(told: Told) -> None:
    before, form, at = told.appraisal, told.form, told.appraisal.revision
    for action in (
        buttons.AcceptLine(1, 0, at),
        buttons.AcceptRest(1, at),
        buttons.StartSendingBack(1, 1),
    ):
        await told.thu.sends_data(action.pack())
        told.thu.sees_notice("Đã báo kết quả dự kiến")
    await told.thu.sends_data(buttons.StartAsking(1, 0, at).pack())
    await told.thu.says("Còn gì nữa không?")
    await told.lan.says("/tudanhgia")
    assert not [label for label in told.lan.last.buttons if "Mở lại" in label]
    await told.lan.sends_data(Reopen(1, form.revision).pack())
    told.lan.sees_notice("đã báo kết quả thẩm định nên không mở lại")
    assert told.appraisal == before and told.form == form


async def test_before_the_deadline_whoever_announces_and_the_unit_know_that_nothing_is_reopened_any_more(
    lite: Store, sample: Bloc
) -> None:
    made = Told(lite, replace(sample, milestones=(*sample.milestones, WINDOW)))
    await made.decides()
    old = AskReopen(1).pack()
    await made.answers(made.thu, ">Báo kết quả dự kiến")
    made.thu.sees(
        "Thời gian đề nghị xem lại: từ 00:00 ngày 24/6/2026 đến 17:00 ngày 26/6/2026",
        "Chưa tới hạn nộp 17:00 ngày 19/6/2026: báo kết quả thì đơn vị không mở lại để sửa, nộp lại được nữa",
    )
    await made.answers(made.thu, ">Báo cho đơn vị")
    made.thu.sees("được đề nghị xem lại từ 00:00 ngày 24/6/2026")
    why = "Tổ thư ký đã báo kết quả thẩm định nên không mở lại để sửa được nữa. Dòng nào chưa nhất trí thì mở"
    await made.lan.says("/tudanhgia")
    made.lan.sees("Đã có kết quả thẩm định dự kiến", why)
    await made.answers(made.lan, ">Biên nhận")
    made.lan.sees("KNC-2026-6T-STP", why)
    await made.lan.sends_data(old)
    assert made.lan.sees(why).text.count(why) == 1
    made.lan.sees_not("Đã quá hạn")
    await made.ha.says("/tudanhgia")
    made.ha.sees_not(why)  # a leader never reopened anything
    made.world.at(JUNE_25)
    await made.lan.says("/tudanhgia")
    made.lan.sees("Đã có kết quả thẩm định dự kiến")
    assert why not in made.lan.last.text, "the deadline has passed anyway"


async def test_announcing_when_the_time_for_objections_is_over_says_so_to_both_sides(lite: Store, sample: Bloc) -> None:
    made = Told(lite, replace(sample, milestones=(*sample.milestones, WINDOW)))
    await made.decides()
    made.world.at(JUNE_30)
    await made.opens()
    await made.answers(made.thu, ">Báo kết quả dự kiến")
    made.thu.sees("đã hết lúc 17:00 ngày 26/6/2026", "đơn vị không còn đề nghị xem lại được trên trợ lý")
    made.thu.sees_not("Chưa tới hạn nộp")
    await made.answers(made.thu, ">Báo cho đơn vị")
    assert made.notices(made.lan)[-1].endswith("đã hết lúc 17:00 ngày 26/6/2026; cần thì gửi công văn tới Tổ thư ký.")


async def test_a_correction_after_the_announcement_is_told_to_the_unit(told: Told) -> None:
    await told.appraises("TC1.2", "50", "Cộng nhầm")
    key, params = told.told(told.lan)[-1]
    assert key == "appraisal.notice-corrected" and params["new_points"] == "50" and params["reason"] == "Cộng nhầm"
    assert told.outcome.totals.total == 833
    await told.appraises("TC1.1", "135", "Đã tìm thấy văn bản xác nhận")
    told.thu.sees("TC1.1: chấp nhận 135 điểm")
    assert told.outcome.totals.total == 848, "what was taken by mistake can be given back without an objection"
    assert told.notices(told.lan)[-1] == (
        "✎ Tổ thư ký sửa điểm thẩm định TC1.1 của Sở Tư pháp: 120 → 135. Lý do: Đã tìm thấy văn bản xác nhận"
    )
    assert ("line appraised", ["TC1.1", "120", "Hai chỉ tiêu chưa có xác nhận"]) in [
        (what, old) for what, old, _ in told.trail()
    ]
    await told.appraises("TC1.1", "135", "Đã tìm thấy văn bản xác nhận")
    assert told.outcome.totals.total == 848


async def test_figures_that_are_not_official_are_named_before_announcing_and_before_making_final(
    lite: Store, sample: Bloc
) -> None:
    made = Told(lite, sample)
    made.is_filled()
    with lite.work(made.world.calendar.now()) as work:
        actor = work.people.member(made.lan.user_id)
        assert actor is not None
        form = load_form(work, 1)
        for code, mark in (("TC1.1", Mark.ESTIMATED), ("TC1.4", Mark.EXPECTED)):
            part = form.bloc.item(code).asked[0].id
            form = RecordFact(work)(actor, 1, code, part, form.answers[code, part].fact, mark, made_for=form.revision)
        part = form.bloc.item("TC1.6").asked[0].id
        RecordFact(work)(actor, 1, "TC1.6", part, Awaited(), made_for=form.revision)
    await made.answers(made.lan, "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
    await made.approves()
    await made.opens()
    await made.answers(made.thu, ">dòng chưa xem", ">Chấp nhận cả", ">Báo kết quả dự kiến")
    told = "Chưa phải số chính thức: 1 số ước, 1 dự kiến, 1 chưa có số liệu (TC1.1, TC1.4, TC1.6)."
    made.thu.sees(told, "đơn vị không thay được các số này bằng số chính thức")
    await made.answers(made.thu, ">Báo cho đơn vị", ">Chốt chính thức")
    made.thu.sees("Chốt kết quả chính thức của Sở Tư pháp", told, "các dòng này giữ nguyên điểm")


async def test_where_every_figure_is_official_nothing_is_said_of_it(told: Told) -> None:
    told.world.at(JUNE_30)
    await told.opens()
    await told.answers(told.thu, ">Chốt chính thức")
    told.thu.sees("Chốt kết quả chính thức")
    told.thu.sees_not("số chính thức")
    told.thu.sees_not("giữ nguyên điểm")


async def test_an_objection_is_filed_in_time_supported_and_answered(told: Told) -> None:
    lan, thu = told.lan, told.thu
    told.world.at(JUNE_25)
    await told.objects("TC1.1", "Đã có xác nhận của Sở Kế hoạch")
    lan.sees("Đã gửi đề nghị xem lại TC1.1", "Đã có xác nhận")
    await lan.taps(lan.last, "Tôi đã hiểu")
    await lan.sends_file("xác nhận.pdf")
    await lan.says("Xem trang 2")
    assert told.notices(thu)[-3:] == [
        "⚖ Sở Tư pháp đề nghị xem lại TC1.1: Đã có xác nhận của Sở Kế hoạch",
        "⚖ Sở Tư pháp bổ sung cho đề nghị xem lại TC1.1: 📎 xác nhận.pdf\n"
        "Lý do đề nghị: Đã có xác nhận của Sở Kế hoạch",
        "⚖ Sở Tư pháp bổ sung cho đề nghị xem lại TC1.1: “Xem trang 2”\nLý do đề nghị: Đã có xác nhận của Sở Kế hoạch",
    ], "what comes right after is told too"
    await thu.sends_data(told.notice_button(thu, "appraisal.button-line"))
    thu.sees("Đã có xác nhận của Sở Kế hoạch", "xác nhận.pdf", "Xem trang 2")
    await told.answers(thu, ">Chấp nhận điểm tự chấm: 135")
    thu.sees("120 → 135 điểm", "Gõ lý do của quyết định")
    await thu.says("Xác nhận hợp lệ")
    assert told.outcome.points("TC1.1") == 135 and told.outcome.totals.total == 853
    key, params = told.told(told.ha)[-1]
    assert key == "appraisal.notice-settled" and params["reason"] == "Xác nhận hợp lệ"
    assert told.notices(told.ha)[-1] == (
        "⚖ Trả lời đề nghị xem lại TC1.1 của Sở Tư pháp: 120 → 135. Xác nhận hợp lệ\nTổng điểm thẩm định: 853."
    )
    await lan.sends_data(told.notice_button(lan, "appraisal.button-result"))
    lan.sees("Đề nghị xem lại: 1; chờ trả lời: 0")
    await told.answers(lan, ">Các dòng khác", ">TC1.1", ">Đề nghị của đơn vị")
    lan.sees("Tổ thư ký trả lời: Xác nhận hợp lệ", "không bổ sung được nữa")
    assert [what for what, _, _ in told.trail()][-4:] == [
        "objection",
        "objection supported",
        "objection supported",
        "objection answered",
    ]


async def test_a_figure_alone_is_no_objection_and_no_answer_to_one(told: Told) -> None:
    told.world.at(JUNE_25)
    await told.objects("TC1.1", "135")
    assert told.lan.last.text.startswith("Chỉ có con số") and told.appraisal.exchanges == ()
    await told.lan.says("Đề nghị tính đủ")
    await told.line(told.thu, "TC1.1")
    await told.answers(told.thu, ">Cho điểm khác", "130", "130")
    assert told.thu.last.text.startswith("Chỉ có con số") and told.outcome.points("TC1.1") == 120
    await told.thu.says("Một chỉ tiêu có xác nhận")
    assert told.outcome.points("TC1.1") == 130


async def test_an_objection_may_be_refused_or_met_half_way(told: Told) -> None:
    told.world.at(JUNE_25)
    await told.objects("TC1.1", "Đề nghị tính đủ")
    await told.objects("TC1.8", "Sáng kiến khác nhau")
    await told.line(told.thu, "TC1.1")
    await told.answers(told.thu, ">Giữ 120 điểm", "Chưa có xác nhận")
    assert told.outcome.points("TC1.1") == 120
    key, params = told.told(told.lan)[-1]
    assert key == "appraisal.notice-kept" and params["reason"] == "Chưa có xác nhận"
    assert told.notices(told.lan)[-1].endswith("giữ 120 điểm. Chưa có xác nhận\nTổng điểm thẩm định: 838.")
    await told.line(told.thu, "TC1.8")
    await told.answers(told.thu, ">Cho điểm khác", "25", "Tính một nửa")
    assert told.outcome.points("TC1.8") == 25 and not told.appraisal.open_objections


async def test_of_two_secretaries_one_answers_an_objection(told: Told) -> None:
    told.world.at(JUNE_25)
    await told.objects("TC1.1", "Đề nghị tính đủ")
    for chat in (told.thu, told.an):
        await told.line(chat, "TC1.1")
    await told.answers(told.thu, ">Giữ 120 điểm")
    await told.answers(told.an, ">Chấp nhận điểm tự chấm", "Hợp lệ")
    await told.thu.says("Không hợp lệ")
    told.thu.sees("Tổ thư ký trả lời: Hợp lệ")
    assert told.outcome.points("TC1.1") == 135
    assert [what for what, _, _ in told.trail()].count("objection answered") == 1


async def test_outside_of_its_time_nothing_is_objected_and_what_was_typed_is_not_taken(told: Told) -> None:
    lan = told.lan
    old = buttons.StartObjecting(1, told.form.line_of("TC1.1"), told.appraisal.revision).pack()
    await lan.sends_data(old)
    lan.sees_notice("bắt đầu lúc 00:00 ngày 24/6/2026")
    told.world.at(JUNE_25)
    await lan.sends_data(old)
    lan.sees("Gõ lý do đề nghị xem lại")
    told.world.at(JUNE_30)
    await lan.says("Đề nghị tính đủ")
    lan.sees("đã hết lúc 17:00 ngày 26/6/2026")
    assert told.appraisal.exchanges == ()


async def test_a_line_that_counts_as_scored_and_a_second_objection_are_refused(told: Told) -> None:
    told.world.at(JUNE_25)
    at = told.appraisal.revision
    await told.lan.sends_data(buttons.StartObjecting(1, told.form.line_of("TC1.2"), at).pack())
    told.lan.sees_notice("đúng như đơn vị tự chấm")
    await told.objects("TC1.1", "Đề nghị tính đủ")
    await told.minh.sends_data(buttons.StartObjecting(1, told.form.line_of("TC1.1"), at).pack())
    told.minh.sees_notice("đã có đề nghị xem lại")
    assert len(told.appraisal.exchanges) == 1


async def test_an_objection_made_before_a_correction_sees_the_correction_first(told: Told) -> None:
    told.world.at(JUNE_25)
    await told.lan.sends_data(buttons.ShowDifference(1, told.form.line_of("TC1.1")).pack())
    await told.answers(told.lan, ">Đề nghị xem lại")
    await told.appraises("TC1.1", "130", "Đã tìm thấy một xác nhận")
    await told.lan.says("Đề nghị tính đủ")
    told.lan.sees("vừa có thay đổi", "135 → 130")
    await told.answers(told.lan, ">Đề nghị xem lại")
    told.lan.sees("Gõ lý do đề nghị xem lại dòng này, hạn 17:00 ngày 26/6/2026")
    assert told.appraisal.exchanges == ()


async def test_the_result_becomes_final_after_the_time_and_then_nothing_moves(told: Told) -> None:
    thu, lan = told.thu, told.lan
    await told.opens()
    assert not [label for label in thu.sees("chốt sau lúc đó").buttons if "Chốt" in label]
    await thu.sends_data(buttons.Finish(1, told.appraisal.revision).pack())
    thu.sees_notice("còn được đề nghị xem lại đến 17:00 ngày 26/6/2026")
    told.world.at(JUNE_25)
    await told.objects("TC1.1", "Đề nghị tính đủ")
    told.world.at(JUNE_30)
    await thu.sends_data(buttons.Finish(1, told.appraisal.revision).pack())
    thu.sees_notice("Còn 1 đề nghị xem lại chưa trả lời")
    await told.line(thu, "TC1.1")
    await told.answers(thu, ">Giữ 120 điểm", "Chưa có xác nhận")
    await told.opens()
    thu.sees("Thời gian đề nghị xem lại đã hết lúc 17:00 ngày 26/6/2026")
    await told.answers(thu, ">Chốt chính thức", ">Chốt")
    thu.sees("Kết quả đã là chính thức")
    assert told.appraisal.phase is Phase.FINAL
    assert told.told(lan)[-1] == ("appraisal.notice-final", {"unit": "Sở Tư pháp", "total_points": "838.0"})
    before, trail, at = told.appraisal, told.trail(), told.appraisal.revision
    number = before.exchanges[0].number
    for action in (
        buttons.AcceptLine(1, 0, at),
        buttons.AcceptRest(1, at),
        buttons.StartPoints(1, 0, at),
        buttons.StartAsking(1, 0, at),
        buttons.StartSettling(1, number, "own", at),
        buttons.StartSendingBack(1, 1),
        buttons.Announce(1, at),
        buttons.Finish(1, at),
    ):
        await thu.sends_data(action.pack())
        await thu.says("100")
        await thu.says("Lý do nào đó")
    for tapped in (buttons.StartObjecting(1, 0, at), buttons.OpenExchange(1, number)):
        await lan.sends_data(tapped.pack())
        await lan.says("Vẫn đề nghị")
        await lan.sends_file("thêm.pdf")
    assert told.appraisal == before and told.trail() == trail
    await lan.sends_data(buttons.OpenResult(1).pack())
    lan.sees("Kết quả thẩm định chính thức", "Thẩm định: 838", "Chính thức từ")
    await lan.says("/tudanhgia")
    lan.sees("25/25 tiêu chí · 863 điểm tự chấm", "Kết quả thẩm định đã chính thức.")


async def test_without_a_milestone_for_objections_the_result_can_be_made_final_at_once(
    lite: Store, sample: Bloc
) -> None:
    made = Told(lite, sample)  # the sample sets one for the year's end only
    await made.decides()
    await made.announces()
    assert made.notices(made.lan)[-1].startswith("📊 Kết quả thẩm định dự kiến của Sở Tư pháp: tự chấm 863")
    assert "đề nghị xem lại" not in made.notices(made.lan)[-1]
    line = sorted(item.code for item in sample.items()).index("TC1.1")
    await made.lan.sends_data(buttons.StartObjecting(1, line, made.appraisal.revision).pack())
    made.lan.sees_notice("không đặt thời gian đề nghị xem lại")
    await made.answers(made.thu, ">Chốt chính thức", ">Chốt")
    assert made.appraisal.phase is Phase.FINAL


# -- what else the calendar says of it -----------------------------------------------------------------------


async def test_an_objection_is_nobodys_debt_in_what_is_to_be_handed_in(lite: Store, sample: Bloc) -> None:
    window = replace(WINDOW, discharged_by=DischargedBy.HAND_IN)
    made = Told(lite, replace(sample, milestones=(*sample.milestones, window)))
    await made.decides()
    await made.announces()
    made.world.at(JUNE_25)
    for chat in (made.lan, made.duc):
        await chat.says("/nop")
        chat.sees("không bắt buộc, chỉ khi đề nghị xem lại điểm", "Hiện không có mốc nào đang chờ nộp")
    await made.answers(made.lan, ">Đề nghị xem lại điểm sơ kết")
    made.lan.sees("mở Kết quả thẩm định")
    await made.answers(made.lan, ">Kết quả thẩm định", ">Các dòng khác", ">TC1.1", ">Đề nghị xem lại", "Tính đủ")
    await made.lan.says("/nop")
    made.lan.sees("Đề nghị xem lại điểm sơ kết\n✅ Đã đề nghị xem lại điểm")
    await made.answers(made.lan, ">Đề nghị xem lại điểm sơ kết")
    made.lan.sees("Đơn vị đã đề nghị xem lại điểm trong Kết quả thẩm định")
    made.world.at(JUNE_30)
    await made.lan.says("/nop")
    made.lan.sees("✅ Đã đề nghị xem lại điểm")
    await made.duc.says("/nop")
    assert "Đề nghị xem lại" not in made.duc.last.text, "who did not object is not late"


async def test_more_time_does_not_move_a_final_result(told: Told) -> None:
    told.world.at(JUNE_30)
    await told.opens()
    await told.answers(told.thu, ">Chốt chính thức", ">Chốt")
    total = told.outcome.totals.total
    await told.thu.sends_data(StartExtending("MS-BC6T", "STP").pack())
    told.thu.sees_notice("đã chính thức; không thay đổi được nữa")
    await told.thu.says("3/7")
    with told.store.reading(JUNE_30) as work:
        assert work.extensions.of("MS-BC6T") == {}
    assert told.outcome.totals.total == total
