"""Who takes part in an appraisal under kills: secretaries, liaisons who answer and object, and reviewers of a pair.

Each has a plan and goes by what stands on the screen. Whoever waits for somebody else looks again after a while, since
a notice may have got lost as *unsure*; whoever waits for an answer of the bot does not, and is stuck when none comes.
"""

import asyncio
import hashlib
import random
import re
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.appraisal_peer import Stance
from bot.tour import Phone, Shown
from tests.e2e.kills import STUCK_SECONDS, Bot

PATIENCE_SECONDS = 6.0  # of a bot that is up, after which somebody who waits for others looks again
NOTICES = re.compile(
    r"❓ Tổ thư ký hỏi thêm Đơn vị|💬 Đơn vị \d+ đã trả lời về|⚖ Đơn vị \d+ đề nghị xem lại"
    r"|📊 Kết quả thẩm định dự kiến của|⚖ Trả lời đề nghị xem lại|✅ Kết quả thẩm định của|👥 Đơn vị \d+ đã gửi phiếu"
)


def typed(points: Decimal) -> str:
    """As people type it."""
    return str(points).replace(".", ",")


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- plans -----------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """What becomes of one line. `points` None: it is accepted."""

    own: Decimal
    points: Decimal | None = None
    reason: str = ""
    request: str = ""
    reply: str = ""
    files: list[bytes] = field(default_factory=list)  # sent after the reply, while the secretary may decide
    # An objection to it, if any:
    objection: str = ""
    support: bytes = b""
    settled: str = ""  # keep, own or points
    settled_at: Decimal | None = None
    decision: str = ""

    @property
    def final(self) -> Decimal | None:
        """The points of the verdict at the end; None: as the unit scored it."""
        if not self.objection or self.settled == "keep":
            return self.points
        return None if self.settled == "own" else self.settled_at

    @property
    def why(self) -> str:
        """The reason that stands with the verdict."""
        if self.final is None:
            return ""
        return self.decision if self.objection and self.settled == "points" else self.reason


@dataclass
class Plan:
    """One unit's form: `lines` in the form's order, by code."""

    unit: str
    name: str
    form: int
    lines: dict[str, Line]
    rest: bool  # what is to be accepted at the end is accepted by one tap

    @property
    def objected(self) -> str:
        return next((code for code, line in self.lines.items() if line.objection), "")

    def code(self, place: str) -> str:
        """Of a line, as buttons name it."""
        return sorted(self.lines)[int(place)]


@dataclass
class PeerLine:
    stance: Stance
    points: Decimal | None = None
    text: str = ""


@dataclass
class Hall:
    """What everybody knows of each other."""

    bot: Bot
    think: float
    over: asyncio.Event = field(default_factory=asyncio.Event)  # no more objections: results become final
    gave_up: bool = False
    moved_at: float = 0.0  # when anybody did something of a plan the last time, in the bot's uptime


# -- everybody -------------------------------------------------------------------------------------------------


