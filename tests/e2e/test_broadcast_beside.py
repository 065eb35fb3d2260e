"""G5 and the common pace with the real process: a broadcast, conversations beside it, and a 429 in the middle."""

import random
from pathlib import Path

import pytest

from tests.e2e import broadcast_beside


@pytest.mark.parametrize("flood", [0, 2], ids=["undisturbed", "a 429 in the middle"])
async def test_nobody_is_lost_or_doubled_and_everybody_who_asks_is_answered(flood: int, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    figures, broken = await broadcast_beside.run(90, seed, tmp_path, flood)
    assert not broken, f"seed {seed}: {broken}"
    assert figures.waits, "nobody asked anything while it ran"
