"""Reaching the secretariat: a member writes, every secretary sees it, the first answer goes back."""

import unicodedata

from bot.buttons.contact import AnswerLetter, AskSecretariat
from bot.domain.classified import Verdict, verdict
from bot.domain.contact import (
    LONGEST_ANSWER,
    LONGEST_LETTER,
    AnsweredAlready,
    Letter,
    NobodyToAsk,
    NothingWritten,
    Stamped,
    TooLong,
)
from bot.domain.delivery import Button, Notice
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.keeping import Draft
from bot.domain.people import Member, Role
from bot.domain.questions import source_of_answer
from bot.usecases.ports.work import Work


class Ask:
    """A member's words to the secretariat."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, text: str) -> Letter:
        """Raises NothingWritten, TooLong, Stamped or NobodyToAsk."""
        text = _written(text, LONGEST_LETTER)
        if verdict(text) is Verdict.STAMPED:
            raise Stamped()
        secretaries = [m for m in self._work.people.members(roles={Role.SECRETARY}) if m.person.id != actor.person.id]
        if not secretaries:
            raise NobodyToAsk()
        letter = self._work.letters.add(actor.person.id, text)
        self._work.trail.note("asked the secretariat", f"letter:{letter.id}", by=actor.person.id)
        units = ", ".join(self._work.bloc.unit(code).name for code in known_units(self._work, actor))
        notice = Notice(
            "contact.notice-letter",
            {"person": actor.person.name, "unit": units or self._work.bloc.short_name, "text": text},
            ((Button("contact.answer", AnswerLetter(letter.id).pack()),),),
        )
        for secretary in secretaries:
            self._work.deliveries.notice(secretary.person.id, notice, once=f"letter:{letter.id}:{secretary.person.id}")
        return letter


class OpenLetter:
    """What a secretary is about to answer."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, letter_id: int) -> Letter:
        """Raises NotAllowed, StaleButton or AnsweredAlready."""
        if not actor.is_secretary:
            raise NotAllowed()
        letter = self._work.letters.find(letter_id)
        if letter is None:
            raise StaleButton()
        if letter.answered_at is not None:
            raise AnsweredAlready()
        return letter


class BeginAnswer:
    """A secretary starts on an answer. It is found again until it is given or dropped, whatever is done meanwhile."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, letter_id: int) -> Letter:
        """Raises what OpenLetter raises."""
        letter = OpenLetter(self._work)(actor, letter_id)
        self._work.drafts.write(actor.person.id, Draft(source_of_answer(letter.id)))
        return letter


class BegunAnswers:
    """Open letters which this secretary has begun to answer, the oldest first."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[Letter]:
        """None for whoever is no secretary."""
        if not actor.is_secretary:
            return []
        drafts, person = self._work.drafts, actor.person.id
        return [letter for letter in self._work.letters.open() if drafts.find(person, source_of_answer(letter.id))]


class DropAnswer:
    """An answer that was begun is not to be given; the letter stays open."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, letter_id: int) -> bool:
        """Whether there was one."""
        return self._work.drafts.drop(actor.person.id, source_of_answer(letter_id))


class Answer:
    """A secretary's answer: one to a letter, the first that is given."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, letter_id: int, text: str) -> Letter:
        """Raises what OpenLetter raises, NothingWritten or TooLong."""
        letter = OpenLetter(self._work)(actor, letter_id)
        text = _written(text, LONGEST_ANSWER)
        if not self._work.letters.answer(letter.id, actor.person.id, text):
            raise AnsweredAlready()
        DropAnswer(self._work)(actor, letter.id)
        self._work.trail.note("answered a letter", f"letter:{letter.id}", by=actor.person.id)
        question = letter.text if len(letter.text) <= 200 else letter.text[:199] + "…"
        notice = Notice(
            "contact.notice-answer",
            {"question": question, "text": text},
            ((Button("contact.ask-again", AskSecretariat().pack()),),),
        )
        self._work.deliveries.notice(letter.person_id, notice, once=f"letter-answer:{letter.id}")
        return letter


def known_units(work: Work, actor: Member) -> list[str]:
    """Codes of the person's units that the bloc still has."""
    codes = {unit.code for unit in work.bloc.units}
    return [code for code in actor.units if code in codes]


def _written(text: str, most: int) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise NothingWritten()
    if len(text) > most:
        raise TooLong(most=most)
    return text
