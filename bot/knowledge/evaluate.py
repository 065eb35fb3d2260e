"""How well a file of questions is answered: a secretariat checks its own notes with it, and the product is tuned by it.

Each line of the file is one JSON object: `q`, the question; `expect`, the ids that answer it (empty where the bloc's
data does not); optionally `kind` and `style`, by which the figures are told apart. `thidua eval` is the command.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain.knowledge import AnswerState
from bot.knowledge.answer import Answers
from bot.words import Words

OTHER: Final = "-"  # kind and style of a line that names none


class QuestionFileProblems(ValueError):
    """What is wrong with a question file, every problem with its line; the messages are for the operator."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a question file."""

    question: str
    expect: tuple[str, ...]
    kind: str = OTHER
    style: str = OTHER


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `entries`: what was answered or offered, best first."""

    asked: Asked
    state: AnswerState
    entries: tuple[str, ...]

    @property
    def first(self) -> bool:
        return bool(self.entries) and self.entries[0] in self.asked.expect

    @property
    def in_three(self) -> bool:
        return any(entry in self.asked.expect for entry in self.entries[:3])

    @property
    def right(self) -> bool:
        return self.first if self.asked.expect else self.state is AnswerState.UNKNOWN


def read_questions(lines: Iterable[str], ids: Collection[str], name: str = "") -> list[Asked]:
    """The questions of a file; `ids` are those of the bloc. Raises QuestionFileProblems, which holds all of them."""
    found: list[Asked] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(_asked(_read(line), ids))
        except ValueError as error:
            problems.append(f"{name}:{number}: {error}")
    if not found and not problems:
        problems.append(f'{name}: không có câu hỏi nào; mỗi dòng cần dạng {{"q": "…", "expect": ["…"]}}')
    if problems:
        raise QuestionFileProblems(problems)
    return found


def _read(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets a thousand deep
        raise ValueError("không phải một đối tượng JSON") from None


def _asked(row: object, ids: Collection[str]) -> Asked:
    if not isinstance(row, dict):
        raise ValueError('cần một đối tượng {"q": "…", "expect": ["…"]}')
    question, expect = row.get("q"), row.get("expect")
    if not isinstance(question, str) or not question.strip():
        raise ValueError('"q" phải là câu hỏi, dạng chữ')
    if not isinstance(expect, list) or not all(isinstance(one, str) for one in expect):
        raise ValueError('"expect" phải là danh sách mã, để [] khi dữ liệu không có câu trả lời')
    if unknown := [one for one in expect if one not in ids]:
        raise ValueError(f'"expect": Khối không có mã {", ".join(unknown)}')
    return Asked(question, tuple(expect), str(row.get("kind") or OTHER), str(row.get("style") or OTHER))


def run(answers: Answers, questions: Iterable[Asked], now: datetime) -> list[Outcome]:
    """Answer every question as an officer would be answered at `now`."""
    outcomes = []
    for asked in questions:
        answer = answers.answer(asked.question, now=now, words=Words("vi"))
        outcomes.append(Outcome(asked, answer.state, answer.entries))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """Shares from 0 to 1; `n` and `answerable` are counts. A share of nothing is 0."""
    inside = [o for o in outcomes if o.asked.expect]
    outside = [o for o in outcomes if not o.asked.expect]
    return {
        "n": len(outcomes),
        "answerable": len(inside),
        "first": _share(inside, lambda o: o.first),
        "in_three": _share(inside, lambda o: o.in_three),
        "chosen": _share(inside, lambda o: o.state is AnswerState.CHOOSE),
        "refused_wrong": _share(inside, lambda o: o.state is AnswerState.UNKNOWN),
        "refused_right": _share(outside, lambda o: o.right),
    }


def _share(rows: Sequence[Outcome], good: Callable[[Outcome], bool]) -> float:
    return round(sum(map(good, rows)) / len(rows), 3) if rows else 0.0


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures over all, `by_style` and `by_kind`, and `misses`: every question that went wrong."""
    return {
        **figures(outcomes),
        "by_style": _by(outcomes, lambda o: o.asked.style),
        "by_kind": _by(outcomes, lambda o: o.asked.kind),
        "misses": [
            {**asdict(o.asked), "state": o.state.value, "entries": list(o.entries)} for o in outcomes if not o.right
        ],
    }


def _by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, dict[str, float | int]]:
    return {name: figures([o for o in outcomes if key(o) == name]) for name in sorted({key(o) for o in outcomes})}


def as_text(found: dict[str, Any]) -> str:
    """A report as a table, and a line for every miss."""
    names = list(figures([]))
    rows = [("", names)]
    rows += [("tất cả", [_number(found[name]) for name in names])]
    for group in ("by_style", "by_kind"):
        rows += [(label, [_number(row[name]) for name in names]) for label, row in found[group].items()]
    width = max(len(label) for label, _ in rows)
    lines = [f"{label:{width}}" + "".join(f"{cell:>15}" for cell in cells) for label, cells in rows]
    for miss in found["misses"]:
        wanted = " ".join(miss["expect"]) or "unknown"
        lines.append(f"✗ {miss['question']}\n  cần: {wanted}; được: {' '.join([miss['state'], *miss['entries']])}")
    return "\n".join(lines)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"
