"""One message holds 4096 UTF-16 units: a longer screen loses its end, never everything."""

from aiogram.types import CallbackQuery

from bot.domain.bloc import Bloc
from bot.domain.broadcast import Broadcast, BroadcastState, Content, Line, Tally
from bot.domain.delivery import DeliveryState, Notice
from bot.outbound.compose import compose, progress
from bot.usecases.deliveries import Shown
from bot.words import Words, strip, within
from handlers.replies import Screen, put, say
from tests.conftest import SPRING

STATES = [DeliveryState.BLOCKED, DeliveryState.UNREACHABLE, DeliveryState.UNSURE, DeliveryState.CANCELLED]


def units(text: str) -> int:
    return len(strip(text).encode("utf-16-le")) // 2


def test_what_fits_stays_as_it_is() -> None:
    text = "<b>" + "đ" * 4096 + "</b>"
    assert within(text) == text
    assert within("<i>ngắn</i>") == "<i>ngắn</i>"


def test_what_is_too_long_is_cut_and_stays_fit_for_telegram() -> None:
    cut = within("<b>" + "a &lt; b " * 1000 + "</b>")
    assert units(cut) <= 4096
    assert cut.endswith("…")
    assert "<" not in cut and "a &lt; b" in cut
    smiling = within("😀" * 4000)
    assert units(smiling) <= 4096
    smiling.encode()  # no half a letter at the cut


def test_every_screen_goes_through_it() -> None:
    long = Screen("<b>" + "dòng dài\n" * 900 + "</b>")
    query = CallbackQuery.model_validate(
        {
            "id": "1",
            "from": {"id": 7, "is_bot": False, "first_name": "Lan"},
            "chat_instance": "1",
            "message": {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"},
        }
    )
    assert units(say(7, long).text) <= 4096
    assert units(put(query, long)[1].text) <= 4096  # type: ignore[attr-defined]


def test_the_result_of_a_broadcast_to_units_of_long_names_can_be_shown(sample: Bloc) -> None:
    name = "Viện kiểm sát nhân dân cấp cao tại Thành phố Hồ Chí Minh và khu vực phía Nam"
    lines = tuple(Line(n, n, "Nguyễn Thị Phương Thảo Nguyên", ("VKS",), STATES[n % 4], "", None) for n in range(100))
    broadcast = Broadcast(1, 1, BroadcastState.CANCELLED, 1, Content("x"), False, SPRING, SPRING, 7, 8)
    tally = Tally(dict.fromkeys(STATES, 25))
    shown = Shown(broadcast, tally, lines, "vi", {"VKS": name})
    assert units(progress(shown, Words()).html) <= 4096


def test_a_notice_too() -> None:
    notice = Notice("contact.notice-letter", {"person": "Lan", "unit": "Công an tỉnh", "text": "dài " * 1200})
    assert units(compose(notice, Words()).html) <= 4096
