"""What units hand in for a milestone, and roll-calls of conferences."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.handin import HandIn, Mark, NewPiece, RollCall


class HandIns(Protocol):
    def draft(self, milestone: str, unit: str) -> HandIn | None:
        """The version that is being put together, with its pieces."""
        ...

    def start(self, milestone: str, unit: str, by: int, copy_of: HandIn | None = None) -> HandIn:
        """The draft of the next version, holding what `copy_of` holds; the open one where there is one."""
        ...

    def find(self, hand_in_id: int) -> HandIn | None: ...

    def add(self, hand_in_id: int, piece: NewPiece, by: int) -> HandIn:
        """The draft with one piece more, at its next revision."""
        ...

    def remove(self, hand_in_id: int, piece_id: int, by: int) -> bool:
        """False when the piece is gone already. What was removed stays on record."""
        ...

    def hand_in(self, hand_in_id: int, revision: int, *, by: int, receipt: str, late_days: int) -> bool:
        """Close the draft now; False when it is not at `revision` any more or was handed in."""
        ...

    def latest(self, milestone: str, unit: str) -> HandIn | None:
        """The version that counts: the last one handed in."""
        ...

    def handed(self, milestone: str, unit: str) -> list[HandIn]:
        """Every version handed in, oldest first."""
        ...

    def drafts_of(self, unit: str) -> dict[str, HandIn]:
        """Open drafts of a unit, by milestone key."""
        ...

    def reopen(self, hand_in_id: int, by: int, reason: str) -> None:
        """Allow another version after the deadline."""
        ...

    def roll_call(self, milestone: str) -> RollCall:
        """The roll-call as it stands; an empty one at revision 0 where nobody has begun."""
        ...

    def mark(self, milestone: str, marks: Mapping[str, Mark], revision: int, by: int) -> bool:
        """Write the marks over those of `revision`; False when somebody else was faster."""
        ...

    def close_roll_call(self, milestone: str, revision: int, by: int | None) -> bool:
        """Close it (or, with None, open it again); False when it is not at `revision` any more."""
        ...
