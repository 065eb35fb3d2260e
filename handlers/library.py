"""Where handlers get what is known of the bloc: the only door from here to the search index."""

from typing import Final

from bot.knowledge.library import Library
from bot.usecases.ports.knowledge import Knowledge
from bot.words import Words

LIBRARY: Final[Knowledge[Words]] = Library()
