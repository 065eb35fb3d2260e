"""What an operator has: a folder, the command line, and nothing set in the environment but what is given."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120.0


@dataclass
class Operator:
    """Runs `python -m bot` in a folder; settings are given without their prefix."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """A process's whole environment."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")}
        given = {f"THIDUA_{name}": value for name, value in (self.settings | more).items()}
        return inherited | {"PYTHONPATH": str(ROOT)} | given

    def does(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """One command, to its end; no terminal."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def gets(self, *arguments: str, **more: str) -> str:
        """The output of a command that has to succeed, and to complain of nothing."""
        done = self.does(*arguments, **more)
        assert (done.returncode, done.stderr) == (0, ""), f"{arguments}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout

    def is_refused(self, *arguments: str, status: int = 1, **more: str) -> list[str]:
        """The lines in which a command says why not."""
        done = self.does(*arguments, **more)
        assert done.returncode == status, f"{arguments}: {done.returncode} {done.stdout} {done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr.splitlines()


class Process:
    """`thidua run` (or `code` that ends in it), with everything it writes kept in a file."""

    def __init__(self, operator: Operator, *arguments: str, name: str = "run", code: str = "") -> None:
        self._operator = operator
        self._arguments = ["-c", code] if code else ["-m", "bot", "run", *arguments]
        self._path = operator.folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, **more: str) -> "Process":
        with self._path.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._arguments,
                cwd=self._operator.folder, env=self._operator.environment(**more),
                stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        return self

    @property
    def log(self) -> str:
        return self._path.read_text(encoding="utf-8")

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def says(self, words: str, times: int = 1) -> None:
        """Wait until a line of the log holds `words`."""
        async with asyncio.timeout(PATIENCE):
            while self.log.count(words) < times:
                assert self.lives, f"it left with {self.log}"
                await asyncio.sleep(0.05)

    async def ends(self, within: float = PATIENCE) -> int:
        """The status with which it leaves by itself."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), within)

    async def leaves(self) -> int:
        """The status after SIGTERM. Raises TimeoutError when it takes more than the ten seconds that are promised."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self.ends(10.0)

    async def is_gone(self) -> None:
        """Whatever happened: no process outlives its test."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
