"""The report beside the scores: its sections with their lists, and the report as one file."""

from collections.abc import Iterator
from functools import partial

from aiogram.types import InlineKeyboardButton

from bot.actions import mark_of
from bot.buttons.assessment import (
    AskAddressee,
    AskClearing,
    ClearSection,
    GiveAddressee,
    Later,
    LeaveEmpty,
    NextSection,
    RemoveEntry,
    RemoveEvidence,
    ShowOverview,
    ShowReport,
    ShowReview,
    ShowSection,
    WriteContent,
)
from bot.counted import LISTS
from bot.domain.assessment import Assessment, Piece
from bot.domain.assessment_standing import Standing
from bot.domain.bloc import Content, Section
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, grid, keyboard, lines, turning
from handlers.views.assessment.evidence import row

PREVIEW = 600  # characters of what a section holds already
ENTRIES = 6  # of a list on one screen, each with its buttons
BESIDE = 3  # of a list that is not the one being written
ENTRY_SHOWN = 240  # characters of one entry in a list

COUNTED = {Content.PROPOSAL: "assessment.n-proposals", Content.EXAMPLE: "assessment.n-examples"}
STANDS = {Content.PROPOSAL: "assessment.proposals-held", Content.EXAMPLE: "assessment.examples-held"}
ASK_FIRST = {
    Content.TEXT: "assessment.ask-section",
    Content.PROPOSAL: "assessment.ask-proposal",
    Content.EXAMPLE: "assessment.ask-example",
}
ASK_MORE = {
    Content.TEXT: "assessment.ask-more",
    Content.PROPOSAL: "assessment.ask-proposal-more",
    Content.EXAMPLE: "assessment.ask-example-more",
}
BEGIN = {
    Content.TEXT: "assessment.button-write-text",
    Content.PROPOSAL: "assessment.button-add-proposal",
    Content.EXAMPLE: "assessment.button-add-example",
}
CHANGE = {
    Content.TEXT: "assessment.button-write-text",
    Content.PROPOSAL: "assessment.button-change-proposals",
    Content.EXAMPLE: "assessment.button-change-examples",
}


def report(standing: Standing, words: Words, lead: str | None = None) -> Screen:
    """Every section with its state; a Word or PDF file sent here counts for the whole report."""
    held = standing.assessment
    outline = held.bloc.outline(held.period)
    files = held.report_files
    listed, buttons = [], []
    for n, section in enumerate(held.sections):
        pieces = held.written(section.code)
        holds = ", ".join(_measured(held, section.code, words))
        mark = "…" if any(piece.lacks_addressee for piece in pieces) else "✓" if pieces else "–"
        key = "assessment.section-row" if holds else "assessment.section-row-none" if pieces else None
        listed.append(words(key or "assessment.section-row-empty", n=n + 1, name=section.name, holds=holds, mark=mark))
        buttons.append(button(f"{mark} {n + 1}", ShowSection(held.id, n)))
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.report-title", name=outline.name if outline else ""),
        words("assessment.report-pages", n=outline.most_pages) if outline and outline.most_pages else None,
        "",
        *listed,
        *((words("assessment.report-files"), *(row(n, f, words) for n, f in enumerate(files, 1))) if files else ()),
        "",
        words("assessment.ask-report"),
    )
    removing = [
        button(words.plain("assessment.button-remove", number=n), RemoveEvidence(held.id, piece.number))
        for n, piece in enumerate(files, 1)
    ]
    return Screen(
        text,
        keyboard(
            [
                *grid(buttons, 4),
                *grid(removing, 4),
                [
                    button(words.plain("assessment.button-review"), ShowReview(held.id, 0)),
                    button(words.plain("assessment.button-overview"), ShowOverview(held.id)),
                ],
            ]
        ),
    )


