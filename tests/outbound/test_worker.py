"""Nobody is forgotten, nobody is sent it twice by the machine, and everybody ends in a named state."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.buttons.status import ShowStatus
from bot.domain.broadcast import BroadcastState
from bot.domain.calendar import Period
from bot.domain.delivery import Button, DeliveryState, Notice
from bot.domain.discharge import How
from bot.domain.people import Role
from bot.domain.reminders import ladder
from bot.domain.sending import Delivered, Moved, Outgoing, Refused, Unsure, Wait
from bot.pace import Pace
from bot.usecases.deliveries import sending_stopped
from storage.deliveries import deliveries
from storage.store import Store
from tests.conftest import SPRING
from tests.outbound import fake
from tests.outbound.conftest import QUICK, Office

WELCOME = Notice("reminders.early-on")
HOUR = timedelta(hours=1)


def progress_texts(office: Office) -> list[str]:
    return [message.html for _, _, message in office.messenger.edits]


# -- single messages -------------------------------------------------------------------------------------


async def test_a_notice_is_composed_in_the_receivers_language_when_it_is_sent(office: Office) -> None:
    first, second = office.people(2)
    office.start()
    with office.work() as work:
        work.people.set_language(second, "en")
        buttons = ((Button("reminders.quiet", "1:rq:0:0"),),)
        for person in (first, second):
            work.deliveries.notice(person, Notice("reminders.what", {"name": "An & <Bình>"}, buttons))
    await office.quiet()
    assert office.messenger.phones[7000] == [
        Outgoing("<b>An &amp; &lt;Bình&gt;</b>", ((("🔕 Tắt nhắc 14 và 7 ngày", "1:rq:0:0"),),))
    ]
    assert office.messenger.phones[7001][0].keyboard == ((("🔕 No 14 and 7 day reminders", "1:rq:0:0"),),)
    assert office.states() == {DeliveryState.DELIVERED: 2}


async def test_what_one_person_is_told_arrives_in_order(office: Office) -> None:
    (person,) = office.people(1)
    office.pace = office.messenger.pace = Pace(rate=2000.0)
    with office.work() as work:
        for number in range(2):
            work.deliveries.notice(person, Notice("reminders.what", {"name": str(number)}))
    office.start()
    await office.quiet()
    assert [message.html for message in office.messenger.phones[7000]] == ["<b>0</b>", "<b>1</b>"]


async def test_a_notice_that_does_not_fit_its_text_is_given_up_by_name_and_holds_up_nobody(office: Office) -> None:
    first, second = office.people(2)
    with office.work() as work:
        work.deliveries.notice(first, Notice("reminders.no-such-text"))
        work.deliveries.notice(first, Notice("reminders.what", {"wrong": 1}))
        work.deliveries.notice(second, WELCOME)
    office.start()
    await office.quiet()
    assert office.states() == {DeliveryState.CANCELLED: 2, DeliveryState.DELIVERED: 1}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (fake.BLOCKED, DeliveryState.BLOCKED),
        (fake.UNREACHABLE, DeliveryState.UNREACHABLE),
        (fake.LOST, DeliveryState.UNSURE),
    ],
)
async def test_every_outcome_ends_in_its_state_with_a_reason(
    office: Office, outcome: Refused | Unsure, state: DeliveryState
) -> None:
    (person,) = office.people(1)
    office.messenger.faults.append(outcome)
    sent = office.broadcast(person, [person])
    office.start()
    await office.quiet()
    with office.store.reading(SPRING) as work:
        (line,) = work.deliveries.lines(sent)
        assert (line.state, line.reason) == (state, outcome.reason)
        assert (person in work.people.blocked()) is (state is DeliveryState.BLOCKED)
    assert office.messenger.tries == 1


async def test_a_502_is_tried_again_and_arrives_once(office: Office) -> None:
    (person,) = office.people(1)
    office.messenger.faults += [fake.AWAY, Wait(5, "HTTP 500")]
    with office.work() as work:
        work.deliveries.notice(person, WELCOME)
    office.start()
    await office.until(lambda: office.messenger.tries == 1, "the first try")
    await asyncio.sleep(0.05)
    assert office.messenger.tries == 1  # its wait is real time, which stands still
    for tries in (2, 3):
        await office.until(lambda: DeliveryState.DUE in office.states(), "the wait")
        office.shift += timedelta(seconds=6)
        await office.until(lambda tries=tries: office.messenger.tries == tries, f"try {tries}")  # type: ignore[misc]
    await office.quiet()
    assert office.messenger.arrived == [7000]


async def test_a_429_puts_back_what_had_not_left_and_loses_nothing(office: Office) -> None:
    people = office.people(20)
    office.pace = office.messenger.pace = Pace(rate=200.0)
    office.worker = office._new()
    office.messenger.faults.append(replace(fake.FLOOD, seconds=0.2))
    office.broadcast(people[0], people)
    office.start()
    await office.until(lambda: office.pace.paused_for > 0, "the pause")
    await office.until(lambda: DeliveryState.SENDING not in office.states(), "the call back")
    office.shift += HOUR
    await office.quiet()
    assert Counter(office.messenger.arrived) == Counter(range(7000, 7020))


async def test_a_chat_that_moved_is_followed(office: Office) -> None:
    (person,) = office.people(1)
    office.messenger.chats[7000] = Moved(7900)
    with office.work() as work:
        work.deliveries.notice(person, WELCOME)
    office.start()
    await office.quiet()
    assert office.messenger.arrived == [7900]


async def test_a_refused_token_stops_everything_until_the_next_start(office: Office) -> None:
    people = office.people(5)
    office.messenger.faults.append(fake.REFUSED_TOKEN)
    office.habits = replace(QUICK, batch=1)
    office.worker = office._new()
    office.broadcast(people[0], people)
    office.start()

    def why() -> str | None:
        with office.store.reading(SPRING) as work:
            return sending_stopped(work)

    await office.until(lambda: why() is not None, "the stop")
    office.worker.wake()
    await asyncio.sleep(0.05)
    assert "Unauthorized" in str(why()) and office.messenger.arrived == []
    assert office.states() == {DeliveryState.DUE: 5}

    await office.stop()
    office.worker = office._new()
    office.start()
    await office.quiet()
    assert why() is None and len(office.messenger.arrived) == 5


async def test_a_database_that_fails_for_a_while_costs_no_outcome(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = office.people(1)
    failing = {"times": 0}
    plain = Store.work

    def work(self: Store, now: datetime) -> object:
        if failing["times"] > 0:
            failing["times"] -= 1
            raise OSError("disk full")
        return plain(self, now)

    monkeypatch.setattr(Store, "work", work)
    office.messenger.on_send = lambda _: failing.update(times=3)
    with office.work() as transaction:
        transaction.deliveries.notice(person, WELCOME)
    office.start()
    await office.quiet()
    assert office.states() == {DeliveryState.DELIVERED: 1} and office.messenger.tries == 1


# -- stopping and being killed ---------------------------------------------------------------------------


async def test_a_stop_waits_for_what_has_left_and_gives_back_the_rest(office: Office) -> None:
    people = office.people(12)
    office.messenger.gate = asyncio.Event()
    office.habits = replace(QUICK, in_flight=3)
    office.worker = office._new()
    office.broadcast(people[0], people)
    office.start()
    await office.until(lambda: office.messenger.tries == 3, "three on their way")
    office.worker.stop()
    await asyncio.sleep(0.02)
    office.messenger.gate.set()
    await office.stop()
    assert office.states() == {DeliveryState.DELIVERED: 3, DeliveryState.DUE: 9}


async def test_a_stop_does_not_wait_for_ever_and_what_never_came_back_is_unsure(office: Office) -> None:
    people = office.people(3)
    office.messenger.gate = asyncio.Event()
    office.habits = replace(QUICK, farewell=0.05)
    office.worker = office._new()
    office.broadcast(people[0], people)
    office.start()
    await office.until(lambda: office.messenger.tries == 3, "three on their way")
    await office.stop()
    assert office.states() == {DeliveryState.UNSURE: 3}


async def test_however_often_it_is_killed_nobody_is_forgotten_and_nobody_is_sent_it_twice(office: Office) -> None:
    people = office.people(120)
    office.pace = office.messenger.pace = Pace(rate=400.0)
    office.worker = office._new()
    sent = office.broadcast(people[0], people)
    for _ in range(5):
        enough = office.messenger.tries + 8
        office.start()
        await office.until(lambda enough=enough: office.messenger.tries >= enough, "some more")  # type: ignore[misc]
        await office.kill()
        office.shift += HOUR  # the leases run out while the process is away
    office.start()
    await office.quiet()

    arrived = Counter(office.messenger.arrived)
    assert max(arrived.values()) == 1
    with office.store.reading(SPRING) as work:
        lines = work.deliveries.lines(sent)
    assert len(lines) == 120 and all(line.state in (DeliveryState.DELIVERED, DeliveryState.UNSURE) for line in lines)
    chats = {person: 7000 + number for number, person in enumerate(people)}
    for line in lines:
        if line.state is DeliveryState.DELIVERED:
            assert arrived[chats[line.person_id]] == 1
        else:
            assert line.reason
    # Whoever did not get it is unsure by name: nobody is left out without a word.
    missing = set(chats.values()) - set(arrived)
    unsure = {chats[line.person_id] for line in lines if line.state is DeliveryState.UNSURE}
    assert missing <= unsure
    assert len(unsure) <= 5 * (QUICK.batch + 4)


# -- broadcasts ------------------------------------------------------------------------------------------


async def test_progress_is_one_message_that_ends_with_the_result(office: Office) -> None:
    people = office.people(30)
    office.messenger.chats[7003] = fake.BLOCKED
    office.messenger.chats[7004] = fake.LOST
    sent = office.broadcast(people[0], people)
    office.start()
    await office.quiet()
    await office.until(lambda: any("Đã gửi xong" in text for text in progress_texts(office)), "the result")
    last = progress_texts(office)[-1]
    assert "30/30" in last and "Đã đến: 28" in last
    assert "Người 3 (Sở Tư pháp" in last and "Người 4 (Sở Tư pháp" in last
    assert {(chat, message) for chat, message, _ in office.messenger.edits} == {(7000, 5)}

    def still_showing() -> bool:
        with office.store.reading(SPRING) as work:
            return bool(work.broadcasts.showing())

    await office.until(lambda: not still_showing(), "the end of showing")
    with office.store.reading(SPRING) as work:
        found = work.broadcasts.find(sent)
        assert found is not None and found.state is BroadcastState.DONE


async def test_our_own_bug_pauses_the_broadcast_and_blames_no_member(office: Office) -> None:
    people = office.people(10)
    office.messenger.faults.append(fake.WRONG)
    office.habits = replace(QUICK, batch=1)
    office.worker = office._new()
    sent = office.broadcast(people[0], people)
    with office.work() as work:
        work.deliveries.notice(people[9], WELCOME)
    office.messenger.faults.insert(0, Delivered(1))
    office.start()
    await office.until(lambda: any("Tạm dừng" in text for text in progress_texts(office)), "the pause")
    assert "something new" in progress_texts(office)[-1]
    states = office.states()
    assert states[DeliveryState.DUE] + states[DeliveryState.DELIVERED] == 11 and len(states) == 2
    with office.work() as work:
        assert work.broadcasts.move(sent, BroadcastState.SENDING, when={BroadcastState.PAUSED})
    await office.quiet()
    assert office.states() == {DeliveryState.DELIVERED: 11}


async def test_unsure_is_sent_again_only_by_a_persons_hand(office: Office) -> None:
    people = office.people(4)
    office.messenger.faults.append(fake.LOST)
    sent = office.broadcast(people[0], people)
    office.start()
    await office.quiet()
    office.shift += 100 * HOUR
    office.worker.wake()
    await office.worker.expire_leases()
    await asyncio.sleep(0.05)
    assert office.states()[DeliveryState.UNSURE] == 1 and len(office.messenger.arrived) == 4
    with office.work() as work:
        assert work.deliveries.resend_unsure(sent) == 1
        work.broadcasts.move(sent, BroadcastState.SENDING, when={BroadcastState.DONE})
    await office.quiet()
    assert office.states() == {DeliveryState.DELIVERED: 4}
    assert sorted(Counter(office.messenger.arrived).values()) == [1, 1, 1, 2]


# -- reminders -------------------------------------------------------------------------------------------


def mid_year(office: Office) -> tuple[str, datetime]:
    """(key, 08:00 of the d3 rung) of the sample's mid-year assessment."""
    with office.store.reading(SPRING) as work:
        milestone = work.bloc.assessment_milestone(Period.MID_YEAR)
        assert milestone is not None
        rungs = ladder(milestone, late_days=work.bloc.late_days_accepted, holidays=work.bloc.holidays)
        return milestone.key, next(rung.moment for rung in rungs if rung.id == "d3")


