"""What a group keeps of its phases, wherever its members are, in French: written, commented, in halves, drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.rehearsal.chat_driver import Chat
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import group
from tests.participants import number
from tests.results.builders import write_down
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, started


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


MISSING = (
    ("Our solution", "Still missing: Measure of success"),
    ("Unsere Lösung", "Es fehlt noch: Woran man Erfolg misst"),
)
"""What opens the canvas and what it lacks, in English and German."""


async def group_in(stage: Stage, phase: str, **others: str) -> list[Chat]:
    """Zoé and Ali, who read French, and others with their language, in one group, in a phase."""
    also = {"Ali": "fr", **others}
    chats = [await stage.join("Zoé", locale="fr")]
    chats += [await stage.join(name, territory="FR", locale=locale) for name, locale in also.items()]
    for chat in chats:
        await wants_to_be_told(chat)
    await started(stage.world, await group(stage.world, ["Zoé", *also]), phase)
    await stage.delivered(*chats)
    for chat in chats:
        await chat.command("phase")
    return chats


async def test_one_writes_the_other_reads_comments_and_approves(stage: Stage) -> None:
    zoe, ali = await group_in(stage, "stakes")
    await zoe.press("Ce que nous retenons")
    await zoe.press("J’écris")
    await zoe.press("Écrire")
    await zoe.fill("Les écoles ferment à seize heures.\nPersonne ne paie la soirée.")
    assert "C’est enregistré. Ton groupe est prévenu." in zoe.text
    await stage.delivered(ali)
    assert "Zoé a écrit le texte. Lis-le, puis approuve ou commente." in words(ali.pushed[-1])
    await ali.command("phase")
    await ali.press("Ce que nous retenons")
    assert "Personne ne paie la soirée." in words(ali.text)
    await ali.press("Commenter")
    await ali.fill("Précise quelles écoles.")
    await stage.delivered(zoe)
    assert "Ali commente : Précise quelles écoles." in words(zoe.pushed[-1])
    await zoe.command("phase")
    await zoe.press("Ce que nous retenons")
    await zoe.press("Modifier")
    await zoe.fill("Les lycées ferment à seize heures.")
    await ali.command("phase")
    await ali.press("Ce que nous retenons")
    assert "Les lycées ferment à seize heures." in words(ali.text)
    await ali.press("J’approuve")
    assert "2 personnes sur 2 approuvent" in ali.text


async def test_a_canvas_is_filled_in_by_two_and_each_reads_what_is_missing(stage: Stage) -> None:
    zoe, ali, *others = await group_in(stage, "solutions", Max="en", Eva="de")
    await zoe.press("Notre solution")
    await zoe.press("Pour qui, quoi, comment")
    await zoe.fill("Les enfants", "Des livres", "En bus")
    assert "Il manque encore : Avec qui, Premier pas et Mesure de réussite" in words(zoe.text)
    await ali.press("Notre solution")
    await ali.press("Avec qui, premier pas, mesure")
    await ali.fill("La bibliothèque", "Trouver un bus", "")
    assert "Des livres" in words(ali.text)
    assert "Il manque encore : Mesure de réussite" in words(ali.text)
    for each, (label, missing) in zip(others, MISSING, strict=True):
        await each.press(label)
        assert "Des livres" in words(each.text)
        assert missing in words(each.text)


async def test_everyone_writes_their_own_country_and_the_grid_is_drawn(stage: Stage) -> None:
    zoe, ali = await group_in(stage, "territories")
    await zoe.press("Mon territoire")
    await zoe.press("Écrire ma fiche")
    await zoe.fill("Cégeps", "L’argent", "La loi", "OFQJ")
    assert "C’est enregistré. Ta fiche est dans la grille de ton groupe." in zoe.text
    await ali.press("Nos territoires")
    assert "Existe déjà : Cégeps" in words(ali.text)
    empty = "Existe déjà, Bloque, Doit changer et Qui la porte"
    assert f"Cases vides : {empty}" in words(ali.text)
    await ali.press("Voir en image")
    await stage.delivered(ali)
    assert "Les territoires en images." in ali.pushed[-1]
    await ali.send("Nos cafés ferment à dix-huit heures")
    assert "Ça va dans quelle case" in words(ali.text)
    await ali.pick("Bloque")
    assert "Bloque\u00a0: Nos cafés ferment à dix-huit heures" in words(ali.text)


async def test_what_a_group_proposes_comes_as_slides_and_as_a_picture_for_a_screen(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    its_group = await group(stage.world, ["Zoé"])
    await started(stage.world, its_group, "solutions")
    solution = {"idea": "Une cuisine partagée"}
    await stage.world.change(write_down, its_group.id, "solutions", await number(stage.world, "Zoé"), solution)
    await zoe.command("diapos")
    await zoe.press("Recevoir le fichier")
    await stage.delivered(zoe)
    name = "innovation-pedagogique-groupe-1"
    picture = [] if stage.platform == "web" else [f"{name}.png"]  # on the page it is shown, not handed over
    assert sorted(str(file.name) for file in zoe.files) == [*picture, f"{name}.pptx"]
