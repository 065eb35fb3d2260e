"""A secretary writes to everybody; what is confirmed is what was seen, once."""

from collections.abc import Iterator

import pytest
from aiogram.types import InlineKeyboardMarkup

from bot.domain.bloc import Bloc
from bot.domain.broadcast import BroadcastState
from bot.domain.delivery import DeliveryState
from bot.domain.people import Role
from storage.store import Store
from tests.chat import Chat, Seen, World
from tests.conftest import SPRING, load
from tests.outbound.conftest import Office
from tests.outbound.fake import LOST, FakeMessenger


class Scene:
    """A secretary, two liaisons of different units and a stranger."""

    def __init__(self, store: Store) -> None:
        self.world = World(store, SPRING)
        self.secretary = self.world.person(9001, "Thư", (None, Role.SECRETARY))
        self.liaison = self.world.person(9002, "Lan", ("STP", Role.LIAISON))
        self.colleague = self.world.person(9003, "Cúc", ("CAT", Role.DEPUTY), ("STP", Role.DEPUTY))
        self.stranger = self.world.person(9009, "Lạ")

    async def drafted(self, text: str = "Họp khối lúc 8 giờ") -> Seen:
        await self.secretary.says("/thongbao")
        await self.secretary.says(text)
        return self.secretary.sees("Sẽ gửi tới")

    def states(self) -> dict[DeliveryState, int]:
        with self.world.store.reading(SPRING) as work:
            return work.deliveries.counts()


@pytest.fixture
def scene(lite: Store, sample: Bloc) -> Iterator[Scene]:
    load(lite, sample)
    yield Scene(lite)


async def sends(scene: Scene, *, lost: int = 0) -> FakeMessenger:
    """Let the worker send what is due, and show its progress where the secretary sees it."""
    from bot.pace import Pace

    pace = Pace(rate=2000.0)
    messenger = FakeMessenger(pace)
    messenger.faults += [LOST] * lost
    office = Office(scene.world.store, messenger, pace, calendar=scene.world.calendar)
    office.start()
    await office.quiet()

    def shown() -> bool:
        with scene.world.store.reading(SPRING) as work:
            return not work.broadcasts.showing()

    await office.until(shown, "the result")
    await office.stop()
    return messenger


