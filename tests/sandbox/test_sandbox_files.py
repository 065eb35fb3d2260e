"""Files up and down, albums, and their limits."""

import aiohttp
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaDocument, InputMediaPhoto
from telegram import InputMediaDocument as PtbDocument
from telegram.error import BadRequest

from bot.sandbox import limits

from .driver import PNG, Town

DOCX = b"PK\x03\x04" + b"x" * 100


async def test_a_document_goes_up_and_comes_down_unchanged_by_both_libraries(town: Town, lan: int) -> None:
    by_aio = await town.aio.send_document(lan, BufferedInputFile(DOCX, "báo cáo.docx"), caption="<b>6 tháng</b>")
    by_ptb = await town.ptb.send_document(lan, DOCX, filename="báo cáo.docx", caption="<b>6</b>", parse_mode="HTML")
    assert by_aio.document is not None and by_ptb.document is not None
    assert by_aio.caption == "<b>6 tháng</b>" and by_ptb.caption == "6"
    assert by_aio.document.file_name == by_ptb.document.file_name == "báo cáo.docx"
    down = await town.aio.download(by_ptb.document.file_id)
    assert down is not None and down.read() == DOCX
    assert bytes(await (await town.ptb.get_file(by_aio.document.file_id)).download_as_bytearray()) == DOCX
    shown = (await town.shows(lan))[-1]["document"]
    assert (shown["name"], shown["size"]) == ("báo cáo.docx", 104)
    async with town.http.get(shown["url"]) as answer:
        assert await answer.read() == DOCX
        assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_a_file_id_sends_the_same_file_again(town: Town, lan: int) -> None:
    first = await town.aio.send_photo(lan, BufferedInputFile(PNG, "a.png"))
    assert first.photo is not None and (first.photo[-1].width, first.photo[-1].height) == (640, 480)
    again = await town.ptb.send_photo(lan, first.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    with pytest.raises(BadRequest, match=r"(?i)can.t use file of type Photo as Document"):
        await town.ptb.send_document(lan, first.photo[-1].file_id)
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await town.ptb.send_document(lan, "khong-co")


async def test_files_of_people_arrive_with_caption_and_can_be_downloaded(town: Town, lan: int) -> None:
    await town.uploads(lan, ("Báo cáo.docx", DOCX), caption="nộp")
    (update,) = await town.aio.get_updates()
    assert update.message is not None and update.message.document is not None
    assert update.message.caption == "nộp" and update.message.document.file_name == "Báo cáo.docx"
    down = await town.aio.download(update.message.document)
    assert down is not None and down.read() == DOCX


async def test_an_album_arrives_as_separate_updates_of_one_group(town: Town, lan: int) -> None:
    sent = await town.uploads(lan, ("a.png", PNG), ("b.png", PNG), kind="photo", caption="minh chứng")
    messages = [update["message"] for update in await town.drain()]
    assert [m["message_id"] for m in messages] == sent["message_ids"]
    assert len({m["media_group_id"] for m in messages}) == 1
    assert [m.get("caption") for m in messages] == ["minh chứng", None]


async def test_the_bot_sends_albums_by_both_libraries(town: Town, lan: int) -> None:
    by_aio = await town.aio.send_media_group(
        lan,
        [
            InputMediaPhoto(media=BufferedInputFile(PNG, "a.png"), caption="<i>hai</i>", parse_mode="HTML"),
            InputMediaPhoto(media=BufferedInputFile(PNG, "b.png")),
        ],
    )
    by_ptb = await town.ptb.send_media_group(
        lan, [PtbDocument(DOCX, filename="a.docx"), PtbDocument(DOCX, filename="b.docx")]
    )
    assert by_aio[0].caption == "hai" and by_aio[0].media_group_id == by_aio[1].media_group_id
    assert by_ptb[1].document is not None and by_ptb[1].document.file_name == "b.docx"


async def test_albums_that_telegram_refuses_are_refused(town: Town, lan: int) -> None:
    document = InputMediaDocument(media=BufferedInputFile(DOCX, "a.docx"))
    photo = InputMediaPhoto(media=BufferedInputFile(PNG, "a.png"))
    with pytest.raises(TelegramBadRequest, match="document can't be mixed with other media types"):
        await town.aio.send_media_group(lan, [document, photo])
    with pytest.raises(TelegramBadRequest, match="too many messages to send as an album"):
        await town.aio.send_media_group(lan, [photo] * 11)
    with pytest.raises(TelegramBadRequest, match="an album has 2-10 items"):
        await town.aio.send_media_group(lan, [photo])


async def test_what_is_no_picture_cannot_be_sent_as_one(town: Town, lan: int) -> None:
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await town.aio.send_photo(lan, BufferedInputFile(DOCX, "a.png"))
    refused = await town.uploads(lan, ("a.png", DOCX), kind="photo")
    assert refused["error"] == "Bad Request: IMAGE_PROCESS_FAILED"
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await town.aio.send_document(lan, BufferedInputFile(b"", "a.docx"))


async def test_sizes_are_bounded_up_and_down(town: Town, lan: int) -> None:
    big = BufferedInputFile(b"x" * (limits.DOWNLOAD_BYTES + 1), "to.zip")
    sent = await town.aio.send_document(lan, big)
    assert sent.document is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await town.aio.get_file(sent.document.file_id)
    picture = BufferedInputFile(PNG + b"x" * limits.PHOTO_BYTES, "to.png")
    with pytest.raises(TelegramBadRequest, match="is too big for a photo; the maximum size is 10485760 bytes"):
        await town.aio.send_photo(lan, picture)
    huge = BufferedInputFile(b"x" * (limits.UPLOAD_BYTES + 1), "to.zip")
    with pytest.raises(Exception, match="Request Entity Too Large"):
        await town.aio.send_document(lan, huge)


async def test_a_caption_is_bounded_after_parsing(town: Town, lan: int) -> None:
    file = BufferedInputFile(DOCX, "a.docx")
    await town.aio.send_document(lan, file, caption="<b>" + "ế" * 1024 + "</b>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await town.aio.send_document(lan, file, caption="ế" * 1025)


async def test_a_caption_can_be_edited_and_a_text_under_a_file_cannot(town: Town, lan: int) -> None:
    sent = await town.aio.send_document(lan, BufferedInputFile(DOCX, "a.docx"), caption="một")
    edited = await town.ptb.edit_message_caption(lan, sent.message_id, caption="hai")
    assert not isinstance(edited, bool) and edited.caption == "hai" and edited.document is not None
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await town.ptb.edit_message_text("ba", lan, sent.message_id)


async def test_a_form_with_a_file_nobody_asked_for_is_refused(town: Town, lan: int) -> None:
    form = aiohttp.FormData({"chat_id": str(lan), "text": "x"})
    form.add_field("extra", b"abc", filename="a.txt")
    async with town.http.post("/bot12345:TEST/sendMessage", data=form) as answer:
        assert (await answer.json())["description"] == "Bad Request: unknown parameter extra (sandbox)"
