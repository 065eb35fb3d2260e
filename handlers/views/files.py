"""What a file that came in is called, and where else its unit has filed the same one."""

from collections.abc import Sequence

from bot.domain.bloc import Bloc
from bot.domain.files import Attachment, FileUse
from bot.words import Safe, Words
from handlers.views.assessment.common import PERIODS

NAMED = 5


def sent(attachment: Attachment, words: Words) -> str:
    """What a file that has just come in is called: a photo came without a name."""
    return words.plain("assessment.a-photo") if attachment.sent_as == "photo" else attachment.name


def seen(uses: Sequence[FileUse], bloc: Bloc, form: int | None, words: Words) -> Safe | None:
    """None where it is nowhere else. `form` is the assessment on the screen: its items need no period."""
    if not uses:
        return None
    named = [_where(use, bloc, form, words) for use in uses[:NAMED]]
    key = "filed.seen-and-more" if len(uses) > NAMED else "filed.seen"
    return words(key, places=Safe("; ".join(named)), n=len(uses) - NAMED)


def _where(use: FileUse, bloc: Bloc, form: int | None, words: Words) -> Safe:
    if use.period is None:
        known = use.year == bloc.year and any(m.key == use.milestone for m in bloc.milestones)
        name = bloc.milestone(use.milestone).name if known else use.milestone
        return words("filed.in-hand-in", name=name, year=Safe(use.year))
    item = use.item or words.plain("filed.report")
    if use.form == form:
        return words("filed.in-form", item=item)
    return words("filed.in-other-form", item=item, period=words(PERIODS[use.period]), year=Safe(use.year))
