"""Kill -9 at random moments while submitted forms are appraised, up to their final results.

    python -m tests.e2e.kills_appraisal --kills 150 --units 12 --criteria 25 [--think 2] [--twice] [--seed N]

Secretaries accept, ask, and give points with a reason; units answer, send a further file while the secretary may
already decide, and object once; two pairs appraise each other; then results become final. Afterwards every verdict,
exchange, opinion and file is there once and as given, the trail tells each once, and every final result is what the
rows come to. Exit status 0 when all promises held.
"""

import asyncio
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from bot.domain.appraisal import Exchange, ExchangeKind, Phase, span
from bot.domain.appraisal_outcome import Outcome
from bot.domain.appraisal_peer import Stance
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Bloc
from bot.domain.calendar import AppraisalStage, DischargedBy, Milestone, Owes, Period
from bot.domain.criteria import Scale, totals
from bot.domain.people import Member, Role
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone
from bot.usecases.appraisal import outcome_of
from bot.usecases.appraisal_peer import scored
from bot.usecases.assessment import AddReference, Explain, OpenAssessment, RecordFact, WriteSection, load, stand
from bot.usecases.assessment_approval import Approve, Propose
from storage.migrate import migrate
from storage.store import SqlWork, Store, engine_for
from tests.e2e.kills import MONDAY, TOKEN, Bot, Street, bloc_of, endure, told
from tests.e2e.kills_appraisal_people import (
    Hall,
    Liaison,
    Line,
    PeerLine,
    Plan,
    Reviewer,
    Secretary,
    Visitor,
    sha,
    typed,
)
from tests.unit.forms import some_fact

Told: TypeAlias = list[tuple[datetime, str, int | None, Any, Any]]  # lines of the trail

MOST_SECRETARIES = 4  # each chat gets one message a second, so that forms take their time
BUSY_SECONDS = 4.0
CLOSES = date(2026, 6, 22)  # of the peers' and the objections' time
OVER = "2026-06-22T18:00"
ASKED, POINTED, REMARKED = 0.25, 0.3, 0.3  # shares of the lines
MOST_FILE = 40_000  # bytes


def _milestone(key: str, stage: AppraisalStage, owes: Owes, by: DischargedBy) -> Milestone:
    return Milestone(key, stage.value, CLOSES, time(17, 0), owes, by, opens_on=date(2026, 6, 1), stage=stage)


PEERS = _milestone("MS-CHEO6T", AppraisalStage.PEER, Owes.EVERY_UNIT, DischargedBy.HAND_IN)
OBJECTIONS = _milestone("MS-XEMLAI6T", AppraisalStage.OBJECTION, Owes.NAMED_UNITS, DischargedBy.NOTHING)


def appraised_bloc(units: int, criteria: int) -> Bloc:
    """With time for peers and objections, and two pairs; few rules where there are few criteria."""
    bloc = bloc_of(units, criteria)
    few = criteria < 20
    codes = [unit.code for unit in bloc.units]
    return replace(
        bloc,
        bonuses=() if few else bloc.bonuses,
        deductions=bloc.deductions[2:3] if few else bloc.deductions,
        milestones=(*bloc.milestones, PEERS, OBJECTIONS),
        pairs=tuple(zip(codes[0:4:2], codes[1:4:2], strict=False)),
    )


# -- what stands before the first kill -------------------------------------------------------------------------


def _joins(store: Store, phone: Phone, unit: str | None, role: Role) -> None:
    with store.work(MONDAY) as work:
        held = work.people.add(phone.id, phone.name, "vi")
        work.people.join(held.id, unit, role, None)


def _member(work: SqlWork, phone: Phone) -> Member:
    found = work.people.member(phone.id)
    assert found is not None
    return found


