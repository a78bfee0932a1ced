"""Practical information on every platform, in French: found by simply writing, else asked of the team, and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.forms import Upload
from tests.drivers.gestures import wants_to_be_told
from tests.practical.builders import PLACE, WIFI
from tests.scenarios.conftest import Stage, open_stage


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, practical=[PLACE, WIFI]) as stage:
        yield stage


async def test_a_question_finds_its_section_or_goes_to_the_team(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    ines = await stage.organiser("fr")
    await wants_to_be_told(ines)
    await zoe.send("c koi le code wifi")
    assert "Réseau halles, mot de passe à l'accueil." in zoe.text.replace("**", "")
    assert "C’est ce que tu cherches" in zoe.text
    await zoe.press("Oui, merci")
    assert "Réseau halles" in zoe.text.replace("**", "")
    assert "Oui, merci" not in zoe.buttons
    await zoe.send("quel metro pour venir ?")
    assert "Riquet" in zoe.text
    await zoe.press("Non, demander")
    assert zoe.text == "L’équipe a reçu ta question. La réponse t’arrivera ici."
    await stage.delivered(ines)
    assert [told for told in ines.pushed if "quel metro pour venir\u00a0?" in told]


async def test_the_team_changes_a_section_and_readers_are_told(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    ines = await stage.organiser("fr")
    await zoe.command("infos")
    await zoe.press("Wifi")
    await ines.command("infos")
    await ines.press("Modifier les rubriques")
    await ines.press("Wifi")
    await ines.press("Réécrire\u00a0: français")
    await ines.fill("Réseau ruche, sans mot de passe.")
    assert "Voici comment on le lira en français" in ines.text
    assert "1 personne qui l’a lue ces 24 dernières heures sera prévenue." in ines.text
    await ines.press("Publier")
    await stage.delivered(zoe)
    assert [told for told in zoe.pushed if "a changé" in told]
    await ines.press("Toutes les rubriques")
    await ines.press("Importer des textes")
    file = Upload("wifi.de.md", b"# WLAN\nNetz ruche")
    await ines.fill(file)
    assert "Modifiée\u00a0: Wifi" in ines.text
    await ines.press("Importer")
    await zoe.command("infos")
    await zoe.press("Adresse")
    assert "6, rue des Halles, Paris" in zoe.text
    assert ("Sur la carte" in zoe.buttons) == (stage.platform != "telegram"), "there it is a venue"
