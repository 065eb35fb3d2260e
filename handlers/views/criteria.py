"""The table of criteria: groups, the lines of a group, one line."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from bot.buttons.ask import BONUSES, DEDUCTIONS, ListGroups, ListItems, OpenItem
from bot.domain.bloc import Bloc
from bot.domain.criteria import Item, ItemKind
from bot.domain.knowledge import Answer
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.ask import button, keyboard
from handlers.views.own import NOTHING, Own

A_ROW = 4
LONGEST_LABEL = 48


def groups(bloc: Bloc, words: Words) -> Screen:
    """Every group with its maximum, then bonuses and deductions."""
    lines = [words("criteria.title", bloc=bloc.short_name or bloc.name, year=bloc.year)]
    rows = []
    for place, group in enumerate(bloc.groups, 1):
        lines.append(words("criteria.group", name=group.name, points=group.ceiling))
        rows.append(button(cut(group.name), ListItems(str(place))))
    if bloc.bonuses:
        lines.append(words("criteria.bonuses", points=bloc.scale.bonus_cap))
        rows.append(button(words.plain("criteria.bonus-button"), ListItems(BONUSES)))
    if bloc.deductions:
        lines.append(words("criteria.deductions"))
        rows.append(button(words.plain("criteria.deduction-button"), ListItems(DEDUCTIONS)))
    return Screen(_fitted(lines), keyboard(rows))


def items(heading: Safe, found: Sequence[Item], words: Words) -> Screen:
    """Lines with their maxima; a button each by code."""
    lines = [heading, *(_line(item, words) for item in found)]
    return Screen(_fitted(lines), keyboard([*_codes(found), button(words.plain("criteria.back"), ListGroups())]))


def members_of(bloc: Bloc, group: str) -> list[Item]:
    """The lines behind a button of the list of groups; none for a group that is no longer there."""
    if group == BONUSES:
        return list(bloc.bonuses)
    if group == DEDUCTIONS:
        return list(bloc.deductions)
    if not group.isdecimal() or not 1 <= int(group) <= len(bloc.groups):
        return []
    code = bloc.groups[int(group) - 1].code
    return [item for item in bloc.criteria if item.group == code]


def heading_of(bloc: Bloc, group: str, words: Words) -> Safe:
    if group == BONUSES:
        return words("criteria.bonuses", points=bloc.scale.bonus_cap)
    if group == DEDUCTIONS:
        return words("criteria.deductions")
    found = bloc.groups[int(group) - 1]
    return words("criteria.group", name=found.name, points=found.ceiling)


def one(answer: Answer, bloc: Bloc, item: Item, words: Words, own: Own = NOTHING) -> Screen:
    """One line in full, how the person's own units stand with it, and the way back to its group."""
    places = {group.code: str(place) for place, group in enumerate(bloc.groups, 1)}
    group = {ItemKind.BONUS: BONUSES, ItemKind.DEDUCTION: DEDUCTIONS}.get(item.kind, places.get(item.group, ""))
    back = ListItems(group) if group else ListGroups()
    rows = [*own.rows, button(words.plain("criteria.back"), back)]
    return Screen(own.below(answer.html, words), keyboard(rows))


def nothing(text: str, words: Words) -> Screen:
    return Screen(words("criteria.none", text=cut(text)), keyboard([button(words.plain("criteria.all"), ListGroups())]))


def cut(text: str, most: int = LONGEST_LABEL) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _line(item: Item, words: Words) -> Safe:
    if item.ceiling is None:
        return words("criteria.line-open", code=item.code, name=cut(item.name, 140))
    return words("criteria.line", code=item.code, name=cut(item.name, 140), points=item.ceiling)


def _codes(found: Sequence[Item]) -> list[list[InlineKeyboardButton]]:
    buttons = [one for item in found for one in button(item.code, OpenItem(item.code))]
    return [buttons[n : n + A_ROW] for n in range(0, min(len(buttons), 80), A_ROW)]


def _fitted(lines: Sequence[Safe], most: int = 3500) -> str:
    """As many lines as one message holds."""
    kept, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > most:
            kept.append(Safe("…"))
            break
        kept.append(line)
    return "\n".join(kept)
