"""What the answerer needs of the handlers: one synchronous call per update, inside a transaction."""

from collections.abc import Sequence
from typing import Any, Protocol

from bot.domain.errors import DomainError
from bot.domain.files import Attachment, FileToFetch
from bot.usecases.ports.work import Work


class Desk(Protocol):
    """`raw` is an update as Telegram sent it; replies are method objects of the Telegram library, not sent yet."""

    def plan(self, raw: dict[str, Any], work: Work) -> FileToFetch | Attachment | None:
        """The file that the update brings, or why it is not fetched; None where there is none to take."""
        ...

    def handle(self, raw: dict[str, Any], work: Work, attachment: Attachment | None) -> Sequence[Any]: ...

    def refuse(self, raw: dict[str, Any], error: DomainError, work: Work) -> Sequence[Any]: ...

    def apologise(self, raw: dict[str, Any], incident: str) -> Sequence[Any]: ...

    def current(self, raw: dict[str, Any], work: Work) -> Sequence[Any]:
        """The screen on which the sender stands now."""
        ...
