"""Assessments as kept: one live one per bloc-year, unit and period, with every submitted version beside it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from bot.domain.assessment import Assessment, Receipt
from bot.domain.assessment_form import Progress
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period

BlocAt: TypeAlias = Callable[[int], Bloc]  # the bloc-year at one of its revisions


class Assessments(Protocol):
    def find(self, unit: str, period: Period) -> int | None:
        """The id of the live one."""
        ...

    def start(self, unit: str, period: Period, bloc_revision: int, by: int) -> int:
        """The id of the live one, new where there was none."""
        ...

    def get(self, assessment_id: int, bloc_at: BlocAt, *, for_change: bool = False) -> Assessment | None:
        """None for an id of nothing, or of another bloc-year. `for_change` holds it against other transactions."""
        ...

    def unsubmitted(self) -> list[int]:
        """Ids of the drafts and of what lies with a leader."""
        ...

    def of_period(self, period: Period, bloc_at: BlocAt) -> dict[str, Assessment]:
        """Every unit's, by unit code."""
        ...

    def progress(self, period: Period, bloc_at: BlocAt) -> dict[str, Progress]:
        """How far every unit that has begun is, by unit code: counted by the database, no form is read."""
        ...

    def submitted(self, period: Period) -> dict[str, tuple[Receipt, dict[str, Any]]]:
        """Receipt and snapshot of every submission that stands, by unit code."""
        ...

    def save(self, before: Assessment, after: Assessment) -> None:
        """Write what differs. Raises ChangedSince when another transaction was faster."""
        ...

    def add_version(self, assessment_id: int, receipt: Receipt, snapshot: dict[str, Any]) -> None: ...

    def withdraw_version(self, assessment_id: int, version: int) -> None: ...

    def restate(self, assessment_id: int, receipt: Receipt) -> None:
        """Lateness, penalty and total of a submission as they count after the unit was granted more time."""
        ...

    def receipts(self, assessment_id: int) -> list[Receipt]:
        """Every submission, withdrawn ones too, oldest first."""
        ...

    def snapshot(self, assessment_id: int, version: int) -> dict[str, Any] | None:
        """What was submitted as that version."""
        ...

    def last_submitted(self, bloc_id: int, unit: str, period: Period) -> dict[str, Any] | None:
        """The snapshot in force of a unit's form in this or another bloc-year; None where none is."""
        ...

    def code_taken(self, code: str) -> bool: ...

    def warned_at(self, person_id: int) -> datetime | None:
        """When the person confirmed the warning about classified material."""
        ...

    def warn(self, person_id: int) -> None:
        """Idempotent."""
        ...
