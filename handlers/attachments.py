"""Which file an update brings, and whether it may be fetched at all. Decided before a single byte is downloaded."""

import re
import unicodedata
from dataclasses import asdict
from typing import Any

from aiogram.types import Message, Update

from bot.actions import mark_of, parse
from bot.buttons.files import DropFile, VouchForFile
from bot.domain.classified import Verdict, verdict
from bot.domain.files import MOST_BYTES, Attachment, AttachmentState, FileToFetch
from bot.domain.people import Member

# What an office sends as evidence or a report. Programs and archives are not taken: nobody can look into them safely.
TAKEN = {
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "txt", "csv",
    "jpg", "jpeg", "png", "heic", "webp", "gif", "tif", "tiff", "mp4", "mov", "m4v", "mp3", "m4a",
}  # fmt: skip
LONGEST_NAME = 120
PENDING = "doubtful_file"  # key in the conversation data: a file that waits for the person's word


def plan(update: Update, actor: Member, talk: dict[str, Any]) -> FileToFetch | Attachment | None:
    """The file to fetch; an Attachment that says why not; None where the update brings no file or nobody may hand in.

    Only members hand in files, and only alone with the bot. A doubted file waits in the conversation data under
    PENDING (`as_pending`), and is fetched when its sender taps VouchForFile.
    """
    if update.callback_query:
        tapped = parse(update.callback_query.data)
        return FileToFetch(**talk[PENDING]) if isinstance(tapped, VouchForFile) and is_pending(talk, tapped) else None
    message = update.message
    if message is None or message.chat.type != "private" or not actor.memberships:
        return None
    found = offered(message)
    if found is None:
        return None
    return refused(found) or found


def as_pending(attachment: Attachment) -> dict[str, Any]:
    """A doubted file as conversation data: what is needed to fetch it later, none of its bytes."""
    return asdict(
        FileToFetch(
            attachment.telegram_file_id,
            attachment.name,
            attachment.size,
            attachment.media_type,
            attachment.caption,
            attachment.album,
            attachment.sent_as,
        )
    )


def is_pending(talk: dict[str, Any], action: VouchForFile | DropFile) -> bool:
    """Whether the file that waits is the one that the button was made for."""
    return PENDING in talk and mark_of(talk[PENDING]["telegram_file_id"]) == action.mark


def offered(message: Message) -> FileToFetch | None:
    """The file of a message, with a safe name."""
    caption = unicodedata.normalize("NFC", message.caption or "")
    album = message.media_group_id or ""
    if message.photo:
        best = message.photo[-1]
        name = f"anh-{best.file_unique_id}.jpg"
        return FileToFetch(best.file_id, name, best.file_size, "image/jpeg", caption, album, "photo")
    # An animation comes with a document beside it, for clients that know no animations.
    for sent_as in ("animation", "video", "audio", "document"):
        file = getattr(message, sent_as)
        if file is not None:
            kind = file.mime_type or "application/octet-stream"
            name = safe_name(file.file_name or f"tep-{file.file_unique_id}")
            return FileToFetch(file.file_id, name, file.file_size, kind, caption, album, sent_as)
    return None


def refused(file: FileToFetch) -> Attachment | None:
    """Why a file is not fetched, judged by its name, caption, kind and size alone."""
    judged = verdict(file.caption, file.name)
    ending = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    if judged is Verdict.STAMPED:
        state = AttachmentState.CLASSIFIED
    elif ending not in TAKEN:
        state = AttachmentState.KIND_REFUSED
    elif file.size is not None and file.size > MOST_BYTES:
        state = AttachmentState.TOO_BIG
    elif judged is Verdict.DOUBTFUL:
        state = AttachmentState.DOUBTFUL
    else:
        return None
    return Attachment(
        state=state,
        name=file.name,
        size=file.size or 0,
        media_type=file.media_type,
        telegram_file_id=file.telegram_file_id,
        caption=file.caption,
        album=file.album,
        sent_as=file.sent_as,
    )


def safe_name(name: str) -> str:
    """A file name that no system trips over: NFC, no path, no control or reserved characters, not too long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in name)
    name = re.sub(r'[<>:"|?*]+', "_", name)
    name = re.sub(r"\s+", " ", name).strip(" .") or "tep"
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 8 else name[:LONGEST_NAME]
