"""The form as a value: legal moves, gaps, the way through it, and the receipt."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.assessment import (
    MOST_EVIDENCE,
    MOST_WRITTEN,
    REPORT,
    AlreadyProposed,
    AlreadySubmitted,
    AnsweredSince,
    Assessment,
    ChangedSince,
    Evidence,
    EvidenceKind,
    ExplainedSince,
    NothingWritten,
    NotProposed,
    Receipt,
    Stage,
    TooLong,
    TooManyFiles,
)
from bot.domain.assessment_receipt import digest, initials, receipt_code, snapshot
from bot.domain.assessment_standing import At, Gap, GapKind, Place, Standing, State
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import (
    Choice,
    Count,
    Fact,
    FactNotAllowed,
    ItemKind,
    PartKind,
    Points,
    PointsOutOfRange,
    Rate,
    YesNo,
)

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LAN, MINH, HA = 1, 2, 3


@pytest.fixture
def form(sample: Bloc) -> Assessment:
    return Assessment(1, "STP", Period.MID_YEAR, sample)


def give(form: Assessment, code: str, part: str, fact: Fact, made_for: int | None = None, by: int = LAN) -> Assessment:
    return form.give(code, part, fact, made_for=form.revision if made_for is None else made_for, by=by, at=NOW)


def document(item: str, title: str = "125/BC-STP ngày 10/6/2026") -> Evidence:
    return Evidence(0, item, EvidenceKind.DOCUMENT, title, LAN, NOW)


def receipt(version: int = 1) -> Receipt:
    return Receipt("KNC-2026-6T-STP-0001", version, NOW, HA, Decimal(863), "0" * 64)


def proposed(form: Assessment) -> Assessment:
    return form.propose(made_for=form.revision, by=LAN, at=NOW)


# -- answering -------------------------------------------------------------------------------------------


def test_an_answer_keeps_the_fact_the_version_and_who_gave_it(form: Assessment) -> None:
    after = give(form, "TC1.1", "1", Rate(done=Decimal(48), total=Decimal(50)))
    held = after.answer("TC1.1", "1")
    assert held is not None and (held.item_version, held.by, held.at, held.revision) == (1, LAN, NOW, 1)
    assert after.revision == 1 and form.answers == {}
    assert Standing(after).scores["TC1.1"].points == 135


def test_the_same_fact_again_changes_nothing(form: Assessment) -> None:
    after = give(form, "TC1.1", "1", Rate(percent=Decimal(95)))
    assert give(after, "TC1.1", "1", Rate(percent=Decimal(95)), made_for=0) is after


def test_a_later_answer_is_not_written_over_by_an_older_button(form: Assessment) -> None:
    after = give(form, "TC1.1", "1", Rate(percent=Decimal(95)), by=MINH)
    with pytest.raises(AnsweredSince) as refused:
        give(after, "TC1.1", "1", Rate(percent=Decimal(90)), made_for=0)
    assert refused.value.answer.fact == Rate(percent=Decimal(95))
    assert give(after, "TC1.1", "1", Rate(percent=Decimal(90))).facts("TC1.1") == {"1": Rate(percent=Decimal(90))}


def test_an_answer_to_another_part_does_not_make_a_button_old(form: Assessment) -> None:
    after = give(form, "TC1.2", "1", Count(1))
    assert give(after, "TC1.2", "2", Count(0), made_for=0).facts("TC1.2") == {"1": Count(1), "2": Count(0)}


@pytest.mark.parametrize(
    ("code", "part", "fact"),
    [
        ("TC1.1", "9", Rate(percent=Decimal(95))),
        ("TC1.1", "1", Count(3)),
        ("TC9.9", "1", Count(3)),
        ("TRU1", "1", Count(3)),  # lateness is counted by the machine
        ("TC1.6", "1", Choice(9)),
    ],
)
def test_a_fact_that_does_not_fit_is_refused(form: Assessment, code: str, part: str, fact: Fact) -> None:
    with pytest.raises(FactNotAllowed):
        give(form, code, part, fact)


def test_points_above_a_parts_own_maximum_are_refused(form: Assessment) -> None:
    with pytest.raises(PointsOutOfRange):
        give(form, "TC1.7", "1", Points(Decimal(16)))


def test_what_is_not_claimed_any_more_leaves_nothing(form: Assessment) -> None:
    after = give(give(form, "TRU3", "1", Count(1)), "TRU3", "2", Count(1))
    assert after.unclaim("TRU3", made_for=after.revision).answers == {}
    with pytest.raises(AnsweredSince):
        after.unclaim("TRU3", made_for=1)
    assert form.unclaim("TRU3", made_for=0) is form


# -- evidence, explanation, sections -----------------------------------------------------------------------


def test_evidence_is_numbered_once_for_ever(form: Assessment) -> None:
    one = form.add_evidence(document("TC1.1"), made_for=0)
    none = one.remove_evidence(1)
    two = none.add_evidence(document("TC1.1"), made_for=0)
    assert [piece.number for piece in two.evidence] == [3]
    with pytest.raises(ChangedSince):
        two.remove_evidence(1)


def test_the_same_document_for_the_same_criterion_counts_once(form: Assessment) -> None:
    one = form.add_evidence(document("TC1.1"), made_for=0)
    assert one.add_evidence(document("TC1.1"), made_for=0) is one
    assert len(one.add_evidence(document("TC1.2"), made_for=0).evidence) == 2


def test_one_criterion_takes_only_so_much_evidence(form: Assessment) -> None:
    for n in range(MOST_EVIDENCE):
        form = form.add_evidence(document("TC1.1", f"{n}/BC ngày 1/1/2026"), made_for=0)
    with pytest.raises(TooManyFiles):
        form.add_evidence(document("TC1.1", "99/BC ngày 1/1/2026"), made_for=0)


def test_an_explanation_has_words_and_is_not_written_over_unseen(form: Assessment) -> None:
    with pytest.raises(NothingWritten):
        form.explain("TC1.1", " … ", made_for=0, by=LAN, at=NOW)
    after = form.explain("TC1.1", " Chờ số liệu ", made_for=0, by=MINH, at=NOW)
    assert after.explanations["TC1.1"].text == "Chờ số liệu"
    with pytest.raises(ExplainedSince):
        after.explain("TC1.1", "Khác", made_for=0, by=LAN, at=NOW)


def test_a_section_grows_by_messages_up_to_a_limit(form: Assessment) -> None:
    after = form.write("SK1", "Một.", made_for=0, by=LAN, at=NOW).write("SK1", "Hai.", made_for=0, by=MINH, at=NOW)
    assert [piece.text for piece in after.written("SK1")] == ["Một.", "Hai."]
    with pytest.raises(TooLong):
        after.write("SK1", "a" * MOST_WRITTEN, made_for=0, by=LAN, at=NOW)
    with pytest.raises(ChangedSince):
        after.clear_section("SK1", made_for=1)  # somebody added to it since
    assert after.clear_section("SK1", made_for=2).written("SK1") == ()


def test_nothing_to_report_gives_way_to_words_and_never_covers_them(form: Assessment) -> None:
    empty = form.leave_empty("SK7", made_for=0, by=LAN, at=NOW)
    assert empty.leave_empty("SK7", made_for=0, by=LAN, at=NOW) is empty
    written = empty.write("SK7", "Đề nghị A.", made_for=0, by=LAN, at=NOW)
    assert [piece.text for piece in written.written("SK7")] == ["Đề nghị A."]
    with pytest.raises(ChangedSince):
        written.leave_empty("SK7", made_for=0, by=LAN, at=NOW)


# -- moves between draft and receipt ------------------------------------------------------------------------


def test_a_proposed_form_takes_no_change(form: Assessment) -> None:
    held = proposed(form)
    changes: list[Callable[[], Assessment]] = [
        lambda: give(held, "TC1.1", "1", Rate(percent=Decimal(95))),
        lambda: held.unclaim("TC1.1", made_for=9),
        lambda: held.add_evidence(document("TC1.1"), made_for=9),
        lambda: held.remove_evidence(1),
        lambda: held.explain("TC1.1", "Vì", made_for=9, by=LAN, at=NOW),
        lambda: held.write("SK1", "A", made_for=9, by=LAN, at=NOW),
        lambda: held.clear_section("SK1", made_for=9),
        lambda: proposed(held),
    ]
    for change in changes:
        with pytest.raises(AlreadyProposed):
            change()


def test_a_submitted_form_says_its_receipt(form: Assessment) -> None:
    held = proposed(form).submit(receipt())
    with pytest.raises(AlreadySubmitted) as refused:
        give(held, "TC1.1", "1", Rate(percent=Decimal(95)))
    assert refused.value.params["receipt"] == "KNC-2026-6T-STP-0001"
    with pytest.raises(AlreadySubmitted):
        held.expect_proposed(held.revision)
    assert held.stage is Stage.SUBMITTED and held.versions == 1


@pytest.mark.parametrize("move", ["return", "take back", "reopen"])
def test_a_button_from_before_the_form_came_back_is_refused(form: Assessment, move: str) -> None:
    held = proposed(form)
    if move == "return":
        draft = held.return_("Thiếu số liệu", made_for=held.revision)
        assert draft.returned_because == "Thiếu số liệu"
    elif move == "take back":
        draft = held.take_back(made_for=held.revision)
    else:
        submitted = held.submit(receipt())
        draft = submitted.reopen(made_for=submitted.revision)
        assert draft.receipt is None and draft.versions == 1
    assert draft.stage is Stage.DRAFT
    with pytest.raises(ChangedSince):
        give(draft, "TC1.1", "1", Rate(percent=Decimal(95)), made_for=0)
    assert give(draft, "TC1.1", "1", Rate(percent=Decimal(95))).answers


def test_only_what_lies_with_the_leader_is_decided_and_only_in_the_form_that_was_shown(form: Assessment) -> None:
    with pytest.raises(NotProposed):
        form.expect_proposed(form.revision)
    first = proposed(form)
    second = proposed(first.take_back(made_for=first.revision))
    with pytest.raises(NotProposed):
        second.return_("Vì", made_for=first.revision)
    with pytest.raises(NothingWritten):
        second.return_(" ", made_for=second.revision)
    with pytest.raises(ChangedSince):
        second.reopen(made_for=second.revision)


# -- where it stands -----------------------------------------------------------------------------------------


def test_an_empty_form_has_a_gap_for_every_criterion_and_section(form: Assessment) -> None:
    gaps = Standing(form).gaps
    assert [gap.code for gap in gaps if gap.kind is GapKind.PART] == [item.code for item in form.bloc.criteria]
    assert [gap.code for gap in gaps if gap.kind is GapKind.SECTION] == [f"SK{n}" for n in range(1, 8)]
    assert len(gaps) == 32


def test_a_report_file_stands_for_every_section(form: Assessment) -> None:
    after = form.add_evidence(document(REPORT, "bao-cao.pdf"), made_for=0)
    assert not [gap for gap in Standing(after).gaps if gap.kind is GapKind.SECTION]
    assert Standing(after).skip("TC3.10", "3") == Place(At.REVIEW)


def test_points_without_evidence_are_a_gap_until_there_is_some_or_an_explanation(form: Assessment) -> None:
    after = give(form, "TC1.6", form.bloc.item("TC1.6").asked[0].id, Choice(1))
    assert Gap(GapKind.EVIDENCE, "TC1.6") in Standing(after).gaps
    assert Standing(after).state("TC1.6") is State.LACKS_EVIDENCE
    for proven in (
        after.add_evidence(document("TC1.6"), made_for=1),
        after.explain("TC1.6", "Chờ thông báo", made_for=1, by=LAN, at=NOW),
    ):
        assert Standing(proven).lacking == () and Standing(proven).state("TC1.6") is State.DONE


def test_no_points_need_no_evidence_and_a_deduction_neither(form: Assessment) -> None:
    part = form.bloc.item("TC1.6").asked[0].id
    after = give(give(form, "TC1.6", part, Choice(4)), "TRU3", "1", Count(2))
    assert Standing(after).lacking == ()


def test_lateness_is_counted_from_the_machines_own_days(form: Assessment) -> None:
    standing = Standing(form, late_days=4)
    assert standing.penalty == -5 and standing.totals.deduction == -5 and standing.totals.total == 0


def test_the_way_leads_through_every_part_once_then_to_evidence_then_on(form: Assessment) -> None:
    standing = Standing(form)
    assert standing.resume() == Place(At.PART, "TC1.1", "1")
    form = give(form, "TC1.1", "1", Rate(percent=Decimal(95)))
    assert Standing(form).after_answer("TC1.1", "1") == Place(At.EVIDENCE, "TC1.1")
    assert Standing(form).after_item("TC1.1") == Place(At.PART, "TC1.2", "1")
    form = give(form, "TC1.2", "2", Count(0))
    assert Standing(form).after_answer("TC1.2", "2") == Place(At.PART, "TC1.2", "1")
    assert Standing(form).back("TC1.2", "1") == Place(At.PART, "TC1.1", "1")
    assert Standing(form).back("TC1.1", "1") is None


def test_a_rule_leads_back_to_its_list(form: Assessment) -> None:
    form = give(form, "TRU3", "1", Count(1))
    assert Standing(form).after_answer("TRU3", "1") == Place(At.PART, "TRU3", "2")
    form = give(form, "TRU3", "2", Count(0))
    assert Standing(form).after_answer("TRU3", "2") == Place(At.RULES, "deduction")
    assert Standing(form).skip("DT1", "1") == Place(At.RULES, "bonus")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_following_the_way_answers_every_question_and_ends_in_the_review(sample: Bloc, data: st.DataObject) -> None:
    form = Assessment(1, "STP", Period.MID_YEAR, sample)
    place, seen = Standing(form).resume(), 0
    while place.at is not At.REVIEW:
        seen += 1
        assert seen < 200
        standing = Standing(form)
        if place.at is At.PART and data.draw(st.integers(0, 9)) == 0:
            place = standing.skip(place.code, place.part)
        elif place.at is At.PART:
            form = give(form, place.code, place.part, _some_fact(form, place, data))
            place = Standing(form).after_answer(place.code, place.part)
        elif place.at is At.EVIDENCE:
            place = standing.after_item(place.code)
        elif place.at is At.RULES:
            place = standing.after_rules(ItemKind(place.code))
        else:
            form = form.write(place.code, "Có.", made_for=form.revision, by=LAN, at=NOW)
            place = Standing(form).after_section(place.code)
    standing = Standing(form)
    assert all(0 <= line.points <= (line.item.ceiling or 0) for line in standing.scores.values() if line.points > 0)
    assert {gap.code for gap in standing.gaps if gap.kind is GapKind.PART} == {
        code for code, part in standing.steps if (code, part) not in form.answers
    }


def _some_fact(form: Assessment, place: Place, data: st.DataObject) -> Fact:
    part = form.bloc.item(place.code).part(place.part)
    match part.kind:
        case PartKind.RATE:
            return Rate(percent=Decimal(data.draw(st.integers(0, 100))))
        case PartKind.CHOICE:
            return Choice(data.draw(st.sampled_from(part.places)))
        case PartKind.SCORE:
            return Points(Decimal(data.draw(st.integers(0, int(part.top * 2)))) / 2)
        case PartKind.CEILING:
            return YesNo(data.draw(st.booleans()))
        case _:
            return Count(data.draw(st.integers(0, 50)))


# -- the receipt ---------------------------------------------------------------------------------------------


def test_the_order_in_which_things_were_given_leaves_no_trace_in_the_hash(form: Assessment) -> None:
    one = give(give(form, "TC1.1", "1", Rate(percent=Decimal(95))), "TC1.2", "1", Count(1))
    other = give(give(form, "TC1.2", "1", Count(1)), "TC1.1", "1", Rate(percent=Decimal("95.0")))
    assert digest(snapshot(one), 1) == digest(snapshot(other), 1)
    assert digest(snapshot(one), 1) != digest(snapshot(one), 2)
    changed = give(one, "TC1.2", "1", Count(2))
    assert digest(snapshot(changed), 1) != digest(snapshot(one), 1)


def test_a_receipt_code_can_be_read_out(sample: Bloc) -> None:
    assert receipt_code(sample, Period.MID_YEAR, "STP", "7f3a" + "0" * 60) == "KNC-2026-6T-STP-7F3A"
    assert receipt_code(sample, Period.YEAR_END, "STP", "7f3a" + "0" * 60, 6) == "KNC-2026-CN-STP-7F3A00"


@pytest.mark.parametrize(
    ("name", "short"),
    [("Khối Nội chính - LLVT", "KNC"), ("Khối thi đua số 3", "KTDS3"), ("Cụm Đồng bằng", "CDB"), ("—", "K")],
)
def test_initials_of_a_bloc(name: str, short: str) -> None:
    assert initials(name) == short
