"""`python -m tools.map`: what is taken is read from what was declared, and what is free is free."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.conversation import dialogues
from bot.database.schema import migrations
from handlers import CAPABILITIES
from handlers.navigation.changes import inverses
from tests.world import CAPABLE, EVERY_ROUTE
from tools.map import free_codes, main, next_migration, sections, taken_codes

BY_NAME = dict(zip(CAPABILITIES, CAPABLE, strict=True))


def test_each_section_says_who_has_what() -> None:
    found = dict(sections(BY_NAME))
    assert ("er erc erd erf erq ers erw ery ier", "privacy") in found["codes"]
    assert ("/theme /thema", "themes") in found["commands"]
    assert any("my theme" in words and owner == "themes" for words, owner in found["plain words (en)"])
    assert any("mon thème" in words or "mon theme" in words for words, _ in found["plain words (fr)"])
    assert len(found["kinds of jobs"]) == len(EVERY_ROUTE.jobs) > 5
    assert len(found["live screens"]) == len(EVERY_ROUTE.live) > 2
    assert {owner for _, owner in found["topics"]} <= set(CAPABILITIES)
    assert len(found["topics"]) == len(EVERY_ROUTE.topics) > 5
    assert [name for name, _ in found["migrations"]] == [migration.file.name for migration in migrations()]


def test_parts_of_shared_screens_stand_in_their_order() -> None:
    found = dict(sections(BY_NAME))
    for screen, parts in (
        ("home", EVERY_ROUTE.shared.home),
        ("menu", EVERY_ROUTE.shared.menu),
        ("group", EVERY_ROUTE.shared.group),
        ("organiser_home", EVERY_ROUTE.shared.organiser_home),
    ):
        places = [place.split() for place, _ in found[f"orders on {screen}"]]
        assert sorted(int(place[-1]) for place in places) == sorted(part.order for part in parts)
        assert len(places) > 1
    assert [place for place, _ in found["orders on menu"]] == [
        f"{part.section.name} {part.order}" for part in EVERY_ROUTE.shared.menu
    ]


def test_a_free_code_begins_no_other() -> None:
    taken = taken_codes(EVERY_ROUTE)
    assert set(inverses.codes) <= set(taken)
    free = list(free_codes(taken))
    assert len(free) > 50
    for code in free:
        assert not any(other.startswith(code) for other in (*taken, *dialogues.CODES, "go"))


def test_the_next_migration_comes_after_all() -> None:
    assert next_migration() == max(migration.number for migration in migrations()) + 1


def test_it_is_printed_with_what_is_free(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    printed = capsys.readouterr().out
    assert f"next migration: {next_migration():03}" in printed
    assert " ".join(islice(free_codes(taken_codes(EVERY_ROUTE)), 3)) in printed
