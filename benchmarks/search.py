"""Processor time of one question, searched and answered, at the sample's size and among 10,000 lines.

Aim: half of the answers in 2.5 ms with the sample and in 10 ms with 10,000 lines, any message of 4,096 characters in
100 ms; an index in 0.25 s and in 2 s. The thread's own time, so that a busy machine does not count.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.content.read import read_bloc, sample_path
from bot.domain.bloc import Bloc
from bot.domain.knowledge import Note
from bot.knowledge.answer import Answers
from bot.knowledge.entries import entries_of
from bot.knowledge.text import fold
from bot.words import Words

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "eval" / "sample-first.jsonl"
LINES = 10_000
MOMENT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LONGEST = 4096  # characters of a message
WORDS = Words("vi")
ResultT = TypeVar("ResultT")


def main() -> None:
    bloc = read_bloc(sample_path())
    own = [json.loads(line)["q"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    report("warm-up", bloc, own[:20])  # what a process loads once is not the price of a question
    report("sample", bloc, own)
    many = enlarged(bloc, LINES)
    made = [note.question for note in many.notes[-LINES // 2 :: 50]]
    report(f"{LINES} lines", many, [*own, *made, *map(fold, made)])


def report(name: str, bloc: Bloc, questions: list[str]) -> None:
    """Print the figures of one bloc, all in milliseconds."""
    build, answers = timed(lambda: Answers(bloc))
    links, _ = timed(answers.ranker.links.warm)  # what a process does behind its first answers
    search = [timed(lambda q=q: answers.search(q))[0] for q in questions]  # type: ignore[misc]
    whole = [ask(answers, question) for question in questions]
    longest = max(ask(answers, text) for text in overlong(questions))
    print(
        f"{name:12} {len(answers.index.entries):6} lines: index {build:7.1f}, links {links:7.1f}; "
        f"search {spread(search)}; whole answer {spread(whole)}; longest message {longest:6.1f}",
        flush=True,
    )


def ask(answers: Answers, question: str) -> float:
    return timed(lambda: answers.answer(question, now=MOMENT, words=WORDS))[0]


def timed(work: Callable[[], ResultT]) -> tuple[float, ResultT]:
    """Processor milliseconds of this thread, and the result."""
    began = time.thread_time()
    result = work()
    return 1000 * (time.thread_time() - began), result


def spread(times: list[float]) -> str:
    return f"p50 {statistics.median(times):6.2f} p95 {statistics.quantiles(times, n=20)[-1]:6.2f}"


def enlarged(bloc: Bloc, lines: int) -> Bloc:
    """The bloc with made-up notes: turns of phrase out of its own text, a few of them common and most of them rare."""
    chance = random.Random(1)
    turns = list(turns_of(text for entry in entries_of(bloc) for _, text in entry.fields))
    chance.shuffle(turns)
    weights = list(accumulated(1 / (n + 10) for n in range(len(turns))))

    def said(count: int) -> str:
        return " ".join(chance.choices(turns, cum_weights=weights, k=count))

    notes = [
        Note(f"S{n}", said(3), said(9), said(2), keywords=(said(1), said(1)), phrasings=(said(3),))
        for n in range(lines - sum(1 for _ in entries_of(bloc)))
    ]
    return replace(bloc, notes=(*bloc.notes, *notes))


def turns_of(texts: Iterable[str]) -> Iterable[str]:
    """Three words each."""
    for text in texts:
        words = text.split()
        yield from (" ".join(words[n : n + 3]) for n in range(0, len(words), 3))


def accumulated(weights: Iterable[float]) -> Iterable[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total


def overlong(questions: list[str]) -> list[str]:
    """Whole messages that are hard to read: questions without end, abbreviations, slips of the finger, clauses."""
    chance = random.Random(2)
    letters = "abcdeghiklmnopqrstuvxy"
    endless = " ".join(questions)
    gibberish = " ".join("".join(chance.choices(letters, k=5)) for _ in range(LONGEST // 6))
    texts = [
        endless,
        fold(endless),
        gibberish,
        ". ".join(questions),
        "bc tk kt ",
        "sk cv lđ đk kh ct tt cp k ",
        "x, y; ",
    ]
    return [(text * (LONGEST // len(text) + 1))[:LONGEST] for text in texts]


if __name__ == "__main__":
    main()
