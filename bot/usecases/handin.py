"""Handing in by `/nop`: a bag that a unit's people fill together, handed in by one tap, in versions."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.buttons.handin import OpenForUnit, ShowSettled
from bot.domain.appraisal import Appraisal, ExchangeKind, Phase
from bot.domain.bloc import Bloc, Unit
from bot.domain.calendar import (
    AppraisalStage,
    DischargedBy,
    Milestone,
    Owes,
    Period,
    closes_at,
    local,
    opens_at,
    working_days_late,
)
from bot.domain.classified import Verdict, verdict
from bot.domain.delivery import Button, Notice
from bot.domain.discharge import Discharge, How
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.files import Attachment, AttachmentState
from bot.domain.handin import (
    MOST_PIECES,
    BagFull,
    CannotBeHandedIn,
    ClosedForChanges,
    HandIn,
    NewPiece,
    NothingInBag,
    Piece,
    PieceKind,
    ReasonNeeded,
    SettledOtherwise,
    as_piece,
    check_open,
    may_change,
    may_settle,
    receipt_code,
)
from bot.domain.people import FILLING, Member, Role
from bot.usecases.ports.work import Work

NEAR_DAYS: Final = 60


class TextStamped(DomainError):
    """The words carry a clear stamp of classified material: nothing was kept."""

    key = "handin.text-stamped"


class NotWarnedYet(DomainError):
    """Nothing is taken before the person has read what must not be sent."""

    key = "handin.not-warned-yet"


class SameFile(DomainError):
    """These very bytes lie in the bag already."""

    key = "handin.same-file"  # file


class Way(StrEnum):
    """How a milestone stands for a unit that wants to hand in."""

    OPEN = "open"
    NOT_YET = "not-yet"
    TOO_LATE = "too-late"
    HANDED = "handed"  # by /nop: another version may follow
    CLOSED = "closed"  # handed in, and the deadline has passed
    OTHERWISE = "otherwise"  # a paper receipt
    REVIEWED = "reviewed"  # by a peer review
    OBJECTED = "objected"  # line by line, in its result
    INFO = "info"  # a roll-call: nothing to send


@dataclass(frozen=True, slots=True)
class Choice:
    """One milestone on a unit's list, or opened."""

    milestone: Milestone
    unit: Unit
    way: Way
    draft: HandIn | None = None
    latest: HandIn | None = None
    discharge: Discharge | None = None
    result: int | None = None  # for objections: the unit's form, once it was told how it was appraised

    @property
    def for_some(self) -> bool:
        """Whether only some units are meant, and the bloc's file does not say which: nobody owes it for sure."""
        return self.milestone.owes is Owes.NAMED_UNITS

    @property
    def version(self) -> int:
        """The version handed in last; 0 where there is none."""
        return self.latest.version if self.latest else 0


def find_milestone(bloc: Bloc, key: str) -> Milestone:
    """Raises StaleButton for a milestone that the calendar has dropped."""
    try:
        return bloc.milestone(key)
    except KeyError:
        raise StaleButton() from None


def find_unit(bloc: Bloc, code: str) -> Unit:
    """Raises StaleButton for a unit that has left the bloc."""
    try:
        return bloc.unit(code)
    except KeyError:
        raise StaleButton() from None


