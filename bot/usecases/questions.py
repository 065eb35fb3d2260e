"""Counting what is asked, what people say of the answers, and the secretariat's list of what was not answered well."""

from dataclasses import dataclass
from datetime import timedelta

from bot.buttons.contact import AskSecretariat
from bot.domain.calendar import local
from bot.domain.classified import Verdict, verdict
from bot.domain.contact import Letter
from bot.domain.delivery import Button, Notice
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.knowledge import Answer, AnswerState
from bot.domain.people import Member
from bot.domain.questions import (
    FIGURES_OVER,
    KEPT_FOR,
    Count,
    Figures,
    OpenQuestion,
    QuestionGone,
    Vote,
    Why,
    grouped,
    key_of,
    letter_in,
    missed_in,
    shortened,
    voter_of,
)
from bot.usecases.ask import EntryGone
from bot.usecases.contact import OpenLetter
from bot.usecases.ports.work import Work

_COUNTS = {
    AnswerState.ANSWER: Count.ANSWERED,
    AnswerState.CHOOSE: Count.OFFERED,
    AnswerState.UNKNOWN: Count.UNKNOWN,
}


class CountAsked:
    """One question more. Its words are kept only where it was not answered."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, question: str, answer: Answer, *, alone: bool) -> int:
        """The id under which the words are kept, 0 where they are not.

        `alone`: asked in a private chat. In a group nobody learns whether one of the offered lines was opened.
        """
        entry = answer.entries[0] if answer.state is AnswerState.ANSWER and answer.entries else ""
        self._work.questions.count(_COUNTS[answer.state], entry)
        if answer.state is AnswerState.UNKNOWN:
            return keep_words(self._work, question, Why.UNKNOWN)
        if answer.state is AnswerState.CHOOSE and alone:
            return keep_words(self._work, question, Why.UNCHOSEN)
        return 0


def keep_words(work: Work, question: str, why: Why, entry: str = "") -> int:
    """0 for words that must not be kept, or that are none."""
    text = shortened(question)
    if not text or verdict(question) is Verdict.STAMPED or verdict(text) is Verdict.STAMPED:
        return 0
    return work.questions.miss(text, why, entry)


class NoteChosen:
    """One of the offered lines was opened: the question has found its answer."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, entry: str, missed: int) -> None:
        self._work.questions.count(Count.CHOSEN, entry)
        if missed:
            self._work.questions.unmiss(missed)


class Rate:
    """👍 or 👎 to an answer; of one person and answer the last word counts."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, mark: str, entry: str, *, up: bool, question: str = "") -> bool:
        """False when the person had said the same before. Raises EntryGone.

        `mark` is of the question that was answered; `question` its words, where they are still known.
        """
        if not self._work.bloc.holds(entry):
            raise EntryGone()
        voter = voter_of(actor.person.id, mark, entry)
        before = self._work.questions.vote(voter)
        if before is not None and before.up == up:
            return False
        if before is not None and before.missed:
            self._work.questions.unmiss(before.missed)
        missed = keep_words(self._work, question, Why.DISLIKED, entry) if question and not up else 0
        self._work.questions.set_vote(voter, entry, Vote(up, missed or None))
        return True


# -- the secretariat's list ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """Letters first, the newest on top; then missed questions, the most frequent on top."""

    open: tuple[OpenQuestion, ...]
    figures: Figures
    kept: int  # notes and phrasings that the secretariat kept


class ListQuestions:
    """What waits for the secretariat."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> Overview:
        """Raises NotAllowed."""
        _secretary(actor)
        work = self._work
        groups = {group.key: group for group in grouped(work.questions.missed(work.now - KEPT_FOR))}
        letters = sorted(work.letters.open(), key=lambda letter: (letter.asked_at, letter.id), reverse=True)
        lines = [OpenQuestion(letter, groups.get(key_of(letter.text))) for letter in letters]
        asked = {key_of(letter.text) for letter in letters}
        lines += [OpenQuestion(None, group) for key, group in groups.items() if key not in asked]
        since = local(work.now).date() - FIGURES_OVER + timedelta(days=1)
        kept = sum(note.kept for note in work.bloc.notes) + len(work.bloc.kept_phrasings)
        return Overview(tuple(lines), work.questions.figures(since), kept)


class FindQuestion:
    """One line of the list."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str) -> OpenQuestion:
        """Raises NotAllowed, or QuestionGone when somebody has handled it."""
        for line in ListQuestions(self._work)(actor).open:
            if line.source == source:
                return line
        raise QuestionGone()


class Dismiss:
    """A missed question that needs no answer: its words are erased."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str) -> None:
        """Raises NotAllowed or QuestionGone."""
        _secretary(actor)
        key = missed_in(source)
        times = self._work.questions.forget(key) if key else 0
        if not times:
            raise QuestionGone()
        self._work.trail.note("question dismissed", f"question:{key}", by=actor.person.id, old={"times": times})


class CloseLetter:
    """A letter that needs no answer: its sender is told so."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, letter_id: int) -> Letter:
        """Raises what OpenLetter raises."""
        letter = OpenLetter(self._work)(actor, letter_id)
        if not self._work.letters.answer(letter.id, actor.person.id, ""):
            raise StaleButton()
        self._work.trail.note("letter closed", f"letter:{letter.id}", by=actor.person.id)
        question = letter.text if len(letter.text) <= 200 else letter.text[:199] + "…"
        notice = Notice(
            "questions.notice-closed",
            {"question": question},
            ((Button("contact.ask-again", AskSecretariat().pack()),),),
        )
        self._work.deliveries.notice(letter.person_id, notice, once=f"letter-answer:{letter.id}")
        return letter


class ForgetOldQuestions:
    """Words of questions, and drafts made of them, are erased after 90 days."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self) -> int:
        """How many rows went. Raises NoBloc."""
        return self._work.questions.prune(self._work.now - KEPT_FOR)


def handled(work: Work, source: str, text: str, by: Member) -> None:
    """What was kept answers the question: nobody else need look at it, nor at others in the same words."""
    letter = work.letters.find(number) if (number := letter_in(source)) else None
    keys = {missed_in(source), key_of(text), key_of(letter.text) if letter else None} - {None}
    for key in sorted(key for key in keys if key):
        times = work.questions.forget(key)
        if times:
            work.trail.note("question answered for good", f"question:{key}", by=by.person.id, old={"times": times})


def _secretary(actor: Member) -> None:
    if not actor.is_secretary:
        raise NotAllowed()
