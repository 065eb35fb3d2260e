"""Questions: /hoi and free text. The last router, so that whatever another feature waits for goes there first."""

import re
from contextlib import suppress
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message

from bot.actions import mark_of
from bot.buttons.ask import AddToCalendar, OpenAnswer, PassOn
from bot.domain.classified import Verdict, verdict
from bot.domain.contact import LONGEST_LETTER
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.knowledge import Answer
from bot.domain.people import Member, Role
from bot.domain.typed_own_state import asks_own_state
from bot.usecases import contact
from bot.usecases.ask import Ask, EntryGone, OpenEntry
from bot.usecases.deadline import for_unit
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import calendar_file, feedback, own, recall, screens
from handlers.assessment.asked import item_on_screen
from handlers.assessment.talk import Filling, Talk
from handlers.commands import ToThisBot, anywhere
from handlers.filters import ForBot, InGroup, IsMember, Private, Tapped
from handlers.library import LIBRARY
from handlers.replies import Replies, Screen, notify, put, say
from handlers.screens import screen
from handlers.status import status_screen
from handlers.views import ask as views
from handlers.views.feedback import rated

_MENTION = re.compile(r"@\w+")


class Asking(StatesGroup):
    """`waiting` for a question after a bare /hoi; `answered`: the last one is on the screen."""

    waiting = State()
    answered = State()


FREE = StateFilter(None, Asking.waiting, Asking.answered)
# A form's screen of buttons waits for no words either: a leader who has just approved may ask without leaving it.
NOTHING_TO_TYPE = StateFilter(None, Asking.waiting, Asking.answered, Filling.menu)
# Steps of a form where something is typed; questions are let through to here (handlers.assessment.asked).
STEPS: Final = (
    Filling.part,
    Filling.evidence,
    Filling.explanation,
    Filling.section,
    Filling.addressee,
    Filling.vouching,
)
# Steps that are shown again below an answer: whoever asks in the middle of a form goes on where it was left.
SHOWN_AGAIN: Final = frozenset(state.state for state in (*STEPS, Filling.report, Filling.reason))


def build() -> Router:
    router = Router(name="ask")
    router.message.register(ask_by_command, anywhere("hoi"), ToThisBot(), IsMember())
    router.callback_query.register(open_answer, Tapped(OpenAnswer), IsMember())
    router.callback_query.register(pass_on, Tapped(PassOn), Private(), IsMember())
    router.callback_query.register(add_to_calendar, Tapped(AddToCalendar), Private(), IsMember())
    router.message.register(ask_in_group, InGroup(), ForBot(), F.text, ~F.text.startswith("/"), IsMember())
    router.message.register(unknown_command, Private(), FREE, F.text.startswith("/"), IsMember())
    router.message.register(ask_freely, Private(), NOTHING_TO_TYPE, F.text, ~F.text.startswith("/"), IsMember())
    router.message.register(ask_in_step, Private(), StateFilter(*STEPS), F.text, ~F.text.startswith("/"), IsMember())
    return router


