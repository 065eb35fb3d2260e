"""Where an assessment stands: points, what is missing, what comes next. All derived, nothing kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from bot.domain.assessment import Assessment, Slot
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Milestone, working_days_late
from bot.domain.criteria import (
    Awaited,
    Fact,
    ItemKind,
    Mark,
    Nature,
    NotArising,
    PartId,
    PartKind,
    Score,
    Totals,
    nature,
    score,
    totals,
)

COUNTS: Final = {
    Nature.ESTIMATED: "assessment.n-estimated",
    Nature.EXPECTED: "assessment.n-expected",
    Nature.AWAITED: "assessment.n-awaited",
    Nature.NOT_ARISING: "assessment.n-not-arising",
}


class GapKind(StrEnum):
    PART = "part"  # a criterion with an unanswered part, or an answer that waits to be confirmed
    EVIDENCE = "evidence"  # points claimed with neither evidence nor explanation
    EXPLANATION = "explanation"  # said not to arise, with neither evidence nor explanation
    SECTION = "section"  # a report section without a word, and no report file
    ADDRESSEE = "addressee"  # a proposal that goes to nobody yet


@dataclass(frozen=True, slots=True)
class Gap:
    """`code` is an item's, or a section's for SECTION and ADDRESSEE; `part` the first unanswered one, or an entry."""

    kind: GapKind
    code: str
    part: PartId = ""


class At(StrEnum):
    PART = "part"
    EVIDENCE = "evidence"
    EXPLANATION = "explanation"
    SECTION = "section"
    ADDRESSEE = "addressee"
    RULES = "rules"  # the list of bonus or deduction rules
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is in the form. `code`: item, section, or kind of rules.

    `part`: the part of an item, the number of an entry (ADDRESSEE), or what of a section is written.
    """

    at: At
    code: str = ""
    part: PartId = ""


