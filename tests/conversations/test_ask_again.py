"""A question that leans on the one before it, and a question in the middle of a form."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import handlers.ask
from bot.domain.bloc import Bloc
from bot.domain.criteria import Choice, Count, Rate
from bot.domain.knowledge import Answer, Before
from bot.domain.people import Role
from bot.knowledge.library import Library
from bot.words import Words
from storage.store import Store
from tests.chat import Chat, Seen
from tests.conftest import SPRING, load
from tests.conversations.assessment_office import DOCUMENT, Office

DUE = "hạn nộp báo cáo sơ kết 6 tháng"


@dataclass
class Listening(Library):
    """The library itself, which also tells what it was asked together with.

    What leans on something is answered from that line, as the port promises, whatever the words would find alone.
    """

    heard: list[tuple[str, Before | None, str]] = field(default_factory=list)
    related: tuple[tuple[str, str], ...] = ()

    def answer(
        self,
        bloc: Bloc,
        question: str,
        *,
        now: datetime,
        words: Words,
        before: Before | None = None,
        about: str = "",
    ) -> Answer:
        self.heard.append((question, before, about))
        leans = about or (before.entry if before and question.startswith("thế ") else "")
        if leans:
            return self.open(bloc, leans, now=now, words=words, question=question)
        return replace(super().answer(bloc, question, now=now, words=words), related=self.related)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Listening:
    made = Listening()
    monkeypatch.setattr(handlers.ask, "LIBRARY", made)
    return made


@pytest.fixture
def office(lite: Store, sample: Bloc, library: Listening) -> Iterator[Office]:
    yield Office(lite, sample)


def kept(office: Office, chat: Chat) -> dict[str, Any]:
    """The conversation's data as it stands in the database."""
    from sqlalchemy import select

    from storage.fsm import talks

    with office.store.engine.connect() as connection:
        row = connection.execute(select(talks.c.data).where(talks.c.chat_id == chat.user_id)).scalar()
    return dict(row or {})


# -- the question before ---------------------------------------------------------------------------------


async def test_the_answered_question_counts_for_the_next_one(office: Office, library: Listening) -> None:
    await office.lan.says(DUE)
    await office.lan.says("thế nộp cho ai")
    assert library.heard == [(DUE, None, ""), ("thế nộp cho ai", Before(DUE, "MS-BC6T"), "")]
    office.lan.sees("Báo cáo sơ kết", "Nơi nhận")
    await office.lan.says("thế minh chứng thì sao")
    assert library.heard[-1][1] == Before("thế nộp cho ai", "MS-BC6T")


async def test_it_counts_for_ten_minutes_of_the_calendar(office: Office, library: Listening) -> None:
    await office.lan.says(DUE)
    office.world.at(SPRING + timedelta(minutes=10))
    await office.lan.says("/hoi thế nộp cho ai")
    assert library.heard[-1][1] == Before(DUE, "MS-BC6T")
    office.world.at(SPRING + timedelta(minutes=20, seconds=1))
    await office.lan.says("thế còn mấy ngày")
    assert library.heard[-1][1] is None
    await office.lan.says(DUE)
    office.world.at(SPRING)  # a calendar that was put back
    await office.lan.says("thế nộp cho ai")
    assert library.heard[-1][1] is None


@pytest.mark.parametrize("command", ["/han", "/tieuchi TC1.6", "/trogiup", "/trangthai", "/huy", "/khongco", "/HAN"])
async def test_another_command_ends_it(office: Office, library: Listening, command: str) -> None:
    await office.lan.says(DUE)
    await office.lan.says(command)
    await office.lan.says("/hoi thế nộp cho ai")
    assert library.heard[-1] == ("thế nộp cho ai", None, "")


async def test_the_command_that_asks_does_not_end_it(office: Office, library: Listening) -> None:
    await office.lan.says(DUE)
    await office.lan.says("/hoi")
    await office.lan.says("thế nộp cho ai")
    assert library.heard[-1][1] == Before(DUE, "MS-BC6T")