@dataclass
class Visitor(ABC):
    """`owed`: the bot has been given something and has not answered yet."""

    phone: Phone
    luck: random.Random
    hall: Hall
    command: str = "/thamdinh"
    screens: deque[Shown] = field(default_factory=deque)
    notices: dict[int, str] = field(default_factory=dict)  # by message
    unread: deque[Shown] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    seen: Shown | None = None  # what was acted on
    last: Shown | None = None  # what came
    did: set[str] = field(default_factory=set)
    done: bool = False
    owed: bool = False
    at: float = 0.0  # of the last thing that happened, in the bot's uptime
    looked_at: float = 0.0
    again: int = 0

    def receives(self, message: Shown) -> None:
        self.last = message
        if NOTICES.match(message.text):
            if message.id not in self.notices:
                self.notices[message.id] = message.text
                self.unread.append(message)
        else:
            self.screens.append(message)
        self.news.set()

    def once(self, what: str) -> bool:
        """Whether this is the first time."""
        fresh = what not in self.did
        self.did.add(what)
        self.again += not fresh
        if fresh:
            self.hall.moved_at = self.hall.bot.uptime()
        return fresh

    async def taps(self, message: Shown, label: str) -> bool:
        await self.phone.taps(message, label)
        return True

    async def says(self, text: str) -> bool:
        await self.phone.says(text)
        return True

    async def lives(self) -> None:
        """Until everything of the plan is done. Raises TimeoutError for somebody who is stuck or waits in vain."""
        try:
            await self._lives()
        except BaseException:
            self.hall.gave_up = True
            raise

    async def _lives(self) -> None:
        hall = self.hall
        self.at = hall.moved_at = hall.bot.uptime()
        await self._looks()
        while not self.done:
            try:
                await asyncio.wait_for(self.news.wait(), 1.0)
            except TimeoutError:
                if await self._waits():
                    continue
                return
            self.news.clear()
            if hall.bot.uptime() - hall.moved_at > 2 * STUCK_SECONDS:
                raise self._stuck("goes round in circles")
            while self.screens and not self.done:
                await self._goes_on(self.screens.popleft())
            if not self.owed and self.unread and not self.done:
                await self._reads(self.unread.popleft())

    async def _looks(self) -> None:
        self.owed, self.seen, self.looked_at = True, None, self.hall.bot.uptime()
        await self.phone.says(self.command)

    async def _goes_on(self, message: Shown) -> None:
        if self.owed and self.seen and (message.text, message.buttons) == (self.seen.text, self.seen.buttons):
            self.again += 1  # the screen that was acted on, again after a restart: the answer is on its way
            return
        await asyncio.sleep(self.luck.uniform(0, self.hall.think))
        acted = await self.step(message)
        if acted is None:
            return  # it asks for nothing new: what is owed is still owed
        self.at = self.hall.bot.uptime()
        self.owed = acted
        self.seen = message if acted else self.seen

    async def _reads(self, notice: Shown) -> None:
        await asyncio.sleep(self.luck.uniform(0, self.hall.think))
        if await self.read(notice):
            self.seen, self.owed, self.at = notice, True, self.hall.bot.uptime()

    async def _waits(self) -> bool:
        """Nothing came for a while; False for somebody who waits for people that gave up."""
        hall, now = self.hall, self.hall.bot.uptime()
        if self.owed:
            if now - self.at > STUCK_SECONDS:
                raise self._stuck("is stuck")
            return True
        if hall.gave_up:
            return False
        if now - hall.moved_at > STUCK_SECONDS:
            raise self._stuck("waits in vain")
        if self.unread:
            await self._reads(self.unread.popleft())
        elif now - max(self.at, self.looked_at) > PATIENCE_SECONDS or (hall.over.is_set() and self.once("over")):
            await self._looks()
            self.at = now
        return True

    def _stuck(self, how: str) -> TimeoutError:
        acted, came = (each.text[:300] if each else "(nothing)" for each in (self.seen, self.last))
        return TimeoutError(f"{self.phone.name} {how} after {len(self.did)} steps at: {acted}\n... and saw: {came}")

    # -- what differs --------------------------------------------------------------------------------------

    @abstractmethod
    async def step(self, message: Shown) -> bool | None:
        """True: something was done; False: nothing to do for now; None: the screen says nothing new."""

    @abstractmethod
    async def read(self, notice: Shown) -> bool:
        """Whether its button was tapped."""


def button(message: Shown, kind: str) -> tuple[str, list[str]] | None:
    """(label, fields) of the first button of a kind, as packed: `1:<kind>:<field>:...`."""
    for label, data in message.buttons.items():
        fields = data.split(":")
        if fields[:2] == ["1", kind]:
            return label, fields[2:]
    return None


# -- a secretary -----------------------------------------------------------------------------------------------


