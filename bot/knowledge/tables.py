"""What a bloc's file says in its tables and in no line of its own: groups of criteria, units, roles, pairs.

Read for questions that ask for nothing else: every further word makes it a question about something else.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.bloc import Bloc, Duty, Outline, Unit, UnitRole
from bot.domain.criteria import Group
from bot.knowledge.compose import named, shorten
from bot.knowledge.index import Index
from bot.knowledge.question import UNIT, Question
from bot.knowledge.text import ROMAN, words_of
from bot.words import Safe, Words

MOST_LINES: Final = 40
HEADS: Final = {UnitRole.HEAD: "Khối trưởng", UnitRole.DEPUTY: "Khối phó"}  # where the file lists no roles
SCALE: Final = frozenset({"points", "plus"})
NAMING: Final = frozenset({"who", "where"})  # what may be asked of a name
NUMBERS: Final = {**ROMAN, "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}


class Tables:
    """`told` answers from the tables of one bloc."""

    def __init__(self, bloc: Bloc, index: Index) -> None:
        self._bloc, self._index = bloc, index
        self._duties = bloc.duties or tuple(
            Duty(unit.role.value, name, unit.code, illustrative=bloc.illustrative)
            for unit in bloc.units
            for name in (HEADS.get(unit.role, ""),)
            if name
        )

    def group(self, asked: Question) -> str | Group | None:
        """The one group of criteria whose number or name and nothing else is said ("nhóm II tối đa mấy điểm").

        The number as it was typed where the bloc has no such group.
        """
        keys = self._keys(asked)
        place = next((n for n, key in enumerate(keys[:-1]) if key == "nhom"), None)
        if place is None or self._other_time(asked) or asked.percent is not None:
            return None
        about = self._talk("group_words")
        said = [key for key in keys[place + 1 :] if key not in about]
        if not said or not self._only(asked, about | set(said)):
            return None
        if len(said) > 1:
            named = [g for g in self._bloc.groups if set(said) <= {word.key for word in words_of(g.name)}]
            return named[0] if len(named) == 1 else None
        number = NUMBERS.get(said[0], said[0])
        for place, group in enumerate(self._bloc.groups, start=1):
            if said[0] == group.code.lower() or number == str(place):
                return group
        return said[0].upper() if number.isdigit() and self._bloc.groups else None

    def told(self, asked: Question, words: Words) -> Safe | None:
        """Units, a role, the pairs, the scale or how long a report may be, whichever is asked for; None for none."""
        if self._other_time(asked) or asked.percent is not None:
            return None
        if most := self._most_pages(asked):
            return pages(self._bloc, most, words)
        if self._asks_scale(asked):
            return scale(self._bloc, "plus" in asked.intents or "thuong" in self._keys(asked), words)
        if not asked.intents <= NAMING:
            return None
        if (unit := self._asks_role_of(asked)) and (held := self._held_by(unit)):
            return held_roles(self._bloc, unit, held, words)
        if self._asks_units(asked):
            return units(self._bloc, words)
        if duty := self._duty(asked):
            return role(self._bloc, duty, words)
        if self._bloc.pairs and self._asks_pairs(asked):
            return pairs(self._bloc, self._units_named(asked), words)
        return None

    def _asks_units(self, asked: Question) -> bool:
        keys, kinds = set(self._keys(asked)), self._kinds()
        counts = bool(keys & self._talk("how_many") or keys & self._talk("which"))
        members = bool(keys & self._talk("members")) or (
            bool({"khoi", "cum"} & keys) and any(token.surface in kinds for token in asked.tokens)
        )
        return counts and members and self._only(asked, self._talk("member_words"))

    def _duty(self, asked: Question) -> Duty | None:
        """The role that is named whole, apart from words that tell no role, and by nothing that another is named by."""
        said, plain = set(self._keys(asked)), self._talk("role_words")
        found = [
            duty
            for duty in self._duties
            if (whole := {word.key for word in words_of(duty.name)})
            and (own := whole - plain - self._talk("bodies"))
            and own <= said
            and self._only(asked, whole | plain)
        ]
        return found[0] if len(found) == 1 else None

    def _asks_role_of(self, asked: Question) -> Unit | None:
        """The one unit whose place in the bloc is asked for: "điện lực giữ vai trò gì"."""
        named = self._units_named(asked)
        heads = {w.key for duty in self._duties for w in words_of(duty.name)}
        if len(named) != 1 or not {"gi", "phai"} & set(self._keys(asked)):
            return None
        return named[0] if self._only(asked, self._talk("role_words") | heads | self._keys_of(named)) else None

    def _held_by(self, unit: Unit) -> list[Duty]:
        return [duty for duty in self._duties if duty.holder == unit.code]

    def _asks_scale(self, asked: Question) -> bool:
        keys = set(self._keys(asked))
        if not ({"tong", "thang", "tran"} & keys or {"toi", "da"} <= keys) or not {"diem", "thuong"} & keys:
            return False
        return asked.intents <= SCALE and not self._units_named(asked) and self._only(asked, self._talk("scale_words"))

    def _most_pages(self, asked: Question) -> list[Outline]:
        """The reports that are asked for, with a bound on their pages."""
        if "trang" not in self._keys(asked) or not self._only(asked, self._talk("page_words")):
            return []
        named = {match.phrase.name for match in asked.readings[0].concepts}
        periods = [period for period, told in self._index.periods.items() if named & told] or list(self._index.periods)
        return [o for o in self._bloc.outlines if o.most_pages and o.period in periods]

    def _asks_pairs(self, asked: Question) -> bool:
        if not {"cheo", "cap"} & set(self._keys(asked)):
            return False
        return self._only(asked, self._talk("pair_words") | self._keys_of(self._units_named(asked)))

    def _units_named(self, asked: Question) -> list[Unit]:
        named = asked.readings[0].units
        return [unit for unit in self._bloc.units if f"{UNIT}{unit.code}" in named]

    def _keys_of(self, named_units: Iterable[Unit]) -> set[str]:
        return {w.key for unit in named_units for name in (unit.name, *unit.other_names) for w in words_of(name)}

    def _other_time(self, asked: Question) -> bool:
        return bool(asked.facets or asked.documents or asked.years - {self._bloc.year})

    def _only(self, asked: Question, known: set[str] | frozenset[str]) -> bool:
        """Whether every word that says anything is one of these, or what the units are ("trường nào")."""
        kinds = self._kinds()
        return all(
            word.weight < 1 or word.token.key in known or word.token.surface in kinds
            for word in asked.readings[0].words
        )

    def _kinds(self) -> set[str]:
        """As they are marked: without its marks "trường" is half of who leads the bloc."""
        return {token.surface for token in self._index.lexicon.words_of("unit_words")}

    def _keys(self, asked: Question) -> Sequence[str]:
        return [word.token.key for word in asked.readings[0].words]

    def _talk(self, name: str) -> frozenset[str]:
        return self._index.lexicon.keys_of(name)


def group(bloc: Bloc, found: Group, words: Words) -> Safe:
    """The most that a group can bring, and its criteria."""
    inside = [item for item in bloc.criteria if item.group == found.code]
    lines = [
        words("ask.group-line", code=item.code, title=shorten(item.name, 90), points=item.ceiling) for item in inside
    ]
    heading = words(
        "ask.group-total",
        number=_number(bloc, found),
        name=shorten(found.name, 200),
        points=found.ceiling,
        n=len(inside),
    )
    return _cited(heading, lines, "ask.source-groups", bloc, found.illustrative, words)


def no_group(bloc: Bloc, number: str, words: Words) -> Safe:
    """That there is no such group, and which there are."""
    lines = [words("ask.group-one", number=_number(bloc, each), name=shorten(each.name, 120)) for each in bloc.groups]
    return Safe("\n".join([words("ask.no-such-group", number=number), *lines[:MOST_LINES]]))


def _number(bloc: Bloc, found: Group) -> str:
    """As the file numbers it, or its place where the file has a code that is no number."""
    code = found.code.lower()
    return found.code if code in NUMBERS or code.isdigit() else str(bloc.groups.index(found) + 1)


def units(bloc: Bloc, words: Words) -> Safe:
    """Every unit, the head and the deputy marked."""
    roles = {UnitRole.HEAD: "ask.unit-head", UnitRole.DEPUTY: "ask.unit-deputy"}
    lines = [words(roles.get(unit.role, "ask.unit-line"), unit=shorten(unit.name, 90)) for unit in bloc.units]
    heading = words("ask.units", n=len(bloc.units), **named(bloc))
    return _cited(heading, lines, "ask.source-units", bloc, bloc.illustrative, words)


def role(bloc: Bloc, duty: Duty, words: Words) -> Safe:
    """Which unit holds a role, and for how long."""
    holder = next((unit.name for unit in bloc.units if unit.code == duty.holder), duty.holder)
    heading = words("ask.role", role=shorten(duty.name, 90), holder=shorten(holder, 200))
    lines = [words("ask.role-term", term=shorten(duty.term, 200))] if duty.term else []
    return _cited(heading, lines, "ask.source-roles", bloc, duty.illustrative, words)


def held_roles(bloc: Bloc, unit: Unit, held: Sequence[Duty], words: Words) -> Safe:
    """What one unit is in the bloc."""
    roles = "; ".join(duty.name for duty in held)
    heading = words("ask.unit-roles", unit=shorten(unit.name, 200), roles=shorten(roles, 300))
    return _cited(heading, [], "ask.source-roles", bloc, any(duty.illustrative for duty in held), words)


def scale(bloc: Bloc, bonus: bool, words: Words) -> Safe:
    """The most points there are, in all or as a bonus."""
    found = bloc.scale
    heading = words("ask.scale-bonus" if bonus else "ask.scale", points=found.bonus_cap if bonus else found.base)
    lines = [words("ask.how", text=shorten(found.how, 400))] if found.how else []
    return _cited(heading, lines, "ask.source-groups", bloc, found.illustrative, words)


def pages(bloc: Bloc, found: Sequence[Outline], words: Words) -> Safe:
    """How long the reports may be."""
    lines = [words("ask.pages-line", report=shorten(o.name, 120), n=o.most_pages) for o in found]
    return _cited(words("ask.pages"), lines, "ask.source-outlines", bloc, any(o.illustrative for o in found), words)


def pairs(bloc: Bloc, of: Sequence[Unit], words: Words) -> Safe:
    """Who appraises whom, of these units or of all."""
    codes = {unit.code for unit in of}
    shown = [pair for pair in bloc.pairs if not codes or codes & set(pair)]
    lines = [
        words("ask.pair", one=shorten(bloc.unit(one).name, 90), other=shorten(bloc.unit(other).name, 90))
        for one, other in shown
    ]
    paired = {code for pair in bloc.pairs for code in pair}
    alone = [unit.name for unit in (of or bloc.units) if unit.code not in paired]
    if alone:
        lines.append(words("ask.pair-alone", units=shorten("; ".join(alone), 300)))
    return _cited(words("ask.pairs"), lines, "ask.source-pairs", bloc, bloc.illustrative, words)


def _cited(heading: str, lines: Sequence[str], source: str, bloc: Bloc, illustrative: bool, words: Words) -> Safe:
    cited = words("ask.source-whole", text=words.plain(source, **named(bloc)))
    shown = [*lines[:MOST_LINES], *(["…"] if len(lines) > MOST_LINES else [])]
    return Safe("\n".join([heading, *shown, cited, *([words("ask.illustrative")] if illustrative else [])]))
