"""Forms under changed criteria as kept: the import's transaction, two at once, and a form that begins meanwhile."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.assessment import ChangedSince, Stage
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import Mark, Rate
from bot.domain.people import Member, Role
from bot.usecases.assessment import OpenAssessment, RecordFact
from bot.usecases.assessment import load as load_form
from bot.usecases.assessment_renewal import RenewForms
from storage.store import Store
from tests.conftest import SPRING, load

LATER = SPRING + timedelta(days=1)
R96 = Rate(percent=Decimal(96))


@pytest.fixture
def lan(store: Store, sample: Bloc) -> Member:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(11, "Lan", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        found = work.people.member(11)
        assert found is not None
        return found


def other(sample: Bloc, **fields: object) -> Bloc:
    return replace(sample, criteria=(replace(sample.criteria[0], **fields), *sample.criteria[1:]))  # type: ignore[arg-type]


def begun(store: Store, lan: Member) -> int:
    with store.work(SPRING) as work:
        form = OpenAssessment(work)(lan, lan.memberships[0].id, Period.MID_YEAR)
        form = RecordFact(work)(lan, form.id, "TC1.1", "1", R96, Mark.ESTIMATED, made_for=form.revision)
        return form.id


def test_a_renewed_form_comes_back_as_it_was_saved(store: Store, sample: Bloc, lan: Member) -> None:
    form_id = begun(store, lan)
    load(store, other(sample, how="Khác"), LATER)
    with store.reading(LATER) as work:
        form = load_form(work, form_id)
        answer = form.answers["TC1.1", "1"]
        assert (form.bloc.revision, form.renewed_from, form.opened_at) == (2, 1, form.revision)
        assert (answer.fact, answer.mark, answer.again, answer.item_version) == (R96, Mark.ESTIMATED, True, 1)
        [(at, _, by, old, new)] = [
            row for row in work.trail.of(f"assessment {form_id}") if row[1] == "assessment renewed"
        ]
        assert (at, by, old["revision"], new["again"]) == (LATER, None, 1, [["TC1.1", "1"]])


def test_an_import_that_fails_leaves_every_form_as_it_was(store: Store, sample: Bloc, lan: Member) -> None:
    form_id = begun(store, lan)
    with pytest.raises(RuntimeError), store.work(LATER) as work:
        saved = work.catalogue.save(other(sample, how="Khác"), file_name="x", digest="1" * 64, changes=[])
        assert RenewForms(work)(saved) == 1
        raise RuntimeError("killed")
    with store.reading(LATER) as work:
        form = load_form(work, form_id)
        assert form.bloc.revision == 1 and not form.answers["TC1.1", "1"].again


def test_an_answer_given_during_an_import_is_under_one_table_or_refused(
    store: Store, sample: Bloc, lan: Member
) -> None:
    form_id = begun(store, lan)
    refused: list[Exception] = []
    inside, answered = threading.Event(), threading.Event()

    def answers() -> None:
        inside.wait(10)
        try:
            with store.work(LATER) as work:
                RecordFact(work)(lan, form_id, "TC1.1", "1", Rate(percent=Decimal(97)), made_for=1)
        except ChangedSince as error:
            refused.append(error)
        answered.set()

    thread = threading.Thread(target=answers)
    thread.start()
    with store.work(LATER) as work:
        saved = work.catalogue.save(other(sample, how="Khác"), file_name="x", digest="1" * 64, changes=[])
        assert RenewForms(work)(saved) == 1
        inside.set()
        assert not answered.wait(0.5), "it waits for the import"
    thread.join(20)
    assert len(refused) == 1
    with store.reading(LATER) as work:
        assert load_form(work, form_id).facts("TC1.1") == {"1": R96}


def test_a_form_that_begins_during_an_import_is_on_the_new_table(store: Store, sample: Bloc, lan: Member) -> None:
    found: list[int] = []
    inside, opened = threading.Event(), threading.Event()

    def opens() -> None:
        inside.wait(10)
        with store.work(LATER) as work:
            found.append(OpenAssessment(work)(lan, lan.memberships[0].id, Period.MID_YEAR).bloc.revision)
        opened.set()

    thread = threading.Thread(target=opens)
    thread.start()
    with store.work(LATER) as work:
        held = work.catalogue.of_year(sample.year, for_change=True)
        assert held is not None
        inside.set()
        assert not opened.wait(0.5), "it waits for the import"
        saved = work.catalogue.save(other(sample, how="Khác"), file_name="x", digest="1" * 64, changes=[])
        assert RenewForms(work)(saved) == 0
    thread.join(20)
    assert found == [2]


def test_a_submitted_form_and_another_years_bloc_are_left_alone(store: Store, sample: Bloc, lan: Member) -> None:
    form_id = begun(store, lan)
    load(store, replace(sample, year=2027), LATER)
    with store.work(LATER) as work:
        form = load_form(work, form_id, for_change=True)
        assert form.renewed_from is None
        work.assessments.save(form, replace(form, stage=Stage.SUBMITTED, revision=form.revision + 1))
    load(store, other(sample, how="Khác"), LATER)
    with store.reading(LATER) as work:
        assert load_form(work, form_id).bloc.revision == 1
