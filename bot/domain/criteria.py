"""Scored lines and how a fact becomes points. Facts are kept, points derived: everything here is pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from bot.domain.errors import DomainError

PartId: TypeAlias = str


class ItemKind(StrEnum):
    CRITERION = "criterion"
    BONUS = "bonus"
    DEDUCTION = "deduction"


class AnswerKind(StrEnum):
    """The bloc file's own kinds (`kieu_tra_loi`)."""

    RATE = "ty_le"
    GRADE = "xep_loai"
    COMPONENTS = "thanh_phan"
    COUNT = "so_luong"
    MINUS = "tru_dan"
    DIRECT = "diem_truc_tiep"


class PartKind(StrEnum):
    RATE = "rate"  # a percentage, or done/total, looked up in bands
    LATENESS = "lateness"  # working days late, counted by the machine, never asked
    CHOICE = "choice"  # one option of several
    SCORE = "score"  # points from 0 to the part's own maximum
    COUNT = "count"  # so many times so many points, either sign
    CEILING = "ceiling"  # yes caps the whole line


@dataclass(frozen=True, slots=True)
class Level:
    """One row of `khung_diem`, as the file has it. `start`/`below` are in `unit` ("%" or "ngày làm việc")."""

    label: str
    points: Decimal | None = None
    start: Decimal | None = None
    below: Decimal | None = None
    unit: str = ""
    each: bool = False
    at_most: int | None = None
    instead_of: str = ""
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one question asks. `id` is the 1-based place of its first level in the table, as text.

    Directly given points have no row of their own: their part is "0" and its only level is the whole line.
    """

    id: PartId
    kind: PartKind
    label: str
    levels: tuple[Level, ...]
    places: tuple[int, ...]  # 1-based place of each level in the table; a choice names one of these
    optional: bool = False  # a choice where "none of these" (place 0) is an answer

    @property
    def top(self) -> Decimal:
        """The most that this part alone can add (0 for one that only takes away).

        For an open count (`is_open`) it is the worth of one time.
        """
        best = max((level.points or Decimal(0) for level in self.levels), default=Decimal(0))
        if self.kind is PartKind.COUNT and self.levels[0].at_most is not None:
            best *= self.levels[0].at_most
        return max(best, Decimal(0))

    @property
    def is_open(self) -> bool:
        """Whether the part adds without a limit of its own: a count that adds, with no `at_most`."""
        level = self.levels[0]
        return self.kind is PartKind.COUNT and level.at_most is None and (level.points or 0) > 0


@dataclass(frozen=True)
class Item:
    """A scored line: a criterion, a bonus rule or a deduction rule.

    `ceiling` is the most it can add (criterion, bonus) or take away (deduction; None: no limit).
    """

    code: str
    name: str
    kind: ItemKind
    ceiling: Decimal | None
    how: str
    levels: tuple[Level, ...]
    evidence: tuple[str, ...] = ()
    group: str = ""
    answer_kind: AnswerKind | None = None
    keywords: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    illustrative: bool = True
    version: int = 1

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return _parts(self)

    @cached_property
    def asked(self) -> tuple[Part, ...]:
        """The parts that a person answers; lateness is counted by the machine."""
        return tuple(part for part in self.parts if part.kind is not PartKind.LATENESS)

    def part(self, part_id: PartId) -> Part:
        """Raises KeyError for a part that this version does not have."""
        for part in self.parts:
            if part.id == part_id:
                return part
        raise KeyError(part_id)


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: str
    ceiling: Decimal
    illustrative: bool = True
    version: int = 1


# -- facts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage as given, or done out of total."""

    percent: Decimal | None = None
    done: Decimal | None = None
    total: Decimal | None = None

    @property
    def value(self) -> Decimal:
        """Percent, exact."""
        if self.percent is not None:
            return self.percent
        assert self.done is not None and self.total
        return self.done * 100 / self.total


@dataclass(frozen=True, slots=True)
class Choice:
    """The place of the chosen level; 0 is "none of these" where the part is optional."""

    place: int


@dataclass(frozen=True, slots=True)
class Count:
    number: int


@dataclass(frozen=True, slots=True)
class YesNo:
    yes: bool


@dataclass(frozen=True, slots=True)
class Points:
    value: Decimal


@dataclass(frozen=True, slots=True)
class NotArising:
    """Nothing of the kind arose at the unit: an answer without points; making up for it is the bloc's rule."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Not known yet, it follows: an answer without points for now."""


Fact: TypeAlias = Rate | Choice | Count | YesNo | Points | NotArising | Awaited


class Mark(StrEnum):
    """What a given value is, where it is not the final one."""

    NONE = ""
    EXPECTED = "expected"  # to be made good later
    ESTIMATED = "estimated"


