"""What a log line may hold: ids, names of errors, places in the code. Never the token, never what people wrote."""

import asyncio
import gc
import io
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bot import log as module
from bot.log import Formatter, set_up

TOKEN = "123456:SECRET-part_of_it"
CANARY = "chim-hoàng-yến"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is logged, with logging and Python's own hooks put back afterwards."""
    out = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in module._QUIET}
    monkeypatch.setattr(sys, "stderr", out)
    for hook in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, hook, getattr(sys, hook))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    set_up("DEBUG", secrets=[TOKEN, "SECRET-part_of_it"])
    yield out
    logging.captureWarnings(False)
    root.handlers[:], root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


def line(*, name: str = "bot.x", level: int = logging.INFO, msg: str = "done", args: Any = (), **extra: Any) -> str:
    record = logging.LogRecord(name, level, "/code/there.py", 7, msg, args, None)
    vars(record).update(extra)
    return Formatter([TOKEN, "SECRET-part_of_it"]).format(record)


def test_extra_fields_stand_behind_the_message() -> None:
    assert line(msg="received", updates=3, new=2).endswith(" INFO bot.x: received updates=3 new=2")


def test_the_token_is_blotted_out_wherever_it_turns_up() -> None:
    text = line(msg="calling https://x/bot%s/getMe", args=(TOKEN,), url=f"https://x/bot{TOKEN}/sendMessage")
    assert "SECRET" not in text and text.count("***") == 2
    assert "SECRET" not in line(msg="calling /bot123456%3ASECRET-part_of_it/getMe")


def test_a_traceback_names_places_and_errors_but_not_their_messages() -> None:
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError:
        record = logging.LogRecord("bot.x", logging.ERROR, "x.py", 7, "handler failed", (), sys.exc_info())
    text = Formatter().format(record)
    assert CANARY not in text
    assert "builtins.KeyError" in text and "builtins.ValueError" in text
    assert "in test_a_traceback_names_places" in text


@pytest.mark.parametrize("name", ["aiogram.event", "asyncio", "aiohttp.server", "telegram.ext", "sqlalchemy.engine"])
def test_of_a_librarys_message_only_the_template_is_shown(name: str) -> None:
    text = line(name=name, msg="Cause exception %s on %r", args=(CANARY, {"text": CANARY}), text=CANARY)
    assert text.endswith(f"INFO {name}: Cause exception %s on %r")
    text = line(name=name, msg=f"Cause exception {CANARY}\nfuture: <Task result='{CANARY}'>")
    assert CANARY not in text and text.endswith(f"{name}: (there:7)")


def test_libraries_speak_up_only_when_something_is_wrong(logged: io.StringIO) -> None:
    for name in ("httpx", "aiogram.event", "telegram.ext", "sqlalchemy.engine", "alembic.runtime"):
        logging.getLogger(name).info("HTTP Request: POST https://x/bot%s/sendMessage", TOKEN)
        logging.getLogger(name).debug(CANARY)
    assert logged.getvalue() == ""


async def test_a_task_that_nobody_asked_about_says_nothing_of_what_it_held(logged: io.StringIO) -> None:
    async def fails(text: str) -> None:
        raise RuntimeError(text)

    task = asyncio.ensure_future(fails(CANARY))
    await asyncio.wait({task})
    del task
    gc.collect()
    too_many: Any = fails  # called with one argument more than it takes
    asyncio.get_running_loop().call_soon(too_many, CANARY, CANARY)
    await asyncio.sleep(0)
    text = logged.getvalue()
    assert "builtins.RuntimeError" in text and "builtins.TypeError" in text
    assert CANARY not in text


def test_an_error_in_a_thread_is_logged_without_its_message(logged: io.StringIO) -> None:
    def fails() -> None:
        raise RuntimeError(CANARY)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert "a thread ended with an error" in logged.getvalue()
    assert CANARY not in logged.getvalue()


def test_an_error_that_nobody_caught_is_logged_without_its_message(logged: io.StringIO) -> None:
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert "CRITICAL bot: ended by an error" in logged.getvalue()
    assert CANARY not in logged.getvalue()


def test_an_error_that_cannot_be_raised_is_logged_without_its_message(logged: io.StringIO) -> None:
    class Broken:
        def __del__(self) -> None:
            raise RuntimeError(CANARY)

    made = Broken()
    del made
    gc.collect()
    assert "could not be raised" in logged.getvalue()
    assert CANARY not in logged.getvalue()
