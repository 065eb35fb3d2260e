"""Answers as Telegram HTML, put together from a bloc's own fields: nothing here makes up a date or a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.domain.bloc import Bloc
from bot.domain.calendar import DischargedBy, Milestone, closes_at, local, working_days_after
from bot.domain.criteria import Item, ItemKind, Level
from bot.domain.knowledge import Note
from bot.knowledge.facts import Picked
from bot.words import Safe, Words, strip

FITS: Final = 900  # characters that a person reads on a phone without scrolling far
LONGEST_PIECE: Final = 600
LONGEST_NOTE: Final = 2500
MOST_AHEAD: Final = 4  # milestones


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an answer; the highest `rank` is left out first when the answer grows too long, 0 never."""

    html: str
    rank: int = 0


HOLIDAYS_LIKELY: Final = 20  # working days, within which a public holiday may well fall


def shorten(text: str, most: int) -> str:
    """At most `most` characters, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(None, 1)[0][: most - 1].rstrip(" ,;:.") + "…"


def joined(blocks: Sequence[Block], most: int = FITS) -> Safe:
    """The blocks one under another, the least important left out until they fit."""
    kept = [block for block in blocks if block.html]
    while len(strip("\n".join(block.html for block in kept))) > most:
        last = max(kept, key=lambda block: block.rank)
        if last.rank == 0:
            break
        kept.remove(last)
    return Safe("\n".join(block.html for block in kept))


def _listed(words: Words, heading: str, lines: Iterable[str]) -> str:
    shown = [words("ask.line", text=shorten(line, LONGEST_PIECE)) for line in lines if line]
    return "\n".join([words(heading), *shown]) if shown else ""


# -- milestones -----------------------------------------------------------------------------------------


def milestone(found: Milestone, bloc: Bloc, now: datetime, intents: frozenset[str], words: Words) -> Safe:
    """The date first, with what is left of it; then what to hand in, to whom, in which form, on what ground."""
    meeting = found.discharged_by is DischargedBy.ROLL_CALL
    deliver = _listed(words, "ask.milestone-do" if meeting else "ask.milestone-hand-in", found.deliverables)
    to = words("ask.milestone-to", to=shorten(found.recipient, LONGEST_PIECE)) if found.recipient else ""
    actor = words("ask.milestone-actor", actor=shorten(found.actor, LONGEST_PIECE)) if found.actor else ""
    form = words("ask.milestone-form", form=shorten(found.form, LONGEST_PIECE)) if found.form else ""
    remark = words("ask.remark", text=shorten(found.remark, LONGEST_PIECE)) if found.remark else ""
    blocks = [Block(words("ask.heading", title=shorten(found.name, 300)))]
    blocks += [Block(line) for line in when(found, bloc, now, words)]
    blocks += [
        Block(deliver, 1 if "deliver" in intents else 3),
        Block(to, 1 if intents & {"who", "where"} else 4),
        Block(form, 1 if intents & {"how", "where"} else 5),
        Block(actor, 1 if "who" in intents else 6),
        Block(remark, 2),
        Block(source(found.basis or words.plain("ask.source-calendar", **named(bloc)), found, words)),
    ]
    return joined(blocks)


def when(found: Milestone, bloc: Bloc, now: datetime, words: Words) -> list[str]:
    """The lines that say when it is and how long that is from `now`."""
    clock, day = words.clock(found.due_time), words.weekday(found.due_on)
    if found.starts_on and found.starts_on != found.due_on:
        lines = [words("ask.when-span", start=words.weekday(found.starts_on), day=day, clock=clock)]
        if local(now).date() < found.starts_on:
            return [*lines, left(found.starts_on, now, bloc, words, "ask.starts-in", "ask.starts-today")]
    elif found.discharged_by is DischargedBy.ROLL_CALL:
        lines = [words("ask.when-meeting", day=day, clock=clock)]
    else:
        lines = [words("ask.when-due", day=day, clock=clock)]
    if now > closes_at(found):
        days = (local(now).date() - found.due_on).days
        past = words("ask.past", n=days, working=working_days_after(found.due_on, local(now).date(), bloc.holidays))
        return [*lines, past if days else words("ask.past-today")]
    return [*lines, left(found.due_on, now, bloc, words, "ask.left", "ask.today")]


def left(day: date, now: datetime, bloc: Bloc, words: Words, some: str, none: str) -> str:
    """How far `day` is from `now`, in days and working days."""
    today = local(now).date()
    if day == today:
        return words(none)
    working = working_days_after(today, day, bloc.holidays)
    said = words(some, n=(day - today).days, working=working)
    if bloc.holidays or working < HOLIDAYS_LIKELY:
        return said
    return Safe(f"{said} {words('ask.no-holidays')}")  # the file names no days off: they are not taken away


def upcoming(bloc: Bloc, now: datetime, words: Words) -> Safe:
    """The next milestones with their days; empty when the year is over."""
    return listed(ahead_of(bloc, now), words("ask.upcoming"), bloc, words)


def listed(found: Sequence[Milestone], heading: str, bloc: Bloc, words: Words) -> Safe:
    """Milestones with their days under a heading; empty where there is none."""
    if not found:
        return Safe("")
    lines = [
        words(
            "ask.upcoming-span",
            title=shorten(m.name, 120),
            start=words.weekday(m.starts_on),
            day=words.weekday(m.due_on),
        )
        if m.starts_on and m.starts_on != m.due_on
        else words("ask.upcoming-line", title=shorten(m.name, 120), day=words.weekday(m.due_on), clock=m.due_time)
        for m in found
    ]
    cited = words("ask.source-whole", text=words.plain("ask.source-calendar", **named(bloc)))
    if any(m.illustrative for m in found):
        cited = Safe(f"{cited}\n{words('ask.illustrative')}")
    return Safe("\n".join([heading, *lines, cited]))


def ahead_of(bloc: Bloc, now: datetime, since: date = date.min) -> list[Milestone]:
    """The next milestones, those due from `since` on, nearest first."""
    ahead = [m for m in bloc.milestones if closes_at(m) >= now and m.due_on >= since]
    return sorted(ahead, key=closes_at)[:MOST_AHEAD]


# -- criteria and rules ---------------------------------------------------------------------------------


def item(found: Item, bloc: Bloc, picked: Picked | None, intents: frozenset[str], words: Words) -> Safe:
    """What the question picked out first; then the maximum, how it is scored, the table and the evidence."""
    wants_evidence = "evidence" in intents
    evidence = _listed(words, "ask.evidence", found.evidence)
    blocks = [Block(words("ask.item-heading", code=found.code, title=shorten(found.name, 300)))]
    if picked:
        blocks.append(Block(_picked(found, picked, words)))
    blocks.append(Block(maximum(found, words)))
    if wants_evidence:
        blocks.append(Block(evidence, 1))
    group = next((g for g in bloc.groups if g.code == found.group), None)
    how = words("ask.how", text=shorten(found.how, LONGEST_PIECE)) if found.how else ""
    blocks += [
        Block(how, 4 if wants_evidence else 2),
        Block(table(found, picked, words), 5 if wants_evidence else 3),
        Block("" if wants_evidence else evidence, 4),
        Block(words("ask.group", name=shorten(group.name, 200), points=group.ceiling) if group else "", 6),
        Block(source(words.plain("ask.source-table", code=found.code, **named(bloc)), found, words)),
    ]
    return joined(blocks)


def maximum(found: Item, words: Words) -> str:
    """The most that the line can add or take away; empty where a deduction has no limit."""
    if found.ceiling is None:
        return ""
    key = {
        ItemKind.CRITERION: "ask.most",
        ItemKind.BONUS: "ask.most-bonus",
        ItemKind.DEDUCTION: "ask.most-deduction",
    }[found.kind]
    return words(key, points=found.ceiling)


def _picked(found: Item, picked: Picked, words: Words) -> str:
    worth = _worth(found, picked.level, words)
    label = shorten(picked.level.label, 200)
    if picked.percent is not None:
        return words("ask.picked-percent", percent=picked.percent, label=label, worth=worth)
    if picked.days is not None:
        return words("ask.picked-days", n=picked.days, label=label, worth=worth)
    return words("ask.picked", label=label, worth=worth)


def table(found: Item, picked: Picked | None, words: Words) -> str:
    """Every level with its points, the one that was picked out marked."""
    if not found.levels:
        return ""
    lines = [words("ask.levels")]
    for level in found.levels[:20]:
        key = "ask.level-here" if picked and picked.level is level else "ask.level"
        lines.append(words(key, label=shorten(level.label, 200), worth=_worth(found, level, words)))
    return "\n".join(lines)


def _worth(found: Item, level: Level, words: Words) -> Safe:
    if level.ceiling is not None:
        return words("ask.worth-ceiling", points=level.ceiling)
    points = level.points if level.points is not None else Decimal(0)
    plus = "ask.worth-plus" if found.kind is ItemKind.BONUS else "ask.worth"
    worth = words("ask.worth-minus" if points < 0 else plus, points=abs(points))
    return words("ask.worth-each", worth=worth) if level.each else worth


# -- notes, sources -------------------------------------------------------------------------------------


def note(found: Note, words: Words) -> Safe:
    """The approved answer as it stands, with its source."""
    blocks = [
        Block(words("ask.heading", title=shorten(found.question, 300))),
        Block(words("ask.note", text=shorten(found.answer, LONGEST_NOTE))),
        Block(source(found.source, found, words)),
    ]
    return joined(blocks, LONGEST_NOTE + 1000)


def source(text: str, found: Milestone | Item | Note, words: Words) -> str:
    """Where it stands, at which version, and whether it is only illustrative."""
    line = words("ask.source", text=shorten(text, LONGEST_PIECE), version=found.version)
    return f"{line}\n{words('ask.illustrative')}" if found.illustrative else line


def named(bloc: Bloc) -> dict[str, object]:
    """The bloc and its year, for the sentence that names a source."""
    return {"bloc": shorten(bloc.short_name or bloc.name, 120), "year": bloc.year}
