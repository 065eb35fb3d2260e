"""A milestone as an iCalendar file, for the calendar on somebody's phone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain.assessment_receipt import initials
from bot.domain.bloc import Bloc
from bot.domain.calendar import VIETNAM, DischargedBy, Milestone, at
from bot.domain.folding import fold
from bot.words import Words

SHOWN: Final = timedelta(minutes=30)  # before a deadline, or after the beginning of a meeting: the bloc sets no length
ALARMS: Final = (timedelta(days=3), timedelta(days=1))
HAS_DEADLINE: Final = frozenset({DischargedBy.ASSESSMENT, DischargedBy.HAND_IN})


def calendar_file(found: Milestone, bloc: Bloc, words: Words, *, now: datetime) -> bytes:
    """One event, UTF-8. A milestone's UID is the same in every version, so that a newer file moves the old event.

    `now` is the moment of writing. Alarms count from a deadline's end, and from the beginning of whatever one attends.
    """
    from icalendar import Alarm, Calendar, Event  # loaded when the first file is asked for

    start, end = _span(found)
    event = Event()
    event.add("uid", uid(found, bloc))
    event.add("sequence", found.version)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", summary(found, words))
    event.add("description", description(found, bloc, words))
    if found.recipient:
        event.add("location", found.recipient)
    event.add("transp", "TRANSPARENT" if found.discharged_by is not DischargedBy.ROLL_CALL else "OPAQUE")
    for before in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary(found, words))
        alarm.add("trigger", -before)
        if found.discharged_by in HAS_DEADLINE:
            alarm.TRIGGER_RELATED = "END"
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//thidua//VI")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(start.date() - timedelta(days=370), end.date() + timedelta(days=370))
    return bytes(calendar.to_ical())


def file_name(found: Milestone, bloc: Bloc) -> str:
    """ASCII alone: some programs spoil any other name."""
    kept = re.sub(r"[^a-z0-9]+", "-", fold(found.key).removeprefix("ms-")).strip("-")
    return f"{kept or 'moc'}-{bloc.year}.ics"


def uid(found: Milestone, bloc: Bloc) -> str:
    """What calendars know the event by: bloc, year and milestone, never the version."""
    return f"{initials(bloc.short_name or bloc.name)}-{bloc.year}-{found.key}@thidua"


def summary(found: Milestone, words: Words) -> str:
    deadline = found.discharged_by in HAS_DEADLINE
    return words.plain("calendar.file-deadline", name=found.name) if deadline else found.name


def description(found: Milestone, bloc: Bloc, words: Words) -> str:
    """What to hand in, to whom, in which form and on what ground, as the bloc's table has it."""
    meeting = found.discharged_by is DischargedBy.ROLL_CALL
    lines = [words.plain("calendar.file-bloc", bloc=bloc.short_name or bloc.name, year=bloc.year)]
    if found.deliverables:
        lines.append(words.plain("ask.milestone-do" if meeting else "ask.milestone-hand-in"))
        lines += [words.plain("ask.line", text=text) for text in found.deliverables]
    for key, name, text in (
        ("ask.milestone-to", "to", found.recipient),
        ("ask.milestone-form", "form", found.form),
        ("ask.milestone-actor", "actor", found.actor),
        ("ask.remark", "text", found.remark),
        ("calendar.file-basis", "basis", found.basis),
    ):
        if text:
            lines.append(words.plain(key, **{name: text}))
    if meeting and not _several_days(found):
        lines.append(words.plain("calendar.file-no-end"))
    if found.illustrative:
        lines.append(words.plain("ask.illustrative"))
    return "\n".join(lines)


def _span(found: Milestone) -> tuple[datetime, datetime]:
    """From when to when, Vietnamese time."""
    due = datetime.combine(found.due_on, found.due_time, VIETNAM)
    if found.starts_on and _several_days(found):
        return at(found.starts_on, datetime.min.time()).astimezone(VIETNAM), due
    if found.discharged_by is DischargedBy.ROLL_CALL:
        return due, due + SHOWN
    return due - SHOWN, due


def _several_days(found: Milestone) -> bool:
    return found.starts_on is not None and found.starts_on != found.due_on
