"""What was queued is looked at once more when it is taken; one that cannot be read holds up nobody."""

from collections import Counter

import pytest

from bot.domain.delivery import DeliveryState, Notice
from bot.usecases.deliveries import TakeDue
from bot.usecases.ports.deliveries import Claim
from tests.outbound.conftest import Office


async def test_a_broadcast_does_not_reach_somebody_who_has_left_meanwhile(office: Office) -> None:
    author, stays, leaves, leaves_half = office.people(4)
    sent = office.broadcast(author, [stays, leaves, leaves_half])
    with office.work() as work:
        work.people.join(leaves_half, "CAT", work.people.members()[0].memberships[0].role, None)
        gone = {m.person.id: m.memberships[0].id for m in work.people.members()}
        work.people.leave(gone[leaves])
        work.people.leave(gone[leaves_half])
    office.start()
    await office.quiet()
    assert set(office.messenger.phones) == {7001, 7003}
    with office.work() as work:
        states = {line.person_id: (line.state, line.reason) for line in work.deliveries.lines(sent)}
    assert states[leaves] == (DeliveryState.CANCELLED, "left")
    assert states[stays][0] is states[leaves_half][0] is DeliveryState.DELIVERED


async def test_a_row_that_cannot_be_read_ends_and_the_others_go_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, first, second = office.people(3)
    real = TakeDue._said

    def broken(self: TakeDue, claim: Claim) -> object:
        if claim.delivery.person_id == first:
            raise KeyError("a unit that is no more")
        return real(self, claim)

    monkeypatch.setattr(TakeDue, "_said", broken)
    office.broadcast(author, [second])
    with office.work() as work:
        work.deliveries.notice(first, Notice("reminders.early-on"))
    office.start()
    await office.quiet()
    assert office.states() == Counter({DeliveryState.DELIVERED: 1, DeliveryState.CANCELLED: 1})
