"""`thidua demo`: the whole product on this machine. A local Telegram with its page, the bot as a process of its own."""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import app
from bot.config import Settings
from bot.domain.people import Role
from bot.sandbox.server import Sandbox
from bot.tour import Guest, Tour, TourFailed

USERNAME = "ThiDuaMauBot"
START = "2026-06-01T09:00"  # a Monday on which the sample's mid-year period is open
READY_SECONDS = 30.0
STOP_SECONDS = 12.0


def run(folder: Path, *, port: int, tour: bool) -> int:
    """Set up, play the tour, stay up with the page until Ctrl-C; without a terminal: end after the tour."""
    stays = sys.stdout.isatty() and sys.stdin.isatty()
    try:
        if stays:
            return asyncio.run(_Demo(folder, port, tour=tour and not folder.exists(), stays=True).run())
        with tempfile.TemporaryDirectory(prefix="thidua-demo-", ignore_cleanup_errors=True) as fresh:
            return asyncio.run(_Demo(Path(fresh), port, tour=tour, stays=False).run())
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM


class _Demo:
    def __init__(self, folder: Path, port: int, *, tour: bool, stays: bool) -> None:
        self._folder, self._port, self._tour, self._stays = folder, port, tour, stays
        self._bot: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        own = asyncio.current_task()
        assert own is not None
        for name in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C does: the bot must not be left behind
            asyncio.get_running_loop().add_signal_handler(name, own.cancel)
        self._folder.mkdir(parents=True, exist_ok=True)
        token = self._token()
        sandbox = Sandbox(token, USERNAME, "Trợ lý Khối thi đua", state=self._folder / "telegram.json")
        url = await sandbox.start(port=_free_port(self._port))
        settings = Settings(bot_token=token, bot_username=USERNAME, telegram_api=url, data_dir=self._folder / "data")
        try:
            first = not (self._folder / "data").exists()
            app.plan_import(settings, _sample()).apply()
            self._say(f"Cơ sở dữ liệu SQLite và khối mẫu: {self._folder / 'data'}")
            await self._start_bot(settings)
            self._say(f"Telegram trên máy này, mở bằng trình duyệt: {url}/")
            self._say(f"Nhật ký của trợ lý: {self._log_path}")
            return await self._play(url, settings, first)
        finally:
            await self._stop_bot()
            await sandbox.stop()

    async def _play(self, url: str, settings: Settings, first: bool) -> int:
        guide = Tour(url, USERNAME, self._guests(settings) if first else {}, print_line)
        if first:
            await guide.prepare(START)
        if self._tour:
            try:
                await self._while_the_bot_lives(guide.play())
            except TourFailed as error:
                print(f"\n✗ Chuyến tham quan dừng lại: {error}", file=sys.stderr)
                print(f"  Xem nhật ký: {self._kept_log()}", file=sys.stderr)
                return 1
            print("\n✓ Mọi bước của chuyến tham quan đều đúng như mong đợi.")
        if not self._stays:
            return 0
        print(f"\nMở {url}/ để tự đóng vai cán bộ đầu mối, lãnh đạo, thư ký. Dừng: Ctrl-C.")
        print(f"Làm lại từ đầu: xóa thư mục {self._folder} rồi chạy lại.")
        return await self._stay()

    async def _while_the_bot_lives(self, play: Coroutine[Any, Any, None]) -> None:
        """A bot that died is told at once, not after everybody has waited in vain."""
        assert self._bot is not None
        playing, died = asyncio.ensure_future(play), asyncio.ensure_future(self._bot.wait())
        await asyncio.wait({playing, died}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            raise TourFailed(f"trợ lý đã dừng ngoài ý muốn (mã {died.result()})")
        died.cancel()
        playing.result()

    async def _stay(self) -> int:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        assert self._bot is not None
        ended = asyncio.ensure_future(self._bot.wait())
        asked = asyncio.ensure_future(stop.wait())
        await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if ended.done():
            print(f"\nTrợ lý đã dừng ngoài ý muốn (mã {ended.result()}); xem {self._log_path}", file=sys.stderr)
            return 1
        ended.cancel()
        print("\nĐang dừng…")
        return 0

    # -- setting up ----------------------------------------------------------------------------------------

    def _token(self) -> str:
        """A token of this folder's own, so that its stored updates stay its own."""
        path = self._folder / "token"
        if not path.exists():
            path.write_text(f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(24)}", encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()

    def _guests(self, settings: Settings) -> dict[str, Guest]:
        """The people of the tour, each with the one-time link that the secretariat would hand them."""
        from bot.clock import real_now
        from bot.usecases.people import CreateInvite

        wanted = {
            "secretary": ("Lê Thu Hà", "thuky", None, Role.SECRETARY),
            "liaison": ("Nguyễn Minh Đức", "vks_daumoi", "VKS", Role.LIAISON),
            "leader": ("Trần Quốc Bảo", "vks_lanhdao", "VKS", Role.LEADER),
            "other": ("Phạm Ngọc Ánh", "cat_daumoi", "CAT", Role.LIAISON),
        }
        store = app.open_store(settings)
        try:
            with store.work(real_now()) as work:
                create = CreateInvite(work, real_now())
                return {
                    part: Guest(name, username, create(unit=unit, role=role, valid_for=timedelta(days=365)))
                    for part, (name, username, unit, role) in wanted.items()
                }
        finally:
            store.close()

    async def _start_bot(self, settings: Settings) -> None:
        """Start `thidua run` exactly as an operator would, with nothing but settings in its environment."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("THIDUA_")},
            "THIDUA_BOT_TOKEN": settings.bot_token,
            "THIDUA_BOT_USERNAME": USERNAME,
            "THIDUA_TELEGRAM_API": settings.telegram_api,
            "THIDUA_DATA_DIR": str(settings.data_dir),
        }
        with self._log_path.open("ab") as log:
            self._bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,  # Ctrl-C is ours: the bot is told to stop in good order
            )  # fmt: skip

    async def _stop_bot(self) -> None:
        if self._bot is None or self._bot.returncode is not None:
            return
        self._bot.terminate()
        try:
            await asyncio.wait_for(self._bot.wait(), STOP_SECONDS)
        except TimeoutError:
            self._bot.kill()
            await self._bot.wait()

    @property
    def _log_path(self) -> Path:
        return self._folder / "bot.log"

    def _kept_log(self) -> Path:
        """A folder that goes with this run would take the log with it."""
        if self._stays:
            return self._log_path
        kept = Path(tempfile.gettempdir()) / "thidua-demo.log"
        shutil.copyfile(self._log_path, kept)
        return kept

    @staticmethod
    def _say(line: str) -> None:
        print(f"• {line}", flush=True)


def print_line(line: str) -> None:
    print(line, flush=True)


def _sample() -> Path:
    from bot.content.read import sample_path

    return sample_path()


def _free_port(wanted: int) -> int:
    """The wanted port, or any other when somebody has it already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted
