"""The secretary's roster: `/danhba`."""

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons.people import AskEnd, ConfirmEnd, MakeInvite, ShowRoster, ShowRosterUnit
from bot.clock import real_now
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.people import Member, Role
from bot.usecases.people import CreateInvite, EndMembership
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import menus
from handlers.filters import IsSecretary, Private, Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views import roster as views

BOT_USERNAME = "bot-username"  # a setting, written when the bot first hears its own name


def build() -> Router:
    router = Router(name="roster")
    router.message.register(show, Command("danhba", ignore_mention=True), IsSecretary(), Private())
    router.message.register(not_yours, Command("danhba", ignore_mention=True), Private())
    router.callback_query.register(show_again, Tapped(ShowRoster), Private())
    router.callback_query.register(show_unit, Tapped(ShowRosterUnit), Private())
    router.callback_query.register(make_invite, Tapped(MakeInvite), Private())
    router.callback_query.register(ask_end, Tapped(AskEnd), Private())
    router.callback_query.register(end, Tapped(ConfirmEnd), Private())
    return router


def _secretary(actor: Member) -> None:
    if not actor.is_secretary:
        raise NotAllowed()


def _overview(work: Work, actor: Member, words: Words) -> Screen:
    _secretary(actor)
    return views.overview(work.people.members(), work.people.blocked(), work.bloc, words)


def _unit(work: Work, actor: Member, words: Words, code: str | None) -> Screen:
    _secretary(actor)
    held = views.held_by_unit(work.people.members())
    if code is not None and code not in held and code not in {unit.code for unit in work.bloc.units}:
        raise StaleButton()
    return views.unit(code, held.get(code, ()), work.people.blocked(), work.bloc, words)


async def show(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return [say(message.chat.id, _overview(work, actor, words))]


async def not_yours(message: Message) -> Replies:
    raise NotAllowed()


async def show_again(query: CallbackQuery, work: Work, actor: Member, words: Words) -> Replies:
    return put(query, _overview(work, actor, words))


async def show_unit(query: CallbackQuery, action: ShowRosterUnit, work: Work, actor: Member, words: Words) -> Replies:
    return put(query, _unit(work, actor, words, action.unit or None))


async def make_invite(
    query: CallbackQuery, action: MakeInvite, work: Work, actor: Member, words: Words, bot: Bot
) -> Replies:
    try:
        role = Role(action.role)
    except ValueError:
        raise StaleButton() from None
    token = CreateInvite(work, real_now())(action.unit or None, role, actor=actor)
    me = getattr(bot, "_me", None)
    username = me.username if me else work.settings.read(BOT_USERNAME)
    return put(query, views.invite(token, action.unit or None, role, username, work.bloc, words))


async def ask_end(query: CallbackQuery, action: AskEnd, work: Work, actor: Member, words: Words) -> Replies:
    member, membership = EndMembership(work).find(actor, action.membership)
    return put(query, views.ask_end(member, membership, work.bloc, words))


async def end(query: CallbackQuery, action: ConfirmEnd, work: Work, actor: Member, words: Words) -> Replies:
    member, membership = EndMembership(work)(actor, action.membership)
    telegram_id = member.person.telegram_id
    menu = menus.refreshed(work.people.member(telegram_id), telegram_id)
    if member.person.id == actor.person.id:
        again = work.people.member(telegram_id)
        if again is None or not again.is_secretary:
            return [*put(query, Screen(words("roster.ended-own"))), menu]
    screen = _unit(work, actor, words, membership.unit)
    return [*put(query, screen, words.plain("roster.ended", name=member.person.name)), menu]
