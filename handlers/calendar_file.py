"""A milestone's calendar file as a message: the only door from here to the files that the product makes itself."""

from datetime import datetime

from aiogram.enums import ParseMode
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from bot.domain.bloc import Bloc
from bot.domain.calendar import Milestone
from bot.reports.calendar_file import calendar_file, file_name
from bot.words import Words, within

MOST_NAME = 200  # characters; a caption holds 1024


def send(chat_id: int, found: Milestone, bloc: Bloc, words: Words, *, now: datetime) -> SendDocument:
    name = found.name if len(found.name) <= MOST_NAME else found.name[: MOST_NAME - 1].rstrip() + "…"
    day = words.weekday(found.starts_on or found.due_on)
    return SendDocument(
        chat_id=chat_id,
        document=BufferedInputFile(calendar_file(found, bloc, words, now=now), file_name(found, bloc)),
        caption=within(words("calendar.file-caption", name=name, day=day)),
        parse_mode=ParseMode.HTML,
    )
