"""What people do with ideas, wherever they are: the wall, votes, building on, photos, a report, a merge, in French."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO

import pytest
from PIL import Image

from bot.domain.groups import Group
from bot.domain.workshops import PhaseRun
from bot.rehearsal.hands import Chat
from bot.storage import groups
from tests.handlers.grouped import group
from tests.handlers.walled import idea, photo, tally
from tests.handlers.workshops import PHASES, revealed, started
from tests.scenarios.conftest import Stage, open_stage
from tests.scenarios.gestures import wants_to_be_told, words


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES, gathering={"starts": "2027-03-01"}) as stage:
        yield stage


SEEN = (
    ("Le mur", "Idée 1", "2 photos", "Voir les photos", "« Notre feuille »"),
    ("The wall", "Idea 1", "2 photos", "See the photos", "«Notre feuille»"),
    ("Die Wand", "Idee 1", "2 Fotos", "Fotos ansehen", "„Notre feuille“"),
)
"""How an idea with photos reads in French, English and German, from the wall to the photos."""


async def workshop(stage: Stage, *people: str, **others: str) -> tuple[Group, PhaseRun, list[Chat]]:
    """People who read French, and others with their language, in a group that imagines solutions."""
    everyone = {**dict.fromkeys(people, "fr"), **others}
    chats = [await stage.join(name, locale=locale) for name, locale in everyone.items()]
    for each in chats:
        await wants_to_be_told(each)
    made = await group(stage.world, list(everyone))
    return made, await started(stage.world, made, "solutions"), chats


async def at_wall(chat: Chat) -> None:
    await chat.command("phase")
    await chat.press("Le mur")


def sheet() -> bytes:
    """A photo of a paper sheet."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "JPEG")
    return content.getvalue()


async def test_a_wall_is_read_turned_and_an_idea_built_on(stage: Stage) -> None:
    made, run, (zoe, ali) = await workshop(stage, "Zoé", "Ali")
    for place in range(1, 8):
        await idea(stage.world, made, "Zoé", f"Idée *{place}* <b>")
    await revealed(stage.world, run)
    await stage.delivered(zoe, ali)
    await at_wall(ali)
    assert "7 idées, le plus de voix d’abord" in words(ali.text)
    assert "1. Idée *1* <b>\nZoé" in words(ali.text).replace("\n\n", "\n")
    await ali.press("Page suivante")
    assert "6. Idée *6* <b>" in words(ali.text)
    assert "◀ Page précédente" in ali.buttons
    await ali.press("Les plus récentes d’abord")
    assert "1. Idée *7* <b>" in words(ali.text)
    await ali.press("Idée 1")
    await ali.press("Rebondir")
    await ali.fill("La même, avec un jardin")
    await at_wall(ali)
    await ali.press("Les plus récentes d’abord")
    assert "toi · rebondit sur « Idée *7* <b> »" in words(ali.text)


async def test_votes_are_given_among_forty_ideas_and_changed(stage: Stage) -> None:
    made, run, (zoe,) = await workshop(stage, "Zoé")
    for place in range(1, 41):
        await idea(stage.world, made, "Zoé", f"Idée {place:02}")
    await revealed(stage.world, run)
    await stage.delivered(zoe)
    await zoe.command("phase")
    await zoe.press("Voter")
    assert len(zoe.options) == 40
    await zoe.pick("Idée 03", "Idée 07")
    assert await tally(stage.world, made) == {"Idée 03": 1, "Idée 07": 1}
    # A page takes the whole set; elsewhere one is added to what is shown as chosen, in another menu too.
    kept: tuple[str, ...] = ("Idée 03", "Idée 07") if stage.platform == "web" else ()
    await zoe.pick(*kept, "Idée 40")
    assert await tally(stage.world, made) == {"Idée 03": 1, "Idée 07": 1, "Idée 40": 1}
    assert [each for each in zoe.options if each.startswith("✓")] == ["✓ Idée 03", "✓ Idée 07", "✓ Idée 40"]
    kept = ("Idée 03", "Idée 07", "Idée 40") if stage.platform == "web" else ()
    await zoe.pick(*kept, "Idée 39")
    assert len(await tally(stage.world, made)) == 3
    assert len([each for each in zoe.options if each.startswith("✓")]) == 3


async def test_photos_are_seen_below_the_card_in_three_languages(stage: Stage) -> None:
    made, run, chats = await workshop(stage, "Zoé", Ali="en", Eva="de")
    on_paper = await idea(stage.world, made, "Zoé", "Notre feuille")
    for _each in range(2):
        await photo(stage.world, on_paper, sheet())
    await revealed(stage.world, run)
    await stage.delivered(*chats)
    for each, reads in zip(chats, SEEN, strict=True):
        wall, first, photos, see, quoted = reads
        await each.command("phase")
        await each.press(wall)
        await each.press(first)
        assert photos in each.text
        await each.press(see)
        assert quoted in words(each.text)


async def test_a_report_reaches_the_organiser_who_hides_and_undoes(stage: Stage) -> None:
    made, run, (zoe, ali) = await workshop(stage, "Zoé", "Ali")
    ines = await stage.organiser("fr")
    await wants_to_be_told(ines)
    await idea(stage.world, made, "Zoé", "Quelque chose de blessant")
    await revealed(stage.world, run)
    await stage.delivered(zoe, ali, ines)
    before = zoe.pushed
    await at_wall(ali)
    await ali.press("Idée 1")
    await ali.press("Signaler")
    assert "Cette idée pose-t-elle problème ?" in ali.text
    await ali.press("Signaler")
    assert ali.toast == "Merci. L’équipe d’organisation va regarder."
    await stage.delivered(zoe, ines)
    assert "Une idée a été signalée" in ines.pushed[-1]
    assert zoe.pushed == before
    await ines.press("Masquer")
    assert "« Quelque chose de blessant » est masquée" in words(ines.text)
    await at_wall(ali)
    assert "Aucune idée pour l’instant." in ali.text
    await ines.press("Annuler")
    await at_wall(ali)
    assert "1. Quelque chose de blessant" in words(ali.text)


async def test_who_facilitates_makes_two_ideas_one_and_two_again(stage: Stage) -> None:
    made, run, _chats = await workshop(stage, "Zoé")
    ines = await stage.organiser("fr")
    await idea(stage.world, made, "Zoé", "Des vélos pour tous")
    await idea(stage.world, made, "Zoé", "Prêter un vélo à tous")
    await revealed(stage.world, run)
    await stage.world.store.transact(partial(groups.mark_published, number=1, now=stage.world.clock.now()))
    await ines.command("animer")
    await ines.press("Le mur")
    await ines.press("Idée 2")
    await ines.press("Fusionner")
    assert ines.options == ("Des vélos pour tous",)
    await ines.pick("Des vélos")
    assert "« Prêter un vélo à tous » fait maintenant partie de « Des vélos pour tous »" in words(ines.text)
    await ines.press("Annuler")
    await ines.press("Le mur")
    assert "2 idées" in ines.text
