"""Two people from card to contact, in three languages: shown, seated, two yes, the file, and the closing message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from bot.rehearsal.chat_driver import Chat
from handlers.initiatives.schedule import AT
from handlers.programme.model import Plan
from handlers.programme.store import add_session
from tests.drivers.gestures import wants_to_be_told, words
from tests.scenarios.conftest import Stage, open_stage
from tests.world import CAPABLE

WORDS = {
    "fr": (
        "Présenter mon initiative",
        "Oui, montrer",
        "Garder le contact",
        "Mes coordonnées",
        "Tu rentres avec 1 contact.",
    ),
    "en": (
        "Present my initiative",
        "Yes, show it",
        "Keep in touch",
        "My contact details",
        "You go home with 1 contact.",
    ),
    "de": (
        "Initiative vorstellen",
        "Ja, zeigen",
        "In Kontakt bleiben",
        "Meine Kontaktdaten",
        "Du fährst mit 1 Kontakt nach Hause.",
    ),
}
"""What is pressed and read in each language, in this order."""


@pytest.fixture
async def stage(platform_and_url: tuple[str, str]) -> AsyncIterator[Stage]:
    async with open_stage(*platform_and_url, initiatives={}, encounters={"seatings": 1}) as stage:
        yield stage


async def tick(stage: Stage) -> None:
    """What a program that has just started does with what is due."""
    world = stage.world
    await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()


async def show_card(chat: Chat, locale: str, mail: str) -> None:
    """Write a card, show it, and give a mail address."""
    write, yes, _keep, give, _home = WORDS[locale]
    await chat.command("initiative")
    await chat.press(write)
    await chat.fill("Atelier", "", "", "")
    await chat.command("initiative")
    await chat.press(yes)
    await chat.press(give)
    await chat.fill(mail, "", "")


@pytest.mark.parametrize("locales", [("fr", "en"), ("de", "fr")], ids="-".join)
async def test_two_yes_at_a_table_make_a_contact_that_is_saved_and_counted(
    stage: Stage, locales: tuple[str, str]
) -> None:
    world = stage.world
    people = [await stage.join(name, locale=locale) for name, locale in zip(("Awa", "Lou"), locales, strict=True)]
    for chat, locale, mail in zip(people, locales, ("awa@sn.example", "lou@qc.example"), strict=True):
        await wants_to_be_told(chat)
        await show_card(chat, locale, mail)
    now = world.clock.now()
    title = dict.fromkeys(("fr", "en", "de"), "Cafés")
    await world.change(add_session, Plan("coffee", title, now, now + timedelta(minutes=10), "Europe/Paris"))
    ines = await stage.organiser()
    await ines.command("cafes")
    await ines.pick(ines.options[0])
    await ines.press("Plan the tables")
    await stage.delivered(ines)
    await ines.command("cafes")
    await ines.press("Begin")
    await ines.press("Yes, begin")
    await stage.delivered(*people)
    for chat, locale in zip(people, locales, strict=True):
        await chat.press(WORDS[locale][2])
    await world.clock.advance(timedelta(minutes=10))
    await tick(stage)
    await stage.delivered(*people)
    for chat, mail in zip(people, ("lou@qc.example", "awa@sn.example"), strict=True):
        await chat.command("contacts")
        await chat.pick(chat.options[0])
        assert mail in chat.text
        await chat.press(next(label for label in chat.buttons if ".vcf" in label))
        assert chat.file is not None
        assert f"EMAIL:{mail}" in chat.file.content.decode()
    gathering = world.settings.gathering
    await world.clock.advance(gathering.instant(datetime.combine(gathering.ends, AT)) - world.clock.now())
    await tick(stage)
    await stage.delivered(*people)
    for chat, locale in zip(people, locales, strict=True):
        assert [words(WORDS[locale][4]) in words(said) for said in chat.pushed].count(True) == 1
