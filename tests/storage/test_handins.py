"""Hand-ins and roll-calls as kept, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.bloc import Bloc
from bot.domain.handin import HandIn, Mark, NewPiece, PieceKind
from bot.domain.people import Role
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load

KEY, UNIT = "MS-DIENHINH", "CAT"
FILE = NewPiece(
    PieceKind.FILE, "bản ký số", "danh sách.pdf", 5_000_000_000, "application/pdf", "a" * 64, "BQAC", "document"
)
TEXT = NewPiece(PieceKind.TEXT, "Tập thể: Phòng Tham mưu")


@pytest.fixture
def filled(store: Store, sample: Bloc) -> Iterator[Store]:
    """A store with the sample bloc, two people and a stored file."""
    load(store, sample)
    with store.work(SPRING) as work:
        for telegram_id, name in ((1, "Lan"), (2, "Minh")):
            work.people.join(work.people.add(telegram_id, name, "vi").id, UNIT, Role.LIAISON, None)
        work.files.keep(FILE.digest, FILE.size, FILE.media_type)
    yield store


def draft(work: SqlWork) -> HandIn:
    held = work.handins.start(KEY, UNIT, 1)
    work.handins.add(held.id, FILE, 1)
    return work.handins.add(held.id, TEXT, 2)


def test_a_draft_is_read_back_as_it_was_put_together(filled: Store) -> None:
    with filled.work(SPRING) as work:
        made = draft(work)
    with filled.reading(SPRING) as work:
        held = work.handins.draft(KEY, UNIT)
        assert held == made and held is not None
        assert held.is_draft and held.version == 1 and held.revision == 3
        assert [(p.kind, p.text, p.size, p.added_by) for p in held.pieces] == [
            (PieceKind.FILE, "bản ký số", 5_000_000_000, 1),
            (PieceKind.TEXT, "Tập thể: Phòng Tham mưu", 0, 2),
        ]
        assert held.pieces[0].digest == FILE.digest and held.pieces[0].sent_as == "document"
        assert held.pieces[0].added_at == SPRING
        assert work.handins.drafts_of(UNIT) == {KEY: held} and work.handins.drafts_of("STP") == {}
        assert work.handins.latest(KEY, UNIT) is None and work.handins.find(held.id) == held


def test_starting_twice_is_the_same_draft(filled: Store) -> None:
    with filled.work(SPRING) as work:
        assert work.handins.start(KEY, UNIT, 1).id == work.handins.start(KEY, UNIT, 2).id


def test_the_database_itself_allows_one_draft_a_unit_and_milestone(filled: Store) -> None:
    from storage.handins import hand_ins

    with pytest.raises(IntegrityError), filled.work(SPRING) as work:
        held = work.handins.start(KEY, UNIT, 1)
        row = {c.name: getattr(held, c.name, None) for c in hand_ins.c if c.name != "id"}
        row |= {"bloc_id": work.bloc.id, "version": 2, "state": "draft", "started_by": 1, "receipt": None}
        work.connection.execute(
            hand_ins.insert().values(**{k: v for k, v in row.items() if not k.startswith("reopened")})
        )


def test_what_was_taken_out_is_gone_from_the_bag_and_kept_on_record(filled: Store) -> None:
    from storage.handins import hand_in_pieces

    with filled.work(SPRING) as work:
        held = draft(work)
        assert work.handins.remove(held.id, held.pieces[0].id, 2)
        assert not work.handins.remove(held.id, held.pieces[0].id, 2)
        now = work.handins.draft(KEY, UNIT)
        assert now is not None and [piece.kind for piece in now.pieces] == [PieceKind.TEXT]
        assert now.revision > held.revision
        rows = work.connection.execute(hand_in_pieces.select().where(hand_in_pieces.c.removed_at.is_not(None))).all()
        assert [(row.name, row.removed_by) for row in rows] == [("danh sách.pdf", 2)]


def test_only_the_revision_that_was_seen_is_handed_in_and_once(filled: Store) -> None:
    with filled.work(SPRING) as work:
        held = draft(work)
        given = {"by": 1, "receipt": "R-1", "late_days": 2}
        assert not work.handins.hand_in(held.id, held.revision - 1, **given)  # type: ignore[arg-type]
        assert work.handins.hand_in(held.id, held.revision, **given)  # type: ignore[arg-type]
        assert not work.handins.hand_in(held.id, held.revision, **given)  # type: ignore[arg-type]
        with pytest.raises(LookupError):
            work.handins.add(held.id, TEXT, 1)
        assert not work.handins.remove(held.id, held.pieces[0].id, 1)
        assert work.handins.draft(KEY, UNIT) is None
        latest = work.handins.latest(KEY, UNIT)
        assert latest == replace(held, handed_at=SPRING, handed_by=1, receipt="R-1", late_days=2)


def test_the_next_version_starts_from_the_last_and_leaves_it_alone(filled: Store) -> None:
    later = SPRING + timedelta(days=1)
    with filled.work(SPRING) as work:
        held = draft(work)
        work.handins.hand_in(held.id, held.revision, by=1, receipt="R-1", late_days=0)
    with filled.work(later) as work:
        first = work.handins.latest(KEY, UNIT)
        assert first is not None
        second = work.handins.start(KEY, UNIT, 2, copy_of=first)
        assert second.version == 2
        assert [replace(p, id=0) for p in second.pieces] == [replace(p, id=0) for p in first.pieces]
        work.handins.remove(second.id, second.pieces[0].id, 2)
        assert work.handins.latest(KEY, UNIT) == first
        now = work.handins.draft(KEY, UNIT)
        assert now is not None
        work.handins.hand_in(now.id, now.revision, by=2, receipt="R-1.2", late_days=0)
        assert [(v.version, len(v.pieces)) for v in work.handins.handed(KEY, UNIT)] == [(1, 2), (2, 1)]


def test_reopening_is_kept_with_its_reason(filled: Store) -> None:
    with filled.work(SPRING) as work:
        held = draft(work)
        work.handins.hand_in(held.id, held.revision, by=1, receipt="R-1", late_days=0)
        work.handins.reopen(held.id, 2, "Thiếu chữ ký")
        latest = work.handins.latest(KEY, UNIT)
        assert latest is not None and latest.reopened_at == SPRING


def test_a_roll_call_moves_only_from_the_revision_that_was_seen(filled: Store) -> None:
    with filled.work(SPRING) as work:
        rolls = work.handins
        assert rolls.roll_call("MS-HN6T").revision == 0
        assert rolls.mark("MS-HN6T", {"CAT": Mark.RIGHT}, 0, 1)
        assert not rolls.mark("MS-HN6T", {"STP": Mark.RIGHT}, 0, 1)
        assert rolls.mark("MS-HN6T", {"CAT": Mark.WRONG}, 1, 1)
        assert not rolls.close_roll_call("MS-HN6T", 1, 1)
        assert rolls.close_roll_call("MS-HN6T", 2, 1)
        held = rolls.roll_call("MS-HN6T")
        assert held.closed_at == SPRING and held.marks == {"CAT": Mark.WRONG} and held.revision == 3
        assert not rolls.mark("MS-HN6T", {"CAT": Mark.RIGHT}, 3, 1)
        assert rolls.close_roll_call("MS-HN6T", 3, None)
        assert rolls.roll_call("MS-HN6T").closed_at is None
        assert rolls.roll_call("MS-HNNAM").revision == 0
