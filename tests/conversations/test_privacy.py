"""G7 over roles: whatever is tapped or typed by whomever, nobody reads or changes what is another unit's."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.buttons.assessment import ReadLine
from bot.domain.bloc import Bloc
from tests.conversations.privacy import UNITS, Town, Walk, build, copy_of, mark

Built = tuple[Path, dict[str, None]]
numbers = st.integers(0, 10**6)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, sample: Bloc) -> Built:
    return asyncio.run(build(tmp_path_factory.mktemp("town"), sample))


def arrive(built: Built, folder: Path) -> Town:
    """A fresh copy of the town."""
    path, pool = built
    town = Town(copy_of(path, folder / "walk.db"))
    town.move_in()
    town.pool = dict(pool)
    return town


async def test_the_marks_are_on_the_screens_of_those_who_may_see_them(
    built: Built, tmp_path: Path, sample: Bloc
) -> None:
    town = arrive(built, tmp_path)
    assert len(town.pool) > 170
    for unit, (share, _) in UNITS.items():
        chat = town.chat(f"leader-{unit}")
        await chat.says("/tudanhgia")
        await chat.taps(chat.last, "Bảng điểm")
        await chat.taps(chat.last, "TC1.1")
        chat.sees(share, mark(unit))
    secretary = town.chat("secretary")
    line = sorted(item.code for item in sample.items()).index("TC1.1")
    await secretary.sends_data(ReadLine(3, line, 0).pack())
    secretary.sees(UNITS["TTT"][0], mark("TTT"))
    town.store.close()


async def test_every_button_ever_shown_is_tapped_by_everybody(built: Built, tmp_path: Path) -> None:
    town = arrive(built, tmp_path)
    walk = Walk(town)
    outside = [n for n, chat in enumerate(town.chats) if chat.name in ("stranger", "gone", "deputy-TAND", "leader-VKS")]
    for place in range(len(town.pool)):
        for who in outside:
            await walk.step(who, 0, place, 0)
    town.store.close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=20, max_size=60))
def test_no_walk_of_anybody_reads_or_changes_what_is_anothers(
    moves: list[tuple[int, int, int, int]], built: Built, tmp_path: Path
) -> None:
    async def go() -> None:
        town = arrive(built, tmp_path)
        walk = Walk(town)
        try:
            for move in moves:
                await walk.step(*move)
        finally:
            town.store.close()

    asyncio.run(go())
