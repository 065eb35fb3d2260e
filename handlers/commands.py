"""Commands that may also be given in a group."""

from aiogram.filters import BaseFilter, Command, CommandObject
from aiogram.types import Message


def anywhere(name: str) -> Command:
    """A command in any chat. Whom it mentions is left to ToThisBot: aiogram would ask Telegram who the bot is."""
    return Command(name, ignore_mention=True)


class ToThisBot(BaseFilter):
    """Not a command that names another bot, as in `/han@OtherBot`; true while the bot's own name is not known."""

    async def __call__(self, message: Message, command: CommandObject) -> bool:
        me = getattr(message.bot, "_me", None)
        name = (me.username or "") if me else ""
        return not (command.mention and name) or command.mention.casefold() == name.casefold()
