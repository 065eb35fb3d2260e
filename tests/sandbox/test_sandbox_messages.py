"""Sending, editing, deleting, copying: by both libraries, and each of Telegram's refusals."""

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from telegram import InlineKeyboardButton as PtbButton
from telegram import InlineKeyboardMarkup as PtbKeyboard
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken
from telegram.ext import ExtBot

from .driver import Town, keyboard

HOUR = 3600


async def test_both_libraries_send_formatted_text_with_buttons(town: Town, lan: int) -> None:
    by_aio = await town.aio.send_message(lan, "<b>Chào</b> chị", parse_mode="HTML", reply_markup=keyboard("a"))
    by_ptb = await town.ptb.send_message(
        lan,
        "Hạn <i>30/6</i>",
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=PtbKeyboard([[PtbButton("Đã rõ", callback_data="ok")]]),
        reply_parameters=ReplyParameters(by_aio.message_id),
    )
    assert by_aio.html_text == "<b>Chào</b> chị"
    assert by_ptb.text_html == "Hạn <i>30/6</i>"
    assert by_ptb.reply_to_message is not None and by_ptb.reply_to_message.message_id == by_aio.message_id
    first, second = (await town.shows(lan))[-2:]
    assert first["html"] == "<b>Chào</b> chị"
    assert second["keyboard"] == [[{"text": "Đã rõ", "data": "ok"}]]
    assert second["from"] == {"id": 12345, "name": "Trợ lý Khối"}


async def test_an_edit_changes_text_and_takes_the_keyboard_away(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "một", reply_markup=keyboard("a"))
    edited = await town.ptb.edit_message_text("hai", lan, sent.message_id)
    assert not isinstance(edited, bool) and edited.text == "hai" and edited.edit_date is not None
    shown = (await town.shows(lan))[-1]
    assert (shown["text"], shown["edited"], "keyboard" in shown) == ("hai", True, False)


async def test_an_edit_that_changes_nothing_is_refused(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "<b>một</b>", parse_mode="HTML", reply_markup=keyboard("a"))
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new message content and"):
        await town.aio.edit_message_text(
            "một ", chat_id=lan, message_id=sent.message_id, entities=sent.entities, reply_markup=keyboard("a")
        )
    with pytest.raises(BadRequest, match="Message is not modified"):
        await town.ptb.edit_message_reply_markup(
            lan, sent.message_id, reply_markup=PtbKeyboard([[PtbButton("Nút a", callback_data="a")]])
        )


async def test_only_the_bots_own_standing_messages_can_be_edited(town: Town, lan: int) -> None:
    typed = await town.says(lan, "của tôi")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await town.aio.edit_message_text("x", chat_id=lan, message_id=typed)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await town.aio.edit_message_text("x", chat_id=lan, message_id=9999)


async def test_a_deleted_message_is_gone_for_everybody(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "một")
    assert await town.ptb.delete_message(lan, sent.message_id)
    assert sent.message_id not in [m["id"] for m in await town.shows(lan)]
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await town.aio.delete_message(lan, sent.message_id)


async def test_after_48_hours_a_message_cannot_be_deleted(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "một")
    await town.post("calendar", {"by_seconds": 48 * HOUR + 1})
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await town.aio.delete_message(lan, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await town.aio.delete_messages(lan, [sent.message_id])


async def test_copies_lose_their_origin_and_forwards_keep_it(town: Town, lan: int) -> None:
    other = await town.person("Hùng")
    typed = await town.says(lan, "đề xuất")
    copied = await town.aio.copy_message(other, lan, typed)
    forwarded = await town.ptb.forward_message(other, lan, typed)
    assert forwarded.forward_origin is not None and forwarded.forward_origin.type == "user"
    many = await town.aio.copy_messages(other, lan, [typed, 9999])
    assert len(many) == 1
    first, second, third = (await town.shows(other))[-3:]
    assert first["id"] == copied.message_id and "forwarded_from" not in first
    assert second["forwarded_from"] == "Lan"
    assert third["text"] == "đề xuất"
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await town.ptb.copy_message(other, lan, 9999)
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await town.ptb.forward_message(other, lan, 9999)


async def test_a_reply_to_a_message_that_is_gone_is_refused_unless_allowed(town: Town, lan: int) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await town.ptb.send_message(lan, "x", reply_to_message_id=9999)
    sent = await town.ptb.send_message(lan, "x", reply_to_message_id=9999, allow_sending_without_reply=True)
    assert sent.reply_to_message is None


async def test_who_never_started_cannot_be_written_to(town: Town) -> None:
    stranger = await town.person("Người lạ", started=False)
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await town.aio.send_message(stranger, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await town.aio.send_message(424242, "x")
    with pytest.raises(BadRequest, match="Chat not found"):
        await town.ptb.send_message("@nguoila", "x")


async def test_who_blocked_the_bot_is_out_of_reach_until_the_next_start(town: Town, lan: int) -> None:
    await town.act(lan, "block")
    with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
        await town.ptb.send_message(lan, "x")
    await town.act(lan, "send", text="tôi viết", status=409)
    await town.act(lan, "start")
    assert (await town.aio.send_message(lan, "x")).text == "x"
    statuses = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in await town.updates()
        if "my_chat_member" in update
    ]
    assert statuses == ["kicked", "member"]


async def test_a_deactivated_account_is_refused(town: Town, lan: int) -> None:
    await town.post(f"users/{lan}/deactivate")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await town.ptb.send_message(lan, "x")


async def test_a_group_the_bot_was_thrown_out_of_is_refused(town: Town, lan: int) -> None:
    chat = await town.group(lan)
    await town.post(f"groups/{chat}/kick", {"from": lan})
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await town.ptb.send_message(chat, "x")
    await town.post(f"groups/{chat}/bring", {"from": lan})
    assert await town.aio.leave_chat(chat)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the group chat"):
        await town.aio.send_message(chat, "x")


async def test_a_migrated_group_answers_with_its_new_id(town: Town, lan: int) -> None:
    chat = await town.group(lan)
    new = (await town.post(f"groups/{chat}/migrate"))["id"]
    assert new < -1_000_000_000_000
    with pytest.raises(ChatMigrated) as by_ptb:
        await town.ptb.send_message(chat, "x")
    assert by_ptb.value.new_chat_id == new
    with pytest.raises(TelegramMigrateToChat) as by_aio:
        await town.aio.send_message(chat, "x")
    assert by_aio.value.migrate_to_chat_id == new
    assert (await town.aio.send_message(new, "x")).chat.type == "supergroup"
    messages = [update["message"] for update in await town.updates()]
    assert [m.get("migrate_to_chat_id") or m.get("migrate_from_chat_id") for m in messages] == [new, chat]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        ("  \n ", "text must be non-empty"),
        ("a" * 4097, "message is too long"),
    ],
)
async def test_empty_and_overlong_texts_are_refused(town: Town, lan: int, text: str, words: str) -> None:
    assert (await town.call("sendMessage", chat_id=lan, text=text)).description == f"Bad Request: {words}"


