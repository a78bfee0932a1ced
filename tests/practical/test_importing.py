"""Practical information from Markdown files: what they would change, and every mistake with its line."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from bot.content.forms import Upload
from bot.content.texts import Reader, plain
from handlers.practical import store
from handlers.practical.files import ImportRules, read_files
from tests.drivers.neutral import NeutralChat
from tests.practical.builders import TEAM
from tests.world import World, make_settings, open_world

RULES = ImportRules(("fr", "en", "de"), ["meals", "wifi"], {"wifi": "wifi", "repas": "meals"})


ABOVE = (1, "This is above the first heading, so it is in no section.")


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, make_settings(**TEAM)) as world:
        yield world


def mistakes(name: str, content: str | bytes) -> list[tuple[int, str]]:
    raw = content.encode() if isinstance(content, str) else content
    problems = read_files([(name, raw)], RULES).problems
    return [(problem.line, plain(problem.reason, Reader("en", "UTC"))) for problem in problems]


def keys(name: str, content: str) -> list[tuple[str, str, str]]:
    read = read_files([(name, content.encode())], RULES)
    assert not read.problems
    return [(text.key, text.locale, text.title) for text in read.texts]


def test_a_file_is_a_section_or_many() -> None:
    assert keys("wifi.fr.md", "Réseau halles") == [("wifi", "fr", "")]
    assert keys("WIFI.DE.md", "\ufeff# WLAN\n\nNetz halles") == [("wifi", "de", "WLAN")]
    assert keys("infos.fr.md", "# Repas\nÀ 12 h 30\n\n# Vestiaire {#cloakroom}\nEn bas\n# Le jardin\nDehors") == [
        ("meals", "fr", "Repas"),
        ("cloakroom", "fr", "Vestiaire"),
        ("le_jardin", "fr", "Le jardin"),
    ]
    assert keys("salle-calme.fr.md", "Au fond") == [("salle_calme", "fr", "")]


@pytest.mark.parametrize("marks", ["#", "##"])
def test_a_line_of_blanks_keeps_nobody_waiting(marks: str) -> None:
    begun = time.process_time()
    assert keys("infos.fr.md", f"{marks} a{' ' * 400}b\nx") == [("infos", "fr", "a b" if marks == "#" else "")]
    assert mistakes("wifi.fr.md", f"{marks} a{' ' * 150_000}b")
    assert time.process_time() - begun < 1, "one pattern took minutes, and kept the whole program from answering"


def test_a_heading_may_have_braces_and_marks_at_its_end() -> None:
    assert keys("a.fr.md", "# Salle {b} # {#room} ##\nx\n# C#\ny\n# {#far} away\nz") == [
        ("room", "fr", "Salle {b} #"),
        ("c", "fr", "C"),
        ("far_away", "fr", "{#far} away"),
    ]


def test_lower_headings_are_bold_and_code_is_no_heading() -> None:
    read = read_files([("wifi.fr.md", b"## R\xc3\xa9seau\nhalles\n\n```\n# no title\n```")], RULES)
    [text] = read.texts
    assert plain(text.lines[0], Reader("fr", "UTC")) == "Réseau"
    assert not read.problems


@pytest.mark.parametrize(
    ("name", "content", "problems"),
    [
        ("wifi.md", "x", [(1, "The name must say the language: wifi.fr.md, wifi.en.md, and wifi.de.md.")]),
        ("wifi.es.md", "x", [(1, "The name must say the language: wifi.fr.md, wifi.en.md, and wifi.de.md.")]),
        ("wifi.fr.md", "\n \n", [(1, "There is no text in this file.")]),
        ("wifi.fr.md", "# Wifi\n\n", [(1, "This section has no text.")]),
        ("wifi.fr.md", b"ok\nR\xe9seau", [(2, "This file is not in UTF-8. Save it as UTF-8 and send it again.")]),
        ("a.fr.md", "Hello\n# Wifi\nx\n# Repas\ny", [ABOVE]),
        ("a.fr.md", "# Wifi\nx\n\n# Repas\n# Ici\ny", [(4, "This section has no text.")]),
        ("wifi.fr.md", "# Wifi\n\nSee <b>this</b>", [(3, "This is HTML, which chats do not show: “<b>”.")]),
        ("wifi.fr.md", "ok\n<!-- later -->", [(2, "This is HTML, which chats do not show: “<!--”.")]),
        ("wifi.fr.md", "<https://a.example/b> is no HTML, nor is 3 < 4 > 2", []),
        (
            "wifi.fr.md",
            "![plan](plan.png)",
            [(1, "A picture cannot be read from a file. Send it in chat, with the text.")],
        ),
        (
            "wifi.fr.md",
            "# Wifi\n[a](https://a.example)\n[b](javascript:alert) [c](mailto:a@b.example)",
            [
                (3, "A link can only lead to a web page, not to “javascript:alert”."),
                (3, "A link can only lead to a web page, not to “mailto:a@b.example”."),
            ],
        ),
        ("a.fr.md", "# Wifi\nok\n<tg://settings>", [(1, "A link can only lead to a web page, not to “tg://settings”.")]),
        ("a.fr.md", "[a [b]\n](tg://x)", [(1, "A link can only lead to a web page, not to “tg://x”.")]),
        ("a.fr.md", "# Wifi {#Wi}\nx", [(1, "A key has only lowercase letters, digits and _, at most 24: not “Wi”.")]),
        ("a.fr.md", "# " + "W" * 42 + "\nx", [(1, "The title has 2 characters too many (at most 40).")]),
        ("wifi.fr.md", "x\n\n# Wifi\n" + "y" * 1203, [
            ABOVE,
            (3, "3 characters too many (at most 1200 in a section)."),
        ]),
        ("wifi.fr.md", "![a](b)" * 1000, [(1, "5800 characters too many (at most 1200 in a section).")]),
        ("wifi.fr.md", "![" * 90_000, [(1, "178800 characters too many (at most 1200 in a section).")]),
        ("a.fr.md", "# Wifi\nx\n# WIFI\nz", [(3, "The section “wifi” is in “a.fr.md” already, in this language.")]),
    ],
)  # fmt: skip
def test_each_mistake_says_its_line(name: str, content: str | bytes, problems: list[tuple[int, str]]) -> None:
    assert mistakes(name, content) == problems


async def send(chat: NeutralChat, *files: tuple[str, str]) -> None:
    await chat.follow("ze")
    await chat.press("Import texts")
    await chat.send_files(tuple(Upload(name, content.encode()) for name, content in files))


async def test_files_are_shown_imported_and_taken_back(world: World) -> None:
    ines = await world.organiser()
    await send(ines, ("infos.de.md", "# WLAN\nNetz **halles**\n# Garderobe {#cloakroom}\nUnten"))
    assert ines.text.splitlines() == [
        "Changed: Wifi (text in German)",
        "New: Garderobe (title in German and text in German)",
    ]
    assert await world.read(store.find_section, "cloakroom") is None
    await ines.press("Import")
    assert ines.text == "Practical information: 2 sections"
    cloakroom = await world.read(store.find_section, "cloakroom")
    assert cloakroom is not None
    assert cloakroom.titles == {"de": "Garderobe"}
    wifi = await world.read(store.find_section, "wifi")
    assert wifi is not None
    assert wifi.locales == ["fr", "en", "de"]
    await ines.press("Undo this change")
    assert await world.read(store.find_section, "cloakroom") is None
    await send(ines, ("wifi.fr.md", "Réseau **halles**, mot de passe à l'accueil."))
    assert ines.text == "Nothing was changed."


async def test_one_mistake_refuses_all(world: World) -> None:
    ines = await world.organiser()
    await send(ines, ("wifi.fr.md", "Réseau neuf"), ("infos.fr.md", "# Repas\nÀ midi\n# Vestiaire\n<i>En bas</i>"))
    assert ines.text.splitlines() == [
        "Nothing is imported: 1 thing to correct.",
        "infos.fr.md, line 4: This is HTML, which chats do not show: “<i>”.",
    ]
    assert "Import" not in ines.buttons
    await ines.press("Send it again")
    await ines.fill(Upload("infos.pdf", b"%PDF-1.7"))
    assert "Send files like wifi.fr.md." in ines.text
