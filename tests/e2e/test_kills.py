"""G1-G3 with the real process: ten kills at random moments, once plainly and once with every update delivered twice."""

import random
from pathlib import Path

import pytest

from tests.e2e import kills


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
async def test_ten_kills_lose_nothing_and_double_nothing(
    twice: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    broken = await kills.run(10, 5, 25, seed, twice=twice, folder=tmp_path)
    assert not broken, f"seed {seed}: {broken}"
    assert "10 kills" in capsys.readouterr().out, "everybody was through too early for ten kills"
