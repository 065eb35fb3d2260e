"""What is wrong with a bloc file is said in full: the line, what is wrong, and what to write."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.content.read import BlocFileProblems, Problem, read_bloc, sample_path
from bot.domain.bloc import Bloc

DATA = Path(__file__).parents[1] / "data"
SMALL = (DATA / "khoi-nho.yaml").read_text("utf-8")
CASES: list[dict[str, Any]] = YAML(typ="safe").load((DATA / "khoi-loi.yaml").read_text("utf-8"))


def problems_of(tmp_path: Path, content: str | bytes) -> tuple[Problem, ...]:
    path = tmp_path / "khoi.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BlocFileProblems) as raised:
        read_bloc(path)
    return raised.value.problems


def said(tmp_path: Path, content: str | bytes) -> list[str]:
    return [str(problem) for problem in problems_of(tmp_path, content)]


def broken(*changes: tuple[str, str]) -> str:
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_the_small_file_itself_is_whole() -> None:
    assert read_bloc(DATA / "khoi-nho.yaml").declared_total == 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: (case["new"] or f"no {case['old']}").strip()[:40])
def test_each_fault_is_named_on_its_line_and_nothing_else_is(tmp_path: Path, case: dict[str, Any]) -> None:
    text = broken((case["old"], case["new"]))
    problems = problems_of(tmp_path, text)
    assert [str(problem) for problem in problems] == [expected["says"] for expected in case["problems"]]
    lines = text.split("\n")
    assert [lines[problem.line - 1].strip() for problem in problems] == [e["at"] for e in case["problems"]]


def test_all_the_faults_of_a_file_are_listed_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = broken(
        ("'2026-11-27'", "'2026-02-30'"),
        ("ten: Thanh tra tỉnh", "tên: Thanh tra tỉnh"),
        ("    diem_toi_da: 40", "    diem_toi_da: 45"),
        ("diem: -3", "diem: 3"),
        ("    nguon: Quy chế", ""),
    )
    problems = problems_of(tmp_path, text)
    assert [problem.line for problem in problems] == [11, 19, 20, 40, 58, 148, 163]


def test_an_unreadable_row_hides_no_other_rows_fault(tmp_path: Path) -> None:
    text = broken(
        ("    nhom: N1\n    ten: Xếp loại\n    diem_toi_da: 10", "    ten: Xếp loại\n    diem_toi_da: mười"),
        ("    ten: Trừ dần\n    diem_toi_da: 20", "    ten: Trừ dần\n    diem_toi_da: 21"),
    )
    sentences = said(tmp_path, text)
    assert any('tiêu chí XL: thiếu khóa "nhom"' in sentence for sentence in sentences)
    assert any('"mười" không phải là số' in sentence for sentence in sentences)
    assert any("nhóm N2: tổng điểm 3 tiêu chí 41 khác diem_toi_da 40" in sentence for sentence in sentences)
    assert not any("nhóm N1" in sentence for sentence in sentences)  # its sum cannot be known


def test_every_repeated_key_is_listed_with_both_lines(tmp_path: Path) -> None:
    text = broken(("  nam: 2026", "  nam: 2026\n  nam: 2027\n  nam: 2028\n  ten: Khác"))
    assert said(tmp_path, text) == [
        'khoi.yaml:5: khóa "nam" viết lặp (dòng 4 và dòng 5) — hãy giữ một dòng nam, xóa dòng kia',
        'khoi.yaml:6: khóa "nam" viết lặp (dòng 4 và dòng 6) — hãy giữ một dòng nam, xóa dòng kia',
        'khoi.yaml:7: khóa "ten" viết lặp (dòng 3 và dòng 7) — hãy giữ một dòng ten, xóa dòng kia',
    ]


def test_a_part_written_twice_is_a_repeated_key(tmp_path: Path) -> None:
    lines = SMALL.count("\n")
    assert said(tmp_path, SMALL + "diem_tru: []\n") == [
        f'khoi.yaml:{lines + 1}: khóa "diem_tru" viết lặp (dòng 141 và dòng {lines + 1})'
        " — hãy giữ một dòng diem_tru, xóa dòng kia"
    ]


def test_texts_and_names_have_a_longest(tmp_path: Path) -> None:
    text = broken(("ten: Thanh tra tỉnh", f"ten: {'a' * 301}"), ("tra_loi: Ngày 27/11.", f"tra_loi: {'b' * 4001}"))
    assert said(tmp_path, text) == [
        'khoi.yaml:20: đơn vị TTT: khóa "ten": dài 301 chữ, quá mức 300 — hãy rút còn không quá 300 chữ',
        'khoi.yaml:165: hỏi đáp FAQ1: khóa "tra_loi": dài 4001 chữ, quá mức 4000 — hãy rút còn không quá 4000 chữ',
    ]


def test_all_tabs_are_listed(tmp_path: Path) -> None:
    text = broken(("    ten: Thanh tra tỉnh", "\tten: Thanh tra tỉnh"), ("    ten: Báo cáo năm", "\tten: Báo cáo năm"))
    assert said(tmp_path, text) == [
        f"khoi.yaml:{line}: dùng phím Tab để lùi dòng — hãy thay Tab bằng dấu cách" for line in (20, 39)
    ]


def test_a_tab_inside_a_text_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "khoi.yaml"
    path.write_text(broken(("tra_loi: Ngày 27/11.", "tra_loi: |\n      Ngày\n      \t27/11.")), "utf-8")
    assert read_bloc(path).note("FAQ1").answer == "Ngày\n\t27/11."


def test_letters_of_another_encoding_are_named_by_line(tmp_path: Path) -> None:
    raw = SMALL.encode().replace("Khối nhỏ".encode(), b"Kh\xf4i").replace("Thanh tra tỉnh".encode(), b"t\xedn")
    assert said(tmp_path, raw) == [
        "khoi.yaml:3: tệp có chữ không theo mã UTF-8 (dòng 3, 20) — hãy lưu lại tệp với mã hóa UTF-8"
    ]


def test_a_file_of_another_encoding_is_one_problem(tmp_path: Path) -> None:
    (sentence,) = said(tmp_path, SMALL.encode("utf-16"))
    assert "không theo mã UTF-8" in sentence


def test_hidden_control_letters_are_refused(tmp_path: Path) -> None:
    assert said(tmp_path, broken(("Khối nhỏ", "Khối\x07 nhỏ"), ("Thanh tra", "Thanh\u2028tra"))) == [
        f"khoi.yaml:{line}: dòng có ký tự điều khiển không nhìn thấy — hãy xóa ký tự đó và gõ lại dòng này"
        for line in (3, 20)
    ]


@pytest.mark.parametrize("content", ["", "# chỉ có ghi chú\n", "\n\n", "---\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert problems_of(tmp_path, content)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, "- a\n- b\n") == [
        "khoi.yaml:1: tệp phải gồm các dòng dạng khóa: giá trị — hãy bắt đầu tệp bằng dòng khoi:"
    ]


def test_a_table_with_nothing_in_it_misses_every_part(tmp_path: Path) -> None:
    parts = ("khoi", "thang_diem", "don_vi", "lich", "nhom_tieu_chi", "tieu_chi")
    assert said(tmp_path, "{}\n") == [
        f'khoi.yaml:1: tệp khối: thiếu khóa "{part}" — hãy thêm dòng {part}:' for part in parts
    ]


@pytest.mark.parametrize("path", ["không-có.yaml", "."])
def test_a_file_that_cannot_be_opened_is_a_problem_too(tmp_path: Path, path: str) -> None:
    with pytest.raises(BlocFileProblems) as raised:
        read_bloc(tmp_path / path)
    (problem,) = raised.value.problems
    assert problem.line == 0
    assert str(problem).endswith("không mở được tệp — hãy kiểm tra đường dẫn và quyền đọc tệp")


def test_a_file_of_another_size_is_not_read(tmp_path: Path) -> None:
    (sentence,) = said(tmp_path, "a" * 5_000_001)
    assert "lớn hơn 5 MB" in sentence


def test_deep_nesting_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "khoi: " + "[" * 3000 + "]" * 3000)


def test_references_do_not_unfold(tmp_path: Path) -> None:
    sentences = said(tmp_path, "khoi: &a [*a, *a]\nthang_diem: *a\n")
    found = [sentence for sentence in sentences if "không dùng được dấu *" in sentence]
    assert [sentence.split(":")[1] for sentence in found] == ["1", "2"]  # said once a line


# -- whatever is done to a file, it is read or refused -----------------------------------------------------


def read_or_refused(path: Path) -> None:
    try:
        assert isinstance(read_bloc(path), Bloc)
    except BlocFileProblems as refused:
        assert refused.problems
        assert all(problem.line >= 0 and problem.what and problem.instead for problem in refused.problems)


FILES = [SMALL, *((DATA / f"khoi-{size}-diem.yaml").read_text("utf-8") for size in (100, 200))]
LOADED = [YAML(typ="safe").load(text) for text in FILES]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["%", "STP", "TC1", "17:00", "2026-02-30", "1.000", "moi_don_vi", "cuoi_nam", "*", "\ufeff"]),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(
        st.sampled_from(["ma", "ten", "tu", "diem", "theo", "khung_diem"]), st.integers(-5, 200), max_size=3
    ),
)
FUZZ = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def spots(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a loaded file."""
    lists = enumerate(node) if isinstance(node, list) else ()
    inner = list(node.items() if isinstance(node, dict) else lists)
    return [spot for key, child in inner for spot in [(node, key), *spots(child)]]