@dataclass
class Secretary(Visitor):
    """Appraises the forms of some units, one after the other."""

    plans: dict[int, Plan] = field(default_factory=dict)  # by form
    waiting: set[int] = field(default_factory=set)  # forms with nothing to do for now
    final: set[int] = field(default_factory=set)
    decided: set[str] = field(default_factory=set)  # "form code": a decision or a question was given

    async def _looks(self) -> None:
        self.waiting.clear()  # what was known of others may have changed
        await super()._looks()

    async def read(self, notice: Shown) -> bool:
        found = button(notice, "ti")
        if found is None or int(found[1][0]) not in self.plans:
            return False
        self.waiting.discard(int(found[1][0]))
        return await self.taps(notice, found[0])

    async def step(self, message: Shown) -> bool | None:
        if "👉 Gõ" in message.text:
            return await self._types(message)
        if sure := button(message, "tn") or button(message, "tf") or button(message, "tt"):
            self.once(message.buttons[sure[0]])
            return await self.taps(message, sure[0])
        if "Bản chưa xem xếp trên" in message.text:
            return await self._chooses(message)
        if button(message, "tp") and "Đã quyết định" in message.text:
            return await self._form(message)
        if " · dòng " in message.text:
            return await self._line(message)
        return None

    async def _chooses(self, message: Shown) -> bool | None:
        for label, data in message.buttons.items():
            fields = data.split(":")
            if fields[1] == "to" and int(fields[2]) in self.plans:
                form = int(fields[2])
                if form not in self.waiting | self.final:
                    return await self.taps(message, label)
        left = self.plans.keys() - self.waiting - self.final
        pages = [label for label, data in message.buttons.items() if data.startswith("1:tl:")]
        return await self.taps(message, pages[-1]) if left and pages else False

    async def _form(self, message: Shown) -> bool | None:
        found = button(message, "tp")
        assert found is not None
        form = int(found[1][0])
        plan = self.plans.get(form)
        if plan is None:
            return None
        if "✅ Kết quả chính thức từ" in message.text:
            self.final.add(form)
            self.once(f"final {form}")
            if len(self.final) == len(self.plans):
                self.done = True
                return True
        rest = button(message, "tr")
        if rest and plan.rest and self._only_accepting(plan):
            self.once(message.buttons[rest[0]])
            return await self.taps(message, rest[0])
        labels = ("⚖ Trả lời đề nghị", "▶ Xem tiếp", "📨 Báo kết quả dự kiến")
        for wanted in (*labels, "✅ Chốt chính thức") if self.hall.over.is_set() else labels:
            if label := next((label for label in message.buttons if label.startswith(wanted)), None):
                return await self.taps(message, label)
        if form not in self.final:
            self.waiting.add(form)
        return await self.taps(message, "« Danh sách thẩm định")

    def _only_accepting(self, plan: Plan) -> bool:
        """Whether every line that has not been looked at is to be accepted as it is."""
        left = [line for code, line in plan.lines.items() if f"{plan.form} {code}" not in self.decided]
        return bool(left) and all(line.points is None and not line.request for line in left)

    async def _line(self, message: Shown) -> bool | None:
        accept, points, settle = button(message, "ta"), button(message, "tg"), button(message, "ts")
        if settle:
            return await self._settles(message)
        found = accept or points
        if accept is None or found is None or "Thẩm định: " in message.text:
            back = next((label for label, data in message.buttons.items() if data.startswith("1:to:")), None)
            return await self.taps(message, back) if back else None
        form, place, _ = found[1]
        plan = self.plans.get(int(form))
        if plan is None:
            return None
        code, line = plan.code(place), plan.lines[plan.code(place)]
        if plan.rest and f"{form} {code}" not in self.decided and self._only_accepting(plan):
            return await self.taps(message, "« Bản thẩm định")
        self.decided.add(f"{form} {code}")
        if line.request and line.request not in message.text:
            return await self._starts(message, "tq")
        if line.request and "Đơn vị chưa trả lời." in message.text:
            return await self.taps(message, "« Bản thẩm định")
        return await self._starts(message, "ta" if line.points is None else "tg")

    async def _starts(self, message: Shown, kind: str) -> bool | None:
        found = button(message, kind)
        assert found is not None
        label, fields = found
        if not self.once(f"{kind} {':'.join(fields)}"):
            return None
        self.did -= {each for each in self.did if each.startswith(f"typed {fields[0]} {fields[1]} ")}
        return await self.taps(message, label)

    async def _settles(self, message: Shown) -> bool | None:
        for label, data in message.buttons.items():
            fields = data.split(":")
            if fields[1] != "ts":
                continue
            plan = self.plans[int(fields[2])]
            if fields[4] == plan.lines[plan.objected].settled:
                if not self.once(data):
                    return None
                self.did -= {each for each in self.did if each.startswith(f"typed {plan.form} ")}
                return await self.taps(message, label)
        return None

    async def _types(self, message: Shown) -> bool | None:
        back = button(message, "ti")
        if back is None:
            return None
        form, place = back[1]
        plan = self.plans[int(form)]
        line, text = plan.lines[plan.code(place)], message.text
        settling = bool(line.objection) and self._settling(plan)
        if "Gõ lý do của quyết định" in text:
            what, given = "decision", line.decision
        elif "Gõ nội dung cần" in text:
            what, given = "request", line.request
        elif "Gõ lý do" in text:
            what, given = "reason", line.reason
        else:
            points = line.settled_at if settling else line.points
            assert points is not None
            what, given = "points", typed(points)
        if not self.once(f"typed {form} {place} {what}"):
            return None
        return await self.says(given)

    def _settling(self, plan: Plan) -> bool:
        return any(each.startswith(f"1:ts:{plan.form}:") for each in self.did)


