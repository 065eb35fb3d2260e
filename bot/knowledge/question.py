"""What a question says: its words with their weight, what it asks for, and the years, codes and numbers in it."""

import itertools
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.knowledge.lexicon import FACET, FILLER, INTENT, SAME, Lexicon, Match, Phrase
from bot.knowledge.text import Token, clean, fold, is_marked, tokens
from bot.knowledge.weights import MOST_READ

MOST_READINGS: Final = 12
MOST_WORDS: Final = 150  # of a question; what comes after is not read
ASKING: Final = 0.15  # the weight of a word that only says what is asked for
UNIT: Final = "unit-"  # names of concepts that are a unit of the bloc
NAMING: Final = 0.3  # of the words that name a unit: mostly the asker's own, seldom what is asked about
DENIAL: Final = "khong"
DENIALS: Final = frozenset({"khong", "chua"})
NEAR: Final = 4  # words
YEAR_WORD: Final = "nam"

_YEAR: Final = re.compile(r"(?<![\d.,/])(20\d\d)(?![\d.,])")
_PERCENT: Final = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|phan tram|pt\b|percent)")
_FRACTION: Final = re.compile(r"(?<![\w.,])\d{1,3}[.,]\d\s*(?=điểm\b|diem\b|đ\b)", re.IGNORECASE)
FRACTION: Final = " điểm lẻ "  # how the shared vocabulary calls a part of a point
_FROM: Final = re.compile(r"\d\s*(?:%|phan tram|ngay)?\s*(?:-|–|/|,|\bden|\btoi|\bhay|\bhoac|\bva)\s*$")
_ONWARDS: Final = re.compile(r"\s*(?:ngay\s*)?tro (?:len|xuong|di|lai)\b")
_THOUSANDS: Final = re.compile(r"\d{1,3}\.\d{3}\s*(?:%|phan tram)")
_LONGER: Final = re.compile(r"\d\s*(?:tuan|thang|gio)\b")  # "1 tuần 2 ngày" is no two days
# "còn 5 % chưa đạt", "trễ hạn 3 %": said of the part that is missing. A question's closing "không" is no such word.
_TURNED: Final = re.compile(
    r"\b(?:tre|cham(?: (?:han|tien do|tre|nop)|(?= \d))|qua han|(?:no|bang|them)(?= \d)|muon|chua|thieu|hut|huy"
    r"|ton dong"
    r"|giam|tang|vuot|kem|hon|thap|lech|chenh"
    r"|so voi|(?<=\w )con|sai|rot|truot|no (?:xau|dong|qua han)|khong(?!\s*(?:a|vay|nhi|the|$|[?.,!]))"
    r"|(?:ko|k|kg|hk|hok|hong|hem) (?=dat|du|hoan|duoc|toi|den|lam))\b"
)
_LATE_WORD: Final = re.compile(r"\bchậm\b")  # without its marks it may be "chấm"
_CLAUSE: Final = re.compile(r"[,;.!?\n](?!\d)")
_DAYS: Final = re.compile(r"(?<![\d.,/])(\d{1,3})\s*(?:ngay|hom|bua|day)s?\b")
_VAGUE: Final = re.compile(
    r"(?:duoi|tren|hon|gan|qua|khoang|chua den|chua dat|khong dat|khong den|it nhat|toi thieu)\s*$"
)
_AHEAD: Final = re.compile(r"\bcon \d{1,3} (?:ngay|hom|bua)|\d (?:ngay|hom|bua) nua\b")  # nothing is late yet
_ALL_DAYS: Final = re.compile(r"thu (?:bay|7)|chu nhat|cuoi tuan|ngay (?:lich|nghi|le)")
_LATE: Final = re.compile(r"\b(?:muon|cham|tre|qua han|lo han|late)\b")
_DOCUMENT: Final = re.compile(
    r"\b(?:nghi dinh|thong tu|luat|quyet dinh|nghi quyet|chi thi|cong van|nd|tt|qd|nq|ct)"
    r"(?:\s+(?:so|quy dinh))?\s+(\d{1,4})\b"
)
_CODED: Final = re.compile(r"\b(\d{1,4})/(?:\d{4}/)?[a-z]{1,4}[a-z0-9-]*\b|\b(\d{1,4})/20\d\d\b")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a reading: `weight` 1 for content, less for words that only ask, 0 for fillers."""

    token: Token
    weight: float
    typed: bool = True  # False: stands for an abbreviation


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the question, with its abbreviations written out."""

    words: tuple[Word, ...]
    concepts: tuple[Match, ...]
    denials: tuple[tuple[str, str], ...] = ()  # "không X" where the bloc says so too

    def places_of(self, names: Container[str]) -> set[int]:
        """The places of the words that stand for any of these concepts."""
        return {n for match in self.concepts if match.phrase.name in names for n in range(match.start, match.end)}

    @property
    def units(self) -> frozenset[str]:
        """The concepts that are units of the bloc."""
        return frozenset(match.phrase.name for match in self.concepts if match.phrase.name.startswith(UNIT))

    def between(self, first: int, last: int) -> "Reading":
        """Only the clauses from `first` to `last`, both included."""
        places = [n for n, word in enumerate(self.words) if first <= word.token.clause <= last]
        start, end = places[0], places[-1] + 1
        words = self.words[start:end]
        pairs = {(a.token.key, b.token.key) for a, b in itertools.pairwise(words)}
        return Reading(
            words,
            tuple(
                Match(m.start - start, m.end - start, m.phrase)
                for m in self.concepts
                if start <= m.start and m.end <= end
            ),
            tuple(pair for pair in self.denials if pair in pairs),
        )


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    marked: bool
    readings: tuple[Reading, ...]
    intents: frozenset[str]
    facets: frozenset[str]
    years: frozenset[int]
    documents: frozenset[str]
    percent: Decimal | None
    days: int | None
    turned: frozenset[str] = frozenset()  # words beside the percentage that may make it the other part of the whole

    @property
    def tokens(self) -> tuple[Token, ...]:
        return tuple(word.token for word in self.readings[0].words)


