"""Organisers edit practical information in chat: shown first, published, undone, and two at the same time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.content.forms import Upload
from bot.content.texts import plain
from bot.content.views import Picture
from bot.people import participant_store
from handlers.practical import store
from handlers.practical.model.sections import LONGEST_TEXT, Section
from tests.drivers.neutral import NeutralChat
from tests.outbox import pushed
from tests.pictures import png
from tests.practical.builders import TEAM
from tests.world import World, make_settings, open_world


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(**TEAM)) as world:
        yield world


async def section(world: World, key: str = "wifi") -> Section:
    found = await world.read(store.find_section, key)
    assert found is not None
    return found


async def rewrite(chat: NeutralChat, text: str, language: str = "English", title: str = "Wifi") -> None:
    """Type another text of a section; it is shown, and not published yet."""
    await chat.follow("ze")
    await chat.press(title)
    await chat.press(f"Rewrite: {language}")
    await chat.fill(text)


async def test_a_text_is_shown_published_told_and_taken_back(store_url: str) -> None:
    async with open_world(store_url, make_settings(**TEAM)) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await zoe.follow("zs-wifi")
        await rewrite(ines, "Network **ruche**, no password.\n\nAsk <b>Ali</b>.")
        assert "This is how it reads in English:" in ines.text
        assert "Network ruche, no password.\n\nAsk <b>Ali</b>." in ines.text, "HTML is shown as it was typed"
        assert "1 person who read it in the last 24 hours will be told." in ines.text
        await zoe.follow("zs-wifi")
        assert "Network halles" in zoe.text, "nothing is published yet"
        await ines.press("Publish")
        assert ines.text == "“Wifi” changed: text in English\n1 person is told."
        assert ines.buttons[:3] == ("Rewrite: French", "Write: German", "Undo this change")
        await zoe.follow("zs-wifi")
        assert "Network ruche, no password." in zoe.text
        await ines.press("Undo this change")
        await zoe.follow("zs-wifi")
        assert "Network halles" in zoe.text
        assert len(await pushed(world, zoe)) == 2


async def test_what_was_typed_is_there_to_be_written_again(world: World) -> None:
    ines = await world.organiser()
    await rewrite(ines, "Network **ruche**.")
    await ines.press("Write it again")
    assert "Now: Network **ruche**." in ines.text
    await ines.press("Keep it")
    assert "Network ruche." in ines.text
    await ines.press("Publish")
    assert ines.text.startswith("“Wifi” changed: text in English")
    await ines.press("Undo this change")
    await ines.follow("zt-wifi-en")
    assert "Now: Network **halles**" in ines.text, "what is stored, once it was published"


async def test_after_ten_minutes_a_change_stays(world: World) -> None:
    ines = await world.organiser()
    await rewrite(ines, "Network ruche.")
    await ines.press("Publish")
    await world.clock.advance(timedelta(minutes=10))
    await ines.press("Undo this change")
    assert "for ten minutes only" in ines.text
    assert (await section(world)).lines("en") == ("Network ruche.",)


async def test_a_text_too_long_is_kept_and_says_by_how_much(world: World) -> None:
    ines = await world.organiser()
    await rewrite(ines, "x" * (LONGEST_TEXT + 17))
    assert "17 characters too many (at most 1200). Your text is kept" in ines.text
    await ines.send("Short.")
    await ines.press("Publish")
    assert (await section(world)).lines("en") == ("Short.",)


@pytest.mark.parametrize("link", ["[x](ftp://a.example/b)", "[x](tel:+331)", "**[x](mailto:a@b.example)**"])
async def test_a_link_leads_to_a_web_page_only(world: World, link: str) -> None:
    ines = await world.organiser()
    await rewrite(ines, f"See {link} and https://halles.example.org")
    assert "A link can only lead to a web page" in ines.text
    assert (await section(world)).lines("en")[0] != "See"


async def test_a_link_that_would_run_something_is_no_link(world: World) -> None:
    ines = await world.organiser()
    await rewrite(ines, "[x](javascript:alert(1))")
    await ines.press("Publish")
    assert (await section(world)).parts["text.en"] == ["[x](javascript:alert(1))"]


async def test_a_picture_in_one_language_is_shown_to_all_and_says_so(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await ines.follow("zt-wifi-fr")
    await ines.fill(Upload("plan.png", png(40, 30), picture=True, media_type="image/png"))
    await ines.press("Publish")
    assert ines.text.startswith("“Wifi” changed: pictures and documents in French")
    await zoe.follow("zs-wifi")
    assert zoe.view is not None
    [picture] = zoe.view.attachments
    assert isinstance(picture, Picture)
    assert plain(picture.alt, zoe.reader) == "Wifi", "for whoever cannot see it"
    assert "Network halles" in zoe.text, "the text is in their language"
    assert "(The files are in French.)" in zoe.text
    await ines.press("See the section")
    await ines.press("These files for everyone")
    await zoe.follow("zs-wifi")
    assert zoe.view.attachments
    assert "The files are" not in zoe.text
    await ines.press("See the section")
    await ines.press("Remove the files")
    await zoe.follow("zs-wifi")
    assert not zoe.view.attachments
    await ines.press("Undo this change")
    await zoe.follow("zs-wifi")
    assert zoe.view.attachments, "files stay as long as they may come back"
    later = world.clock.now() + timedelta(days=3)
    await world.change(store.forget_old, later)
    await zoe.follow("zs-wifi")
    assert zoe.view.attachments, "files that a section shows stay"


async def test_two_organisers_at_once_lose_nothing(world: World) -> None:
    ines, ida = await world.organiser(), await world.organiser("901")
    await rewrite(ines, "Network ruche.")
    await rewrite(ida, "Network two.")
    await ines.press("Publish")
    await ida.press("Publish")
    assert ida.text.splitlines() == [
        "\u2068Inès\u2069 changed this meanwhile, so nothing was saved.",
        "Wifi, text in English",
        "Now: Network ruche.",
        "You wrote: Network two.",
    ]
    assert (await section(world)).lines("en") == ("Network ruche.",)
    await ida.press("Publish mine anyway")
    assert (await section(world)).lines("en") == ("Network two.",)
    await ines.follow("ze")
    await ines.command("organiser")


async def test_changes_of_two_parts_do_not_stand_in_each_others_way(world: World) -> None:
    ines, ida = await world.organiser(), await world.organiser("901")
    await rewrite(ines, "Network ruche.")
    await rewrite(ida, "Réseau ruche.", "French")
    await ines.press("Publish")
    await ida.press("Publish")
    assert (await section(world)).lines("fr") == ("Réseau ruche.",)
    assert (await section(world)).lines("en") == ("Network ruche.",)
    await ines.press("Undo this change")
    assert (await section(world)).lines("fr") == ("Réseau ruche.",)
    assert (await section(world)).lines("en") != ("Network ruche.",)


async def test_a_section_removed_while_somebody_edits_comes_back_with_the_text(world: World) -> None:
    ines, ida = await world.organiser(), await world.organiser("901")
    await ida.follow("zt-wifi-en")
    await ines.follow("zd-wifi")
    await ines.press("Remove the section")
    assert ines.text == "Remove “Wifi”? You can bring it back for ten minutes."
    await ines.press("Remove")
    assert ines.text == "Section removed: Wifi"
    await ida.fill("Network two.")
    assert "This section was removed meanwhile." in ida.text
    await ida.press("Publish")
    assert ida.text == "Section added: Wifi"
    assert (await section(world)).lines("en") == ("Network two.",)
    await ines.press("Undo this change")
    assert "undone" in ines.text
    assert (await section(world)).lines("en") == ("Network two.",)


async def test_a_removed_section_comes_back(world: World) -> None:
    ines, before = await world.organiser(), await section(world)
    await ines.follow("zd-wifi")
    await ines.press("Remove the section")
    await ines.press("Remove")
    assert await world.read(store.find_section, "wifi") is None
    await ines.press("Undo this change")
    assert await section(world) == before


async def test_whoever_loses_the_role_while_editing_changes_nothing(world: World) -> None:
    ida = await world.join("Ida", "7")
    _account, person = await world.change(participant_store.identify, "telegram", "7")
    assert person is not None
    await world.change(participant_store.set_organises, person.id, True)
    await rewrite(ida, "Network two.")
    await ida.press("Write it again")
    await world.change(participant_store.set_organises, person.id, False)
    shown = ida.view
    await ida.send("Network three.")
    assert "This is how it reads" not in ida.text
    await ida.follow("zp-1")
    assert "changed" not in ida.text
    assert shown is not None
    assert (await section(world)).lines("en") != ("Network two.",)


async def test_a_new_section_with_its_own_words(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await ines.follow("ze")
    await ines.press("Add a section")
    await ines.fill("Cloakroom", "Behind the stage, until **8 pm**.")
    await ines.press("Publish")
    assert ines.text.startswith("Section added: Cloakroom")
    await ines.press("See the section")
    await ines.press("Search words")
    await ines.fill("locker, suitcase, casier")
    await zoe.send("is there a locker")
    assert "Behind the stage, until 8 pm." in zoe.text
    await ines.press("See the section")
    await ines.press("Move up")
    await zoe.command("infos")
    assert zoe.buttons[:3] == ("Address and directions", "Cloakroom", "Wifi")


async def test_titles_link_and_place(world: World) -> None:
    ines = await world.organiser(modal=True)
    await ines.follow("zt-wifi-de")
    assert ines.form is not None
    assert ines.form.about is not None
    assert plain(ines.form.about, ines.reader) == "Wifi, in German"
    await ines.follow("zti-wifi")
    await ines.fill("", "", "")
    assert "It needs a title" in ines.text
    await ines.follow("zti-wifi")
    await ines.fill("Réseau", "Network", "Netz")
    await ines.press("Publish")
    await ines.follow("zl-wifi")
    await ines.fill("More", "http://halles.example.org")
    assert "it begins with https://" in ines.text
    await ines.follow("zl-wifi")
    await ines.fill("More", "halles.example.org/wifi")
    await ines.press("Publish")
    await ines.follow("zm-wifi")
    await ines.fill("6, rue des Halles", "somewhere")
    assert "Write coordinates" in ines.text
    await ines.follow("zm-wifi")
    await ines.fill("6, rue des Halles", "48.8897, 2.3711")
    await ines.press("Publish")
    wifi = await section(world)
    assert wifi.titles == {"fr": "Réseau", "en": "Network", "de": "Netz"}
    assert wifi.link == ("More", "https://halles.example.org/wifi")
    assert wifi.place is not None
    assert (wifi.place.latitude, wifi.place.longitude, wifi.address) == (48.8897, 2.3711, "6, rue des Halles")


async def test_what_was_shown_is_published_once(world: World) -> None:
    ines = await world.organiser()
    await rewrite(ines, "Network ruche.")
    shown = ines.view
    await ines.press("Publish")
    ines.view = shown
    await ines.press("Publish")
    assert "This was published already" in ines.text
