"""Handing in: `/nop`. A unit's people choose a milestone, fill a bag, and hand it in."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message

from bot.actions import mark_of
from bot.buttons.files import DropFile, VouchForFile
from bot.buttons.handin import (
    DropText,
    KeepText,
    ListHandIns,
    OpenForUnit,
    OpenHandIn,
    RemovePiece,
    SendPiece,
    StartHandIn,
    SubmitHandIn,
    UnderstoodWarning,
)
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.files import Attachment, AttachmentState
from bot.domain.handin import HandIn, Piece, PieceKind, may_change, may_settle
from bot.domain.people import Member
from bot.usecases.contact import known_units
from bot.usecases.files import elsewhere_than_in_bag
from bot.usecases.handin import (
    Choice,
    ListMine,
    LookAt,
    LookIntoBag,
    NotWarnedYet,
    OpenBag,
    PutFile,
    PutText,
    ShowPiece,
    Submit,
    TakeOut,
    find_milestone,
)
from bot.usecases.ports.work import Work
from bot.words import Safe, Words
from handlers import receipts
from handlers.attachments import PENDING, as_pending, is_pending
from handlers.filters import Private, Tapped
from handlers.replies import Replies, Screen, hand_back, put, say
from handlers.screens import screen
from handlers.views import handin as views
from handlers.views import receipts as receipt_views
from handlers.views.assessment.common import lines
from handlers.views.files import seen

DOUBTFUL = "doubtful_words"  # key in the conversation data: a text that waits for the person's word
REFUSED = {
    AttachmentState.TOO_BIG: "handin.file-too-big",
    AttachmentState.CLASSIFIED: "handin.file-classified",
    AttachmentState.KIND_REFUSED: "handin.file-kind",
    AttachmentState.GONE: "handin.file-gone",
}


class HandingIn(StatesGroup):
    filling = State()  # data: hand_in, and what waits for the person's word


def build() -> Router:
    router = Router(name="handin")
    router.include_router(receipts.build())
    router.message.register(begin, Command("nop", ignore_mention=True), Private())
    router.callback_query.register(show_list, Tapped(ListHandIns), Private())
    router.callback_query.register(open_milestone, Tapped(OpenHandIn), Private())
    router.callback_query.register(open_for_unit, Tapped(OpenForUnit), Private())
    router.callback_query.register(open_bag, Tapped(StartHandIn), Private())
    router.callback_query.register(understood, Tapped(UnderstoodWarning), Private())
    router.callback_query.register(take_out, Tapped(RemovePiece), Private())
    router.callback_query.register(submit, Tapped(SubmitHandIn), Private())
    router.callback_query.register(send_piece, Tapped(SendPiece), Private())
    filling = StateFilter(HandingIn.filling)
    router.callback_query.register(vouch_for_file, Tapped(VouchForFile), filling, Private())
    router.callback_query.register(drop_file, Tapped(DropFile), filling, Private())
    router.callback_query.register(keep_text, Tapped(KeepText), filling, Private())
    router.callback_query.register(drop_text, Tapped(DropText), filling, Private())
    router.message.register(put_text, filling, F.text, ~F.text.startswith("/"), Private())
    router.message.register(put_anything_else, filling, ~F.text, Private())
    return router


# -- choosing ----------------------------------------------------------------------------------------------


def _list(work: Work, actor: Member, words: Words) -> Screen:
    known = known_units(work, actor)
    mine = [choice for unit in actor.fills if unit in known for choice in ListMine(work)(actor, unit)]
    if not actor.fills and actor.is_secretary:
        return receipts.milestones(work, actor, words)
    if not actor.fills:
        return views.only_liaisons(words, secretary=False)
    return views.listed(mine, work.bloc, work.now, words, secretary=actor.is_secretary)


async def begin(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return [say(message.chat.id, _list(work, actor, words))]


async def show_list(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    await state.clear()
    return put(query, _list(work, actor, words))


async def open_milestone(
    query: CallbackQuery, action: OpenHandIn, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    milestone = find_milestone(work.bloc, action.milestone)
    known = known_units(work, actor)
    units = [u for u in actor.fills or actor.units if u in known and may_settle(work.bloc, milestone, u)]
    if not units:
        raise NotAllowed()
    await state.clear()
    if len(units) > 1:
        return put(query, views.choose_unit(milestone, [work.bloc.unit(code) for code in units], words))
    return put(query, _one(work, actor, words, LookAt(work)(actor, milestone.key, units[0])))


async def open_for_unit(
    query: CallbackQuery, action: OpenForUnit, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    if action.unit not in actor.units:
        raise NotAllowed()
    await state.clear()
    return put(query, _one(work, actor, words, LookAt(work)(actor, action.milestone, action.unit)))


def _one(work: Work, actor: Member, words: Words, choice: Choice) -> Screen:
    return views.one(choice, work.bloc, work.now, words, fills=choice.unit.code in actor.fills)


# -- the bag -----------------------------------------------------------------------------------------------


async def open_bag(
    query: CallbackQuery, action: StartHandIn, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    try:
        held = OpenBag(work)(actor, action.milestone, action.unit, action.version)
    except NotWarnedYet:  # raised before anything was written
        return put(query, views.warning(LookAt(work)(actor, action.milestone, action.unit), words))
    return put(query, await _fill(state, held, work, words))


async def understood(
    query: CallbackQuery, action: UnderstoodWarning, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    work.assessments.warn(actor.person.id)
    held = OpenBag(work)(actor, action.milestone, action.unit, action.version)
    return put(query, await _fill(state, held, work, words))


async def _fill(state: FSMContext, held: HandIn, work: Work, words: Words, lead: Safe | None = None) -> Screen:
    await state.set_state(HandingIn.filling)
    await state.set_data({"hand_in": held.id})
    return views.bag(held, work.bloc, work.now, words, lead=lead)


@screen(HandingIn.filling)
def filling_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    """The bag; what waits for the person's word; or the milestone, once somebody has handed the bag in."""
    held = work.handins.find(int(data.get("hand_in", 0)))
    if held is None or held.unit not in actor.fills or held.unit not in known_units(work, actor):
        return _list(work, actor, words)
    if not held.is_draft:
        return _one(work, actor, words, LookAt(work)(actor, held.milestone, held.unit))
    if PENDING in data:
        return views.doubtful_file(data[PENDING]["name"], data[PENDING]["telegram_file_id"], words)
    if DOUBTFUL in data:
        return views.doubtful_text(data[DOUBTFUL], words)
    return views.bag(held, work.bloc, work.now, words)


