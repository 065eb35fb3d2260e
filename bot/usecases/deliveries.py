"""What the worker does to rows: take what is due, record what became of it, show how a broadcast is getting on."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.domain.broadcast import Broadcast, BroadcastState, Content, Line, Tally, in_order
from bot.domain.delivery import Delivery, DeliveryState, Notice
from bot.domain.errors import DomainError
from bot.domain.reminders import NoLonger, Prompt
from bot.domain.sending import Bug, Delivered, Moved, Outcome, Refusal, Refused, Stopped, Unsure, Wait
from bot.usecases.ports.deliveries import Claim
from bot.usecases.ports.work import Work
from bot.usecases.reminders import CheckReminder

log = logging.getLogger(__name__)

STOPPED_KEY = "stopped"
CALLED_BACK = "stopped"  # the reason of a row that a secretary called back
BROKEN = "broken"  # the reason of a row that we made wrongly

REFUSALS = {Refusal.BLOCKED: DeliveryState.BLOCKED, Refusal.UNREACHABLE: DeliveryState.UNREACHABLE}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A broadcast's frozen content, and whether a receipt is asked for."""

    broadcast_id: int
    content: Content
    receipts: bool


Said: TypeAlias = Notice | Prompt | Sealed


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that was taken, with what is to be said."""

    claim: Claim
    said: Said


class TakeDue:
    """Take rows for sending. What no longer holds, or is for nobody any more, ends here as cancelled."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._check = CheckReminder(work)
        self._sealed: dict[int, Sealed] = {}

    def __call__(self, limit: int, *, now: datetime, lease: timedelta) -> list[Ready]:
        """At most `limit` rows; `now` is real time."""
        ready: list[Ready] = []
        while len(ready) < limit:
            claims = self._work.deliveries.take(limit - len(ready), now=now, lease_until=now + lease)
            if not claims:
                break
            ready += [Ready(claim, said) for claim in claims if (said := self._readable(claim)) is not None]
        return ready

    def _readable(self, claim: Claim) -> Said | None:
        try:
            return self._said(claim)
        except (LookupError, ValueError, TypeError, ArithmeticError, DomainError) as error:
            # Our mistake in one row: undoing the whole round for it would end all sending.
            log.error("a delivery cannot be made", extra={"row": claim.delivery.id, "error": type(error).__name__})
            self._end(claim, BROKEN)
            return None

    def _said(self, claim: Claim) -> Said | None:
        if claim.reminder is not None:
            prompt = self._check(claim.reminder, claim.bloc_id)
            if not isinstance(prompt, NoLonger):
                return prompt
            self._end(claim, prompt.value)
            return None
        if claim.delivery.broadcast_id is not None:
            if not claim.belongs:
                self._end(claim, NoLonger.LEFT.value)
                return None
            return self._content(claim.delivery.broadcast_id)
        if claim.delivery.notice is None:
            self._end(claim, BROKEN)
        return claim.delivery.notice

    def _content(self, broadcast_id: int) -> Sealed:
        if broadcast_id not in self._sealed:
            found = self._work.broadcasts.find(broadcast_id)
            assert found is not None  # the row refers to it
            self._sealed[broadcast_id] = Sealed(found.id, found.content, found.receipts)
        return self._sealed[broadcast_id]

    def _end(self, claim: Claim, reason: str) -> None:
        self._work.deliveries.finish(
            claim.delivery.id, claim.attempt, DeliveryState.CANCELLED, reason=reason, message_id=None
        )


