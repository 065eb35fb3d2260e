"""Telegram's HTML, strictly: text with tags -> plain text and entities."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import Refusal, bad

Entity = dict[str, Any]

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "a": "text_link",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n"
_LINKS = ("http://", "https://", "tg://", "ton://", "mailto:")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts offsets."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """(plain text, entities in UTF-16 units); raises Refusal with byte offsets into `source`."""
    return _Parser(source).run()


@dataclass
class _Open:
    tag: str
    begins: int  # UTF-16 units into the output
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "<":
                if self.source.startswith("</", self.at):
                    self._end_tag()
                else:
                    self._start_tag()
            elif char == "&":
                self._put(self._reference())
            else:
                self._put(char)
                self.at += 1
        if self.open:
            raise _refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.out), self.entities

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16_length(text)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _reference(self) -> str:
        """One character reference, or the ampersand itself when it is none."""
        end = self.source.find(";", self.at, self.at + 12)
        name = self.source[self.at + 1 : end] if end > 0 else ""
        char = _NAMED.get(name) or _numeric(name)
        if char is None:
            self.at += 1
            return "&"
        self.at = end + 1
        return char

    def _start_tag(self) -> None:
        begin = self.at
        tag = self._until(_SPACE + ">", begin + 1).lower()
        if self.at >= len(self.source):
            raise _refuse(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if tag not in _TYPES:
            raise _refuse(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_Open(tag, self.length, attributes))

    def _until(self, stops: str, start: int) -> str:
        self.at = start
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._here(begin) == ">":
                self.at += 1
                return found
            name_at = self.at
            name = self._until(_SPACE + "=>", self.at).lower()
            if not name:
                raise _refuse(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(name_at)}')
            self._skip_space()
            if self._here(begin) != "=":
                if name == "expandable":
                    found[name] = ""
                    continue
                offset = self._bytes(self.at)
                raise _refuse(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {offset}'
                )
            self.at += 1
            self._skip_space()
            found[name] = self._value(begin)

    def _value(self, begin: int) -> str:
        quote = self._here(begin)
        if quote not in "\"'":
            return self._until(_SPACE + ">", self.at)
        self.at += 1
        value: list[str] = []
        while self._here(begin) != quote:
            if self.source[self.at] == "&":
                value.append(self._reference())
            else:
                value.append(self.source[self.at])
                self.at += 1
        self.at += 1
        return "".join(value)

    def _here(self, begin: int) -> str:
        if self.at >= len(self.source):
            raise _refuse(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        return self.source[self.at]

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in _SPACE:
            self.at += 1

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _refuse(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        tag = self._until(_SPACE + ">", begin + 2).lower()
        opened = self.open[-1]
        if tag and tag != opened.tag:
            raise _refuse(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        self._skip_space()
        if self.at >= len(self.source) or self.source[self.at] != ">":
            raise _refuse(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at += 1
        self.open.pop()
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.length - opened.begins
        if length <= 0:
            return
        entity: Entity = {"type": _TYPES[opened.tag], "offset": opened.begins, "length": length}
        if opened.tag == "a":
            text = "".join(self.out)
            shown = text.encode("utf-16-le")[opened.begins * 2 :].decode("utf-16-le")
            url = (opened.attributes.get("href") or shown).strip()
            if "://" not in url and not url.startswith("mailto:") and "." in url:
                url = "http://" + url
            if not url.lower().startswith(_LINKS) or " " in url:
                return  # Telegram drops a link it cannot open and keeps the words
            entity["url"] = url
        elif opened.tag == "pre" or opened.tag == "code":
            self._code(opened, entity)
            return
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.tag == "tg-time":
            if not opened.attributes.get("unix", "").isdigit():
                return
            entity["unix_time"] = int(opened.attributes["unix"])
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)

    def _code(self, opened: _Open, entity: Entity) -> None:
        """<pre><code class="language-x"> is one entity with a language."""
        language = opened.attributes.get("class", "")
        if opened.tag == "code" and self.open and self.open[-1].tag == "pre":
            if language.startswith("language-"):
                self.open[-1].attributes["language"] = language.removeprefix("language-")
            return
        if opened.tag == "pre" and opened.attributes.get("language"):
            entity["language"] = opened.attributes["language"]
        self.entities.append(entity)


def _numeric(name: str) -> str | None:
    if not name.startswith("#"):
        return None
    digits, base = (name[2:], 16) if name[1:2] in ("x", "X") else (name[1:], 10)
    try:
        code = int(digits, base)
    except ValueError:
        return None
    if code <= 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)


def _refuse(reason: str) -> Refusal:
    return bad(f"can't parse entities: {reason}")
