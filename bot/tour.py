"""The guided tour of the demo, and the people who walk it: everything over HTTP, as a page or a phone would.

`LocalTelegram` and `Phone` speak the sandbox's control API; nothing here reaches into the bot.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE_SECONDS = 60.0


class TourFailed(Exception):
    """A step did not do what it should; the message says which and what was seen instead."""


class LocalTelegram:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def get(self, path: str, **params: object) -> Any:
        async with self._client.get(f"/sandbox/{path}", params={k: str(v) for k, v in params.items()}) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def post(self, path: str, body: dict[str, Any] | aiohttp.FormData) -> Any:
        given: dict[str, Any] = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self._client.post(f"/sandbox/{path}", **given) as answer:
            said = await answer.json()
            if answer.status != 200:
                raise TourFailed(f"{path}: {said}")
            return said

    async def person(self, name: str, username: str = "") -> "Phone":
        """A new person with a phone."""
        made = await self.post("users", {"first_name": name, "username": username})
        return Phone(self, int(made["id"]), name)

    async def calendar(self, to: str, *, allow_back: bool = False) -> None:
        """Move the calendar; `to` is Vietnamese time, "2026-06-12T08:00"."""
        await self.post("calendar", {"to": to, "allow_back": allow_back})

    async def faults(self, **switches: Any) -> None:
        await self.post("faults", switches)

    async def calls(self) -> list[dict[str, Any]]:
        """Every Bot API call so far."""
        return list((await self.get("log", after=0))["calls"])

    async def something_new(self, after: int, seconds: float) -> int:
        """Wait for any event past `after`; returns the newest sequence number."""
        return int((await self.get("events", after=after, wait=seconds))["seq"])

    async def now_at(self) -> int:
        return int((await self.get("state"))["seq"])


@dataclass(frozen=True)
class Shown:
    """A message as it stands on a phone now."""

    id: int
    text: str
    buttons: dict[str, str]
    from_bot: bool
    edited: bool

    def data(self, label: str) -> str | None:
        """What the button whose label holds `label` carries."""
        exact = self.buttons.get(label)
        return exact or next((data for text, data in self.buttons.items() if label in text), None)


class Phone:
    """One person's private chat with the bot."""

    def __init__(self, telegram: LocalTelegram, user_id: int, name: str) -> None:
        self.telegram, self.id, self.name = telegram, user_id, name

    async def starts(self, payload: str = "") -> None:
        await self._act("start", payload=payload)

    async def says(self, text: str) -> None:
        await self._act("send", text=text)

    async def sends_file(self, name: str, content: bytes, caption: str = "") -> None:
        await self.sends_files([(name, content)], caption)

    async def sends_files(self, files: Sequence[tuple[str, bytes]], caption: str = "", kind: str = "document") -> None:
        """One file, or several as an album; `kind` is "document" or "photo"."""
        # Names as they are: quoted ones would arrive with percent signs in place of Vietnamese letters.
        form = aiohttp.FormData({"from": str(self.id), "caption": caption, "as": kind}, quote_fields=False)
        media = "image/png" if kind == "photo" else "application/pdf"
        for name, content in files:
            form.add_field("file", content, filename=name, content_type=media)
        await self.telegram.post(f"chats/{self.id}/send", form)

    async def taps(self, message: Shown, label: str) -> None:
        data = message.data(label)
        if data is None:
            raise TourFailed(f"{self.name}: không thấy nút “{label}” dưới: {message.text[:200]}")
        await self._act("tap", message_id=message.id, data=data)

    async def _act(self, move: str, **body: Any) -> Any:
        return await self.telegram.post(f"chats/{self.id}/{move}", {"from": self.id, **body})

    async def screen(self) -> list[Shown]:
        """Every message of the chat, oldest first."""
        found = await self.telegram.get(f"chats/{self.id}/messages", viewer=self.id)
        return [as_shown(message) for message in found["messages"] if not message.get("deleted")]

    async def sees(self, *parts: str, new: bool = True, seconds: float = PATIENCE_SECONDS) -> Shown:
        """Wait for a message of the bot that holds every part (or a RegEx-free bit of it), the newest first.

        With `new`, messages that stood there unchanged when the last call returned do not count.
        """
        end = time.monotonic() + seconds
        seq = await self.telegram.now_at()
        while True:
            messages = [m for m in await self.screen() if m.from_bot]
            known = self.__dict__.setdefault("_known", {})
            for message in reversed(messages):
                fresh = not new or known.get(message.id) != (message.text, tuple(message.buttons))
                if fresh and all(part in message.text for part in parts):
                    known.update({m.id: (m.text, tuple(m.buttons)) for m in messages})
                    return message
            left = end - time.monotonic()
            if left <= 0:
                last = messages[-1].text if messages else "(chưa có tin nào)"
                raise TourFailed(f"{self.name} đợi {parts} mà chỉ thấy: {last[:400]}")
            seq = await self.telegram.something_new(seq, min(left, 2.0))


