"""What a unit sees of its pair's form: what was submitted and its own opinions, nothing of the secretariat's."""

from collections.abc import Sequence
from decimal import Decimal

from aiogram.types import InlineKeyboardButton

from bot.buttons.appraisal_peer import (
    AgreeLine,
    AgreeRest,
    HandInReview,
    OpenPeer,
    SendPeerEvidence,
    ShowPeerLine,
    ShowPeerLines,
    StartProposing,
    StartRemark,
)
from bot.buttons.home import GoHome
from bot.domain.appraisal import MOST_REASON, span
from bot.domain.appraisal_peer import Opinion, Review, Stance
from bot.domain.assessment import EvidenceKind
from bot.domain.bloc import Bloc
from bot.domain.calendar import closes_at
from bot.domain.criteria import ItemKind
from bot.usecases.appraisal_peer import Peer, ToReview
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.appraisal.common import BRIEF, fits, own_points
from handlers.views.assessment.common import (
    button,
    clip,
    grid,
    heading,
    keyboard,
    lines,
    period_of,
    valueless,
)
from handlers.views.assessment.review import read_line

LINES = 9
MARKS = {None: "▫", Stance.AGREE: "✓", Stance.REMARK: "💬", Stance.POINTS: "✎"}


def choose(found: Sequence[ToReview], bloc: Bloc, words: Words) -> Screen:
    """Several pairs: which form."""
    rows = [[button(clip(bloc.unit(each.unit).name), OpenPeer(each.assessment))] for each in found]
    return Screen(words("appraisal.peer-choose"), keyboard(rows))


def _stance(peer: Peer, code: str) -> Stance | None:
    given = peer.review.opinions.get(code)
    return given.stance if given else None


def overview(peer: Peer, words: Words, lead: str | None = None) -> Screen:
    form, review = peer.form, peer.review
    left = review.untouched(peer.codes)
    text = lines(
        *((lead, "") if lead else ()),
        words(
            "appraisal.peer-title",
            unit=form.bloc.unit(form.unit).name,
            period=period_of(form, words),
        ),
        words("appraisal.peer-until", closes=closes_at(peer.milestone)),
        "",
        words("appraisal.peer-given", done=len(peer.codes) - len(left), of=len(peer.codes)),
        words("appraisal.peer-handed", at=review.handed_at)
        if review.handed_at
        else words("appraisal.peer-how" if left else "appraisal.peer-ready"),
    )
    rows: list[list[InlineKeyboardButton]] = []
    if review.handed_at is None:
        following = peer.following(peer.codes[-1])
        if following:
            label = words.plain("appraisal.button-next", code=clip(following, 20))
            rows.append([button(label, ShowPeerLine(form.id, form.line_of(following)))])
        if left:
            label = words.plain("appraisal.button-agree-rest", n=len(left))
            rows.append([button(label, AgreeRest(form.id, review.revision))])
        else:
            label = words.plain("appraisal.button-hand-in-review")
            rows.append([button(label, HandInReview(form.id, review.revision))])
    rows.append([button(words.plain("appraisal.button-lines"), ShowPeerLines(form.id, 0))])
    rows.append([button(words.plain("home.home"), GoHome())])
    return Screen(text, keyboard(rows))


def _row(peer: Peer, code: str, words: Words) -> Safe:
    named = {"mark": MARKS[_stance(peer, code)], "code": code, "name": clip(peer.form.bloc.item(code).name, 46)}
    if why := valueless(peer.standing, code, words):
        return words("appraisal.row-none", **named, why=why)
    return words("appraisal.row", **named, points=peer.standing.scores[code].points)


