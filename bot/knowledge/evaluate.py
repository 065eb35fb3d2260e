"""How well questions of a file are answered: `python -m bot.knowledge.evaluate FILE.jsonl [--bloc FILE] [--json]`.

Each line is {"q": text, "expect": [acceptable ids] or [], "style": how it is typed}. Over the answerable questions:
`first` (the first id is acceptable), `in_three`, `chosen` (asked to choose), `refused_wrong` (called unknown);
`answered_first` counts only those answered outright. Over the unanswerable ones: `refused_right`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.content.read import read_bloc, sample_path
from bot.domain.knowledge import AnswerState
from bot.knowledge.answer import Answers
from bot.words import Words

MOMENT: Final = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: str
    style: str
    expect: tuple[str, ...]
    state: AnswerState
    entries: tuple[str, ...]

    @property
    def first(self) -> bool:
        return bool(self.entries) and self.entries[0] in self.expect

    @property
    def in_three(self) -> bool:
        return any(entry in self.expect for entry in self.entries[:3])

    @property
    def right(self) -> bool:
        return self.first if self.expect else self.state is AnswerState.UNKNOWN


def run(answers: Answers, lines: Iterable[str], now: datetime = MOMENT) -> list[Outcome]:
    """Answer every line of a question file."""
    outcomes = []
    for line in lines:
        if not line.strip():
            continue
        row = json.loads(line)
        answer = answers.answer(row["q"], now=now, words=Words("vi"))
        outcomes.append(Outcome(row["q"], row.get("style", ""), tuple(row["expect"]), answer.state, answer.entries))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """Shares from 0 to 1; `answerable` and `unanswerable` are counts."""
    inside = [o for o in outcomes if o.expect]
    outside = [o for o in outcomes if not o.expect]
    return {
        "answerable": len(inside),
        "first": _share(inside, [o.first for o in inside]),
        "answered_first": _share(inside, [o.first and o.state is AnswerState.ANSWER for o in inside]),
        "in_three": _share(inside, [o.in_three for o in inside]),
        "chosen": _share(inside, [o.state is AnswerState.CHOOSE for o in inside]),
        "refused_wrong": _share(inside, [o.state is AnswerState.UNKNOWN for o in inside]),
        "unanswerable": len(outside),
        "refused_right": _share(outside, [o.right for o in outside]),
    }


def _share(rows: Sequence[Outcome], good: Sequence[bool]) -> float:
    return round(sum(good) / len(rows), 3) if rows else 0.0


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Figures over all and by style, and every question that went wrong."""
    styles = sorted({o.style for o in outcomes})
    return {
        "all": figures(outcomes),
        "by_style": {style: figures([o for o in outcomes if o.style == style]) for style in styles},
        "wrong": [asdict(o) for o in outcomes if not o.right],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when the file could be read."""
    parser = argparse.ArgumentParser(prog="python -m bot.knowledge.evaluate")
    parser.add_argument("file", type=Path)
    parser.add_argument("--bloc", type=Path, default=sample_path())
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    found = report(run(Answers(read_bloc(given.bloc)), given.file.read_text(encoding="utf-8").splitlines()))
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for name, row in {"all": found["all"], **found["by_style"]}.items():
        print(f"{name:14}", "  ".join(f"{key} {value}" for key, value in row.items()))
    for wrong in found["wrong"]:
        print("wrong:", wrong["question"], "| expected", list(wrong["expect"]), "|", wrong["state"], *wrong["entries"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
