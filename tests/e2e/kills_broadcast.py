"""Kill -9 in the middle of a broadcast: every recipient ends in a named state, nobody is sent it twice.

    python -m tests.e2e.kills_broadcast --kills 8 --people 300 [--seed N]

A row that was on its way when the process died becomes *unsure* once its lease has run out, in real time; so the run
waits for about a minute at the end. Exit status 0 when all promises held.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bot.domain.delivery import ENDED, DeliveryState
from bot.domain.people import Role
from bot.sandbox.server import Sandbox
from bot.tour import LocalTelegram, Phone
from storage.deliveries import deliveries
from storage.migrate import migrate
from storage.people import people as people_table
from storage.store import Store, engine_for
from tests.e2e.kills import MONDAY, TOKEN, Bot, bloc_of, polling

TEXT = "Họp giao ban Khối lúc 14:00 thứ Năm, tại hội trường tầng 2."
LEASE_SECONDS = 60
PATIENCE_SECONDS = LEASE_SECONDS + 60


async def run(kills: int, number: int, seed: int, folder: Path) -> list[str]:
    """One whole run; returns what was broken."""
    luck = random.Random(seed)
    store = Store(engine_for(f"sqlite:///{folder / 'thidua.db'}"))
    migrate(store.engine)
    with store.work(MONDAY) as work:
        work.catalogue.save(bloc_of(8, 3), file_name="kills", digest="0" * 64, changes=[])
    sandbox = Sandbox(TOKEN)  # Telegram's own limits: the broadcast takes as long as it would
    url = await sandbox.start()
    async with LocalTelegram(url) as telegram:
        await telegram.calendar("2026-06-01T09:00", allow_back=True)
        secretary = await telegram.person("Thư ký")
        phones = [await telegram.person(f"Người {n}") for n in range(number)]
        join(store, secretary, phones)
        for phone in phones:
            await phone.starts()  # whom the bot may write to; nobody runs yet, so nobody answers
        await secretary.starts()
        await forget_updates(telegram)
        bot = Bot(url, folder, rate="25")
        await bot.start()
        await secretary.says("/thongbao")
        await secretary.sees("Thông báo tới mọi thành viên")
        await secretary.says(TEXT)
        preview = await secretary.sees(f"Sẽ gửi tới {number} người")
        await secretary.taps(preview, f"Gửi tới {number} người")
        await secretary.sees("Đang gửi", new=False)
        done = 0
        for _ in range(kills):
            await asyncio.sleep(luck.uniform(0, 1.5))
            if _left(store) == 0:
                break
            await bot.end(signal.SIGKILL)
            done += 1
            await bot.start()
            await polling(telegram, asyncio.get_running_loop().create_future(), bot)
        await until_ended(store)
        broken = await _check(store, phones)
        if await bot.end(signal.SIGTERM) != 0:
            broken.append("the bot did not leave in good order")
    await sandbox.stop()
    found = states(store)
    store.close()
    print(f"seed {seed}: {done} kills, {number} recipients: " + ", ".join(f"{s} {n}" for s, n in sorted(found.items())))
    return broken


def join(store: Store, secretary: Phone, phones: list[Phone]) -> None:
    with store.work(MONDAY) as work:
        units = [unit.code for unit in work.bloc.units]
        person = work.people.add(secretary.id, secretary.name, "vi")
        work.people.join(person.id, None, Role.SECRETARY, None)
        for n, phone in enumerate(phones):
            person = work.people.add(phone.id, phone.name, "vi")
            work.people.join(person.id, units[n % len(units)], Role.LIAISON, None)


async def forget_updates(telegram: LocalTelegram) -> None:
    """The many /start messages are not what is tested."""
    import aiohttp

    async with aiohttp.ClientSession() as client:
        await client.post(f"{telegram.url}/bot{TOKEN}/deleteWebhook", json={"drop_pending_updates": True})


def states(store: Store) -> Counter[str]:
    with store.engine.connect() as connection:
        rows = connection.execute(deliveries.select().where(deliveries.c.broadcast_id.is_not(None)))
        return Counter(row.state for row in rows)


def _left(store: Store) -> int:
    ended = {state.value for state in ENDED}
    return sum(n for state, n in states(store).items() if state not in ended)


async def until_ended(store: Store) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while _left(store):  # noqa: ASYNC110 - another process writes the table
            await asyncio.sleep(0.5)


async def _check(store: Store, phones: list[Phone]) -> list[str]:
    with store.engine.connect() as connection:
        rows = connection.execute(
            deliveries.select()
            .add_columns(people_table.c.telegram_id)
            .join(people_table, people_table.c.id == deliveries.c.person_id)
            .where(deliveries.c.broadcast_id.is_not(None))
        ).all()
    state = {row.telegram_id: row.state for row in rows}
    broken = [] if len(rows) == len(phones) == len(state) else [f"{len(rows)} rows for {len(phones)} people"]
    for phone in phones:
        got = sum(TEXT in message.text for message in await phone.screen() if message.from_bot)
        allowed = {DeliveryState.DELIVERED.value: {1}, DeliveryState.UNSURE.value: {0, 1}}
        if got not in allowed.get(state.get(phone.id, ""), {0}):
            broken.append(f"{phone.name}: {state.get(phone.id)}, received {got} times")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="thidua-kills-") as folder:
        broken = asyncio.run(run(given.kills, given.people, seed, Path(folder)))
    for line in broken[:40]:
        print("✗", line)
    print("✓ everybody in a named state, nobody twice" if not broken else f"{len(broken)} broken promises")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