class LookAt:
    """A milestone as it stands for one unit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, key: str, unit: str) -> Choice:
        """Raises NotAllowed, StaleButton or CannotBeHandedIn."""
        if not actor.sees(unit):
            raise NotAllowed()
        bloc = self._work.bloc
        milestone, found = find_milestone(bloc, key), find_unit(bloc, unit)
        if not may_settle(bloc, milestone, unit):
            raise CannotBeHandedIn(name=milestone.name)
        return self.choice(milestone, found)

    def choice(self, milestone: Milestone, unit: Unit) -> Choice:
        discharge = self._work.discharges.find(milestone.key, unit.code)
        latest = self._work.handins.latest(milestone.key, unit.code)
        way, appraisal = self._way(milestone, latest, discharge), self._appraisal(milestone, unit)
        if way is Way.OPEN and appraisal and any(e.kind is ExchangeKind.OBJECTION for e in appraisal.exchanges):
            way = Way.OBJECTED
        draft, result = self._work.handins.draft(milestone.key, unit.code), appraisal.assessment if appraisal else None
        return Choice(milestone, unit, way, draft, latest, discharge, result)

    def _appraisal(self, milestone: Milestone, unit: Unit) -> Appraisal | None:
        """For a milestone of objections, the unit's appraisal once it was told of it."""
        if milestone.stage is not AppraisalStage.OBJECTION:
            return None
        bloc, work = self._work.bloc, self._work
        for period in Period:
            if bloc.appraisal_milestone(AppraisalStage.OBJECTION, period) == milestone:
                form = work.assessments.find(unit.code, period)
                held = work.appraisals.find(form) if form else None
                return held if held and held.phase is not Phase.OPEN else None
        return None

    def _way(self, milestone: Milestone, latest: HandIn | None, discharge: Discharge | None) -> Way:
        now = self._work.now
        if milestone.discharged_by is not DischargedBy.HAND_IN:
            return Way.INFO
        if latest is not None:
            return Way.HANDED if may_change(milestone, latest, now) else Way.CLOSED
        if discharge is not None:
            return Way.REVIEWED if discharge.how is How.PEER else Way.OTHERWISE
        opens = opens_at(milestone)
        if opens is not None and now < opens:
            return Way.NOT_YET
        return Way.TOO_LATE if self._work.bloc.too_late(milestone, now) else Way.OPEN


class ListMine:
    """What the person's unit can hand in now or soon, and the conferences it is expected at."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, unit: str) -> list[Choice]:
        """The open ones by deadline, then those handed in, then what opens or is held within 60 days.

        Raises NotAllowed or StaleButton.
        """
        if unit not in actor.fills:
            raise NotAllowed()
        bloc, look = self._work.bloc, LookAt(self._work)
        found = find_unit(bloc, unit)
        wanted = (DischargedBy.HAND_IN, DischargedBy.ROLL_CALL)
        choices = [
            look.choice(milestone, found)
            for milestone in bloc.milestones
            if milestone.discharged_by in wanted and may_settle(bloc, milestone, unit)
        ]
        near = [choice for choice in choices if self._is_near(choice)]
        order = list(Way)
        return sorted(near, key=lambda c: (order.index(c.way), closes_at(c.milestone)))

    def _is_near(self, choice: Choice) -> bool:
        today, milestone = local(self._work.now).date(), choice.milestone
        if milestone.stage is AppraisalStage.OBJECTION and choice.way is Way.OPEN and choice.draft is None:
            return self._work.now <= closes_at(milestone)  # afterwards there is nothing to be late with
        if choice.way is Way.INFO:
            return 0 <= (milestone.due_on - today).days <= NEAR_DAYS
        return choice.way is not Way.NOT_YET or ((milestone.opens_on or today) - today).days <= NEAR_DAYS


class OpenBag:
    """Begin or go on with a version; the person must have read the warning about classified material first."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, key: str, unit: str, version: int) -> HandIn:
        """`version` is the last one handed in when the button was made.

        Raises NotAllowed, StaleButton, NotWarnedYet, SettledOtherwise, ClosedForChanges, or what `check_open` raises.
        """
        if unit not in actor.fills:
            raise NotAllowed()
        choice = LookAt(self._work)(actor, key, unit)
        if choice.version != version:
            raise StaleButton()
        _check(self._work, choice)
        if self._work.assessments.warned_at(actor.person.id) is None:
            raise NotWarnedYet()
        if choice.draft is not None:
            return choice.draft
        draft = self._work.handins.start(key, unit, actor.person.id, copy_of=choice.latest)
        self._work.trail.note("hand-in begun", subject(draft), by=actor.person.id, new={"version": draft.version})
        return draft


def _check(work: Work, choice: Choice) -> None:
    match choice.way:
        case Way.OTHERWISE | Way.REVIEWED:
            raise SettledOtherwise()
        case Way.CLOSED:
            raise ClosedForChanges()
        case Way.HANDED:
            return
        case _:
            check_open(work.bloc, choice.milestone, choice.unit.code, work.now)


def subject(hand_in: HandIn) -> str:
    return f"hand-in:{hand_in.id}"