# -- a liaison -------------------------------------------------------------------------------------------------


@dataclass
class Liaison(Visitor):
    """Answers what is asked, sends a further file, objects once, and reads the final result."""

    command: str = "/tudanhgia"
    plan: Plan = field(default_factory=lambda: Plan("", "", 0, {}, rest=False))
    listed: set[str] = field(default_factory=set)  # names of files that the bot showed as received
    refused: set[str] = field(default_factory=set)  # those it said it no longer takes
    sent: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # name -> (code, bytes)
    answered: set[str] = field(default_factory=set)  # codes: nothing more is to be sent
    objected: bool = False
    settled: bool = False
    total: str = ""  # of the final result, as it was read

    def name_of(self, code: str, content: bytes) -> str:
        return f"{self.plan.unit} {code} {sha(content)[:8]}.pdf"

    async def read(self, notice: Shown) -> bool:
        label = next(iter(notice.buttons), "")
        if "⚖ Trả lời đề nghị" in notice.text:
            self.settled = True
            return False
        found = re.search(r"Xin làm rõ (\S+) của", notice.text)
        if found and found.group(1) in self.answered:
            return False
        return await self.taps(notice, label)

    async def step(self, message: Shown) -> bool | None:
        text = message.text
        if "👉 Gõ lý do đề nghị xem lại" in text:
            line = self.plan.lines[self.plan.objected]
            return await self.says(line.objection) if self.once("objection") else None
        if "Kết quả thẩm định dự kiến\n" in text or "Kết quả thẩm định chính thức\n" in text:
            return await self._result(message)
        if "Dòng khác điểm tự chấm" in text:
            return await self.taps(message, self.plan.objected)
        if label := next((label for label in message.buttons if label == "⚖ Đề nghị xem lại"), None):
            return await self.taps(message, label) if self.once(message.buttons[label]) else None
        if label := next((label for label in message.buttons if label == "⚖ Đề nghị của đơn vị"), None):
            self.objected = True
            return await self.taps(message, label)
        if found := re.search(r"Xin làm rõ (\S+) của", text):
            if button(message, "tu"):  # the list of requests
                return await self._requests(message)
            return await self._exchange(message, found.group(1), self.plan.lines[found.group(1)].files)
        if self.plan.objected and self.plan.lines[self.plan.objected].objection in text:
            self.objected = True
            support = self.plan.lines[self.plan.objected].support
            return await self._exchange(message, self.plan.objected, [support] if support else [])
        if "Tổ thư ký hỏi thêm\n" in text or "Hiện không có câu hỏi" in text:
            return await self._requests(message)
        if "Đang giữ" in text:
            return await self.taps(message, "Tôi đã hiểu")
        return await self._overview(message)

    async def _overview(self, message: Shown) -> bool | None:
        if label := next((label for label in message.buttons if label.startswith("❓ Tổ thư ký hỏi thêm (")), None):
            return await self.taps(message, label)
        if "📊 Kết quả thẩm định" in message.buttons:
            return await self.taps(message, "📊 Kết quả thẩm định")
        return False if "Tự chấm điểm" in message.text else None

    async def _requests(self, message: Shown) -> bool | None:
        for label, data in message.buttons.items():
            if data.startswith("1:tu:") and label not in self.answered:
                return await self.taps(message, label)
        return False

    async def _exchange(self, message: Shown, code: str, files: list[bytes]) -> bool | None:
        line, text = self.plan.lines[code], message.text
        self.listed |= {name for name in self.sent if f"📎 {name}" in text}
        if "không bổ sung được nữa" in text:
            self.refused |= {name for name, (of, _) in self.sent.items() if of == code and name not in self.listed}
            self.answered.add(code)
            return False
        asked = line.request in text if line.request else False
        if asked and line.reply not in text:
            return await self.says(line.reply) if self.once(f"reply {code}") else None
        if "Tôi đã hiểu" in message.buttons and ("Đang giữ" in text or self.luck.random() < 0.5):
            return await self.taps(message, "Tôi đã hiểu")
        for content in files:
            name = self.name_of(code, content)
            if name in self.listed:
                continue
            if name in self.sent:
                return None
            self.sent[name] = (code, content)
            self.once(name)
            await self.phone.sends_files([(name, content)])
            return True
        self.answered.add(code)
        return False

    async def _result(self, message: Shown) -> bool | None:
        text = message.text
        if "Kết quả thẩm định chính thức\n" in text:
            found = re.search(r"Thẩm định: (\S+) điểm", text)
            self.total, self.done = found.group(1) if found else "", True
            return True
        if "chờ trả lời: 0" in text:
            self.settled = True
        if self.plan.objected and not self.objected:
            label = next((label for label in message.buttons if "Các dòng khác" in label), None)
            return await self.taps(message, label) if label else None
        return False


