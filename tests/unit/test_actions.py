"""Button payloads: small, versioned, and harmless when they are old or forged."""

import importlib
import pkgutil
from dataclasses import dataclass, fields
from typing import ClassVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.buttons
from bot import actions
from bot.actions import MOST_BYTES, Action, PayloadTooLong, action, parse
from bot.domain import facts

for _module in pkgutil.iter_modules(bot.buttons.__path__):
    importlib.import_module(f"bot.buttons.{_module.name}")

KINDS = sorted(actions._known.values(), key=lambda kind: kind.name)


@action
@dataclass(frozen=True, slots=True)
class Sample(Action):
    name: ClassVar[str] = "test-sample"
    number: int
    code: str


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.text(max_size=8).filter(lambda text: ":" not in text))
def test_what_is_packed_is_parsed_again(number: int, code: str) -> None:
    made = Sample(number, code)
    try:
        data = made.pack()
    except PayloadTooLong:
        return
    assert len(data.encode()) <= MOST_BYTES
    assert parse(data) == made


@given(st.text(max_size=70))
def test_no_payload_whatsoever_makes_parsing_fail(data: str) -> None:
    found = parse(data)
    assert found is None or found.pack() == data


@given(st.sampled_from(KINDS), st.lists(st.text(alphabet="0123456789:-+_ aé٣", max_size=12), max_size=6))
def test_a_forged_payload_of_a_real_kind_parses_to_itself_or_to_nothing(kind: type[Action], values: list[str]) -> None:
    data = ":".join(("1", kind.name, *values))
    found = parse(data)
    assert found is None or isinstance(found, kind)
    for field in fields(found) if found else ():
        value = getattr(found, field.name)
        if isinstance(value, int):
            assert abs(value) < 2**63, "it would not fit into the database"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_button_of_the_product_fits_with_ids_of_usual_size(kind: type[Action]) -> None:
    hints = get_type_hints(kind)
    values = {field.name: 999_999 if hints[field.name] is int else "TC1.10" for field in fields(kind)}
    made = kind(**values)
    assert parse(made.pack()) == made


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "1",
        "1:",
        "1:nobody-has-this-name:1",
        "0:test-sample:1:x",
        "2:test-sample:1:x",
        "test-sample:1:x",
        "1:test-sample",
        "1:test-sample:1",
        "1:test-sample:1:x:y",
        "1:test-sample:một:x",
        "1:test-sample: 1:x",
        "1:test-sample:1_0:x",
        "1:test-sample:١:x",
        "1:test-sample:" + "9" * 30 + ":x",
        "1:test-sample:1:" + "x" * 60,
        "1:test-sample:1:" + "đ" * 30,
        "\ud800",
    ],
)
def test_what_is_not_ours_old_or_broken_is_nothing(data: str | None) -> None:
    assert parse(data) is None


def test_a_payload_over_64_bytes_is_refused_while_it_is_made() -> None:
    assert len(Sample(1, "x" * 48).pack().encode()) == MOST_BYTES
    with pytest.raises(PayloadTooLong):
        Sample(1, "x" * 49).pack()
    with pytest.raises(PayloadTooLong):
        Sample(1, "ử" * 20).pack()


def test_a_field_cannot_smuggle_the_separator_in() -> None:
    with pytest.raises(ValueError, match="separator"):
        Sample(1, "a:b").pack()


def test_two_kinds_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="name of its own"):

        @action
        @dataclass(frozen=True, slots=True)
        class Other(Action):
            name: ClassVar[str] = "test-sample"


@pytest.mark.parametrize("forged", ["p1E9999999", "pNaN", "pInfinity", "r1e5", "r١٢", "r5-", "p+1", "x1", ""])
def test_a_forged_fact_is_not_read(forged: str) -> None:
    with pytest.raises(ValueError):
        facts.unpack(forged)
