"""What the words of this line of work stand for, read from `data/lexicon.toml`: equivalents, abbreviations, fillers."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from bot.knowledge.text import Token, agreement, tokens

DATA: Final = Path(__file__).parent / "data" / "lexicon.toml"

FILLER = "filler"
SAME = "same"
INTENT = "intent"
FACET = "facet"
HOLDS = "holds"  # a line that says this has the facet; a question that says it does not ask for it


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase and what it means: a filler, a concept of a `same` group, an intent or a facet, by name."""

    words: tuple[Token, ...]
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    """`phrase` found at `start` up to (not including) `end`."""

    start: int
    end: int
    phrase: Phrase

    @property
    def size(self) -> int:
        return self.end - self.start


Phrases: TypeAlias = dict[tuple[str, ...], list[Phrase]]  # by the keys of the first one or two words


@dataclass
class Lexicon:
    phrases: Phrases = field(default_factory=lambda: defaultdict(list))
    abbreviations: dict[str, list[tuple[tuple[Token, ...], tuple[tuple[Token, ...], ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, kind: str, name: str, written: Iterable[str]) -> None:
        for text in written:
            words = tuple(tokens(text))
            phrase = Phrase(words, kind, name)
            start = tuple(word.key for word in words[:2])
            if words and phrase not in self.phrases[start]:
                self.phrases[start].append(phrase)

    def abbreviate(self, short: str, meanings: Iterable[str]) -> None:
        words = tuple(tokens(short))
        self.abbreviations[words[0].key].append((words, tuple(tuple(tokens(m)) for m in meanings)))

    def at(self, *words: Token) -> list[Phrase]:
        """The phrases of this one word, or those that begin with these two."""
        return self.phrases.get(tuple(word.key for word in words), [])

    def matches(self, text: Sequence[Token], *, marked: bool, least: float = 0.85) -> list[Match]:
        """Every phrase in `text`, without those that stand inside a longer one."""
        found = [
            Match(n, n + len(phrase.words), phrase)
            for n, word in enumerate(text)
            for phrase in (*self.at(word), *(self.at(*text[n : n + 2]) if n + 1 < len(text) else ()))
            if _fits(text[n : n + len(phrase.words)], phrase.words, marked, least)
        ]
        return [m for m in found if not any(_inside(m, other) for other in found)]

    def meanings(
        self, text: Sequence[Token], place: int, *, marked: bool
    ) -> tuple[int, tuple[tuple[Token, ...], ...]] | None:
        """The longest abbreviation at `place`: how many tokens it takes and what it may stand for."""
        best: tuple[int, tuple[tuple[Token, ...], ...]] | None = None
        for short, long in self.abbreviations.get(text[place].key, []):
            size = len(short)
            if _fits(text[place : place + size], short, marked, 0.85) and (best is None or size > best[0]):
                best = (size, long)
        return best

    def extended(self, groups: Iterable[tuple[str, Iterable[str]]]) -> "Lexicon":
        """A copy with further groups of equivalents, such as a bloc's own names of its units."""
        copy = Lexicon()
        for key, phrases in self.phrases.items():
            copy.phrases[key] = list(phrases)
        copy.abbreviations = self.abbreviations
        for name, written in groups:
            copy.add(SAME, name, written)
        return copy


def _fits(text: Sequence[Token], words: Sequence[Token], marked: bool, least: float) -> bool:
    if len(text) < len(words):
        return False
    for typed, known in zip(text, words, strict=True):
        if typed.key != known.key:
            return False
        if marked and typed.surface != known.surface and agreement(typed.surface, known.surface) < least:
            return False
    return True


def _inside(inner: Match, outer: Match) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and outer.size > inner.size


@cache
def lexicon() -> Lexicon:
    """The shipped vocabulary, read once."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    found = Lexicon()
    found.add(FILLER, FILLER, _listed(data["fillers"]))
    for n, group in enumerate(data["same"]):
        found.add(SAME, f"same-{n}", _listed(group))
    for name, group in data["intents"].items():
        found.add(INTENT, name, _listed(group))
    for name, group in data["facets"].items():
        found.add(FACET, name, _listed(group))
    for name, group in data["holds"].items():
        found.add(HOLDS, name, _listed(group))
    for short, meaning in data["abbreviations"].items():
        found.abbreviate(short, [meaning] if isinstance(meaning, str) else meaning)
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", " ").split(",") if part.strip()]
