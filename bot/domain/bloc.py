"""A bloc-year as one value: everything that the bloc file says, at one revision."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from bot.domain.calendar import (
    AppraisalStage,
    DischargedBy,
    Milestone,
    Owes,
    Period,
    closes_at,
    opens_at,
    working_days_late,
)
from bot.domain.criteria import Group, Item, PartKind, Scale
from bot.domain.knowledge import KeptPhrasing, Note


class UnitRole(StrEnum):
    """A unit's place in the bloc this year (`don_vi[].vai_tro`)."""

    MEMBER = "thanh_vien"
    HEAD = "khoi_truong"
    DEPUTY = "khoi_pho"


class ClockStops(StrEnum):
    """Which moment counts for lateness (`khoi.tinh_han_theo`)."""

    APPROVAL = "lanh_dao_duyet"
    SUBMISSION = "dau_moi_nop"


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    other_names: tuple[str, ...] = ()
    role: UnitRole = UnitRole.MEMBER
    version: int = 1


@dataclass(frozen=True, slots=True)
class Duty:
    """A named role and who holds it (`vai_tro`), for answers; rights come from memberships."""

    code: str
    name: str
    holder: str
    term: str = ""
    illustrative: bool = True
    version: int = 1


class Content(StrEnum):
    """What a section of the report is made of (`muc[].gom`): running text, or the entries of a list."""

    TEXT = "van_ban"
    PROPOSAL = "kien_nghi"
    EXAMPLE = "dien_hinh"


@dataclass(frozen=True, slots=True)
class Section:
    """`holds`: what is written there; what is typed without a choice is the first of them.

    `addressees`: bodies that its proposals may go to; others can be named.
    """

    code: str
    name: str
    hint: str = ""
    holds: tuple[Content, ...] = (Content.TEXT,)
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The report of a period: its sections in order."""

    code: str
    name: str
    period: Period
    sections: tuple[Section, ...]
    most_pages: int | None = None
    illustrative: bool = True
    version: int = 1


@dataclass(frozen=True)
class Bloc:
    """One bloc-year at one `revision` (0: read from a file and not stored yet)."""

    year: int
    name: str
    short_name: str
    scale: Scale
    units: tuple[Unit, ...]
    milestones: tuple[Milestone, ...]
    groups: tuple[Group, ...]
    criteria: tuple[Item, ...]
    bonuses: tuple[Item, ...] = ()
    deductions: tuple[Item, ...] = ()
    outlines: tuple[Outline, ...] = ()
    notes: tuple[Note, ...] = ()
    kept_phrasings: tuple[KeptPhrasing, ...] = ()  # of any line; only the secretariat adds them, no file does
    duties: tuple[Duty, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    answer_kinds: tuple[tuple[str, str], ...] = ()
    theme: str = ""
    guided_by: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    default_time: time = time(17, 0)
    remark: str = ""
    clock_stops: ClockStops = ClockStops.APPROVAL
    holidays: frozenset[date] = field(default_factory=frozenset)
    illustrative: bool = True
    id: int = 0
    revision: int = 0

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _milestones(self) -> dict[str, Milestone]:
        return {milestone.key: milestone for milestone in self.milestones}

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.code: item for item in self.items()}

    @cached_property
    def _notes(self) -> dict[str, Note]:
        return {note.id: note for note in self.notes}

    def items(self) -> Iterator[Item]:
        """Criteria, then bonuses, then deductions, each in the file's order."""
        yield from self.criteria
        yield from self.bonuses
        yield from self.deductions

    def unit(self, code: str) -> Unit:
        """Raises KeyError, like the other look-ups."""
        return self._units[code]

    def milestone(self, key: str) -> Milestone:
        return self._milestones[key]

    def item(self, code: str) -> Item:
        return self._items[code]

    def note(self, note_id: str) -> Note:
        return self._notes[note_id]

    def heading(self, entry_id: str) -> str:
        """What a criterion, rule, milestone or note is called. Raises KeyError."""
        if entry_id in self._items:
            return f"{entry_id} {self._items[entry_id].name}"
        if entry_id in self._milestones:
            return self._milestones[entry_id].name
        return self._notes[entry_id].question

    def holds(self, entry_id: str) -> bool:
        """Whether a question can be answered from a line with this id."""
        return entry_id in self._items or entry_id in self._milestones or entry_id in self._notes

    def outline(self, period: Period) -> Outline | None:
        return next((outline for outline in self.outlines if outline.period is period), None)

    def assessment_milestone(self, period: Period) -> Milestone | None:
        """The milestone at which every unit owes its assessment and report of `period`."""
        found = [
            m
            for m in self.milestones
            if m.period is period and m.discharged_by is DischargedBy.ASSESSMENT and m.owes is Owes.EVERY_UNIT
        ]
        return min(found, key=closes_at) if found else None

    def appraisal_milestone(self, stage: AppraisalStage, period: Period) -> Milestone | None:
        """The milestone of that stage which follows the assessment of `period`; None where the bloc has set none.

        It belongs to the assessment that is due last before it.
        """
        due = {each: closes_at(found) for each in Period if (found := self.assessment_milestone(each))}
        ready = []
        for milestone in self.milestones:
            before = [each for each in due if due[each] <= closes_at(milestone)]
            if milestone.stage is stage and before and max(before, key=lambda each: due[each]) is period:
                ready.append(milestone)
        return min(ready, key=closes_at) if ready else None

    @cached_property
    def late_days_accepted(self) -> int | None:
        """Working days after a deadline within which a late report is still taken; None: the bloc sets no limit."""
        bands = [
            level
            for item in self.deductions
            for part in item.parts
            if part.kind is PartKind.LATENESS
            for level in part.levels
        ]
        ends = [level.below - 1 for level in bands if level.below is not None]
        return int(max(ends)) if ends and len(ends) == len(bands) else None  # an open last band: no limit

    def open_periods(
        self, now: datetime, moved: Callable[[Milestone], Milestone] = lambda milestone: milestone
    ) -> list[tuple[Period, Milestone]]:
        """Periods whose assessment can be filled at `now`, the nearest deadline first.

        A late form is still taken for as many working days as the bloc accepts, and counts as late. `moved` gives a
        milestone as it stands for one unit.
        """
        ready = []
        for period in Period:
            milestone = self.assessment_milestone(period)
            if milestone is None:
                continue
            milestone = moved(milestone)
            opens = opens_at(milestone)
            if (opens is None or opens <= now) and not self.too_late(milestone, now):
                ready.append((period, milestone))
        return sorted(ready, key=lambda pair: closes_at(pair[1]))

    def too_late(self, milestone: Milestone, now: datetime) -> bool:
        """Whether `now` is past the last working day on which the bloc still takes a late hand-in."""
        limit = self.late_days_accepted
        return limit is not None and working_days_late(milestone, now, self.holidays) > limit

    @property
    def declared_total(self) -> Decimal:
        return self.scale.base - (self.scale.bonus_cap if self.scale.bonus_inside else 0)
