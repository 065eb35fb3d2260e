"""Review, the leader's decision, the receipt, and back to a draft."""

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons import assessment as buttons
from bot.domain.assessment import Assessment, EvidenceKind, Stage
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.people import Member, Role
from bot.usecases.assessment_approval import (
    Approve,
    NoLeader,
    Propose,
    Reopen,
    Return,
    TakeBack,
    in_time_to_reopen,
    is_announced,
)
from bot.usecases.assessment_form import ListReceipts, ReadForm
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import form_file
from handlers.assessment.talk import Filling, Talk
from handlers.filters import Tapped
from handlers.replies import Replies, hand_over, put, say
from handlers.views.assessment.evidence import named


def add(router: Router) -> None:
    router.message.register(reason, Filling.reason, F.text, ~F.text.startswith("/"))
    for kind, handler in (
        (buttons.ShowReview, show_review),
        (buttons.ShowTable, show_table),
        (buttons.ReadLine, read_line),
        (buttons.SendEvidence, send_evidence),
        (buttons.ShowReceipt, show_receipt),
        (buttons.ShowReceipts, show_receipts),
        (buttons.SendWord, send_word),
        (buttons.SendExcel, send_excel),
        (buttons.Propose, propose),
        (buttons.TakeBack, take_back),
        (buttons.Approve, approve),
        (buttons.StartReturning, start_returning),
        (buttons.AskReopen, ask_reopen),
        (buttons.Reopen, reopen),
    ):
        router.callback_query.register(handler, Tapped(kind))


# -- looking ---------------------------------------------------------------------------------------------


async def show_review(
    query: CallbackQuery, action: buttons.ShowReview, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "review", page=max(0, action.page)))


async def show_table(
    query: CallbackQuery, action: buttons.ShowTable, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "table", page=max(0, action.page)))


async def read_line(
    query: CallbackQuery, action: buttons.ReadLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "line", code=assessment.code_at(action.line), page=action.page))


async def send_evidence(
    query: CallbackQuery, action: buttons.SendEvidence, actor: Member, work: Work, words: Words
) -> Replies:
    """The file itself, from Telegram's own store; whoever may read the form may see what it rests on."""
    assessment = Talk(work, actor, words).look(action.assessment)
    piece = next((each for each in assessment.evidence if each.number == action.number), None)
    if piece is None or piece.kind is not EvidenceKind.FILE:
        raise StaleButton()
    unit = assessment.bloc.unit(assessment.unit).name
    return hand_over(query, unit, piece.item, named(piece, words), piece.sent_as, piece.telegram_file_id, words)


async def show_receipt(
    query: CallbackQuery, action: buttons.ShowReceipt, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "receipt"))


async def show_receipts(
    query: CallbackQuery, action: buttons.ShowReceipts, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    assessment, _ = ListReceipts(work)(actor, action.assessment)
    return put(query, await Talk(work, actor, words, state).go(assessment, "receipts"))


async def send_word(query: CallbackQuery, action: buttons.SendWord, actor: Member, work: Work, words: Words) -> Replies:
    form = ReadForm(work)(actor, action.assessment, action.version)
    return [query.answer(), form_file.word(query.from_user.id, form, words)]


async def send_excel(
    query: CallbackQuery, action: buttons.SendExcel, actor: Member, work: Work, words: Words
) -> Replies:
    form = ReadForm(work)(actor, action.assessment, action.version)
    return [query.answer(), form_file.excel(query.from_user.id, form, words)]


# -- moves -----------------------------------------------------------------------------------------------


async def propose(
    query: CallbackQuery, action: buttons.Propose, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment = Propose(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    except NoLeader as error:  # too long for a notice: it says how to get one
        lead = words(error.key, **error.params)
        return put(query, await talk.go(talk.look(action.assessment), "review", lead))
    if assessment.stage is Stage.SUBMITTED:
        return put(query, await talk.go(assessment, "receipt", words("assessment.submitted")))
    return put(query, await talk.go(assessment, "overview", _proposed(work, assessment, words)))


def _proposed(work: Work, assessment: Assessment, words: Words) -> str:
    leaders = work.people.members(unit=assessment.unit, roles=[Role.LEADER])
    return words("assessment.proposed", names=", ".join(member.person.name for member in leaders))


async def take_back(
    query: CallbackQuery, action: buttons.TakeBack, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment = TakeBack(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.go(assessment, "overview", words("assessment.taken-back")))


async def approve(
    query: CallbackQuery, action: buttons.Approve, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment = Approve(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.go(assessment, "receipt", words("assessment.approved")))


async def start_returning(
    query: CallbackQuery, action: buttons.StartReturning, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    if assessment.unit not in actor.approves:
        raise NotAllowed()
    try:
        assessment.expect_proposed(action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.go(assessment, "reason"))


async def reason(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        assessment = Return(work)(actor, spot.assessment, message.text or "", made_for=spot.made_for)
    except StaleButton as error:
        return await talk.said_too_late(message, spot.assessment, error)
    return [say(message.chat.id, await talk.go(assessment, "overview", words("assessment.returned")))]


async def ask_reopen(
    query: CallbackQuery, action: buttons.AskReopen, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    if assessment.unit not in actor.fills:
        raise NotAllowed()
    if not in_time_to_reopen(work, assessment):
        told = is_announced(work, assessment)
        lead = words("assessment.result-announced" if told else "assessment.no-reopening")
        return put(query, await talk.go(assessment, "receipt", lead))
    return put(query, await talk.go(assessment, "reopen"))


async def reopen(
    query: CallbackQuery, action: buttons.Reopen, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment = Reopen(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.go(assessment, "overview", words("assessment.reopened")))
