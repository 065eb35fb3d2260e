"""What texts are about: told by topics, so that two without a common word may be about the same."""

import gc
import math

import pytest

from bot.content.read import read_bloc, sample_path
from bot.knowledge.index import Index
from bot.knowledge.phrasebook import Phrasebook, Topic, phrasebook, staying
from bot.knowledge.themes import MOST_OF_TERM, MOST_TOPICS, Profiles, Themes
from tests.unit.test_knowledge_ranking import EVAL, rank, ranker

COUNTS = {"a": {0: 3}, "b": {0: 1, 1: 1}, "c": {1: 4}, "everywhere": dict.fromkeys(range(100), 1)}


def themes() -> Themes[str]:
    return Themes(COUNTS.items(), lambda term: 1.0, lines=400)


def length(profile: dict[int, float]) -> float:
    return math.sqrt(sum(share * share for share in profile.values()))


def test_a_profile_has_length_one_and_no_more_topics_than_are_looked_at() -> None:
    assert MOST_TOPICS < MOST_OF_TERM < 100
    for text in ({"a": 1.0}, {"a": 0.2, "c": 1.0}, {"everywhere": 1.0}):
        profile = themes().profile(text)
        assert length(profile) == pytest.approx(1.0) and len(profile) <= MOST_TOPICS


def test_what_nobody_knows_is_about_nothing() -> None:
    assert themes().profile({"x": 1.0}) == {} == themes().profile({})
    assert themes().profile({"x": 1.0, "a": 1.0}) == themes().profile({"a": 1.0})


def test_what_weighs_more_draws_the_profile_to_its_topics() -> None:
    to_first, to_second = themes().profile({"a": 1.0, "c": 0.1}), themes().profile({"a": 0.1, "c": 1.0})
    assert to_first[0] > to_first[1] and to_second[1] > to_second[0]


def test_of_several_texts_of_one_thing_the_nearest_counts() -> None:
    of = {"about a": {0: 1.0}, "about c": {1: 1.0}, "about nothing": {}}
    held = Profiles(
        [("one", "about a"), ("one", "about c"), ("two", "about c"), ("three", "about nothing")], of.__getitem__
    )
    assert held.alike({0: 1.0}) == {"one": 1.0}
    assert held.alike({1: 0.6, 0: 0.8}) == {"one": 0.8, "two": 0.6}
    assert held.alike({}) == {}


SIGNED = Topic("signed", ("Chữ ký số",), ("ký điện tử được chưa", "dấu số xin ở đâu", "ký điện tử bằng điện thoại"))
BLOOD = Topic("blood", ("Hiến máu tình nguyện",), ("cho máu bữa nào", "đi hiến máu mấy người", "ngày hội giọt hồng"))


def test_words_that_share_only_a_topic_are_alike() -> None:
    book = Phrasebook([SIGNED, BLOOD], phrasebook()._known)
    asked = book.asked_about(ranker().index.understand("dấu số"))
    titles = Profiles([("sign", "ký điện tử"), ("blood", "giọt hồng")], book.about)
    assert titles.alike(asked) == {"sign": pytest.approx(1.0)}


def test_every_line_of_the_sample_is_about_something_and_what_is_asked_is_within_bounds() -> None:
    links = ranker().links
    for text in ("hạn nộp báo cáo sơ kết", "CCHC khá được mấy điểm", "🙂", "", "zzzz qqqq"):
        alike = links.alike(phrasebook().asked_about(ranker().index.understand(text)))
        assert all(0 <= share <= 1.000001 for pair in alike.values() for share in pair)
        assert bool(alike) is any(c.isascii() and c.isalpha() and c not in "zq" for c in text)
    every = links.alike(phrasebook().about("báo cáo điểm thi đua của khối"))
    assert len(every) > 0.5 * len(ranker().index.entries)


def test_looking_for_garbage_goes_on_after_the_phrasebook_is_built() -> None:
    assert gc.isenabled()
    with pytest.raises(KeyError), staying():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()


# -- sorts of fact ----------------------------------------------------------------------------------------

HOSPITALS = Index(read_bloc(EVAL / "hospitals.yaml"))
SAMPLE = Index(read_bloc(sample_path()))


@pytest.mark.parametrize(
    ("index", "text", "facets"),
    [
        (HOSPITALS, "nam nay don vi nao lam cum truong", set()),  # its head, "Cụm trưởng", and no bloc of schools
        (HOSPITALS, "cụm trường làm thế nào", {"another_bloc"}),
        (SAMPLE, "thu truong di vang thi cap pho ky thay duoc khong", set()),  # "thủ trưởng", no vice minister
        (SAMPLE, "thứ trưởng tên là gì", {"person"}),
        (HOSPITALS, "duoc bo y te chung nhan chat luong thi cong may diem", set()),  # "chất lượng", no wages
        (SAMPLE, "muc luong co so nam nay bao nhieu", {"money"}),
        (HOSPITALS, "báo cáo cuối năm tới bữa nào là phải chốt", set()),  # "tới bữa nào", not "năm tới"
        (HOSPITALS, "năm tới ai làm Cụm trưởng", {"next"}),
    ],
)
def test_what_reads_otherwise_in_the_bloc_asks_for_no_other_sort_of_fact(
    index: Index, text: str, facets: set[str]
) -> None:
    assert index.understand(text).facets == facets


def test_the_year_after_is_that_of_lines_that_speak_of_it() -> None:
    asked = HOSPITALS.understand("nam 2027 ai len lam cum truong bau kieu gi")
    assert HOSPITALS.is_of_time(asked, "Q31") and not HOSPITALS.is_of_time(asked, "Q2")
    late = SAMPLE.understand("hồ sơ khen thưởng gửi trước ngày nào của tháng 1 sang năm")
    assert "next" in late.facets and SAMPLE.standings(late)("MS-HOSO")[1] == 1.0


def test_quarters_are_the_same_in_figures_and_letters() -> None:
    firms = Index(read_bloc(EVAL / "enterprises.yaml"))
    for text in ("báo nhanh Q1 khi nào", "báo nhanh quý 1 khi nào", "báo nhanh quý một khi nào"):
        assert firms.search(text)[0].entry.id == "M-NHANHQ1"


def test_another_years_line_is_no_answer_however_well_it_fits() -> None:
    assert rank("hạn nộp báo cáo sơ kết").lines[0].of_time
    other = rank("hạn nộp báo cáo sơ kết năm 2031")
    assert not other.lines[0].of_time and other.sure < 0.1
