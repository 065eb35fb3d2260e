"""The command line as an operator meets it: real processes in a folder with nothing in it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from ruamel.yaml import YAML
from sqlalchemy import make_url

from bot.content.read import sample_path
from storage.store import engine_for
from tests.e2e.operator import ROOT, Operator

DATA = ROOT / "tests" / "data"
SMALL = (DATA / "khoi-nho.yaml").read_text("utf-8")
CASES: list[dict[str, Any]] = YAML(typ="safe").load((DATA / "khoi-loi.yaml").read_text("utf-8"))
LINK = re.compile(r"https://t\.me/ThiDuaMauBot\?start=([A-Za-z0-9_-]{20,64})$")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An installation with the sample in it, on which tests only look or invite."""
    made = Operator(tmp_path_factory.mktemp("ready"), {"BOT_USERNAME": "@ThiDuaMauBot"})
    made.gets("import", "--sample")
    return made


def test_the_sample_goes_in_once(operator: Operator) -> None:
    first = operator.gets("import", "--sample").splitlines()
    assert "hợp lệ" in first[0] and "8 đơn vị" in first[0] and first[1].endswith("bản thứ 1.")
    [again] = operator.gets("import", "--sample").splitlines()
    assert "không có gì thay đổi so với bản thứ 1" in again
    assert (operator.folder / "data" / "thidua.db").exists()


def test_a_broken_file_is_told_of_in_full_and_nothing_goes_in(operator: Operator) -> None:
    chosen = [case for case in CASES if case["old"] in ("    ngay: '2026-11-27'", "  nam: 2026", "Asia/Ho_Chi_Minh")]
    content, expected = SMALL, []
    for case in (chosen[0], next(case for case in chosen if case["old"] == "Asia/Ho_Chi_Minh")):
        content = content.replace(case["old"], case["new"], 1)
        expected += [problem["says"].split(": ", 1)[1] for problem in case["problems"]]
    (operator.folder / "khoi.yaml").write_text(content, encoding="utf-8")
    *problems, last = operator.is_refused("import", "khoi.yaml")
    assert len(problems) == len(expected) > 2
    assert all(re.match(r"khoi\.yaml:\d+: .+ — .+", problem) for problem in problems), problems
    assert {problem.split(": ", 1)[1] for problem in problems} == set(expected)
    assert last == f"Có {len(problems)} chỗ cần sửa; chưa nhập gì."
    assert "chưa nhập tệp khối nào" in operator.gets("status")


@pytest.fixture
def changed(operator: Operator) -> Operator:
    """A bloc file that was imported and says something else now."""
    (operator.folder / "khoi.yaml").write_text(SMALL, encoding="utf-8")
    operator.gets("import", "khoi.yaml")
    (operator.folder / "khoi.yaml").write_text(
        SMALL.replace("ten: Thanh tra tỉnh", "ten: Thanh tra TP"), encoding="utf-8"
    )
    return operator


def test_a_changed_file_without_a_terminal_shows_what_changes_and_goes_in_only_with_yes(changed: Operator) -> None:
    done = changed.does("import", "khoi.yaml")
    assert done.returncode == 1 and "Thanh tra tỉnh" in done.stdout and "Thanh tra TP" in done.stdout
    assert done.stderr == "Chưa ghi gì: không có cửa sổ dòng lệnh để hỏi lại. Thêm --yes để ghi.\n"
    shown = changed.gets("import", "khoi.yaml", "--yes")
    assert "Thanh tra tỉnh" in shown and "Thanh tra TP" in shown
    assert shown.splitlines()[-1].endswith("bản thứ 2.")
    assert "không có gì thay đổi" in changed.gets("import", "khoi.yaml"), "where nothing changes nothing is asked"