async def test_the_preview_is_what_members_will_see_and_says_who_gets_it(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    scene.secretary.sees("Thông báo tới mọi thành viên")
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    await scene.secretary.says("Họp <khối> lúc 8 giờ", entities=bold)
    preview = scene.secretary.sees("Họp <khối> lúc 8 giờ")
    assert preview.html == "<b>Họp</b> &lt;khối&gt; lúc 8 giờ"
    control = scene.secretary.sees("Sẽ gửi tới 2 người")
    assert "Sở Tư pháp" in control.text and "đơn vị chưa có ai tham gia" in control.text
    assert "Gửi tới 2 người" in "".join(control.buttons)
    assert scene.states() == {}


async def test_what_is_confirmed_reaches_everybody_else_once(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "Gửi tới 2 người")
    scene.secretary.sees("Đang gửi: 0/2")
    messenger = await sends(scene)
    assert sorted(messenger.arrived) == [9002, 9003]
    assert messenger.phones[9002][0].html == "Họp khối lúc 8 giờ" and messenger.phones[9002][0].keyboard == ()
    chat, message, last = messenger.edits[-1]
    assert (chat, message) == (9001, control.message_id)
    assert "Đã gửi xong: 2/2" in last.html and "Đã đến: 2" in last.html


async def test_confirming_twice_sends_once(scene: Scene) -> None:
    control = await scene.drafted()
    data = control.button("Gửi tới")
    await scene.secretary.sends_data(data, control)
    await scene.secretary.sends_data(data, control)
    scene.secretary.sees_notice("đã được xác nhận gửi")
    assert scene.states() == {DeliveryState.DUE: 2}


async def test_a_button_of_an_older_text_does_not_send_the_newer_one(scene: Scene) -> None:
    old = await scene.drafted("Bản một")
    await scene.secretary.says("Bản hai")
    await scene.secretary.sends_data(old.button("Gửi tới"), old)
    scene.secretary.sees_notice("bản nháp cũ")
    assert scene.states() == {}
    await scene.secretary.taps(scene.secretary.sees("Sẽ gửi tới"), "Gửi tới")
    messenger = await sends(scene)
    assert {message.html for messages in messenger.phones.values() for message in messages} == {"Bản hai"}


async def test_a_text_sent_after_the_confirmation_changes_nothing(scene: Scene) -> None:
    control = await scene.drafted("Bản một")
    await scene.secretary.taps(control, "Gửi tới")
    await scene.secretary.says("/thongbao")
    await scene.secretary.says("Bản hai")
    messenger = await sends(scene)
    assert {message.html for messages in messenger.phones.values() for message in messages} == {"Bản một"}


async def test_members_can_be_asked_to_say_that_they_received_it(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "yêu cầu bấm")
    control = scene.secretary.sees("sẽ có nút")
    await scene.secretary.taps(control, "Gửi tới")
    messenger = await sends(scene)
    (((label, data),),) = messenger.phones[9002][0].keyboard
    assert label == "✅ Đã nhận"
    received = Seen(scene.liaison.user_id, 77, "Họp khối", InlineKeyboardMarkup(inline_keyboard=[[]]))
    scene.liaison.shown.append(received)
    await scene.liaison.sends_data(data, received)
    scene.liaison.sees_notice("Cảm ơn")
    assert received.keyboard is None
    await scene.liaison.sends_data(data)
    scene.liaison.sees_notice("trước đó")
    await scene.secretary.says("/thongbao")
    await scene.secretary.taps(scene.secretary.sees("Đã gửi gần đây"), "Họp khối")
    result = scene.secretary.sees("Đã bấm “Đã nhận”: 1/2", "1 đơn vị chưa ai xác nhận: Công an tỉnh")
    await scene.secretary.taps(result, "Xem danh sách")
    listed = scene.secretary.sees("Danh sách người nhận")
    assert "Lan (Sở Tư pháp" in listed.text and "đã bấm" in listed.text and "Cúc" in listed.text


async def test_a_photo_or_a_document_goes_with_its_caption(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    await scene.secretary.sends_file("ke-hoach.pdf", caption="Kế hoạch năm")
    preview = scene.secretary.sees("Kế hoạch năm")
    assert preview.document
    await scene.secretary.taps(scene.secretary.sees("Sẽ gửi tới"), "Gửi tới")
    messenger = await sends(scene)
    sent = messenger.phones[9002][0]
    assert sent.html == "Kế hoạch năm" and sent.media is not None and sent.media.file_id == preview.document


async def test_a_document_may_go_without_a_caption(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    await scene.secretary.sends_file("ke-hoach.pdf")
    preview = next(seen for seen in scene.secretary.shown if seen.document)
    await scene.secretary.taps(scene.secretary.sees("Sẽ gửi tới"), "Gửi tới")
    messenger = await sends(scene)
    sent = messenger.phones[9002][0]
    assert sent.html == "" and sent.media is not None and sent.media.file_id == preview.document


async def test_an_album_is_refused_once_and_leaves_no_draft(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    first = await scene.secretary.sends_file("a.pdf", album="A1")
    second = await scene.secretary.sends_file("b.pdf", album="A1")
    assert "một ảnh hoặc một tệp" in first[0].text and second == []
    with scene.world.store.reading(SPRING) as work:
        assert work.broadcasts.draft_of(1) is None


async def test_a_stamped_file_is_not_sent(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    await scene.secretary.sends_file("bao cao TUYỆT MẬT.pdf")
    scene.secretary.sees("Không gửi được tệp này")


async def test_a_caption_longer_than_telegram_takes_is_refused_before_anybody_gets_it(scene: Scene) -> None:
    await scene.secretary.says("/thongbao")
    await scene.secretary.sends_file("a.pdf", caption="dài " * 300)
    scene.secretary.sees("Telegram chỉ nhận 1024")


async def test_a_dropped_draft_reaches_nobody(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "Bỏ bản nháp")
    scene.secretary.sees("chưa gửi cho ai")
    await scene.secretary.sends_data("1:bs:1:1")
    scene.secretary.sees_notice("bản nháp cũ")
    assert scene.states() == {}


async def test_a_draft_survives_a_restart(scene: Scene) -> None:
    await scene.drafted()
    scene.world.restart()
    await scene.secretary.says("/thongbao")
    await scene.secretary.taps(scene.secretary.sees("Sẽ gửi tới"), "Gửi tới")
    assert scene.states() == {DeliveryState.DUE: 2}


async def test_what_has_not_been_sent_can_be_called_back(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "Gửi tới")
    await scene.secretary.taps(scene.secretary.sees("Đang gửi"), "Huỷ phần chưa gửi")
    scene.secretary.sees_notice("Đã huỷ 2 lượt")
    result = scene.secretary.sees("Đã huỷ: 2")
    assert "Lan (Sở Tư pháp" in result.text
    assert (await sends(scene)).arrived == []


async def test_unsure_ones_are_sent_again_after_a_question(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "Gửi tới")
    await sends(scene, lost=1)
    await scene.secretary.says("/thongbao")
    await scene.secretary.taps(scene.secretary.sees("Đã gửi gần đây"), "Họp khối")
    await scene.secretary.taps(scene.secretary.sees("Không chắc đã đến: 1"), "Gửi lại 1 lượt")
    question = scene.secretary.sees("có thể nhận hai lần")
    data = question.button("Có, gửi lại")
    await scene.secretary.sends_data(data, question)
    assert scene.states() == {DeliveryState.DELIVERED: 1, DeliveryState.DUE: 1}
    await scene.secretary.sends_data(data, question)
    scene.secretary.sees_notice("đã thay đổi")
    assert len((await sends(scene)).arrived) == 1
    with scene.world.store.reading(SPRING) as work:
        (found,) = work.broadcasts.recent(10)
        assert found.state is BroadcastState.DONE
        trail = [what for _, what, *_ in work.trail.of(f"broadcast:{found.id}")]
    assert trail == ["broadcast.confirmed", "broadcast.resent"]


async def test_a_member_sees_what_was_received_and_cannot_write(scene: Scene) -> None:
    await scene.liaison.says("/thongbao")
    scene.liaison.sees("Chưa có thông báo nào")
    control = await scene.drafted()
    await scene.secretary.taps(control, "Gửi tới")
    await sends(scene)
    await scene.liaison.says("/thongbao")
    received = scene.liaison.sees("Thông báo đã nhận")
    await scene.liaison.taps(received, "Họp khối")
    scene.liaison.sees("Họp khối lúc 8 giờ")


@pytest.mark.parametrize("data", ["1:bs:1:1", "1:bx:1", "1:bv:1", "1:bl:1:0", "1:bz:1:1", "1:br:1:1:1", "1:bd:1:1"])
async def test_guessed_buttons_give_a_member_nothing(scene: Scene, data: str) -> None:
    await scene.drafted()
    await scene.liaison.sends_data(data)
    scene.liaison.sees_notice("không có quyền")
    assert scene.states() == {}


async def test_a_member_cannot_read_a_broadcast_that_was_not_sent_to_them(scene: Scene) -> None:
    control = await scene.drafted()
    await scene.secretary.taps(control, "Gửi tới")
    await sends(scene)
    newcomer: Chat = scene.world.person(9010, "Mới", ("CAT", Role.LIAISON))
    for data in ("1:bm:1", "1:bk:1"):
        await newcomer.sends_data(data)
        newcomer.sees_notice("không có quyền")


async def test_the_early_reminders_are_switched_off_and_on_by_hand(scene: Scene) -> None:
    await scene.liaison.says("/nhac")
    await scene.liaison.taps(scene.liaison.sees("đang bật"), "Tắt nhắc")
    await scene.liaison.taps(scene.liaison.sees("đang tắt"), "Bật lại")
    scene.liaison.sees("đang bật")
    await scene.liaison.sends_data("1:rq:0:0")
    scene.liaison.sees_notice("/nhac")
    with scene.world.store.reading(SPRING) as work:
        member = work.people.member(9002)
        assert member is not None and member.person.quiet == {"d14", "d7"}
