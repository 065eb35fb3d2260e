"""The calendar, the switched-on troubles, and a server that goes away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, expect

from bot.sandbox import Sandbox
from tests.page.conftest import TOKEN, UNPACED, USERNAME, Ground, Json, OpenPage, ScriptedBot, phone, type_and_send

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="session")]


async def state(ground: Ground) -> Json:
    found: Json = (await ground.http.get(f"{ground.url}/sandbox/state")).json()
    return found


async def calendar(ground: Ground) -> datetime:
    return datetime.fromisoformat((await state(ground))["calendar"]["now"])


async def asks_for(page: Page, moment: str) -> None:
    if not await page.get_by_role("dialog", name="Tua lịch").is_visible():
        await page.get_by_role("button", name="Tua lịch").click()
    await page.get_by_label("Sang ngày giờ").fill(moment)
    await page.get_by_role("button", name="Sang", exact=True).click()


async def test_the_calendar_moves_by_the_quick_buttons(ground: Ground, opened: OpenPage) -> None:
    page = await opened()
    before = await calendar(ground)
    quick = page.get_by_role("group", name="Lịch")
    await quick.get_by_role("button", name="+1 giờ").click()
    await expect(quick).to_contain_text("Đã tua tới 1 giờ")
    await quick.get_by_role("button", name="+1 ngày").click()
    await expect(quick).to_contain_text("Đã tua tới 1 ngày 1 giờ")
    assert timedelta(hours=25) <= await calendar(ground) - before < timedelta(hours=25, minutes=2)
    await quick.get_by_role("button", name="Sáng mai 08:00").click()
    morning = (before + timedelta(hours=25)).date() + timedelta(days=1)
    await expect(page.locator("#topbar .clock-main")).to_contain_text(f"{morning:%d/%m/%Y} 08:00")


async def test_a_typed_moment_moves_the_calendar_and_the_dates_of_messages(ground: Ground, opened: OpenPage) -> None:
    # Whatever the real year, the moment asked for lies ahead of the calendar.
    start = datetime(2026, 6, 1, 2, tzinfo=UTC)
    await ground.post("calendar", {"to": start.isoformat(), "allow_back": True})
    hoa = await ground.person("Hoa")
    page = await opened()
    await expect(page.locator("#topbar .clock-main")).to_contain_text("Thứ Hai, 01/06/2026 09:0")
    await asks_for(page, "ngày mai")
    await expect(page.get_by_role("dialog")).to_contain_text("Chưa đọc được ngày giờ")
    await asks_for(page, "31/6/2026")
    await expect(page.get_by_role("dialog")).to_contain_text("Chưa đọc được ngày giờ")
    await asks_for(page, "8:00 12/6/2026")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#topbar .clock-main")).to_contain_text("Thứ Sáu, 12/06/2026 08:00")
    assert f"{await calendar(ground):%Y-%m-%dT%H:%M}" == "2026-06-12T08:00"
    await type_and_send(phone(page, hoa), "Chào buổi sáng")
    sent = await ground.bot.is_given("message")
    assert f"{datetime.fromtimestamp(sent['date'], UTC):%Y-%m-%dT%H:%M}" == "2026-06-12T01:00"
    await expect(phone(page, hoa).locator(".day").last).to_have_text("Hôm nay, 12/06/2026")


async def test_the_calendar_goes_back_only_to_real_time_and_only_when_confirmed(
    ground: Ground, opened: OpenPage
) -> None:
    await ground.post("calendar", {"by_seconds": 40 * 86400})
    page = await opened()
    moved = await calendar(ground)
    await asks_for(page, "8:00 1/1/2020")
    await expect(page.get_by_role("dialog")).to_contain_text("Lịch chỉ tua tới.")
    assert await calendar(ground) >= moved
    await page.keyboard.press("Escape")
    back = page.locator("#topbar").get_by_role("button", name="Về giờ thật")
    await back.click()
    await page.get_by_role("dialog").get_by_role("button", name="Thôi").click()
    assert (await state(ground))["calendar"]["offset_seconds"] > 0
    await back.click()
    await page.get_by_role("dialog").get_by_role("button", name="Về giờ thật").click()
    await expect(back).to_be_hidden()
    assert (await state(ground))["calendar"]["offset_seconds"] == 0


@pytest.mark.parametrize(
    ("name", "switched", "strip"),
    [
        ("Gửi quá nhanh (429)", {"flood": {"retry_after": 5, "times": None}}, "Gửi quá nhanh (429): 5 giây"),
        ("Telegram lỗi (5xx)", {"server_error": {"code": 502, "times": None}}, "Telegram lỗi (5xx): 502"),
        ("Mất câu trả lời sau khi gửi", {"lost_answer": {"times": 1}}, "Mất câu trả lời sau khi gửi: còn 1 lần"),
        ("Telegram ngừng hẳn", {"down": True}, "Telegram ngừng hẳn"),
    ],
    ids=["flood", "server_error", "lost_answer", "down"],
)
async def test_a_switch_turns_a_trouble_on_and_the_strip_tells_of_it(
    ground: Ground, opened: OpenPage, name: str, switched: Json, strip: str
) -> None:
    hoa = await ground.person("Hoa")
    page = await opened()
    await page.get_by_role("button", name="Sự cố").click()
    await page.get_by_role("switch", name=name).click()
    told = page.locator(".strip.faults")
    await expect(told).to_contain_text(strip)
    faults = (await state(ground))["faults"]
    assert {key: faults[key] for key in switched} == switched
    url, body = f"{ground.url}/bot{TOKEN}/sendMessage", {"chat_id": hoa, "text": "Thử"}
    if "lost_answer" in switched or "down" in switched:
        with pytest.raises(httpx.HTTPError):
            await ground.http.post(url, json=body)
    else:
        assert (await ground.http.post(url, json=body)).status_code in (429, 502)
    await expect(phone(page, hoa).locator("article.other", has_text="Thử")).to_have_count(
        1 if "lost_answer" in switched else 0
    )
    await page.get_by_role("dialog").get_by_role("button", name="Tắt hết").click()
    await expect(told).to_be_hidden()
    await expect(page.get_by_role("switch", name=name)).not_to_be_checked()
    await ground.bot.says(hoa, "Thông rồi")
    await expect(phone(page, hoa).get_by_text("Thông rồi")).to_be_visible()


async def test_a_trouble_that_has_run_its_course_leaves_the_strip(ground: Ground, opened: OpenPage) -> None:
    hoa = await ground.person("Hoa")
    page = await opened()
    await ground.post("faults", {"unknown_bad_request": {"times": 2}})
    told = page.locator(".strip.faults")
    await expect(told).to_contain_text("còn 2 lần")
    for left in ("còn 1 lần", None):
        refused = await ground.http.post(f"{ground.url}/bot{TOKEN}/sendMessage", json={"chat_id": hoa, "text": "Thử"})
        assert refused.status_code == 400
        if left:
            await expect(told).to_contain_text(left)
    await expect(told).to_be_hidden()


async def test_the_numbers_of_a_trouble_can_be_chosen(ground: Ground, opened: OpenPage) -> None:
    page = await opened()
    await page.get_by_role("button", name="Sự cố").click()
    row = page.locator(".fault", has_text="Gửi quá nhanh")
    await row.get_by_label("Chờ (giây)").fill("0")
    await row.get_by_role("switch").click()
    await expect(row.get_by_role("switch")).not_to_be_checked()
    assert (await state(ground))["faults"]["flood"] is None
    await row.get_by_label("Chờ (giây)").fill("17")
    await row.get_by_label("Số lần").fill("3")
    await row.get_by_role("switch").click()
    await expect(page.locator(".strip.faults")).to_contain_text("17 giây, còn 3 lần")
    assert (await state(ground))["faults"]["flood"] == {"retry_after": 17, "times": 3}


async def test_the_page_goes_on_after_the_server_restarted(
    tmp_path: Path, opened: OpenPage, http: httpx.AsyncClient
) -> None:
    def sandbox() -> Sandbox:
        return Sandbox(token=TOKEN, username=USERNAME, limits=UNPACED, state=tmp_path / "state.json")

    first = sandbox()
    url = await first.start(port=0)
    ground = Ground(first, url, http, ScriptedBot(url, http))
    hoa = await ground.person("Hoa")
    await ground.bot.says(hoa, "Trước khi tắt")
    page = await opened(url=url)
    here = phone(page, hoa)
    await expect(here.get_by_text("Trước khi tắt")).to_be_visible()
    await first.stop()
    await expect(page.locator(".strip.offline")).to_contain_text("Mất kết nối")
    await type_and_send(here, "Gửi lúc mất kết nối")
    await expect(here.get_by_role("status")).to_contain_text("máy chủ không trả lời")
    await expect(here.get_by_label("Nhắn tin")).to_have_value("Gửi lúc mất kết nối")
    second = sandbox()
    await second.start(port=urlsplit(url).port or 0)
    try:
        await page.get_by_role("button", name="Thử ngay").click()
        await expect(page.locator(".strip.offline")).to_be_hidden()
        await here.get_by_role("button", name="Gửi", exact=True).click()
        assert (await ground.bot.is_given("message"))["text"] == "Gửi lúc mất kết nối"
        await ground.bot.says(hoa, "Sau khi bật lại")
        await expect(here.get_by_text("Sau khi bật lại")).to_be_visible()
        await expect(here.get_by_text("Trước khi tắt")).to_have_count(1)
    finally:
        await second.stop()
