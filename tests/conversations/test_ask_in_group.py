"""The bot in a group: spoken to, it answers shortly, the same for everybody, and remembers nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.types import User
from sqlalchemy import text as sql

import handlers.ask
from bot.domain.bloc import Bloc
from bot.domain.people import Role
from bot.knowledge import answer as knowledge
from bot.words import strip
from handlers.library import LIBRARY
from handlers.views.ask import SHORT, shortened
from storage.store import Store
from tests.chat import BOT_ID, Seen, World
from tests.conftest import SPRING, load
from tests.conversations.test_ask import REPLY, Group

PRIVATE = "xin nhắn riêng cho trợ lý"


@pytest.fixture
def group(lite: Store, sample: Bloc) -> Iterator[Group]:
    """A liaison of the police writes there; the bot knows its own name."""
    knowledge._cache.clear()
    load(lite, sample)
    world = World(lite, SPRING)
    world.bot._me = User(id=BOT_ID, is_bot=True, first_name="bot", username="ThiDuaBot")
    world.person(11, "Lan", ("CAT", Role.LIAISON))
    yield Group(world, 11, "Lan")
    knowledge._cache.clear()


def rows(group: Group, table: str) -> int:
    with group.world.store.engine.connect() as connection:
        return int(connection.execute(sql(f"SELECT count(*) FROM {table}")).scalar() or 0)


async def answered(group: Group, text: str, **extra: Any) -> Seen:
    """The one message that came back."""
    (shown,) = await group.writes(text, **extra)
    assert isinstance(shown, Seen) and not shown.buttons
    return shown


def replying_to(user_id: int, *, is_bot: bool = False) -> dict[str, Any]:
    to = REPLY["reply_to_message"] | {"from": {"id": user_id, "is_bot": is_bot, "first_name": "ai đó"}}
    return {"reply_to_message": to}


@pytest.mark.parametrize(
    "text",
    [
        "@ThiDuaBot hạn nộp báo cáo sơ kết 6 tháng",
        "hạn nộp báo cáo sơ kết 6 tháng @ThiDuaBot",
        "nhờ @thiduabot cho biết hạn nộp báo cáo sơ kết 6 tháng",
        "anh @nam ơi, @ThiDuaBot: hạn nộp báo cáo sơ kết 6 tháng?",
        "/hoi hạn nộp báo cáo sơ kết 6 tháng",
        "/hoi@ThiDuaBot hạn nộp báo cáo sơ kết 6 tháng",
        "/hoi@THIDUABOT hạn nộp báo cáo sơ kết 6 tháng",
    ],
)
async def test_it_answers_when_it_is_spoken_to(group: Group, text: str) -> None:
    shown = await answered(group, text)
    assert "19/6/2026" in shown.text and "Nguồn:" in shown.text


async def test_it_answers_a_reply_to_its_own_message_and_a_mention_in_a_reply_to_somebody(group: Group) -> None:
    assert "19/6/2026" in (await answered(group, "hạn nộp báo cáo sơ kết 6 tháng", **REPLY)).text
    mention = "@ThiDuaBot hạn nộp báo cáo sơ kết 6 tháng"
    assert "19/6/2026" in (await answered(group, mention, **replying_to(77))).text
    assert await group.writes("hạn nộp báo cáo sơ kết 6 tháng", **replying_to(77)) == []


@pytest.mark.parametrize(
    "text",
    [
        "hạn nộp báo cáo sơ kết 6 tháng là khi nào nhỉ",
        "@ThiDuaBotKhac hạn nộp báo cáo sơ kết",
        "@OtherBot hạn nộp báo cáo sơ kết",
        "/hoi@OtherBot hạn nộp báo cáo sơ kết",
        "/tudanhgia",
        "/khongco",
    ],
)
async def test_what_is_not_for_it_is_left_alone(group: Group, text: str) -> None:
    assert await group.writes(text) == []


async def test_another_bots_command_in_a_reply_to_it_is_left_alone(group: Group) -> None:
    assert await group.writes("/start@OtherBot", **REPLY) == []


async def test_a_bare_mention_is_asked_what_it_wants(group: Group) -> None:
    assert "muốn hỏi gì" in (await answered(group, "@ThiDuaBot")).text
    assert "muốn hỏi gì" in (await answered(group, "/hoi")).text
    assert PRIVATE not in (await answered(group, "@ThiDuaBot xin chào")).text


async def test_a_long_answer_is_cut_to_its_first_lines_with_the_source_and_where_the_rest_is(group: Group) -> None:
    shown = await answered(group, "/hoi TC1.6")
    assert shown.text.startswith("TC1.6. Cải cách hành chính\nĐiểm tối đa: 40 điểm")
    assert "Nguồn: Bảng tiêu chí" in shown.text and "minh họa" in shown.text and PRIVATE in shown.text
    assert "Nhóm:" not in shown.text and "\n…\n" in shown.text
    assert len(shown.text) < SHORT + 350


async def test_the_figure_that_was_asked_for_is_among_the_first_lines(group: Group) -> None:
    shown = await answered(group, "@ThiDuaBot CCHC xếp loại khá được mấy điểm")
    assert "Mức “khá”: 32 điểm" in shown.text


async def test_several_lines_are_named_and_not_offered(group: Group) -> None:
    shown = await answered(group, "/hoi DT3 với TC1.8")
    assert "xin hỏi rõ hơn" in shown.text and PRIVATE in shown.text
    assert "• DT3 " in shown.text and "• TC1.8 " in shown.text


async def test_what_is_not_known_is_said_and_the_secretariat_is_not_asked_from_there(group: Group) -> None:
    shown = await answered(group, "/hoi giá vàng hôm nay")
    assert "chưa có nội dung này" in shown.text and PRIVATE in shown.text
    assert rows(group, "letters") == 0


async def test_nobody_is_remembered(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []

    class Listening:
        def answer(self, bloc: Any, question: str, **given: Any) -> Any:
            heard.append((given.get("before"), given.get("about")))
            return LIBRARY.answer(bloc, question, **given)

    monkeypatch.setattr(handlers.ask, "LIBRARY", Listening())
    for text in ("hạn nộp báo cáo sơ kết 6 tháng", "thế nộp cho ai", "giá vàng", "DT3 với TC1.8"):
        await answered(group, f"/hoi {text}")
    assert heard and set(heard) == {(None, "")}
    assert rows(group, "talks") == 0 and rows(group, "deliveries") == 0 and rows(group, "trail") == 0


async def test_an_old_choice_that_is_tapped_in_a_group_stays_short_and_nobodys_own(group: Group) -> None:
    await group.writes("/hoi DT3 với TC1.8")
    (shown,) = await group.sends_in_group("1:qa:TC1.8")
    assert shown.text.startswith("TC1.8. ") and not shown.buttons and "📌" not in shown.text
    assert rows(group, "talks") == 0


async def test_nothing_of_the_rest_works_from_a_group(group: Group) -> None:
    for data in ("1:qf:MS-BC6T", "1:qs:00000000", "1:ol:1:giua_nam:00000000"):
        assert await group.sends_in_group(data) == []
    assert rows(group, "assessments") == 0


# -- cutting ---------------------------------------------------------------------------------------------


def test_a_long_paragraph_is_cut_between_words_and_stays_fit_for_telegram() -> None:
    html = "<b>Câu hỏi &amp; đáp</b>\n" + "một &lt;hai&gt; ba " * 60 + "\n<i>Nguồn: Quy chế, bản 1.</i>"
    cut, whole = shortened(html)
    assert not whole and cut.endswith("…\n<i>Nguồn: Quy chế, bản 1.</i>")
    assert cut.startswith("<b>Câu hỏi &amp; đáp</b>\n") and "<hai>" not in cut and "&lt;hai&gt;" in cut
    assert len(strip(cut)) < SHORT + 100


def test_a_short_answer_stays_whole() -> None:
    html = "<b>A</b>\nB\n<i>Nguồn: C.</i>\n<i>Minh họa.</i>"
    assert shortened(html) == (html, True)


def test_a_tag_over_several_lines_loses_its_looks_and_nothing_else() -> None:
    cut, _ = shortened("<b>A\nB</b>\n" + "c " * 400)
    assert "<b>" not in cut and cut.startswith("A\nB\n")
