"""The sections of the report: moving between them, writing their text and their lists, where a proposal goes."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.actions import mark_of
from bot.buttons import assessment as buttons
from bot.domain.assessment import AddressedSince, Assessment, ChangedSince
from bot.domain.bloc import Content
from bot.domain.errors import DomainError, StaleButton
from bot.domain.people import Member
from bot.domain.typed_entries import says_done, says_none
from bot.usecases.assessment import (
    AddressProposal,
    ClearSection,
    EnterEntries,
    LeaveSectionEmpty,
    RemoveEntry,
    WriteSection,
)
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.assessment.talk import Spot, Talk
from handlers.filters import Tapped
from handlers.replies import Replies, Screen, put
from handlers.views.assessment import report as views
from handlers.views.assessment.common import clip

MOST_QUOTED = 1000  # characters of what has been removed, to be copied back


def add(router: Router) -> None:
    for kind, handler in (
        (buttons.ShowReport, show_report),
        (buttons.ShowSection, show_section),
        (buttons.NextSection, next_section),
        (buttons.LeaveEmpty, leave_empty),
        (buttons.AskClearing, ask_clearing),
        (buttons.ClearSection, clear),
        (buttons.ReadSection, read_section),
        (buttons.WriteContent, write_content),
        (buttons.RemoveEntry, remove_entry),
        (buttons.AskAddressee, ask_addressee),
        (buttons.GiveAddressee, give_addressee),
    ):
        router.callback_query.register(handler, Tapped(kind))


def _code(assessment: Assessment, number: int) -> str:
    if not 0 <= number < len(assessment.sections):
        raise StaleButton()
    return assessment.sections[number].code


async def show_report(
    query: CallbackQuery, action: buttons.ShowReport, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "report"))


async def show_section(
    query: CallbackQuery, action: buttons.ShowSection, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "section", code=_code(assessment, action.section)))


async def next_section(
    query: CallbackQuery, action: buttons.NextSection, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    place = talk.stand(assessment).after_section(_code(assessment, action.section))
    return put(query, await talk.follow(assessment, place))


async def leave_empty(
    query: CallbackQuery, action: buttons.LeaveEmpty, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    code = _code(talk.look(action.assessment), action.section)
    try:
        assessment = LeaveSectionEmpty(work)(actor, action.assessment, code, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.follow(assessment, talk.stand(assessment).after_section(code)))


async def ask_clearing(
    query: CallbackQuery, action: buttons.AskClearing, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "clearing", code=_code(assessment, action.section)))


async def clear(
    query: CallbackQuery, action: buttons.ClearSection, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    code = _code(talk.look(action.assessment), action.section)
    try:
        assessment = ClearSection(work)(actor, action.assessment, code, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    return put(query, await talk.go(assessment, "section", words("assessment.cleared"), code=code))


async def read_section(
    query: CallbackQuery, action: buttons.ReadSection, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "reading", code=_code(assessment, action.section), page=action.page))


# -- what is typed ---------------------------------------------------------------------------------------


async def keep_words(talk: Talk, spot: Spot, text: str, *, vouched: bool) -> Screen:
    """Save what was typed at a section, or as a proposal's addressee, and what follows."""
    work, actor, words = talk.work, talk.actor, talk.words
    if spot.kind == "addressee":
        number = int(spot.part)
        try:
            after = AddressProposal(work)(actor, spot.assessment, number, text, made_for=spot.made_for, vouched=vouched)
        except AddressedSince as error:
            lead = words(error.key, **error.params)
            return await talk.go(talk.look(spot.assessment), "addressee", lead, code=spot.code, part=spot.part)
        return await _addressed(talk, after, number)
    kind = Content(spot.part) if spot.part in list(Content) else Content.TEXT
    before = talk.look(spot.assessment)
    if says_done(text):
        return await _no_more(talk, spot, before, none=False)
    if kind is Content.TEXT:
        after = WriteSection(work)(actor, spot.assessment, spot.code, text, made_for=spot.made_for, vouched=vouched)
        return await talk.go(after, "section", words("assessment.saved"), code=spot.code, part=spot.part)
    if says_none(text):
        return await _no_more(talk, spot, before, none=True)
    after, named = EnterEntries(work)(
        actor, spot.assessment, spot.code, kind, text, made_for=spot.made_for, vouched=vouched
    )
    if after is before:
        lead = words("assessment.entry-there", number=after.place_of(named[0]))
    else:
        lead = words("assessment.entries-split" if len(named) > 1 else "assessment.entry-saved", n=len(named))
    return await talk.follow(after, talk.stand(after).after_entry(spot.code, kind, named[0].number), lead)


