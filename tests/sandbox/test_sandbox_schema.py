"""What no bot of ours sends is refused: every request is held against the table."""

from typing import Any

import aiogram.methods
import aiogram.types
import pytest
from aiogram.methods.base import TelegramMethod
from pydantic.fields import FieldInfo

from bot.sandbox.schema import NEWER_FIELDS, NEWER_METHODS, NEWER_PARAMETERS, table

from .driver import PNG, Town

ADA = {"text": "A", "callback_data": "a"}
# Gone from the Bot API before the table was made; aiogram keeps the names for old programs.
RETIRED = {
    "allow_sending_without_reply",
    "correct_option_id",
    "disable_web_page_preview",
    "exclude_limited",
    "reply_to_message_id",
    "sticker_format",
    "switch_pm_parameter",
    "switch_pm_text",
}

RETIRED_FIELDS = {
    "InlineQueryResultArticle": {"hide_url"},
    "InputTextMessageContent": {"disable_web_page_preview"},
    "KeyboardButton": {"request_user"},
    "MenuButtonCommands": {"text", "web_app"},
    "MenuButtonDefault": {"text", "web_app"},
}


def _name(name: str, field: FieldInfo) -> str:
    return field.alias or name


def test_every_parameter_of_aiogram_is_in_the_table_or_listed_as_newer() -> None:
    for known in vars(aiogram.methods).values():
        if not (isinstance(known, type) and issubclass(known, TelegramMethod) and known is not TelegramMethod):
            continue
        method = str(known.__api_method__)
        if method in NEWER_METHODS:
            continue
        names = {_name(name, field) for name, field in known.model_fields.items()}
        newer = names - set(table()["methods"][method]["params"]) - RETIRED
        assert newer == NEWER_PARAMETERS.get(method, frozenset()), method


def _types_of_requests() -> set[str]:
    """Every object type that a parameter of some method may hold, however deep."""
    todo = [t for m in table()["methods"].values() for p in m["params"].values() for t in p["types"]]
    found: set[str] = set()
    while todo:
        name = todo.pop().replace("Array of ", "")
        if name in found or name not in table()["types"]:
            continue
        found.add(name)
        known = table()["types"][name]
        todo += [t for field in known["fields"].values() for t in field["types"]]
        todo += known.get("subtypes", [])
    return found


def test_every_field_aiogram_may_nest_in_a_request_is_in_the_table_or_listed_as_newer() -> None:
    for name in _types_of_requests():
        known, fields = getattr(aiogram.types, name, None), table()["types"][name]["fields"]
        if known is None or not fields:
            continue
        names = {_name(field, info) for field, info in known.model_fields.items()}
        newer = names - set(fields) - RETIRED_FIELDS.get(name, set())
        assert newer == NEWER_FIELDS.get(name, frozenset()), name


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, "unknown parameter colour (sandbox)"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "text must be of type String (sandbox)"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "chat_id must be of type Integer or String (sandbox)"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_to_message_id": 3}, "unknown parameter reply_to_message_id"),
        ("sendMessage", {"chat_id": 1, "text": "x", "disable_notification": "maybe"}, "must be of type Boolean"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "link_preview_options": {"is_off": True}},
            "unknown field link_preview_options.is_off (sandbox)",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "entities": [{"type": "bold", "offset": "0", "length": 1}]},
            "entities[0].offset must be of type Integer (sandbox)",
        ),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_parameters": {}}, 'find field "message_id"'),
        ("answerCallbackQuery", {}, "query is too old and response timeout expired or query ID is invalid"),
        ("editMessageText", {"text": "x"}, "chat_id is empty"),
        ("deleteMessage", {"chat_id": 1}, "message identifier is not specified"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("sendDocument", {"chat_id": 1, "document": "attach://a"}, 'can\'t find the attached file "a"'),
        ("getFile", {"file_id": "nothing"}, "invalid file_id"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}, 'type "moon" is unknown'),
        ("getUpdates", {"allowed_updates": ["messages"]}, 'unknown update type "messages"'),
    ],
)
async def test_a_request_outside_the_table_is_refused(
    town: Town, method: str, params: dict[str, Any], words: str
) -> None:
    said = await town.call(method, **params)
    assert said.status == 400
    assert said.description.startswith("Bad Request: ")
    assert words in said.description