class Nature(StrEnum):
    """What whoever reads a value has to know of it; a final one has none."""

    ESTIMATED = "estimated"
    EXPECTED = "expected"
    AWAITED = "awaited"
    NOT_ARISING = "not-arising"


def nature(fact: Fact, mark: Mark) -> Nature | None:
    if isinstance(fact, NotArising | Awaited):
        return Nature.NOT_ARISING if isinstance(fact, NotArising) else Nature.AWAITED
    return {Mark.ESTIMATED: Nature.ESTIMATED, Mark.EXPECTED: Nature.EXPECTED}.get(mark)


def is_valued(fact: Fact) -> bool:
    """Whether there is a value to count: "0" is one, "not arising" is none."""
    return not isinstance(fact, NotArising | Awaited)


class FactNotAllowed(DomainError):
    """The fact is of another kind than the part asks for."""

    key = "assessment.fact-not-allowed"


class PercentOutOfRange(FactNotAllowed):
    """A rate below 0 % or above 100 %, or done out of nothing."""

    key = "assessment.percent-out-of-range"


class DoneAboveTotal(FactNotAllowed):
    key = "assessment.done-above-total"


class PointsOutOfRange(FactNotAllowed):
    key = "assessment.points-out-of-range"


class PointsOffStep(FactNotAllowed):
    """Points finer than the bloc's step (0,5 in the sample)."""

    key = "assessment.points-off-step"


class CountOutOfRange(FactNotAllowed):
    key = "assessment.count-out-of-range"


MOST_COUNTED = 9999


def check(part: Part, fact: Fact, step: Decimal) -> None:
    """Raise a FactNotAllowed (with params for its sentence) unless `fact` answers `part`."""
    match part.kind, fact:
        case PartKind.RATE, Rate():
            if fact.percent is None:
                if fact.done is None or fact.total is None or fact.total <= 0:
                    raise PercentOutOfRange()
                if fact.done > fact.total:
                    raise DoneAboveTotal(done=fact.done, total=fact.total)
            if not 0 <= fact.value <= 100:
                raise PercentOutOfRange()
        case PartKind.CHOICE, Choice():
            if fact.place not in part.places and not (part.optional and fact.place == 0):
                raise FactNotAllowed()
        case PartKind.SCORE, Points():
            if not 0 <= fact.value <= part.top:
                raise PointsOutOfRange(top=part.top, given=fact.value)
            if fact.value % step:
                raise PointsOffStep(step=step, given=fact.value)
        case PartKind.COUNT, Count():
            if not 0 <= fact.number <= MOST_COUNTED:
                raise CountOutOfRange(most=MOST_COUNTED)
        case PartKind.CEILING, YesNo():
            pass
        case _, NotArising() | Awaited() if part.kind is not PartKind.LATENESS:
            pass
        case _:
            raise FactNotAllowed()


@dataclass(frozen=True, slots=True)
class Counted:
    """How one fact counted: the level it fell in (None: none of them) and its points."""

    part: Part
    fact: Fact
    level: Level | None
    points: Decimal


def count(part: Part, fact: Fact) -> Counted:
    """The points of one checked fact, before the line's own ceiling."""
    level: Level | None = part.levels[0]
    match fact:
        case Rate():
            level = band(part, fact.value)
            points = (level.points if level else None) or Decimal(0)
        case Choice(place=0):
            level, points = None, Decimal(0)
        case Choice(place=place):
            level = part.levels[part.places.index(place)]
            points = level.points or Decimal(0)
        case Count(number=number):
            times = number if part.levels[0].at_most is None else min(number, part.levels[0].at_most)
            points = times * (part.levels[0].points or Decimal(0))
        case Points(value=value):
            points = value
        case YesNo():
            points = Decimal(0)
        case NotArising() | Awaited():
            level, points = None, Decimal(0)
    return Counted(part, fact, level, points)


def band(part: Part, value: Decimal) -> Level | None:
    """The level whose range holds `value` (start included, below excluded)."""
    for level in part.levels:
        if (level.start is None or level.start <= value) and (level.below is None or value < level.below):
            return level
    return None


@dataclass(frozen=True, slots=True)
class Score:
    """One line's points and why: `capped` says that a ceiling or the floor of 0 changed the sum."""

    item: Item
    points: Decimal
    complete: bool
    counted: tuple[Counted, ...]
    capped: bool


