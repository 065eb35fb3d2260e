"""Help, language, leaving a conversation, reaching the secretariat, and whatever nobody took."""

import pytest

from bot.buttons.contact import AnswerLetter, AskSecretariat, ShowLetters
from bot.domain.bloc import Bloc
from bot.domain.people import Role
from handlers.menus import commands_for, strangers_menus
from storage.store import Store
from tests.conversations.secretariat import Secretariat


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Secretariat:
    return Secretariat(lite, sample)


async def test_help_lists_the_commands_of_the_persons_roles(office: Secretariat) -> None:
    await office.lan.says("/trogiup")
    assert "/nop" in office.lan.sees("Trợ lý giúp gì?").text
    assert "/danhba" not in office.lan.last.text
    await office.binh.says("/trogiup")
    office.binh.sees("/danhba")


async def test_the_language_changes_at_once_and_for_good(office: Secretariat) -> None:
    await office.lan.says("/ngonngu")
    await office.lan.taps(office.lan.last, "English")
    office.lan.sees("Next: ")
    assert office.world.menus[11]["nop"] == "Hand in for a milestone"
    office.world.restart()
    await office.lan.says("/trangthai")
    office.lan.sees("Submission status: Công an tỉnh", "18 days left")


async def test_stopping_says_that_drafts_are_kept(office: Secretariat) -> None:
    await office.lan.says("/huy")
    office.lan.sees("Không có việc nào đang làm dở")
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("/huy")
    office.lan.sees("vẫn được giữ trong bản nháp")
    await office.lan.says("hạn nộp báo cáo 6 tháng")
    assert office.told(office.binh) == []


async def test_a_button_of_an_older_product_is_answered_with_the_current_screen(office: Secretariat) -> None:
    for data in ("0:xx:1", "1:ho", "1:nothing:2", "junk", "1:ho:MS-GONE"):
        office.lan.notices.clear()
        await office.lan.sends_data(data)
        office.lan.sees_notice("Nút này đã cũ")
        assert "Việc gần nhất" in office.lan.last.text


async def test_unknown_commands_stickers_and_stray_files_are_answered_kindly(office: Secretariat) -> None:
    await office.lan.says("/khongco")
    office.lan.sees("/trogiup")
    await office.lan.sends_file("lạc.pdf")
    office.lan.sees("chưa rõ nộp cho việc nào")
    await office.lan._message({"location": {"latitude": 18.0, "longitude": 105.0}})
    office.lan.sees("chỉ đọc được chữ, ảnh và tệp")
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("/khongco")
    assert "Gặp Tổ thư ký" in office.lan.last.text


async def test_the_form_of_an_open_period_is_on_the_home_screen_behind_a_nearer_task(office: Secretariat) -> None:
    await office.lan.says("/start")
    home = office.lan.sees("Việc gần nhất: Giới thiệu danh sách điển hình")
    await office.lan.taps(home, "Tự chấm điểm: 6 tháng")
    office.lan.sees("Tự chấm điểm 6 tháng năm 2026")


# -- reaching the secretariat ------------------------------------------------------------------------------


async def test_a_question_reaches_every_secretary_and_the_answer_comes_back(office: Secretariat) -> None:
    other = office.world.person(31, "Dung", (None, Role.SECRETARY))
    await office.lan.says("/start")
    await office.lan.taps(office.lan.last, "Gặp Tổ thư ký")
    office.world.restart()
    await office.lan.says("Bản giấy <gửi> về đâu?")
    office.lan.sees("Đã chuyển tới Tổ thư ký")
    for secretary in (office.binh, other):
        assert office.told(secretary) == ["✉ Lan (Công an tỉnh) hỏi Tổ thư ký:\n\nBản giấy <gửi> về đâu?"]
    [(label, data)] = office.sent(office.binh)[0].keyboard[0]
    assert label == "Trả lời"
    await office.binh.sends_data(data)
    office.binh.sees("Trả lời Lan", "Bản giấy <gửi> về đâu?")
    office.world.restart()
    await office.binh.says("Về văn thư Sở Tư pháp.")
    office.binh.sees("Đã gửi câu trả lời")
    assert office.told(office.lan) == ["✉ Tổ thư ký trả lời\nBản giấy <gửi> về đâu?\n\nVề văn thư Sở Tư pháp."]
    await other.sends_data(data)
    other.sees_notice("đã có người trong Tổ thư ký trả lời")
    assert {"asked the secretariat", "answered a letter"} <= set(office.trail())


