"""/thongbao: a secretary writes to everybody and follows it; a member looks at what was sent."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import EditMessageReplyMarkup
from aiogram.types import CallbackQuery, Message

from bot.buttons import broadcast as buttons
from bot.domain.broadcast import Content, FileRefused, NothingToSend, OneFileOnly, check_length
from bot.domain.files import Attachment, AttachmentState
from bot.domain.people import Member
from bot.domain.sending import Media, MediaKind
from bot.usecases import broadcast as usecases
from bot.usecases.ports.work import Work
from bot.words import Words, strip
from handlers.filters import IsMember, IsSecretary, Private, Tapped
from handlers.replies import Replies, Screen, notify, put, say
from handlers.screens import screen
from handlers.views import broadcast as views

ALBUM = "broadcast_album"  # key in the conversation data: the album that was refused last
REFUSED = (AttachmentState.CLASSIFIED, AttachmentState.KIND_REFUSED)


class BroadcastStates(StatesGroup):
    writing = State()


@screen(BroadcastStates.writing)
def writing(work: Work, actor: Member, words: Words, data: dict[str, object]) -> Screen:
    if not actor.is_secretary:
        return views.received(usecases.ListReceived(work)(actor), words)
    held = usecases.ReadDraft(work)(actor)
    return views.draft(held, work.bloc, words) if held else views.overview(usecases.Overlook(work)(actor), words)


# -- a secretary -----------------------------------------------------------------------------------------


async def begin(message: Message, actor: Member, work: Work, words: Words, state: FSMContext) -> Replies:
    """The draft in hand, or the question for a text with the last broadcasts."""
    await state.set_state(BroadcastStates.writing)
    held = usecases.ReadDraft(work)(actor)
    if held is None:
        return [say(message.chat.id, views.overview(usecases.Overlook(work)(actor), words))]
    return _preview(message.chat.id, held, work, words)


async def write(
    message: Message, actor: Member, work: Work, words: Words, state: FSMContext, attachment: Attachment | None = None
) -> Replies:
    """A text, a photo or a document: what the members are going to see."""
    album = message.media_group_id
    if album:
        if (await state.get_data()).get(ALBUM) == album:
            return []
        await state.update_data({ALBUM: album})
        return [say(message.chat.id, words(OneFileOnly.key))]
    if attachment is not None and attachment.state in REFUSED:
        raise FileRefused()
    content = _content(message)
    check_length(strip(content.html), caption=content.media is not None)
    doubtful = attachment is not None and attachment.state is AttachmentState.DOUBTFUL
    return _preview(message.chat.id, usecases.WriteDraft(work)(actor, content), work, words, doubtful=doubtful)


def _content(message: Message) -> Content:
    if message.photo:
        return Content(message.html_text, Media(MediaKind.PHOTO, message.photo[-1].file_id))
    if message.document:
        return Content(message.html_text, Media(MediaKind.DOCUMENT, message.document.file_id))
    if not message.text or not message.text.strip():
        raise NothingToSend()
    return Content(message.html_text)


def _preview(chat_id: int, held: usecases.Draft, work: Work, words: Words, *, doubtful: bool = False) -> Replies:
    sealed = views.content(chat_id, held.broadcast.content, views.under_content(held.broadcast, words))
    return [sealed, say(chat_id, views.draft(held, work.bloc, words, doubtful=doubtful))]


async def receipts(
    query: CallbackQuery, action: buttons.AskReceipts, actor: Member, work: Work, words: Words
) -> Replies:
    held = usecases.AskForReceipts(work)(actor, action.broadcast, action.revision, on=bool(action.on))
    return put(query, views.draft(held, work.bloc, words))


async def drop(
    query: CallbackQuery, action: buttons.DropBroadcast, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    usecases.DropDraft(work)(actor, action.broadcast, action.revision)
    await state.clear()
    return put(query, Screen(words("broadcast.dropped")))


async def confirm(
    query: CallbackQuery, action: buttons.ConfirmBroadcast, actor: Member, work: Work, words: Words, state: FSMContext
) -> Replies:
    """The tapped message becomes the one in which progress is shown."""
    chat_id, message_id = _place(query)
    sent = usecases.ConfirmBroadcast(work)(
        actor, action.broadcast, action.revision, chat_id=chat_id, message_id=message_id
    )
    await state.clear()
    return put(query, views.outcome(usecases.ShowResult(work)(actor, sent.id), work.bloc, words))


async def stop(query: CallbackQuery, action: buttons.StopBroadcast, actor: Member, work: Work, words: Words) -> Replies:
    number = usecases.StopBroadcast(work)(actor, action.broadcast)
    return _result(query, action.broadcast, actor, work, words, words.plain("broadcast.stopped", n=number))


async def resume(
    query: CallbackQuery, action: buttons.ResumeBroadcast, actor: Member, work: Work, words: Words
) -> Replies:
    usecases.ResumeBroadcast(work)(actor, action.broadcast)
    return _result(query, action.broadcast, actor, work, words, words.plain("broadcast.resumed"))


async def ask_resend(
    query: CallbackQuery, action: buttons.AskResend, actor: Member, work: Work, words: Words
) -> Replies:
    shown = usecases.ShowResult(work)(actor, action.broadcast)
    return put(query, views.ask_resend(shown.broadcast, shown.tally, words))


async def resend(
    query: CallbackQuery, action: buttons.ResendUnsure, actor: Member, work: Work, words: Words
) -> Replies:
    number = usecases.ResendUnsure(work)(actor, action.broadcast, action.unsure)
    return _result(query, action.broadcast, actor, work, words, words.plain("broadcast.resent", n=number))


async def show(query: CallbackQuery, action: buttons.ShowBroadcast, actor: Member, work: Work, words: Words) -> Replies:
    return _result(query, action.broadcast, actor, work, words)


def _result(
    query: CallbackQuery, broadcast_id: int, actor: Member, work: Work, words: Words, notice: str | None = None
) -> Replies:
    chat_id, message_id = _place(query)
    here = (chat_id, message_id) if message_id else None
    shown = usecases.ShowResult(work)(actor, broadcast_id, show_in=here)
    return put(query, views.outcome(shown, work.bloc, words), notice)


async def list_recipients(
    query: CallbackQuery, action: buttons.ListRecipients, actor: Member, work: Work, words: Words
) -> Replies:
    shown = usecases.ShowResult(work)(actor, action.broadcast)
    return put(query, views.recipients(shown, work.bloc, words, action.page))


def _place(query: CallbackQuery) -> tuple[int, int | None]:
    """(chat id, message id) of the tapped message; no message id where it is out of reach."""
    if isinstance(query.message, Message):
        return query.message.chat.id, query.message.message_id
    return query.from_user.id, None


# -- a member --------------------------------------------------------------------------------------------


async def received(message: Message, actor: Member, work: Work, words: Words) -> Replies:
    return [say(message.chat.id, views.received(usecases.ListReceived(work)(actor), words))]


async def see_again(
    query: CallbackQuery, action: buttons.SeeBroadcast, actor: Member, work: Work, words: Words
) -> Replies:
    found = usecases.SeeAgain(work)(actor, action.broadcast)
    markup = None if found.acknowledged else views.under_content(found.broadcast, words)
    return [notify(query, ""), views.content(query.from_user.id, found.broadcast.content, markup)]


async def acknowledge(
    query: CallbackQuery, action: buttons.Acknowledge, actor: Member, work: Work, words: Words
) -> Replies:
    new = usecases.AcknowledgeBroadcast(work)(actor, action.broadcast)
    thanks = notify(query, words.plain("broadcast.thanks" if new else "broadcast.thanked-already"))
    if not isinstance(query.message, Message):
        return [thanks]
    # Nothing is left to press: a button that stays looks as if it had not been pressed.
    return [thanks, EditMessageReplyMarkup(chat_id=query.message.chat.id, message_id=query.message.message_id)]


def build() -> Router:
    router = Router(name="broadcast")
    router.message.register(begin, Command("thongbao", ignore_mention=True), Private(), IsSecretary())
    router.message.register(received, Command("thongbao", ignore_mention=True), Private(), IsMember())
    router.message.register(write, BroadcastStates.writing, Private(), IsSecretary(), ~F.text.startswith("/"))
    for kind, handler in (
        (buttons.AskReceipts, receipts),
        (buttons.DropBroadcast, drop),
        (buttons.ConfirmBroadcast, confirm),
        (buttons.StopBroadcast, stop),
        (buttons.ResumeBroadcast, resume),
        (buttons.AskResend, ask_resend),
        (buttons.ResendUnsure, resend),
        (buttons.ShowBroadcast, show),
        (buttons.ListRecipients, list_recipients),
        (buttons.SeeBroadcast, see_again),
        (buttons.Acknowledge, acknowledge),
    ):
        router.callback_query.register(handler, Tapped(kind), IsMember())
    return router
