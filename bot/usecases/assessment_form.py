"""What was submitted, to be read again as it was: for the unit itself, and for the secretariat every unit's."""

from collections.abc import Mapping
from typing import Any

from bot.domain.assessment import Assessment, Receipt, Stage
from bot.domain.assessment_form import Form, PeriodTable, Progress, UnitLine, restored
from bot.domain.assessment_receipt import digest
from bot.domain.calendar import Period, opens_at
from bot.domain.discharge import How
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import Member
from bot.usecases.assessment import load, pinned
from bot.usecases.ports.work import Work


class FormAltered(DomainError):
    """What is kept of a submission no longer gives the hash on its receipt: no file is made of it."""

    key = "form.altered"


class _Reading:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._names: dict[int, str] = {}

    def _form(self, receipt: Receipt, taken: Mapping[str, Any], assessment_id: int = 0) -> Form:
        """Raises FormAltered."""
        if digest(dict(taken), receipt.version) != receipt.digest:
            raise FormAltered(receipt=receipt.code)
        bloc = pinned(self._work, taken["bloc_revision"])
        return Form(restored(taken, receipt, bloc, assessment_id), receipt, self._name(receipt.by))

    def _name(self, person_id: int) -> str:
        if person_id not in self._names:
            person = self._work.people.person(person_id)
            self._names[person_id] = person.name if person else ""
        return self._names[person_id]

    def _look(self, actor: Member, assessment_id: int) -> Assessment:
        """The form, for its own unit; for the secretariat while it stands submitted. Raises NotAllowed."""
        assessment = load(self._work, assessment_id)
        own = assessment.unit in (*actor.fills, *actor.approves)
        if not own and not (actor.is_secretary and assessment.stage is Stage.SUBMITTED):
            raise NotAllowed()
        return assessment


class ListReceipts(_Reading):
    """Every submission of a form, withdrawn ones too, oldest first."""

    def __call__(self, actor: Member, assessment_id: int) -> tuple[Assessment, list[Receipt]]:
        """Raises NotAllowed."""
        assessment = self._look(actor, assessment_id)
        return assessment, self._work.assessments.receipts(assessment_id)


class ReadForm(_Reading):
    """One submitted version, exactly as it was submitted."""

    def __call__(self, actor: Member, assessment_id: int, version: int) -> Form:
        """Raises NotAllowed, StaleButton for a version that there is not, FormAltered."""
        self._look(actor, assessment_id)
        for receipt in self._work.assessments.receipts(assessment_id):
            taken = self._work.assessments.snapshot(assessment_id, version)
            if receipt.version == version and taken is not None:
                return self._form(receipt, taken, assessment_id)
        raise StaleButton()


class ProgressOfUnits:
    """How far every unit is in a period, by unit code; nothing of what was answered."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, period: Period) -> dict[str, Progress]:
        """Raises NotAllowed for anybody but a secretary."""
        if not actor.is_secretary:
            raise NotAllowed()
        return self.of(period)

    def of(self, period: Period) -> dict[str, Progress]:
        return self._work.assessments.progress(period, lambda revision: pinned(self._work, revision))


def periods_to_export(work: Work) -> list[Period]:
    """Periods of the bloc whose form has been open at some time."""
    found = []
    for period in Period:
        milestone = work.bloc.assessment_milestone(period)
        if milestone and ((opens := opens_at(milestone)) is None or opens <= work.now):
            found.append(period)
    return found


class TableOfPeriod(_Reading):
    """Every unit of a period: how far it is, and what it has submitted. Of a draft only how far it is."""

    def __call__(self, actor: Member, period: Period) -> PeriodTable:
        """Raises NotAllowed for anybody but a secretary, StaleButton before the period has opened, FormAltered."""
        if not actor.is_secretary:
            raise NotAllowed()
        if period not in periods_to_export(self._work):
            raise StaleButton()
        return self.of(period)

    def of(self, period: Period) -> PeriodTable:
        work = self._work
        milestone = work.bloc.assessment_milestone(period)
        progress = ProgressOfUnits(work).of(period)
        settled = work.discharges.of(milestone.key) if milestone else {}
        forms = {code: self._form(*kept) for code, kept in work.assessments.submitted(period).items()}
        appraisals = work.appraisals.of_period(work.bloc.id, period)
        known = {unit.code for unit in work.bloc.units}
        gone = [form.unit for code, form in sorted(forms.items()) if code not in known]
        lines = []
        for unit in (*work.bloc.units, *gone):  # who has left the bloc since stands last
            paper = settled.get(unit.code)
            lines.append(
                UnitLine(
                    unit,
                    progress.get(unit.code),
                    forms.get(unit.code),
                    paper if paper and paper.how is How.PAPER else None,
                    appraisals.get(unit.code),
                )
            )
        return PeriodTable(work.bloc, period, milestone, work.now, tuple(lines))