@dataclass(frozen=True, slots=True)
class Known:
    """What the bloc's own text holds, by keys: a word, two words side by side, two that belong together.

    It keeps words without marks from being taken for a filler, an abbreviation or a sort of fact where they are not.
    `otherwise`: whether the bloc has these two side by side, but never written as they are here.
    """

    word: Callable[[str], bool]
    pair: Callable[[str, str], bool]
    compound: Callable[[str, str], bool]
    otherwise: Callable[[Token, Token], bool]
    own: frozenset[Phrase] = frozenset()  # sorts of fact that the bloc is itself called by: "khối nội chính"


def understand(text: str, lexicon: Lexicon, known: Known) -> Question:
    """Read a question with the shared vocabulary and what one bloc's text holds."""
    marked, composed = is_marked(text), clean(text)
    typed = tokens(_FRACTION.sub(FRACTION, composed), MOST_WORDS)
    plain = " ".join(fold(composed).split())
    readings = tuple(
        _reading(words, lexicon, marked, known) for words in _written_out(typed, lexicon, marked, known.word)
    )
    matches = [match for reading in readings for match in reading[1]]
    days = _days(plain)
    intents = frozenset(m.phrase.name for m in matches if m.phrase.kind == INTENT)
    return Question(
        text=text,
        marked=marked,
        readings=tuple(reading for reading, _ in readings),
        intents=intents | {"minus"} if days else intents,
        facets=frozenset(m.phrase.name for m in matches if m.phrase.kind == FACET and m.phrase not in known.own),
        years=frozenset(int(year) for year in _YEAR.findall(_DOCUMENT_DATE.sub(" ", plain))),
        documents=frozenset(_DOCUMENT.findall(plain)) | {a or b for a, b in _CODED.findall(plain)},
        percent=_percent(plain),
        days=days,
        turned=frozenset(_TURNED.findall(_beside_percent(plain)) + _LATE_WORD.findall(composed.lower())),
    )


_DOCUMENT_DATE: Final = re.compile(r"\b(?:nghi dinh|thong tu|luat|quyet dinh|nd|tt|qd)\s+(?:so\s+)?\d+\s+nam\s+20\d\d")


def _percent(plain: str) -> Decimal | None:
    """The one percentage that is stated; "under 80 %", "from 90 to 95 %" or two of them pick out nothing."""
    found = list(_PERCENT.finditer(plain))
    if len(found) != 1:
        return None
    ahead = plain[: found[0].start()]
    if _VAGUE.search(ahead) or _FROM.search(ahead) or _ONWARDS.match(plain[found[0].end() :]):
        return None
    if _THOUSANDS.search(plain):
        return None
    return Decimal(found[0].group(1).replace(",", "."))


def _beside_percent(plain: str) -> str:
    """The clause in which the percentage stands."""
    found = _PERCENT.search(plain)
    if not found:
        return ""
    ends = [m.start() for m in _CLAUSE.finditer(plain)]
    start = max((end + 1 for end in ends if end < found.start()), default=0)
    return plain[start : min((end for end in ends if end >= found.end()), default=len(plain))]


def _days(plain: str) -> int | None:
    """How many days late, where the question says that something is late."""
    found = list(_DAYS.finditer(plain))
    if len(found) != 1 or not _LATE.search(plain) or _VAGUE.search(plain[: found[0].start()]):
        return None
    if _FROM.search(plain[: found[0].start()]) or _ONWARDS.match(plain[found[0].end() :]) or _LONGER.search(plain):
        return None
    if _AHEAD.search(plain) or _ALL_DAYS.search(
        plain
    ):  # what is counted with Saturdays and Sundays is no number of working days
        return None
    return int(found[0].group(1))