def submit(store: Store, liaison: Phone, leader: Phone, number: int) -> Standing:
    """A whole form, given through the use cases."""
    with store.work(MONDAY) as work:
        actor = _member(work, liaison)
        form = OpenAssessment(work)(actor, actor.memberships[0].id, Period.MID_YEAR)
        for at, item in enumerate(form.bloc.criteria):
            for part in item.asked:
                fact = some_fact(part, at + number)
                form = RecordFact(work)(actor, form.id, item.code, part.id, fact, made_for=form.revision)
            form = AddReference(work)(
                actor, form.id, item.code, f"{at + 1}/BC-{form.unit} ngày 1/6/2026", made_for=form.revision
            )
        for gap in stand(work, form).gaps:
            if gap.code in {item.code for item in form.bloc.items()}:
                form = Explain(work)(actor, form.id, gap.code, "Đã nêu trong báo cáo.", made_for=form.revision)
        for section in form.sections:
            text = f"Nội dung {section.code}."
            form = WriteSection(work)(actor, form.id, section.code, text, made_for=form.revision)
        form = Propose(work)(actor, form.id, made_for=form.revision)
        form = Approve(work)(_member(work, leader), form.id, made_for=form.revision)
        return stand(work, form)


def other_points(standing: Standing, code: str, luck: random.Random, *but: Decimal) -> Decimal:
    """Points that a line may be appraised at and that it does not have."""
    bloc: Bloc = standing.assessment.bloc
    scale: Scale = bloc.scale
    least, most = span(bloc.item(code), scale)
    while True:
        given = least + scale.step * luck.randint(0, int((most - least) / scale.step))
        if given not in (standing.scores[code].points, *but):
            return given


def some_file(luck: random.Random) -> bytes:
    return b"%PDF-1.4 " + luck.randbytes(luck.randint(100, MOST_FILE))


def plan_of(standing: Standing, luck: random.Random) -> Plan:
    form = standing.assessment
    unit, name = form.unit, form.bloc.unit(form.unit).name
    lines = {}
    for item in form.bloc.items():
        code = item.code
        line = lines[code] = Line(standing.scores[code].points)
        if luck.random() < ASKED:
            line.request = f"Xin làm rõ {code} của {unit}"
            line.reply = f"Trả lời về {code}: xem báo cáo của {unit}, trang {luck.randint(1, 99)}"
            line.files = [
                b"%PDF-1.4 " + luck.randbytes(luck.randint(100, MOST_FILE)) for _ in range(luck.randint(0, 2))
            ]
        if luck.random() < POINTED:
            line.points = other_points(standing, code, luck)
            line.reason = f"{code} của {unit}: minh chứng chưa đủ, mục {luck.randint(1, 99)}"
    if all(line.points is None for line in lines.values()):
        code = form.bloc.criteria[0].code
        lines[code].points, lines[code].reason = other_points(standing, code, luck), f"{code} của {unit}: tính lại"
    _object(standing, lines, luck)
    return Plan(unit, name, form.id, lines, rest=luck.random() < 0.5)


def _object(standing: Standing, lines: dict[str, Line], luck: random.Random) -> None:
    """The unit objects to one line; how it will be answered."""
    code = luck.choice([code for code, line in lines.items() if line.points is not None])
    line, unit = lines[code], standing.assessment.unit
    assert line.points is not None
    line.objection = f"{unit} đề nghị tính đủ {code}"
    line.support = some_file(luck) if luck.random() < 0.6 else b""
    line.settled = luck.choice(["keep", "own", "points"])
    line.settled_at = other_points(standing, code, luck, line.points) if line.settled == "points" else None
    line.decision = f"Đã xem lại {code} của {unit}, lần {luck.randint(1, 99)}"


def review_of(standing: Standing, luck: random.Random) -> dict[str, PeerLine]:
    found = {}
    for code in scored(standing):
        stance = Stance.AGREE
        if luck.random() < REMARKED:
            stance = luck.choice([Stance.REMARK, Stance.POINTS])
        points = other_points(standing, code, luck) if stance is Stance.POINTS else None
        text = "" if stance is Stance.AGREE else f"Ý kiến về {code} của {standing.assessment.unit}"
        found[code] = PeerLine(stance, points, text)
    return found


# -- what must hold afterwards ---------------------------------------------------------------------------------


