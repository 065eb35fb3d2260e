"""Where a person stands in an appraisal: one value in the conversation data, one function that draws it."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.domain.appraisal import Phase
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import Member
from bot.usecases import appraisal as use
from bot.usecases import appraisal_peer as peer_use
from bot.usecases import appraisal_unit as unit_use
from bot.usecases.deadline import deadline_of
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import screens
from handlers.assessment.talk import Talk as FormTalk
from handlers.attachments import PENDING
from handlers.replies import Replies, Screen, put, say
from handlers.views.appraisal import peer as peer_views
from handlers.views.appraisal import secretary as views
from handlers.views.appraisal import unit as unit_views

SPOT = "appraisal"  # key in the conversation data: where the person stands
DOUBTFUL = "doubtful_reply"  # likewise: a text that waits for the person's word
HELD = "held_files"  # likewise: stored files that wait for the warning to be read


class Appraising(StatesGroup):
    """A secretary."""

    looking = State()  # a screen of buttons: what is typed there is not for the form
    points = State()
    reason = State()
    asking = State()
    returning = State()
    settle_points = State()
    settling = State()


class Answering(StatesGroup):
    """The unit."""

    looking = State()
    replying = State()
    objecting = State()
    vouching = State()


class Peering(StatesGroup):
    """The other unit of the pair."""

    looking = State()
    remark = State()
    points = State()
    reason = State()


@dataclass(frozen=True, slots=True)
class Spot:
    """One screen. `made_for`: the revision that what is typed there is meant for; `number` of an exchange, or the
    submitted version where the whole is returned."""

    kind: str
    assessment: int = 0
    code: str = ""
    number: int = 0
    page: int = 0
    made_for: int = 0
    points: str = ""

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Spot | None":
        held = data.get(SPOT)
        return cls(**held) if held else None


STATES: dict[str, State] = {
    "points": Appraising.points,
    "reason": Appraising.reason,
    "asking": Appraising.asking,
    "returning": Appraising.returning,
    "settle-points": Appraising.settle_points,
    "settle": Appraising.settling,
    "exchange": Answering.replying,
    "objecting": Answering.objecting,
    "peer-remark": Peering.remark,
    "peer-points": Peering.points,
    "peer-reason": Peering.reason,
}
PEER_KINDS = frozenset({"peers", "peer", "peer-lines", "peer-line", "peer-remark", "peer-points", "peer-reason"})
UNIT_KINDS = frozenset({"requests", "exchange", "result", "differences", "difference", "objecting"})
# Where somebody stands once a screen that takes something has moved on.
FALLS_BACK = {
    "points": "line",
    "reason": "line",
    "asking": "line",
    "settle": "line",
    "settle-points": "line",
    "objecting": "difference",
    "peer-remark": "peer-line",
    "peer-points": "peer-line",
    "peer-reason": "peer-line",
}


def _said(spot: Spot, error: DomainError) -> str:
    """Key of what is said of an error: the unit itself has the form in hand that is not submitted."""
    return "appraisal.with-the-unit" if spot.kind in UNIT_KINDS and isinstance(error, use.NotSubmitted) else error.key


@dataclass(frozen=True, slots=True)
class Talk:
    """One update of one person, about appraisals."""

    work: Work
    actor: Member
    words: Words
    state: FSMContext | None = None

    async def go(self, spot: Spot, lead: str | None = None) -> Screen:
        """Stand there from now on, and what it looks like. Raises what looking there raises."""
        screen = self.draw(spot, lead)
        await self.stay(spot)
        return screen

    async def stay(self, spot: Spot, **more: Any) -> None:
        assert self.state is not None
        standing = Answering.looking if spot.kind in UNIT_KINDS else Appraising.looking
        standing = Peering.looking if spot.kind in PEER_KINDS else standing
        await self.state.set_state(STATES.get(spot.kind, standing))
        await self.state.set_data({SPOT: asdict(spot), **more})

    async def spot(self) -> Spot:
        """Raises StaleButton outside of every appraisal."""
        assert self.state is not None
        found = Spot.of(await self.state.get_data())
        if found is None:
            raise StaleButton()
        return found

    async def show(self, query: CallbackQuery, spot: Spot) -> Replies:
        """A screen in place of the one that was tapped, or where things went meanwhile."""
        try:
            return put(query, await self.go(spot))
        except StaleButton as error:
            return await self.moved_on(query, spot, error)

    async def moved_on(self, query: CallbackQuery, spot: Spot, error: DomainError) -> Replies:
        """An old button: a notice over it and, in its place, the screen as it stands now."""
        screen = await self._fallen(spot, error)
        return put(query, screen, self.words.plain(_said(spot, error), **error.params), alert=True)

    async def said_too_late(self, message: Message, spot: Spot, error: DomainError) -> Replies:
        """Something typed for what has moved on: nothing is kept of it."""
        lead = self.words(_said(spot, error), **error.params)
        return [say(message.chat.id, await self._fallen(spot, error, lead))]

    async def _fallen(self, spot: Spot, error: DomainError, lead: str | None = None) -> Screen:
        """The nearest screen to `spot` that still stands."""
        if spot.kind in UNIT_KINDS and isinstance(error, use.NotSubmitted):
            form_talk = FormTalk(self.work, self.actor, self.words, self.state)
            return await form_talk.go(form_talk.look(spot.assessment), "overview", lead)
        fallback = FALLS_BACK.get(spot.kind, spot.kind)
        above = ("result", "requests") if spot.kind in UNIT_KINDS else ("form", "list")
        for kind in (fallback, *(("peer", "peers") if spot.kind in PEER_KINDS else above)):
            try:
                page = spot.page if kind == spot.kind else 0
                return await self.go(Spot(kind, spot.assessment, spot.code, spot.number, page), lead)
            except DomainError:
                continue
        assert self.state is not None
        await self.state.clear()
        return screens.current(self.work, self.actor, self.words, None, {})

    # -- drawing -----------------------------------------------------------------------------------------

    def draw(self, spot: Spot, lead: str | None = None) -> Screen:
        """The screen of a spot; only reads. Raises NotAllowed or a StaleButton."""
        if spot.kind in PEER_KINDS:
            return self._of_peer(spot, lead)
        return self._of_unit(spot, lead) if spot.kind in UNIT_KINDS else self._of_secretary(spot, lead)

    def _of_peer(self, spot: Spot, lead: str | None) -> Screen:
        words, work = self.words, self.work
        if spot.kind == "peers":
            return peer_views.choose(peer_use.ListPeers(work)(self.actor), work.bloc, words)
        peer = peer_use.LookAtPeer(work)(self.actor, spot.assessment)
        match spot.kind:
            case "peer":
                return peer_views.overview(peer, words, lead)
            case "peer-lines":
                return peer_views.lines_page(peer, spot.page, words)
            case "peer-line":
                return peer_views.line(peer, spot.code, words, lead)
            case "peer-remark":
                return peer_views.ask_remark(peer, spot.code, words)
            case "peer-points":
                return peer_views.ask_points(peer, spot.code, words)
        return peer_views.ask_reason(peer, spot.code, Decimal(spot.points), words)

    def _has_peers(self) -> bool:
        try:
            return bool(peer_use.ListPeers(self.work)(self.actor))
        except DomainError:
            return False

    def _of_secretary(self, spot: Spot, lead: str | None) -> Screen:
        words, work = self.words, self.work
        if spot.kind == "list":
            return views.listed(*use.ListSubmitted(work)(self.actor), spot.page, words, lead, peers=self._has_peers())
        outcome = use.LookAtAppraisal(work)(self.actor, spot.assessment)
        window = use.objection_window(work, outcome.assessment.period)
        reviews = peer_use.reviews(work, outcome.assessment)
        match spot.kind:
            case "form":
                return views.form(outcome, window, work.now, words, lead, reviews)
            case "lines":
                return views.lines_page(outcome, spot.page, words, lead)
            case "line":
                return views.line(outcome, spot.code, words, lead, reviews)
            case "talk":
                return views.read_talk(outcome, spot.code, spot.page, words, reviews)
            case "points":
                return views.ask_points(outcome, spot.code, words)
            case "reason":
                return views.ask_reason(outcome, spot.code, Decimal(spot.points), words)
            case "asking":
                return views.ask_request(outcome, spot.code, words)
            case "returning":
                return views.ask_return(outcome, words)
            case "rest" if outcome.untouched and outcome.appraisal.phase is Phase.OPEN:
                return views.ask_accept_rest(outcome, words, reviews)
            case "announce":
                due = deadline_of(work, outcome.assessment)
                return views.ask_announce(outcome, window, due, work.now, words)
            case "finish":
                return views.ask_finish(outcome, words)
            case "settle-points":
                return views.ask_points(outcome, outcome.appraisal.exchange(spot.number).item, words)
            case "settle":
                points = Decimal(spot.points) if spot.points else None
                return views.ask_decision(outcome, outcome.appraisal.exchange(spot.number), points, words)
        raise StaleButton()

    def _of_unit(self, spot: Spot, lead: str | None) -> Screen:
        words, work, actor = self.words, self.work, self.actor
        match spot.kind:
            case "requests":
                return unit_views.requests(*unit_use.ListRequests(work)(actor, spot.assessment), words, lead)
            case "exchange":
                warned = work.assessments.warned_at(actor.person.id) is not None
                outcome, exchange = unit_use.LookAtExchange(work)(actor, spot.assessment, spot.number)
                fills = outcome.assessment.unit in actor.fills
                window = use.objection_window(work, outcome.assessment.period)
                return unit_views.exchange(outcome, exchange, words, lead, warned=warned, fills=fills, window=window)
        result = unit_use.LookAtResult(work)(actor, spot.assessment)
        match spot.kind:
            case "result":
                return unit_views.result(result, words, lead)
            case "differences":
                return unit_views.differences(result, spot.page, words)
            case "difference":
                return unit_views.difference(result, spot.code, words, lead)
            case "objecting":
                return unit_views.ask_objection(result, spot.code, words)
        raise StaleButton()


def _current(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    """The screen of every state here, as it is now."""
    spot = Spot.of(data)
    try:
        if spot is None:
            raise NotAllowed()
        if data.get(DOUBTFUL):
            return unit_views.doubtful_text(data[DOUBTFUL], words)
        if data.get(PENDING):
            return unit_views.doubtful_file(data[PENDING], words)
        return Talk(work, actor, words).draw(spot)
    except (DomainError, KeyError):
        return screens.current(work, actor, words, None, {})


for _state in (*Appraising.__all_states__, *Answering.__all_states__, *Peering.__all_states__):
    screens.screen(_state)(_current)
