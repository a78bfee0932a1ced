"""Arranges the buttons of a message in even rows, alike on every platform: short ones stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from bot.content.addresses import opens_page
from bot.content.folding import units
from bot.content.texts import Reader, label
from bot.content.views import Button

MOST = 5
"""The most buttons of one row, which is Discord's limit."""
SHORT = 15
"""The most characters of a label that leaves room for another button beside it on a phone."""
_WIDTH, _AROUND, _AROUND_IN_LIST = 40, 5, 2
"""How many characters a row of a phone has room for, and how many of them a button needs around its label.

In a list of buttons, such as days, labels are alike and need less.
"""

Row = tuple[Button, ...]
T = TypeVar("T")


def pressable(buttons: Sequence[Button]) -> Sequence[Button]:
    """Return the buttons that a chat can show: they ask nothing of the device, and their address, if any, opens a page.

    A platform would refuse the whole message for a button with any other address.
    """
    return [button for button in buttons if not button.asks_location and opens_page(button.url)]


def rows(buttons: Sequence[Button], reader: Reader) -> Sequence[Row]:
    """Return the buttons of a message in rows; the length of the labels in the reader's language decides how many fit.

    The order stays. Buttons with short labels stand side by side, in rows that differ by one button at most. The next
    step (a `primary` button) and a long label have a row of their own. Buttons that form a list to choose from, such as
    days, begin a new row.
    """
    arranged: list[Row] = []
    beside: list[Button] = []
    for unit in units(buttons):
        alone = len(unit) > 1 or unit[0].style == "primary" or len(label(unit[0].label, reader)) > SHORT
        if alone:
            arranged += _even(beside, reader)
            beside = []
            arranged += _even(unit, reader, _AROUND_IN_LIST)
        else:
            beside.append(unit[0])
    return [*arranged, *_even(beside, reader)]


def _even(buttons: Sequence[Button], reader: Reader, around: int = _AROUND) -> Iterator[Row]:
    return even_rows(buttons, [label(button.label, reader) for button in buttons], around)


def even_rows(buttons: Sequence[T], labels: Sequence[str], around: int = _AROUND_IN_LIST) -> Iterator[tuple[T, ...]]:
    """Yield buttons, or options of a choice, in as few rows as their `labels` allow, evenly filled.

    An item with a long label has a row of its own; short ones before and after it stand side by side. `around` is the
    room that each label needs besides its characters.
    """
    labelled = zip(labels, buttons, strict=True)
    for long, alike in groupby(labelled, key=lambda each: len(each[0]) > SHORT):
        together = [*alike]
        longest = max(len(words) for words, _button in together)
        in_a_row = 1 if long else min(MOST, max(2, _WIDTH // (longest + around)))
        left = -(-len(together) // in_a_row)
        begun = 0
        while left:
            end = begun - (-(len(together) - begun) // left)
            yield tuple(button for _words, button in together[begun:end])
            begun, left = end, left - 1
