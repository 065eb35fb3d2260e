"""The unit replies to requests, reads its own result, and asks for a second look."""

from dataclasses import asdict
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.actions import mark_of
from bot.buttons import appraisal as buttons
from bot.buttons.files import DropFile, VouchForFile
from bot.domain.errors import StaleButton
from bot.domain.files import Attachment, AttachmentState
from bot.domain.people import Member
from bot.usecases import appraisal_unit as use
from bot.usecases.assessment import ConfirmWarning, DoubtfulText, WarningNotConfirmed
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.appraisal.talk import DOUBTFUL, HELD, Answering, Spot, Talk
from handlers.assessment.evidence import REFUSED, BringsFile
from handlers.attachments import PENDING, as_pending, is_pending
from handlers.filters import Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views.appraisal import unit as views
from handlers.views.files import sent

TYPED = F.text, ~F.text.startswith("/")
WRITING = (Answering.replying, Answering.objecting, Answering.vouching)


def add(router: Router) -> None:
    router.message.register(file, BringsFile(), StateFilter(*WRITING))
    router.message.register(written, StateFilter(*WRITING), *TYPED)
    for kind, handler in (
        (buttons.ListRequests, show_requests),
        (buttons.OpenExchange, show_exchange),
        (buttons.OpenResult, show_result),
        (buttons.ShowDifferences, show_differences),
        (buttons.ShowDifference, show_difference),
        (buttons.StartObjecting, start_objecting),
        (buttons.ConfirmReading, confirm),
    ):
        router.callback_query.register(handler, Tapped(kind))
    writing = StateFilter(*WRITING)
    router.callback_query.register(vouch_for_words, Tapped(buttons.VouchForWords), writing)
    router.callback_query.register(drop_words, Tapped(buttons.DropWords), writing)
    router.callback_query.register(vouch_for_file, Tapped(VouchForFile), writing)
    router.callback_query.register(drop_file, Tapped(DropFile), writing)


# -- looking ---------------------------------------------------------------------------------------------


