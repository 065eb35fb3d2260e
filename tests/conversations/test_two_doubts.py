"""Two things in doubt one after the other: the word given for the first says nothing about the second."""

from datetime import UTC, datetime

from bot.domain.bloc import Bloc
from storage.store import Store
from tests.conversations.assessment_office import Office
from tests.conversations.secretariat import Secretariat
from tests.conversations.test_handin import opened

IN_TIME = datetime(2026, 5, 26, 3, 0, tzinfo=UTC)


async def test_the_button_of_the_first_file_does_not_vouch_for_the_second(lite: Store, sample: Bloc) -> None:
    office = Secretariat(lite, sample)
    office.world.at(IN_TIME)
    lan = office.lan
    await opened(lan)
    await lan.sends_file("họp mật.pdf")
    first = lan.last.button("Không phải mật"), lan.last.button("Bỏ, không gửi")
    await lan.sends_file("tin mật khác.pdf", content=b"%PDF 2")
    second = lan.last
    for data in first:
        lan.notices.clear()
        await lan.sends_data(data)
        lan.sees_notice("Nút này đã cũ")
        lan.sees_not("1. 📎")
    await lan.taps(second, "Không phải mật")
    lan.sees("1. 📎 tin mật khác.pdf")


async def test_the_button_of_the_first_words_does_not_vouch_for_the_second(lite: Store, sample: Bloc) -> None:
    office = Secretariat(lite, sample)
    office.world.at(IN_TIME)
    lan = office.lan
    await opened(lan)
    await lan.says("Nội dung mật của chuyên án")
    first = lan.last.button("Không phải mật"), lan.last.button("Bỏ, không gửi")
    await lan.says("Một nội dung mật khác")
    second = lan.last
    for data in first:
        lan.notices.clear()
        await lan.sends_data(data)
        lan.sees_notice("Nút này đã cũ")
    await lan.taps(second, "Không phải mật")
    lan.sees("1. 📝 Một nội dung mật khác")


async def test_nor_in_a_form(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample)
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Tôi đã hiểu")
    await lan.sends_file("a.pdf", caption="không rõ có phải văn bản mật hay không")
    first = lan.last.button("Không mật, ghi nhận"), lan.last.button("Bỏ, không giữ")
    await lan.sends_file("b.pdf", caption="tài liệu mật", content=b"%PDF 2")
    second = lan.last
    for data in first:
        await lan.sends_data(data)
        assert office.form.evidence == ()
    await lan.taps(second, "Không mật, ghi nhận")
    assert [piece.title.split(" ·")[0] for piece in office.form.evidence] == ["b.pdf"]


async def test_nor_for_an_explanation(lite: Store, sample: Bloc) -> None:
    office = Office(lite, sample)
    lan = office.lan
    await office.begins()
    await office.answers(lan, "95%", ">Giải trình", "Không để lộ, lọt tài liệu mật của tỉnh")
    first = lan.last.button("Không mật, ghi nhận"), lan.last.button("Bỏ, không giữ")
    await lan.says("Một tài liệu mật khác")
    second = lan.last
    for data in first:
        await lan.sends_data(data)
        assert office.form.explanations == {}
    await lan.taps(second, "Không mật, ghi nhận")
    assert office.form.explanations["TC1.1"].text == "Một tài liệu mật khác"
