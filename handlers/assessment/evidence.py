"""What supports an item, and everything that is typed beside the figures: files, links, explanations, sections."""

from dataclasses import asdict, replace
from typing import Any

from aiogram import F, Router
from aiogram.filters import BaseFilter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.actions import mark_of
from bot.buttons import assessment as buttons
from bot.buttons.files import DropFile, VouchForFile
from bot.domain.assessment import REPORT, Assessment, ExplainedSince, Stage
from bot.domain.assessment_standing import At
from bot.domain.errors import StaleButton
from bot.domain.files import Attachment, AttachmentState
from bot.domain.people import Member
from bot.usecases.appraisal_unit import OpenRequests
from bot.usecases.assessment import (
    AddFile,
    AddReference,
    ConfirmWarning,
    DoubtfulText,
    Explain,
    RemoveEvidence,
    WarningNotConfirmed,
)
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.assessment import report
from handlers.assessment.asked import IsQuestion
from handlers.assessment.talk import DOUBTFUL, HELD, Filling, Spot, Talk
from handlers.attachments import PENDING, as_pending, is_pending
from handlers.filters import Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views.appraisal.unit import file_for_request
from handlers.views.assessment import evidence as views
from handlers.views.assessment.common import clip, lines
from handlers.views.files import seen, sent

REFUSED = {
    AttachmentState.TOO_BIG: "assessment.file-too-big",
    AttachmentState.CLASSIFIED: "assessment.file-classified",
    AttachmentState.KIND_REFUSED: "assessment.file-kind-refused",
    AttachmentState.GONE: "assessment.file-gone",
}
WRITING = (Filling.evidence, Filling.explanation, Filling.section, Filling.addressee, Filling.vouching)


class BringsFile(BaseFilter):
    async def __call__(self, message: Message, attachment: Attachment | None = None) -> bool:
        return attachment is not None


def add(router: Router) -> None:
    router.message.register(file, BringsFile(), StateFilter(Filling))
    router.message.register(written, StateFilter(*WRITING), F.text, ~F.text.startswith("/"), ~IsQuestion())
    for kind, handler in (
        (buttons.ShowEvidence, show),
        (buttons.PageEvidence, show_page),
        (buttons.RemoveEvidence, remove),
        (buttons.StartExplaining, start_explaining),
        (buttons.ConfirmWarning, confirm),
        (buttons.VouchForText, vouch_for_text),
        (buttons.DropText, drop_text),
    ):
        router.callback_query.register(handler, Tapped(kind))
    router.callback_query.register(vouch_for_file, Tapped(VouchForFile), StateFilter(Filling))
    router.callback_query.register(drop_file, Tapped(DropFile), StateFilter(Filling))


# -- looking ---------------------------------------------------------------------------------------------


async def show(
    query: CallbackQuery, action: buttons.ShowEvidence, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "evidence", code=assessment.code_at(action.line)))


async def show_page(
    query: CallbackQuery, action: buttons.PageEvidence, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "evidence", code=assessment.code_at(action.line), page=action.page))


async def start_explaining(
    query: CallbackQuery, action: buttons.StartExplaining, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "explanation", code=assessment.code_at(action.line)))


