"""People, groups, and how their phones stand on the page."""

import pytest
from playwright.async_api import ViewportSize, expect

from tests.page.conftest import PHONE, USERNAME, Ground, OpenPage, phone, type_and_send

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="session")]

ACROSS = "() => document.documentElement.scrollWidth - innerWidth"
NAMELESS = """() => [...document.querySelectorAll('button, a, input, select, textarea, [role=button]')]
  .filter((e) => e.offsetParent !== null || e.closest('dialog[open]'))
  .filter((e) => !(e.getAttribute('aria-label') || e.innerText || '').trim())
  .filter((e) => ![...(e.labels || [])].some((label) => label.innerText.trim()))
  .map((e) => e.outerHTML.slice(0, 200))"""
SMALL = """() => [...document.querySelectorAll('button, a, input, select, textarea, summary')]
  .filter((e) => e.offsetParent !== null && !e.closest('.text, .skip') && !e.matches('.skip'))
  .map((e) => [(e.matches('[type=checkbox]') && e.closest('label')) || e, e])
  .map(([box, e]) => [box.getBoundingClientRect(), e])
  .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([box, e]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`)"""


async def test_an_empty_sandbox_offers_three_people(ground: Ground, opened: OpenPage) -> None:
    page = await opened()
    await page.get_by_role("button", name="Thêm ba người mẫu").click()
    await expect(page.locator(".phone")).to_have_count(3)
    users = (await ground.http.get(f"{ground.url}/sandbox/state")).json()["users"]
    assert [u["first_name"] for u in users] == ["Nguyễn Thị Hoa", "Trần Văn Minh", "Lê Thu Hà"]
    await page.get_by_role("region", name="Máy của Lê Thu Hà").get_by_role("button", name="Bắt đầu", exact=True).click()
    assert (await ground.bot.is_given("message"))["text"] == "/start"


