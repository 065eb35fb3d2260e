"""What people say of an answer (👍, 👎), and the counting of what is asked."""

from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.methods import EditMessageReplyMarkup
from aiogram.types import CallbackQuery, Message

from bot.actions import mark_of
from bot.buttons.ask import PassOn
from bot.buttons.contact import AskSecretariat
from bot.buttons.questions import RateAnswer
from bot.domain.errors import StaleButton
from bot.domain.knowledge import Answer, AnswerState
from bot.domain.people import Member, Role
from bot.usecases.ports.work import Work
from bot.usecases.questions import CountAsked, NoteChosen, Rate
from bot.words import Words
from handlers.filters import IsMember, Private, Tapped
from handlers.replies import Replies, notify
from handlers.views import feedback as views


def build() -> Router:
    router = Router(name="feedback")
    router.callback_query.register(rate, Tapped(RateAnswer), Private(), IsMember())
    return router


def counted(work: Work, question: str, answer: Answer, words: Words, *, alone: bool = True) -> dict[str, Any]:
    """Count a question that was just answered; what the conversation has to remember of it."""
    if answer.html == words("ask.what"):  # a greeting asks for nothing
        return {"missed": 0, "offered": []}
    missed = CountAsked(work)(question, answer, alone=alone)
    offered = [entry for entry, _ in answer.choices] if answer.state is AnswerState.CHOOSE else []
    return {"missed": missed, "offered": offered}


def chosen(work: Work, entry: str, data: dict[str, Any]) -> dict[str, Any]:
    """Count a line that was opened, if it was offered for the last question; once a question."""
    if entry not in data.get("offered", ()):
        return {}
    NoteChosen(work)(entry, int(data.get("missed", 0)))
    return {"missed": 0, "offered": []}


async def rate(
    query: CallbackQuery, action: RateAnswer, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    if action.up not in (0, 1):
        raise StaleButton()
    held = str((await state.get_data()).get("question", ""))
    question = held if mark_of(held) == action.mark else ""
    changed = Rate(work)(actor, action.mark, action.entry, up=bool(action.up), question=question)
    said = "feedback.good" if action.up else "feedback.bad"
    replies: Replies = [notify(query, words.plain(said if changed else "feedback.same"))]
    offer = None
    if not action.up and actor.roles != {Role.SECRETARY}:
        offer = PassOn(action.mark) if question else AskSecretariat()
    if isinstance(query.message, Message) and query.message.reply_markup:
        marked = views.marked(query.message.reply_markup, action, offer, words)
        if marked != query.message.reply_markup:
            message = query.message
            replies.append(
                EditMessageReplyMarkup(chat_id=message.chat.id, message_id=message.message_id, reply_markup=marked)
            )
    return replies
