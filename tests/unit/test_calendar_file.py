"""A milestone as an .ics file, read back by the library's own parser."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.content.read import read_bloc, sample_path
from bot.domain.bloc import Bloc
from bot.domain.calendar import Milestone, at, closes_at
from bot.reports.calendar_file import calendar_file, file_name, uid
from bot.words import Words
from tests.conftest import SPRING

VI = Words("vi")


def read(found: Milestone, bloc: Bloc, words: Words = VI) -> tuple[Any, Any]:
    calendar: Any = Calendar.from_ical(calendar_file(found, bloc, words, now=SPRING).decode("utf-8"))
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return calendar, event


def test_a_deadline_ends_when_it_is_due_with_two_alarms_before(sample: Bloc) -> None:
    found = sample.milestone("MS-BC6T")
    calendar, event = read(found, sample)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert event.end == closes_at(found) == datetime(2026, 6, 19, 10, 0, tzinfo=UTC)
    assert event["DTEND"].params["TZID"] == event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert event["SUMMARY"] == f"Hạn: {found.name}"
    assert event["LOCATION"] == found.recipient
    alarms = event.walk("VALARM")
    assert [alarm["TRIGGER"].dt for alarm in alarms] == [timedelta(days=-3), timedelta(days=-1)]
    assert {alarm["TRIGGER"].params["RELATED"] for alarm in alarms} == {"END"}
    assert {alarm["ACTION"] for alarm in alarms} == {"DISPLAY"}


def test_the_zone_is_in_the_file_seven_hours_ahead(sample: Bloc) -> None:
    calendar, _ = read(sample.milestone("MS-BC6T"), sample)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Ho_Chi_Minh"
    assert {part["TZOFFSETTO"].td for part in zone.subcomponents} == {timedelta(hours=7)}
    assert calendar.get_missing_tzids() == set()


def test_what_to_hand_in_to_whom_and_on_what_ground_stand_in_it(sample: Bloc) -> None:
    found = sample.milestone("MS-BC6T")
    text = str(read(found, sample)[1]["DESCRIPTION"])
    for part in (*found.deliverables, found.recipient, found.form, found.basis, "minh họa", sample.short_name):
        assert part in text, part


def test_the_same_milestone_is_the_same_event_and_a_later_version_a_later_one(sample: Bloc) -> None:
    found = sample.milestone("MS-BC6T")
    moved = replace(found, due_on=date(2026, 6, 26), name="Nộp báo cáo", version=found.version + 1)
    before, after = read(found, sample)[1], read(moved, sample)[1]
    assert before["UID"] == after["UID"] == "KNC-2026-MS-BC6T@thidua"
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    uids = {uid(each, sample) for each in sample.milestones}
    assert len(uids) == len(sample.milestones)
    assert uid(found, replace(sample, year=2027)) != uid(found, sample)


def test_a_meeting_begins_at_its_hour_and_reminds_before_it(sample: Bloc) -> None:
    found = sample.milestone("MS-HN6T")
    _, event = read(found, sample)
    assert event.start == datetime(2026, 7, 10, 1, 0, tzinfo=UTC) and event.end > event.start
    assert event["SUMMARY"] == found.name
    assert {alarm["TRIGGER"].params.get("RELATED", "START") for alarm in event.walk("VALARM")} == {"START"}
    assert "chỉ ghi giờ bắt đầu" in event["DESCRIPTION"]


def test_what_runs_over_days_runs_over_days(sample: Bloc) -> None:
    found = next(m for m in sample.milestones if m.starts_on and m.starts_on != m.due_on)
    _, event = read(found, sample)
    assert found.starts_on is not None
    assert event.start == at(found.starts_on, time.min)
    assert event.end == closes_at(found)


def test_every_milestone_of_the_sample_makes_a_file_in_both_languages(sample: Bloc) -> None:
    names = set()
    for found in sample.milestones:
        for language in ("vi", "en"):
            _, event = read(found, sample, Words(language))
            assert event.start < event.end and not event.errors
        names.add(file_name(found, sample))
    assert len(names) == len(sample.milestones)


def test_lines_are_folded_between_letters_and_end_as_the_standard_says(sample: Bloc) -> None:
    found = replace(sample.milestone("MS-BC6T"), name="Nộp báo cáo tổng kết, chấm điểm; bình xét " * 8)
    content = calendar_file(found, sample, VI, now=SPRING)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75 and b"\n" not in line
        line.decode("utf-8")


@pytest.mark.parametrize(
    ("key", "name"),
    [("MS-BC6T", "bc6t-2026.ics"), ("Đợt 1/2", "dot-1-2-2026.ics"), ("…", "moc-2026.ics"), ("../x", "x-2026.ics")],
)
def test_the_name_of_the_file_is_ascii(sample: Bloc, key: str, name: str) -> None:
    assert file_name(replace(sample.milestones[0], key=key), sample) == name


_SAMPLE = read_bloc(sample_path())
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@given(name=_TEXT, to=_TEXT, what=st.lists(_TEXT, max_size=3), due=st.times())
def test_whatever_the_bloc_file_says_is_read_back(name: str, to: str, what: list[str], due: time) -> None:
    found = replace(
        _SAMPLE.milestones[0],
        name=name,
        recipient=to,
        deliverables=tuple(what),
        due_time=due.replace(second=0, microsecond=0),
    )
    _, event = read(found, _SAMPLE)
    assert event.end == closes_at(found)
    assert str(event["SUMMARY"]).endswith(name)
    assert str(event.get("LOCATION", "")) == to
    assert all(each in event["DESCRIPTION"] for each in what)