async def test_length_is_counted_after_the_tags_are_gone(town: Town, lan: int) -> None:
    said = await town.call("sendMessage", chat_id=lan, text="<b>" + "ế" * 4096 + "</b>", parse_mode="HTML")
    assert said.result["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Điểm <x>1</x>", 'Unsupported start tag "x" at byte offset 8'),
        ("<b>Điểm", 'Can\'t find end tag corresponding to start tag "b"'),
        ("Điểm</b>", "Unexpected end tag at byte offset 7"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 3'),
        ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 7'),
    ],
)
async def test_html_that_does_not_parse_is_refused_with_byte_offsets(
    town: Town, lan: int, text: str, words: str
) -> None:
    said = await town.call("sendMessage", chat_id=lan, text=text, parse_mode="HTML")
    assert said.description == f"Bad Request: can't parse entities: {words}"


async def test_entities_count_in_utf16_units(town: Town, lan: int) -> None:
    sent = await town.aio.send_message(lan, "😀 <b>Tốt 😀</b> <code>x&lt;y</code>", parse_mode="HTML")
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [("bold", 3, 6), ("code", 10, 3)]
    assert (await town.shows(lan))[-1]["html"] == "😀 <b>Tốt 😀</b> <code>x&lt;y</code>"
    for offset, length, words in ((1, 2, "in a middle of a UTF-16 symbol"), (0, 9, "ends after the end of the text")):
        given = [{"type": "bold", "offset": offset, "length": length}]
        assert words in (await town.call("sendMessage", chat_id=lan, text="😀 ab", entities=given)).description


async def test_markup_languages_other_than_html_are_refused_in_plain_words(town: Town, lan: int) -> None:
    said = await town.call("sendMessage", chat_id=lan, text="*x*", parse_mode="MarkdownV2")
    assert said.description == "Bad Request: MarkdownV2 is not played by the sandbox, use HTML"


async def test_what_a_person_types_reaches_the_page_as_text_only(town: Town, lan: int) -> None:
    await town.says(lan, "<script>alert(1)</script> & https://example.vn/a?b=1&c=2.")
    shown = (await town.shows(lan))[-1]["html"]
    assert shown.startswith("&lt;script&gt;alert(1)&lt;/script&gt; &amp; <a href=")
    assert 'href="https://example.vn/a?b=1&amp;c=2"' in shown
    sent = await town.aio.send_message(lan, '<a href="javascript:alert(1)">x</a>', parse_mode="HTML")
    assert sent.entities is None


async def test_a_wrong_token_is_unauthorized_and_an_unknown_method_not_found(town: Town) -> None:
    assert (await town.call("getMe", token="12345:WRONG")).body == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    assert (await town.call("sendEverything")).status == 404
    with pytest.raises(InvalidToken):
        async with ExtBot("1:x", base_url=f"{town.sandbox.url}/bot"):
            pass


async def test_a_method_of_the_table_that_is_not_played_says_so(town: Town, lan: int) -> None:
    said = await town.call("sendDice", chat_id=lan)
    assert (said.status, said.description) == (400, "Bad Request: method sendDice is not played by the sandbox")
    assert (await town.call("SENDMESSAGE", chat_id=lan, text="x")).status == 200
