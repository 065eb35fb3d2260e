"""Peer appraisal: the people of one unit look at the form of its pair, and of no other, while the milestone is open."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from bot.buttons.appraisal import OpenAppraisal
from bot.buttons.appraisal_peer import OpenPeer
from bot.domain.appraisal import check_points
from bot.domain.appraisal_outcome import changed_lines
from bot.domain.appraisal_peer import (
    NoPeerTime,
    PeerNotOpen,
    PeerNotSubmitted,
    PeerOver,
    Review,
    Stance,
    partner_of,
)
from bot.domain.assessment import Assessment, Evidence, EvidenceKind, Revision, Stage
from bot.domain.assessment_standing import Standing
from bot.domain.calendar import AppraisalStage, Milestone, Period, closes_at, opens_at, working_days_late
from bot.domain.criteria import ItemKind
from bot.domain.delivery import Button, Notice, Param
from bot.domain.discharge import How
from bot.domain.errors import NotAllowed, StaleButton
from bot.domain.handin import receipt_code
from bot.domain.people import FILLING, Member, Role
from bot.usecases.appraisal import is_open
from bot.usecases.assessment import load, stand, subject
from bot.usecases.ports.work import Work


@dataclass(frozen=True, slots=True)
class Peer:
    """A form as its pair sees it: what was submitted and the pair's own opinions, nothing of the secretariat's."""

    standing: Standing
    review: Review
    milestone: Milestone

    @property
    def form(self) -> Assessment:
        return self.standing.assessment

    @property
    def codes(self) -> tuple[str, ...]:
        """Every criterion, and the rules that the unit claimed or that count."""
        return scored(self.standing)

    def following(self, code: str) -> str | None:
        """The next line without an opinion, round to the beginning."""
        codes = self.codes
        at = codes.index(code) + 1 if code in codes else 0
        return next((c for c in (*codes[at:], *codes[:at]) if c not in self.review.opinions), None)


def scored(standing: Standing) -> tuple[str, ...]:
    form = standing.assessment
    return tuple(
        item.code
        for item in form.bloc.items()
        if item.kind is ItemKind.CRITERION or form.facts(item.code) or standing.scores[item.code].points
    )


def peer_window(work: Work, period: Period) -> Milestone | None:
    return work.bloc.appraisal_milestone(AppraisalStage.PEER, period)


def review_of(work: Work, form: Assessment, unit: str) -> tuple[Review, Review]:
    """(as stored, as it stands for the version that is submitted now)."""
    assert form.receipt is not None
    version = form.receipt.version
    held = work.appraisals.review(form.id, unit) or Review(form.id, unit, version)
    if held.version == version:
        return held, held
    before = work.assessments.snapshot(form.id, held.version)
    after = work.assessments.snapshot(form.id, version)
    changed = frozenset(held.opinions) if before is None or after is None else changed_lines(before, after)
    return held, held.renewed(version, changed)


class _Peering:
    """Who may look: people of the other unit of the pair, while the milestone is open, at a submitted form."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def _units(self, actor: Member) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*actor.fills, *actor.approves)))

    def _open(self, actor: Member, assessment_id: int, *, for_change: bool = False) -> tuple[Review, Peer]:
        """(the review as stored, the form). Raises NotAllowed before anything about a form can be told."""
        form = self._work.assessments.get(assessment_id, self._work.catalogue.at)
        unit = partner_of(self._work.bloc.pairs, form.unit) if form else None
        if form is None or unit is None or unit not in self._units(actor):
            raise NotAllowed()
        window = self._expect_open(form.period)
        form = load(self._work, assessment_id, for_change=for_change)
        if form.stage is not Stage.SUBMITTED:
            raise PeerNotSubmitted()
        stored, held = review_of(self._work, form, unit)
        return stored, Peer(stand(self._work, form), held, window)

    def _expect_open(self, period: Period) -> Milestone:
        window = peer_window(self._work, period)
        if window is None:
            raise NoPeerTime()
        opens = opens_at(window)
        if opens is not None and self._work.now < opens:
            raise PeerNotOpen(opens=opens, closes=closes_at(window))
        if self._work.now > closes_at(window):
            raise PeerOver(closes=closes_at(window))
        return window

    def _keep(self, actor: Member, stored: Review, peer: Peer, after: Review, what: str, new: object) -> Peer:
        if after is peer.review:
            return peer
        self._work.appraisals.save_review(stored, after)
        self._work.trail.note(what, subject(peer.form), by=actor.person.id, new=new)
        return Peer(peer.standing, after, peer.milestone)


@dataclass(frozen=True, slots=True)
class ToReview:
    """A form that waits for its pair. `unit`: its own."""

    assessment: int
    unit: str
    milestone: Milestone


class ListPeers(_Peering):
    """The forms of this person's pairs that are open for peer appraisal now."""

    def __call__(self, actor: Member) -> list[ToReview]:
        """Raises NoPeerTime, PeerNotOpen or PeerOver, PeerNotSubmitted where there is none."""
        others = [other for unit in self._units(actor) if (other := partner_of(self._work.bloc.pairs, unit))]
        windows = [(period, window) for period in Period if (window := peer_window(self._work, period))]
        if not others or not windows:
            raise NoPeerTime()
        now = self._work.now
        live = [(p, w) for p, w in windows if is_open(w, now)]
        if not live:
            coming = [period for period, window in windows if now <= closes_at(window)]
            self._expect_open(coming[0] if coming else windows[-1][0])
        found = []
        for period, window in live:
            for other in others:
                form_id = self._work.assessments.find(other, period)
                if form_id and load(self._work, form_id).stage is Stage.SUBMITTED:
                    found.append(ToReview(form_id, other, window))
        if not found:
            raise PeerNotSubmitted()
        return found


