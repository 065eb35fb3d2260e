"""The Telegram edge: unpack, call a use case, say what to show."""
