"""What the words of this line of work stand for, read from `data/lexicon.toml`: equivalents, abbreviations, fillers."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from bot.knowledge.own_words import used
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
    size: int  # in words


class Match(NamedTuple):
    """`phrase` found at `start` up to (not including) `end`."""

    start: int
    end: int
    phrase: Phrase

    @property
    def size(self) -> int:
        return self.end - self.start


# By the keys of the first two words, "" where there is one; the longest first.
Phrases: TypeAlias = dict[str, dict[str, list[Phrase]]]


@dataclass
class Lexicon:
    phrases: Phrases = field(default_factory=dict)
    talk: dict[str, tuple[tuple[Token, ...], ...]] = field(default_factory=dict)  # see [talk]
    abbreviations: dict[str, list[tuple[tuple[Token, ...], tuple[tuple[Token, ...], ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _keys: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)  # of talk, as wanted

    def add(self, kind: str, name: str, written: Iterable[str]) -> None:
        for text in written:
            words = tuple(tokens(text))
            phrase = Phrase(words, kind, name, len(words))
            if not words:
                continue
            alike = self.phrases.setdefault(words[0].key, {}).setdefault(words[1].key if len(words) > 1 else "", [])
            if phrase not in alike:
                alike.append(phrase)
                alike.sort(key=lambda one: -one.size)

    def abbreviate(self, short: str, meanings: Iterable[str]) -> None:
        words = tuple(tokens(short))
        self.abbreviations[words[0].key].append((words, tuple(tuple(tokens(m)) for m in meanings)))

    def words_of(self, name: str) -> list[Token]:
        """The words of all phrases of a [talk] list."""
        return [token for phrase in self.talk[name] for token in phrase]

    def keys_of(self, name: str) -> frozenset[str]:
        """The look-up keys of the words of a [talk] list."""
        found = self._keys.get(name)
        if found is None:
            found = self._keys[name] = frozenset(token.key for token in self.words_of(name))
        return found

    def concepts_of(self, name: str) -> frozenset[str]:
        """The concepts that the words of a [talk] list stand for."""
        found = [match for words in self.talk[name] for match in self.matches(words, marked=True)]
        return frozenset(match.phrase.name for match in found if match.phrase.kind == SAME)

    def asks(self, phrase: Phrase) -> bool:
        """Whether the words of a concept are also a way to ask for something: "minh chứng", "hạn nộp"."""
        first = self.phrases.get(phrase.words[0].key, {})
        alike = first.get(phrase.words[1].key if phrase.size > 1 else "", [])
        keys = [word.key for word in phrase.words]
        return any(p.kind == INTENT and [word.key for word in p.words] == keys for p in alike)

    def of_word(self, word: Token) -> list[Phrase]:
        """The phrases that are this one word."""
        return self.phrases.get(word.key, {}).get("", [])

    def matches(self, text: Sequence[Token], *, marked: bool, least: float = 0.85) -> list[Match]:
        """Every phrase in `text`, without those that stand inside a longer one."""
        found: list[Match] = []
        reach, last = 0, len(text) - 1  # where the furthest phrase so far ends
        for n, word in enumerate(text):
            starts = self.phrases.get(word.key)
            if starts is None:
                continue
            size = 0
            for phrase in starts.get(text[n + 1].key, ()) if n < last else ():
                if phrase.size < size or n + phrase.size <= reach:
                    break
                if phrase.size > 2 and (n + 2 > last or text[n + 2].key != phrase.words[2].key):
                    continue  # most fail here, where many begin alike
                if _fits(text, n, phrase.words, marked, least):
                    size = phrase.size
                    found.append(Match(n, n + size, phrase))
            if not size and reach <= n:
                for phrase in starts.get("", ()):
                    written = phrase.words[0].surface  # of the same key, or it would not be among these
                    if written == word.surface or not marked or agreement(word.surface, written) >= least:
                        size = 1
                        found.append(Match(n, n + 1, phrase))
            if size:
                reach = n + size
        return found

    def meanings(
        self, text: Sequence[Token], place: int, *, marked: bool
    ) -> tuple[int, tuple[tuple[Token, ...], ...]] | None:
        """The longest abbreviation at `place`: how many tokens it takes and what it may stand for."""
        best: tuple[int, tuple[tuple[Token, ...], ...]] | None = None
        for short, long in self.abbreviations.get(text[place].key, []):
            size = len(short)
            if _fits(text, place, short, marked, 0.85) and (best is None or size > best[0]):
                best = (size, long)
        return best

    def extended(self, groups: Iterable[tuple[str, Iterable[str]]]) -> "Lexicon":
        """A copy with further groups of equivalents, such as a bloc's own names of its units."""
        copy = self._copied(lambda phrase: True)
        for name, written in groups:
            copy.add(SAME, name, written)
        return copy

    def for_lines(self) -> "Lexicon":
        """A copy without fillers of one word: they hide no other phrase, and in a line nobody asks for them."""
        return self._copied(lambda phrase: phrase.kind != FILLER or phrase.size > 1)

    def _copied(self, wanted: Callable[[Phrase], bool]) -> "Lexicon":
        copy = Lexicon(talk=self.talk, abbreviations=self.abbreviations)
        for key, starts in self.phrases.items():
            kept = {second: [phrase for phrase in phrases if wanted(phrase)] for second, phrases in starts.items()}
            if any(kept.values()):
                copy.phrases[key] = kept
        return copy


def _fits(text: Sequence[Token], place: int, words: Sequence[Token], marked: bool, least: float) -> bool:
    if place + len(words) > len(text):
        return False
    for known in words:
        typed = text[place]
        place += 1
        if typed.surface != known.surface and (
            typed.key != known.key or (marked and agreement(typed.surface, known.surface) < least)
        ):
            return False
    return True


@cache
def lexicon() -> Lexicon:
    """The shipped vocabulary with the installation's own, read once."""
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
    for name, group in data["talk"].items():
        found.talk[name] = tuple(tuple(tokens(written)) for written in _listed(group))
    own = used()
    found.add(FILLER, FILLER, _listed(own.fillers))
    for n, group in enumerate(own.same):
        found.add(SAME, f"own-{n}", _listed(group))
    for short, meaning in (own.abbreviations | data["abbreviations"] | own.abbreviations).items():
        found.abbreviate(short, [meaning] if isinstance(meaning, str) else meaning)
    return found


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", " ").split(",") if part.strip()]
