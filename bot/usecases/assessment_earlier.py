"""What the unit submitted for the same question in the period before: shown beside it, never counted."""

from dataclasses import dataclass

from bot.domain import facts
from bot.domain.assessment import Assessment
from bot.domain.assessment_renewal import part_after
from bot.domain.calendar import Period
from bot.domain.criteria import Fact, Mark, Part, PartId
from bot.usecases.ports.work import Work


@dataclass(frozen=True, slots=True)
class Earlier:
    """`part` is the question as it was asked then."""

    period: Period
    year: int
    part: Part
    fact: Fact
    mark: Mark


class FindEarlier:
    """The year-end looks at the same year's middle, the middle of a year at the end of the year before."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, form: Assessment, code: str, part_id: PartId) -> Earlier | None:
        """None where nothing was submitted, or the question was not asked then."""
        back = form.period is Period.MID_YEAR
        period, year = (Period.YEAR_END, form.bloc.year - 1) if back else (Period.MID_YEAR, form.bloc.year)
        newest = self._work.catalogue.of_year(year) if back else form.bloc
        taken = self._work.assessments.last_submitted(newest.id, form.unit, period) if newest else None
        if taken is None:
            return None
        bloc = self._work.catalogue.of_year(year, revision=taken["bloc_revision"])
        if bloc is None or code not in {item.code for item in bloc.items()}:
            return None
        was, now = bloc.item(code), form.bloc.item(code)
        for part in was.asked:
            pair = part_after(was, now, part.id)
            given = taken["answers"].get(f"{code} {part.id}")
            if pair and pair[1].id == part_id and given:
                return Earlier(period, year, part, *facts.unpack_marked(given[1]))
        return None
