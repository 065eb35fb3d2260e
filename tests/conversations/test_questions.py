"""The loop to people: what was not answered reaches the secretariat, and what it answers is kept and answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.actions import mark_of
from bot.buttons.contact import AnswerLetter, AskSecretariat
from bot.buttons.questions import (
    BeginNote,
    BeginPhrasing,
    ConfirmCloseLetter,
    ConfirmTakeBack,
    DismissQuestion,
    RateAnswer,
    SaveNote,
    SavePhrasing,
    ShowKept,
    ShowQuestion,
    ShowQuestions,
)
from bot.domain.bloc import Bloc
from bot.domain.keeping import carry_over
from bot.domain.knowledge import KeptPhrasing
from bot.domain.people import Role
from bot.domain.questions import Why, key_of
from bot.knowledge import answer as knowledge
from bot.usecases.questions import ForgetOldQuestions
from storage.store import Store
from tests.chat import Seen
from tests.conftest import SPRING, load
from tests.conversations.secretariat import Secretariat, in_group

LEAVE = "nghỉ phép năm được mấy ngày"
ANSWER = "Theo quy định của cơ quan, không thuộc việc của Khối."


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Iterator[Secretariat]:
    knowledge._cache.clear()
    yield Secretariat(lite, sample)
    knowledge._cache.clear()


def missed(office: Secretariat) -> list[tuple[str, Why, str]]:
    with office.work() as work:
        return [(one.text, one.why, one.entry) for one in work.questions.missed(SPRING - timedelta(days=365))]


def rows(office: Secretariat, query: str) -> list[Any]:
    with office.store.engine.connect() as connection:
        return list(connection.execute(text(query)).all())


def bloc(office: Secretariat) -> Bloc:
    with office.work() as work:
        return work.bloc


async def letter_answered(office: Secretariat, question: str = LEAVE, answer: str = ANSWER) -> Seen:
    """Lan asks, Bình answers; the offer to keep it is on his screen."""
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says(question)
    with office.work() as work:
        letter = work.letters.open()[-1]
    await office.binh.sends_data(AnswerLetter(letter.id).pack())
    await office.binh.says(answer)
    return office.binh.sees("Lưu câu trả lời này")


# -- an answer is kept as a note ---------------------------------------------------------------------------------


async def test_an_answer_becomes_a_note_and_from_then_on_the_assistant_answers_it(office: Secretariat) -> None:
    await office.lan.says(LEAVE)
    await office.lan.taps(office.lan.sees("chưa có nội dung này"), "Hỏi thư ký")
    await office.binh.sends_data(AnswerLetter(1).pack())
    await office.binh.says(ANSWER)
    office.binh.sees("Đã gửi câu trả lời")
    assert ANSWER in office.told(office.lan)[-1], "the answer goes back before anything is kept"
    await office.binh.taps(office.binh.sees("Lưu câu trả lời này"), "Lưu thành mục hỏi đáp mới")
    review = office.binh.sees("Xem lại trước khi lưu", LEAVE, ANSWER, "Thư ký Khối trả lời ngày 1/6/2026")
    assert bloc(office).revision == 1, "nothing is kept before it is confirmed"
    await office.binh.taps(review, "Lưu mục hỏi đáp")
    office.binh.sees("Đã lưu mục hỏi đáp HD1", LEAVE, "Từ bây giờ trợ lý trả lời câu này")
    office.world.restart()
    await office.tam.says("nghi phep nam duoc may ngay")
    said = office.tam.sees(ANSWER, "Nguồn: Thư ký Khối trả lời ngày 1/6/2026, bản 1.")
    assert "minh họa" not in said.text
    kept = bloc(office)
    assert kept.revision == 2 and kept.note("HD1").kept and not kept.note("FAQ01").kept
    with office.work() as work:
        (_, _, name, changes) = work.catalogue.history()[-1]
        assert name == "" and [(c["kind"], c["code"], c["what"]) for c in changes] == [("note", "HD1", "added")]
        binh = work.people.member(15)
        assert binh is not None and changes[0]["by"] == binh.person.id
        [(at, what, by, _, new)] = work.trail.of("note:HD1")
        assert (at, what, by, new["question"]) == (SPRING, "note kept", binh.person.id, LEAVE)
    assert missed(office) == [], "the question that started it is handled"


async def test_what_is_kept_is_looked_at_and_edited_first(office: Secretariat) -> None:
    offer = await letter_answered(office, "Em Hoàng Lan, sđt 0912 345 678, xin hỏi nghỉ phép mấy ngày", ANSWER)
    await office.binh.taps(offer, "Lưu thành mục hỏi đáp mới")
    review = office.binh.sees("Có thể là thông tin riêng: Em Hoàng Lan; Lan; 0912 345 678")
    old = review.button("Đã xem kỹ, vẫn lưu")
    await office.binh.taps(review, "Sửa câu hỏi")
    office.binh.sees("Câu hỏi hiện nay", "0912 345 678")
    office.world.restart()
    await office.binh.says("Nghỉ phép <năm> được mấy ngày?")
    office.binh.sees("Xem lại trước khi lưu", "Nghỉ phép <năm> được mấy ngày?")
    assert "thông tin riêng" not in office.binh.last.text
    await office.binh.sends_data(old)
    office.binh.sees_notice("Nút này đã cũ")
    assert bloc(office).revision == 1 and "Xem lại trước khi lưu" in office.binh.last.text
    await office.binh.taps(office.binh.last, "Sửa câu trả lời")
    await office.binh.says("Mười hai ngày.\nXem quy chế cơ quan.")
    await office.binh.taps(office.binh.last, "Sửa nguồn")
    await office.binh.says("Quy chế cơ quan")
    office.binh.sees("Quy chế cơ quan (Thư ký Khối lưu ngày 1/6/2026)")
    await office.binh.taps(office.binh.last, "Sửa nguồn")
    await office.binh.says("Công văn 15/STP ngày 2/5/2026")
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    note = bloc(office).note("HD1")
    assert (note.question, note.answer, note.source) == (
        "Nghỉ phép <năm> được mấy ngày?",
        "Mười hai ngày.\nXem quy chế cơ quan.",
        "Công văn 15/STP ngày 2/5/2026",
    )
    await office.lan.says("nghỉ phép năm được mấy ngày")
    office.lan.sees("Nghỉ phép <năm> được mấy ngày?", "Mười hai ngày.")


async def test_a_draft_survives_leaving_and_a_restart(office: Secretariat) -> None:
    offer = await letter_answered(office)
    await office.binh.taps(offer, "Lưu thành mục hỏi đáp mới")
    await office.binh.taps(office.binh.last, "Sửa câu hỏi")
    await office.binh.says("Một năm được nghỉ phép mấy ngày?")
    await office.binh.says("/huy")
    office.binh.sees("vẫn được giữ trong bản nháp")
    office.world.restart()
    await office.binh.sends_data(BeginNote("l1").pack())
    office.binh.sees("Xem lại trước khi lưu", "Một năm được nghỉ phép mấy ngày?")
    await office.binh.says("chữ gõ ở bước chỉ có nút")
    assert "Xem lại trước khi lưu" in office.binh.last.text
    await office.binh.taps(office.binh.last, "Thôi, không lưu")
    office.binh.sees_notice("Đã bỏ bản nháp")
    assert bloc(office).revision == 1 and rows(office, "SELECT * FROM keeping_drafts") == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("x" * 301, "dài quá 300 ký tự"),
        ("\u200b \u202e", "chưa có nội dung"),
        ("Văn bản TUYỆT MẬT số 1 xử lý sao", "dấu hiệu tài liệu mật"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_asked_again(office: Secretariat, typed: str, said: str) -> None:
    await office.binh.taps(await letter_answered(office), "Lưu thành mục hỏi đáp mới")
    await office.binh.taps(office.binh.last, "Sửa câu hỏi")
    await office.binh.says(typed)
    office.binh.sees(said)
    await office.binh.says("Nghỉ phép mấy ngày?")
    office.binh.sees("Xem lại trước khi lưu", "Nghỉ phép mấy ngày?", ANSWER)


async def test_a_long_letter_is_shortened_before_it_can_be_kept(office: Secretariat) -> None:
    offer = await letter_answered(office, "Kính gửi Tổ thư ký, " + "chuyện dài " * 100, "Đáp. " * 550)
    await office.binh.taps(offer, "Lưu thành mục hỏi đáp mới")
    review = office.binh.sees("Câu hỏi dài quá 300 ký tự", "Câu trả lời dài quá 2500 ký tự")
    assert not [label for label in review.buttons if "Lưu" in label or "vẫn lưu" in label]
    await office.binh.sends_data(SaveNote("l1", mark_of("x")).pack())
    assert bloc(office).revision == 1


async def test_a_question_that_a_line_answers_already_is_not_kept_twice(office: Secretariat, sample: Bloc) -> None:
    question = sample.notes[0].question
    await office.binh.taps(await letter_answered(office, question.upper()), "Lưu thành mục hỏi đáp mới")
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    office.binh.sees_notice("Đã có mục được hỏi đúng như vậy")
    assert bloc(office).revision == 1 and "Xem lại trước khi lưu" in office.binh.last.text


async def test_words_that_stay_near_to_other_lines_are_said_to(office: Secretariat) -> None:
    await office.lan.says("DT3 với TC1.8")
    await office.binh.sends_data(BeginNote(f"m{key_of('DT3 với TC1.8')}").pack())
    await office.binh.says("Xem cả hai mục.")
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    office.binh.sees("Đã lưu mục hỏi đáp HD1", "còn gần với mục khác")


async def test_one_answer_is_kept_once_and_old_buttons_keep_nothing_more(office: Secretariat) -> None:
    offer = await letter_answered(office)
    begin = offer.button("Lưu thành mục hỏi đáp mới")
    await office.binh.taps(offer, "Lưu thành mục hỏi đáp mới")
    save = office.binh.last.button("Lưu mục hỏi đáp")
    await office.binh.sends_data(save, office.binh.last)
    for again in (save, begin, BeginPhrasing("l1").pack()):
        office.binh.notices.clear()
        await office.binh.sends_data(again)
        assert office.binh.notices, again
    office.binh.sees_notice("đã được lưu thành HD1")
    assert len([n for n in bloc(office).notes if n.kept]) == 1


async def test_an_answer_need_not_be_kept(office: Secretariat) -> None:
    await office.lan.says(LEAVE)
    offer = await letter_answered(office)
    await office.binh.taps(offer, "Không lưu")
    office.binh.sees_notice("Không lưu")
    office.binh.sees("Không có câu nào")
    assert bloc(office).revision == 1 and missed(office) == []


async def test_only_secretaries_keep_and_look(office: Secretariat) -> None:
    await letter_answered(office)
    await office.lan.says(LEAVE)
    source = f"m{key_of(LEAVE)}"
    for action in (
        ShowQuestions(0),
        ShowQuestion(source),
        DismissQuestion(source),
        BeginNote("l1"),
        BeginPhrasing(source),
        SaveNote("l1", "0" * 8),
        SavePhrasing("l1", "0" * 8),
        ConfirmCloseLetter(1),
        ShowKept("HD1"),
        ConfirmTakeBack("HD1", 1),
    ):
        office.tam.notices.clear()
        await office.tam.sends_data(action.pack())
        office.tam.sees_notice("không có quyền")
    await office.tam.says("/cauhoi")
    office.tam.sees("không có quyền")
    office.tam.sees_not(LEAVE)
    assert rows(office, "SELECT * FROM keeping_drafts") == [] and bloc(office).revision == 1


async def test_two_secretaries_who_keep_at_once_lose_nothing(office: Secretariat) -> None:
    other = office.world.person(31, "Dung", (None, Role.SECRETARY))
    await letter_answered(office)
    await letter_answered(office, "Trực Tết tính công thế nào", "Theo quy định của cơ quan.")
    await office.binh.sends_data(BeginNote("l1").pack())
    await other.sends_data(BeginNote("l2").pack())
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    await other.taps(other.last, "Lưu mục hỏi đáp")
    assert [n.id for n in bloc(office).notes if n.kept] == ["HD1", "HD2"]
    await other.sends_data(BeginNote("l1").pack())
    other.sees_notice("đã được lưu thành HD1")


# -- or as another phrasing --------------------------------------------------------------------------------------

ODD = "hồ sơ giữa năm phải xong chậm nhất bữa nào rứa"


async def keep_phrasing(office: Secretariat, line: str = "MS-BC6T") -> None:
    await office.binh.taps(await letter_answered(office, ODD, "Ngày 19/6."), "Thêm cách hỏi cho mục có sẵn")
    office.binh.sees("Thuộc mục nào?", ODD)
    await office.binh.says(line)
    heading = bloc(office).heading(line)
    await office.binh.taps(office.binh.sees("Tìm: “"), heading[:30])
    await office.binh.taps(office.binh.sees("Xem lại trước khi lưu", ODD), "Lưu cách hỏi")
    office.binh.sees("Đã lưu cách hỏi CH1", ODD)


def milestone_of_mid_year(sample: Bloc) -> str:
    return next(m.key for m in sample.milestones if m.period and m.due_on.month == 6)


async def test_a_phrasing_is_added_to_a_line_that_was_looked_at(office: Secretariat, sample: Bloc) -> None:
    line = milestone_of_mid_year(sample)
    await office.binh.taps(await letter_answered(office, ODD, "Ngày 19/6."), "Thêm cách hỏi cho mục có sẵn")
    await office.binh.says("không gì giống thế này cả zzz")
    office.binh.sees("Tìm: “không gì giống thế này cả zzz”")
    office.world.restart()
    await office.binh.says(line)
    await office.binh.taps(office.binh.last, "Nộp báo cáo sơ kết 6 tháng")
    look = office.binh.sees("Xem lại trước khi lưu", ODD, "thứ Sáu, 19/6/2026")
    old = look.button("Lưu cách hỏi")
    await office.binh.taps(look, "Sửa cách hỏi")
    await office.binh.says("hồ sơ giữa năm xong bữa nào")
    await office.binh.sends_data(old)
    office.binh.sees_notice("Nút này đã cũ")
    await office.binh.taps(office.binh.last, "Chọn mục khác")
    await office.binh.says(line)
    await office.binh.taps(office.binh.last, "Nộp báo cáo sơ kết 6 tháng")
    await office.binh.taps(office.binh.last, "Lưu cách hỏi")
    office.binh.sees("Đã lưu cách hỏi CH1", "Nộp báo cáo sơ kết 6 tháng")
    held = bloc(office)
    assert held.kept_phrasings == (KeptPhrasing("CH1", line, "hồ sơ giữa năm xong bữa nào"),)
    assert held.revision == 2 and held.milestone(line).version == 1, "the line itself stays as the file has it"
    with office.work() as work:
        assert [what for _, what, *_ in work.trail.of("phrasing:CH1")] == ["phrasing kept"]


@pytest.mark.parametrize("found", ["TC1.6", "FAQ01", "TRU1"])
async def test_every_kind_of_line_takes_a_phrasing(office: Secretariat, found: str) -> None:
    await keep_phrasing(office, found)
    assert [(k.entry, k.text) for k in bloc(office).kept_phrasings] == [(found, ODD)]


async def test_a_kept_phrasing_is_answered_with_its_line(office: Secretariat, sample: Bloc) -> None:
    await keep_phrasing(office, milestone_of_mid_year(sample))
    await office.tam.says(ODD)
    office.tam.sees("thứ Sáu, 19/6/2026")


# -- the list ----------------------------------------------------------------------------------------------------


async def test_the_list_shows_letters_and_what_was_not_answered_the_most_frequent_first(office: Secretariat) -> None:
    await office.lan.says("giá vàng hôm nay")
    office.world.at(SPRING + timedelta(hours=1))
    for chat, spelt in ((office.lan, LEAVE), (office.tam, "Nghi phep nam duoc may ngay?"), (office.minh, LEAVE)):
        await chat.says(spelt)
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Xin gia hạn 2 ngày")
    await office.binh.says("/cauhoi")
    shown = office.binh.sees("3 câu cần xem", "1. ✉ Lan", "Xin gia hạn 2 ngày")
    assert "2. " + LEAVE in shown.text and "3 lượt, chưa trả lời được" in shown.text and "3. giá vàng" in shown.text
    assert "Được hỏi: 4; trả lời ngay: 0" in shown.text and "Chưa trả lời được: 4" in shown.text
    for name in ("Tâm", "Minh"):
        assert name not in shown.text, "who asked what was not answered is not known"
    await office.binh.taps(shown, "2")
    office.binh.sees(LEAVE, "3 lượt hỏi như vậy", "Không lưu tên người hỏi")
    await office.binh.taps(office.binh.last, "Bỏ qua")
    office.binh.sees_notice("Đã bỏ qua")
    office.binh.sees("2 câu cần xem")
    assert [each for each, _, _ in missed(office)] == ["giá vàng hôm nay"]
    await office.binh.sends_data(ShowQuestion(f"m{key_of(LEAVE)}").pack())
    office.binh.sees_notice("đã được xử lý")
    await office.binh.sends_data(DismissQuestion(f"m{key_of(LEAVE)}").pack())
    office.binh.sees_notice("đã được xử lý")
    assert "question dismissed" in office.trail()


async def test_a_letter_and_the_same_missed_question_are_one_line(office: Secretariat) -> None:
    await office.tam.says(LEAVE)
    await office.lan.says(LEAVE)
    await office.lan.taps(office.lan.last, "Hỏi thư ký")
    await office.binh.says("/cauhoi")
    await office.binh.taps(office.binh.sees("1 câu cần xem"), "1")
    one = office.binh.sees("Lan hỏi Tổ thư ký", "2 lượt hỏi như vậy")
    await office.binh.taps(one, "Trả lời")
    office.binh.sees("Trả lời Lan")


async def test_a_missed_question_is_answered_for_everybody_straight_away(office: Secretariat) -> None:
    await office.lan.says(LEAVE)
    await office.binh.says("/cauhoi")
    await office.binh.taps(office.binh.last, "1")
    await office.binh.taps(office.binh.last, "Lưu thành mục hỏi đáp")
    office.binh.sees("Xin gõ câu trả lời", LEAVE)
    office.world.restart()
    await office.binh.says(ANSWER)
    await office.binh.taps(office.binh.sees("Xem lại trước khi lưu", LEAVE, ANSWER), "Lưu mục hỏi đáp")
    await office.lan.says(LEAVE)
    office.lan.sees(ANSWER)
    await office.binh.taps(office.binh.last, "Danh sách câu hỏi")
    office.binh.sees("Không có câu nào chờ trả lời", "Được hỏi: 2; trả lời ngay: 1", "Chưa trả lời được: 1")


async def test_the_list_turns_its_pages(office: Secretariat) -> None:
    for n in "abcdefg":
        await office.lan.says(f"giá vàng {n * 4}")
    await office.binh.says("/cauhoi")
    first = office.binh.sees("7 câu cần xem")
    assert {"1", "5"} <= set(first.buttons) and "6" not in first.buttons
    await office.binh.taps(first, "Trang sau")
    assert {"6", "7"} <= set(office.binh.last.buttons)
    await office.binh.sends_data(ShowQuestions(99).pack(), office.binh.last)
    assert "7" in office.binh.last.buttons


async def test_a_letter_can_be_closed_and_its_sender_is_told(office: Secretariat) -> None:
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Cảm ơn Tổ thư ký")
    await office.binh.says("/cauhoi")
    await office.binh.taps(office.binh.last, "1")
    await office.binh.taps(office.binh.last, "Bỏ qua")
    office.binh.sees("Người gửi sẽ được báo", "Cảm ơn Tổ thư ký")
    with office.work() as work:
        assert len(work.letters.open()) == 1, "nothing before it is confirmed"
    await office.binh.taps(office.binh.last, "Bỏ qua tin này")
    office.binh.sees("Không có câu nào chờ trả lời")
    assert "không cần trả lời riêng" in office.told(office.lan)[-1]
    await office.binh.sends_data(ConfirmCloseLetter(1).pack())
    office.binh.sees_notice("đã có người")
    assert "letter closed" in office.trail()


async def test_the_secretary_finds_the_list(office: Secretariat) -> None:
    await office.binh.says("/start")
    assert "cauhoi" in office.world.menus[15]
    await office.lan.says("/start")
    assert "cauhoi" not in office.world.menus[11]
    await office.binh.taps(office.binh.last, "Câu hỏi")
    office.binh.sees("Câu hỏi, 30 ngày qua")
    await office.binh.says("/trogiup")
    office.binh.sees("/cauhoi")


# -- what was kept can be taken back -----------------------------------------------------------------------------


async def test_what_was_kept_is_taken_back_with_a_trail(office: Secretariat) -> None:
    await office.binh.taps(await letter_answered(office), "Lưu thành mục hỏi đáp mới")
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    await office.binh.says("/cauhoi")
    await office.binh.taps(office.binh.last, "Mục đã lưu (1)")
    await office.binh.taps(office.binh.sees("1 mục Tổ thư ký đã lưu", "HD1"), "1")
    await office.binh.taps(office.binh.sees("HD1. " + LEAVE, ANSWER, "Nguồn:"), "Bỏ mục này")
    ask = office.binh.sees("Bỏ HD1?")
    confirm = ask.button("Bỏ")
    await office.binh.taps(ask, "Bỏ")
    office.binh.sees("Đã bỏ mục hỏi đáp HD1")
    await office.binh.sends_data(confirm)
    office.binh.sees_notice("Nút này đã cũ")
    held = bloc(office)
    assert not [n for n in held.notes if n.kept] and held.revision == 3
    await office.lan.says(LEAVE)
    office.lan.sees("chưa có nội dung này")
    with office.work() as work:
        assert [what for _, what, *_ in work.trail.of("note:HD1")] == ["note kept", "note taken back"]
        assert work.catalogue.at(2).note("HD1").answer == ANSWER, "older revisions stay readable"
    await office.binh.sends_data(BeginNote("l1").pack())
    await office.binh.taps(office.binh.sees("Xem lại trước khi lưu"), "Lưu mục hỏi đáp")
    assert [n.id for n in bloc(office).notes if n.kept] == ["HD2"], "an id is given once, old buttons open nothing else"


async def test_a_phrasing_is_taken_back_alone(office: Secretariat) -> None:
    await keep_phrasing(office, "TC1.6")
    await office.binh.sends_data(ShowKept("CH1").pack())
    await office.binh.taps(office.binh.sees("CH1. Cách hỏi", ODD, "TC1.6"), "Bỏ mục này")
    await office.binh.taps(office.binh.last, "Bỏ")
    office.binh.sees("Đã bỏ cách hỏi CH1")
    assert bloc(office).kept_phrasings == ()


async def test_a_later_file_keeps_what_the_secretariat_kept(office: Secretariat, sample: Bloc) -> None:
    await keep_phrasing(office, "TC1.6")
    await office.binh.taps(await letter_answered(office), "Lưu thành mục hỏi đáp mới")
    await office.binh.taps(office.binh.last, "Lưu mục hỏi đáp")
    load(office.store, carry_over(bloc(office), replace(sample, notes=sample.notes[1:])).bloc)
    await office.lan.says(LEAVE)
    office.lan.sees(ANSWER)
    assert [k.id for k in bloc(office).kept_phrasings] == ["CH1"]


# -- 👍 and 👎 ---------------------------------------------------------------------------------------------------

ASKED = "hạn nộp báo cáo sơ kết"


async def test_a_tap_counts_once_and_the_last_one_stands(office: Secretariat) -> None:
    await office.lan.says(ASKED)
    answer = office.lan.sees("19/6/2026")
    await office.lan.taps(answer, "👍 Đúng ý")
    office.lan.sees_notice("Cảm ơn")
    assert "✓ 👍 Đúng ý" in answer.buttons and "👎 Chưa đúng" in answer.buttons
    await office.lan.taps(answer, "👍 Đúng ý")
    office.lan.sees_notice("đã được ghi nhận")
    await office.tam.says(ASKED)
    await office.tam.taps(office.tam.last, "👍 Đúng ý")
    assert [up for (up,) in rows(office, "SELECT up FROM answer_votes")] == [1, 1]
    assert missed(office) == []
    await office.lan.taps(answer, "👎 Chưa đúng")
    office.lan.sees_notice("Tổ thư ký xem lại")
    assert {"👍 Đúng ý", "✓ 👎 Chưa đúng", "Hỏi thư ký"} <= set(answer.buttons)
    assert "19/6/2026" in answer.text, "the answer stays on the screen"
    assert missed(office) == [(ASKED, Why.DISLIKED, milestone_of_mid_year(bloc(office)))]
    await office.binh.says("/cauhoi")
    office.binh.sees("👍 1 · 👎 1", "1 lượt, bị chê 👎")
    await office.binh.taps(office.binh.last, "1")
    office.binh.sees("Trợ lý đã trả lời bằng mục: Nộp báo cáo sơ kết")
    await office.lan.taps(answer, "👍 Đúng ý")
    assert "Hỏi thư ký" not in answer.buttons and missed(office) == []


async def test_what_was_rated_badly_goes_to_the_secretary_with_one_tap(office: Secretariat) -> None:
    await office.lan.says(ASKED)
    await office.lan.taps(office.lan.last, "👎 Chưa đúng")
    await office.lan.taps(office.lan.last, "Hỏi thư ký")
    office.lan.sees("Đã chuyển câu hỏi tới Tổ thư ký")
    assert ASKED in office.told(office.binh)[-1]


async def test_an_old_answers_buttons_count_for_that_answer_alone(office: Secretariat) -> None:
    await office.lan.says(ASKED)
    old = office.lan.last
    await office.lan.says("báo cáo tối đa mấy trang")
    await office.lan.taps(old, "👎 Chưa đúng")
    await office.lan.taps(old, "👎 Chưa đúng")
    assert len(rows(office, "SELECT * FROM answer_votes")) == 1
    assert missed(office) == [], "its words are known no more"
    await office.lan.taps(old, "Hỏi thư ký")
    office.lan.sees("Gặp Tổ thư ký")
    for forged in (RateAnswer(7, "0" * 8, "TC1.1"), RateAnswer(1, "0" * 8, "TC9.9")):
        office.lan.notices.clear()
        await office.lan.sends_data(forged.pack())
        assert office.lan.notices
    assert len(rows(office, "SELECT * FROM answer_votes")) == 1


async def test_only_answers_alone_with_the_bot_are_rated(office: Secretariat) -> None:
    await office.lan.says(LEAVE)
    assert not [label for label in office.lan.last.buttons if "👍" in label]
    await office.lan.says("xin chào")
    assert office.lan.last.keyboard is None
    said = await in_group(
        office.lan, {"text": "/hoi " + ASKED, "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
    )
    assert "19/6/2026" in said[0] and "👍" not in said[0]
    await office.binh.says(ASKED)
    await office.binh.taps(office.binh.last, "👎 Chưa đúng")
    assert "Hỏi thư ký" not in office.binh.last.buttons, "the secretariat need not ask itself"


# -- what is counted and what is kept ----------------------------------------------------------------------------


async def test_a_choice_that_is_taken_is_a_hit_and_one_that_is_not_is_a_miss(office: Secretariat) -> None:
    await office.lan.says("DT3 với TC1.8")
    offer = office.lan.sees("vài mục")
    assert missed(office) == [("DT3 với TC1.8", Why.UNCHOSEN, "")]
    await office.lan.taps(offer, "TC1.8")
    assert missed(office) == []
    assert {"👍 Đúng ý", "👎 Chưa đúng"} <= set(office.lan.last.buttons)
    await office.tam.says("DT3 với TC1.8")
    await office.binh.says("/cauhoi")
    office.binh.sees("Phải hỏi lại: 2, trong đó đã chọn mục: 1", "không chọn mục nào")


async def test_the_words_of_an_answered_question_are_kept_nowhere_but_as_the_last_one(office: Secretariat) -> None:
    await office.lan.says(ASKED)
    await office.lan.says("báo cáo tối đa mấy trang")
    for table in ("missed_questions", "question_counts", "answer_votes", "keeping_drafts", "trail", "letters", "talks"):
        assert ASKED not in str(rows(office, f"SELECT * FROM {table}")), table
    counts = rows(office, "SELECT what, entry, number FROM question_counts ORDER BY id")
    assert [(what, number) for what, _, number in counts] == [("answered", 1), ("answered", 1)]


async def test_a_missed_question_is_kept_short_and_without_who_asked(office: Secretariat) -> None:
    await office.lan.says("zzzz " * 200)
    [(kept, why, _)] = missed(office)
    assert len(kept) <= 300 and why is Why.UNKNOWN
    await office.lan.says("giá vàng trong văn bản TUYỆT MẬT số 12")
    assert len(missed(office)) == 1, "a stamp keeps the words out"
    columns = rows(office, "SELECT name FROM pragma_table_info('missed_questions')")
    assert {name for (name,) in columns} == {"id", "bloc_id", "key", "text", "why", "entry", "at"}


async def test_a_group_is_counted_too(office: Secretariat) -> None:
    command = [{"type": "bot_command", "offset": 0, "length": 4}]
    await in_group(office.lan, {"text": "/hoi giá vàng hôm nay", "entities": command})
    await in_group(office.lan, {"text": "/hoi DT3 với TC1.8", "entities": command})
    assert [(words, why) for words, why, _ in missed(office)] == [("giá vàng hôm nay", Why.UNKNOWN)]
    await office.binh.says("/cauhoi")
    office.binh.sees("Được hỏi: 2")


async def test_after_ninety_days_the_words_are_erased(office: Secretariat) -> None:
    await office.lan.says(LEAVE)
    await office.binh.sends_data(BeginNote(f"m{key_of(LEAVE)}").pack())
    await office.binh.says(ANSWER)
    office.world.at(SPRING + timedelta(days=90, minutes=1))
    await office.binh.says("/cauhoi")
    office.binh.sees("Không có câu nào chờ trả lời", "Được hỏi: 0")
    with office.work() as work:
        assert ForgetOldQuestions(work)() == 2
    assert missed(office) == [] and LEAVE not in str(rows(office, "SELECT * FROM keeping_drafts"))


async def test_at_joining_people_are_told_what_is_kept_of_their_questions(office: Secretariat) -> None:
    await office.stranger.says(f"/start {office.token('STP', Role.LIAISON)}")
    office.stranger.sees("Câu hỏi:", "không kèm tên, nhiều nhất 90 ngày")


async def test_a_secretary_who_reads_english_keeps_vietnamese_sources(office: Secretariat) -> None:
    ann = office.world.person(41, "Ann", (None, Role.SECRETARY), language="en")
    await office.lan.says(LEAVE)
    await ann.says("/cauhoi")
    await ann.taps(ann.sees("1 question to look at", "not known"), "1")
    await ann.taps(ann.last, "Keep as a note")
    await ann.says(ANSWER)
    await ann.taps(ann.sees("Look at it before it is kept", LEAVE), "Keep the note")
    ann.sees("Kept as note HD1", "answers it from now on")
    assert bloc(office).note("HD1").source == "Thư ký Khối trả lời ngày 1/6/2026"
