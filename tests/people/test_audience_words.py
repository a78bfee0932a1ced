"""Whom something is for, as people read it, and wherever it is read."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from bot.background.side_process import SideProcess
from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from bot.people.audience_store import describe
from bot.people.audiences import AudienceKind, declare, no_value, parse
from handlers.groups.store.groups import add_group
from handlers.programme.jobs import read_file
from tests.world import open_world

READER = Reader("en", "Europe/Paris")


async def test_each_audience_has_its_words(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe", "Dupont")
        await world.store.transact(lambda tx: add_group(tx, 1, "culture", 3))

        async def said(tx: Transaction, word: str) -> str:
            return plain(await describe(tx, parse(word)), READER)

        for word, expected in {
            "all": "everyone",
            "theme:culture": "Culture",
            "group:1": "Culture 3",
            "territory:CA-QC": "Quebec",
            "platform:web": "Personal page",
            "present:2027-06-10": "present on Thursday 10 June 2027",
            "unchosen": "without a theme",
            "organisers": "the team",
            "me:1": "Zoe D.",
        }.items():
            assert await world.store.read(lambda tx, word=word: said(tx, word)) == expected  # type: ignore[misc]


@pytest.mark.parametrize("word", ["theme:dance", "group:9", "me:9"])
async def test_what_is_gone_is_told_by_its_word(sqlite_url: str, word: str) -> None:
    async with open_world(sqlite_url) as world:
        assert plain(await world.store.read(lambda tx: describe(tx, parse(word))), READER) == word


async def test_the_process_that_reads_a_programme_knows_the_audiences_of_capabilities() -> None:
    table = "key,title,starts,ends,audience\nmeeting,Meeting,2027-06-10 10:00,2027-06-10 11:00,group:12\n"
    process = SideProcess()
    try:
        read = await process.do(
            read_file,
            {
                "content": b64encode(table.encode()).decode(),
                "name": "programme.csv",
                "rules": {"themes": {}, "locales": ["en"], "zone": "Europe/Paris", "year": 2027},
                "reader": ["en", "Europe/Paris"],
                "sent": 0,
            },
        )
    finally:
        process.close()
    assert [plan.audience for plan in read["programme"].plans] == [parse("group:12")]


def test_a_command_knows_the_audiences_of_capabilities(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[gathering]\nlocales = ["en"]\n[[sessions]]\nkey = "meeting"\naudience = "group:12"\n'
        'starts = 2027-06-10T10:00:00\nends = 2027-06-10T11:00:00\ntitle = {en = "Meeting"}\n',
        encoding="utf-8",
    )
    program = (
        "import sys; from pathlib import Path; from bot.cli.console import load;"
        " from handlers.programme.settings import SessionSettings;"
        " print(load(Path(sys.argv[1]), {}).all_of(SessionSettings)[0].audience)"
    )
    done = subprocess.run([sys.executable, "-c", program, config], check=True, capture_output=True, text=True)
    assert done.stdout == "group:12\n"


def test_who_loads_a_capability_knows_its_audiences() -> None:
    program = (
        "from bot.capability import load; from bot.people.audiences import parse;"
        " load(['themes']); print(parse('theme:culture'))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "Audience(kind='theme', value='culture')\n"


def test_two_kinds_of_one_name_are_refused() -> None:
    async def say(_tx: Transaction, _value: str) -> str:
        return "all others"

    with pytest.raises(ValueError, match="two kinds of audiences are called 'all'"):
        declare(AudienceKind(name="all", takes=no_value, condition="TRUE", words=say))
