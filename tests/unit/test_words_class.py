"""Texts, numbers and dates as people in Việt Nam (and in English) write them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from bot import words as module
from bot.words import Safe, UnknownKey, Words, strip

VI, EN = Words("vi"), Words("en")


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, str | tuple[str, ...]]]]:
    """Texts of the test's own, in both languages."""
    made: dict[str, dict[str, str | tuple[str, ...]]] = {
        "vi": {"t.hello": "<b>Chào</b> {name}", "t.days": ("còn {n} ngày",), "t.only-vi": "chỉ có {what}"},
        "en": {"t.hello": "<b>Hello</b> {name}", "t.days": ("{n} day left", "{n} days left")},
    }
    monkeypatch.setattr(module, "texts", made.__getitem__)
    yield made


@pytest.mark.usefixtures("catalogue")
class TestTexts:
    def test_what_people_wrote_cannot_become_markup(self) -> None:
        assert VI("t.hello", name="<a href='x'>&\"") == "<b>Chào</b> &lt;a href='x'&gt;&amp;&quot;"

    def test_html_that_is_fit_passes_as_it_is(self) -> None:
        assert VI("t.hello", name=Safe("<i>Lan</i>")) == "<b>Chào</b> <i>Lan</i>"
        assert VI("t.hello", name=VI("t.hello", name="A&B")) == "<b>Chào</b> <b>Chào</b> A&amp;B"

    def test_a_name_with_braces_is_not_filled_in_again(self) -> None:
        assert VI("t.hello", name="{name} {0}") == "<b>Chào</b> {name} {0}"

    def test_plain_text_has_neither_tags_nor_escapes(self) -> None:
        assert VI.plain("t.hello", name="A & <B>") == "Chào A & <B>"

    @pytest.mark.parametrize(("n", "text"), [(0, "0 days left"), (1, "1 day left"), (2, "2 days left")])
    def test_english_has_two_numbers(self, n: int, text: str) -> None:
        assert EN("t.days", n=n) == text

    def test_vietnamese_has_one(self) -> None:
        assert [VI("t.days", n=n) for n in (0, 1, 2)] == ["còn 0 ngày", "còn 1 ngày", "còn 2 ngày"]

    def test_a_text_that_is_not_translated_yet_is_given_in_vietnamese(self) -> None:
        assert EN("t.only-vi", what=Decimal("18.5")) == "chỉ có 18.5"

    def test_an_unknown_key_is_a_mistake_that_is_seen(self) -> None:
        with pytest.raises(UnknownKey):
            VI("t.nothing")
        assert not VI.has("t.nothing") and EN.has("t.only-vi")

    def test_an_unknown_language_is_vietnamese(self) -> None:
        assert Words("fr").language == "vi"

    def test_params_are_written_in_the_language(self) -> None:
        assert VI("t.hello", name=Decimal("18.50")) == "<b>Chào</b> 18,5"
        assert VI("t.hello", name=date(2026, 6, 19)) == "<b>Chào</b> 19/6/2026"
        assert VI("t.hello", name=time(17, 0)) == "<b>Chào</b> 17:00"


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (0, "0", "0"),
        (40, "40", "40"),
        (Decimal("18.5"), "18,5", "18.5"),
        (Decimal("18.50"), "18,5", "18.5"),
        (Decimal("40.00"), "40", "40"),
        (Decimal("-2.25"), "-2,25", "-2.25"),
        (Decimal("0.3333"), "0,3333", "0.3333"),
        (1000, "1000", "1000"),
        (9999, "9999", "9999"),
        (10_000, "10.000", "10,000"),
        (-1_234_567, "-1.234.567", "-1,234,567"),
        (Decimal("12345.5"), "12.345,5", "12,345.5"),
    ],
)
def test_numbers(value: int | Decimal, vi: str, en: str) -> None:
    assert (VI.number(value), EN.number(value)) == (vi, en)


def test_days() -> None:
    day = date(2026, 6, 19)
    assert (VI.day(day), EN.day(day)) == ("19/6/2026", "19 Jun 2026")
    assert (VI.weekday(day), EN.weekday(day)) == ("thứ Sáu, 19/6/2026", "Friday, 19 Jun 2026")
    assert VI.weekday(date(2026, 6, 21)) == "chủ Nhật, 21/6/2026"


def test_a_moment_is_told_in_vietnamese_time_whatever_zone_it_has() -> None:
    late = datetime(2026, 6, 18, 18, 30, tzinfo=UTC)
    assert VI.moment(late) == "01:30 ngày 19/6/2026"
    assert EN.moment(late) == "01:30, 19 Jun 2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        VI.moment(datetime(2026, 6, 18, 18, 30))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("octets", "vi"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1536, "1,5 KB"), (1_468_006, "1,4 MB"), (20 * 2**20, "20 MB")],
)
def test_sizes(octets: int, vi: str) -> None:
    assert VI.size(octets) == vi


def test_stripping_leaves_what_only_looks_like_a_tag() -> None:
    assert strip('<b>5 &lt; 6</b> &amp; <a href="x">đường dẫn</a>') == "5 < 6 & đường dẫn"
