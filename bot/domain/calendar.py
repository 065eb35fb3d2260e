"""Milestones, periods and working days. Every function takes its moment; nothing here reads a clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Period(StrEnum):
    """What an assessment covers; the values are the bloc file's own (`ky`)."""

    MID_YEAR = "giua_nam"
    YEAR_END = "cuoi_nam"


class Owes(StrEnum):
    """Who owes a milestone (`ai_no`)."""

    EVERY_UNIT = "moi_don_vi"
    NAMED_UNITS = "chi_dinh"
    HEAD = "khoi_truong"
    SECRETARIAT = "to_thu_ky"


class DischargedBy(StrEnum):
    """What settles a milestone (`hoan_thanh`)."""

    ASSESSMENT = "tu_danh_gia"
    HAND_IN = "nop"
    ROLL_CALL = "diem_danh"
    NOTHING = "khong"


class AppraisalStage(StrEnum):
    """What a milestone opens and closes of the appraisal (`giai_doan`)."""

    PEER = "tham_dinh_cheo"  # each pair appraises the other's form
    OBJECTION = "xem_lai_diem"  # a unit asks for a second look at its provisional result


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something due: `due_on` at `due_time` Vietnamese time; `starts_on` where it runs over several days."""

    key: str
    name: str
    due_on: date
    due_time: time
    owes: Owes
    discharged_by: DischargedBy
    starts_on: date | None = None
    opens_on: date | None = None
    period: Period | None = None
    stage: AppraisalStage | None = None
    date_rule: str = ""
    deliverables: tuple[str, ...] = ()
    recipient: str = ""
    form: str = ""
    basis: str = ""
    actor: str = ""
    remark: str = ""
    keywords: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    illustrative: bool = True
    version: int = 1


def at(day: date, moment: time) -> datetime:
    """A Vietnamese wall-clock moment as an aware UTC datetime."""
    return datetime.combine(day, moment, VIETNAM).astimezone(UTC)


def local(moment: datetime) -> datetime:
    """An aware moment as people in Việt Nam read it."""
    return moment.astimezone(VIETNAM)


def closes_at(milestone: Milestone) -> datetime:
    """The last moment that is on time, UTC: "27/11, 17:00" is 17:00 in Việt Nam, whatever the server thinks."""
    return at(milestone.due_on, milestone.due_time)


def opens_at(milestone: Milestone) -> datetime | None:
    """From when it can be handed in, UTC; None where the bloc sets no opening day."""
    return at(milestone.opens_on, time.min) if milestone.opens_on else None


def is_working_day(day: date, holidays: Iterable[date] = ()) -> bool:
    """Monday to Friday, less the bloc's listed days off."""
    return day.weekday() < 5 and day not in set(holidays)


def working_days_after(start: date, end: date, holidays: Iterable[date] = ()) -> int:
    """Working days later than `start` up to and including `end`; 0 when `end` is not later."""
    off = set(holidays)
    return sum(is_working_day(start + timedelta(n), off) for n in range(1, (end - start).days + 1))


def add_working_days(start: date, count: int, holidays: Iterable[date] = ()) -> date:
    """The day `count` working days after `start`."""
    off, day = set(holidays), start
    while count > 0:
        day += timedelta(1)
        count -= is_working_day(day, off)
    return day


def working_days_late(milestone: Milestone, handed_in: datetime, holidays: Iterable[date] = ()) -> int:
    """0 when on time; otherwise at least 1, so that a minute past the deadline counts as the first late day."""
    if handed_in <= closes_at(milestone):
        return 0
    return max(1, working_days_after(milestone.due_on, local(handed_in).date(), holidays))