def report_line(held: Assessment, words: Words) -> Safe | None:
    """How the report stands, in one line; None where the bloc asks for none and there is none."""
    files, of = len(held.report_files), len(held.sections)
    if not files and not of:
        return None
    written = sum(bool(held.written(section.code)) for section in held.sections)
    key = "assessment.report-stands-file" if files else "assessment.report-stands"
    told = words(key, n=files, written=written, of=of) if files else words(key, written=written, of=of)
    lists = [(kind, sum(len(held.entries(each.code, kind)) for each in held.sections)) for kind in LISTS]
    return Safe("; ".join([told, *(words(COUNTED[kind], n=n) for kind, n in lists if n)]))


def _measured(held: Assessment, code: str, words: Words) -> Iterator[str]:
    """How much a section holds, kind by kind."""
    if size := sum(len(piece.text) for piece in held.entries(code, Content.TEXT)):
        yield words.plain("assessment.n-characters", n=size)
    for kind, key in COUNTED.items():
        if entries := held.entries(code, kind):
            yield words.plain(key, n=len(entries))
            if lacking := sum(entry.lacks_addressee for entry in entries):
                yield words.plain("assessment.n-unaddressed", n=lacking)


# -- one section -----------------------------------------------------------------------------------------


def content_of(section: Section, chosen: str) -> Content:
    """What is written in a section: what the person has chosen, where the section still holds it, else its first."""
    return next((content for content in section.holds if content.value == chosen), section.holds[0])


