"""Who may do what: membership = person x unit x role x dates."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    LIAISON = "liaison"
    DEPUTY = "deputy"  # stands in for the liaison, with the same rights
    LEADER = "leader"
    SECRETARY = "secretary"


FILLING = frozenset({Role.LIAISON, Role.DEPUTY})


@dataclass(frozen=True, slots=True)
class Person:
    """A Telegram user who has joined. `quiet` holds the reminder rungs that the person switched off."""

    id: int
    telegram_id: int
    name: str
    language: str = "vi"
    quiet: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Membership:
    """`unit` is a unit code; a secretary has None. `until` is set when it ended."""

    id: int
    person_id: int
    unit: str | None
    role: Role
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """The person who is acting, with the memberships that are in force now."""

    person: Person
    memberships: tuple[Membership, ...]

    @property
    def is_secretary(self) -> bool:
        return any(m.role is Role.SECRETARY for m in self.memberships)

    @property
    def fills(self) -> tuple[str, ...]:
        """Codes of the units that this person fills in for."""
        return tuple(dict.fromkeys(m.unit for m in self.memberships if m.unit and m.role in FILLING))

    @property
    def approves(self) -> tuple[str, ...]:
        """Codes of the units that this person approves for."""
        return tuple(dict.fromkeys(m.unit for m in self.memberships if m.unit and m.role is Role.LEADER))

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the units whose own data this person may see, secretaries apart."""
        return tuple(dict.fromkeys(m.unit for m in self.memberships if m.unit))

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(m.role for m in self.memberships)

    def sees(self, unit: str) -> bool:
        return self.is_secretary or unit in self.units


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time link. Only a digest of its token is kept."""

    id: int
    unit: str | None
    role: Role
    expires_at: datetime  # real time
    used_at: datetime | None = None
    used_by: int | None = None
