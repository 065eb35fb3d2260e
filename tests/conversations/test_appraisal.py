"""The secretariat appraises a submitted form: line by line, requests to the unit, the whole back, more time."""

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from bot.actions import Action
from bot.buttons import appraisal as buttons
from bot.buttons.ask import AddToCalendar
from bot.buttons.assessment import ReadLine
from bot.buttons.extension import StartExtending
from bot.domain.appraisal import Appraisal, Phase
from bot.domain.appraisal_outcome import LineState, Outcome
from bot.domain.assessment import Stage
from bot.domain.bloc import Bloc
from bot.domain.criteria import Mark
from bot.domain.delivery import Notice
from bot.domain.people import Role
from bot.outbound.compose import compose
from bot.usecases.appraisal import outcome_of
from bot.usecases.assessment import AddReference, Explain, RecordFact, RemoveEvidence
from bot.usecases.assessment import load as load_form
from bot.words import Words, strip
from storage.store import Store
from tests.chat import Chat
from tests.conftest import SPRING
from tests.conversations.assessment_office import JUNE_19, JUNE_23, Office

LINES = 38  # 25 criteria, 6 bonus rules, 7 deduction rules of the sample


class Bench(Office):
    """The unit's form submitted at 863 points, two secretaries at their desks."""

    def __init__(self, store: Store, sample: Bloc) -> None:
        super().__init__(store, sample)
        self.an = self.world.person(15, "An", (None, Role.SECRETARY))

    async def submits(self) -> None:
        await self.proposes()
        await self.approves()

    @property
    def outcome(self) -> Outcome:
        with self.store.reading(self.world.calendar.now()) as work:
            return outcome_of(work, load_form(work, 1))

    @property
    def appraisal(self) -> Appraisal:
        return self.outcome.appraisal

    def notices(self, chat: Chat) -> list[str]:
        """Every notice to this person as it would be read, oldest first."""
        return [strip(compose(Notice(key, params), Words("vi")).html) for key, params in self.told(chat)]

    async def opens(self, chat: Chat | None = None) -> None:
        chat = chat or self.thu
        await chat.says("/thamdinh")
        await chat.taps(chat.last, "STP")

    async def line(self, chat: Chat, code: str) -> None:
        await chat.sends_data(buttons.ShowLine(1, self.form.line_of(code)).pack())

    async def appraises(self, code: str, points: str, reason: str, chat: Chat | None = None) -> None:
        chat = chat or self.thu
        await self.line(chat, code)
        await self.answers(chat, ">Cho điểm khác", points, reason)


@pytest.fixture
async def bench(lite: Store, sample: Bloc) -> Bench:
    made = Bench(lite, sample)
    await made.submits()
    return made


# -- the list ------------------------------------------------------------------------------------------------


async def test_a_new_submission_is_told_listed_and_opened(bench: Bench) -> None:
    await bench.thu.sends_data(bench.notice_button(bench.thu, "appraisal.button-appraise"))
    bench.thu.sees("Thẩm định: Sở Tư pháp", "bản thứ 1", f"Đã quyết định 0/{LINES} dòng", "Tự chấm: 863")
    await bench.thu.says("/thamdinh")
    seen = bench.thu.sees("Sở Tư pháp", "mới nộp")
    assert "863" not in seen.text, "the list compares nobody by points"
    await bench.thu.taps(seen, "STP")
    bench.thu.sees("Thẩm định: Sở Tư pháp")


async def test_without_a_submission_the_list_is_empty(lite: Store, sample: Bloc) -> None:
    made = Bench(lite, sample)
    await made.proposes()
    await made.thu.says("/thamdinh")
    made.thu.sees("Chưa có bản tự chấm nào được nộp")
    await made.thu.sends_data(buttons.OpenAppraisal(1).pack())
    made.thu.sees_notice("không ở trạng thái đã nộp")
    made.thu.sees_not("863")


# -- line by line --------------------------------------------------------------------------------------------


async def test_a_line_is_accepted_by_one_tap_which_leads_to_the_next(bench: Bench) -> None:
    await bench.opens()
    await bench.thu.taps(bench.thu.last, "Xem tiếp: TC1.1")
    bench.thu.sees("dòng 1/38", "48/50 = 96%", "Điểm tự chấm: 135")
    await bench.thu.taps(bench.thu.last, "Chấp nhận 135 điểm")
    bench.thu.sees("TC1.1: chấp nhận 135 điểm", "dòng 2/38", "TC1.2")
    assert bench.outcome.state("TC1.1") is LineState.ACCEPTED and len(bench.outcome.undecided) == LINES - 1
    assert ("line accepted", ["TC1.1", None], ["TC1.1", "as submitted", ""]) in bench.trail()


