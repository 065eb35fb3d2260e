"""G1: what was handed over is there once, in order, and takes effect with its transaction or not at all."""

import threading
from datetime import timedelta

import pytest

from bot.clock import real_now
from bot.domain.bloc import Bloc
from bot.usecases.ports.inbox import RawUpdate
from storage import inbox as module
from storage.inbox import SqlInbox
from storage.store import Store
from tests.conftest import SPRING, load

BOT = 12345


def raw(update_id: int, lane: int = 7001) -> RawUpdate:
    return RawUpdate(update_id, lane, f'{{"update_id":{update_id}}}')


def test_an_update_delivered_twice_is_kept_once(store: Store) -> None:
    inbox = SqlInbox(store.engine)
    assert [row.update_id for row in inbox.add(BOT, [raw(5), raw(6)])] == [5, 6]
    assert inbox.add(BOT, [raw(6), raw(5)]) == []
    assert [row.update_id for row in inbox.add(BOT, [raw(6), raw(7), raw(7)])] == [7]
    assert [row.update_id for row in inbox.waiting(BOT)] == [5, 6, 7]


def test_two_bots_do_not_share_numbers(store: Store) -> None:
    inbox = SqlInbox(store.engine)
    assert len(inbox.add(BOT, [raw(5)])) == 1
    assert len(inbox.add(BOT + 1, [raw(5)])) == 1
    assert len(inbox.waiting(BOT)) == 1


def test_order_is_the_order_of_arrival_not_of_numbers(store: Store) -> None:
    """After a quiet week Telegram starts its numbers anew, perhaps lower."""
    inbox = SqlInbox(store.engine)
    inbox.add(BOT, [raw(900)])
    inbox.add(BOT, [raw(3)])
    assert [row.update_id for row in inbox.waiting(BOT)] == [900, 3]


def test_a_row_is_taken_once_and_in_turn(store: Store, sample: Bloc) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    first, second = inbox.add(BOT, [raw(1), raw(2)])
    other = inbox.add(BOT, [raw(3, lane=7002)])[0]
    with store.work(SPRING) as work:
        assert not work.take(second.id), "an earlier update of the same chat waits"
        assert work.take(other.id), "another chat is another line"
        assert work.take(first.id)
        assert not work.take(first.id)
        assert work.take(second.id)
    assert [row.id for row in inbox.unanswered(BOT)] == [first.id, second.id, other.id]


def test_a_rolled_back_transaction_leaves_the_row_waiting(store: Store, sample: Bloc) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    row = inbox.add(BOT, [raw(1)])[0]
    with pytest.raises(RuntimeError), store.work(SPRING) as work:
        assert work.take(row.id)
        raise RuntimeError
    assert [r.id for r in inbox.waiting(BOT)] == [row.id]


def test_one_of_two_who_take_at_once_gets_it(store: Store, sample: Bloc) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    row = inbox.add(BOT, [raw(1)])[0]
    together = threading.Barrier(4)
    taken: list[bool] = []

    def race() -> None:
        together.wait()
        with store.work(SPRING) as work:
            taken.append(work.take(row.id))

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_bodies_are_erased_once_answered(store: Store, sample: Bloc) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    row = inbox.add(BOT, [raw(1)])[0]
    with store.work(SPRING) as work:
        work.take(row.id)
    inbox.answered([row.id])
    with store.engine.connect() as connection:
        kept = connection.execute(module.inbox.select()).one()
    assert (kept.state, kept.body) == ("answered", "")
    assert inbox.add(BOT, [raw(1)]) == [], "an answered update is still known"


def test_what_was_set_aside_is_out_of_the_line_and_kept_for_thirty_days(
    store: Store, sample: Bloc, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    first, second = inbox.add(BOT, [raw(1), raw(2)])
    assert [inbox.failed(first.id) for _ in range(3)] == [1, 2, 3]
    inbox.set_aside(first.id, "A1B2C3")
    assert [row.id for row in inbox.waiting(BOT)] == [second.id]
    with store.work(SPRING) as work:
        assert work.take(second.id)
    inbox.answered([second.id])
    real = real_now()
    monkeypatch.setattr(module, "real_now", lambda: real + timedelta(days=8))
    assert inbox.prune() == 1, "the answered one"
    monkeypatch.setattr(module, "real_now", lambda: real + timedelta(days=31))
    assert inbox.prune() == 1, "the one set aside"
    assert inbox.counts(BOT) == {}


def test_a_pruned_number_is_never_given_again(store: Store, sample: Bloc, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, sample)
    inbox = SqlInbox(store.engine)
    row = inbox.add(BOT, [raw(1)])[0]
    inbox.set_aside(row.id, "A")
    real = real_now()
    monkeypatch.setattr(module, "real_now", lambda: real + timedelta(days=31))
    inbox.prune()
    assert inbox.add(BOT, [raw(2)])[0].id > row.id


def test_no_increment_is_lost_when_many_write_at_once(store: Store) -> None:
    """The driver's default transactions lost 139 of 160 such increments in silence."""
    with store.work(SPRING) as work:
        work.settings.write("count", "0")

    def add_twenty() -> None:
        for _ in range(20):
            with store.work(SPRING) as work:
                if work.connection.dialect.name == "postgresql":
                    work.connection.exec_driver_sql("LOCK TABLE settings IN EXCLUSIVE MODE")
                work.settings.write("count", str(int(work.settings.read("count") or 0) + 1))

    threads = [threading.Thread(target=add_twenty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading(SPRING) as work:
        assert work.settings.read("count") == "80"
