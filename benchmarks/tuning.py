"""Fits the numbers by which lines are ranked and answers are trusted, and says how they do on questions left out.

    python -m benchmarks tuning [--write]

Reads the question files of tests/eval that are there to be tuned on (names ending in dev, first, tune, more or seen);
those that end in held are never looked at here. Two small models, each cross-validated by question: a conditional logit
over the lines of each question, and a logistic regression for whether the bloc's data answers it at all. `--write` puts
the numbers of the whole into bot/knowledge/data/tuned.toml.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.questions import BLOCS, EVAL
from bot.content.read import read_bloc
from bot.knowledge.evaluate import read_questions
from bot.knowledge.index import Index
from bot.knowledge.question import Question
from bot.knowledge.ranking import CONFIDENCE, DATA, EVIDENCE, Ranker, Ranking, signs_of, trusted, tuned

TUNED_ON: Final = ("dev", "first", "tune", "more", "seen")
FOLDS, ROUNDS = 5, 1
SHRINK_LINES, SHRINK_TRUST = 0.005, 0.003
STEPS: Final = 200

Vector = list[float]


@dataclass(frozen=True)
class Case:
    """One question: the evidence for each line, which lines are right, and what is needed to tell trust again."""

    file: str
    question: Question
    ranking: Ranking
    evidence: tuple[Vector, ...]
    apart: tuple[float, ...]  # what the score holds beside the fitted evidence
    right: tuple[bool, ...]
    answerable: bool


def cases() -> list[Case]:
    """Every question of the files to be tuned on."""
    found: list[Case] = []
    rankers: dict[str, Ranker] = {}
    fixed = [tuned().evidence.get(name, 0.0) for name in EVIDENCE]
    for path in sorted(EVAL.glob("*.jsonl")):
        bloc, _, part = path.stem.rpartition("-")
        if part not in TUNED_ON:
            continue
        if bloc not in rankers:
            rankers[bloc] = Ranker(Index(read_bloc(BLOCS[bloc])))
        ranker = rankers[bloc]
        for asked in read_questions(path.read_text(encoding="utf-8").splitlines(), ranker.index.entries, path.name):
            question = ranker.index.understand(asked.question)
            ranking = ranker.rank(question)
            found.append(
                Case(
                    path.stem,
                    question,
                    ranking,
                    tuple(list(line.values) for line in ranking.lines),
                    tuple(line.score - dot(list(line.values), fixed) for line in ranking.lines),
                    tuple(line.entry.id in asked.expect for line in ranking.lines),
                    bool(asked.expect),
                )
            )
    return found


# -- fitting ------------------------------------------------------------------------------------------------------


def descend(size: int, gradient: Callable[[Vector], Vector]) -> Vector:
    """Adam on a smooth convex loss."""
    at, slope, square = [0.0] * size, [0.0] * size, [0.0] * size
    for step in range(1, STEPS + 1):
        pace = 0.2 / math.sqrt(1 + step / 40)
        for n, one in enumerate(gradient(at)):
            slope[n] = 0.9 * slope[n] + 0.1 * one
            square[n] = 0.99 * square[n] + 0.01 * one * one
            at[n] -= pace * slope[n] / (1 - 0.9**step) / (math.sqrt(square[n] / (1 - 0.99**step)) + 1e-9)
    return at


def spread(rows: Iterable[Vector]) -> tuple[Vector, Vector]:
    """Mean and deviation of every column."""
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(column) for column in columns]
    devs = [
        math.sqrt(sum((x - mean) ** 2 for x in column) / len(column)) + 1e-6
        for column, mean in zip(columns, means, strict=True)
    ]
    return means, devs


def fit_lines(learn: Sequence[Case]) -> Vector:
    """Weights of EVIDENCE: the share of the softmax that falls on right lines is made large."""
    useful = [case for case in learn if any(case.right)]
    _, devs = spread(row for case in useful for row in case.evidence)
    scaled = [([[x / d for x, d in zip(row, devs, strict=True)] for row in c.evidence], c.right) for c in useful]

    def gradient(weights: Vector) -> Vector:
        total = [2 * SHRINK_LINES * weight * len(scaled) for weight in weights]
        for rows, right in scaled:
            shares = softmax([dot(weights, row) for row in rows])
            good = sum(share for share, ok in zip(shares, right, strict=True) if ok) + 1e-9
            for row, share, ok in zip(rows, shares, right, strict=True):
                pull = share - (share / good if ok else 0.0)
                for n, x in enumerate(row):
                    total[n] += pull * x
        return [one / len(scaled) for one in total]

    return [weight / dev for weight, dev in zip(descend(len(EVIDENCE), gradient), devs, strict=True)]


def fit_trust(rows: Sequence[Vector], answerable: Sequence[bool]) -> tuple[Vector, float]:
    """Weights of CONFIDENCE and the bias, both sorts of question counting alike."""
    means, devs = spread(rows)
    scaled = [[(x - m) / d for x, m, d in zip(row, means, devs, strict=True)] + [1.0] for row in rows]
    share = sum(answerable) / len(answerable)

    def gradient(weights: Vector) -> Vector:
        total = [2 * SHRINK_TRUST * weight * len(scaled) for weight in weights[:-1]] + [0.0]
        for row, yes in zip(scaled, answerable, strict=True):
            error = (1 / (1 + math.exp(-dot(weights, row)))) - yes
            error *= 0.5 / (share if yes else 1 - share)
            for n, x in enumerate(row):
                total[n] += error * x
        return [one / len(scaled) for one in total]

    fitted = descend(len(CONFIDENCE) + 1, gradient)
    weights = [weight / dev for weight, dev in zip(fitted, devs, strict=False)]
    return weights, fitted[-1] - dot(weights, means)


def dot(one: Vector, other: Vector) -> float:
    return sum(map(float.__mul__, one, other))


def softmax(scores: Vector) -> Vector:
    top = max(scores)
    raised = [math.exp(score - top) for score in scores]
    whole = sum(raised)
    return [one / whole for one in raised]


# -- judging ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    case: Case
    sure: float
    lead: float  # of the first line's score over the second's
    first: bool
    in_three: bool


def signs(case: Case, weights: Vector) -> Vector:
    """What trust is told from, under these weights of the evidence."""
    lines = [
        replace(line, score=dot(weights, row) + apart)
        for line, row, apart in zip(case.ranking.lines, case.evidence, case.apart, strict=True)
    ]
    lines.sort(key=lambda line: -line.score)
    found = signs_of(case.question, lines, case.ranking.near)
    return [found[name] for name in CONFIDENCE]


def judge(case: Case, weights: Vector, trust: Vector, bias: float) -> Judged:
    if not case.evidence:
        return Judged(case, 0.0, 0.0, False, False)
    scores = [dot(weights, row) + apart for row, apart in zip(case.evidence, case.apart, strict=True)]
    order = sorted(range(len(scores)), key=lambda n: -scores[n])
    told = bias + dot(trust, signs(case, weights))
    lead = scores[order[0]] - scores[order[1]] if len(order) > 1 else math.inf
    right = [case.right[n] for n in order]
    sure = 1 / (1 + math.exp(-told)) * trusted(case.ranking.lines[order[0]])
    return Judged(case, sure, lead, right[0], any(right[:3]))


def fit(learn: Sequence[Case]) -> tuple[Vector, Vector, float]:
    weights = fit_lines(learn)
    known = [case for case in learn if case.evidence]
    trust, bias = fit_trust([signs(case, weights) for case in known], [case.answerable for case in known])
    return weights, trust, bias


def cross_validated(everything: Sequence[Case]) -> list[Judged]:
    """Each question judged by numbers fitted without it, `ROUNDS` times over."""
    judged: list[Judged] = []
    for seed in range(ROUNDS):
        order = list(everything)
        random.Random(seed).shuffle(order)
        for fold in range(FOLDS):
            learn = [case for n, case in enumerate(order) if n % FOLDS != fold]
            fitted = fit(learn)
            judged += [judge(case, *fitted) for n, case in enumerate(order) if n % FOLDS == fold]
    return judged


def table(judged: Sequence[Judged], least: float, apart: float) -> Iterable[str]:
    yield f"least {least:.2f}, apart {apart:.2f}    {'n':>5}    first in_three   chosen wrong no right no"
    for file in ["all", *sorted({one.case.file for one in judged})]:
        of_file = [one for one in judged if file in ("all", one.case.file)]
        inside = [one for one in of_file if one.case.answerable]
        outside = [one for one in of_file if not one.case.answerable]
        said = [one for one in inside if one.sure >= least]
        shares = [
            sum(one.first for one in said) / len(inside),
            sum(one.in_three for one in said) / len(inside),
            sum(one.lead < apart for one in said) / len(inside),
            1 - len(said) / len(inside),
            sum(one.sure < least for one in outside) / max(1, len(outside)),
        ]
        yield f"{file:24}{len(of_file) // ROUNDS:>9}" + "".join(f"{share:9.3f}" for share in shares)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks tuning", description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--least", type=float, default=tuned().least)
    parser.add_argument("--apart", type=float, default=tuned().apart)
    given = parser.parse_args(arguments)
    everything = cases()
    judged = cross_validated(everything)
    for least in sorted({0.15, 0.2, 0.25, 0.3, 0.35, 0.4, given.least}):
        print(next(line for n, line in enumerate(table(judged, least, given.apart)) if n == 1), f"  least {least}")
    print("\n".join(table(judged, given.least, given.apart)))
    weights, trust, bias = fit(everything)
    lines = ["# Written by `python -m benchmarks tuning --write`.", f"bias = {bias:.4f}"]
    lines += [f"least = {given.least}", f"apart = {given.apart}", "", "[evidence]"]
    lines += [f"{name} = {weight:.4f}" for name, weight in zip(EVIDENCE, weights, strict=True)]
    lines += ["", "[confidence]"]
    lines += [f"{name} = {weight:.4f}" for name, weight in zip(CONFIDENCE, trust, strict=True)]
    if given.write:
        DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
