"""The command line `thidua`. Every command imports what it needs itself, so that it pays only for that."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import BadSettings, Settings

OK, FAILED, MISUSED = 0, 1, 2
PERIODS = ("giua_nam", "cuoi_nam")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (0 done, 1 refused or failed, 2 wrong use)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a console of another code page
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace, Settings], int] = given.command
    from bot.config import BadSettings, load

    try:
        return command(given, load())
    except BadSettings as error:
        if command is _check and error.rest is not None:
            return _check(given, error.rest, error)
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return FAILED
    except _database_away():
        print("Cơ sở dữ liệu đang bận hoặc không tới được; hãy thử lại sau ít phút.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _database_away() -> type[Exception]:
    """Looked up only when something has gone wrong."""
    from bot.usecases.ports.work import StoreUnavailable

    return StoreUnavailable


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="thidua", description="Trợ lý Telegram của khối thi đua.")
    commands = parser.add_subparsers(title="lệnh", metavar="LỆNH", required=True)

    def add(name: str, help_text: str, run: Callable[[argparse.Namespace, "Settings"], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help_text, description=help_text)
        made.set_defaults(command=run)
        return made

    run = add("run", "chạy trợ lý cho tới khi được bảo dừng", _run)
    run.add_argument(
        "--only", default="", help="chỉ một phần: receive, answer, deliver (nhiều phần cách nhau dấu phẩy)"
    )
    add("check", "soát cài đặt, cơ sở dữ liệu và token; liệt kê mọi điều chưa ổn", _check)
    add("migrate", "đưa cơ sở dữ liệu lên cấu trúc của phiên bản này", _migrate)

    imported = add("import", "nhập tệp khối (YAML): kiểm tra, cho xem khác biệt, hỏi rồi ghi", _import)
    imported.add_argument("file", nargs="?", type=Path, help="tệp khối")
    imported.add_argument("--sample", action="store_true", help="nhập khối mẫu kèm theo sản phẩm")
    imported.add_argument(
        "--yes", action="store_true", help="ghi ngay, không hỏi lại; cần có khi chạy không có cửa sổ dòng lệnh"
    )

    invite = add("invite", "in đường dẫn mời dùng một lần", _invite)
    whom = invite.add_mutually_exclusive_group(required=True)
    whom.add_argument("--secretary", action="store_true", help="cho thư ký Khối")
    whom.add_argument("--unit", metavar="MÃ", help="cho một đơn vị")
    whom.add_argument("--all-units", action="store_true", help="cho mọi đơn vị, mỗi đơn vị một đường dẫn")
    invite.add_argument("--role", choices=("liaison", "deputy", "leader"), default="liaison")
    invite.add_argument("--days", type=_days, default=14, help="số ngày có hiệu lực, từ 1 đến 366")

    ask = add("ask", "hỏi như một cán bộ đầu mối, không cần Telegram", _ask)
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="in một đối tượng JSON: state, entries, text")
    ask.add_argument("--language", choices=("vi", "en"), default="vi")

    evaluate = add("eval", "đo xem một tệp câu hỏi được trả lời đúng đến đâu, không cần Telegram", _eval)
    evaluate.add_argument(
        "file", type=Path, help='mỗi dòng một đối tượng JSON: "q", "expect", có thể thêm "kind", "style"'
    )
    evaluate.add_argument("--json", action="store_true", help="in một đối tượng JSON thay cho bảng")
    evaluate.add_argument("--at", type=_moment, help="trả lời như vào lúc này, giờ Việt Nam: 2026-06-01T09:00")

    export = add("export", "ghi bảng tổng hợp tự chấm điểm của mọi đơn vị trong một kỳ ra một tệp Excel", _export)
    export.add_argument("period", choices=PERIODS, help="kỳ: giua_nam (sơ kết 6 tháng) hoặc cuoi_nam (tổng kết năm)")
    export.add_argument("file", type=Path, help="tệp .xlsx sẽ ghi")
    export.add_argument("--yes", action="store_true", help="ghi đè tệp đã có")

    add("status", "tình hình: khối, người dùng, hàng đợi, lượt gửi", _status)
    demo = add("demo", "chạy thử trọn sản phẩm trên máy này, không cần token", _demo)
    demo.add_argument("--port", type=int, default=8080)
    demo.add_argument("--folder", type=Path, default=Path(".demo"), help="nơi để dữ liệu chạy thử")
    demo.add_argument("--no-tour", action="store_true", help="bỏ phần tham quan trong cửa sổ dòng lệnh")
    return parser


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 366:
        raise argparse.ArgumentTypeError("phải là một số từ 1 đến 366")
    return int(text)


def _moment(text: str) -> "datetime":
    from datetime import datetime

    from bot.domain.calendar import VIETNAM

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("cần ngày giờ như 2026-06-01T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _run(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app

    parts = {part.strip() for part in given.only.split(",") if part.strip()} or set(app.PARTS)
    if not parts <= set(app.PARTS):
        print(f"--only nhận: {', '.join(app.PARTS)}", file=sys.stderr)
        return MISUSED
    return app.run(settings, parts)


def _check(given: argparse.Namespace, settings: "Settings", known: "BadSettings | None" = None) -> int:
    from bot import app

    problems = [*known.problems, *app.check(settings, known.wrong)] if known else app.check(settings)
    for problem in problems:
        print(f"✗ {problem}")
    if not problems:
        print("✓ Mọi thứ sẵn sàng.")
    return FAILED if problems else OK


def _migrate(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app

    print("Đã nâng cấu trúc." if app.migrate_database(settings) else "Cấu trúc đã đúng phiên bản này.")
    return OK


def _import(given: argparse.Namespace, settings: "Settings") -> int:
    if given.sample == (given.file is not None):
        print("Nêu một tệp khối, hoặc --sample để nhập khối mẫu.", file=sys.stderr)
        return MISUSED
    from bot import app
    from bot.content.problems import BlocFileProblems
    from bot.content.read import sample_path

    path = sample_path() if given.sample else given.file
    try:
        plan = app.plan_import(settings, path)
    except BlocFileProblems as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        print(f"Có {len(error.problems)} chỗ cần sửa; chưa nhập gì.", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"Không đọc được {path}: {error.strerror}", file=sys.stderr)
        return FAILED
    print(plan.text)
    if not plan.changes:
        return OK
    if not given.yes and not plan.first and not _confirmed():
        return FAILED
    bloc = plan.apply()
    print(f"Đã ghi {bloc.short_name} năm {bloc.year}, bản thứ {bloc.revision}.")
    return OK


def _confirmed() -> bool:
    """Whether somebody at a terminal says that the changes are to be written; says why not."""
    if not sys.stdin.isatty():
        print("Chưa ghi gì: không có cửa sổ dòng lệnh để hỏi lại. Thêm --yes để ghi.", file=sys.stderr)
        return False
    try:
        answer = input("Ghi những thay đổi này? [c/K] ")
    except EOFError:
        answer = ""
        print()
    if answer.strip().lower() == "c":
        return True
    print("Chưa ghi gì.")
    return False


def _invite(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app
    from bot.domain.errors import DomainError
    from bot.words import Words

    role = "secretary" if given.secretary else given.role
    try:
        lines = app.invite(settings, unit=given.unit, role=role, all_units=given.all_units, days=given.days)
    except DomainError as error:
        print(Words().plain(error.key, **error.params), file=sys.stderr)
        return FAILED
    except app.CannotDo as error:
        print(error, file=sys.stderr)
        return FAILED
    print("\n".join(lines))
    return OK


def _ask(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app
    from bot.domain.errors import DomainError
    from bot.words import Words

    try:
        answer = app.ask(settings, given.question, given.language)
    except DomainError as error:
        print(Words(given.language).plain(error.key, **error.params), file=sys.stderr)
        return FAILED
    # On a phone the choices are buttons; here they are lines.
    text = "\n".join([answer.text, *(f"• {label}" for _, label in answer.choices)])
    if given.json:
        shown = {"state": answer.state.value, "entries": list(answer.entries), "text": text}
        print(json.dumps(shown, ensure_ascii=False))
    else:
        print(text)
    return OK


def _eval(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app
    from bot.domain.errors import DomainError
    from bot.knowledge.evaluate import QuestionFileProblems, as_text
    from bot.words import Words

    try:
        found = app.evaluate(settings, given.file, given.at)
    except DomainError as error:
        print(Words().plain(error.key, **error.params), file=sys.stderr)
        return FAILED
    except QuestionFileProblems as error:
        print("\n".join(error.problems), file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"Không đọc được {given.file}: {error.strerror}", file=sys.stderr)
        return FAILED
    print(json.dumps(found, ensure_ascii=False) if given.json else as_text(found))
    return OK


def _export(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app
    from bot.domain.errors import DomainError
    from bot.words import Words

    try:
        print(app.export(settings, given.period, given.file, overwrite=given.yes))
    except DomainError as error:
        print(Words().plain(error.key, **error.params), file=sys.stderr)
        return FAILED
    except app.CannotDo as error:
        print(error, file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"Không ghi được {given.file}: {error.strerror}", file=sys.stderr)
        return FAILED
    return OK


def _status(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import app

    print(app.status(settings))
    return OK


def _demo(given: argparse.Namespace, settings: "Settings") -> int:
    from bot import demo

    return demo.run(given.folder, port=given.port, tour=not given.no_tour)


if __name__ == "__main__":
    sys.exit(main())
