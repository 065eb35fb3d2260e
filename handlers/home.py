"""Home, help, language, leaving a conversation, reaching the secretariat; and at the very end whatever nobody took."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiogram import BaseMiddleware, F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.buttons.contact import AnswerLetter, AskSecretariat, DropAnswer, ShowLetters
from bot.buttons.home import GoHome, SetLanguage, ShowHelp
from bot.domain.contact import Letter
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.files import Attachment
from bot.domain.people import Member, Person
from bot.domain.questions import source_of_letter
from bot.usecases import contact as use
from bot.usecases.appraisal_unit import OpenRequests
from bot.usecases.contact import Answer, Ask, known_units
from bot.usecases.people import ChooseLanguage
from bot.usecases.ports.work import Work
from bot.usecases.status import StatusOfBloc, StatusOfUnit, WaitingForMe
from bot.words import Words
from handlers import menus, screens
from handlers.ask import Asking
from handlers.errors import words_for
from handlers.filters import InGroup, IsMember, Private, Tapped
from handlers.replies import Replies, Screen, notify, put, say
from handlers.screens import screen
from handlers.views import home as views
from handlers.views.appraisal.unit import file_for_request
from handlers.views.keeping import offer


class Contact(StatesGroup):
    writing = State()  # a member writes to the secretariat
    answering = State()  # a secretary writes back; data: letter


def build() -> Router:
    router = Router(name="home")
    router.message.register(show_help, Command("trogiup", "help", ignore_mention=True), Private())
    router.message.register(leave_talk, Command("huy", ignore_mention=True), Private())
    router.message.register(ask_language, Command("ngonngu", ignore_mention=True), Private())
    router.callback_query.register(go_home, Tapped(GoHome), Private())
    router.callback_query.register(show_help_again, Tapped(ShowHelp), Private())
    router.callback_query.register(set_language, Tapped(SetLanguage), Private())
    router.callback_query.register(write_letter, Tapped(AskSecretariat), Private())
    router.callback_query.register(write_answer, Tapped(AnswerLetter), Private())
    router.callback_query.register(drop_answer, Tapped(DropAnswer), Private())
    router.callback_query.register(show_letters, Tapped(ShowLetters), Private())
    router.message.register(send_letter, StateFilter(Contact.writing), F.text, ~F.text.startswith("/"), Private())
    router.message.register(send_answer, StateFilter(Contact.answering), F.text, ~F.text.startswith("/"), Private())
    return router


def build_last() -> Router:
    """Whatever no route took: an old or foreign button, an unknown command, a sticker, a file that nobody asked for."""
    router = Router(name="last")
    router.callback_query.register(old_button, IsMember(), Private())
    router.callback_query.register(old_button_in_group, InGroup())
    router.message.register(unknown_command, F.text.startswith("/"), IsMember(), Private())
    router.message.register(not_asked_for, IsMember(), Private())
    router.edited_message.register(edited, IsMember(), Private())
    return router


# -- home --------------------------------------------------------------------------------------------------


@screen(None)
def home_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    units = [StatusOfUnit(work)(actor, code) for code in known_units(work, actor)]
    of_bloc = StatusOfBloc(work)(actor) if actor.is_secretary else None
    begun = _with_senders(work, use.BegunAnswers(work)(actor))
    return views.home(actor, work.bloc, units, WaitingForMe(work)(actor), of_bloc, words, begun)


async def go_home(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return put(query, home_screen(work, actor, words, {}))


async def show_help(message: Message, actor: Member, words: Words) -> Replies:
    """Help does not lead out of a conversation."""
    return [say(message.chat.id, views.help_screen(actor, words))]


async def show_help_again(query: CallbackQuery, actor: Member, words: Words) -> Replies:
    return put(query, views.help_screen(actor, words))


async def leave_talk(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    held = await state.get_state()
    await state.clear()
    home = home_screen(work, actor, words, {})
    key = "home.left-talk" if held else "home.no-talk"
    return [say(message.chat.id, words(key)), say(message.chat.id, home)]


async def ask_language(message: Message, words: Words) -> Replies:
    return [say(message.chat.id, views.language(words))]


async def set_language(
    query: CallbackQuery, action: SetLanguage, work: Work, actor: Member, state: FSMContext
) -> Replies:
    ChooseLanguage(work)(actor, action.language)
    member = work.people.member(actor.person.telegram_id)
    assert member is not None
    words = words_for(member, None)
    shown = screens.current(work, member, words, await state.get_state(), await state.get_data())
    return [*put(query, shown, words.plain("home.language-set")), menus.menu_of(member)]


# -- reaching the secretariat ------------------------------------------------------------------------------


async def write_letter(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.set_state(Contact.writing)
    await state.set_data({})
    return put(query, views.write_letter(words))


@screen(Contact.writing)
def writing_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    return views.write_letter(words)


async def send_letter(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    Ask(work)(actor, message.text or "")
    await state.clear()
    return [say(message.chat.id, views.letter_sent(words))]


async def write_answer(
    query: CallbackQuery, action: AnswerLetter, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    letter = use.BeginAnswer(work)(actor, action.letter)
    await state.set_state(Contact.answering)
    await state.set_data({"letter": letter.id})
    # The notice that was tapped holds the whole question: it stays as it is.
    return [query.answer(), say(query.from_user.id, views.write_answer(letter, _asker(work, letter.person_id), words))]


@screen(Contact.answering)
def answering_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    letter = work.letters.find(int(data.get("letter", 0)))
    if letter is None or letter.answered_at is not None or not actor.is_secretary:
        return home_screen(work, actor, words, {})
    return views.write_answer(letter, _asker(work, letter.person_id), words)


def _asker(work: Work, person_id: int) -> Person | None:
    return work.people.person(person_id)


async def send_answer(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    try:
        letter = Answer(work)(actor, int(data.get("letter", 0)), message.text or "")
    except StaleButton as error:  # somebody else has answered: out of the conversation, or every message is refused
        await state.clear()
        return [say(message.chat.id, words(error.key, **error.params))]
    await state.clear()
    source = source_of_letter(letter.id)
    return [say(message.chat.id, words("contact.answered")), say(message.chat.id, offer(source, words))]


async def drop_answer(
    query: CallbackQuery, action: DropAnswer, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    use.DropAnswer(work)(actor, action.letter)
    if await state.get_state() == Contact.answering.state:
        await state.clear()
    return put(query, home_screen(work, actor, words, {}))


async def show_letters(query: CallbackQuery, work: Work, actor: Member, words: Words) -> Replies:
    if not actor.is_secretary:
        raise NotAllowed()
    begun = {letter.id for letter in use.BegunAnswers(work)(actor)}
    return put(query, views.letters(_with_senders(work, work.letters.open()), words, begun))


def _with_senders(work: Work, letters: Iterable[Letter]) -> list[tuple[Letter, Person | None]]:
    return [(letter, work.people.person(letter.person_id)) for letter in letters]


class NamesBegunAnswer(BaseMiddleware):
    """Outer middleware on messages: a command that leads out of an answer says where the answer is found again."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        state: FSMContext | None = data.get("state")
        asked = isinstance(event, Message) and (event.text or "").startswith("/")
        if not asked or state is None or await state.get_state() != Contact.answering.state:
            return await handler(event, data)
        letter_id = int((await state.get_data()).get("letter", 0))
        replies = await handler(event, data)
        work, actor, words = data["work"], data["actor"], data["words"]
        begun = [letter for letter in use.BegunAnswers(work)(actor) if letter.id == letter_id] if actor else []
        if not isinstance(replies, list) or not begun or await state.get_state() == Contact.answering.state:
            return replies
        assert isinstance(event, Message)
        return [*replies, say(event.chat.id, views.put_aside(_with_senders(work, begun), words))]


