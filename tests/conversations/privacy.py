"""A town of units, each with everything marked by a word of its own, and people who tap and type anything.

Every button that was ever shown to anybody can be tapped by everybody, as it is or with other ids in it. After each
step two things are looked at: all that was sent (screens, labels, notices over the chat, file ids, queued notices) for
the marks of units that the person may not see, and the rows of units that the person may not change.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.actions import SEPARATOR, VERSION
from bot.domain.assessment import Stage
from bot.domain.bloc import Bloc, Content
from bot.domain.files import Attachment, AttachmentState
from bot.domain.people import Member, Role
from bot.domain.typed import read
from bot.usecases.assessment import (
    AddFile,
    AddReference,
    AddressProposal,
    ConfirmWarning,
    EnterEntries,
    Explain,
    ListOpenings,
    OpenAssessment,
    RecordFact,
    WriteSection,
)
from storage import catalogue
from storage.assessment_tables import answers, assessments, evidence, explanations, pieces, versions
from storage.deliveries import deliveries
from storage.fsm import talks
from storage.handins import hand_in_pieces, hand_ins
from storage.people import people
from storage.schema import metadata
from storage.store import Store, engine_for
from storage.tables import discharges
from tests.chat import Chat, World
from tests.conftest import load
from tests.conversations.assessment_office import GIVEN, tapped

MAY_26 = datetime(2026, 5, 26, 3, 0, tzinfo=UTC)  # the mid-year period is open, a list of examples is due on the 29th

# Unit: a share that no other unit has, and three scores that give every unit another total.
UNITS = {"STP": ("613/977", "7,5"), "VKS": ("547/853", "8,5"), "TTT": ("419/787", "9,5"), "TAND": ("331/719", "6,5")}
# Where what is typed is kept as the words of a unit.
WRITING = ("Filling:explanation", "Filling:section", "Filling:addressee", "Filling:reason", "Filling:evidence")
TYPED = (
    "/tudanhgia", "/nop", "/trangthai", "/start", "/huy", "/han", "/tieuchi", "/trogiup", "/hoi", "/thanhvien",
    "/thongbao", "/cauhoi", "95%", "48/50", "0", "đủ", "Không", "1", "125/BC-K ngày 10/6/2026", "https://example.vn/tin",
    "Viện kiểm sát nhân dân tỉnh được bao nhiêu điểm", "Thanh tra tỉnh đã nộp chưa", "minh chứng của Sở Tư pháp",
    "TC1.1", "tổng điểm của đơn vị khác", "hạn nộp báo cáo sơ kết", "xin xem biên nhận", "họp lúc 14:00 thứ Năm",
)  # fmt: skip


class Ear(Chat):
    """A chat that keeps everything that was sent to it, as it was sent."""

    def __init__(self, world: World, user_id: int, name: str) -> None:
        super().__init__(world, user_id, name)
        self.heard: list[str] = []

    def _handle(self, row: Any, digest: str) -> Any:
        replies = super()._handle(row, digest)
        self.heard += [reply.model_dump_json(exclude_none=True, fallback=str) for reply in replies]
        return replies


def mark(unit: str) -> str:
    """A word that stands in every name and text of a unit, and nowhere else."""
    return f"CANARY{unit}"


class Town:
    """The people: every role of four units, a secretary, a stranger, somebody who has left, and one of two units."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.world = World(store, MAY_26)
        self.chats: list[Ear] = []
        self.pool: dict[str, None] = {}  # every callback data that anybody was shown

    def settle(self, bloc: Bloc) -> None:
        """Enrol everybody."""
        load(self.store, bloc, MAY_26)
        ids = count(101)
        for unit in UNITS:
            for role in (Role.LIAISON, Role.DEPUTY, Role.LEADER):
                self._person(next(ids), f"{role.value}-{unit}", (unit, role))
        self._person(next(ids), "secretary", (None, Role.SECRETARY))
        self._person(next(ids), "both", ("STP", Role.LIAISON), ("VKS", Role.LEADER))
        self._person(next(ids), "gone", ("TTT", Role.LIAISON), ("TTT", Role.LEADER))
        self._person(next(ids), "stranger")

    def _person(self, telegram_id: int, name: str, *roles: tuple[str | None, Role]) -> None:
        self.world.person(telegram_id, name, *roles)
        self.chats.append(Ear(self.world, telegram_id, name))

    def move_in(self) -> None:
        """The same people over a copy of the database, with counters that continue."""
        with self.store.engine.connect() as connection:
            rows = connection.execute(select(people.c.telegram_id, people.c.name).order_by(people.c.id)).all()
        self.chats = [Ear(self.world, row.telegram_id, row.name) for row in rows]
        self.chats.append(Ear(self.world, 1 + max(row.telegram_id for row in rows), "stranger"))
        self.world.updates, self.world.messages = count(10**6), count(10**6)

    def chat(self, name: str) -> Ear:
        return next(chat for chat in self.chats if chat.name == name)

    def member(self, chat: Ear) -> Member | None:
        with self.store.reading(self.world.calendar.now()) as work:
            return work.people.member(chat.user_id)

    # -- filling the town ----------------------------------------------------------------------------------

    async def prepare(self) -> None:
        """STP has a draft that was returned, VKS lies with its leader, TTT is submitted, TAND has begun."""
        for unit in UNITS:
            self.fill(unit)
            await self._hand_in(unit)
        for unit in ("STP", "VKS", "TTT"):
            await self._does(self.chat(f"liaison-{unit}"), "/tudanhgia", ">Xem lại", ">Trình lãnh đạo duyệt")
        await self._does(self.chat("leader-STP"), "/tudanhgia", ">Trả lại", f"Lý do {mark('STP')}: xem lại số liệu")
        await self._does(
            self.chat("leader-TTT"), "/tudanhgia", ">Bảng điểm", ">TC1.1", ">Trước", ">Duyệt", ">Bảng điểm"
        )
        await self._does(self.chat("gone"), "/tudanhgia", ">Biên nhận", ">Bảng điểm", ">TC1.1")
        self._leaves(self.chat("gone"))
        for unit in UNITS:
            for role in ("liaison", "deputy", "leader"):
                await self._does(self.chat(f"{role}-{unit}"), "/start", "/trangthai", "/nop", "/tudanhgia")
        await self._does(self.chat("liaison-STP"), ">Mục lục", ">N1", ">TC1.1", ">Minh chứng", ">Giải trình")
        await self._does(self.chat("liaison-STP"), "/tudanhgia", ">Báo cáo", ">1", "/tudanhgia", ">Bảng điểm")
        await self._does(self.chat("liaison-TAND"), ">Mục lục", ">N2", ">TC2.1", ">Minh chứng", ">Tiếp", ">Tổng quan")
        await self._does(self.chat("liaison-TAND"), ">Điểm thưởng", ">DT2", "/tudanhgia", ">Xem lại", "/tudanhgia")
        await self._does(
            self.chat("liaison-TAND"),
            ">Điểm trừ",
            ">TRU3",
            "/tudanhgia",
            ">Báo cáo",
            ">2",
            ">Viết lại",
            ">Xóa, viết lại",
        )
        for unit in ("STP", "TAND"):
            await self._does(self.chat(f"liaison-{unit}"), "/tudanhgia", ">Báo cáo", ">7", ">Nơi nhận 2")
        await self._does(self.chat("liaison-TAND"), "/tudanhgia", ">Báo cáo", ">4", ">Thêm, sửa điển hình")
        await self._does(
            self.chat("leader-VKS"), ">Bảng điểm", ">TC1.2", ">Trước", ">Trang sau", ">Trang sau", ">Mục 1"
        )
        await self._does(self.chat("both"), "/tudanhgia", ">Sở Tư pháp", "/nop", ">Giới thiệu", "/trangthai")
        await self._does(self.chat("secretary"), "/start", "/trangthai", "/thanhvien", "/nop", "/cauhoi")
        self.gather(self.chats)

    async def _does(self, chat: Ear, *given: str) -> None:
        for each in given:
            if not each.startswith(">"):
                await chat.says(each)
            elif any(each[1:] in label for label in chat.last.buttons):
                await chat.taps(chat.last, each[1:])

    async def _hand_in(self, unit: str) -> None:
        chat = self.chat(f"liaison-{unit}")
        await self._does(chat, "/nop", ">Giới thiệu", ">Bắt đầu nộp", ">Tôi đã hiểu")
        await chat.sends_file(f"{mark(unit)}-dien-hinh.pdf", content=f"hồ sơ {unit}".encode())
        await self._does(chat, f"Tập thể {mark(unit)}")
        if unit in ("VKS", "TTT"):
            await self._does(chat, ">Nộp (2 mục)")

    def _leaves(self, chat: Ear) -> None:
        member = self.member(chat)
        assert member is not None
        with self.store.work(MAY_26) as work:
            for each in member.memberships:
                work.people.leave(each.id)

    def fill(self, unit: str) -> None:
        """A whole form of marked facts, files, documents, links, explanations and sections."""
        word, (share, score) = mark(unit), UNITS[unit]
        with self.store.work(MAY_26) as work:
            actor = work.people.member(self.chat(f"liaison-{unit}").user_id)
            assert actor is not None
            opening = ListOpenings(work)(actor)[0]
            form = OpenAssessment(work)(actor, opening.membership_id, opening.period)
            ConfirmWarning(work)(actor)
            given = GIVEN | {"TC1.1": [share], "TC1.7": [">Đủ 15", score, "đủ"]}
            for n, (code, typed) in enumerate(given.items()):
                for part, text in zip(form.bloc.item(code).asked, typed, strict=True):
                    fact = tapped(part, text[1:]) if text.startswith(">") else read(part, text, form.bloc.scale.step)
                    form = RecordFact(work)(actor, form.id, code, part.id, fact, made_for=form.revision)
                words = f"{n + 1}/BC-{word} ngày 10/5/2026" if n % 2 else f"https://{word}.example.vn/{n}"
                form = AddReference(work)(actor, form.id, code, words, made_for=form.revision)
                form = Explain(work)(actor, form.id, code, f"Giải trình {word} {n}", made_for=form.revision)
                if n < 6:
                    file = _file(f"{word}-{n}.pdf", f"FILE{word}{n}", f"{n:02}{unit}".encode().hex().ljust(64, "0"))
                    form, _ = AddFile(work)(actor, form.id, code, file, made_for=form.revision)
            for section in form.sections:
                form = WriteSection(work)(actor, form.id, section.code, f"Báo cáo {word}", made_for=form.revision)
                for kind in [each for each in section.holds if each is not Content.TEXT]:
                    listed = f"1. Dòng {word} một\n2. Dòng {word} hai"
                    form, entries = EnterEntries(work)(
                        actor, form.id, section.code, kind, listed, made_for=form.revision
                    )
                    for entry in entries if kind is Content.PROPOSAL else ():
                        form = AddressProposal(work)(actor, form.id, entry.number, f"Sở {word}", made_for=form.revision)

    # -- what may be seen and changed ----------------------------------------------------------------------

    def gather(self, chats: Sequence[Ear]) -> None:
        """Put every button that was shown there, or waits in a queued notice, into the pool."""
        for chat in chats:
            for sent in chat.heard:
                self._pool(json.loads(sent))
        with self.store.engine.connect() as connection:
            for notice in connection.execute(select(deliveries.c.notice)).scalars():
                for row in (notice or {}).get("buttons", []):
                    self.pool.update(dict.fromkeys(data for _, data, _ in row))

    def _pool(self, sent: Any) -> None:
        if isinstance(sent, dict):
            if "callback_data" in sent:
                self.pool[sent["callback_data"]] = None
            for value in sent.values():
                self._pool(value)
        elif isinstance(sent, list):
            for value in sent:
                self._pool(value)

    def secrets(self) -> dict[str, set[str]]:
        """What only a unit's own people may read, and the secretariat once the form is submitted."""
        found = {unit: {mark(unit), share} for unit, (share, _) in UNITS.items()}
        with self.store.engine.connect() as connection:
            kept = select(versions, assessments.c.unit).join(assessments, assessments.c.id == versions.c.assessment_id)
            for row in connection.execute(kept):
                found[row.unit] |= {row.code, row.digest[:16]}
            for row in connection.execute(select(hand_ins.c.unit, hand_ins.c.receipt)):
                if row.receipt:
                    found[row.unit].add(row.receipt)
        return found

    def rows(self) -> dict[str, str]:
        """Everything that is stored for each unit."""
        with self.store.engine.connect() as connection:
            return {unit: _rows(connection, unit) for unit in UNITS}

    def forms(self) -> dict[str, Stage]:
        with self.store.engine.connect() as connection:
            found = connection.execute(select(assessments.c.unit, assessments.c.stage))
            return {row.unit: Stage(row.stage) for row in found}

    def told(self, after: int) -> list[tuple[int, int, str]]:
        """(id, Telegram id, text) of every queued notice behind one."""
        query = (
            select(deliveries.c.id, people.c.telegram_id, deliveries.c.notice)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(deliveries.c.id > after)
        )
        with self.store.engine.connect() as connection:
            return [
                (row.id, row.telegram_id, json.dumps(row.notice, ensure_ascii=False))
                for row in connection.execute(query)
            ]

    def writes(self, chat: Ear) -> bool:
        """Whether what this person types now is kept as the words of a unit."""
        with self.store.engine.connect() as connection:
            found = connection.execute(select(talks.c.state).where(talks.c.chat_id == chat.user_id)).scalar()
        return found in WRITING


