"""Opening a form, moving around in it, and answering its questions."""

from collections.abc import Callable

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.buttons import assessment as buttons
from bot.domain import facts
from bot.domain.assessment import AnsweredSince, Assessment
from bot.domain.calendar import Period
from bot.domain.criteria import FactNotAllowed, ItemKind, Mark, PartId
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.people import Member
from bot.domain.typed import NotRead, read_marked
from bot.domain.typed_reference import names_document
from bot.usecases.assessment import (
    KeepAnswer,
    LeaveOut,
    ListOpenings,
    ListPastForms,
    NothingOpen,
    OpenAssessment,
    OpenLine,
    RecordFact,
    Unclaim,
)
from bot.usecases.ports.work import Work
from bot.words import Safe, Words
from handlers.assessment.asked import IsQuestion
from handlers.assessment.evidence import keep_words
from handlers.assessment.talk import Filling, Talk
from handlers.filters import Tapped
from handlers.replies import Replies, Screen, put, say
from handlers.views.assessment import overview as overview_views
from handlers.views.assessment import part as part_views
from handlers.views.assessment.common import answered, line_total, lines


def add(router: Router) -> None:
    router.message.register(start, Command("tudanhgia", ignore_mention=True))
    router.message.register(typed, Filling.part, F.text, ~F.text.startswith("/"), ~IsQuestion())
    for kind, handler in (
        (buttons.OpenAssessment, open_period),
        (buttons.OpenForUnit, open_for_unit),
        (buttons.OpenLine, open_line),
        (buttons.ShowOverview, show_overview),
        (buttons.Resume, resume),
        (buttons.ShowContents, show_contents),
        (buttons.ShowPart, show_part),
        (buttons.ShowItem, show_item),
        (buttons.Skip, skip),
        (buttons.Back, back),
        (buttons.GoOn, go_on),
        (buttons.ShowRules, show_rules),
        (buttons.PassRules, pass_rules),
        (buttons.Later, later),
        (buttons.GiveFact, give),
        (buttons.KeepAnswer, keep),
        (buttons.LeaveOut, leave_out),
        (buttons.Unclaim, unclaim),
    ):
        router.callback_query.register(handler, Tapped(kind))


# -- opening ---------------------------------------------------------------------------------------------