def check(store: Store, folder: Path, liaisons: list[Liaison], reviewers: list[Reviewer]) -> list[str]:
    broken: list[str] = []
    for liaison in liaisons:
        plan = liaison.plan
        with store.reading(MONDAY) as work:
            outcome = outcome_of(work, load(work, plan.form))
            told_of = work.trail.of(f"assessment {plan.form}")
        found = [
            *_verdicts(plan, outcome),
            *_exchanges(plan, liaison, outcome),
            *_trail(plan, outcome, told_of),
            *_result(plan, liaison, outcome, told_of),
        ]
        broken += [f"{plan.unit} {each}" for each in found]
    for reviewer in reviewers:
        broken += [f"{reviewer.phone.name}: {each}" for each in _review(store, reviewer)]
    return broken + _files(folder, liaisons) + _notices([*liaisons, *reviewers])


def _verdicts(plan: Plan, outcome: Outcome) -> list[str]:
    held = outcome.appraisal.verdicts
    return [
        f"{code}: meant {line.final} {line.why!r}, stored {(v := held.get(code)) and (v.points, v.reason)}"
        for code, line in plan.lines.items()
        if (given := held.get(code)) is None or (given.points, given.reason) != (line.final, line.why)
    ]


def _exchanges(plan: Plan, liaison: Liaison, outcome: Outcome) -> list[str]:
    broken = []
    for code, line in plan.lines.items():
        meant = [(ExchangeKind.REQUEST, line.request, "")] if line.request else []
        meant += [(ExchangeKind.OBJECTION, line.objection, line.decision)] if line.objection else []
        held = outcome.appraisal.of(code)
        if [(each.kind, each.text, each.decision) for each in held] != meant or any(each.is_open for each in held):
            broken.append(f"{code}: meant {meant}, stored {held}")
        for each in held:
            broken += [f"{code}: {why}" for why in _replies(line, each, liaison)]
    return broken


def _replies(line: Line, held: Exchange, liaison: Liaison) -> list[str]:
    broken = []
    texts = [reply.text for reply in held.replies if not reply.digest]
    if texts != ([line.reply] if held.kind is ExchangeKind.REQUEST else []):
        broken.append(f"answered {texts}")
    stored = Counter((reply.text, reply.digest) for reply in held.replies if reply.digest)
    contents = line.files if held.kind is ExchangeKind.REQUEST else [line.support] if line.support else []
    for content in contents:
        digest = sha(content)
        name = liaison.name_of(held.item, content)
        times = stored.pop((name, digest), 0)
        said = "received" if name in liaison.listed else "refused" if name in liaison.refused else "nothing"
        allowed = {"received": {1}, "refused": {0}, "nothing": {0, 1} if name in liaison.sent else {0}}
        if times not in allowed[said]:
            broken.append(f"{name}: the bot said {said}, it is listed {times} times")
    return [*broken, *(f"nobody sent {name}" for name, _ in stored)]


def _trail(plan: Plan, outcome: Outcome, told_of: Told) -> list[str]:
    decided: Counter[str] = Counter()
    told_times: Counter[str] = Counter()
    for _, what, _, _, new in told_of:
        told_times[what] += 1
        if what in ("line accepted", "line appraised"):
            decided[new[0]] += 1
        if what == "lines accepted":
            decided.update(new)
    replies = [(each.kind, reply) for each in outcome.appraisal.exchanges for reply in each.replies]
    meant = {
        "more asked": sum(bool(line.request) for line in plan.lines.values()),
        "objection": 1,
        "objection answered": 1,
        "reply": sum(kind is ExchangeKind.REQUEST for kind, _ in replies),
        "objection supported": sum(kind is ExchangeKind.OBJECTION for kind, _ in replies),
        "result announced": 1,
        "result final": 1,
    }
    broken = [
        f"the trail tells {told_times[w]} times of {w}, meant {n}" for w, n in meant.items() if told_times[w] != n
    ]
    return broken + [
        f"{code}: the trail tells {decided[code]} times of a decision" for code in plan.lines if decided[code] != 1
    ]


