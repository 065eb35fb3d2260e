"""Buttons of the self-assessment.

`line` is the 0-based place of an item among the codes of the pinned table, `section` that of a section in the outline:
codes may be too long for a button. `made_for` is the revision that the button was made for.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action, action


@action
@dataclass(frozen=True, slots=True)
class OpenAssessment(Action):
    """Open the form of a period (its value in the bloc file)."""

    name: ClassVar[str] = "ao"
    period: str


@action
@dataclass(frozen=True, slots=True)
class OpenForUnit(Action):
    """The same for one of several units: `membership` is the person's own."""

    name: ClassVar[str] = "au"
    membership: int
    period: str


@action
@dataclass(frozen=True, slots=True)
class OpenLine(Action):
    """One item of a unit's form, begun by the tap where nobody has begun it.

    `membership` is the person's own. `mark` is of the item's code: the table is pinned only once the form has begun.
    """

    name: ClassVar[str] = "ol"
    membership: int
    period: str
    mark: str


# -- moving around ---------------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class ShowOverview(Action):
    name: ClassVar[str] = "av"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class Resume(Action):
    """On to the first thing that is not done."""

    name: ClassVar[str] = "ar"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class ShowContents(Action):
    """Groups; with `group` (1-based) the criteria of one."""

    name: ClassVar[str] = "ac"
    assessment: int
    group: int


@action
@dataclass(frozen=True, slots=True)
class ShowPart(Action):
    name: ClassVar[str] = "ap"
    assessment: int
    line: int
    part: str


@action
@dataclass(frozen=True, slots=True)
class ShowItem(Action):
    """The first open question of an item, else its first one."""

    name: ClassVar[str] = "ai"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class Skip(Action):
    name: ClassVar[str] = "as"
    assessment: int
    line: int
    part: str


@action
@dataclass(frozen=True, slots=True)
class Back(Action):
    name: ClassVar[str] = "ab"
    assessment: int
    line: int
    part: str


@action
@dataclass(frozen=True, slots=True)
class GoOn(Action):
    """From an item's evidence to whatever comes behind the item."""

    name: ClassVar[str] = "an"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class ShowRules(Action):
    """Bonus or deduction rules (`kind`: an ItemKind)."""

    name: ClassVar[str] = "al"
    assessment: int
    kind: str


@action
@dataclass(frozen=True, slots=True)
class PassRules(Action):
    """On from the list of bonus or deduction rules. `kind`: as in ShowRules."""

    name: ClassVar[str] = "aj"
    assessment: int
    kind: str


@action
@dataclass(frozen=True, slots=True)
class ShowReport(Action):
    """The sections of the report, and the report as a file."""

    name: ClassVar[str] = "ah"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class ShowReview(Action):
    """Totals and gaps; `page` is 0-based."""

    name: ClassVar[str] = "aw"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowTable(Action):
    """Every criterion with its points; `page` is 0-based."""

    name: ClassVar[str] = "at"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowChanges(Action):
    """What the bloc changed under a draft; `page` is 0-based."""

    name: ClassVar[str] = "ag"
    assessment: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ShowRemoved(Action):
    """What is kept of an item that is no longer asked; `place` is its 0-based place among those."""

    name: ClassVar[str] = "ak"
    assessment: int
    place: int


@action
@dataclass(frozen=True, slots=True)
class ShowReceipt(Action):
    name: ClassVar[str] = "ay"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class Later(Action):
    """Stop here for now."""

    name: ClassVar[str] = "az"
    assessment: int


# -- answering -------------------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class GiveFact(Action):
    """`fact` is packed by bot.domain.facts, its mark with it."""

    name: ClassVar[str] = "gf"
    assessment: int
    line: int
    part: str
    fact: str
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class KeepAnswer(Action):
    """What stands still holds. `kept_as` is a value of bot.domain.criteria.Mark; empty: final."""

    name: ClassVar[str] = "gk"
    assessment: int
    line: int
    part: str
    kept_as: str
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class LeaveOut(Action):
    """Nothing of a whole criterion arose at the unit."""

    name: ClassVar[str] = "gx"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class Unclaim(Action):
    """A bonus or deduction does not apply after all."""

    name: ClassVar[str] = "uf"
    assessment: int
    line: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class ShowEvidence(Action):
    name: ClassVar[str] = "es"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class PageEvidence(Action):
    """Another page of an item's evidence, counted from 0."""

    name: ClassVar[str] = "eq"
    assessment: int
    line: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class RemoveEvidence(Action):
    """`number` is never used twice in an assessment, so an old button removes nothing else."""

    name: ClassVar[str] = "er"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class StartExplaining(Action):
    name: ClassVar[str] = "ee"
    assessment: int
    line: int