class LookAtPeer(_Peering):
    def __call__(self, actor: Member, assessment_id: int) -> Peer:
        return self._open(actor, assessment_id)[1]


class ShowPeerEvidence(_Peering):
    """A file that the pair's form rests on."""

    def __call__(self, actor: Member, assessment_id: int, number: int) -> tuple[Assessment, Evidence]:
        form = self._open(actor, assessment_id)[1].form
        for piece in form.evidence:
            if piece.number == number and piece.kind is EvidenceKind.FILE:
                return form, piece
        raise StaleButton()


class GiveOpinion(_Peering):
    """Agree with a line, remark on it, or propose other points with a reason."""

    def check(self, actor: Member, assessment_id: int, code: str, points: Decimal, *, made_for: Revision) -> Peer:
        """Whether such points may be proposed; the reason is still to come."""
        peer = self._open(actor, assessment_id)[1]
        check_points(peer.form.bloc.item(code), points, peer.form.bloc.scale)
        who, at, own = actor.person.id, self._work.now, peer.standing.scores[code].points
        peer.review.give(code, Stance.POINTS, "x", points, own=own, made_for=made_for, by=who, at=at)
        return peer

    def __call__(
        self,
        actor: Member,
        assessment_id: int,
        code: str,
        stance: Stance,
        text: str = "",
        points: Decimal | None = None,
        *,
        made_for: Revision,
    ) -> Peer:
        stored, peer = self._open(actor, assessment_id, for_change=True)
        if points is not None:
            check_points(peer.form.bloc.item(code), points, peer.form.bloc.scale)
        own = peer.standing.scores[code].points
        after = peer.review.give(
            code, stance, text, points, own=own, made_for=made_for, by=actor.person.id, at=self._work.now
        )
        new = [peer.review.unit, code, stance.value, None if points is None else str(points), text.strip()]
        return self._keep(actor, stored, peer, after, "peer opinion", new)


class AgreeWithRest(_Peering):
    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> tuple[Peer, int]:
        stored, peer = self._open(actor, assessment_id, for_change=True)
        left = peer.review.untouched(peer.codes)
        after = peer.review.agree_rest(peer.codes, made_for=made_for, by=actor.person.id, at=self._work.now)
        return self._keep(actor, stored, peer, after, "peer agrees", [peer.review.unit, *left]), len(left)


class HandInReview(_Peering):
    """Close the review: this settles the milestone for the unit that gave it."""

    def __call__(self, actor: Member, assessment_id: int, *, made_for: Revision) -> Peer:
        stored, peer = self._open(actor, assessment_id, for_change=True)
        work, unit, milestone = self._work, peer.review.unit, peer.milestone
        after = peer.review.hand_in(peer.codes, made_for=made_for, at=work.now)
        kept = self._keep(actor, stored, peer, after, "peer review handed in", [unit, after.version])
        if work.discharges.find(milestone.key, unit) is None:
            content = f"{assessment_id}:{after.version}:{after.revision}"
            work.discharges.add(
                milestone.key,
                unit,
                at=work.now,
                how=How.PEER,
                receipt=receipt_code(work.bloc, milestone, unit, after.version, content),
                by=actor.person.id,
                late_days=working_days_late(milestone, work.now, work.bloc.holidays),
            )
        names = {"unit": work.bloc.unit(unit).name, "of": peer.form.bloc.unit(peer.form.unit).name}
        button = Button("appraisal.button-appraise", OpenAppraisal(peer.form.id).pack())
        for member in work.people.members(roles=[Role.SECRETARY]):
            once = f"peer review {peer.form.id} {unit} {after.revision} {member.person.id}"
            notice = Notice("appraisal.notice-peer", names, ((button,),))
            work.deliveries.notice(member.person.id, notice, once=once)
        return kept


def tell_peers_anew(work: Work, form: Assessment) -> None:
    """A unit has submitted again: its pair, which may have handed its review in already, hears what to look at again.

    Told only while the milestone is open, since nothing can be said afterwards, and only where something had been said.
    """
    unit, window = partner_of(work.bloc.pairs, form.unit), peer_window(work, form.period)
    if unit is None or window is None or form.receipt is None or not is_open(window, work.now):
        return
    stored, now = review_of(work, form, unit)
    if stored is now or not stored.opinions:
        return
    params: dict[str, Param] = {
        "of": form.bloc.unit(form.unit).name,
        "version": form.receipt.version,
        "n": len(now.untouched(scored(stand(work, form)))),
        "closes_at": closes_at(window).isoformat(),
    }
    button = Button("appraisal.button-peer", OpenPeer(form.id).pack())
    for member in work.people.members(unit=unit, roles=[*FILLING, Role.LEADER]):
        once = f"peer anew {form.id} {form.receipt.version} {member.person.id}"
        work.deliveries.notice(member.person.id, Notice("appraisal.notice-peer-anew", params, ((button,),)), once=once)


def reviews(work: Work, form: Assessment) -> Collection[Review]:
    """What the form's pair said of it, for the secretariat; empty where there is no pair or nothing was said."""
    unit = partner_of(work.bloc.pairs, form.unit)
    if unit is None or form.receipt is None:
        return ()
    held = review_of(work, form, unit)[1]
    return (held,) if held.opinions else ()
