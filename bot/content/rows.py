"""One mapping of the file, read key by key: every misfit is logged and reading goes on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from bot.content import scalars
from bot.content.problems import Log
from bot.content.scalars import NAME, TEXT, Unfit
from bot.content.tree import Listing, Node, Scalar, Table

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

EARLIEST, NO_NUMBER = date(1, 1, 1), Decimal(0)  # stand in for what could not be read; never leave with a Bloc


class Row:
    """`where` names the row for people ("tiêu chí TC1.4"); `known` are the keys that it may have.

    Getters without `_if` need their key. What cannot be read is logged and replaced by a stand-in of its type;
    `good(key)` tells checks whether to rely on it.
    """

    def __init__(self, log: Log, node: Node, where: str, known: Sequence[str], code_key: str = "") -> None:
        self.log, self.line, self.where = log, node.line, where
        self.code_key = code_key
        self._bad: set[str] = set()
        self._table = node if isinstance(node, Table) else Table(node.line)
        self.broken = not isinstance(node, Table)
        if self.broken:
            log.add(
                self.line, f"{where}: phải gồm các dòng dạng khóa: giá trị", f"hãy viết đủ các khóa {known[0]}, ..."
            )
        for key, line in self._table.key_lines.items():
            if key not in known:
                near = scalars.nearest(key, known)
                meant = (
                    f"có phải anh/chị muốn viết {near}?" if near else f"hãy xóa dòng này, hoặc dùng: {', '.join(known)}"
                )
                log.add(line, f'{where}: không có khóa "{scalars.brief(key)}"', meant)

    @classmethod
    def absent(cls, log: Log, where: str, known: Sequence[str]) -> "Row":
        """Stands for a mapping whose absence has been logged; its keys are not missed once more."""
        row = cls(log, Table(0), where, known)
        row.broken = True
        return row

    def line_of(self, key: str) -> int:
        """The line of the key's value (of a list or table: of the key); of the row where the key is missing."""
        node = self._table.entries.get(key)
        if isinstance(node, Scalar):
            return node.line
        return self._table.key_lines.get(key, self.line)

    def has(self, key: str) -> bool:
        return key in self._table.entries

    def good(self, *keys: str) -> bool:
        """Whether each key is there and could be read."""
        return all(self.has(key) and key not in self._bad for key in keys)

    def spoiled(self, key: str) -> bool:
        """Whether the key is there and could not be read."""
        return key in self._bad

    def fault(self, key: str, what: str, instead: str) -> None:
        """Log a problem at the value of `key`, which can still be relied on for other checks."""
        self.log.add(self.line_of(key), f"{self.where}: {what}", instead)

    def spoil(self, key: str, what: str, instead: str) -> None:
        """Log a problem and let no other check rely on the value."""
        self._bad.add(key)
        self.fault(key, what, instead)

    def text(self, key: str, longest: int = NAME) -> str:
        return self._needed(key, lambda written: scalars.text(written, longest), "")

    def text_if(self, key: str, longest: int = TEXT, default: str = "") -> str:
        return self._optional(key, lambda written: scalars.text(written, longest), default)

    def code(self, key: str) -> str:
        return self._needed(key, scalars.code, "")

    def number(self, key: str) -> Decimal:
        return self._needed(key, scalars.number, NO_NUMBER)

    def number_if(self, key: str) -> Decimal | None:
        return self._optional(key, scalars.number, None)

    def whole(self, key: str) -> int:
        return self._needed(key, scalars.whole, 0)

    def whole_if(self, key: str) -> int | None:
        return self._optional(key, scalars.whole, None)

    def day(self, key: str) -> date:
        return self._needed(key, scalars.day, EARLIEST)

    def day_if(self, key: str) -> date | None:
        return self._optional(key, scalars.day, None)

    def moment_if(self, key: str, default: time) -> time:
        return self._optional(key, scalars.moment, default)

    def flag_if(self, key: str, default: bool) -> bool:
        return self._optional(key, scalars.flag, default)

    def word(self, key: str, words: type[E]) -> E:
        return self._needed(key, lambda written: _member(words, written), next(iter(words)))

    def word_if(self, key: str, words: type[E], default: E) -> E:
        return self._optional(key, lambda written: _member(words, written), default)

    def word_or_none(self, key: str, words: type[E]) -> E | None:
        return self._optional(key, lambda written: _member(words, written), None)

    def texts(self, key: str, longest: int = TEXT) -> tuple[str, ...]:
        """An optional list of texts."""
        return tuple(self._each(key, lambda written: scalars.text(written, longest)))

    def words(self, key: str, words: type[E]) -> tuple[E, ...]:
        """An optional list of words, each once."""
        found = tuple(self._each(key, lambda written: _member(words, written)))
        for word in words:
            if found.count(word) > 1:
                self.fault(key, f'khóa "{key}": {word} viết {found.count(word)} lần', f"hãy giữ một {word}")
        return tuple(dict.fromkeys(found))

    def days(self, key: str) -> tuple[date, ...]:
        return tuple(self._each(key, scalars.day))

    def nodes(self, key: str, *, needed: bool = False) -> list[Node]:
        """The items of a list; empty where the key is missing."""
        node = self._table.entries.get(key)
        if isinstance(node, Listing):
            if needed and not node.items:
                self.spoil(
                    key, f'danh sách "{key}" để trống', "hãy viết ít nhất một mục, mỗi mục một dấu gạch đầu dòng"
                )
            return node.items
        if node is not None:
            self.spoil(key, f'khóa "{key}" phải là danh sách', "hãy viết mỗi mục một dòng, bắt đầu bằng dấu gạch")
        elif needed:
            self._missing(key)
        return []

    def rows(
        self, key: str, name: str, known: Sequence[str], code_key: str = "ma", *, needed: bool = False
    ) -> Iterator["Row"]:
        """Each item of a list of mappings, called by its code where it has one ("tiêu chí TC1.4")."""
        for place, node in enumerate(self.nodes(key, needed=needed), 1):
            yield Row(self.log, node, called(name, node, code_key, place), known, code_key)

    def inner(self, key: str, where: str, known: Sequence[str], *, needed: bool = False) -> "Row | None":
        """A mapping inside this one."""
        node = self._table.entries.get(key)
        if node is None:
            if needed:
                self._missing(key)
            return None
        row = Row(self.log, node, where, known)
        row.line = self.line_of(key)
        return row

    def _missing(self, key: str) -> None:
        self._bad.add(key)
        if not self.broken:
            self.log.add(self.line, f'{self.where}: thiếu khóa "{key}"', f"hãy thêm dòng {key}:")

    def _needed(self, key: str, read: Callable[[str], T], hole: T) -> T:
        if self.has(key):
            return self._optional(key, read, hole)
        self._missing(key)
        return hole

    def _optional(self, key: str, read: Callable[[str], T], default: T) -> T:
        node = self._table.entries.get(key)
        if node is None:
            return default
        try:
            return read(_written(node))
        except Unfit as unfit:
            self.spoil(key, f'khóa "{key}": {unfit.what}', unfit.instead)
            return default

    def _each(self, key: str, read: Callable[[str], T]) -> Iterator[T]:
        for node in self.nodes(key):
            try:
                yield read(_written(node))
            except Unfit as unfit:
                self._bad.add(key)
                self.log.add(node.line, f'{self.where}: khóa "{key}": {unfit.what}', unfit.instead)


