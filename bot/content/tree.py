"""From bytes to a tree of texts with their lines.

Built straight from the parser's events: a loader would drop the lines, turn 17:00 into 1020 and 1.10 into 1.1.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.content.problems import Log

MOST_BYTES = 5_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ufffe\uffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        return not self.quoted and self.text in _NULLS


@dataclass(slots=True)
class Listing:
    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """`entries` keeps the first node of each key."""

    line: int
    entries: dict[str, "Node"] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node: TypeAlias = Scalar | Listing | Table


def read_tree(path: Path, log: Log) -> Table:
    """The file's top table. Raises BlocFileProblems where the file cannot be taken apart at all.

    Repeated keys and references are put into `log` and do not stop the reading.
    """
    text = _text(path, log)
    log.stop_if_any()
    builder = _Builder(log)
    try:
        root = builder.build(YAML(typ="safe", pure=True).parse(text))
    except YAMLError as error:
        _explain(error, text, builder.open_quote, log)
        root = None
    if root is None and not log.found:
        log.add(0, "tệp không có nội dung", "hãy viết đủ các phần khoi, thang_diem, don_vi, lich, tieu_chi")
    elif root is not None and not isinstance(root, Table):
        log.add(root.line, "tệp phải gồm các dòng dạng khóa: giá trị", "hãy bắt đầu tệp bằng dòng khoi:")
    if not isinstance(root, Table):
        log.stop_if_any()
        raise AssertionError("a file without a top table has a problem")
    return root


def _text(path: Path, log: Log) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError:
        log.add(0, "không mở được tệp", "hãy kiểm tra đường dẫn và quyền đọc tệp")
        return ""
    if len(raw) > MOST_BYTES:
        log.add(0, "tệp lớn hơn 5 MB", "hãy kiểm tra lại, đây có thể không phải tệp khối")
        return ""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = [number for number, line in enumerate(raw.split(b"\n"), 1) if not _is_utf8(line)] or [1]
        log.add(
            lines[0],
            f"tệp có chữ không theo mã UTF-8 ({_line_list(lines)})",
            "hãy lưu lại tệp với mã hóa UTF-8",
        )
        return ""
    for number, line in enumerate(text.split("\n"), 1):
        if _CONTROL.search(line):
            log.add(number, "dòng có ký tự điều khiển không nhìn thấy", "hãy xóa ký tự đó và gõ lại dòng này")
    return unicodedata.normalize("NFC", text)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line_list(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:10]))
    return f"dòng {shown}" + (f" và {len(lines) - 10} dòng khác" if len(lines) > 10 else "")


class _Builder:
    """Turns parser events into nodes; a stack instead of recursion, so that depth cannot hurt."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._stack: list[tuple[Listing | Table, Scalar | None]] = []
        self._root: Node | None = None
        self.open_quote = 0  # line of a quoted text that ran over its line, if that was the last thing read

    def build(self, events: Any) -> Node | None:
        documents = 0
        for event in events:
            line = event.start_mark.line + 1
            self._refuse_marks(event, line)
            runs_on = isinstance(event, ScalarEvent) and event.style in ("'", '"') and event.end_mark.line >= line
            self.open_quote = line if runs_on else 0
            match event:
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._log.add(line, "tệp có dấu --- mở phần thứ hai", "hãy xóa dấu --- này")
                        return None
                case MappingStartEvent():
                    self._stack.append((Table(line), None))
                case SequenceStartEvent():
                    self._stack.append((Listing(line), None))
                case MappingEndEvent() | SequenceEndEvent():
                    self._place(self._stack.pop()[0])
                case ScalarEvent():
                    self._place(Scalar(event.value, line, quoted=bool(event.style)))
                case AliasEvent():
                    self._log.add(
                        line,
                        f"không dùng được dấu * (*{event.anchor})",
                        "hãy chép đầy đủ nội dung, hoặc đặt trong dấu nháy",
                    )
                    self._place(Scalar("*", line, quoted=True))
        return self._root

    def _refuse_marks(self, event: Any, line: int) -> None:
        """`&word` and `!word` at the head of a value would be swallowed without a trace."""
        if isinstance(event, AliasEvent):
            return
        if getattr(event, "anchor", None):
            self._log.add(line, f"nội dung bắt đầu bằng &{event.anchor}", "hãy đặt nội dung trong dấu nháy đơn")
        if getattr(event, "tag", None):
            self._log.add(line, f"nội dung bắt đầu bằng {event.tag}", "hãy đặt nội dung trong dấu nháy đơn")

    def _place(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        parent, key = self._stack[-1]
        if isinstance(parent, Listing):
            parent.items.append(node)
        elif key is None:
            self._stack[-1] = (parent, self._key(node))
        else:
            self._stack[-1] = (parent, None)
            if isinstance(node, Scalar) and node.is_null:
                node = Scalar(node.text, key.line)  # nothing after the colon: the parser is already further on
            self._enter(parent, key, node)

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self._log.add(node.line, "khóa phải là một từ", "hãy viết dạng khóa: giá trị, bỏ dấu ? hoặc ngoặc ở khóa")
        return Scalar("?", node.line)

    def _enter(self, table: Table, key: Scalar, node: Node) -> None:
        first = table.key_lines.setdefault(key.text, key.line)
        if key.text not in table.entries:
            table.entries[key.text] = node
        else:
            self._log.add(
                key.line,
                f'khóa "{key.text}" viết lặp (dòng {first} và dòng {key.line})',
                f"hãy giữ một dòng {key.text}, xóa dòng kia",
            )


# What the parser says, what the operator reads, and what to do. First match wins.
_TAB = ("dùng phím Tab để lùi dòng", "hãy thay Tab bằng dấu cách")
_QUOTE = ("thiếu dấu nháy đóng", "hãy thêm dấu nháy đóng")
_COLON = (
    "dấu hai chấm đặt sai chỗ hoặc dòng lùi vào sai",
    "hãy đặt nội dung có dấu hai chấm trong dấu nháy đơn, lùi dòng thẳng với các khóa cùng cấp",
)
_INDENT = (
    "dòng không thẳng với các dòng cùng cấp, hoặc còn chữ sau dấu nháy đóng",
    "hãy lùi dòng thẳng với các dòng cùng cấp",
)
_SAYINGS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("character '\\t'", _TAB),
    ("mapping values are not allowed", _COLON),
    ("sequence entries are not allowed", ("dấu gạch đầu dòng đặt sai chỗ", "hãy xuống dòng trước dấu gạch")),
    ("scanning a tag", ("nội dung bắt đầu bằng dấu !", "hãy đặt nội dung trong dấu nháy đơn")),
    ("unexpected end of stream", _QUOTE),
    ("document separator", _QUOTE),
    ("cannot start any token", ("nội dung bắt đầu bằng ký tự đặc biệt", "hãy đặt nội dung trong dấu nháy đơn")),
    ("unknown escape", ("dấu \\ trong dấu nháy kép", "hãy dùng dấu nháy đơn")),
    ("expected ',' or", ("thiếu dấu đóng ngoặc hoặc dấu phẩy", "hãy thêm dấu phẩy hoặc dấu đóng ngoặc")),
    ("expected <block end>", _INDENT),
    ("could not find expected ':'", ("thiếu dấu hai chấm sau khóa", "hãy viết dạng khóa: giá trị")),
)
_ODD = ("dòng này không đúng cách viết YAML", "hãy so với tệp mẫu và sửa dòng này hoặc dòng ngay trước")


def _explain(error: YAMLError, text: str, open_quote: int, log: Log) -> None:
    saying, line = str(error), 0
    if isinstance(error, MarkedYAMLError):
        saying = f"{error.problem} {error.context}"
        # An open quote is noticed at the end of the file; it is mended where it starts.
        unclosed = "end of stream" in saying or "document separator" in saying or "expected ':'" in saying
        mark = error.context_mark if unclosed and error.context_mark else error.problem_mark
        line = mark.line + 1 if mark else 0
    tabs = [n for n, row in enumerate(text.splitlines(), 1) if "\t" in row[: len(row) - len(row.lstrip())]]
    for number in tabs:
        log.add(number, *_TAB)
    if open_quote and "<block end>" in saying:
        log.add(open_quote, *_QUOTE)
    elif line not in tabs:
        log.add(line, *next((words for sign, words in _SAYINGS if sign in saying), _ODD))
