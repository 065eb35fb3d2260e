"""Coming and going: one-time invites, joining, leaving, ending somebody's membership, the language one reads."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.delivery import Notice
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import Invite, Member, Membership, Person, Role
from bot.usecases.ports.work import Work

TOKEN_BYTES: Final = 24  # 192 bits, 32 characters: Telegram takes at most 64 of A-Z a-z 0-9 _ -
VALID_FOR: Final = timedelta(days=14)
WRONG_AN_HOUR: Final = 10
LANGUAGES: Final = ("vi", "en")

JOINED_NOTICE: Final = {
    Role.LIAISON: "start.notice-joined-liaison",
    Role.DEPUTY: "start.notice-joined-deputy",
    Role.LEADER: "start.notice-joined-leader",
    Role.SECRETARY: "start.notice-joined-secretary",
}


class UnknownUnit(DomainError):
    key = "roster.unknown-unit"  # unit


class UnitNeeded(DomainError):
    """Every role but the secretary's belongs to a unit, and the secretary's to none."""

    key = "roster.unit-needed"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite_link(username: str, token: str) -> str:
    return f"https://t.me/{username}?start={token}"


class CreateInvite:
    """A one-time link's token. Only its digest is kept: who loses the link asks for another.

    `real` is the real moment: links expire by it, whatever the calendar says.
    """

    def __init__(self, work: Work, real: datetime) -> None:
        self._work, self._real = work, real

    def __call__(
        self, unit: str | None, role: Role, *, actor: Member | None = None, valid_for: timedelta = VALID_FOR
    ) -> str:
        """`actor` is the secretary who asks, None for the operator. Raises NotAllowed, UnitNeeded, UnknownUnit."""
        if actor is not None and not actor.is_secretary:
            raise NotAllowed()
        if (unit is None) != (role is Role.SECRETARY):
            raise UnitNeeded()
        if unit is not None and unit not in {each.code for each in self._work.bloc.units}:
            raise UnknownUnit(unit=unit)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        by = actor.person.id if actor else None
        invite_id = self._work.people.create_invite(digest(token), unit, role, self._real + valid_for, by)
        self._work.trail.note("invite made", f"invite:{invite_id}", by=by, new={"unit": unit, "role": role.value})
        return token


class InviteAllUnits:
    """One liaison's token for every unit of the bloc, by unit code."""

    def __init__(self, work: Work, real: datetime) -> None:
        self._work, self._create = work, CreateInvite(work, real)

    def __call__(
        self, role: Role = Role.LIAISON, *, actor: Member | None = None, valid_for: timedelta = VALID_FOR
    ) -> dict[str, str]:
        units = [unit.code for unit in self._work.bloc.units]
        return {code: self._create(code, role, actor=actor, valid_for=valid_for) for code in units}


class JoinOutcome(StrEnum):
    JOINED = "joined"
    ALREADY = "already"  # the person holds this membership
    USED = "used"  # by somebody else, or by this person before leaving
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    TOO_MANY = "too-many"  # wrong tokens within an hour


@dataclass(frozen=True, slots=True)
class JoinResult:
    outcome: JoinOutcome
    membership: Membership | None = None


