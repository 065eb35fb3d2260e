"""A bloc-year goes in and comes out whole; its history stays readable."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.domain.bloc import Bloc, Section
from bot.domain.errors import NoBloc
from storage.catalogue import entries
from storage.store import Store
from tests.conftest import SPRING, load


def test_an_empty_store_says_that_there_is_no_bloc(store: Store) -> None:
    with store.reading(SPRING) as work, pytest.raises(NoBloc):
        _ = work.bloc


def test_what_was_imported_comes_out_the_same(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.reading(SPRING) as work:
        assert replace(work.bloc, id=0, revision=0) == sample
        assert work.bloc.revision == 1


def test_the_same_content_again_keeps_the_revision(store: Store, sample: Bloc) -> None:
    assert load(store, sample).revision == 1
    assert load(store, sample).revision == 1
    with store.reading(SPRING) as work:
        assert len(work.catalogue.history()) == 1


def _with_criterion(bloc: Bloc, **values: object) -> Bloc:
    changed = replace(bloc.criteria[0], **values)  # type: ignore[arg-type]
    return replace(bloc, criteria=(changed, *bloc.criteria[1:]))


def test_a_change_makes_a_version_and_the_old_one_stays_readable(store: Store, sample: Bloc) -> None:
    load(store, sample)
    later = SPRING + timedelta(days=3)
    changed = load(store, _with_criterion(sample, name="Tên mới", ceiling=Decimal(140)), later)
    assert changed.revision == 2
    assert (changed.criteria[0].name, changed.criteria[0].version) == ("Tên mới", 2)
    assert changed.criteria[1].version == 1
    with store.reading(later) as work:
        assert work.catalogue.at(1).criteria[0] == sample.criteria[0]
        assert [(r, at) for r, at, _, _ in work.catalogue.history()] == [(1, SPRING), (2, later)]
        with pytest.raises(KeyError):
            work.catalogue.at(3)


def test_what_left_the_file_leaves_the_bloc_and_may_come_back(store: Store, sample: Bloc) -> None:
    load(store, sample)
    fewer = replace(sample, notes=sample.notes[1:])
    assert len(load(store, fewer).notes) == len(sample.notes) - 1
    again = load(store, sample)
    assert again.note(sample.notes[0].id).version == 2
    assert [n.id for n in again.notes] == [n.id for n in sample.notes]


def test_sections_stored_before_they_could_hold_lists_are_read_and_are_no_other_version(
    store: Store, sample: Bloc
) -> None:
    plain = replace(
        sample,
        outlines=tuple(
            replace(o, sections=tuple(Section(s.code, s.name, s.hint) for s in o.sections)) for o in sample.outlines
        ),
    )
    load(store, plain)
    with store.reading(SPRING) as work:
        bodies = list(work.connection.execute(select(entries.c.body).where(entries.c.kind == "outline")).scalars())
        assert {key for body in bodies for section in body["sections"] for key in section} == {"code", "name", "hint"}
        assert work.bloc.outlines == plain.outlines
    assert load(store, plain).revision == 1
    assert load(store, sample).outlines[0].sections == sample.outlines[0].sections


def test_another_order_is_no_new_version(store: Store, sample: Bloc) -> None:
    load(store, sample)
    turned = replace(sample, notes=tuple(reversed(sample.notes)))
    again = load(store, turned)
    assert again.revision == 1
    with store.reading(SPRING) as work:
        assert {note.version for note in work.bloc.notes} == {1}


def test_an_import_that_is_rolled_back_leaves_no_trace(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with pytest.raises(RuntimeError), store.work(SPRING) as work:
        work.catalogue.save(_with_criterion(sample, name="Bị hủy"), file_name="x.yaml", digest="1" * 64, changes=[])
        assert work.catalogue.current().criteria[0].name == "Bị hủy"
        raise RuntimeError
    renamed = load(store, _with_criterion(sample, name="Được ghi"))
    assert (renamed.revision, renamed.criteria[0].name) == (2, "Được ghi")
    with store.reading(SPRING) as work:
        assert work.bloc.criteria[0].name == "Được ghi"


def test_the_year_that_has_begun_is_the_current_one(store: Store, sample: Bloc) -> None:
    load(store, sample)
    load(store, replace(sample, year=2027))
    with store.reading(SPRING) as work:
        assert work.bloc.year == 2026
    with store.reading(SPRING.replace(year=2027)) as work:
        assert work.bloc.year == 2027