async def test_a_person_and_a_group_are_added_on_the_page(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Nguyễn Thị Hoa", "hoa_daumoi")
    page = await opened()
    await page.get_by_role("button", name="Thêm người").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(form).to_contain_text("Anh/chị nhập họ và tên.")
    await form.get_by_label("Họ và tên").fill("Đặng Quốc Ước")
    await form.get_by_label("Tên người dùng").fill("hoa_daumoi")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(form).to_contain_text("Tên người dùng này đã có.")
    await form.get_by_label("Tên người dùng").fill("@uoc_dang")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(page.get_by_role("region", name="Máy của Đặng Quốc Ước")).to_contain_text("@uoc_dang")
    await page.get_by_role("button", name="Tạo nhóm").click()
    await form.get_by_label("Tên nhóm").fill("Khối thi đua số 3")
    await form.get_by_role("button", name="Tạo", exact=True).click()
    await expect(form).to_contain_text("chọn ít nhất một thành viên")
    for name in ("Nguyễn Thị Hoa", "Đặng Quốc Ước"):
        await form.get_by_label(name).check()
    await form.get_by_role("button", name="Tạo", exact=True).click()
    await expect(form).to_have_count(0)
    added = await ground.bot.is_given("my_chat_member")
    assert (added["chat"]["title"], added["chat"]["type"]) == ("Khối thi đua số 3", "group")
    group = added["chat"]["id"]
    await expect(phone(page, group)).to_contain_text("2 thành viên")
    await page.reload()
    await expect(phone(page, group)).to_be_visible()
    await expect(phone(page, hoa)).to_be_visible()


async def test_in_a_group_the_chosen_person_speaks(ground: Ground, opened: OpenPage) -> None:
    hoa, minh = await ground.person("Nguyễn Thị Hoa"), await ground.person("Trần Văn Minh")
    group = await ground.group("Khối 3", hoa, minh)
    page = await opened()
    await page.get_by_role("button", name="Mở nhóm Khối 3").first.click()
    here = phone(page, group)
    await type_and_send(here, "/tien_do")
    assert (await ground.bot.is_told())["from"]["id"] == hoa
    await expect(here.locator("article.own")).to_have_count(1)
    await here.get_by_label("Đang dùng máy của").select_option("Trần Văn Minh")
    await expect(here.locator("article.own")).to_have_count(0)
    await expect(here.locator("article.other .who")).to_have_text("Nguyễn Thị Hoa")
    await type_and_send(here, "/cham")
    message = await ground.bot.is_told()
    assert (message["from"]["id"], message["chat"]["id"]) == (minh, group)
    await ground.bot.says(group, "Đã rõ")
    await expect(here.locator("article.other .who.bot")).to_have_text("Trợ lý Khối")


async def test_two_members_see_one_group_each_on_their_own_phone(ground: Ground, opened: OpenPage) -> None:
    hoa, minh = await ground.person("Hoa"), await ground.person("Minh")
    group = await ground.group("Khối 3", hoa, minh)
    page = await opened()
    await page.get_by_role("button", name="Mở nhóm Khối 3").first.click()
    await phone(page, group).get_by_role("button", name="Tùy chọn của máy này").click()
    await page.get_by_role("menuitem", name="Mở nhóm trên máy khác").click()
    await page.get_by_role("dialog").get_by_role("button", name="Minh").click()
    await type_and_send(page.get_by_role("region", name="Nhóm Khối 3 trên máy của Minh"), "Xin chào")
    hers = page.get_by_role("region", name="Nhóm Khối 3 trên máy của Hoa")
    await expect(hers.locator("article.other")).to_contain_text("Xin chào")
    await expect(page.locator("article.own")).to_contain_text(["Xin chào"])


async def test_a_group_that_became_a_supergroup_goes_on_under_its_new_number(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    group = await ground.group("Khối 3", hoa)
    page = await opened()
    await page.get_by_role("button", name="Mở nhóm Khối 3").first.click()
    await phone(page, group).get_by_role("button", name="Tùy chọn của máy này").click()
    await page.get_by_role("menuitem", name="Chuyển thành siêu nhóm").click()
    await page.get_by_role("dialog").get_by_role("button", name="Chuyển thành siêu nhóm").click()
    await expect(phone(page, group)).to_have_count(0)
    await type_and_send(page.get_by_role("region", name="Nhóm Khối 3 trên máy của Hoa"), "/tien_do")
    message = await ground.bot.is_told()
    assert (message["text"], message["chat"]["type"]) == ("/tien_do", "supergroup")
    await expect(page.locator("#roster .roster-name", has_text="Khối 3")).to_have_count(1)


async def test_a_person_blocks_the_bot_and_lifts_the_block(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    page = await opened()
    here = phone(page, hoa)
    await here.get_by_role("button", name="Tùy chọn của máy này").click()
    await page.get_by_role("menuitem", name="Chặn bot").click()
    await page.get_by_role("dialog").get_by_role("button", name="Chặn bot").click()
    assert (await ground.bot.is_given("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    await expect(here).to_contain_text("đã chặn bot")
    await expect(here.get_by_label("Nhắn tin")).to_have_count(0)
    await here.get_by_role("button", name="Bỏ chặn bot").click()
    assert (await ground.bot.is_given("my_chat_member"))["new_chat_member"]["status"] == "member"
    await expect(here.get_by_label("Nhắn tin")).to_be_visible()


async def test_a_message_is_forwarded_to_the_bot_or_to_a_group_of_the_person(ground: Ground, opened: OpenPage) -> None:
    hoa, minh = await ground.person("Hoa"), await ground.person("Minh")
    group = await ground.group("Khối 3", hoa, minh)
    await ground.group("Khối 4", minh)
    await ground.bot.says(hoa, "Thông báo")
    page = await opened()
    for where in ("Trợ lý Khối", "Khối 3"):
        await phone(page, hoa).locator("article.other").click(button="right")
        await page.get_by_role("menuitem", name="Chuyển tiếp").click()
        places = page.get_by_role("dialog")
        await expect(places.get_by_role("button", name="Khối 4")).to_have_count(0)
        await places.get_by_role("button", name=where).click()
        await expect(places).to_have_count(0)
    copy = await ground.bot.is_told()
    assert (copy["from"]["id"], copy["chat"]["id"], copy["text"]) == (hoa, hoa, "Thông báo")
    assert copy["forward_origin"]["sender_user"]["username"] == USERNAME
    await page.get_by_role("button", name="Mở nhóm Khối 3").first.click()
    for chat in (hoa, group):
        await expect(phone(page, chat).locator("article.own").last).to_contain_text("Chuyển tiếp từ Trợ lý Khối")


async def test_on_a_narrow_screen_tabs_switch_between_people_and_count_unread(ground: Ground, opened: OpenPage) -> None:
    hoa, minh = await ground.person("Nguyễn Thị Hoa"), await ground.person("Trần Văn Minh")
    page = await opened(PHONE)
    await expect(phone(page, hoa)).to_be_visible()
    await expect(phone(page, minh)).to_be_hidden()
    for text in ("Một", "Hai"):
        await ground.bot.says(minh, text)
    await ground.bot.says(hoa, "Tin này đang được đọc")
    tab = page.get_by_role("tab", name="Minh")
    await expect(tab.locator(".badge")).to_have_text("2")
    await expect(page.get_by_role("tab", name="Hoa").locator(".badge")).to_have_count(0)
    await tab.click()
    await expect(phone(page, minh)).to_be_visible()
    await expect(phone(page, hoa)).to_be_hidden()
    await expect(tab).to_have_attribute("aria-selected", "true")
    await expect(tab.locator(".badge")).to_have_count(0)


async def test_a_conversation_stays_at_its_newest_message_until_somebody_scrolls_up(
    ground: Ground, opened: OpenPage
) -> None:
    hoa, minh = await ground.person("Hoa"), await ground.person("Minh")
    for n in range(30):
        await ground.bot.says(hoa, f"Tin {n}: " + "hồ sơ giải quyết đúng hạn " * 6)
    page = await opened()
    here = phone(page, hoa)
    log, newer = here.get_by_role("log"), here.locator(".pill")
    left = "(e) => e.scrollHeight - e.scrollTop - e.clientHeight"
    sizes: list[ViewportSize] = [{"width": 1000, "height": 500}, {"width": 390, "height": 700}]
    for size in sizes:
        await page.set_viewport_size(size)
        await expect(here.locator("article").last).to_be_in_viewport()
        await expect(newer).to_be_hidden()
    await page.get_by_role("tab", name="Minh").click()
    await expect(phone(page, minh)).to_be_visible()
    await ground.bot.says(hoa, "Tin khi đang xem máy khác")
    await page.get_by_role("tab", name="Hoa").click()
    await expect(here.locator("article").last).to_be_in_viewport()
    await log.hover()
    await page.mouse.wheel(0, -600)
    await expect(newer).to_be_visible()  # until then the wheel has not turned
    await expect(newer).to_have_text("Tin mới nhất")
    await ground.bot.says(hoa, "Tin chưa xem")
    await expect(newer).to_have_text("1 tin mới")
    assert await log.evaluate(left) > 300
    await newer.click()
    await expect(newer).to_be_hidden()
    await expect(here.get_by_text("Tin chưa xem")).to_be_in_viewport()


async def test_long_words_and_wide_keyboards_never_scroll_a_narrow_page_sideways(
    ground: Ground, opened: OpenPage
) -> None:
    hoa = await ground.person("Nguyễn Thị Kim Hoa Phương Thảo " + "Công" * 20, "h" * 32)
    minh = await ground.person("Minh")
    group = await ground.group("Khối thi đua các đơn vị sự nghiệp trực thuộc số 3 năm 2026", hoa, minh)
    keys = [[{"text": f"Mức {n}: hoàn thành tốt nhiệm vụ được giao", "callback_data": f"{n}"} for n in range(4)]]
    await ground.bot.says(
        hoa, f"<pre>{'x' * 300}</pre> https://example.org/{'y' * 200}", reply_markup={"inline_keyboard": keys}
    )
    await ground.bot.says(group, "Z" * 400)
    await ground.post("faults", {"flood": {"retry_after": 5, "times": None}, "duplicate_updates": True})
    page = await opened(PHONE)
    await expect(phone(page, hoa).locator(".key")).to_have_count(4)
    assert await page.evaluate(ACROSS) <= 0
    over = "() => [...document.querySelectorAll('.messages')].filter((e) => e.scrollWidth > e.clientWidth).length"
    assert await page.evaluate(over) == 0
    for name in ("Tua lịch", "Sự cố", "Chọn máy"):
        await page.get_by_role("button", name=name, exact=True).click()
        body = page.locator("dialog[open] .sheet-body")
        await expect(body).to_be_visible()
        assert await body.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
        assert await page.evaluate(ACROSS) <= 0
        await page.keyboard.press("Escape")


async def test_everything_to_press_on_a_narrow_screen_is_large_enough(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    group = await ground.group("Khối 3", hoa)
    await ground.bot.says(hoa, "Câu", reply_markup={"inline_keyboard": [[{"text": "Có", "callback_data": "1"}]]})
    await ground.post("faults", {"slow_ms": 1})
    page = await opened(PHONE, has_touch=True)
    await expect(phone(page, hoa).locator(".key")).to_be_visible()
    assert await page.evaluate(SMALL) == []
    for name in ("Tua lịch", "Sự cố", "Chọn máy"):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("dialog[open]")).to_be_visible()
        assert await page.evaluate(SMALL) == []
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Chọn máy").click()
    await page.get_by_role("button", name="Mở nhóm Khối 3").first.click()
    await page.keyboard.press("Escape")
    await expect(phone(page, group)).to_be_visible()
    assert await page.evaluate(SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground_in_both_schemes(ground: Ground, opened: OpenPage, scheme: str) -> None:
    hoa, minh = await ground.person("Hoa"), await ground.person("Minh", started=False)
    keys = {"inline_keyboard": [[{"text": "Có", "callback_data": "1"}]]}
    await ground.bot.says(hoa, "Câu <code>mã</code> https://example.org", reply_markup=keys)
    await ground.post(f"chats/{hoa}/send", {"from": hoa, "text": "Trả lời /cham"})
    await ground.post("faults", {"slow_ms": 1})
    page = await opened(color_scheme=scheme, reduced_motion="reduce")
    await expect(phone(page, minh)).to_be_visible()
    await expect(phone(page, hoa).locator(".key")).to_be_visible()
    spots = ".text, .text code, .text a, .meta, .key-label, .command-link, .phone-title, .phone-line span, .status, "
    spots += ".roster-name, .roster-line, .clock-main, .clock-offset, .strip-list, .button, .day span, .toast"
    low = await page.evaluate(CONTRAST, spots)
    assert low == []
    still = await phone(page, hoa).evaluate(
        "(e) => { e.classList.add('called'); return getComputedStyle(e).animationDuration; }"
    )
    assert float(still.removesuffix("s")) < 0.001


# Every colour is painted on a canvas over what lies under it, so that alpha and color-mix() count as they look.
CONTRAST = """(spots) => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
  const ink = canvas.getContext('2d', { willReadFrequently: true });
  const over = (colours) => {
    ink.fillStyle = '#888'; ink.fillRect(0, 0, 1, 1);
    for (const c of colours) { ink.fillStyle = c; ink.fillRect(0, 0, 1, 1); }
    return [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(spots)].filter((e) => e.offsetParent !== null && e.innerText.trim()).map((e) => {
    const grounds = [];
    for (let at = e; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const [a, b] = [light(over(grounds)), light(over([...grounds, getComputedStyle(e).color]))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), `${e.className} ${e.innerText.slice(0, 30)}`];
  }).filter(([ratio]) => ratio < 4.5).map(([ratio, what]) => `${ratio.toFixed(2)} ${what}`);
}"""


async def test_everything_to_press_has_a_name_and_shows_when_it_has_the_focus(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    await ground.group("Khối 3", hoa)
    await ground.person("Minh", started=False)
    await ground.bot.says(hoa, "Câu", reply_markup={"inline_keyboard": [[{"text": "Có", "callback_data": "1"}]]})
    page = await opened()
    await expect(phone(page, hoa).locator(".key")).to_be_visible()
    seen = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        what = await page.evaluate(
            "() => { const e = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(e);"
            " const name = e.getAttribute('aria-label') || e.innerText;"
            " return e === document.body ? null : [name, outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2]; }"
        )
        if what is None:
            break
        assert what[1], what
        seen.add(what[0])
    assert {"Đến các máy", "Tua lịch", "Có", "Nhắn tin", "Thêm người"} <= seen
    assert await page.evaluate(NAMELESS) == []
    for name in ("Tua lịch", "Sự cố", "Thêm người", "Tạo nhóm"):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("dialog[open]")).to_be_visible()
        assert await page.evaluate(NAMELESS) == []
        await page.keyboard.press("Escape")
