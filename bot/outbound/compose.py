"""What is to be said, as text in the receiver's language. Done when a row is taken, never when it is queued."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.buttons.appraisal_peer import OpenMyPeer
from bot.buttons.assessment import OpenAssessment
from bot.buttons.broadcast import content_buttons, result_buttons
from bot.buttons.handin import OpenHandIn
from bot.buttons.reminders import QuietEarly
from bot.buttons.status import ShowStatus
from bot.domain.broadcast import result
from bot.domain.calendar import AppraisalStage, DischargedBy, Milestone
from bot.domain.delivery import Button, Notice, Param
from bot.domain.reminders import MAY_BE_QUIET, Draft, Prompt
from bot.domain.sending import Keyboard, Outgoing
from bot.usecases.deliveries import Said, Sealed, Shown
from bot.words import Safe, Words, within

BLANK = ""


def compose(said: Said, words: Words) -> Outgoing:
    """Raises UnknownKey, KeyError or ValueError for a notice that does not fit its text: a mistake of ours."""
    match said:
        case Notice():
            return Outgoing(within(words(said.key, **values(said.params, words))), keyboard(said.buttons, words))
        case Sealed():
            buttons = content_buttons(said.broadcast_id, said.receipts)
            return Outgoing(said.content.html, keyboard(buttons, words), said.content.media)
        case Prompt():
            return Outgoing(within("\n".join(_prompt(said, words))), keyboard(prompt_buttons(said), words))


def progress(shown: Shown, words: Words) -> Outgoing:
    """A broadcast's progress message, or its result."""
    told = result(shown.broadcast, shown.tally, shown.lines, shown.units)
    text = "\n".join(words(line.key, **line.params) for line in told)
    return Outgoing(within(text), keyboard(result_buttons(shown.broadcast, shown.tally), words))


def keyboard(rows: tuple[tuple[Button, ...], ...], words: Words) -> Keyboard:
    return tuple(tuple((words.plain(b.key, **values(b.params, words)), b.data) for b in row) for row in rows)


def values(params: Mapping[str, Param], words: Words) -> dict[str, object]:
    """A notice's JSON params as values, by the endings that `Notice` names."""
    found = {name: _value(name, given, words) for name, given in params.items() if not name.endswith("_told")}
    nested = {name: str(given) for name, given in params.items() if name.endswith("_told")}
    return found | {name: words(key, **found) if key else Safe("") for name, key in nested.items()}


def _value(name: str, given: Param, words: Words) -> object:
    if not isinstance(given, str):
        return "" if given is None else given
    if name.endswith("_at"):
        return datetime.fromisoformat(given)
    if name.endswith("_on"):
        return Safe(words.weekday(date.fromisoformat(given)))
    if name.endswith("_points"):
        return Decimal(given)
    if name.endswith("_counts"):
        pairs = given.split()
        return Safe(", ".join(words(key, n=int(n)) for key, n in zip(pairs[::2], pairs[1::2], strict=True)))
    return given


# -- reminders -------------------------------------------------------------------------------------------


def _prompt(prompt: Prompt, words: Words) -> Iterator[str]:
    milestone = prompt.milestone
    event = milestone.discharged_by is DischargedBy.ROLL_CALL
    yield _headline(prompt, words, event)
    yield BLANK
    yield words("reminders.what", name=milestone.name)
    due = "reminders.event-at" if event else "reminders.due"
    yield words(due, time=milestone.due_time, day=words.weekday(milestone.due_on))
    if prompt.several:
        yield words("reminders.units", units="; ".join(prompt.units))
    if milestone.discharged_by is DischargedBy.ASSESSMENT:
        for draft in prompt.drafts:
            yield _draft(draft, words, several=prompt.several)
        if not prompt.drafts:
            yield words("reminders.not-begun")
    if prompt.rung.overdue and prompt.last_day:
        yield words("reminders.last-day", day=words.weekday(prompt.last_day))


def _headline(prompt: Prompt, words: Words, event: bool) -> str:
    left, kind = prompt.left, "event-" if event else ""
    if left.late:
        return words("reminders.overdue", n=left.late)
    if left.days == 0:
        return words(f"reminders.{kind}today", time=prompt.milestone.due_time)
    if left.days == 1:
        return words(f"reminders.{kind}tomorrow")
    return words(f"reminders.{kind}days", n=left.days, working=left.working_days)


def _draft(draft: Draft, words: Words, *, several: bool) -> str:
    unit = words("reminders.of-unit", unit=draft.unit) if several else Safe("")
    if draft.waiting:
        return words("reminders.waiting", unit=unit)
    return words("reminders.draft", unit=unit, done=draft.done, of=draft.of)


def prompt_buttons(prompt: Prompt) -> tuple[tuple[Button, ...], ...]:
    """The one thing to press; under the early ones also how to be spared them."""
    rows: list[tuple[Button, ...]] = []
    milestone = prompt.milestone
    if prompt.is_open and (do := _to_do(prompt, milestone)):
        rows.append((do,))
    if prompt.rung.id in MAY_BE_QUIET:
        rows.append((Button("reminders.quiet", QuietEarly(on=0, settings=0).pack()),))
    return tuple(rows)


def _to_do(prompt: Prompt, milestone: Milestone) -> Button | None:
    """Whoever hands in is led to the doing, a leader to what waits for approval or to where the unit stands."""
    if milestone.discharged_by not in (DischargedBy.ASSESSMENT, DischargedBy.HAND_IN):
        return None
    if not prompt.fills and not prompt.approving:
        return Button("reminders.look", ShowStatus().pack())
    if milestone.stage is AppraisalStage.PEER:
        return Button("appraisal.button-peer", OpenMyPeer().pack())
    if milestone.discharged_by is DischargedBy.HAND_IN:
        return Button("reminders.open-hand-in", OpenHandIn(milestone.key).pack())
    if milestone.period is None:
        return None
    label = "reminders.approve" if prompt.approving else "reminders.open-assessment"
    return Button(label, OpenAssessment(milestone.period.value).pack())
