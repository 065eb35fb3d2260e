"""Answers that are not final, and answers without a value: what did not arise, and what follows later."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.assessment import AnsweredSince, Assessment, ChangedSince, Evidence, EvidenceKind
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.assessment_standing import At, Gap, GapKind, Place, Standing, State
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import (
    Awaited,
    Choice,
    Count,
    Fact,
    FactNotAllowed,
    Item,
    Mark,
    NotArising,
    PartKind,
    Points,
    Rate,
    YesNo,
    check,
)
from bot.domain.facts import pack, unpack_marked
from bot.domain.typed import NotRead, asks, read, read_marked

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
STEP = Decimal("0.5")
EST, EXP, NONE = Mark.ESTIMATED, Mark.EXPECTED, Mark.NONE
R95 = Rate(percent=Decimal(95))


@pytest.fixture
def form(sample: Bloc) -> Assessment:
    return Assessment(1, "STP", Period.MID_YEAR, sample)


def put(form: Assessment, code: str, part: str, fact: Fact, mark: Mark = NONE, by: int = 1) -> Assessment:
    return form.give(code, part, fact, mark=mark, made_for=form.revision, by=by, at=NOW)


@pytest.mark.parametrize(
    ("code", "place", "text", "fact", "mark"),
    [
        ("TC1.1", 0, "ước 95%", R95, EST),
        ("TC1.1", 0, "khoảng 95", R95, EST),
        ("TC1.1", 0, "Ước đạt 95,5 %", Rate(percent=Decimal("95.5")), EST),
        ("TC1.1", 0, "uoc khoang 95", R95, EST),
        ("TC1.1", 0, "~95%", R95, EST),
        ("TC1.1", 0, "≈ 95", R95, EST),
        ("TC1.1", 0, "tầm 95%", R95, EST),
        ("TC1.1", 0, "95% (ước)", R95, EST),
        ("TC1.1", 0, "ước ４８／５０", Rate(done=Decimal(48), total=Decimal(50)), EST),
        ("TC1.1", 0, "ước chín lăm phần trăm", R95, EST),
        ("TC1.1", 0, "dự kiến 95%", R95, EXP),
        ("TC1.1", 0, "95%, bổ sung sau", R95, EXP),
        ("TC1.1", 0, "95% dự kiến", R95, EXP),
        ("TC1.1", 0, "95%", R95, NONE),
        ("TC1.1", 0, "tám mươi", Rate(percent=Decimal(80)), NONE),
        ("TC1.6", 0, "dự kiến khá", Choice(2), EXP),
        ("TC1.6", 0, "tốt (dự kiến)", Choice(1), EXP),
        ("TC1.7", 0, "ước 12 rưỡi", Points(Decimal("12.5")), EST),
        ("TC1.8", 0, "khoảng 3 văn bản", Count(3), EST),
        ("TC1.1", 0, "không phát sinh", NotArising(), NONE),
        ("TC1.1", 0, "Chưa phát sinh.", NotArising(), NONE),
        ("TC1.8", 0, "không phát sinh nhiệm vụ này", NotArising(), NONE),
        ("TC1.8", 0, "không phát sinh vụ nào", Count(0), NONE),  # so many times: none
        ("TC1.2", 1, "không phát sinh", Count(0), NONE),  # only takes away: no violation arose
        ("TC2.7", 1, "không phát sinh", YesNo(False), NONE),
        ("DT3", 0, "không phát sinh", Count(0), NONE),  # a rule is not claimed
        ("TC1.1", 0, "chưa có số liệu", Awaited(), EXP),
        ("TC1.6", 0, "chưa có kết quả, bổ sung sau", Awaited(), EXP),
        ("TC1.8", 0, "bổ sung sau", Awaited(), EXP),
        ("TC1.7", 0, "dự kiến, bổ sung sau", Awaited(), EXP),
    ],
)
def test_marks_are_read_as_they_are_typed(
    form: Assessment, code: str, place: int, text: str, fact: Fact, mark: Mark
) -> None:
    item = form.bloc.item(code)
    assert read_marked(item, item.asked[place], text, STEP) == (fact, mark)
    assert not asks(item.asked[place], text, STEP)


@pytest.mark.parametrize("text", ["ước gì", "khoảng", "dự kiến bao giờ", "ước 120 con số", "khoảng bao nhiêu"])
def test_a_mark_without_a_value_is_refused_and_quoted_as_typed(form: Assessment, text: str) -> None:
    item = form.bloc.item("TC1.1")
    with pytest.raises(NotRead) as refused:
        read_marked(item, item.asked[0], text, STEP)
    assert refused.value.params["given"] == text


_WORDS = ["ước", "khoảng", "dự kiến", "bổ sung sau", "không phát sinh", "95%", "48/50", "3", "khá", "~", "(", ")", "?"]


@given(
    st.one_of(st.text(max_size=70), st.lists(st.sampled_from(_WORDS), max_size=4).map(" ".join)),
    st.sampled_from(["TC1.1", "TC1.2", "TC1.6", "TC1.7", "TC1.8", "TC2.7", "TC3.2", "DT3", "TRU3"]),
)
def test_whatever_is_typed_is_checked_and_comes_back_from_its_packed_form(sample: Bloc, text: str, code: str) -> None:
    item: Item = sample.item(code)
    for part in item.asked:
        try:
            fact, mark = read_marked(item, part, text, STEP)
        except (NotRead, FactNotAllowed):
            continue
        check(part, fact, STEP)
        assert unpack_marked(pack(fact, mark)) == (fact, mark)
        assert part.kind is PartKind.CHOICE or not asks(part, text, STEP)


@given(st.text(max_size=70))
def test_a_plain_value_is_read_the_same_with_marks_understood(sample: Bloc, text: str) -> None:
    item = sample.item("TC1.1")
    try:
        plain = read(item.asked[0], text, STEP)
    except (NotRead, FactNotAllowed):
        return
    assert read_marked(item, item.asked[0], text, STEP) == (plain, NONE)


def test_a_mark_counts_like_its_value_and_goes_with_a_final_one(form: Assessment) -> None:
    marked = put(form, "TC1.1", "1", R95, EST)
    standing = Standing(marked)
    assert standing.scores["TC1.1"].points == 135 and standing.marked(EST) == (("TC1.1", "1"),)
    final = put(marked, "TC1.1", "1", R95)
    assert final is not marked and Standing(final).marked(EST) == ()
    assert put(final, "TC1.1", "1", R95) is final


def test_a_mark_is_part_of_what_is_hashed_and_its_absence_changes_no_older_hash(form: Assessment) -> None:
    plain, marked = put(form, "TC1.1", "1", R95), put(form, "TC1.1", "1", R95, EST)
    assert snapshot(plain)["answers"] == {"TC1.1 1": [1, "r95"]}
    assert snapshot(marked)["answers"] == {"TC1.1 1": [1, "r95a"]}
    assert digest(snapshot(plain), 1) != digest(snapshot(marked), 1)


def test_what_stands_can_be_marked_and_made_final_without_typing_it_again(form: Assessment) -> None:
    given = put(form, "TC1.1", "1", R95)
    marked = given.keep("TC1.1", "1", EXP, made_for=given.revision, by=2, at=NOW)
    assert marked.answers["TC1.1", "1"].mark is EXP and marked.answers["TC1.1", "1"].by == 2
    assert marked.keep("TC1.1", "1", NONE, made_for=marked.revision, by=1, at=NOW).facts("TC1.1") == {"1": R95}
    with pytest.raises(ChangedSince):
        form.keep("TC1.1", "1", EST, made_for=0, by=1, at=NOW)
    with pytest.raises(AnsweredSince):
        marked.keep("TC1.1", "1", EST, made_for=given.revision, by=1, at=NOW)


def test_what_did_not_arise_is_no_gap_once_explained_and_has_no_points(form: Assessment) -> None:
    absent = put(form, "TC1.1", "1", NotArising())
    standing = Standing(absent)
    assert standing.scores["TC1.1"].complete and standing.scores["TC1.1"].points == 0
    assert standing.does_not_arise("TC1.1") and standing.not_arising == (("TC1.1", "1"),)
    assert standing.state("TC1.1") is State.LACKS_EVIDENCE
    assert standing.gaps[0] == Gap(GapKind.EXPLANATION, "TC1.1")
    assert standing.after_answer("TC1.1", "1") == Place(At.EXPLANATION, "TC1.1")
    explained = absent.explain("TC1.1", "Không được giao", made_for=99, by=1, at=NOW)
    assert Standing(explained).state("TC1.1") is State.DONE
    assert "TC1.1" not in [gap.code for gap in Standing(explained).gaps]
    document = Evidence(0, "TC1.1", EvidenceKind.DOCUMENT, "1/QĐ ngày 1/6/2026", 1, NOW)
    assert not Standing(absent.add_evidence(document, made_for=99)).lacks_explanation("TC1.1")
    zero = Standing(put(form, "TC1.6", "1", Choice(4)))
    assert zero.scores["TC1.6"].points == 0 and not zero.does_not_arise("TC1.6"), "0 is a score"


def test_what_is_awaited_is_no_gap_and_shown_as_expected(form: Assessment) -> None:
    later = put(form, "TC1.6", "1", Awaited())
    standing = Standing(later)
    assert standing.marked(EXP) == (("TC1.6", "1"),) and standing.state("TC1.6") is State.DONE
    assert "TC1.6" not in [gap.code for gap in standing.gaps]
    assert Standing(put(later, "TC1.6", "1", Choice(1))).marked(EXP) == ()


def test_a_line_that_starts_from_full_marks_counts_nothing_while_a_part_has_no_value(form: Assessment) -> None:
    codes = [item.code for item in form.bloc.criteria if item.answer_kind == "tru_dan"]
    assert codes
    for code in codes:
        absent = form.leave_out(code, made_for=0, by=1, at=NOW)
        assert Standing(absent).scores[code].points == 0 and Standing(absent).does_not_arise(code)


def test_a_whole_criterion_is_left_out_by_one_move_that_writes_over_nobody(form: Assessment) -> None:
    absent = form.leave_out("TC1.7", made_for=0, by=1, at=NOW)
    assert set(absent.facts("TC1.7").values()) == {NotArising()} and len(absent.facts("TC1.7")) == 3
    assert absent.leave_out("TC1.7", made_for=absent.revision, by=1, at=NOW) is absent
    answered = put(form, "TC1.7", "2", Points(Decimal(5)))
    with pytest.raises(AnsweredSince):
        answered.leave_out("TC1.7", made_for=0, by=1, at=NOW)
    with pytest.raises(FactNotAllowed):
        put(form, "DT3", form.bloc.item("DT3").asked[0].id, NotArising())