class _Bag:
    """What every change of a draft shares."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _draft(self, actor: Member, hand_in_id: int) -> HandIn:
        """Raises NotAllowed, StaleButton once it was handed in, or whatever keeps it from being handed in now."""
        held = self._work.handins.find(hand_in_id)
        if held is None or held.unit not in actor.fills:
            raise NotAllowed()
        if not held.is_draft:
            raise StaleButton()
        _check(self._work, LookAt(self._work)(actor, held.milestone, held.unit))
        return held

    def _add(self, actor: Member, draft: HandIn, piece: NewPiece) -> HandIn:
        if self._work.assessments.warned_at(actor.person.id) is None:
            raise NotWarnedYet()
        if len(draft.pieces) >= MOST_PIECES:
            raise BagFull(most=MOST_PIECES)
        after = self._work.handins.add(draft.id, piece, actor.person.id)
        self._work.trail.note(
            "piece added",
            subject(draft),
            by=actor.person.id,
            new={"kind": piece.kind.value, "piece": after.pieces[-1].id},
        )
        return after


class LookIntoBag(_Bag):
    def __call__(self, actor: Member, hand_in_id: int) -> HandIn:
        return self._draft(actor, hand_in_id)


class PutFile(_Bag):
    def __call__(self, actor: Member, hand_in_id: int, attachment: Attachment) -> HandIn:
        """Only a file that is on disk and checked. Raises what `_draft` raises, SameFile or BagFull."""
        if attachment.state is not AttachmentState.STORED:
            raise ValueError("only a stored file is put into the bag")
        draft = self._draft(actor, hand_in_id)
        if any(piece.digest == attachment.digest for piece in draft.pieces):
            raise SameFile(file=attachment.name)
        self._work.files.keep(attachment.digest, attachment.size, attachment.media_type)
        piece = NewPiece(
            PieceKind.FILE,
            text=attachment.caption,
            name=attachment.name,
            size=attachment.size,
            media_type=attachment.media_type,
            digest=attachment.digest,
            telegram_file_id=attachment.telegram_file_id,
            sent_as=attachment.sent_as,
        )
        return self._add(actor, draft, piece)


class PutText(_Bag):
    def __call__(self, actor: Member, hand_in_id: int, text: str, *, vouched: bool = False) -> HandIn | None:
        """None when the words may be a stamp and nobody has vouched for them yet. Raises TextStamped and the others."""
        draft = self._draft(actor, hand_in_id)
        text = unicodedata.normalize("NFC", text)
        judged = verdict(text)
        if judged is Verdict.STAMPED:
            raise TextStamped()
        if judged is Verdict.DOUBTFUL and not vouched:
            return None
        return self._add(actor, draft, as_piece(text))


class TakeOut(_Bag):
    def __call__(self, actor: Member, hand_in_id: int, piece_id: int) -> HandIn:
        """Raises StaleButton when the piece is gone."""
        draft = self._draft(actor, hand_in_id)
        piece = draft.piece(piece_id)
        if piece is None or not self._work.handins.remove(draft.id, piece_id, actor.person.id):
            raise StaleButton()
        if piece.digest:
            self._work.files.let_go(piece.digest)
        self._work.trail.note("piece removed", subject(draft), by=actor.person.id, old={"piece": piece_id})
        return self._draft(actor, hand_in_id)


class Submit(_Bag):
    """Hand the bag in: the milestone is settled by the liaison's tap, a leader's approval is not asked for."""

    def __call__(self, actor: Member, hand_in_id: int, revision: int) -> HandIn:
        """Raises StaleButton when the bag changed after the button was made, NothingInBag, or what `_draft` raises."""
        draft = self._draft(actor, hand_in_id)
        if draft.revision != revision:
            raise StaleButton()
        if not draft.pieces:
            raise NothingInBag()
        work, bloc = self._work, self._work.bloc
        milestone = bloc.milestone(draft.milestone)
        earlier = work.handins.latest(draft.milestone, draft.unit)
        late = working_days_late(milestone, work.now, bloc.holidays)
        asked_for = earlier if earlier and work.now > closes_at(milestone) else None
        if asked_for:
            late = asked_for.late_days  # asked for more after the deadline: that does not make it later than it was
        receipt = receipt_code(bloc, milestone, draft.unit, draft.version, _content(draft, work.now))
        if not work.handins.hand_in(draft.id, revision, by=actor.person.id, receipt=receipt, late_days=late):
            raise StaleButton()
        self._settle(draft, receipt, late, actor, keep_first=asked_for is not None)
        work.trail.note(
            "handed in",
            subject(draft),
            by=actor.person.id,
            old={"receipt": earlier.receipt} if earlier else None,
            new={"receipt": receipt, "version": draft.version, "pieces": len(draft.pieces)},
        )
        self._tell_secretaries(actor, draft, milestone, receipt)
        handed = work.handins.find(draft.id)
        assert handed is not None
        return handed

    def _settle(self, draft: HandIn, receipt: str, late: int, actor: Member, *, keep_first: bool) -> None:
        """The last version before the deadline counts; one asked for later leaves the first moment as it is."""
        held = self._work.discharges.find(draft.milestone, draft.unit)
        if held is not None and keep_first:
            return
        if held is not None:
            self._work.discharges.withdraw(held.id)
        self._work.discharges.add(
            draft.milestone,
            draft.unit,
            at=self._work.now,
            how=How.HAND_IN,
            receipt=receipt,
            by=actor.person.id,
            late_days=late,
        )

    def _tell_secretaries(self, actor: Member, draft: HandIn, milestone: Milestone, receipt: str) -> None:
        notice = Notice(
            "handin.notice-handed-in" if draft.version == 1 else "handin.notice-handed-in-again",
            {
                "unit": self._work.bloc.unit(draft.unit).name,
                "name": milestone.name,
                "n": len(draft.pieces),
                "receipt": receipt,
                "moment_at": self._work.now.isoformat(),
            },
            ((Button("handin.open-files", ShowSettled(draft.milestone, draft.unit).pack()),),),
        )
        for secretary in self._work.people.members(roles={Role.SECRETARY}):
            if secretary.person.id != actor.person.id:
                once = f"hand-in:{draft.id}:{secretary.person.id}"
                self._work.deliveries.notice(secretary.person.id, notice, once=once)


def _content(draft: HandIn, at: datetime) -> str:
    return "\n".join([draft.unit, draft.milestone, at.isoformat(), *(p.digest or p.text for p in draft.pieces)])


class ShowPiece:
    """One piece of a version, for the unit's own people and for secretaries once it was handed in."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, hand_in_id: int, piece_id: int) -> tuple[str, Piece]:
        """(the unit's code, the piece). Raises NotAllowed or StaleButton."""
        held = self._work.handins.find(hand_in_id)
        if held is None or not actor.sees(held.unit):
            raise NotAllowed()
        if held.is_draft and held.unit not in actor.units:
            raise NotAllowed()  # a draft is the unit's own
        piece = held.piece(piece_id)
        if piece is None:
            raise StaleButton()
        return held.unit, piece


