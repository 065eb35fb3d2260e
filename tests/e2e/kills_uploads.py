"""Kill -9 at random moments while offices fill in whole forms with photos, documents and albums, up to their receipts.

    python -m tests.e2e.kills_uploads --kills 300 --units 20 --criteria 25 [--think 6] [--twice] [--seed N]

Every unit has a liaison, who answers, proves, writes the report and proposes, and a leader, who approves. Afterwards
every answer is there once, every file lies on the disk under its hash and is listed once where it was sent, and every
receipt is true: its hash and its total are worked out again from the database. Exit status 0 when all promises held.
"""

import asyncio
import hashlib
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.assessment import REPORT, Assessment, EvidenceKind
from bot.domain.assessment_receipt import digest, snapshot
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Content
from bot.domain.calendar import Period
from bot.domain.people import Role
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone, Shown, question_of
from bot.usecases.assessment import load
from storage.migrate import migrate
from storage.store import Store, engine_for
from tests.e2e.kills import (
    MONDAY,
    STUCK_SECONDS,
    TOKEN,
    Bot,
    Person,
    Street,
    bloc_of,
    check,
    choose,
    endure,
    reason_for,
    told,
)

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x02\x00\x00\x00"
MOST_PROPOSALS = 3
MOST_FILE = 60_000  # bytes: large enough to be killed in the middle of one
ONCE_MORE = 0.15  # how often a person sends one more file after the next question has come
AGAIN = 0.1  # how often a file that stands elsewhere in the form is sent again
PATIENCE_SECONDS = 8.0  # of a bot that is up: after that a leader looks by herself, since a notice may be unsure


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Filler(Person):
    """A liaison, and everything that was sent: by item, what has to be listed there, each once."""

    proofs: dict[str, Counter[str]] = field(default_factory=dict)
    bytes_of: dict[str, bytes] = field(default_factory=dict)
    sections: set[str] = field(default_factory=set)
    proposals: dict[str, str] = field(default_factory=dict)  # each with the body that it was said to be for
    unsaid: list[str] = field(default_factory=list)  # proposals that are still to be typed, one a message
    tapped: set[str] = field(default_factory=set)
    understood: bool = False
    by_file: bool = False  # the report comes as one Word file
    gave_up: bool = False

    def receives(self, message: Shown) -> None:
        """What an album brings after its first file is one line: the question above it stays the one to answer."""
        if message.text.startswith("✓ Đã nhận") and not message.buttons and self.seen is not None:
            message = self.seen
        super().receives(message)

    def expects(self, item: str, what: str) -> None:
        self.proofs.setdefault(item, Counter())[what] += 1

    def once(self, what: str) -> bool:
        """Whether this is the first time; an older screen again after a restart asks for nothing."""
        fresh = what not in self.tapped
        self.tapped.add(what)
        return fresh

    def content(self, kind: str) -> bytes:
        """New bytes, or (now and then) those of a document that was sent before."""
        old = [held for held in self.bytes_of.values() if not held.startswith(PNG)]
        if kind == "document" and old and self.luck.random() < AGAIN:
            return self.luck.choice(old)
        made = (PNG if kind == "photo" else b"%PDF-1.4 ") + self.luck.randbytes(self.luck.randint(100, MOST_FILE))
        self.bytes_of[sha(made)] = made
        return made


@dataclass
class Leader(Person):
    receipt: str = ""


async def step(person: Filler, message: Shown) -> bool:
    """What a person does at a screen; False where it asks for nothing that has not been done."""
    text, buttons = message.text, message.buttons
    if any(sign in text for sign in ("Đã trình", "chờ duyệt", "đã duyệt bản tự chấm")):
        person.done = True
        return True
    if question_of(message) is not None:
        return await _answer(person, message)
    if "Tôi đã hiểu" in buttons and ("Đang giữ" in text or person.luck.random() < 0.5 or person.understood):
        if not person.once(f"{message.id} understood"):
            return False
        person.understood = True
        await person.phone.taps(message, "Tôi đã hiểu")
        return True
    if found := re.search(r"Minh chứng cho (\S+)", text):
        code = found.group(1)
        if code not in person.proofs:
            await _prove(person, code)
            return True
    if (reason := reason_for(message)) and person.once(reason):
        await person.phone.says(reason)
        return True
    if "Tiếp ▶" in buttons and person.once(buttons["Tiếp ▶"]):
        await person.phone.taps(message, "Tiếp ▶")
        return True
    return await _report(person, message) or await _propose(person, message)


