"""Assessments as kept: the same value comes back on either database, one live form, nobody's change is lost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.assessment import Assessment, ChangedSince, Evidence, EvidenceKind, Receipt, Stage
from bot.domain.assessment_form import restored
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Period
from bot.domain.criteria import Count, Points, Rate
from bot.domain.people import Role
from bot.usecases.assessment import load as load_form
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load
from tests.unit.forms import some_fact

LATER = SPRING + timedelta(days=1)


@pytest.fixture
def lan(store: Store, sample: Bloc) -> int:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(11, "Lan", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        return person.id


def start(work: SqlWork, by: int, unit: str = "STP") -> Assessment:
    return load_form(work, work.assessments.start(unit, Period.MID_YEAR, work.bloc.revision, by), for_change=True)


def filled(form: Assessment, by: int) -> Assessment:
    """One of everything."""

    def at(held: Assessment) -> dict[str, object]:
        return {"made_for": held.revision, "by": by, "at": SPRING}

    form = form.give("TC1.1", "1", Rate(done=Decimal(48), total=Decimal(50)), **at(form))  # type: ignore[arg-type]
    form = form.give("TC1.7", "1", Points(Decimal("12.5")), **at(form))  # type: ignore[arg-type]
    form = form.give("TRU3", "2", Count(0), **at(form))  # type: ignore[arg-type]
    form = form.explain("TC1.7", "Chờ kết luận", **at(form))  # type: ignore[arg-type]
    form = form.write("SK1", "Đoạn một", **at(form))  # type: ignore[arg-type]
    form = form.leave_empty("SK7", **at(form))  # type: ignore[arg-type]
    file = Evidence(0, "TC1.1", EvidenceKind.FILE, "bảng.pdf", by, SPRING, "a" * 64, 12, "application/pdf", "F1")
    form = form.add_evidence(file, made_for=form.revision)
    link = Evidence(0, "TC1.1", EvidenceKind.LINK, "https://example.vn", by, SPRING)
    return form.add_evidence(link, made_for=form.revision)


def test_a_form_comes_back_as_it_was_saved(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        work.files.keep("a" * 64, 12, "application/pdf")
        before = start(work, lan)
        after = filled(before, lan)
        work.assessments.save(before, after)
    with store.work(LATER) as work:
        assert load_form(work, after.id) == after


def test_one_unit_has_one_live_form_of_a_period(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        first = start(work, lan)
        assert start(work, lan).id == first.id
        assert work.assessments.find("STP", Period.MID_YEAR) == first.id
        assert work.assessments.find("STP", Period.YEAR_END) is None
        assert work.assessments.find("VKS", Period.MID_YEAR) is None


def test_what_was_removed_is_gone_and_the_rest_stays(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        work.files.keep("a" * 64, 12, "application/pdf")
        before = start(work, lan)
        after = filled(before, lan)
        work.assessments.save(before, after)
    with store.work(LATER) as work:
        held = load_form(work, after.id, for_change=True)
        changed = held.remove_evidence(held.evidence[0].number).unclaim("TRU3", made_for=99)
        changed = changed.clear_section("SK1", made_for=99)
        work.assessments.save(held, changed)
    with store.reading(LATER) as work:
        found = load_form(work, after.id)
        assert found == changed
        assert [e.title for e in found.evidence] == ["https://example.vn"]
        assert found.facts("TRU3") == {} and found.facts("TC1.1") and not found.written("SK1")


def test_entries_come_back_in_their_order_with_their_addressee(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        form = start(work, lan)
        after = form.write("SK4", "Đã khen 12 tập thể.", made_for=0, by=lan, at=SPRING)
        for text in ("Một", "Hai", "Ba"):
            after = after.enter("SK7", Content.PROPOSAL, text, made_for=0, by=lan, at=SPRING)
        after = after.enter("SK4", Content.EXAMPLE, "Phòng A", made_for=0, by=lan, at=SPRING)
        work.assessments.save(form, after)
    second = after.entries("SK7", Content.PROPOSAL)[1].number
    with store.work(LATER) as work:
        held = load_form(work, form.id, for_change=True)
        assert held == after
        given = held.address(second, "Ủy ban nhân dân tỉnh", made_for=held.revision)
        work.assessments.save(held, given)
    with store.work(LATER) as work:
        held = load_form(work, form.id, for_change=True)
        assert held == given and held.entry(second) == given.entry(second)
        assert [e.addressee for e in held.entries("SK7", Content.PROPOSAL)] == ["", "Ủy ban nhân dân tỉnh", ""]
        fewer = held.remove_entry(held.entries("SK7", Content.PROPOSAL)[0].number, made_for=held.revision)
        work.assessments.save(held, fewer)
    with store.reading(LATER) as work:
        assert load_form(work, form.id) == fewer
        assert [e.text for e in fewer.entries("SK7", Content.PROPOSAL)] == ["Hai", "Ba"]


def test_a_change_made_on_an_older_form_is_refused_and_loses_nothing(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        old = start(work, lan)
        mine = old.give("TC1.8", "1", Count(1), made_for=0, by=lan, at=SPRING)
        theirs = old.give("TC1.8", "1", Count(2), made_for=0, by=lan, at=SPRING)
        work.assessments.save(old, mine)
    with store.work(SPRING) as work:
        with pytest.raises(ChangedSince):
            work.assessments.save(old, theirs)
        assert load_form(work, old.id).facts("TC1.8") == {"1": Count(1)}


def test_a_form_looked_at_again_in_one_transaction_shows_its_changes(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        before = start(work, lan)
        after = before.give("TC1.8", "1", Count(1), made_for=0, by=lan, at=SPRING)
        work.assessments.save(before, after)
        assert load_form(work, before.id) == after


def test_versions_are_kept_withdrawn_and_never_share_a_code(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        form = start(work, lan)
        proposed = form.propose(made_for=0, by=lan, at=SPRING)
        taken = snapshot(proposed)
        first = Receipt("K-1", 1, SPRING, lan, Decimal("862.5"), digest(taken, 1), 2, Decimal(-3))
        submitted = proposed.submit(first)
        work.assessments.save(form, submitted)
        work.assessments.add_version(form.id, first, taken)
    with store.work(LATER) as work:
        held = load_form(work, form.id, for_change=True)
        assert held.receipt == first and held.stage is Stage.SUBMITTED
        work.assessments.save(held, held.reopen(made_for=held.revision))
        work.assessments.withdraw_version(form.id, 1)
    with store.reading(LATER) as work:
        assert load_form(work, form.id).receipt is None
        assert work.assessments.receipts(form.id) == [replace(first, withdrawn_at=LATER)]
        kept = work.assessments.snapshot(form.id, 1)
        assert kept is not None and digest(kept, 1) == first.digest
        assert work.assessments.snapshot(form.id, 2) is None
        assert work.assessments.code_taken("K-1") and not work.assessments.code_taken("K-2")


def test_a_form_of_another_bloc_year_is_not_found(store: Store, sample: Bloc, lan: int) -> None:
    with store.work(SPRING) as work:
        form = start(work, lan)
    load(store, replace(sample, year=2027), SPRING)
    with store.reading(SPRING.replace(year=2027)) as work:
        assert work.assessments.get(form.id, work.catalogue.at) is None


def test_every_units_form_of_a_period_is_found_at_once(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        one, two = start(work, lan), start(work, lan, "VKS")
        after = one.give("TC1.8", "1", Count(1), made_for=0, by=lan, at=SPRING)
        work.assessments.save(one, after)
    with store.reading(SPRING) as work:
        found = work.assessments.of_period(Period.MID_YEAR, work.catalogue.at)
        assert found == {"STP": after, "VKS": two}
        assert work.assessments.of_period(Period.YEAR_END, work.catalogue.at) == {}


def test_the_warning_is_confirmed_once(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        assert work.assessments.warned_at(lan) is None
        work.assessments.warn(lan)
    with store.work(LATER) as work:
        work.assessments.warn(lan)
        assert work.assessments.warned_at(lan) == SPRING


def test_how_far_every_unit_is_agrees_with_forms_read_whole(store: Store, lan: int, sample: Bloc) -> None:
    changed = replace(sample, criteria=sample.criteria[1:])
    with store.work(SPRING) as work:
        for number, unit in enumerate(("STP", "CAT", "VKS", "TAND")):
            if number == 2:  # pinned to another version of the table
                work.catalogue.save(changed, file_name="next", digest="1" * 64, changes=[])
            revision = 2 if number >= 2 else 1
            held = load_form(work, work.assessments.start(unit, Period.MID_YEAR, revision, lan), for_change=True)
            after = held
            for item in held.bloc.criteria[: number * 5]:
                for part in item.asked[: 1 if item.code == "TC1.7" else None]:  # one of its three parts
                    given = some_fact(part, number)
                    after = after.give(item.code, part.id, given, made_for=after.revision, by=lan, at=SPRING)
            for item in held.bloc.bonuses:  # rules are no criteria
                part = item.asked[0]
                after = after.give(item.code, part.id, some_fact(part, 1), made_for=after.revision, by=lan, at=SPRING)
            after = after.propose(made_for=after.revision, by=lan, at=SPRING) if number == 3 else after
            work.assessments.save(held, after)
    with store.reading(LATER) as work:
        found = work.assessments.progress(Period.MID_YEAR, work.catalogue.at)
        forms = work.assessments.of_period(Period.MID_YEAR, work.catalogue.at)
        assert work.assessments.progress(Period.YEAR_END, work.catalogue.at) == {}
    assert found.keys() == forms.keys() == {"STP", "CAT", "VKS", "TAND"}
    for unit, held in forms.items():
        standing = Standing(held)
        assert (found[unit].stage, found[unit].done, found[unit].of) == (held.stage, standing.done, standing.of)
    assert {unit: each.done for unit, each in found.items()} == {"STP": 0, "CAT": 5, "VKS": 9, "TAND": 14}
    assert found["CAT"].of == 25 and found["VKS"].of == 24


def test_a_criterion_that_asks_nothing_counts_as_done_here_too(store: Store, lan: int, sample: Bloc) -> None:
    with store.work(SPRING) as work:
        silent = replace(sample.criteria[0], answer_kind=None, levels=sample.deductions[0].levels)
        assert not silent.asked
        bloc = replace(sample, criteria=(silent, *sample.criteria[1:]))
        work.catalogue.save(bloc, file_name="next", digest="1" * 64, changes=[])
    with store.work(SPRING) as work:
        form = start(work, lan)
        progress = work.assessments.progress(Period.MID_YEAR, work.catalogue.at)["STP"]
        assert progress.done == Standing(form).done == 1


def test_what_stands_submitted_is_read_with_its_snapshot_and_nothing_withdrawn(store: Store, lan: int) -> None:
    with store.work(SPRING) as work:
        work.files.keep("a" * 64, 12, "application/pdf")
        for unit, version in (("STP", 1), ("VKS", 2)):
            held = start(work, lan, unit)
            after = filled(held, lan)
            for number in range(1, version + 1):
                hashed = digest(snapshot(after), number)
                receipt = Receipt(f"{unit}-{number}", number, SPRING, lan, Decimal("147.5"), hashed)
                work.assessments.add_version(held.id, receipt, snapshot(after))
                if number < version:
                    work.assessments.withdraw_version(held.id, number)
            work.assessments.save(held, after.submit(receipt))
        work.assessments.save(draft := start(work, lan, "CAT"), filled(draft, lan))
    with store.reading(LATER) as work:
        found = work.assessments.submitted(Period.MID_YEAR)
        assert work.assessments.submitted(Period.YEAR_END) == {}
        again = load_form(work, 2)
    assert {unit: receipt.code for unit, (receipt, _) in found.items()} == {"STP": "STP-1", "VKS": "VKS-2"}
    receipt, taken = found["VKS"]
    assert receipt == again.receipt and taken == snapshot(again) and digest(taken, 2) == receipt.digest
    assert snapshot(restored(taken, receipt, again.bloc, again.id)) == taken