class State(StrEnum):
    """How far one item is."""

    DONE = "done"
    LACKS_EVIDENCE = "lacks-evidence"
    BEGUN = "begun"
    UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Standing:
    """An assessment as it counts with `late_days` working days of lateness."""

    assessment: Assessment
    late_days: int = 0

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        held: dict[str, dict[PartId, Fact]] = {}
        for (code, part), answer in self.assessment.answers.items():
            if not answer.again:
                held.setdefault(code, {})[part] = answer.fact
        items = self.assessment.bloc.items()
        return {item.code: score(item, held.get(item.code, {}), self.late_days) for item in items}

    @cached_property
    def totals(self) -> Totals:
        return totals(self.scores, self.assessment.bloc.scale)

    @cached_property
    def penalty(self) -> Decimal:
        """What lateness takes away, zero or negative."""
        return sum(
            (
                counted.points
                for line in self.scores.values()
                for counted in line.counted
                if counted.part.kind is PartKind.LATENESS
            ),
            Decimal(0),
        )

    @property
    def of(self) -> int:
        return len(self.assessment.bloc.criteria)

    @property
    def done(self) -> int:
        """Criteria with every part answered."""
        return sum(self.scores[item.code].complete for item in self.assessment.bloc.criteria)

    def lacks_evidence(self, code: str) -> bool:
        """Points above zero with neither evidence nor explanation."""
        assessment = self.assessment
        return (
            self.scores[code].points > 0 and not assessment.evidence_for(code) and code not in assessment.explanations
        )

    def lacks_explanation(self, code: str) -> bool:
        """Said not to arise, with nothing that says why."""
        assessment = self.assessment
        return (
            any(NotArising() == fact for fact in assessment.facts(code).values())
            and not assessment.evidence_for(code)
            and code not in assessment.explanations
        )

    def does_not_arise(self, code: str) -> bool:
        """Whether a whole line was said not to arise: it has no points rather than none of them."""
        facts = self.assessment.facts(code)
        asked = self.assessment.bloc.item(code).asked
        return bool(asked) and all(facts.get(part.id) == NotArising() for part in asked)

    def is_awaited(self, code: str) -> bool:
        """Whether the values of a whole line follow later."""
        facts = self.assessment.facts(code)
        asked = self.assessment.bloc.item(code).asked
        return bool(asked) and all(facts.get(part.id) == Awaited() for part in asked)

    def marked(self, mark: Mark) -> tuple[Slot, ...]:
        """Answers that are not final, in the form's order."""
        return tuple(slot for slot in self._slots if self.assessment.answers[slot].mark is mark)

    @cached_property
    def not_arising(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self._slots if self.assessment.answers[slot].fact == NotArising())

    @cached_property
    def natures(self) -> tuple[tuple[Slot, Nature], ...]:
        """Every answer that is not final or did not arise, in the form's order."""
        held = ((slot, self.assessment.answers[slot]) for slot in self._slots)
        return tuple((slot, found) for slot, answer in held if (found := nature(answer.fact, answer.mark)))

    @cached_property
    def marks(self) -> tuple[tuple[str, int], ...]:
        """How many there are of each nature: the key of a text and a number, which is never 0.

        Figures are counted one by one, what did not arise by its items.
        """
        counted = {each: [slot for slot, found in self.natures if found is each] for each in Nature}
        numbers = {each: len(slots) for each, slots in counted.items()}
        numbers[Nature.NOT_ARISING] = len({code for code, _ in counted[Nature.NOT_ARISING]})
        return tuple((COUNTS[each], n) for each, n in numbers.items() if n)

    @cached_property
    def to_confirm(self) -> tuple[Slot, ...]:
        """Answers whose part has changed since they were given."""
        return tuple(slot for slot in self._slots if self.assessment.answers[slot].again)

    @cached_property
    def _slots(self) -> tuple[Slot, ...]:
        held = self.assessment
        slots = ((item.code, part.id) for item in held.bloc.items() for part in item.asked)
        return tuple(slot for slot in slots if slot in held.answers)

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """Codes of the items that lack evidence."""
        return tuple(item.code for item in self.assessment.bloc.items() if self.lacks_evidence(item.code))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything that keeps the form from being proposed, in the form's order."""
        return tuple(self._gaps())

    def _gaps(self) -> Iterator[Gap]:
        assessment = self.assessment
        for item in assessment.bloc.items():
            waiting = [slot[1] for slot in self.to_confirm if slot[0] == item.code]
            if item.kind is ItemKind.CRITERION and (part := self.unanswered(item.code)):
                yield Gap(GapKind.PART, item.code, part)
            elif waiting:  # a rule that was claimed before it changed
                yield Gap(GapKind.PART, item.code, waiting[0])
            elif assessment.facts(item.code) and (part := self.unanswered(item.code)):  # half of a rule
                yield Gap(GapKind.PART, item.code, part)
            elif self.lacks_explanation(item.code):
                yield Gap(GapKind.EXPLANATION, item.code)
            elif self.lacks_evidence(item.code):
                yield Gap(GapKind.EVIDENCE, item.code)
        yield from self._report_gaps()

    def _report_gaps(self) -> Iterator[Gap]:
        assessment = self.assessment
        for section in assessment.sections:
            if not assessment.written(section.code) and not assessment.report_files:
                yield Gap(GapKind.SECTION, section.code)
            for entry in assessment.written(section.code):
                if entry.lacks_addressee:
                    yield Gap(GapKind.ADDRESSEE, section.code, str(entry.number))

    def unanswered(self, code: str, after: PartId | None = None) -> PartId | None:
        """The first part of an item without an answer (behind `after`, where given)."""
        asked = [part.id for part in self.assessment.bloc.item(code).asked]
        if after in asked:
            asked = asked[asked.index(after) + 1 :]
        return next((part for part in asked if not self.assessment.is_answered((code, part))), None)

    def state(self, code: str) -> State:
        if not any(slot[0] == code for slot in self.assessment.answers):
            return State.UNTOUCHED
        if self.unanswered(code):  # an answer that waits to be confirmed counts as none
            return State.BEGUN
        lacks = self.lacks_evidence(code) or self.lacks_explanation(code)
        return State.LACKS_EVIDENCE if lacks else State.DONE

    # -- moving around -----------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Slot, ...]:
        """Every question of the criteria, in order."""
        return tuple((item.code, part.id) for item in self.assessment.bloc.criteria for part in item.asked)

    def resume(self) -> Place:
        """The first thing that is not done: a question, then a section, then the review."""
        return self._first(self.steps) or self._first_section()

    def after_answer(self, code: str, part: PartId) -> Place:
        """Where to go once `part` is answered: on with the item, to its evidence, then to the next question."""
        if following := self.unanswered(code, part) or self.unanswered(code):
            item = self.assessment.bloc.item(code)
            if item.kind is ItemKind.CRITERION or self.unanswered(code, part):
                return Place(At.PART, code, following)
        if self.lacks_explanation(code):
            return Place(At.EXPLANATION, code)
        if self.lacks_evidence(code):
            return Place(At.EVIDENCE, code)
        return self.after_item(code)

    def after_item(self, code: str) -> Place:
        """What the item itself still asks, else the next open question behind it; behind the last, what follows.

        A rule leads to its list.
        """
        item = self.assessment.bloc.item(code)
        if item.kind is not ItemKind.CRITERION:
            return Place(At.RULES, item.kind.value)
        if own := self.unanswered(code):  # its evidence came first
            return Place(At.PART, code, own)
        last = max((n for n, (held, _) in enumerate(self.steps) if held == code), default=-1)
        return self._first(self.steps[last + 1 :]) or self._after_criteria()

    def skip(self, code: str, part: PartId) -> Place:
        """The question behind this one, answered or not; behind the last, what follows the criteria."""
        return self._neighbour(code, part, 1) or self._after_criteria()

    def after_rules(self, kind: ItemKind) -> Place:
        """Behind the bonus rules those of deduction, behind these the report."""
        following = self._rules(ItemKind.DEDUCTION) if kind is ItemKind.BONUS else None
        return following or self._first_section()

    def back(self, code: str, part: PartId) -> Place | None:
        """The question before this one; None before the first."""
        return self._neighbour(code, part, -1)

    def after_section(self, section: str) -> Place:
        """The next empty section behind this one, whether or not a file is the report; else the review."""
        codes = [each.code for each in self.assessment.sections]
        for code in codes[codes.index(section) + 1 :] if section in codes else []:
            if not self.assessment.written(code):
                return Place(At.SECTION, code)
        return Place(At.REVIEW)

    def after_entry(self, section: str, kind: Content, number: int) -> Place:
        """The next entry of a list, from this number on, that lacks an addressee; else the list."""
        for entry in self.assessment.entries(section, kind):
            if entry.number >= number and entry.lacks_addressee:
                return Place(At.ADDRESSEE, section, str(entry.number))
        return Place(At.SECTION, section, kind.value)

    def _neighbour(self, code: str, part: PartId, step: int) -> Place | None:
        item = self.assessment.bloc.item(code)
        slots = self.steps if item.kind is ItemKind.CRITERION else tuple((code, p.id) for p in item.asked)
        if (code, part) not in slots:
            return None
        at = slots.index((code, part)) + step
        if 0 <= at < len(slots):
            return Place(At.PART, *slots[at])
        return None if item.kind is ItemKind.CRITERION else Place(At.RULES, item.kind.value)

    def _first(self, steps: tuple[Slot, ...]) -> Place | None:
        for code, part in steps:
            if not self.assessment.is_answered((code, part)):
                return Place(At.PART, code, part)
        return None

    def _after_criteria(self) -> Place:
        """Bonus and deduction are offered once on the way: whoever has begun the report has been past them."""
        held = self.assessment
        if held.pieces or held.report_files:
            return self._first_section()
        return self._rules(ItemKind.BONUS) or self._rules(ItemKind.DEDUCTION) or self._first_section()

    def _rules(self, kind: ItemKind) -> Place | None:
        """The list of one kind of rules; None where the bloc has none to answer."""
        asked = any(item.asked for item in self.assessment.bloc.items() if item.kind is kind)
        return Place(At.RULES, kind.value) if asked else None

    def _first_section(self) -> Place:
        """The first thing of the report that keeps the form from being proposed, else the review."""
        for gap in self._report_gaps():
            return Place(At.SECTION if gap.kind is GapKind.SECTION else At.ADDRESSEE, gap.code, gap.part)
        return Place(At.REVIEW)


def late_days(milestone: Milestone | None, assessment: Assessment, now: datetime, bloc: Bloc) -> int:
    """Working days of lateness: as the receipt froze them, else as they would count at `now`."""
    if assessment.receipt:
        return assessment.receipt.late_days
    return working_days_late(milestone, now, bloc.holidays) if milestone else 0
