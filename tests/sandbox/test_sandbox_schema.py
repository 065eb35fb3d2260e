"""What no bot of ours sends is refused: every request is held against the table."""

from typing import Any

import aiogram.methods
import pytest
from aiogram.client.default import Default
from aiogram.methods.base import TelegramMethod
from pydantic.fields import FieldInfo

from bot.sandbox.schema import NEWER_METHODS, NEWER_PARAMETERS, table

from .driver import Town

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


def _name(name: str, field: FieldInfo) -> str:
    return field.alias or name


def test_every_parameter_of_aiogram_is_in_the_table_or_listed_as_newer() -> None:
    assert not isinstance(Default, str)
    for known in vars(aiogram.methods).values():
        if not (isinstance(known, type) and issubclass(known, TelegramMethod) and known is not TelegramMethod):
            continue
        method = str(known.__api_method__)
        if method in NEWER_METHODS:
            continue
        names = {_name(name, field) for name, field in known.model_fields.items()}
        newer = names - set(table()["methods"][method]["params"]) - RETIRED
        assert newer == NEWER_PARAMETERS.get(method, frozenset()), method


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