@pytest.mark.parametrize(
    ("typed", "status", "said"), [("c", 0, "bản thứ 2."), ("k", 1, "Chưa ghi gì."), ("\x04", 1, "")]
)
def test_at_a_terminal_a_changed_file_goes_in_when_somebody_says_so(
    changed: Operator, typed: str, status: int, said: str
) -> None:
    master, terminal = os.openpty()
    try:
        os.write(master, f"{typed}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "bot", "import", "khoi.yaml"],
            cwd=changed.folder,
            env=changed.environment(),
            stdin=terminal,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    finally:
        os.close(master)
        os.close(terminal)
    assert (done.returncode, done.stderr) == (status, "")
    assert "Ghi những thay đổi này?" in done.stdout and said in done.stdout
    assert ("bản thứ 2" in done.stdout) == (status == 0)


def test_import_needs_exactly_one_file(operator: Operator) -> None:
    assert "--sample" in operator.is_refused("import", status=2)[0]
    [line, last] = operator.is_refused("import", "không-có.yaml")
    assert "không mở được tệp" in line and last.startswith("Có 1 chỗ")


def test_invites_are_links_for_one_person_each(ready: Operator) -> None:
    [secretary] = ready.gets("invite", "--secretary").splitlines()
    assert secretary.startswith("Thư ký Khối: ") and LINK.search(secretary)
    [unit] = ready.gets("invite", "--unit", "VKS", "--role", "leader", "--days", "3").splitlines()
    assert "leader" in unit and LINK.search(unit)
    everybody = ready.gets("invite", "--all-units").splitlines()
    tokens = {match[1] for line in everybody if (match := LINK.search(line))}
    assert len(everybody) == len(tokens) == 8


def test_an_invite_that_makes_no_sense_is_a_clear_sentence(ready: Operator) -> None:
    [line] = ready.is_refused("invite", "--unit", "KHONGCO")
    assert "KHONGCO" in line
    assert any("--days" in line for line in ready.is_refused("invite", "--secretary", "--days", "0", status=2))
    [line] = ready.is_refused("invite", "--secretary", BOT_USERNAME="")
    assert "THIDUA_BOT_USERNAME" in line and "THIDUA_BOT_TOKEN" in line


def test_a_question_is_answered_for_people_and_for_machines(ready: Operator) -> None:
    found = json.loads(ready.gets("ask", "Cải cách hành chính xếp loại khá thì được mấy điểm?", "--json"))
    assert list(found) == ["state", "entries", "text"]
    assert found["state"] == "answer" and found["entries"][0] == "TC1.6" and "32" in found["text"]
    assert "19/6/2026" in ready.gets("ask", "han nop bao cao so ket 6 thang")
    unknown = json.loads(ready.gets("ask", "giá vàng hôm nay bao nhiêu", "--json"))
    assert (unknown["state"], unknown["entries"]) == ("unknown", []) and unknown["text"]


QUESTIONS = [
    {"q": "Cải cách hành chính xếp loại khá thì được mấy điểm?", "expect": ["TC1.6"], "kind": "criterion"},
    {"q": "han nop bao cao so ket 6 thang", "expect": ["MS-BC6T"], "kind": "deadline", "style": "plain"},
    {"q": "giá vàng hôm nay bao nhiêu", "expect": [], "kind": "outside"},
    {"q": "tc1.7", "expect": ["TC1.6"], "kind": "criterion"},
]
FIGURES = ["n", "answerable", "first", "in_three", "chosen", "refused_wrong", "refused_right"]


def _write(folder: Path, name: str, lines: list[Any], ends: str = "\n") -> None:
    text = ends.join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / name).write_bytes(text.encode())


def test_a_file_of_questions_is_measured_for_people_and_for_machines(ready: Operator) -> None:
    _write(ready.folder, "câu hỏi.jsonl", QUESTIONS)
    found = json.loads(ready.gets("eval", "câu hỏi.jsonl", "--json", "--at", "2026-06-01T09:00"))
    assert list(found) == [*FIGURES, "by_style", "by_kind", "misses"]
    assert [found[name] for name in FIGURES] == [4, 3, 0.667, 0.667, 0, 0, 1.0]
    assert list(found["by_style"]) == ["-", "plain"] and list(found["by_kind"]) == ["criterion", "deadline", "outside"]
    assert found["by_kind"]["criterion"]["first"] == 0.5 and found["by_style"]["plain"]["first"] == 1.0
    [miss] = found["misses"]
    assert (miss["question"], miss["expect"], miss["state"]) == ("tc1.7", ["TC1.6"], "answer")
    assert miss["entries"][0] == "TC1.7"
    head, *rows, missed, wanted = ready.gets("eval", "câu hỏi.jsonl", "--at", "2026-06-01T09:00").splitlines()
    assert head.split() == FIGURES
    assert [row.split()[0] for row in rows] == ["tất", "-", "plain", "criterion", "deadline", "outside"]
    assert rows[0].split()[2:] == ["4", "3", "0.667", "0.667", "0.000", "0.000", "1.000"]
    assert missed == "✗ tc1.7" and wanted.startswith("  cần: TC1.6; được: answer TC1.7")


