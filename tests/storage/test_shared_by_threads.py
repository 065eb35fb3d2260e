"""What several threads or processes share: the decoded bloc, and the pause that Telegram asked for."""

import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.app import _Pauses
from bot.clock import real_now
from bot.domain.bloc import Bloc
from storage.catalogue import SqlCatalogue
from storage.store import Store
from tests.conftest import SPRING, load


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_that_read_many_revisions_at_once_do_not_trip_each_other(
    lite: Store, sample: Bloc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SqlCatalogue, "_read", lambda self, bloc_id, revision: (bloc_id, revision))
    wrong: list[Exception] = []

    def reads(offset: int) -> None:
        try:
            with lite.reading(SPRING) as work:
                for n in range(3000):
                    revision = (7 * n + offset) % 12
                    assert work.catalogue._load(1, revision) == (1, revision)  # type: ignore[comparison-overlap]
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells of it
            wrong.append(error)

    threads = [threading.Thread(target=reads, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_longest_pause_that_any_process_was_told_stands(store: Store, sample: Bloc) -> None:
    load(store, sample)
    pauses, now = _Pauses(store), real_now()
    pauses.save(now + timedelta(minutes=10))
    pauses.save(now + timedelta(seconds=5))
    assert pauses.load() == now + timedelta(minutes=10)
    pauses.save(now + timedelta(minutes=20))
    assert pauses.load() == now + timedelta(minutes=20)


def test_a_pause_from_a_clock_that_ran_ahead_gives_way(store: Store, sample: Bloc) -> None:
    load(store, sample)
    pauses, now = _Pauses(store), real_now()
    pauses.save(now + timedelta(days=400))
    pauses.save(now + timedelta(seconds=30))
    assert pauses.load() == now + timedelta(seconds=30)
