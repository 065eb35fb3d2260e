"""Who refers to stored bytes. Every table with a foreign key to `files` does, so a new one is seen by itself."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Connection, delete, exists, select

from bot.domain.calendar import Period
from bot.domain.files import FileUse
from storage.assessment_tables import assessments, evidence, versions
from storage.catalogue import blocs
from storage.fsm import talks
from storage.handins import hand_in_pieces, hand_ins
from storage.schema import metadata
from storage.tables import files

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def uses(db: Connection, unit: str, digest: str) -> list[FileUse]:
    """Where a unit has filed them, oldest first; what was removed again does not count."""
    in_forms = (
        select(blocs.c.year, assessments.c.id, assessments.c.period, evidence.c.item)
        .join(assessments, assessments.c.id == evidence.c.assessment_id)
        .join(blocs, blocs.c.id == assessments.c.bloc_id)
        .where(assessments.c.unit == unit, evidence.c.digest == digest)
        .order_by(blocs.c.year, assessments.c.id, evidence.c.number)
    )
    handed = (
        select(blocs.c.year, hand_ins.c.milestone)
        .join(hand_ins, hand_ins.c.id == hand_in_pieces.c.hand_in_id)
        .join(blocs, blocs.c.id == hand_ins.c.bloc_id)
        .where(hand_ins.c.unit == unit, hand_in_pieces.c.digest == digest, hand_in_pieces.c.removed_at.is_(None))
        .order_by(blocs.c.year, hand_in_pieces.c.id)
    )
    found = [FileUse(row.year, row.id, Period(row.period), row.item) for row in db.execute(in_forms)]
    found += [FileUse(row.year, milestone=row.milestone) for row in db.execute(handed)]
    return list(dict.fromkeys(found))


def referred(db: Connection, digests: Collection[str]) -> frozenset[str]:
    """Those of `digests` that something refers to.

    A file moves from a conversation into a form, and from there into a submitted version: they are read in this order,
    so that what moves meanwhile is found where it went.
    """
    wanted = set(digests)
    found: set[str] = set()
    for (data,) in db.execute(select(talks.c.data)):
        found |= wanted & set(_DIGEST.findall(json.dumps(data)))
    for column in _columns():
        query = select(column).where(column.in_(wanted))
        if "removed_at" in column.table.c:
            query = query.where(column.table.c.removed_at.is_(None))
        found |= set(db.execute(query).scalars())
    for snapshot in db.execute(select(versions.c.snapshot)).scalars():
        found |= wanted & {each[3] for each in snapshot["evidence"]}
    return frozenset(found)


def forget(db: Connection, digest: str) -> None:
    unnamed = [~exists().where(column == files.c.digest) for column in _columns()]
    db.execute(delete(files).where(files.c.digest == digest, *unnamed))


def _columns() -> Iterator[Column[Any]]:
    """Every column that names stored bytes."""
    for table in metadata.sorted_tables:
        for column in table.c:
            if any(key.column is files.c.digest for key in column.foreign_keys):
                yield column
