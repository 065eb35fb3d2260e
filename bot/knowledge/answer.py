"""A question in, an answer out of the bloc's own data: read and cited, offered to choose from, or honestly unknown."""

import re
import string
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Final

from bot.domain.bloc import Bloc
from bot.domain.calendar import Period, closes_at, local
from bot.domain.criteria import PartKind
from bot.domain.knowledge import Answer, AnswerState, Before
from bot.knowledge import compose, tables
from bot.knowledge.entries import KEYWORD, Entry, EntryKind
from bot.knowledge.facts import pick
from bot.knowledge.index import Index
from bot.knowledge.leaning import lean_of, suits
from bot.knowledge.question import Question
from bot.knowledge.ranking import Ranker, Ranking, tuned
from bot.knowledge.spans import Span, near, span_in
from bot.knowledge.text import fold
from bot.words import Safe, Words, strip

MOST_CHOICES: Final = 3
COVERED: Final = 0.4  # of what the words say, for a line to be found by them alone
HALF_SAID: Final = 0.6  # of what a question with a percentage says, for the line to be surely meant
GRADES: Final = (frozenset({"xuat", "sac"}), frozenset({"hoan", "thanh", "nhiem", "vu"}))
DOUBTFUL: Final = 2.0  # how much further behind another line may be, to be offered beside a doubtful one
NEAREST: Final = 0.05  # of how likely the data answers, for headings to be offered beside "not known"
AKIN: Final = 0.45  # of a line's own score for its title, for another line to be offered beside it
MOST_AKIN: Final = 3
MOST_IN_SPAN: Final = 12
SHARES: Final = 0.12  # of what the question says, for a heading to be near; or so much of a topic that it speaks of
SPEAKS: Final = 0.35
LABEL: Final = 60
_QUESTIONS: Final = re.compile(r"[?;\n]+")
_CODE: Final = re.compile(r"(?P<letters>[^\W\d_]+)[ .\-]?[\d.]+")
_QUARTERLY: Final = re.compile(r"\b(?:bao cao|bc)\s+(?:nhanh\s+)?quy\b")
_FIGURES: Final = string.digits + "."


