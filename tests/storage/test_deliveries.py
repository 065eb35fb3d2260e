"""Due work as rows, on both databases: taken once, ended once, in order, never sent again by the machine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.bloc import Bloc
from bot.domain.broadcast import BroadcastState, Content
from bot.domain.delivery import Button, DeliveryState, Notice
from bot.domain.people import Role
from bot.domain.reminders import Reminder
from bot.usecases.ports.deliveries import Claim
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load

REAL = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
NOTE = Notice("reminders.early-on", {"name": "An <b>", "count": 3, "sent_at": "2026-06-01T02:00:00+00:00"})


@pytest.fixture
def people(store: Store, sample: Bloc) -> list[int]:
    """Three liaisons."""
    load(store, sample)
    with store.work(SPRING) as work:
        ids = []
        for number, unit in enumerate(("STP", "CAT", "VKS")):
            person = work.people.add(7000 + number, f"Người {number}", "vi")
            work.people.join(person.id, unit, Role.LIAISON, None)
            ids.append(person.id)
    return ids


@contextmanager
def taking(store: Store, limit: int = 10, now: datetime = REAL) -> Iterator[tuple[SqlWork, list[Claim]]]:
    with store.work(SPRING) as work:
        yield work, work.deliveries.take(limit, now=now, lease_until=now + LEASE)


def take(store: Store, limit: int = 10, now: datetime = REAL) -> list[Claim]:
    with taking(store, limit, now) as (_, claims):
        return claims


def state_of(store: Store) -> dict[DeliveryState, int]:
    with store.reading(SPRING) as work:
        return work.deliveries.counts()


def finish(store: Store, claim: Claim, state: DeliveryState = DeliveryState.DELIVERED) -> bool:
    with store.work(SPRING) as work:
        return work.deliveries.finish(claim.delivery.id, claim.attempt, state, reason="", message_id=1)


def broadcast(store: Store, author: int, to: list[int]) -> int:
    with store.work(SPRING) as work:
        draft = work.broadcasts.write_draft(author, Content("Xin chào"))
        assert work.broadcasts.confirm(draft.id, draft.revision, chat_id=7000, message_id=5)
        assert work.deliveries.broadcast(draft.id, to) == len(to)
        return draft.id


def test_a_notice_comes_back_as_it_was_given(store: Store, people: list[int]) -> None:
    noted = Notice(NOTE.key, NOTE.params, ((Button("reminders.quiet", "1:rq:0:0", {"n": 2}),),))
    with store.work(SPRING) as work:
        assert work.deliveries.notice(people[0], noted)
    (claim,) = take(store)
    assert claim.delivery.notice == noted
    assert claim.delivery.chat_id == 7000 and claim.language == "vi" and claim.attempt == 1


def test_what_is_said_once_is_queued_once(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        assert work.deliveries.notice(people[0], NOTE, once="receipt:1")
        assert not work.deliveries.notice(people[0], NOTE, once="receipt:1")
        assert work.deliveries.used(["receipt:1", "receipt:2"]) == {"receipt:1"}
    assert len(take(store)) == 1


def test_a_row_is_taken_by_one_however_many_reach_for_it(store: Store, people: list[int]) -> None:
    broadcast(store, people[0], people)
    with ThreadPoolExecutor(4) as pool:
        taken = [claim for claims in pool.map(lambda _: take(store), range(8)) for claim in claims]
    assert sorted(claim.delivery.person_id for claim in taken) == people


def test_a_person_is_told_in_order_one_at_a_time(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        for number in range(3):
            work.deliveries.notice(people[0], NOTE, once=f"n{number}")
        work.deliveries.notice(people[1], NOTE)
    first = take(store)
    assert [claim.delivery.person_id for claim in first] == people[:2]
    assert take(store) == []
    finish(store, first[0])
    (second,) = take(store)
    assert second.delivery.id == first[0].delivery.id + 1


def test_a_broadcast_lets_single_messages_go_first(store: Store, people: list[int]) -> None:
    broadcast(store, people[0], people[:2])
    with store.work(SPRING) as work:
        work.deliveries.notice(people[2], NOTE)
    assert take(store, 1)[0].delivery.person_id == people[2]


def test_what_has_to_wait_waits(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        work.deliveries.notice(people[0], NOTE)
    (claim,) = take(store)
    later = REAL + timedelta(seconds=30)
    with store.work(SPRING) as work:
        assert work.deliveries.put_back(claim.delivery.id, claim.attempt, not_before=later, reason="502")
        assert work.deliveries.wakes_at(REAL) == later
    assert take(store) == []
    (again,) = take(store, now=later)
    assert again.attempt == 2


def test_a_taker_that_vanished_leaves_unsure_and_nothing_takes_it_again(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        work.deliveries.notice(people[0], NOTE)
    take(store)
    with store.work(SPRING) as work:
        assert work.deliveries.expire(REAL + LEASE - timedelta(seconds=1)) == 0
        assert work.deliveries.expire(REAL + LEASE + timedelta(seconds=1)) == 1
        assert work.deliveries.expire(REAL + LEASE + timedelta(seconds=1)) == 0
        assert [(d.state, name) for d, name in work.deliveries.unsure(9)] == [(DeliveryState.UNSURE, "Người 0")]
    assert take(store, now=REAL + timedelta(days=9)) == []


def test_a_taker_that_is_alive_keeps_its_rows(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        work.deliveries.notice(people[0], NOTE)
    (claim,) = take(store)
    with store.work(SPRING) as work:
        work.deliveries.renew([claim.delivery.id], REAL + 3 * LEASE)
        assert work.deliveries.expire(REAL + 2 * LEASE) == 0
    assert finish(store, claim)


def test_an_outcome_that_comes_after_the_lease_is_still_the_truth(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        work.deliveries.notice(people[0], NOTE)
    (claim,) = take(store)
    with store.work(SPRING) as work:
        work.deliveries.expire(REAL + 2 * LEASE)
    assert finish(store, claim)
    assert state_of(store) == {DeliveryState.DELIVERED: 1}


def test_an_outcome_of_an_earlier_attempt_changes_nothing(store: Store, people: list[int]) -> None:
    sent = broadcast(store, people[0], people[1:2])
    (claim,) = take(store)
    with store.work(SPRING) as work:
        work.deliveries.expire(REAL + 2 * LEASE)
        assert work.deliveries.resend_unsure(sent) == 1
    assert not finish(store, claim, DeliveryState.BLOCKED)
    assert state_of(store) == {DeliveryState.DUE: 1}


def test_an_end_is_an_end(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        work.deliveries.notice(people[0], NOTE)
    (claim,) = take(store)
    assert finish(store, claim)
    assert not finish(store, claim, DeliveryState.UNSURE)
    with store.work(SPRING) as work:
        assert not work.deliveries.put_back(claim.delivery.id, claim.attempt, not_before=None, reason="")


def test_a_chat_that_moved_moves_every_row_that_is_still_to_go(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        for number in range(2):
            work.deliveries.notice(people[0], NOTE, once=f"m{number}")
    (claim,) = take(store)
    with store.work(SPRING) as work:
        work.deliveries.move(claim.delivery.id, -1007)
        work.deliveries.put_back(claim.delivery.id, claim.attempt, not_before=None, reason="")
    (again,) = take(store)
    assert again.delivery.id == claim.delivery.id and again.delivery.chat_id == -1007
    finish(store, again)
    assert take(store)[0].delivery.chat_id == -1007


def test_a_paused_broadcast_holds_its_rows_and_nobody_elses(store: Store, people: list[int]) -> None:
    sent = broadcast(store, people[0], people)
    with store.work(SPRING) as work:
        assert work.broadcasts.move(sent, BroadcastState.PAUSED, when={BroadcastState.SENDING}, problem="x")
        work.deliveries.notice(people[1], NOTE)
    (claim,) = take(store)
    assert claim.delivery.broadcast_id is None
    with store.work(SPRING) as work:
        assert work.broadcasts.move(sent, BroadcastState.SENDING, when={BroadcastState.PAUSED})
    assert len(take(store)) == 2  # the third waits behind the notice


def test_calling_back_reaches_only_what_has_not_been_taken(store: Store, people: list[int]) -> None:
    sent = broadcast(store, people[0], people)
    (claim,) = take(store, 1)
    with store.work(SPRING) as work:
        assert work.deliveries.cancel_unsent(sent, "stopped") == 2
    assert finish(store, claim)
    assert state_of(store) == {DeliveryState.DELIVERED: 1, DeliveryState.CANCELLED: 2}


def test_a_rung_is_queued_once_and_takes_the_place_of_older_ones(store: Store, people: list[int]) -> None:
    def remind(rung: str, due: date = date(2026, 6, 10)) -> bool:
        with store.work(SPRING) as work:
            return work.deliveries.remind(Reminder(people[0], "M6", due, rung, ("STP",)))

    assert remind("d14") and not remind("d14")
    assert remind("d7")
    assert remind("d7", date(2026, 6, 17))
    (claim,) = take(store)
    assert claim.reminder == Reminder(people[0], "M6", date(2026, 6, 17), "d7", ())
    assert state_of(store) == {DeliveryState.CANCELLED: 2, DeliveryState.SENDING: 1}
    assert not remind("d14")


def test_a_tap_on_received_is_the_answer_that_was_lost(store: Store, people: list[int]) -> None:
    sent = broadcast(store, people[0], people[1:])
    take(store)
    with store.work(SPRING) as work:
        work.deliveries.expire(REAL + 2 * LEASE)
        assert work.deliveries.acknowledge(sent, people[1])
        assert not work.deliveries.acknowledge(sent, people[1])
        assert not work.deliveries.acknowledge(sent, people[0])
        tally = work.deliveries.tally(sent)
    assert tally.by_state == {DeliveryState.DELIVERED: 1, DeliveryState.UNSURE: 1}
    assert tally.acknowledged == 1


def test_lines_name_everybody_with_their_units(store: Store, people: list[int]) -> None:
    sent = broadcast(store, people[0], people)
    with store.reading(SPRING) as work:
        lines = work.deliveries.lines(sent)
        assert work.deliveries.received(people[1], 10) == []
    assert [(line.name, line.units, line.state) for line in lines] == [
        ("Người 0", ("STP",), DeliveryState.DUE),
        ("Người 1", ("CAT",), DeliveryState.DUE),
        ("Người 2", ("VKS",), DeliveryState.DUE),
    ]


def test_a_draft_is_confirmed_once_and_only_as_it_was_seen(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        first = work.broadcasts.write_draft(people[0], Content("một"))
        second = work.broadcasts.write_draft(people[0], Content("hai"))
        assert (second.id, second.revision) == (first.id, first.revision + 1)
        assert not work.broadcasts.confirm(first.id, first.revision, chat_id=1, message_id=1)
        assert not work.broadcasts.set_receipts(first.id, first.revision, True)
        assert work.broadcasts.set_receipts(second.id, second.revision, True)
        assert work.broadcasts.confirm(second.id, second.revision, chat_id=1, message_id=1)
        assert not work.broadcasts.confirm(second.id, second.revision, chat_id=1, message_id=1)
        assert work.broadcasts.draft_of(people[0]) is None
        third = work.broadcasts.write_draft(people[0], Content("ba"))
        assert third.id != second.id
        assert work.broadcasts.drop(third.id, third.revision)
        found = work.broadcasts.find(second.id)
        assert found is not None and found.content == Content("hai") and found.receipts


def test_a_dropped_drafts_number_never_comes_back(store: Store, people: list[int]) -> None:
    with store.work(SPRING) as work:
        gone = work.broadcasts.write_draft(people[0], Content("một"))
        work.broadcasts.drop(gone.id, gone.revision)
        assert work.broadcasts.write_draft(people[0], Content("hai")).id != gone.id