async def test_what_was_not_answered_is_nothing_to_lean_on(office: Office, library: Listening) -> None:
    await office.lan.says("giá vàng hôm nay")
    await office.lan.says("thế còn bạc")
    assert library.heard[-1][1] is None


async def test_a_line_chosen_by_a_tap_is_what_the_next_question_means(office: Office, library: Listening) -> None:
    await office.lan.says("DT3 với TC1.8")
    offer = office.lan.sees("vài mục")
    await office.lan.says("thế nộp cho ai")
    assert library.heard[-1][1] is None
    await office.lan.taps(offer, "TC1.8")
    await office.lan.says("thế minh chứng thì sao")
    assert library.heard[-1][1] == Before("", "TC1.8")  # an older offer: opened as it stands


async def test_one_question_is_remembered_and_nothing_else(office: Office) -> None:
    await office.lan.says("báo cáo tối đa mấy trang")
    await office.lan.says(DUE)
    held = kept(office, office.lan)
    assert set(held) == {"question", "entry", "asked_at", "passed_on", "missed", "offered"}
    assert held["question"] == DUE and held["entry"] == "MS-BC6T"


async def test_after_a_restart_an_answer_that_leaned_on_another_is_the_same(office: Office) -> None:
    await office.lan.says(DUE)
    await office.lan.says("thế nộp cho ai")
    answer = office.lan.last.text
    office.world.restart()
    await office.lan.sends_data("1:qf:none")
    assert office.lan.last.text == answer


async def test_a_line_that_the_bloc_has_dropped_since_is_nothing_to_lean_on(
    office: Office, library: Listening, sample: Bloc
) -> None:
    await office.lan.says("/hoi DT3")
    load(office.store, replace(sample, bonuses=tuple(b for b in sample.bonuses if b.code != "DT3")))
    await office.lan.says("thế minh chứng thì sao")
    assert library.heard[-1][1] is None
    await office.begins()  # of the table without it
    load(office.store, replace(sample, criteria=sample.criteria[1:]))
    await office.lan.says("cần minh chứng gì?")
    assert library.heard[-1] == ("cần minh chứng gì?", None, "")


# -- related lines ---------------------------------------------------------------------------------------


async def test_related_lines_stand_below_the_persons_own_buttons(office: Office, library: Listening) -> None:
    library.related = (("TRU1", "TRU1 Nộp muộn"), ("FAQ21", "Minh chứng " + "rất dài " * 12), ("TC1.6", "TC1.6 CCHC"))
    await office.lan.says(DUE)
    shown = list(office.lan.last.leading_on)
    assert shown[:3] == ["Tự chấm điểm: 6 tháng", "📅 Thêm vào lịch (.ics)", "→ TRU1 Nộp muộn"]
    assert len(shown) == 4 and max(map(len, shown)) <= 50
    await office.lan.taps(office.lan.last, "TRU1")
    office.lan.sees("TRU1. ", "Nguồn:")
    await office.thu.says("báo cáo tối đa mấy trang")
    assert len([label for label in office.thu.last.buttons if label.startswith("→ ")]) == 3


# -- in the middle of a form -----------------------------------------------------------------------------


async def step_below(chat: Chat, text: str, *parts: str) -> tuple[Seen, Seen]:
    """The answer to what was typed, and the step that is shown again below it."""
    said = await chat.says(text)
    assert len(said) == 2, [each.text for each in said]
    answer, step = said
    for part in parts:
        assert part in step.text, step.text
    assert chat.last is step
    return answer, step