def of(office: Office, key: str) -> list[tuple[str, DeliveryState, str]]:
    """(rung, state, reason) of the reminders of one milestone."""
    with office.store.reading(SPRING) as work:
        rows = work.connection.execute(
            select(deliveries).where(deliveries.c.milestone == key).order_by(deliveries.c.id)
        )
        return [(row.rung, DeliveryState(row.state), row.reason) for row in rows]


@pytest.fixture
def reminded(office: Office) -> tuple[Office, str]:
    """An office on the morning of the d3 rung, with a liaison who joined long before."""
    key, moment = mid_year(office)
    office.people(1)
    office.calendar.moment = moment + timedelta(minutes=1)
    return office, key


async def test_a_reminder_says_what_is_due_and_what_to_press(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.look()
    office.start()
    await office.quiet()
    text = [m for m in office.messenger.phones[7000] if "Tự chấm ngay" in str(m.keyboard)]
    assert len(text) == 1
    assert "Còn 3 ngày" in text[0].html and "Hạn: 17:00, thứ" in text[0].html and "Chưa bắt đầu chấm" in text[0].html
    assert of(office, key) == [("d3", DeliveryState.DELIVERED, "")]


async def test_a_reminder_says_how_far_the_form_is(reminded: tuple[Office, str]) -> None:
    office, _key = reminded
    office.look()
    with office.work() as work:
        (member,) = work.people.members()
        work.assessments.start("STP", Period.MID_YEAR, work.bloc.revision, member.person.id)
    office.start()
    await office.quiet()
    (told,) = [m.html for m in office.messenger.phones[7000] if "Tự chấm ngay" in str(m.keyboard)]
    assert "Đã chấm 0/25 tiêu chí" in told


async def test_a_leader_is_reminded_early_of_a_form_that_waits(reminded: tuple[Office, str]) -> None:
    office, _key = reminded
    office.calendar.moment -= timedelta(days=60)
    (leader,) = office.people(1, role=Role.LEADER)
    office.calendar.moment += timedelta(days=60)
    with office.work() as work:
        made = work.assessments.start("STP", Period.MID_YEAR, work.bloc.revision, leader)
        before = work.assessments.get(made, work.catalogue.at)
        assert before is not None
        after = before.propose(made_for=before.revision, by=leader, at=work.now)
        work.assessments.save(before, after)
    office.look()
    office.start()
    await office.quiet()
    (told,) = [m for m in office.messenger.phones[7001] if "Xem và duyệt" in str(m.keyboard)]
    assert "đang chờ lãnh đạo duyệt" in told.html


async def test_a_leader_is_not_told_to_hand_in(reminded: tuple[Office, str]) -> None:
    office, _key = reminded
    office.calendar.moment -= timedelta(days=60)
    office.people(1, role=Role.LEADER)
    office.calendar.moment += timedelta(days=62)  # d1: leaders too
    office.look()
    office.start()
    await office.quiet()
    buttons = {button for m in office.messenger.phones[7001] for row in m.keyboard for button in row}
    assert buttons == {("👀 Xem tình trạng", ShowStatus().pack())}


async def test_looking_again_and_again_queues_nothing_twice(reminded: tuple[Office, str]) -> None:
    office, _key = reminded
    assert office.look() > 0
    assert office.look() == 0
    office.start()
    await office.quiet()
    assert office.look() == 0


async def test_none_after_discharge_even_if_it_was_queued(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.look()
    with office.work() as work:
        work.discharges.add(key, "STP", at=work.now, how=How.PAPER, receipt="R1", by=None)
    office.start()
    await office.quiet()
    assert of(office, key) == [("d3", DeliveryState.CANCELLED, "discharged")]


async def test_a_pause_after_taking_does_not_let_a_settled_reminder_out(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.look()
    office.pace.pause_for(0.3)
    office.start()
    await asyncio.sleep(0.1)
    with office.work() as work:
        work.discharges.add(key, "STP", at=work.now, how=How.PAPER, receipt="R1", by=None)
    await office.quiet()
    assert of(office, key) == [("d3", DeliveryState.CANCELLED, "discharged")]


async def test_missed_rungs_become_one_message(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.calendar.moment -= timedelta(days=11)  # d14
    office.look()
    office.calendar.moment += timedelta(days=7)  # d7, nothing was sent meanwhile
    office.look()
    office.calendar.moment += timedelta(days=4)  # d3
    office.look()
    office.start()
    await office.quiet()
    assert of(office, key) == [
        ("d14", DeliveryState.CANCELLED, "superseded"),
        ("d7", DeliveryState.CANCELLED, "superseded"),
        ("d3", DeliveryState.DELIVERED, ""),
    ]


async def test_a_rung_that_lay_queued_past_the_next_one_is_not_sent(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.look()
    office.calendar.moment += timedelta(days=2)  # d1 has come, nobody has looked yet
    office.start()
    await office.quiet()
    assert of(office, key) == [("d3", DeliveryState.CANCELLED, "superseded")]
    office.look()
    office.worker.wake()
    await office.quiet()
    assert of(office, key)[-1] == ("d1", DeliveryState.DELIVERED, "")


async def test_an_unsure_reminder_counts_as_sent_and_is_shown(reminded: tuple[Office, str]) -> None:
    office, _key = reminded
    office.messenger.chats[7000] = fake.LOST
    office.look()
    office.start()
    await office.quiet()
    office.shift += HOUR
    assert office.look() == 0
    with office.store.reading(SPRING) as work:
        assert {name for _, name in work.deliveries.unsure(10)} == {"Người 0"}


async def test_who_left_before_it_was_sent_is_not_reminded(reminded: tuple[Office, str]) -> None:
    office, key = reminded
    office.look()
    with office.work() as work:
        (member,) = work.people.members()
        work.people.leave(member.memberships[0].id)
        work.people.join(member.person.id, None, Role.SECRETARY, None)
    office.start()
    await office.quiet()
    assert of(office, key) == [("d3", DeliveryState.CANCELLED, "left")]
