"""What is wrong with a bloc file, for the operator who has to mend it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `line` is 1-based (0: the file as a whole), `instead` says what to write."""

    file: str
    line: int
    what: str
    instead: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what} — {self.instead}"


class BlocFileProblems(Exception):
    """The file is not a bloc; `problems` holds everything that is wrong with it, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(slots=True)
class Log:
    """Collects problems while the whole file is read."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, what: str, instead: str) -> None:
        self.found.append(Problem(self.file, line, what, instead))

    def stop_if_any(self) -> None:
        """Raises BlocFileProblems with everything found so far, if anything was."""
        if self.found:
            unique = dict.fromkeys(self.found)
            raise BlocFileProblems(tuple(sorted(unique, key=lambda problem: problem.line)))
