"""The routing table, on one screen."""

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseStorage
from aiogram.fsm.strategy import FSMStrategy

from handlers import (
    appraisal,
    ask,
    assessment,
    broadcast,
    calendar,
    criteria,
    feedback,
    handin,
    home,
    keeping,
    questions,
    reminders,
    roster,
    start,
    status,
)
from handlers.gate import Gate
from handlers.left_behind import SaysWhatWasLeft
from handlers.recall import EndsWithCommand


def build_router() -> Router:
    """First match wins. A new feature is one line; what nobody wanted stays last."""
    root = Router(name="root")
    for feature in (
        start,  # joining; strangers end here
        home,  # /trogiup, /huy, /ngonngu
        assessment,
        appraisal,
        handin,
        status,
        reminders,
        broadcast,
        roster,
        questions,
        keeping,
        feedback,
        criteria,
        calendar,
        ask,  # free text
    ):
        root.include_router(feature.build())
    root.include_router(home.build_last())  # old buttons, unknown commands, whatever nobody took
    return root


def build_dispatcher(storage: BaseStorage) -> Dispatcher:
    """The Dispatcher of the product. Order within a chat is kept by the answerer, so no isolation is needed here."""
    dispatcher = Dispatcher(storage=storage, fsm_strategy=FSMStrategy.USER_IN_CHAT)
    dispatcher.update.outer_middleware(Gate())
    dispatcher.message.outer_middleware(EndsWithCommand())
    dispatcher.message.outer_middleware(home.NamesBegunAnswer())
    dispatcher.message.outer_middleware(SaysWhatWasLeft())
    dispatcher.callback_query.outer_middleware(SaysWhatWasLeft())
    dispatcher.include_router(build_router())
    return dispatcher
