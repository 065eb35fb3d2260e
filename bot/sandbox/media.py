"""Files from the bot and to it: photos, documents, albums, getFile."""

import mimetypes
import secrets
import struct
from typing import Any

from bot.sandbox.errors import Refusal, bad
from bot.sandbox.limits import (
    ALBUM,
    DOWNLOAD_BYTES,
    PHOTO_BYTES,
    PHOTO_RATIO,
    PHOTO_SIDES_SUM,
    UPLOAD_BYTES,
)
from bot.sandbox.methods import Params, plays
from bot.sandbox.schema import Upload
from bot.sandbox.sending import MEDIA_KINDS, caption_content, deliver, refuse_unplayed
from bot.sandbox.state import State, StoredFile
from bot.sandbox.world import World

_UNPLAYED = ("thumbnail", "cover", "start_timestamp", "paid_media")
_GROUPABLE = ({"photo", "video"}, {"document"}, {"audio"})


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG or BMP; None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content[:2] == b"BM" and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return width, abs(height)
    return _jpeg_size(content) if content[:2] == b"\xff\xd8" else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def keep(state: State, kind: str, name: str, mime: str, content: bytes) -> StoredFile:
    """Store bytes as a file of this kind, or refuse them as Telegram does."""
    if not content:
        raise bad("file must be non-empty")
    if len(content) > UPLOAD_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    size = (0, 0)
    if kind == "photo":
        size = _photo_size(content)
        name, mime = "", "image/jpeg"
    if not mime or mime == "application/octet-stream":  # libraries often do not say
        mime = ""
    mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return state.add_file(kind, name, mime, content, size)


def _photo_size(content: bytes) -> tuple[int, int]:
    if len(content) > PHOTO_BYTES:
        raise bad(f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes")
    size = image_size(content)
    if size is None or 0 in size:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > PHOTO_SIDES_SUM or max(size) > PHOTO_RATIO * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return size


def content_of(file: StoredFile) -> dict[str, Any]:
    """The content field of a message that carries this file."""
    shown: dict[str, Any] = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
    if file.kind == "photo":
        return {"photo": [shown | {"width": file.width, "height": file.height}]}
    if file.kind in ("video", "animation"):
        shown |= {"width": file.width, "height": file.height, "duration": 0}
    if file.kind in ("audio", "voice"):
        shown["duration"] = 0
    if file.kind != "voice":
        shown["file_name"] = file.name
    return {file.kind: shown | {"mime_type": file.mime}}


def _stored(world: World, kind: str, given: Upload | str) -> StoredFile:
    if isinstance(given, Upload):
        return keep(world.state, kind, given.name, given.mime, given.content)
    if given.startswith(("http://", "https://")):
        raise bad("sending by URL is not played by the sandbox")
    file = world.state.file_by_id(given)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified" if given else f"there is no {kind} in the request")
    if file.kind != kind:
        raise bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def _send(world: World, params: Params, kind: str) -> dict[str, Any]:
    refuse_unplayed(params)
    _refuse_extras(params)
    chat = world.state.writable_chat(params["chat_id"])
    caption = caption_content(params)
    content = content_of(_stored(world, kind, params[kind])) | caption
    return world.api(deliver(world, chat, params, content))


def _refuse_extras(params: Params) -> None:
    for name in _UNPLAYED:
        if name in params:
            raise bad(f"parameter {name} is not played by the sandbox")


@plays("sendPhoto")
def send_photo(world: World, params: Params) -> dict[str, Any]:
    """One picture, at most 10 MB."""
    return _send(world, params, "photo")


@plays("sendDocument")
def send_document(world: World, params: Params) -> dict[str, Any]:
    """One file, at most 50 MB."""
    return _send(world, params, "document")


@plays("sendVideo")
def send_video(world: World, params: Params) -> dict[str, Any]:
    """One video, at most 50 MB."""
    return _send(world, params, "video")


@plays("sendAudio")
def send_audio(world: World, params: Params) -> dict[str, Any]:
    """One piece of music, at most 50 MB."""
    return _send(world, params, "audio")


@plays("sendVoice")
def send_voice(world: World, params: Params) -> dict[str, Any]:
    """One voice message, at most 50 MB."""
    return _send(world, params, "voice")


@plays("sendAnimation")
def send_animation(world: World, params: Params) -> dict[str, Any]:
    """One moving picture, at most 50 MB."""
    return _send(world, params, "animation")


@plays("sendMediaGroup")
def send_media_group(world: World, params: Params) -> list[dict[str, Any]]:
    """An album: each item a message of its own with one media_group_id."""
    refuse_unplayed(params)
    items = params["media"]
    if not items:
        raise bad("there are no messages to send")
    if len(items) > ALBUM[1]:
        raise bad("too many messages to send as an album")
    if len(items) < ALBUM[0]:
        raise bad(f"an album has {ALBUM[0]}-{ALBUM[1]} items (sandbox)")
    kinds = {item["type"] for item in items}
    if not kinds <= set(MEDIA_KINDS):
        raise bad("type of an album item is not played by the sandbox")
    if not any(kinds <= together for together in _GROUPABLE):
        raise bad(f"{'document' if 'document' in kinds else 'audio'} can't be mixed with other media types")
    chat = world.state.writable_chat(params["chat_id"])
    contents = []
    for item in items:
        _refuse_extras(item)
        caption = caption_content(item)
        contents.append(content_of(_stored(world, item["type"], item["media"])) | caption)
    album = new_album_id()
    return [world.api(deliver(world, chat, params, c, media_group_id=album)) for c in contents]


def new_album_id() -> str:
    """A media_group_id."""
    return str(secrets.randbelow(9 * 10**16) + 10**16)


@plays("getFile")
def get_file(world: World, params: Params) -> dict[str, Any]:
    """Where to download a file of at most 20 MB."""
    file = world.state.file_by_id(params["file_id"])
    if file is None:
        raise bad("invalid file_id" if params["file_id"] else "file_id not specified")
    if file.size > DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }
