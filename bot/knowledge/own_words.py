"""An installation's own vocabulary: a file beside the shipped one, for words that only its people use.

    fillers = "quý anh chị ơi"
    same = ["giao ban, họp giao ban, họp đầu tuần"]
    [abbreviations]
    "gb" = "giao ban"
    [topics.giao-ban]
    gist = "Họp giao ban Khối"
    ask = "bữa nào ngồi lại với nhau"

The same keys as in the shipped files, all of them optional. `use` names the file once, before anything is answered.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.knowledge.entries import EntryKind
from bot.knowledge.text import tokens

KINDS: Final = tuple(kind.value for kind in EntryKind)
_KNOWN: Final = ("fillers", "same", "abbreviations", "topics")


class OwnWordsProblems(ValueError):
    """What is wrong with the file, every problem with its line; the messages are for the operator."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class OwnWords:
    """The file, checked. `topics`: id to its table, as in the phrasebook."""

    fillers: str = ""
    same: tuple[str, ...] = ()
    abbreviations: dict[str, str | list[str]] = field(default_factory=dict)
    topics: dict[str, dict[str, Any]] = field(default_factory=dict)


_used = OwnWords()


def use(words: OwnWords) -> None:
    """What the shipped vocabulary is extended with from now on."""
    global _used
    from bot.knowledge.answer import forget
    from bot.knowledge.lexicon import lexicon
    from bot.knowledge.phrasebook import phrasebook

    _used = words
    lexicon.cache_clear()
    phrasebook.cache_clear()
    forget()


def used() -> OwnWords:
    return _used


def read_own_words(path: Path) -> OwnWords:
    """Raises OwnWordsProblems, which names every problem, or OSError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise OwnWordsProblems([f"{path.name}: tệp phải ghi bằng UTF-8"]) from None
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{path.name}:{line.group(1) if line else len(text.splitlines())}"  # else: where the file ends
        raise OwnWordsProblems([f"{where}: không đúng cú pháp TOML; xem ví dụ trong hướng dẫn vận hành"]) from None
    problems = [f"{path.name}:{_line_of(text, name)}: {what}" for name, what in _problems(held)]
    if problems:
        raise OwnWordsProblems(problems)
    topics = {name: {"usual": True, "kinds": list(KINDS), **table} for name, table in held.get("topics", {}).items()}
    return OwnWords(held.get("fillers", ""), tuple(held.get("same", ())), held.get("abbreviations", {}), topics)


def _line_of(text: str, name: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if name in line:
            return number
    return 1


def _problems(held: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What to look for in the file to find the line, and what is wrong there."""
    for name in held.keys() - set(_KNOWN):
        yield name, f"không có mục “{name}”; các mục là {', '.join(_KNOWN)}"
    if not isinstance(held.get("fillers", ""), str):
        yield "fillers", "“fillers” phải là một chuỗi, các cụm cách nhau bằng dấu phẩy"
    same = held.get("same", [])
    if not isinstance(same, list) or not all(isinstance(group, str) for group in same):
        yield "same", "“same” phải là danh sách chuỗi, mỗi chuỗi là một nhóm cách nói của cùng một điều"
    else:
        for group in same:
            if len([one for one in group.split(",") if one.strip()]) < 2:
                yield group or "same", f"nhóm “{group}” cần ít nhất hai cách nói, cách nhau bằng dấu phẩy"
    yield from _abbreviation_problems(held.get("abbreviations", {}))
    yield from _topic_problems(held.get("topics", {}))


def _abbreviation_problems(held: object) -> Iterator[tuple[str, str]]:
    if not isinstance(held, dict):
        yield "abbreviations", "“abbreviations” phải là một bảng: từ viết tắt = nghĩa"
        return
    for short, meaning in held.items():
        meanings = meaning if isinstance(meaning, list) else [meaning]
        if not tokens(short) or not meanings or not all(isinstance(m, str) and m.strip() for m in meanings):
            yield short, f"từ viết tắt “{short}” cần nghĩa là một chuỗi, hoặc danh sách chuỗi nếu có nhiều nghĩa"


def _topic_problems(held: object) -> Iterator[tuple[str, str]]:
    if not isinstance(held, dict):
        yield "topics", "“topics” phải gồm các bảng [topics.TÊN]"
        return
    for name, table in held.items():
        if not isinstance(table, dict):
            yield name, f"“{name}” phải là một bảng [topics.{name}]"
            continue
        for key in ("gist", "ask"):
            if not isinstance(table.get(key), str) or not table[key].strip():
                yield f"topics.{name}", f"[topics.{name}] cần “{key}”: mỗi dòng một câu"
        kinds = table.get("kinds", list(KINDS))
        if not isinstance(kinds, list) or not kinds or not set(kinds) <= set(KINDS):
            yield f"topics.{name}", f"[topics.{name}] “kinds” là danh sách các loại: {', '.join(KINDS)}"
        if not isinstance(table.get("usual", True), bool):
            yield f"topics.{name}", f"[topics.{name}] “usual” là true hoặc false"
        for key in table.keys() - {"gist", "ask", "kinds", "usual"}:
            yield key, f"[topics.{name}] không có mục “{key}”; các mục là gist, ask, kinds, usual"
