"""How a rule refuses: with a key and params, never with a sentence."""

from typing import ClassVar


class DomainError(Exception):
    """A request that the rules do not allow; `key` names the sentence in the catalogue, `params` fill it."""

    key: ClassVar[str] = "error.refused"

    def __init__(self, **params: object) -> None:
        super().__init__(self.key)
        self.params = params


class NotAllowed(DomainError):
    """The person's memberships do not reach this."""

    key = "error.not-allowed"


class NoBloc(DomainError):
    """No bloc file has been imported yet."""

    key = "error.no-bloc"


class StaleButton(DomainError):
    """A button made for a state that has since moved on."""

    key = "error.stale-button"