async def _answer(person: Filler, message: Shown) -> bool:
    question = question_of(message)
    assert question is not None
    if question in person.given:
        person.asked_twice += 1
        return False
    proven = re.search(r"thì vẫn vào (\S+)\.", message.text)
    if proven and person.once(f"more {proven.group(1)}") and person.luck.random() < ONCE_MORE:
        await _send(person, proven.group(1), "document", 1)
        return True
    move, fact = choose(message, person.luck)
    person.given[question] = fact
    await (person.phone.taps(message, move.tap) if move.tap else person.phone.says(move.text))
    return True


async def _prove(person: Filler, code: str) -> None:
    kind = person.luck.choice(["document", "documents", "photo", "album", "words"])
    if kind == "words":
        title = f"{person.luck.randint(1, 999)}/BC-{code.replace('.', '')} ngày 1/6/2026"
        person.expects(code, title)
        await person.phone.says(title)
        return
    many = person.luck.randint(2, 4) if kind in ("documents", "album") else 1
    await _send(person, code, "photo" if kind in ("photo", "album") else "document", many)


async def _send(person: Filler, code: str, kind: str, many: int) -> None:
    contents = [person.content(kind) for _ in range(many)]
    listed = person.proofs.setdefault(code, Counter())
    for content in contents:
        listed[sha(content)] = 1  # the same file for the same item again is one piece
    names = [f"tệp {sha(content)[:6]}.pdf" for content in contents]
    await person.phone.sends_files(list(zip(names, contents, strict=True)), kind=kind)


async def _report(person: Filler, message: Shown) -> bool:
    if "gửi tới cơ quan nào" in message.text:
        return await _address(person, message)
    found = re.search(r"Báo cáo, mục (\d+)/", message.text)
    if found is None:
        review = message.buttons.get("Xem lại và nộp", "")
        taken = "làm báo cáo" in message.text or "Tệp báo cáo:" in message.text  # the latter after a restart
        if taken and review and person.once(review):
            await person.phone.taps(message, "Xem lại và nộp")
            return True
        return False
    number = found.group(1)
    if "kiến nghị" in message.text.split("👉")[-1]:
        return await _propose_to(person, message, f"section {number}")
    if person.by_file:
        if person.once("report file"):
            content = person.content("report")
            person.expects(REPORT, sha(content))
            await person.phone.sends_files([("báo cáo.docx", content)])
            return True
        return False
    if number not in person.sections:
        person.sections.add(number)
        await person.phone.says(f"{person.unit}: nội dung mục {number}.")
        return True
    if "Đã có" in message.text and person.once(f"section {number}"):
        await person.phone.taps(message, "Xong mục này ▶")
        return True
    return False


async def _propose_to(person: Filler, message: Shown, done: str) -> bool:
    """A section of proposals: a few, one a message or numbered in one, each with its addressee."""
    if not person.proposals:
        many = person.luck.randint(1, MOST_PROPOSALS)
        texts = [f"{person.unit}: kiến nghị thứ {n + 1}." for n in range(many)]
        person.proposals = dict.fromkeys(texts, "")
        person.unsaid = [] if person.luck.random() < 0.5 else texts[1:]
        numbered = "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))
        await person.phone.says(texts[0] if person.unsaid or many == 1 else numbered)
        return True
    if "Đã có" not in message.text or not all(each or text in person.unsaid for text, each in person.proposals.items()):
        return False
    if person.unsaid:
        await person.phone.says(person.unsaid.pop(0))
        return True
    if person.once(done):
        await person.phone.taps(message, "Xong mục này ▶")
        return True
    return False


async def _address(person: Filler, message: Shown) -> bool:
    """Whom a proposal is for: a tap, or a name typed; once for each, however often the question is on the screen."""
    asked = next((text for text in person.proposals if text in message.text.split("gửi tới cơ quan nào")[-1]), None)
    if asked is None or person.proposals[asked]:
        return False
    if person.luck.random() < 0.5:
        person.proposals[asked] = f"Sở {person.luck.randint(1, 9)} của {person.unit}"
        await person.phone.says(person.proposals[asked])
    else:
        person.proposals[asked] = next(iter(message.buttons))
        await person.phone.taps(message, person.proposals[asked])
    return True


async def _propose(person: Filler, message: Shown) -> bool:
    label = next((label for label in message.buttons if "Trình lãnh đạo duyệt" in label), None)
    if label and person.once(message.buttons[label]):
        await person.phone.taps(message, label)
        return True
    if "▶ Bắt đầu" in message.buttons and person.once("begin"):
        await person.phone.taps(message, "▶ Bắt đầu")
        return True
    return False