def written_out(words: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The words with their abbreviations in the likeliest reading."""
    if not any(word.key in lexicon.abbreviations for word in words):
        return list(words)
    return [token for token, _ in _written_out(words, lexicon, True, lambda word: False)[0]]


def _written_out(
    typed: Sequence[Token], lexicon: Lexicon, marked: bool, known_word: Callable[[str], bool]
) -> list[list[tuple[Token, bool]]]:
    """Every reading of the abbreviations, the likeliest first; a word of the bloc's own is also kept as it is."""
    slots: list[list[list[tuple[Token, bool]]]] = []
    place = 0
    while place < len(typed):
        token = typed[place]
        found = lexicon.meanings(typed, place, marked=marked)
        if found is None:
            slots.append([[(token, True)]])
            place += 1
            continue
        size, meanings = found
        choices = [[(_placed(word, token.clause), False) for word in meaning] for meaning in meanings]
        if size == 1 and not token.upper and len(token.key) > 1 and known_word(token.key):
            choices.append([(token, True)])
        slots.append(choices)
        place += size
    most = max(2, min(MOST_READINGS, MOST_READ // (len(typed) or 1)))
    readings = itertools.islice(itertools.product(*slots), most)
    return [[pair for piece in reading for pair in piece] for reading in readings]


def _placed(word: Token, clause: int) -> Token:
    return Token(word.surface, word.key, clause)


def _reading(
    words: list[tuple[Token, bool]], lexicon: Lexicon, marked: bool, known: Known
) -> tuple[Reading, list[Match]]:
    text = [token for token, _ in words]
    matches = [
        match
        for match in lexicon.matches(text, marked=marked)
        if match.size > 1 or (_stands_alone(text, match, marked, known) and not _counts(text, match))
    ]
    matches = [m for m in matches if m.phrase.kind != FACET or _is_meant(m, matches, text, marked, known)]
    weights = [1.0] * len(text)
    asking = {(m.start, m.end) for m in matches if m.phrase.kind == INTENT}
    telling = [m for m in matches if m.phrase.kind in (SAME, FACET) and (m.start, m.end) not in asking]
    told = {n for m in telling for n in range(m.start, m.end)}
    for match in matches:
        for n in range(match.start, match.end):
            if match.phrase.kind == FILLER and n not in told:
                weights[n] = 0.0
            elif match.phrase.kind == INTENT and n not in told:
                weights[n] = min(weights[n], ASKING)
            elif match.phrase.name.startswith(UNIT):
                weights[n] = min(weights[n], NAMING)
    denials = tuple(
        (first.key, second.key)
        for n, (first, second) in enumerate(itertools.pairwise(text))
        if first.key == DENIAL and n not in told and weights[n + 1] == 1.0 and known.pair(first.key, second.key)
    )
    for n, token in enumerate(text):
        if token.is_number:
            weights[n] = 0.0
            if n and _YEAR.fullmatch(token.key) and text[n - 1].key == YEAR_WORD:
                weights[n - 1] = 0.0
    reading = Reading(
        tuple(Word(token, weight, was_typed) for (token, was_typed), weight in zip(words, weights, strict=True)),
        tuple(match for match in matches if match.phrase.kind == SAME),
        denials,
    )
    return reading, matches


def _is_meant(facet: Match, matches: Sequence[Match], text: Sequence[Token], marked: bool, known: Known) -> bool:
    """Not where a longer phrase lies across it ("cuối năm | tới bữa nào"), nor where the bloc reads other words there.

    Typed without marks "cum truong" is the head of the bloc and not a bloc of schools, if only the head is in its file.
    """
    if any(m.size > facet.size and m.start < facet.end and facet.start < m.end for m in matches):
        return False
    if "." in facet.phrase.name and DENIALS & {word.key for word in text[max(0, facet.start - NEAR) : facet.start]}:
        return False  # "chưa lên tới cấp tỉnh" is of a lower level
    if marked:
        return True
    written = [*text[: facet.start], *facet.phrase.words, *text[facet.end :]]
    reach = range(max(facet.start - (facet.size == 1), 0), min(facet.end - (facet.size > 1), len(text) - 1))
    others = [known.otherwise(written[n], written[n + 1]) for n in reach]
    return not (any(others) if facet.size == 1 else all(others))


def _counts(text: Sequence[Token], match: Match) -> bool:
    """ "4 ngày" is a length of time and asks for no date."""
    return match.phrase.name == "deadline" and match.start > 0 and text[match.start - 1].is_number


def _stands_alone(text: Sequence[Token], match: Match, marked: bool, known: Known) -> bool:
    """A single syllable typed without marks may be half of a word of the bloc's: then it is that word."""
    token = text[match.start]
    if match.phrase.words[0].surface == token.surface and (marked or len(token.key) > 4):
        return True
    before = match.start > 0 and known.compound(text[match.start - 1].key, token.key)
    after = match.end < len(text) and known.compound(token.key, text[match.end].key)
    return not (before or after)
