"""What people do with ideas, wherever they are: the wall, votes, building on, photos, a report, a merge, in French."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO

import pytest
from PIL import Image

from bot.rehearsal.chat_driver import Chat
from bot.rehearsal.chat_driver_web import WebChat
from handlers.groups.model import Group
from handlers.groups.store.rounds import mark_round_published
from handlers.workshops.model import PhaseRun
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import group
from tests.ideas.builders import idea, ideas_of, photo, tally
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, revealed, started


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES, gathering={"starts": "2027-03-01"}) as stage:
        yield stage


SEEN = (
    ("Le mur", "2 photos", "Voir les photos", "« Notre feuille »"),
    ("The wall", "2 photos", "See the photos", "“Notre feuille”"),
    ("Die Pinnwand", "2 Fotos", "Fotos ansehen", "„Notre feuille“"),
)
"""How an idea with photos reads in French, English and German, from the wall to the photos."""


async def workshop(stage: Stage, *people: str, **others: str) -> tuple[Group, PhaseRun, list[Chat]]:
    """People who read French, and others with their language, in a group that imagines solutions."""
    everyone = {**dict.fromkeys(people, "fr"), **others}
    chats = [await stage.join(name, locale=locale) for name, locale in everyone.items()]
    for chat in chats:
        await wants_to_be_told(chat)
    made = await group(stage.world, list(everyone))
    return made, await started(stage.world, made, "solutions"), chats


def asked(chat: Chat) -> str:
    """What stands above the question that is open."""
    return words(chat.sheet.text if isinstance(chat, WebChat) and chat.sheet else chat.text)


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
    for place in range(1, 13):
        await idea(stage.world, made, "Zoé", f"Idée *{place}* <b>")
    await revealed(stage.world, run)
    await stage.delivered(zoe, ali)
    await at_wall(ali)
    assert "12 idées, les plus récentes d’abord" in words(ali.text)
    assert "Vote pour voir les résultats." in words(ali.text)
    assert ali.options == tuple(f"Idée *{place}* <b>" for place in range(12, 2, -1))
    assert "Idée *12* <b>\nZoé" in words(ali.text)
    await ali.press("Page suivante")
    assert ali.options == ("Idée *2* <b>", "Idée *1* <b>")
    assert "◀ Page précédente" in ali.buttons
    await ali.pick("Idée *2*")
    await ali.press("Rebondir")
    assert "Tu rebondis sur «\u00a0Idée *2* <b>\u00a0» (Zoé)." in asked(ali)
    await ali.fill("La même, avec un jardin")
    await at_wall(ali)
    assert "La même, avec un jardin\nla tienne · rebondit sur «\u00a0Idée *2* <b>\u00a0»" in words(ali.text)


async def test_votes_are_given_ten_ideas_a_page_and_changed(stage: Stage) -> None:
    made, run, (zoe,) = await workshop(stage, "Zoé")
    for place in range(1, 13):
        await idea(stage.world, made, "Zoé", f"Idée {place:02}")
    await revealed(stage.world, run)
    await stage.delivered(zoe)
    await zoe.command("phase")
    assert len(zoe.options) == 10
    await zoe.pick("3. Idée 03", "7. Idée 07")
    assert await tally(stage.world, made) == {"Idée 03": 1, "Idée 07": 1}
    assert [option for option in zoe.options if option.startswith("✓")] == ["✓ 3. Idée 03", "✓ 7. Idée 07"]
    if stage.platform != "web":  # where boxes are ticked
        assert [line for line in words(zoe.text).splitlines() if "✓" in line] == ["✓ 3. Idée 03", "✓ 7. Idée 07"]
        assert sum(line.startswith("la tienne") for line in words(zoe.text).splitlines()) == 10
    await zoe.press("Page suivante")
    await zoe.pick("12. Idée 12")
    assert await tally(stage.world, made) == {"Idée 03": 1, "Idée 07": 1, "Idée 12": 1}
    await zoe.press("Le mur")
    assert "Idée 03\nla tienne · 1 voix · ✓\xa0ton vote" in words(zoe.text)


async def test_photos_are_seen_below_the_card_in_three_languages(stage: Stage) -> None:
    made, run, chats = await workshop(stage, "Zoé", Ali="en", Eva="de")
    on_paper = await idea(stage.world, made, "Zoé", "Notre feuille")
    for _each in range(2):
        await photo(stage.world, on_paper, sheet())
    await revealed(stage.world, run)
    await stage.delivered(*chats)
    for each, reads in zip(chats, SEEN, strict=True):
        wall, photos, see, quoted = reads
        await each.command("phase")
        await each.press(wall)
        await each.pick("Notre feuille")
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
    await ali.pick("Quelque chose")
    await ali.press("Signaler")
    assert "Signaler cette idée ?" in ali.text
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
    assert "Quelque chose de blessant" in str(ali.options)


async def test_who_facilitates_makes_two_ideas_one_and_two_again(stage: Stage) -> None:
    made, run, _chats = await workshop(stage, "Zoé")
    ines = await stage.organiser("fr")
    await idea(stage.world, made, "Zoé", "Des vélos pour tous")
    await idea(stage.world, made, "Zoé", "Prêter un vélo à tous")
    await revealed(stage.world, run)
    await stage.world.store.transact(partial(mark_round_published, number=1, now=stage.world.clock.now()))
    await ines.command("animer")
    await ines.press("Le mur")
    await ines.pick("Prêter un vélo")
    await ines.press("Fusionner")
    assert ines.options == ("Des vélos pour tous",)
    await ines.pick("Des vélos")
    assert "« Prêter un vélo à tous » fait maintenant partie de « Des vélos pour tous »" in words(ines.text)
    await ines.press("Annuler")
    await ines.press("Le mur")
    assert "2 idées" in ines.text


async def test_what_an_idea_is_is_a_button_on_its_card(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    await started(stage.world, await group(stage.world, ["Zoé"]))
    await stage.delivered(zoe)
    await zoe.send("La moitié des villages n’ont pas de cinéma")
    assert "Noté comme constat." in words(zoe.text)
    assert zoe.options == ("Un besoin", "Ça existe")
    await zoe.pick("Ça existe")
    assert "Noté : ça existe déjà." in words(zoe.text)
    assert zoe.options == ("Un constat", "Un besoin")
    assert [idea.category for idea in await ideas_of(stage.world, "Zoé", "stakes")] == ["scheme"]
