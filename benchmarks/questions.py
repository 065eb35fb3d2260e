"""How often the right line comes first: plain BM25, SQLite's FTS5 and ours on the same question files.

    python -m benchmarks questions

The two plain ones rank folded words, one bag a line, no synonyms; they cannot say that they do not know, so only
`first` and `in_three` over the answerable questions are compared. Sets whose names end in "held" were looked at only at
the end.
"""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.content.read import read_bloc, sample_path
from bot.domain.bloc import Bloc
from bot.knowledge.answer import Answers
from bot.knowledge.entries import entries_of
from bot.knowledge.evaluate import Asked, figures, read_questions, run
from bot.knowledge.text import clean, fold

EVAL: Final = Path(__file__).resolve().parent.parent / "tests" / "eval"
MOMENT: Final = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
BLOCS: Final = {"sample": sample_path(), **{path.stem: path for path in EVAL.glob("*.yaml")}}
Ranking = Callable[[str], list[str]]


def folded(text: str) -> list[str]:
    return re.findall(r"\w+", fold(clean(text)))


def bags(bloc: Bloc) -> dict[str, list[str]]:
    """Every line of the bloc as one bag of folded words."""
    return {e.id: folded(" ".join([e.heading, *(text for _, text in e.fields)])) for e in entries_of(bloc)}


def bm25(bloc: Bloc, k1: float = 1.2, b: float = 0.75) -> Ranking:
    """Robertson's formula, nothing else."""
    lines = bags(bloc)
    counts = {entry: Counter(words) for entry, words in lines.items()}
    holders = Counter(word for words in lines.values() for word in set(words))
    usual = sum(map(len, lines.values())) / len(lines)

    def rank(question: str) -> list[str]:
        scores = {
            entry: sum(
                math.log(1 + (len(lines) - holders[word] + 0.5) / (holders[word] + 0.5))
                * count[word] * (k1 + 1) / (count[word] + k1 * (1 - b + b * len(lines[entry]) / usual))
                for word in folded(question)
                if word in count
            )
            for entry, count in counts.items()
        }  # fmt: skip
        return sorted((entry for entry, score in scores.items() if score), key=lambda entry: -scores[entry])

    return rank


def fts5(bloc: Bloc) -> Ranking:
    """SQLite's own search over a folded column, words joined by OR, its bm25()."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE lines USING fts5(entry UNINDEXED, text)")
    base.executemany("INSERT INTO lines VALUES (?, ?)", [(e, " ".join(words)) for e, words in bags(bloc).items()])

    def rank(question: str) -> list[str]:
        wanted = " OR ".join(f'"{word}"' for word in folded(question))
        found = base.execute("SELECT entry FROM lines WHERE lines MATCH ? ORDER BY bm25(lines)", (wanted,))
        return [entry for (entry,) in found]

    return rank


def shares(ranking: Ranking, questions: Iterable[Asked]) -> tuple[float, float]:
    """`first` and `in_three` over the answerable questions."""
    ranked = [(ranking(asked.question), asked.expect) for asked in questions if asked.expect]
    first = sum(bool(ids) and ids[0] in expect for ids, expect in ranked)
    in_three = sum(any(entry in expect for entry in ids[:3]) for ids, expect in ranked)
    return first / len(ranked), in_three / len(ranked)


def main() -> None:
    columns = ("BM25", "FTS5", "ours", "BM25 3", "FTS5 3", "ours 3", "chosen", "wrong no", "right no")
    print(f"{'questions':24}{'n':>5}{'in':>5}" + "".join(f"{name:>9}" for name in columns))
    for path in sorted(EVAL.glob("*.jsonl")):
        bloc = read_bloc(BLOCS[path.stem.rpartition("-")[0]])
        ours = Answers(bloc)
        questions = read_questions(path.read_text(encoding="utf-8").splitlines(), ours.index.entries, path.name)
        plain, three = zip(*(shares(make(bloc), questions) for make in (bm25, fts5)), strict=True)
        found = figures(run(ours, questions, MOMENT))
        row = [*plain, found["first"], *three, found["in_three"]]
        row += [found[name] for name in ("chosen", "refused_wrong", "refused_right")]
        print(f"{path.stem:24}{found['n']:>5}{found['answerable']:>5}" + "".join(f"{share:9.3f}" for share in row))


if __name__ == "__main__":
    main()
