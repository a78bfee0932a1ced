"""Why a list of people is refused, in the words of who sent it."""

from __future__ import annotations

import pytest

from bot.content.i18n import LOCALES
from bot.content.texts import Reader, plain
from bot.files.sheets import key_of
from bot.people.roster import HEADINGS, Rejected
from bot.people.roster_cells import Reason
from bot.people.roster_words import COLUMNS, UNASKED, explain


def test_a_missing_column_is_called_as_its_heading_reads() -> None:
    rejected = Rejected(1, Reason.MISSING_COLUMN, {"column": "given_name"})
    assert plain(explain(rejected), Reader("fr", "Europe/Paris")) == "La colonne prénom manque."


@pytest.mark.parametrize("locale", LOCALES)
def test_every_column_is_called_by_a_heading_that_is_understood(locale: str) -> None:
    named = {**COLUMNS, **UNASKED}
    assert named.keys() == HEADINGS.keys()
    for column, name in named.items():
        understood = {key_of(heading) for heading in HEADINGS[column].split(",")}
        assert key_of(plain(name, Reader(locale, "Europe/Paris"))) in understood
