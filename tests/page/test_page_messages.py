"""Messages on the page: what a bot shows, what people answer with."""

import base64
import hashlib
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, expect

from tests.page.conftest import TOKEN, USERNAME, Ground, OpenPage, phone, type_and_send

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="session")]


def png(width: int, height: int) -> bytes:
    """A green picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x0b\x6b\x62" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def test_formatting_of_a_bot_is_shown_as_formatting(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Nguyễn Thị Hoa")
    await ground.bot.says(
        hoa,
        "<b>Phiếu <i>thi đua</i></b> <s>cũ</s> <u>mới</u> <code>97/100</code>\n<pre>dòng\n  thụt</pre>"
        '<blockquote>căn cứ</blockquote> <a href="https://example.org/a?b=1&amp;c=2">xem</a>'
        " <tg-spoiler>kín</tg-spoiler>",
    )
    seen = phone(await opened(), hoa).locator("article.other .text")
    await expect(seen.locator("b i")).to_have_text("thi đua")
    for tag, text in {"s": "cũ", "u": "mới", "code": "97/100", "pre": "dòng\n  thụt", "blockquote": "căn cứ"}.items():
        assert await seen.locator(tag).inner_text() == text
    link = seen.get_by_role("link", name="xem")
    assert await link.get_attribute("href") == "https://example.org/a?b=1&c=2"
    assert await link.get_attribute("rel") == "noopener noreferrer"
    await expect(seen.get_by_text("kín")).to_be_hidden()
    await seen.get_by_role("button", name="Bấm để xem phần bị che").press("Enter")
    await expect(seen.get_by_text("kín")).to_be_visible()


async def test_markup_in_names_titles_and_texts_is_only_text(ground: Ground, opened: OpenPage) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    hoa = await ground.person(bad)
    minh = await ground.person("Minh")
    group = await ground.group(f"{bad} nhóm", hoa, minh)
    await ground.post(f"chats/{hoa}/send", {"from": hoa, "text": f"{bad} <b>đậm</b>"})
    await ground.post(f"chats/{group}/send", {"from": minh, "text": "&lt;b&gt; &amp;"})
    escaped = bad.replace("<", "&lt;").replace(">", "&gt;")
    keys = [[{"text": bad, "callback_data": "x"}, {"text": "mở", "url": "https://example.org/<b>"}]]
    await ground.bot.says(
        hoa, f'{escaped}<a href="javascript:alert(3)">bấm</a>', reply_markup={"inline_keyboard": keys}
    )
    document = (f"{bad}.pdf", b"%PDF-1.4 \n%%EOF", "application/pdf")
    form = {"from": str(hoa), "as": "document"}
    await ground.http.post(f"{ground.url}/sandbox/chats/{hoa}/send", data=form, files={"file": document})
    page = await opened()
    here = phone(page, hoa)
    await expect(here.locator("article.own", has_text="đậm")).to_contain_text(f"{bad} <b>đậm</b>")
    await expect(here.locator("article.other .text")).to_contain_text(f"{bad}bấm")
    await expect(here.get_by_role("heading", level=2)).to_have_text(bad)
    await expect(here.get_by_role("button", name=bad)).to_be_visible()
    await page.get_by_role("button", name=f"Mở nhóm {bad} nhóm").first.click()
    await expect(phone(page, group).locator(".text").first).to_contain_text("&lt;b&gt; &amp;")
    assert await page.locator("img[onerror], body script, a[href^='javascript']").count() == 0


async def test_an_edited_message_changes_in_its_place(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    keys = {"inline_keyboard": [[{"text": "Có", "callback_data": "y"}, {"text": "Không", "callback_data": "n"}]]}
    sent = await ground.bot.says(hoa, "Câu 1?", reply_markup=keys)
    await ground.bot.says(hoa, "Tin sau")
    here = phone(await opened(), hoa)
    question = here.locator(f"[data-message='{sent['message_id']}']")
    await expect(question.get_by_role("button", name="Có", exact=True)).to_be_visible()
    await expect(question.locator(".edited")).to_have_count(0)
    done = {"chat_id": hoa, "message_id": sent["message_id"], "text": "Đã ghi: Có"}
    await ground.bot.call("editMessageText", **done)
    await expect(question.locator(".edited")).to_have_text("đã sửa")
    await expect(question.locator(".text")).to_contain_text("Đã ghi: Có")
    await expect(question.locator(".key")).to_have_count(0)
    await expect(here.locator("article").last).to_contain_text("Tin sau")


async def test_a_deleted_message_goes_away(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    sent = await ground.bot.says(hoa, "Tin bỏ")
    here = phone(await opened(), hoa)
    await expect(here.get_by_text("Tin bỏ")).to_be_visible()
    await ground.bot.call("deleteMessage", chat_id=hoa, message_id=sent["message_id"])
    await expect(here.get_by_text("Tin bỏ")).to_have_count(0)


async def test_a_tap_reaches_the_bot_and_its_answer_shows_as_a_toast(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    keys = {"inline_keyboard": [[{"text": "Có ✓", "callback_data": "trả lời:1"}]]}
    sent = await ground.bot.says(hoa, "Câu 1?", reply_markup=keys)
    here = phone(await opened(), hoa)
    key = here.get_by_role("button", name="Có ✓")
    await key.click()
    query = await ground.bot.is_given("callback_query")
    assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == (
        "trả lời:1",
        hoa,
        sent["message_id"],
    )
    await expect(key).to_have_attribute("aria-busy", "true")
    await ground.bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Đã ghi <b>Có</b>")
    await expect(here.get_by_role("status")).to_have_text("Đã ghi <b>Có</b>")
    await expect(key).not_to_have_attribute("aria-busy", "true")


async def test_an_alert_is_a_dialog_that_waits_for_the_person(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    await ground.bot.says(hoa, "Câu", reply_markup={"inline_keyboard": [[{"text": "Nộp", "callback_data": "n"}]]})
    page = await opened()
    await phone(page, hoa).get_by_role("button", name="Nộp").click()
    query = await ground.bot.is_given("callback_query")
    alert = {"callback_query_id": query["id"], "text": "Phiếu còn thiếu 2 ô.", "show_alert": True}
    await ground.bot.call("answerCallbackQuery", **alert)
    box = page.get_by_role("dialog")
    await expect(box).to_contain_text("Phiếu còn thiếu 2 ô.")
    await expect(box.get_by_role("button", name="Đồng ý")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(box).to_have_count(0)


async def test_a_typed_text_arrives_as_it_was_typed(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    here = phone(await opened(), hoa)
    box = here.get_by_label("Nhắn tin")
    await box.press_sequentially("Tỷ lệ 97/100 <đạt>")
    await box.press("Shift+Enter")
    await box.press_sequentially("dòng hai")
    await box.press("Enter")
    message = await ground.bot.is_given("message")
    assert message["text"] == "Tỷ lệ 97/100 <đạt>\ndòng hai"
    await expect(here.locator("article.own").last).to_contain_text("Tỷ lệ 97/100 <đạt>")
    await expect(box).to_have_value("")
    await expect(box).to_be_focused()


async def test_a_person_answers_a_message_and_corrects_their_own(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    asked = await ground.bot.says(hoa, "Gõ số lượng")
    page = await opened()
    here = phone(page, hoa)
    await here.locator("article.other").click(button="right")
    await page.get_by_role("menuitem", name="Trả lời").click()
    await type_and_send(here, "12")
    answer = await ground.bot.is_given("message")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    await here.locator("article.own").last.hover()
    await here.locator("article.own").last.get_by_role("button", name="Tùy chọn của tin này").click()
    await page.get_by_role("menuitem", name="Sửa").click()
    await expect(here.get_by_label("Nhắn tin")).to_have_value("12")
    await here.get_by_label("Nhắn tin").fill("13")
    await here.get_by_role("button", name="Lưu").click()
    edited = await ground.bot.is_given("edited_message")
    assert (edited["message_id"], edited["text"]) == (answer["message_id"], "13")
    await expect(here.locator("article.own").last.locator(".edited")).to_be_visible()


async def test_a_photo_and_a_file_arrive_with_their_bytes_and_names(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    page = await opened()
    here = phone(page, hoa)
    minutes = b"%PDF-1.4\n" + bytes(range(256)) * 40
    for_file: FilePayload = {
        "name": "Biên bản họp Khối số 3 – Đợt 1.pdf",
        "mimeType": "application/pdf",
        "buffer": minutes,
    }
    await here.locator("input[type=file]").nth(1).set_input_files([for_file])
    await here.get_by_label("Lời kèm").fill("Minh chứng câu 5")
    await here.get_by_role("button", name="Gửi", exact=True).click()
    message = await ground.bot.is_given("message")
    assert message["document"]["file_name"] == for_file["name"]
    assert message["caption"] == "Minh chứng câu 5"
    assert await ground.bot.downloads(message["document"]["file_id"]) == minutes
    shown = here.get_by_role("link", name=f"Tải về {for_file['name']}")
    async with page.expect_download() as saving:
        await shown.click()
    saved = await saving.value
    assert saved.suggested_filename == for_file["name"]
    assert hashlib.sha256((await saved.path()).read_bytes()).digest() == hashlib.sha256(minutes).digest()
    picture = png(640, 480)
    for_photo: FilePayload = {"name": "ảnh.png", "mimeType": "image/png", "buffer": picture}
    await here.locator("input[type=file]").first.set_input_files([for_photo])
    await here.get_by_role("button", name="Gửi", exact=True).click()
    photo = (await ground.bot.is_given("message"))["photo"][-1]
    assert (photo["width"], photo["height"]) == (640, 480)
    assert await ground.bot.downloads(photo["file_id"]) == picture
    image = here.get_by_role("button", name="Xem ảnh lớn").locator("img")
    await expect(image).to_have_js_property("naturalWidth", 640)
    await here.get_by_role("button", name="Xem ảnh lớn").click()
    await expect(page.get_by_role("dialog", name="Ảnh")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_several_pictures_go_as_one_album(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    here = phone(await opened(), hoa)
    pictures: list[FilePayload] = [
        {"name": f"ảnh {i}.png", "mimeType": "image/png", "buffer": png(60 + i, 60)} for i in range(3)
    ]
    await here.locator("input[type=file]").first.set_input_files(pictures)
    await here.get_by_role("button", name="Bỏ ảnh 1.png").click()
    await here.get_by_role("button", name="Gửi", exact=True).click()
    first, second = await ground.bot.is_given("message"), await ground.bot.is_given("message")
    assert first["media_group_id"] == second["media_group_id"]
    assert [m["photo"][-1]["width"] for m in (first, second)] == [60, 62]
    await expect(here.locator("article.own").last.locator(".photo")).to_have_count(2)


async def test_a_picture_and_a_file_of_the_bot_are_shown(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    for method, name, part in (
        ("sendPhoto", "photo", ("a.png", png(300, 200), "image/png")),
        ("sendDocument", "document", ("Tổng hợp quý II.xlsx", b"PK" + bytes(3000), "application/octet-stream")),
    ):
        form = {"chat_id": str(hoa), "caption": "Kèm <b>đây</b>", "parse_mode": "HTML"}
        url = f"{ground.url}/bot{TOKEN}/{method}"
        assert (await ground.http.post(url, data=form, files={name: part})).status_code == 200
    here = phone(await opened(), hoa)
    await expect(here.locator(".photo img")).to_have_js_property("naturalWidth", 300)
    await expect(here.get_by_role("link", name="Tải về Tổng hợp quý II.xlsx")).to_contain_text("2,9 KB")
    await expect(here.locator("article.other .text b")).to_have_text(["đây", "đây"])


async def test_an_invitation_link_starts_for_the_person_whose_phone_it_is_on(ground: Ground, opened: OpenPage) -> None:
    hoa, minh = await ground.person("Hoa"), await ground.person("Minh")
    payload = base64.urlsafe_b64encode(b"moi-tham-gia").decode().rstrip("=")
    link = f"https://t.me/{USERNAME}?start={payload}"
    await ground.bot.says(hoa, f"Mời anh/chị: {link}")
    await ground.bot.says(minh, f'Hoặc <a href="{link}">bấm vào đây</a>.')
    page = await opened()
    for person, name in ((hoa, link), (minh, "bấm vào đây")):
        await phone(page, person).get_by_role("link", name=name).click()
        message = await ground.bot.is_given("message")
        assert (message["from"]["id"], message["text"]) == (person, f"/start {payload}")
    assert page.url.rstrip("/") == ground.url


async def test_a_newcomer_starts_with_a_code_that_was_handed_over(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa", started=False)
    page = await opened()
    here = phone(page, hoa)
    await here.get_by_role("button", name="Tôi có mã mời").click()
    code = page.get_by_role("dialog").get_by_label("Mã mời hoặc đường dẫn mời")
    await code.fill("mã sai!")
    await code.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Mã mời gồm tối đa 64")
    await code.fill(f"https://t.me/{USERNAME}?start=k3y_-X")
    await code.press("Enter")
    assert (await ground.bot.is_given("message"))["text"] == "/start k3y_-X"
    await expect(here.get_by_label("Nhắn tin")).to_be_visible()


async def test_a_slash_shows_the_commands_of_the_bot_and_sends_the_chosen_one(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    await ground.bot.call(
        "setMyCommands",
        commands=[
            {"command": "cham", "description": "Chấm điểm"},
            {"command": "tien_do", "description": "Tiến độ <b>"},
            {"command": "tro_giup", "description": "Trợ giúp"},
        ],
    )
    here = phone(await opened(), hoa)
    box = here.get_by_label("Nhắn tin")
    await box.press_sequentially("/")
    options = here.get_by_role("option")
    await expect(options).to_have_text(["/chamChấm điểm", "/tien_doTiến độ <b>", "/tro_giupTrợ giúp"])
    await box.press_sequentially("t")
    await expect(options).to_have_count(2)
    await box.press("ArrowDown")
    await box.press("Enter")
    assert (await ground.bot.is_given("message"))["text"] == "/tro_giup"
    await ground.bot.call("setMyCommands", commands=[{"command": "moi", "description": "Mới"}])
    await box.press_sequentially("/")
    await expect(options).to_have_text(["/moiMới"])


async def test_a_reply_keyboard_of_the_bot_writes_its_labels(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    await ground.bot.says(hoa, "Chọn", reply_markup={"keyboard": [[{"text": "Chấm điểm"}, {"text": "Tiến độ"}]]})
    here = phone(await opened(), hoa)
    await here.get_by_role("group", name="Bàn phím trả lời").get_by_role("button", name="Tiến độ").click()
    assert (await ground.bot.is_given("message"))["text"] == "Tiến độ"
    await ground.bot.says(hoa, "Xong", reply_markup={"remove_keyboard": True})
    await expect(here.get_by_role("group", name="Bàn phím trả lời")).to_be_hidden()
