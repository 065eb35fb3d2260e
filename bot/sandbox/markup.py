"""Keyboards under messages: what Telegram refuses about them."""

from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.limits import BUTTONS, BUTTONS_IN_ROW, CALLBACK_DATA_BYTES

Markup = dict[str, Any]

_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_PARSE = "can't parse inline keyboard button: "


def split(reply_markup: Markup | None) -> tuple[Markup | None, list[list[str]] | None]:
    """(inline keyboard or None, reply keyboard rows or None; [] removes it), checked."""
    if reply_markup is None:
        return None, None
    if "inline_keyboard" in reply_markup:
        return inline(reply_markup), None
    if "keyboard" in reply_markup:
        return None, _reply_keyboard(reply_markup["keyboard"])
    if reply_markup.get("remove_keyboard"):
        return None, []
    return None, None  # ForceReply shows nothing to keep


def inline(reply_markup: Markup | None) -> Markup | None:
    """A checked inline keyboard; None when it has no button."""
    if reply_markup is None:
        return None
    if "inline_keyboard" not in reply_markup:
        raise bad("inline keyboard expected")
    rows = [row for row in reply_markup["inline_keyboard"] if row]
    _bounds(rows)
    for row in rows:
        for button in row:
            _button(button)
    return {"inline_keyboard": rows} if rows else None


def _bounds(rows: list[list[Any]]) -> None:
    if sum(len(row) for row in rows) > BUTTONS or any(len(row) > BUTTONS_IN_ROW for row in rows):
        raise bad("REPLY_MARKUP_TOO_LONG")


def _button(button: dict[str, Any]) -> None:
    if not button["text"].strip():
        raise bad(_PARSE + 'Field "text" must be non-empty (sandbox)')
    actions = [name for name in _ACTIONS if button.get(name) not in (None, "") or _empty_query(button, name)]
    if not actions:
        raise bad(_PARSE + "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(_PARSE + "exactly one action must be used (sandbox)")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and _unsupported(url):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if button.get("web_app") and not button["web_app"]["url"].startswith("https://"):
        raise bad(
            f"inline keyboard button Web App URL '{button['web_app']['url']}' is invalid: Only HTTPS links are allowed"
        )


def _unsupported(url: str) -> bool:
    """Telegram puts http:// before an address that has a dot and no scheme."""
    known = url.lower().startswith(("http://", "https://", "tg://", "ton://"))
    return not known and ("://" in url or "." not in url)


def _empty_query(button: dict[str, Any], name: str) -> bool:
    """An empty inline query is a value of its own: it opens the bot's inline mode."""
    return name.startswith("switch_inline_query") and button.get(name) == ""


def _reply_keyboard(rows: list[list[Any]]) -> list[list[str]]:
    shown = [[button if isinstance(button, str) else button["text"] for button in row] for row in rows if row]
    if not shown:
        raise bad("reply keyboard must be non-empty (sandbox)")
    if sum(len(row) for row in shown) > 3 * BUTTONS or any(len(row) > 12 for row in shown):
        raise bad("REPLY_MARKUP_TOO_LONG")
    if any(not text.strip() for row in shown for text in row):
        raise bad('can\'t parse keyboard button: Field "text" must be non-empty (sandbox)')
    return shown
