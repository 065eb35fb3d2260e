"""What happens to groups: made, joined, left, turned into a supergroup."""

from bot.sandbox.errors import ControlRefusal
from bot.sandbox.people import People
from bot.sandbox.state import Group
from bot.sandbox.world import World


class Groups:
    """Moves of groups in a world."""

    def __init__(self, world: World, people: People) -> None:
        self.world = world
        self.people = people

    def make(self, title: object, members: object, *, supergroup: bool) -> Group:
        """A new group; its first member made it and brought the bot along."""
        if not isinstance(title, str) or not title.strip():
            raise ControlRefusal(400, "Nhóm cần có tên.")
        if not isinstance(members, list) or not members:
            raise ControlRefusal(400, "Nhóm cần có ít nhất một người.")
        users = [self.people.user(member) for member in members]
        ids = list(dict.fromkeys(user.id for user in users))
        group = self.world.state.add_group(title.strip(), ids, supergroup=supergroup)
        self.world.events.add("group", group=group.id)
        self._bot_came(group, users[0].id)
        return group

    def _bot_came(self, group: Group, by: int) -> None:
        user = self.people.user(by)
        self.world.membership(group.id, user, "left", "member")
        content = {"new_chat_members": [self.world.state.bot_api()]}
        message = self.world.post(group.id, by, content, service=f"{user.name} đã thêm bot vào nhóm")
        self.world.hand_over("message", message)

    def kick(self, chat: int, by: object) -> None:
        """A member throws the bot out."""
        group, user = self.people.group(chat), self.people.speaker(chat, by)
        if group.bot != "member":
            raise ControlRefusal(409, "Bot không ở trong nhóm.")
        content = {"left_chat_member": self.world.state.bot_api()}
        message = self.world.post(chat, user.id, content, service=f"{user.name} đã đưa bot ra khỏi nhóm")
        self.world.hand_over("message", message)
        group.bot = "kicked"
        self.world.membership(chat, user, "member", "kicked")
        self.world.events.add("group", group=chat)

    def bring(self, chat: int, by: object) -> None:
        """A member brings the bot back."""
        group, user = self.people.group(chat), self.people.speaker(chat, by)
        if group.bot == "member":
            raise ControlRefusal(409, "Bot đã ở trong nhóm.")
        group.bot = "member"
        self._bot_came(group, user.id)
        self.world.events.add("group", group=chat)

    def migrate(self, chat: int) -> Group:
        """Become a supergroup: another id, and sends to the old one are refused with the new one."""
        group = self.people.group(chat)
        if group.type != "group" or group.migrated_to is not None:
            raise ControlRefusal(409, "Nhóm này không chuyển được.")
        new = self.world.state.add_group(group.title, list(group.members), supergroup=True)
        new.migrated_from, new.bot = chat, group.bot
        first = group.members[0]
        old_word = self.world.post(chat, first, {"migrate_to_chat_id": new.id}, service="Nhóm đã thành siêu nhóm")
        self.world.hand_over("message", old_word)
        group.migrated_to = new.id
        new_word = self.world.post(new.id, first, {"migrate_from_chat_id": chat}, service="Nhóm đã thành siêu nhóm")
        self.world.hand_over("message", new_word)
        self.world.events.add("group", group=new.id)
        return new
