"""Submitted forms as files in a chat: the only door from here to the Word and Excel files that the product makes."""

from aiogram.enums import ParseMode
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile

from bot.domain.assessment_form import Form, PeriodTable
from bot.domain.calendar import Period
from bot.reports.document import document
from bot.reports.period_workbook import period_workbook
from bot.reports.told import form_name, table_name
from bot.reports.workbook import workbook
from bot.words import Words, within

PERIODS = {Period.MID_YEAR: "assessment.mid-year", Period.YEAR_END: "assessment.year-end"}


def word(chat_id: int, form: Form, words: Words) -> SendDocument:
    return _send(chat_id, document(form, words), form_name(form, "docx"), _caption(form, words))


def excel(chat_id: int, form: Form, words: Words) -> SendDocument:
    return _send(chat_id, workbook(form, words), form_name(form, "xlsx"), _caption(form, words))


def all_units(chat_id: int, table: PeriodTable, words: Words) -> SendDocument:
    caption = words("form.all-units-caption", period=words(PERIODS[table.period]), at=table.at)
    return _send(chat_id, period_workbook(table, words), table_name(table.bloc, table.period), caption)


def _caption(form: Form, words: Words) -> str:
    """What it is; that a receipt no longer holds is said here, for the file stays as it was submitted."""
    given = form.receipt
    text: str = words("form.caption", unit=form.unit.name[:200], receipt=given.code, version=given.version)
    if given.withdrawn_at:
        text = f"{text}\n{words('form.caption-withdrawn', at=given.withdrawn_at)}"
    return text


def _send(chat_id: int, content: bytes, name: str, caption: str) -> SendDocument:
    return SendDocument(
        chat_id=chat_id,
        document=BufferedInputFile(content, name),
        caption=within(caption),
        parse_mode=ParseMode.HTML,
    )
