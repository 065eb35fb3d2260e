"""Settings fail once, loudly, completely."""

import os
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.config import TELEGRAM, BadSettings, Settings, load, unknown_names

TOKEN = "123456:ABC-def_12345"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and no setting in the environment."""
    for name in list(os.environ):
        if name.startswith("THIDUA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problems(**environment: str) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(f"THIDUA_{name}", value)
        with pytest.raises(BadSettings) as caught:
            load()
    return caught.value.problems


def settings(**environment: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(f"THIDUA_{name}", value)
        return load()


def test_without_any_setting_the_defaults_hold() -> None:
    found = load()
    assert found.telegram_api == TELEGRAM
    assert found.database == f"sqlite:///{Path('data') / 'thidua.db'}"
    assert (found.rate, found.log_level, found.proxy, found.webhook_url) == (25.0, "INFO", "", "")
    assert found.webhook_listen == "127.0.0.1:8443"


def test_without_a_token_the_product_does_not_start_and_says_what_to_do() -> None:
    [problem] = load().problems_to_run()
    assert problem.startswith("THIDUA_BOT_TOKEN: chưa có") and "@BotFather" in problem


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        BOT_TOKEN="không phải token",
        BOT_TOKEN_FILE="/no/such/file",
        WEBHOOK_SECRET_FILE="/no/such/secret",
        DATABASE_URL="mysql://x",
        TELEGRAM_API="api.telegram.org",
        PROXY="ftp://proxy:1",
        WEBHOOK_URL="://",
        WEBHOOK_LISTEN="8443",
        RATE="nhanh",
        LOG_LEVEL="LOUD",
    )
    names = sorted(problem.split(":")[0] for problem in found)
    assert names == [
        "THIDUA_BOT_TOKEN",
        "THIDUA_BOT_TOKEN_FILE",
        "THIDUA_DATABASE_URL",
        "THIDUA_LOG_LEVEL",
        "THIDUA_PROXY",
        "THIDUA_RATE",
        "THIDUA_TELEGRAM_API",
        "THIDUA_WEBHOOK_LISTEN",
        "THIDUA_WEBHOOK_SECRET_FILE",
        "THIDUA_WEBHOOK_URL",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE", "0"),
        ("RATE", "-1"),
        ("RATE", "1001"),
        ("RATE", "nan"),
        ("PROXY", "http://proxy"),
        ("PROXY", "https://proxy:8080"),
        ("PROXY", "http://proxy:99999"),
        ("PROXY", "http://[half:1"),
        ("BOT_TOKEN", "123456"),
        ("BOT_TOKEN", "123456:ABCĐ1234"),
        ("WEBHOOK_LISTEN", ":8443"),
        ("WEBHOOK_LISTEN", "127.0.0.1:0"),
        ("WEBHOOK_LISTEN", "127.0.0.1:70000"),
        ("TELEGRAM_API", "https://"),
        ("DATABASE_URL", "thidua.db"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    [problem] = problems(**{name: value})
    assert problem.startswith(f"THIDUA_{name}: ")
    assert "Value error" not in problem and "Input should" not in problem


def test_a_problem_never_shows_the_token() -> None:
    assert "ABC-def" not in "".join(problems(BOT_TOKEN=f"{TOKEN} {TOKEN}", RATE="0"))


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / "secret").write_text(" bí-mật\n", encoding="utf-8")
    found = settings(BOT_TOKEN_FILE=str(tmp_path / "token"), WEBHOOK_SECRET_FILE=str(tmp_path / "secret"))
    assert (found.bot_token, found.webhook_secret) == (TOKEN, "bí-mật")


def test_the_setting_itself_goes_before_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:other", encoding="utf-8")
    assert settings(BOT_TOKEN=TOKEN, BOT_TOKEN_FILE=str(tmp_path / "token")).bot_token == TOKEN


@pytest.mark.parametrize("content", [b"", b"  \n", b"not a token", b"\xff\xfe\x00"])
def test_a_file_without_a_token_is_told_of(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    [problem] = problems(BOT_TOKEN_FILE=str(tmp_path / "token"))
    assert problem.startswith("THIDUA_BOT_TOKEN_FILE: ")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_settings_may_stand_in_dot_env(tmp_path: Path, mark: str) -> None:
    (tmp_path / "t").write_text(TOKEN, encoding="utf-8")
    (tmp_path / ".env").write_text(
        f"{mark}THIDUA_RATE=7\nTHIDUA_BOT_TOKEN_FILE={tmp_path / 't'}\nOTHER=1\n", encoding="utf-8"
    )
    assert (load().rate, load().bot_token) == (7.0, TOKEN)
    assert settings(RATE="9").rate == 9.0, "the environment goes first"


def test_a_dot_env_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"THIDUA_BOT_USERNAME=\xe1\xba\n")
    with pytest.raises(BadSettings, match=r"\.env"):
        load()


def test_addresses_are_taken_without_their_last_slash_and_home_is_found() -> None:
    found = settings(TELEGRAM_API="http://127.0.0.1:8080/", DATA_DIR="~/thidua")
    assert found.telegram_api == "http://127.0.0.1:8080"
    assert found.data_dir == Path.home() / "thidua"


@pytest.mark.parametrize("proxy", ["http://u:p@proxy:3128", "socks5://127.0.0.1:1080", "socks5h://127.0.0.1:1080"])
def test_the_proxies_that_both_libraries_can_use_are_taken(proxy: str) -> None:
    assert settings(PROXY=proxy).proxy == proxy


def test_a_webhook_needs_a_secret_that_telegram_takes() -> None:
    assert settings(BOT_TOKEN=TOKEN, WEBHOOK_URL="https://x.vn/w", WEBHOOK_SECRET="abc-1").problems_to_run() == []
    for secret in ("", "có dấu", "x" * 257):
        [problem] = settings(BOT_TOKEN=TOKEN, WEBHOOK_URL="https://x.vn/w", WEBHOOK_SECRET=secret).problems_to_run()
        assert problem.startswith("THIDUA_WEBHOOK_SECRET")


def test_what_must_never_be_shown_is_known() -> None:
    found = settings(
        BOT_TOKEN=TOKEN,
        WEBHOOK_SECRET="hook-secret",
        DATABASE_URL="postgresql://u:p%40ss@db/x",
        PROXY="http://u:proxypass@proxy:1",
    )
    assert {TOKEN, "ABC-def_12345", "hook-secret", "p%40ss", "p@ss", "proxypass"} <= set(found.secrets)
    assert load().secrets == []


def test_a_slip_of_the_pen_in_a_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_TOKEN", TOKEN)
    monkeypatch.setenv("THIDUA_RATE", "5")
    assert unknown_names() == ["THIDUA_TOKEN"]


def test_check_lists_what_is_wrong_everywhere_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("RATE", "0"), ("LOG_LEVEL", "x"), ("WEBHOOK_URL", "https://x.vn/w"), ("TOKEN", "1")):
        monkeypatch.setenv(f"THIDUA_{name}", value)
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6 and all(line.startswith("✗ ") for line in lines)
    for part in ("THIDUA_RATE", "THIDUA_LOG_LEVEL", "THIDUA_BOT_TOKEN", "THIDUA_WEBHOOK_SECRET", "THIDUA_TOKEN"):
        assert any(line.startswith(f"✗ {part}:") for line in lines), part
    assert any("thidua migrate" in line for line in lines)


def test_check_says_a_database_that_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("THIDUA_DATA_DIR", str(tmp_path / "file" / "data"))
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "✗ THIDUA_BOT_TOKEN" in out and "✗ THIDUA_DATA_DIR" in out


def test_check_is_content_with_an_installation_that_lacks_only_people(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert main(["import", "--sample"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("THIDUA_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("THIDUA_TELEGRAM_API", "http://127.0.0.1:9")
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "thidua invite --secretary" in lines[0]
    assert "không tới được Telegram" in lines[1] and TOKEN not in lines[1]
