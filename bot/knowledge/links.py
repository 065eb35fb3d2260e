"""Which lines of one bloc the phrasebook's topics are about, told from the bloc's own words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Final

from bot.knowledge.entries import BODY, Entry
from bot.knowledge.index import Index
from bot.knowledge.phrasebook import Phrasebook, Topic
from bot.knowledge.text import words_of
from bot.knowledge.themes import Profile, Profiles

NEAR_BEST: Final = 0.7  # of the best line's score, for another line to be meant by the same gist
BEST_LINES: Final = 3  # of one gist
OTHER_KIND: Final = 0.6  # for a line that is not of the sort which mostly answers the topic
MOST_TITLES: Final = 800  # lines of a bloc up to which every title is looked up in the phrasebook, and every gist in it
FEW_GISTS: Final = 2  # that are looked up in a larger one
TITLES_OF_ONE: Final = 6
WHOLE_TITLE: Final = 4  # words from which on a title tells by itself what it is about; "công khai" tells little


class Links:
    """Two views of the same: what a topic's official wordings find, and which topics a line's titles speak of."""

    def __init__(self, index: Index, book: Phrasebook) -> None:
        self._index, self._book = index, book
        self._spoken_of: dict[str, dict[str, float]] = {}
        self._by_gist: dict[str, Mapping[str, float]] = {}
        self._profiles: tuple[Profiles, Profiles] | None = None
        self._by_title: Mapping[str, Mapping[str, float]] | None = None
        self._warm = False

    def of(self, topic: Topic) -> Mapping[str, float]:
        """Ids of lines that the topic's gists find, 0 to 1; worked out when first asked for."""
        found = self._by_gist.get(topic.id)
        if found is None:
            found = self._by_gist[topic.id] = self._look_up(topic)
        return found

    def titled(self, topic: Topic) -> Mapping[str, float]:
        """Ids of lines whose titles speak of the topic, 0 to 1; nothing for a very large bloc."""
        return self._titles().get(topic.id, {})

    def warm(self, going_on: Callable[[], bool] = lambda: True) -> None:
        """Work everything out ahead of the questions, while `going_on`; nothing where that is done.

        `going_on` is asked before each of many short steps, and may take its time: this needs seconds of a processor.
        """
        if self._warm:
            return
        for step in self._steps():
            if not going_on():
                return
            step()
        self._warm = True

    def _steps(self) -> Iterator[Callable[[], object]]:
        for entry in self._small():
            yield partial(self._topics_of, entry)
        yield self._about
        for topic in self._book.topics:
            yield partial(self.of, topic)

    def _small(self) -> Collection[Entry]:
        """The lines of the bloc, none of a very large one."""
        entries = self._index.entries.values()
        return entries if len(entries) <= MOST_TITLES else ()

    def _titles(self) -> Mapping[str, Mapping[str, float]]:
        if self._by_title is None:
            found: dict[str, dict[str, float]] = {}
            for entry in self._small():
                for topic_id, closeness in self._topics_of(entry).items():
                    found.setdefault(topic_id, {})[entry.id] = closeness
            self._by_title = found
        return self._by_title

    def alike(self, asked: Profile) -> Mapping[str, tuple[float, float]]:
        """By id, how far a title of a line, and the rest of it, is about the same; nothing for a very large bloc."""
        titles, bodies = self._about()
        title, body = titles.alike(asked), bodies.alike(asked)
        return {
            entry_id: (title.get(entry_id, 0.0), body.get(entry_id, 0.0)) for entry_id in title.keys() | body.keys()
        }

    def _about(self) -> tuple[Profiles, Profiles]:
        if self._profiles is None:
            known = self._small()
            titles = ((entry.id, title) for entry in known for title in entry.titles[:TITLES_OF_ONE])
            bodies = ((e.id, " . ".join(text for weight, text in e.fields if weight <= BODY)) for e in known)
            self._profiles = Profiles(titles, self._book.about), Profiles(bodies, self._book.about)
        return self._profiles

    def _look_up(self, topic: Topic) -> Mapping[str, float]:
        found: dict[str, float] = {}
        gists = topic.gists if len(self._index.entries) <= MOST_TITLES else topic.gists[:FEW_GISTS]
        for gist in gists:
            hits = self._index.rank(self._index.understand(gist), most=BEST_LINES)
            for hit in hits:
                if hit.score >= NEAR_BEST * hits[0].score:
                    share = hit.coverage * hit.score / hits[0].score / len(gists)
                    found[hit.entry.id] = found.get(hit.entry.id, 0.0) + share * _suits(hit.entry, topic)
        return found

    def _topics_of(self, entry: Entry) -> Mapping[str, float]:
        """Ids of topics that the line's titles speak of, 0 to 1; worked out when first asked for."""
        found = self._spoken_of.get(entry.id)
        if found is None:
            found = {}
            for title in entry.titles[:TITLES_OF_ONE]:
                told = min(1.0, len(words_of(title)) / WHOLE_TITLE)
                for topic, closeness in self._book.nearest(self._index.understand(title)):
                    found[topic.id] = max(found.get(topic.id, 0.0), told * closeness * _suits(entry, topic))
            self._spoken_of[entry.id] = found
        return found


def _suits(entry: Entry, topic: Topic) -> float:
    return 1.0 if entry.kind in topic.kinds else OTHER_KIND
