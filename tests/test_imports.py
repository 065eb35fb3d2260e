"""Who may import whom: the table of the design, held against every import statement of the product."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EDGES = {"aiogram", "telegram", "sqlalchemy", "alembic", "apscheduler", "aiohttp"}
OURS = {"bot", "handlers", "storage", "locales"}

SMALL = {"bot.clock", "bot.tasks"}  # a clock and a way to keep tasks: anybody outside domain and use cases

# room -> (our rooms it may import besides itself, edges it may import); the longest matching name counts
RULES: dict[str, tuple[set[str], set[str]]] = {
    "bot.domain": (set(), set()),
    "bot.usecases": ({"bot.domain", "bot.actions", "bot.buttons"}, set()),
    "bot.usecases.ports": ({"bot.domain"}, set()),
    "bot.buttons": ({"bot.domain", "bot.actions"}, set()),
    "bot.words": ({"bot.domain"}, set()),
    "bot.actions": ({"bot.domain"}, set()),
    "bot.pace": ({"bot.domain", *SMALL}, set()),
    "bot.config": ({"bot.domain"}, set()),
    "bot.log": ({"bot.domain"}, set()),
    "bot.clock": (set(), set()),
    "bot.tasks": (set(), set()),
    "bot.counted": ({"bot.domain", "bot.words"}, set()),
    "bot.knowledge": ({"bot.domain", "bot.words"}, set()),
    "bot.reports": ({"bot.domain", "bot.words", "bot.counted"}, set()),
    "bot.content": ({"bot.domain", "bot.words"}, set()),
    "bot.inbound": ({"bot.usecases.ports", "bot.domain", "bot.pace", "bot.words", *SMALL}, {"aiogram", "aiohttp"}),
    "bot.outbound": (
        {"bot.usecases", "bot.domain", "bot.words", "bot.actions", "bot.buttons", "bot.pace", *SMALL},
        set(),
    ),
    "bot.outbound.messenger": (
        {"bot.usecases", "bot.domain", "bot.words", "bot.actions", "bot.buttons", "bot.pace", *SMALL},
        {"telegram"},
    ),
    "bot.outbound.timetable": (
        {"bot.usecases", "bot.domain", "bot.words", "bot.actions", "bot.buttons", "bot.pace", *SMALL},
        {"apscheduler"},
    ),
    "bot.sandbox": (set(), {"aiohttp", "aiogram.types"}),
    "bot.tour": (set(), {"aiohttp"}),
    "handlers": (
        {"bot.usecases", "bot.domain", "bot.words", "bot.counted", "bot.actions", "bot.buttons", *SMALL},
        {"aiogram"},
    ),
    # one door each to the files that are made here
    "handlers.calendar_file": ({"bot.domain", "bot.words", "bot.reports"}, {"aiogram"}),
    "handlers.form_file": ({"bot.domain", "bot.words", "bot.reports"}, {"aiogram"}),
    "handlers.library": ({"bot.usecases", "bot.words", "bot.knowledge"}, set()),  # one door to the search index
    "storage": ({"bot.domain", "bot.usecases.ports", *SMALL}, {"sqlalchemy", "alembic"}),
    "storage.fsm": ({"bot.domain", "bot.usecases.ports", *SMALL}, {"sqlalchemy", "alembic", "aiogram"}),
    "locales": (set(), set()),
    "bot": (set(), set()),
}
FREE = {"bot.app", "bot.demo", "bot.__main__"}


def modules() -> list[Path]:
    return [path for room in sorted(OURS) for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """(imported module or member, line), type-checking imports included: they are dependencies too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def rule_for(module: str) -> tuple[str, set[str], set[str]]:
    room = max((room for room in RULES if within(module, room)), key=len)
    rooms, edges = RULES[room]
    return room, rooms, edges


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module = name_of(path)
    if module in FREE:
        return
    room, rooms, edges = rule_for(module)
    home = room if room != "bot" else "bot.nothing"
    top = ".".join(room.split(".")[:2]) if room.startswith("bot.") else room.split(".")[0]
    wrong = []
    for name, line in imports(path):
        first = name.split(".")[0]
        if first in OURS:
            if not any(within(name, allowed) for allowed in {home, top, *rooms}):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {module} must not import {name}")
        elif first in EDGES and not any(within(name, edge) for edge in edges):
            wrong.append(f"{path.relative_to(ROOT)}:{line}: {module} must not import {name}")
    assert not wrong, "\n".join(wrong)


def test_the_domain_is_standard_library_and_synchronous() -> None:
    for path in (ROOT / "bot" / "domain").glob("*.py"):
        for name, line in imports(path):
            first = name.split(".")[0]
            assert first in sys.stdlib_module_names or within(name, "bot.domain"), f"{path.name}:{line}: {name}"
            assert first not in ("asyncio", "sqlite3", "socket", "pathlib", "os"), f"{path.name}:{line}: {name}"
        text = path.read_text(encoding="utf-8")
        assert "async def" not in text and ".now(" not in text, path.name


def test_nobody_imports_the_composition_root() -> None:
    for path in modules():
        if name_of(path) in FREE:
            continue
        assert not any(within(name, root) for name, _ in imports(path) for root in ("bot.app", "bot.demo")), path


def test_one_module_each_knows_telegram_and_apscheduler() -> None:
    def importers(edge: str) -> set[str]:
        return {name_of(p) for p in modules() if any(within(name, edge) for name, _ in imports(p))}

    assert importers("telegram") == {"bot.outbound.messenger"}
    assert importers("apscheduler") == {"bot.outbound.timetable"}
