"""Settings from the environment or `.env`, prefix THIDUA_; every problem is listed at once, in Vietnamese."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TELEGRAM = "https://api.telegram.org"
PREFIX = "THIDUA_"


class BadSettings(Exception):
    """The settings cannot be used; `problems` holds one sentence each: which setting, what is wrong, what to write."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Every setting there is. A secret may be given as NAME or as NAME_FILE, the path of a file that holds it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore")

    bot_token: str = Field("", description="token của bot do @BotFather cấp")
    bot_username: str = Field("", description="tên người dùng của bot, để in đường dẫn mời; hỏi Telegram nếu để trống")
    database_url: str = Field("", description="sqlite:///… hoặc postgresql://…; mặc định là tệp trong DATA_DIR")
    data_dir: Path = Field(Path("data"), description="thư mục giữ cơ sở dữ liệu và tệp minh chứng")
    telegram_api: str = Field(TELEGRAM, description="địa chỉ gốc của Bot API")
    proxy: str = Field("", description="http://… hoặc socks5://… để ra Telegram")
    webhook_url: str = Field("", description="địa chỉ https công khai; để trống thì hỏi Telegram theo vòng")
    webhook_secret: str = Field("", description="chuỗi bí mật Telegram gửi kèm mỗi lần gọi webhook")
    webhook_listen: str = Field("127.0.0.1:8443", description="nơi nghe webhook, sau một máy chủ https")
    rate: float = Field(25.0, description="số tin gửi mỗi giây cho mọi việc", gt=0, le=1000)
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING hoặc ERROR")

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("bot_token", "webhook_secret"):
            path = os.environ.get(f"{PREFIX}{name.upper()}_FILE") or values.get(f"{name}_file")
            if path and not values.get(name):
                try:
                    values[name] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise ValueError(
                        f"{PREFIX}{name.upper()}_FILE: không đọc được tệp {path}: {error.strerror}"
                    ) from error
        return values

    @field_validator("bot_token")
    @classmethod
    def _token_shape(cls, value: str) -> str:
        if value and not re.fullmatch(r"\d{1,20}:[\w-]{4,}", value.strip()):
            raise ValueError("không đúng dạng token; hãy chép nguyên dòng @BotFather đưa, dạng 123456:ABC…")
        return value.strip()

    @field_validator("telegram_api", "webhook_url", "proxy")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and (
            urlsplit(value).scheme not in ("http", "https", "socks5", "socks5h") or not urlsplit(value).hostname
        ):
            raise ValueError("phải là một địa chỉ đầy đủ, ví dụ https://api.telegram.org")
        return value.rstrip("/")

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


def load(**given: Any) -> Settings:
    """Read the settings. Raises BadSettings with every problem."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings([_sentence(one) for one in error.errors(include_url=False, include_input=False)]) from None


_KINDS = {
    "float_parsing": "phải là một số, ví dụ 25",
    "greater_than": "phải lớn hơn 0",
    "less_than_equal": "không được quá 1000; Telegram cho phép 30",
}


def _sentence(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    message = _KINDS.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    return f"{PREFIX}{name.upper()}: {message}" if name else message
