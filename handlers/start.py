"""Joining by a one-time link, leaving, and whoever has not joined."""

from aiogram import F, Router
from aiogram.filters import BaseFilter, Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, TelegramObject

from bot.buttons.people import AskLeave, ConfirmLeave
from bot.clock import real_now
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases.people import Join, JoinOutcome, JoinResult, Leave, NoteBlocked
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import menus, screens
from handlers.errors import words_for
from handlers.filters import Private, Tapped
from handlers.replies import Replies, notify, put, say
from handlers.views import people as views

REFUSALS = {
    JoinOutcome.USED: "start.used",
    JoinOutcome.EXPIRED: "start.expired",
    JoinOutcome.TOO_MANY: "start.too-many",
}


class IsStranger(BaseFilter):
    async def __call__(self, event: TelegramObject, actor: Member | None = None) -> bool:
        return actor is None


def build() -> Router:
    """Strangers end here whatever they do, so that no later route need think of them."""
    router = Router(name="start")
    router.message.register(join, Command("start", ignore_mention=True, magic=F.args), Private())
    router.my_chat_member.register(blocked_or_back, F.chat.type == "private")
    router.message.register(stranger_writes, IsStranger(), Private())
    router.message.register(silence, IsStranger())
    router.edited_message.register(silence, IsStranger())
    router.callback_query.register(stranger_taps, IsStranger(), Private())
    router.callback_query.register(stranger_taps_in_group, IsStranger())
    router.message.register(start, Command("start", ignore_mention=True), Private())
    router.message.register(ask_which, Command("roikhoi", ignore_mention=True), Private())
    router.callback_query.register(ask_leave, Tapped(AskLeave), Private())
    router.callback_query.register(leave, Tapped(ConfirmLeave), Private())
    return router


async def join(
    message: Message, command: CommandObject, work: Work, actor: Member | None, words: Words, state: FSMContext
) -> Replies:
    user = message.from_user
    if user is None:
        return []
    result = Join(work, real_now())(
        (command.args or "").strip(),
        telegram_id=user.id,
        name=user.full_name,
        language=user.language_code or "",
    )
    if result.outcome in (JoinOutcome.JOINED, JoinOutcome.ALREADY):
        await state.clear()
        return _welcome(message, work, result)
    if result.outcome is JoinOutcome.UNKNOWN and actor is None:
        return [say(message.chat.id, views.stranger(words))]
    return [say(message.chat.id, words(REFUSALS.get(result.outcome, "start.unknown")))]


def _welcome(message: Message, work: Work, result: JoinResult) -> Replies:
    member = work.people.member(message.chat.id)
    assert member is not None
    assert result.membership is not None
    words = words_for(member, None)
    if result.outcome is JoinOutcome.ALREADY:
        home = screens.current(work, member, words, None, {})
        return [say(message.chat.id, words("start.already")), say(message.chat.id, home), menus.menu_of(member)]
    screen = views.joined(member, result.membership, work.bloc, words)
    return [say(message.chat.id, screen), menus.menu_of(member)]


async def blocked_or_back(event: ChatMemberUpdated, work: Work) -> Replies:
    NoteBlocked(work)(event.from_user.id, event.new_chat_member.status in ("kicked", "left"))
    return []


async def stranger_writes(message: Message, words: Words) -> Replies:
    return [say(message.chat.id, views.stranger(words))]


async def silence(message: Message) -> Replies:
    """Nothing of the bloc is said to people who were not invited, least of all in a group."""
    return []


async def stranger_taps(query: CallbackQuery, words: Words) -> Replies:
    return [notify(query, words.plain("start.stranger-taps")), say(query.from_user.id, views.stranger(words))]


async def stranger_taps_in_group(query: CallbackQuery, words: Words) -> Replies:
    return [notify(query, words.plain("start.stranger-taps"))]


async def start(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    home = screens.current(work, actor, words, None, {})
    return [say(message.chat.id, home), menus.menu_of(actor)]


async def ask_which(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return [say(message.chat.id, views.leaving(actor, work.bloc, words))]


async def ask_leave(query: CallbackQuery, action: AskLeave, work: Work, actor: Member, words: Words) -> Replies:
    held = next((m for m in actor.memberships if m.id == action.membership), None)
    if held is None:
        raise StaleButton()
    return put(query, views.ask_leave(held, work.bloc, words))


async def leave(
    query: CallbackQuery, action: ConfirmLeave, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    held = Leave(work)(actor, action.membership)
    await state.clear()
    member = work.people.member(actor.person.telegram_id)
    screen = views.left(held, work.bloc, words, entirely=member is None)
    return [*put(query, screen), menus.refreshed(member, actor.person.telegram_id)]
