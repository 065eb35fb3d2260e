"""Looking at what is about to be kept."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.questions import (
    BeginNote,
    BeginPhrasing,
    DropDraft,
    KeepNotNow,
    PickLine,
    SaveNote,
    SavePhrasing,
    ShowKept,
    ShowQuestions,
    TypeAnew,
)
from bot.domain.keeping import Draft
from bot.domain.knowledge import KeptPhrasing, Note
from bot.usecases.keeping import MOST
from bot.words import Safe, Words
from handlers.replies import Screen
from handlers.views.assessment.common import button, clip, keyboard

TYPE = {
    "question": "keeping.type-question",
    "answer": "keeping.type-answer",
    "origin": "keeping.type-origin",
    "phrasing": "keeping.type-phrasing",
}
TOO_LONG = {
    "question": "keeping.long-question",
    "answer": "keeping.long-answer",
    "origin": "keeping.long-origin",
    "phrasing": "keeping.long-question",
}
EDIT = {
    "question": "keeping.edit-question",
    "answer": "keeping.edit-answer",
    "origin": "keeping.edit-origin",
    "phrasing": "keeping.edit-phrasing",
}
MOST_OF_LINE = 900  # characters of a line that gets another phrasing

Row = Sequence[InlineKeyboardButton]


def offer(source: str, words: Words) -> Screen:
    """Right after an answer has gone back."""
    rows = [
        [button(words.plain("keeping.as-note"), BeginNote(source))],
        [button(words.plain("keeping.as-phrasing"), BeginPhrasing(source))],
        [button(words.plain("keeping.not"), KeepNotNow(source))],
    ]
    return Screen(words("keeping.offer"), keyboard(rows))


def note(draft: Draft, mark: str, personal: Sequence[str], words: Words, *, ready: bool) -> Screen:
    """The whole note, as everybody will read it."""
    text = words(
        "keeping.review",
        question=_head(draft.question, MOST["question"]),
        answer=_head(draft.answer, MOST["answer"]),
        origin=_head(draft.origin, MOST["origin"]),
    )
    blocks = [text, *_warnings(draft, ("question", "answer", "origin"), personal, words)]
    rows: list[Row] = [
        [_edit(draft, "question", words), _edit(draft, "answer", words)],
        [_edit(draft, "origin", words)],
    ]
    if ready:
        label = "keeping.save-anyway" if personal else "keeping.save"
        rows.append([button(words.plain(label), SaveNote(draft.source, mark))])
    rows.append([_drop(draft, words)])
    return Screen("\n\n".join(blocks), keyboard(rows))


def type_field(draft: Draft, field: str, words: Words) -> Screen:
    """One field to be typed, with what stands there now; an answer that is still missing, with its question."""
    held = getattr(draft, field)
    if field == "answer" and not held:
        text = words("keeping.type-first-answer", question=clip(draft.question, 300), most=MOST["answer"])
        rows: list[Row] = [[_edit(draft, "question", words)], [_drop(draft, words)]]
        return Screen(text, keyboard(rows))
    back = BeginPhrasing(draft.source) if field == "phrasing" else BeginNote(draft.source)
    text = words(TYPE[field], held=_head(held, MOST[field]), most=MOST[field])
    return Screen(text, keyboard([[button(words.plain("questions.back"), back)]]))


def find(draft: Draft, found: Sequence[tuple[str, str]], sought: str, words: Words) -> Screen:
    """The lines that the phrasing may belong to."""
    key = "keeping.find" if found else "keeping.find-none"
    blocks = [words(key, phrasing=clip(draft.phrasing, 300))]
    if sought:
        blocks.insert(0, words("keeping.sought", text=clip(sought, 100)))
    rows: list[Row] = [[button(clip(heading, 60), PickLine(draft.source, entry))] for entry, heading in found]
    rows += [[_edit(draft, "phrasing", words)], [_drop(draft, words)]]
    return Screen("\n\n".join(blocks), keyboard(rows))


def phrasing(draft: Draft, line: str, mark: str, personal: Sequence[str], words: Words) -> Screen:
    """The phrasing beside the line that it will open."""
    shown = line if len(line) <= MOST_OF_LINE else line[: MOST_OF_LINE - 1].rstrip() + "…"
    text = words("keeping.review-phrasing", phrasing=_head(draft.phrasing, MOST["phrasing"]), line=shown)
    blocks = [text, *_warnings(draft, ("phrasing",), personal, words)]
    rows: list[Row] = [
        [_edit(draft, "phrasing", words)],
        [button(words.plain("keeping.other-line"), BeginPhrasing(draft.source))],
    ]
    if len(draft.phrasing) <= MOST["phrasing"]:
        label = "keeping.save-anyway" if personal else "keeping.save-phrasing"
        rows.append([button(words.plain(label), SavePhrasing(draft.source, mark))])
    rows.append([_drop(draft, words)])
    return Screen("\n\n".join(blocks), keyboard(rows))


def saved_note(found: Note, words: Words, *, answered: bool) -> Screen:
    """`answered`: whether its question, asked as it stands, is answered with it."""
    return _saved(words("keeping.saved-note", id=found.id, question=found.question), found.id, words, answered)


def saved_phrasing(found: KeptPhrasing, heading: str, words: Words, *, answered: bool) -> Screen:
    text = words("keeping.saved-phrasing", id=found.id, text=found.text, heading=clip(heading, 200))
    return _saved(text, found.id, words, answered)


def _saved(text: Safe, kept_id: str, words: Words, answered: bool) -> Screen:
    said = words("keeping.answered-now" if answered else "keeping.still-near")
    return Screen(f"{text}\n\n{said}", _after(kept_id, words))


def _after(kept_id: str, words: Words) -> InlineKeyboardMarkup:
    rows = [
        [button(words.plain("keeping.show"), ShowKept(kept_id))],
        [button(words.plain("questions.to-list"), ShowQuestions(0))],
    ]
    return keyboard(rows)


def _head(text: str, most: int) -> str:
    """As much as would be shown of it; what is too long is said below."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _warnings(draft: Draft, fields: Sequence[str], personal: Sequence[str], words: Words) -> list[Safe]:
    found = [words(TOO_LONG[f], most=MOST[f]) for f in fields if len(getattr(draft, f)) > MOST[f]]
    if personal:
        found.append(words("keeping.personal", pieces=clip("; ".join(personal), 300)))
    return found


def _edit(draft: Draft, field: str, words: Words) -> InlineKeyboardButton:
    return button(words.plain(EDIT[field]), TypeAnew(draft.source, field))


def _drop(draft: Draft, words: Words) -> InlineKeyboardButton:
    return button(words.plain("keeping.drop"), DropDraft(draft.source))
