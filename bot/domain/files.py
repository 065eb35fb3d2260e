"""Files that people send: what was kept, or why nothing was."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.calendar import Period

BEFORE_CAPTION = " · "  # in a title, behind the name
MOST_CAPTION = 80  # characters of it in a title
MOST_BYTES = 20 * 1024 * 1024  # what Telegram lets a bot download


class AttachmentState(StrEnum):
    STORED = "stored"
    TOO_BIG = "too-big"
    CLASSIFIED = "classified"  # a clear stamp: nothing was downloaded
    DOUBTFUL = "doubtful"  # may be a stamp: not downloaded until the person says it is not
    KIND_REFUSED = "kind-refused"  # a kind of file that is not taken
    GONE = "gone"  # Telegram would not hand it over


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or document of one message. `digest` (SHA-256, hex) is set once the bytes are on disk and checked."""

    state: AttachmentState
    name: str  # NFC, safe
    size: int  # bytes
    media_type: str
    telegram_file_id: str
    caption: str = ""
    album: str = ""
    digest: str = ""
    sent_as: str = "document"  # or photo, video, audio, animation: Telegram hands a file back only as what it was

    @property
    def title(self) -> str:
        """What it is filed under: its name, and the beginning of its caption."""
        return f"{self.name}{BEFORE_CAPTION}{self.caption[:MOST_CAPTION]}" if self.caption else self.name


def caption_of(title: str) -> str:
    """The caption in an attachment's title; empty where it came without one."""
    return title.partition(BEFORE_CAPTION)[2]


@dataclass(frozen=True, slots=True)
class FileToFetch:
    """A file that may be fetched from Telegram: nothing in its name or caption speaks against it."""

    telegram_file_id: str
    name: str
    size: int | None  # bytes as Telegram announced them
    media_type: str
    caption: str = ""
    album: str = ""
    sent_as: str = "document"


@dataclass(frozen=True, slots=True)
class FileUse:
    """Where a unit has filed some bytes: an item of a form (empty: its report), or what it hands in for a milestone."""

    year: int
    form: int | None = None  # the assessment's id
    period: Period | None = None
    item: str = ""
    milestone: str = ""