async def remove(
    query: CallbackQuery, action: buttons.RemoveEvidence, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment, gone = RemoveEvidence(work)(actor, action.assessment, action.number)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    lead = words("assessment.removed", title=views.named(gone, words))
    if gone.item == REPORT:
        return put(query, await talk.go(assessment, "report", lead))
    spot = Spot.of(await state.get_data())
    page = spot.page if spot and (spot.kind, spot.code) == ("evidence", gone.item) else 0
    return put(query, await talk.go(assessment, "evidence", lead, code=gone.item, page=page))


# -- files -----------------------------------------------------------------------------------------------


async def file(
    message: Message, attachment: Attachment, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """A photo or document belongs to the item (or the report) on the screen."""
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    if attachment.state is AttachmentState.DOUBTFUL:
        await state.update_data({PENDING: as_pending(attachment)})
        return [say(message.chat.id, views.doubtful_file(attachment.name, attachment.telegram_file_id, words))]
    if attachment.state in REFUSED:
        return [say(message.chat.id, words(REFUSED[attachment.state], name=attachment.name))]
    return [say(message.chat.id, await _take(talk, spot, attachment))]


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
    await _forget(state, PENDING)
    if attachment.state in REFUSED:
        return put(query, Screen(words(REFUSED[attachment.state], name=attachment.name)))
    return put(query, await _take(talk, spot, attachment))


async def drop_file(
    query: CallbackQuery, action: DropFile, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    if not is_pending(await state.get_data(), action):
        raise StaleButton()
    await _forget(state, PENDING)
    return put(query, talk.draw(talk.look(spot.assessment), spot, words("assessment.dropped")))


async def _take(talk: Talk, spot: Spot, attachment: Attachment) -> Screen:
    """File it where the person stands; before the warning has been read it only waits."""
    if spot.kind not in ("part", "evidence", "explanation", "section", "addressee", "report"):
        return await _untaken(talk, talk.look(spot.assessment))
    code = REPORT if spot.kind in ("section", "addressee", "report") else spot.proof or spot.code
    try:
        if code:
            talk.expect(Spot(spot.assessment, "evidence", code))
        assessment, twins = AddFile(talk.work)(talk.actor, spot.assessment, code, attachment, made_for=spot.made_for)
    except WarningNotConfirmed:
        return await _hold(talk, spot, attachment)
    except StaleButton as error:
        lead = talk.words(error.key, **error.params)
        return await talk.go(talk.look(spot.assessment), "overview", lead)
    if code == REPORT:
        taken = talk.words("assessment.report-taken", name=attachment.name)
        elsewhere = seen(twins, assessment.bloc, assessment.id, talk.words)
        return await talk.go(assessment, "report", lines(taken, elsewhere))
    lead = views.taken(talk.stand(assessment), code, sent(attachment, talk.words), twins, talk.words)
    if attachment.album and attachment.album == spot.album:
        await talk.stay(replace(spot, made_for=assessment.revision))
        return Screen(lead)  # many files make no long chat: the question stands below the first of them
    if spot.kind == "evidence" or spot.proof:
        onward = await _onward(talk, assessment, code, lead, brief=bool(spot.proof), album=attachment.album)
        if onward:
            return onward
    await talk.stay(replace(spot, made_for=assessment.revision, album=attachment.album))
    return views.received(talk.stand(assessment), code, lead, talk.words)


async def _untaken(talk: Talk, assessment: Assessment) -> Screen:
    """A file where none is waited for: how to hand it in, or what of the secretariat's it may be the answer to."""
    if assessment.stage is not Stage.SUBMITTED:
        return await talk.go(assessment, "overview", talk.words("assessment.file-for-what"))
    if asked := OpenRequests(talk.work)(talk.actor):
        return file_for_request(asked, talk.words)
    return await talk.go(assessment, "overview", talk.words("assessment.file-after-submitting"))


async def _onward(
    talk: Talk, assessment: Assessment, code: str, lead: str, *, brief: bool = False, album: str = ""
) -> Screen | None:
    """The next question below what has come in for an item; more evidence sent there is still that item's.

    None where no question follows, or the item itself is not answered whole.
    """
    standing = talk.stand(assessment)
    place = standing.after_item(code)
    if place.at is not At.PART or not standing.scores[code].complete:
        return None
    spot = Spot(assessment.id, "part", place.code, place.part, made_for=assessment.revision, proof=code, album=album)
    await talk.stay(spot)
    return talk.question(standing, spot, lead, brief=brief)


async def _hold(talk: Talk, spot: Spot, attachment: Attachment) -> Screen:
    assert talk.state is not None
    held = {"file": asdict(attachment), "spot": asdict(spot)}
    waiting = [*(await talk.state.get_data()).get(HELD, []), held]
    await talk.state.update_data({HELD: waiting})
    return views.warning(spot.assessment, len(waiting), talk.words)


async def confirm(
    query: CallbackQuery, action: buttons.ConfirmWarning, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """The warning has been read: what waited is taken now, each file where it was sent, and the person stands there."""
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    ConfirmWarning(work)(actor)
    data = await state.get_data()
    spot, waiting = Spot.of(data), data.get(HELD, [])
    await _forget(state, HELD)
    if waiting:
        for held in waiting:
            there = Spot(**held["spot"])
            await talk.stay(there)
            screen = await _take(talk, there, replace(_attachment(held["file"]), album=""))
        return put(query, screen)
    if spot is None or spot.assessment != action.assessment:
        return put(query, await talk.go(assessment, "overview", words("assessment.warning-read")))
    return put(query, talk.draw(assessment, spot))


def _attachment(file: dict[str, Any]) -> Attachment:
    return Attachment(**{**file, "state": AttachmentState(file["state"])})


async def _forget(state: FSMContext, key: str) -> None:
    data = await state.get_data()
    if data.pop(key, None) is not None:
        await state.set_data(data)


# -- words -----------------------------------------------------------------------------------------------


async def written(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    """What is typed where words are asked for."""
    talk = Talk(work, actor, words, state)
    return await keep_words(message, talk, await talk.spot())


async def keep_words(message: Message, talk: Talk, spot: Spot) -> Replies:
    """Keep what was typed for a spot; what may be classified waits there for the person's word."""
    text = message.text or ""
    try:
        return [say(message.chat.id, await _keep(talk, spot, text, vouched=False))]
    except DoubtfulText:
        await talk.stay(spot, Filling.vouching, **{DOUBTFUL: text})
        return [say(message.chat.id, views.doubtful_text(text, talk.words))]
    except StaleButton as error:
        return await talk.said_too_late(message, spot.assessment, error)


async def vouch_for_text(
    query: CallbackQuery, action: buttons.VouchForText, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot, text = await talk.spot(), await _doubted(state, action.mark)
    try:
        return put(query, await _keep(talk, spot, text, vouched=True))
    except StaleButton as error:
        return await talk.moved_on(query, spot.assessment, error)


async def drop_text(
    query: CallbackQuery, action: buttons.DropText, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    await _doubted(state, action.mark)
    await talk.stay(spot)
    return put(query, talk.draw(talk.look(spot.assessment), spot, words("assessment.dropped")))


async def _doubted(state: FSMContext, mark: str) -> str:
    """The words that wait. Raises StaleButton for a button that was made for others."""
    text = (await state.get_data()).get(DOUBTFUL)
    if not text or mark_of(text) != mark:
        raise StaleButton()
    return str(text)


async def _keep(talk: Talk, spot: Spot, text: str, *, vouched: bool) -> Screen:
    """Save a text for the spot it was typed at, and what follows."""
    work, actor, words, made_for = talk.work, talk.actor, talk.words, spot.made_for
    talk.expect(spot)
    if spot.kind in ("section", "addressee"):
        return await report.keep_words(talk, spot, text, vouched=vouched)
    if spot.kind == "explanation":
        try:
            assessment = Explain(work)(actor, spot.assessment, spot.code, text, made_for=made_for, vouched=vouched)
        except ExplainedSince as error:
            lead = words(error.key, **error.params)
            return await talk.go(talk.look(spot.assessment), "explanation", lead, code=spot.code)
        place = talk.stand(assessment).after_item(spot.code)
        return await talk.follow(
            assessment, place, words("assessment.explanation-saved", code=spot.code, text=clip(text, 80))
        )
    assessment = AddReference(work)(actor, spot.assessment, spot.code, text, made_for=made_for, vouched=vouched)
    lead = words("assessment.reference-saved", code=spot.code, n=len(assessment.evidence_for(spot.code)))
    onward = await _onward(talk, assessment, spot.code, lead)
    return onward or await talk.go(assessment, "evidence", lead, code=spot.code)