@pytest.mark.parametrize(
    ("buttons", "words"),
    [
        ([[{"text": "A", "callback_data": "x" * 200}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "A", "callback_data": "ế" * 22}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "A"}]], "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ([[{"text": "A", "callback_data": ""}]], "Text buttons are unallowed in the inline keyboard"),
        ([[{"text": " ", "callback_data": "a"}]], 'Field "text" must be non-empty'),
        ([[{"callback_data": "a"}]], "can't parse inline keyboard button: Can't find field \"text\""),
        ([[{"text": "A", "callback_data": "a", "url": "https://a.vn"}]], "exactly one action"),
        ([[{"text": "A", "url": "ftp://a.vn"}]], "URL 'ftp://a.vn' is invalid: Unsupported URL protocol"),
        ([[{"text": "A", "callback_data": "a", "size": 3}]], "unknown field reply_markup.inline_keyboard"),
        ([[ADA] * 9], "REPLY_MARKUP_TOO_LONG"),
        ([[ADA] * 8] * 13, "REPLY_MARKUP_TOO_LONG"),
    ],
)
async def test_buttons_that_telegram_refuses_are_refused(
    town: Town, lan: int, buttons: list[list[dict[str, Any]]], words: str
) -> None:
    said = await town.call("sendMessage", chat_id=lan, text="x", reply_markup={"inline_keyboard": buttons})
    assert said.status == 400 and words in said.description


async def test_64_bytes_of_data_and_100_buttons_are_allowed(town: Town, lan: int) -> None:
    rows = [[{"text": "A", "callback_data": "ế" * 21 + "x"}] * 8] * 12
    said = await town.call("sendMessage", chat_id=lan, text="x", reply_markup={"inline_keyboard": [*rows, [ADA] * 4]})
    assert said.status == 200


async def test_forms_query_strings_and_json_say_the_same(town: Town, lan: int) -> None:
    url = "/bot12345:TEST/sendMessage"
    form = {"chat_id": str(lan), "text": "một", "disable_notification": "true", "entities": "[]"}
    for request in (
        town.http.post(url, data=form),
        town.http.get(url, params=form),
        town.http.post(url, json={"chat_id": lan, "text": "một", "entities": []}),
    ):
        async with request as answer:
            assert (await answer.json())["result"]["text"] == "một"


async def test_parameters_newer_than_the_table_pass_and_are_reported(town: Town, lan: int) -> None:
    markup: dict[str, Any] = {"inline_keyboard": [[ADA | {"disabled": {}}]]}
    await town.call("sendMessage", chat_id=lan, text="x", receiver_user_id=lan, reply_markup=markup)
    last = (await town.get("log"))["calls"][-1]
    assert sorted(last["newer"]) == ["receiver_user_id", "reply_markup.inline_keyboard[0][0].disabled"]
    assert (last["method"], last["chat_id"], last["status"]) == ("sendMessage", lan, 200)


async def test_a_caption_that_looks_like_an_attachment_is_a_caption(town: Town, lan: int) -> None:
    photo = (await town.uploads(lan, ("a.png", PNG), kind="photo"))["message_ids"][0]
    file_id = (await town.updates())[-1]["message"]["photo"][-1]["file_id"]
    album = [{"type": "photo", "media": file_id, "caption": "attach://a"}, {"type": "photo", "media": file_id}]
    said = await town.call("sendMediaGroup", chat_id=lan, media=album)
    assert said.result[0]["caption"] == "attach://a" and said.result[0]["message_id"] > photo


@pytest.mark.parametrize(
    "extra", [{"message_thread_id": 5}, {"allow_paid_broadcast": True}, {"business_connection_id": "b"}]
)
async def test_parts_of_telegram_the_sandbox_has_not_got_are_refused(
    town: Town, lan: int, extra: dict[str, Any]
) -> None:
    said = await town.call("sendMessage", chat_id=lan, text="x", **extra)
    assert said.description == f"Bad Request: parameter {next(iter(extra))} is not played by the sandbox"


async def test_the_log_names_refusals_and_agents_but_never_the_token(town: Town, lan: int) -> None:
    await town.call("sendMessage", chat_id=lan, text="")
    await town.aio.send_message(lan, "x")
    await town.call("sendMessage", token="12345:WRONG", chat_id=lan, text="x")
    log = await town.get("log")
    refused, sent, stranger = log["calls"][-3:]
    assert refused["error"] == "Bad Request: message text is empty"
    assert "aiogram" in sent["agent"] and sent["message_id"] > 0
    assert stranger["status"] == 401
    assert "TEST" not in str(log) and "WRONG" not in str(log)
    assert "TEST" not in str(await town.get("state"))
