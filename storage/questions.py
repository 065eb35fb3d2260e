"""Questions as kept: figures by day, the words of those that were missed, votes, and drafts of what is to be kept."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
)

from bot.domain.calendar import VIETNAM, local
from bot.domain.keeping import Draft
from bot.domain.questions import Count, Figures, Missed, Vote, Why, key_of, source_of_missed
from storage.records import upsert
from storage.tables import BigId, Moment, bloc_column, metadata, new_id

question_counts = Table(
    "question_counts",
    metadata,
    new_id(),
    bloc_column(),
    Column("day", Date, nullable=False),
    Column("what", String(12), nullable=False),
    Column("entry", String(60), nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("bloc_id", "day", "what", "entry"),
)

# No column says who asked.
missed_questions = Table(
    "missed_questions",
    metadata,
    new_id(),
    bloc_column(),
    Column("key", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("why", String(12), nullable=False),
    Column("entry", String(60), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_missed_questions_key", "bloc_id", "key"),
    sqlite_autoincrement=True,  # an id that a conversation still holds must not become somebody else's question
)

answer_votes = Table(
    "answer_votes",
    metadata,
    new_id(),
    bloc_column(),
    Column("voter", String(64), nullable=False),
    Column("entry", String(60), nullable=False),
    Column("up", Boolean(create_constraint=False), nullable=False),
    Column("at", Moment, nullable=False),
    Column("missed_id", BigId, ForeignKey("missed_questions.id", ondelete="SET NULL"), index=True),
    UniqueConstraint("bloc_id", "voter"),
)

keeping_drafts = Table(
    "keeping_drafts",
    metadata,
    new_id(),
    bloc_column(),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("source", String(24), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("phrasing", Text, nullable=False),
    Column("entry", String(60), nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("bloc_id", "person_id", "source"),
)


class SqlQuestions:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    def count(self, what: Count, entry: str = "") -> None:
        row = upsert(self._db, question_counts).values(
            bloc_id=self._bloc_id, day=local(self._now).date(), what=what.value, entry=entry, number=1
        )
        self._db.execute(
            row.on_conflict_do_update(
                index_elements=["bloc_id", "day", "what", "entry"], set_={"number": question_counts.c.number + 1}
            )
        )

    def miss(self, text: str, why: Why, entry: str = "") -> int:
        row = insert(missed_questions).values(
            bloc_id=self._bloc_id, key=key_of(text), text=text, why=why.value, entry=entry, at=self._now
        )
        return int(self._db.execute(row.returning(missed_questions.c.id)).scalar_one())

    def missed(self, since: datetime) -> list[Missed]:
        rows = self._db.execute(
            select(missed_questions)
            .where(missed_questions.c.bloc_id == self._bloc_id, missed_questions.c.at >= since)
            .order_by(missed_questions.c.id)
        )
        return [Missed(r.id, r.key, r.text, Why(r.why), r.entry, r.at) for r in rows]

    def unmiss(self, missed_id: int) -> bool:
        gone = delete(missed_questions).where(
            missed_questions.c.bloc_id == self._bloc_id, missed_questions.c.id == missed_id
        )
        return self._db.execute(gone).rowcount == 1

    def forget(self, key: str) -> int:
        self._db.execute(
            delete(keeping_drafts).where(
                keeping_drafts.c.bloc_id == self._bloc_id, keeping_drafts.c.source == source_of_missed(key)
            )
        )
        gone = delete(missed_questions).where(
            missed_questions.c.bloc_id == self._bloc_id, missed_questions.c.key == key
        )
        return self._db.execute(gone).rowcount

    def vote(self, voter: str) -> Vote | None:
        row = self._db.execute(
            select(answer_votes.c.up, answer_votes.c.missed_id).where(
                answer_votes.c.bloc_id == self._bloc_id, answer_votes.c.voter == voter
            )
        ).first()
        return Vote(row.up, row.missed_id) if row else None

    def set_vote(self, voter: str, entry: str, vote: Vote) -> None:
        values = {"entry": entry, "up": vote.up, "missed_id": vote.missed, "at": self._now}
        row = upsert(self._db, answer_votes).values(bloc_id=self._bloc_id, voter=voter, **values)
        self._db.execute(row.on_conflict_do_update(index_elements=["bloc_id", "voter"], set_=values))

    def figures(self, since: date) -> Figures:
        counted = self._db.execute(
            select(question_counts.c.what, func.sum(question_counts.c.number))
            .where(question_counts.c.bloc_id == self._bloc_id, question_counts.c.day >= since)
            .group_by(question_counts.c.what)
        )
        numbers = {Count(what).value: int(number) for what, number in counted}
        midnight = datetime.combine(since, time(), VIETNAM)
        voted = self._db.execute(
            select(answer_votes.c.up, func.count())
            .where(answer_votes.c.bloc_id == self._bloc_id, answer_votes.c.at >= midnight)
            .group_by(answer_votes.c.up)
        )
        votes = {bool(up): int(number) for up, number in voted}
        return Figures(**numbers, up=votes.get(True, 0), down=votes.get(False, 0))

    def prune(self, before: datetime) -> int:
        drafts = self._db.execute(delete(keeping_drafts).where(keeping_drafts.c.changed_at < before)).rowcount
        drafts += self._db.execute(delete(answer_votes).where(answer_votes.c.at < before)).rowcount
        return drafts + self._db.execute(delete(missed_questions).where(missed_questions.c.at < before)).rowcount


class SqlDrafts:
    def __init__(self, connection: Connection, now: datetime, bloc_id: int) -> None:
        self._db, self._now, self._bloc_id = connection, now, bloc_id

    def _one(self, person_id: int, source: str) -> tuple[Any, ...]:
        own = keeping_drafts.c
        return own.bloc_id == self._bloc_id, own.person_id == person_id, own.source == source

    def find(self, person_id: int, source: str) -> Draft | None:
        row = self._db.execute(select(keeping_drafts).where(*self._one(person_id, source))).first()
        return Draft(row.source, row.question, row.answer, row.origin, row.phrasing, row.entry) if row else None

    def write(self, person_id: int, draft: Draft) -> None:
        values = {
            "question": draft.question,
            "answer": draft.answer,
            "origin": draft.origin,
            "phrasing": draft.phrasing,
            "entry": draft.entry,
            "changed_at": self._now,
        }
        row = upsert(self._db, keeping_drafts).values(
            bloc_id=self._bloc_id, person_id=person_id, source=draft.source, **values
        )
        self._db.execute(row.on_conflict_do_update(index_elements=["bloc_id", "person_id", "source"], set_=values))

    def drop(self, person_id: int, source: str) -> bool:
        return self._db.execute(delete(keeping_drafts).where(*self._one(person_id, source))).rowcount == 1
