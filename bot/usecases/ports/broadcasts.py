"""Broadcasts as rows: drafts, frozen texts, and the message that shows their progress."""

from collections.abc import Collection
from typing import Protocol

from bot.domain.broadcast import Broadcast, BroadcastState, Content


class Broadcasts(Protocol):
    def find(self, broadcast_id: int) -> Broadcast | None: ...

    def draft_of(self, author_id: int) -> Broadcast | None:
        """The draft in hand; a person has at most one."""
        ...

    def write_draft(self, author_id: int, content: Content) -> Broadcast:
        """Begin a draft, or replace the text of the one in hand; either way a new revision."""
        ...

    def set_receipts(self, broadcast_id: int, revision: int, on: bool) -> bool:
        """False when the draft has moved on."""
        ...

    def drop(self, broadcast_id: int, revision: int) -> bool:
        """Forget a draft; False when it has moved on."""
        ...

    def confirm(self, broadcast_id: int, revision: int, *, chat_id: int | None, message_id: int | None) -> bool:
        """Freeze and start it, once; False when it is no draft of that revision. The ids name the progress message."""
        ...

    def move(
        self, broadcast_id: int, to: BroadcastState, *, when: Collection[BroadcastState], problem: str = ""
    ) -> bool:
        """Change the state; False when it is in none of `when`."""
        ...

    def show_at(self, broadcast_id: int, chat_id: int, message_id: int) -> None:
        """From now on progress is shown in this message."""
        ...

    def showing(self) -> list[Broadcast]:
        """Those whose progress message does not show the end yet."""
        ...

    def shown(self, broadcast_id: int) -> None:
        """The progress message shows the end."""
        ...

    def recent(self, limit: int) -> list[Broadcast]:
        """Confirmed ones, the newest first."""
        ...