async def start(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    return [say(message.chat.id, await _open(Talk(work, actor, words, state)))]


async def open_period(
    query: CallbackQuery, action: buttons.OpenAssessment, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    return put(query, await _open(Talk(work, actor, words, state), action.period))


async def _open(talk: Talk, period: str | None = None) -> Screen:
    try:
        openings = ListOpenings(talk.work)(talk.actor)
    except NothingOpen as error:
        past = ListPastForms(talk.work)(talk.actor)
        return overview_views.nothing_open(talk.words(error.key, **error.params), past, talk.words)
    openings = [o for o in openings if o.period.value == period] or openings
    if len(openings) > 1:
        return overview_views.choose(openings, talk.words)
    chosen = openings[0]
    return await talk.go(OpenAssessment(talk.work)(talk.actor, chosen.membership_id, chosen.period), "overview")


async def open_for_unit(
    query: CallbackQuery, action: buttons.OpenForUnit, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    if action.period not in list(Period):
        raise NotAllowed()
    assessment = OpenAssessment(work)(actor, action.membership, Period(action.period))
    return put(query, await Talk(work, actor, words, state).go(assessment, "overview"))


async def open_line(
    query: CallbackQuery, action: buttons.OpenLine, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    assessment, code = OpenLine(work)(actor, action.membership, action.period, action.mark)
    return put(query, await _item(Talk(work, actor, words, state), assessment, code))


# -- moving around ---------------------------------------------------------------------------------------


async def show_overview(
    query: CallbackQuery, action: buttons.ShowOverview, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "overview"))


async def resume(
    query: CallbackQuery, action: buttons.Resume, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.follow(assessment, talk.stand(assessment).resume()))


async def show_contents(
    query: CallbackQuery, action: buttons.ShowContents, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "contents", page=action.group))


async def show_part(
    query: CallbackQuery, action: buttons.ShowPart, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await _question(talk, assessment, assessment.code_at(action.line), action.part))


async def show_item(
    query: CallbackQuery, action: buttons.ShowItem, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await _item(talk, assessment, assessment.code_at(action.line)))


async def _item(talk: Talk, assessment: Assessment, code: str) -> Screen:
    """The first open question of an item, else its first one; the form, where the machine counts the item alone."""
    asked = assessment.bloc.item(code).asked
    if not asked:
        return await talk.go(assessment, "overview")
    return await _question(talk, assessment, code, talk.stand(assessment).unanswered(code) or asked[0].id)


async def _question(talk: Talk, assessment: Assessment, code: str, part: PartId) -> Screen:
    if part not in [each.id for each in assessment.bloc.item(code).asked]:
        raise StaleButton()
    return await talk.go(assessment, "part", code=code, part=part)


async def skip(
    query: CallbackQuery, action: buttons.Skip, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(
        query,
        await talk.follow(assessment, talk.stand(assessment).skip(assessment.code_at(action.line), action.part)),
    )


async def back(
    query: CallbackQuery, action: buttons.Back, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    place = talk.stand(assessment).back(assessment.code_at(action.line), action.part)
    return put(query, await (talk.follow(assessment, place) if place else talk.go(assessment, "overview")))


async def go_on(
    query: CallbackQuery, action: buttons.GoOn, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    place = talk.stand(assessment).after_item(assessment.code_at(action.line))
    return put(query, await talk.follow(assessment, place))


async def show_rules(
    query: CallbackQuery, action: buttons.ShowRules, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.go(assessment, "rules", code=_kind_of_rules(action.kind).value))


async def pass_rules(
    query: CallbackQuery, action: buttons.PassRules, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    assessment = talk.look(action.assessment)
    return put(query, await talk.follow(assessment, talk.stand(assessment).after_rules(_kind_of_rules(action.kind))))


def _kind_of_rules(kind: str) -> ItemKind:
    """Raises StaleButton for a kind that has no list of its own."""
    if kind not in (ItemKind.BONUS.value, ItemKind.DEDUCTION.value):
        raise StaleButton()
    return ItemKind(kind)


async def later(
    query: CallbackQuery, action: buttons.Later, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    return put(query, await talk.go(talk.look(action.assessment), "paused"))


# -- answering -------------------------------------------------------------------------------------------


async def give(
    query: CallbackQuery, action: buttons.GiveFact, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    before = talk.look(action.assessment)
    code = before.code_at(action.line)
    try:
        fact, mark = facts.unpack_marked(action.fact)
    except ValueError:
        raise StaleButton() from None

    def record() -> Assessment:
        return RecordFact(work)(actor, action.assessment, code, action.part, fact, mark, made_for=action.made_for)

    return await _recorded(talk, query, before, code, action.part, record)


async def keep(
    query: CallbackQuery, action: buttons.KeepAnswer, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    before = talk.look(action.assessment)
    code = before.code_at(action.line)
    if action.kept_as not in list(Mark):
        raise StaleButton()
    mark = Mark(action.kept_as)

    def record() -> Assessment:
        return KeepAnswer(work)(actor, action.assessment, code, action.part, mark, made_for=action.made_for)

    return await _recorded(talk, query, before, code, action.part, record)


async def leave_out(
    query: CallbackQuery, action: buttons.LeaveOut, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    before = talk.look(action.assessment)
    code = before.code_at(action.line)

    def record() -> Assessment:
        return LeaveOut(work)(actor, action.assessment, code, made_for=action.made_for)

    return await _recorded(talk, query, before, code, "", record)


async def _recorded(
    talk: Talk, query: CallbackQuery, before: Assessment, code: str, part: str, record: Callable[[], Assessment]
) -> Replies:
    """What comes after an answer by a button; `part` is empty for an answer to all that the item asks.

    `before`: the form that the button was looked up in, not yet answered.
    A button of another question that gives what stands already moves nobody: the step in hand stays.
    """
    try:
        after = record()
    except AnsweredSince as error:
        return _settled(talk, query, before, error)
    except StaleButton as error:
        return await talk.moved_on(query, before.id, error)
    part = part or after.bloc.item(code).asked[-1].id
    if after.revision == before.revision and (spot := await talk.elsewhere(before.id, code)):
        screen = talk.draw(after, spot, _taken(talk, after, code, part))
        return put(query, screen, talk.words.plain("assessment.as-before", code=code))
    return put(query, await _onward(talk, after, code, part))


def _settled(talk: Talk, query: CallbackQuery, held: Assessment, error: AnsweredSince) -> Replies:
    """The person may be at another question by now: this one is shown as settled, and they stay where they are."""
    words = talk.words
    screen = part_views.settled(talk.stand(held), error.answer, words, words(error.key, **error.params))
    return put(query, screen, words.plain(error.key, **error.params))


async def typed(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    """A typed value goes to the question on the screen, never to another; a document goes to the item just proven."""
    talk = Talk(work, actor, words, state)
    spot = await talk.spot()
    try:
        assessment = talk.expect(spot)
    except StaleButton as error:
        return await talk.said_too_late(message, spot.assessment, error)
    item = assessment.bloc.item(spot.code)
    try:
        fact, mark = read_marked(item, item.part(spot.part), message.text or "", assessment.bloc.scale.step)
    except (NotRead, FactNotAllowed):
        if spot.proof and names_document(message.text or ""):
            return await keep_words(message, talk, spot.of_proof())
        raise
    try:
        after = RecordFact(work)(actor, spot.assessment, spot.code, spot.part, fact, mark, made_for=spot.made_for)
    except AnsweredSince as error:
        person = work.people.person(error.answer.by)
        by = person.name if person else ""
        return [say(message.chat.id, part_views.differs(talk.stand(assessment), error.answer, fact, mark, by, words))]
    except StaleButton as error:
        return await talk.said_too_late(message, spot.assessment, error)
    return [say(message.chat.id, await _onward(talk, after, spot.code, spot.part))]


async def _onward(talk: Talk, assessment: Assessment, code: str, part: PartId) -> Screen:
    """How it counted, and the next step."""
    standing = talk.stand(assessment)
    return await talk.follow(assessment, standing.after_answer(code, part), _taken(talk, assessment, code, part))


def _taken(talk: Talk, assessment: Assessment, code: str, part: PartId) -> Safe:
    standing = talk.stand(assessment)
    answer = assessment.answers[code, part]
    counted = answered(assessment.bloc.item(code).part(part), answer, talk.words)
    return lines(talk.words("assessment.taken", code=code, counted=counted), line_total(standing, code, talk.words))


async def unclaim(
    query: CallbackQuery, action: buttons.Unclaim, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    talk = Talk(work, actor, words, state)
    code = talk.look(action.assessment).code_at(action.line)
    try:
        assessment = Unclaim(work)(actor, action.assessment, code, made_for=action.made_for)
    except StaleButton as error:
        return await talk.moved_on(query, action.assessment, error)
    place = talk.stand(assessment).after_item(code)
    return put(query, await talk.follow(assessment, place, part_views.unclaimed(assessment.bloc.item(code), words)))
