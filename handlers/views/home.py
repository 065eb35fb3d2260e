"""The home screen, help, and reaching the secretariat."""

from collections.abc import Collection, Sequence

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal import ListAppraisals
from bot.buttons.ask import ListCalendar
from bot.buttons.contact import AnswerLetter, AskSecretariat, DropAnswer
from bot.buttons.handin import ListHandIns
from bot.buttons.home import GoHome, SetLanguage, ShowHelp
from bot.buttons.people import ShowRoster
from bot.buttons.questions import ShowQuestions
from bot.buttons.status import ShowStatus
from bot.domain.bloc import Bloc
from bot.domain.calendar import DischargedBy
from bot.domain.contact import LONGEST_ANSWER, LONGEST_LETTER, Letter
from bot.domain.people import FILLING, Member, Person, Role
from bot.usecases.status import BlocStatus, StatusLine, ToApprove, UnitStatus
from bot.words import Safe, Words
from handlers.menus import commands_for
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, keyboard
from handlers.views.handin import due, left
from handlers.views.status import fitting, go_on, stands, to_approve

LANGUAGES = {"vi": "home.language-vi", "en": "home.language-en"}


def home(
    member: Member,
    bloc: Bloc,
    units: Sequence[UnitStatus],
    waiting: Sequence[ToApprove],
    of_bloc: BlocStatus | None,
    words: Words,
    begun: Sequence[tuple[Letter, Person | None]] = (),
) -> Screen:
    """What is nearest, and the one button to press; then the ways to everything else. `begun`: answers to give."""
    text: list[str] = [words("home.title", bloc=bloc.short_name or bloc.name)]
    rows: list[Sequence[InlineKeyboardButton]] = []
    rows += _go_on_answering(begun, words)
    if waiting:
        approve, buttons = to_approve(waiting, words)
        text.append(approve)
        rows += buttons
    for held in units:
        text.append(_nearest(held, words))
        if held.unit.code in member.fills:
            rows += [[go] for line in _to_go_on(held) if (go := go_on(line, words))]
    if of_bloc:
        text.append(_of_bloc(of_bloc, words))
    rows += everyday(member, words)
    return Screen(fitting(text, words), keyboard(rows))


def _to_go_on(held: UnitStatus) -> list[StatusLine]:
    """The nearest, and the form of an open period: it takes days, so it is never hidden behind something shorter."""
    nearest = held.next_owed
    return [
        line
        for line in held.lines
        if line is nearest or (line.owed and line.milestone.discharged_by is DischargedBy.ASSESSMENT)
    ]


def _nearest(held: UnitStatus, words: Words) -> Safe:
    line = held.next_owed
    if line is None:
        return words("home.nothing-owed", unit=held.unit.name)
    return words(
        "home.nearest",
        unit=held.unit.name,
        name=line.milestone.name,
        due=due(line.milestone, words),
        left=left(line.left, words),
        stands=stands(line, words),
    )


def _of_bloc(held: BlocStatus, words: Words) -> Safe:
    owed = [
        (owing, days)
        for owing, days in held.milestones
        if owing.missing and not (days.late and owing.milestone.discharged_by is DischargedBy.ROLL_CALL)
    ]
    parts = []
    if owed:
        ahead = [each for each in owed if not each[1].late]
        owing, days = ahead[0] if ahead else owed[-1]
        parts.append(
            words(
                "home.bloc-nearest",
                name=owing.milestone.name,
                due=due(owing.milestone, words),
                left=left(days, words),
                done=owing.settled,
                of=len(owing.lines),
            )
        )
    else:
        parts.append(words("home.bloc-nothing"))
    if held.unlinked:
        parts.append(words("status.unlinked", n=len(held.unlinked), units=", ".join(u.code for u in held.unlinked)))
    if held.letters:
        parts.append(words("status.letters", n=held.letters))
    return Safe("\n".join(parts))


