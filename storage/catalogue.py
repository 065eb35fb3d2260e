"""Bloc-years: every unit, milestone, criterion, note and setting as dated, versioned rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, Column, Connection, Index, Integer, String, Table, UniqueConstraint, insert, select, update

from bot.domain.bloc import Bloc, Content, Duty, Outline, Unit
from bot.domain.calendar import VIETNAM, Milestone
from bot.domain.criteria import Group, Item
from bot.domain.errors import NoBloc
from bot.domain.knowledge import KeptPhrasing, Note
from storage.tables import Moment, bloc_column, metadata, new_id

blocs = Table(
    "blocs",
    metadata,
    new_id(),
    Column("year", Integer, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    new_id(),
    bloc_column(),
    Column("revision", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("changes", JSON, nullable=False),
    UniqueConstraint("bloc_id", "revision"),
)

_YEARS = select(blocs).order_by(blocs.c.year)

# One row a version: in force from revision `since` (dated by its import) until revision `until`.
entries = Table(
    "entries",
    metadata,
    new_id(),
    bloc_column(),
    Column("kind", String(16), nullable=False),
    Column("code", String(60), nullable=False),
    Column("place", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("since_at", Moment, nullable=False),
    Column("until", Integer),
    Column("until_at", Moment),
    Column("body", JSON, nullable=False),
    UniqueConstraint("bloc_id", "kind", "code", "version"),
    Index("ix_entries_revision", "bloc_id", "since", "until"),
)

_KINDS: dict[str, tuple[str, type]] = {  # kind -> (the field of Bloc, its type)
    "unit": ("units", Unit),
    "milestone": ("milestones", Milestone),
    "group": ("groups", Group),
    "criterion": ("criteria", Item),
    "bonus": ("bonuses", Item),
    "deduction": ("deductions", Item),
    "outline": ("outlines", Outline),
    "note": ("notes", Note),
    "phrasing": ("kept_phrasings", KeptPhrasing),
    "duty": ("duties", Duty),
}
_LISTED = {field for field, _ in _KINDS.values()}
_EMPTY: dict[str, Any] = dict.fromkeys(_LISTED, ())


@cache
def _codec(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(_KINDS[kind][1])


@cache
def _settings_codec() -> TypeAdapter[Bloc]:
    return TypeAdapter(Bloc)


def _code(value: Any) -> str:
    return str(getattr(value, "code", None) or getattr(value, "key", None) or value.id)


def _pieces(bloc: Bloc) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    """(kind, code, place, body) of everything in the bloc; the version is the row's, not the body's."""
    for kind, (field, _) in _KINDS.items():
        for place, value in enumerate(getattr(bloc, field)):
            body = _codec(kind).dump_python(value, mode="json")
            body.pop("version")
            if not body.get("kept", True):
                body.pop("kept")  # what a file says has the same body as before there was anything kept
            if body.get("stage", "") is None:
                body.pop("stage")  # likewise for a milestone before there were any stages
            for section in body.get("sections", ()):  # likewise before a section could hold anything but text
                if section["holds"] == [Content.TEXT]:
                    section.pop("holds")
                if not section["addressees"]:
                    section.pop("addressees")
            yield kind, _code(value), place, body
    bare = replace(bloc, **_EMPTY, id=0, revision=0)
    body = _settings_codec().dump_python(bare, mode="json")
    yield "settings", "bloc", 0, {name: value for name, value in body.items() if name not in _LISTED}


# A revision never changes once it is committed, so the decoded value is shared by every transaction.
_decoded: dict[tuple[str, int, int], Bloc] = {}


def forget_decoded() -> None:
    """For tests that empty a database and fill it again under the same URL."""
    _decoded.clear()


class SqlCatalogue:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db, self._now = connection, now
        self._changed = False  # what this transaction wrote may still be rolled back: it is not shared

    def current(self) -> Bloc:
        row = self._current_row()
        return self._load(row.id, row.revision)

    def _current_row(self) -> Any:
        """The latest year that has begun; before the first has begun, the first."""
        rows = self._db.execute(_YEARS).all()
        if not rows:
            raise NoBloc()
        begun = [row for row in rows if row.year <= self._now.astimezone(VIETNAM).year]
        return begun[-1] if begun else rows[0]

    def at(self, revision: int) -> Bloc:
        row = self._current_row()
        if not 1 <= revision <= row.revision:
            raise KeyError(revision)
        return self._load(row.id, revision)

    def of_year(self, year: int, *, for_change: bool = False, revision: int | None = None) -> Bloc | None:
        wanted = select(blocs).where(blocs.c.year == year)
        row = self._db.execute(wanted.with_for_update() if for_change else wanted).first()
        return self._load(row.id, revision or row.revision) if row else None

    def known_codes(self) -> frozenset[str]:
        bloc_id = self._current_row().id
        return frozenset(self._db.execute(select(entries.c.code).where(entries.c.bloc_id == bloc_id)).scalars())

    def _load(self, bloc_id: int, revision: int) -> Bloc:
        key = (str(self._db.engine.url), bloc_id, revision)
        if self._changed:
            return self._read(bloc_id, revision)
        found = _decoded.get(key)
        if found is None:  # other threads may read and forget at the same moment: nothing is looked up twice
            found = _decoded[key] = self._read(bloc_id, revision)
            for old in [k for k in tuple(_decoded) if k[:2] == key[:2]][:-8]:  # drafts are pinned to a few, not to all
                _decoded.pop(old, None)
        return found

    def _read(self, bloc_id: int, revision: int) -> Bloc:
        found: dict[str, list[Any]] = {field: [] for field in _LISTED}
        settings: dict[str, Any] = {}
        for row in self._db.execute(self._in_force(bloc_id, revision)):
            if row.kind == "settings":
                settings = row.body
            else:
                value = _codec(row.kind).validate_python({**row.body, "version": row.version})
                found[_KINDS[row.kind][0]].append(value)
        bare = _settings_codec().validate_python({**settings, **_EMPTY})
        lists: dict[str, Any] = {field: tuple(values) for field, values in found.items()}
        return replace(bare, **lists, id=bloc_id, revision=revision)

    @staticmethod
    def _in_force(bloc_id: int, revision: int) -> Any:
        return (
            select(entries)
            .where(
                entries.c.bloc_id == bloc_id,
                entries.c.since <= revision,
                entries.c.until.is_(None) | (entries.c.until > revision),
            )
            .order_by(entries.c.kind, entries.c.place)
        )

    def save(self, bloc: Bloc, *, file_name: str, digest: str, changes: Any) -> Bloc:
        row = self._db.execute(select(blocs).where(blocs.c.year == bloc.year)).first()
        if row is None:
            bloc_id = self._db.execute(
                insert(blocs).values(year=bloc.year, revision=0, created_at=self._now).returning(blocs.c.id)
            ).scalar_one()
            revision = 0
        else:
            bloc_id, revision = row.id, row.revision
        held = {(e.kind, e.code): e for e in self._db.execute(self._in_force(bloc_id, revision))}
        wanted = {(kind, code): (place, body) for kind, code, place, body in _pieces(bloc)}
        gone = [e for key, e in held.items() if key not in wanted]
        new = {key: piece for key, piece in wanted.items() if key not in held or held[key].body != piece[1]}
        for key, (place, _) in wanted.items():  # another order is no new version
            if key not in new and held[key].place != place:
                self._db.execute(update(entries).where(entries.c.id == held[key].id).values(place=place))
                self._changed = True
        if row is not None and not gone and not new:
            return self._load(bloc_id, revision)
        self._changed = True
        revision += 1
        for entry in [*gone, *(held[key] for key in new if key in held)]:
            self._db.execute(update(entries).where(entries.c.id == entry.id).values(until=revision, until_at=self._now))
        for (kind, code), (place, body) in new.items():
            self._db.execute(
                insert(entries).values(
                    bloc_id=bloc_id,
                    kind=kind,
                    code=code,
                    place=place,
                    version=self._next_version(bloc_id, kind, code),
                    since=revision,
                    since_at=self._now,
                    body=body,
                )
            )
        self._db.execute(update(blocs).where(blocs.c.id == bloc_id).values(revision=revision))
        self._db.execute(
            insert(imports).values(
                bloc_id=bloc_id,
                revision=revision,
                at=self._now,
                file_name=file_name,
                digest=digest,
                changes=changes,
            )
        )
        return self._load(bloc_id, revision)

    def _next_version(self, bloc_id: int, kind: str, code: str) -> int:
        last = self._db.execute(
            select(entries.c.version)
            .where(entries.c.bloc_id == bloc_id, entries.c.kind == kind, entries.c.code == code)
            .order_by(entries.c.version.desc())
            .limit(1)
        ).scalar()
        return (last or 0) + 1

    def history(self) -> list[tuple[int, datetime, str, Any]]:
        row = self._current_row()
        found = self._db.execute(select(imports).where(imports.c.bloc_id == row.id).order_by(imports.c.revision))
        return [(r.revision, r.at, r.file_name, r.changes) for r in found]