async def ask_by_command(
    message: Message, command: CommandObject, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    question = (command.args or "").strip()
    alone = message.chat.type == "private"
    if not question:
        if alone and await _is_free(state):
            await state.set_state(Asking.waiting)
        return [say(message.chat.id, views.asking(words), reply_to=None if alone else message.message_id)]
    if not alone:
        return [_in_group(message, actor, question, work, words)]
    return await _answer_and_go_on(message, actor, question, work, words, state)


async def ask_freely(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    held = await state.get_state()
    said = await _answer(message.chat.id, actor, message.text or "", work, words, state)
    if held == Filling.menu.state and said.text == words("ask.what"):  # a figure, typed where no question waits for it
        shown = screens.current(work, actor, words, held, await state.get_data())
        return [say(message.chat.id, words("home.buttons-only")), say(message.chat.id, shown)]
    return [said]


async def ask_in_step(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    """A question where a value is waited for: it means the item on the screen, and the step waits on."""
    return await _answer_and_go_on(message, actor, message.text or "", work, words, state)


async def _answer_and_go_on(
    message: Message, actor: Member, question: str, work: Work, words: Words, state: FSMContext
) -> Replies:
    said = await _answer(message.chat.id, actor, question, work, words, state)
    held = await state.get_state()
    if held not in SHOWN_AGAIN:
        return [said]
    shown = screens.current(work, actor, words, held, await state.get_data())
    if held not in (Filling.vouching.state, Filling.reason.state):  # what waits there belongs to an older revision
        with suppress(NotAllowed, StaleButton, KeyError):  # a form that this person may not see any more
            shown = await Talk(work, actor, words, state).again()
    return [said, say(message.chat.id, shown)]


async def ask_in_group(message: Message, actor: Member, work: Work, words: Words) -> Replies:
    """Only when the bot is spoken to; nothing is remembered about anybody there."""
    question = _MENTION.sub(" ", message.text or "").strip()
    if not question:
        return [say(message.chat.id, views.asking(words), reply_to=message.message_id)]
    return [_in_group(message, actor, question, work, words)]


async def unknown_command(message: Message, words: Words) -> Replies:
    return [say(message.chat.id, words("ask.unknown-command"))]


async def open_answer(
    query: CallbackQuery, action: OpenAnswer, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    alone = query.message is None or query.message.chat.type == "private"
    data = await state.get_data()
    # Only what was offered for the question is about it; an older button or a related line is opened as it stands.
    question = str(data.get("question", "")) if alone and action.entry in data.get("offered", ()) else ""
    answer = OpenEntry(work, LIBRARY)(actor, action.entry, words, question)
    if not alone:
        return put(query, views.in_group(answer, words))
    on_screen = await _below(state)
    chosen = feedback.chosen(work, action.entry, data)
    await state.update_data({**recall.remembered(question, action.entry, work.now), **chosen})
    return put(query, _screen(answer, question, actor, work, words, on_screen=on_screen))


async def pass_on(
    query: CallbackQuery, action: PassOn, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """The question goes to every secretary once, by the same way as any message to the secretariat."""
    data = await state.get_data()
    question = str(data.get("question", ""))
    if not question or mark_of(question) != action.mark:
        raise StaleButton()
    if data.get("passed_on") == action.mark:
        return [notify(query, words.plain("ask.sent-already"))]
    contact.Ask(work)(actor, question[:LONGEST_LETTER])
    await state.update_data(passed_on=action.mark)
    return put(query, views.passed_on(words))


async def add_to_calendar(
    query: CallbackQuery, action: AddToCalendar, actor: Member, work: Work, words: Words
) -> Replies:
    """The file comes below; the answer that was tapped stays."""
    found = next((each for each in work.bloc.milestones if each.key == action.key), None)
    if found is None:
        raise EntryGone()
    own = {for_unit(work, found, unit) for unit in actor.units}
    found = own.pop() if len(own) == 1 else found  # the unit's own day, where it was given more time
    return [query.answer(), calendar_file.send(query.from_user.id, found, work.bloc, words, now=work.now)]


async def _answer(
    chat_id: int, actor: Member, question: str, work: Work, words: Words, state: FSMContext
) -> SendMessage:
    if asks_own_state(question):
        return say(chat_id, status_screen(work, actor, words))
    data = await state.get_data()
    before, on_screen = recall.before(data, work.now), await _below(state)
    answer = Ask(work, LIBRARY)(actor, question, words, before=before, about=item_on_screen(data))
    if await _is_free(state):  # a question in the middle of something else leaves that where it is
        await state.set_state(Asking.answered)
    counted = feedback.counted(work, question, answer, words)
    kept = "" if verdict(question) is Verdict.STAMPED else question  # what bears a stamp is kept nowhere
    await state.update_data({**recall.remembered(kept, answer.entry, work.now), "passed_on": "", **counted})
    return say(chat_id, _screen(answer, question, actor, work, words, on_screen=on_screen))


async def _below(state: FSMContext) -> str:
    """The code of the item whose step is shown below the answer; empty where none is."""
    return item_on_screen(await state.get_data()) if await state.get_state() in SHOWN_AGAIN else ""


def _screen(answer: Answer, question: str, actor: Member, work: Work, words: Words, *, on_screen: str = "") -> Screen:
    """An answer in a private chat, joined with how the person's own units stand, to be rated."""
    mine = own.about(answer.entry, actor, work, words, on_screen=on_screen, answer=answer.text)
    shown = views.answered(answer, question, words, passes_on=_passes_on(actor), own=mine)
    return rated(shown, answer, question, words)


def _in_group(message: Message, actor: Member, question: str, work: Work, words: Words) -> Any:
    answer = Ask(work, LIBRARY)(actor, question, words)
    feedback.counted(work, question, answer, words, alone=False)
    return say(message.chat.id, views.in_group(answer, words), reply_to=message.message_id)


def _passes_on(actor: Member) -> bool:
    """Whoever is the secretariat and nothing else has nobody to pass a question on to."""
    return actor.roles != {Role.SECRETARY}


async def _is_free(state: FSMContext) -> bool:
    return await state.get_state() in (None, Asking.waiting.state, Asking.answered.state)


@screen(Asking.waiting)
def _waiting(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    return views.asking(words)


@screen(Asking.answered)
def _answered(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    """The last question answered again, from the data as it is now."""
    question, entry = str(data.get("question", "")), str(data.get("entry", ""))
    if data.get("passed_on"):
        return views.passed_on(words)
    answer = Ask(work, LIBRARY)(actor, question, words)
    if entry and answer.entry != entry:  # chosen by a tap, or meant together with the question before
        with suppress(EntryGone):
            answer = OpenEntry(work, LIBRARY)(actor, entry, words, question)
    return _screen(answer, question, actor, work, words)
