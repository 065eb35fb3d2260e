"""Peer appraisal (thẩm định chéo): what one unit of a pair says of the other's submitted form, line by line."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from bot.domain.appraisal import AppraisedAnew, LineMoved, LinesRemain, MovedOn, SameAsOwn, in_words
from bot.domain.assessment import Revision
from bot.domain.errors import DomainError, StaleButton


class Stance(StrEnum):
    AGREE = "agree"
    REMARK = "remark"
    POINTS = "points"  # other points, with a reason


class ReviewHandedIn(StaleButton):
    """The review was handed in: nothing in it is changed any more."""

    key = "appraisal.review-handed-in"


class PeerNotOpen(DomainError):
    """Params: `opens`, `closes`."""

    key = "appraisal.peer-not-open"


class PeerOver(DomainError):
    """Params: `closes`."""

    key = "appraisal.peer-over"


class NoPeerTime(DomainError):
    """The bloc's calendar has set no time for peer appraisal now, or the person's unit is in no pair."""

    key = "appraisal.no-peer-time"


class PeerNotSubmitted(StaleButton):
    """The other unit of the pair has not submitted its form, or has it back."""

    key = "appraisal.peer-not-submitted"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the peer says of one line. `points` only where it proposes some."""

    item: str
    stance: Stance
    points: Decimal | None
    text: str
    by: int
    at: datetime
    revision: Revision


class SameAsTheirs(SameAsOwn):
    """What is proposed is the other unit's own score: agreeing says that."""

    key = "appraisal.peer-same-as-own"


@dataclass(frozen=True)
class Review:
    """What `unit` says of the form `assessment` of its pair, in the submitted `version`."""

    assessment: int
    unit: str
    version: int
    revision: Revision = 0
    opened_at: Revision = 0
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    handed_at: datetime | None = None

    @property
    def otherwise(self) -> tuple[str, ...]:
        """Lines on which more was said than that the unit is right."""
        return tuple(given.item for given in self.opinions.values() if given.stance is not Stance.AGREE)

    def _expect(self, made_for: Revision) -> None:
        if self.handed_at is not None:
            raise ReviewHandedIn()
        if made_for < self.opened_at:
            raise AppraisedAnew()

    def give(
        self,
        code: str,
        stance: Stance,
        text: str = "",
        points: Decimal | None = None,
        *,
        own: Decimal,
        made_for: Revision,
        by: int,
        at: datetime,
    ) -> "Review":
        """The opinion on one line; all but agreeing need words. The same again changes nothing."""
        self._expect(made_for)
        if stance is not Stance.AGREE:
            text = in_words(text)
        if stance is Stance.POINTS and points == own:
            raise SameAsTheirs(points=own)
        held = self.opinions.get(code)
        if held and (held.stance, held.text, held.points) == (stance, text, points):
            return self
        if held and held.revision > made_for:
            raise LineMoved()
        after = self._moved()
        return replace(
            after, opinions={**self.opinions, code: Opinion(code, stance, points, text, by, at, after.revision)}
        )

    def untouched(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(code for code in codes if code not in self.opinions)

    def agree_rest(self, codes: Iterable[str], *, made_for: Revision, by: int, at: datetime) -> "Review":
        """Agree with every line that has no opinion yet, as they were when the button was made."""
        self._expect(made_for)
        left = self.untouched(codes)
        if not left:
            return self
        if made_for != self.revision:
            raise MovedOn()
        after = self._moved()
        new = {code: Opinion(code, Stance.AGREE, None, "", by, at, after.revision) for code in left}
        return replace(after, opinions={**self.opinions, **new})

    def hand_in(self, codes: Iterable[str], *, made_for: Revision, at: datetime) -> "Review":
        """Close it, with an opinion on every line."""
        self._expect(made_for)
        if left := self.untouched(codes):
            raise LinesRemain(n=len(left))
        if made_for != self.revision:
            raise MovedOn()
        return replace(self._moved(), handed_at=at)

    def renewed(self, version: int, changed: Collection[str]) -> "Review":
        """For a later submission: open again, without the opinions on lines that `changed`."""
        after = self._moved()
        kept = {code: opinion for code, opinion in self.opinions.items() if code not in changed}
        return replace(after, version=version, opened_at=after.revision, opinions=kept, handed_at=None)

    def _moved(self) -> Self:
        return replace(self, revision=self.revision + 1)


def partner_of(pairs: Iterable[tuple[str, str]], unit: str) -> str | None:
    """The other unit of its pair."""
    for one, other in pairs:
        if unit in (one, other):
            return other if unit == one else one
    return None
