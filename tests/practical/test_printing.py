"""The sheet for the doors: what stands on it, in one language or two, and the code that leads to the bot."""

from __future__ import annotations

from typing import Any

import pytest
import zxingcpp

from bot.background.jobs import Runner
from bot.config import setting_store
from bot.content.branding import Branding
from bot.content.i18n import LOCALES
from bot.content.texts import Reader, plain
from bot.delivery.message_updates import notify_of_result
from handlers.practical.drawing import DAY, draw_sheet, plan_sheet
from handlers.practical.model.sections import Section
from tests.outbox import look_at_push
from tests.pdf import pages, picture_of_page, sizes_of_lines, words
from tests.practical.builders import TEAM
from tests.world import DECLARED, ROUTER, make_settings, open_world

BRANDING = Branding("Rencontres francophones de l’innovation sociale")
BOT = "https://t.me/rencontres_bot"


def section(key: str, order: int = 1, **parts: Any) -> Section:
    return Section(key, {"order": order, **{name.replace("_", "."): value for name, value in parts.items()}})


WIFI = section("wifi", title_fr="Wifi", title_de="WLAN", text_fr=[["strong", "halles"]], text_de=["Netz halles"])
ADDRESS = section(
    "address", 2, title_fr="Adresse", text_fr=["Métro Riquet."], place=["6, rue des Halles", "48.8, 2.3"], link=["", "https://x.example/y"]
)  # fmt: skip


def drawn(locales: list[str], *sections: Section) -> bytes:
    return draw_sheet(plan_sheet(sections, locales, "Europe/Paris", [BOT]), BRANDING, locales[0])


def test_a_sheet_in_one_language() -> None:
    pdf = drawn(["fr"], WIFI, ADDRESS, section("empty", 3, title_fr="Vide"))
    assert pages(pdf) == 1
    assert words(pdf) == [
        BRANDING.name,
        "Infos pratiques",
        "t.me/rencontres_bot",
        *("Wifi", "halles"),
        *("Adresse", "Métro Riquet.", "6, rue des Halles", "x.example/y"),
    ]
    [code] = zxingcpp.read_barcodes(picture_of_page(pdf))
    assert code.text == BOT


def test_a_sheet_in_two_languages_lacks_nothing_that_is_in_one() -> None:
    lines = words(drawn(["de", "fr"], WIFI, ADDRESS))
    assert lines[1] == "Praktische Infos"
    assert [line for line in lines if line in ("WLAN", "Netz halles", "Wifi", "halles", "Métro Riquet.")] == [
        *("WLAN", "Netz halles", "Wifi", "halles", "Métro Riquet."),
    ]
    assert lines.count("6, rue des Halles") == 1


def test_much_text_goes_on_a_second_page_and_none_is_lost() -> None:
    sections = [section(f"s{n}", n, title_fr=f"Rubrique {n}", text_fr=[f"mot{n} " * 200]) for n in range(1, 13)]
    pdf = drawn(["fr"], *sections)
    assert pages(pdf) > 1
    text = " ".join(words(pdf))
    assert [text.count(f"mot{n} ") + text.endswith(f"mot{n}") >= 200 for n in range(1, 13)] == [True] * 12


async def test_the_organisers_choose_the_languages(sqlite_url: str) -> None:
    settings = make_settings(**TEAM, web={"public_url": "https://rencontres.example.org"})
    async with open_world(sqlite_url, settings) as world:
        ines = await world.organiser()
        await world.change(setting_store.set_telegram_username, "rencontres_bot")
        await ines.follow("ze")
        await ines.press("A poster for the doors")
        assert ines.buttons[:5] == ("French", "English", "German", "French and English", "French and German")
        await ines.press("French and English")
        assert ines.text == "The poster is being made. It comes in a moment."
        await Runner(
            world.store, ROUTER.jobs, DECLARED, notify_of_result, lambda: None, world.clock, files=world.files
        ).catch_up()
        await look_at_push(world, ines)
        assert ines.text == "The poster for the doors, to print."
        assert ines.file is not None
        lines = words(ines.file.content)
        assert lines[1:4] == ["Infos", "pratiques", "t.me/rencontres_bot rencontres.example.org"]
        assert "Network halles, password at the desk." in " ".join(lines)


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_day_itself_is_one_page_with_whom_to_call(sqlite_url: str, locale: str) -> None:
    settings = make_settings(**TEAM, safety={"country": "FR", "telephone": "+33 6 12 34 56 78"})
    async with open_world(sqlite_url, settings) as world:
        ines = await world.organiser(locale=locale)
        await ines.follow("zcd")
        await Runner(
            world.store, ROUTER.jobs, DECLARED, notify_of_result, lambda: None, world.clock, files=world.files
        ).catch_up()
        await look_at_push(world, ines)
        assert ines.file is not None
        assert pages(ines.file.content) == 1
        printed = " ".join(words(ines.file.content))
        assert all(plain(title, Reader(locale, "Europe/Paris")) in printed for title, _lines in DAY)
        assert all(each in printed for each in ("112", "+33 6 12 34 56 78"))
        assert "tel:" not in printed


def test_both_columns_end_at_about_the_same_height_and_addresses_can_be_read() -> None:
    alike = [section(f"s{n}", n, title_fr=f"Rubrique {n}", text_fr=["Un mot."]) for n in range(1, 5)]
    lines = words(pdf := draw_sheet(plan_sheet(alike, ["fr"], "Europe/Paris", [BOT]), BRANDING, "fr"))
    page = picture_of_page(pdf).convert("L")
    left, right = (page.crop((edge, 300, edge + 200, 800)).point(lambda grey: 255 * (grey < 250)) for edge in (50, 330))
    ends = [box[3] for box in (left.getbbox(), right.getbbox()) if box]
    assert len(ends) == 2
    assert ends[0] == ends[1]
    assert "t.me/rencontres_bot" in lines
    assert sizes_of_lines(pdf)["t.me/rencontres_bot"] >= 8
