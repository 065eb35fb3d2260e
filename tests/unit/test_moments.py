"""Moments as people type them."""

import unicodedata
from datetime import UTC, datetime

import pytest

from bot.domain.calendar import local
from bot.domain.moments import MomentNotUnderstood, parse_moment

NOW = datetime(2026, 6, 26, 3, 0, tzinfo=UTC)  # 10:00 in Việt Nam


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("25/6 16:30", "2026-06-25 16:30"),
        ("25-06-2026 16h30", "2026-06-25 16:30"),
        ("25.6.26 8h05", "2026-06-25 08:05"),
        ("16h30 ngày 25/6", "2026-06-25 16:30"),
        ("16.30 25.6", "2026-06-25 16:30"),
        ("lúc 16 giờ 30 phút, ngày 25/6/2026", "2026-06-25 16:30"),
        ("hôm nay 15:00", "2026-06-26 15:00"),
        ("HÔM NAY 9H", "2026-06-26 09:00"),
        ("4 giờ chiều hôm qua", "2026-06-25 16:00"),
        ("8:00", "2026-06-26 08:00"),
        ("bây giờ", "2026-06-26 10:00"),
        ("Bay gio", "2026-06-26 10:00"),
        (unicodedata.normalize("NFD", "hôm nay lúc 15 giờ"), "2026-06-26 15:00"),
        ("２５／６　１６：３０", "2026-06-25 16:30"),
        ("today 15:00", "2026-06-26 15:00"),
        ("28/12 8h", "2025-12-28 08:00"),
        ("1/7 8h", "2026-07-01 08:00"),
    ],
)
def test_a_moment_is_read_in_vietnamese_time(typed: str, meant: str) -> None:
    found = parse_moment(typed, NOW)
    assert found.tzinfo is UTC
    assert f"{local(found):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "typed",
    ["", "25/6", "hôm nay", "31/2 8:00", "25/6 25:00", "8:75", "abc", "mai 8:00", "25/6 16:30 hoặc 17:00", "0/0 8h"],
)
def test_what_is_not_a_day_and_a_time_is_not_guessed(typed: str) -> None:
    with pytest.raises(MomentNotUnderstood):
        parse_moment(typed, NOW)