class RecordOutcomes:
    """Write down how attempts ended. Every row leaves here due again, or in a state that is an end."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, ended: Sequence[tuple[Claim, Outcome]], *, now: datetime) -> None:
        """`now` is real time."""
        for claim, outcome in ended:
            self._record(claim, outcome, now)

    def _record(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        match outcome:
            case Delivered(message_id):
                self._finish(claim, DeliveryState.DELIVERED, message_id=message_id)
            case Refused(kind, reason):
                self._finish(claim, REFUSALS[kind], reason)
                if kind is Refusal.BLOCKED:
                    self._work.people.set_blocked(claim.delivery.person_id, True)
                self._tell_unreached(claim.delivery)
            case Unsure(reason):
                self._finish(claim, DeliveryState.UNSURE, reason)
            case Wait(seconds, reason):
                self._again(claim, now + timedelta(seconds=seconds) if seconds else None, reason)
            case Moved(chat_id):
                self._work.deliveries.move(claim.delivery.id, chat_id)
                self._again(claim, None, "")
            case Stopped(reason):
                self._again(claim, None, reason)
                self._work.settings.write(STOPPED_KEY, f"{now.isoformat()} {reason}")
            case Bug(reason):
                self._broken(claim, reason)

    def _tell_unreached(self, delivery: Delivery) -> None:
        """Whoever waits for somebody that Telegram does not reach has to call them."""
        told = delivery.notice.unreached if delivery.notice else None
        person = self._work.people.person(delivery.person_id)
        if told and person:
            notice = Notice(told.key, {"name": person.name})
            self._work.deliveries.notice(told.person_id, notice, once=f"unreached {delivery.id}")

    def _finish(self, claim: Claim, state: DeliveryState, reason: str = "", message_id: int | None = None) -> None:
        self._work.deliveries.finish(claim.delivery.id, claim.attempt, state, reason=reason, message_id=message_id)

    def _again(self, claim: Claim, not_before: datetime | None, reason: str) -> None:
        """Due once more, unless the broadcast was called back while this one was on its way."""
        broadcast_id = claim.delivery.broadcast_id
        if broadcast_id is not None:
            broadcast = self._work.broadcasts.find(broadcast_id)
            if broadcast is None or broadcast.state is BroadcastState.CANCELLED:
                self._finish(claim, DeliveryState.CANCELLED, CALLED_BACK)
                return
        self._work.deliveries.put_back(claim.delivery.id, claim.attempt, not_before=not_before, reason=reason)

    def _broken(self, claim: Claim, reason: str) -> None:
        """Our mistake: a broadcast stands still until somebody has looked; a single message is given up."""
        broadcast_id = claim.delivery.broadcast_id
        if broadcast_id is None:
            self._finish(claim, DeliveryState.CANCELLED, f"{BROKEN}: {reason}")
            return
        self._work.broadcasts.move(broadcast_id, BroadcastState.PAUSED, when={BroadcastState.SENDING}, problem=reason)
        self._again(claim, None, reason)


@dataclass(frozen=True, slots=True)
class Shown:
    """A broadcast as its progress message is to show it. `lines` only once nothing is on its way any more."""

    broadcast: Broadcast
    tally: Tally
    lines: tuple[Line, ...]
    language: str
    units: Mapping[str, str]  # names by code

    @property
    def final(self) -> bool:
        """Nothing moves by itself from here on."""
        return not self.tally.running or self.broadcast.state is BroadcastState.PAUSED


class FollowBroadcasts:
    """Those whose progress message has to be brought up to date; one of which all has ended becomes done."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self) -> list[Shown]:
        return [self._shown(broadcast) for broadcast in self._work.broadcasts.showing()]

    def _shown(self, broadcast: Broadcast) -> Shown:
        work = self._work
        tally = work.deliveries.tally(broadcast.id)
        if not tally.running and work.broadcasts.move(
            broadcast.id, BroadcastState.DONE, when={BroadcastState.SENDING, BroadcastState.PAUSED}
        ):
            broadcast = work.broadcasts.find(broadcast.id) or broadcast
        author = work.people.person(broadcast.author_id)
        lines = () if tally.running else tuple(in_order(work.deliveries.lines(broadcast.id), work.bloc))
        units = {unit.code: unit.name for unit in work.bloc.units}
        return Shown(broadcast, tally, lines, author.language if author else "vi", units)


# -- the installation's flags ----------------------------------------------------------------------------


def sending_stopped(work: Work) -> str | None:
    """When and why Telegram refused us altogether ("<ISO moment> <reason>"); None when sending is on."""
    return work.settings.read(STOPPED_KEY)


def begin_sending(work: Work) -> None:
    """A new start tries again."""
    work.settings.write(STOPPED_KEY, None)
