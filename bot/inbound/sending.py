"""Replies on their way to Telegram: what may be tried again is, what is harmless is passed over."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageText, Response, SendMessage, TelegramMethod

from bot.inbound.patience import GaveUp, Patience
from bot.words import strip

log = logging.getLogger(__name__)

# aiogram asks for Response[...] at every call, and pydantic keeps such a class only as long as somebody holds it:
# without these, the model is built anew for nearly every reply.
KEPT = tuple(Response[kind.__returning__] for kind in (SendMessage, EditMessageText, AnswerCallbackQuery))  # type: ignore[name-defined]
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
HARMLESS = ("query is too old", "message is not modified", "message to delete not found")
OUT_OF_REACH = ("message to edit not found", "message can't be edited", "message_id_invalid")


class Sender:
    """Sends replies in order. `blocked` is told who has blocked the bot; `refused` that the token is not valid."""

    def __init__(
        self,
        bot: Bot,
        *,
        blocked: Callable[[int], None] = lambda _: None,
        refused: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
    ) -> None:
        self._bot, self._blocked, self._refused = bot, blocked, refused
        self._patience = patience or Patience()

    async def send(self, replies: Sequence[TelegramMethod[Any]]) -> None:
        """Send them all. Waits out floods, faults and a Telegram that is down; lets be what gets a plain no.

        Raises GaveUp when nothing more can be sent in this run: somebody still waits for an answer.
        """
        for reply in replies:
            if not await self._one(reply):
                return

    async def _one(self, reply: TelegramMethod[Any]) -> bool:
        """False when there is no point in sending the rest."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._bot(reply)
                return True
            except TelegramRetryAfter as error:
                await self._patience.wait(error.retry_after)
            except TelegramEntityTooLarge:  # a network error to the library
                log.error("reply refused", extra={"method": reply.__api_method__, "error": "too large"})
                return True
            except (TelegramNetworkError, TelegramServerError) as error:
                if isinstance(reply, AnswerCallbackQuery):
                    return True  # it would be too old by the time Telegram is back
                log.warning("reply waits", extra={"error": type(error).__name__})
                await self._patience.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            except TelegramForbiddenError:
                self._blocked(int(getattr(reply, "chat_id", 0) or 0))
                return False
            except TelegramMigrateToChat as error:
                reply = reply.model_copy(update={"chat_id": error.migrate_to_chat_id})
            except TelegramUnauthorizedError:
                self._refused()
                raise GaveUp from None
            except TelegramBadRequest as error:
                instead = self._instead(reply, error.message.lower())
                if instead is None:
                    return True
                reply = instead
            except Exception as error:  # noqa: BLE001 - whatever it is, the next in line must not wait for it for ever
                log.error("reply refused", extra={"method": reply.__api_method__, "error": type(error).__name__})
                return True

    @staticmethod
    def _instead(reply: TelegramMethod[Any], message: str) -> TelegramMethod[Any] | None:
        """What to send in place of a reply that Telegram will not have; None to let it be."""
        if any(words in message for words in HARMLESS):
            return None
        if isinstance(reply, EditMessageText) and any(words in message for words in OUT_OF_REACH):
            return SendMessage(
                chat_id=reply.chat_id or 0,
                text=reply.text or "",
                reply_markup=reply.reply_markup,
                parse_mode=reply.parse_mode,
                link_preview_options=reply.link_preview_options,
            )
        # Our own mistake: the person gets the words without their looks rather than nothing.
        log.error("reply refused", extra={"method": reply.__api_method__, "chat": getattr(reply, "chat_id", None)})
        if isinstance(reply, (SendMessage, EditMessageText)) and "parse entities" in message and reply.parse_mode:
            return reply.model_copy(update={"text": strip(reply.text or ""), "parse_mode": None})
        return None