class Answers:
    """Everything that can be answered from one bloc at one revision."""

    def __init__(self, bloc: Bloc) -> None:
        self.bloc = bloc
        self.index = Index(bloc)
        self.ranker = Ranker(self.index)
        self.tables = tables.Tables(bloc, self.index)
        self._akin: dict[str, tuple[tuple[str, str], ...]] = {}

    def answer(
        self, question: str, *, now: datetime, words: Words, before: Before | None = None, about: str = ""
    ) -> Answer:
        """Never raises, whatever was typed; `before` and `about` are lines of this bloc, see the port `Knowledge`."""
        found = self._leaning(question, before, now, words) if before and before.entry in self.index.entries else None
        found = found or self._several(question, now, words) or self._answer(question, now, words)
        return self._within(question, about, found, now, words) if about in self.index.entries else found

    def _leaning(self, question: str, before: Before, now: datetime, words: Words) -> Answer | None:
        """The answer to a question that goes on from the one before; None for one that stands by itself."""
        if self.index.codes_in(question):
            return None
        asked = self.index.understand(question)
        lean = lean_of(asked, self.index)
        says = lean.marked or lean.period or asked.intents or asked.percent is not None
        if asked.years - self.index.entries[before.entry].years or span_in(question):
            return None  # another time is named: nothing is known of it from the line before
        if not lean.leans or "agenda" in asked.intents or not says:
            return None
        if not lean.marked and self._only_names_units(asked):
            return None  # how many points a unit has is nothing of the line before
        entry = self.index.entries[before.entry]
        period = self._period_of(before.entry)
        if lean.period and lean.period is not period:
            return self._of_other_period(lean.period, question, before, now, words)
        if suits(entry.kind, asked) and (self.index.has_all(before.entry, lean.own) or self._picks(entry, asked)):
            return self._given((before.entry,), asked, now, words, named=True)
        merged = self._answer(f"{before.question} {question}", now, words)
        return merged if merged.entries and merged.entries[0] != before.entry else None

    def _picks(self, entry: Entry, asked: Question) -> bool:
        """Whether the question speaks of one of the line's own levels."""
        return entry.is_scored and pick(self.bloc.item(entry.id), asked, self.index, named=True) is not None

    def _of_other_period(
        self, period: Period, question: str, before: Before, now: datetime, words: Words
    ) -> Answer | None:
        """The same thing for the other period: its twin in the calendar, or the same words with the period changed."""
        asked = self.index.understand(before.question)
        if self._period_of(before.entry):
            old = self.bloc.milestone(before.entry)
            twins = [m for m in self.bloc.milestones if m.period is period and m.discharged_by is old.discharged_by]
            if len(twins) == 1:
                return self._given((twins[0].key,), asked, now, words)
        reading = asked.readings[0]
        old_words = reading.places_of(frozenset().union(*self.index.periods.values()))
        rest = " ".join(word.token.surface for n, word in enumerate(reading.words) if n not in old_words)
        kind = self.index.entries[before.entry].kind
        ranking = self.ranker.rank(self.index.understand(f"{rest} {question}"), {kind})
        others = [line.entry.id for line in ranking.lines if line.entry.id != before.entry]
        return self._given(tuple(others[:MOST_CHOICES]), asked, now, words) if ranking.sure >= tuned().least else None

    def _period_of(self, entry_id: str) -> Period | None:
        return next((m.period for m in self.bloc.milestones if m.key == entry_id), None)

    def _within(self, question: str, about: str, found: Answer, now: datetime, words: Words) -> Answer:
        """The answer for somebody who has this item on the screen."""
        asked = self.index.understand(question)
        says = asked.percent is not None or not self._says_nothing(asked)
        lean = lean_of(asked, self.index)
        meant = says and not lean.own
        offered = about in found.entries and (found.state is AnswerState.CHOOSE or lean.marked)
        if asked.years - self.index.entries[about].years or span_in(question):
            return found
        if self.index.codes_in(question) or not (offered or (meant and suits(self.index.entries[about].kind, asked))):
            return found
        return self._given((about,), asked, now, words, named=True)

    def _several(self, question: str, now: datetime, words: Words) -> Answer | None:
        """Questions typed one behind the other, each with a line of its own: offered side by side."""
        parts = [part for part in _QUESTIONS.split(question) if part.strip()]
        if not 1 < len(parts) <= MOST_CHOICES:
            return None
        answers = [self._answer(part, now, words) for part in parts]
        firsts = dict.fromkeys(each.entries[0] for each in answers if each.entries)
        return self._to_choose(tuple(firsts), words) if len(firsts) > 1 else None

    def _answer(self, question: str, now: datetime, words: Words) -> Answer:
        coded = self.index.codes_in(question)
        asked = self.index.understand(question)
        missing = "" if coded else self.index.missing_code(question)
        if missing:
            return _made(AnswerState.UNKNOWN, (), words("ask.no-such-code", code=missing))
        if len(coded) == 1:
            return self._given(coded, asked, now, words, named=True)
        if coded:
            return self._to_choose(coded, words)
        exact = self.index.word_for_word(question)
        if len(exact) == 1:
            return self._given(exact, asked, now, words)
        span = span_in(question)
        if span and self._only_names(asked, span) and asked.years <= {span.year}:
            return self._in_span(span, now, words)
        group = self.tables.group(asked)
        if isinstance(group, str):
            return _made(AnswerState.UNKNOWN, (), tables.no_group(self.bloc, group, words))
        if group:
            return _made(AnswerState.ANSWER, (), tables.group(self.bloc, group, words))
        if self._says_nothing(asked):
            return _made(AnswerState.UNKNOWN, (), words("ask.what"))
        named = {match.phrase.name for match in asked.readings[0].concepts}
        if (
            named & self.index.reporting
            and self._only_asks_when(asked, self.index.handing_in | self.index.reporting)
            and (due := self._reports_due(now))
        ):
            return self._given(due, asked, now, words) if len(due) == 1 else self._to_choose(due, words)
        ranking = self.ranker.rank(asked)
        known = ranking.sure >= tuned().least
        soon = near(question, local(now).date())
        if soon and not asked.years and self._only_names(asked, soon):
            return self._soon(soon, ranking.ids[:MOST_CHOICES] if known else (), asked, now, words)
        if self._only_asks_when(asked, self.index.handing_in):
            ahead = compose.upcoming(self.bloc, now, words)
            if ahead and not (known and "agenda" in asked.intents and ranking.ids[0] in self.index.agenda):
                ids = tuple(milestone.key for milestone in compose.ahead_of(self.bloc, now))
                return _made(AnswerState.ANSWER, ids, ahead)
        known = known and not self._only_names_units(asked)
        if (told := self.tables.told(asked, words)) and not (known and self._is_titled(ranking.ids[0], asked)):
            ids = ranking.ids[:MOST_CHOICES] if known else ()
            also = tuple((entry_id, self.label(entry_id)) for entry_id in ids[:1])  # it may say more than the table
            return replace(_made(AnswerState.ANSWER, ids, told), related=also)
        if not known:
            return self._unknown(ranking, words)
        if both := self._of_both_periods(ranking.ids[0], asked):
            days = compose.listed([self.bloc.milestone(m) for m in both], words("ask.both-periods"), self.bloc, words)
            return replace(self._to_choose(both, words), html=days, text=strip(days))
        first, *others = ranking.lines[:MOST_CHOICES]
        doubtful = self._is_doubtful(first.entry, asked)
        apart = DOUBTFUL * tuned().apart if doubtful else tuned().apart
        beside = [line.entry.id for line in others if first.score - line.score < apart]
        if doubtful and not beside and first.entry.kind is EntryKind.DEDUCTION:  # what it is worth, not what it costs
            beside = [one.entry.id for one in ranking.lines if one.entry.kind is EntryKind.CRITERION][:1]
        if beside or doubtful:
            return self._to_choose((first.entry.id, *beside), words, ranking.ids[:MOST_CHOICES])
        return self._given(ranking.ids[:MOST_CHOICES], asked, now, words)

    def search(self, question: str) -> Ranking:
        """The lines that may answer, best first, with nothing decided yet."""
        return self.ranker.rank(self.index.understand(question))

    def open(self, entry_id: str, *, now: datetime, words: Words, question: str = "") -> Answer:
        """One line of the bloc by its id. Raises KeyError."""
        if entry_id not in self.index.entries:
            raise KeyError(entry_id)
        return self._given((entry_id,), self.index.understand(question), now, words, named=True)

    def find(self, text: str, kinds: Collection[EntryKind]) -> tuple[str, ...]:
        """Ids of the lines of these kinds that the words mean, best first; at most nine."""
        coded = tuple(code for code in self.index.codes_in(text) if self.index.entries[code].kind in kinds)
        coded = coded or self.index.numbered(text.strip(), kinds)
        if coded or self._is_no_code(text):
            return coded  # for a code that the bloc does not have, any other line would be a wrong answer
        hits = self.index.rank(self.index.understand(text), kinds=kinds)
        best = hits[0].score if hits else 0.0
        return tuple(hit.entry.id for hit in hits if hit.coverage >= COVERED and hit.score >= 0.5 * best)

    def _is_no_code(self, text: str) -> bool:
        """Written as the codes of this bloc are, "TC9.9", but none of them."""
        shaped = _CODE.fullmatch(text.strip())
        return shaped is not None and any(
            e.is_scored and e.id.rstrip(_FIGURES).casefold() == shaped["letters"].casefold()
            for e in self.index.entries.values()
        )

    # -- deciding ---------------------------------------------------------------------------------------

    def _says_nothing(self, asked: Question) -> bool:
        """A greeting, or nothing that could be looked up."""
        reading = asked.readings[0]
        return not asked.intents and not reading.concepts and not any(word.weight for word in reading.words)

    def _only_asks_when(self, asked: Question, named: frozenset[str]) -> bool:
        """Nothing but "when is something due?", the something being one of the concepts `named`."""
        if not asked.intents & {"deadline", "agenda"} or asked.years or asked.facets:
            return False
        reading = asked.readings[0]
        plain = reading.places_of(named)
        return all(word.weight < 1 or n in plain for n, word in enumerate(reading.words))

    def _only_names(self, asked: Question, span: Span) -> bool:
        """Nothing but "what is there in this month?"; not "nộp ngày 2/12 trừ mấy điểm", nor a quarter's own report."""
        if asked.intents & {"points", "minus", "plus"} or _QUARTERLY.search(fold(asked.text)):
            return False
        known = span.words | self.index.lexicon.keys_of("calendar_words")
        reading = asked.readings[0]
        return all(word.weight < 1 or word.token.key in known for word in reading.words)

    def _in_span(self, span: Span, now: datetime, words: Words) -> Answer:
        """What the calendar has there, and that it has nothing where it has nothing."""
        said = words.plain(
            f"ask.span-{span.kind}",
            number=span.number,
            day=span.day,
            last="/".join(map(str, span.last)),
            year=f"/{span.year + span.wraps}" if span.year else "",
        )
        every = sorted((m for m in self.bloc.milestones if span.holds(m)), key=closes_at)
        found = every[:MOST_IN_SPAN]
        if len(found) == 1 and span.kind == "day":
            return self._given((found[0].key,), self.index.understand(""), now, words)
        if found:
            html = compose.listed(found, words("ask.in-span", span=said), self.bloc, words)
            if more := len(every) - len(found):
                html = Safe(f"{html}\n{words('ask.more-in-span', n=more)}")
            return _made(AnswerState.ANSWER, tuple(m.key for m in found), html)
        none = words("ask.nothing-in-span", span=said)
        start = span.starts(self.bloc.year)
        later = compose.ahead_of(self.bloc, now, start)
        ahead = later or compose.ahead_of(self.bloc, now)
        if not ahead or span.year not in (None, self.bloc.year):  # another year's calendar is simply not known here
            return _made(AnswerState.UNKNOWN, (), none)
        ids = tuple(m.key for m in ahead)
        heading = words("ask.after-span" if later else "ask.upcoming")
        return _made(AnswerState.ANSWER, ids, Safe(f"{none}\n\n{compose.listed(ahead, heading, self.bloc, words)}"))

    def _soon(self, span: Span, ids: tuple[str, ...], asked: Question, now: datetime, words: Words) -> Answer:
        """The calendar of these days; a line that tells how to ask for them stands below it."""
        told = self._in_span(span, now, words)
        if not ids or ids[0] not in self.index.agenda:
            return told
        html = Safe(f"{told.html}\n\n{self._html(ids[0], asked, now, words, named=False)}")
        return replace(_made(AnswerState.ANSWER, ids, html), related=self._related(ids[0]))

    def _reports_due(self, now: datetime) -> tuple[str, ...]:
        """Milestones at which every unit's report is due, those still ahead; the last one where none is."""
        found = [m for p in Period if (m := self.bloc.assessment_milestone(p))]
        found.sort(key=closes_at)
        ahead = [m.key for m in found if closes_at(m) >= now]
        return tuple(ahead or [m.key for m in found[-1:]])

    def _is_doubtful(self, entry: Entry, asked: Question) -> bool:
        """Whether the figure asked for may be of something else than this line: it is offered then, and not given."""
        talk, item = self.index.lexicon, self.bloc.item(entry.id) if entry.is_scored else None
        said = [word.token.key for word in asked.readings[0].words if word.weight == 1]
        plain = talk.keys_of("grading") | talk.keys_of("percentage")
        subject = [key for key in said if key not in plain]
        held = sum(self.index.has_all(entry.id, [key]) for key in said)
        figures, keys = asked.intents & {"points", "minus", "plus"}, {token.key for token in asked.tokens}
        graded = {"xep", "loai"} <= keys or (figures and any(grade <= keys for grade in GRADES))
        if "minus" in figures and entry.kind is EntryKind.MILESTONE:
            return True
        about = set(subject) - talk.keys_of("grades")
        named = sum(self.index.has_all(entry.id, [key]) for key in about)
        if graded and about and (not named or (2 * named <= len(about) and len(about) > 1)):
            return True
        if figures and subject and not about and item:  # "khá mấy điểm": of what?
            return True
        if item is None:
            return False
        kinds = {part.kind for part in item.parts}
        if asked.percent is not None and (
            not subject or held < HALF_SAID * len(said) or not (PartKind.RATE in kinds or "%" in item.how)
        ):
            return True
        if figures and 3 * held < len(said):
            return True
        if entry.kind is EntryKind.DEDUCTION and "points" in figures and "minus" not in figures:
            return True
        own = [word for name in ("grading", "percentage", "counting") for word in talk.words_of(name)]
        if PartKind.LATENESS not in kinds:
            return False
        return "evidence" in asked.intents or not self.index.is_its_own(entry.id, asked, own, KEYWORD)

    def _is_titled(self, entry_id: str, asked: Question) -> bool:
        """Whether the line's title names everything that is asked about, units too."""
        titled = self.index.understand(self.index.entries[entry_id].heading).readings[0]
        return asked.readings[0].units <= titled.units and self.index.is_titled(entry_id, asked)

    def _of_both_periods(self, first: str, asked: Question) -> tuple[str, ...]:
        """The reports of both periods, where the question names both and one of them comes first; else nothing."""
        due = [m.key for p in Period if (m := self.bloc.assessment_milestone(p))]
        named = {match.phrase.name for match in asked.readings[0].concepts}
        if first not in due or len(due) < 2 or not all(named & told for told in self.index.periods.values()):
            return ()
        return tuple(due)

    def _only_names_units(self, asked: Question) -> bool:
        """A unit and nothing else, such as "how many points has it by now?": no line of the bloc says that."""
        reading = asked.readings[0]
        named = reading.places_of(reading.units)
        return bool(named) and all(word.weight < 1 or n in named for n, word in enumerate(reading.words))

    # -- saying -----------------------------------------------------------------------------------------

    def _given(
        self, ids: tuple[str, ...], asked: Question, now: datetime, words: Words, *, named: bool = False
    ) -> Answer:
        """The first line as an answer; `named`: the person chose it, so that a figure they typed is meant for it."""
        html = self._html(ids[0], asked, now, words, named)
        if "agenda" in asked.intents and ids[0] in self.index.agenda and (ahead := self._ahead(now, words)):
            html = Safe(f"{ahead}\n\n{html}")
        return replace(_made(AnswerState.ANSWER, ids, html), related=self._related(ids[0]))

    def _related(self, entry_id: str) -> tuple[tuple[str, str], ...]:
        """Lines that speak of the same as this one's title, nearest first: what one may want to read next."""
        found = self._akin.get(entry_id)
        if found is None:
            ranking = self.search(self.index.entries[entry_id].heading)
            own = next((line.score for line in ranking.lines if line.entry.id == entry_id), 0.0)
            akin = [line.entry.id for line in ranking.lines if line.entry.id != entry_id and line.score >= AKIN * own]
            found = self._akin[entry_id] = tuple((one, self.label(one)) for one in akin[:MOST_AKIN])
        return found

    def _ahead(self, now: datetime, words: Words) -> Safe:
        return compose.upcoming(self.bloc, now, words)

    def _html(self, entry_id: str, asked: Question, now: datetime, words: Words, named: bool) -> Safe:
        kind = self.index.entries[entry_id].kind
        if kind is EntryKind.MILESTONE:
            return compose.milestone(self.bloc.milestone(entry_id), self.bloc, now, asked.intents, words)
        if kind is EntryKind.NOTE:
            return compose.note(self.bloc.note(entry_id), words)
        item = self.bloc.item(entry_id)
        return compose.item(item, self.bloc, pick(item, asked, self.index, named=named), asked.intents, words)

    def _to_choose(self, offered: tuple[str, ...], words: Words, ids: tuple[str, ...] = ()) -> Answer:
        choices = tuple((entry_id, self.label(entry_id)) for entry_id in offered[:MOST_CHOICES])
        return _made(
            AnswerState.CHOOSE, ids or offered, words("ask.choose" if len(choices) > 1 else "ask.choose-one"), choices
        )

    def _unknown(self, ranking: Ranking, words: Words) -> Answer:
        lines = ranking.lines[:MOST_CHOICES] if ranking.sure >= NEAREST else ()
        near = [one for one in lines if one.coverage >= SHARES or one.evidence["topics"] >= SPEAKS]
        choices = tuple((line.entry.id, self.label(line.entry.id)) for line in near)
        html = words("ask.unknown")
        if choices:
            html = Safe(f"{html}\n\n{words('ask.nearest')}")
        return _made(AnswerState.UNKNOWN, (), html, choices)

    def label(self, entry_id: str) -> str:
        """What a button that opens the line says, plain text."""
        entry = self.index.entries[entry_id]
        heading = f"{entry.id} {entry.heading}" if entry.is_scored else entry.heading
        return compose.shorten(heading, LABEL)


def _made(state: AnswerState, ids: tuple[str, ...], html: Safe, choices: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(state, ids, html, strip(html), choices)


_KEPT: Final = 4
_cache: OrderedDict[tuple[int, int], Answers] = OrderedDict()
_lock = Lock()


def forget() -> None:
    """Build everything anew when it is next asked for."""
    with _lock:
        _cache.clear()


def answers_for(bloc: Bloc) -> Answers:
    """The answers of this bloc at this revision, built once and kept; a bloc that is not stored yet is not kept."""
    if not bloc.revision:
        return Answers(bloc)
    key = (bloc.id, bloc.revision)
    with _lock:
        found = _cache.get(key)
        if found is None or found.bloc != bloc:
            found = _cache[key] = Answers(bloc)
        _cache.move_to_end(key)
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
        return found
