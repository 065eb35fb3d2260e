"""What stands below an answer for the person who asked: only ever in a private chat."""

from bot.domain.people import Member
from bot.usecases.own_state import OwnItems, OwnMilestones
from bot.usecases.ports.work import Work
from bot.words import Words
from handlers.views import own as views


def about(entry: str, actor: Member, work: Work, words: Words, *, on_screen: str = "") -> views.Own:
    """For one line of the bloc; nothing for a note. `on_screen`: the item whose question waits on the screen."""
    if entry in {item.code for item in work.bloc.items()}:
        return views.item(OwnItems(work)(actor, entry), words, on_screen=on_screen)
    if entry in {milestone.key for milestone in work.bloc.milestones}:
        return views.milestone(OwnMilestones(work)(actor, entry), work.bloc.milestone(entry), work.now, words)
    return views.NOTHING
