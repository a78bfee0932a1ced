"""A phase as someone lives it in French, wherever they are: told, ideas, a photo, the wall, votes, the end."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from functools import partial
from typing import cast

import pytest
from PIL import Image

from bot.content.forms import Upload
from bot.rehearsal.chat_driver import ChatDriver
from bot.rehearsal.chat_driver_telegram import TelegramChat
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.expected_messages import read_plainly
from handlers.ideas.store.files import files_of_idea
from handlers.workshops.actions import Vote
from tests.drivers.gestures import words
from tests.groups.builders import group
from tests.ideas.builders import ideas_of
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, ended, revealed, started


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES) as stage:
        yield stage


VIDEO = Upload("photo.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64)
"""A video, whatever its name."""


def sheet() -> Upload:
    """A photo of a paper sheet."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (250, 250, 240)).save(drawn, "JPEG")
    return Upload("sheet.jpg", drawn.getvalue(), picture=True, media_type="image/jpeg")


async def says(stage: Stage, chat: ChatDriver, text: str) -> None:
    """Give an idea as one does there: written in the chat, or in the form."""
    if stage.platform == "discord":
        await chat.command("phase")
        await chat.press("Donner une idée")
        await chat.fill(text)
    else:
        await chat.send(text)


async def changes(chat: ChatDriver, before: str, after: str) -> None:
    """Change an idea as one does there: the message itself, or one's list of ideas."""
    if isinstance(chat, TelegramChat):
        await chat.rewrite(before, after)
        return
    await chat.command("phase")
    await chat.act("wm")
    await chat.pick(before)
    await chat.press("Modifier")
    await chat.fill(after)


async def shows(chat: ChatDriver, photo: Upload, line: str) -> None:
    """Give a photo as one does there: sent in the chat, or in the form."""
    if isinstance(chat, WebChat):
        await chat.command("phase")
        await chat.press("Donner une idée")
        assert chat.sheet is not None
        await chat.post(chat.sheet, {"answer-idea": "", "answer-idea.files": [VIDEO]})
        assert chat.text.endswith("c’est une vidéo. Envoie une photo, ou dis avec des mots ce qu’elle montre.")
        await chat.command("phase")
        await chat.press("Donner une idée")
        assert chat.sheet is not None
        await chat.post(chat.sheet, {"answer-idea": "", "answer-idea.files": [photo]})
        mine = [message for message in chat.messages if "person" in message["class"].split()][-1]
        assert [row["alt"] for row in mine.all("img")] == ["Ta photo"]
        assert photo.name not in mine.text
    else:
        await chat.give(VIDEO)
        assert words(chat.text).startswith("Je n’ai pas gardé")
        assert "c’est une vidéo. Envoie une photo" in chat.text
        await chat.give(photo)
    assert "Ta photo est gardée. Que montre-t-elle ? Écris une ligne." in chat.text
    await chat.send(line)


async def test_a_phase_from_its_beginning_to_its_end(stage: Stage) -> None:
    zoe, ali = [cast("ChatDriver", await stage.join(name, locale="fr")) for name in ("Zoé", "Ali")]
    for each in (zoe, ali):
        await each.command("moi")
        if "Me prévenir en privé" in each.buttons:
            await each.press("Me prévenir en privé")
    run = await started(stage.world, await group(stage.world, ["Zoé", "Ali"]), "solutions")
    await stage.delivered(zoe, ali)
    told = words(zoe.pushed[-1])
    assert "Imaginer des solutions" in told
    assert "Consigne : Imaginer des solutions" in told
    assert "Exemple : Imaginer des solutions" in told

    await says(stage, zoe, "Une cuisine partagée")
    echoed = stage.platform == "discord"  # whose form leaves nothing in the chat
    assert words(zoe.text) == ("1 idée : « Une cuisine partagée »" if echoed else "Ton idée est notée.")
    assert [*zoe.buttons][-3:] == ["Ce n’est pas une idée", "Modifier", "Sans mon nom"]
    await says(stage, zoe, "Une bibliothèque de nuit")
    assert words(zoe.text) == "2 idées, la dernière : « Une bibliothèque de nuit »"
    await changes(zoe, "Une cuisine partagée", "Une cuisine partagée par quartier")
    await shows(zoe, sheet(), "Le plan de la cuisine")
    given = await ideas_of(stage.world, "Zoé")
    assert [idea.text for idea in given] == [
        "Une cuisine partagée par quartier",
        "Une bibliothèque de nuit",
        "Le plan de la cuisine",
    ]
    [photo] = await stage.world.store.read(partial(files_of_idea, idea_id=given[2].id))
    assert photo.size == len(sheet().content)

    for said, shown in (
        ("Programme", "Le programme n’est pas encore prêt."),
        ("on va où ?", "Le programme n’est pas encore prêt."),
        ("Mon groupe !", "Innovation pédagogique 1"),
        ("Merci beaucoup !", "Avec plaisir"),
    ):
        await zoe.send(said)
        assert shown in words(zoe.text)
    await zoe.send("Une cuisine partagée ?")
    assert "Je n’ai encore rien noté. Qu’est-ce que j’en fais" in zoe.text
    assert [*zoe.buttons] == ["C’est une idée", "Écrire à l’équipe", "Rien, oublie"]
    await zoe.press("Rien, oublie")
    await zoe.send("Une bibliothèque ouverte la nuit, non ?")
    await zoe.press("C’est une idée")
    assert words(zoe.text) == "4 idées, la dernière : « Une bibliothèque ouverte la nuit, non\u00a0? »"
    given = await ideas_of(stage.world, "Zoé")
    assert [idea.text for idea in given[3:]] == ["Une bibliothèque ouverte la nuit, non ?"]

    await revealed(stage.world, run)
    await stage.delivered(zoe, ali)
    await ali.command("phase")
    await ali.press("Le mur")
    for idea in given:
        assert idea.text.replace(" ?", "\u00a0?") in words(ali.text)
    assert "Zoé" in words(ali.text)
    await ali.command("phase")
    await ali.pick("1. Une cuisine")
    await ali.press("Le mur")
    assert "1 voix" in words(ali.text)

    await ended(stage.world, run)
    await stage.delivered(zoe, ali)
    sent = [each for each in zoe.received if not each.asked]
    [card] = [each for each in sent if "Consigne : Imaginer des solutions" in words(each.first)]
    assert read_plainly(card.text).startswith("Imaginer des solutions : cette phase est terminée. Merci !")
    assert not zoe.offers(Vote(run.id).encode())
    await zoe.send("Un bus de nuit")
    assert zoe.text == "Cette phase est terminée. Ton texte est gardé."
    await zoe.press("Envoyer à l’animation")
    assert "C’est envoyé. L’animation décidera si ton idée va quand même sur le mur." in zoe.text
