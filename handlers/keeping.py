"""Keeping an answer of the secretariat: as a new note, or as another phrasing; always after a look at the text."""

import re
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.buttons.questions import (
    BeginNote,
    BeginPhrasing,
    DropDraft,
    KeepNotNow,
    PickLine,
    SaveNote,
    SavePhrasing,
    TypeAnew,
)
from bot.domain.calendar import local
from bot.domain.errors import StaleButton
from bot.domain.keeping import Draft
from bot.domain.people import Member
from bot.usecases import keeping as usecases
from bot.usecases.ask import OpenEntry
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import screens
from handlers.filters import Private, Tapped
from handlers.library import LIBRARY
from handlers.questions import list_screen
from handlers.replies import Replies, Screen, put, say
from handlers.screens import screen
from handlers.views import keeping as views

_DATED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
VIETNAMESE = Words("vi")  # what is kept is the bloc's own data, in whatever language the secretary reads the screens


class Keeping(StatesGroup):
    """data: `source`, and what was typed to find a line (`sought`). The draft itself lies in its table."""

    question = State()
    answer = State()
    origin = State()
    reviewing = State()  # the whole note is on the screen
    phrasing = State()
    finding = State()  # choosing the line, by a button or by words
    confirming = State()  # the phrasing and its line are on the screen


STATES = {
    "question": Keeping.question,
    "answer": Keeping.answer,
    "origin": Keeping.origin,
    "phrasing": Keeping.phrasing,
}
FIELDS = {each.state: field for field, each in STATES.items()}


def build() -> Router:
    router = Router(name="keeping")
    router.callback_query.register(begin_note, Tapped(BeginNote), Private())
    router.callback_query.register(begin_phrasing, Tapped(BeginPhrasing), Private())
    router.callback_query.register(not_now, Tapped(KeepNotNow), Private())
    router.callback_query.register(type_anew, Tapped(TypeAnew), Private())
    router.callback_query.register(pick_line, Tapped(PickLine), Private())
    router.callback_query.register(save_note, Tapped(SaveNote), Private())
    router.callback_query.register(save_phrasing, Tapped(SavePhrasing), Private())
    router.callback_query.register(drop, Tapped(DropDraft), Private())
    words_typed = (F.text, ~F.text.startswith("/"), Private())
    router.message.register(find, StateFilter(Keeping.finding), *words_typed)
    router.message.register(typed, StateFilter(*STATES.values()), *words_typed)
    return router


# -- a new note ------------------------------------------------------------------------------------------------


