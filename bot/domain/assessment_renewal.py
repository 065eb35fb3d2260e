"""A draft goes on when the bloc's criteria change under it: what differs, and what becomes of every answer.

An answer is kept where its question still means the same; its points follow the new table by themselves. Where the
meaning may have changed it is kept to be confirmed. Where the question is gone it is withdrawn: the trail has it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from bot.domain.assessment import Answer, Assessment, Slot
from bot.domain.bloc import Bloc, Section
from bot.domain.calendar import Period
from bot.domain.criteria import (
    Awaited,
    Choice,
    Fact,
    FactNotAllowed,
    Item,
    Level,
    NotArising,
    Part,
    PartId,
    PartKind,
    check,
)

Shown: TypeAlias = object  # a text, a number or a tuple of texts, as the bloc has it


class What(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Aspect(StrEnum):
    """What of an item differs."""

    NAME = "name"
    GROUP = "group"
    CEILING = "ceiling"
    KIND = "kind"  # how it is answered
    HOW = "how"
    LEVEL = "level"  # one row of the table
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect, old and new. For a row of the table both are Levels, None where there was or is none."""

    aspect: Aspect
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True)
class ItemChange:
    """`old` is None for an added item, `new` for a removed one."""

    code: str
    what: What
    old: Item | None
    new: Item | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section of the report, by its names; `relisted`: it is written otherwise (text or lists)."""

    code: str
    what: What
    old: str = ""
    new: str = ""
    relisted: bool = False


@dataclass(frozen=True, slots=True)
class ScaleChange:
    """A setting of the scale: base, bonus_cap, step or bonus_inside."""

    name: str
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True)
class Changes:
    items: tuple[ItemChange, ...]
    sections: tuple[SectionChange, ...]
    scale: tuple[ScaleChange, ...]

    def __len__(self) -> int:
        return len(self.items) + len(self.sections) + len(self.scale)


@dataclass(frozen=True, slots=True)
class Renewal:
    """`again` names parts of the new table; `moved` pairs answers that have another place in it."""

    after: Assessment
    changes: Changes
    again: tuple[Slot, ...]
    moved: tuple[tuple[Answer, Answer], ...]
    withdrawn: tuple[Answer, ...]


# -- what differs ----------------------------------------------------------------------------------------


def compare_forms(old: Bloc, new: Bloc, period: Period) -> Changes:
    """What a form of this period asks and counts otherwise. Versions, keywords and the order of items do not count."""
    return Changes(tuple(_items(old, new)), tuple(_sections(old, new, period)), tuple(_scale(old, new)))


def _items(old: Bloc, new: Bloc) -> Iterator[ItemChange]:
    before = {item.code: item for item in old.items()}
    after = {item.code: item for item in new.items()}
    for code, item in after.items():
        if code not in before:
            yield ItemChange(code, What.ADDED, None, item)
        elif differences := tuple(_differences(before[code], item)):
            yield ItemChange(code, What.CHANGED, before[code], item, differences)
    for code, item in before.items():
        if code not in after:
            yield ItemChange(code, What.REMOVED, item, None)


def _differences(old: Item, new: Item) -> Iterator[Difference]:
    pairs = (
        (Aspect.NAME, old.name, new.name),
        (Aspect.GROUP, old.group, new.group),
        (Aspect.CEILING, old.ceiling, new.ceiling),
        (Aspect.KIND, (old.kind, old.answer_kind), (new.kind, new.answer_kind)),
        (Aspect.HOW, old.how, new.how),
    )
    for aspect, before, after in pairs:
        if before != after:
            yield Difference(aspect, before, after)
    for was, now in _rows(old.levels, new.levels):
        yield Difference(Aspect.LEVEL, was, now)
    if old.evidence != new.evidence:
        yield Difference(Aspect.EVIDENCE, old.evidence, new.evidence)


def _rows(old: tuple[Level, ...], new: tuple[Level, ...]) -> Iterator[tuple[Level | None, Level | None]]:
    """Rows that differ, matched by their label; a label that changed in its place is one row."""
    if old == new:
        return
    rest = list(old)
    unmatched: list[tuple[int, Level]] = []
    for place, level in enumerate(new):
        same = next((each for each in rest if _said(each.label) == _said(level.label)), None)
        if same is None:
            unmatched.append((place, level))
            continue
        rest.remove(same)
        if same != level:
            yield same, level
    for place, level in unmatched:
        there = old[place] if len(old) == len(new) and old[place] in rest else None
        if there is not None:
            rest.remove(there)
        yield there, level
    for level in rest:
        yield level, None


def _sections(old: Bloc, new: Bloc, period: Period) -> Iterator[SectionChange]:
    def listed(bloc: Bloc) -> dict[str, Section]:
        outline = bloc.outline(period)
        return {section.code: section for section in outline.sections} if outline else {}

    before, after = listed(old), listed(new)
    for code, section in after.items():
        was = before.get(code)
        if was is None:
            yield SectionChange(code, What.ADDED, new=section.name)
        elif (was.name, was.holds) != (section.name, section.holds):
            yield SectionChange(code, What.CHANGED, was.name, section.name, was.holds != section.holds)
    for code, section in before.items():
        if code not in after:
            yield SectionChange(code, What.REMOVED, old=section.name)


def _scale(old: Bloc, new: Bloc) -> Iterator[ScaleChange]:
    for name in ("base", "bonus_cap", "step", "bonus_inside"):
        before, after = getattr(old.scale, name), getattr(new.scale, name)
        if before != after:
            yield ScaleChange(name, before, after)


# -- what becomes of the answers ---------------------------------------------------------------------------


def renew(form: Assessment, bloc: Bloc) -> Renewal | None:
    """The draft under the bloc as it is now, a draft again where it lay with the leader; None where nothing differs.

    Evidence, explanations and what was written of the report stay, those of removed items and sections too.
    """
    changes = compare_forms(form.bloc, bloc, form.period)
    if not changes:
        return None
    kept: dict[Slot, Answer] = {}
    again: list[Slot] = []
    moved: list[tuple[Answer, Answer]] = []
    withdrawn: list[Answer] = []
    items = {item.code: item for item in bloc.items()}
    before = {item.code: item for item in form.bloc.items()}
    for answer in (form.answers[slot] for slot in sorted(form.answers)):
        item = items.get(answer.item)
        follower = _follow(answer, before[answer.item], item, bloc) if item else None
        if item is None or follower is None:
            withdrawn.append(answer)
            continue
        part, fact, means_other = follower
        waits = answer.again or means_other
        version = answer.item_version if waits else item.version
        new = kept[item.code, part] = replace(answer, part=part, fact=fact, again=waits, item_version=version)
        if waits:
            again.append((item.code, part))
        if (part, fact) != (answer.part, answer.fact):
            moved.append((answer, new))
    return Renewal(form.renewed(bloc, kept), changes, tuple(again), tuple(moved), tuple(withdrawn))


def part_after(old: Item, new: Item, part_id: PartId) -> tuple[Part, Part] | None:
    """A part and the one that asks the same in another version of its item; None where it asks for nothing such."""
    return _pairs(old, new).get(part_id)


def _follow(answer: Answer, old: Item, new: Item, bloc: Bloc) -> tuple[PartId, Fact, bool] | None:
    """Where an answer goes, as which fact, and whether it may mean something else there."""
    pair = part_after(old, new, answer.part)
    if pair is None:
        return None
    was, now = pair
    reworded = any(_said(a) != _said(b) for a, b in ((old.name, new.name), (old.how, new.how), (was.label, now.label)))
    fact, other = answer.fact, False
    if isinstance(fact, Awaited):
        return now.id, fact, False
    if isinstance(fact, Choice):
        place = _place_after(fact.place, was, now)
        if place is None:
            return None
        fact, other = Choice(place), _options(was) != _options(now)
    elif isinstance(fact, NotArising):
        pass
    elif now.kind is PartKind.SCORE:
        other = was.top != now.top
    elif now.kind is PartKind.COUNT:
        other = (was.top > 0) != (now.top > 0)
    try:
        check(now, fact, bloc.scale.step)
    except FactNotAllowed:
        other = True
    return now.id, fact, reworded or other


def _pairs(old: Item, new: Item) -> dict[PartId, tuple[Part, Part]]:
    """Parts of the same kind, by their label; one that is alone of its kind on both sides needs none."""
    pairs: dict[PartId, tuple[Part, Part]] = {}
    if old.kind is not new.kind:
        return pairs
    rest = list(new.asked)
    for part in old.asked:
        same = next((each for each in rest if each.kind is part.kind and _said(each.label) == _said(part.label)), None)
        if same is not None:
            rest.remove(same)
            pairs[part.id] = (part, same)
    left = [part for part in old.asked if part.id not in pairs]
    for part in left:
        alone = [each for each in rest if each.kind is part.kind]
        if len(alone) == 1 and sum(each.kind is part.kind for each in left) == 1:
            pairs[part.id] = (part, alone[0])
    return pairs


def _place_after(place: int, old: Part, new: Part) -> int | None:
    """The level that carries the same label, or stands in the same place of as many."""
    if place == 0:
        return 0 if new.optional else None
    at = old.places.index(place)
    label = _said(old.levels[at].label)
    for there, level in zip(new.places, new.levels, strict=True):
        if _said(level.label) == label:
            return there
    return new.places[at] if len(new.places) == len(old.places) else None


def _options(part: Part) -> frozenset[str]:
    return frozenset(_said(level.label) for level in part.levels)


def _said(text: str) -> str:
    """What a text says to a reader: case, spaces and signs at its ends do not count, Vietnamese marks do."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split()).strip(" .,;:")