async def _held(state: FSMContext) -> dict[str, Any]:
    data = await state.get_data()
    if "hand_in" not in data:
        raise StaleButton()
    return data


async def put_text(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data, text = await _held(state), message.text or ""
    held = PutText(work)(actor, data["hand_in"], text)
    if held is None:
        await state.update_data({DOUBTFUL: text})
        return [say(message.chat.id, views.doubtful_text(text, words))]
    lead = words("handin.put", n=len(held.pieces))
    return [say(message.chat.id, views.bag(held, work.bloc, work.now, words, lead=lead))]


async def put_anything_else(
    message: Message,
    work: Work,
    actor: Member,
    words: Words,
    state: FSMContext,
    attachment: Attachment | None = None,
) -> Replies:
    data = await _held(state)
    if attachment is None:
        return [say(message.chat.id, words("handin.not-taken"))]
    if attachment.state is AttachmentState.DOUBTFUL:
        LookIntoBag(work)(actor, data["hand_in"])
        await state.update_data({PENDING: as_pending(attachment)})
        return [say(message.chat.id, views.doubtful_file(attachment.name, attachment.telegram_file_id, words))]
    if attachment.state is not AttachmentState.STORED:
        return [say(message.chat.id, words(REFUSED[attachment.state], file=attachment.name))]
    held = PutFile(work)(actor, data["hand_in"], attachment)
    lead = _put(work, held, attachment, words)
    return [say(message.chat.id, views.bag(held, work.bloc, work.now, words, lead=lead))]


async def vouch_for_file(
    query: CallbackQuery,
    work: Work,
    actor: Member,
    words: Words,
    state: FSMContext,
    attachment: Attachment | None = None,
) -> Replies:
    data = await _held(state)
    if PENDING not in data or attachment is None:
        raise StaleButton()
    if attachment.state is not AttachmentState.STORED:
        await state.set_data({"hand_in": data["hand_in"]})
        key = REFUSED.get(attachment.state, "handin.file-gone")
        return put(query, Screen(words(key, file=attachment.name)))
    held = PutFile(work)(actor, data["hand_in"], attachment)
    work.trail.note("file vouched for", f"hand-in:{held.id}", by=actor.person.id, new={"digest": attachment.digest})
    lead = _put(work, held, attachment, words)
    return put(query, await _fill(state, held, work, words, lead))


def _put(work: Work, held: HandIn, attachment: Attachment, words: Words) -> Safe:
    taken = words("handin.put-file", file=attachment.name, n=len(held.pieces))
    return lines(taken, seen(elsewhere_than_in_bag(work, held, attachment.digest), work.bloc, None, words))


async def drop_file(
    query: CallbackQuery, action: DropFile, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    if not is_pending(await _held(state), action):
        raise StaleButton()
    return await _drop(query, work, actor, words, state)


async def drop_text(
    query: CallbackQuery, action: DropText, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    _doubted(await _held(state), action.mark)
    return await _drop(query, work, actor, words, state)


def _doubted(data: dict[str, Any], mark: str) -> str:
    """The words that wait. Raises StaleButton for a button that was made for others."""
    if DOUBTFUL not in data or mark_of(data[DOUBTFUL]) != mark:
        raise StaleButton()
    return str(data[DOUBTFUL])


async def _drop(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data = await _held(state)
    held = LookIntoBag(work)(actor, data["hand_in"])
    return put(query, await _fill(state, held, work, words, words("handin.dropped")))


async def keep_text(
    query: CallbackQuery, action: KeepText, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    data = await _held(state)
    held = PutText(work)(actor, data["hand_in"], _doubted(data, action.mark), vouched=True)
    assert held is not None
    work.trail.note("text vouched for", f"hand-in:{held.id}", by=actor.person.id, new={"piece": held.pieces[-1].id})
    return put(query, await _fill(state, held, work, words, words("handin.put", n=len(held.pieces))))


async def take_out(
    query: CallbackQuery, action: RemovePiece, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    held = TakeOut(work)(actor, action.hand_in, action.piece)
    return put(query, await _fill(state, held, work, words), words.plain("handin.taken-out"))


async def submit(
    query: CallbackQuery, action: SubmitHandIn, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    held = Submit(work)(actor, action.hand_in, action.revision)
    await state.clear()
    milestone = work.bloc.milestone(held.milestone)
    return put(query, views.receipt(held, work.bloc, words, may_change=may_change(milestone, held, work.now)))


# -- looking at a piece ------------------------------------------------------------------------------------


async def send_piece(query: CallbackQuery, action: SendPiece, work: Work, actor: Member, words: Words) -> Replies:
    unit, piece = ShowPiece(work)(actor, action.hand_in, action.piece)
    return [query.answer(), _piece(query.from_user.id, unit, piece, words)]


def _piece(chat_id: int, unit: str, piece: Piece, words: Words) -> TelegramMethod[Any]:
    """The file as what it was sent, or the whole text."""
    if piece.kind is not PieceKind.FILE:
        return say(chat_id, receipt_views.whole_text(piece, words))
    return hand_back(chat_id, piece.sent_as, piece.telegram_file_id, receipt_views.caption(piece, unit, words))
