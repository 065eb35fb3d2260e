"""Screens of broadcasts: the draft, the result, the list of recipients, and what a member received."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.enums import ParseMode
from aiogram.methods import SendDocument, SendMessage, SendPhoto, TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import broadcast as buttons
from bot.domain.bloc import Bloc
from bot.domain.broadcast import Broadcast, Content, Tally, result, with_unit
from bot.domain.delivery import Button, DeliveryState
from bot.domain.sending import MediaKind
from bot.usecases.broadcast import Draft, Overview, Received, Result
from bot.words import Words, strip
from handlers.replies import NO_PREVIEW, Screen

PAGE = 25
TITLE = 40  # characters of a text's first line, in lists


def keyboard(rows: Sequence[Sequence[Button]], words: Words) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=words.plain(b.key, **b.params), callback_data=b.data) for b in row]
            for row in rows
        ]
    )


def content(chat_id: int, sealed: Content, markup: InlineKeyboardMarkup | None) -> TelegramMethod[Any]:
    """The broadcast itself, to the letter as members get it."""
    if sealed.media is None:
        return SendMessage(
            chat_id=chat_id,
            text=sealed.html,
            reply_markup=markup,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
        )
    common: dict[str, Any] = {
        "chat_id": chat_id,
        "caption": sealed.html,
        "reply_markup": markup,
        "parse_mode": ParseMode.HTML,
    }
    if sealed.media.kind is MediaKind.PHOTO:
        return SendPhoto(photo=sealed.media.file_id, **common)
    return SendDocument(document=sealed.media.file_id, **common)


def under_content(broadcast: Broadcast, words: Words) -> InlineKeyboardMarkup | None:
    return keyboard(buttons.content_buttons(broadcast.id, broadcast.receipts), words)


def draft(shown: Draft, bloc: Bloc, words: Words, *, doubtful: bool = False) -> Screen:
    """Who will get it, who cannot be reached, and what to press."""
    broadcast, people = shown.broadcast, shown.audience
    names = unit_names(bloc)
    lines: list[str] = [words("broadcast.preview-above"), ""]
    lines.append(words("broadcast.recipients", n=len(people.people)))
    lines += [
        words("broadcast.recipients-of-unit", unit=names[code], n=number)
        if code is not None and code in names
        else words("broadcast.recipients-without-unit", n=number)
        for code, number in people.by_unit.items()
    ]
    if people.unlinked:
        missing = "; ".join(names[code] for code in people.unlinked)
        lines += ["", words("broadcast.unlinked", n=len(people.unlinked), units=missing)]
    if doubtful:
        lines += ["", words("broadcast.doubtful")]
    lines += ["", words("broadcast.receipts-on" if broadcast.receipts else "broadcast.receipts-off")]
    return Screen("\n".join(lines), keyboard(_draft_buttons(shown), words))


def _draft_buttons(shown: Draft) -> list[list[Button]]:
    draft_id, revision = shown.broadcast.id, shown.broadcast.revision
    asking = shown.broadcast.receipts
    toggle = Button(
        "broadcast.without-receipts" if asking else "broadcast.with-receipts",
        buttons.AskReceipts(draft_id, revision, 0 if asking else 1).pack(),
    )
    drop = Button("broadcast.drop", buttons.DropBroadcast(draft_id, revision).pack())
    number = len(shown.audience.people)
    if not number:
        return [[drop]]
    send = Button("broadcast.send", buttons.ConfirmBroadcast(draft_id, revision).pack(), {"n": number})
    return [[send], [toggle], [drop]]


def outcome(shown: Result, bloc: Bloc, words: Words) -> Screen:
    """How it went so far, by state and name."""
    told = result(shown.broadcast, shown.tally, shown.lines, unit_names(bloc))
    text = "\n".join(words(line.key, **line.params) for line in told)
    return Screen(text, keyboard(buttons.result_buttons(shown.broadcast, shown.tally), words))


def recipients(shown: Result, bloc: Bloc, words: Words, page: int) -> Screen:
    """Everybody, what did not arrive first."""
    names = unit_names(bloc)
    last = max(0, (len(shown.lines) - 1) // PAGE)
    page = min(max(page, 0), last)
    lines: list[str] = [words("broadcast.list-heading", page=page + 1, pages=last + 1), ""]
    for line in shown.lines[page * PAGE : (page + 1) * PAGE]:
        state = words(f"delivery.{line.state.value}")
        if line.acknowledged_at is not None:
            state = words("delivery.acknowledged", at=line.acknowledged_at)
        lines.append(words("broadcast.list-line", who=with_unit(line, names), state=state))
    turn = [
        Button(key, buttons.ListRecipients(shown.broadcast.id, to).pack())
        for key, to in (("broadcast.page-before", page - 1), ("broadcast.page-after", page + 1))
        if 0 <= to <= last
    ]
    back = [Button("broadcast.back-to-result", buttons.ShowBroadcast(shown.broadcast.id).pack())]
    return Screen("\n".join(lines), keyboard([row for row in (turn, back) if row], words))


def ask_resend(broadcast: Broadcast, tally: Tally, words: Words) -> Screen:
    number = tally.of(DeliveryState.UNSURE)
    rows = [
        [Button("broadcast.resend-yes", buttons.ResendUnsure(broadcast.id, number).pack(), {"n": number})],
        [Button("broadcast.back-to-result", buttons.ShowBroadcast(broadcast.id).pack())],
    ]
    return Screen(words("broadcast.resend-question", n=number), keyboard(rows, words))


def overview(shown: Overview, words: Words) -> Screen:
    """What a secretary sees first: write, or look at what was sent."""
    lines: list[str] = [words("broadcast.ask-text")]
    rows = []
    if shown.recent:
        lines += ["", words("broadcast.recent")]
    for broadcast, tally in shown.recent:
        lines.append(
            words(
                "broadcast.recent-line",
                title=title(broadcast),
                at=broadcast.confirmed_at or broadcast.made_at,
                delivered=tally.of(DeliveryState.DELIVERED),
                total=tally.total,
                state=words(f"broadcast.state-{broadcast.state.value}"),
            )
        )
        rows.append([Button("broadcast.open", buttons.ShowBroadcast(broadcast.id).pack(), {"title": title(broadcast)})])
    if shown.unsure:
        names = "; ".join(dict.fromkeys(name for _, name in shown.unsure))
        lines += ["", words("broadcast.unsure-others", n=len(shown.unsure), names=names)]
    return Screen("\n".join(lines), keyboard(rows, words))


def received(found: Sequence[Received], words: Words) -> Screen:
    """What a member received, the newest first."""
    if not found:
        return Screen(words("broadcast.none-received"))
    lines: list[str] = [words("broadcast.received-heading"), ""]
    rows = []
    for one in found:
        broadcast = one.broadcast
        lines.append(
            words("broadcast.received-line", title=title(broadcast), at=broadcast.confirmed_at or broadcast.made_at)
        )
        row = [Button("broadcast.open", buttons.SeeBroadcast(broadcast.id).pack(), {"title": title(broadcast)})]
        if broadcast.receipts and not one.acknowledged:
            row.append(Button("broadcast.received", buttons.Acknowledge(broadcast.id).pack()))
        rows.append(row)
    return Screen("\n".join(lines), keyboard(rows, words))


def title(broadcast: Broadcast) -> str:
    """The first line without tags, cut to fit a button; a bare file has none."""
    plain = " ".join(strip(broadcast.content.html).split("\n", 1)[0].split()) or f"#{broadcast.id}"
    return plain if len(plain) <= TITLE else plain[: TITLE - 1].rstrip() + "…"


def unit_names(bloc: Bloc) -> Mapping[str, str]:
    return {unit.code: unit.name for unit in bloc.units}
