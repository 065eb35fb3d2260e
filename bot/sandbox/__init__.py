"""A Telegram of one's own on loopback: strict where Telegram is strict, with a page, a calendar and faults."""

from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox

__all__ = ["Limits", "Sandbox"]
