"""A secretary appraises: the list, one form, one line at a time, and the result."""

from decimal import Decimal

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons import appraisal as buttons
from bot.domain.appraisal import Phase, read_points
from bot.domain.appraisal_outcome import Outcome
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.people import Member
from bot.usecases import appraisal as use
from bot.usecases.appraisal_unit import ShowReply
from bot.usecases.deadline import deadline_of
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.appraisal.talk import Appraising, Spot, Talk
from handlers.filters import IsSecretary, Tapped
from handlers.replies import Replies, hand_over, put, say
from handlers.views.appraisal import secretary as views
from handlers.views.appraisal.common import called

TYPED = F.text, ~F.text.startswith("/")


def add(router: Router) -> None:
    router.message.register(start, Command("thamdinh", ignore_mention=True), IsSecretary())
    router.message.register(points_typed, Appraising.points, *TYPED)
    router.message.register(reason_typed, Appraising.reason, *TYPED)
    router.message.register(request_typed, Appraising.asking, *TYPED)
    router.message.register(return_typed, Appraising.returning, *TYPED)
    router.message.register(settle_points_typed, Appraising.settle_points, *TYPED)
    router.message.register(decision_typed, Appraising.settling, *TYPED)
    for kind, handler in (
        (buttons.ListAppraisals, show_list),
        (buttons.OpenAppraisal, show_form),
        (buttons.ShowLines, show_lines),
        (buttons.ShowLine, show_line),
        (buttons.ReadTalk, read_talk),
        (buttons.AcceptLine, accept),
        (buttons.AskAcceptRest, ask_accept_rest),
        (buttons.AcceptRest, accept_rest),
        (buttons.StartPoints, start_points),
        (buttons.StartAsking, start_asking),
        (buttons.StartSendingBack, start_sending_back),
        (buttons.AskAnnounce, ask_announce),
        (buttons.Announce, announce),
        (buttons.AskFinish, ask_finish),
        (buttons.Finish, finish),
        (buttons.StartSettling, start_settling),
        (buttons.SendReply, send_reply),
    ):
        router.callback_query.register(handler, Tapped(kind))


# -- looking ---------------------------------------------------------------------------------------------


