"""Stored bytes that nobody needs go after some days; what anything refers to, or comes again, stays."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import real_now
from bot.domain.assessment import Evidence, EvidenceKind, Receipt
from bot.domain.assessment_receipt import snapshot
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.files import FileUse
from bot.domain.handin import NewPiece, PieceKind
from bot.domain.people import Role
from bot.inbound.downloads import Vault
from bot.inbound.sweeping import ASIDE, KEPT, Sweep
from bot.usecases.assessment import RemoveEvidence
from bot.usecases.assessment import load as load_form
from bot.usecases.files import ForgetFiles
from storage.fsm import talks
from storage.store import SqlWork, Store
from tests.conftest import SPRING, load

MONTH = timedelta(days=31)
NAMES = ("filed", "removed", "submitted", "bag", "bag-removed", "held", "nowhere")


def digest_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def stored(vault: Vault, name: str) -> str:
    """What a download leaves on disk."""
    part = vault.begin()
    part.write_bytes(name.encode())
    vault.finish(part, digest_of(name))
    return digest_of(name)


def age(vault: Vault, name: str, by: timedelta = MONTH) -> None:
    at = (real_now() - by).timestamp()
    os.utime(vault.path(digest_of(name)), (at, at))


def sweeping(vault: Vault, store: Store) -> Sweep:
    def forget(digests: Collection[str], before: datetime) -> Collection[str]:
        with store.work(SPRING) as work:
            return ForgetFiles(work)(digests, before)

    return Sweep(vault.root, forget)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "data")


def filed(work: SqlWork, name: str, item: str = "TC1.1", period: Period = Period.MID_YEAR, unit: str = "STP") -> int:
    """Evidence in a form of the unit."""
    digest = digest_of(name)
    work.files.keep(digest, 9, "application/pdf")
    form = load_form(work, work.assessments.start(unit, period, work.bloc.revision, 1), for_change=True)
    piece = Evidence(0, item, EvidenceKind.FILE, name, 1, SPRING, digest, 9, "application/pdf", "F", "document")
    work.assessments.save(form, form.add_evidence(piece, made_for=form.revision))
    return form.id


def bagged(work: SqlWork, name: str, unit: str = "STP") -> int:
    work.files.keep(digest_of(name), 9, "application/pdf")
    draft = work.handins.start("MS-PHATDONG", unit, 1)
    piece = NewPiece(PieceKind.FILE, "", name, 9, "application/pdf", digest_of(name), "F", "document")
    return work.handins.add(draft.id, piece, 1).pieces[-1].id


def everywhere(store: Store, sample: Bloc) -> None:
    """One file for every place that can hold one."""
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(11, "Lan", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
    with store.work(SPRING) as work:
        for name in ("filed", "removed", "submitted"):
            form_id = filed(work, name)
        form = load_form(work, form_id, for_change=True)
        receipt = Receipt("K-1", 1, SPRING, 1, form.bloc.scale.base, "0" * 64)
        numbers = {piece.title: piece.number for piece in form.evidence}
        bare = form.remove_evidence(numbers["removed"])
        work.assessments.add_version(form.id, receipt, snapshot(bare))
        work.assessments.withdraw_version(form.id, 1)
        work.assessments.save(form, bare.remove_evidence(numbers["submitted"]))
        bagged(work, "bag")
        gone = bagged(work, "bag-removed")
        draft = work.handins.draft("MS-PHATDONG", "STP")
        assert draft is not None and work.handins.remove(draft.id, gone, 1)
        held: dict[str, Any] = {"held_files": [{"file": {"digest": digest_of("held")}, "spot": {}}]}
        work.connection.execute(
            talks.insert().values(bot_id=1, chat_id=1, user_id=1, state="x", data=held, changed_at=SPRING)
        )


def test_only_what_nothing_refers_to_goes_and_only_after_some_days(store: Store, sample: Bloc, vault: Vault) -> None:
    everywhere(store, sample)
    for name in NAMES:
        stored(vault, name)
    sweep = sweeping(vault, store)
    assert sweep(real_now()) == 0, "they were sent just now"
    assert sweep(real_now() + KEPT - timedelta(hours=1)) == 0
    assert sweep(real_now() + KEPT + timedelta(hours=1)) == 3
    left = {name for name in NAMES if vault.path(digest_of(name)).exists()}
    assert left == {"filed", "submitted", "bag", "held"}
    with store.reading(SPRING) as work:
        assert work.files.size(digest_of("removed")) is None
        assert work.files.size(digest_of("bag-removed")) == 9, "what was taken out stays on record"
        assert work.files.size(digest_of("filed")) == 9
    assert sweep(real_now() + 2 * KEPT) == 0
    assert not list(vault.root.glob(f"files/*/*{ASIDE}"))


def test_what_is_taken_out_of_a_form_keeps_its_days_from_then(store: Store, sample: Bloc, vault: Vault) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(11, "Lan", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        form_id = filed(work, "filed")
    stored(vault, "filed")
    age(vault, "filed", 10 * MONTH)
    with store.work(SPRING) as work:
        lan = work.people.member(11)
        assert lan is not None
        RemoveEvidence(work)(lan, form_id, load_form(work, form_id).evidence[0].number)
    sweep = sweeping(vault, store)
    assert sweep(real_now()) == 0 and sweep(real_now() + KEPT - timedelta(hours=1)) == 0
    assert sweep(real_now() + KEPT + timedelta(hours=1)) == 1


def test_a_file_that_comes_again_is_new_again(lite: Store, sample: Bloc, vault: Vault) -> None:
    load(lite, sample)
    stored(vault, "nowhere")
    age(vault, "nowhere")
    stored(vault, "nowhere")
    assert sweeping(vault, lite)(real_now()) == 0 and vault.path(digest_of("nowhere")).exists()


def test_a_file_that_is_sent_while_it_is_swept_is_there_afterwards(
    lite: Store, sample: Bloc, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(lite, sample)
    for when in ("before it is moved aside", "while it is aside"):
        stored(vault, "nowhere")
        age(vault, "nowhere")
        rename = Path.rename

        def renamed(path: Path, to: Path, when: str = when, rename: Any = rename) -> Path:
            if when.startswith("before"):
                stored(vault, "nowhere")
            done: Path = rename(path, to)
            if when.startswith("while"):
                stored(vault, "nowhere")
            return done

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", renamed)
            sweeping(vault, lite)(real_now())
        assert vault.path(digest_of("nowhere")).read_bytes() == b"nowhere", when
        assert not list(vault.root.glob(f"files/*/*{ASIDE}")), when


def test_a_sweep_that_was_killed_half_way_is_made_good(lite: Store, sample: Bloc, vault: Vault) -> None:
    load(lite, sample)
    with lite.work(SPRING) as work:
        work.people.add(11, "Lan", "vi")
        filed(work, "filed")
    path = vault.path(stored(vault, "filed"))
    path.rename(path.with_name(path.name + ASIDE))
    assert sweeping(vault, lite)(real_now() + MONTH) == 0
    assert path.read_bytes() == b"filed" and not list(vault.root.glob(f"files/*/*{ASIDE}"))


def test_moving_the_calendar_sweeps_nothing(lite: Store, sample: Bloc, vault: Vault) -> None:
    load(lite, sample)
    stored(vault, "nowhere")

    def forget(digests: Collection[str], before: datetime) -> Collection[str]:
        with lite.work(datetime(2036, 1, 1, tzinfo=SPRING.tzinfo)) as work:
            return ForgetFiles(work)(digests, before)

    assert Sweep(vault.root, forget)(real_now()) == 0


def test_where_a_unit_has_filed_the_same_bytes(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        work.people.add(11, "Lan", "vi")
        mid = filed(work, "a", "TC1.1")
        filed(work, "a", "")
        end = filed(work, "a", "TC1.2", Period.YEAR_END)
        filed(work, "a", "TC1.3", unit="VKS")
        bagged(work, "a", "VKS")
        bagged(work, "a")
        assert work.files.uses("STP", digest_of("a")) == [
            FileUse(2026, mid, Period.MID_YEAR, "TC1.1"),
            FileUse(2026, mid, Period.MID_YEAR, ""),
            FileUse(2026, end, Period.YEAR_END, "TC1.2"),
            FileUse(2026, milestone="MS-PHATDONG"),
        ]
        assert work.files.uses("STP", digest_of("b")) == []
    load(store, replace(sample, year=2025))
    with store.work(SPRING) as work:
        assert work.files.uses("VKS", digest_of("a"))[0].item == "TC1.3"
