"""No platform is told by its name, but where it is at home: everybody else asks what it can do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from bot.content.features import features_of, fits_everywhere, in_sql, platforms
from bot.content.platforms.record import PlatformFeatures

ROOT = Path(__file__).parents[2]
AT_HOME = (
    "bot/platforms/",  # the adapters
    "bot/content/platforms/",  # what each platform can do
    "bot/config/",  # their sections of the settings
    "bot/rehearsal/",  # people who do not exist sit at each platform, through its own library
    "handlers/*/rehearsal",  # the same people, in one capability
)
ONLY_ADDRESSES = {
    ("handlers/registration/files.py", "telegram"),  # a column in the file of invitations: the link for Telegram
    ("handlers/registration/jobs.py", "telegram"),  # the beginning of these links, for cards
    ("handlers/registration/organiser/cards.py", "telegram"),  # the name under which the job gets that beginning
    ("handlers/registration/organiser/invitations.py", "telegram"),  # what that column is called in chat
    # The column of a list with people's addresses.
    ("bot/people/personal_data.py", "email"),
    ("bot/people/roster.py", "email"),
    ("bot/people/roster_columns.py", "email"),
    ("handlers/registration/cli/importing.py", "email"),
    ("handlers/registration/files.py", "email"),
    ("handlers/registration/grids.py", "email"),
    ("handlers/registration/model/lists.py", "email"),
    ("handlers/registration/organiser/editing.py", "email"),
    ("handlers/registration/organiser/importing.py", "email"),
    ("handlers/registration/organiser/invitations.py", "email"),
    ("handlers/registration/organiser/posting.py", "email"),
    ("handlers/registration/personal_data.py", "email"),
    ("handlers/registration/store.py", "email"),
}
"""A name that tells no platform from another, by file."""


def named(source: str) -> Iterator[tuple[int, str]]:
    """The line and the name of each platform that a module names: in a literal of its own, or quoted within SQL."""
    if not any(name in source for name in platforms()):  # to parse them all takes seconds
        return
    tree = ast.parse(source)
    described = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in described:
            continue
        for name in platforms():
            if node.value == name or re.search(f"'{name}'", node.value):
                yield node.lineno, name


def test_no_platform_is_told_by_its_name() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line} names «{name}»"
        for folder in ("bot", "handlers")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if not any(fnmatch(str(file.relative_to(ROOT)), f"{place}*") for place in AT_HOME)
        for line, name in named(file.read_text(encoding="utf-8"))
        if (str(file.relative_to(ROOT)), name) not in ONLY_ADDRESSES
    ]
    assert list(named('if platform == "telegram": ...')) == [(1, "telegram")]
    assert found == []


def test_what_only_addresses_something_is_still_there() -> None:
    for file, name in ONLY_ADDRESSES:
        assert name in {found for _line, found in named((ROOT / file).read_text(encoding="utf-8"))}, file


@pytest.mark.parametrize(
    "line",
    [
        'if platform == "discord": ...',
        'WORDS = {"discord": 1}',
        "rows = f\"SELECT 1 FROM accounts WHERE platform = 'discord' AND id = {number}\"",
        'match platform:\n    case "discord": ...',
    ],
)
def test_a_name_is_noticed_wherever_it_is_compared(line: str) -> None:
    assert [name for _line, name in named(line)] == ["discord"]


def test_every_platform_says_what_it_can_do() -> None:
    packages = {file.parent.name for file in (ROOT / "bot/platforms").glob("*/adapter.py")}
    assert set(platforms()) == packages == {"discord", "email", "telegram", "web"}


def test_sql_reads_the_platforms_of_which_something_holds() -> None:
    assert in_sql(lambda platform: platform.drops_repeats) == "('discord', 'web')"
    assert in_sql(lambda platform: platform.name == "") == "('')"  # a list that holds no platform


def test_a_platform_that_is_no_more_has_a_name_and_no_features() -> None:
    assert features_of("irc") == PlatformFeatures(name="irc", title="irc")


def test_what_fits_everywhere_keeps_to_the_lowest_limit() -> None:
    assert fits_everywhere(lambda platform: platform.longest_text) == 1990
    with pytest.raises(ValueError, match="empty"):
        fits_everywhere(lambda _platform: None)
