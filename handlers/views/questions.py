"""The secretariat's list of questions, and of what it kept."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from aiogram.types import InlineKeyboardButton

from bot.buttons.contact import AnswerLetter
from bot.buttons.home import GoHome
from bot.buttons.questions import (
    AskCloseLetter,
    AskTakeBack,
    BeginNote,
    BeginPhrasing,
    ConfirmCloseLetter,
    ConfirmTakeBack,
    DismissQuestion,
    ListKept,
    ShowKept,
    ShowQuestion,
    ShowQuestions,
)
from bot.domain.bloc import Bloc
from bot.domain.calendar import local
from bot.domain.contact import Letter
from bot.domain.knowledge import KeptPhrasing, Note
from bot.domain.people import Person
from bot.domain.questions import Group, OpenQuestion, Why
from bot.usecases.questions import Overview
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, keyboard

A_PAGE = 5
WHY = {Why.UNKNOWN: "questions.why-unknown", Why.UNCHOSEN: "questions.why-unchosen", Why.DISLIKED: "questions.why-bad"}

Row = Sequence[InlineKeyboardButton]
T = TypeVar("T")


def overview(held: Overview, senders: Mapping[int, Person | None], words: Words, page: int = 0) -> Screen:
    """Figures, then a page of questions, a number each."""
    figures = held.figures
    text: list[Safe] = [
        words(
            "questions.figures",
            asked=figures.asked,
            answered=figures.answered,
            chosen=figures.chosen,
            offered=figures.offered,
            unknown=figures.unknown,
            up=figures.up,
            down=figures.down,
        )
    ]
    shown, first, turn = _page(held.open, page, ShowQuestions, words)
    text.append(words("questions.title", n=len(held.open)) if held.open else words("questions.none"))
    text += [_line(number, question, senders, words) for number, question in enumerate(shown, first)]
    rows: list[Row] = [[button(str(n), ShowQuestion(q.source)) for n, q in enumerate(shown, first)], turn]
    if held.kept:
        rows.append([button(words.plain("questions.kept", n=held.kept), ListKept(0))])
    rows.append([button(words.plain("home.home"), GoHome())])
    return Screen("\n\n".join(text), keyboard(rows))


def _line(number: int, found: OpenQuestion, senders: Mapping[int, Person | None], words: Words) -> Safe:
    text = clip(found.text, 150)
    if found.letter:
        person = senders.get(found.letter.id)
        name = person.name if person else "?"
        return words("questions.line-letter", number=number, person=name, at=found.letter.asked_at, text=text)
    assert found.group is not None
    day = local(found.last_at).date()
    return words("questions.line", number=number, text=text, times=found.times, why=_whys(found.group, words), day=day)


def _whys(group: Group, words: Words) -> Safe:
    return Safe(", ".join(words(WHY[why]) for why in Why if why in group.whys))


def one(found: OpenQuestion, sender: Person | None, headings: Sequence[str], words: Words) -> Screen:
    """The whole question, and what can be done about it."""
    text: list[Safe] = []
    rows: list[Row] = []
    if found.letter:
        name = sender.name if sender else "?"
        text.append(words("questions.letter", person=name, at=found.letter.asked_at, text=clip(found.text, 1500)))
        rows.append([button(words.plain("contact.answer"), AnswerLetter(found.letter.id))])
    else:
        text.append(words("questions.missed", text=clip(found.text, 300)))
    if found.group:
        day = local(found.group.last_at).date()
        text.append(words("questions.how-often", times=found.group.times, why=_whys(found.group, words), day=day))
        text += [words("questions.disliked", heading=clip(heading, 150)) for heading in headings[:3]]
    if found.letter:
        rows.append([button(words.plain("questions.dismiss"), AskCloseLetter(found.letter.id))])
    else:
        rows += [
            [button(words.plain("questions.keep"), BeginNote(found.source))],
            [button(words.plain("keeping.as-phrasing"), BeginPhrasing(found.source))],
            [button(words.plain("questions.dismiss"), DismissQuestion(found.source))],
        ]
    rows.append([button(words.plain("questions.to-list"), ShowQuestions(0))])
    return Screen("\n\n".join(text), keyboard(rows))


def ask_close(letter: Letter, sender: Person | None, words: Words) -> Screen:
    text = words("questions.ask-close", person=sender.name if sender else "?", text=clip(letter.text, 1000))
    rows: list[Row] = [
        [button(words.plain("questions.close"), ConfirmCloseLetter(letter.id))],
        [button(words.plain("contact.answer"), AnswerLetter(letter.id))],
        [button(words.plain("questions.to-list"), ShowQuestions(0))],
    ]
    return Screen(text, keyboard(rows))


# -- what was kept ---------------------------------------------------------------------------------------------


def kept(found: Sequence[Note | KeptPhrasing], bloc: Bloc, words: Words, page: int = 0) -> Screen:
    shown, first, turn = _page(found, page, ListKept, words)
    text: list[Safe] = [words("keeping.list", n=len(found)) if found else words("keeping.list-none")]
    for number, each in enumerate(shown, first):
        if isinstance(each, Note):
            text.append(words("keeping.line-note", number=number, id=each.id, text=clip(each.question, 150)))
        else:
            heading = clip(bloc.heading(each.entry), 100)
            text.append(words("keeping.line-phrasing", number=number, id=each.id, text=each.text, heading=heading))
    rows: list[Row] = [[button(str(n), ShowKept(each.id)) for n, each in enumerate(shown, first)], turn]
    rows.append([button(words.plain("questions.to-list"), ShowQuestions(0))])
    return Screen("\n\n".join(text), keyboard(rows))


def one_kept(found: Note | KeptPhrasing, bloc: Bloc, words: Words) -> Screen:
    if isinstance(found, Note):
        text = words("keeping.one-note", id=found.id, question=found.question, answer=found.answer, origin=found.source)
    else:
        text = words("keeping.one-phrasing", id=found.id, text=found.text, heading=bloc.heading(found.entry))
    rows: list[Row] = [
        [button(words.plain("keeping.take-back"), AskTakeBack(found.id, found.version))],
        [button(words.plain("questions.back"), ListKept(0))],
    ]
    return Screen(text, keyboard(rows))


def ask_take_back(found: Note | KeptPhrasing, version: int, words: Words) -> Screen:
    text = found.question if isinstance(found, Note) else found.text
    rows: list[Row] = [
        [button(words.plain("keeping.take-back-now"), ConfirmTakeBack(found.id, version))],
        [button(words.plain("home.stay"), ShowKept(found.id))],
    ]
    return Screen(words("keeping.ask-take-back", id=found.id, text=clip(text, 300)), keyboard(rows))


def taken_back(text: Safe, words: Words) -> Screen:
    return Screen(text, keyboard([[button(words.plain("questions.to-list"), ShowQuestions(0))]]))


def _page(
    found: Sequence[T], page: int, leaf: type[ShowQuestions] | type[ListKept], words: Words
) -> tuple[Sequence[T], int, Row]:
    """What stands on a page, the number of its first, and the buttons that turn to the next and the one before."""
    pages = max(1, (len(found) + A_PAGE - 1) // A_PAGE)
    page = min(max(page, 0), pages - 1)
    turn = [button(words.plain("calendar.earlier"), leaf(page - 1))] if page else []
    turn += [button(words.plain("calendar.later"), leaf(page + 1))] if page < pages - 1 else []
    return found[page * A_PAGE : (page + 1) * A_PAGE], page * A_PAGE + 1, turn
