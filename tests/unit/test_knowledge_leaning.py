"""Questions that go on from the one before, or that mean the item on the screen; and those that stand by themselves."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.read import read_bloc, sample_path
from bot.domain.bloc import Bloc
from bot.domain.calendar import Period
from bot.domain.knowledge import Answer, AnswerState, Before
from bot.knowledge.answer import Answers
from bot.knowledge.entries import EntryKind
from bot.knowledge.leaning import lean_of, suits
from bot.words import Words
from tests.conftest import SPRING

EVAL = Path(__file__).parent.parent / "eval"
WORDS = Words("vi")
ANSWER, UNKNOWN = AnswerState.ANSWER, AnswerState.UNKNOWN

MID_YEAR, YEAR_END = "hạn nộp báo cáo sơ kết", "hạn nộp báo cáo tổng kết năm"
REFORM = "cải cách hành chính được mấy điểm"
RATE = "hoàn thành 97% chỉ tiêu kế hoạch năm được mấy điểm"


@pytest.fixture(scope="module")
def answers(sample: Bloc) -> Answers:
    return Answers(sample)


@pytest.fixture(scope="module")
def school() -> Answers:
    return Answers(read_bloc(EVAL / "schools.yaml"))


@pytest.fixture(scope="module")
def firms() -> Answers:
    return Answers(read_bloc(EVAL / "enterprises.yaml"))


def ask(answers: Answers, question: str, about: str = "") -> Answer:
    return answers.answer(question, now=SPRING, words=WORDS, about=about)


def after(answers: Answers, before: str, question: str, about: str = "") -> Answer:
    """What is answered to `question` by somebody who has just been answered `before`."""
    entry = ask(answers, before).entry
    assert entry
    return answers.answer(question, now=SPRING, words=WORDS, before=Before(before, entry), about=about)


# -- how far a question leans -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "own", "marked", "period", "leans"),
    [
        ("còn cuối năm?", (), True, Period.YEAR_END, True),
        ("con cuoi nam thi sao", (), True, Period.YEAR_END, True),
        ("giữa năm", (), False, Period.MID_YEAR, True),
        ("sơ kết 6 tháng", (), False, Period.MID_YEAR, True),
        ("minh chứng gồm gì", (), False, None, True),
        ("thế còn chuyển đổi số", ("chuien", "doi", "so"), True, None, False),
        ("thế kỷ luật", ("ki", "luat"), True, None, True),
        ("kỷ luật", ("ki", "luat"), False, None, False),
        ("92 phần trăm", (), False, None, True),
        ("bao nhiêu phần trăm", ("phan", "tram"), False, None, False),
        ("kỷ luật thì sao", ("ki", "luat"), True, None, True),
        ("đấu thầu thuốc chậm", ("dau", "thau", "thuoc"), False, None, False),
        ("xin chào", (), False, None, True),
    ],
)
def test_what_a_question_adds_of_its_own(
    answers: Answers, typed: str, own: tuple[str, ...], marked: bool, period: Period | None, leans: bool
) -> None:
    lean = lean_of(answers.index.understand(typed), answers.index)
    assert (lean.own, lean.marked, lean.period, lean.leans) == (own, marked, period, leans)


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("minh chứng", {EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION}),
        ("còn 92% thì sao", {EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION}),
        ("được mấy điểm", {EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION}),
        ("92%", {EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION}),
        ("muộn 4 ngày", {EntryKind.CRITERION, EntryKind.BONUS, EntryKind.DEDUCTION}),
        ("hạn nào", {EntryKind.MILESTONE}),
        ("gửi cho ai", {EntryKind.MILESTONE}),
        ("bóng chuyền", set(EntryKind)),
    ],
)
def test_what_is_asked_for_suits_some_kinds_of_line(answers: Answers, typed: str, kinds: set[EntryKind]) -> None:
    asked = answers.index.understand(typed)
    assert {kind for kind in EntryKind if suits(kind, asked)} == kinds


# -- the other period -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["và cuối năm?", "cuối năm", "va cuoi nam thi sao", "còn cả năm", "con ca nam", "thế còn tổng kết"]
)
def test_the_same_thing_is_asked_for_the_end_of_the_year(answers: Answers, typed: str) -> None:
    said = after(answers, MID_YEAR, typed)
    assert said.entry == "MS-BCNAM" and "27/11/2026" in said.text


@pytest.mark.parametrize("typed", ["còn giữa năm thì sao", "6 thang thi sao", "thế sơ kết", "giữa năm", "va so ket"])
def test_the_same_thing_is_asked_for_the_middle_of_the_year(answers: Answers, typed: str) -> None:
    said = after(answers, YEAR_END, typed)
    assert said.entry == "MS-BC6T" and "19/6/2026" in said.text


def test_it_goes_there_and_back(answers: Answers) -> None:
    there = after(answers, MID_YEAR, "và cuối năm?")
    back = answers.answer(
        "thế còn giữa năm", now=SPRING, words=WORDS, before=Before("và cuối năm?", there.entry)
    )  # fmt: skip
    assert (there.entry, back.entry) == ("MS-BCNAM", "MS-BC6T")


def test_the_period_that_was_asked_for_already_is_no_other_one(answers: Answers) -> None:
    assert after(answers, MID_YEAR, "thế giữa năm thì sao").entry == "MS-BC6T"


@pytest.mark.parametrize("typed", ["còn cuối năm?", "con cuoi nam thi sao", "và cả năm"])
def test_other_blocs_have_their_own_other_period(school: Answers, firms: Answers, typed: str) -> None:
    assert after(school, "khi nào nộp báo cáo sơ kết", typed).entry == "M05"
    assert after(firms, "hạn nộp báo cáo nửa năm", typed).entry == "M-TK"


@pytest.mark.parametrize(
    ("before", "entry", "typed"), [("M-SK", "M-TK", "còn cả năm"), ("M-TK", "M-SK", "thế giữa năm")]
)
def test_the_other_period_is_found_by_the_calendar_where_the_question_before_named_nothing(
    firms: Answers, before: str, entry: str, typed: str
) -> None:
    said = firms.answer(typed, now=SPRING, words=WORDS, before=Before("nộp cho ai", before))
    assert said.entries == (entry,)


# -- more about the line before ----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["nộp cho ai", "nop cho ai", "gồm những gì", "còn bao nhiêu ngày", "cần nộp gì"])
def test_more_is_asked_of_the_milestone_before(answers: Answers, typed: str) -> None:
    assert after(answers, MID_YEAR, typed).entries == ("MS-BC6T",)
    assert ask(answers, typed).entries != ("MS-BC6T",)


@pytest.mark.parametrize("typed", ["minh chứng gồm gì", "minh chung", "và minh chứng", "tối đa bao nhiêu điểm"])
def test_more_is_asked_of_the_criterion_before(answers: Answers, typed: str) -> None:
    assert after(answers, REFORM, typed).entries == ("TC1.6",)
    assert ask(answers, typed).entries != ("TC1.6",)


def test_what_is_asked_for_stands_first_in_the_line_before(answers: Answers) -> None:
    said = after(answers, REFORM, "minh chứng gồm gì").text
    assert said.index("Minh chứng:") < said.index("Khung điểm:")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("còn loại tốt thì sao", "Mức “tốt”: 40 điểm."),
        ("còn loại khá", "Mức “khá”: 32 điểm."),
        ("con loai kha thi sao", "Mức “khá”: 32 điểm."),
        ("thế trung bình", "Mức “trung bình”: 20 điểm."),
        ("yếu thì sao", "Mức “yếu”: 0 điểm."),
    ],
)
def test_another_level_of_the_line_before(answers: Answers, typed: str, says: str) -> None:
    said = after(answers, REFORM, typed)
    assert said.entries == ("TC1.6",) and says in said.text


@pytest.mark.parametrize("typed", ["còn 92% thì sao", "thế 92%", "con 92 phan tram thi sao", "92%"])
def test_another_percentage_of_the_line_before(answers: Answers, typed: str) -> None:
    said = after(answers, RATE, typed)
    assert said.entries == ("TC1.1",) and "là 92%: mức “90% đến dưới 95%”, 115 điểm." in said.text


def test_a_percentage_says_nothing_about_a_date(answers: Answers) -> None:
    for typed in ("92%", "còn 92% thì sao"):
        assert after(answers, MID_YEAR, typed).entry != "MS-BC6T"


@pytest.mark.parametrize("typed", ["được mấy điểm", "duoc may diem", "mấy điểm"])
def test_points_of_what_the_milestone_before_is_about_are_those_of_another_line(answers: Answers, typed: str) -> None:
    assert after(answers, "hạn đăng ký thi đua", typed).entries[0] == "TC3.2"
    assert "TC3.2" not in ask(answers, typed).entries


def test_other_blocs_are_asked_more_as_well(school: Answers, firms: Answers) -> None:
    intake = "tuyển sinh đạt 95% chỉ tiêu thì được mấy điểm"
    assert after(school, intake, "minh chứng cần gì").entries == ("A1",)
    assert "là 85%: mức “80% đến dưới 100%”, 35 điểm." in after(school, intake, "còn 85% thì sao").text
    sales = "doanh thu đạt 97% kế hoạch thì mấy điểm"
    assert after(firms, sales, "minh chứng gồm gì").entries == ("I.1",)
    assert "là 92%: mức “từ 85% tới sát 95%”, 7 điểm." in after(firms, sales, "còn 92% thì sao").text


def test_a_line_that_the_bloc_no_longer_has_is_leant_on_no_more(answers: Answers) -> None:
    gone = Before(REFORM, "TC9.9")
    for typed in ("minh chứng gồm gì", "còn loại tốt thì sao", "và cuối năm?"):
        assert answers.answer(typed, now=SPRING, words=WORDS, before=gone) == ask(answers, typed)


# -- what stands by itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [MID_YEAR, REFORM, "ai được bỏ phiếu ở hội nghị"])
@pytest.mark.parametrize(
    "typed",
    [
        "chuyển đổi số được mấy điểm",
        "còn chuyển đổi số thì sao",
        "con chuyen doi so thi sao",
        "vậy đơn vị nào làm khối trưởng",
        "hội nghị tổng kết tổ chức hôm nào",
        "giá vàng hôm nay bao nhiêu",
        "còn giá vàng thì sao",
        "sắp tới có gì",
        "xin chào",
        "cảm ơn",
        "ok",
        "TC1.7",
        "thế còn DT3",
        "tc 1.7 minh chứng gì",
    ],
)
def test_a_new_subject_a_greeting_and_a_code_are_not_forced(answers: Answers, before: str, typed: str) -> None:
    assert after(answers, before, typed) == ask(answers, typed)


def test_what_is_answered_then_is_what_was_asked(answers: Answers) -> None:
    assert after(answers, MID_YEAR, "còn chuyển đổi số thì sao").entry == "TC1.7"
    assert after(answers, MID_YEAR, "thế còn DT3").entries == ("DT3",)
    assert after(answers, MID_YEAR, "còn giá vàng thì sao").state is UNKNOWN
    assert after(answers, MID_YEAR, "cảm ơn").text == WORDS.plain("ask.what")


# -- the item on the screen ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "minh chứng gồm gì",
        "minh chung can gi",
        "tối đa bao nhiêu",
        "toi da",
        "được mấy điểm",
        "chấm thế nào",
        "còn 85%",
    ],
)
def test_a_question_that_names_nothing_means_the_item_on_the_screen(answers: Answers, typed: str) -> None:
    said = ask(answers, typed, about="TC1.1")
    assert said.state is ANSWER and said.entries == ("TC1.1",)
    assert ask(answers, typed).entry != "TC1.1"


def test_the_maximum_and_the_evidence_are_those_of_the_item_on_the_screen(answers: Answers) -> None:
    assert "Điểm tối đa: 150 điểm" in ask(answers, "tối đa bao nhiêu", about="TC1.1").text
    said = ask(answers, "minh chứng gồm gì", about="TC1.1").text
    assert said.index("Văn bản giao chỉ tiêu năm") < said.index("Khung điểm:")


@pytest.mark.parametrize("typed", ["92% thì mấy điểm", "đạt 92 phần trăm được bao nhiêu", "dat 92% thi sao", "92%"])
def test_a_percentage_finds_its_band_in_the_item_on_the_screen(answers: Answers, typed: str) -> None:
    said = ask(answers, typed, about="TC1.1")
    assert said.entry == "TC1.1" and "là 92%: mức “90% đến dưới 95%”, 115 điểm." in said.text


def test_a_percentage_of_something_else_is_not_forced_onto_the_item_on_the_screen(answers: Answers) -> None:
    for typed in ("tỷ lệ hồ sơ đúng hạn 92% được mấy điểm", "hồ sơ giải quyết đúng hạn đạt 92%"):
        assert ask(answers, typed, about="TC1.1") == ask(answers, typed)


def test_an_item_of_another_bloc_is_meant_just_so(school: Answers, firms: Answers) -> None:
    assert "Điểm tối đa: 50 điểm" in ask(school, "tối đa bao nhiêu", about="A1").text
    assert "mức “80% đến dưới 100%”, 35 điểm" in ask(school, "85% thì sao", about="A1").text
    assert "mức “từ 85% tới sát 95%”, 7 điểm" in ask(firms, "92% được mấy điểm", about="I.1").text


@pytest.mark.parametrize(
    "typed",
    [
        "báo cáo tối đa mấy trang",
        "bao cao toi da may trang",
        "hạn nộp báo cáo sơ kết",
        "khi nào nộp",
        "cải cách hành chính tối đa bao nhiêu",
        "minh chứng của chuyển đổi số",
        "TC1.6",
        "điểm DT3",
        "giá vàng hôm nay",
        "xin chào",
        "",
        "ai là khối trưởng",
    ],
)
def test_another_subject_is_not_forced_onto_the_item_on_the_screen(answers: Answers, typed: str) -> None:
    assert ask(answers, typed, about="TC1.1") == ask(answers, typed)


def test_days_late_find_their_rung_in_the_item_on_the_screen(answers: Answers) -> None:
    said = ask(answers, "muộn 4 ngày thì sao", about="TRU1")
    assert said.entry == "TRU1" and "Nếu muộn 4 ngày làm việc: mức “3-5 ngày”, trừ 5 điểm." in said.text


def test_the_item_on_the_screen_is_the_one_that_is_meant_among_several(answers: Answers) -> None:
    several = ask(answers, "còn loại tốt thì sao")
    assert several.entries[0] != "TC2.4" and "TC2.4" in several.entries
    assert ask(answers, "còn loại tốt thì sao", about="TC2.4").entries == ("TC2.4",)


def test_the_item_on_the_screen_is_meant_rather_than_the_line_before(answers: Answers) -> None:
    assert after(answers, REFORM, "minh chứng gồm gì", about="TC1.1").entry == "TC1.1"
    assert after(answers, MID_YEAR, "nộp cho ai", about="TC1.1").entry == "MS-BC6T"


def test_a_code_that_the_bloc_has_not_is_no_item_on_the_screen(answers: Answers) -> None:
    assert ask(answers, "minh chứng gồm gì", about="TC9.9") == ask(answers, "minh chứng gồm gì")


# -- whatever is typed ----------------------------------------------------------------------------------------

_made: list[Answers] = []


def _answers() -> Answers:
    if not _made:
        _made.append(Answers(read_bloc(sample_path())))
    return _made[0]


def _ids() -> st.SearchStrategy[str]:
    return st.deferred(lambda: st.sampled_from(["", "TC9.9", "A1", "<b>", *_answers().index.entries]))


PIECES = (
    *("còn", "thế", "và", "cuối năm", "giữa năm", "thì sao", "minh chứng", "mấy điểm", "92%", "loại tốt", "nộp cho ai"),
    *("TC1.6", "muộn 4 ngày", "con", "?", "\n", "cchc", "sắp tới có gì", "phần trăm"),
)
TYPED = st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join) | st.text(max_size=80)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TYPED, TYPED, _ids(), _ids())
def test_nothing_raises_and_no_line_is_shown_that_the_bloc_has_not(
    typed: str, asked_before: str, entry: str, about: str
) -> None:
    answers = _answers()
    said = answers.answer(typed, now=SPRING, words=WORDS, before=Before(asked_before, entry), about=about)
    shown = {*said.entries, *(one for one, _ in said.choices), *(one for one, _ in said.related)}
    assert shown <= answers.index.entries.keys()
    assert bool(said.entries) is (said.state is not UNKNOWN) and said.text
    assert len(said.entries) == len(set(said.entries)) and len(said.choices) <= 3


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TYPED)
def test_without_anything_to_lean_on_nothing_changes(typed: str) -> None:
    gone = Before("gì đó", "TC9.9")
    assert _answers().answer(typed, now=SPRING, words=WORDS, before=gone, about="TC9.9") == ask(_answers(), typed)


@pytest.mark.parametrize(
    "typed", ["Sở Tư pháp được bao nhiêu điểm?", "so tu phap duoc may diem", "công an tỉnh mấy điểm"]
)
def test_how_many_points_a_unit_has_is_nothing_of_the_line_before(answers: Answers, typed: str) -> None:
    before = Before("TC3.4 được mấy điểm", "TC3.4")
    found = answers.answer(typed, now=SPRING, words=WORDS, before=before)
    assert found.state is UNKNOWN and found.entry != "TC3.4"
