"""The secretariat changes the criteria while units fill in their forms, as transcripts."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.assessment import Stage
from bot.domain.bloc import Bloc
from bot.domain.criteria import Level, Rate
from bot.domain.delivery import Notice
from bot.outbound.compose import compose
from bot.words import Words
from storage.store import Store
from tests.conftest import SPRING, load
from tests.conversations.assessment_office import DOCUMENT, Office


@pytest.fixture
def office(lite: Store, sample: Bloc) -> Office:
    return Office(lite, sample)


def imports(office: Office, bloc: Bloc) -> None:
    """What the operator's import does."""
    load(office.store, bloc, SPRING)


def changed(bloc: Bloc, code: str, **fields: Any) -> Bloc:
    criteria = tuple(replace(item, **fields) if item.code == code else item for item in bloc.criteria)
    return replace(bloc, criteria=criteria)


def without(bloc: Bloc, code: str) -> Bloc:
    return replace(bloc, criteria=tuple(item for item in bloc.criteria if item.code != code))


async def test_a_draft_goes_on_under_changed_criteria_and_nothing_is_lost(office: Office, sample: Bloc) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "96%", DOCUMENT, "1", ">0", DOCUMENT)
    await office.answers(lan, ">Mục lục", ">N1", ">TC1.6", ">khá", DOCUMENT)
    lan.sees("3/25 tiêu chí")
    item = sample.item("TC1.1")
    place = next(n for n, level in enumerate(item.levels) if level.points == 135)
    table = list(item.levels)
    table[place] = replace(table[place], points=Decimal(130))
    bloc = changed(sample, "TC1.1", levels=tuple(table))
    bloc = changed(bloc, "TC1.2", how="Mỗi văn bản phải có ý kiến phản hồi.")
    imports(office, without(bloc, "TC1.6"))

    [(key, params)] = office.told(lan)
    assert (key, params["n"], params["again"]) == ("assessment.notice-renewed", 3, 2)
    said = compose(Notice(key, params), Words("vi")).html
    assert "Số câu cần trả lời lại: <b>2</b>. Hạn nộp: <b>17:00 ngày 19/6/2026</b>." in said
    assert len(office.told(office.minh)) == 1 and office.told(office.ha) == []
    await lan.sends_data(office.notice_button(lan, "assessment.button-changes"))
    seen = lan.sees("Thay đổi của bộ tiêu chí", "2 câu chưa tính điểm")
    assert "95% đến dưới 100%: 135 → 130 điểm" in seen.text
    assert "TC1.2" in seen.text and "cách chấm: “" in seen.text
    assert "− TC1.6" in seen.text and "đã bỏ" in seen.text and "đã trả lời: khá" in seen.text

    await lan.taps(seen, "− TC1.6")
    lan.sees("không còn tính điểm", "đã trả lời: khá", DOCUMENT)
    await office.answers(lan, ">Trước", ">⚠️ TC1.2")
    lan.sees("⚠️ 1, cần trả lời lại", "chưa tính điểm")
    await office.answers(lan, ">Giữ nguyên câu trả lời")
    assert not office.form.answers["TC1.2", "1"].again
    await office.answers(lan, ">Giữ nguyên câu trả lời")
    standing = office.saved()
    assert standing.to_confirm == () and standing.scores["TC1.1"].points == 130
    assert standing.scores["TC1.2"].points == 55 and standing.of == 24
    trail = [(what, old, new) for what, old, new in office.trail() if what.startswith(("assessment r", "answer c"))]
    assert trail == [
        (
            "assessment renewed",
            {"revision": 1, "withdrawn": [["TC1.6", "1", "c2"]]},
            {"revision": 2, "again": [["TC1.2", "1"], ["TC1.2", "2"]], "moved": []},
        ),
        ("answer confirmed", ["TC1.2", "1", "n1"], ["TC1.2", "1", "n1"]),
        ("answer confirmed", ["TC1.2", "2", "n0"], ["TC1.2", "2", "n0"]),
    ]


async def test_long_texts_are_cut_at_words_around_where_they_differ(office: Office, sample: Bloc) -> None:
    how = sample.item("TC1.2").how
    await office.begins()
    imports(office, changed(sample, "TC1.2", how=how.replace("muộn", "chậm")))
    await office.lan.sends_data(office.notice_button(office.lan, "assessment.button-changes"))
    seen = office.lan.sees("TC1.2", "cách chấm: “")
    (row,) = [line for line in seen.text.splitlines() if "cách chấm" in line]
    told = set(re.findall(r"[^\s“”…,.;]+", row.split("cách chấm: ")[1])) - {"→"}
    assert "chậm" in told and "muộn" in told and "…" in row
    assert told - {"chậm"} <= set(re.findall(r"[^\s,.;]+", how)), "no word is cut in two"


async def test_the_same_file_again_changes_nothing_and_tells_nobody(office: Office, sample: Bloc) -> None:
    await office.begins()
    await office.answers(office.lan, "96%")
    imports(office, changed(sample, "TC1.1", ceiling=Decimal(140)))
    held, told = office.form, office.told(office.lan)
    imports(office, changed(sample, "TC1.1", ceiling=Decimal(140)))
    assert office.form == held and office.told(office.lan) == told and len(told) == 1
    imports(office, replace(changed(sample, "TC1.1", ceiling=Decimal(140)), theme="Chủ đề khác"))
    assert office.form == held, "what is no part of the form leaves it alone"