async def test_the_buttons_beside_a_line_lead_to_the_lines_they_name(bench: Bench) -> None:
    await bench.opens()
    await bench.answers(bench.thu, ">Xem tiếp")
    codes = bench.outcome.codes
    for number, code in enumerate(codes[1:], 2):
        await bench.answers(bench.thu, f">{code} ▶")
        bench.thu.sees(f"dòng {number}/{LINES}\n{code} ")
    await bench.answers(bench.thu, f">◀ {codes[-2]}")
    bench.thu.sees(f"\n{codes[-2]} ")


async def test_points_need_a_reason_and_what_cannot_be_read_is_said(bench: Bench) -> None:
    thu = bench.thu
    await bench.line(thu, "TC1.1")
    await bench.answers(thu, ">Cho điểm khác")
    thu.sees("Gõ điểm thẩm định từ 0 đến 150")
    await thu.says("nhiều")
    assert bench.appraisal.verdicts == {}
    await thu.says("200")
    await thu.says("120,3")
    await thu.says("135")
    thu.sees("135 là điểm tự chấm")
    await thu.says("120 rưỡi")
    thu.sees("Tự chấm 135 → thẩm định 120,5", "lý do (bắt buộc)")
    assert bench.appraisal.verdicts == {}, "without a reason nothing is given"
    bench.world.restart()
    await thu.says("...")
    assert bench.appraisal.verdicts == {}
    await thu.says("Hai chỉ tiêu chưa có văn bản xác nhận")
    thu.sees("TC1.1: 135 → 120,5 điểm", "TC1.2")
    held = bench.appraisal.verdicts["TC1.1"]
    assert (held.points, held.reason) == (Decimal("120.5"), "Hai chỉ tiêu chưa có văn bản xác nhận")
    assert bench.outcome.totals.total == 863 - Decimal("14.5") and bench.saved().totals.total == 863


async def test_a_figure_alone_is_no_reason_and_no_question(bench: Bench) -> None:
    thu, refused = bench.thu, "Chỉ có con số, chưa rõ lý do hay điều cần hỏi, nên chưa gửi gì"
    await bench.line(thu, "TC1.1")
    await bench.answers(thu, ">Cho điểm khác", "120", "120")
    thu.sees(refused)
    await thu.says("80 %")
    assert bench.appraisal.verdicts == {} and thu.last.text.startswith("Chỉ có con số")
    await thu.says("Chỉ đạt 48/50")
    assert bench.appraisal.verdicts["TC1.1"].reason == "Chỉ đạt 48/50"
    await bench.line(thu, "TC2.6")
    await bench.answers(thu, ">Hỏi thêm", "30 điểm")
    assert bench.appraisal.exchanges == () and "appraisal.notice-asked" not in [key for key, _ in bench.told(bench.lan)]
    await bench.opens()
    await bench.answers(thu, ">Trả lại cả bản", "80")
    assert bench.form.stage is Stage.SUBMITTED and thu.last.text.startswith("Chỉ có con số")


async def test_what_is_taken_away_may_be_typed_with_or_without_its_sign(bench: Bench) -> None:
    for typed in ("-10", "trừ 10", "10"):
        await bench.appraises("TRU3", typed, f"Vắng một cuộc họp, gõ {typed}")
        assert bench.appraisal.verdicts["TRU3"].points == -10
    assert bench.outcome.totals.total == 853


async def test_all_untouched_lines_are_accepted_at_once_and_nothing_else(bench: Bench) -> None:
    await bench.appraises("TC1.8", "20", "Một sáng kiến trùng năm trước")
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Xin gửi quyết định công nhận")
    await bench.opens()
    ask = bench.thu.last.button("Chấp nhận 36 dòng chưa xem")
    await bench.thu.sends_data(ask)
    bench.thu.sees(
        "Chấp nhận 36 dòng chưa xem của Sở Tư pháp",
        "Cộng các dòng này: 803 điểm",
        "Không gồm 1 dòng đang hỏi đơn vị hoặc chờ xem câu trả lời: TC2.6",
        "Còn sửa được từng dòng cho đến khi báo kết quả",
    )
    bench.thu.sees_not("không có minh chứng")
    assert bench.outcome.undecided != ("TC2.6",), "one tap only asks"
    yes = bench.thu.last.button("Chấp nhận cả 36 dòng")
    await bench.thu.sends_data(yes)
    bench.thu.sees("Đã chấp nhận 36 dòng", "Chờ đơn vị trả lời: TC2.6")
    assert bench.outcome.undecided == ("TC2.6",) and bench.appraisal.verdicts["TC1.8"].points == 20
    before = bench.appraisal
    for old in (yes, ask):
        await bench.thu.sends_data(old)
        bench.thu.sees("Đã quyết định 37/38 dòng")
        assert "0 dòng" not in bench.thu.last.text
    assert bench.appraisal == before


