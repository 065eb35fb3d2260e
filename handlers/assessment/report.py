"""The sections of the report: moving between them, leaving one empty, writing one anew."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.buttons import assessment as buttons
from bot.domain.assessment import Assessment
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases.assessment import ClearSection, LeaveSectionEmpty
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.assessment.talk import Talk
from handlers.filters import Tapped
from handlers.replies import Replies, put


def add(router: Router) -> None:
    for kind, handler in (
        (buttons.ShowReport, show_report),
        (buttons.ShowSection, show_section),
        (buttons.NextSection, next_section),
        (buttons.LeaveEmpty, leave_empty),
        (buttons.ClearSection, clear),
        (buttons.ReadSection, read_section),
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
