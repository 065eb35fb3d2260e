"""What is asked about oneself, and what only resembles it."""

import pytest

from bot.domain.typed_own_state import asks_own_state


@pytest.mark.parametrize(
    "text",
    [
        "toi phai nop cai gi bay gio",
        "Bây giờ đơn vị tôi phải nộp gì?",
        "đơn vị mình còn thiếu gì ạ",
        "bên em nộp chưa nhỉ",
        "em làm đến đâu rồi",
        "tiếp tục",
        "Làm tiếp",
    ],
)
def test_it_is_about_the_asker(text: str) -> None:
    assert asks_own_state(text)


@pytest.mark.parametrize(
    "text",
    [
        "đơn vị nào chưa nộp",
        "tôi phải nộp gì cho TC1.1",
        "mình nộp báo cáo sơ kết ngày nào",
        "nộp gì",
        "đơn vị tôi được mấy điểm",
        "sở nội vụ nộp chưa",
        "không làm gì thì sao",
        "",
        "mình còn thiếu gì " * 10,
    ],
)
def test_it_is_about_the_bloc(text: str) -> None:
    assert not asks_own_state(text)