def section(
    standing: Standing, code: str, words: Words, lead: str | None = None, *, chosen: str = "", page: int = 0
) -> Screen:
    """One section: what it is about, what it holds, and that more messages may follow."""
    held = standing.assessment
    number = [each.code for each in held.sections].index(code)
    asked = held.sections[number]
    content = content_of(asked, chosen)
    pieces, entries = held.written(code), held.entries(code, content)
    listed = content is not Content.TEXT and entries  # what has been written shows by itself what is meant
    page = min(page, max(0, (len(entries) - 1) // ENTRIES))
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.section-title", n=number + 1, of=len(held.sections), name=asked.name),
        words("assessment.section-hint", hint=asked.hint) if asked.hint and not listed else None,
        *_stands(held, code, content, page, words),
        words("assessment.section-none") if pieces and not any(piece.text for piece in pieces) else None,
        "",
        words((ASK_MORE if entries else ASK_FIRST)[content]),
    )
    done = "assessment.button-section-done" if pieces else "assessment.button-skip"
    rows: list[list[InlineKeyboardButton]] = [[button(words.plain(done), NextSection(held.id, number))]]
    for other in Content:
        if other is not content and other in asked.holds:
            label = words.plain((CHANGE if held.entries(code, other) else BEGIN)[other])
            rows.append([button(label, WriteContent(held.id, number, other.value, 0))])
    if content is not Content.TEXT:
        rows += _managing(held, number, code, content, page, words)
    sections = button(words.plain("assessment.button-sections"), ShowReport(held.id))
    later = button(words.plain("assessment.button-later"), Later(held.id))
    emptying = list(_emptying(held, number, asked, content, words))
    rows += [[*emptying, sections], [later]] if emptying else [[sections, later]]
    return Screen(text, keyboard(rows))


def _stands(held: Assessment, code: str, content: Content, page: int, words: Words) -> Iterator[Safe]:
    """What a section holds: the end of its text, then its lists, the one being written a page at a time."""
    if written := "\n".join(piece.text for piece in held.entries(code, Content.TEXT)):
        yield words("assessment.section-holds", size=len(written), text=_ending(written))
    for kind in LISTS:
        entries = held.entries(code, kind)
        if not entries:
            continue
        shown = _page(entries, page) if kind is content else list(enumerate(entries, 1))[-BESIDE:]
        yield words(STANDS[kind], n=len(entries))
        if shown[0][0] > 1:
            yield words("assessment.entries-before", n=shown[0][0] - 1)
        for n, entry in shown:
            yield words("assessment.entry-row", n=n, text=clip(entry.text, ENTRY_SHOWN))
            if kind is Content.PROPOSAL:
                key = "assessment.entry-unaddressed" if entry.lacks_addressee else "assessment.entry-addressed"
                yield words(key, addressee=clip(entry.addressee, 80))


def _page(entries: tuple[Piece, ...], page: int) -> list[tuple[int, Piece]]:
    """Entries with their numbers: page 0 is the newest ones, since they are what a person has just written."""
    end = len(entries) - page * ENTRIES
    return list(enumerate(entries, 1))[max(0, end - ENTRIES) : end]


def _managing(
    held: Assessment, number: int, code: str, content: Content, page: int, words: Words
) -> Iterator[list[InlineKeyboardButton]]:
    """Buttons to each entry on the screen, and to the pages beside it."""
    entries = held.entries(code, content)
    shown = _page(entries, page)
    removing = [
        button(words.plain("assessment.button-remove", number=n), RemoveEntry(held.id, entry.number, held.revision))
        for n, entry in shown
    ]
    asking = [
        button(words.plain("assessment.button-addressee", number=n), AskAddressee(held.id, entry.number))
        for n, entry in shown
        if content is Content.PROPOSAL
    ]
    if len(shown) == 1:
        yield [*asking, *removing]
    else:
        yield from map(list, (*grid(asking, 3), *grid(removing, 3)))
    last = max(0, (len(entries) - 1) // ENTRIES)  # pages are turned from the oldest to the newest
    to_page = partial(WriteContent, held.id, number, content.value)
    yield turning(last - page, len(entries), ENTRIES, words, lambda to: to_page(last - to))


def _emptying(
    held: Assessment, number: int, asked: Section, content: Content, words: Words
) -> Iterator[InlineKeyboardButton]:
    """To write the text anew, or to say that there is nothing to report: whichever the section has a use for."""
    if not any(piece.text for piece in held.written(asked.code)):
        yield button(words.plain("assessment.button-leave-empty"), LeaveEmpty(held.id, number, held.revision))
    elif held.entries(asked.code, Content.TEXT) and (content is Content.TEXT or Content.TEXT not in asked.holds):
        label = "assessment.button-rewrite" if content is Content.TEXT else "assessment.button-clear-text"
        yield button(words.plain(label), AskClearing(held.id, number, held.revision))


def ask_clearing(standing: Standing, code: str, words: Words) -> Screen:
    """What goes when a section is written anew, before it does: nothing brings it back."""
    held = standing.assessment
    number = [each.code for each in held.sections].index(code)
    size = sum(len(piece.text) for piece in held.entries(code, Content.TEXT))
    rows = [
        [button(words.plain("assessment.button-clear"), ClearSection(held.id, number, held.revision))],
        [button(words.plain("assessment.button-reopen-no"), ShowSection(held.id, number))],
    ]
    return Screen(words("assessment.ask-clearing", name=held.sections[number].name, n=size), keyboard(rows))


def _ending(text: str) -> str:
    """The last of a long text: what a person needs to go on writing."""
    return text if len(text) <= PREVIEW else "…" + text[-PREVIEW:].split(" ", 1)[-1]


# -- where a proposal goes -------------------------------------------------------------------------------


def addressee(standing: Standing, entry: Piece, words: Words, lead: str | None = None) -> Screen:
    """Which body a proposal goes to: those of the bloc and those named already, or another one typed."""
    held = standing.assessment
    number = [each.code for each in held.sections].index(entry.section)
    offered = held.offered(entry.section)
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.addressee-title", n=held.place_of(entry)),
        words("assessment.entry-quoted", text=clip(entry.text, PREVIEW)),
        words("assessment.entry-addressed", addressee=entry.addressee) if entry.addressee else None,
        "",
        words("assessment.ask-addressee" if offered else "assessment.ask-addressee-typed"),
    )
    rows = [
        [button(clip(name), GiveAddressee(held.id, entry.number, mark_of(name), held.revision))] for name in offered
    ]
    back = "assessment.button-keep-addressee" if entry.addressee else "assessment.button-addressee-later"
    to_list = WriteContent(held.id, number, entry.kind.value, 0)
    return Screen(text, keyboard([*rows, [button(words.plain(back), to_list)]]))
