"""The loop to people: what the secretariat answered is kept, and from then on the assistant answers it."""

from dataclasses import replace
from typing import Generic, TypeVar

from bot.actions import mark_of
from bot.domain.bloc import Bloc
from bot.domain.classified import Verdict, verdict
from bot.domain.contact import Letter
from bot.domain.errors import NoBloc, NotAllowed, StaleButton
from bot.domain.keeping import (
    LONGEST_KEPT,
    LONGEST_ORIGIN,
    LONGEST_QUESTION,
    NOTE,
    PHRASING,
    AskedAlready,
    Draft,
    KeptAlready,
    LongerThan,
    NothingToKeep,
    StampedText,
    asked_for,
    many_lines,
    next_id,
)
from bot.domain.knowledge import AnswerState, KeptPhrasing, Note
from bot.domain.people import Member
from bot.domain.personal import personal_in
from bot.domain.questions import (
    KEPT_FOR,
    QuestionGone,
    grouped,
    letter_in,
    missed_in,
    one_line,
)
from bot.usecases.ask import EntryGone
from bot.usecases.ports.knowledge import Knowledge
from bot.usecases.ports.work import JSON, Work
from bot.usecases.questions import handled

WordsT = TypeVar("WordsT")

MOST = {
    "question": LONGEST_QUESTION,
    "answer": LONGEST_KEPT,
    "origin": LONGEST_ORIGIN,
    "phrasing": LONGEST_QUESTION,
}
MOST_LINES = 6


class OpenDraft:
    """What is about to be kept from a letter or a missed question: the draft in hand, or a new one."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str, origin: str = "") -> Draft:
        """`origin` is the suggested source of the answer. Raises NotAllowed, QuestionGone or KeptAlready."""
        suggested = self._suggested(actor, source)
        held = self._work.drafts.find(actor.person.id, source)
        if held is not None:
            return held
        draft = replace(suggested, origin=origin)
        self._work.drafts.write(actor.person.id, draft)
        return draft

    def _suggested(self, actor: Member, source: str) -> Draft:
        if not actor.is_secretary:
            raise NotAllowed()
        letter = letter_of(self._work, source)
        if letter is not None:
            self._not_kept_yet(letter)
            text = one_line(letter.text)
            return Draft(source, text, letter.answer, phrasing=text)
        key = missed_in(source)
        for group in grouped(self._work.questions.missed(self._work.now - KEPT_FOR)):
            if group.key == key:
                return Draft(source, group.text, phrasing=group.text)
        raise QuestionGone()

    def _not_kept_yet(self, letter: Letter) -> None:
        if not letter.answer:
            raise QuestionGone()
        present = {note.id for note in self._work.bloc.notes} | {k.id for k in self._work.bloc.kept_phrasings}
        for _, what, _, _, new in self._work.trail.of(f"letter:{letter.id}"):
            if what == "answer kept" and new["id"] in present:
                raise KeptAlready(id=new["id"])


def letter_of(work: Work, source: str) -> Letter | None:
    number = letter_in(source)
    return work.letters.find(number) if number is not None else None


class EditDraft:
    """One field of a draft typed anew."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str, field: str, text: str) -> Draft:
        """Raises what OpenDraft raises, NothingToKeep, LongerThan or StampedText; StaleButton for no field of it."""
        draft = OpenDraft(self._work)(actor, source)
        if field not in MOST:
            raise StaleButton()
        text = many_lines(text) if field == "answer" else one_line(text)
        _check(text, MOST[field])
        draft = replace(draft, **{field: text})
        self._work.drafts.write(actor.person.id, draft)
        return draft


class PickLine:
    """The line that a further phrasing belongs to."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str, entry: str) -> Draft:
        """Raises what OpenDraft raises, or EntryGone."""
        draft = OpenDraft(self._work)(actor, source)
        if not self._work.bloc.holds(entry):
            raise EntryGone()
        draft = replace(draft, entry=entry)
        self._work.drafts.write(actor.person.id, draft)
        return draft


class FindLines(Generic[WordsT]):
    """Lines of the bloc near to a text: by code, by the answer it would get, by words."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(self, actor: Member, text: str, words: WordsT) -> list[tuple[str, str]]:
        """(id, heading), the nearest first, at most six. Raises NotAllowed."""
        if not actor.is_secretary:
            raise NotAllowed()
        bloc, work = self._work.bloc, self._work
        exact = [text.strip()] if bloc.holds(text.strip()) else []
        answer = self._knowledge.answer(bloc, text, now=work.now, words=words)
        found = [*exact, *answer.entries, *(entry for entry, _ in answer.choices)]
        found += [*self._knowledge.find_milestones(bloc, text)[:2], *self._knowledge.find_items(bloc, text)[:2]]
        return [(entry, bloc.heading(entry)) for entry in dict.fromkeys(found) if bloc.holds(entry)][:MOST_LINES]


