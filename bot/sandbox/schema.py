"""Every request against a table of every method, parameter and type.

The table (data/bot-api-10.1.json) holds facts only: names, types, what is required. What libraries newer
than it may send stands in NEWER_PARAMETERS and NEWER_FIELDS, is let through, and is reported to the log.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.errors import bad

_EPHEMERAL = frozenset({"callback_query_id", "ephemeral_message_parameters", "receiver_user_id"})
_STOPPABLE = frozenset({"can_stop", "keep_on_stop"})
NEWER_PARAMETERS: Mapping[str, frozenset[str]] = {
    "promoteChatMember": frozenset({"can_send_welcome_messages"}),
    "sendAnimation": _EPHEMERAL,
    "sendAudio": _EPHEMERAL,
    "sendContact": _EPHEMERAL,
    "sendDocument": _EPHEMERAL,
    "sendLivePhoto": _EPHEMERAL,
    "sendLocation": _EPHEMERAL,
    "sendMessage": _EPHEMERAL,
    "sendMessageDraft": _STOPPABLE,
    "sendPhoto": _EPHEMERAL,
    "sendRichMessage": frozenset({"ephemeral_message_parameters"}),
    "sendRichMessageDraft": _STOPPABLE,
    "sendSticker": _EPHEMERAL,
    "sendVenue": _EPHEMERAL,
    "sendVideo": _EPHEMERAL,
    "sendVideoNote": _EPHEMERAL,
    "sendVoice": _EPHEMERAL,
}
NEWER_FIELDS: Mapping[str, frozenset[str]] = {
    "BotCommand": frozenset({"is_ephemeral"}),
    "ChatAdministratorRights": frozenset({"can_send_welcome_messages"}),
    "InlineKeyboardButton": frozenset({"disabled"}),
    "InlineKeyboardMarkup": frozenset({"force_reply"}),
    "InputRichMessage": frozenset({"media", "blocks"}),
    "ReplyKeyboardMarkup": frozenset({"force_reply"}),
    "ReplyParameters": frozenset({"ephemeral_message_id"}),
}
NEWER_METHODS = frozenset(
    {
        "deleteEphemeralMessage",
        *(f"editEphemeralMessage{part}" for part in ("Caption", "Media", "ReplyMarkup", "Text")),
    }
)
_MISSING = {  # Telegram's own words where it has some
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "video": "there is no video in the request",
    "audio": "there is no audio in the request",
    "voice": "there is no voice in the request",
    "animation": "there is no animation in the request",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "user_id": "invalid user_id specified",
    "action": "wrong parameter action in request",
    "media": "there are no messages to send",
}
_KINDS = {  # how a union of objects is told apart
    "BotCommandScope": ("type", "BotCommandScope"),
    "InputMedia": ("type", "InputMedia"),
    "MenuButton": ("type", "MenuButton"),
    "ReactionType": ("type", "ReactionType"),
}
_PLAIN = frozenset({"String", "Integer", "Float", "Boolean", "InputFile"})
_ATTACHABLE = frozenset({"media", "thumbnail", "cover", "photo", "video", "animation", "sticker"})
_INTEGER = re.compile(r"[+-]?\d{1,19}")


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart form."""

    name: str
    mime: str
    content: bytes


@dataclass
class Checked:
    """A request that passed: values in their own types, and the newer parameters it used."""

    params: dict[str, Any]
    newer: list[str] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)


@cache
def table() -> dict[str, Any]:
    """{"methods": {name: {"params", "returns"}}, "types": {name: {"fields", "subtypes"?}}}."""
    path = Path(__file__).parent / "data" / "bot-api-10.1.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


@cache
def _canonical() -> dict[str, str]:
    return {name.lower(): name for name in [*table()["methods"], *NEWER_METHODS]}


def method_name(given: str) -> str | None:
    """The method as the table writes it (Telegram ignores case), or None."""
    return _canonical().get(given.lower())


def check(method: str, raw: Mapping[str, object], uploads: Mapping[str, Upload]) -> Checked:
    """Check one request of a known method; numbers and booleans may come as strings. Raises Refusal 400."""
    return _Check(method, dict(uploads)).run(raw)


class _WrongType(Exception):
    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(f"{path} must be of type {wanted}")


