"""The secretary's roster: who is linked where, and what can be done about it."""

from collections.abc import Collection, Mapping, Sequence

from bot.buttons.people import AskEnd, ConfirmEnd, MakeInvite, ShowRoster, ShowRosterUnit
from bot.domain.bloc import Bloc
from bot.domain.calendar import local
from bot.domain.people import FILLING, Member, Membership, Role
from bot.usecases.people import VALID_FOR, invite_link
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, grid, keyboard
from handlers.views.people import role, unit_name

SHORT_ROLES = {
    Role.LIAISON: "roster.n-liaisons",
    Role.DEPUTY: "roster.n-deputies",
    Role.LEADER: "roster.n-leaders",
}
UNIT_ROLES = (Role.LIAISON, Role.DEPUTY, Role.LEADER)

Held = Sequence[tuple[Member, Membership]]


def held_by_unit(members: Sequence[Member]) -> Mapping[str | None, Held]:
    found: dict[str | None, list[tuple[Member, Membership]]] = {}
    for member in members:
        for membership in member.memberships:
            found.setdefault(membership.unit, []).append((member, membership))
    return found


def overview(members: Sequence[Member], blocked: Collection[int], bloc: Bloc, words: Words) -> Screen:
    held = held_by_unit(members)
    lines = [words("roster.title", bloc=bloc.short_name or bloc.name), ""]
    unlinked = []
    for unit in bloc.units:
        people = held.get(unit.code, ())
        if any(m.role in FILLING for _, m in people):
            lines.append(words("roster.unit", unit=unit.name, people=_counted(people, blocked, words)))
        else:
            unlinked.append(unit)
            key = "roster.unit-no-liaison" if people else "roster.unit-nobody"
            lines.append(words(key, unit=unit.name, people=_counted(people, blocked, words)))
    lines += ["", words("roster.secretaries", n=len(held.get(None, ())))]
    if unlinked:
        lines += ["", words("roster.unlinked", n=len(unlinked))]
    buttons = [button(unit.code, ShowRosterUnit(unit.code)) for unit in bloc.units]
    rows = grid(buttons, 4)
    rows.append([button(words.plain("roster.secretariat"), ShowRosterUnit(""))])
    return Screen("\n".join(lines), keyboard(rows))


def _counted(people: Held, blocked: Collection[int], words: Words) -> Safe:
    """ "2 đầu mối, 1 lãnh đạo; 1 người đã chặn trợ lý"."""
    parts = []
    for each, key in SHORT_ROLES.items():
        count = sum(m.role is each for _, m in people)
        if count:
            parts.append(words(key, n=count))
    text = ", ".join(parts)
    stopped = len({member.person.id for member, _ in people if member.person.id in blocked})
    return Safe(f"{text}; {words('roster.n-blocked', n=stopped)}" if stopped else text)


def unit(code: str | None, people: Held, blocked: Collection[int], bloc: Bloc, words: Words) -> Screen:
    """The people of one unit (None: the secretariat), with what can be done."""
    lines = [words("roster.unit-title", unit=unit_name(bloc, code, words)), ""]
    for number, (member, membership) in enumerate(people, 1):
        key = "roster.person-blocked" if member.person.id in blocked else "roster.person"
        lines.append(
            words(
                key,
                number=number,
                name=member.person.name,
                role=role(membership.role, words),
                since=local(membership.since).date(),
            )
        )
    if not people:
        lines.append(words("roster.nobody"))
    ends = [
        button(words.plain("roster.end", number=number), AskEnd(membership.id))
        for number, (_, membership) in enumerate(people[:20], 1)
    ]
    roles = UNIT_ROLES if code else (Role.SECRETARY,)
    invites = [[button(words.plain(f"roster.invite-{r.value}"), MakeInvite(code or "", r.value))] for r in roles]
    rows = [*invites, *grid(ends, 2), [button(words.plain("roster.back"), ShowRoster())]]
    return Screen("\n".join(lines), keyboard(rows))


def invite(token: str, code: str | None, each: Role, username: str | None, bloc: Bloc, words: Words) -> Screen:
    """A link to forward. Without the bot's name there is no link yet, only what to type."""
    shown = words("roster.link", link=invite_link(username, token)) if username else words("roster.typed", token=token)
    text = words(
        "roster.invite",
        unit=unit_name(bloc, code, words),
        role=role(each, words),
        days=VALID_FOR.days,
        link=shown,
    )
    return Screen(text, keyboard([[button(words.plain("roster.back-unit"), ShowRosterUnit(code or ""))]]))


def ask_end(member: Member, membership: Membership, bloc: Bloc, words: Words) -> Screen:
    text = words(
        "roster.ask-end",
        name=member.person.name,
        role=role(membership.role, words),
        unit=unit_name(bloc, membership.unit, words),
    )
    rows = [
        [button(words.plain("roster.confirm-end"), ConfirmEnd(membership.id))],
        [button(words.plain("home.stay"), ShowRosterUnit(membership.unit or ""))],
    ]
    return Screen(text, keyboard(rows))