def test_questions_are_answered_as_at_the_moment_that_is_given(ready: Operator) -> None:
    _write(ready.folder, "when.jsonl", [{"q": "hạn nộp là khi nào", "expect": ["MS-BC6T"]}])
    shares = [
        json.loads(ready.gets("eval", "when.jsonl", "--json", "--at", at))["first"]
        for at in ("2026-06-01T09:00", "2026-06-19T17:00", "2026-06-19T17:01", "2026-06-19T10:30:00+00:00")
    ]
    assert shares == [1.0, 1.0, 0.0, 0.0]
    assert "2026-06-01T09:00" in ready.is_refused("eval", "when.jsonl", "--at", "hôm qua", status=2)[-1]


def test_a_question_file_may_come_from_another_system(ready: Operator) -> None:
    broken = {"q": "giá vàng\u2028hôm nay\x85", "expect": []}
    _write(ready.folder, "windows.jsonl", ["\ufeff" + json.dumps(QUESTIONS[0]), "", broken, ""], ends="\r\n")
    found = json.loads(ready.gets("eval", "windows.jsonl", "--json"))
    assert (found["n"], found["misses"]) == (2, [])


def test_a_broken_question_file_is_told_of_in_full(ready: Operator) -> None:
    lines = [QUESTIONS[0], "hạn nộp", {"q": "", "expect": []}, {"q": "a", "expect": ["TC9.9"]}, QUESTIONS[1], "[1]"]
    _write(ready.folder, "hỏng.jsonl", lines)
    for shown in ((), ("--json",)):
        assert ready.is_refused("eval", "hỏng.jsonl", *shown) == [
            "hỏng.jsonl:2: không phải một đối tượng JSON",
            'hỏng.jsonl:3: "q" phải là câu hỏi, dạng chữ',
            'hỏng.jsonl:4: "expect": Khối không có mã TC9.9',
            'hỏng.jsonl:6: cần một đối tượng {"q": "…", "expect": ["…"]}',
        ]


def test_a_question_file_that_cannot_be_read_is_a_clear_sentence(ready: Operator) -> None:
    (ready.folder / "rỗng.jsonl").write_bytes(b"")
    (ready.folder / "latin.jsonl").write_bytes('{"q": "giá", "expect": []}'.encode("latin-1"))
    (ready.folder / "thư mục").mkdir()
    for name, says in (
        ("không-có.jsonl", "Không đọc được không-có.jsonl: "),
        ("thư mục", "Không đọc được thư mục: "),
        ("rỗng.jsonl", "rỗng.jsonl: không có câu hỏi nào"),
        ("latin.jsonl", "latin.jsonl: tệp phải ghi bằng UTF-8"),
    ):
        [line] = ready.is_refused("eval", name)
        assert line.startswith(says)
    assert "FILE" in ready.is_refused("eval", status=2)[-1].upper()


def test_without_a_bloc_nothing_can_be_measured(operator: Operator) -> None:
    _write(operator.folder, "câu.jsonl", QUESTIONS)
    [line] = operator.is_refused("eval", "câu.jsonl")
    assert "chưa có dữ liệu" in line


def test_status_and_check_say_how_things_stand(ready: Operator) -> None:
    status = ready.gets("status")
    assert "bản thứ 1" in status and "Người tham gia: 0" in status and "VKS" in status
    done = ready.does("check")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("✗ THIDUA_BOT_TOKEN") and "thidua invite" in lines[1] and len(lines) == 2


