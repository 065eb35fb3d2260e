"""`thidua demo` that is ended by the system leaves no bot behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_demo_that_is_told_to_end_takes_its_bot_along(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path / "demo"), "--port", "0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    bots: list[int] = []
    try:
        end = time.monotonic() + 60
        while not bots and time.monotonic() < end and demo.poll() is None:
            bots = _children(demo.pid)
            time.sleep(0.05)
        assert bots, "the demo starts its bot as a process of its own"
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 128 + signal.SIGTERM
        assert not any(_lives(pid) for pid in bots)
    finally:
        demo.kill()
        for pid in bots:
            if _lives(pid):
                os.kill(pid, signal.SIGKILL)
