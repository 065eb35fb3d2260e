"""A secretary writes to every member: draft, confirm once, follow, call back, send the unsure ones again by hand."""

from dataclasses import dataclass

from bot.domain.broadcast import (
    AlreadyConfirmed,
    Audience,
    Broadcast,
    BroadcastState,
    Content,
    DraftChanged,
    Line,
    NobodyToSendTo,
    NothingUnsure,
    NotRunning,
    OnlyAPreview,
    Tally,
    audience,
    in_order,
)
from bot.domain.delivery import Delivery, DeliveryState
from bot.domain.errors import NotAllowed
from bot.domain.people import Member
from bot.usecases.deliveries import CALLED_BACK
from bot.usecases.ports.work import Work

RECENT = 10


@dataclass(frozen=True, slots=True)
class Draft:
    broadcast: Broadcast
    audience: Audience


@dataclass(frozen=True, slots=True)
class Result:
    broadcast: Broadcast
    tally: Tally
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What a secretary sees first. `unsure`: reminders and notices whose answer was lost, with the person's name."""

    draft: Broadcast | None
    recent: tuple[tuple[Broadcast, Tally], ...]
    unsure: tuple[tuple[Delivery, str], ...]


class _Secretarial:
    def __init__(self, work: Work) -> None:
        self._work = work

    @staticmethod
    def _only_secretaries(actor: Member) -> None:
        if not actor.is_secretary:
            raise NotAllowed()

    def _find(self, broadcast_id: int) -> Broadcast:
        """Raises DraftChanged for a draft that was dropped since."""
        found = self._work.broadcasts.find(broadcast_id)
        if found is None:
            raise DraftChanged()
        return found

    def _own_draft(self, actor: Member, broadcast_id: int, revision: int) -> Broadcast:
        """Raises AlreadyConfirmed or DraftChanged for a button made for something else than the draft in hand."""
        found = self._find(broadcast_id)
        if found.author_id != actor.person.id:
            raise NotAllowed()
        if found.state is not BroadcastState.DRAFT:
            raise AlreadyConfirmed()
        if found.revision != revision:
            raise DraftChanged()
        return found

    def _note(self, what: str, broadcast_id: int, actor: Member, old: object = None, new: object = None) -> None:
        self._work.trail.note(f"broadcast.{what}", f"broadcast:{broadcast_id}", by=actor.person.id, old=old, new=new)


class WriteDraft(_Secretarial):
    """Begin a broadcast, or replace the text of the draft in hand. The text's length is the caller's to check."""

    def __call__(self, actor: Member, content: Content) -> Draft:
        self._only_secretaries(actor)
        draft = self._work.broadcasts.write_draft(actor.person.id, content)
        return Draft(draft, audience(self._work.bloc, self._work.people.members(), actor.person.id))


class ReadDraft(_Secretarial):
    def __call__(self, actor: Member) -> Draft | None:
        """The draft in hand, if there is one."""
        self._only_secretaries(actor)
        draft = self._work.broadcasts.draft_of(actor.person.id)
        if draft is None:
            return None
        return Draft(draft, audience(self._work.bloc, self._work.people.members(), actor.person.id))


class AskForReceipts(_Secretarial):
    """Whether every member is asked to press "received"."""

    def __call__(self, actor: Member, broadcast_id: int, revision: int, *, on: bool) -> Draft:
        self._only_secretaries(actor)
        self._own_draft(actor, broadcast_id, revision)
        self._work.broadcasts.set_receipts(broadcast_id, revision, on)
        everybody = self._work.people.members()
        return Draft(self._find(broadcast_id), audience(self._work.bloc, everybody, actor.person.id))


class DropDraft(_Secretarial):
    def __call__(self, actor: Member, broadcast_id: int, revision: int) -> None:
        self._only_secretaries(actor)
        self._own_draft(actor, broadcast_id, revision)
        self._work.broadcasts.drop(broadcast_id, revision)


class ConfirmBroadcast(_Secretarial):
    """Freeze the text that the author saw, and queue it for everybody, exactly once."""

    def __call__(
        self, actor: Member, broadcast_id: int, revision: int, *, chat_id: int | None, message_id: int | None
    ) -> Broadcast:
        """The ids name the message in which progress is shown.

        Raises AlreadyConfirmed, DraftChanged, NobodyToSendTo.
        """
        self._only_secretaries(actor)
        self._own_draft(actor, broadcast_id, revision)
        people = audience(self._work.bloc, self._work.people.members(), actor.person.id).people
        if not people:
            raise NobodyToSendTo()
        if not self._work.broadcasts.confirm(broadcast_id, revision, chat_id=chat_id, message_id=message_id):
            raise AlreadyConfirmed()
        number = self._work.deliveries.broadcast(broadcast_id, people)
        self._note("confirmed", broadcast_id, actor, new={"recipients": number, "revision": revision})
        return self._find(broadcast_id)


