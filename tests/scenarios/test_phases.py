"""A phase from the start to the end, wherever the facilitator and the members are, as they read it in French."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import cast

import pytest

from bot.background.scheduling import Ticker
from bot.rehearsal.chat_driver import Chat, ChatDriver
from bot.rehearsal.chat_driver_discord import DiscordChat
from bot.rehearsal.chat_driver_web import WebChat
from bot.rehearsal.expected_messages import read_plainly
from handlers.groups.store.rounds import mark_round_published
from handlers.workshops.schedule import PhaseClock
from handlers.workshops.settings import WorkshopSettings
from tests.drivers.gestures import wants_to_be_told, words
from tests.groups.builders import group
from tests.scenarios.conftest import Stage, open_stage
from tests.workshops.builders import PHASES, started


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, phases=PHASES, gathering={"starts": "2027-03-01"}) as stage:
        yield stage


BEGINNINGS = {
    "fr": ("Consigne : Comprendre les enjeux", "Par exemple : Exemple : Comprendre les enjeux", "Donner une idée"),
    "en": ("Instruction: Understand the stakes", "For example: Such as Understand the stakes", "Give an idea"),
    "de": ("Aufgabe: Die Lage verstehen", "Zum Beispiel: Etwa Die Lage verstehen", "Idee schreiben"),
}
"""How a phase begins: the instruction, the example, the first thing to do."""


async def passes(stage: Stage, *, minutes: float) -> None:
    """Time goes by, and what is due is told."""
    await stage.world.clock.advance(timedelta(minutes=minutes))
    phases = PhaseClock(stage.world.settings.of(WorkshopSettings).votes)
    await Ticker(stage.world.store, stage.world.clock, (phases,)).look()


def standing(chat: Chat) -> list[str]:
    """Every message of the bot's in a chat as it reads now."""
    return [each.text for each in cast("ChatDriver", chat).received]


async def test_from_the_start_to_the_end(stage: Stage) -> None:
    zoe, ali = [await stage.join(name, locale="fr") for name in ("Zoé", "Ali")]
    for each in (zoe, ali):
        await wants_to_be_told(each)
    await group(stage.world, ["Zoé", "Ali"])
    await stage.world.store.transact(partial(mark_round_published, number=1, now=stage.world.clock.now()))
    ines = await stage.organiser("fr")

    await ines.command("animer")
    await ines.press("Démarrer : Comprendre les enjeux")
    assert "Le pointage n’est pas fait." in ines.text
    await ines.press("Démarrer dans 1 groupe")
    assert "Comprendre les enjeux : c’est parti dans 1 groupe." in words(ines.text)
    await stage.delivered(zoe, ali)
    for each in (zoe, ali):
        assert "Consigne : Comprendre les enjeux" in each.pushed[-1]

    await zoe.command("phase")
    assert "Par exemple : Exemple : Comprendre les enjeux" in zoe.text
    assert {"Donner une idée", "Appeler l’animation"} <= set(zoe.buttons)

    await ines.press("+5\N{NO-BREAK SPACE}min")
    await stage.delivered(zoe)
    assert any("à 10 h 45" in read_plainly(text) for text in standing(zoe)), "the card of the phase shows it"
    await ines.press("Annuler")
    await stage.delivered(zoe)
    assert not any("à 10 h 45" in read_plainly(text) for text in standing(zoe))

    await passes(stage, minutes=35)
    await stage.delivered(zoe)
    assert "Te reste-t-il quelque chose à partager ?" in zoe.pushed[-1]

    await ines.press("Revenir à la phase")
    await ines.press("Pause")
    await stage.delivered(ali)
    assert any("pause, puis encore 5 minutes" in read_plainly(text) for text in standing(ali))
    await passes(stage, minutes=20)
    await ines.press("Reprendre")
    await passes(stage, minutes=5)
    await stage.delivered(zoe, ali)
    for each in (zoe, ali):
        [card] = [text for text in standing(each) if "cette phase est terminée. Merci" in read_plainly(text)]
        assert "Ensuite : Formuler un défi." in read_plainly(card)
    await ines.press("Terminer la phase")
    assert "Cela a changé entre-temps" in ines.text


