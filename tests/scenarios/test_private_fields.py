"""A private field on every platform, in French: added, answered on a profile, counted; and one about health."""

from __future__ import annotations

from bot.rehearsal.chat_driver import Chat
from tests.drivers.gestures import words
from tests.scenarios.conftest import Stage


async def open_fields(ines: Chat) -> None:
    """Open the list of fields."""
    await ines.command("organiser")
    await ines.press("Personnes")
    await ines.press("Champs privés")


async def open_profile(ines: Chat) -> None:
    """Open Lou's profile."""
    await ines.command("organiser")
    await ines.press("Trouver quelqu’un")
    await ines.fill("Lou")
    await ines.press(ines.buttons[0])


async def test_a_private_field_and_one_about_health(stage: Stage) -> None:
    await stage.join("Lou", locale="fr", birth_year=1999)
    ines = await stage.organiser("fr")
    await open_fields(ines)
    await ines.press("Ajouter un champ")
    await ines.fill("Taille", "choice", "S; M; L")
    assert "Le champ est ajouté." in words(ines.text)
    await open_profile(ines)
    await ines.press("Corriger")
    await ines.fill("Lou", "Roy", "Québec", "1999", "Courriel : lou@example.org\nTaille : m")
    await open_profile(ines)
    assert "Taille : M" in words(ines.text).replace("\xa0", " ")
    assert "lou@example.org" in words(ines.text)
    await open_fields(ines)
    await ines.pick(ines.options[0])
    await ines.pick(ines.options[0])
    assert any("Lou" in button for button in ines.buttons)
    await open_fields(ines)
    await ines.press("Ajouter un champ")
    await ines.fill("Régime", "health", "")
    await ines.press("Je m’en occupe")
    await open_profile(ines)
    await ines.press("Santé")
    await ines.press("Corriger")
    await ines.fill("Régime : sans noix")
    assert "Régime : sans noix" in words(ines.text).replace("\xa0", " ")
    await open_profile(ines)
    assert "sans noix" not in words(ines.text)
