"""A secretary's side of handing in: who owes, paper receipts, reopening, roll-calls."""

import secrets
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.buttons.handin import (
    AskWithdraw,
    CloseRollCall,
    ConfirmPaper,
    CorrectRollCall,
    ListMilestones,
    MarkUnit,
    OpenRollCall,
    RecordPaper,
    ReopenHandIn,
    ShowOwing,
    ShowSettled,
)
from bot.domain.calendar import working_days_late
from bot.domain.errors import StaleButton
from bot.domain.handin import RollCall
from bot.domain.moments import parse_moment
from bot.domain.people import Member
from bot.usecases import receipts as use
from bot.usecases.handin import Reopen
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.filters import Private, Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.screens import screen
from handlers.views import receipts as views


class Paper(StatesGroup):
    when = State()  # data: milestone, unit
    reason = State()  # and at
    confirming = State()  # and reason, mark


class Why(StatesGroup):
    reopening = State()  # data: hand_in, milestone, unit
    withdrawing = State()  # data: discharge, milestone, unit


TYPED = F.text, ~F.text.startswith("/")


def build() -> Router:
    router = Router(name="receipts")
    router.callback_query.register(show_milestones, Tapped(ListMilestones), Private())
    router.callback_query.register(show_owing, Tapped(ShowOwing), Private())
    router.callback_query.register(show_settled, Tapped(ShowSettled), Private())
    router.callback_query.register(record_paper, Tapped(RecordPaper), Private())
    router.callback_query.register(confirm_paper, Tapped(ConfirmPaper), StateFilter(Paper.confirming), Private())
    router.callback_query.register(ask_withdraw, Tapped(AskWithdraw), Private())
    router.callback_query.register(ask_reopen, Tapped(ReopenHandIn), Private())
    router.callback_query.register(open_roll_call, Tapped(OpenRollCall), Private())
    router.callback_query.register(mark_unit, Tapped(MarkUnit), Private())
    router.callback_query.register(close_roll_call, Tapped(CloseRollCall), Private())
    router.callback_query.register(correct_roll_call, Tapped(CorrectRollCall), Private())
    router.message.register(take_moment, StateFilter(Paper.when), *TYPED, Private())
    router.message.register(take_reason, StateFilter(Paper.reason), *TYPED, Private())
    router.message.register(reopen, StateFilter(Why.reopening), *TYPED, Private())
    router.message.register(withdraw, StateFilter(Why.withdrawing), *TYPED, Private())
    return router


# -- looking -----------------------------------------------------------------------------------------------


def milestones(work: Work, actor: Member, words: Words) -> Screen:
    return views.milestones(use.ListOwing(work).all(actor), work.bloc, work.now, words)


def _owing(work: Work, actor: Member, words: Words, key: str) -> Screen:
    return views.owing(use.ListOwing(work)(actor, key), work.bloc, work.now, words)


def _settled(work: Work, actor: Member, words: Words, key: str, unit: str) -> Screen:
    return views.settled(use.LookAtUnit(work)(actor, key, unit), work.bloc, work.now, words)


