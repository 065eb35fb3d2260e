"""The people of these transcripts, and what the bot has said to them first."""

import json
from contextlib import AbstractContextManager

from sqlalchemy import select

from bot.clock import real_now
from bot.domain.bloc import Bloc
from bot.domain.delivery import Button, Notice
from bot.domain.discharge import Discharge
from bot.domain.people import Role
from bot.domain.sending import Outgoing
from bot.outbound.compose import compose
from bot.usecases.people import CreateInvite
from bot.words import Words, strip
from storage.deliveries import deliveries
from storage.people import people
from storage.store import SqlWork, Store
from storage.tables import trail
from tests.chat import Chat, World
from tests.conftest import SPRING, load


class Secretariat:
    """Lan and Minh of the police, Hà their leader, Tâm of the army, Bình the secretary, a stranger."""

    def __init__(self, store: Store, bloc: Bloc) -> None:
        load(store, bloc)
        self.store, self.world = store, World(store, SPRING)
        person = self.world.person
        self.lan = person(11, "Lan", ("CAT", Role.LIAISON))
        self.minh = person(12, "Minh", ("CAT", Role.DEPUTY))
        self.ha = person(13, "Hà", ("CAT", Role.LEADER))
        self.tam = person(14, "Tâm", ("BCHQS", Role.LIAISON))
        self.binh = person(15, "Bình", (None, Role.SECRETARY))
        self.stranger = person(99, "Người lạ")

    def work(self) -> AbstractContextManager[SqlWork]:
        return self.store.work(self.world.calendar.now())

    def sent(self, chat: Chat) -> list[Outgoing]:
        """What waits to be said to a person, as it would be sent, oldest first."""
        with self.work() as work:
            rows = work.connection.execute(
                select(deliveries.c.notice)
                .join(people, people.c.id == deliveries.c.person_id)
                .where(people.c.telegram_id == chat.user_id)
                .order_by(deliveries.c.id)
            ).scalars()
            notices = [
                Notice(
                    row["key"],
                    row["params"],
                    tuple(tuple(Button(*button) for button in line) for line in row["buttons"]),
                )
                for row in rows
            ]
        return [compose(notice, Words("vi")) for notice in notices]

    def told(self, chat: Chat) -> list[str]:
        return [strip(outgoing.html) for outgoing in self.sent(chat)]

    def trail(self) -> list[str]:
        with self.work() as work:
            return list(work.connection.execute(select(trail.c.what).order_by(trail.c.id)).scalars())

    def token(self, unit: str | None, role: Role) -> str:
        with self.work() as work:
            return CreateInvite(work, real_now())(unit, role)

    def discharge(self, milestone: str, unit: str) -> Discharge | None:
        with self.work() as work:
            return work.discharges.find(milestone, unit)

    def membership(self, chat: Chat) -> int:
        """The id of the person's first membership in force."""
        with self.work() as work:
            member = work.people.member(chat.user_id)
            assert member is not None
            return member.memberships[0].id


async def in_group(chat: Chat, body: dict[str, object]) -> list[str]:
    """The methods that answer an update from a group which the person writes in."""
    import asyncio

    from bot.usecases.ports.inbox import RawUpdate
    from tests.chat import BOT_ID

    world = chat.world
    update_id = next(world.updates)
    group = {"id": -100500, "type": "supergroup", "title": "Khối"}
    sender = {"id": chat.user_id, "is_bot": False, "first_name": chat.name, "language_code": "vi"}
    message = {"message_id": next(world.messages), "date": int(world.calendar.now().timestamp()), "chat": group}
    if "data" in body:
        update = {"callback_query": {"id": "1", "from": sender, "chat_instance": "1", "message": message, **body}}
    else:
        update = {"message": {**message, "from": sender, **body}}
    row = world.inbox.add(BOT_ID, [RawUpdate(update_id, -100500, json.dumps({"update_id": update_id, **update}))])[0]
    replies = await asyncio.to_thread(world.handling.handle, row, None)
    return [f"{type(reply).__name__} {getattr(reply, 'text', '') or ''}".strip() for reply in replies]
