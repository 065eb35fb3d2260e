"""A submitted version as it was received, and every unit of a period side by side: what files are made of.

A form comes from what was kept at its submission alone: neither the draft in hand nor a later version can change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from bot.domain.appraisal import Appraisal
from bot.domain.appraisal_outcome import Outcome
from bot.domain.assessment import Answer, Assessment, Evidence, EvidenceKind, Explanation, Piece, Receipt, Slot, Stage
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc, Content, Unit
from bot.domain.calendar import Milestone, Period
from bot.domain.criteria import Group, Item, ItemKind
from bot.domain.discharge import Discharge
from bot.domain.facts import unpack_marked


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are summed together: a group of criteria, the bonus rules, or the deduction rules.

    `points` is their sum under the bloc's cap; `most` None: no limit.
    """

    kind: ItemKind
    group: Group | None
    items: tuple[Item, ...]
    points: Decimal
    most: Decimal | None


@dataclass(frozen=True)
class Form:
    """One submitted version. `by`: the name of who confirmed it."""

    assessment: Assessment
    receipt: Receipt
    by: str = ""

    @cached_property
    def standing(self) -> Standing:
        """As it counts with the lateness that the receipt froze."""
        return Standing(self.assessment, self.receipt.late_days)

    @property
    def bloc(self) -> Bloc:
        return self.assessment.bloc

    @property
    def unit(self) -> Unit:
        """As the bloc had it when the form was begun."""
        return self.bloc.unit(self.assessment.unit)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every line of the table, each in one block, in the table's order."""
        bloc, summed = self.bloc, self.standing.totals
        known = {group.code for group in bloc.groups}
        found = [self._criteria(group, group.code) for group in bloc.groups]
        if any(item.group not in known for item in bloc.criteria):
            found.append(self._criteria(None, *{item.group for item in bloc.criteria} - known))
        if bloc.bonuses:
            found.append(Block(ItemKind.BONUS, None, bloc.bonuses, summed.bonus, bloc.scale.bonus_cap))
        if bloc.deductions:
            found.append(Block(ItemKind.DEDUCTION, None, bloc.deductions, summed.deduction, None))
        return tuple(found)

    def points(self, item: Item) -> Decimal | None:
        """What a line counts; None where nothing of it arose, which is no zero."""
        points = self.standing.scores[item.code].points + 0  # no "-0"
        return None if not points and self.standing.does_not_arise(item.code) else points

    def _criteria(self, group: Group | None, *codes: str) -> Block:
        items = tuple(item for item in self.bloc.criteria if item.group in codes)
        points = sum((self.standing.scores[item.code].points for item in items), Decimal(0))
        return Block(ItemKind.CRITERION, group, items, points, group.ceiling if group else None)


def restored(taken: Mapping[str, Any], receipt: Receipt, bloc: Bloc, assessment_id: int = 0) -> Assessment:
    """What `snapshot` took, as a value again. `bloc` is the bloc at the snapshot's own revision.

    Who gave an answer, and when, is not in a snapshot: the receipt's stand for every part.
    """
    by, at = receipt.by, receipt.at
    answers: dict[Slot, Answer] = {}
    for slot, given in taken["answers"].items():
        code, _, part = slot.rpartition(" ")
        fact, mark = unpack_marked(given[1])
        answers[code, part] = Answer(code, part, fact, given[0], by, at, 0, mark)
    evidence = tuple(
        Evidence(number, item, EvidenceKind(kind), title, by, at, digest)
        for number, (item, kind, title, digest, *_) in enumerate(taken["evidence"], 1)
    )
    written = [(code, text, Content.TEXT, "") for code, texts in taken["sections"].items() for text in texts]
    for code, listed in taken.get("entries", {}).items():
        written += [(code, text, Content(kind), to) for kind, text, to, *_ in listed]
    return Assessment(
        id=assessment_id,
        unit=taken["unit"],
        period=Period(taken["period"]),
        bloc=bloc,
        stage=Stage.SUBMITTED,
        versions=receipt.version,
        answers=answers,
        evidence=evidence,
        explanations={code: Explanation(code, text, by, at, 0) for code, text in taken["explanations"].items()},
        pieces=tuple(
            Piece(number, code, text, by, at, kind, to) for number, (code, text, kind, to) in enumerate(written, 1)
        ),
        receipt=receipt,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a unit's form is: criteria with every part answered. Nothing of what was answered."""

    stage: Stage
    done: int
    of: int
    returned: bool = False


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in a period. `form`: what it has submitted; `paper`: the receipt that the secretariat recorded.

    `appraisal`: the secretariat's of an earlier version, or of what is submitted now; only the latter is an `outcome`.
    """

    unit: Unit
    progress: Progress | None = None
    form: Form | None = None
    paper: Discharge | None = None
    appraisal: Appraisal | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What was submitted with the appraisal that is about that very version."""
        if self.form is None or self.appraisal is None or self.appraisal.version != self.form.receipt.version:
            return None
        return Outcome(self.form.standing, self.appraisal)


@dataclass(frozen=True)
class PeriodTable:
    """Every unit in a period, in the bloc file's order, which says nothing of points. `at`: when it was looked at."""

    bloc: Bloc
    period: Period
    milestone: Milestone | None
    at: datetime
    lines: tuple[UnitLine, ...]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every line of the table in force, then lines that only older forms have."""
        found = {item.code: item for item in self.bloc.items()}
        for line in self.lines:
            if line.form and line.form.bloc.revision != self.bloc.revision:
                found = {**{item.code: item for item in line.form.bloc.items()}, **found}
        order = {item.code: place for place, item in enumerate(self.bloc.items())}
        return tuple(sorted(found.values(), key=lambda item: order.get(item.code, len(order))))
