"""Marks of classification: a clear one is refused, a possible one asked about, plain words pass."""

import unicodedata

import pytest

from bot.domain.classified import Verdict, verdict

STAMPED = [
    "MẬT",
    "Tài liệu MẬT",
    "TỐI MẬT",
    "Báo cáo TUYỆT MẬT của đơn vị",
    "đóng dấu mật",
    "dấu tối mật",
    "Độ mật: mật",
    "độ mật: Tối mật",
    "12/BC-STP(M)",
    "12/BC-CAT (M)",
    "45/KH-UBND(TM)",
    "văn bản 12/BC-STP (TM) ngày 3/4/2026",
    "12/BC-M",
]
DOUBTFUL = [
    "tài liệu mật",
    "văn bản tối mật",
    "Mật",
    "danh mục bí mật nhà nước",
    "BÍ MẬT NHÀ NƯỚC",
    "12/TB-TM",
]
CLEAR = [
    "mat",
    "MAT TRAN",
    "TOI MAT",
    "mặt trận",
    "Mặt trận Tổ quốc",
    "MẶT TRẬN",
    "ra mắt mô hình",
    "bảo mật",
    "BẢO MẬT",
    "an toàn, bảo mật thông tin",
    "công tác bảo vệ bí mật nhà nước",
    "bí mật thành công",
    "mật khẩu",
    "mật độ dân số",
    "thân mật",
    "chỉ dùng bản không mật",
    "không có tài liệu mật",
    "độ mật: không",
    "TM. ỦY BAN NHÂN DÂN",
    "áo size (M)",
    "12/BC-STP ngày 1/2/2026",
    "báo cáo (1)",
    "",
]


@pytest.mark.parametrize("text", STAMPED)
def test_a_clear_mark_is_seen(text: str) -> None:
    assert verdict(text) is Verdict.STAMPED
    assert verdict(unicodedata.normalize("NFD", text)) is Verdict.STAMPED


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_possible_mark_is_doubted(text: str) -> None:
    assert verdict(text) is Verdict.DOUBTFUL
    assert verdict(unicodedata.normalize("NFD", text)) is Verdict.DOUBTFUL


@pytest.mark.parametrize("text", CLEAR)
def test_plain_words_pass(text: str) -> None:
    assert verdict(text) is Verdict.CLEAR
    assert verdict(unicodedata.normalize("NFD", text)) is Verdict.CLEAR


@pytest.mark.parametrize("name", ["12_BC-STP(M).pdf", "12-BC-STP (M).pdf", "BC MẬT.docx", "bao_cao_MẬT.pdf"])
def test_a_mark_in_a_file_name_counts_too(name: str) -> None:
    assert verdict("", name) is Verdict.STAMPED


@pytest.mark.parametrize("name", ["BC-STP (1).pdf", "mat-tran.pdf", "bao_mat_2026.pdf", "TM-12.pdf", "anh-AQAD.jpg"])
def test_a_plain_file_name_passes(name: str) -> None:
    assert verdict("", name) is Verdict.CLEAR


def test_the_graver_of_caption_and_name_counts() -> None:
    assert verdict("tài liệu mật", "12_BC-STP(M).pdf") is Verdict.STAMPED
    assert verdict("tài liệu mật", "bao-cao.pdf") is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    "name",
    ["Bao cao TOI MAT.pdf", "KH_toi_mat_2026.pdf", "BC-TUYETMAT.pdf", "MAT - bao cao vu viec.pdf", "BC (MAT).pdf"],
)
def test_a_name_without_marks_that_may_be_one_is_asked_about(name: str) -> None:
    assert verdict("", name) is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    "name",
    ["BAO CAO MAT TRAN TO QUOC.pdf", "le ra mat mo hinh.jpg", "RA MAT TO CONG NGHE.jpg", "co mat day du.pdf",
     "CHUONG TRINH BAO MAT.docx", "mat.pdf", "IMG_2026.jpg"],
)  # fmt: skip
def test_a_name_without_marks_that_is_plainly_none_passes(name: str) -> None:
    assert verdict("", name) is Verdict.CLEAR
