"""What was tuned, in one place, against the question files that `bot.knowledge.evaluate` reads."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares and factors from 0 to 1 unless said otherwise."""

    pair: float = 0.7  # of two words side by side, beside the words themselves
    concept: float = 0.9
    title: float = 3.0  # points for a whole title said
    power: float = 1.3  # exponent of the coverage in the score
    loose: float = 0.6  # a word that matches alone, out of its context
    other_word: float = 0.55  # marks that agree no better than this make it another word
    fitting: float = 0.85  # marks that agree at least so well may be the same word
    denial: float = 1.0  # of "not X", beside the words themselves
    not_denied: float = 0.7  # for a line that does not say "not X" where the question does
    sound: float = 0.75
    typo: float = 0.7
    meant: float = 0.85  # of a word that an equivalent stands for
    off_facet: float = 0.25  # for a line without the sort of fact, the year or the document that is asked for
    soft_facet: float = 0.5  # likewise for what may be said in passing: another year than this one
    asking: float = 0.1  # what a word that only asks still adds to the score
    wrong_kind: float = 0.6
    right_kind: float = 1.5


WEIGHTS: Final = Weights()
COHESION: Final = 0.3  # share of their uses in which two syllables stand together, to be one word
LONG: Final = 11  # content words from which a question is also read clause by clause
SHORTEST: Final = 3  # content words that a clause must have to be read alone
MOST_PARTS: Final = 40  # readings and clauses that are tried for one question
MOST_READ: Final = 900  # words, over all of them: a message of nothing but abbreviations must not hold anybody up
MOST_HOPEFUL: Final = 150  # lines for which it is told exactly how well they can fit at most
MOST_COMPARED: Final = 3000  # words of one reading, over all the lines that it is compared with
FEWEST_COMPARED: Final = 15  # lines that even the longest reading is compared with