async def show_requests(
    query: CallbackQuery, action: buttons.ListRequests, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await Talk(work, actor, words, state).show(query, Spot("requests", action.assessment))


async def show_exchange(
    query: CallbackQuery, action: buttons.OpenExchange, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    spot = Spot("exchange", action.assessment, number=action.number)
    return await Talk(work, actor, words, state).show(query, spot)


async def show_result(
    query: CallbackQuery, action: buttons.OpenResult, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await Talk(work, actor, words, state).show(query, Spot("result", action.assessment))


async def show_differences(
    query: CallbackQuery, action: buttons.ShowDifferences, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    spot = Spot("differences", action.assessment, page=max(0, action.page))
    return await Talk(work, actor, words, state).show(query, spot)


async def show_difference(
    query: CallbackQuery, action: buttons.ShowDifference, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    code = use.LookAtResult(work)(actor, action.assessment).outcome.assessment.code_at(action.line)
    return await Talk(work, actor, words, state).show(query, Spot("difference", action.assessment, code))


async def start_objecting(
    query: CallbackQuery, action: buttons.StartObjecting, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    code = use.LookAtResult(work)(actor, action.assessment).outcome.assessment.code_at(action.line)
    try:
        use.Object(work).check(actor, action.assessment, code, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("difference", action.assessment, code), error)
    return await talk.show(query, Spot("objecting", action.assessment, code, made_for=action.made_for))


# -- words -----------------------------------------------------------------------------------------------


async def written(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    """A reply, or the reason of an objection."""
    talk, text = Talk(work, actor, words, state), message.text or ""
    spot = await talk.spot()
    try:
        return [say(message.chat.id, await _keep(talk, spot, text, vouched=False))]
    except DoubtfulText:
        await talk.stay(spot, **{DOUBTFUL: text})
        assert talk.state is not None
        await talk.state.set_state(Answering.vouching)
        return [say(message.chat.id, views.doubtful_text(text, words))]
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)


async def _keep(talk: Talk, spot: Spot, text: str, *, vouched: bool) -> Screen:
    if spot.kind == "objecting":
        outcome, objected = use.Object(talk.work)(
            talk.actor, spot.assessment, spot.code, text, made_for=spot.made_for, vouched=vouched
        )
        there = Spot("exchange", outcome.assessment.id, number=objected.number)
        return await talk.go(there, talk.words("appraisal.objected", code=spot.code))
    use.ReplyWithText(talk.work)(talk.actor, spot.assessment, spot.number, text, vouched=vouched)
    return await talk.go(spot, talk.words("appraisal.reply-kept"))


async def vouch_for_words(
    query: CallbackQuery, action: buttons.VouchForWords, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot, text = await talk.spot(), await _doubted(state, action.mark)
    try:
        return put(query, await _keep(talk, spot, text, vouched=True))
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)


async def drop_words(
    query: CallbackQuery, action: buttons.DropWords, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    await _doubted(state, action.mark)
    return put(query, await talk.go(spot, words("assessment.dropped")))


async def _doubted(state: FSMContext, mark: str) -> str:
    """The words that wait. Raises StaleButton for a button that was made for others."""
    text = (await state.get_data()).get(DOUBTFUL)
    if not text or mark_of(text) != mark:
        raise StaleButton()
    return str(text)


# -- files -----------------------------------------------------------------------------------------------


async def file(
    message: Message, attachment: Attachment, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """A photo or document belongs to the request or objection on the screen."""
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    if spot.kind != "exchange":
        return [say(message.chat.id, words("appraisal.reason-first"))]
    if attachment.state is AttachmentState.DOUBTFUL:
        await state.update_data({PENDING: as_pending(attachment)})
        return [say(message.chat.id, views.doubtful_file(as_pending(attachment), words))]
    if attachment.state in REFUSED:
        return [say(message.chat.id, words(REFUSED[attachment.state], name=attachment.name))]
    try:
        return [say(message.chat.id, await _take(talk, spot, attachment))]
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)


async def _take(talk: Talk, spot: Spot, attachment: Attachment) -> Screen:
    """Add it; before the warning has been read it only waits."""
    assert talk.state is not None
    try:
        use.ReplyWithFile(talk.work)(talk.actor, spot.assessment, spot.number, attachment)
    except WarningNotConfirmed:
        waiting = [*(await talk.state.get_data()).get(HELD, []), asdict(attachment)]
        await talk.state.update_data({HELD: waiting})
        return views.warning(spot.assessment, spot.number, len(waiting), talk.words)
    return await talk.go(spot, talk.words("appraisal.file-kept", name=sent(attachment, talk.words)))


async def confirm(
    query: CallbackQuery, action: buttons.ConfirmReading, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """The warning has been read: what waited is taken now."""
    talk, data = Talk(work, actor, words, state), await state.get_data()
    spot = Spot("exchange", action.assessment, number=action.number)
    use.LookAtExchange(work)(actor, action.assessment, action.number)
    ConfirmWarning(work)(actor)
    lead = words("assessment.warning-read")
    waiting: list[dict[str, Any]] = data.get(HELD, []) if Spot.of(data) == spot else []
    try:
        for held in waiting:
            attachment = Attachment(**{**held, "state": AttachmentState(held["state"])})
            use.ReplyWithFile(work)(actor, spot.assessment, spot.number, attachment)
            lead = words("appraisal.file-kept", name=sent(attachment, words))
        return put(query, await talk.go(spot, lead))
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)


async def vouch_for_file(
    query: CallbackQuery,
    actor: Member,
    work: Work,
    words: Words,
    state: FSMContext,
    attachment: Attachment | None = None,
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    if attachment is None:
        raise StaleButton()
    if attachment.state in REFUSED:
        return put(query, await talk.go(spot, words(REFUSED[attachment.state], name=attachment.name)))
    try:
        return put(query, await _take(talk, spot, attachment))
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)


async def drop_file(
    query: CallbackQuery, action: DropFile, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    if not is_pending(await state.get_data(), action):
        raise StaleButton()
    return put(query, await talk.go(spot, words("assessment.dropped")))
