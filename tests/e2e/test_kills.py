"""G1-G3 with the real process: ten kills at random moments, once plainly and once with every update delivered twice."""

import random
from pathlib import Path

import pytest

from tests.e2e import kills, kills_broadcast, kills_uploads


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
async def test_ten_kills_lose_nothing_and_double_nothing(
    twice: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    broken = await kills.run(10, 5, 10, seed, twice=twice, folder=tmp_path)
    assert not broken, f"seed {seed}: {broken}"
    assert "10 kills" in capsys.readouterr().out, "everybody was through too early for ten kills"


async def test_six_kills_among_uploads_lose_no_file_list_none_twice_and_leave_every_receipt_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """G1-G3 with files, the leader and the receipt; 300 kills: `python -m tests.e2e.kills_uploads`."""
    seed = random.SystemRandom().randrange(10**6)
    broken = await kills_uploads.run(6, 4, 8, seed, twice=False, folder=tmp_path, think=0.5)
    assert not broken, f"seed {seed}: {broken}"
    assert "6 kills, 4 units" in capsys.readouterr().out, "everybody was through too early for six kills"


async def test_a_broadcast_that_is_killed_three_times_forgets_nobody_and_doubles_nobody(tmp_path: Path) -> None:
    """G5 with the real process; takes a minute, because leases run in real time."""
    seed = random.SystemRandom().randrange(10**6)
    broken = await kills_broadcast.run(3, 80, seed, tmp_path)
    assert not broken, f"seed {seed}: {broken}"
