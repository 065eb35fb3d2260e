"""Messages to the secretariat."""

from typing import Protocol

from bot.domain.contact import Letter


class Letters(Protocol):
    def add(self, person_id: int, text: str) -> Letter: ...

    def find(self, letter_id: int) -> Letter | None: ...

    def answer(self, letter_id: int, by: int, text: str) -> bool:
        """False when somebody has answered already."""
        ...

    def open(self) -> list[Letter]:
        """Those without an answer, the oldest first."""
        ...
