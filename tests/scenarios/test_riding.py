"""A ride on every platform, in French: offered, asked for, given and cancelled, each told what they wait for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.drivers.gestures import words
from tests.scenarios.conftest import Stage, open_stage


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, rides={}) as stage:
        yield stage


async def test_a_ride_from_its_offer_to_its_end(stage: Stage) -> None:
    lou, max_ = await stage.join("Lou", locale="fr"), await stage.join("Max", locale="fr")
    await lou.command("covoiturage")
    await lou.press("Proposer un trajet")
    await lou.fill("there", "Lyon", "10 juin 8h", "1")
    assert "1 place libre" in words(lou.text)
    await max_.command("covoiturage")
    await max_.pick(max_.options[0])
    await max_.press("Demander une place")
    await stage.delivered(lou)
    assert "Max demande une place dans ta voiture" in words(lou.text)
    await lou.press("Accepter Max")
    assert "Lou et Max" in words(lou.text)
    await stage.delivered(max_)
    assert "Lou a une place pour toi" in words(max_.text)
    await lou.press("Annuler le trajet")
    await lou.press("Oui, l’annuler")
    await stage.delivered(max_)
    assert "est annulé. Cherches-en un autre." in words(max_.text)
