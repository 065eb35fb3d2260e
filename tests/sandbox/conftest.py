from collections.abc import AsyncIterator

import pytest

from .driver import Town


@pytest.fixture(autouse=True)
def retry_after_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about its older form, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    built = await Town.build()
    yield built
    await built.close()


@pytest.fixture
async def lan(town: Town) -> int:
    """A person who has started the bot."""
    return await town.person("Lan")
