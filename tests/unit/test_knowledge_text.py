"""Folding to find, marks to rank."""

import unicodedata

import pytest

from bot.knowledge.text import agreement, clean, fold, is_marked, is_syllable, key_of, runs, sound, tokens


@pytest.mark.parametrize(
    ("written", "folded"), [("ĐIỂM", "diem"), ("Đăng", "dang"), ("thưởng", "thuong"), ("Huệ", "hue"), ("ủy", "uy")]
)
def test_folding_takes_away_every_mark_and_the_stroke_of_d(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert fold(unicodedata.normalize("NFD", written)) == folded


def test_i_and_y_are_one_letter_to_search_by() -> None:
    assert key_of("kỷ") == key_of("kỉ")
    assert key_of("tỷ") == key_of("tỉ")
    assert key_of("ý") == "y"


def test_decomposed_and_composed_text_give_the_same_words() -> None:
    text = "Hạn nộp báo cáo sơ kết"
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(text)


def test_the_place_of_a_tone_does_not_matter() -> None:
    assert agreement("hoà", "hòa") == 1.0
    assert agreement("uỷ", "ủy") == 1.0


def test_forgotten_marks_agree_better_than_other_marks() -> None:
    assert agreement("nop", "nộp") > agreement("nóp", "nộp")
    assert agreement("chấm", "chậm") < 0.55
    assert agreement("điễm", "điểm") > 0.85


def test_regional_spellings_sound_alike() -> None:
    assert sound("xo") == sound("so")
    assert sound("zao") == sound("giao") == sound("dao")
    assert sound("chong") == sound("trong")
    assert sound("ngan") != sound("gan")


def test_invisible_and_stacked_characters_are_dropped() -> None:
    assert clean("h\u200bạn\u202e n\u0336ộp\x00") == "hạn nộp "
    assert [t.key for t in tokens("ha\u0323\u0302n")] == ["han"]


def test_codes_are_read_as_runs_however_they_are_spaced() -> None:
    assert runs("TC1.6") == runs("tc 1.6") == runs("Tc 1 6") == ("tc", "1", "6")


def test_a_sentence_is_marked_when_any_letter_is() -> None:
    assert is_marked("diem đ")
    assert not is_marked("diem thuong 6T")


def test_syllables_are_told_from_slips_of_the_finger() -> None:
    assert all(is_syllable(key_of(word)) for word in ("nghiệp", "khuyến", "doanh", "ước", "quyết", "thưởng"))
    assert not any(is_syllable(word) for word in ("kieenr", "password", "xyz"))


def test_a_very_long_text_is_cut() -> None:
    assert len(tokens("a " * 5000)) == 400
