"""The people of one unit appraise the form of its pair, while that milestone is open."""

from decimal import Decimal

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons import appraisal_peer as buttons
from bot.domain.appraisal import read_points
from bot.domain.appraisal_peer import Stance
from bot.domain.errors import StaleButton
from bot.domain.people import Member
from bot.usecases import appraisal_peer as use
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.appraisal.talk import Peering, Spot, Talk
from handlers.filters import Tapped
from handlers.replies import Replies, hand_over, put, say

TYPED = F.text, ~F.text.startswith("/")


def add(router: Router) -> None:
    router.message.register(start, Command("thamdinh", ignore_mention=True))
    router.message.register(remark_typed, Peering.remark, *TYPED)
    router.message.register(points_typed, Peering.points, *TYPED)
    router.message.register(reason_typed, Peering.reason, *TYPED)
    for kind, handler in (
        (buttons.OpenMyPeer, show_mine),
        (buttons.OpenPeer, show_peer),
        (buttons.ShowPeerLines, show_lines),
        (buttons.ShowPeerLine, show_line),
        (buttons.AgreeLine, agree),
        (buttons.AgreeRest, agree_rest),
        (buttons.StartRemark, start_remark),
        (buttons.StartProposing, start_proposing),
        (buttons.HandInReview, hand_in),
        (buttons.SendPeerEvidence, send_evidence),
    ):
        router.callback_query.register(handler, Tapped(kind))


# -- looking ---------------------------------------------------------------------------------------------


async def start(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return [say(message.chat.id, await Talk(work, actor, words, state).go(_mine(work, actor)))]


async def show_mine(query: CallbackQuery, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return put(query, await Talk(work, actor, words, state).go(_mine(work, actor)))


def _mine(work: Work, actor: Member) -> Spot:
    """The one form that waits for this person, or the choice of several."""
    found = use.ListPeers(work)(actor)
    return Spot("peer", found[0].assessment) if len(found) == 1 else Spot("peers")


async def show_peer(
    query: CallbackQuery, action: buttons.OpenPeer, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return await Talk(work, actor, words, state).show(query, Spot("peer", action.assessment))


async def show_lines(
    query: CallbackQuery, action: buttons.ShowPeerLines, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    spot = Spot("peer-lines", action.assessment, page=max(0, action.page))
    return await Talk(work, actor, words, state).show(query, spot)


async def show_line(
    query: CallbackQuery, action: buttons.ShowPeerLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    spot = Spot("peer-line", action.assessment, _code(work, actor, action.assessment, action.line))
    return await Talk(work, actor, words, state).show(query, spot)


async def send_evidence(
    query: CallbackQuery, action: buttons.SendPeerEvidence, actor: Member, work: Work, words: Words
) -> Replies:
    form, piece = use.ShowPeerEvidence(work)(actor, action.assessment, action.number)
    unit = form.bloc.unit(form.unit).name
    return hand_over(query, unit, piece.item, piece.title, piece.sent_as, piece.telegram_file_id, words)


def _code(work: Work, actor: Member, assessment_id: int, line: int) -> str:
    """Raises StaleButton for a line that does not count in this form."""
    peer = use.LookAtPeer(work)(actor, assessment_id)
    code = peer.form.code_at(line)
    if code not in peer.codes:
        raise StaleButton()
    return code


# -- opinions --------------------------------------------------------------------------------------------


def _onward(peer: use.Peer, code: str) -> Spot:
    following = peer.following(code)
    return Spot("peer-line", peer.form.id, following) if following else Spot("peer", peer.form.id)


async def agree(
    query: CallbackQuery, action: buttons.AgreeLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, code = Talk(work, actor, words, state), _code(work, actor, action.assessment, action.line)
    try:
        peer = use.GiveOpinion(work)(actor, action.assessment, code, Stance.AGREE, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, Spot("peer-line", action.assessment, code), error)
    return put(query, await talk.go(_onward(peer, code), words("appraisal.agreed", code=code)))


async def agree_rest(
    query: CallbackQuery, action: buttons.AgreeRest, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("peer", action.assessment)
    try:
        _, n = use.AgreeWithRest(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    return put(query, await talk.go(spot, words("appraisal.agreed-rest", n=n)))


async def start_remark(
    query: CallbackQuery, action: buttons.StartRemark, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    code = _code(work, actor, action.assessment, action.line)
    spot = Spot("peer-remark", action.assessment, code, made_for=action.made_for)
    return await Talk(work, actor, words, state).show(query, spot)


async def start_proposing(
    query: CallbackQuery, action: buttons.StartProposing, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    code = _code(work, actor, action.assessment, action.line)
    spot = Spot("peer-points", action.assessment, code, made_for=action.made_for)
    return await Talk(work, actor, words, state).show(query, spot)


async def remark_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return await _typed(message, Talk(work, actor, words, state), Stance.REMARK)


async def points_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        bloc = use.LookAtPeer(work)(actor, spot.assessment).form.bloc
        points = read_points(bloc.item(spot.code), message.text or "", bloc.scale)
        use.GiveOpinion(work).check(actor, spot.assessment, spot.code, points, made_for=spot.made_for)
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    reason = Spot("peer-reason", spot.assessment, spot.code, made_for=spot.made_for, points=str(points))
    return [say(message.chat.id, await talk.go(reason))]


async def reason_typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return await _typed(message, Talk(work, actor, words, state), Stance.POINTS)


async def _typed(message: Message, talk: Talk, stance: Stance) -> Replies:
    spot = await talk.spot()
    points = Decimal(spot.points) if stance is Stance.POINTS else None
    try:
        peer = use.GiveOpinion(talk.work)(
            talk.actor, spot.assessment, spot.code, stance, message.text or "", points, made_for=spot.made_for
        )
    except StaleButton as error:
        return await talk.said_too_late(message, spot, error)
    lead = talk.words("appraisal.opinion-kept", code=spot.code)
    return [say(message.chat.id, await talk.go(_onward(peer, spot.code), lead))]


async def hand_in(
    query: CallbackQuery, action: buttons.HandInReview, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk, spot = Talk(work, actor, words, state), Spot("peer", action.assessment)
    try:
        use.HandInReview(work)(actor, action.assessment, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, spot, error)
    return put(query, await talk.go(spot, words("appraisal.review-handed")))
