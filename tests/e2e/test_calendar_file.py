"""A milestone's calendar file through the real process: made by a handler, sent after the commit, over HTTP."""

from typing import Any

import aiohttp
from icalendar import Calendar

from bot.tour import LocalTelegram
from tests.e2e.conftest import Installation, Run
from tests.e2e.test_run import member


async def files_of(telegram: LocalTelegram, phone_id: int) -> list[dict[str, Any]]:
    """Documents in a chat, oldest first."""
    found = await telegram.get(f"chats/{phone_id}/messages", viewer=phone_id)
    return [message["document"] for message in found["messages"] if message.get("document")]


async def test_the_file_arrives_once_and_whole_even_when_telegram_is_out_of_breath(
    telegram: LocalTelegram, installed: Installation, run: Run
) -> None:
    process = await run()
    lan = await member(telegram, installed)
    await lan.says("hạn nộp báo cáo sơ kết 6 tháng")
    answer = await lan.sees("19/6/2026", "Đơn vị anh/chị chưa nộp")
    await telegram.faults(flood={"retry_after": 1, "times": 1, "methods": ["sendDocument"]})
    await lan.taps(answer, "Thêm vào lịch")
    await lan.sees("Mở tệp này để thêm")
    (sent,) = await files_of(telegram, lan.id)
    assert sent["name"] == "bc6t-2026.ics"
    async with aiohttp.ClientSession(telegram.url) as http, http.get(sent["url"]) as download:
        calendar: Any = Calendar.from_ical((await download.read()).decode())
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == "KNC-2026-MS-BC6T@thidua" and "Báo cáo sơ kết" in event["DESCRIPTION"]
    calls = [call for call in await telegram.calls() if call["method"] == "sendDocument"]
    assert [call["status"] for call in calls] == [429, 200]
    assert await process.leaves() == 0
    assert "Traceback" not in process.log and "ERROR" not in process.log, process.log