class Join:
    """Link a Telegram user by a token, at the real moment `real`.

    Refusals are values, not exceptions: the count of wrong tokens must stay.
    """

    def __init__(self, work: Work, real: datetime) -> None:
        self._work, self._real = work, real

    def __call__(self, token: str, *, telegram_id: int, name: str, language: str) -> JoinResult:
        """`name` and `language` as Telegram has them."""
        if self._wrong(telegram_id) >= WRONG_AN_HOUR:
            return JoinResult(JoinOutcome.TOO_MANY)
        invite = self._work.people.invite(digest(token))
        if invite is None:
            self._count_wrong(telegram_id)
            return JoinResult(JoinOutcome.UNKNOWN)
        member = self._work.people.member(telegram_id)
        memberships = member.memberships if member else ()
        held = next((m for m in memberships if (m.unit, m.role) == (invite.unit, invite.role)), None)
        if held:
            return JoinResult(JoinOutcome.ALREADY, held)
        if invite.used_at is not None:
            return JoinResult(JoinOutcome.USED)
        if invite.expires_at <= self._real or not self._unit_stands(invite.unit):
            return JoinResult(JoinOutcome.EXPIRED)
        return self._link(invite, telegram_id, name, language)

    def _link(self, invite: Invite, telegram_id: int, name: str, language: str) -> JoinResult:
        people, name = self._work.people, clean_name(name)
        person = people.by_telegram(telegram_id)
        if person is None:
            person = people.add(telegram_id, name, "en" if language.startswith("en") else "vi")
        elif person.name != name:
            people.rename(person.id, name)
        if not people.use_invite(invite.id, person.id):
            return JoinResult(JoinOutcome.USED)
        people.set_blocked(person.id, False)
        membership = people.join(person.id, invite.unit, invite.role, invite.id)
        self._work.trail.note(
            "joined", f"membership:{membership.id}", by=person.id, new={"unit": invite.unit, "role": invite.role.value}
        )
        self._tell_secretaries(person, name, membership)
        return JoinResult(JoinOutcome.JOINED, membership)

    def _tell_secretaries(self, person: Person, name: str, membership: Membership) -> None:
        """So that an invite that went to the wrong person is seen at once."""
        unit = self._work.bloc.unit(membership.unit).name if membership.unit else ""
        notice = Notice(JOINED_NOTICE[membership.role], {"person": name, "unit": unit})
        for secretary in self._work.people.members(roles={Role.SECRETARY}):
            if secretary.person.id != person.id:
                once = f"joined:{membership.id}:{secretary.person.id}"
                self._work.deliveries.notice(secretary.person.id, notice, once=once)

    def _unit_stands(self, unit: str | None) -> bool:
        return unit is None or unit in {each.code for each in self._work.bloc.units}

    # The count lives as "<hour>|<count>", so that an old one needs no clearing.

    def _hour(self) -> str:
        return f"{self._real:%Y-%m-%dT%H}"

    def _wrong(self, telegram_id: int) -> int:
        hour, _, count = (self._work.settings.read(f"wrong-token:{telegram_id}") or "").partition("|")
        return int(count) if hour == self._hour() else 0

    def _count_wrong(self, telegram_id: int) -> None:
        self._work.settings.write(f"wrong-token:{telegram_id}", f"{self._hour()}|{self._wrong(telegram_id) + 1}")


def clean_name(name: str) -> str:
    """A name that cannot break a line or turn the writing direction; never empty."""
    name = unicodedata.normalize("NFC", name)
    kept = "".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in name)
    return " ".join(kept.split())[:100] or "?"


class Leave:
    """A person gives up one membership. What was entered stays with the unit."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, membership_id: int) -> Membership:
        """Raises StaleButton when it is not (any more) the person's own."""
        held = next((m for m in actor.memberships if m.id == membership_id), None)
        if held is None or not self._work.people.leave(membership_id):
            raise StaleButton()
        self._work.trail.note(
            "left", f"membership:{held.id}", by=actor.person.id, old={"unit": held.unit, "role": held.role.value}
        )
        return held


ENDED_NOTICE: Final = "roster.notice-ended"


class EndMembership:
    """A secretary ends somebody's membership; drafts stay for the successor."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, actor: Member, membership_id: int) -> tuple[Member, Membership]:
        """Raises NotAllowed, or StaleButton when it has ended already."""
        if not actor.is_secretary:
            raise NotAllowed()
        for member in self._work.people.members():
            for held in member.memberships:
                if held.id == membership_id:
                    return member, held
        raise StaleButton()

    def __call__(self, actor: Member, membership_id: int) -> tuple[Member, Membership]:
        member, held = self.find(actor, membership_id)
        if not self._work.people.leave(membership_id):
            raise StaleButton()
        self._work.trail.note(
            "membership ended",
            f"membership:{held.id}",
            by=actor.person.id,
            old={"person": member.person.id, "unit": held.unit, "role": held.role.value},
        )
        unit = self._work.bloc.unit(held.unit).name if held.unit else self._work.bloc.short_name
        self._work.deliveries.notice(
            member.person.id, Notice(ENDED_NOTICE, {"unit": unit}), once=f"ended:{held.id}:{member.person.id}"
        )
        return member, held


class ChooseLanguage:
    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, language: str) -> None:
        """Raises StaleButton for a language that is not spoken."""
        if language not in LANGUAGES:
            raise StaleButton()
        self._work.people.set_language(actor.person.id, language)


class NoteBlocked:
    """Telegram said that a person has blocked the bot, or opened it again."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, telegram_id: int, blocked: bool) -> None:
        person = self._work.people.by_telegram(telegram_id)
        if person is not None:
            self._work.people.set_blocked(person.id, blocked)