class StopBroadcast(_Secretarial):
    """Call back what has not been sent; what is on its way arrives."""

    def __call__(self, actor: Member, broadcast_id: int) -> int:
        """Returns how many were called back. Raises NotRunning when it had ended."""
        self._only_secretaries(actor)
        old = self._find(broadcast_id).state
        running = {BroadcastState.SENDING, BroadcastState.PAUSED}
        if not self._work.broadcasts.move(broadcast_id, BroadcastState.CANCELLED, when=running):
            raise NotRunning()
        number = self._work.deliveries.cancel_unsent(broadcast_id, CALLED_BACK)
        self._note("stopped", broadcast_id, actor, old=old.value, new={"cancelled": number})
        return number


class ResumeBroadcast(_Secretarial):
    def __call__(self, actor: Member, broadcast_id: int) -> None:
        """Go on after a pause. Raises NotRunning when it is not paused."""
        self._only_secretaries(actor)
        if not self._work.broadcasts.move(broadcast_id, BroadcastState.SENDING, when={BroadcastState.PAUSED}):
            raise NotRunning()
        self._note("resumed", broadcast_id, actor)


class ResendUnsure(_Secretarial):
    """Send again, by a person's hand, what may or may not have arrived."""

    def __call__(self, actor: Member, broadcast_id: int, expected: int) -> int:
        """`expected` is the number that the person agreed to; another number now raises NothingUnsure."""
        self._only_secretaries(actor)
        self._find(broadcast_id)
        if expected < 1 or self._work.deliveries.tally(broadcast_id).of(DeliveryState.UNSURE) != expected:
            raise NothingUnsure()
        number = self._work.deliveries.resend_unsure(broadcast_id)
        ended = {BroadcastState.DONE, BroadcastState.CANCELLED, BroadcastState.SENDING}
        self._work.broadcasts.move(broadcast_id, BroadcastState.SENDING, when=ended)
        self._note("resent", broadcast_id, actor, new={"recipients": number})
        return number


class ShowResult(_Secretarial):
    """How a broadcast went. `show_in`: (chat id, message id) in which progress is shown from now on."""

    def __call__(self, actor: Member, broadcast_id: int, show_in: tuple[int, int] | None = None) -> Result:
        self._only_secretaries(actor)
        broadcast = self._find(broadcast_id)
        if broadcast.state is BroadcastState.DRAFT:
            raise DraftChanged()
        tally = self._work.deliveries.tally(broadcast_id)
        if show_in is not None and tally.running:
            self._work.broadcasts.show_at(broadcast_id, *show_in)
        lines = in_order(self._work.deliveries.lines(broadcast_id), self._work.bloc)
        return Result(broadcast, tally, tuple(lines))


class Overlook(_Secretarial):
    """Recent broadcasts and their results, the draft in hand, and single messages whose answer was lost."""

    def __call__(self, actor: Member) -> Overview:
        self._only_secretaries(actor)
        recent = self._work.broadcasts.recent(RECENT)
        return Overview(
            self._work.broadcasts.draft_of(actor.person.id),
            tuple((broadcast, self._work.deliveries.tally(broadcast.id)) for broadcast in recent),
            tuple(self._work.deliveries.unsure(RECENT)),
        )


@dataclass(frozen=True, slots=True)
class Received:
    broadcast: Broadcast
    acknowledged: bool


class ListReceived:
    """The last broadcasts that reached a member."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[Received]:
        found = []
        for broadcast_id, acknowledged_at in self._work.deliveries.received(actor.person.id, RECENT):
            broadcast = self._work.broadcasts.find(broadcast_id)
            if broadcast is not None:
                found.append(Received(broadcast, acknowledged_at is not None))
        return found


class SeeAgain:
    """One broadcast, for a member whom it reached, or a secretary."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, broadcast_id: int) -> Received:
        broadcast = self._work.broadcasts.find(broadcast_id)
        if broadcast is None or broadcast.state is BroadcastState.DRAFT:
            raise NotAllowed()
        own = self._work.deliveries.of_person(broadcast_id, actor.person.id)
        if own is None and not actor.is_secretary:
            raise NotAllowed()
        return Received(broadcast, own is None or own.acknowledged_at is not None)


class AcknowledgeBroadcast:
    """A member says "received". Saying so twice changes nothing."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, broadcast_id: int) -> bool:
        """False when the member had said so before. Raises NotAllowed for somebody whom it was not sent to."""
        if self._work.deliveries.of_person(broadcast_id, actor.person.id) is None:
            raise OnlyAPreview() if actor.is_secretary else NotAllowed()
        return self._work.deliveries.acknowledge(broadcast_id, actor.person.id)