@pytest.mark.parametrize(
    "text", ["cần minh chứng gì?", "97% thì được mấy điểm", "minh chứng", "còn mấy ngày nữa", "nộp cho ai"]
)
async def test_a_question_at_a_step_means_that_criterion_and_the_step_is_still_there(
    office: Office, library: Listening, text: str
) -> None:
    await office.begins()
    answer, _ = await step_below(office.lan, text, "TC1.1 ", "👉 Gõ tỷ lệ")
    assert answer.text.startswith("TC1.1. ") and "Nguồn:" in answer.text
    assert library.heard[-1] == (text, None, "TC1.1")
    assert office.form.answers == {}
    await office.lan.says("95%")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(95))}


async def test_the_answer_says_nothing_of_what_the_step_below_it_shows(office: Office) -> None:
    await office.begins()
    answer, _ = await step_below(office.lan, "cần minh chứng gì?")
    assert "📌" not in answer.text and not answer.leading_on


async def test_figures_inside_a_question_are_not_taken(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.8")
    for text in ("3 văn bản thì được mấy điểm", "không có thì bị trừ bao nhiêu", "5 sáng kiến có được tính không"):
        await step_below(office.lan, text, "TC1.8 ")
    assert office.form.answers == {}
    await office.lan.says("3 văn bản")
    assert office.form.facts("TC1.8") == {"1": Count(3)}


async def test_a_label_a_yes_and_a_figure_are_never_taken_for_questions(office: Office, library: Listening) -> None:
    await office.begins()
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.6", "khá")
    assert office.form.facts("TC1.6") == {"1": Choice(2)}
    await office.answers(office.lan, DOCUMENT, "đủ", "12,5", "tối đa")
    assert len(office.form.facts("TC1.7")) == 3
    assert library.heard == []


async def test_what_is_neither_gets_the_sentence_that_it_always_got(office: Office, library: Listening) -> None:
    await office.begins()
    for text, part in (("gần hết rồi", "Chưa đọc được"), ("120%", "từ 0% đến 100%"), ("95%?", "Chưa đọc được")):
        await office.lan.says(text)
        office.lan.sees(part)
    assert library.heard == [] and office.form.answers == {}


async def test_a_question_at_the_evidence_means_that_criterion_too(office: Office, library: Listening) -> None:
    await office.begins()
    await office.answers(office.lan, "95%")
    await step_below(office.lan, "chụp ảnh có được không?", "Minh chứng cho TC1.1")
    assert library.heard[-1] == ("chụp ảnh có được không?", None, "TC1.1")
    await office.lan.says("báo cáo quý")
    office.lan.sees("Chưa đọc được")
    await office.lan.says(DOCUMENT)
    assert [piece.title for piece in office.form.evidence] == [DOCUMENT]


async def test_explanations_and_sections_are_free_text_and_only_the_command_asks(
    office: Office, library: Listening
) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", ">Giải trình")
    answer, _ = await step_below(office.lan, "/hoi cần nêu những gì?", "Giải trình")
    assert answer.text.startswith("TC1.1. ") and library.heard[-1] == ("cần nêu những gì?", None, "TC1.1")
    await office.lan.says("Vì sao chưa có văn bản? Vì cấp trên chưa ban hành.")
    assert office.form.explanations["TC1.1"].text == "Vì sao chưa có văn bản? Vì cấp trên chưa ban hành."
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Báo cáo", ">1")
    await office.lan.says("Kết quả đạt được là gì? Nhiều.")
    assert [piece.text for piece in office.form.pieces] == ["Kết quả đạt được là gì? Nhiều."]
    await step_below(office.lan, "/hoi báo cáo tối đa mấy trang", "mục 1/7")
    assert library.heard[-1] == ("báo cáo tối đa mấy trang", None, "")
    await office.lan.says("Thêm một đoạn.")
    assert len(office.form.pieces) == 2


async def test_a_text_that_waits_for_the_persons_word_waits_on(office: Office) -> None:
    await office.begins()
    await office.answers(office.lan, "95%", "125/BC-STP ngày 10/6/2026 tài liệu mật")
    doubt = office.lan.last
    assert "mật" in doubt.text
    _, again = await step_below(office.lan, "/hoi thế nào là tài liệu mật")
    assert again.text == doubt.text and again.buttons == doubt.buttons
    await office.lan.taps(again, next(iter(again.buttons)))
    assert len(office.form.evidence) == 1


async def test_after_the_question_a_value_of_a_colleague_is_not_written_over_unseen(office: Office) -> None:
    await office.begins()
    await office.begins(office.minh)
    await office.minh.says("90%")
    _, step = await step_below(office.lan, "được mấy điểm?", "TC1.1 ")
    assert "90%" in step.text  # it has been seen now
    await office.lan.says("95%")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(95))}


