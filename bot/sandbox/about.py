"""The bot's commands and profile, and what it may know about chats."""

import json
import re
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.limits import (
    COMMAND_DESCRIPTION_CHARS,
    COMMANDS,
    DESCRIPTION_CHARS,
    NAME_CHARS,
    SHORT_DESCRIPTION_CHARS,
)
from bot.sandbox.methods import Params, plays
from bot.sandbox.state import State
from bot.sandbox.world import World

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_PROFILE = {
    "Name": ("name", NAME_CHARS),
    "Description": ("description", DESCRIPTION_CHARS),
    "ShortDescription": ("short_description", SHORT_DESCRIPTION_CHARS),
}


def _scope(world: World, params: Params) -> str:
    scope = dict(params.get("scope") or {"type": "default"})
    if "chat_id" in scope:
        scope["chat_id"] = world.state.known_chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True)


def _language(params: Params) -> str:
    code: str = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(code):
        raise bad("invalid language code specified")
    return code


@plays("setMyCommands")
def set_my_commands(world: World, params: Params) -> bool:
    """The command list of one scope and language."""
    scope, language = _scope(world, params), _language(params)
    if len(params["commands"]) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for command in params["commands"]:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= COMMAND_DESCRIPTION_CHARS:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": command["command"].removeprefix("/"), "description": command["description"].strip()})
    if not kept:
        return delete_my_commands(world, params)
    world.state.commands.setdefault(scope, {})[language] = kept
    world.events.add("commands")
    world.changed()
    return True


@plays("deleteMyCommands")
def delete_my_commands(world: World, params: Params) -> bool:
    """No list of its own for this scope and language."""
    world.state.commands.get(_scope(world, params), {}).pop(_language(params), None)
    world.events.add("commands")
    world.changed()
    return True


@plays("getMyCommands")
def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    """Exactly the list that was set for this scope and language."""
    return world.state.commands.get(_scope(world, params), {}).get(_language(params), [])


def commands_seen(state: State, chat: int, user: int, language: str) -> list[dict[str, str]]:
    """The list one person sees in one chat: the narrowest scope first, the language before no language."""
    scopes: list[dict[str, Any]]
    if chat in state.groups:
        scopes = [{"type": "chat_member", "chat_id": chat, "user_id": user}]
        scopes += [{"type": "chat", "chat_id": chat}, {"type": "all_group_chats"}]
    else:
        scopes = [{"type": "chat", "chat_id": chat}, {"type": "all_private_chats"}]
    for scope in [*scopes, {"type": "default"}]:
        lists = state.commands.get(json.dumps(scope, sort_keys=True), {})
        for code in (language, ""):
            if lists.get(code):
                return lists[code]
    return []


def _set_profile(world: World, params: Params, what: str) -> bool:
    name, limit = _PROFILE[what]
    value, language = params.get(name, ""), _language(params)
    if len(value) > limit:
        raise bad(f"bot {name.replace('_', ' ')} is too long (sandbox)")
    world.state.profile.setdefault(name, {})[language] = value
    world.changed()
    return True


def _get_profile(world: World, params: Params, what: str) -> dict[str, str]:
    name, _ = _PROFILE[what]
    values = world.state.profile.get(name, {})
    default = world.state.bot_name if what == "Name" else ""
    return {name: values.get(_language(params)) or values.get("") or default}


def _register_profile(what: str) -> None:
    @plays(f"setMy{what}")
    def keep(world: World, params: Params) -> bool:
        return _set_profile(world, params, what)

    @plays(f"getMy{what}")
    def show(world: World, params: Params) -> dict[str, str]:
        return _get_profile(world, params, what)


for _what in _PROFILE:
    _register_profile(_what)


@plays("setChatMenuButton")
def set_chat_menu_button(world: World, params: Params) -> bool:
    """Which button stands beside the text field."""
    chat = str(world.state.known_chat(params["chat_id"])) if "chat_id" in params else ""
    world.state.profile.setdefault("menu_button", {})[chat] = params.get("menu_button", {"type": "default"})
    world.changed()
    return True


@plays("getChatMenuButton")
def get_chat_menu_button(world: World, params: Params) -> dict[str, Any]:
    """The button that was set, or the commands."""
    buttons = world.state.profile.get("menu_button", {})
    chat = str(params.get("chat_id", ""))
    found: dict[str, Any] = buttons.get(chat) or buttons.get("") or {"type": "commands"}
    return found if found["type"] != "default" else {"type": "commands"}


@plays("getChat")
def get_chat(world: World, params: Params) -> dict[str, Any]:
    """A chat with the few full fields that every chat has."""
    chat = _readable(world, params)
    more: dict[str, Any] = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    if chat in world.state.groups:
        more["permissions"] = {"can_send_messages": True}
    return world.state.chat_api(chat) | more


_NO_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)


def _readable(world: World, params: Params) -> int:
    """A chat the bot is in, or a person it knows."""
    chat = world.state.known_chat(params["chat_id"])
    return world.state.writable_chat(chat) if chat in world.state.groups else chat


@plays("getChatMember")
def get_chat_member(world: World, params: Params) -> dict[str, Any]:
    """member or left; groups of the sandbox have no administrators."""
    chat, user_id = _readable(world, params), params["user_id"]
    group = world.state.groups.get(chat)
    if user_id == world.state.bot_id:
        return world.bot_member("member")
    user = world.state.users.get(user_id)
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    inside = user_id in group.members if group is not None else user_id == chat
    return {"status": "member" if inside else "left", "user": user.api()}


@plays("getChatMemberCount")
def get_chat_member_count(world: World, params: Params) -> int:
    """The bot included."""
    chat = _readable(world, params)
    group = world.state.groups.get(chat)
    return len(group.members) + 1 if group is not None else 2


@plays("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[dict[str, Any]]:
    """None: groups of the sandbox have no administrators."""
    if _readable(world, params) not in world.state.groups:
        raise bad("there are no administrators in the private chat")
    return []


@plays("leaveChat")
def leave_chat(world: World, params: Params) -> bool:
    """The bot goes; people stay."""
    chat = world.state.writable_chat(params["chat_id"])
    group = world.state.groups.get(chat)
    if group is None:
        raise bad("chat member status can't be changed in private chats")
    group.bot = "left"
    world.events.add("group", group=chat)
    world.changed()
    return True