@action
@dataclass(frozen=True, slots=True)
class ConfirmWarning(Action):
    """The warning about classified material has been read."""

    name: ClassVar[str] = "ew"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class VouchForText(Action):
    """What was typed is not classified: keep it."""

    name: ClassVar[str] = "vt"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class DropText(Action):
    """Nothing of what was typed is kept."""

    name: ClassVar[str] = "dt"
    mark: str


@action
@dataclass(frozen=True, slots=True)
class ShowSection(Action):
    name: ClassVar[str] = "ss"
    assessment: int
    section: int


@action
@dataclass(frozen=True, slots=True)
class NextSection(Action):
    """On from this section to the next empty one."""

    name: ClassVar[str] = "sn"
    assessment: int
    section: int


@action
@dataclass(frozen=True, slots=True)
class LeaveEmpty(Action):
    """Nothing to report in this section."""

    name: ClassVar[str] = "se"
    assessment: int
    section: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AskClearing(Action):
    """What writing a section anew drops, before it is done."""

    name: ClassVar[str] = "sc"
    assessment: int
    section: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class ClearSection(Action):
    """Drop what the section holds, to write it anew."""

    name: ClassVar[str] = "sz"
    assessment: int
    section: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class WriteContent(Action):
    """Write one kind of what a section holds (a Content), and look at what there is; page 0 has the newest entries."""

    name: ClassVar[str] = "sw"
    assessment: int
    section: int
    content: str
    page: int


@action
@dataclass(frozen=True, slots=True)
class RemoveEntry(Action):
    """`number` is never used twice in an assessment, so an old button removes nothing else."""

    name: ClassVar[str] = "sr"
    assessment: int
    number: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AskAddressee(Action):
    """Which body a proposal goes to is asked next."""

    name: ClassVar[str] = "sq"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class GiveAddressee(Action):
    """`mark` is of the body's name: an old button gives that body or none, however the bloc's list has changed."""

    name: ClassVar[str] = "sg"
    assessment: int
    number: int
    mark: str
    made_for: int


# -- from draft to receipt -------------------------------------------------------------------------------


@action
@dataclass(frozen=True, slots=True)
class Propose(Action):
    """Lay it before the leader, or submit it where the bloc asks no leader."""

    name: ClassVar[str] = "pp"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class TakeBack(Action):
    name: ClassVar[str] = "pt"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class Approve(Action):
    name: ClassVar[str] = "pa"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class StartReturning(Action):
    """The leader gives it back; the reason is typed next."""

    name: ClassVar[str] = "pr"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class AskReopen(Action):
    """What reopening means, before it is done."""

    name: ClassVar[str] = "pq"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class Reopen(Action):
    name: ClassVar[str] = "po"
    assessment: int
    made_for: int


@action
@dataclass(frozen=True, slots=True)
class ReadLine(Action):
    """One line in full; `page` of the table leads back."""

    name: ClassVar[str] = "rl"
    assessment: int
    line: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class ReadSection(Action):
    name: ClassVar[str] = "rs"
    assessment: int
    section: int
    page: int


@action
@dataclass(frozen=True, slots=True)
class SendEvidence(Action):
    """Hand a filed document back, to be looked at."""

    name: ClassVar[str] = "rv"
    assessment: int
    number: int


@action
@dataclass(frozen=True, slots=True)
class ShowReceipts(Action):
    """Every submission of a form."""

    name: ClassVar[str] = "yl"
    assessment: int


@action
@dataclass(frozen=True, slots=True)
class SendWord(Action):
    """One submitted version as a Word file."""

    name: ClassVar[str] = "fw"
    assessment: int
    version: int


@action
@dataclass(frozen=True, slots=True)
class SendExcel(Action):
    """One submitted version as an Excel file."""

    name: ClassVar[str] = "fx"
    assessment: int
    version: int
