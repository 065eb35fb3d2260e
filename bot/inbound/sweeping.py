"""Stored bytes that nobody needs: sent where none were asked for, or taken out of a form again.

A file counts as sent when it was last downloaded, which is its time on disk; what is taken out of a form or bag has its
days from then on. The calendar that can be moved has no part in it.

A file may be sent again at any moment: the download touches the name it finds, or writes a new one where there is none.
So the sweep first moves it aside, looks at its time once more, and puts it back if it was touched meanwhile.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from bot.inbound.downloads import stored_path

Forget: TypeAlias = Callable[[Collection[str], datetime], Collection[str]]

KEPT = timedelta(days=30)  # for people who come back to a message, and for whoever looks into a complaint
ASIDE = ".swept"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Sweep:
    """Call it with real time, as a heartbeat does.

    `forget` takes digests off the record that nothing has needed since a moment, and says which these were.
    """

    def __init__(self, root: Path, forget: Forget, kept: timedelta = KEPT) -> None:
        self._root, self._forget, self._kept = root, forget, kept

    def __call__(self, now: datetime) -> int:
        """How many files were removed."""
        self._put_back_what_was_left()
        old = [path.name for path in self._stored() if self._is_old(path, now)]
        if not old:
            return 0
        return sum(self._remove(stored_path(self._root, digest), now) for digest in self._forget(old, now - self._kept))

    def _stored(self) -> Iterator[Path]:
        yield from (path for path in self._root.glob("files/??/*") if _DIGEST.fullmatch(path.name))

    def _put_back_what_was_left(self) -> None:
        """A sweep that was killed in between leaves a file aside: it is looked at like any other."""
        for aside in self._root.glob(f"files/??/*{ASIDE}"):
            self._put_back(aside, aside.with_name(aside.name.removesuffix(ASIDE)))

    def _remove(self, path: Path, now: datetime) -> bool:
        aside = path.with_name(path.name + ASIDE)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if not self._is_old(aside, now):
            self._put_back(aside, path)
            return False
        aside.unlink()
        return True

    @staticmethod
    def _put_back(aside: Path, path: Path) -> None:
        """Under its name again; where the same bytes have come meanwhile, those stay."""
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: the bytes under both names are the same
            aside.replace(path)
            return
        aside.unlink()

    def _is_old(self, path: Path, now: datetime) -> bool:
        try:
            sent = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            return False
        return sent + self._kept <= now
