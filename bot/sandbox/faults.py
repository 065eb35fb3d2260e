"""Troubles that can be switched on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.errors import ControlRefusal, Refusal, bad

_MEDIA = ("Photo", "Document", "Video", "Audio", "Voice", "Animation")
SENDS = frozenset(
    {
        "sendMessage",
        "sendMediaGroup",
        *(f"send{kind}" for kind in _MEDIA),
        *("forwardMessage", "forwardMessages", "copyMessage", "copyMessages"),
        *(f"editMessage{part}" for part in ("Text", "Caption", "ReplyMarkup", "Media")),
    }
)
NEVER_COUNTED = frozenset({"getUpdates", "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo"})
_COUNTED = ("flood", "server_error", "lost_answer", "unknown_bad_request")


@dataclass
class Trouble:
    """One fault: how many more times (None = until switched off), its settings, the methods it is for."""

    times: int | None = None
    settings: dict[str, int] = field(default_factory=dict)
    methods: frozenset[str] | None = None

    def describe(self) -> dict[str, object]:
        """As the control API shows it."""
        shown: dict[str, object] = {**self.settings, "times": self.times}
        if self.methods is not None:
            shown["methods"] = sorted(self.methods)
        return shown


class Faults:
    """The switchboard of the sandbox."""

    def __init__(self) -> None:
        self.down = False
        self.slow_ms = 0
        self.duplicate_updates = False
        self._troubles: dict[str, Trouble] = {}

    def describe(self) -> dict[str, object]:
        """All switches, null where off."""
        counted: dict[str, object] = {
            name: self._troubles[name].describe() if name in self._troubles else None for name in _COUNTED
        }
        return counted | {
            "down": self.down,
            "slow_ms": self.slow_ms,
            "duplicate_updates": self.duplicate_updates,
        }

    def change(self, wanted: Mapping[str, object]) -> None:
        """Apply any of the switches; an unknown one or a wrong value changes nothing and is refused."""
        troubles: dict[str, Trouble | None] = {}
        for name, value in wanted.items():
            if name in _COUNTED:
                troubles[name] = None if value is None or value is False else _trouble(name, value)
            elif name in ("down", "duplicate_updates"):
                _expect(isinstance(value, bool), name)
            elif name == "slow_ms":
                _expect(_is_count(value), name)
            else:
                raise ControlRefusal(400, f"Không có sự cố nào tên {name!r}.")
        for name, trouble in troubles.items():
            self._troubles.pop(name, None)
            if trouble is not None:
                self._troubles[name] = trouble
        self.down = bool(wanted.get("down", self.down))
        self.duplicate_updates = bool(wanted.get("duplicate_updates", self.duplicate_updates))
        slow = wanted.get("slow_ms", self.slow_ms)
        self.slow_ms = slow if isinstance(slow, int) else self.slow_ms

    def before(self, method: str) -> None:
        """Raise the fault that answers instead of the method, if one is on."""
        if (error := self._take("server_error", method)) is not None:
            code = error.settings.get("code", 502)
            raise Refusal(code, {500: "Internal Server Error", 502: "Bad Gateway"}.get(code, "Server Error"))
        if (flood := self._take("flood", method)) is not None:
            seconds = flood.settings.get("retry_after", 5)
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if self._take("unknown_bad_request", method) is not None:
            raise bad("something new")

    def loses_answer(self, method: str) -> bool:
        """True when this request, already carried out, must get no answer."""
        return self._take("lost_answer", method) is not None

    def _take(self, name: str, method: str) -> Trouble | None:
        trouble = self._troubles.get(name)
        if trouble is None:
            return None
        if trouble.methods is not None:
            meant = method in trouble.methods
        elif name == "server_error":
            meant = method not in NEVER_COUNTED
        else:
            meant = method in SENDS
        if not meant:
            return None
        if trouble.times is not None:
            trouble.times -= 1
            if trouble.times <= 0:
                del self._troubles[name]
        return trouble


def _trouble(name: str, value: object) -> Trouble:
    if value is True:
        value = {}
    if not isinstance(value, Mapping):
        raise ControlRefusal(400, f"{name}: cần một đối tượng hoặc null.")
    times = value.get("times")
    _expect(times is None or (_is_count(times) and times > 0), f"{name}.times")
    methods = value.get("methods")
    _expect(
        methods is None or (isinstance(methods, list) and all(isinstance(m, str) for m in methods)), f"{name}.methods"
    )
    settings = {k: v for k, v in value.items() if k in ("retry_after", "code")}
    _expect(all(_is_count(v) for v in settings.values()), name)
    _expect(not value.keys() - {"times", "methods", "retry_after", "code"}, name)
    if name == "server_error":
        _expect(500 <= settings.get("code", 502) <= 599, f"{name}.code")
    return Trouble(times, settings, None if methods is None else frozenset(methods))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _expect(condition: bool, name: str) -> None:
    if not condition:
        raise ControlRefusal(400, f"{name}: giá trị không hợp lệ.")