async def test_a_form_that_went_to_the_leader_meanwhile_answers_and_shows_where_it_stands(office: Office) -> None:
    office.is_filled()
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mục lục", ">N1", ">TC1.1")
    await office.minh.says("/tudanhgia")
    await office.answers(office.minh, ">Xem lại", ">Trình lãnh đạo duyệt")
    before = office.form
    await step_below(office.lan, "được mấy điểm?", "đang chờ duyệt")
    assert office.form == before


async def test_who_left_the_unit_in_the_middle_of_its_form_is_answered_and_shown_nothing_of_it(office: Office) -> None:
    both = office.world.person(31, "Hạnh", ("STP", Role.DEPUTY), (None, Role.SECRETARY))
    await office.begins(both)
    await office.answers(both, "95%")
    with office.store.work(SPRING) as work:
        member = work.people.member(31)
        assert member is not None
        work.people.leave(next(m.id for m in member.memberships if m.unit == "STP"))
    answer, below = await both.says("/hoi báo cáo tối đa mấy trang")
    assert "Nguồn:" in answer.text and "📌" not in answer.text
    assert "Trạng thái nộp" in str(below.buttons) and "tạm tính" not in below.text and "TC1.1" not in below.text


async def test_a_question_at_a_step_is_remembered_until_the_form_goes_on(office: Office, library: Listening) -> None:
    await office.begins()
    await step_below(office.lan, "được mấy điểm?")
    await step_below(office.lan, "thế minh chứng thì sao")
    assert library.heard[-1] == ("thế minh chứng thì sao", Before("được mấy điểm?", "TC1.1"), "TC1.1")
    await office.answers(office.lan, "95%", DOCUMENT)
    await step_below(office.lan, "cần minh chứng gì?")
    _, before, about = library.heard[-1]
    assert before is None and about == "TC1.2"


async def test_a_line_that_is_read_is_what_a_question_means(office: Office, library: Listening) -> None:
    await office.proposes()
    await office.ha.says("/tudanhgia")
    await office.answers(office.ha, ">Bảng điểm", ">TC1.6")
    await office.ha.says("tính điểm thế nào")
    assert library.heard[-1] == ("tính điểm thế nào", None, "TC1.6")


async def test_a_leaders_reason_is_no_question(office: Office, library: Listening) -> None:
    await office.proposes()
    await office.ha.says("/tudanhgia")
    await office.answers(office.ha, ">Trả lại", "Vì sao TC1.6 được 32 điểm?")
    assert office.form.returned_because == "Vì sao TC1.6 được 32 điểm?" and library.heard == []


STRANGE = (
    "?",
    "???",
    "<b>mấy</b>",
    "mấy " * 1000,
    "\u202eyấm",
    "🤔🤔?",
    "\x07mấy điểm\x00?",
    "&lt;",
    "m\u00e2\u0301y điểm",
    "．？",
)


async def test_whatever_is_typed_at_a_step_leaves_the_person_there_and_changes_nothing(office: Office) -> None:
    await office.begins()
    for text in STRANGE:
        said = await office.lan.says(text)
        assert said, text
        assert kept(office, office.lan)["spot"]["kind"] == "part"
    assert office.form.answers == {}