async def fill(person: Filler, bot: Bot, think: float) -> None:
    """From the first question to the leader's desk. Raises TimeoutError for a person who is stuck."""
    person.progress_at = bot.uptime()
    await person.phone.says("/tudanhgia")
    while not person.done:
        try:
            await asyncio.wait_for(person.news.wait(), 2.0)
        except TimeoutError:
            if bot.uptime() - person.progress_at < STUCK_SECONDS:
                continue
            last, person.gave_up = person.seen.text[:300] if person.seen else "(nothing)", True
            raise TimeoutError(f"{person.unit} is stuck after {len(person.given)} answers at: {last}") from None
        person.news.clear()
        await asyncio.sleep(person.luck.uniform(0, think))
        message = person.seen
        assert message is not None
        if await step(person, message):
            person.progress_at = bot.uptime()


async def approve(leader: Leader, filler: Filler, bot: Bot, think: float) -> None:
    """Wait for the unit's form, press "Duyệt" once, and read the receipt; in vain where the filler gave up."""
    pressed, looked_at = False, 0.0
    while not leader.receipt and not filler.gave_up:
        try:
            await asyncio.wait_for(leader.news.wait(), 2.0)
            leader.news.clear()
        except TimeoutError:
            if not filler.done:
                leader.progress_at = bot.uptime()
            elif bot.uptime() - max(leader.progress_at, looked_at) > PATIENCE_SECONDS:
                looked_at = bot.uptime()
                await leader.phone.says("/tudanhgia")
            if bot.uptime() - leader.progress_at > STUCK_SECONDS:
                last = leader.seen.text[:300] if leader.seen else "(nothing)"
                raise TimeoutError(f"the leader of {leader.unit} is stuck at: {last}") from None
            continue
        message = leader.seen
        assert message is not None
        if found := re.search(r"Biên nhận (KNC-\S+)", message.text):
            leader.receipt, leader.done = found.group(1).rstrip(".,"), True
        elif not pressed and message.data("Duyệt"):
            pressed = True
            await asyncio.sleep(leader.luck.uniform(0, think))
            await leader.phone.taps(message, "Duyệt")


# -- what must hold afterwards -------------------------------------------------------------------------------


def check_files(store: Store, folder: Path, fillers: list[Filler]) -> list[str]:
    """Every file once on the disk, under its hash, and listed once where it was sent."""
    broken = []
    lying = [path for path in (folder / "files").rglob("*") if path.is_file()]
    broken += [f"{path.name} holds other bytes" for path in lying if sha(path.read_bytes()) != path.name]
    on_disk = Counter(path.name for path in lying)
    told = 0
    for filler in fillers:
        held = _form(store, filler.unit)
        if held is None:
            broken.append(f"{filler.unit} has no form")
            continue
        listed: dict[str, Counter[str]] = {}
        for piece in held.evidence:
            what = piece.digest if piece.kind is EvidenceKind.FILE else piece.title
            listed.setdefault(piece.item, Counter())[what] += 1
            told += 1
            if piece.digest and (on_disk[piece.digest] != 1 or piece.size != len(filler.bytes_of[piece.digest])):
                broken.append(
                    f"{filler.unit} {piece.item}: {piece.digest[:8]} is {on_disk[piece.digest]} times on disk"
                )
        broken += [
            f"{filler.unit} {item}: sent {filler.proofs.get(item)}, listed {listed.get(item)}"
            for item in filler.proofs.keys() | listed.keys()
            if filler.proofs.get(item) != listed.get(item)
        ]
        written = [piece.text for piece in held.pieces if piece.kind is Content.TEXT]
        if len(written) != len(set(written)) or len(written) != len(filler.sections):
            broken.append(f"{filler.unit} wrote {len(filler.sections)} sections, {len(written)} are kept")
        proposed = [(piece.text, piece.addressee) for piece in held.pieces if piece.kind is Content.PROPOSAL]
        if proposed != list(filler.proposals.items()):
            broken.append(f"{filler.unit} proposed {filler.proposals}, kept are {proposed}")
    noted = sum(what == "evidence" for unit in fillers for what in _trail(store, unit.unit))
    if noted != told:
        broken.append(f"the trail tells of {noted} pieces of evidence, {told} are listed")
    return broken