async def test_an_answer_that_was_begun_is_found_again_after_other_commands(office: Secretariat) -> None:
    binh = office.binh
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Bản giấy gửi về đâu?")
    await binh.sends_data(AnswerLetter(1).pack())
    for command in ("/trogiup", "/han"):
        await binh.says(command)
        assert "để lại" not in binh.last.text, "what only shows something does not lead out of it"
    await binh.says("/thamdinh")
    assert "Câu trả lời anh/chị đang viết được để lại" in binh.last.text
    await binh.says("Về văn thư.")
    assert office.told(office.lan) == [], "what is typed now is no answer"
    office.world.restart()
    await binh.says("/start")
    await binh.taps(binh.last, "Trả lời tiếp: Lan")
    binh.sees("Trả lời Lan", "Bản giấy gửi về đâu?")
    await binh.sends_data(ShowLetters().pack())
    await binh.taps(binh.last, "Trả lời tiếp 1")
    await binh.says("Về văn thư Sở Tư pháp.")
    binh.sees("Đã gửi câu trả lời")
    assert office.told(office.lan)[-1].endswith("Về văn thư Sở Tư pháp.")
    await binh.says("/start")
    assert not [label for label in binh.last.buttons if "Trả lời tiếp" in label]


async def test_an_answer_that_was_begun_is_offered_to_nobody_else_and_not_after_it_was_left(
    office: Secretariat,
) -> None:
    other = office.world.person(31, "Dung", (None, Role.SECRETARY))
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Cho em hỏi")
    await office.binh.sends_data(AnswerLetter(1).pack())
    asked = office.binh.last
    await other.says("/start")
    assert not [label for label in other.last.buttons if "Trả lời tiếp" in label]
    await office.binh.says("/huy")
    assert "để lại" in office.binh.last.text, "a draft is kept"
    await office.binh.taps(asked, "Thôi")
    assert not [label for label in office.binh.last.buttons if "Trả lời tiếp" in label]
    await office.binh.sends_data(AnswerLetter(1).pack())
    await other.sends_data(AnswerLetter(1).pack())
    await other.says("Trả lời trước")
    await office.binh.says("/thamdinh")
    assert "để lại" not in office.binh.last.text, "somebody else has answered"


async def test_two_secretaries_who_write_at_once_answer_once(office: Secretariat) -> None:
    other = office.world.person(31, "Dung", (None, Role.SECRETARY))
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Cho em hỏi")
    await office.binh.sends_data(AnswerLetter(1).pack())
    await other.sends_data(AnswerLetter(1).pack())
    await office.binh.says("Trả lời một")
    await other.says("Trả lời hai")
    other.sees("đã có người trong Tổ thư ký trả lời")
    assert len(office.told(office.lan)) == 1


async def test_open_questions_wait_in_the_secretarys_status(office: Secretariat) -> None:
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Xin gia hạn 2 ngày vì đang diễn tập")
    await office.binh.says("/trangthai")
    await office.binh.taps(office.binh.last, "Đọc câu hỏi (1)")
    office.binh.sees("1. Lan", "Xin gia hạn 2 ngày")
    await office.binh.taps(office.binh.last, "Trả lời 1")
    await office.binh.says("Đề nghị gửi văn bản.")
    await office.binh.sends_data(ShowLetters().pack())
    office.binh.sees("Không còn câu hỏi nào chờ trả lời")


async def test_what_cannot_be_passed_on_is_said_so(office: Secretariat) -> None:
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("x" * 1501)
    office.lan.sees("dài quá 1500 ký tự")
    await office.lan.says("Gửi kèm văn bản TUYỆT MẬT số 1")
    office.lan.sees("không được chuyển và không được lưu")
    with office.work() as work:
        assert work.letters.open() == []
        secretary = work.people.members(roles={Role.SECRETARY})[0]
        work.people.leave(secretary.memberships[0].id)
    await office.lan.says("Có ai không?")
    office.lan.sees("chưa có người trên trợ lý")


async def test_only_secretaries_read_and_answer(office: Secretariat) -> None:
    await office.lan.sends_data(AskSecretariat().pack())
    await office.lan.says("Chuyện của đơn vị tôi")
    for action in (AnswerLetter(1), ShowLetters()):
        office.tam.notices.clear()
        await office.tam.sends_data(action.pack())
        office.tam.sees_notice("không có quyền")
    office.tam.sees_not("Chuyện của đơn vị tôi")


# -- menus -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("roles", [(), *[(role,) for role in Role], tuple(Role)])
def test_menus_hold_only_what_telegram_takes(roles: tuple[Role, ...], language: str) -> None:
    commands = commands_for(roles, language)
    assert len({name for name, _ in commands}) == len(commands) <= 100
    for name, text in commands:
        assert name.isalnum() and name.islower() and len(name) <= 32
        assert 1 <= len(text) <= 256


def test_strangers_are_offered_start_and_help_alone() -> None:
    assert [[c.command for c in menu.commands] for menu in strangers_menus()] == [["start", "trogiup"]] * 2
