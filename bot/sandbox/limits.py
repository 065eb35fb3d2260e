"""What Telegram bounds: sizes, and how many messages may leave in real time."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.errors import Refusal

TEXT_CHARS = 4096  # after entity parsing
CAPTION_CHARS = 1024  # after entity parsing
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER_CHARS = 200
BUTTONS = 100
BUTTONS_IN_ROW = 8
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES_SUM = 10_000  # width + height, pixels
PHOTO_RATIO = 20
ALBUM = (2, 10)
DELETE_SECONDS = 48 * 3600
QUERY_SECONDS = 30.0  # real time
COMMANDS = 100
COMMAND_DESCRIPTION_CHARS = 256
MESSAGES_AT_ONCE = 100  # copyMessages, forwardMessages, deleteMessages
NAME_CHARS = 64
DESCRIPTION_CHARS = 512
SHORT_DESCRIPTION_CHARS = 120


@dataclass(frozen=True)
class Limits:
    """Messages allowed in a sliding window of real time; None switches one off."""

    per_second: int | None = 30  # over all chats
    per_group_minute: int | None = 20
    per_private_ten_seconds: int | None = 20


@dataclass
class RateLimiter:
    """Counts what left; a refused message does not count."""

    limits: Limits = field(default_factory=Limits)
    monotonic: Callable[[], float] = time.monotonic
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, chat_id: int, count: int) -> None:
        """Let `count` messages to one chat pass, or raise 429 with `retry_after` in whole seconds."""
        now = self.monotonic()
        group = chat_id < 0
        of_chat = self.limits.per_group_minute if group else self.limits.per_private_ten_seconds
        windows = ((self._all, self.limits.per_second, 1.0), (self._chats[chat_id], of_chat, 60.0 if group else 10.0))
        waits = [_wait(taken, limit, span, now, count) for taken, limit, span in windows]
        if max(waits) > 0:
            seconds = max(1, math.ceil(max(waits)))
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        for taken, limit, _ in windows:
            if limit is not None:
                taken.extend([now] * count)


def _wait(taken: deque[float], limit: int | None, span: float, now: float, count: int) -> float:
    """Seconds until `count` more fit into the window; 0 when they fit now."""
    if limit is None:
        return 0.0
    while taken and now - taken[0] >= span:
        taken.popleft()
    over = len(taken) + count - limit
    if over <= 0:
        return 0.0
    if over > len(taken):  # an album larger than the window itself fits once the window is empty
        return 0.0 if not taken else span - (now - taken[-1])
    return span - (now - taken[over - 1])
