"""What stands below an answer for the person who asked: only ever in a private chat."""

from bot.domain.people import Member
from bot.usecases.own_state import OwnItems, OwnMilestones
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.views import own as views

BEGINNING = 40  # characters of a name that no answer cuts off


def about(entry: str, actor: Member, work: Work, words: Words, *, on_screen: str = "", answer: str = "") -> views.Own:
    """For one line of the bloc; nothing for a note, nor for the item `on_screen`: its step is shown below the answer.

    `answer` is the text above: where it lists several milestones, it is said which one is meant.
    """
    if entry == on_screen:
        return views.NOTHING
    if entry in {item.code for item in work.bloc.items()}:
        return views.item(OwnItems(work)(actor, entry), words)
    if entry in {milestone.key for milestone in work.bloc.milestones}:
        milestone = work.bloc.milestone(entry)
        listed = bool(answer) and not answer.startswith(milestone.name[:BEGINNING])
        return views.milestone(OwnMilestones(work)(actor, entry), milestone, work.now, words, listed=listed)
    return views.NOTHING
