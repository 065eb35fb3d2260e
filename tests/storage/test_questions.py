"""What is kept of questions, and of the secretariat's answers, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.domain.bloc import Bloc
from bot.domain.keeping import Draft, next_id
from bot.domain.knowledge import KeptPhrasing, Note
from bot.domain.questions import Count, Figures, Vote, Why, grouped, key_of, source_of_missed
from storage.catalogue import entries
from storage.questions import answer_votes
from storage.store import Store
from tests.conftest import SPRING, load


def test_questions_are_counted_by_day_and_line(store: Store, sample: Bloc) -> None:
    load(store, sample)
    for days in (0, 0, 29, 30):
        with store.work(SPRING - timedelta(days=days)) as work:
            work.questions.count(Count.ANSWERED, "TC1.1")
            work.questions.count(Count.UNKNOWN)
    with store.work(SPRING) as work:
        work.questions.count(Count.OFFERED)
        work.questions.count(Count.CHOSEN, "TC1.2")
        month = work.questions.figures(SPRING.date() - timedelta(days=29))
        assert month == Figures(answered=3, offered=1, chosen=1, unknown=3)
        assert month.asked == 7
        assert work.questions.figures(SPRING.date()).answered == 2


def test_a_count_goes_to_the_day_in_viet_nam(store: Store, sample: Bloc) -> None:
    load(store, sample)
    late = SPRING.replace(day=1, hour=17, minute=30)  # half past midnight of the 2nd in Việt Nam
    with store.work(late) as work:
        work.questions.count(Count.UNKNOWN)
        assert work.questions.figures(late.date() + timedelta(days=1)).unknown == 1


def test_missed_questions_are_found_and_erased_by_their_words(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        first = work.questions.miss("Giá vàng?", Why.UNKNOWN)
        work.questions.miss("gia vang", Why.DISLIKED, "FAQ01")
        work.questions.miss("Khác hẳn", Why.UNCHOSEN)
    with store.work(SPRING + timedelta(days=1)) as work:
        found = work.questions.missed(SPRING)
        assert next((one.id, one.text, one.why, one.entry, one.at) for one in found) == (
            first, "Giá vàng?", Why.UNKNOWN, "", SPRING,
        )  # fmt: skip
        top, other = grouped(found)
        assert (top.times, top.text, top.whys, top.entries) == (
            2, "gia vang", frozenset({Why.UNKNOWN, Why.DISLIKED}), ("FAQ01",),
        )  # fmt: skip
        assert other.times == 1 and top.key == key_of("GIÁ VÀNG!!")
        assert work.questions.missed(SPRING + timedelta(hours=1)) == []
        assert work.questions.unmiss(first) and not work.questions.unmiss(first)
        assert work.questions.forget(top.key) == 1 and work.questions.forget(top.key) == 0
        assert [one.text for one in work.questions.missed(SPRING)] == ["Khác hẳn"]


def test_a_vote_is_one_row_a_voter_and_lets_its_question_go(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        assert work.questions.vote("a" * 64) is None
        missed = work.questions.miss("Giá vàng?", Why.DISLIKED, "FAQ01")
        work.questions.set_vote("a" * 64, "FAQ01", Vote(False, missed))
        work.questions.set_vote("b" * 64, "FAQ01", Vote(True))
        assert work.questions.vote("a" * 64) == Vote(False, missed)
    with store.work(SPRING + timedelta(days=40)) as work:
        assert (work.questions.figures(SPRING.date()).up, work.questions.figures(SPRING.date()).down) == (1, 1)
        work.questions.set_vote("b" * 64, "FAQ01", Vote(False))
        assert work.questions.figures((SPRING + timedelta(days=40)).date()) == Figures(down=1)
        assert work.questions.unmiss(missed)
        assert work.questions.vote("a" * 64) == Vote(False, None), "the vote stays when the words are erased"
        assert len(work.connection.execute(select(answer_votes)).all()) == 2


def test_drafts_belong_to_one_person_and_source(store: Store, sample: Bloc) -> None:
    load(store, sample)
    key = key_of("Giá vàng?")
    of_question = Draft(source_of_missed(key), "Giá vàng?", "Không biết", "Thư ký", "Giá vàng?", "FAQ01")
    with store.work(SPRING) as work:
        binh, dung = work.people.add(1, "Bình", "vi").id, work.people.add(2, "Dung", "vi").id
        work.questions.miss("Giá vàng?", Why.UNKNOWN)
        work.drafts.write(binh, of_question)
        work.drafts.write(binh, replace(of_question, answer="Biết"))
        work.drafts.write(binh, Draft("l1", "Khác"))
        assert work.drafts.find(binh, of_question.source) == replace(of_question, answer="Biết")
        assert work.drafts.find(dung, of_question.source) is None
        assert not work.drafts.drop(dung, "l1")
        work.questions.forget(key)
        assert work.drafts.find(binh, of_question.source) is None, "it holds the words of the question"
        assert work.drafts.drop(binh, "l1") and not work.drafts.drop(binh, "l1")


def test_old_words_drafts_and_votes_are_erased_counts_stay(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        binh = work.people.add(1, "Bình", "vi").id
        missed = work.questions.miss("Giá vàng?", Why.DISLIKED, "FAQ01")
        work.questions.set_vote("a" * 64, "FAQ01", Vote(False, missed))
        work.questions.count(Count.UNKNOWN)
        work.drafts.write(binh, Draft("l1", "Khác"))
    with store.work(SPRING + timedelta(days=1)) as work:
        work.questions.miss("Mới", Why.UNKNOWN)
        assert work.questions.prune(SPRING) == 0
        assert work.questions.prune(SPRING + timedelta(hours=1)) == 3
        assert [one.text for one in work.questions.missed(SPRING - timedelta(days=9))] == ["Mới"]
        assert work.questions.figures(SPRING.date()) == Figures(unknown=1)  # a vote goes with its time


# -- kept answers in the bloc ------------------------------------------------------------------------------------


def test_kept_notes_and_phrasings_are_versioned_rows_of_the_bloc(store: Store, sample: Bloc) -> None:
    held = load(store, sample)
    note = Note("HD1", "Hỏi?", "Đáp.", "Thư ký Khối trả lời ngày 1/6/2026", illustrative=False, kept=True)
    phrasing = KeptPhrasing("CH1", "TC1.1", "một cách hỏi khác")
    more = load(store, replace(held, notes=(*held.notes, note), kept_phrasings=(phrasing,)))
    assert (more.revision, more.note("HD1"), more.kept_phrasings) == (2, note, (phrasing,))
    assert {one.version for one in more.notes} == {1}, "one change makes one version"
    fewer = load(store, replace(more, notes=held.notes, kept_phrasings=()))
    assert fewer.revision == 3 and fewer.kept_phrasings == ()
    with store.reading(SPRING) as work:
        assert work.catalogue.at(2).kept_phrasings == (phrasing,)
        assert {"HD1", "CH1", "TC1.1", sample.notes[0].id} <= work.catalogue.known_codes()


def test_a_note_of_the_file_is_stored_as_it_was_before_there_were_kept_ones(store: Store, sample: Bloc) -> None:
    """Or the first import after an upgrade would make a new version of every note."""
    load(store, sample)
    with store.reading(SPRING) as work:
        bodies = work.connection.execute(select(entries.c.body).where(entries.c.kind == "note")).scalars().all()
    assert bodies and not [body for body in bodies if "kept" in body]


def test_of_two_that_keep_at_once_none_is_lost(store: Store, sample: Bloc) -> None:
    load(store, sample)
    both = threading.Barrier(2)

    def keep(question: str) -> None:
        both.wait(10)
        with store.work(SPRING) as work:
            bloc = work.catalogue.of_year(sample.year, for_change=True)
            assert bloc is not None
            note = Note(next_id("HD", work.catalogue.known_codes()), question, "Đáp.", "Thư ký", kept=True)
            work.catalogue.save(replace(bloc, notes=(*bloc.notes, note)), file_name="", digest="", changes=[])

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(keep, ("Một?", "Hai?"))) == [None, None]
    with store.reading(SPRING) as work:
        kept = [one for one in work.bloc.notes if one.kept]
        assert {one.id for one in kept} == {"HD1", "HD2"} and {one.question for one in kept} == {"Một?", "Hai?"}
        assert work.bloc.revision == 3
