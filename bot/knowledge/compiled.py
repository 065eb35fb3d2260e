"""What takes seconds to work out from the shipped data, kept beside the modules as Python keeps what it compiles.

Where nothing can be written there (a read-only installation), it is worked out at every start.
"""

import hashlib
import importlib.util
import logging
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

log = logging.getLogger(__name__)

MOST_KEPT: Final = 4  # installations with other words, or the code before and after an update
# What `pickle.loads` raises for what was cut short, or no longer fits.
UNREADABLE: Final = (
    *(OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError),
    *(IndexError, KeyError, TypeError, ValueError, MemoryError),
)
_HERE: Final = Path(__file__).parent

T = TypeVar("T")


def kept(name: str, kind: type[T], of: object, make: Callable[[], T]) -> T:
    """`make()`, or what it gave before: from the same code and data of this package, and an equal `repr(of)`."""
    folder = _folder()
    path = folder / f"{name}-{_digest(of)}.pickle"
    try:
        # Written by the same hand as the modules beside it, which are run as they stand.
        found = pickle.loads(path.read_bytes())
    except FileNotFoundError:
        found = None
    except UNREADABLE as error:
        log.debug("kept data could not be read", extra={"error": type(error).__name__})
        found = None
    if isinstance(found, kind):
        return found
    made = make()
    with suppress(OSError):
        _keep(path, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
        _forget_old(folder, name)
    return made


def _folder() -> Path:
    return Path(importlib.util.cache_from_source(__file__)).parent


def _digest(of: object) -> str:
    digest = hashlib.sha256(f"{sys.version} {of!r}".encode())
    for path in _sources():
        digest.update(f"{path.relative_to(_HERE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    yield from sorted(_HERE.glob("*.py"))
    yield from sorted((_HERE / "data").rglob("*.toml"))


def _keep(path: Path, held: bytes) -> None:
    """Whole or not at all: another process may be reading or writing the same."""
    path.parent.mkdir(exist_ok=True)
    handle, writing = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(held)
        Path(writing).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(writing).unlink()
        raise


def _forget_old(folder: Path, name: str) -> None:
    written = sorted(folder.glob(f"{name}-*.pickle"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in written[MOST_KEPT:]:
        path.unlink(missing_ok=True)