async def test_two_changes_are_shown_together_and_undone_ones_not_at_all(office: Office, sample: Bloc) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "96%")
    first = changed(sample, "TC1.1", ceiling=Decimal(140))
    imports(office, first)
    imports(office, changed(first, "TC1.8", ceiling=Decimal(25)))
    await lan.says("/tudanhgia")
    lan.sees("Bộ tiêu chí của Khối đã thay đổi", "mọi câu trả lời còn giá trị")
    await office.answers(lan, ">Xem thay đổi")
    lan.sees("điểm tối đa: 150 → 140", "điểm tối đa: 40 → 25")
    imports(office, sample)
    await lan.says("/tudanhgia")
    await office.answers(lan, ">Xem thay đổi")
    lan.sees("đã đưa bộ tiêu chí về như cũ")
    assert office.form.facts("TC1.1") == {"1": Rate(percent=Decimal(96))}


async def test_what_lies_with_the_leader_comes_back_with_that_reason(office: Office, sample: Bloc) -> None:
    await office.proposes()
    old = office.notice_button(office.ha, "assessment.button-approve")
    imports(office, changed(sample, "TC1.1", how="Cách tính mới."))
    assert office.form.stage is Stage.DRAFT
    for chat in (office.lan, office.minh, office.ha):
        assert office.told(chat)[-1][0] == "assessment.notice-renewed-returned"
    await office.ha.sends_data(old)
    office.ha.sees_notice("không còn chờ duyệt")
    assert office.discharged() is None
    await office.ha.sends_data(office.notice_button(office.ha, "assessment.button-changes"))
    seen = office.ha.sees("cách chấm: “", "1 câu chưa tính điểm cho tới khi được trả lời lại")
    assert list(seen.buttons) == ["Bảng điểm", "Tổng quan"], "a leader answers nothing"
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem lại")
    office.lan.sees("Còn 1 việc")
    await office.answers(office.lan, ">TC1.1 · cần trả lời lại", ">Giữ nguyên câu trả lời")
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem lại", ">Trình lãnh đạo duyệt")
    await office.approves()
    after = office.form
    assert after.stage is Stage.SUBMITTED and after.bloc.revision == 2 and after.renewed_from is None


async def test_a_submitted_form_keeps_its_criteria_until_it_is_reopened(office: Office, sample: Bloc) -> None:
    await office.proposes()
    await office.approves()
    before = office.form
    imports(office, changed(sample, "TC1.1", how="Cách tính mới."))
    assert office.form == before and office.form.bloc.revision == 1
    assert "assessment.notice-renewed" not in [key for key, _ in office.told(office.lan)]
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Mở lại để sửa", ">Mở lại, hủy biên nhận")
    office.lan.sees("1 câu cần trả lời lại", "Đã mở lại")
    assert office.form.bloc.revision == 2 and office.form.answers["TC1.1", "1"].again


async def test_what_is_typed_or_sent_as_the_criteria_change_is_taken_or_refused_kindly(
    office: Office, sample: Bloc
) -> None:
    lan = office.lan
    await office.begins()
    question = lan.last
    imports(office, without(sample, "TC1.1"))
    await lan.says("96%")
    lan.sees("đã thay đổi sau khi", "Bộ tiêu chí của Khối đã thay đổi")
    await lan.taps(question, "100%")
    lan.sees_notice("đã thay đổi")
    assert office.form.answers == {}
    await office.answers(
        lan, ">Mục lục", ">N1", ">TC1.7", "5", ">Mục lục", ">N1", ">TC1.7", ">Minh chứng", ">Giải trình"
    )
    imports(office, changed(without(sample, "TC1.1"), "TC1.7", how="Khác"))
    await lan.says("Chờ kết luận thanh tra")
    assert office.form.explanations["TC1.7"].text == "Chờ kết luận thanh tra", "a text is not lost to an import"


async def test_a_removed_items_screen_gives_way_to_the_form(office: Office, sample: Bloc) -> None:
    lan = office.lan
    await office.begins()
    await office.answers(lan, "96%")
    lan.sees("Minh chứng cho TC1.1")
    imports(office, without(sample, "TC1.1"))
    await lan.says("125/BC-STP ngày 10/6/2026")
    lan.sees("đã thay đổi sau khi", "Tự chấm điểm 6 tháng")
    await lan.sends_file("a.pdf")
    assert office.form.evidence == ()


async def test_many_changes_stay_within_one_message(office: Office, sample: Bloc) -> None:
    long = "Nội dung rất dài " * 40
    criteria = tuple(
        replace(
            item,
            name=f"{long} {item.code}",
            how=f"{long} khác {item.how}",
            evidence=tuple(f"{long} {n}" for n in range(8)),
            levels=(*item.levels, *(Level(f"{long} {n}", points=Decimal(n)) for n in range(1, 6))),
            ceiling=Decimal(7),
        )
        for item in sample.criteria
    )
    office.is_filled()
    imports(office, replace(sample, criteria=criteria))
    await office.lan.says("/tudanhgia")
    await office.answers(office.lan, ">Xem thay đổi", ">Trang sau", ">Trang sau")
    office.lan.sees("(3/5)")


async def test_only_the_units_own_people_see_what_changed_in_their_form(office: Office, sample: Bloc) -> None:
    await office.begins()
    await office.answers(office.lan, "96%")
    imports(office, without(sample, "TC1.1"))
    data = office.notice_button(office.lan, "assessment.button-changes")
    for chat in (office.duc, office.son, office.thu):
        await chat.sends_data(data)
        chat.sees_not("TC1.1")
    assert office.told(office.duc) == []
