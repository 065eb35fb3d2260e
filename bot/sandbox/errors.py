"""How the sandbox says no, on both of its doors."""


class Refusal(Exception):
    """A Bot API answer with ok=false: HTTP code, description, optional `parameters` for the client."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class ControlRefusal(Exception):
    """A control API answer that says no: HTTP status and a sentence for the person at the page."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad(description: str, **parameters: int) -> Refusal:
    """400 with Telegram's usual prefix."""
    return Refusal(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> Refusal:
    """403 with Telegram's usual prefix."""
    return Refusal(403, f"Forbidden: {description}")


def conflict(description: str) -> Refusal:
    """409 with Telegram's usual prefix."""
    return Refusal(409, f"Conflict: {description}")
