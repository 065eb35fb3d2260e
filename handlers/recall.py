"""What was asked a moment ago, so that "còn cuối năm thì sao?" means something. One question, ten minutes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, TelegramObject

from bot.domain.knowledge import Before

LASTS: Final = timedelta(minutes=10)  # of the calendar
ASKED_AT: Final = "asked_at"  # key in the conversation data, beside `question` and `entry`
GOES_ON: Final = "hoi"  # the one command that is itself a question


def remembered(question: str, entry: str, now: datetime) -> dict[str, Any]:
    """What to put into the conversation data. Without an entry nothing was answered that a next question could mean."""
    return {"question": question, "entry": entry, ASKED_AT: now.isoformat() if entry else ""}


def before(data: dict[str, Any], now: datetime) -> Before | None:
    """The question before this one, as long as it counts."""
    question, entry, asked_at = data.get("question"), data.get("entry"), data.get(ASKED_AT)
    if not entry or not asked_at:  # a line that was opened from a list belongs to no question
        return None
    since = now - datetime.fromisoformat(asked_at)
    return Before(str(question or ""), str(entry)) if timedelta(0) <= since <= LASTS else None


class EndsWithCommand(BaseMiddleware):
    """Outer middleware on messages: any other command ends the talk about the last answer."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        state: FSMContext | None = data.get("state")
        if isinstance(event, Message) and state is not None and (event.text or "").startswith("/"):
            name = (event.text or "")[1:].split(maxsplit=1)[:1]
            held = await state.get_data()
            if held.get(ASKED_AT) and (not name or name[0].partition("@")[0].casefold() != GOES_ON):
                await state.update_data({ASKED_AT: ""})
        return await handler(event, data)
