"""What every intake does with decoded JSON before anything else looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.platforms.untrusted import storable

TEXTS = st.text(st.characters(codec=None, exclude_categories=()) | st.sampled_from("\0\ud800\udfff\\u0"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


def cleaned(text: str) -> str:
    return "".join("\ufffd" if sign == "\0" or "\ud800" <= sign <= "\udfff" else sign for sign in text)


def expected(value: Any) -> Any:
    if isinstance(value, dict):
        return {cleaned(key): expected(part) for key, part in value.items()}
    if isinstance(value, list):
        return [expected(part) for part in value]
    return cleaned(value) if isinstance(value, str) else value


@given(VALUES)
@example({"text": "\\u0000"})
@example({"\ud83d": ["é\0", "🎉"]})
def test_what_no_store_takes_is_replaced_wherever_it_stands(value: Any) -> None:
    assert storable(value) == expected(value)


def test_what_is_nested_too_deeply_is_not_looked_through_for_ever() -> None:
    deep: list[Any] = []
    for _level in range(100_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        storable(deep)
