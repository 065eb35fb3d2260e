"""What is kept: its ids, what an import carries over, what looks personal, when two questions are the same."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import plan_import
from bot.config import Settings
from bot.content.diff import compare, render, render_carried, render_left_behind
from bot.content.read import sample_path
from bot.domain.bloc import Bloc
from bot.domain.keeping import asked_for, carry_over, many_lines, next_id
from bot.domain.knowledge import KeptPhrasing, Note
from bot.domain.personal import personal_in
from bot.domain.questions import folded, key_of, letter_in, missed_in, one_line, shortened, voter_of
from storage.store import Store, engine_for

KEPT = Note("HD1", "Hỏi?", "Đáp.", "Thư ký Khối trả lời ngày 1/6/2026", illustrative=False, kept=True)


def with_kept(bloc: Bloc) -> Bloc:
    phrasings = (KeptPhrasing("CH1", "TC1.1", "cách một"), KeptPhrasing("CH2", "HD1", "cách hai"))
    return replace(bloc, notes=(*bloc.notes, KEPT), kept_phrasings=phrasings)


@pytest.mark.parametrize(
    ("taken", "given"),
    [((), "HD1"), (("HD1", "FAQ01"), "HD2"), (("hd7", "HD"), "HD8"), (("HD1.2", "HDX", "CH3"), "HD1")],
)
def test_an_id_is_the_first_that_was_never_given(taken: tuple[str, ...], given: str) -> None:
    assert next_id("HD", taken) == given


# -- an import ---------------------------------------------------------------------------------------------------


def test_an_import_carries_over_what_was_kept(sample: Bloc) -> None:
    held = with_kept(sample)
    carried = carry_over(held, sample)
    assert carried.bloc == held and compare(held, carried.bloc) == ()
    [line] = render_carried(carried)
    assert line == "giữ nguyên của Tổ thư ký: HD1, CH1 (cách hỏi của TC1.1), CH2 (cách hỏi của HD1)"
    assert render_carried(carry_over(sample, sample)) == [] and carry_over(None, sample).bloc == sample


def test_the_same_id_in_the_file_takes_the_place_of_a_kept_note(sample: Bloc) -> None:
    held = with_kept(sample)
    new = replace(sample, notes=(*sample.notes, Note("HD1", "Câu khác?", "Đáp.", "Quy chế")))
    carried = carry_over(held, new)
    assert carried.bloc.note("HD1").question == "Câu khác?" and len(carried.bloc.notes) == len(new.notes)
    shown = render(compare(held, carried.bloc))
    assert "sửa hỏi đáp HD1" in shown and "cau_hoi Hỏi? → Câu khác?" in shown and "thu_ky_luu có → không" in shown
    assert "hỏi đáp HD1 của Tổ thư ký được thay bằng mục cùng mã trong tệp" in render_carried(carried)
    assert [each.id for each in carried.bloc.kept_phrasings] == ["CH1", "CH2"], "the line HD1 is still there"


def test_a_phrasing_goes_with_its_line_and_the_difference_says_so(sample: Bloc) -> None:
    held = with_kept(sample)
    new = replace(sample, criteria=sample.criteria[1:])
    carried = carry_over(held, new)
    assert [each.id for each in carried.bloc.kept_phrasings] == ["CH2"]
    assert "bỏ cách hỏi CH1" in render(compare(held, carried.bloc))
    assert "bỏ cách hỏi CH1 của Tổ thư ký: tệp không còn mục TC1.1 (“cách một”)" in render_carried(carried)


def test_another_year_says_what_it_leaves_behind(sample: Bloc) -> None:
    assert render_left_behind(sample, 2027) == []
    [line] = render_left_behind(with_kept(sample), 2027)
    assert "không chuyển sang năm 2027: HD1, CH1, CH2" in line


def test_the_import_of_a_file_shows_and_keeps_what_was_kept(tmp_path: Path, sample: Bloc) -> None:
    settings = Settings(data_dir=tmp_path)
    plan_import(settings, sample_path()).apply()
    plan = plan_import(settings, sample_path())  # looked at before the secretary keeps something
    store = Store(engine_for(settings.database))
    with store.work(datetime(2026, 6, 1, tzinfo=UTC)) as work:
        work.catalogue.save(with_kept(work.bloc), file_name="", digest="", changes=[])
    again = plan_import(settings, sample_path())
    assert "không có gì thay đổi" in again.text and "giữ nguyên của Tổ thư ký: HD1" in again.text
    for each in (plan, again):
        assert each.apply().note("HD1") == KEPT
    later = tmp_path / "2027.yaml"
    text = sample_path().read_text(encoding="utf-8").replace("2027-", "2028-").replace("2026-", "2027-")
    later.write_text(text.replace("nam: 2026", "nam: 2027"), encoding="utf-8")
    assert "không chuyển sang năm 2027: HD1, CH1, CH2" in plan_import(settings, later).text
    store.close()


# -- texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelt", ["Nghỉ phép năm?", "nghi phep nam", "NGHỈ  PHÉP, NĂM!", "nghỉ phép năm"])
def test_the_same_question_spelt_otherwise_is_the_same(spelt: str) -> None:
    assert folded(spelt) == "nghi phep nam" and key_of(spelt) == key_of("nghỉ phép năm")


def test_signs_alone_have_a_key_each() -> None:
    assert key_of("???") != key_of("👍") and len(key_of("???")) == 16
    assert key_of("a" * 400) == key_of("a" * 300), "what is kept is shortened, and its key with it"


def test_what_is_kept_has_no_hidden_signs() -> None:
    assert one_line("a\u202eb\x00c\n d") == "a b c d" and len(shortened("x" * 999)) == 300
    assert many_lines("a\r\n\n\n\nb\u202e c ") == "a\n\nb  c"


def test_sources_are_read_as_they_were_written_and_nothing_else() -> None:
    assert letter_in("l12") == 12 and missed_in("m" + "0" * 16) == "0" * 16
    for wrong in ("", "l", "l-1", "m12", "x1", "l1:2", "l" + "9" * 19, "l٣"):
        assert letter_in(wrong) is None and missed_in(wrong) is None


def test_a_vote_names_nobody() -> None:
    assert voter_of(1, "m", "TC1") != voter_of(2, "m", "TC1") != voter_of(2, "n", "TC1")


def test_a_line_that_is_asked_for_in_these_words_is_found(sample: Bloc) -> None:
    held = with_kept(sample)
    assert asked_for(held, "CÁCH MỘT!") == "TC1.1" and asked_for(held, sample.notes[3].question) == sample.notes[3].id
    assert asked_for(held, "điều chưa ai hỏi") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gọi 0912 345 678 nhé", ("0912 345 678",)),
        ("gọi +84 912.345.678", ("+84 912.345.678",)),
        ("thư lan@cat.gov.vn, nhắn @lan_cat", ("lan@cat.gov.vn", "@lan_cat")),
        ("CCCD 042190001234", ("042190001234",)),
        ("đồng chí Nguyễn Văn Hùng nghỉ ốm", ("đồng chí Nguyễn Văn Hùng",)),
        ("Lan hỏi, lan can thì sao", ("Lan",)),
        ("đơn vị CAT xin gia hạn", ("CAT",)),
        ("anh chị cho hỏi nghị định 98/2023, hạn 19/6/2026, 1000 điểm, 3 đơn vị", ()),
        ("công văn 15/STP ngày 2/5/2026, TC1.6 đạt 97,5%", ()),
    ],
)
def test_what_looks_personal_is_pointed_at(text: str, found: tuple[str, ...]) -> None:
    assert personal_in(text, ["Lan", "CAT"]) == found