def check_receipts(store: Store, leaders: list[Leader]) -> list[str]:
    """One receipt a unit, as its leader read it; hash and total worked out again from the rows."""
    broken = []
    for leader in leaders:
        held = _form(store, leader.unit)
        if held is None or held.receipt is None:
            broken.append(f"{leader.unit} has no receipt")
            continue
        with store.reading(MONDAY) as work:
            given = work.assessments.receipts(held.id)
            kept = work.assessments.snapshot(held.id, 1)
            discharge = work.discharges.find("MS-BC6T", leader.unit)
        if len(given) != 1 or given[0].code != leader.receipt or held.receipt.code != leader.receipt:
            broken.append(f"{leader.unit}: shown {leader.receipt}, kept {[each.code for each in given]}")
        if kept is None or kept != snapshot(held) or digest(kept, 1) != held.receipt.digest:
            broken.append(f"{leader.unit}: the hash of {leader.receipt} is not that of what is kept")
        if Standing(held, held.receipt.late_days).totals.total != held.receipt.total:
            broken.append(f"{leader.unit}: the total of {leader.receipt} is not what the rows come to")
        if discharge is None or discharge.receipt != leader.receipt:
            broken.append(f"{leader.unit}: the milestone is settled by {discharge and discharge.receipt}")
        if _trail(store, leader.unit).count("assessment submitted") != 1:
            broken.append(f"{leader.unit} was submitted another number of times than once")
    return broken


def _form(store: Store, unit: str) -> Assessment | None:
    with store.reading(MONDAY) as work:
        found = work.assessments.find(unit, Period.MID_YEAR)
        return load(work, found) if found else None


def _trail(store: Store, unit: str) -> list[str]:
    with store.reading(MONDAY) as work:
        found = work.assessments.find(unit, Period.MID_YEAR)
        return [what for _, what, *_ in work.trail.of(f"assessment {found}")]


async def run(
    kills: int, units: int, criteria: int, seed: int, *, twice: bool, folder: Path, think: float = 0.0
) -> list[str]:
    """One whole run; returns what was broken."""
    luck = random.Random(seed)
    store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))
    migrate(store.engine)
    with store.work(MONDAY) as work:
        bloc = work.catalogue.save(bloc_of(units, criteria), file_name="kills", digest="0" * 64, changes=[])
    none = Limits(per_second=None, per_group_minute=None, per_private_ten_seconds=None)
    sandbox = Sandbox(TOKEN, limits=none)
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        await telegram.calendar("2026-06-01T09:00", allow_back=True)
        await telegram.faults(duplicate_updates=twice)
        fillers, leaders = [], []
        for n in range(units):
            unit = f"U{n:02}"
            filler = Filler(await telegram.person(f"Người {n}"), unit, random.Random(luck.random()))
            filler.by_file = luck.random() < 0.5
            leader = Leader(await telegram.person(f"Lãnh đạo {n}"), unit, random.Random(luck.random()))
            await leader.phone.starts()  # whom the bot may write to
            _joins(store, filler.phone, unit, Role.LIAISON)
            _joins(store, leader.phone, unit, Role.LEADER)
            fillers.append(filler)
            leaders.append(leader)
        bot = Bot(url, folder)
        await bot.start()
        watching = asyncio.ensure_future(Street(telegram, [*fillers, *leaders]).watch())
        filling = asyncio.gather(
            *(fill(filler, bot, think) for filler in fillers),
            *(approve(leader, filler, bot, think) for leader, filler in zip(leaders, fillers, strict=True)),
            return_exceptions=True,
        )
        done, broken = await endure(bot, telegram, filling, kills, luck)
        watching.cancel()
    await sandbox.stop()
    broken += check(store, bloc, [*fillers]) + check_files(store, folder, fillers) + check_receipts(store, leaders)
    store.close()
    files = sum(len(filler.bytes_of) for filler in fillers)
    proofs = sum(sum(listed.values()) for filler in fillers for listed in filler.proofs.values())
    answers = sum(len(filler.given) for filler in fillers)
    receipts = sum(bool(leader.receipt) for leader in leaders)
    print(
        f"seed {seed}: {done} kills, {units} units, {answers} answers, {files} different files,"
        f" {proofs} pieces of evidence, {receipts} receipts, {sum(f.asked_twice for f in fillers)} screens seen again"
    )
    if done < kills:
        print(f"(everybody was through after {done} of {kills} kills)")
    return broken


def _joins(store: Store, phone: Phone, unit: str, role: Role) -> None:
    with store.work(MONDAY) as work:
        held = work.people.add(phone.id, phone.name, "vi")
        work.people.join(held.id, unit, role, None)


def main() -> int:
    """Each of the units has a liaison and a leader."""
    return told(run, __doc__, kills=300, people=("units", 20), whole="every answer and file once, every receipt true")


if __name__ == "__main__":
    sys.exit(main())
