"""The calendar people can move: real time plus an offset."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.errors import ControlRefusal

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class MovedCalendar:
    """Seconds since the epoch that a person may push forward; `version` grows with every move."""

    real: Callable[[], float] = time.time
    offset: float = 0.0
    version: int = 1

    def now(self) -> float:
        """Moved seconds since the epoch."""
        return self.real() + self.offset

    def describe(self) -> dict[str, object]:
        """The control API's calendar object; `now` is local to Việt Nam."""
        local = datetime.fromtimestamp(self.now(), VIETNAM).isoformat(timespec="seconds")
        return {"version": self.version, "now": local, "offset_seconds": round(self.offset, 3)}

    def move(self, change: Mapping[str, object]) -> None:
        """Apply {"to"} | {"by_seconds"} | {"reset"}; refuses to go back unless asked to in so many words."""
        offset = self._wanted_offset(change)
        back = offset < self.offset - 0.001
        if back and not (change.get("reset") is True or change.get("allow_back") is True):
            raise ControlRefusal(400, "Lịch chỉ đi tới; muốn lùi thì gửi allow_back hoặc reset.")
        self.offset = offset
        self.version += 1

    def _wanted_offset(self, change: Mapping[str, object]) -> float:
        if change.get("reset") is True:
            return 0.0
        by = change.get("by_seconds")
        if isinstance(by, int | float) and not isinstance(by, bool):
            return self._sane(self.offset + by)
        to = change.get("to")
        if not isinstance(to, str):
            raise ControlRefusal(400, "Cần một trong: to, by_seconds, reset.")
        try:
            moment = datetime.fromisoformat(to)
        except ValueError:
            raise ControlRefusal(400, f"Không đọc được thời điểm {to!r}.") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=VIETNAM)
        return self._sane(moment.timestamp() - self.real())

    @staticmethod
    def _sane(offset: float) -> float:
        if abs(offset) > timedelta(days=366 * 50).total_seconds():
            raise ControlRefusal(400, "Thời điểm quá xa.")
        return offset