async def begin_note(
    query: CallbackQuery, action: BeginNote, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    draft = usecases.OpenDraft(work)(actor, action.source, _origin(work, action.source))
    return put(query, await _note_step(draft, work, words, state))


async def _note_step(draft: Draft, work: Work, words: Words, state: FSMContext) -> Screen:
    """The whole note to look at; before that, whatever it still lacks."""
    await state.set_state(Keeping.reviewing if draft.answer else Keeping.answer)
    await state.set_data({"source": draft.source})
    return _note_screen(draft, work, words) if draft.answer else views.type_field(draft, "answer", words)


def _note_screen(draft: Draft, work: Work, words: Words) -> Screen:
    personal = usecases.LooksPersonal(work)(draft.source, f"{draft.question}\n{draft.answer}\n{draft.origin}")
    return views.note(draft, usecases.note_mark(draft), personal, words, ready=usecases.ready(draft))


def _origin(work: Work, source: str) -> str:
    """Who answered, and when: the letter's own date where there is one."""
    letter = usecases.letter_of(work, source)
    at = letter.answered_at if letter and letter.answered_at else work.now
    return VIETNAMESE.plain("keeping.origin", day=local(at).date())


async def save_note(
    query: CallbackQuery, action: SaveNote, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    note = usecases.KeepNote(work)(actor, action.source, action.mark)
    await state.clear()
    answered = usecases.TryOut(work, LIBRARY)(note.question, note.id, words)
    return put(query, views.saved_note(note, words, answered=answered))


# -- another phrasing ------------------------------------------------------------------------------------------


async def begin_phrasing(
    query: CallbackQuery, action: BeginPhrasing, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    draft = usecases.OpenDraft(work)(actor, action.source, _origin(work, action.source))
    await state.set_state(Keeping.finding)
    await state.set_data({"source": draft.source, "sought": ""})
    return put(query, _finding(work, actor, words, draft, ""))


def _finding(work: Work, actor: Member, words: Words, draft: Draft, sought: str) -> Screen:
    found = usecases.FindLines(work, LIBRARY)(actor, sought or draft.phrasing, words)
    return views.find(draft, found, sought, words)


async def find(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    try:
        draft = usecases.OpenDraft(work)(actor, str((await state.get_data()).get("source", "")))
    except StaleButton as error:
        return await _over(message, error, words, state)
    sought = (message.text or "").strip()
    await state.update_data(sought=sought)
    return [say(message.chat.id, _finding(work, actor, words, draft, sought))]


async def pick_line(
    query: CallbackQuery, action: PickLine, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    draft = usecases.PickLine(work)(actor, action.source, action.entry)
    return put(query, await _phrasing_step(draft, work, actor, words, state))


async def _phrasing_step(draft: Draft, work: Work, actor: Member, words: Words, state: FSMContext) -> Screen:
    """The phrasing with its line to look at; the choice of a line where there is none."""
    chosen = work.bloc.holds(draft.entry)
    await state.set_state(Keeping.confirming if chosen else Keeping.finding)
    await state.set_data({"source": draft.source, "sought": ""})
    return _phrasing_screen(draft, work, actor, words) if chosen else _finding(work, actor, words, draft, "")


def _phrasing_screen(draft: Draft, work: Work, actor: Member, words: Words) -> Screen:
    personal = usecases.LooksPersonal(work)(draft.source, draft.phrasing)
    line = OpenEntry(work, LIBRARY)(actor, draft.entry, words)
    return views.phrasing(draft, line.text, usecases.phrasing_mark(draft), personal, words)


async def save_phrasing(
    query: CallbackQuery, action: SavePhrasing, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    kept = usecases.KeepPhrasing(work)(actor, action.source, action.mark)
    await state.clear()
    answered = usecases.TryOut(work, LIBRARY)(kept.text, kept.entry, words)
    return put(query, views.saved_phrasing(kept, work.bloc.heading(kept.entry), words, answered=answered))


# -- both ------------------------------------------------------------------------------------------------------


async def type_anew(
    query: CallbackQuery, action: TypeAnew, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    if action.field not in STATES:
        raise StaleButton()
    draft = usecases.OpenDraft(work)(actor, action.source, _origin(work, action.source))
    await state.set_state(STATES[action.field])
    await state.set_data({"source": draft.source})
    return put(query, views.type_field(draft, action.field, words))


async def typed(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    source, field = str((await state.get_data()).get("source", "")), FIELDS[await state.get_state()]
    text = message.text or ""
    if field == "origin" and text.strip() and not _DATED.search(text):  # every answer names its source with a date
        text = VIETNAMESE.plain("keeping.dated", text=text.strip(), day=local(work.now).date())
    try:
        draft = usecases.EditDraft(work)(actor, source, field, text)
    except StaleButton as error:
        return await _over(message, error, words, state)
    if field == "phrasing":
        return [say(message.chat.id, await _phrasing_step(draft, work, actor, words, state))]
    return [say(message.chat.id, await _note_step(draft, work, words, state))]


async def _over(message: Message, error: StaleButton, words: Words, state: FSMContext) -> Replies:
    """Somebody else has handled it: out of the conversation, or every message would be refused."""
    await state.clear()
    return [say(message.chat.id, words(error.key, **error.params))]


async def drop(
    query: CallbackQuery, action: DropDraft, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    usecases.DropDraft(work)(actor, action.source)
    await state.clear()
    return put(query, list_screen(work, actor, words), words.plain("keeping.dropped"))


async def not_now(
    query: CallbackQuery, action: KeepNotNow, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    usecases.KeepNothing(work)(actor, action.source)
    await state.clear()
    return put(query, list_screen(work, actor, words), words.plain("keeping.not-kept"))


# -- where a secretary stands ----------------------------------------------------------------------------------


def _held(work: Work, actor: Member, data: dict[str, Any]) -> Draft | None:
    return work.drafts.find(actor.person.id, str(data.get("source", ""))) if actor.is_secretary else None


def _standing(field: str) -> screens.Render:
    def render(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
        draft = _held(work, actor, data)
        return views.type_field(draft, field, words) if draft else screens.current(work, actor, words, None, {})

    return render


for _field, _state in STATES.items():
    screen(_state)(_standing(_field))


@screen(Keeping.reviewing)
def _reviewing(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    draft = _held(work, actor, data)
    return _note_screen(draft, work, words) if draft else screens.current(work, actor, words, None, {})


@screen(Keeping.finding)
def _choosing(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    draft = _held(work, actor, data)
    if draft is None:
        return screens.current(work, actor, words, None, {})
    return _finding(work, actor, words, draft, str(data.get("sought", "")))


@screen(Keeping.confirming)
def _confirming(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    draft = _held(work, actor, data)
    if draft is None or not work.bloc.holds(draft.entry):
        return screens.current(work, actor, words, None, {})
    return _phrasing_screen(draft, work, actor, words)
