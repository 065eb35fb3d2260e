"""Messages to the secretariat as kept, on both databases."""

from datetime import timedelta

from bot.domain.bloc import Bloc
from storage.store import Store
from tests.conftest import SPRING, load


def test_a_letter_waits_until_it_is_answered_once(store: Store, sample: Bloc) -> None:
    load(store, sample)
    later = SPRING + timedelta(hours=1)
    with store.work(SPRING) as work:
        lan = work.people.add(1, "Lan", "vi").id
        binh = work.people.add(2, "Bình", "vi").id
        first = work.letters.add(lan, "Bản giấy gửi về đâu?")
        second = work.letters.add(lan, "Còn hạn không?")
        assert work.letters.open() == [first, second]
    with store.work(later) as work:
        assert work.letters.answer(first.id, binh, "Về Sở Tư pháp")
        assert not work.letters.answer(first.id, binh, "Khác")
        assert not work.letters.answer(999, binh, "Không có")
        assert work.letters.open() == [second]
        held = work.letters.find(first.id)
        assert held is not None
        assert (held.answer, held.answered_by, held.answered_at) == ("Về Sở Tư pháp", binh, later)
        assert held.asked_at == SPRING and work.letters.find(999) is None
