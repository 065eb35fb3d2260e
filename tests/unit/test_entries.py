"""Lists in the report: proposals with their addressee, exemplary cases; how they are typed, move and are missed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.content.read import read_bloc
from bot.domain.assessment import (
    MOST_ENTRIES,
    MOST_ENTRY,
    REPORT,
    AddressedSince,
    AlreadyProposed,
    Assessment,
    ChangedSince,
    Evidence,
    EvidenceKind,
    NothingWritten,
    Receipt,
    TooLong,
    TooManyEntries,
)
from bot.domain.assessment_form import restored
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.assessment_renewal import What, compare_forms, renew
from bot.domain.assessment_standing import At, Gap, GapKind, Place, Standing
from bot.domain.bloc import Bloc, Content
from bot.domain.calendar import Period
from bot.domain.typed_entries import AddresseeNotRead, read_addressee, says_done, says_none, split_entries
from tests.unit.forms import filled, submitted

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LAN, MINH = 1, 2
PROVINCE = "Ủy ban nhân dân tỉnh"
SMALL = Path(__file__).parents[1] / "data" / "khoi-nho.yaml"


@pytest.fixture
def form(sample: Bloc) -> Assessment:
    return Assessment(1, "STP", Period.MID_YEAR, sample)


def propose(form: Assessment, text: str, made_for: int | None = None, by: int = LAN) -> Assessment:
    made_for = form.revision if made_for is None else made_for
    return form.enter("SK7", Content.PROPOSAL, text, made_for=made_for, by=by, at=NOW)


def relisted(bloc: Bloc, code: str, **fields: Any) -> Bloc:
    """The bloc with one section changed, as an import brings it."""
    outlines = tuple(
        replace(o, sections=tuple(replace(s, **fields) if s.code == code else s for s in o.sections))
        for o in bloc.outlines
    )
    return replace(bloc, outlines=outlines, revision=bloc.revision + 1)


# -- what is typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, entries",
    [
        ("Bổ sung biên chế.", ["Bổ sung biên chế."]),
        ("Bổ sung biên chế.\nLý do: thiếu 5 người.", ["Bổ sung biên chế.\nLý do: thiếu 5 người."]),
        ("1. Bổ sung biên chế.\n2. Cấp kinh phí.", ["Bổ sung biên chế.", "Cấp kinh phí."]),
        ("1) Một\nlý do một\n\n2) Hai", ["Một\nlý do một", "Hai"]),
        ("3/ Ba\n4/ Bốn", ["Ba", "Bốn"]),
        ("2. Chỉ một", ["Chỉ một"]),
        ("1. Một\n3. Ba", ["Một\n3. Ba"]),  # not one behind the other
        ("Đề nghị sửa quy định:\n1. Điều 5\n2. Điều 7", ["Đề nghị sửa quy định:\n1. Điều 5\n2. Điều 7"]),
        ("- Nội dung: A\n- Lý do: B", ["- Nội dung: A\n- Lý do: B"]),
        ("1.5 tỷ đồng cho Khối", ["1.5 tỷ đồng cho Khối"]),
        ("12/6/2026 trình lại", ["12/6/2026 trình lại"]),
    ],
)
def test_only_numbers_one_behind_the_other_part_a_message(text: str, entries: list[str]) -> None:
    assert split_entries(text) == entries


@pytest.mark.parametrize("typed", ["Không", "không có", "Khong co kien nghi.", "Đơn vị không có đề xuất gì ạ"])
def test_an_officer_may_say_that_there_is_none(typed: str) -> None:
    assert says_none(typed) and not says_done(typed)


@pytest.mark.parametrize("typed", ["Không để tồn đọng án", "Không có kinh phí năm nay", "Xong việc sớm"])
def test_words_that_begin_like_that_are_an_entry(typed: str) -> None:
    assert not says_none(typed) and not says_done(typed)


@pytest.mark.parametrize(
    "typed, read",
    [
        (" Sở  Nội vụ. ", "Sở Nội vụ"),
        ("gửi UBND tỉnh", PROVINCE),
        ("Kính gửi: Bộ Tư pháp", "Bộ Tư pháp"),
        ("uy ban nhan dan tinh", PROVINCE),
        ("KHỐI TRƯỞNG", "Khối trưởng"),
        ("Gửi tới khối trưởng", "Khối trưởng"),
    ],
)
def test_a_body_is_read_as_it_is_spelled_in_the_blocs_list(typed: str, read: str) -> None:
    assert read_addressee(typed, ("Khối trưởng", PROVINCE)) == read


@pytest.mark.parametrize("typed", ["2", "…", "", "a" * 121, "Lý do: thiếu người", "Sở Nội vụ\nvì đã có quy định"])
def test_what_names_no_body_is_refused(typed: str) -> None:
    with pytest.raises(AddresseeNotRead):
        read_addressee(typed, ())


# -- moves -----------------------------------------------------------------------------------------------


def test_entries_keep_their_order_and_each_can_be_removed_alone(form: Assessment) -> None:
    for text in ("Một", "Hai", "Ba"):
        form = propose(form, text)
    assert [entry.text for entry in form.entries("SK7", Content.PROPOSAL)] == ["Một", "Hai", "Ba"]
    second = form.entries("SK7", Content.PROPOSAL)[1]
    after = form.remove_entry(second.number, made_for=form.revision)
    assert [entry.text for entry in after.entries("SK7", Content.PROPOSAL)] == ["Một", "Ba"]
    assert after.place_of(after.entries("SK7", Content.PROPOSAL)[1]) == 2
    with pytest.raises(ChangedSince):
        after.remove_entry(second.number, made_for=after.revision)  # a number is used once for ever
    assert propose(after, "Bốn").pieces[-1].number == 5


def test_the_same_entry_again_changes_nothing(form: Assessment) -> None:
    once = propose(form, "Một")
    assert propose(once, " Một ", made_for=0) is once


def test_an_entry_has_words_and_a_length_and_a_list_has_an_end(form: Assessment) -> None:
    with pytest.raises(NothingWritten):
        propose(form, "…")
    with pytest.raises(TooLong):
        propose(form, "a" * (MOST_ENTRY + 1))
    for number in range(MOST_ENTRIES):
        form = propose(form, f"Kiến nghị {number}")
    with pytest.raises(TooManyEntries):
        propose(form, "Một nữa")


def test_a_list_is_written_only_where_the_section_holds_it(form: Assessment) -> None:
    with pytest.raises(ChangedSince):
        form.enter("SK1", Content.PROPOSAL, "Một", made_for=0, by=LAN, at=NOW)
    with pytest.raises(ChangedSince):
        form.enter("SK7", Content.TEXT, "Một", made_for=0, by=LAN, at=NOW)


def test_nothing_to_report_gives_way_to_an_entry_and_covers_none(form: Assessment) -> None:
    empty = form.leave_empty("SK7", made_for=0, by=LAN, at=NOW)
    after = propose(empty, "Một")
    assert [piece.text for piece in after.written("SK7")] == ["Một"]
    with pytest.raises(ChangedSince):
        after.leave_empty("SK7", made_for=after.revision, by=LAN, at=NOW)


def test_text_and_lists_of_one_section_do_not_touch_each_other(form: Assessment) -> None:
    form = form.write("SK4", "Đã khen 12 tập thể.", made_for=0, by=LAN, at=NOW)
    form = form.enter("SK4", Content.EXAMPLE, "Phòng A", made_for=0, by=LAN, at=NOW)
    cleared = form.clear_section("SK4", made_for=form.revision)
    assert [piece.text for piece in cleared.written("SK4")] == ["Phòng A"]
    assert cleared.clear_section("SK4", made_for=cleared.revision) is cleared
    with pytest.raises(ChangedSince):
        form.remove_entry(form.pieces[0].number, made_for=form.revision)  # a message of the text is no entry


def test_an_addressee_is_given_changed_and_never_written_over_unseen(form: Assessment) -> None:
    form = propose(form, "Một")
    number = form.pieces[0].number
    seen = form.revision
    hers = form.address(number, PROVINCE, made_for=seen)
    assert hers.pieces[0].addressee == PROVINCE and hers.pieces[0].number == number
    assert hers.address(number, "uy ban nhan dan tinh", made_for=seen) is hers  # the same tap twice
    with pytest.raises(AddressedSince) as refused:
        hers.address(number, "Khối trưởng", made_for=seen)
    assert refused.value.params["addressee"] == PROVINCE
    with pytest.raises(AddressedSince):
        hers.remove_entry(number, made_for=seen)
    changed = hers.address(number, "Bộ Tư pháp", made_for=hers.revision)
    assert changed.pieces[0].addressee == "Bộ Tư pháp"
    assert changed.offered("SK7") == (*form.section("SK7").addressees, "Bộ Tư pháp")
    assert changed.remove_entry(number, made_for=changed.revision).pieces == ()


def test_only_a_proposal_has_an_addressee(form: Assessment) -> None:
    form = form.enter("SK4", Content.EXAMPLE, "Phòng A", made_for=0, by=LAN, at=NOW)
    with pytest.raises(ChangedSince):
        form.address(form.pieces[0].number, PROVINCE, made_for=form.revision)


def test_a_proposed_form_takes_no_entry_and_old_buttons_reach_no_newer_draft(form: Assessment) -> None:
    form = propose(form, "Một")
    number, seen = form.pieces[0].number, form.revision
    held = form.propose(made_for=seen, by=LAN, at=NOW)
    moves: list[Callable[[], Assessment]] = [
        lambda: propose(held, "Hai"),
        lambda: held.address(number, PROVINCE, made_for=seen),
        lambda: held.remove_entry(number, made_for=seen),
    ]
    for move in moves:
        with pytest.raises(AlreadyProposed):
            move()
    back = held.take_back(made_for=held.revision)
    with pytest.raises(ChangedSince):
        propose(back, "Hai", made_for=seen)
    with pytest.raises(ChangedSince):
        back.address(number, PROVINCE, made_for=seen)
    with pytest.raises(ChangedSince):
        back.remove_entry(number, made_for=seen)


# -- where it stands -------------------------------------------------------------------------------------


def test_a_proposal_without_an_addressee_is_a_gap_even_beside_a_report_file(form: Assessment) -> None:
    form = propose(propose(form, "Một"), "Hai")
    one, two = form.pieces
    form = form.address(one.number, PROVINCE, made_for=form.revision)
    gap = Gap(GapKind.ADDRESSEE, "SK7", str(two.number))
    assert gap in Standing(form).gaps and Gap(GapKind.SECTION, "SK7") not in Standing(form).gaps
    file = Evidence(0, REPORT, EvidenceKind.FILE, "bao-cao.docx", LAN, NOW, "a" * 64)
    whole = form.add_evidence(file, made_for=form.revision)
    assert [each for each in Standing(whole).gaps if each.code.startswith("SK")] == [gap]
    done = whole.address(two.number, "Khối trưởng", made_for=whole.revision)
    assert not [each for each in Standing(done).gaps if each.code.startswith("SK")]


def test_the_form_is_taken_up_at_the_question_that_was_left(sample: Bloc) -> None:
    held = filled(sample)
    held = held.enter("SK7", Content.PROPOSAL, "Một", made_for=held.revision, by=LAN, at=NOW)
    assert Standing(held).resume() == Place(At.ADDRESSEE, "SK7", str(held.pieces[-1].number))


def test_entries_of_one_message_are_asked_about_one_by_one(form: Assessment) -> None:
    for text in ("Một", "Hai", "Ba"):
        form = propose(form, text)
    one, two, three = (entry.number for entry in form.pieces)
    standing = Standing(form)
    assert standing.after_entry("SK7", Content.PROPOSAL, one) == Place(At.ADDRESSEE, "SK7", str(one))
    form = form.address(two, PROVINCE, made_for=form.revision)
    assert Standing(form).after_entry("SK7", Content.PROPOSAL, two) == Place(At.ADDRESSEE, "SK7", str(three))
    form = form.address(three, PROVINCE, made_for=form.revision)
    assert Standing(form).after_entry("SK7", Content.PROPOSAL, two) == Place(At.SECTION, "SK7", "kien_nghi")


def test_behind_a_section_comes_the_next_empty_one_though_a_file_is_the_report(form: Assessment) -> None:
    file = Evidence(0, REPORT, EvidenceKind.FILE, "bao-cao.docx", LAN, NOW, "a" * 64)
    form = form.add_evidence(file, made_for=0).write("SK2", "Đoạn", made_for=0, by=LAN, at=NOW)
    assert Standing(form).after_section("SK1") == Place(At.SECTION, "SK3")
    assert Standing(form).after_section("SK7") == Place(At.REVIEW)
    code = form.bloc.criteria[-1].code
    assert Standing(form).skip(code, form.bloc.item(code).asked[-1].id) == Place(At.REVIEW)  # nobody has to write any


# -- receipt and renewal ---------------------------------------------------------------------------------


def test_a_form_without_entries_has_the_hash_that_it_had_before_there_were_any() -> None:
    taken = snapshot(filled(read_bloc(SMALL), Period.YEAR_END))
    assert "entries" not in taken and set(taken["sections"]) == {"M1", "M2"}
    # Worked out for this file by the version before there were entries; a change of the file needs that version again.
    assert digest(taken, 1) == "3cb7decec598df51379ff4219a85c272b86749f92c44001856f74f3a818e5f52"


def test_entries_and_addressees_are_in_the_hash_and_come_back_from_the_snapshot(sample: Bloc) -> None:
    held = filled(sample)
    for text in ("Một\nlý do", "Hai"):
        held = held.enter("SK7", Content.PROPOSAL, text, made_for=held.revision, by=LAN, at=NOW)
        held = held.address(held.pieces[-1].number, PROVINCE, made_for=held.revision)
    held = held.enter("SK4", Content.EXAMPLE, "Phòng A", made_for=held.revision, by=LAN, at=NOW)
    taken = snapshot(held)
    assert taken["entries"] == {
        "SK4": [["dien_hinh", "Phòng A", ""]],
        "SK7": [["kien_nghi", "Một\nlý do", PROVINCE], ["kien_nghi", "Hai", PROVINCE]],
    }
    assert taken["sections"]["SK7"] == [] and taken["sections"]["SK4"] == ["Nội dung SK4."]
    again = submitted(held).assessment
    assert snapshot(again) == json.loads(json.dumps(taken)) and len({piece.number for piece in again.pieces}) == 9
    assert [(e.text, e.addressee) for e in again.entries("SK7", Content.PROPOSAL)] == [
        ("Một\nlý do", PROVINCE),
        ("Hai", PROVINCE),
    ]
    number = held.entries("SK7", Content.PROPOSAL)[0].number
    other = held.address(number, "Khối trưởng", made_for=held.revision)
    assert digest(snapshot(other), 1) != digest(taken, 1)
    late = {**taken, "entries": {code: [[*each, 1] for each in rows] for code, rows in taken["entries"].items()}}
    given = Receipt("K", 1, NOW, LAN, Standing(held).totals.total, "")
    assert restored(late, given, held.bloc, held.id) == restored(taken, given, held.bloc, held.id)


def test_what_was_written_stays_when_the_bloc_asks_for_a_list_instead(sample: Bloc) -> None:
    old = relisted(sample, "SK7", holds=(Content.TEXT,), addressees=())
    form = Assessment(1, "STP", Period.MID_YEAR, old).write("SK7", "Đề nghị A.", made_for=0, by=LAN, at=NOW)
    new = relisted(old, "SK7", holds=(Content.PROPOSAL,), addressees=(PROVINCE,))
    (change,) = compare_forms(old, new, Period.MID_YEAR).sections
    assert (change.code, change.what, change.relisted) == ("SK7", What.CHANGED, True)
    renewal = renew(form, new)
    assert renewal is not None and renewal.after.pieces == form.pieces
    after = propose(renewal.after, "Đề nghị B.", made_for=form.revision)  # typed before: it still has its place
    back = renew(after, relisted(new, "SK7", holds=(Content.TEXT,)))
    assert back is not None and [piece.text for piece in back.after.written("SK7")] == ["Đề nghị A.", "Đề nghị B."]
    number = back.after.pieces[-1].number
    assert back.after.address(number, PROVINCE, made_for=0).pieces[-1].addressee == PROVINCE
    assert not compare_forms(new, relisted(new, "SK7", addressees=("Khác",)), Period.MID_YEAR)


@pytest.mark.parametrize(
    ("typed", "body"),
    [("1", "Khối trưởng"), ("ubnd tỉnh", "Ủy ban nhân dân tỉnh"), ("UBND tinh.", "Ủy ban nhân dân tỉnh"),
     ("HĐ TĐKT tỉnh", "Hội đồng Thi đua - Khen thưởng tỉnh"), ("Bộ Tư pháp", "Bộ Tư pháp")],
)  # fmt: skip
def test_a_body_is_taken_by_its_number_its_short_name_or_as_typed(typed: str, body: str) -> None:
    known = ("Khối trưởng", "Hội đồng Thi đua - Khen thưởng tỉnh", "Ủy ban nhân dân tỉnh")
    assert read_addressee(typed, known) == body


@pytest.mark.parametrize("typed", ["Đề nghị sớm kết nối phần mềm hộ tịch", "xin thêm kinh phí", "9"])
def test_the_next_proposal_is_no_body(typed: str) -> None:
    with pytest.raises(AddresseeNotRead):
        read_addressee(typed, ("Khối trưởng",))
