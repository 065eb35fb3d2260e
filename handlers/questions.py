"""The secretariat's list of questions: `/cauhoi`; and what was kept of its answers."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons.questions import (
    AskCloseLetter,
    AskTakeBack,
    ConfirmCloseLetter,
    ConfirmTakeBack,
    DismissQuestion,
    ListKept,
    ShowKept,
    ShowQuestion,
    ShowQuestions,
)
from bot.domain.errors import NotAllowed
from bot.domain.knowledge import KeptPhrasing
from bot.domain.people import Member
from bot.usecases import keeping
from bot.usecases import questions as usecases
from bot.usecases.contact import OpenLetter
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.filters import IsSecretary, Private, Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views import questions as views


def build() -> Router:
    router = Router(name="questions")
    router.message.register(show, Command("cauhoi", ignore_mention=True), IsSecretary(), Private())
    router.message.register(not_yours, Command("cauhoi", ignore_mention=True), Private())
    router.callback_query.register(show_again, Tapped(ShowQuestions), Private())
    router.callback_query.register(show_one, Tapped(ShowQuestion), Private())
    router.callback_query.register(dismiss, Tapped(DismissQuestion), Private())
    router.callback_query.register(ask_close, Tapped(AskCloseLetter), Private())
    router.callback_query.register(close, Tapped(ConfirmCloseLetter), Private())
    router.callback_query.register(list_kept, Tapped(ListKept), Private())
    router.callback_query.register(show_kept, Tapped(ShowKept), Private())
    router.callback_query.register(ask_take_back, Tapped(AskTakeBack), Private())
    router.callback_query.register(take_back, Tapped(ConfirmTakeBack), Private())
    return router


def list_screen(work: Work, actor: Member, words: Words, page: int = 0) -> Screen:
    """Raises NotAllowed."""
    held = usecases.ListQuestions(work)(actor)
    senders = {q.letter.id: work.people.person(q.letter.person_id) for q in held.open if q.letter}
    return views.overview(held, senders, words, page)


async def show(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return [say(message.chat.id, list_screen(work, actor, words))]


async def not_yours(message: Message) -> Replies:
    raise NotAllowed()


async def show_again(
    query: CallbackQuery, action: ShowQuestions, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    shown = list_screen(work, actor, words, action.page)
    await state.clear()
    return put(query, shown)


async def show_one(query: CallbackQuery, action: ShowQuestion, work: Work, actor: Member, words: Words) -> Replies:
    found = usecases.FindQuestion(work)(actor, action.source)
    sender = work.people.person(found.letter.person_id) if found.letter else None
    headings = [work.bloc.heading(e) for e in (found.group.entries if found.group else ()) if work.bloc.holds(e)]
    return put(query, views.one(found, sender, headings, words))


async def dismiss(query: CallbackQuery, action: DismissQuestion, work: Work, actor: Member, words: Words) -> Replies:
    usecases.Dismiss(work)(actor, action.source)
    return put(query, list_screen(work, actor, words), words.plain("questions.dismissed"))


async def ask_close(query: CallbackQuery, action: AskCloseLetter, work: Work, actor: Member, words: Words) -> Replies:
    letter = OpenLetter(work)(actor, action.letter)
    return put(query, views.ask_close(letter, work.people.person(letter.person_id), words))


async def close(query: CallbackQuery, action: ConfirmCloseLetter, work: Work, actor: Member, words: Words) -> Replies:
    usecases.CloseLetter(work)(actor, action.letter)
    return put(query, list_screen(work, actor, words), words.plain("questions.closed"))


# -- what was kept ---------------------------------------------------------------------------------------------


async def list_kept(query: CallbackQuery, action: ListKept, work: Work, actor: Member, words: Words) -> Replies:
    return put(query, views.kept(keeping.ListKept(work)(actor), work.bloc, words, action.page))


async def show_kept(query: CallbackQuery, action: ShowKept, work: Work, actor: Member, words: Words) -> Replies:
    found = keeping.FindKept(work)(actor, action.kept)
    return put(query, views.one_kept(found, work.bloc, words))


async def ask_take_back(query: CallbackQuery, action: AskTakeBack, work: Work, actor: Member, words: Words) -> Replies:
    found = keeping.FindKept(work)(actor, action.kept)
    return put(query, views.ask_take_back(found, action.version, words))


async def take_back(query: CallbackQuery, action: ConfirmTakeBack, work: Work, actor: Member, words: Words) -> Replies:
    gone = keeping.TakeBack(work)(actor, action.kept, action.version)
    key = "keeping.taken-back-phrasing" if isinstance(gone, KeptPhrasing) else "keeping.taken-back"
    return put(query, views.taken_back(words(key, id=gone.id), words))
