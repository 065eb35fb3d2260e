"""Peer appraisal: a unit sees the form of its pair, of nobody else, and only while the milestone is open."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from bot.actions import Action
from bot.buttons import appraisal_peer as buttons
from bot.buttons.assessment import ReadLine, SendEvidence, ShowOverview
from bot.domain.appraisal_peer import Review, Stance
from bot.domain.bloc import Bloc
from bot.domain.calendar import AppraisalStage, DischargedBy, Milestone, Owes
from bot.domain.discharge import How
from bot.domain.people import Role
from bot.usecases.appraisal_peer import review_of
from bot.usecases.assessment import load as load_form
from storage.store import Store
from tests.chat import Chat
from tests.conversations.assessment_office import DOCUMENT
from tests.conversations.test_appraisal import Bench

JUNE_23 = datetime(2026, 6, 23, 3, 0, tzinfo=UTC)  # peers are at it
JUNE_26 = datetime(2026, 6, 26, 3, 0, tzinfo=UTC)  # over
WINDOW = Milestone(
    "MS-CHEO6T",
    "Thẩm định chéo sơ kết",
    date(2026, 6, 24),
    time(17, 0),
    Owes.EVERY_UNIT,
    DischargedBy.HAND_IN,
    opens_on=date(2026, 6, 22),
    stage=AppraisalStage.PEER,
)
SECRETS = ("863", "48/50", DOCUMENT, "KNC-2026-6T-STP", "135")


class Pair(Bench):
    """The police (CAT) and the department of justice (STP) are a pair."""

    def __init__(self, store: Store, sample: Bloc) -> None:
        super().__init__(store, sample)
        self.mai = self.world.person(31, "Mai", ("CAT", Role.LIAISON))
        self.quan = self.world.person(32, "Quân", ("CAT", Role.LEADER))

    @property
    def review(self) -> Review:
        with self.store.reading(self.world.calendar.now()) as work:
            return review_of(work, load_form(work, 1), "CAT")[1]

    async def peer_line(self, code: str, chat: Chat | None = None) -> None:
        await (chat or self.mai).sends_data(buttons.ShowPeerLine(1, self.form.line_of(code)).pack())


@pytest.fixture
async def pair(lite: Store, sample: Bloc) -> Pair:
    made = Pair(lite, replace(sample, milestones=(*sample.milestones, WINDOW)))
    await made.submits()
    made.world.at(JUNE_23)
    return made


async def test_the_pair_goes_through_the_form_and_hands_its_review_in(pair: Pair) -> None:
    mai, thu = pair.mai, pair.thu
    await mai.says("/thamdinh")
    mai.sees("Thẩm định chéo: Sở Tư pháp", "Mở đến 17:00 ngày 24/6/2026", "Đã có ý kiến 0/25 dòng")
    await mai.taps(mai.last, "Xem tiếp: TC1.1")
    mai.sees("48/50 = 96%", DOCUMENT, "Điểm tự chấm: 135")
    await mai.taps(mai.last, "Nhất trí")
    mai.sees("TC1.1: nhất trí", "TC1.2")
    await pair.answers(mai, ">Nhận xét", "...")
    assert "TC1.2" not in pair.review.opinions, "a remark needs words"
    await mai.says("Thiếu một văn bản")
    mai.sees("Đã lưu ý kiến về TC1.2", "TC1.3")
    await pair.answers(mai, ">Đề nghị điểm", "65")
    mai.sees("65 là điểm tự chấm", "“Nhất trí”")
    pair.world.restart()
    await pair.answers(mai, "60,5", "Chưa đủ minh chứng")
    held = pair.review.opinions["TC1.3"]
    assert (held.stance, held.points, held.text) == (Stance.POINTS, Decimal("60.5"), "Chưa đủ minh chứng")
    await pair.quan.says("/thamdinh")
    await pair.quan.taps(pair.quan.last, "Nhất trí 22 dòng còn lại")
    pair.quan.sees("Đã nhất trí 22 dòng", "Đã có ý kiến 25/25 dòng", "gửi rồi không sửa được")
    await pair.quan.taps(pair.quan.last, "Gửi phiếu thẩm định chéo")
    pair.quan.sees("Đã gửi phiếu", "không sửa được nữa")
    with pair.store.reading(JUNE_23) as work:
        discharge = work.discharges.find("MS-CHEO6T", "CAT")
        assert work.discharges.find("MS-CHEO6T", "STP") is None
    assert discharge is not None and discharge.how is How.PEER and discharge.late_days == 0
    before = pair.review
    await pair.peer_line("TC1.1")
    assert not [label for label in mai.last.buttons if "Nhận xét" in label]
    await mai.sends_data(buttons.AgreeLine(1, pair.form.line_of("TC1.2"), before.revision).pack())
    mai.sees_notice("đã gửi; không sửa được nữa")
    assert pair.review == before
    assert pair.told(thu)[-1][0] == "appraisal.notice-peer"
    await pair.opens()
    thu.sees("Công an tỉnh thẩm định chéo: 25 dòng, đã gửi phiếu", "TC1.2, TC1.3")
    await pair.answers(thu, ">Chấp nhận 38 dòng chưa xem")
    thu.sees("Gồm cả 2 dòng đơn vị thẩm định chéo có ý kiến khác: TC1.2, TC1.3")
    await pair.line(thu, "TC1.3")
    thu.sees("Công an tỉnh: đề nghị 60,5 điểm. Chưa đủ minh chứng")
    assert pair.outcome.totals.total == 863, "an opinion changes no points"


async def test_after_a_restart_the_pair_finds_itself_where_it_stood(pair: Pair) -> None:
    mai = pair.mai

    async def after_a_restart(*parts: str) -> None:
        pair.world.restart()
        mai.shown.clear()
        await mai.sends_data("1:zz:nothing")
        mai.sees(*parts)

    await mai.says("/thamdinh")
    await after_a_restart("Thẩm định chéo: Sở Tư pháp", "Đã có ý kiến 0/25 dòng")
    await mai.taps(mai.last, "Các dòng")
    await after_a_restart("Sở Tư pháp: các dòng (1/3)")
    await mai.taps(mai.last, "TC1.2")
    await after_a_restart("dòng 2/25", "TC1.2")
    await mai.taps(mai.last, "Nhận xét")
    await after_a_restart("TC1.2", "Gõ nhận xét")
    await mai.says("Thiếu một văn bản")
    await pair.answers(mai, ">Đề nghị điểm")
    await after_a_restart("TC1.3", "Điểm tự chấm: 65", "Gõ điểm")
    await mai.says("60,5")
    await after_a_restart("TC1.3", "60,5", "lý do")
    await mai.says("Chưa đủ minh chứng")
    assert set(pair.review.opinions) == {"TC1.2", "TC1.3"}
    pair.world.at(JUNE_26)
    await after_a_restart("Việc gần nhất")
    for secret in SECRETS:
        mai.sees_not(secret)


async def test_a_figure_alone_is_no_remark_and_no_reason(pair: Pair) -> None:
    await pair.peer_line("TC1.1")
    await pair.answers(pair.mai, ">Nhận xét", "80")
    assert pair.mai.last.text.startswith("Chỉ có con số") and pair.review.opinions == {}
    await pair.peer_line("TC1.1")
    await pair.answers(pair.mai, ">Đề nghị điểm", "80", "80")
    assert pair.mai.last.text.startswith("Chỉ có con số") and pair.review.opinions == {}


async def test_an_opinion_reaches_the_secretariat_at_once_and_the_unit_never(pair: Pair) -> None:
    await pair.peer_line("TC1.1")
    await pair.answers(pair.mai, ">Nhận xét", "Ý kiến kín")
    await pair.line(pair.thu, "TC1.1")
    pair.thu.sees("Công an tỉnh: nhận xét: Ý kiến kín")
    await pair.answers(pair.lan, "/tudanhgia", ">Bảng điểm", ">TC1.1")
    pair.lan.sees_not("kín")
    for action in every_button(pair.review.revision):
        await pair.lan.sends_data(action.pack())
    pair.lan.sees_not("kín")


async def test_of_two_people_of_the_pair_the_second_sees_what_the_first_said(pair: Pair) -> None:
    await pair.peer_line("TC1.1")
    old = pair.mai.last.button("Nhất trí")
    await pair.peer_line("TC1.1", pair.quan)
    await pair.answers(pair.quan, ">Nhận xét", "Thiếu xác nhận")
    await pair.mai.sends_data(old)
    pair.mai.sees_notice("vừa có thay đổi")
    pair.mai.sees("nhận xét: Thiếu xác nhận")
    assert pair.review.opinions["TC1.1"].stance is Stance.REMARK


async def test_a_form_that_came_again_is_open_again_where_it_changed(pair: Pair) -> None:
    await pair.mai.says("/thamdinh")
    await pair.answers(pair.mai, ">Nhất trí 25 dòng còn lại", ">Gửi phiếu")
    old = buttons.AgreeRest(1, pair.review.revision).pack()
    await pair.opens()
    await pair.answers(pair.thu, ">Trả lại cả bản", "Sai kỳ")
    await pair.mai.sends_data(buttons.OpenPeer(1).pack())
    pair.mai.sees_notice("chưa nộp bản tự chấm, hoặc bản đang được trả lại")
    await pair.lan.says("/tudanhgia")
    await pair.answers(pair.lan, ">Mục lục", ">N1", ">TC1.1", "100%", ">Trình")
    await pair.approves()
    assert pair.review.handed_at is None and pair.review.untouched(["TC1.1", "TC1.2"]) == ("TC1.1",)
    for chat in (pair.mai, pair.quan):
        key, params = pair.told(chat)[-1]
        assert key == "appraisal.notice-peer-anew" and (params["version"], params["n"]) == (2, 2)
    assert "appraisal.notice-peer-anew" not in [key for key, _ in pair.told(pair.duc)]
    await pair.mai.sends_data(old)
    pair.mai.sees_notice("đã nộp lại sau khi có nút này")
    await pair.mai.says("/thamdinh")
    await pair.answers(pair.mai, ">Nhất trí 2 dòng còn lại", ">Gửi phiếu")  # and the lateness of coming again
    assert pair.review.handed_at == JUNE_23 and pair.review.version == 2


# -- who reaches nothing, and when ---------------------------------------------------------------------------

FIELDS: dict[str, Any] = {"assessment": 1, "line": 0, "page": 0, "number": 1}


def every_button(revision: int) -> Iterator[Action]:
    values = FIELDS | {"made_for": revision}
    for kind in vars(buttons).values():
        if isinstance(kind, type) and issubclass(kind, Action) and kind is not Action:
            yield kind(**{f.name: values[f.name] for f in fields(kind)})


@pytest.mark.parametrize("moment", [datetime(2026, 6, 21, 3, 0, tzinfo=UTC), JUNE_26], ids=["before", "after"])
async def test_outside_of_its_time_the_pair_sees_nothing(pair: Pair, moment: datetime) -> None:
    await pair.peer_line("TC1.1")
    pair.mai.shown.clear()
    pair.world.at(moment)
    await pair.mai.says("/thamdinh")
    opens = "22/6/2026" if moment < JUNE_23 else "3/12/2026"  # afterwards the year's end is next
    pair.mai.sees(f"Thẩm định chéo mở từ 00:00 ngày {opens}")
    before = pair.review
    for action in every_button(0):
        await pair.mai.sends_data(action.pack())
        await pair.mai.says("Gõ thử")
    for secret in SECRETS:
        pair.mai.sees_not(secret)
    assert pair.review == before


async def test_no_other_unit_and_no_stranger_reaches_a_pairs_form(pair: Pair) -> None:
    for chat in (pair.duc, pair.son, pair.world.person(99, "Khách")):
        await chat.says("/thamdinh")
        for action in every_button(0):
            await chat.sends_data(action.pack())
        for secret in SECRETS:
            chat.sees_not(secret)
    for chat in (pair.lan, pair.ha, pair.thu):  # the unit itself and the secretariat are no pair of it
        for action in every_button(0):
            if not isinstance(action, buttons.OpenMyPeer):
                await chat.sends_data(action.pack())
                chat.sees_notice("không có quyền")
    assert pair.review.opinions == {} and pair.review.revision == 0


async def test_the_pair_reaches_nothing_but_the_review(pair: Pair) -> None:
    for action in (ShowOverview(1), ReadLine(1, 0, 0), SendEvidence(1, 1)):
        await pair.mai.sends_data(action.pack())
        pair.mai.sees_notice("không có quyền")
    for secret in SECRETS:
        pair.mai.sees_not(secret)