def _result(plan: Plan, liaison: Liaison, outcome: Outcome, told_of: Told) -> list[str]:
    """The total as the plan comes to by the rules of the scale: the rows, the trail and the screen say the same."""
    scores = {
        code: replace(line, points=line.points if (given := plan.lines[code].final) is None else given)
        for code, line in outcome.standing.scores.items()
    }
    total = totals(scores, outcome.assessment.bloc.scale).total
    noted = [Decimal(new["total"]) for _, what, _, _, new in told_of if what == "result final"]
    broken = [] if outcome.appraisal.phase is Phase.FINAL else [f"is {outcome.appraisal.phase}"]
    if outcome.totals.total != total or noted != [total]:
        broken.append(f"comes to {total}: the rows say {outcome.totals.total}, the trail {noted}")
    if liaison.total != typed(total.normalize() if total % 1 else total.to_integral()):
        broken.append(f"comes to {total}, was shown {liaison.total!r}")
    return broken


def _review(store: Store, reviewer: Reviewer) -> list[str]:
    unit = reviewer.unit
    with store.reading(MONDAY) as work:
        held = work.appraisals.review(reviewer.form, unit)
        settled = work.discharges.find(PEERS.key, unit)
        told_of = [(what, new) for _, what, _, _, new in work.trail.of(f"assessment {reviewer.form}")]
    if held is None:
        return ["no review"]
    broken = [
        f"{code}: meant {line}, stored {held.opinions.get(code)}"
        for code, line in reviewer.lines.items()
        if (o := held.opinions.get(code)) is None
        or (o.stance, o.points, o.text) != (line.stance, line.points, line.text)
    ]
    if held.handed_at is None or settled is None or held.opinions.keys() - reviewer.lines.keys():
        broken.append(
            f"handed in {held.handed_at}, settled by {settled and settled.receipt}, {len(held.opinions)} lines"
        )
    times: Counter[str] = Counter()
    for what, new in told_of:
        if what == "peer opinion" and new[0] == unit:
            times[new[1]] += 1
        if what == "peer agrees" and new[0] == unit:
            times.update(new[1:])
    broken += [f"the trail tells {times[code]} times of {code}" for code in reviewer.lines if times[code] != 1]
    if sum(what == "peer review handed in" and new[0] == unit for what, new in told_of) != 1:
        broken.append("was handed in another number of times than once")
    return broken


def _files(folder: Path, liaisons: list[Liaison]) -> list[str]:
    """Every file that the bot said it received is on the disk, under its hash; nothing lies there that nobody sent."""
    lying = [path for path in (folder / "files").rglob("*") if path.is_file()]
    broken = [f"{path.name} holds other bytes" for path in lying if sha(path.read_bytes()) != path.name]
    on_disk = Counter(path.name for path in lying)
    sent = {name: sha(content) for each in liaisons for name, (_, content) in each.sent.items()}
    received = {name for each in liaisons for name in each.listed}
    broken += [f"{name} is {on_disk[sent[name]]} times on disk" for name in received if on_disk[sent[name]] != 1]
    return broken + [f"nobody sent {name}" for name, n in on_disk.items() if name not in sent.values() or n > 1]


def _notices(people: list[Visitor]) -> list[str]:
    """The machine sends nobody the same notice twice."""
    return [
        f"{each.phone.name} was told {times} times: {text[:80]}"
        for each in people
        for text, times in Counter(each.notices.values()).items()
        if times > 1
    ]


# -- one run ---------------------------------------------------------------------------------------------------


async def close(hall: Hall, telegram: LocalTelegram, liaisons: list[Liaison], reviewers: list[Reviewer]) -> None:
    """Once nobody has anything to object or review any more, their time is over."""
    while not (all(each.settled for each in liaisons) and all(each.done for each in reviewers)):
        await asyncio.sleep(0.5)
        if hall.gave_up:
            return
    await telegram.calendar(OVER)
    hall.over.set()


