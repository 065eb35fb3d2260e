"""What supports an item: asking for it, listing it, explaining instead of it, and the warning before the first file."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.actions import mark_of
from bot.buttons.assessment import (
    ConfirmWarning,
    DropText,
    GoOn,
    Later,
    PageEvidence,
    RemoveEvidence,
    ShowContents,
    ShowEvidence,
    ShowItem,
    StartExplaining,
    VouchForText,
)
from bot.buttons.files import DropFile, VouchForFile
from bot.domain.assessment import MOST_EXPLAINED, Evidence, EvidenceKind
from bot.domain.assessment_standing import Standing
from bot.domain.criteria import NotArising
from bot.domain.files import BEFORE_CAPTION, FileUse, caption_of
from bot.domain.folding import fold
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import (
    MOST_SHOWN,
    button,
    clip,
    keyboard,
    line_total,
    lines,
    progress,
    turning,
)
from handlers.views.files import seen

LISTED = 12  # pieces on one page, a button to remove each


def ask(standing: Standing, code: str, words: Words, *, warned: bool, lead: str | None = None, page: int = 0) -> Screen:
    """Evidence of one item: what is wanted, what there is, how to give more. `page`: of the pieces, from 0."""
    held = standing.assessment
    item = held.bloc.item(code)
    line = held.line_of(code)
    pieces = held.evidence_for(code)
    explained = held.explanations.get(code)
    wanted = [words("assessment.wanted-row", wanted=each) for each in item.evidence]
    score = line_total(standing, code, words)
    if score is None and held.facts(code) and not standing.does_not_arise(code) and not standing.is_awaited(code):
        score = words("assessment.line-points", points=standing.scores[code].points)
    page = min(max(0, page), max(0, len(pieces) - 1) // LISTED)
    shown = list(enumerate(pieces, 1))[page * LISTED : (page + 1) * LISTED]
    listed = [row(n, piece, words) for n, piece in shown]
    text = lines(
        *((lead, "") if lead else ()),
        progress(standing, words),
        "",
        words("assessment.evidence-title", code=item.code, name=item.name),
        score if score and score not in (lead or "") else None,  # an answer has just said what the whole line comes to
        *((words("assessment.wanted"), *wanted) if wanted and not pieces else ()),
        *((words("assessment.given", n=len(pieces)), *listed) if pieces else ()),
        words("assessment.explained", text=clip(explained.text, 300)) if explained else None,
        "",
        words("assessment.warning") if not warned else None,
        words("assessment.ask-evidence" if warned else "assessment.ask-reference"),
    )
    rows: list[list[InlineKeyboardButton]] = []
    if not warned:
        rows.append([button(words.plain("assessment.button-understood"), ConfirmWarning(held.id))])
    removing = [
        button(words.plain("assessment.button-remove", number=n), RemoveEvidence(held.id, piece.number))
        for n, piece in shown
    ]
    settled = bool(pieces or explained)
    onward = words.plain("assessment.button-go-on" if settled else "assessment.button-evidence-later")
    explain = button(words.plain("assessment.button-explain"), StartExplaining(held.id, line))
    go_on = button(onward, GoOn(held.id, line))
    rows.append([go_on, explain] if settled else [explain, go_on])
    rows += [removing[at : at + 4] for at in range(0, len(removing), 4)]
    rows.append(turning(page, len(pieces), LISTED, words, lambda to: PageEvidence(held.id, line, to)))
    rows.append(
        [
            button(words.plain("assessment.button-correct"), ShowItem(held.id, line)),
            button(words.plain("assessment.button-contents"), ShowContents(held.id, 0)),
            button(words.plain("assessment.button-later"), Later(held.id)),
        ]
    )
    return Screen(text, keyboard(rows))


def row(n: int, piece: Evidence, words: Words) -> Safe:
    """One piece in a list."""
    if piece.kind is EvidenceKind.FILE:
        return words("assessment.file-row", n=n, title=clip(named(piece, words), 60), size=words.size(piece.size))
    return words("assessment.reference-row", n=n, title=clip(piece.title, 120))


def named(piece: Evidence, words: Words) -> str:
    """What a piece is called: a photo has no name, only a moment and perhaps a caption."""
    return photo(piece.title, piece.at, words) if piece.sent_as == "photo" else piece.title


def photo(title: str, at: datetime, words: Words) -> str:
    """A photo by when it was sent, and by the caption that stands in its title behind Telegram's own id."""
    return BEFORE_CAPTION.join(part for part in (words.plain("assessment.photo", at=at), caption_of(title)) if part)


def taken(standing: Standing, code: str, name: str, twins: Sequence[FileUse], words: Words) -> Safe:
    """One file taken, and where else the unit has filed the same bytes."""
    held = standing.assessment
    return lines(
        words("assessment.file-taken", name=clip(name, 60), code=code, n=len(held.evidence_for(code))),
        seen(twins, held.bloc, held.id, words),
    )


def received(standing: Standing, code: str, lead: Safe, words: Words) -> Screen:
    """A file taken where no question follows: short, since an album brings many."""
    held = standing.assessment
    line = held.line_of(code)
    text = lines(lead, words("assessment.more-or-on"))
    go_on = button(words.plain("assessment.button-go-on"), GoOn(held.id, line))
    see = button(words.plain("assessment.button-evidence", n=len(held.evidence_for(code))), ShowEvidence(held.id, line))
    return Screen(text, keyboard([[go_on], [see]]))


def warning(assessment_id: int, held: int, words: Words) -> Screen:
    """Before the first file: read this. `held` files wait for the tap."""
    text = lines(words("assessment.warning"), words("assessment.files-waiting", n=held) if held else None)
    button_ = button(words.plain("assessment.button-understood"), ConfirmWarning(assessment_id))
    return Screen(text, keyboard([[button_]]))


def explaining(standing: Standing, code: str, words: Words, lead: str | None = None) -> Screen:
    held = standing.assessment
    item = held.bloc.item(code)
    explained = held.explanations.get(code)
    absent = NotArising() in held.facts(code).values()
    text = lines(
        *((lead, "") if lead else ()),
        words("assessment.explain-title", code=item.code, name=item.name),
        words("assessment.how", how=item.how) if absent and item.how else None,
        words("assessment.explained", text=clip(explained.text, MOST_SHOWN)) if explained else None,
        words("assessment.absent-has-rule") if absent and "khong phat sinh" in fold(item.how) else None,
        "",
        words("assessment.ask-why-absent" if absent else "assessment.ask-explanation", most=MOST_EXPLAINED),
    )
    back = button(words.plain("assessment.button-back"), ShowEvidence(held.id, held.line_of(code)))
    return Screen(text, keyboard([[back]]))


def doubtful_file(name: str, file_id: str, words: Words) -> Screen:
    """The caption or name may say that it is classified: the sender decides."""
    return Screen(
        words("assessment.doubtful-file", name=clip(name, 60)),
        keyboard(
            [
                [button(words.plain("assessment.button-vouch"), VouchForFile(mark_of(file_id)))],
                [button(words.plain("assessment.button-drop"), DropFile(mark_of(file_id)))],
            ]
        ),
    )


def doubtful_text(text: str, words: Words) -> Screen:
    return Screen(
        words("assessment.doubtful-text"),
        keyboard(
            [
                [button(words.plain("assessment.button-vouch"), VouchForText(mark_of(text)))],
                [button(words.plain("assessment.button-drop"), DropText(mark_of(text)))],
            ]
        ),
    )