class DropDraft:
    """A draft that is not wanted; the letter or the question stays."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str) -> bool:
        """Raises NotAllowed."""
        if not actor.is_secretary:
            raise NotAllowed()
        return self._work.drafts.drop(actor.person.id, source)


class KeepNothing:
    """A secretary does not want an answer kept: the same question, missed before, is handled with it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str) -> None:
        """Raises NotAllowed, or QuestionGone when there is no such letter."""
        if not actor.is_secretary:
            raise NotAllowed()
        letter = letter_of(self._work, source)
        if letter is None or letter.answered_at is None:
            raise QuestionGone()
        self._work.drafts.drop(actor.person.id, source)
        handled(self._work, source, letter.text, actor)


class LooksPersonal:
    """Pieces of a draft that may tell of a person, to be looked at before everybody can read them."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, source: str, text: str) -> tuple[str, ...]:
        names = [m.person.name for m in self._work.people.members() if " " in m.person.name.strip()]
        letter = letter_of(self._work, source)
        person = self._work.people.person(letter.person_id) if letter else None
        if person is not None:
            names += [person.name, *(word for word in person.name.split() if len(word) > 1)]
            member = self._work.people.member(person.telegram_id)
            own = set(member.units) if member else set()
            names += [name for u in self._work.bloc.units if u.code in own for name in (u.code, u.name, *u.other_names)]
        return personal_in(text, names)


def note_mark(draft: Draft) -> str:
    """Ties the button that keeps a note to the text that was looked at."""
    return mark_of("\n".join((draft.source, draft.question, draft.answer, draft.origin)))


def phrasing_mark(draft: Draft) -> str:
    return mark_of("\n".join((draft.source, draft.entry, draft.phrasing)))


def ready(draft: Draft) -> bool:
    """Whether every field of a note is there, and short enough to be shown whole."""
    return all(0 < len(getattr(draft, name)) <= MOST[name] for name in ("question", "answer", "origin"))


class KeepNote:
    """The looked-at draft becomes a note of the bloc in force, in a revision of its own."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str, mark: str) -> Note:
        """Raises what OpenDraft raises, StaleButton when the draft was changed since, AskedAlready, or what a text
        may lack (NothingToKeep, LongerThan, StampedText)."""
        draft = _in_hand(self._work, actor, source)
        if note_mark(draft) != mark:
            raise StaleButton()
        for name in ("question", "answer", "origin"):
            _check(getattr(draft, name), MOST[name])
        bloc = _held(self._work)
        if found := asked_for(bloc, draft.question):
            raise AskedAlready(heading=bloc.heading(found)[:80])
        note = Note(
            id=next_id(NOTE, _taken(self._work, bloc)),
            question=draft.question,
            answer=draft.answer,
            source=draft.origin,
            illustrative=False,
            kept=True,
        )
        saved = _save(self._work, replace(bloc, notes=(*bloc.notes, note)), "note", note.id, "added", actor)
        note = saved.note(note.id)
        value = {"question": note.question, "answer": note.answer, "source": note.source, "revision": saved.revision}
        self._work.trail.note("note kept", f"note:{note.id}", by=actor.person.id, new=value)
        _done(self._work, actor, draft, draft.question, note.id)
        return note


