"""The programme on every platform: read, imported as a file, moved in chat, and told to those it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.content.forms import Upload
from bot.rehearsal.chat_driver_telegram import TelegramChat
from tests.drivers.gestures import wants_to_be_told
from tests.programme.builders import LUNCH, OPENING, PLENARY, WORKSHOP
from tests.scenarios.conftest import Stage, open_stage

OPENING_DAY = datetime(2027, 6, 10, 7, 20, tzinfo=UTC)  # 9:20 in Paris
CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//y\r
BEGIN:VEVENT\r
UID:visit\r
SUMMARY:Visit of the Halles\r
LOCATION:Halles civiques\r
DTSTART;TZID=Europe/Paris:20270611T150000\r
DTEND;TZID=Europe/Paris:20270611T170000\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, sessions=[OPENING, WORKSHOP, LUNCH, PLENARY]) as stage:
        yield stage


async def test_now_a_day_and_ones_own_as_a_file(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await stage.world.clock.advance(OPENING_DAY - stage.world.clock.now())
    await zoe.command("programme")
    assert "Now · " in zoe.text
    assert "Opening, Room A" in zoe.text
    assert "Workshop (Culture)" in zoe.text
    assert "Lunch, Cour" in zoe.text
    await zoe.press("Add to my calendar")
    assert zoe.file
    assert b"SUMMARY:Opening" in zoe.file.content
    assert b"SUMMARY:Workshop" not in zoe.file.content


async def test_a_moved_session_reaches_those_it_is_for(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    await wants_to_be_told(zoe)
    ines = await stage.organiser()
    await ines.command("organiser")
    await ines.press("Programme")
    await ines.pick("09:00 Opening")
    await ines.press("Move")
    await ines.fill("9h30", "")
    await ines.press("Move")
    assert "1 person is told." in ines.text
    await stage.delivered(zoe)
    [told] = zoe.pushed
    assert "A change in the programme." in told
    assert "→ 09:30" in told


async def test_a_calendar_is_imported_from_chat(stage: Stage) -> None:
    zoe = await stage.join("Zoé")
    ines = await stage.organiser()
    await ines.command("organiser")
    await ines.press("Programme")
    await ines.press("Import a programme")
    await ines.fill(Upload("programme.ics", CALENDAR))
    await stage.delivered(ines)
    assert "Sessions: 1 new, 0 changed, 0 as before." in ines.text
    await ines.press("Import")
    await zoe.command("programme")
    await zoe.press("Fri 11")
    assert "Visit of the Halles, Halles civiques" in zoe.text


async def test_an_answered_question_offers_nothing_more(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await zoe.command("programme")
    await zoe.press("Chercher")
    await stage.delivered()  # it is noted where the question stands
    await zoe.fill("nulle part")
    await stage.delivered(zoe)
    assert "Programme" in zoe.buttons
    if isinstance(zoe, TelegramChat):  # where questions are messages
        shown = {seen.message.id: seen for seen in zoe.user.chat.shown}
        assert "Annuler" not in str([seen.rows for seen in shown.values()])
        assert any("Un mot du titre" in seen.text for seen in shown.values())