async def test_before_all_are_accepted_what_deserves_a_look_is_named(lite: Store, sample: Bloc) -> None:
    bench = Bench(lite, sample)
    bench.is_filled()
    with lite.work(bench.world.calendar.now()) as work:
        actor = work.people.member(bench.lan.user_id)
        assert actor is not None
        form = load_form(work, 1)
        (piece,) = form.evidence_for("TC1.2")
        form, _ = RemoveEvidence(work)(actor, 1, piece.number)
        form = Explain(work)(actor, 1, "TC1.2", "Văn bản gửi qua trục liên thông.", made_for=form.revision)
        part, number = form.bloc.item("TC1.1").asked[0].id, form.revision
        fact = form.answers["TC1.1", part].fact
        RecordFact(work)(actor, 1, "TC1.1", part, fact, Mark.ESTIMATED, made_for=number)
    await bench.answers(bench.lan, "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
    await bench.approves()
    await bench.opens()
    await bench.answers(bench.thu, ">Chấp nhận 38 dòng chưa xem")
    bench.thu.sees(
        "Gồm cả 1 dòng có điểm mà không có minh chứng: TC1.2",
        "Gồm cả 1 dòng có số liệu cần lưu ý (ước, dự kiến, chưa có, không phát sinh): TC1.1",
    )
    await bench.answers(bench.thu, ">Trước")
    bench.thu.sees("Đã quyết định 0/38 dòng")


async def test_what_another_secretary_did_meanwhile_stops_the_second_tap(bench: Bench) -> None:
    await bench.opens()
    await bench.answers(bench.thu, ">Chấp nhận 38 dòng chưa xem")
    await bench.appraises("TC1.8", "20", "Trùng năm trước", bench.an)
    await bench.answers(bench.thu, ">Chấp nhận cả 38 dòng")
    bench.thu.sees_notice("đã thay đổi sau khi có nút này")
    bench.thu.sees("Đã quyết định 1/38 dòng")
    assert len(bench.appraisal.verdicts) == 1


async def test_accepting_all_gives_way_when_another_secretary_was_at_it(bench: Bench) -> None:
    await bench.opens()
    await bench.appraises("TC1.8", "20", "Trùng năm trước", bench.an)
    await bench.thu.taps(bench.thu.last, "Chấp nhận 38 dòng chưa xem")
    bench.thu.sees_notice("đã thay đổi sau khi có nút này")
    bench.thu.sees("Đã quyết định 1/38 dòng")
    assert len(bench.appraisal.verdicts) == 1


async def test_of_two_secretaries_at_one_line_the_second_sees_what_the_first_decided(bench: Bench) -> None:
    await bench.line(bench.thu, "TC1.1")
    accept = bench.thu.last.button("Chấp nhận")
    await bench.answers(bench.thu, ">Cho điểm khác", "100")
    await bench.appraises("TC1.1", "120", "Thiếu xác nhận", bench.an)
    await bench.thu.says("Lý do của tôi")
    bench.thu.sees("vừa có thay đổi", "135 → 120 điểm", "Thiếu xác nhận")
    await bench.thu.sends_data(accept)
    bench.thu.sees_notice("vừa có thay đổi")
    assert bench.appraisal.verdicts["TC1.1"].points == 120
    assert len([each for each in bench.trail() if each[0] == "line appraised"]) == 1


async def test_tapping_accept_twice_changes_nothing_more(bench: Bench) -> None:
    await bench.line(bench.thu, "TC1.1")
    accept = bench.thu.last.button("Chấp nhận")
    await bench.thu.sends_data(accept)
    before, trail = bench.appraisal, bench.trail()
    await bench.thu.sends_data(accept)
    assert bench.appraisal == before and bench.trail() == trail


# -- asking for more -----------------------------------------------------------------------------------------


async def test_a_request_is_answered_with_text_and_a_file_without_reopening_the_form(bench: Bench) -> None:
    thu, lan = bench.thu, bench.lan
    await bench.line(thu, "TC2.6")
    await bench.answers(thu, ">Hỏi thêm", "Xin gửi quyết định công nhận")
    thu.sees("Đã gửi câu hỏi về TC2.6")
    assert [key for key, _ in bench.told(lan)][-1] == "appraisal.notice-asked"
    assert "appraisal.notice-asked" not in [key for key, _ in bench.told(bench.duc)]
    await lan.sends_data(bench.notice_button(lan, "appraisal.button-reply"))
    lan.sees("Xin gửi quyết định công nhận", "Đơn vị chưa trả lời")
    await lan.says("Quyết định số 12 ngày 3/4/2026, gửi kèm")
    lan.sees("Đã lưu và chuyển tới Tổ thư ký")
    await lan.sends_file("quyết định 12.pdf")
    lan.sees("Không gửi tài liệu mật", "Đang giữ 1 tệp")
    await lan.taps(lan.last, "Tôi đã hiểu")
    lan.sees("Đã nhận quyết định 12.pdf và chuyển tới Tổ thư ký", "📎 quyết định 12.pdf")
    (asked,) = bench.appraisal.of("TC2.6")
    assert [bool(reply.digest) for reply in asked.replies] == [False, True]
    assert bench.form.stage is Stage.SUBMITTED and bench.discharged()
    told = [params for key, params in bench.told(thu) if key == "appraisal.notice-replied"]
    assert [each["added"] for each in told] == ["Quyết định số 12 ngày 3/4/2026, gửi kèm", "quyết định 12.pdf"]
    assert bench.notices(thu)[-2] == (
        "💬 Sở Tư pháp trả lời về TC2.6: “Quyết định số 12 ngày 3/4/2026, gửi kèm”\n"
        "Câu hỏi: Xin gửi quyết định công nhận"
    )
    await thu.sends_data(bench.notice_button(thu, "appraisal.button-line"))
    thu.sees("Quyết định số 12", "quyết định 12.pdf")
    await thu.taps(thu.last, "📎 Trả lời 2")
    assert thu.last.document == asked.replies[1].telegram_file_id
    await bench.line(thu, "TC2.6")
    await thu.taps(thu.last, "Chấp nhận")
    await lan.says("Thêm một câu")
    lan.sees("không bổ sung được nữa")
    assert len(bench.appraisal.of("TC2.6")[0].replies) == 2


async def test_what_is_added_to_a_reply_later_is_told_too_and_a_file_by_its_name(bench: Bench) -> None:
    thu, lan = bench.thu, bench.lan
    await bench.line(thu, "TC2.6")
    await bench.answers(thu, ">Hỏi thêm", "Xin gửi quyết định công nhận")
    await lan.sends_data(bench.notice_button(lan, "appraisal.button-reply"))
    await lan.says("Đang chờ Sở Nội vụ xác nhận. " + "Xin phép gửi sau. " * 40)
    assert len(bench.notices(thu)[-1]) < 600 and "Xin phép gửi sau.…”" in bench.notices(thu)[-1]
    await lan.says("Tôi gửi sau")
    await lan.taps(lan.last, "Tôi đã hiểu")
    for number in range(3):
        await lan.sends_photo(content=f"ảnh {number}".encode(), caption="trang bìa" if not number else "", album="9")
    assert len(bench.appraisal.of("TC2.6")[0].replies) == 5
    told = [text for text in bench.notices(thu) if "trả lời về TC2.6" in text]
    assert len(told) == 3 and "một loạt ảnh, tệp gửi cùng lúc: trang bìa\n" in told[-1], "an album is told once"
    await lan.sends_file("quyết định.pdf", album="10")
    await lan.sends_photo(content=b"mot anh", caption="trang ký")
    lan.sees("Đã nhận ảnh và chuyển tới Tổ thư ký")
    await bench.line(thu, "TC2.6")
    thu.sees("4. 📎 ảnh gửi lúc", "7. 📎 ảnh gửi lúc", "· trang ký")
    for chat in (lan, thu):
        chat.sees_not("anh-")
    await thu.taps(thu.last, "📎 Trả lời 7")
    assert "ảnh gửi lúc" in thu.last.text and "anh-" not in thu.last.text
    await lan.sends_photo(content=b"mot anh", caption="trang ký")
    told = [text.splitlines()[0] for text in bench.notices(thu) if "trả lời về TC2.6" in text]
    assert told[3:] == [
        "💬 Sở Tư pháp trả lời về TC2.6: 📎 một loạt ảnh, tệp gửi cùng lúc",
        "💬 Sở Tư pháp trả lời về TC2.6: 📷 ảnh: trang ký",
    ], "the same again says nothing new"


async def test_the_files_of_an_album_that_waited_for_the_warning_are_told_once_too(bench: Bench) -> None:
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Xin gửi quyết định công nhận")
    await bench.lan.sends_data(bench.notice_button(bench.lan, "appraisal.button-reply"))
    for number in range(2):
        await bench.lan.sends_file(f"tệp {number}.pdf", content=f"tệp {number}".encode(), album="9")
    await bench.lan.taps(bench.lan.last, "Tôi đã hiểu")
    assert len(bench.appraisal.of("TC2.6")[0].replies) == 2
    assert len([text for text in bench.notices(bench.thu) if "trả lời về TC2.6" in text]) == 1


async def test_an_accept_made_before_the_reply_came_is_shown_the_reply_first(bench: Bench) -> None:
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Quyết định nào?")
    await bench.line(bench.thu, "TC2.6")
    await bench.lan.sends_data(bench.notice_button(bench.lan, "appraisal.button-reply"))
    await bench.lan.says("Quyết định 12")
    await bench.thu.taps(bench.thu.last, "Chấp nhận")
    bench.thu.sees_notice("vừa có thay đổi")
    bench.thu.sees("Quyết định 12")
    assert bench.outcome.state("TC2.6") is LineState.REPLIED


async def test_a_doubtful_or_classified_reply_is_not_kept_unasked(bench: Bench) -> None:
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Quyết định nào?")
    lan = bench.lan
    await lan.sends_data(bench.notice_button(lan, "appraisal.button-reply"))
    await lan.says("Công văn 12/BC-STP(M)")
    assert bench.appraisal.of("TC2.6")[0].replies == ()
    await lan.sends_file("TỐI MẬT.pdf")
    assert bench.appraisal.of("TC2.6")[0].replies == ()
    await lan.says("Quy chế bảo vệ tài liệu mật số 7")
    assert bench.appraisal.of("TC2.6")[0].replies == ()
    vouch = lan.last.button("Không mật, ghi nhận")
    await lan.taps(lan.last, "Bỏ, không giữ")
    await lan.sends_data(vouch)
    assert bench.appraisal.of("TC2.6")[0].replies == (), "what was dropped is gone"
    await lan.says("Quy chế bảo vệ tài liệu mật số 7")
    bench.world.restart()
    await lan.taps(lan.last, "Không mật, ghi nhận")
    assert [r.text for r in bench.appraisal.of("TC2.6")[0].replies] == ["Quy chế bảo vệ tài liệu mật số 7"]
    await lan.sends_file("tài liệu mật.pdf")
    await lan.taps(lan.last, "Không mật, ghi nhận")
    await lan.taps(lan.last, "Tôi đã hiểu")
    assert len(bench.appraisal.of("TC2.6")[0].replies) == 2


async def test_a_file_sent_without_tapping_reply_is_led_to_the_requests(bench: Bench) -> None:
    lan, thu = bench.lan, bench.thu
    await lan.says("/tudanhgia")
    await lan.sends_file("quyết định.pdf")
    lan.sees("bản đã nộp không nhận thêm tệp")
    lan.sees_not("xin mở tiêu chí")
    for code in ("TC2.6", "TC1.1", "TC1.2", "TC1.3", "TC1.4"):
        await bench.line(thu, code)
        await bench.answers(thu, ">Hỏi thêm", f"Quyết định nào của {code}?")
    await lan.sends_data(buttons.OpenExchange(1, bench.appraisal.of("TC2.6")[0].number).pack())
    await lan.says("Tôi gửi sau")
    for leaves in ("/tudanhgia", "/huy"):
        await lan.says(leaves)
        await lan.sends_file("quyết định.pdf")
        seen = lan.sees("chưa ghi nhận tệp vừa gửi", "bấm dòng cần trả lời")
        assert [label for label in seen.buttons if "Trả lời" in label] == [
            f"💬 Trả lời {code}" for code in ("TC1.1", "TC1.2", "TC1.3", "TC1.4")
        ], "what has no reply yet stands first"
    await bench.ha.says("/tudanhgia")
    await bench.ha.sends_file("quyết định.pdf")
    bench.ha.sees("bản đã nộp không nhận thêm tệp")
    await lan.taps(lan.last, "Trả lời TC1.1")
    lan.sees("Quyết định nào của TC1.1?")
    await lan.sends_file("quyết định.pdf")
    await lan.taps(lan.last, "Tôi đã hiểu")
    assert [reply.text for reply in bench.appraisal.of("TC1.1")[0].replies] == ["quyết định.pdf"]


async def test_the_unit_finds_open_requests_from_its_form(bench: Bench) -> None:
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Quyết định nào?")
    await bench.lan.says("/tudanhgia")
    await bench.lan.taps(bench.lan.last, "Tổ thư ký hỏi thêm (1)")
    bench.lan.sees("TC2.6", "Quyết định nào?")
    await bench.lan.taps(bench.lan.last, "TC2.6")
    bench.lan.sees("Gõ câu trả lời")
    await bench.ha.sends_data(bench.notice_button(bench.lan, "appraisal.button-reply"))
    bench.ha.sees("Cán bộ đầu mối của đơn vị trả lời")
    await bench.ha.says("Tôi trả lời")
    assert bench.appraisal.of("TC2.6")[0].replies == ()


async def test_a_form_that_is_with_its_unit_again_is_named_and_an_old_reply_button_leads_to_it(bench: Bench) -> None:
    thu, lan = bench.thu, bench.lan
    await bench.line(thu, "TC2.6")
    await bench.answers(thu, ">Hỏi thêm", "Quyết định nào?")
    reply = bench.notice_button(lan, "appraisal.button-reply")
    await bench.answers(lan, "/tudanhgia", ">Mở lại để sửa", ">Mở lại, hủy biên nhận")
    await thu.says("/thamdinh")
    thu.sees("Hiện không có bản nào chờ thẩm định", "Đang sửa lại: Sở Tư pháp (6 tháng)")
    thu.sees_not("Chưa có bản tự chấm nào được nộp")
    await lan.sends_data(reply)
    lan.sees_notice("đã trở lại đơn vị để sửa nên chưa trả lời được ở đây")
    assert lan.last.text.startswith("Tự chấm điểm") and "Sở Tư pháp" in lan.last.text
    await lan.sends_file("quyết định.pdf")
    lan.sees("Trợ lý chưa ghi nhận tệp vừa gửi: xin mở tiêu chí cần minh chứng rồi gửi lại")


async def test_a_reply_typed_after_the_form_was_reopened_is_not_taken_and_the_form_is_shown(bench: Bench) -> None:
    thu, lan = bench.thu, bench.lan
    await bench.line(thu, "TC2.6")
    await bench.answers(thu, ">Hỏi thêm", "Quyết định nào?")
    await lan.sends_data(bench.notice_button(lan, "appraisal.button-reply"))
    await bench.answers(bench.minh, "/tudanhgia", ">Mở lại để sửa", ">Mở lại, hủy biên nhận")
    await lan.says("Quyết định 12")
    lan.sees("đã trở lại đơn vị để sửa", "Tự chấm điểm")
    await lan.says("/huy")
    await thu.says("/thamdinh")
    thu.sees("Đang sửa lại: Sở Tư pháp")


# -- much of everything --------------------------------------------------------------------------------------


async def test_thirty_pieces_and_long_talk_leave_nothing_out_of_reach(lite: Store, sample: Bloc) -> None:
    bench = Bench(lite, sample)
    bench.is_filled()
    with lite.work(bench.world.calendar.now()) as work:
        actor = work.people.member(bench.lan.user_id)
        assert actor is not None
        form = load_form(work, 1)
        for n in range(1, 30):
            title = f"{n}/BC-STP ngày 10/6/2026 về kết quả công tác thi đua, khen thưởng của cơ quan, đơn vị, tập thể"
            form = AddReference(work)(actor, 1, "TC3.8", title, made_for=form.revision)
        Explain(work)(actor, 1, "TC3.8", "Giải trình dài. " * 62, made_for=form.revision)
    await bench.answers(bench.lan, "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
    line = bench.form.line_of("TC3.8")
    await bench.ha.sends_data(ReadLine(1, line, 2).pack())
    bench.ha.sees("\n30. 29/BC-STP", "Giải trình dài. Giải trình dài")
    assert "…" not in bench.ha.last.text[-100:]
    await bench.approves()
    await bench.line(bench.thu, "TC3.8")
    bench.thu.sees("\n30. 29/BC-STP")
    assert not [label for label in bench.thu.last.buttons if "Đọc đủ" in label], "it all stands there"
    await bench.answers(bench.thu, ">Hỏi thêm", "Văn bản nào là chính? " * 40)
    await bench.lan.sends_data(bench.notice_button(bench.lan, "appraisal.button-reply"))
    for n in range(1, 6):
        await bench.lan.says(f"Ý {n}. " + "Nội dung trả lời. " * 50)
    bench.lan.sees("Văn bản nào là chính? " * 39, "Ý 5.", "Gõ câu trả lời hoặc gửi ảnh, tệp")
    await bench.line(bench.thu, "TC3.8")
    bench.thu.sees("\n30. 29/BC-STP", "… 3 nội dung gửi trước đó", "5. Ý 5.")
    await bench.answers(bench.thu, ">Đọc đủ ý kiến, giải trình")
    bench.thu.sees("Giải trình dài. " * 61, "Văn bản nào là chính? " * 39)
    read = bench.thu.last.text
    while "Trang sau ▶" in str(bench.thu.last.buttons):
        await bench.answers(bench.thu, ">Trang sau ▶")
        read += bench.thu.last.text
    for n in range(1, 6):
        assert f"{n}. Ý {n}. " + "Nội dung trả lời. " * 49 in read
    await bench.line(bench.thu, "TC3.8")


# -- the whole back ------------------------------------------------------------------------------------------


async def test_the_whole_goes_back_with_a_reason_and_comes_again_as_another_version(bench: Bench) -> None:
    thu, lan = bench.thu, bench.lan
    first = bench.form.receipt
    assert first is not None
    await bench.line(thu, "TC1.2")
    await thu.taps(thu.last, "Chấp nhận")
    await bench.appraises("TC1.1", "120", "Thiếu xác nhận")
    await bench.line(thu, "TC1.3")
    old_accept = thu.last.button("Chấp nhận")
    await bench.opens()
    back = thu.last.button("Trả lại cả bản")
    await thu.sends_data(back)
    await thu.says("!!")
    assert bench.discharged(), "a reason is needed"
    await thu.says("TC1.1 kê khai sai kỳ")
    thu.sees("Đã trả lại bản của Sở Tư pháp")
    assert bench.form.stage is Stage.DRAFT and bench.form.receipt is None and bench.discharged() is None
    key, params = bench.told(lan)[-1]
    assert key == "appraisal.notice-sent-back" and params["reason"] == "TC1.1 kê khai sai kỳ"
    await lan.says("/tudanhgia")
    lan.sees("Tổ thư ký trả lại: TC1.1 kê khai sai kỳ")
    assert [label for label in lan.last.buttons if label.startswith("TC")] == ["TC1.1"]
    await lan.taps(lan.last, "TC1.1")
    lan.sees("TC1.1 Hoàn thành chỉ tiêu")
    await lan.says("/tudanhgia")
    await thu.sends_data(old_accept)
    thu.sees_notice("không ở trạng thái đã nộp")
    await thu.sends_data(back)
    thu.sees_notice("không ở trạng thái đã nộp")
    await bench.answers(lan, ">Mục lục", ">N1", ">TC1.1", "100%", ">Trình")
    await bench.approves()
    second = bench.form.receipt
    assert second is not None and second.version == 2 and second.code != first.code
    with bench.store.reading(SPRING) as work:
        assert [r.withdrawn_at is None for r in work.assessments.receipts(1)] == [False, True]
    assert bench.outcome.state("TC1.1") is LineState.OPEN, "what changed is looked at again"
    assert bench.outcome.state("TC1.2") is LineState.ACCEPTED, "what did not stays decided"
    await thu.sends_data(old_accept)
    thu.sees_notice("đã nộp lại sau khi có nút này")
    assert bench.outcome.state("TC1.3") is LineState.OPEN
    await bench.appraises("TC1.1", "140", "Thiếu một xác nhận")
    assert bench.appraisal.version == 2 and bench.appraisal.verdicts["TC1.1"].points == 140


async def test_returned_after_the_deadline_the_unit_needs_more_time(bench: Bench) -> None:
    bench.world.at(JUNE_23)
    await bench.opens()
    await bench.answers(bench.thu, ">Trả lại cả bản", "Kê khai sai kỳ")
    bench.thu.sees("đã qua", "tính là muộn")
    await bench.answers(bench.thu, ">Gia hạn", "26/6", "Trả lại để sửa")
    bench.thu.sees("Đã gia hạn cho Sở Tư pháp đến 17:00 ngày 26/6/2026")
    await bench.answers(bench.lan, "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
    await bench.approves()
    assert bench.form.receipt is not None and bench.form.receipt.late_days == 0


# -- more time -----------------------------------------------------------------------------------------------


async def test_more_time_moves_lateness_for_that_unit_alone(lite: Store, sample: Bloc) -> None:
    bench = Bench(lite, sample)
    await bench.proposes()
    bench.world.at(JUNE_19)
    await bench.thu.sends_data(StartExtending("MS-BC6T", "STP").pack())
    bench.thu.sees("Hạn hiện nay của đơn vị: 17:00 ngày 19/6/2026")
    for wrong in ("tuần sau", "18/6", "30/2"):
        await bench.thu.says(wrong)
    await bench.thu.says("đến ngày 24/6")
    bench.thu.sees("Sau hạn chung của Khối 3 ngày làm việc")
    await bench.thu.says("Đơn vị chuyển trụ sở")
    bench.thu.sees("Đã gia hạn cho Sở Tư pháp đến 17:00 ngày 24/6/2026")
    for chat in (bench.lan, bench.ha):
        assert bench.told(chat)[-1][0] == "extension.notice-granted"
    assert "extension.notice-granted" not in [key for key, _ in bench.told(bench.duc)]
    for chat, day in ((bench.lan, "thứ Tư, 24/6/2026"), (bench.duc, "thứ Sáu, 19/6/2026")):
        await chat.sends_data(AddToCalendar("MS-BC6T").pack())
        chat.sees(day)
    bench.world.at(JUNE_23)
    await bench.ha.says("/tudanhgia")
    bench.ha.sees("Hạn nộp: 17:00 ngày 24/6/2026 (còn 1 ngày)")
    await bench.ha.taps(bench.ha.last, "Duyệt")
    assert bench.form.receipt is not None and bench.form.receipt.late_days == 0
    await bench.duc.says("/tudanhgia")
    bench.duc.sees("Đã quá hạn 2 ngày làm việc")
    with bench.store.reading(JUNE_23) as work:
        ((_, what, _, old, new),) = work.trail.of("extension:MS-BC6T:STP")
    assert (what, old, new) == (
        "extension granted",
        "2026-06-19",
        {"due_on": "2026-06-24", "reason": "Đơn vị chuyển trụ sở"},
    )


async def test_more_time_granted_afterwards_takes_the_penalty_back(lite: Store, sample: Bloc) -> None:
    bench = Bench(lite, sample)
    await bench.proposes()
    bench.world.at(JUNE_23)
    await bench.approves()
    late = bench.form.receipt
    assert late is not None and late.late_days == 2 and late.total == 860
    await bench.thu.says("/nop")
    await bench.thu.sends_data(StartExtending("MS-BC6T", "STP").pack())
    await bench.answers(bench.thu, "22/6", "Bão số 1")
    held = bench.form.receipt
    assert held is not None and held.code == late.code
    assert held.late_days == 1 and held.total == 860, "the same band"
    await bench.thu.sends_data(StartExtending("MS-BC6T", "STP").pack())
    before = "Đơn vị đã được gia hạn ngày 23/6/2026, đến 22/6/2026: Bão số 1"
    bench.thu.sees(before)
    await bench.thu.says("23/6")
    bench.thu.sees("Sau hạn chung của Khối 2 ngày làm việc", before)
    await bench.thu.says("Bão số 1, thêm một ngày")
    held = bench.form.receipt
    assert held is not None and held.late_days == 0 and held.penalty == 0 and held.total == 863
    with bench.store.reading(JUNE_23) as work:
        discharge = work.discharges.find("MS-BC6T", "STP")
    assert discharge is not None and discharge.late_days == 0 and discharge.at == JUNE_23
    assert [w for w, _, _ in bench.trail()].count("receipt restated") == 2


async def test_more_time_is_the_secretariats_to_grant_and_only_for_an_assessment(bench: Bench) -> None:
    for chat in (bench.lan, bench.ha, bench.duc):
        await chat.sends_data(StartExtending("MS-BC6T", "STP").pack())
        chat.sees_notice("không có quyền")
        await chat.says("30/6")
    await bench.thu.sends_data(StartExtending("MS-DANGKY", "STP").pack())
    bench.thu.sees_notice("Chỉ gia hạn được cho bản tự chấm điểm")
    with bench.store.reading(SPRING) as work:
        assert work.extensions.of("MS-BC6T") == {}


# -- who reaches nothing -------------------------------------------------------------------------------------

FIELDS: dict[str, Any] = {
    "assessment": 1,
    "line": 0,
    "page": 0,
    "version": 1,
    "how": "keep",
    "mark": "00000000",
}


def every_button(revision: int, number: int) -> Iterator[Action]:
    values = FIELDS | {"made_for": revision, "number": number}
    for kind in vars(buttons).values():
        if isinstance(kind, type) and issubclass(kind, Action) and kind is not Action:
            yield kind(**{f.name: values[f.name] for f in fields(kind)})


@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.PROVISIONAL])
async def test_nobody_else_reaches_an_appraisal_by_any_button(bench: Bench, phase: Phase) -> None:
    await bench.line(bench.thu, "TC2.6")
    await bench.answers(bench.thu, ">Hỏi thêm", "Câu hỏi kín")
    await bench.lan.sends_data(bench.notice_button(bench.lan, "appraisal.button-reply"))
    await bench.lan.says("Trả lời kín")
    await bench.appraises("TC1.1", "120", "Lý do kín")
    if phase is Phase.PROVISIONAL:
        await bench.line(bench.thu, "TC2.6")
        await bench.answers(bench.thu, ">Chấp nhận")
        await bench.opens()
        await bench.answers(bench.thu, ">dòng chưa xem", ">Chấp nhận cả", ">Báo kết quả dự kiến", ">Báo cho đơn vị")
        assert bench.appraisal.phase is phase
    before, trail = bench.appraisal, bench.trail()
    number = before.of("TC2.6")[0].number
    for chat in (bench.duc, bench.son, bench.world.person(99, "Khách")):
        for action in every_button(before.revision, number):
            await chat.sends_data(action.pack())
            await chat.says("Gõ thử 100")
        for secret in ("863", "kín", "TC1.1: ", "120 điểm", "KNC-2026-6T-STP"):
            chat.sees_not(secret)
    assert bench.appraisal == before and bench.trail() == trail


async def test_the_unit_cannot_decide_and_sees_no_verdict_before_it_is_told(bench: Bench) -> None:
    await bench.appraises("TC1.1", "120", "Lý do kín")
    before, trail = bench.appraisal, bench.trail()
    for chat in (bench.lan, bench.minh, bench.ha):
        await chat.says("/thamdinh")
        for action in every_button(before.revision, 1):
            await chat.sends_data(action.pack())
        chat.sees_not("kín")
        chat.sees_not("120")
    assert bench.appraisal == before and bench.trail() == trail


async def test_after_the_years_file_changes_an_old_button_to_nothing_is_kind(bench: Bench) -> None:
    await bench.thu.sends_data(buttons.ShowLine(1, 99).pack())
    bench.thu.sees("Thẩm định: Sở Tư pháp")
    await bench.thu.sends_data(buttons.OpenAppraisal(77).pack())
    bench.thu.sees_notice("không có quyền")