# -- a reviewer ------------------------------------------------------------------------------------------------


@dataclass
class Reviewer(Visitor):
    """Of one unit of a pair, about the other's form."""

    unit: str = ""
    form: int = 0
    codes: list[str] = field(default_factory=list)  # every line of the form, as buttons name them by their place
    lines: dict[str, PeerLine] = field(default_factory=dict)
    rest: bool = False
    given: set[str] = field(default_factory=set)

    async def read(self, notice: Shown) -> bool:
        return False

    async def step(self, message: Shown) -> bool | None:
        if "👉 Gõ" in message.text:
            return await self._types(message)
        if "Thẩm định chéo: " in message.text:
            return await self._overview(message)
        if button(message, "wa"):
            return await self._line(message)
        return None

    async def _overview(self, message: Shown) -> bool | None:
        if "✅ Đã gửi phiếu" in message.text:
            self.done = True
            return True
        rest = button(message, "wr")
        if rest and self.rest and self._only_agreeing():
            self.once(message.buttons[rest[0]])
            return await self.taps(message, rest[0])
        for wanted in ("▶ Xem tiếp", "📨 Gửi phiếu"):
            if label := next((label for label in message.buttons if label.startswith(wanted)), None):
                return await self.taps(message, label)
        return None

    def _only_agreeing(self) -> bool:
        left = [line for code, line in self.lines.items() if code not in self.given]
        return bool(left) and all(line.stance is Stance.AGREE for line in left)

    async def _line(self, message: Shown) -> bool | None:
        found = button(message, "wa")
        assert found is not None
        code = self.codes[int(found[1][1])]
        if "👥 Ý kiến của đơn vị" in message.text or (self.rest and code not in self.given and self._only_agreeing()):
            return await self.taps(message, "« Phiếu thẩm định")
        self.given.add(code)
        kind = {Stance.AGREE: "wa", Stance.REMARK: "wm", Stance.POINTS: "wg"}[self.lines[code].stance]
        label, fields = button(message, kind) or ("", [])
        if not self.once(f"{kind} {':'.join(fields)}"):
            return None
        self.did -= {each for each in self.did if each.startswith(f"typed {fields[1]} ")}
        return await self.taps(message, label)

    async def _types(self, message: Shown) -> bool | None:
        back = button(message, "wi")
        if back is None:
            return None
        place = back[1][1]
        line = self.lines[self.codes[int(place)]]
        points = "Gõ nhận xét" not in message.text and "Gõ lý do" not in message.text
        if not self.once(f"typed {place} {'points' if points else 'text'}"):
            return None
        return await self.says(typed(line.points) if points and line.points is not None else line.text)
