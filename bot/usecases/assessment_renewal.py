"""Unsubmitted forms go on when the bloc's criteria change: in the transaction of the import itself, so that no form is
ever seen half-way, and its people hear of it without opening it. A form that is reopened later follows then."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.buttons.assessment import ShowChanges
from bot.domain import facts
from bot.domain.assessment import Assessment, Evidence, Explanation, Stage
from bot.domain.assessment_renewal import Changes, Renewal, compare_forms, renew
from bot.domain.bloc import Bloc
from bot.domain.calendar import closes_at
from bot.domain.criteria import Fact, Item, Mark, Part
from bot.domain.delivery import Button, Notice, Param
from bot.domain.errors import StaleButton
from bot.domain.people import FILLING, Member, Role
from bot.usecases.assessment import LookAt, load, noted, pinned, subject
from bot.usecases.deadline import for_unit
from bot.usecases.ports.work import Work

RENEWED = "assessment renewed"  # in the trail


class RenewForms:
    """Every unsubmitted form of the bloc-year in force, brought under the bloc as it is now.

    Called in the transaction that changed the bloc. The same bloc again changes nothing; submitted forms keep theirs.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, bloc: Bloc) -> int:
        """How many went on under changed criteria. A bloc of another year than the one in force renews none."""
        if bloc.id != self._work.bloc.id:
            return 0
        ids = self._work.assessments.unsubmitted()
        return sum(RenewForm(self._work)(form_id, bloc) is not None for form_id in ids)


class RenewForm:
    """One form; its unit's people get a notice, whoever stands before it excepted."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, assessment_id: int, bloc: Bloc, by: Member | None = None) -> Assessment | None:
        """The form as it goes on; None where its criteria are the same or it has been submitted."""
        before = load(self._work, assessment_id, for_change=True)
        if before.stage is Stage.SUBMITTED or before.bloc.revision >= bloc.revision:
            return None
        renewal = renew(before, bloc)
        if renewal is None:
            return None
        self._work.assessments.save(before, renewal.after)
        self._note(before, renewal, by)
        self._tell(before, renewal, by)
        return renewal.after

    def _note(self, before: Assessment, renewal: Renewal, by: Member | None) -> None:
        old = {"revision": before.bloc.revision, "withdrawn": [noted(each) for each in renewal.withdrawn]}
        new = {
            "revision": renewal.after.bloc.revision,
            "again": [list(slot) for slot in renewal.again],
            "moved": [[noted(was), noted(now)] for was, now in renewal.moved],
        }
        person = by.person.id if by else None
        self._work.trail.note(RENEWED, subject(before), by=person, old=old, new=new)

    def _tell(self, before: Assessment, renewal: Renewal, by: Member | None) -> None:
        after = renewal.after
        milestone = after.bloc.assessment_milestone(after.period)
        if milestone is None:
            return
        due = for_unit(self._work, milestone, after.unit)
        if after.bloc.too_late(due, self._work.now):
            return  # nobody can go on with it
        proposed = before.stage is Stage.PROPOSED
        roles = {*FILLING, Role.LEADER} if proposed else FILLING
        params: dict[str, Param] = {
            "unit": after.bloc.unit(after.unit).name,
            "name": milestone.name,
            "n": len(renewal.changes),
            "again": sum(answer.again for answer in after.answers.values()),
            "due_at": closes_at(due).isoformat(),
        }
        key = "assessment.notice-renewed-returned" if proposed else "assessment.notice-renewed"
        buttons = ((Button("assessment.button-changes", ShowChanges(after.id, 0).pack()),),)
        told = {member.person.id for member in self._work.people.members(unit=after.unit, roles=roles)}
        for person in sorted(told - ({by.person.id} if by else set())):
            once = f"{key} {after.id} {after.bloc.revision} {person}"
            self._work.deliveries.notice(person, Notice(key, params, buttons), once=once)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An answer whose question is gone, with the question as it was."""

    item: Item
    part: Part
    fact: Fact
    mark: Mark


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """Since a draft was begun, or reopened."""

    changes: Changes
    withdrawn: tuple[Withdrawn, ...]

    def withdrawn_of(self, code: str) -> tuple[Withdrawn, ...]:
        return tuple(each for each in self.withdrawn if each.item.code == code)


@dataclass(frozen=True, slots=True)
class Removed:
    """What a form still holds of an item that the bloc has taken out."""

    item: Item
    answers: tuple[Withdrawn, ...]
    evidence: tuple[Evidence, ...]
    explanation: Explanation | None


class SeeChanges:
    """What the bloc changed under a draft, and what of its answers has no question any more."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, assessment_id: int) -> tuple[Assessment, WhatChanged]:
        """Raises NotAllowed like every look at a form, StaleButton where nothing changed under it."""
        form = LookAt(self._work)(actor, assessment_id)
        if form.renewed_from is None:
            raise StaleButton()
        changes = compare_forms(pinned(self._work, form.renewed_from), form.bloc, form.period)
        return form, WhatChanged(changes, tuple(self._withdrawn(form)))

    def _withdrawn(self, form: Assessment) -> list[Withdrawn]:
        found = {}
        for _, what, _, old, _ in self._work.trail.of(subject(form)):
            if what != RENEWED or old["revision"] < (form.renewed_from or 0):
                continue
            bloc = pinned(self._work, old["revision"])
            for code, part, packed in old["withdrawn"]:
                item = bloc.item(code)
                fact, mark = facts.unpack_marked(packed)
                found[code, part, packed] = Withdrawn(item, item.part(part), fact, mark)
        return list(found.values())


class SeeRemoved:
    """What a form holds of one item that is no longer asked."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, assessment_id: int, place: int) -> tuple[Assessment, Removed]:
        """`place` counts the items that are gone. Raises StaleButton where there is none such."""
        form, changed = SeeChanges(self._work)(actor, assessment_id)
        gone: Sequence[Item] = [each.old for each in changed.changes.items if each.new is None and each.old]
        if not 0 <= place < len(gone):
            raise StaleButton()
        item = gone[place]
        answers = changed.withdrawn_of(item.code)
        return form, Removed(item, answers, form.evidence_for(item.code), form.explanations.get(item.code))
