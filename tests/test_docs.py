"""The documents, held against the product: commands, settings, buttons, links, terms, examples."""

import argparse
import ast
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.__main__ import _parser
from bot.config import Settings, load
from bot.content.read import read_bloc, sample_path
from bot.domain.people import Role
from bot.words import texts
from handlers.menus import ANYBODY, commands_for

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "huong-dan"
README, OPERATOR, GLOSSARY = ROOT / "README.md", GUIDE / "van-hanh.md", ROOT / "docs" / "glossary.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARAM = "XPARAMX"  # stands for {name} while a label is stripped
READERS = {"dau-moi.md": Role.LIAISON, "lanh-dao.md": Role.LEADER, "thu-ky.md": Role.SECRETARY}


def text_of(page: Path) -> str:
    return unicodedata.normalize("NFC", page.read_text(encoding="utf-8"))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(page, content) of every fenced block in one language."""
    for page in PAGES:
        for kind, content in FENCE.findall(text_of(page)):
            if kind == language:
                yield named(page), content


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text_of(page))


# -- commands and settings ---------------------------------------------------------------------------------


def subcommands() -> dict[str, argparse.ArgumentParser]:
    action = next(each for each in _parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def test_every_page_is_found() -> None:
    assert {README, OPERATOR, GLOSSARY} < set(PAGES)
    assert len(PAGES) > 12


@pytest.mark.parametrize("page", [README, OPERATOR], ids=named)
def test_every_command_and_option_is_documented(page: Path) -> None:
    text = text_of(page)
    for name, parser in subcommands().items():
        assert f"`thidua {name}" in text, name
        row = next(line for line in text.splitlines() if line.startswith(f"| `thidua {name}"))
        where = text if page == OPERATOR and name == "demo" else row
        for option in parser._actions:
            for flag in option.option_strings:
                assert flag in ("-h", "--help") or f"`{flag}" in where, f"thidua {name} {flag}"


def test_no_page_names_a_command_that_does_not_exist() -> None:
    known = set(subcommands())
    for page in PAGES:
        used = set(re.findall(r"(?:`|^|bin/|\$ )thidua (\w[\w-]*)", text_of(page), re.MULTILINE))
        assert used <= known, f"{named(page)}: {sorted(used - known)}"


def settings() -> set[str]:
    return {f"THIDUA_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", [README, OPERATOR], ids=named)
def test_every_setting_has_a_row(page: Path) -> None:
    rows = set(re.findall(r"^\| `(THIDUA_\w+)` \|", text_of(page), re.MULTILINE))
    assert rows == settings()


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    for page in PAGES:
        used = set(re.findall(r"\bTHIDUA_[A-Z_]*[A-Z]\b", text_of(page)))
        assert used <= settings(), f"{named(page)}: {sorted(used - settings())}"


@pytest.mark.parametrize(("setting", "field"), [("THIDUA_RATE", "rate"), ("THIDUA_WEBHOOK_LISTEN", "webhook_listen")])
def test_a_documented_default_is_the_default(setting: str, field: str) -> None:
    default = Settings.model_fields[field].default
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    for page in (README, OPERATOR):
        assert f"| `{setting}` | `{shown}` |" in text_of(page)


def test_every_make_target_is_documented_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    readme = text_of(README)
    assert targets - {name for name in targets if f"make {name}" in readme} == set()
    for page in PAGES:
        used = set(re.findall(r"(?:`|^)make ([a-z]+)", text_of(page), re.MULTILINE))
        assert used <= targets, f"{named(page)}: {sorted(used - targets)}"


# -- what people see ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", READERS)
def test_every_bot_command_of_a_role_is_in_its_guide(page: str) -> None:
    text = text_of(GUIDE / page)
    missing = [name for name, _ in commands_for([READERS[page]], "vi") if f"/{name}" not in text]
    assert not missing, missing


def test_no_guide_names_a_bot_command_that_does_not_exist() -> None:
    known = {name for role in Role for name, _ in commands_for([role], "vi")} | set(ANYBODY)
    for page in GUIDE.glob("*.md"):
        used = set(re.findall(r"`/([a-z]+)(?=[ `])", prose(page)))
        used |= {word for kind, block in FENCE.findall(text_of(page)) if kind == "text" for word in typed(block)}
        unknown = used - known - {"newbot", "mybots"}  # @BotFather's own
        assert not unknown, f"{page.name}: {sorted(unknown)}"


def typed(block: str) -> set[str]:
    """Commands that somebody types in a transcript."""
    return set(re.findall(r"^\w+: /([a-z]+)", block, re.MULTILINE))


def bare(label: str) -> str:
    """A label without the signs around its words: "✅ Duyệt" as "Duyệt"."""
    return re.sub(r"^[^\w“(]+|[^\w”)]+$", "", unicodedata.normalize("NFC", label)).strip()


def labels() -> list[re.Pattern[str]]:
    """A pattern for every text short enough for a button; a param stands for anything."""
    found = []
    for text in texts("vi").values():
        for form in (text,) if isinstance(text, str) else text:
            parts = bare(re.sub(r"\{\w+\}", PARAM, form)).split(PARAM)
            if "\n" in form or "<" in form or len(form) > 64 or not any(c.isalpha() for c in "".join(parts)):
                continue
            found.append(re.compile(".+".join(re.escape(part) for part in parts)))
    return found


def test_every_button_that_the_guide_quotes_exists() -> None:
    known = labels()
    units = {unit.code for unit in read_bloc(sample_path()).units}
    quoted = 0
    for page in GUIDE.glob("*.md"):
        shown = re.findall(r"\*\*\[(.+?)\]\*\*", prose(page))
        for kind, block in FENCE.findall(text_of(page)):
            shown += re.findall(r"\[([^\]\n]+)\]", block) if kind == "text" else []
        for label in shown:
            quoted += 1
            words = bare(label)
            exists = words in units or any(pattern.fullmatch(words) for pattern in known)
            assert exists or label == "Nhãn", f"{page.name}: [{label}]"
    assert quoted > 60


def test_a_label_that_no_button_has_is_noticed() -> None:
    known = labels()
    assert any(pattern.fullmatch(bare("✅ Duyệt")) for pattern in known)
    assert not any(pattern.fullmatch(bare("Duyệt ngay lập tức")) for pattern in known)


# -- links, terms, examples --------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Heading anchors as they are made from a heading's words."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{named(page)}: {target}"
        assert not anchor or anchor in anchors(found), f"{named(page)}: {target}"


def terms() -> list[tuple[str, str]]:
    """(code, where) of every row of the glossary."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text_of(GLOSSARY).splitlines()
        if line.startswith("|") and "---" not in line
    ]
    assert all(len(row) == 4 and all(row) for row in rows)
    return [(row[0], row[3]) for row in rows if row[0] != "code"]


