"""Settings from the environment or `.env`, prefix THIDUA_; every problem is listed at once, in Vietnamese."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TELEGRAM = "https://api.telegram.org"
PREFIX = "THIDUA_"


class BadSettings(Exception):
    """The settings cannot be used; `problems` holds one sentence each: which setting, what is wrong, what to write.

    `rest`: the settings with `wrong` ones left out, for looking whether there is more to mend.
    """

    def __init__(self, problems: list[str], wrong: Collection[str] = (), rest: "Settings | None" = None) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.wrong, self.rest = problems, frozenset(wrong), rest


class Settings(BaseSettings):
    """Every setting there is. A secret may be given as NAME or as NAME_FILE, the path of a file that holds it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8-sig", extra="ignore")

    bot_token: str = Field("", description="token của bot do @BotFather cấp")
    bot_token_file: str = Field("", description="tệp chứa token, thay cho BOT_TOKEN")
    bot_username: str = Field("", description="tên người dùng của bot, để in đường dẫn mời; hỏi Telegram nếu để trống")
    database_url: str = Field("", description="sqlite:///… hoặc postgresql://…; mặc định là tệp trong DATA_DIR")
    data_dir: Path = Field(Path("data"), description="thư mục giữ cơ sở dữ liệu và tệp minh chứng")
    telegram_api: str = Field(TELEGRAM, description="địa chỉ gốc của Bot API")
    proxy: str = Field("", description="http://… hoặc socks5://… để ra Telegram")
    webhook_url: str = Field("", description="địa chỉ https công khai; để trống thì hỏi Telegram theo vòng")
    webhook_secret: str = Field("", description="chuỗi bí mật Telegram gửi kèm mỗi lần gọi webhook")
    webhook_secret_file: str = Field("", description="tệp chứa chuỗi bí mật, thay cho WEBHOOK_SECRET")
    webhook_listen: str = Field("127.0.0.1:8443", description="nơi nghe webhook, sau một máy chủ https")
    vocabulary: str = Field("", description="tệp từ vựng riêng (TOML), thêm vào vốn từ kèm theo sản phẩm")
    rate: float = Field(25.0, description="số tin gửi mỗi giây cho mọi việc", gt=0, le=1000)
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING hoặc ERROR")

    @field_validator("bot_token_file", "webhook_secret_file")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            _secret_in(value)
        return value

    @field_validator("bot_token_file")
    @classmethod
    def _holds_token(cls, value: str) -> str:
        if value:
            _token(_secret_in(value))
        return value

    @model_validator(mode="after")
    def _take_secrets_from_files(self) -> Self:
        if self.bot_token_file and not self.bot_token:
            self.bot_token = _token(_secret_in(self.bot_token_file))
        if self.webhook_secret_file and not self.webhook_secret:
            self.webhook_secret = _secret_in(self.webhook_secret_file)
        return self

    @field_validator("bot_token")
    @classmethod
    def _token_shape(cls, value: str) -> str:
        return _token(value)

    @field_validator("telegram_api", "webhook_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = _parts(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("phải là một địa chỉ đầy đủ, ví dụ https://api.telegram.org")
        return value.rstrip("/")

    @field_validator("telegram_api")
    @classmethod
    def _some_server(cls, value: str) -> str:
        return value or TELEGRAM

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str) -> str:
        parts = _parts(value)
        if value and (parts.scheme not in ("http", "socks5", "socks5h") or not parts.hostname or not parts.port):
            raise ValueError("phải có dạng http://MÁY:CỔNG hoặc socks5://MÁY:CỔNG")
        return value.rstrip("/")

    @field_validator("data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("webhook_listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("phải có dạng ĐỊA_CHỈ:CỔNG, ví dụ 127.0.0.1:8443")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not re.match(r"(sqlite|postgres(ql)?)(\+\w+)?://", value):
            raise ValueError("phải bắt đầu bằng sqlite:/// hoặc postgresql://")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("phải là DEBUG, INFO, WARNING hoặc ERROR")
        return value.upper()

    @property
    def secrets(self) -> list[str]:
        """What must never be shown: whole, and the part of it that alone gives access."""
        found = [self.bot_token, self.bot_token.partition(":")[2], self.webhook_secret]
        for address in (self.database_url, self.proxy):
            password = _parts(address).password
            found += [password, unquote(password)] if password else []
        return [secret for secret in found if secret]

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'thidua.db'}"

    def problems_to_run(self) -> list[str]:
        """What keeps `thidua run` from starting, beyond the shape of each value."""
        found = []
        if not self.bot_token:
            found.append(f"{PREFIX}BOT_TOKEN: chưa có; hãy đặt token @BotFather cấp, hoặc {PREFIX}BOT_TOKEN_FILE")
        if self.webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", self.webhook_secret):
            found.append(f"{PREFIX}WEBHOOK_SECRET: cần khi dùng webhook; 1-256 ký tự A-Z a-z 0-9 _ -")
        return found


def _parts(address: str) -> SplitResult:
    """Raises ValueError in words for an address that cannot be taken apart."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ValueError("không phải là một địa chỉ") from None
    return parts


def _token(value: str) -> str:
    value = value.strip()
    if value and not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{4,}", value):
        raise ValueError("không đúng dạng token; hãy chép nguyên dòng @BotFather đưa, dạng 123456:ABC…")
    return value


def _secret_in(path: str) -> str:
    try:
        found = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"không đọc được tệp {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"tệp {path} không phải là chữ UTF-8") from None
    if not found:
        raise ValueError(f"tệp {path} trống")
    return found


def unknown_names() -> list[str]:
    """Variables of the environment that look like settings and are none: most likely slips of the pen."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)


def load(**given: Any) -> Settings:
    """Read the settings. Raises BadSettings with every problem."""
    try:
        return Settings(**given)
    except UnicodeDecodeError:
        raise BadSettings([".env: không phải là chữ UTF-8; hãy lưu lại tệp bằng mã UTF-8"]) from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        wrong = {str(one["loc"][0]) for one in found if one["loc"]}
        raise BadSettings([_sentence(one) for one in found], wrong, _without(wrong)) from None


def _without(wrong: Collection[str]) -> Settings | None:
    defaults = {name: Settings.model_fields[name].default for name in wrong if name in Settings.model_fields}
    try:
        return Settings(**defaults)
    except ValidationError:
        return None


_KINDS = {
    "float_parsing": "phải là một số, ví dụ 25",
    "greater_than": "phải lớn hơn 0",
    "less_than_equal": "không được quá 1000; Telegram cho phép 30",
}


def _sentence(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    message = _KINDS.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    return f"{PREFIX}{name.upper()}: {message}" if name else message