def lines_page(peer: Peer, page: int, words: Words) -> Screen:
    form, codes = peer.form, peer.codes
    pages = max(1, -(-len(codes) // LINES))
    page = min(page, pages - 1)
    shown = codes[page * LINES : (page + 1) * LINES]
    listed = [_row(peer, code, words) for code in shown]
    buttons = [
        button(f"{MARKS[_stance(peer, code)]} {clip(code, 14)}", ShowPeerLine(form.id, form.line_of(code)))
        for code in shown
    ]
    row = []
    if page > 0:
        row.append(button(words.plain("assessment.button-earlier"), ShowPeerLines(form.id, page - 1)))
    if page + 1 < pages:
        row.append(button(words.plain("assessment.button-more"), ShowPeerLines(form.id, page + 1)))
    title = words("appraisal.lines-title", unit=form.bloc.unit(form.unit).name, page=page + 1, pages=pages)
    rows = [*grid(buttons, 3), row, [button(words.plain("appraisal.button-review"), OpenPeer(form.id))]]
    return Screen(lines(title, "", *listed, "", words("appraisal.peer-legend")), keyboard(rows))


def line(peer: Peer, code: str, words: Words, lead: str | None = None) -> Screen:
    """One line as it was submitted, the opinion on it, and what can be said."""
    form, at = peer.form, peer.review.revision
    codes = peer.codes
    number = codes.index(code)
    given = peer.review.opinions.get(code)

    def told(most: int) -> Safe:
        return lines(
            *((lead, "") if lead else ()),
            words("appraisal.line-title", unit=form.bloc.unit(form.unit).name, n=number + 1, of=len(codes)),
            read_line(peer.standing, code, 0, words, most).text,
            own_points(peer.standing, code, words),
            *(("", words("appraisal.peer-mine", opinion=opinion(given, words, most))) if given else ()),
        )

    text = told(MOST_REASON)
    place = form.line_of(code)
    rows: list[list[InlineKeyboardButton]] = []
    if peer.review.handed_at is None:
        rows.append([button(words.plain("appraisal.button-agree"), AgreeLine(form.id, place, at))])
        rows.append(
            [
                button(words.plain("appraisal.button-remark"), StartRemark(form.id, place, at)),
                button(words.plain("appraisal.button-propose"), StartProposing(form.id, place, at)),
            ]
        )
    files = [
        button(words.plain("assessment.button-file", n=n), SendPeerEvidence(form.id, piece.number))
        for n, piece in enumerate(form.evidence_for(code), 1)
        if piece.kind is EvidenceKind.FILE
    ]
    beside = []
    if number > 0:
        before = codes[number - 1]
        beside.append(button(f"◀ {clip(before, 12)}", ShowPeerLine(form.id, form.line_of(before))))
    if number + 1 < len(codes):
        behind = codes[number + 1]
        beside.append(button(f"{clip(behind, 12)} ▶", ShowPeerLine(form.id, form.line_of(behind))))
    rows += [*(list(row) for row in grid(files, 4)), beside]
    rows.append(
        [
            button(words.plain("appraisal.button-lines"), ShowPeerLines(form.id, number // LINES)),
            button(words.plain("appraisal.button-review"), OpenPeer(form.id)),
        ]
    )
    return Screen(text if fits(text) else told(BRIEF), keyboard(rows))


def opinion(given: Opinion, words: Words, most: int = MOST_REASON) -> Safe:
    match given.stance:
        case Stance.AGREE:
            return words("appraisal.opinion-agree")
        case Stance.REMARK:
            return words("appraisal.opinion-remark", text=clip(given.text, most))
        case Stance.POINTS:
            return words("appraisal.opinion-points", points=given.points, text=clip(given.text, most))


def _back(peer: Peer, code: str, words: Words) -> list[list[InlineKeyboardButton]]:
    back = ShowPeerLine(peer.form.id, peer.form.line_of(code))
    return [[button(words.plain("assessment.button-back"), back)]]


def ask_remark(peer: Peer, code: str, words: Words) -> Screen:
    text = lines(heading(peer.form.bloc.item(code), words), "", words("appraisal.ask-remark"))
    return Screen(text, keyboard(_back(peer, code, words)))


def ask_points(peer: Peer, code: str, words: Words) -> Screen:
    item, scale = peer.form.bloc.item(code), peer.form.bloc.scale
    least, most = span(item, scale)
    key = "appraisal.ask-minus" if item.kind is ItemKind.DEDUCTION else "appraisal.ask-peer-points"
    text = lines(
        heading(item, words),
        own_points(peer.standing, code, words),
        "",
        words(key, least=least, most=most, step=scale.step),
    )
    return Screen(text, keyboard(_back(peer, code, words)))


def ask_reason(peer: Peer, code: str, points: Decimal, words: Words) -> Screen:
    text = lines(
        heading(peer.form.bloc.item(code), words),
        words("appraisal.peer-from-to", own=peer.standing.scores[code].points, points=points),
        "",
        words("appraisal.ask-peer-reason"),
    )
    return Screen(text, keyboard(_back(peer, code, words)))


# -- beside the secretary's own --------------------------------------------------------------------------


def beside_form(bloc: Bloc, review: Review, words: Words) -> Safe:
    """How far the pair is, for the secretariat."""
    other = review.otherwise
    key = "appraisal.peer-summary-handed" if review.handed_at else "appraisal.peer-summary"
    return lines(
        words(key, unit=bloc.unit(review.unit).name, n=len(review.opinions)),
        words("appraisal.peer-otherwise", codes=", ".join(other[:12]) + ("…" if len(other) > 12 else ""))
        if other
        else None,
    )


def beside_line(bloc: Bloc, review: Review, code: str, words: Words, most: int = MOST_REASON) -> Safe | None:
    given = review.opinions.get(code)
    if given is None:
        return None
    return words("appraisal.peer-opinion", unit=bloc.unit(review.unit).name, opinion=opinion(given, words, most))