def test_every_term_stands_once_in_the_glossary() -> None:
    codes = [code for code, _ in terms()]
    assert len(codes) > 40
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("code", "where"), terms())
def test_a_term_of_the_glossary_is_used_where_it_says(code: str, where: str) -> None:
    path = ROOT / "bot" / where
    assert path.is_file(), where
    word = r"[\s_-]*".join(re.escape(part) for part in re.split(r"[\s-]", code))
    assert re.search(word, path.read_text(encoding="utf-8"), re.IGNORECASE), f"{code} is not in {where}"


def test_examples_in_python_parse() -> None:
    found = list(blocks("python"))
    assert found
    for page, content in found:
        try:
            ast.parse(content)
        except SyntaxError as error:
            pytest.fail(f"{page}: {error}")


def test_examples_in_yaml_parse_and_a_whole_bloc_file_can_be_imported(tmp_path: Path) -> None:
    whole = 0
    for page, content in blocks("yaml"):
        YAML(typ="safe").load(content)
        if content.startswith("khoi:"):
            whole += 1
            path = tmp_path / f"{whole}.yaml"
            path.write_text(content, encoding="utf-8")
            assert read_bloc(path).units, page
    assert whole


def test_examples_of_settings_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    found = list(blocks("env"))
    assert len(found) >= 4
    for page, content in found:
        (tmp_path / ".env").write_text(content, encoding="utf-8")
        held = load()
        for line in content.split():
            name, _, value = line.partition("=")
            assert str(getattr(held, name.removeprefix("THIDUA_").lower())) == value, f"{page}: {line}"


def test_the_list_of_decisions_is_whole() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", text_of(folder / "README.md"), re.MULTILINE)
    assert listed == pages
    assert [name[:4] for name in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]


def test_the_guide_lists_every_page() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", text_of(GUIDE / "README.md")))
    assert listed == {page.name for page in GUIDE.glob("*.md")} - {"README.md"}


# -- what must not be in the repository --------------------------------------------------------------------


def tracked() -> list[Path]:
    """Files of the repository; without git, everything that is not hidden or made by set-up."""
    try:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        rooms = ("bot", "handlers", "storage", "locales", "tests", "benchmarks", "docs")
        found = [path for room in rooms for path in (ROOT / room).rglob("*")] + list(ROOT.glob("*.*"))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def test_no_file_names_a_machine_or_a_registry() -> None:
    folders = "|".join(("work", "tmp", "home", "root", "Users"))
    hosts = "|".join(re.escape(host) for host in ("pypi.org", "pythonhosted.org", "npmjs.org", "ghcr.io", "docker.io"))
    machine = re.compile(rf"(?<![\w.}}/-])/(?:{folders})/\w|\b(?:{hosts})\b|--(?:extra-)?index-url\s+\S")
    files = tracked()
    assert len(files) > 100
    wrong = []
    for path in files:
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "ignore").splitlines(), 1):
            if machine.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)
