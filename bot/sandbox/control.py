"""The control API under /sandbox/: people, calendar, faults, events, for the page and for tests."""

import asyncio
import json
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox.about import commands_seen
from bot.sandbox.botapi import CallLog
from bot.sandbox.errors import ControlRefusal
from bot.sandbox.groups import Groups
from bot.sandbox.limits import ALBUM
from bot.sandbox.people import Attachment, People, number
from bot.sandbox.receiving import LOOPBACK
from bot.sandbox.render import present
from bot.sandbox.schema import Upload
from bot.sandbox.state import Group, User
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "page"
LONGEST_WAIT = 60.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Handlers for /, /page/* and /sandbox/*."""

    def __init__(self, world: World, calls: CallLog, token_hint: str) -> None:
        self.world = world
        self.calls = calls
        self.people = People(world)
        self.groups = Groups(world, self.people)
        self._token_hint = token_hint

    def routes(self) -> list[web.RouteDef]:
        """What the server mounts, every one of them behind `guarded`."""
        chat = "/sandbox/chats/{chat:-?\\d+}"
        get: dict[str, Handler] = {
            "/": self.page,
            "/page/{path:.+}": self.page,
            "/sandbox/state": self.state,
            "/sandbox/calendar": self.calendar,
            "/sandbox/faults": self.faults,
            "/sandbox/events": self.events,
            "/sandbox/log": self.log,
            "/sandbox/commands": self.commands,
            "/sandbox/files/{file}": self.file,
            f"{chat}/messages": self.messages,
        }
        post: dict[str, Handler] = {
            "/sandbox/users": self.add_user,
            "/sandbox/users/{user:\\d+}/deactivate": self.deactivate,
            "/sandbox/groups": self.add_group,
            "/sandbox/groups/{chat:-?\\d+}/{move:migrate|kick|bring}": self.move_group,
            "/sandbox/calendar": self.move_calendar,
            "/sandbox/faults": self.switch_faults,
            "/sandbox/updates/restart-ids": self.restart_ids,
            f"{chat}/{{move:send|edit|forward|tap|start|block|unblock}}": self.move,
        }
        return [
            *(web.get(path, guarded(handler)) for path, handler in get.items()),
            *(web.post(path, guarded(handler)) for path, handler in post.items()),
        ]

    # looking

    async def page(self, request: web.Request) -> web.StreamResponse:
        """index.html and its static files."""
        path = (PAGE / request.match_info.get("path", "index.html")).resolve()
        if not path.is_relative_to(PAGE.resolve()) or not path.is_file():
            raise ControlRefusal(404, "Không có trang này.")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"})

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Everything a page needs to begin."""
        state = self.world.state
        bot = {"id": state.bot_id, "username": state.bot_username, "name": state.bot_name}
        return answer(
            {
                "bot": bot | {"token_hint": self._token_hint},
                "users": [_user(user) for user in state.users.values()],
                "groups": [_group(group) for group in state.groups.values()],
                "calendar": self.world.calendar.describe(),
                "faults": self.world.faults.describe(),
                "seq": self.world.events.seq,
                "polls": self.world.queue.polls,
            }
        )

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """A chat from its first message on."""
        chat = number(request.match_info["chat"])
        if "viewer" in request.query:
            self._may_look(chat, number(request.query["viewer"]))
        elif chat not in self.world.state.users and chat not in self.world.state.groups:
            raise ControlRefusal(404, "Không có cuộc trò chuyện này.")
        found = self.world.state.chats.get(chat, {}).values()
        return answer({"messages": [present(self.world.state, m) for m in found if not m.deleted]})

    def _may_look(self, chat: int, viewer: int) -> None:
        if viewer not in self.world.state.users:
            raise ControlRefusal(404, "Không có người này.")
        if chat != viewer and viewer not in self.people.group(chat).members:
            raise ControlRefusal(403, "Người này không ở trong cuộc trò chuyện.")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Events after `after`, waiting up to `wait` seconds for the first."""
        after = number(request.query.get("after", "0"))
        newer = self.world.events.after(after)
        if not newer and after <= self.world.events.seq:  # a page that knows more comes from before a restart
            await self.world.events.wait(_wait(request))
            newer = self.world.events.after(after)
        return answer({"seq": self.world.events.seq, "events": newer})

    async def log(self, request: web.Request) -> web.StreamResponse:
        """Bot API calls after `after`."""
        calls = self.calls.after(number(request.query.get("after", "0")))
        return answer({"n": self.calls.n, "calls": calls})

    async def commands(self, request: web.Request) -> web.StreamResponse:
        """The command list one person sees in one chat."""
        chat, user = number(request.query.get("chat")), number(request.query.get("user"))
        known = self.people.user(user)
        language = request.query.get("language", known.language_code)
        return answer({"commands": commands_seen(self.world.state, chat, user, language)})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Bytes for the page; only pictures are shown, the rest is saved."""
        file = self.world.state.files.get(request.match_info["file"])
        if file is None:
            raise ControlRefusal(404, "Không có tệp này.")
        content = self.world.state.content(file.unique_id)
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if file.kind != "photo":
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        kind = mimetypes.guess_type(file.path)[0] if file.kind == "photo" else None
        return web.Response(body=content, content_type=kind or "application/octet-stream", headers=headers)

    # people and groups

    async def add_user(self, request: web.Request) -> web.StreamResponse:
        """A new person."""
        body = await json_body(request)
        first = _text(body, "first_name")
        if not first:
            raise ControlRefusal(400, "Cần first_name.")
        username = _text(body, "username")
        if username and any(u.username == username for u in self.world.state.users.values()):
            raise ControlRefusal(409, "Tên người dùng này đã có.")
        language = _text(body, "language_code") or "vi"
        user = self.world.state.add_user(first, _text(body, "last_name"), username, language)
        self.world.events.add("user", user=_user(user))
        self.world.changed()
        return answer(_user(user))

    async def deactivate(self, request: web.Request) -> web.StreamResponse:
        """The account is gone: writing to it answers 403."""
        user = self.people.user(request.match_info["user"])
        user.deactivated = True
        self.world.events.add("user", user=_user(user))
        self.world.changed()
        return answer(_user(user))

    async def add_group(self, request: web.Request) -> web.StreamResponse:
        """A new group with the bot in it."""
        body = await json_body(request)
        supergroup = body.get("supergroup") is True
        return answer(_group(self.groups.make(body.get("title"), body.get("members"), supergroup=supergroup)))

    async def move_group(self, request: web.Request) -> web.StreamResponse:
        """migrate, kick the bot, bring it back."""
        chat, move = number(request.match_info["chat"]), request.match_info["move"]
        body = await json_body(request)
        if move == "migrate":
            return answer(_group(self.groups.migrate(chat)))
        by = body.get("from", self.people.group(chat).members[0])
        (self.groups.kick if move == "kick" else self.groups.bring)(chat, by)
        return answer(_group(self.people.group(chat)))

    async def move(self, request: web.Request) -> web.StreamResponse:
        """What one person does in one chat."""
        chat, move = number(request.match_info["chat"]), request.match_info["move"]
        if move == "send" and request.content_type == "multipart/form-data":
            return answer({"message_ids": await self._attach(chat, request)})
        body = await json_body(request)
        who = body.get("from")
        if move == "send":
            message = self.people.say(chat, who, body.get("text"), body.get("reply_to"))
            return answer({"message_ids": [message.id]})
        if move == "start":
            return answer({"message_ids": [self.people.start(chat, who, body.get("payload")).id]})
        if move == "edit":
            edited = self.people.edit(chat, who, body.get("message_id"), body.get("text"))
            return answer({"message_ids": [edited.id]})
        if move == "forward":
            copied = self.people.forward(chat, who, body.get("from_chat"), body.get("message_id"))
            return answer({"message_ids": [copied.id]})
        if move == "tap":
            gone = body.get("even_if_gone") is True
            query = self.people.tap(chat, who, body.get("message_id"), body.get("data"), even_if_gone=gone)
            return answer({"callback_query_id": query})
        (self.people.block if move == "block" else self.people.unblock)(chat, who)
        return answer(_user(self.people.user(who)))

    async def _attach(self, chat: int, request: web.Request) -> list[int]:
        try:
            form = await request.post()
        except web.HTTPRequestEntityTooLarge:
            raise ControlRefusal(413, "Tệp quá lớn.") from None
        files = []
        for part in form.getall("file", []):
            if isinstance(part, FileField):
                files.append(Upload(part.filename, part.content_type, part.file.read()))
                part.file.close()
        if not files:
            return [self.people.say(chat, form.get("from"), form.get("text"), form.get("reply_to")).id]
        if len(files) > ALBUM[1]:
            raise ControlRefusal(400, f"Một album có tối đa {ALBUM[1]} tệp.")
        kind = str(form.get("as", "document"))
        if kind not in ("photo", "document"):
            raise ControlRefusal(400, "as phải là photo hoặc document.")
        caption = form.get("caption") or form.get("text")
        sent = self.people.attach(chat, form.get("from"), Attachment(kind, files), caption, form.get("reply_to"))
        return [message.id for message in sent]

    # calendar, faults, ids

    async def calendar(self, request: web.Request) -> web.StreamResponse:
        """The calendar; with `after` and `wait` a long poll for the next move."""
        if "after" in request.query:
            after = number(request.query["after"])
            ends = asyncio.get_running_loop().time() + _wait(request)
            while self.world.calendar.version <= after:
                left = ends - asyncio.get_running_loop().time()
                if left <= 0 or self.world.closing:
                    break
                await self.world.events.wait(left)
        return answer(self.world.calendar.describe())

    async def move_calendar(self, request: web.Request) -> web.StreamResponse:
        """Push the calendar."""
        self.world.calendar.move(await json_body(request))
        self.world.events.add("calendar", calendar=self.world.calendar.describe())
        self.world.changed()
        return answer(self.world.calendar.describe())

    async def faults(self, request: web.Request) -> web.StreamResponse:
        """The switchboard."""
        return answer(self.world.faults.describe())

    async def switch_faults(self, request: web.Request) -> web.StreamResponse:
        """Turn switches."""
        self.world.faults.change(await json_body(request))
        if self.world.faults.down:
            self.world.queue.cut()
        else:
            self.world.queue.arrived.set()
        self.world.events.add("faults", faults=self.world.faults.describe())
        return answer(self.world.faults.describe())

    async def restart_ids(self, request: web.Request) -> web.StreamResponse:
        """Give the next update another id."""
        body = await json_body(request)
        self.world.queue.restart_ids(number(body.get("to")))
        self.world.changed()
        return answer({"next_update_id": self.world.queue.next_id})


def guarded(handler: Handler) -> Handler:
    """Loopback peers and Host only; a POST from another site's page is refused."""

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            _refuse_strangers(request)
            return await handler(request)
        except ControlRefusal as refusal:
            return answer({"error": refusal.message}, refusal.status)

    return guard


def _refuse_strangers(request: web.Request) -> None:
    peer = (request.remote or "").removeprefix("::ffff:")
    if not (peer == "::1" or peer.startswith("127.")):
        raise ControlRefusal(403, "Chỉ dùng được trên chính máy này.")
    if urlsplit(f"//{request.headers.get('Host', '')}").hostname not in LOOPBACK:
        raise ControlRefusal(403, "Chỉ dùng được qua địa chỉ của chính máy này.")
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        raise ControlRefusal(403, "Yêu cầu đến từ trang khác.")


def answer(body: object, status: int = 200) -> web.Response:
    """JSON with the letters as they are."""
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(
        text=text, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


async def json_body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; nothing at all counts as {}."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise ControlRefusal(400, "Không đọc được JSON.") from None
    if not isinstance(body, dict):
        raise ControlRefusal(400, "Cần một đối tượng JSON.")
    return body


def _wait(request: web.Request) -> float:
    try:
        return max(0.0, min(float(request.query.get("wait", "0")), LONGEST_WAIT))
    except ValueError:
        raise ControlRefusal(400, "wait là số giây.") from None


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ControlRefusal(400, f"{name} phải là chữ.")
    return value.strip() or None if value else None


def _user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "username": user.username,
        "language_code": user.language_code,
        "blocked": user.blocked,
        "started": user.started,
        "deactivated": user.deactivated,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "type": group.type,
        "title": group.title,
        "members": group.members,
        "bot": group.bot,
        "migrated_to": group.migrated_to,
    }
