"""What the bot is told: updates, webhook, taps, itself."""

from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad
from bot.sandbox.limits import CALLBACK_ANSWER_CHARS, QUERY_SECONDS
from bot.sandbox.methods import Params, plays
from bot.sandbox.updates import checked_kinds
from bot.sandbox.world import World

_SECRET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@plays("getMe")
def get_me(world: World, params: Params) -> dict[str, Any]:
    """The bot: privacy mode on, no inline mode."""
    return world.state.bot_api() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@plays("getUpdates")
async def get_updates(world: World, params: Params) -> list[dict[str, Any]]:
    """Long poll."""
    allowed = checked_kinds(params.get("allowed_updates"))
    if params.get("offset") or allowed is not None:  # may confirm, or choose other kinds
        world.changed()
    return await world.queue.poll(params.get("offset"), params.get("limit"), params.get("timeout"), allowed)


@plays("setWebhook")
def set_webhook(world: World, params: Params) -> bool:
    """Deliver by POST; plain http is taken on loopback only, where there is nobody to listen in."""
    for name in ("certificate", "ip_address"):
        if name in params:
            raise bad(f"parameter {name} is not played by the sandbox")
    if not params["url"]:
        return _no_webhook(world, params)
    parts = urlsplit(params["url"])
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (plain or parts.scheme == "https"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token")
    if secret is not None and not (1 <= len(secret) <= 256 and set(secret) <= _SECRET):
        raise bad("secret token contains unallowed characters")
    allowed = checked_kinds(params.get("allowed_updates"))
    if allowed is not None:
        world.queue.allowed = allowed or None
    if params.get("drop_pending_updates"):
        world.queue.drop_all()
    world.queue.terminate("terminated by setWebhook request")
    world.hook.set(params["url"], secret, params.get("max_connections", 40))
    world.queue.webhook_active = True
    world.queue.arrived.set()
    world.changed()
    return True


@plays("deleteWebhook")
def delete_webhook(world: World, params: Params) -> bool:
    """Back to long polls."""
    return _no_webhook(world, params)


def _no_webhook(world: World, params: Params) -> bool:
    if params.get("drop_pending_updates"):
        world.queue.drop_all()
    world.hook.set("", None, 40)
    world.queue.webhook_active = False
    world.changed()
    return True


@plays("getWebhookInfo")
def get_webhook_info(world: World, params: Params) -> dict[str, Any]:
    """How delivery goes."""
    info: dict[str, Any] = {
        "url": world.hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.queue.pending),
    }
    if world.hook.url:
        info["max_connections"] = world.hook.max_connections
    if world.hook.last_error is not None:
        info["last_error_date"], info["last_error_message"] = world.hook.last_error
    if world.queue.allowed is not None:
        info["allowed_updates"] = world.queue.allowed
    return info


@plays("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    """Stop the button's waiting sign, with a short text or an alert."""
    query = world.queries.get(params["callback_query_id"])
    if query is None or query.answered or world.monotonic() - query.asked > QUERY_SECONDS:
        raise bad(TOO_OLD)
    text = params.get("text", "")
    if len(text) > CALLBACK_ANSWER_CHARS:
        raise bad("MESSAGE_TOO_LONG")
    if params.get("url"):
        raise bad("URL_INVALID")
    query.answered = True
    world.events.add(
        "callback_answer",
        user=query.user,
        chat=query.chat,
        callback_query_id=params["callback_query_id"],
        text=text,
        alert=params.get("show_alert", False),
    )
    return True