@dataclass(frozen=True, slots=True)
class Read(Generic[T_co]):
    """A value of the domain with the row that it was read from."""

    row: Row
    value: T_co


def called(name: str, node: Node, code_key: str, place: int) -> str:
    """What people call a row: its code where it has a readable one, otherwise its place."""
    code = node.entries.get(code_key) if isinstance(node, Table) else None
    if isinstance(code, Scalar) and not code.is_null and code.text.strip():
        return f"{name} {scalars.brief(code.text)}"
    return f"{name} thứ {place}"


def by_code(reads: Iterable[Read[T]]) -> Iterator[tuple[str, Read[T]]]:
    """Each with its code, those without a readable one left out."""
    for read in reads:
        if read.row.good(read.row.code_key):
            yield read.row.text(read.row.code_key), read


def _written(node: Node) -> str:
    match node:
        case Scalar() if node.is_null:
            raise Unfit("để trống", "hãy viết nội dung hoặc xóa dòng này")
        case Scalar():
            return node.text
        case Listing():
            raise Unfit("phải là một giá trị, không phải danh sách", "hãy bỏ các dấu gạch đầu dòng")
        case _:
            raise Unfit(
                "phải là một giá trị, không phải các dòng khóa: giá trị",
                "hãy đặt cả nội dung trong dấu nháy đơn nếu có dấu hai chấm",
            )


def _member(words: type[E], written: str) -> E:
    try:
        return words(written.strip())
    except ValueError:
        raise Unfit(f'không có giá trị "{scalars.brief(written)}"', scalars.one_of(written, words)) from None
