"""Actions: declared like frozen dataclasses, and encoded as payloads."""

from __future__ import annotations

import pytest

from bot.content.actions import Action


class Choose(Action, code="test-choose"):
    """An action with a field of each kind, of which two have a default."""

    number: int
    word: str = "any"
    sure: bool = False


class Leave(Action, code="test-leave"):
    """An action without fields."""


def test_fields_are_given_in_order_or_by_name_or_have_their_default() -> None:
    assert Choose.field_names == ("number", "word", "sure")
    assert Leave.field_names == ()
    choose = Choose(3, sure=True)
    assert (choose.number, choose.word, choose.sure) == (3, "any", True)
    assert repr(choose) == "Choose(number=3, word='any', sure=True)"
    assert repr(Leave()) == "Leave()"


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((), {"word": "x"}), ((1,), {"number": 1}), ((1, "x", True, 4), {}), ((1,), {"colour": "red"})],
    ids=["missing", "missing beside others", "twice", "too many", "unknown"],
)
def test_each_field_is_given_once(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="Choose"):
        Choose(*values, **named)  # type: ignore[arg-type]


def test_actions_are_alike_if_their_kind_and_fields_are() -> None:
    assert Choose(1) == Choose(1, "any")
    assert Choose(1) != Choose(2)
    assert len({Choose(1), Choose(1), Choose(2), Leave(), Leave()}) == 3
    assert Leave() != Choose(1)


def test_an_action_does_not_change() -> None:
    choose = Choose(1)
    with pytest.raises(AttributeError, match=r"Choose\.number cannot be changed"):
        choose.number = 2  # type: ignore[misc]
    assert choose == Choose(1)


def test_a_payload_is_read_as_it_was_written() -> None:
    choose = Choose(35, "left_over", sure=True)
    assert choose.encode() == "test-choose-z-left_over-1"
    assert Choose.decode(["z", "left_over", "1"]) == choose
    assert Leave.decode([]) == Leave()
    with pytest.raises(ValueError, match="Choose has 3 fields, not 1"):
        Choose.decode(["z"])
