"""Entities in UTF-16 units: finding them in what people type, checking a bot's own, showing them as safe HTML."""

import html as escaping
import re
from collections.abc import Iterable
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.html import Entity, parse_html, utf16_length
from bot.sandbox.limits import CAPTION_CHARS, TEXT_CHARS

_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{4,32}\b")),
    (
        "url",
        re.compile(
            r"(?<![\w@])(?:https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'”’]|(?:www\.|t\.me/)[^\s<>\"]+[^\s<>\".,;:!?)\]])"
        ),
    ),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#&])#\w*[^\W\d]\w*")),
)
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "spoiler": "tg-spoiler",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_OPAQUE = {"code", "pre", "text_link", "url"}
_NEEDS = {"text_link": "url", "custom_emoji": "custom_emoji_id", "text_mention": "user", "date_time": "unix_time"}
_KNOWN = {
    *_TAGS,
    *_NEEDS,
    *(name for name, _ in _FOUND),
    "cashtag",
    "phone_number",
}


def detect(text: str, given: Iterable[Entity] = ()) -> list[Entity]:
    """`given` plus the commands, mentions, addresses and hashtags Telegram itself marks in `text`."""
    entities = list(given)
    covered = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _OPAQUE]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            begin, length = utf16_length(text[: match.start()]), utf16_length(match.group())
            if all(begin + length <= a or begin >= b for a, b in covered):
                entities.append({"type": kind, "offset": begin, "length": length})
                covered.append((begin, begin + length))
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def formatted(
    text: str, parse_mode: str | None, given: list[Entity] | None, *, caption: bool = False
) -> tuple[str, list[Entity]]:
    """What a bot asked to show -> (text, entities), or Refusal 400 in Telegram's words."""
    entities: list[Entity] = []
    if parse_mode:
        mode = parse_mode.lower()
        if mode in ("markdown", "markdownv2"):
            raise bad(f"{parse_mode} is not played by the sandbox, use HTML")
        if mode != "html":
            raise bad("unsupported parse_mode")
        text, entities = parse_html(text)
    elif given:
        _check_given(text, given)
        entities = [dict(entity) for entity in given]
    text, entities = _trim(text.replace("\r\n", "\n").replace("\r", "\n") if not entities else text, entities)
    limit = CAPTION_CHARS if caption else TEXT_CHARS
    if len(text) > limit:
        raise bad("message caption is too long" if caption else "message is too long")
    return text, detect(text, entities)


def _check_given(text: str, entities: list[Entity]) -> None:
    total = utf16_length(text)
    middles = _middles(text)
    for entity in entities:
        begin, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in _KNOWN:
            raise bad(f'can\'t parse MessageEntity: Unsupported type "{entity["type"]}" specified')
        if begin < 0 or entity["length"] <= 0:
            raise bad(f"can't parse MessageEntity: entity at {begin} has a wrong offset or length")
        if end > total:
            raise bad(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {total}"
            )
        if begin in middles or end in middles:
            where = "begins" if begin in middles else "ends"
            raise bad(
                f"entity {where} in a middle of a UTF-16 symbol at byte offset {begin if begin in middles else end}"
            )
        need = _NEEDS.get(entity["type"])
        if need and not entity.get(need):
            raise bad(f"can't parse MessageEntity: Can't find field \"{need}\"")


def _middles(text: str) -> set[int]:
    found, at = set(), 0
    for char in text:
        if ord(char) > 0xFFFF:
            found.add(at + 1)
            at += 1
        at += 1
    return found


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram cuts white space off both ends and moves the entities along."""
    left = text.lstrip()
    cut = utf16_length(text) - utf16_length(left)
    kept = left.rstrip()
    total = utf16_length(kept)
    out = []
    for entity in entities:
        begin = max(0, entity["offset"] - cut)
        end = min(total, entity["offset"] + entity["length"] - cut)
        if end > begin:
            out.append(entity | {"offset": begin, "length": end - begin})
    return kept, out


def to_html(text: str, entities: Iterable[Entity]) -> str:
    """Safe HTML for the page: every character of `text` escaped, tags only from a fixed list."""
    wrapped = [(e["offset"], e["offset"] + e["length"], *_tag(text, e)) for e in entities if _tag(text, e)[0]]
    wrapped.sort(key=lambda item: (item[0], -item[1]))
    units = text.encode("utf-16-le")
    cuts = sorted({0, len(units) // 2, *(w[0] for w in wrapped), *(w[1] for w in wrapped)})
    out: list[str] = []
    stack: list[tuple[int, int, str, str]] = []
    for begin, end in zip(cuts, [*cuts[1:], cuts[-1]], strict=True):
        stack = _close(out, stack, begin)
        for item in wrapped:
            if item[0] == begin and item[1] > begin:
                stack.append(item)
                out.append(item[2])
        out.append(escaping.escape(units[begin * 2 : end * 2].decode("utf-16-le", "replace")))
    return "".join(out)


def _close(out: list[str], stack: list[tuple[int, int, str, str]], at: int) -> list[tuple[int, int, str, str]]:
    """Close what ends at `at`; what began later but ends later is closed and opened again."""
    ending = [i for i, item in enumerate(stack) if item[1] <= at]
    if not ending:
        return stack
    first = ending[0]
    out.extend(item[3] for item in reversed(stack[first:]))
    again = [item for item in stack[first:] if item[1] > at]
    out.extend(item[2] for item in again)
    return [*stack[:first], *again]


def _tag(text: str, entity: dict[str, Any]) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    if kind not in ("text_link", "url"):
        return "", ""
    begin, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    url = entity.get("url") or text.encode("utf-16-le")[begin:end].decode("utf-16-le", "replace")
    if "://" not in url and not url.startswith("mailto:"):
        url = "https://" + url
    if not url.lower().startswith(("http://", "https://", "tg://", "mailto:")):
        return "", ""
    return f'<a href="{escaping.escape(url)}" rel="noopener noreferrer" target="_blank">', "</a>"