def _file(name: str, file_id: str, digest: str) -> Attachment:
    return Attachment(AttachmentState.STORED, name, 9, "application/pdf", file_id, "", "", digest, "document")


def _rows(connection: Connection, unit: str) -> str:
    found = list(connection.execute(select(assessments).where(assessments.c.unit == unit)).all())
    forms = [row.id for row in found]
    for table in (answers, evidence, explanations, pieces, versions):
        found += connection.execute(select(table).where(table.c.assessment_id.in_(forms))).all()
    bags = connection.execute(select(hand_ins).where(hand_ins.c.unit == unit)).all()
    found += bags
    held = select(hand_in_pieces).where(hand_in_pieces.c.hand_in_id.in_([row.id for row in bags]))
    found += connection.execute(held).all()
    found += connection.execute(select(discharges).where(discharges.c.unit == unit)).all()
    return repr(sorted(map(repr, found)))


@dataclass
class Walk:
    """Steps of anybody, each looked at; `step` raises AssertionError at the first thing that should not be."""

    town: Town
    log: list[str] = field(default_factory=list)
    told: int = 0
    rows: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = self.town.rows()
        self.told = max((row for row, _, _ in self.town.told(0)), default=0)

    async def step(self, who: int, what: int, pick: int, twist: int) -> None:
        """Somebody taps, taps something made up, types, or sends a file; the numbers choose."""
        town = self.town
        chat = town.chats[who % len(town.chats)]
        before, stages = town.member(chat), town.forms()
        own = _units(before)
        chat.heard.clear()
        chat.notices.clear()
        given = await self._act(chat, own, what % 10, pick, twist)
        self.log.append(f"{chat.name}: {given}")
        after = town.member(chat)
        self._heard(chat, own | _units(after), _reads(before, after, stages, town.forms()), given)
        self._changed(chat, own, bool(before and before.is_secretary))
        self._told()
        town.gather([chat])

    async def _act(self, chat: Ear, own: set[str], what: int, pick: int, twist: int) -> str:
        pool = list(self.town.pool)
        if what < 7:
            data = pool[pick % len(pool)]
            data = data if what < 5 else _guessed(data, twist)
            await chat.sends_data(data)
            return data
        if what == 7 and len(own) == 1 and self.town.writes(chat):
            text = f"{pick % 900 + 1}/BC-{mark(next(iter(own)))} ngày 2/5/2026"
        elif what == 8:
            text = f"tep-{pick % 50}.pdf"
            await chat.sends_file(text, content=str(pick % 50).encode())
            return text
        else:
            text = TYPED[pick % len(TYPED)]
        await chat.says(text)
        return text

    def _heard(self, chat: Ear, own: set[str], submitted: set[str], given: str) -> None:
        said = "\n".join([*chat.heard, *chat.notices])
        for unit, secrets in self.town.secrets().items():
            if unit in own or unit in submitted:
                continue
            leaked = [secret for secret in secrets if secret in said and secret not in given]
            assert not leaked, f"{chat.name} read {leaked} of {unit}; the last steps: {self.log[-6:]}\n{said[:2000]}"

    def _changed(self, chat: Ear, own: set[str], secretary: bool) -> None:
        before, self.rows = self.rows, self.town.rows()
        if secretary:  # paper receipts and what is asked for again are hers
            return
        for unit, held in self.rows.items():
            assert unit in own or held == before[unit], f"{chat.name} changed {unit}; the last steps: {self.log[-6:]}"

    def _told(self) -> None:
        by_id = {chat.user_id: chat for chat in self.town.chats}
        for row, telegram_id, text in self.town.told(self.told):
            self.told = max(self.told, row)
            member = self.town.member(by_id[telegram_id])
            own = _units(member)
            for unit, secrets in self.town.secrets().items():
                handed = "assessment.notice-proposed" not in text and "assessment.notice-returned" not in text
                known = unit in own or (member is not None and member.is_secretary and handed)
                assert known or not any(secret in text for secret in secrets), f"{telegram_id} was told: {text}"


