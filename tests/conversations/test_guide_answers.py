"""The exchanges of docs/huong-dan/hoi-dap.md, played again: the page shows what the product answers.

A block is a transcript. "Ánh: …" types, "Ánh (trong nhóm): …" types in a group, "Ánh bấm [Nhãn]" taps under the message
that came last; a label that comes from the bloc's data stands in quotation marks. Under "Trợ lý:" stand the lines of
the answer, "…" for any number of lines that are left out; a line of [Nhãn] stands for buttons, in their order. Every
block begins anew.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiogram.types import User

from bot.domain.bloc import Bloc
from bot.domain.people import Role
from bot.knowledge import answer as knowledge
from storage.store import Store
from tests.chat import BOT_ID, Chat, Seen, World
from tests.conftest import SPRING, load
from tests.conversations.test_ask import Group

PAGE = Path(__file__).resolve().parents[2] / "docs" / "huong-dan" / "hoi-dap.md"
_BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MOVE = re.compile(r"Ánh(?: \((?P<group>trong nhóm)\))?(?:: (?P<typed>.+)| bấm [\[“](?P<tapped>.+)[\]”])")
_BUTTONS = re.compile(r"\[[^\]]+\](?: \[[^\]]+\])*")
SAYS, INDENT, LEFT_OUT = "Trợ lý: ", " " * 8, "…"


@dataclass
class Turn:
    """One move of the person and what the page says came of it."""

    move: re.Match[str]
    expected: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)


def blocks() -> list[str]:
    return _BLOCK.findall(unicodedata.normalize("NFC", PAGE.read_text(encoding="utf-8")))


def turns(block: str) -> list[Turn]:
    found: list[Turn] = []
    for line in block.splitlines():
        if move := _MOVE.fullmatch(line):
            found.append(Turn(move))
            continue
        assert found and line.startswith((SAYS, INDENT)), f"neither a move nor an answer: {line!r}"
        said = line[len(INDENT) :]
        if _BUTTONS.fullmatch(said):
            found[-1].buttons += re.findall(r"\[([^\]]+)\]", said)
        else:
            found[-1].expected.append(said)
    return found


def fits(expected: list[str], lines: list[str]) -> bool:
    """Whether the lines are the expected ones, "…" standing for any that are left out."""
    if not expected:
        return not lines
    if expected[0] == LEFT_OUT:
        return any(fits(expected[1:], lines[n:]) for n in range(len(lines) + 1))
    return bool(lines) and expected[0] == lines[0] and fits(expected[1:], lines[1:])


def as_read(message: Seen) -> list[str]:
    """The lines of a message, without empty ones."""
    return [line.rstrip() for line in message.text.splitlines() if line.strip()]


@pytest.fixture
def world(lite: Store, sample: Bloc) -> Iterator[World]:
    knowledge._cache.clear()
    load(lite, sample)
    made = World(lite, SPRING)
    made.bot._me = User(id=BOT_ID, is_bot=True, first_name="bot", username="ThiDuaBot")
    made.person(14, "Thu", (None, Role.SECRETARY))
    yield made
    knowledge._cache.clear()


@pytest.fixture
async def anh(world: World) -> Chat:
    """The liaison of the page: 1 June, 9:00; of her form only TC1.6 is scored."""
    chat = world.person(11, "Ánh", ("STP", Role.LIAISON))
    await chat.says("/tudanhgia")
    for label in ("Mục lục", "N1", "TC1.6", "khá"):
        await chat.taps(chat.last, label)
    await chat.says("/huy")
    return chat


@pytest.mark.parametrize("number", range(len(blocks())))
async def test_the_page_shows_what_the_product_answers(world: World, anh: Chat, number: int) -> None:
    group = Group(world, 11, "Ánh")
    for turn in turns(blocks()[number]):
        move, chat = turn.move, group if turn.move["group"] else anh
        before = len(chat.shown)
        if move["tapped"]:
            said = await chat.taps(chat.last, move["tapped"])
        else:
            said = await (group.writes(move["typed"]) if move["group"] else anh.says(move["typed"]))
        assert said or len(chat.shown) > before, move.group(0)
        lines = [line for message in said for line in as_read(message)]
        shown = "\n".join([*lines, *(f"[{label}]" for message in said for label in message.buttons)])
        assert fits(turn.expected, lines), f"{move.group(0)}\n--- now comes:\n{shown}"
        labels = iter([label for message in said for label in message.buttons])
        assert all(any(label in each for each in labels) for label in turn.buttons), f"{move.group(0)}\n{shown}"


def test_the_page_holds_ten_exchanges_that_begin_as_the_answers_begin() -> None:
    assert len(blocks()) >= 10
    for block in blocks():
        held = turns(block)
        assert held and all(turn.expected and turn.expected[0] != LEFT_OUT for turn in held), block


def test_the_check_notices_a_line_that_is_no_longer_so() -> None:
    assert fits(["a", LEFT_OUT, "d"], ["a", "b", "c", "d"]) and fits(["a", LEFT_OUT], ["a"])
    assert not fits(["a", "c"], ["a", "b", "c"]) and not fits(["a"], ["a", "b"]) and not fits([LEFT_OUT, "x"], ["a"])