async def for_civictech(stage: Stage, chat: Chat) -> None:
    """Choose the group of CivicTech; on the page without sending that first, as people do."""
    if isinstance(chat, WebChat):
        assert "Démarrer dans 2 groupes" in chat.buttons
        await chat.tick("CivicTech 1")
        await chat.press("Démarrer dans 2 groupes")
    else:
        await chat.pick("CivicTech 1")
        await chat.press("Démarrer dans 1 groupe")


async def test_a_theme_is_started_and_that_is_taken_back(stage: Stage) -> None:
    zoe, ali = [await stage.join(name, locale="fr") for name in ("Zoé", "Ali")]
    for each in (zoe, ali):
        await wants_to_be_told(each)
    await group(stage.world, ["Zoé"])
    await group(stage.world, ["Ali"], theme="civic")
    await stage.world.store.transact(partial(mark_round_published, number=1, now=stage.world.clock.now()))
    ines = await stage.organiser("fr")
    await ines.command("animer")
    await ines.press("Démarrer : Comprendre les enjeux")
    await for_civictech(stage, ines)
    assert "Comprendre les enjeux : c’est parti dans 1 groupe." in words(ines.text)
    await stage.delivered(zoe, ali)
    assert not any("Consigne" in each for each in zoe.pushed)
    assert "Consigne : Comprendre les enjeux" in ali.pushed[-1]
    messages = len(ali.pushed)
    await ali.send("Un bus qui est une bibliothèque")
    await ines.press("Annuler ce changement")
    assert "Annulé : Démarrage : Comprendre les enjeux, CivicTech 1" in words(ines.text)
    await stage.delivered(ali)
    assert "Fausse alerte\u00a0: Comprendre les enjeux commencera plus tard." in [
        line for message in (*ali.pushed, ali.text) for line in message.splitlines()
    ]
    assert not any("Consigne" in each for each in (*ali.pushed, ali.text))
    assert len(ali.pushed) <= messages
    await ines.press("Démarrer une phase")
    await ines.press("Démarrer dans 1 groupe")
    await stage.delivered(ali)
    await ali.command("phase")
    await ali.press("Mon idée")
    assert "Un bus qui est une bibliothèque" in ali.text


async def test_each_member_is_told_in_their_language(stage: Stage) -> None:
    names = {"Zoé": "fr", "Ali": "en", "Eva": "de"}
    chats = {locale: await stage.join(name, locale=locale) for name, locale in names.items()}
    for each in chats.values():
        await wants_to_be_told(each)
    await started(stage.world, await group(stage.world, list(names)))
    await stage.delivered(*chats.values())
    for locale, each in chats.items():
        instruction, example, first = BEGINNINGS[locale]
        assert instruction in each.pushed[-1]
        assert example in each.pushed[-1]
        await each.command("phase")
        assert each.buttons[0] == first


async def test_a_call_for_help_leaves_the_card_and_loses_its_button_once_help_is_over(stage: Stage) -> None:
    zoe = await stage.join("Zoé", locale="fr")
    await wants_to_be_told(zoe)
    await started(stage.world, await group(stage.world, ["Zoé"]))
    await stage.world.store.transact(partial(mark_round_published, number=1, now=stage.world.clock.now()))
    ines = await stage.organiser("fr")
    await zoe.command("phase")
    await zoe.press("Appeler l’animation")
    assert "Plus besoin d’aide" in " ".join(zoe.buttons)
    if isinstance(zoe, DiscordChat):
        return  # what is shown to her alone there is not listed
    assert any("Consigne : Comprendre les enjeux" in read_plainly(text) for text in standing(zoe))
    await stage.delivered(ines)
    await ines.press("J’y vais")
    await ines.press("C’est fait")
    await stage.delivered(zoe)
    assert any("Cet appel est terminé." in text for text in standing(zoe))
    assert not any("prévenue" in text for text in standing(zoe))