def _units(member: Member | None) -> set[str]:
    return set(member.units) if member else set()


def _reads(before: Member | None, after: Member | None, then: dict[str, Stage], now: dict[str, Stage]) -> set[str]:
    """Units whose form the secretariat may read: those that are, or were until this step, submitted."""
    if not any(member and member.is_secretary for member in (before, after)):
        return set()
    return {unit for unit in now if Stage.SUBMITTED in (then.get(unit), now[unit])}


def _guessed(data: str, twist: int) -> str:
    """The same button with another number or word in one field."""
    version, name, *values = data.split(SEPARATOR)
    if version != VERSION or not values:
        return data
    at = twist % len(values)
    number = twist // len(values)
    held = values[at]
    values[at] = str(number % 12) if held.lstrip("-").isdigit() else list(UNITS)[number % len(UNITS)]
    return SEPARATOR.join((version, name, *values))


def copy_of(template: Path, to: Path) -> Store:
    """A store over a copy of a database, as it stands."""
    to.unlink(missing_ok=True)
    for left in (to.with_name(to.name + "-wal"), to.with_name(to.name + "-shm")):
        left.unlink(missing_ok=True)
    source, target = sqlite3.connect(template), sqlite3.connect(to)
    with target:
        source.backup(target)
    source.close()
    target.close()
    catalogue.forget_decoded()
    return Store(engine_for(f"sqlite:///{to}"))


async def build(folder: Path, bloc: Bloc) -> tuple[Path, dict[str, None]]:
    """The town's database, and every button that was shown on the way there."""
    path = folder / "town.db"
    store = Store(engine_for(f"sqlite:///{path}"))
    metadata.create_all(store.engine)
    town = Town(store)
    town.settle(bloc)
    await town.prepare()
    assert town.forms() == {
        "STP": Stage.DRAFT, "VKS": Stage.PROPOSED, "TTT": Stage.SUBMITTED, "TAND": Stage.DRAFT,
    }  # fmt: skip
    store.close()
    return path, town.pool