async def show_milestones(query: CallbackQuery, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    screen = milestones(work, actor, words)
    await state.clear()
    return put(query, screen)


async def show_owing(
    query: CallbackQuery, action: ShowOwing, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    screen = _owing(work, actor, words, action.milestone)
    await state.clear()
    return put(query, screen)


async def show_settled(
    query: CallbackQuery, action: ShowSettled, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    screen = _settled(work, actor, words, action.milestone, action.unit)
    await state.clear()
    return put(query, screen)


# -- paper receipts ----------------------------------------------------------------------------------------


async def record_paper(
    query: CallbackQuery, action: RecordPaper, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    use.RecordPaper(work).begin(actor, action.milestone, action.unit)
    await state.set_state(Paper.when)
    data = {"milestone": action.milestone, "unit": action.unit}
    await state.set_data(data)
    return put(query, when_screen(work, actor, words, data))


@screen(Paper.when)
def when_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    if _gone(work, data):
        return milestones(work, actor, words)
    return views.ask_when(work.bloc.milestone(data["milestone"]), data["unit"], work.bloc, words)


@screen(Paper.reason)
def reason_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    if _gone(work, data):
        return milestones(work, actor, words)
    at, milestone = datetime.fromisoformat(data["at"]), work.bloc.milestone(data["milestone"])
    late = working_days_late(milestone, at, work.bloc.holidays)
    return views.ask_reason(milestone, data["unit"], work.bloc, at, late, words)


@screen(Paper.confirming)
def confirming_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    if _gone(work, data) or work.discharges.find(data["milestone"], data["unit"]):
        return milestones(work, actor, words)
    at = datetime.fromisoformat(data["at"])
    paper = use.RecordPaper(work).draft(actor, data["milestone"], data["unit"], at, data["reason"])
    return views.confirm_paper(paper, data["mark"], words)


def _gone(work: Work, data: dict[str, Any]) -> bool:
    """A milestone or unit that an import has dropped meanwhile."""
    known = {milestone.key for milestone in work.bloc.milestones}, {unit.code for unit in work.bloc.units}
    return data.get("milestone") not in known[0] or data.get("unit") not in known[1]


async def take_moment(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    at, data = parse_moment(message.text or "", work.now), await state.get_data()
    recording = use.RecordPaper(work)
    recording.begin(actor, data["milestone"], data["unit"])
    recording.check_moment(at)
    await state.set_state(Paper.reason)
    data["at"] = at.isoformat()
    await state.set_data(data)
    return [say(message.chat.id, reason_screen(work, actor, words, data))]


async def take_reason(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    at = datetime.fromisoformat(data["at"])
    paper = use.RecordPaper(work).draft(actor, data["milestone"], data["unit"], at, message.text or "")
    data |= {"reason": paper.reason, "mark": secrets.token_urlsafe(6)}
    await state.set_state(Paper.confirming)
    await state.set_data(data)
    return [say(message.chat.id, views.confirm_paper(paper, data["mark"], words))]


async def confirm_paper(
    query: CallbackQuery, action: ConfirmPaper, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    data = await state.get_data()
    if action.mark != data.get("mark"):
        raise StaleButton()
    at = datetime.fromisoformat(data["at"])
    discharge = use.RecordPaper(work)(actor, data["milestone"], data["unit"], at, data["reason"])
    await state.clear()
    screen = _settled(work, actor, words, discharge.milestone, discharge.unit)
    return put(query, screen, words.plain("handin.paper-recorded"))


# -- reopening and taking back -----------------------------------------------------------------------------


async def ask_reopen(
    query: CallbackQuery, action: ReopenHandIn, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    held = Reopen(work).find(actor, action.hand_in)
    return await _ask_why(
        query, Why.reopening, {"hand_in": held.id, "milestone": held.milestone, "unit": held.unit}, work, words, state
    )


async def ask_withdraw(
    query: CallbackQuery, action: AskWithdraw, work: Work, actor: Member, words: Words, state: FSMContext
) -> Replies:
    held = use.WithdrawPaper(work).find(actor, action.milestone, action.unit)
    data = {"discharge": held.id, "milestone": held.milestone, "unit": held.unit}
    return await _ask_why(query, Why.withdrawing, data, work, words, state)


QUESTIONS = {Why.reopening.state: "handin.why-reopen", Why.withdrawing.state: "handin.why-withdraw"}


async def _ask_why(
    query: CallbackQuery, asking: State, data: dict[str, Any], work: Work, words: Words, state: FSMContext
) -> Replies:
    milestone = work.bloc.milestone(data["milestone"])
    await state.set_state(asking)
    await state.set_data(data)
    return put(query, views.ask_why(QUESTIONS[asking.state], milestone, data["unit"], work.bloc, words))


@screen(Why.reopening)
def reopening_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    return _why_screen("handin.why-reopen", work, actor, words, data)


@screen(Why.withdrawing)
def withdrawing_screen(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    return _why_screen("handin.why-withdraw", work, actor, words, data)


def _why_screen(key: str, work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    if _gone(work, data):
        return milestones(work, actor, words)
    return views.ask_why(key, work.bloc.milestone(data["milestone"]), data["unit"], work.bloc, words)


async def reopen(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    held = Reopen(work)(actor, data["hand_in"], message.text or "")
    await state.clear()
    shown = _settled(work, actor, words, held.milestone, held.unit)
    return [say(message.chat.id, words("handin.reopened")), say(message.chat.id, shown)]


async def withdraw(message: Message, work: Work, actor: Member, words: Words, state: FSMContext) -> Replies:
    data = await state.get_data()
    held = use.WithdrawPaper(work)(actor, data["milestone"], data["unit"], data["discharge"], message.text or "")
    await state.clear()
    shown = _settled(work, actor, words, held.milestone, held.unit)
    return [say(message.chat.id, words("handin.paper-withdrawn")), say(message.chat.id, shown)]


# -- roll-calls --------------------------------------------------------------------------------------------


def _roll(work: Work, words: Words, key: str, roll: RollCall) -> Screen:
    return views.roll_call(work.bloc.milestone(key), roll, work.bloc, words)


async def open_roll_call(
    query: CallbackQuery, action: OpenRollCall, work: Work, actor: Member, words: Words
) -> Replies:
    milestone, roll = use.CallRoll(work).look(actor, action.milestone)
    return put(query, _roll(work, words, milestone.key, roll))


async def mark_unit(query: CallbackQuery, action: MarkUnit, work: Work, actor: Member, words: Words) -> Replies:
    roll = use.CallRoll(work).mark(actor, action.milestone, action.unit, action.revision)
    return put(query, _roll(work, words, action.milestone, roll))


async def close_roll_call(
    query: CallbackQuery, action: CloseRollCall, work: Work, actor: Member, words: Words
) -> Replies:
    roll = use.CallRoll(work).close(actor, action.milestone, action.revision)
    return put(query, _roll(work, words, action.milestone, roll), words.plain("handin.roll-done"))


async def correct_roll_call(
    query: CallbackQuery, action: CorrectRollCall, work: Work, actor: Member, words: Words
) -> Replies:
    roll = use.CallRoll(work).correct(actor, action.milestone, action.revision)
    return put(query, _roll(work, words, action.milestone, roll))
