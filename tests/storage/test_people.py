"""Memberships with dates, and invites that serve once."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.bloc import Bloc
from bot.domain.people import Role
from storage.store import Store
from tests.conftest import SPRING, load


def test_a_person_with_several_memberships_is_one_member(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(7001, "Nguyễn Văn Đức", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        work.people.join(person.id, None, Role.SECRETARY, None)
    with store.reading(SPRING) as work:
        member = work.people.member(7001)
        assert member is not None
        assert member.is_secretary and member.fills == ("STP",) and member.approves == ()
        assert [m.person.name for m in work.people.members(unit="STP")] == ["Nguyễn Văn Đức"]
        assert work.people.members(unit="CAT") == []


def test_joining_twice_is_joining_once(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(7001, "A", "vi")
        first = work.people.join(person.id, "STP", Role.LEADER, None)
        assert work.people.join(person.id, "STP", Role.LEADER, None) == first


def test_who_has_left_is_a_member_no_more_and_may_come_back(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(7001, "A", "vi")
        held = work.people.join(person.id, "STP", Role.LIAISON, None)
        assert work.people.leave(held.id)
        assert not work.people.leave(held.id)
        assert work.people.member(7001) is None
        assert work.people.by_telegram(7001) == person
        again = work.people.join(person.id, "STP", Role.LIAISON, None)
        assert again.id != held.id


def test_an_invite_is_used_once(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        a = work.people.add(7001, "A", "vi")
        b = work.people.add(7002, "B", "vi")
        made = work.people.create_invite("d" * 64, "STP", Role.LIAISON, SPRING + timedelta(days=1), None)
        assert work.people.use_invite(made, a.id)
        assert not work.people.use_invite(made, b.id)
        found = work.people.invite("d" * 64)
        assert found is not None and found.used_by == a.id
        assert work.people.invite("e" * 64) is None


def test_settings_of_a_person_are_kept(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(7001, "A" * 300, "vi")
        work.people.set_language(person.id, "en")
        work.people.set_quiet(person.id, ["d7", "d14"])
        work.people.set_blocked(person.id, True)
    with store.work(SPRING) as work:
        held = work.people.person(person.id)
        assert held is not None
        assert (held.language, held.quiet, len(held.name)) == ("en", frozenset({"d14", "d7"}), 200)
        assert work.people.blocked() == {person.id}
        work.people.set_blocked(person.id, False)
        assert work.people.blocked() == frozenset()


def test_memberships_last_over_the_turn_of_the_year(store: Store, sample: Bloc) -> None:
    load(store, sample)
    with store.work(SPRING) as work:
        person = work.people.add(7001, "A", "vi")
        work.people.join(person.id, "STP", Role.LIAISON, None)
        other = work.people.add(7002, "B", "vi")
        work.people.join(other.id, "TTT", Role.LIAISON, None)
        chief = work.people.add(7003, "C", "vi")
        work.people.join(chief.id, None, Role.SECRETARY, None)
    load(store, replace(sample, year=2027, units=tuple(u for u in sample.units if u.code != "TTT")))
    with store.work(SPRING.replace(year=2027)) as work:
        member, secretary = work.people.member(7001), work.people.member(7003)
        assert member is not None and member.fills == ("STP",)
        assert secretary is not None and secretary.is_secretary
        assert work.people.member(7002) is None, "a unit that has left the bloc gives no rights"
        assert work.people.join(person.id, "STP", Role.LIAISON, None).since == SPRING