def everyday(member: Member, words: Words) -> list[Sequence[InlineKeyboardButton]]:
    """The ways to everything else, by role."""
    rows: list[Sequence[InlineKeyboardButton]] = [
        [button(words.plain("home.status"), ShowStatus()), button(words.plain("home.calendar"), ListCalendar(0, 0))]
    ]
    second = []
    if member.roles & FILLING or member.is_secretary:
        hand_in = "home.hand-in" if member.roles & FILLING else "home.follow"
        second.append(button(words.plain(hand_in), ListHandIns()))
    if member.is_secretary:
        second.append(button(words.plain("home.roster"), ShowRoster()))
        second.append(button(words.plain("home.questions"), ShowQuestions(0)))
    if second:
        rows.append(second)
    if member.is_secretary:
        rows.append([button(words.plain("home.appraise"), ListAppraisals(0))])
    last = [button(words.plain("home.help"), ShowHelp())]
    if member.roles != {Role.SECRETARY}:
        last.insert(0, button(words.plain("home.contact"), AskSecretariat()))
    rows.append(last)
    return rows


def help_screen(member: Member, words: Words) -> Screen:
    """What the assistant does and the commands of the person's roles."""
    commands = commands_for(member.roles, words.language)
    listed = "\n".join(words("home.help-line", command=Safe(f"/{name}"), what=what) for name, what in commands)
    text = words("home.help-text", commands=Safe(listed))
    return Screen(text, keyboard(everyday(member, words)))


def language(words: Words) -> Screen:
    rows = [[button(words.plain(label), SetLanguage(code)) for code, label in LANGUAGES.items()]]
    return Screen(words("home.language"), keyboard(rows))


# -- reaching the secretariat ------------------------------------------------------------------------------


def write_letter(words: Words) -> Screen:
    return Screen(words("contact.write", most=LONGEST_LETTER), keyboard([_cancel(words)]))


def letter_sent(words: Words) -> Screen:
    return Screen(words("contact.sent"), keyboard([[button(words.plain("home.home"), GoHome())]]))


def write_answer(letter: Letter, person: Person | None, words: Words) -> Screen:
    text = words(
        "contact.write-answer",
        person=person.name if person else "?",
        text=clip(letter.text, 1000),
        most=LONGEST_ANSWER,
    )
    return Screen(text, keyboard([[button(words.plain("handin.cancel"), DropAnswer(letter.id))]]))


def _go_on_answering(
    begun: Sequence[tuple[Letter, Person | None]], words: Words
) -> list[Sequence[InlineKeyboardButton]]:
    return [
        [button(words.plain("contact.go-on", person=clip(person.name if person else "?", 24)), AnswerLetter(letter.id))]
        for letter, person in begun[:3]
    ]


def put_aside(begun: Sequence[tuple[Letter, Person | None]], words: Words) -> Screen:
    """After a command that led out of an answer: where it is found again."""
    return Screen(words("contact.put-aside"), keyboard(_go_on_answering(begun, words)))


def letters(
    found: Sequence[tuple[Letter, Person | None]], words: Words, begun: Collection[int] = frozenset()
) -> Screen:
    """The oldest first, ten at most, a button each. `begun`: letters that this secretary has begun to answer."""
    if not found:
        return Screen(words("contact.none-open"), keyboard([[button(words.plain("home.home"), GoHome())]]))
    text: list[Safe] = [words("contact.open-title", n=len(found))]
    rows: list[Sequence[InlineKeyboardButton]] = []
    for number, (letter, person) in enumerate(found[:10], 1):
        text.append(
            words(
                "contact.open-line",
                number=number,
                person=person.name if person else "?",
                at=letter.asked_at,
                text=clip(letter.text, 200),
            )
        )
        key = "contact.go-on-number" if letter.id in begun else "contact.answer-number"
        rows.append([button(words.plain(key, number=number), AnswerLetter(letter.id))])
    rows.append([button(words.plain("home.home"), GoHome())])
    return Screen("\n\n".join(text), keyboard(rows))


def _cancel(words: Words) -> list[InlineKeyboardButton]:
    return [button(words.plain("handin.cancel"), GoHome())]
