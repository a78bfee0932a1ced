"""Equality in numbers, wherever organisers are, in French: figures of what has ended, and the count in the room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.background.side_process import SideProcess
from bot.rehearsal.chat_driver import Chat
from handlers.equality import store
from tests.drivers.gestures import words
from tests.equality.builders import A_DAY, Seeded, gather, give_ideas
from tests.scenarios.conftest import Stage, open_stage


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, **A_DAY) as stage:
        yield stage


def read(chat: Chat) -> str:
    """What somebody reads, all its spaces ordinary ones, without the blank lines that Telegram has."""
    return words(chat.text).replace("\u202f", " ").replace("\xa0", " ").replace("\n\n", "\n")


async def test_an_organiser_reads_figures_once_a_phase_has_ended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SideProcess, "do", Seeded.do)
    ines = await stage.organiser(locale="fr")
    await give_ideas(stage.world, await gather(stage.world, 40), [1, 3])
    await ines.command("egalite")
    assert read(ines) == (
        "Égalité femmes-hommes, en chiffres\n"
        "Rien à compter pour l’instant. "
        "Les chiffres viennent quand une étape est finie, à partir de 6 femmes et 6 hommes."
    )
    await stage.world.clock.advance(timedelta(minutes=10))
    await ines.command("egalite")
    await stage.delivered(ines)
    assert read(ines) == "Les chiffres sur les femmes et les hommes sont prêts."
    await ines.press("Égalité")
    [step] = await stage.world.read(store.published_steps)
    assert read(ines) == (
        "Égalité femmes-hommes, en chiffres\n"
        "Idées, Comprendre les enjeux : La part des femmes est plus basse que ce que le hasard expliquerait."
    )
    await ines.press("Les chiffres")
    assert read(ines) == (
        "Égalité femmes-hommes, en chiffres\n"
        "40 personnes, dont 50 % de femmes\n"
        f"Idées, Comprendre les enjeux : {step.did} % par des femmes ; le hasard donne {step.low} à {step.high} %\n"
        "La part des femmes est plus basse que ce que le hasard expliquerait.\n"
        "Les parts sont arrondies, pour que personne ne soit reconnaissable."
    )


async def test_who_speaks_is_counted_from_the_room(stage: Stage) -> None:
    ines = await stage.organiser(locale="fr")
    await ines.command("egalite")
    await ines.press("Qui parle dans la salle")
    await ines.press("Commencer à compter")
    for label in ("Homme", "Homme", "Homme", "Homme", "Femme", "?"):
        await ines.press(label)
    assert read(ines) == (
        "Qui parle dans la salle\n"
        "Vu de la salle : femmes 1, hommes 4, ? 1. Une impression, pas un chiffre.\n"
        "Donne maintenant la parole à une personne qu’on n’a pas encore entendue."
    )
    await ines.press("Arrêter et oublier")
    await ines.press("Arrêter et oublier")
    assert read(ines) == "Le comptage est oublié."
