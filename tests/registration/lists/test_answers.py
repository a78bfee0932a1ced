"""What an organiser answers about a list is asked once: for all lines, and not again when it comes corrected."""

from __future__ import annotations

from handlers.registration.store import everyone_listed
from tests.drivers.gestures import words
from tests.registration.lists.builders import text
from tests.registration.lists.test_bad_tables import sent
from tests.world import World, open_world

HEAD = ["Prénom", "Nom", "Mail", "Thème", "Taille"]
ALI = ["Ali", "Ben", "ali@example.org", "Théâtre", "M"]
LOU = ["Lou", "Roy", "lou@example.org", "théatre", "L"]
ZOE = ["Zoé", "Diop", "zoe@example.org", "Culture", "S"]
EVA = ["Eva", "Diop", "eva@example.org", "Culture", "S"]
MAX = ["Max", "Roy", "max@example.org", "Je ne sais pas", "L"]


async def themes(world: World) -> dict[str, str | None]:
    """The themes of those whose cell named none; the others only make the column one of themes."""
    people = [stored.person for stored in (await world.read(everyone_listed)).values()]
    return {each.given_name: each.theme for each in people if each.given_name in ("Ali", "Lou", "Max")}


async def test_a_theme_that_nobody_knows_is_asked_about_once_for_all_who_chose_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, text([HEAD, ALI, LOU, MAX, EVA, ZOE]))
        await ines.press("Leave aside")
        assert words(ines.text).splitlines() == [
            "“Théâtre” (2 people) is not a theme of this gathering. Which one is it?",
            "Nor are: “Je ne sais pas” (1).",
        ]
        assert ines.buttons == ("Leave empty", "Leave 3 lines empty", "Organise")
        await ines.pick("Culture")
        assert words(ines.text).startswith("“Je ne sais pas” (1 person) is not a theme")
        await ines.press("Leave empty")
        assert "Themes: Théâtre = Culture and Je ne sais pas = –." in words(ines.text)
        await ines.press("Import")
        assert await themes(world) == {
            "Ali": "culture",
            "Lou": "culture",
            "Max": None,
        }


async def test_all_unknown_themes_are_left_empty_by_one_press(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        await sent(world, ines, text([HEAD, ALI, LOU, MAX, EVA, ZOE]))
        await ines.press("Leave aside")
        await ines.press("Leave 3 lines empty")
        await ines.press("Import")
        assert await themes(world) == {
            "Ali": None,
            "Lou": None,
            "Max": None,
        }


async def test_a_corrected_table_asks_only_what_is_new(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines = await world.organiser()
        twin = [*ALI[:2], "ben@example.org", *ALI[3:]]
        await sent(world, ines, text([HEAD, EVA, ZOE, ALI, twin, LOU]))
        await ines.press("Private field")
        await ines.pick("Culture")
        assert "the same name and territory" in ines.text
        await ines.press("Two people")
        assert ines.text.startswith("New: 5.")
        corrected = [
            [*HEAD, "Pointure"],
            [*MAX, "40"],
            [*EVA, "38"],
            [*ZOE, "37"],
            [*ALI, "41"],
            [*twin, "42"],
            [*LOU, "43"],
        ]
        await sent(world, ines, text(corrected))
        assert words(ines.text).startswith("Pointure: I know no use for this column.")
        await ines.press("Private field")
        assert words(ines.text).startswith("“Je ne sais pas” (1 person)")
        await ines.press("Leave empty")
        assert ines.text.startswith("New: 6.")
        await ines.press("Ask me again")
        assert words(ines.text).startswith("Taille and Pointure: I know no use for these columns.")
        await ines.press("Leave aside")
        await ines.press("Leave 4 lines empty")
        await ines.press("The same person")
        await ines.press("Import")
        assert await themes(world) == {
            "Ali": None,
            "Lou": None,
            "Max": None,
        }