def score(item: Item, facts: Mapping[PartId, Fact], late_days: int = 0) -> Score:
    """The points of one line from its facts; order does not matter, a part without a fact adds nothing.

    `late_days` (working days, 0: on time) feeds a lateness part; a table that starts at 1 day says nothing of a
    punctual hand-in, one that starts at 0 does. A line that starts from full marks counts 0 until every
    part has a value, so that a half-filled form never looks better than a filled one.
    """
    counted = [count(part, facts[part.id]) for part in item.asked if part.id in facts]
    for part in item.parts:
        if part.kind is not PartKind.LATENESS:
            continue
        level = band(part, Decimal(late_days))
        if level is not None or late_days > 0:
            counted.append(Counted(part, Count(late_days), level, (level.points if level else None) or Decimal(0)))
    complete = all(part.id in facts for part in item.asked)
    total = sum((c.points for c in counted), Decimal(0))
    if item.answer_kind is AnswerKind.MINUS:
        valued = complete and all(is_valued(facts[part.id]) for part in item.asked)
        total = (item.ceiling or Decimal(0)) + total if valued else Decimal(0)
    raw = total
    for c in counted:
        if isinstance(c.fact, YesNo) and c.fact.yes and c.part.levels[0].ceiling is not None:
            total = min(total, c.part.levels[0].ceiling)
    if item.kind is ItemKind.DEDUCTION:
        total = min(total, Decimal(0))
        if item.ceiling is not None:
            total = max(total, -item.ceiling)
    else:
        total = max(total, Decimal(0))
        if item.ceiling is not None:
            total = min(total, item.ceiling)
    return Score(item, total, complete, tuple(counted), capped=total != raw)


@dataclass(frozen=True, slots=True)
class Scale:
    """The bloc's scale. With `bonus_inside` the bonus fills up to `base` and never goes beyond it."""

    base: Decimal
    bonus_cap: Decimal
    step: Decimal
    bonus_inside: bool
    how: str = ""
    illustrative: bool = True


@dataclass(frozen=True, slots=True)
class Totals:
    criteria: Decimal
    bonus: Decimal
    deduction: Decimal  # zero or negative
    total: Decimal


def totals(scores: Mapping[str, Score], scale: Scale) -> Totals:
    """Sum a whole table: bonus capped, total never under 0."""

    def add(kind: ItemKind) -> Decimal:
        return sum((s.points for s in scores.values() if s.item.kind is kind), Decimal(0))

    criteria, deduction = add(ItemKind.CRITERION), add(ItemKind.DEDUCTION)
    bonus = min(add(ItemKind.BONUS), scale.bonus_cap)
    gross = criteria + bonus
    if scale.bonus_inside:
        gross = min(gross, scale.base)
    return Totals(criteria, bonus, deduction, max(gross + deduction, Decimal(0)))


# -- from the file's table to questions ----------------------------------------------------------------


def _parts(item: Item) -> tuple[Part, ...]:
    """Group the table's rows into questions: bands together, alternatives together, the rest one by one."""
    rows = list(enumerate(item.levels, 1))
    bands = [(n, row) for n, row in rows if row.start is not None or row.below is not None]
    singles = [(n, row) for n, row in rows if (n, row) not in bands]
    plain = [(n, row) for n, row in singles if not row.each and row.ceiling is None]
    parts: list[Part] = []
    if bands:
        late = "ngày" in bands[0][1].unit
        parts.append(_part(PartKind.LATENESS if late else PartKind.RATE, item.name, bands))
    if item.answer_kind is AnswerKind.GRADE:
        if plain:
            parts.append(_part(PartKind.CHOICE, item.name, plain))
    elif item.answer_kind is AnswerKind.DIRECT:  # plain rows are guidance for the person who gives the points
        whole = Level(item.name, points=item.ceiling)
        parts.append(_part(PartKind.SCORE, item.name, [(0, whole)]))
    elif item.answer_kind is None:  # bonus and deduction rules: at most one of the plain levels applies
        if plain:
            parts.append(_part(PartKind.CHOICE, item.name, plain, optional=True))
    else:
        parts += _components(plain)
    parts += [_part(PartKind.COUNT, row.label, [(n, row)]) for n, row in singles if row.each]
    parts += [_part(PartKind.CEILING, row.label, [(n, row)]) for n, row in singles if row.ceiling is not None]
    return tuple(sorted(parts, key=lambda part: int(part.id)))


def _components(plain: list[tuple[int, Level]]) -> list[Part]:
    instead = {row.instead_of for _, row in plain if row.instead_of}
    parts = []
    for n, row in plain:
        if row.instead_of:
            continue
        if row.label in instead:
            either = [(n, row)] + [(m, other) for m, other in plain if other.instead_of == row.label]
            parts.append(_part(PartKind.CHOICE, row.label, either, optional=True))
        elif (row.points or 0) < 0:  # a single reduction applies or does not
            parts.append(_part(PartKind.CHOICE, row.label, [(n, row)], optional=True))
        else:
            parts.append(_part(PartKind.SCORE, row.label, [(n, row)]))
    return parts


def _part(kind: PartKind, label: str, rows: list[tuple[int, Level]], *, optional: bool = False) -> Part:
    return Part(str(rows[0][0]), kind, label, tuple(row for _, row in rows), tuple(n for n, _ in rows), optional)