@FUZZ
@given(data=st.data())
def test_a_file_with_odd_nodes_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    loaded = copy.deepcopy(data.draw(st.sampled_from(LOADED)))
    for _ in range(data.draw(st.integers(1, 3))):
        found = spots(loaded)
        container, key = found[data.draw(st.integers(0, len(found) - 1))]
        if data.draw(st.booleans()):
            container[key] = data.draw(ODD)
        else:
            del container[key]
    path = tmp_path / "khoi.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(loaded, file)
    read_or_refused(path)


@FUZZ
@given(data=st.data())
def test_a_file_with_odd_lines_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(FILES)).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        cut = data.draw(st.integers(0, len(line)))
        odd = data.draw(
            st.one_of(
                st.sampled_from([":", "- ", "'", '"', "*", "&", "!", "[", "}", "#", "|", "\t", "%"]),
                st.text(max_size=3),
            )
        )
        lines[place] = line[:cut] + odd + line[cut + data.draw(st.integers(0, 3)) :]
    path = tmp_path / "khoi.yaml"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    read_or_refused(path)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_sample_with_odd_lines_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    lines = sample_path().read_text("utf-8").split("\n")
    for _ in range(3):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = data.draw(st.sampled_from(["", lines[place - 1], lines[place].replace(":", ""), "  x: 1"]))
    path = tmp_path / "khoi.yaml"
    path.write_text("\n".join(lines), "utf-8")
    read_or_refused(path)