def as_shown(message: dict[str, Any]) -> Shown:
    html = message.get("html") or message.get("caption") or message.get("text") or ""
    keyboard = message.get("keyboard") or []
    buttons = {b["text"]: b.get("data") or b.get("url") or "" for row in keyboard for b in row}
    text = unescape(re.sub(r"<[^<>]*>", "", html.replace("<br>", "\n")))
    return Shown(message["id"], text, buttons, bool(message["from_bot"]), bool(message.get("edited")))


# -- filling in a form ---------------------------------------------------------------------------------------

FACT = "1:gf:"  # the payload of a button that answers a question: 1:gf:<form>:<line>:<part>:<fact>:<revision>


def question_of(message: Shown) -> tuple[str, str] | None:
    """(line, part) of the question that a message asks; None where it asks none."""
    for data in message.buttons.values():
        if data.startswith(FACT):
            fields = data.split(":")
            return fields[3], fields[4]
    return None


def options_of(message: Shown) -> list[str]:
    """Labels of the buttons that answer the question."""
    return [label for label, data in message.buttons.items() if data.startswith(FACT)]


@dataclass(frozen=True)
class Move:
    """What a person does at a screen: tap a button, type a text, or send a file."""

    tap: str = ""
    text: str = ""
    file: str = ""

    @property
    def shown(self) -> str:
        return f"[{self.tap}]" if self.tap else f"📎 {self.file}" if self.file else self.text


def usual_move(message: Shown) -> Move | None:
    """What an officer with every figure ready would do here; None at a screen that needs no more."""
    text = message.text
    if "Gõ tỷ lệ" in text:
        return Move(text="97/100")
    if "Gõ điểm từ" in text:
        return Move(tap=options_of(message)[0])
    if "Gõ hoặc bấm số lượng" in text:
        return Move(tap="1" if "-" not in text.split("điểm mỗi lần")[0][-6:] else "0")
    if "Bấm chọn một mức" in text:
        return Move(tap=options_of(message)[0])
    if "Bấm Có hoặc Không" in text:
        return Move(tap="Không")
    if "Tiếp ▶" in message.buttons:
        return Move(tap="Tiếp ▶")
    if "Minh chứng cho" in text:
        return Move(text="125/BC-VKS ngày 29/5/2026")
    if "gửi tới cơ quan nào" in text:
        return Move(tap=next(iter(message.buttons)))
    if "Báo cáo, mục" in text:
        written = "Xong mục này ▶" in message.buttons and "Đã có" in text
        return (
            Move(tap="Xong mục này ▶") if written else Move(text="Đơn vị đã thực hiện đúng kế hoạch, có số liệu kèm.")
        )
    return None


async def act(phone: Phone, message: Shown, move: Move) -> None:
    """Do it, as a thumb would."""
    if move.tap:
        await phone.taps(message, move.tap)
    elif move.file:
        await phone.sends_file(move.file, b"%PDF-1.4 " + move.file.encode() * 400)
    else:
        await phone.says(move.text)


# -- the tour ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guest:
    """Somebody who joins in the tour, with a one-time link's token."""

    name: str
    username: str
    token: str