def test_without_a_token_the_product_does_not_run_and_says_why(operator: Operator) -> None:
    [line] = operator.is_refused("run")
    assert line.startswith("THIDUA_BOT_TOKEN: chưa có")
    [line] = operator.is_refused("run", "--only", "receive,sing", status=2)
    assert "receive, answer, deliver" in line


def test_without_a_bloc_a_question_is_told_so(operator: Operator) -> None:
    [line] = operator.is_refused("ask", "hạn nộp")
    assert "chưa có dữ liệu" in line


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database, as an operator would write its address."""
    server = make_url(postgres_url)
    keeper = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE command_line")
    yield server.set(database="command_line", drivername="postgresql").render_as_string(hide_password=False)
    with keeper.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE command_line WITH (FORCE)")
    keeper.dispose()


def test_postgresql_by_its_address(operator: Operator, database: str) -> None:
    operator.settings["DATABASE_URL"] = database
    assert operator.gets("import", "--sample").splitlines()[-1].endswith("bản thứ 1.")
    found = json.loads(operator.gets("ask", "hạn nộp báo cáo sơ kết 6 tháng", "--json"))
    assert found["state"] == "answer" and "19/6/2026" in found["text"]
    assert not (operator.folder / "data" / "thidua.db").exists()


def test_a_database_that_cannot_be_reached_is_a_clear_sentence(operator: Operator) -> None:
    [line] = operator.is_refused("ask", "hạn", DATABASE_URL="postgresql://u:mat-khau@127.0.0.1:9/x")
    assert line.startswith("THIDUA_DATABASE_URL: không mở được") and "mat-khau" not in line


IMPORTS = """
import sys
from bot.__main__ import main
done = [main(words.split("|")) for words in sys.argv[1:]]
edges = {name.partition(".")[0] for name in sys.modules}
print(done, sorted(edges & {"aiogram", "telegram", "apscheduler", "aiohttp", "alembic", "handlers", "ruamel"}))
"""


def test_asking_inviting_and_looking_load_no_more_than_they_use(ready: Operator) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, "ask|hạn nộp", "status", "invite|--secretary"],
        cwd=ready.folder,
        env=ready.environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[0, 0, 0] []", done.stdout + done.stderr


def test_all_units_are_written_to_one_excel_file_that_is_not_overwritten_unasked(operator: Operator) -> None:
    content, dropped = re.subn(r"    mo_tu: '2026-05-25'\n", "", sample_path().read_text("utf-8"))
    assert dropped == 1, "the form of the first half-year has no opening day: it is open whatever day it is"
    (operator.folder / "khoi.yaml").write_text(content, encoding="utf-8")
    operator.gets("import", "khoi.yaml")
    said = operator.gets("export", "giua_nam", "tong-hop.xlsx")
    assert "8 đơn vị, 0 đơn vị đã nộp" in said
    book = load_workbook(operator.folder / "tong-hop.xlsx")
    assert [row[1].value for row in book["Tổng hợp"].iter_rows(min_row=6)][:2] == ["BCHQS", "CAT"]
    (operator.folder / "tong-hop.xlsx").write_bytes(b"mine")
    assert "đã có tệp này" in operator.is_refused("export", "giua_nam", "tong-hop.xlsx")[-1]
    assert (operator.folder / "tong-hop.xlsx").read_bytes() == b"mine"
    operator.gets("export", "giua_nam", "tong-hop.xlsx", "--yes")
    assert (operator.folder / "tong-hop.xlsx").read_bytes().startswith(b"PK")
    assert "phải kết thúc bằng .xlsx" in operator.is_refused("export", "giua_nam", "tong-hop.csv")[-1]
    assert "Không ghi được" in operator.is_refused("export", "giua_nam", "nowhere/tong-hop.xlsx")[-1]
    assert "giua_nam" in operator.is_refused("export", "quy_mot", "x.xlsx", status=2)[-1]
    assert not list(operator.folder.glob(".*.part"))