class Reopen:
    """A secretary lets a unit send another version after the deadline, and says why."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, actor: Member, hand_in_id: int) -> HandIn:
        """Raises NotAllowed, or StaleButton when it is not the version that counts, or is open already."""
        if not actor.is_secretary:
            raise NotAllowed()
        held = self._work.handins.find(hand_in_id)
        latest = self._work.handins.latest(held.milestone, held.unit) if held else None
        if held is None or latest is None or latest.id != held.id or held.reopened_at is not None:
            raise StaleButton()
        return held

    def __call__(self, actor: Member, hand_in_id: int, reason: str) -> HandIn:
        held = self.find(actor, hand_in_id)
        reason = clean_reason(reason)
        self._work.handins.reopen(held.id, actor.person.id, reason)
        self._work.trail.note("hand-in reopened", subject(held), by=actor.person.id, new={"reason": reason})
        milestone = find_milestone(self._work.bloc, held.milestone)
        notice = Notice(
            "handin.notice-reopened",
            {"name": milestone.name, "reason": reason},
            ((Button("handin.open", OpenForUnit(held.milestone, held.unit).pack()),),),
        )
        tell_unit(self._work, held.unit, notice, f"reopened:{held.id}", FILLING)
        return held


def clean_reason(reason: str) -> str:
    """Raises ReasonNeeded for one without a word in it, or longer than 500 characters."""
    reason = unicodedata.normalize("NFC", reason).strip()
    if not any(c.isalpha() for c in reason) or len(reason) > 500:
        raise ReasonNeeded(most=500)
    return reason


def tell_unit(work: Work, unit: str, notice: Notice, once: str, roles: Sequence[Role] | frozenset[Role]) -> None:
    """Every person of the unit with one of these roles, once each."""
    for member in work.people.members(unit=unit, roles=roles):
        work.deliveries.notice(member.person.id, notice, once=f"{once}:{member.person.id}")
