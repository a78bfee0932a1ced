"""A file made to keep the program busy for ever, or to take all its memory, is refused in words and holds up nobody."""

from __future__ import annotations

import pytest

from tests.security.builders import Gathering, Upload, killing, open_gathering

CANNOT_BE_READ = "“programme.ics” cannot be read. Save it again as .ics, CSV, Excel or LibreOffice."
LISTS = {
    "a row far away": "liste.xlsx",
    "entities in entities": "liste.xlsx",
    "a size that is not true": "liste.xlsx",
    "a long first line": "liste.csv",
}
CALENDARS = {
    "lines of categories": "New: A, Thursday 10 June, 09:00",
    "sessions": "The programme is too long: 500 sessions at most.",
    "a zone that changes by the second": CANNOT_BE_READ,
    "nesting": CANNOT_BE_READ,
}
"""By what there is too much of, the line that an organiser reads."""


@pytest.mark.timeout(60)
async def test_lists_that_kill_are_refused_in_words(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    for what, name in LISTS.items():
        await ines.command("organiser")
        await ines.press("Import a list")
        await ines.fill(Upload(name, killing(what)))
        await gathering.delivered(ines)
        assert "Nothing can be imported." in ines.text, what


@pytest.mark.timeout(60)
async def test_programmes_that_kill_are_refused_or_soon_read(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    for what, line in CALENDARS.items():
        await ines.command("organiser")
        await ines.pick("Programme")
        await ines.press("Import a programme")
        await ines.fill(Upload("programme.ics", killing(what)))
        await gathering.delivered(ines)
        assert ines.text.splitlines()[1] == line, what


@pytest.mark.parametrize("also_on", ["telegram", "discord"])
async def test_on_telegram_and_discord_too(sqlite_url: str, also_on: str) -> None:
    async with open_gathering(sqlite_url, also_on) as gathering:
        ines = await gathering.organiser(also_on)
        await ines.command("organiser")
        await ines.press("Import a list")
        await ines.fill(Upload("liste.xlsx", killing("a row far away")))
        await gathering.delivered(ines)
        assert "Nothing can be imported." in ines.text


async def test_a_second_file_is_refused_in_words_while_the_first_waits(gathering: Gathering) -> None:
    ines = await gathering.organiser_page()
    for _sent in range(2):
        await ines.command("organiser")
        await ines.press("Import a list")
        await ines.fill(Upload("liste.csv", b"ref;given name;family name;country\nR-7;Noor;Roux;FR\n"))
    assert "Your last request is still waiting its turn" in ines.text
    await gathering.delivered(ines)
    assert "New: 1. Changed: 0." in ines.text
