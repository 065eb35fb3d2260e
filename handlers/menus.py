"""The command menu that Telegram shows beside the input field: one per person, by role and language."""

from collections.abc import Collection

from aiogram.methods import DeleteMyCommands, SetMyCommands, TelegramMethod
from aiogram.types import BotCommand, BotCommandScopeChat, BotCommandScopeDefault

from bot.domain.people import FILLING, Member, Role
from bot.words import Words

ANYBODY = ("start", "trogiup")
FIRST = ("trangthai",)
FOR_FILLING = ("tudanhgia", "nop", "thamdinh")
FOR_LEADER = ("tudanhgia", "thamdinh")
FOR_SECRETARY = ("thamdinh", "nop", "thongbao", "danhba", "cauhoi")
FOR_MEMBERS = ("hoi", "tieuchi", "han")
BROADCASTS = ("thongbao",)
LAST = ("nhac", "trogiup", "huy", "ngonngu", "roikhoi")


def commands_for(roles: Collection[Role], language: str) -> list[tuple[str, str]]:
    """(command, description) in the order of use; without roles what a stranger may press."""
    words = Words(language)
    names = [*ANYBODY]
    if roles:
        names = [*FIRST]
        names += FOR_FILLING if FILLING & frozenset(roles) else ()
        names += FOR_LEADER if Role.LEADER in roles else ()
        names += FOR_SECRETARY if Role.SECRETARY in roles else ()
        names += [*FOR_MEMBERS, *BROADCASTS, *LAST]
    return [(name, words.plain(f"menu.{name}")) for name in dict.fromkeys(names)]


def menu_of(member: Member) -> SetMyCommands:
    """The person's own menu."""
    return SetMyCommands(
        commands=_commands(member.roles, member.person.language),
        scope=BotCommandScopeChat(chat_id=member.person.telegram_id),
    )


def no_menu(telegram_id: int) -> DeleteMyCommands:
    """Somebody who has left sees the strangers' menu again."""
    return DeleteMyCommands(scope=BotCommandScopeChat(chat_id=telegram_id))


def refreshed(member: Member | None, telegram_id: int) -> TelegramMethod[bool]:
    """The menu after a change of role; `member` is None once nothing is left."""
    return menu_of(member) if member else no_menu(telegram_id)


def strangers_menus() -> list[SetMyCommands]:
    """What everybody sees who has no menu of their own; to be set once at start-up."""
    return [
        SetMyCommands(commands=_commands((), "vi"), scope=BotCommandScopeDefault()),
        SetMyCommands(commands=_commands((), "en"), scope=BotCommandScopeDefault(), language_code="en"),
    ]


def _commands(roles: Collection[Role], language: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=text) for name, text in commands_for(roles, language)]