class Tour:
    """Plays the four jobs once and prints each line as the person saw it. Raises TourFailed at the first wrong step."""

    REMINDER_DAY = "2026-06-12T08:00"  # seven days before the mid-year deadline of the sample

    def __init__(self, url: str, username: str, guests: dict[str, Guest], say: Callable[[str], None]) -> None:
        self._url, self._username, self._guests, self._say = url, username, guests, say

    async def prepare(self, start: str) -> None:
        """Set the calendar and give everybody a phone, whether the tour is played or not."""
        async with LocalTelegram(self._url) as telegram:
            await telegram.calendar(start, allow_back=True)
            for guest in self._guests.values():
                await telegram.person(guest.name, guest.username)

    async def play(self) -> None:
        async with LocalTelegram(self._url) as telegram:
            self._telegram = telegram
            users = (await telegram.get("state"))["users"]
            ids = {user["username"]: int(user["id"]) for user in users}
            self._phones = {part: Phone(telegram, ids[g.username], g.name) for part, g in self._guests.items()}
            await self._join()
            await self._ask()
            await self._assess()
            await self._remind()
            await self._broadcast()

    # -- steps ---------------------------------------------------------------------------------------------

    async def _join(self) -> None:
        self._title("1. Tham gia bằng đường dẫn mời dùng một lần")
        for part, guest in self._guests.items():
            phone = self._phones[part]
            if part == "liaison":
                self._heard(phone.name, f"(bấm) https://t.me/{self._username}?start={guest.token}")
            await phone.starts(guest.token)
            welcome = await phone.sees("Rời", new=False) if part == "liaison" else await phone.sees("", new=True)
            self._seen(phone.name, welcome, 12 if part == "liaison" else 2)

    async def _ask(self) -> None:
        self._title("2. Hỏi đáp từ dữ liệu của Khối, có dấu hay không dấu")
        liaison = self._phones["liaison"]
        for question, expected in (
            ("Cải cách hành chính xếp loại khá thì được mấy điểm?", ("TC1.6", "32")),
            ("han nop bao cao so ket 6 thang la ngay nao", ("19/6/2026",)),
        ):
            self._heard(liaison.name, question)
            await liaison.says(question)
            self._seen(liaison.name, await liaison.sees(*expected), 14)

    async def _assess(self) -> None:
        self._title("3. Tự chấm điểm 6 tháng: từng câu một, có minh chứng, lãnh đạo duyệt")
        liaison, leader = self._phones["liaison"], self._phones["leader"]
        self._heard(liaison.name, "/tudanhgia")
        await liaison.says("/tudanhgia")
        overview = await liaison.sees("Tự chấm điểm")
        self._seen(liaison.name, overview, 10)
        await liaison.taps(overview, "Bắt đầu")
        review = await self._fill_in(liaison, await liaison.sees("👉"))
        self._seen(liaison.name, review, 14)
        self._heard(liaison.name, "[Trình lãnh đạo duyệt]")
        await liaison.taps(review, "Trình lãnh đạo duyệt")
        self._seen(liaison.name, await liaison.sees("Đã trình"), 4)
        asked = await leader.sees("trình anh/chị duyệt")
        self._seen(leader.name, asked, 6)
        self._heard(leader.name, "[Duyệt]")
        await leader.taps(asked, "Duyệt")
        self._seen(leader.name, await leader.sees("Biên nhận"), 10)
        self._seen(liaison.name, await liaison.sees("đã duyệt bản tự chấm điểm"), 4)
        self._seen(self._phones["secretary"].name, await self._phones["secretary"].sees("đã nộp bản tự chấm điểm"), 4)

    async def _fill_in(self, phone: Phone, screen: Shown) -> Shown:
        """Answer screen after screen until the review says that nothing is missing; print the first few."""
        steps, printed, sent_file, sent_report = 0, 0, False, False
        while "Đã đủ" not in screen.text:
            move = usual_move(screen)
            if "Tôi đã hiểu" in screen.buttons and not sent_file:
                move = Move(tap="Tôi đã hiểu")
            elif move and move.text and "Minh chứng cho" in screen.text and not sent_file:
                move, sent_file = Move(file="bang-doi-chieu-chi-tieu.pdf"), True
            elif "Báo cáo, mục 2/" in screen.text and not sent_report:
                move, sent_report = Move(file="bao-cao-so-ket-6-thang.pdf"), True
            elif move is None and "Xem lại và nộp" in screen.buttons:
                move = Move(tap="Xem lại và nộp")
            if move is None:
                raise TourFailed(f"không biết làm gì ở màn hình: {screen.text[:300]}")
            steps += 1
            if printed < 8:
                self._seen(phone.name, screen, 16)
                self._heard(phone.name, move.shown)
                printed += 1
            elif steps % 15 == 0:
                self._say(f"   … {screen.text.splitlines()[0][:90]}")
            await act(phone, screen, move)
            screen = await phone.sees("")
            if steps > 400:
                raise TourFailed("bản tự chấm điểm không đi tới cuối")
        self._say(f"   ({steps} lượt bấm hoặc gõ cho cả bản tự chấm và báo cáo)")
        return screen

    async def _remind(self) -> None:
        self._title("4. Lịch sang 08:00 ngày 12/6/2026: nhắc đơn vị chưa nộp, không nhắc đơn vị đã nộp")
        other, liaison = self._phones["other"], self._phones["liaison"]
        before = {message.id for message in await liaison.screen()}
        await self._telegram.calendar(self.REMINDER_DAY)
        self._seen(other.name, await other.sees("Còn 7 ngày", "báo cáo sơ kết"), 10)
        await asyncio.sleep(2)  # a reminder for the unit that has handed in would have been queued with this one
        fresh = [message for message in await liaison.screen() if message.id not in before]
        if any("báo cáo sơ kết" in message.text for message in fresh):
            raise TourFailed("đơn vị đã nộp vẫn bị nhắc")

    async def _broadcast(self) -> None:
        self._title("5. Thư ký gửi thông báo cho mọi người và xem ai đã nhận")
        secretary, liaison = self._phones["secretary"], self._phones["liaison"]
        self._heard(secretary.name, "/thongbao")
        await secretary.says("/thongbao")
        self._seen(secretary.name, await secretary.sees("Thông báo tới mọi thành viên"), 4)
        text = "Hội nghị sơ kết 6 tháng họp lúc 08:00 ngày 10/7/2026 tại Sở Tư pháp."
        self._heard(secretary.name, text)
        await secretary.says(text)
        preview = await secretary.sees("Sẽ gửi tới 3 người")
        self._seen(secretary.name, preview, 14)
        self._heard(secretary.name, "[Yêu cầu bấm “Đã nhận”]")
        await secretary.taps(preview, "“Đã nhận”")
        preview = await secretary.sees("sẽ có nút")
        self._heard(secretary.name, "[Gửi tới 3 người]")
        await secretary.taps(preview, "Gửi tới 3 người")
        for part in ("liaison", "leader", "other"):
            received = await self._phones[part].sees("10/7/2026")
            self._seen(self._phones[part].name, received, 4)
            if part == "liaison":
                self._heard(liaison.name, "[Đã nhận]")
                await liaison.taps(received, "Đã nhận")
        self._seen(secretary.name, await secretary.sees("Đã gửi xong: 3/3", new=False), 14)

    # -- how it is printed ---------------------------------------------------------------------------------

    def _title(self, text: str) -> None:
        self._say(f"\n━━ {text} ━━")

    def _heard(self, name: str, text: str) -> None:
        self._say(f"\n{name}: {text}")

    def _seen(self, name: str, message: Shown, lines: int) -> None:
        shown = message.text.splitlines()
        self._say(f"  → {name} thấy:")
        for line in shown[:lines]:
            self._say(f"    │ {line}")
        if len(shown) > lines:
            self._say("    │ …")
        if message.buttons:
            self._say("    │ " + " ".join(f"[{label}]" for label in message.buttons))