class KeepPhrasing:
    """The looked-at words become another way to ask for a line."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, source: str, mark: str) -> KeptPhrasing:
        """Raises what KeepNote raises, or EntryGone."""
        draft = _in_hand(self._work, actor, source)
        if phrasing_mark(draft) != mark:
            raise StaleButton()
        _check(draft.phrasing, MOST["phrasing"])
        bloc = _held(self._work)
        if not bloc.holds(draft.entry):
            raise EntryGone()
        if found := asked_for(bloc, draft.phrasing):
            raise AskedAlready(heading=bloc.heading(found)[:80])
        kept = KeptPhrasing(next_id(PHRASING, _taken(self._work, bloc)), draft.entry, draft.phrasing)
        more = (*bloc.kept_phrasings, kept)
        saved = _save(self._work, replace(bloc, kept_phrasings=more), "phrasing", kept.id, "added", actor)
        value = {"entry": kept.entry, "text": kept.text, "revision": saved.revision}
        self._work.trail.note("phrasing kept", f"phrasing:{kept.id}", by=actor.person.id, new=value)
        _done(self._work, actor, draft, draft.phrasing, kept.id)
        return kept


class TryOut(Generic[WordsT]):
    """Whether a text is answered from a line by now: what was kept may still stand too near to other lines."""

    def __init__(self, work: Work, knowledge: Knowledge[WordsT]) -> None:
        self._work, self._knowledge = work, knowledge

    def __call__(self, text: str, entry: str, words: WordsT) -> bool:
        bloc = _held(self._work)
        answer = self._knowledge.answer(bloc, text, now=self._work.now, words=words)
        return answer.state is AnswerState.ANSWER and answer.entries[:1] == (entry,)


class ListKept:
    """What the secretariat kept, the newest first."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member) -> list[Note | KeptPhrasing]:
        """Raises NotAllowed."""
        if not actor.is_secretary:
            raise NotAllowed()
        bloc = self._work.bloc
        notes = [note for note in bloc.notes if note.kept]
        return [*notes[::-1], *bloc.kept_phrasings[::-1]]


class FindKept:
    """One of what was kept."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, kept_id: str) -> Note | KeptPhrasing:
        """Raises NotAllowed, or StaleButton when it was taken back."""
        for kept in ListKept(self._work)(actor):
            if kept.id == kept_id:
                return kept
        raise StaleButton()


class TakeBack:
    """What was kept leaves the bloc in force; older revisions still have it. A note takes its phrasings along."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, actor: Member, kept_id: str, version: int) -> Note | KeptPhrasing:
        """Raises NotAllowed, or StaleButton when it is not there (any more) in this version."""
        if not actor.is_secretary:
            raise NotAllowed()
        bloc = _held(self._work)
        notes = {note.id: note for note in bloc.notes if note.kept}
        phrasings = {each.id: each for each in bloc.kept_phrasings}
        kept: Note | KeptPhrasing | None = notes.get(kept_id) or phrasings.get(kept_id)
        if kept is None or kept.version != version:
            raise StaleButton()
        fewer = replace(
            bloc,
            notes=tuple(note for note in bloc.notes if note is not kept),
            kept_phrasings=tuple(p for p in bloc.kept_phrasings if p is not kept and p.entry != kept_id),
        )
        kind = "note" if isinstance(kept, Note) else "phrasing"
        saved = _save(self._work, fewer, kind, kept.id, "removed", actor)
        old = {"text": kept.question if isinstance(kept, Note) else kept.text, "version": version}
        self._work.trail.note(
            f"{kind} taken back", f"{kind}:{kept.id}", by=actor.person.id, old=old, new={"revision": saved.revision}
        )
        return kept


# -- what the use cases share ----------------------------------------------------------------------------------


def _check(text: str, most: int) -> None:
    if not text:
        raise NothingToKeep()
    if len(text) > most:
        raise LongerThan(most=most)
    if verdict(text) is Verdict.STAMPED:
        raise StampedText()


def _in_hand(work: Work, actor: Member, source: str) -> Draft:
    """A draft that was looked at. Raises what OpenDraft raises, or StaleButton where there is none."""
    if actor.is_secretary:
        _held(work)  # first: another secretary who keeps the same is waited for, and then seen
    if actor.is_secretary and work.drafts.find(actor.person.id, source) is None:
        raise StaleButton()
    return OpenDraft(work)(actor, source)


def _held(work: Work) -> Bloc:
    """The bloc as it is now, and nobody else changes it until this transaction ends."""
    bloc = work.catalogue.of_year(work.bloc.year, for_change=True)
    if bloc is None:
        raise NoBloc()
    return bloc


def _taken(work: Work, bloc: Bloc) -> set[str]:
    ids = {m.key for m in bloc.milestones} | {i.code for i in bloc.items()} | {n.id for n in bloc.notes}
    return ids | work.catalogue.known_codes()


def _save(work: Work, bloc: Bloc, kind: str, code: str, what: str, actor: Member) -> Bloc:
    changes: JSON = [{"kind": kind, "code": code, "what": what, "fields": [], "by": actor.person.id}]
    return work.catalogue.save(bloc, file_name="", digest="", changes=changes)


def _done(work: Work, actor: Member, draft: Draft, text: str, kept_id: str) -> None:
    letter = letter_of(work, draft.source)
    if letter is not None:
        work.trail.note("answer kept", f"letter:{letter.id}", by=actor.person.id, new={"id": kept_id})
    work.drafts.drop(actor.person.id, draft.source)
    handled(work, draft.source, text, actor)
