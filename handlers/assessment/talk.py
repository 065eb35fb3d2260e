"""Where a person stands in a form: one value in the conversation data, one function that draws it.

Whatever a step leads to is first a Spot, then a screen, so that a restart shows what the step would have shown.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.domain.appraisal import Appraisal
from bot.domain.assessment import Assessment, ChangedSince, Stage
from bot.domain.assessment_standing import At, Place, Standing
from bot.domain.calendar import closes_at
from bot.domain.criteria import ItemKind
from bot.domain.errors import DomainError, NotAllowed, StaleButton
from bot.domain.people import Member
from bot.usecases.appraisal import current
from bot.usecases.assessment import LookAt, stand
from bot.usecases.assessment_approval import in_time_to_reopen, is_announced, on_paper
from bot.usecases.assessment_earlier import FindEarlier
from bot.usecases.assessment_form import ListReceipts
from bot.usecases.assessment_renewal import SeeChanges, SeeRemoved
from bot.usecases.deadline import deadline_of
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers import screens
from handlers.replies import Replies, Screen, put, say
from handlers.views.assessment import changes as change_views
from handlers.views.assessment import evidence as evidence_views
from handlers.views.assessment import overview as overview_views
from handlers.views.assessment import part as part_views
from handlers.views.assessment import report as report_views
from handlers.views.assessment import review as review_views


class Filling(StatesGroup):
    menu = State()  # a screen of buttons: what is typed there is not for the form
    part = State()
    evidence = State()
    explanation = State()
    section = State()
    addressee = State()
    report = State()
    vouching = State()  # what was typed may be classified: the person is asked
    reason = State()  # a leader types why the form goes back


@dataclass(frozen=True, slots=True)
class Spot:
    """One screen of one form. `made_for`: the revision that what is typed there is meant for.

    `proof` (of a question): the item whose evidence has just come in; more evidence sent there is that item's.
    `album`: the one whose first file led here; the question stands below that one.
    """

    assessment: int
    kind: str
    code: str = ""
    part: str = ""
    page: int = 0
    made_for: int = 0
    proof: str = ""
    album: str = ""

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Spot | None":
        """The spot in the conversation data; None where there is none."""
        held = data.get("spot")
        return cls(**held) if held else None

    def of_proof(self) -> "Spot":
        """The evidence of the item that was just proven."""
        return replace(self, kind="evidence", code=self.proof, part="", proof="", album="")


STATES = {
    "part": Filling.part,
    "evidence": Filling.evidence,
    "explanation": Filling.explanation,
    "section": Filling.section,
    "addressee": Filling.addressee,
    "report": Filling.report,
    "reason": Filling.reason,
}
DOUBTFUL = "doubtful_text"  # key in the conversation data: a text that waits for the person's word
HELD = "held_files"  # likewise: stored files, each with its spot, that wait for the warning to be read
# Screens on which a draft is changed: they give way to the overview once there is no draft, or for who only approves.
CHANGING = frozenset(STATES) - {"reason"} | {"rules", "review", "clearing"}
PLACES = {
    At.PART: "part",
    At.EVIDENCE: "evidence",
    At.EXPLANATION: "explanation",
    At.SECTION: "section",
    At.ADDRESSEE: "addressee",
    At.RULES: "rules",
    At.REVIEW: "review",
}


@dataclass(frozen=True, slots=True)
class Talk:
    """One update of one person, about forms."""

    work: Work
    actor: Member
    words: Words
    state: FSMContext | None = None
    _stood: dict[tuple[int, int], Standing] = field(default_factory=dict)

    def stand(self, assessment: Assessment) -> Standing:
        """How it counts now; one step asks several times."""
        key = (assessment.id, assessment.revision)
        if key not in self._stood:
            self._stood[key] = stand(self.work, assessment)
        return self._stood[key]

    def look(self, assessment_id: int) -> Assessment:
        return LookAt(self.work)(self.actor, assessment_id)

    async def go(self, assessment: Assessment, kind: str, lead: str | None = None, **where: Any) -> Screen:
        """Stand at a spot from now on, and what it looks like."""
        spot = self._now(assessment, Spot(assessment.id, kind, **where))
        await self.stay(spot)
        return self.draw(assessment, spot, lead)

    async def follow(self, assessment: Assessment, place: Place, lead: str | None = None) -> Screen:
        """Stand where the form leads next."""
        return await self.go(assessment, PLACES[place.at], lead, code=place.code, part=place.part)

    async def stay(self, spot: Spot, at: State | None = None, **more: Any) -> None:
        """Stand there, in the spot's own state unless another is given.

        Only files that wait for the warning outlast the spot: the person has been told that they are held.
        """
        assert self.state is not None
        waiting = (await self.state.get_data()).get(HELD)
        kept = {HELD: waiting} if waiting else {}
        await self.state.set_state(at or STATES.get(spot.kind, Filling.menu))
        await self.state.set_data({"spot": asdict(spot), **kept, **more})

    async def again(self) -> Screen:
        """The step on which the person stands, as it is now; whatever else the conversation holds stays."""
        assert self.state is not None
        spot = await self.spot()
        assessment = self.look(spot.assessment)
        spot = self._now(assessment, spot)
        await self.state.set_state(STATES.get(spot.kind, Filling.menu))
        await self.state.update_data(spot=asdict(spot))
        return self.draw(assessment, spot)

    def _now(self, assessment: Assessment, spot: Spot) -> Spot:
        """A spot of the form as it is now; what is typed at a section is meant for what its screen asks for."""
        kind, part = self._allowed(assessment, spot.kind), spot.part
        if kind == "section" and assessment.has_section(spot.code):
            part = report_views.content_of(assessment.section(spot.code), part).value
        return replace(spot, kind=kind, part=part, made_for=assessment.revision)

    async def spot(self) -> Spot:
        """Where the person stands. Raises StaleButton outside of every form."""
        assert self.state is not None
        spot = Spot.of(await self.state.get_data())
        if spot is None:
            raise StaleButton()
        return spot

    async def elsewhere(self, assessment_id: int, code: str) -> Spot | None:
        """Where the person stands in this form, if that is not at this item."""
        assert self.state is not None
        spot = Spot.of(await self.state.get_data())
        return None if spot is None or spot.assessment != assessment_id or spot.code == code else spot

    async def moved_on(self, query: CallbackQuery, assessment_id: int, error: DomainError) -> Replies:
        """An old button: a notice over it and, in its place, the form as it stands now."""
        screen = await self.go(self.look(assessment_id), "overview")
        return put(query, screen, self.words.plain(error.key, **error.params), alert=True)

    async def said_too_late(self, message: Message, assessment_id: int, error: DomainError) -> Replies:
        """Something typed for a form that has moved on: nothing is kept of it."""
        lead = self.words(error.key, **error.params)
        return [say(message.chat.id, await self.go(self.look(assessment_id), "overview", lead))]

    def expect(self, spot: Spot) -> Assessment:
        """The form of a spot, where what is typed or sent there still has its place. Raises ChangedSince elsewhere."""
        assessment = self.look(spot.assessment)
        if not _is_there(assessment, spot):
            raise ChangedSince()
        return assessment

    def is_removed(self, assessment: Assessment, place: int) -> bool:
        """Whether something is kept at this place of what is no longer asked."""
        try:
            SeeRemoved(self.work)(self.actor, assessment.id, place)
        except StaleButton:
            return False
        return True

    def _allowed(self, assessment: Assessment, kind: str) -> str:
        fills = assessment.unit in self.actor.fills and assessment.stage is Stage.DRAFT
        if kind in CHANGING and not fills:
            return "overview"
        if kind in ("changes", "removed") and assessment.renewed_from is None:
            return "overview"
        if kind == "reason" and assessment.stage is not Stage.PROPOSED:
            return "overview"
        if kind in ("receipt", "reopen") and assessment.receipt is None:
            return "overview"
        if kind == "reopen" and not self._reopens(assessment):
            return "receipt"
        return kind

    # -- drawing -----------------------------------------------------------------------------------------

    def draw(self, assessment: Assessment, spot: Spot, lead: str | None = None) -> Screen:
        """The screen of a spot; only reads."""
        standing = self.stand(assessment)
        if not _is_there(assessment, spot):
            return self._overview(standing, lead)
        drawn = self._fill(standing, spot, lead) or self._read(standing, spot, lead)
        return drawn or self._overview(standing, lead)

    def question(self, standing: Standing, spot: Spot, lead: str | None = None, *, brief: bool = False) -> Screen:
        """The question of a spot. `brief`: it stands in full further up, with what was given a period ago."""
        form = standing.assessment
        earlier = None if brief else FindEarlier(self.work)(form, spot.code, spot.part)
        proof = spot.proof if form.has_item(spot.proof) else ""  # the bloc may have taken it out since
        return part_views.question(
            standing, spot.code, spot.part, self.words, lead, earlier=earlier, proof=proof, brief=brief
        )

    def _fill(self, standing: Standing, spot: Spot, lead: str | None) -> Screen | None:
        words = self.words
        match spot.kind:
            case "part":
                return self.question(standing, spot, lead)
            case "evidence":
                warned = self.work.assessments.warned_at(self.actor.person.id) is not None
                return evidence_views.ask(standing, spot.code, words, warned=warned, lead=lead, page=spot.page)
            case "explanation":
                return evidence_views.explaining(standing, spot.code, words, lead)
            case "section":
                return report_views.section(standing, spot.code, words, lead, chosen=spot.part, page=spot.page)
            case "clearing":
                return report_views.ask_clearing(standing, spot.code, words)
            case "addressee" if entry := standing.assessment.entry(int(spot.part)):
                return report_views.addressee(standing, entry, words, lead)
            case "report":
                return report_views.report(standing, words, lead)
            case "rules":
                return overview_views.rules(standing, ItemKind(spot.code), words, lead)
            case "review":
                milestone = deadline_of(self.work, standing.assessment)
                due = overview_views.deadline(standing, milestone, self.work.now, words)
                return review_views.review(standing, spot.page, self.work.bloc.clock_stops, words, lead, due=due)
            case "contents" if 1 <= spot.page <= len(standing.assessment.bloc.groups):
                return overview_views.group(standing, spot.page, words)
            case "contents":
                return overview_views.contents(standing, words)
        return None

    def _read(self, standing: Standing, spot: Spot, lead: str | None) -> Screen | None:
        words, assessment = self.words, standing.assessment
        match spot.kind:
            case "table":
                return review_views.table(standing, spot.page, self.actor, words)
            case "line":
                return review_views.read_line(standing, spot.code, spot.page, words)
            case "reading":
                return review_views.read_section(standing, spot.code, spot.page, words)
            case "changes":
                _, changed = SeeChanges(self.work)(self.actor, assessment.id)
                fills = assessment.unit in self.actor.fills and assessment.stage is Stage.DRAFT
                return change_views.changes(standing, changed, spot.page, words, fills=fills)
            case "removed" if self.is_removed(assessment, spot.page):
                _, kept = SeeRemoved(self.work)(self.actor, assessment.id, spot.page)
                return change_views.removed(assessment, kept, words)
            case "paused":
                milestone = deadline_of(self.work, assessment)
                return overview_views.paused(standing, milestone, self.work.now, words)
            case "reason":
                return review_views.ask_reason(assessment, words)
            case "reopen":
                return review_views.ask_reopen(assessment, words)
            case "receipts":
                return review_views.receipts(*ListReceipts(self.work)(self.actor, assessment.id), words)
            case "receipt" if assessment.receipt:
                person = self.work.people.person(assessment.receipt.by)
                by = person.name if person else ""
                may = {"reopens": self._reopens(assessment), "shut": not lead and self._is_shut(assessment)}
                return review_views.receipt(assessment, assessment.receipt, by, words, lead, **may)
        return None

    def _reopens(self, assessment: Assessment) -> bool:
        """Whether this person may still turn what was submitted into a draft."""
        return assessment.unit in self.actor.fills and in_time_to_reopen(self.work, assessment)

    def _is_shut(self, assessment: Assessment) -> bool:
        """Whether only the announced result keeps this person from reopening what was submitted."""
        if assessment.unit not in self.actor.fills or not is_announced(self.work, assessment):
            return False
        milestone = deadline_of(self.work, assessment)
        return milestone is not None and self.work.now <= closes_at(milestone)

    def _appraisal(self, assessment: Assessment) -> Appraisal | None:
        """As it stands for what is submitted now; None where nobody has begun."""
        held = self.work.appraisals.find(assessment.id)
        return current(self.work, assessment, held) if held else None

    def _overview(self, standing: Standing, lead: str | None) -> Screen:
        milestone = deadline_of(self.work, standing.assessment)
        submitted = standing.assessment.stage is Stage.SUBMITTED
        return overview_views.overview(
            standing,
            milestone,
            self.work.now,
            self.actor,
            self.words,
            lead,
            reopens=self._reopens(standing.assessment),
            on_paper=on_paper(self.work, standing.assessment),
            appraisal=self._appraisal(standing.assessment) if submitted else None,
            shut=self._is_shut(standing.assessment),
        )


def _is_there(assessment: Assessment, spot: Spot) -> bool:
    """Whether the form has what the spot is about: the bloc may have taken it out since."""
    match spot.kind:
        case "part":
            return assessment.has_item(spot.code) and spot.part in [
                part.id for part in assessment.bloc.item(spot.code).asked
            ]
        case "evidence" | "explanation" | "line":
            return assessment.has_item(spot.code)
        case "section" | "clearing" | "reading":
            return assessment.has_section(spot.code)
        case "addressee":
            return assessment.entry(int(spot.part)) is not None
    return True


def _current(work: Work, actor: Member, words: Words, data: dict[str, Any]) -> Screen:
    """The screen of every state here: drawn from the form as it is now, not as it was."""
    spot = Spot.of(data)
    try:
        if spot is None:
            raise NotAllowed()
        talk = Talk(work, actor, words)
        assessment = talk.look(spot.assessment)
        if data.get(DOUBTFUL):
            return evidence_views.doubtful_text(data[DOUBTFUL], words)
        if data.get(HELD):
            return evidence_views.warning(spot.assessment, len(data[HELD]), words)
        kind = talk._allowed(assessment, spot.kind)
        return talk.draw(assessment, replace(spot, kind=kind))
    except (NotAllowed, KeyError):
        return screens.current(work, actor, words, None, {})


for _state in Filling.__all_states__:
    screens.screen(_state)(_current)
