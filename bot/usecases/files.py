"""Stored files beyond one form: where else a unit has filed the same bytes, and which bytes nobody needs any more."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.assessment import Assessment
from bot.domain.files import FileUse
from bot.domain.handin import HandIn
from bot.usecases.ports.work import Work


def elsewhere_than_in_form(work: Work, form: Assessment, item: str, digest: str) -> tuple[FileUse, ...]:
    """Where the form's unit has filed the same bytes, but for this item of it."""
    found = work.files.uses(form.unit, digest)
    return tuple(use for use in found if (use.form, use.item) != (form.id, item))


def elsewhere_than_in_bag(work: Work, bag: HandIn, digest: str) -> tuple[FileUse, ...]:
    """The same for a hand-in: its own earlier versions say nothing new."""
    here = (work.bloc.year, bag.milestone)
    return tuple(use for use in work.files.uses(bag.unit, digest) if (use.year, use.milestone) != here)


class ForgetFiles:
    """Take stored files off the record that nothing refers to any more. Their bytes are the caller's to remove."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, digests: Collection[str], before: datetime) -> tuple[str, ...]:
        """Those of `digests` that nothing refers to, and that nothing has let go of since `before` (real time)."""
        held = self._work.files.referred(digests) | self._work.files.recent(digests, before)
        free = tuple(sorted(set(digests) - held))
        for digest in free:
            self._work.files.forget(digest)
        return free
