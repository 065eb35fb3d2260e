"""The lines of a bloc that a question can be answered from, as fields to be searched."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.bloc import Bloc
from bot.domain.calendar import Milestone
from bot.domain.criteria import Item, ItemKind
from bot.domain.knowledge import Note


class EntryKind(StrEnum):
    MILESTONE = "milestone"
    CRITERION = "criterion"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    NOTE = "note"


TITLE, KEYWORD, BODY, ASIDE = 1.0, 0.85, 0.5, 0.2


@dataclass(frozen=True, slots=True)
class Entry:
    """`titles` are whole ways to name it, of which the first `asked` are whole ways to ask for it.

    `fields` are (weight from 0 to 1, text).
    """

    id: str
    kind: EntryKind
    heading: str
    titles: tuple[str, ...]
    asked: int
    fields: tuple[tuple[float, str], ...]
    years: frozenset[int]

    @property
    def is_scored(self) -> bool:
        return self.kind in (EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION)


def entries_of(bloc: Bloc) -> Iterator[Entry]:
    """Criteria, bonuses, deductions, milestones and notes, in the bloc's order."""
    groups = {group.code: group.name for group in bloc.groups}
    kept: dict[str, list[str]] = defaultdict(list)
    for phrasing in bloc.kept_phrasings:
        kept[phrasing.entry].append(phrasing.text)
    for item in bloc.items():
        yield _item(item, bloc.year, groups.get(item.group, ""), kept[item.code])
    for milestone in bloc.milestones:
        yield _milestone(milestone, bloc.year, kept[milestone.key])
    for note in bloc.notes:
        yield _note(note, bloc.year, kept[note.id])


_KINDS = {
    ItemKind.CRITERION: EntryKind.CRITERION,
    ItemKind.BONUS: EntryKind.BONUS,
    ItemKind.DEDUCTION: EntryKind.DEDUCTION,
}


def _item(item: Item, year: int, group: str, kept: list[str]) -> Entry:
    fields = [(BODY, item.how), (ASIDE, group)]
    fields += [(BODY, level.label) for level in item.levels]
    fields += [(BODY, text) for text in item.evidence]
    return _entry(item.code, _KINDS[item.kind], item.name, item.keywords, (*item.phrasings, *kept), fields, {year})


def _milestone(milestone: Milestone, year: int, kept: list[str]) -> Entry:
    fields = [(BODY, text) for text in milestone.deliverables]
    fields += [(BODY, milestone.remark), (ASIDE, milestone.recipient), (ASIDE, milestone.form)]
    fields += [(ASIDE, milestone.actor)]
    years = {year, milestone.due_on.year}
    phrasings = (*milestone.phrasings, *kept)
    return _entry(milestone.key, EntryKind.MILESTONE, milestone.name, milestone.keywords, phrasings, fields, years)


def _note(note: Note, year: int, kept: list[str]) -> Entry:
    fields = [(BODY, note.answer)]
    phrasings = (*note.phrasings, *kept)
    return _entry(note.id, EntryKind.NOTE, note.question, note.keywords, phrasings, fields, {year})


def _entry(
    entry_id: str,
    kind: EntryKind,
    heading: str,
    keywords: tuple[str, ...],
    phrasings: tuple[str, ...],
    fields: list[tuple[float, str]],
    years: set[int],
) -> Entry:
    titles = (heading, *phrasings)
    everything = [(TITLE, text) for text in titles]
    everything += [(KEYWORD, text) for text in keywords]
    everything += [(weight, text) for weight, text in fields if text]
    return Entry(entry_id, kind, heading, (*titles, *keywords), len(titles), tuple(everything), frozenset(years))