async def start(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return [say(message.chat.id, await Talk(work, actor, words, state).go(Spot("list")))]


async def show_list(
    query: CallbackQuery, action: buttons.ListAppraisals, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return put(query, await Talk(work, actor, words, state).go(Spot("list", page=max(0, action.page))))


async def _show(query: CallbackQuery, talk: Talk, spot: Spot) -> Replies:
    """A screen, or where the form went meanwhile."""
    try:
        return put(query, await talk.go(spot))
    except StaleButton as error:
        if not talk.actor.is_secretary:
            raise NotAllowed() from None
        return await talk.moved_on(query, spot, error)


async def show_form(
    query: CallbackQuery, action: buttons.OpenAppraisal, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _show(query, Talk(work, actor, words, state), Spot("form", action.assessment))


async def show_lines(
    query: CallbackQuery, action: buttons.ShowLines, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    spot = Spot("lines", action.assessment, page=max(0, action.page))
    return await _show(query, Talk(work, actor, words, state), spot)


async def show_line(
    query: CallbackQuery, action: buttons.ShowLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _at_line(query, Talk(work, actor, words, state), "line", action.assessment, action.line)


async def read_talk(
    query: CallbackQuery, action: buttons.ReadTalk, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return await _at_line(query, talk, "talk", action.assessment, action.line, page=max(0, action.page))


async def _at_line(
    query: CallbackQuery, talk: Talk, kind: str, assessment_id: int, line: int, *, page: int = 0
) -> Replies:
    """A screen about one line; the form, where the criteria have changed under the button."""
    try:
        code = _code(talk, assessment_id, line)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("form", assessment_id), error)
    return await _show(query, talk, Spot(kind, assessment_id, code, page=page))


async def ask_announce(
    query: CallbackQuery, action: buttons.AskAnnounce, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _show(query, Talk(work, actor, words, state), Spot("announce", action.assessment))


async def ask_finish(
    query: CallbackQuery, action: buttons.AskFinish, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _show(query, Talk(work, actor, words, state), Spot("finish", action.assessment))


async def send_reply(
    query: CallbackQuery, action: buttons.SendReply, actor: Member, work: Work, words: Words
) -> Replies:
    """The file itself, from Telegram's own store."""
    form, exchange, reply = ShowReply(work)(actor, action.assessment, action.number)
    unit = form.bloc.unit(form.unit).name
    return hand_over(query, unit, exchange.item, called(reply, words), reply.sent_as, reply.telegram_file_id, words)


def _code(talk: Talk, assessment_id: int, line: int) -> str:
    return use.LookAtAppraisal(talk.work)(talk.actor, assessment_id).assessment.code_at(line)


# -- line by line ----------------------------------------------------------------------------------------


def _onward(outcome: Outcome, code: str) -> Spot:
    """On to the next line that waits for a decision; behind the last, the form."""
    following = outcome.following(code) if outcome.appraisal.phase is Phase.OPEN else None
    return Spot("line", outcome.assessment.id, following) if following else Spot("form", outcome.assessment.id)


async def accept(
    query: CallbackQuery, action: buttons.AcceptLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("form", action.assessment)
    try:
        code = _code(talk, action.assessment, action.line)
        spot = Spot("line", action.assessment, code)
        outcome = use.AcceptLine(work)(actor, action.assessment, code, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    lead = words("appraisal.accepted", code=code, points=outcome.own(code))
    return put(query, await talk.go(_onward(outcome, code), lead))


async def ask_accept_rest(
    query: CallbackQuery, action: buttons.AskAcceptRest, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    try:
        use.AcceptRest(work).check(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("form", action.assessment), error)
    return await _show(query, talk, Spot("rest", action.assessment))


async def accept_rest(
    query: CallbackQuery, action: buttons.AcceptRest, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("form", action.assessment)
    try:
        _, n = use.AcceptRest(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    return put(query, await talk.go(spot, words("appraisal.accepted-rest", n=n) if n else None))


async def start_points(
    query: CallbackQuery, action: buttons.StartPoints, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _begin(query, Talk(work, actor, words, state), action, "points")


async def start_asking(
    query: CallbackQuery, action: buttons.StartAsking, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _begin(query, Talk(work, actor, words, state), action, "asking")


async def _begin(
    query: CallbackQuery, talk: Talk, action: buttons.StartPoints | buttons.StartAsking, kind: str
) -> Replies:
    """Something is typed next, for the line as it was when the button was made."""
    try:
        code = _code(talk, action.assessment, action.line)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("form", action.assessment), error)
    return await _show(query, talk, Spot(kind, action.assessment, code, made_for=action.made_for))


async def points_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        bloc = use.LookAtAppraisal(work)(actor, spot.assessment).assessment.bloc
        points = read_points(bloc.item(spot.code), message.text or "", bloc.scale)
        use.AppraiseLine(work).check(actor, spot.assessment, spot.code, points, made_for=spot.made_for)
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    reason = Spot("reason", spot.assessment, spot.code, made_for=spot.made_for, points=str(points))
    return [say(message.chat.id, await talk.go(reason))]


async def reason_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    points = Decimal(spot.points)
    try:
        outcome = use.AppraiseLine(work)(
            actor, spot.assessment, spot.code, points, message.text or "", made_for=spot.made_for
        )
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    own = outcome.own(spot.code)
    lead = words("appraisal.appraised", code=spot.code, own=own, points=points)
    if points == own:
        lead = words("appraisal.accepted", code=spot.code, points=own)
    return [say(message.chat.id, await talk.go(_onward(outcome, spot.code), lead))]


async def request_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        outcome = use.AskForMore(work)(actor, spot.assessment, spot.code, message.text or "", made_for=spot.made_for)
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    lead = words("appraisal.asked", code=spot.code)
    return [say(message.chat.id, await talk.go(_onward(outcome, spot.code), lead))]


# -- the whole -------------------------------------------------------------------------------------------


async def start_sending_back(
    query: CallbackQuery, action: buttons.StartSendingBack, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("returning", action.assessment, number=action.version)
    try:
        use.SendBack(work).find(actor, action.assessment, action.version)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("form", action.assessment), error)
    return await _show(query, talk, spot)


async def return_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        form, late = use.SendBack(work)(actor, spot.assessment, message.text or "", version=spot.number)
    except StaleButton as error:
        return await talk.said_too_late(message, Spot("form", spot.assessment), error)
    await talk.stay(Spot("list"))
    return [say(message.chat.id, views.sent_back(form, deadline_of(work, form), words, late=late))]


async def announce(
    query: CallbackQuery, action: buttons.Announce, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _goes_on(Talk(work, actor, words, state), query, action, use.Announce(work), "appraisal.announced")


async def finish(
    query: CallbackQuery, action: buttons.Finish, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await _goes_on(Talk(work, actor, words, state), query, action, use.Finish(work), "appraisal.finished")


async def _goes_on(
    talk: Talk,
    query: CallbackQuery,
    action: buttons.Announce | buttons.Finish,
    move: use.Announce | use.Finish,
    said: str,
) -> Replies:
    """The form after a step of its appraisal; `said`: key of the sentence that tells of it."""
    spot = Spot("form", action.assessment)
    try:
        move(talk.actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    return put(query, await talk.go(spot, talk.words(said)))


# -- objections ------------------------------------------------------------------------------------------


async def start_settling(
    query: CallbackQuery, action: buttons.StartSettling, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("form", action.assessment)
    try:
        outcome, exchange = use.Settle(work).find(actor, action.assessment, action.number)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    spot = Spot(
        "settle-points" if action.how == "points" else "settle",
        action.assessment,
        exchange.item,
        exchange.number,
        made_for=action.made_for,
        points=str(outcome.own(exchange.item)) if action.how == "own" else "",
    )
    if not exchange.is_open:
        return await talk.moved_on(query, spot, StaleButton())
    return await _show(query, talk, spot)


async def settle_points_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        bloc = use.LookAtAppraisal(work)(actor, spot.assessment).assessment.bloc
        points = read_points(bloc.item(spot.code), message.text or "", bloc.scale)
        use.Settle(work).check(actor, spot.assessment, spot.number, points)
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    chosen = Spot("settle", spot.assessment, spot.code, spot.number, made_for=spot.made_for, points=str(points))
    return [say(message.chat.id, await talk.go(chosen))]


async def decision_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        points = Decimal(spot.points) if spot.points else None
        outcome = use.Settle(work)(
            actor, spot.assessment, spot.number, points, message.text or "", made_for=spot.made_for
        )
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    lead = words("appraisal.settled", code=spot.code, points=outcome.points(spot.code))
    return [say(message.chat.id, await talk.go(Spot("form", spot.assessment), lead))]