class _Check:
    def __init__(self, method: str, uploads: dict[str, Upload]) -> None:
        self.method = method
        self.uploads = uploads
        self.used: set[str] = set()
        self.newer: list[str] = []

    def run(self, raw: Mapping[str, object]) -> Checked:
        spec: dict[str, Any] = table()["methods"].get(self.method, {"params": {}})["params"]
        newer = NEWER_PARAMETERS.get(self.method, frozenset())
        values: dict[str, Any] = {}
        for name, value in raw.items():
            if name in spec:
                types = spec[name]["types"]
                if value is None or (value == "" and not _PLAIN & set(types)):
                    continue  # null, and nothing where an object is due, are the same as leaving it out
                values[name] = self._parameter(name, value, types)
            elif name in newer:
                self.newer.append(name)
            elif self.method not in NEWER_METHODS:
                raise bad(f"unknown parameter {name} (sandbox)")
        for name, upload in self.uploads.items():
            if name in spec and "InputFile" in spec[name]["types"]:
                values[name] = upload
            elif name not in self.used:
                raise bad(f"unknown parameter {name} (sandbox)")
        for name, rule in spec.items():
            if rule["required"] and name not in values:
                raise bad(_MISSING.get(name, f'parameter "{name}" is required'))
        return Checked(values, self.newer, self.uploads)

    def _parameter(self, name: str, value: object, types: list[str]) -> Any:
        if isinstance(value, str) and not set(types) <= _PLAIN:
            try:
                value = json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name} JSON object") from None
        try:
            return self._any(name, value, types, top=True)
        except _WrongType as error:
            raise bad(f"{error} (sandbox)") from None

    def _any(self, path: str, value: object, types: list[str], *, top: bool = False) -> Any:
        if len(types) == 1:
            return self._one(path, value, types[0], top=top)
        if isinstance(value, Mapping):
            return self._one(path, value, _best(value, types), top=top)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            return self._mixed_list(path, value, types)
        for wanted in sorted(types, key=lambda t: t == "String"):
            try:
                return self._one(path, value, wanted, top=top)
            except _WrongType:
                continue
        raise _WrongType(path, " or ".join(types))

    def _mixed_list(self, path: str, value: list[object], types: list[str]) -> list[Any]:
        """An album: each item may be of another of the listed types."""
        items = [t.removeprefix("Array of ") for t in types if t.startswith("Array of ")]
        out = []
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                raise _WrongType(f"{path}[{index}]", " or ".join(items))
            kind = str(item.get("type", ""))
            named = [t for t in items if t == "InputMedia" + _camel(kind)]
            if not named:
                raise _WrongType(f"{path}[{index}].type", " or ".join(items))
            out.append(self._object(f"{path}[{index}]", item, named[0]))
        return out

    def _one(self, path: str, value: object, wanted: str, *, top: bool) -> Any:
        if wanted.startswith("Array of "):
            if not isinstance(value, list):
                raise _WrongType(path, wanted)
            inner = wanted.removeprefix("Array of ")
            return [self._one(f"{path}[{i}]", item, inner, top=False) for i, item in enumerate(value)]
        if wanted in _SCALARS:
            return _SCALARS[wanted](path, value, top)
        if wanted == "InputFile":
            return self._file(path, value)
        return self._object(path, value, wanted)

    def _file(self, path: str, value: object) -> Any:
        if isinstance(value, str) and value.startswith("attach://"):
            return self._attached(path, value)
        raise _WrongType(path, "InputFile")

    def _attached(self, path: str, value: str) -> Upload:
        name = value.removeprefix("attach://")
        if name not in self.uploads:
            raise bad(f'can\'t find the attached file "{name}" of {path} (sandbox)')
        self.used.add(name)
        return self.uploads[name]

    def _object(self, path: str, value: object, wanted: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _WrongType(path, wanted)
        rule = table()["types"].get(wanted, {"fields": {}})
        if rule.get("subtypes"):
            return self._object(path, value, _subtype(path, value, wanted, rule["subtypes"]))
        newer = NEWER_FIELDS.get(wanted, frozenset())
        out: dict[str, Any] = {}
        for name, inner in value.items():
            if name in rule["fields"]:
                if inner is not None:
                    out[name] = self._field(wanted, f"{path}.{name}", name, inner, rule["fields"][name]["types"])
            elif name in newer:
                self.newer.append(f"{path}.{name}")
            else:
                raise bad(f"unknown field {path}.{name} (sandbox)")
        for name, field_rule in rule["fields"].items():
            if field_rule["required"] and name not in out:
                if wanted == "InlineKeyboardButton":
                    raise bad(f"can't parse inline keyboard button: Can't find field \"{name}\"")
                raise bad(f'can\'t find field "{name}" in {path}')
        return out

    def _field(self, owner: str, path: str, name: str, value: object, types: list[str]) -> Any:
        if name in _ATTACHABLE and owner.startswith("Input") and str(value).startswith("attach://"):
            return self._attached(path, str(value))
        return self._any(path, value, types)


def _best(value: Mapping[str, object], types: list[str]) -> str:
    """Of several object types, the one whose fields fit these keys best."""
    fields = {t: set(table()["types"].get(t, {}).get("fields", {})) for t in types if t in table()["types"]}
    if not fields:
        return types[0]
    return max(fields, key=lambda t: len(fields[t] & value.keys()))


def _subtype(path: str, value: Mapping[str, object], wanted: str, subtypes: list[str]) -> str:
    if wanted in _KINDS:
        key, prefix = _KINDS[wanted]
        named = prefix + _camel(str(value.get(key, "")))
        if named in subtypes:
            return named
        raise bad(f'can\'t parse {path}: type "{value.get(key)}" is unknown')
    return _best(value, subtypes)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _integer(path: str, value: object, top: bool) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and top and _INTEGER.fullmatch(value):
        return int(value)
    raise _WrongType(path, "Integer")


def _float(path: str, value: object, top: bool) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and top:
        try:
            return float(value)
        except ValueError:
            pass
    raise _WrongType(path, "Float")


def _boolean(path: str, value: object, top: bool) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and top and value.lower() in ("true", "false", "1", "0"):
        return value.lower() in ("true", "1")
    raise _WrongType(path, "Boolean")


def _string(path: str, value: object, top: bool) -> str:
    if isinstance(value, str):
        return value
    raise _WrongType(path, "String")


_SCALARS = {"Integer": _integer, "Float": _float, "Boolean": _boolean, "String": _string, "True": _boolean}