# -- whatever nobody took ----------------------------------------------------------------------------------


async def old_button(query: CallbackQuery) -> Replies:
    raise StaleButton()


async def old_button_in_group(query: CallbackQuery, words: Words) -> Replies:
    return [notify(query, words.plain("home.old-button"))]


async def unknown_command(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    shown = screens.current(work, actor, words, await state.get_state(), await state.get_data())
    return [say(message.chat.id, words("home.unknown-command")), say(message.chat.id, shown)]


async def not_asked_for(
    message: Message,
    work: Work,
    actor: Member,
    words: Words,
    state: FSMContext,
    attachment: Attachment | None = None,
) -> Replies:
    if attachment and (asked := OpenRequests(work)(actor)):
        return [say(message.chat.id, file_for_request(asked, words))]
    key = "home.file-where" if attachment else "home.buttons-only" if message.text else "home.not-understood"
    held = await state.get_state()
    # Under the last answer nobody waits for anything: the ways to everything else help more than the answer again.
    standing = None if held == Asking.answered.state else held
    shown = screens.current(work, actor, words, standing, await state.get_data())
    return [say(message.chat.id, words(key)), say(message.chat.id, shown)]


async def edited(message: Message, words: Words) -> Replies:
    return [say(message.chat.id, words("home.edited"))]
