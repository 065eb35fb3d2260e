"""The Bot API door: one HTTP request in, one JSON answer out, strict and logged."""

import asyncio
import hmac
import inspect
import json
from collections import deque
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox import about, media, receiving, sending
from bot.sandbox.errors import Refusal, bad
from bot.sandbox.faults import SENDS
from bot.sandbox.limits import DOWNLOAD_BYTES
from bot.sandbox.methods import played
from bot.sandbox.schema import NEWER_METHODS, Checked, Upload, check, method_name
from bot.sandbox.world import World

PLAYERS = (about, media, receiving, sending)  # importing them registers the methods
KEPT_CALLS = 20_000
QUIET = frozenset({"getUpdates", "getMe"})


class CallLog:
    """Every call but the polls; the token is never part of it."""

    def __init__(self) -> None:
        self.n = 0
        self._calls: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)

    def add(self, **call: Any) -> None:
        """Append one call."""
        self.n += 1
        self._calls.append({"n": self.n} | {k: v for k, v in call.items() if v is not None})

    def after(self, n: int) -> list[dict[str, Any]]:
        """Calls newer than `n`, oldest first."""
        return [call for call in self._calls if call["n"] > n]


class BotApi:
    """Handlers for /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.log = CallLog()
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        """What the server mounts."""
        return [
            web.route("*", "/bot{token}/{method}", self.call),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method call."""
        if self.world.faults.down:
            return cut(request)
        if self.world.faults.slow_ms:
            await asyncio.sleep(self.world.faults.slow_ms / 1000)
        method = method_name(request.match_info["method"])
        seen = _Seen()
        try:
            if not self._knows(request):
                raise Refusal(401, "Unauthorized")
            if method is None:
                raise Refusal(404, "Not Found")
            result = await self._answer(request, method, seen)
        except Refusal as refusal:
            self._record(request, method, seen, refusal=refusal)
            return _refused(refusal)
        self._record(request, method, seen, result=result)
        if self.world.faults.down or self.world.faults.loses_answer(method):
            return cut(request)
        return _json({"ok": True, "result": result})

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file; the path is what getFile answered."""
        if self.world.faults.down:
            return cut(request)
        if not self._knows(request):
            return _refused(Refusal(401, "Unauthorized"))
        file = self.world.state.file_by_path(request.match_info["path"])
        if file is None or file.size > DOWNLOAD_BYTES:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=self.world.state.content(file.unique_id), content_type="application/octet-stream")

    def _knows(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.match_info["token"].encode(), self._token.encode())

    async def _answer(self, request: web.Request, method: str, seen: "_Seen") -> Any:
        checked = await read(request, method)
        seen.take(checked)
        if method in NEWER_METHODS:
            raise bad(f"method {method} is not played by the sandbox")
        player = played(method)
        self.world.faults.before(method)
        if method in SENDS:
            self._pace(checked)
        result = player(self.world, checked.params)
        return await result if inspect.isawaitable(result) else result

    def _pace(self, checked: Checked) -> None:
        """Telegram counts what is tried; an album counts as many as it has items."""
        chat = checked.params.get("chat_id")
        if chat is None:
            return
        known = self.world.state.known_chat(chat)
        several = checked.params.get("media") or checked.params.get("message_ids") or [None]
        self.world.limiter.take(known, len(several) if isinstance(several, list) else 1)

    def _record(
        self,
        request: web.Request,
        method: str | None,
        seen: "_Seen",
        *,
        result: Any = None,
        refusal: Refusal | None = None,
    ) -> None:
        if method in QUIET and refusal is None:
            return
        if method in QUIET and refusal is not None and refusal.code == 409:
            return
        message_id = result.get("message_id") if isinstance(result, dict) else None
        self.log.add(
            t=round(self.world.monotonic(), 6),
            method=method or "?",
            chat_id=seen.chat_id,
            status=200 if refusal is None else refusal.code,
            error=None if refusal is None else refusal.description,
            agent=request.headers.get("User-Agent", ""),
            message_id=message_id,
            newer=seen.newer or None,
        )


class _Seen:
    """What the log may say about a request."""

    def __init__(self) -> None:
        self.chat_id: int | str | None = None
        self.newer: list[str] = []

    def take(self, checked: Checked) -> None:
        """Note chat and newer parameters."""
        self.chat_id = checked.params.get("chat_id")
        if isinstance(self.chat_id, str) and self.chat_id.lstrip("-").isdigit():
            self.chat_id = int(self.chat_id)
        self.newer = checked.newer


async def read(request: web.Request, method: str) -> Checked:
    """Parameters of query string and body, checked against the table."""
    raw: dict[str, object] = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            raise Refusal(413, "Request Entity Too Large") from None
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad("expected a JSON object")
        return check(method, raw | body, {})
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    uploads: dict[str, Upload] = {}
    for name, value in form.items():
        if isinstance(value, FileField):
            uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            value.file.close()
        else:
            raw[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    return check(method, raw, uploads)


def cut(request: web.Request) -> web.StreamResponse:
    """Drop the connection without a byte of answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")


def _refused(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return _json(body, refusal.code)
