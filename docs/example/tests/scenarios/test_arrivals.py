"""An arrival on every platform: announced, read by the team, taken back."""

from __future__ import annotations

from tests.scenarios.conftest import Stage


async def test_an_arrival_is_read_by_the_team_until_it_is_taken_back(stage: Stage) -> None:
    zoe, ines = await stage.join("Zoé"), await stage.organiser()
    await zoe.command("arrivee")
    await zoe.press("Announce my arrival")
    await zoe.fill("10 June 14:05", "Gare du Nord")
    assert "Your arrival: Thursday 10 June, 14:05, Gare du Nord" in zoe.text
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Arrivals")
    assert "1 arrival to come." in ines.text
    assert "Gare du Nord" in ines.text
    await zoe.press("Take my arrival back")
    assert "Taken back." in zoe.text
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Arrivals")
    assert "0 arrivals to come." in ines.text