async def run(
    kills: int, units: int, criteria: int, seed: int, *, twice: bool, folder: Path, think: float = 0.0
) -> list[str]:
    """One whole run; returns what was broken. Four units make two pairs."""
    luck = random.Random(seed)
    store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))
    migrate(store.engine)
    with store.work(MONDAY) as work:
        work.catalogue.save(appraised_bloc(units, criteria), file_name="kills", digest="0" * 64, changes=[])
    none = Limits(per_second=None, per_group_minute=None, per_private_ten_seconds=None)
    sandbox = Sandbox(TOKEN, limits=none)
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        await telegram.calendar("2026-06-01T09:00", allow_back=True)
        await telegram.faults(duplicate_updates=twice)
        bot = Bot(url, folder)
        hall = Hall(bot, think)
        secretaries, liaisons, reviewers = await people(store, telegram, hall, units, luck)
        visitors: list[Visitor] = [*secretaries, *liaisons, *reviewers]
        await bot.start()
        watching = asyncio.ensure_future(Street(telegram, visitors).watch())
        appraising = asyncio.gather(
            *(visitor.lives() for visitor in visitors),
            close(hall, telegram, liaisons, reviewers),
            return_exceptions=True,
        )
        done, broken = await endure(bot, telegram, appraising, kills, luck, BUSY_SECONDS)
        watching.cancel()
    await sandbox.stop()
    broken += check(store, folder, liaisons, reviewers)
    store.close()
    lines = [line for each in liaisons for line in each.plan.lines.values()]
    counted = [
        f"{done} kills, {units} units",
        f"{len(lines)} lines",
        f"{sum(bool(line.request) for line in lines)} questions",
        f"{sum(len(each.listed) for each in liaisons)} files taken",
        f"{sum(len(each.refused) for each in liaisons)} came too late",
        f"{sum(each.objected for each in liaisons)} objections",
        f"{sum(len(each.lines) for each in reviewers)} opinions",
        f"{sum(bool(each.total) for each in liaisons)} final results",
        f"{sum(each.again for each in visitors)} screens seen again",
    ]
    print(f"seed {seed}: " + ", ".join(counted))
    if done < kills:
        print(f"(everybody was through after {done} of {kills} kills)")
    return broken


async def people(
    store: Store, telegram: LocalTelegram, hall: Hall, units: int, luck: random.Random
) -> tuple[list[Secretary], list[Liaison], list[Reviewer]]:
    """Everybody with a plan, over forms that are submitted."""

    async def joins(name: str, unit: str | None, role: Role) -> Phone:
        phone = await telegram.person(name)
        await phone.starts()  # whom the bot may write to
        _joins(store, phone, unit, role)
        return phone

    def chance() -> random.Random:
        return random.Random(luck.random())

    secretaries = [
        Secretary(await joins(f"Thư ký {n}", None, Role.SECRETARY), chance(), hall)
        for n in range(min(units, MOST_SECRETARIES))
    ]
    liaisons, reviewers, forms = [], [], []
    for n in range(units):
        unit = f"U{n:02}"
        phone = await joins(f"Người {n}", unit, Role.LIAISON)
        leader = await joins(f"Lãnh đạo {n}", unit, Role.LEADER)
        standing = submit(store, phone, leader, n)
        plan = plan_of(standing, luck)
        secretaries[n % MOST_SECRETARIES].plans[plan.form] = plan
        liaisons.append(Liaison(phone, chance(), hall, plan=plan))
        forms.append((leader, unit, standing))
    paired = min(4, len(forms) // 2 * 2)
    for n, (leader, unit, _) in enumerate(forms[:paired]):
        standing = forms[n ^ 1][2]
        codes = sorted(item.code for item in standing.assessment.bloc.items())
        reviewers.append(
            Reviewer(
                leader, chance(), hall,
                unit=unit, form=standing.assessment.id, codes=codes,
                lines=review_of(standing, luck), rest=luck.random() < 0.5,
            )
        )  # fmt: skip
    return secretaries, liaisons, reviewers


def main() -> int:
    """Each of the units has a liaison and a leader; the leaders of the first four review each other's forms."""
    whole = "every verdict, answer, opinion and file once, every result what the rows come to"
    return told(run, __doc__, kills=150, people=("units", 12), whole=whole)


if __name__ == "__main__":
    sys.exit(main())
