"""The outcome of an appraisal: points line by line, totals, what differs. All derived, nothing kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.domain.appraisal import Appraisal
from bot.domain.assessment import Assessment
from bot.domain.assessment_standing import Standing
from bot.domain.criteria import Item, ItemKind, Score, Totals, totals


class LineState(StrEnum):
    OPEN = "open"  # nobody has decided
    ASKED = "asked"  # a request waits for the unit
    REPLIED = "replied"  # the unit replied, the secretariat has to decide
    ACCEPTED = "accepted"
    APPRAISED = "appraised"


@dataclass(frozen=True)
class Outcome:
    """A submitted form with its appraisal."""

    standing: Standing
    appraisal: Appraisal

    @property
    def assessment(self) -> Assessment:
        return self.standing.assessment

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every line, claimed or not, in the form's order: a rule that nobody claimed can be appraised as well."""
        return tuple(self.assessment.bloc.items())

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items)

    def own(self, code: str) -> Decimal:
        """As the unit scored it."""
        return self.standing.scores[code].points

    def points(self, code: str) -> Decimal:
        """As it counts now."""
        verdict = self.appraisal.verdicts.get(code)
        return self.own(code) if verdict is None or verdict.points is None else verdict.points

    @cached_property
    def totals(self) -> Totals:
        scores: Mapping[str, Score] = {
            code: replace(line, points=self.points(code)) for code, line in self.standing.scores.items()
        }
        return totals(scores, self.assessment.bloc.scale)

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """Lines that count otherwise than the unit scored them, in the form's order."""
        return tuple(code for code in self.codes if self.points(code) != self.own(code))

    def state(self, code: str) -> LineState:
        verdict = self.appraisal.verdicts.get(code)
        if verdict is not None:
            return LineState.ACCEPTED if verdict.points is None else LineState.APPRAISED
        waiting = [each for each in self.appraisal.of(code) if each.is_open]
        if not waiting:
            return LineState.OPEN
        return LineState.ASKED if waiting[-1].waits_for_unit else LineState.REPLIED

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        return tuple(code for code in self.codes if code not in self.appraisal.verdicts)

    @cached_property
    def untouched(self) -> tuple[str, ...]:
        return self.appraisal.untouched(self.codes)

    @cached_property
    def resting(self) -> tuple[str, ...]:
        """Lines with a request that nobody has closed: they are not accepted with others."""
        return tuple(code for code in self.codes if self.state(code) in (LineState.ASKED, LineState.REPLIED))

    def unsupported(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Those of the lines on which the unit claims points without any evidence."""
        held = self.assessment
        return tuple(code for code in codes if self.own(code) > 0 and not held.evidence_for(code))

    def following(self, code: str) -> str | None:
        """The next line without a decision that does not wait for the unit, round to the beginning."""
        at = self.codes.index(code) + 1
        for each in (*self.codes[at:], *self.codes[:at]):
            if each != code and self.state(each) in (LineState.OPEN, LineState.REPLIED):
                return each
        return None

    @property
    def first_open(self) -> str | None:
        return next((c for c in self.codes if self.state(c) in (LineState.OPEN, LineState.REPLIED)), None)

    def counts(self, item: Item) -> bool:
        """Whether the unit scored it, or it counts now."""
        claimed = item.kind is ItemKind.CRITERION or bool(self.assessment.facts(item.code))
        return claimed or self.points(item.code) != 0 or self.own(item.code) != 0


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    """Codes of the lines whose answers, evidence or explanation differ between two submitted versions (snapshots)."""

    def by_line(taken: Mapping[str, Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for slot, answer in taken["answers"].items():
            found.setdefault(slot.rpartition(" ")[0], []).append([slot, answer])
        for piece in taken["evidence"]:
            found.setdefault(piece[0], []).append(piece)
        for code, text in taken["explanations"].items():
            found.setdefault(code, []).append(text)
        return found

    old, new = by_line(before), by_line(after)
    return frozenset(code for code in old.keys() | new.keys() if old.get(code) != new.get(code))
