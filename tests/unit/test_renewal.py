"""A draft under changed criteria: what is kept, what waits to be confirmed, what is withdrawn; nothing is lost."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.assessment import AlreadySubmitted, Assessment, ChangedSince, Evidence, EvidenceKind, Receipt, Stage
from bot.domain.assessment_renewal import Aspect, What, compare_forms, renew
from bot.domain.assessment_standing import GapKind, Standing, State
from bot.domain.bloc import Bloc, Section
from bot.domain.calendar import Period
from bot.domain.criteria import Awaited, Choice, Count, Fact, Item, Level, Mark, NotArising, Points, Rate, YesNo, check

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
R96 = Rate(percent=Decimal(96))


@pytest.fixture
def form(sample: Bloc) -> Assessment:
    return Assessment(1, "STP", Period.MID_YEAR, replace(sample, revision=1))


def put(form: Assessment, code: str, part: str, fact: Fact, mark: Mark = Mark.NONE) -> Assessment:
    return form.give(code, part, fact, mark=mark, made_for=form.revision, by=1, at=NOW)


def changed(bloc: Bloc, code: str, **fields: Any) -> Bloc:
    """The next revision, with one item otherwise (None: without it)."""

    def other(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(replace(i, version=i.version + 1, **fields) if i.code == code else i for i in items)

    return replace(
        bloc,
        revision=bloc.revision + 1,
        criteria=other(bloc.criteria),
        bonuses=other(bloc.bonuses),
        deductions=other(bloc.deductions),
    )


def without(bloc: Bloc, code: str) -> Bloc:
    return replace(bloc, revision=bloc.revision + 1, criteria=tuple(i for i in bloc.criteria if i.code != code))


def levels(item: Item, **by_place: Mapping[str, Any]) -> tuple[Level, ...]:
    """The table with rows replaced: `_1={"points": ...}` is the first."""
    return tuple(replace(level, **by_place.get(f"_{n}", {})) for n, level in enumerate(item.levels, 1))


def test_the_same_criteria_change_nothing(form: Assessment) -> None:
    assert renew(form, replace(form.bloc, revision=2)) is None
    reworded = replace(form.bloc.criteria[0], keywords=("khác",), version=9)
    assert renew(form, replace(form.bloc, revision=2, criteria=(reworded, *form.bloc.criteria[1:]))) is None
    assert renew(form, replace(form.bloc, revision=2, notes=())) is None


def test_points_of_a_table_are_counted_anew_and_nobody_is_asked(form: Assessment) -> None:
    given = put(form, "TC1.1", "1", R96)
    item = form.bloc.item("TC1.1")
    place = next(n for n, level in enumerate(item.levels, 1) if level.points == 135)
    bloc = changed(form.bloc, "TC1.1", levels=levels(item, **{f"_{place}": {"points": Decimal(130)}}))
    renewal = renew(given, bloc)
    assert renewal is not None and renewal.again == () and renewal.withdrawn == ()
    assert renewal.after.bloc.revision == 2 and renewal.after.renewed_from == 1
    answer = renewal.after.answers["TC1.1", "1"]
    assert (answer.fact, answer.again, answer.item_version) == (R96, False, 2)
    assert Standing(renewal.after).scores["TC1.1"].points == 130
    [change] = renewal.changes.items
    assert change.what is What.CHANGED and [d.aspect for d in change.differences] == [Aspect.LEVEL]


@pytest.mark.parametrize(
    ("code", "part", "fact", "fields", "waits"),
    [
        ("TC1.1", "1", R96, {"ceiling": Decimal(140)}, False),
        ("TC1.1", "1", R96, {"evidence": ("Bảng khác",)}, False),
        ("TC1.1", "1", R96, {"how": "Tính trên việc được giao thêm."}, True),
        ("TC1.1", "1", R96, {"name": "Chỉ tiêu khác hẳn"}, True),
        ("TC1.1", "1", NotArising(), {"how": "Tính trên việc được giao thêm."}, True),
        ("TC1.1", "1", Awaited(), {"how": "Tính trên việc được giao thêm."}, False),
        ("TC1.1", "1", R96, {"group": "N2"}, False),
    ],
)
def test_what_may_mean_something_else_waits_to_be_confirmed(
    form: Assessment, code: str, part: str, fact: Fact, fields: dict[str, Any], waits: bool
) -> None:
    renewal = renew(put(form, code, part, fact), changed(form.bloc, code, **fields))
    assert renewal is not None
    answer = renewal.after.answers[code, part]
    assert answer.fact == fact and answer.again is waits and bool(renewal.again) is waits
    assert (GapKind.PART in [g.kind for g in Standing(renewal.after).gaps if g.code == code]) is waits


def test_signs_and_case_of_a_text_mean_the_same_and_vietnamese_marks_do_not(form: Assessment) -> None:
    item = form.bloc.item("TC1.1")
    given = put(form, "TC1.1", "1", R96)
    loud = renew(given, changed(form.bloc, "TC1.1", how=item.how.upper() + " "))
    assert loud is not None and loud.again == ()
    other = renew(given, changed(form.bloc, "TC1.1", how=item.how.replace("số", "sô")))
    assert other is not None and other.again == (("TC1.1", "1"),)


def test_a_choice_follows_its_label_wherever_that_stands(form: Assessment) -> None:
    item = form.bloc.item("TC1.6")  # tốt, khá, trung bình, yếu
    given = put(form, "TC1.6", "1", Choice(2))
    upside_down = changed(form.bloc, "TC1.6", levels=tuple(reversed(item.levels)))
    assert renew(given, upside_down) is None, "another order of the same grades is no change"
    turned = renew(given, changed(upside_down, "TC1.1", ceiling=Decimal(140)))
    assert turned is not None and turned.again == ()
    assert turned.after.facts("TC1.6") == {"1": Choice(3)}
    assert Standing(turned.after).scores["TC1.6"].points == 32
    assert [(was.fact, now.fact) for was, now in turned.moved] == [(Choice(2), Choice(3))]
    more = renew(given, changed(form.bloc, "TC1.6", levels=(Level("xuất sắc", points=Decimal(40)), *item.levels)))
    assert more is not None and more.after.facts("TC1.6") == {"1": Choice(3)}
    assert more.again == (("TC1.6", "1"),), "among more grades it may be another one"
    renamed = renew(given, changed(form.bloc, "TC1.6", levels=levels(item, _2={"label": "đạt"})))
    assert renamed is not None and renamed.again == (("TC1.6", "1"),)
    gone = renew(given, changed(form.bloc, "TC1.6", levels=(item.levels[0], *item.levels[2:])))
    assert gone is not None and [answer.fact for answer in gone.withdrawn] == [Choice(2)]
    assert Standing(gone.after).unanswered("TC1.6") == "1"


def test_points_given_of_another_most_wait_and_are_shown(form: Assessment) -> None:
    item = form.bloc.item("TC1.7")
    given = put(put(form, "TC1.7", "1", Points(Decimal(15))), "TC1.7", "2", Points(Decimal(5)))
    renewal = renew(given, changed(form.bloc, "TC1.7", levels=levels(item, _1={"points": Decimal(10)})))
    assert renewal is not None and renewal.again == (("TC1.7", "1"),)
    standing = Standing(renewal.after)
    assert standing.scores["TC1.7"].points == 5, "what waits is not counted"
    assert standing.state("TC1.7") is State.BEGUN and standing.unanswered("TC1.7") == "1"
    assert renewal.after.facts("TC1.7")["1"] == Points(Decimal(15))


def test_rows_that_move_take_their_answers_along(form: Assessment) -> None:
    item = form.bloc.item("TC1.7")
    given = put(form, "TC1.7", "2", Points(Decimal(5)), Mark.ESTIMATED)
    new = Level("việc mới", points=Decimal(5))
    renewal = renew(given, changed(form.bloc, "TC1.7", levels=(new, *item.levels)))
    assert renewal is not None and renewal.again == ()
    assert renewal.after.answers.keys() == {("TC1.7", "3")}
    assert renewal.after.answers["TC1.7", "3"].mark is Mark.ESTIMATED


def test_an_item_that_is_gone_leaves_its_answers_with_whoever_asks_and_its_documents_in_the_form(
    form: Assessment,
) -> None:
    given = put(form, "TC1.1", "1", R96).explain("TC1.1", "Vì sao", made_for=99, by=1, at=NOW)
    file = Evidence(0, "TC1.1", EvidenceKind.FILE, "a.pdf", 1, NOW, "a" * 64)
    given = given.add_evidence(file, made_for=99)
    renewal = renew(given, without(form.bloc, "TC1.1"))
    assert renewal is not None
    assert [answer.fact for answer in renewal.withdrawn] == [R96] and renewal.after.answers == {}
    assert renewal.after.evidence == given.evidence and renewal.after.explanations == given.explanations
    assert [(c.code, c.what) for c in renewal.changes.items] == [("TC1.1", What.REMOVED)]
    assert "TC1.1" not in [gap.code for gap in Standing(renewal.after).gaps]
    back = renew(renewal.after, replace(form.bloc, revision=3))
    assert back is not None and back.after.evidence_for("TC1.1") == given.evidence_for("TC1.1")


def test_what_lies_with_the_leader_is_a_draft_again_and_what_is_submitted_is_left_alone(form: Assessment) -> None:
    proposed = form.propose(made_for=0, by=1, at=NOW)
    bloc = changed(form.bloc, "TC1.1", ceiling=Decimal(140))
    renewal = renew(proposed, bloc)
    assert renewal is not None and renewal.after.stage is Stage.DRAFT and renewal.after.proposed_by is None
    submitted = proposed.submit(Receipt("K-1", 1, NOW, 3, Decimal(0), "0" * 64))
    with pytest.raises(AlreadySubmitted):
        renew(submitted, bloc)


def test_old_buttons_are_stale_and_what_supports_an_item_is_still_taken(form: Assessment) -> None:
    given = put(form, "TC1.1", "1", R96)
    renewal = renew(given, changed(form.bloc, "TC1.6", ceiling=Decimal(30)))
    assert renewal is not None
    after, old = renewal.after, given.revision
    with pytest.raises(ChangedSince):
        after.give("TC1.6", "1", Choice(1), made_for=old, by=1, at=NOW)
    filed = after.add_evidence(Evidence(0, "TC1.1", EvidenceKind.FILE, "a", 1, NOW, "a" * 64), made_for=old)
    assert len(filed.evidence) == 1
    assert after.explain("TC1.1", "Vì sao", made_for=old, by=1, at=NOW).explanations
    assert after.write("SK1", "Đoạn", made_for=old, by=1, at=NOW).pieces


def test_confirming_keeps_the_fact_under_the_new_version(form: Assessment) -> None:
    given = put(form, "TC1.1", "1", R96, Mark.ESTIMATED)
    renewal = renew(given, changed(form.bloc, "TC1.1", how="Khác"))
    assert renewal is not None
    after = renewal.after
    assert Standing(after).done == 0 and after.answers["TC1.1", "1"].item_version == 1
    kept = after.keep("TC1.1", "1", Mark.ESTIMATED, made_for=after.revision, by=2, at=NOW)
    answer = kept.answers["TC1.1", "1"]
    assert (answer.again, answer.item_version, answer.mark, answer.by) == (False, 2, Mark.ESTIMATED, 2)
    assert Standing(kept).done == 1
    anew = after.give("TC1.1", "1", R96, made_for=after.revision, by=2, at=NOW)
    assert not anew.answers["TC1.1", "1"].again, "the same value typed again confirms as well"


def test_a_claimed_rule_that_changed_is_a_gap_until_it_is_confirmed(form: Assessment) -> None:
    part = form.bloc.item("DT3").asked[0].id
    renewal = renew(put(form, "DT3", part, Count(2)), changed(form.bloc, "DT3", how="Khác"))
    assert renewal is not None
    standing = Standing(renewal.after)
    assert ("DT3", GapKind.PART) in [(gap.code, gap.kind) for gap in standing.gaps]
    assert standing.totals.bonus == 0


def test_sections_and_the_scale_are_compared_too(form: Assessment) -> None:
    outline = form.bloc.outline(Period.MID_YEAR)
    assert outline
    sections = (*outline.sections[1:], Section("SK9", "Mục mới"))
    bloc = replace(
        form.bloc,
        revision=2,
        outlines=tuple(replace(o, sections=sections) if o is outline else o for o in form.bloc.outlines),
        scale=replace(form.bloc.scale, bonus_cap=Decimal(80)),
    )
    found = compare_forms(form.bloc, bloc, Period.MID_YEAR)
    assert [(s.code, s.what) for s in found.sections] == [("SK9", What.ADDED), ("SK1", What.REMOVED)]
    assert [change.name for change in found.scale] == ["bonus_cap"] and len(found) == 3
    assert not compare_forms(form.bloc, bloc, Period.YEAR_END).sections
    written = form.write("SK1", "Đoạn một", made_for=0, by=1, at=NOW)
    renewal = renew(written, bloc)
    assert renewal is not None and renewal.after.pieces == written.pieces


# -- whatever is imported ------------------------------------------------------------------------------------


def _facts(item: Item, draw: st.DrawFn) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for part in item.asked:
        options: list[Fact] = [NotArising(), Awaited(), Count(2), YesNo(True), Points(part.top), R96]
        options += [Choice(place) for place in part.places]
        fitting = []
        for fact in options:
            try:
                check(part, fact, Decimal("0.5"))
            except Exception:  # noqa: BLE001 - only what fits is tried
                continue
            fitting.append(fact)
        if draw(st.booleans()):
            found[part.id] = draw(st.sampled_from(fitting))
    return found


@st.composite
def _moves(draw: st.DrawFn, bloc: Bloc) -> tuple[dict[tuple[str, str], Fact], Bloc]:
    """Some answers to some criteria, and the bloc with those criteria otherwise in some ways."""
    codes = draw(st.lists(st.sampled_from([item.code for item in bloc.criteria]), min_size=1, max_size=4, unique=True))
    answers = {(code, part): fact for code in codes for part, fact in _facts(bloc.item(code), draw).items()}
    criteria: list[Item] = []
    for item in bloc.criteria:
        way = (
            draw(st.sampled_from(["same", "gone", "how", "shuffled", "fewer", "points"]))
            if item.code in codes
            else "same"
        )
        if way == "gone":
            continue
        rows = list(item.levels)
        if way == "shuffled":
            rows = draw(st.permutations(rows))
        if way == "fewer":
            rows = rows[1:]
        if way == "points":
            rows = [replace(row, points=row.points / 2 if row.points is not None else None) for row in rows]
        criteria.append(replace(item, levels=tuple(rows), how=item.how + " thêm" if way == "how" else item.how))
    return answers, replace(bloc, revision=2, criteria=tuple(criteria))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_answer_is_lost_and_every_kept_one_can_be_counted(sample: Bloc, data: st.DataObject) -> None:
    bloc = replace(sample, revision=1)
    answers, new = data.draw(_moves(bloc))
    form = Assessment(1, "STP", Period.MID_YEAR, bloc)
    for (code, part), fact in answers.items():
        form = put(form, code, part, fact)
    renewal = renew(form, new)
    if renewal is None:
        return
    after = renewal.after
    assert len(after.answers) + len(renewal.withdrawn) == len(form.answers)
    for (code, part), answer in after.answers.items():
        assert (answer.item, answer.part) == (code, part)
        if not answer.again:
            check(after.bloc.item(code).part(part), answer.fact, after.bloc.scale.step)
    standing = Standing(after)
    for line in standing.scores.values():
        assert line.item.ceiling is None or abs(line.points) <= line.item.ceiling
    assert standing.totals.total >= 0
    assert renew(after, replace(new, revision=3)) is None, "the same criteria again change nothing"
