"""Texts of the example are born unconfirmed: organisers see them, confirm them one by one or rewrite them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.config.example import example_values
from handlers.practical import store
from handlers.practical.checking import check
from handlers.practical.seeding import SEED
from tests.engines import on_one_engine
from tests.practical.builders import PLACE
from tests.world import make_settings, open_world

SECTIONS: dict[str, Any] = {section["key"]: section for section in example_values()["practical"]}
WIFI, LOST = SECTIONS["wifi"], SECTIONS["lost"]
IN_ENGLISH = WIFI["text"]["en"]
NOT_YET = "Only an example, shown to nobody yet. Is it true of your gathering? If not, rewrite it."


def with_sections(*sections: dict[str, Any], **gathering: Any) -> Any:
    return make_settings(organisers={"telegram": [900]}, practical=list(sections), gathering=gathering)


@on_one_engine
async def test_the_examples_texts_are_for_organisers_alone_until_these_confirm_them(store_url: str) -> None:
    async with open_world(store_url, with_sections(WIFI, LOST)) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await zoe.command("infos")
        assert zoe.text == "There is no practical information yet."
        await zoe.follow("zs-wifi")
        assert zoe.text == "This section is no longer in the practical information."
        await ines.command("infos")
        assert ines.text == "There is no practical information yet."
        await ines.press("Edit the sections")
        assert "Only an example, shown to nobody until one of you confirms it: Wifi and Lost and found" in ines.text
        assert "A poster for the doors" not in ines.buttons
        await ines.press("Read them")
        assert IN_ENGLISH in ines.text
        assert WIFI["text"]["de"] in ines.text, "whoever confirms it has seen it in every language"
        assert NOT_YET in ines.text
        await ines.press("That is right")
        assert ines.text.startswith("“Wifi” confirmed\n\nLost and found\n")
        await zoe.command("infos")
        assert "Wifi" in zoe.buttons
        assert "Lost and found" not in zoe.buttons
        await zoe.press("Wifi")
        assert IN_ENGLISH in zoe.text
        await ines.press("That is right")
        assert ines.text == "“Lost and found” confirmed"
        await ines.press("Undo this change")
        await zoe.follow("zs-lost")
        assert zoe.text == "This section is no longer in the practical information."
        await ines.follow("zk-wifi")
        assert NOT_YET not in ines.text, "pressed twice, it shows the section"


@on_one_engine
async def test_whoever_rewrites_one_language_has_not_read_the_others(store_url: str) -> None:
    async with open_world(store_url, with_sections(WIFI)) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1", locale="fr")
        udo = await world.join("Udo", "2", locale="de")
        await ines.follow("zt-wifi-fr")
        await ines.fill("Pas de wifi au chalet.")
        await ines.press("Publish")
        assert ines.text == "“Wifi” changed: text in French"
        await zoe.follow("zs-wifi")
        assert "Pas de wifi au chalet." in zoe.text
        await udo.follow("zs-wifi")
        assert "Pas de wifi au chalet." in udo.text
        assert WIFI["text"]["de"] not in udo.text
        await ines.follow("ze")
        assert "Only an example, shown to nobody until one of you confirms it: Wifi" in ines.text
        await ines.follow("zd-wifi")
        assert "English and German: only examples, shown to nobody yet. Do they say the same?" in ines.text
        assert NOT_YET not in ines.text
        await ines.follow("zt-wifi-de")
        await ines.fill(WIFI["text"]["de"])
        await ines.press("Publish")
        assert ines.text.startswith("“Wifi” confirmed"), "the same words, sent by somebody"
        await udo.follow("zs-wifi")
        assert WIFI["text"]["de"] in udo.text
        await ines.press("Undo this change")
        await udo.follow("zs-wifi")
        assert WIFI["text"]["de"] not in udo.text


@on_one_engine
async def test_whoever_publishes_a_section_has_read_the_text_that_was_shown(store_url: str) -> None:
    async with open_world(store_url, with_sections(WIFI, locales=["en"])) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await ines.follow("zd-wifi")
        await ines.press("Link")
        await ines.fill("Speed", "https://example.org/speed")
        assert IN_ENGLISH in ines.text
        await ines.press("Publish")
        assert ines.text == "“Wifi” changed: link"
        undo = ines.payload("Undo this change")
        await ines.press("See the section")
        assert NOT_YET not in ines.text
        await zoe.follow("zs-wifi")
        assert IN_ENGLISH in zoe.text
        await ines.follow(undo)
        await zoe.follow("zs-wifi")
        assert zoe.text == "This section is no longer in the practical information."


@on_one_engine
async def test_what_was_confirmed_and_then_rewritten_is_not_hidden_by_undoing(store_url: str) -> None:
    async with open_world(store_url, with_sections(WIFI)) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await ines.follow("zk-wifi")
        undo = ines.payload("Undo this change")
        await ines.follow("zt-wifi-en")
        await ines.fill("There is none.")
        await ines.press("Publish")
        await ines.follow(undo)
        await zoe.follow("zs-wifi")
        assert "There is none." in zoe.text


async def test_what_somebody_wrote_into_the_file_is_confirmed(sqlite_url: str) -> None:
    own = {**WIFI, "text": {**WIFI["text"], "fr": "Pas de wifi."}}
    async with open_world(sqlite_url, with_sections(PLACE, own, LOST, locales=["fr"])) as world:
        zoe = await world.join("Zoé", "1", locale="fr")
        await zoe.command("infos")
        assert zoe.buttons[:2] == ("Adresse et accès", "Wifi")
        assert "Objets trouvés" not in zoe.buttons
        assert [section.key for section in await world.read(store.sections_to_confirm, ["fr"])] == ["lost"]


async def test_the_file_is_compared_by_its_texts_alone(sqlite_url: str) -> None:
    settings = with_sections(WIFI, LOST)
    async with open_world(sqlite_url, settings) as world:
        ines, now = await world.organiser(), world.clock.now()
        assert await world.read(SEED.differences, settings, now) == []
        await ines.follow("zk-wifi")
        assert await world.read(SEED.differences, settings, now) == []
        await ines.follow("zt-wifi-en")
        await ines.fill("There is none.")
        await ines.press("Publish")
        await world.change(SEED.apply, settings, now)
        assert await world.read(SEED.differences, settings, now) == []
        zoe = await world.join("Zoé", "1")
        await zoe.follow("zs-wifi")
        assert WIFI["text"]["fr"] in zoe.text
        assert IN_ENGLISH not in zoe.text, "the example's words are nobody's, whoever brings them back"


@pytest.mark.parametrize(("sections", "named"), [((WIFI, LOST), "wifi, lost"), ((PLACE,), None)])
async def test_check_names_what_nobody_read(sqlite_url: str, sections: Any, named: str | None) -> None:
    settings = with_sections(*sections)
    before = await check(None, settings)
    async with open_world(sqlite_url, settings) as world:
        found = await world.read(check, settings)
        assert [finding.detail.partition(": ")[2] for finding in (*before, *found)] == ([named] * 2 if named else [])
        ines = await world.organiser()
        await ines.follow("zk-wifi")
        assert [finding.detail.rpartition(": ")[2] for finding in await world.read(check, settings)] == (
            ["lost"] if named else []
        )
