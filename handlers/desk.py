"""Where updates are handled: one call per update, inside one transaction, in a worker thread.

aiogram wants an event loop although nothing here waits for anything, so every worker thread has a loop of its own.
"""

import asyncio
import threading
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import Update

from bot.domain.errors import DomainError, NoBloc
from bot.domain.files import Attachment, FileToFetch
from bot.domain.people import Member
from bot.usecases.ports.work import Work
from handlers import attachments, errors, screens, typed_button
from handlers.replies import Replies, say


class Desk:
    """Feeds the Dispatcher and turns what it raises into words. Safe to call from several threads."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot) -> None:
        self._dispatcher, self._bot = dispatcher, bot
        self._thread = threading.local()

    def handle(self, raw: dict[str, Any], work: Work, attachment: Attachment | None) -> Replies:
        """The replies of whichever handler took the update. Raises what the handler raised."""
        update = self._read(raw)
        named = self._named_button(update, work)
        if named is None:
            return self._feed(update, work, attachment)
        user, _ = errors.sender(update)
        return typed_button.without_answers(self._feed(typed_button.as_tap(update, named), work, None), user.id)

    def plan(self, raw: dict[str, Any], work: Work) -> FileToFetch | Attachment | None:
        """The file that this update brings, or why it is not to be fetched; None where there is none to take."""
        update = self._read(raw)
        actor = self._actor(update, work)
        return attachments.plan(update, actor, self._talk(update)[1]) if actor else None

    def refuse(self, raw: dict[str, Any], error: DomainError, work: Work) -> Replies:
        """What a person reads when a rule said no."""
        update = self._read(raw)
        return errors.refusal(update, error, work, self._actor(update, work), self._talk(update))

    def apologise(self, raw: dict[str, Any], incident: str) -> Replies:
        """What a person reads when the product failed on their update."""
        return errors.apology(self._read(raw), incident)

    def current(self, raw: dict[str, Any], work: Work) -> Replies:
        """The screen on which the sender stands now, for an update that was handled but perhaps never answered."""
        update = self._read(raw)
        _, chat_id = errors.sender(update)
        actor = self._actor(update, work)
        if actor is None or chat_id != actor.person.telegram_id:
            return []
        words = errors.words_for(actor, None)
        return [say(chat_id, screens.current(work, actor, words, *self._talk(update)))]

    def _feed(self, update: Update, work: Work, attachment: Attachment | None) -> Replies:
        result = self._run(self._dispatcher.feed_update(self._bot, update, work=work, attachment=attachment))
        return list(result) if result is not UNHANDLED and result else []

    def _named_button(self, update: Update, work: Work) -> str | None:
        """The data of the button on the sender's screen whose own words were typed."""
        if update.message is None or not typed_button.may_name(update):
            return None
        state, data = self._talk(update)
        actor = self._actor(update, work) if state in typed_button.STATES else None
        if actor is None:
            return None
        screen = screens.current(work, actor, errors.words_for(actor, None), state, data)
        return typed_button.named(update.message.text or "", screen, state)

    @staticmethod
    def _actor(update: Update, work: Work) -> Member | None:
        """The member who sent it; None for strangers, and for everybody while no bloc has been imported."""
        user, _ = errors.sender(update)
        try:
            return work.people.member(user.id) if user else None
        except NoBloc:
            return None

    def _read(self, raw: dict[str, Any]) -> Update:
        return Update.model_validate(raw, context={"bot": self._bot})

    def _talk(self, update: Update) -> tuple[str | None, dict[str, Any]]:
        user, chat_id = errors.sender(update)
        if user is None or chat_id is None:
            return None, {}
        key = StorageKey(bot_id=self._bot.id, chat_id=chat_id, user_id=user.id)
        storage = self._dispatcher.storage
        return self._run(storage.get_state(key)), self._run(storage.get_data(key))

    def _run(self, work: Any) -> Any:
        own = getattr(self._thread, "own", None)
        if own is None:
            own = self._thread.own = _Loop()
        return own.loop.run_until_complete(work)


class _Loop:
    """A thread's event loop, closed with the thread (or the desk) that it belongs to."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.loop.close()
