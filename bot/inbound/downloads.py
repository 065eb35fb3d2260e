"""Files from Telegram to the data directory, named by their content, whole before anybody is told.

The bytes are written, checked, flushed to the disk and only then renamed to their digest: a kill at any instant leaves
either the whole file or nothing under that name. A file that no transaction came to know stays without harm.
"""

import hashlib
import logging
import os
import secrets
from pathlib import Path

import aiohttp
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.domain.files import MOST_BYTES, Attachment, AttachmentState, FileToFetch
from bot.inbound.patience import Patience
from bot.inbound.session import troubles

log = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
NOT_THERE = frozenset(range(400, 500)) - {407, 408, 429}  # a proxy's trouble passes
CHUNK = 256 * 1024


class TooBig(Exception):
    """More bytes came than a bot may download."""


class Cut(Exception):
    """The connection ended before the file did."""


def stored_path(root: Path, digest: str) -> Path:
    return root / "files" / digest[:2] / digest


class Vault:
    """Stored bytes by SHA-256 under `root`/files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for left in self._incoming.iterdir():  # what a killed process had begun
            left.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        return stored_path(self.root, digest)

    def begin(self) -> Path:
        return self._incoming / secrets.token_hex(8)

    def finish(self, part: Path, digest: str) -> None:
        """Make a written part durable under its digest."""
        target = self.path(digest)
        try:
            os.utime(target)  # sent again just now: the sweep (sweeping.py) leaves it alone
        except FileNotFoundError:
            pass
        else:
            part.unlink()
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        for folder in (target.parent, target.parent.parent, self.root):
            _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system that does not open folders keeps names by itself
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Downloads:
    """Fetches planned files; waits out a Telegram that is down, and says plainly what cannot be had."""

    def __init__(self, bot: Bot, vault: Vault, patience: Patience | None = None) -> None:
        self._bot, self._vault, self._patience = bot, vault, patience or Patience()

    async def fetch(self, planned: FileToFetch | Attachment) -> Attachment:
        """The file as it can be had. Raises GaveUp when the process stops first."""
        if isinstance(planned, Attachment):
            return planned
        wait = FIRST_WAIT
        while True:
            try:
                digest, size = await self._download(planned)
                return _attachment(planned, AttachmentState.STORED, digest, size)
            except TelegramRetryAfter as error:
                await self._patience.wait(error.retry_after)
            except (TooBig, TelegramBadRequest) as error:
                big = isinstance(error, TooBig) or "too big" in str(error).lower()
                return _attachment(planned, AttachmentState.TOO_BIG if big else AttachmentState.GONE)
            except troubles(TelegramNetworkError, TelegramServerError, Cut) as error:
                if isinstance(error, aiohttp.ClientResponseError) and error.status in NOT_THERE:
                    return _attachment(planned, AttachmentState.GONE)
                log.warning("download waits", extra={"error": type(error).__name__})
                await self._patience.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            except TelegramAPIError:
                return _attachment(planned, AttachmentState.GONE)

    async def _download(self, planned: FileToFetch) -> tuple[str, int]:
        file = await self._bot.get_file(planned.telegram_file_id)
        if file.file_size is not None and file.file_size > MOST_BYTES:
            raise TooBig
        assert file.file_path
        part = self._vault.begin()
        hashed, size = hashlib.sha256(), 0
        url = self._bot.session.api.file_url(self._bot.token, file.file_path)
        try:
            with part.open("wb") as out:
                async for chunk in self._bot.session.stream_content(url, timeout=120, chunk_size=CHUNK):
                    size += len(chunk)
                    if size > MOST_BYTES:
                        raise TooBig
                    hashed.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            if file.file_size is not None and size != file.file_size:
                raise Cut
            digest = hashed.hexdigest()
            self._vault.finish(part, digest)
        finally:
            part.unlink(missing_ok=True)
        return digest, size


def _attachment(file: FileToFetch, state: AttachmentState, digest: str = "", size: int | None = None) -> Attachment:
    return Attachment(
        state=state,
        name=file.name,
        size=size if size is not None else file.size or 0,
        media_type=file.media_type,
        telegram_file_id=file.telegram_file_id,
        caption=file.caption,
        album=file.album,
        digest=digest,
        sent_as=file.sent_as,
    )
