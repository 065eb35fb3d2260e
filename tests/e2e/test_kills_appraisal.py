"""G1-G3 with the real process while forms are appraised; 150 kills: `python -m tests.e2e.kills_appraisal`."""

import random
from pathlib import Path

import pytest

from tests.e2e import kills_appraisal


async def test_six_kills_during_the_appraisal_leave_every_verdict_exchange_and_opinion_once_and_as_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    broken = await kills_appraisal.run(6, 4, 2, seed, twice=False, folder=tmp_path)
    assert not broken, f"seed {seed}: {broken}"
    assert "6 kills, 4 units" in capsys.readouterr().out, "everybody was through too early for six kills"
