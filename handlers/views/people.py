"""Joining and leaving as people see them."""

from aiogram.types import InlineKeyboardButton

from bot.buttons.contact import AskSecretariat
from bot.buttons.handin import ListHandIns
from bot.buttons.home import GoHome, ShowHelp
from bot.buttons.people import AskLeave, ConfirmLeave, ShowRoster
from bot.buttons.status import ShowStatus
from bot.domain.bloc import Bloc
from bot.domain.people import Member, Membership, Role
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, keyboard

ROLES = {
    Role.LIAISON: "roster.role-liaison",
    Role.DEPUTY: "roster.role-deputy",
    Role.LEADER: "roster.role-leader",
    Role.SECRETARY: "roster.role-secretary",
}
NEXT_STEP = {
    Role.LIAISON: "start.next-liaison",
    Role.DEPUTY: "start.next-liaison",
    Role.LEADER: "start.next-leader",
    Role.SECRETARY: "start.next-secretary",
}


def role(each: Role, words: Words) -> Safe:
    return words(ROLES[each])


def unit_name(bloc: Bloc, code: str | None, words: Words) -> str:
    """The unit's name; the secretariat where there is none, the code of a unit that has left the bloc."""
    if code is None:
        return words.plain("roster.secretariat")
    return next((unit.name for unit in bloc.units if unit.code == code), code)


def stranger(words: Words) -> Screen:
    return Screen(words("start.stranger"))


def refused(key: str, words: Words) -> Screen:
    return Screen(words(key))


def joined(member: Member, membership: Membership, bloc: Bloc, words: Words) -> Screen:
    """Who one is now, what is kept, who sees it, how to leave, what to do next."""
    text = "\n\n".join(
        (
            words(
                "start.joined",
                name=member.person.name,
                bloc=bloc.name,
                unit=unit_name(bloc, membership.unit, words),
                role=role(membership.role, words),
            ),
            words("start.kept"),
            words("start.seen"),
            words("start.leaving"),
            words(NEXT_STEP[membership.role]),
        )
    )
    return Screen(text, keyboard(first_buttons(membership.role, words)))


def first_buttons(each: Role, words: Words) -> list[list[InlineKeyboardButton]]:
    status = button(words.plain("home.status"), ShowStatus())
    helping = button(words.plain("home.help"), ShowHelp())
    if each is Role.SECRETARY:
        return [[button(words.plain("home.roster"), ShowRoster())], [status, helping]]
    if each is Role.LEADER:
        return [[status, helping]]
    return [[status], [button(words.plain("home.hand-in"), ListHandIns()), helping]]


def leaving(member: Member, bloc: Bloc, words: Words) -> Screen:
    """Which membership to give up."""
    rows = [
        [button(clip(f"{words.plain(ROLES[m.role])}, {m.unit or words.plain('people.secretariat')}"), AskLeave(m.id))]
        for m in member.memberships
    ]
    return Screen(words("start.which-to-leave"), keyboard([*rows, [button(words.plain("home.stay"), GoHome())]]))


def ask_leave(membership: Membership, bloc: Bloc, words: Words) -> Screen:
    text = words("start.ask-leave", role=role(membership.role, words), unit=unit_name(bloc, membership.unit, words))
    rows = [
        [button(words.plain("start.leave"), ConfirmLeave(membership.id))],
        [button(words.plain("home.stay"), GoHome())],
    ]
    return Screen(text, keyboard(rows))


def left(membership: Membership, bloc: Bloc, words: Words, *, entirely: bool) -> Screen:
    key = "start.left-entirely" if entirely else "start.left"
    return Screen(
        words(key, role=role(membership.role, words), unit=unit_name(bloc, membership.unit, words)),
        None if entirely else keyboard([[button(words.plain("home.home"), GoHome())]]),
    )


def contact_row(words: Words) -> list[InlineKeyboardButton]:
    return [button(words.plain("home.contact"), AskSecretariat())]
