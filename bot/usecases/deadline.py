"""A milestone as it stands for one unit: the bloc's own day, or the later one that the secretariat granted."""

from bot.domain.assessment import Assessment
from bot.domain.calendar import DischargedBy, Milestone, Period
from bot.domain.extension import extended
from bot.usecases.ports.work import Work


def for_unit(work: Work, milestone: Milestone, unit: str) -> Milestone:
    """Only the day of a self-assessment can have been moved."""
    if milestone.discharged_by is not DischargedBy.ASSESSMENT:
        return milestone
    return extended(milestone, work.extensions.find(milestone.key, unit))


def deadline_of(work: Work, assessment: Assessment) -> Milestone | None:
    """The milestone at which this form is due; None where the calendar has none."""
    milestone = work.bloc.assessment_milestone(assessment.period)
    return for_unit(work, milestone, assessment.unit) if milestone else None


def open_periods(work: Work, unit: str) -> list[tuple[Period, Milestone]]:
    """Periods whose assessment this unit can fill in now, the nearest deadline first."""
    return work.bloc.open_periods(work.now, lambda milestone: for_unit(work, milestone, unit))
