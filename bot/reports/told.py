"""What the two kinds of files say alike: headings, lines, the receipt. Text is made fit for XML and for paper."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from bot.counted import answered, line_counted, line_total, not_final, part_label, section_text
from bot.domain.assessment import Assessment, Evidence, EvidenceKind
from bot.domain.assessment_form import Block, Form
from bot.domain.assessment_receipt import initials
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.criteria import Item, ItemKind, Nature
from bot.domain.files import BEFORE_CAPTION, caption_of
from bot.domain.folding import fold
from bot.words import Words, strip

PERIODS: Final = {Period.MID_YEAR: "form.mid-year", Period.YEAR_END: "form.year-end"}
SHORT: Final = {Period.MID_YEAR: "6t", Period.YEAR_END: "cn"}
BLOCKS: Final = {
    ItemKind.CRITERION: "form.block-criteria",
    ItemKind.BONUS: "form.block-bonus",
    ItemKind.DEDUCTION: "form.block-deduction",
}
NOTHING: Final = {
    ItemKind.CRITERION: "assessment.not-answered",
    ItemKind.BONUS: "form.not-claimed",
    ItemKind.DEDUCTION: "form.not-deducted",
}

NATURES: Final = {
    Nature.ESTIMATED: "form.nature-estimated",
    Nature.EXPECTED: "form.nature-expected",
    Nature.AWAITED: "form.nature-awaited",
    Nature.NOT_ARISING: "form.nature-not-arising",
}

SIGNS: Final = "≈∅ "  # at the head of a line on a screen; not every font on paper has them

_FIT: Final = re.compile(r"[ -~\n\u00a0-\u1fff\u2010-\u2027\u2190-\u22ff]*")  # nearly every text there is


def clean(text: str) -> str:
    """Without what XML cannot hold or a page cannot show; line breaks and tabs stay."""
    if _FIT.fullmatch(text):
        return text
    text = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in ("Cc", "Cs") or _nobodys(c)))


def _nobodys(c: str) -> bool:
    """Code points that no XML may hold."""
    return ord(c) & 0xFFFE == 0xFFFE


def section_lines(held: Assessment, code: str, most: int, words: Words) -> list[str]:
    """What was written in a section of the report; else that it was said to be empty, stands in a file, or was left."""
    if written := [line for text in section_text(held, code, words) for line in paragraphs(text, most)]:
        return written
    if held.written(code):
        return [words.plain("form.section-none")]
    return [words.plain("form.section-in-file" if held.report_files else "form.section-left")]


def paragraphs(text: str, most: int) -> Iterator[str]:
    """The lines of a text, those without a letter left out, none longer than `most` characters."""
    for line in clean(text).split("\n"):
        rest = line.strip()
        while len(rest) > most:
            at = rest.rfind(" ", most // 2, most)
            at = at if at > 0 else most
            yield rest[:at].rstrip()
            rest = rest[at:].lstrip()
        if rest:
            yield rest


def title(form: Form, words: Words) -> str:
    return words.plain("form.title", period=words.plain(PERIODS[form.assessment.period]), year=form.bloc.year).upper()


_PHOTO: Final = re.compile(rf"anh-[\w-]{{12,}}\.jpg(?:{BEFORE_CAPTION}.*)?", re.S)


def called(piece: Evidence, words: Words) -> str:
    """What a piece is called on paper: a photo came without a name, with Telegram's own id and perhaps a caption."""
    if piece.kind is not EvidenceKind.FILE or not _PHOTO.fullmatch(piece.title):
        return clean(piece.title)
    return clean(BEFORE_CAPTION.join(part for part in (words.plain("form.photo"), caption_of(piece.title)) if part))


def block_title(block: Block, words: Words) -> str:
    if block.group:
        return clean(words.plain("form.group", code=block.group.code, name=block.group.name))
    return words.plain(BLOCKS[block.kind])


def results(form: Form, item: Item, words: Words) -> list[str]:
    """What was given for a line and how it counted, in the sentences of the screens."""
    told = line_counted(form.standing, item, words)
    if not told:
        return [words.plain("form.on-time" if not item.asked else NOTHING[item.kind])]
    summed = line_total(form.standing, item.code, words)
    return [clean(strip(each)) for each in (*told, *((summed,) if summed else ()))]


def notes(form: Form, words: Words) -> list[str]:
    """Below the sums: what of them is not final, and what did not arise."""
    return [clean(strip(each)).lstrip(SIGNS) for each in not_final(form.standing, words)]


def unsettled(form: Form, words: Words) -> Iterator[tuple[Item, str, str]]:
    """Every answer that is not final or did not arise: its line, what it is, what was given and how it counted."""
    for (code, part_id), nature in form.standing.natures:
        item = form.bloc.item(code)
        part = item.part(part_id)
        told = answered(part, form.assessment.answers[code, part_id], words)
        if len(item.asked) > 1:
            told = words("assessment.read-part", label=part_label(item, part, words), counted=told)
        yield item, words.plain(NATURES[nature]), clean(strip(told))


def explanation(form: Form, item: Item, words: Words) -> str:
    held = form.assessment.explanations.get(item.code)
    return clean(words.plain("assessment.explained", text=held.text)) if held else ""


def receipt_lines(form: Form, words: Words) -> list[tuple[str, str]]:
    """What the submission is quoted by, as pairs of a label and a text."""
    given = form.receipt
    lines = [
        ("form.receipt", given.code),
        ("form.given-at", words.moment(given.at)),
        ("form.confirmed-by", clean(form.by)),
        ("form.version", words.number(given.version)),
        ("form.table-revision", words.number(form.bloc.revision)),
        ("form.total-on-receipt", words.number(given.total)),
        ("form.lateness", words.plain("form.late-days", n=given.late_days, points=given.penalty))
        if given.late_days
        else ("form.lateness", words.plain("form.in-time")),
        ("form.digest", given.digest),
    ]
    return [(words.plain(key), text) for key, text in lines if text]


def footer(form: Form, words: Words) -> str:
    given = form.receipt
    return words.plain("form.footer", receipt=given.code, given_at=given.at, version=words.number(given.version))


def long_day(day: date, words: Words) -> str:
    """ "ngày 01 tháng 02 năm 2026": small days and months with a nought, as official papers write them."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return words.plain("form.long-day", day=f"{day.day:02}", month=month, year=str(day.year))


def form_name(form: Form, ending: str) -> str:
    """ASCII alone: some programs spoil any other name."""
    return f"tu-cham-{_ascii(form.receipt.code)}.{ending}"


def table_name(bloc: Bloc, period: Period) -> str:
    return f"tong-hop-{_ascii(initials(bloc.short_name or bloc.name))}-{bloc.year}-{SHORT[period]}.xlsx"


def _ascii(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", fold(text).upper()).strip("-") or "x"
