"""Answers of the secretariat that are kept: as a note of their own, or as another phrasing of a line that is there."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.bloc import Bloc
from bot.domain.errors import DomainError, StaleButton
from bot.domain.knowledge import KeptPhrasing, Note
from bot.domain.questions import folded

LONGEST_QUESTION: Final = 300
LONGEST_KEPT: Final = 2500  # what one answer shows whole
LONGEST_ORIGIN: Final = 200
NOTE, PHRASING = "HD", "CH"  # heads of the ids of what is kept


@dataclass(frozen=True, slots=True)
class Draft:
    """What a secretary is about to keep. `source`: the letter or missed question that it comes from."""

    source: str
    question: str = ""
    answer: str = ""
    origin: str = ""  # what the answer will name as its source
    phrasing: str = ""
    entry: str = ""  # the line that the phrasing belongs to


class KeptAlready(StaleButton):
    """The letter's answer has been kept."""

    key = "keeping.kept-already"  # id


class AskedAlready(DomainError):
    """A line is asked for in just these words already."""

    key = "keeping.asked-already"  # heading


class StampedText(DomainError):
    """A mark of classified material: not kept."""

    key = "keeping.stamped"


class NothingToKeep(DomainError):
    key = "keeping.nothing"


class LongerThan(DomainError):
    key = "keeping.too-long"  # most


def many_lines(text: str) -> str:
    """Composed, its lines kept, without control characters or signs that turn the writing."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept = "".join(c if c == "\n" or not unicodedata.category(c).startswith(("C", "Zl", "Zp")) else " " for c in text)
    lines = [line.rstrip() for line in kept.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip()


def next_id(head: str, taken: Iterable[str]) -> str:
    """ "HD1", "HD2", … : the first after every one that was ever given, so that an old button opens nothing else."""
    names = {name.casefold() for name in taken}
    numbers = [int(n) for name in names if (n := name.removeprefix(head.casefold())) != name and n.isdecimal()]
    number = max(numbers, default=0) + 1
    return f"{head}{number}"


def asked_for(bloc: Bloc, text: str, within: Collection[str] = ()) -> str | None:
    """The id of a line that is asked for in just these words; only of those `within` where some are given."""
    said = folded(text)
    lines: list[tuple[str, tuple[str, ...]]] = [(n.id, (n.question, *n.phrasings)) for n in bloc.notes]
    lines += [(m.key, (m.name, *m.phrasings)) for m in bloc.milestones]
    lines += [(i.code, (i.name, *i.phrasings)) for i in bloc.items()]
    lines += [(kept.entry, (kept.text,)) for kept in bloc.kept_phrasings]
    for entry, ways in lines:
        if (not within or entry in within) and said in map(folded, ways):
            return entry
    return None


# -- an import ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carried:
    """A bloc from a file, with what the secretariat kept carried over from the bloc in force.

    `replaced`: kept notes whose id the file now uses; `orphaned`: kept phrasings whose line is gone.
    """

    bloc: Bloc
    notes: tuple[Note, ...] = ()
    phrasings: tuple[KeptPhrasing, ...] = ()
    replaced: tuple[Note, ...] = ()
    orphaned: tuple[KeptPhrasing, ...] = ()


def carry_over(held: Bloc | None, new: Bloc) -> Carried:
    """Nothing that was kept is lost by an import, unless the file has the same id or no longer has the line."""
    if held is None:
        return Carried(new)
    taken = {m.key for m in new.milestones} | {i.code for i in new.items()} | {n.id for n in new.notes}
    small = {name.casefold() for name in taken}
    kept = [note for note in held.notes if note.kept]
    notes = tuple(note for note in kept if note.id.casefold() not in small)
    lines = taken | {note.id for note in notes}
    phrasings = tuple(each for each in held.kept_phrasings if each.entry in lines)
    return Carried(
        replace(new, notes=(*new.notes, *notes), kept_phrasings=phrasings),
        notes,
        phrasings,
        tuple(note for note in kept if note not in notes),
        tuple(each for each in held.kept_phrasings if each not in phrasings),
    )
