"""Lists for the doors: a page a group, every accent printed."""

from __future__ import annotations

import io
import unicodedata

import pytest
from fontTools.ttLib import TTFont

from bot.drawing.print_type import spelled, typeface
from handlers.groups.drawing.door_lists import DoorList, lists_for_doors
from tests.pdf import pages, words

MEMBERS = (("Élise C.", "France"), ("Łukasz Ż.", "Pologne"), ("Nguyễn T.", "Viêt Nam"), ("ليلى ب.", "Maroc"))


def test_each_group_has_its_page() -> None:
    lists = [DoorList(f"Culture · groupe {number}", ["Salle 1"], MEMBERS) for number in range(1, 8)]
    assert pages(lists_for_doors("Rencontres", lists)) == 7


def test_a_large_group_goes_on_on_the_next_page() -> None:
    assert pages(lists_for_doors("Rencontres", [DoorList("Culture", [], MEMBERS * 4)])) == 2


def test_an_empty_group_has_a_page_too() -> None:
    assert pages(lists_for_doors("Rencontres", [DoorList("Culture", [], [])])) == 1


def test_names_are_text_with_their_accents() -> None:
    shown = words(
        lists_for_doors("Premières Rencontres", [DoorList("Culture · groupe 3", ["Salle : 110bis"], MEMBERS)])
    )
    wanted = ["Premières Rencontres", "Culture · groupe 3", "Salle : 110bis", "Élise C.", "France", "Nguyễn T."]
    assert [words for words in wanted if words in shown] == wanted


def test_a_hundred_and_seventy_groups_take_seconds() -> None:
    lists = [DoorList(f"Culture · groupe {number}", ["Salle 1"], MEMBERS[:3] * 2) for number in range(170)]
    assert pages(lists_for_doors("Rencontres", lists)) == 170


@pytest.mark.parametrize(
    "letters", ["éèêëàâäçîïôöùûüÿñ", "ÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŸÑ", "āăąćčďęěğįıķļłńňőřśşšșţțťūůűźżž", "ơưễộẩịỵ", "œŒæÆßŁøđ€"]
)
def test_the_typeface_has_every_letter_that_europeans_and_vietnamese_write(letters: str) -> None:
    text = spelled(letters)
    data, characters = typeface([text])
    assert [char for char in text if char not in characters] == []
    font = TTFont(io.BytesIO(data))
    cmap, glyphs = font.getBestCmap(), font["glyf"]
    for char in text:
        letter = unicodedata.normalize("NFD", char)[0]
        assert font["hmtx"][cmap[ord(char)]][0] == font["hmtx"][cmap[ord(letter)]][0]  # an accent takes no room
        if char != letter and letter not in "ij":  # whose accent takes the place of their dot
            whole, bare = glyphs[cmap[ord(char)]], glyphs[cmap[ord(letter)]]
            assert whole.yMax - whole.yMin > bare.yMax - bare.yMin
