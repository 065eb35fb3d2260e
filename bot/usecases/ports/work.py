"""One transaction: everything that may be read or changed in it."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.bloc import Bloc
from bot.domain.discharge import Discharge, How
from bot.usecases.ports.people import People

if TYPE_CHECKING:
    from bot.domain.files import FileUse
    from bot.usecases.ports.appraisal import Appraisals, Extensions
    from bot.usecases.ports.assessment import Assessments
    from bot.usecases.ports.broadcasts import Broadcasts
    from bot.usecases.ports.contact import Letters
    from bot.usecases.ports.deliveries import Deliveries
    from bot.usecases.ports.handins import HandIns
    from bot.usecases.ports.questions import Drafts, Questions

JSON = Any  # what the database keeps as JSON


class StoreUnavailable(Exception):
    """The database cannot be reached or is locked: try again later, nothing was changed."""


class Trail(Protocol):
    """Who changed what, when, from what to what."""

    def note(self, what: str, subject: str, *, by: int | None, old: JSON = None, new: JSON = None) -> None: ...

    def of(self, subject: str) -> list[tuple[datetime, str, int | None, JSON, JSON]]:
        """(at, what, person id, old, new), oldest first."""
        ...


class Discharges(Protocol):
    def add(
        self,
        milestone: str,
        unit: str,
        *,
        at: datetime,
        how: How,
        receipt: str,
        by: int | None,
        reason: str = "",
        late_days: int = 0,
    ) -> Discharge:
        """Raises AlreadyDischarged when one is in force."""
        ...

    def find(self, milestone: str, unit: str) -> Discharge | None:
        """The one in force."""
        ...

    def of(self, milestone: str) -> dict[str, Discharge]:
        """Those in force, by unit code."""
        ...

    def of_unit(self, unit: str) -> dict[str, Discharge]:
        """Those in force, by milestone key."""
        ...

    def withdraw(self, discharge_id: int) -> bool: ...

    def restate(self, discharge_id: int, late_days: int) -> None:
        """Lateness as it counts after the unit was granted more time; the moment stays as it is."""
        ...


class Files(Protocol):
    """What is known of stored bytes; the bytes themselves lie under the data directory, named by digest."""

    def keep(self, digest: str, size: int, media_type: str) -> None:
        """Idempotent; its days count from now on."""
        ...

    def let_go(self, digest: str) -> None:
        """It was taken out of where it was filed: its days count from now on."""
        ...

    def recent(self, digests: Collection[str], since: datetime) -> frozenset[str]:
        """Those that were kept or let go of after a moment of real time."""
        ...

    def size(self, digest: str) -> int | None: ...

    def uses(self, unit: str, digest: str) -> "list[FileUse]":
        """Where a unit has filed these bytes, in any year: in its forms, then in what it hands in."""
        ...

    def referred(self, digests: Collection[str]) -> frozenset[str]:
        """Those that anything still refers to: a form, a submitted version, a hand-in, a file that waits."""
        ...

    def forget(self, digest: str) -> None:
        """Their row, where no record names it."""
        ...


class Settings(Protocol):
    """Small durable values of the installation."""

    def read(self, key: str) -> str | None: ...

    def write(self, key: str, value: str | None) -> None: ...


class Catalogue(Protocol):
    """Bloc-years and their revisions."""

    def current(self) -> Bloc:
        """The bloc-year in force. Raises NoBloc."""
        ...

    def at(self, revision: int) -> Bloc:
        """The same bloc-year as an older revision had it. Raises KeyError."""
        ...

    def save(self, bloc: Bloc, *, file_name: str, digest: str, changes: JSON) -> Bloc:
        """Store what differs as a new revision; the same content again keeps the revision.

        `file_name` and `digest` are empty for what was changed in the conversation and came from no file.
        """
        ...

    def history(self) -> list[tuple[int, datetime, str, JSON]]:
        """(revision, at, file name, changes), oldest first."""
        ...

    def of_year(self, year: int, *, for_change: bool = False, revision: int | None = None) -> Bloc | None:
        """At its newest revision, or at an older one of its own.

        `for_change` holds it against other transactions until this one ends.
        """
        ...

    def known_codes(self) -> frozenset[str]:
        """Every id that the bloc-year in force has or ever had."""
        ...


class Work(Protocol):
    """Everything that one transaction may touch.

    `now` is the calendar's moment; `real_now` is real time, which nothing moves, for leases and expiry. Aware UTC.
    """

    now: datetime
    real_now: datetime

    @property
    def queued(self) -> bool:
        """Whether this transaction may have queued something for the worker."""
        ...

    def take(self, row_id: int) -> bool:
        """Mark an inbox row handled by this transaction; False when it is handled already or out of turn."""
        ...

    @property
    def bloc(self) -> Bloc:
        """The bloc-year in force. Raises NoBloc."""
        ...

    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def people(self) -> People: ...
    @property
    def trail(self) -> Trail: ...
    @property
    def discharges(self) -> Discharges: ...
    @property
    def files(self) -> Files: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def assessments(self) -> "Assessments": ...
    @property
    def appraisals(self) -> "Appraisals": ...
    @property
    def extensions(self) -> "Extensions": ...
    @property
    def handins(self) -> "HandIns": ...
    @property
    def deliveries(self) -> "Deliveries": ...
    @property
    def broadcasts(self) -> "Broadcasts": ...
    @property
    def letters(self) -> "Letters": ...
    @property
    def questions(self) -> "Questions": ...
    @property
    def drafts(self) -> "Drafts": ...


class Store(Protocol):
    def work(self, now: datetime) -> AbstractContextManager[Work]:
        """A writing transaction: commits on a clean exit, rolls back on an exception."""
        ...

    def reading(self, now: datetime) -> AbstractContextManager[Work]:
        """A reading transaction; writes in it are refused on SQLite by the database, elsewhere rolled back."""
        ...
