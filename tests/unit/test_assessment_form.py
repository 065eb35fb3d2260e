"""What was submitted, as a value again."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.assessment import REPORT
from bot.domain.assessment_form import Form, PeriodTable, UnitLine, restored
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import ItemKind
from tests.conftest import SPRING
from tests.unit.forms import filled, submitted


@pytest.mark.parametrize("period", list(Period))
def test_a_snapshot_gives_the_same_form_again(sample: Bloc, period: Period) -> None:
    held = filled(sample, period)
    form = submitted(held)
    again = form.assessment
    assert snapshot(again) == snapshot(held), "taken again, it is the same snapshot"
    assert digest(snapshot(again), 1) == form.receipt.digest
    for item in held.bloc.items():
        assert again.facts(item.code) == held.facts(item.code)
        assert {e.title for e in again.evidence_for(item.code)} == {e.title for e in held.evidence_for(item.code)}
    assert [e.title for e in again.report_files] == [e.title for e in held.evidence_for(REPORT)]
    for section in held.sections:
        assert [p.text for p in again.written(section.code)] == [p.text for p in held.written(section.code)]
    assert form.standing.totals.total == form.receipt.total
    assert form.standing.penalty == form.receipt.penalty == -3


def test_a_code_with_a_space_and_what_later_versions_add_are_read(sample: Bloc) -> None:
    first = replace(sample.criteria[0], code="TC 1.1")
    bloc = replace(sample, criteria=(first, *sample.criteria[1:]))
    form = submitted(filled(bloc))
    assert form.assessment.facts("TC 1.1")
    taken = snapshot(form.assessment)
    more = {
        **taken,
        "answers": {slot: [*given, "more"] for slot, given in taken["answers"].items()},
        "evidence": [[*each, 1000] for each in taken["evidence"]],
        "something": 1,
    }
    assert restored(more, form.receipt, form.bloc, form.assessment.id) == form.assessment


def test_every_line_stands_in_one_block_and_the_blocks_give_the_totals(sample: Bloc) -> None:
    form = submitted(filled(sample))
    listed = [item.code for block in form.blocks for item in block.items]
    assert listed == [item.code for item in form.bloc.items()]

    def summed(kind: ItemKind) -> Decimal:
        return sum((block.points for block in form.blocks if block.kind is kind), Decimal(0))

    totals = form.standing.totals
    assert summed(ItemKind.CRITERION) == totals.criteria
    assert summed(ItemKind.BONUS) == totals.bonus
    assert summed(ItemKind.DEDUCTION) == totals.deduction


def test_criteria_of_no_group_are_not_lost(sample: Bloc) -> None:
    loose = replace(sample.criteria[-1], group="")
    form = submitted(filled(replace(sample, criteria=(*sample.criteria[:-1], loose))))
    blocks = [block for block in form.blocks if block.kind is ItemKind.CRITERION]
    assert blocks[-1].group is None and [item.code for item in blocks[-1].items] == [loose.code]


def test_a_table_of_units_has_the_lines_of_older_forms_too(sample: Bloc) -> None:
    older = submitted(filled(sample))
    newer = replace(sample, revision=4, criteria=sample.criteria[1:])
    table = PeriodTable(newer, Period.MID_YEAR, None, SPRING, (UnitLine(sample.units[3], None, older),))
    codes = [item.code for item in table.items]
    assert codes[-1] == sample.criteria[0].code and codes[:-1] == [item.code for item in newer.items()]
    assert isinstance(table.lines[0].form, Form)