async def _no_more(talk: Talk, spot: Spot, before: Assessment, *, none: bool) -> Screen:
    """The words of the buttons below a list: nothing to report there, or on from what there is."""
    after, lead = before, None
    if none and not any(piece.text for piece in before.written(spot.code)):
        after = LeaveSectionEmpty(talk.work)(talk.actor, spot.assessment, spot.code, made_for=spot.made_for)
        lead = talk.words("assessment.left-empty", name=before.section(spot.code).name)
    return await talk.follow(after, talk.stand(after).after_section(spot.code), lead)


async def _addressed(talk: Talk, assessment: Assessment, number: int) -> Screen:
    """Below a proposal that has its addressee: the next one that lacks it, else the list."""
    entry = assessment.entry(number)
    if entry is None:
        raise ChangedSince()
    place = talk.stand(assessment).after_entry(entry.section, entry.kind, number)
    lead = talk.words("assessment.addressed", n=assessment.place_of(entry), addressee=entry.addressee)
    return await talk.follow(assessment, place, lead)


# -- lists -----------------------------------------------------------------------------------------------


async def write_content(
    query: CallbackQuery, action: buttons.WriteContent, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    code = _code(assessment, action.section)
    kind = views.content_of(assessment.section(code), action.content)
    return put(query, await talk.go(assessment, "section", code=code, part=kind.value, page=action.page))


async def remove_entry(
    query: CallbackQuery, action: buttons.RemoveEntry, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        assessment, gone = RemoveEntry(work)(actor, action.assessment, action.number, made_for=action.made_for)
    except StaleButton as error:
        return await _stay(talk, query, action.assessment, error)
    lead = words("assessment.entry-removed", text=clip(gone.text, MOST_QUOTED))
    return put(query, await talk.go(assessment, "section", lead, code=gone.section, part=gone.kind.value))


async def ask_addressee(
    query: CallbackQuery, action: buttons.AskAddressee, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    entry = assessment.entry(action.number)
    if entry is None or entry.kind is not Content.PROPOSAL:
        return await _stay(talk, query, action.assessment, ChangedSince())
    return put(query, await talk.go(assessment, "addressee", code=entry.section, part=str(entry.number)))


async def give_addressee(
    query: CallbackQuery, action: buttons.GiveAddressee, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    before = talk.look(action.assessment)
    entry = before.entry(action.number)
    offered = before.offered(entry.section) if entry else ()
    name = next((each for each in offered if mark_of(each) == action.mark), "")
    try:
        if not name:
            raise ChangedSince()
        after = AddressProposal(work)(
            actor, action.assessment, action.number, name, made_for=action.made_for, vouched=True
        )
    except StaleButton as error:
        return await _stay(talk, query, action.assessment, error)
    if after is before:  # the same tap once more: the person may be at another question by now
        return put(query, await _where(talk, action.assessment))
    return put(query, await _addressed(talk, after, action.number))


async def _stay(talk: Talk, query: CallbackQuery, assessment_id: int, error: DomainError) -> Replies:
    """An old button: a notice over it; what the person is writing meanwhile still goes where it is meant for."""
    screen = await _where(talk, assessment_id)
    return put(query, screen, talk.words.plain(error.key, **error.params), alert=True)


async def _where(talk: Talk, assessment_id: int) -> Screen:
    """The step of this form on which the person stands; its overview where they are elsewhere."""
    assert talk.state is not None
    spot = Spot.of(await talk.state.get_data())
    if spot is None or spot.assessment != assessment_id:
        return await talk.go(talk.look(assessment_id), "overview")
    return await talk.again()
