"""Buttons of the appraisal, for secretaries and for the unit.

`line` is the 0-based place of an item in the pinned table. `made_for` is the appraisal's revision that the button was
made for, `number` that of a request, an objection or a reply: never used twice within a form.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class ListAppraisals(Action):
    """Submitted forms; `page` is 0-based."""

    name: ClassVar[str] = "tl"
    page: int


@action
@dataclass(frozen=True, slots=True)
class OpenAppraisal(Action):
    """One submitted form, for a secretary."""

    name: ClassVar[str] = "to"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class ShowLines(Action):
    """Its lines; `page` is 0-based."""

    name: ClassVar[str] = "tp"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowLine(Action):
    """One line with what the unit gave for it."""

    name: ClassVar[str] = "ti"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class ReadTalk(Action):
    """All that was written about a line, in full; `page` is 0-based."""

    name: ClassVar[str] = "yt"
    assessment: int
    line: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class AcceptLine(Action):
    """It counts as the unit scored it."""

    name: ClassVar[str] = "ta"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartPoints(Action):
    """Give points; they are typed next, then the reason."""

    name: ClassVar[str] = "tg"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartAsking(Action):
    """Ask the unit for more; the request is typed next."""

    name: ClassVar[str] = "tq"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AskAcceptRest(Action):
    """What accepting every line that nobody has looked at means, before it is done."""

    name: ClassVar[str] = "tr"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AcceptRest(Action):
    """Accept every line that nobody has looked at."""

    name: ClassVar[str] = "tt"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartSendingBack(Action):
    """Return the whole; the reason is typed next. `version`: of the submission."""

    name: ClassVar[str] = "tb"
    assessment: int
    version: int


@action
@dataclass(frozen=True, slots=True)
class AskAnnounce(Action):
    """What announcing means, before it is done."""

    name: ClassVar[str] = "tx"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class Announce(Action):
    """Tell the unit its provisional result."""

    name: ClassVar[str] = "tn"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AskFinish(Action):
    """What making it final means, before it is done."""

    name: ClassVar[str] = "tz"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class Finish(Action):
    """Make the result final."""

    name: ClassVar[str] = "tf"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartSettling(Action):
    """Answer an objection: `how` is keep, own or points; the reason is typed next."""

    name: ClassVar[str] = "ts"
    assessment: int
    number: int
    how: str
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class SendReply(Action):
    """Hand back a file that was added to a request or objection."""

    name: ClassVar[str] = "te"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class VouchForWords(Action):
    """What was typed is not classified: keep it."""

    name: ClassVar[str] = "tv"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class DropWords(Action):
    """Nothing of what was typed is kept."""

    name: ClassVar[str] = "td"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class ConfirmReading(Action):
    """The warning about classified material has been read."""

    name: ClassVar[str] = "tw"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class ListRequests(Action):
    """What the secretariat asks the unit for."""

    name: ClassVar[str] = "tk"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class OpenExchange(Action):
    """One request or objection, for the unit."""

    name: ClassVar[str] = "tu"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class OpenResult(Action):
    """The unit's own result."""

    name: ClassVar[str] = "tm"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class ShowDifferences(Action):
    """Lines that count otherwise than the unit scored them; `page` is 0-based."""

    name: ClassVar[str] = "tj"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowDifference(Action):
    """One of them."""

    name: ClassVar[str] = "tc"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class StartObjecting(Action):
    """Ask for a second look at a line; the reason is typed next."""

    name: ClassVar[str] = "th"
    assessment: int
    line: int
    made_for: int
