"""The report beside the scores: its sections, and the report as one file."""

from bot.buttons.assessment import (
    ClearSection,
    Later,
    LeaveEmpty,
    NextSection,
    RemoveEvidence,
    ShowOverview,
    ShowReport,
    ShowReview,
    ShowSection,
)
from bot.domain.assessment_standing import Standing
from bot.words import Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, grid, keyboard, lines
from handlers.views.assessment.evidence import row

PREVIEW = 600  # characters of what a section holds already


def report(standing: Standing, words: Words, lead: str | None = None) -> Screen:
    """Every section with its state; a Word or PDF file sent here counts for the whole report."""
    held = standing.assessment
    outline = held.bloc.outline(held.period)
    files = held.report_files
    listed, buttons = [], []
    for n, section in enumerate(held.sections):
        pieces = held.written(section.code)
        size = sum(len(piece.text) for piece in pieces)
        key = "assessment.section-row" if size else "assessment.section-row-none" if pieces else None
        listed.append(words(key or "assessment.section-row-empty", n=n + 1, name=section.name, size=size))
        buttons.append(button(f"{'✓' if pieces else '–'} {n + 1}", ShowSection(held.id, n)))
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


def section(standing: Standing, code: str, words: Words, lead: str | None = None) -> Screen:
    """One section: what it is about, what it holds, and that more messages may follow."""
    held = standing.assessment
    number = [each.code for each in held.sections].index(code)
    chosen = held.sections[number]
    pieces = held.written(code)
    written = "\n".join(piece.text for piece in pieces if piece.text)
    stands: str | None
    if written:
        stands = words("assessment.section-holds", size=len(written), text=_ending(written))
    else:
        stands = words("assessment.section-none") if pieces else None
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.section-title", n=number + 1, of=len(held.sections), name=chosen.name),
        words("assessment.section-hint", hint=chosen.hint) if chosen.hint else None,
        stands,
        "",
        words("assessment.ask-more" if written else "assessment.ask-section"),
    )
    onward = button(
        words.plain("assessment.button-section-done" if pieces else "assessment.button-skip"),
        NextSection(held.id, number),
    )
    if written:
        other = button(words.plain("assessment.button-rewrite"), ClearSection(held.id, number, held.revision))
    else:
        other = button(words.plain("assessment.button-leave-empty"), LeaveEmpty(held.id, number, held.revision))
    return Screen(
        text,
        keyboard(
            [
                [onward],
                [other, button(words.plain("assessment.button-sections"), ShowReport(held.id))],
                [button(words.plain("assessment.button-later"), Later(held.id))],
            ]
        ),
    )


def _ending(text: str) -> str:
    """The last of a long text: what a person needs to go on writing."""
    return text if len(text) <= PREVIEW else "…" + text[-PREVIEW:].split(" ", 1)[-1]
