"""One unit with its people, a way to fill in its whole form, and eyes on what is saved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bot.domain.assessment import Assessment
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc, ClockStops
from bot.domain.criteria import Choice, Fact, Part, PartKind
from bot.domain.people import Role
from bot.domain.typed import read
from bot.usecases.assessment import AddReference, ListOpenings, OpenAssessment, RecordFact, WriteSection, stand
from bot.usecases.assessment import load as load_assessment
from storage.deliveries import deliveries
from storage.people import people
from storage.store import Store
from tests.chat import Chat, Seen, World
from tests.conftest import SPRING, load

JUNE_19 = datetime(2026, 6, 19, 9, 0, tzinfo=UTC)  # 16:00 in Việt Nam, an hour before the deadline
JUNE_23 = datetime(2026, 6, 23, 3, 0, tzinfo=UTC)  # Tuesday: two working days late

# What is typed (or, with a leading >, tapped) for each criterion of the sample.
GIVEN: dict[str, Sequence[str]] = {
    "TC1.1": ["48/50"],  # 96 %: 135
    "TC1.2": ["một", ">0"],  # 60 - 5: 55
    "TC1.3": ["98,5%", ">1"],  # 70 - 5: 65
    "TC1.4": [">không để bị động"],  # 50
    "TC1.5": [">100%"],  # 40
    "TC1.6": [">khá"],  # 32
    "TC1.7": [">Đủ 15", "12,5", "đủ"],  # 37.5
    "TC1.8": ["3"],  # 30                                          group I: 444.5
    "TC2.1": ["không"],  # 40
    "TC2.2": [">Đủ 10", ">Đủ 10", "7 rưỡi"],  # 27.5
    "TC2.3": ["hoàn thành tốt nhiệm vụ"],  # 32
    "TC2.4": ["１５", ">2"],  # 15 + 2 x 5: 25
    "TC2.5": [">Đủ 15", ">Đủ 15", ">0"],  # 30
    "TC2.6": ["1"],  # 30
    "TC2.7": ["1", ">Có"],  # 40 - 5, capped by the ceiling: 20      group II: 204.5
    "TC3.1": [">Đủ 15", ">Đủ 10"],  # 25
    "TC3.2": [">Đủ 15", ">cấp phó"],  # 15 + 7: 22
    "TC3.3": ["10", "13", "5"],  # 28
    "TC3.4": ["ba"],  # 3 x 10, capped: 20
    "TC3.5": [">Đủ 10", ">Đủ 10", ">0"],  # 20
    "TC3.6": ["9 tin", "8"],  # 17
    "TC3.7": [">Đủ 10", ">Đủ 10", ">Đủ 5"],  # 25
    "TC3.8": [">Đủ 5", ">Đủ 5", ">Đủ 8", ">0", ">Đủ 4"],  # 22
    "TC3.9": [">2"],  # 10
    "TC3.10": [">Đủ 10", ">Đủ 8", ">Đủ 7"],  # 25                   group III: 214
}
DOCUMENT = "125/BC-STP ngày 10/6/2026"


class Office:
    def __init__(self, store: Store, sample: Bloc, clock: ClockStops = ClockStops.APPROVAL) -> None:
        self.store = store
        load(store, replace(sample, clock_stops=clock))
        self.world = World(store, SPRING)
        self.lan = self.world.person(11, "Lan", ("STP", Role.LIAISON))
        self.minh = self.world.person(12, "Minh", ("STP", Role.DEPUTY))
        self.ha = self.world.person(13, "Hà", ("STP", Role.LEADER))
        self.thu = self.world.person(14, "Thu", (None, Role.SECRETARY))
        self.duc = self.world.person(21, "Đức", ("VKS", Role.LIAISON))
        self.son = self.world.person(22, "Sơn", ("VKS", Role.LEADER))

    # -- what is saved -------------------------------------------------------------------------------------

    def saved(self, assessment_id: int = 1) -> Standing:
        with self.store.reading(self.world.calendar.now()) as work:
            return stand(work, load_assessment(work, assessment_id))

    @property
    def form(self) -> Assessment:
        return self.saved().assessment

    def told(self, chat: Chat) -> list[tuple[str, dict[str, Any]]]:
        """(key, params) of every notice that was queued for this person, oldest first."""
        query = (
            select(deliveries.c.notice)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(people.c.telegram_id == chat.user_id)
            .order_by(deliveries.c.id)
        )
        with self.store.engine.connect() as connection:
            return [(row.notice["key"], row.notice["params"]) for row in connection.execute(query)]

    def notice_button(self, chat: Chat, label_key: str) -> str:
        """The data of a button under the newest notice to this person."""
        query = (
            select(deliveries.c.notice)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(people.c.telegram_id == chat.user_id)
            .order_by(deliveries.c.id.desc())
        )
        with self.store.engine.connect() as connection:
            notice = connection.execute(query).scalars().first() or {"buttons": []}
        return str(next(data for row in notice["buttons"] for key, data, _ in row if key == label_key))

    def discharged(self, unit: str = "STP") -> str | None:
        with self.store.reading(self.world.calendar.now()) as work:
            found = work.discharges.find("MS-BC6T", unit)
            return found.receipt if found else None

    def trail(self) -> list[tuple[str, Any, Any]]:
        with self.store.reading(self.world.calendar.now()) as work:
            return [(what, old, new) for _, what, _, old, new in work.trail.of("assessment 1")]

    # -- filling in ----------------------------------------------------------------------------------------

    async def begins(self, chat: Chat | None = None) -> Seen:
        """The first question on the screen."""
        chat = chat or self.lan
        await chat.says("/tudanhgia")
        await chat.taps(chat.last, "Bắt đầu" if "Bắt đầu" in str(chat.last.buttons) else "Tiếp tục")
        return chat.last

    async def answers(self, chat: Chat, *given: str) -> None:
        for each in given:
            await (chat.taps(chat.last, each[1:]) if each.startswith(">") else chat.says(each))

    async def fills(self, chat: Chat | None = None) -> None:
        """Every criterion with a document, every section of the report."""
        chat = chat or self.lan
        await self.begins(chat)
        for code, given in GIVEN.items():
            chat.sees(f"{code} ")
            await self.answers(chat, *given)
            chat.sees(f"Minh chứng cho {code} ")
            await self.answers(chat, DOCUMENT)
        await self.answers(chat, ">Tiếp")  # behind the last criterion nothing is typed
        chat.sees("Điểm thưởng")
        await self.answers(chat, ">Tiếp")
        chat.sees("Điểm trừ")
        await self.answers(chat, ">Tiếp")
        for number in range(1, 7):
            chat.sees(f"mục {number}/7")
            await self.answers(chat, f"Nội dung mục {number}.", ">Xong mục này")
        await self.answers(chat, ">Không có nội dung")
        chat.sees("Xem lại trước khi nộp")

    def is_filled(self) -> None:
        """The same form as `fills` makes, put there without a conversation."""
        with self.store.work(self.world.calendar.now()) as work:
            actor = work.people.member(self.lan.user_id)
            assert actor is not None
            opening = ListOpenings(work)(actor)[0]
            form = OpenAssessment(work)(actor, opening.membership_id, opening.period)
            for code, given in GIVEN.items():
                for part, text in zip(form.bloc.item(code).asked, given, strict=True):
                    fact = tapped(part, text[1:]) if text.startswith(">") else read(part, text, form.bloc.scale.step)
                    form = RecordFact(work)(actor, form.id, code, part.id, fact, made_for=form.revision)
                form = AddReference(work)(actor, form.id, code, DOCUMENT, made_for=form.revision)
            for section in form.sections:
                text = f"Nội dung {section.name}."
                form = WriteSection(work)(actor, form.id, section.code, text, made_for=form.revision)

    async def proposes(self, chat: Chat | None = None) -> None:
        chat = chat or self.lan
        self.is_filled()
        await chat.says("/tudanhgia")
        await self.answers(chat, ">Xem lại", ">Trình lãnh đạo duyệt")
        chat.sees("Đã trình")

    async def approves(self, chat: Chat | None = None) -> None:
        chat = chat or self.ha
        await chat.says("/tudanhgia")
        await chat.taps(chat.last, "Duyệt")


def tapped(part: Part, label: str) -> Fact:
    """What the button with this label gives."""
    if part.kind is PartKind.CHOICE:
        place = next(p for p, level in zip(part.places, part.levels, strict=True) if level.label.startswith(label))
        return Choice(place)
    return read(part, label, Decimal("0.5"))
