"""From the start of the process to its first getUpdates, and resident memory then, beside a bare aiogram echo.

Aim: start 1.7 times, memory 1.4 times.
"""

import asyncio
import statistics
import tempfile
from pathlib import Path

import psutil

from benchmarks.harness import RATE, TOKEN, launch, polling, prepare
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram

RUNS = 7


async def once(name: str) -> tuple[float, float]:
    """(seconds, megabytes) of one start."""
    with tempfile.TemporaryDirectory(prefix="thidua-bench-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        if name == "thidua":
            prepare(path)
        sandbox = Sandbox(TOKEN, limits=Limits(per_second=None))
        url = await sandbox.start()
        async with LocalTelegram(url) as telegram:
            process = await launch(name, url, path, RATE)
            seconds = await polling(telegram)
            await asyncio.sleep(1)
            memory = psutil.Process(process.pid).memory_info().rss / 2**20
            process.kill()
            await process.wait()
        await sandbox.stop()
        return seconds, memory


async def measure() -> dict[str, list[tuple[float, float]]]:
    """The two in turn, so that a slow minute of the machine hits both."""
    found: dict[str, list[tuple[float, float]]] = {"echo": [], "thidua": []}
    for _ in range(RUNS):
        for name, runs in found.items():
            runs.append(await once(name))
    return found


def main() -> None:
    found = asyncio.run(measure())
    for place, what in enumerate(("start to first poll, s", "resident memory, MB")):
        ours = [run[place] for run in found["thidua"]]
        echo = [run[place] for run in found["echo"]]
        ratios = [a / b for a, b in zip(ours, echo, strict=True)]
        print(
            f"{what:24} ours {statistics.median(ours):7.2f}  echo {statistics.median(echo):7.2f}  "
            f"ratio {statistics.median(ratios):5.2f} (min {min(ratios):.2f}, max {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
