"""Text with tags into entities, and entities into HTML that is safe to show."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import detect, formatted, to_html
from bot.sandbox.errors import Refusal
from bot.sandbox.html import parse_html, utf16_length


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("&lt;b&gt; &amp; &quot; &#273;&#x111; &nbsp; &", '<b> & " đđ &nbsp; &', []),
        ('<pre><code class="language-sql">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<B>x</>", "x", [("bold", 0, 1)]),
    ],
)
def test_tags_become_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = parse_html(source)
    assert plain == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_white_space_at_the_ends_is_cut_and_entities_move_along() -> None:
    text, entities = formatted("  <b> Điểm </b>\n", "HTML", None)
    assert (text, entities) == ("Điểm", [{"type": "bold", "offset": 0, "length": 4}])


def test_a_link_keeps_its_address_and_a_link_without_one_is_only_words() -> None:
    assert parse_html('<a href="https://a.vn/?x=1&amp;y=2">a</a>')[1][0]["url"] == "https://a.vn/?x=1&y=2"
    assert parse_html('<a href="javascript:alert(1)">a</a>') == ("a", [])


def test_nothing_is_found_inside_code() -> None:
    text, entities = formatted("<code>/han @ai_do</code> /nop", "HTML", None)
    assert [(e["type"], e["offset"]) for e in entities] == [("code", 0), ("bot_command", 12)]
    assert text == "/han @ai_do /nop"


@pytest.mark.parametrize("text", ["1/2", "và/hoặc", "http://a.vn/han", "a@b", "5 / 6", "#1"])
def test_what_only_looks_like_a_command_or_a_mention_is_none(text: str) -> None:
    assert {e["type"] for e in detect(text)} <= {"url"}


def test_entities_that_cross_are_shown_well_nested() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}]
    assert to_html("abcdef", crossing) == "<b>ab<i>cd</i></b><i>ef</i>"


@given(
    st.text(max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from(["bold", "italic", "code", "text_link", "url"]), st.integers(0, 30), st.integers(1, 9)
        ),
        max_size=5,
    ),
)
def test_whatever_the_entities_the_page_gets_balanced_tags_and_the_same_words(
    text: str, marks: list[tuple[str, int, int]]
) -> None:
    edges = [utf16_length(text[:i]) for i in range(len(text) + 1)]
    entities = [
        {"type": kind, "offset": edges[a], "length": edges[b] - edges[a], "url": 'https://a.vn/"><b>'}
        for kind, at, size in marks
        if (a := min(at, len(text))) < (b := min(at + size, len(text)))
    ]
    shown = to_html(text, entities)
    stack: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z-]+)[^>]*>", shown):
        if closing:
            assert stack.pop() == name
        else:
            stack.append(name)
    assert stack == []
    assert unescape(re.sub(r"<[^>]*>", "", shown)) == text


@given(st.text(alphabet='<>/b i="&;aế😀', max_size=40))
def test_parsing_ends_in_words_or_in_a_refusal(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except Refusal as refusal:
        assert refusal.description.startswith("Bad Request: can't parse entities: ")
    else:
        assert all(e["offset"] + e["length"] <= utf16_length(text) for e in entities)
