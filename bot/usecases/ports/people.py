"""People, their memberships, and the invites by which they come."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.people import Invite, Member, Membership, Person, Role


class People(Protocol):
    def member(self, telegram_id: int) -> Member | None:
        """The person with the memberships in force; None for somebody who never joined or has left altogether."""
        ...

    def person(self, person_id: int) -> Person | None: ...

    def by_telegram(self, telegram_id: int) -> Person | None:
        """The person even when every membership has ended."""
        ...

    def add(self, telegram_id: int, name: str, language: str) -> Person: ...

    def rename(self, person_id: int, name: str) -> None: ...

    def set_language(self, person_id: int, language: str) -> None: ...

    def set_quiet(self, person_id: int, rungs: Collection[str]) -> None: ...

    def set_blocked(self, person_id: int, blocked: bool) -> None:
        """Whether the person has blocked the bot, as Telegram said last."""
        ...

    def blocked(self) -> frozenset[int]:
        """Ids of the people who have blocked the bot."""
        ...

    def members(self, *, unit: str | None = None, roles: Collection[Role] | None = None) -> list[Member]:
        """Everybody with a membership in force (of that unit, with one of those roles), by name."""
        ...

    def join(self, person_id: int, unit: str | None, role: Role, invite_id: int | None) -> Membership:
        """The new membership, or the one in force when the person already holds it."""
        ...

    def leave(self, membership_id: int) -> bool:
        """End it now; False when it had ended already."""
        ...

    def create_invite(
        self, digest: str, unit: str | None, role: Role, expires_at: datetime, made_by: int | None
    ) -> int: ...

    def invite(self, digest: str) -> Invite | None: ...

    def use_invite(self, invite_id: int, person_id: int) -> bool:
        """Mark it used, once; False when somebody else was faster or it is spent."""
        ...
