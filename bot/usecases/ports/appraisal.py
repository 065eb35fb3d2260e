"""Appraisals as kept, one a form; and the extensions that units were granted."""

from datetime import date
from typing import Protocol

from bot.domain.appraisal import Appraisal
from bot.domain.appraisal_peer import Review
from bot.domain.calendar import Period
from bot.domain.extension import Extension


class Appraisals(Protocol):
    def find(self, assessment_id: int) -> Appraisal | None:
        """None where nobody has begun it."""
        ...

    def of_period(self, bloc_id: int, period: Period) -> dict[str, Appraisal]:
        """Every one that somebody has begun, by unit code."""
        ...

    def save(self, before: Appraisal, after: Appraisal) -> None:
        """Write what differs, the first time too. Raises MovedOn when another transaction was faster."""
        ...

    def review(self, assessment_id: int, unit: str) -> Review | None:
        """What `unit` said of its pair's form; None where it has not begun."""
        ...

    def save_review(self, before: Review, after: Review) -> None:
        """Likewise."""
        ...


class Extensions(Protocol):
    def grant(self, milestone: str, unit: str, due_on: date, reason: str, by: int) -> Extension: ...

    def find(self, milestone: str, unit: str) -> Extension | None:
        """The one in force."""
        ...

    def of(self, milestone: str) -> dict[str, Extension]:
        """Those in force, by unit code."""
        ...
