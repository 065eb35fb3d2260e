"""Appraisals and extensions as kept: the same value comes back on either database, nobody's change is lost."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.appraisal import Appraisal, MovedOn, Reply
from bot.domain.appraisal_peer import Review, Stance
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load

LATER = SPRING + timedelta(days=1)


@pytest.fixture
def form(store: Store, sample: Bloc) -> int:
    load(store, sample)
    with store.work(SPRING) as work:
        lan = work.people.add(11, "Lan", "vi")
        return work.assessments.start("STP", Period.MID_YEAR, work.bloc.revision, lan.id)


def full(form: int) -> Appraisal:
    """One of everything."""
    held = Appraisal(form, 1)
    held = held.accept("TC1.1", made_for=held.revision, by=1, at=SPRING)
    held = held.appraise("TC1.2", Decimal("12.5"), "Lý do", own=Decimal(60), made_for=held.revision, by=1, at=SPRING)
    held = held.ask("TC1.3", "Xin bổ sung", made_for=held.revision, by=1, at=SPRING)
    number = held.exchanges[0].number
    held = held.reply(number, Reply(0, "Đã có", 1, SPRING))
    file = Reply(0, "bảng.pdf", 1, SPRING, "a" * 64, 12, "application/pdf", "F1", "document")
    held = held.reply(number, file)
    held = held.accept_rest(["TC1.4"], made_for=held.revision, by=1, at=SPRING)
    held = held.accept("TC1.3", made_for=held.revision, by=1, at=SPRING)
    held = held.announce(["TC1.1", "TC1.2", "TC1.3", "TC1.4"], made_for=held.revision, at=SPRING)
    return held.object("TC1.2", "Xem lại", made_for=held.revision, by=1, at=SPRING)


def keep(work: SqlWork, form: int) -> Appraisal:
    work.files.keep("a" * 64, 12, "application/pdf")
    held = full(form)
    work.appraisals.save(Appraisal(form, 1), held)
    return held


def test_every_appraisal_of_a_period_is_read_at_once(store: Store, form: int) -> None:
    with store.work(SPRING) as work:
        held = keep(work, form)
        other = work.assessments.start("VKS", Period.MID_YEAR, work.bloc.revision, 1)
        work.assessments.start("TAND", Period.MID_YEAR, work.bloc.revision, 1)
        late = work.assessments.start("STP", Period.YEAR_END, work.bloc.revision, 1)
        for each in (other, late):
            began = Appraisal(each, 1)
            work.appraisals.save(began, began.accept("TC1.1", made_for=0, by=1, at=SPRING))
    with store.reading(LATER) as work:
        found = work.appraisals.of_period(work.bloc.id, Period.MID_YEAR)
        assert found == {"STP": held, "VKS": work.appraisals.find(other)}
        assert set(work.appraisals.of_period(work.bloc.id, Period.YEAR_END)) == {"STP"}
        assert work.appraisals.of_period(work.bloc.id + 1, Period.MID_YEAR) == {}


def test_an_appraisal_comes_back_as_it_was_saved(store: Store, form: int) -> None:
    with store.work(SPRING) as work:
        assert work.appraisals.find(form) is None
        held = keep(work, form)
    with store.work(LATER) as work:
        found = work.appraisals.find(form)
        assert found == held
        settled = held.settle(
            held.exchanges[-1].number,
            Decimal(60),
            "Hợp lệ",
            own=Decimal(60),
            made_for=held.revision,
            by=1,
            at=LATER,
        ).finish(made_for=held.revision + 1, at=LATER)
        work.appraisals.save(held, settled)
    with store.reading(LATER) as work:
        assert work.appraisals.find(form) == settled
        assert settled.verdicts["TC1.2"].points is None


def test_a_decision_that_was_opened_again_is_gone_and_the_rest_stays(store: Store, form: int) -> None:
    with store.work(SPRING) as work:
        before = Appraisal(form, 1).accept_rest(["TC1.1", "TC1.2"], made_for=0, by=1, at=SPRING)
        work.appraisals.save(Appraisal(form, 1), before)
        after = before.renewed(2, {"TC1.1"})
        work.appraisals.save(before, after)
        assert work.appraisals.find(form) == after and set(after.verdicts) == {"TC1.2"}


def test_a_change_made_on_an_older_appraisal_is_refused_and_loses_nothing(store: Store, form: int) -> None:
    old = Appraisal(form, 1)
    mine = old.accept("TC1.1", made_for=0, by=1, at=SPRING)
    with store.work(SPRING) as work:
        work.appraisals.save(old, mine)
    with store.work(SPRING) as work:
        with pytest.raises(MovedOn):
            work.appraisals.save(old, old.ask("TC1.1", "Gì nữa?", made_for=0, by=1, at=SPRING))
        assert work.appraisals.find(form) == mine


def test_a_peers_review_comes_back_as_it_was_saved_beside_no_other(store: Store, form: int) -> None:
    old = Review(form, "CAT", 1)
    who: dict[str, Any] = {"by": 1, "at": SPRING}
    held = old.give("TC1.1", Stance.POINTS, "Thiếu", Decimal("12.5"), own=Decimal(20), made_for=0, **who)
    held = held.give("TC1.2", Stance.REMARK, "Xem lại", own=Decimal(20), made_for=held.revision, **who)
    held = held.agree_rest(["TC1.3"], made_for=held.revision, **who)
    with store.work(SPRING) as work:
        assert work.appraisals.review(form, "CAT") is None
        work.appraisals.save_review(old, held)
    with store.work(LATER) as work:
        assert work.appraisals.review(form, "CAT") == held and work.appraisals.review(form, "VKS") is None
        with pytest.raises(MovedOn):
            work.appraisals.save_review(old, old.agree_rest(["TC1.1"], made_for=0, **who))
        closed = held.hand_in(["TC1.1"], made_for=held.revision, at=LATER)
        work.appraisals.save_review(held, closed)
        again = closed.renewed(2, {"TC1.1"})
        work.appraisals.save_review(closed, again)
    with store.reading(LATER) as work:
        assert work.appraisals.review(form, "CAT") == again and set(again.opinions) == {"TC1.2", "TC1.3"}


def test_the_last_extension_counts_for_its_unit_and_bloc_year(store: Store, form: int, sample: Bloc) -> None:
    with store.work(SPRING) as work:
        assert work.extensions.find("MS-BC6T", "STP") is None
        first = work.extensions.grant("MS-BC6T", "STP", date(2026, 6, 22), "Bão", 1)
        assert work.extensions.find("MS-BC6T", "STP") == first
        last = work.extensions.grant("MS-BC6T", "STP", date(2026, 6, 24), "Bão nữa", 1)
        assert work.extensions.of("MS-BC6T") == {"STP": last} and work.extensions.find("MS-BC6T", "VKS") is None
    load(store, replace(sample, year=2027), SPRING)
    with store.reading(SPRING.replace(year=2027)) as work:
        assert work.extensions.of("MS-BC6T") == {}
