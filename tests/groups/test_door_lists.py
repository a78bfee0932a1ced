"""Lists for the doors: a page a group, every name as it is written, fit to be read from afar and read aloud."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import asdict
from typing import Any, cast

import pypdfium2
import pytest

from bot.background.side_process import SideProcess
from bot.content.branding import Branding
from handlers.groups.drawing import DoorList, draw_door_lists
from handlers.groups.jobs import make_lists
from tests.names import HOSTILE, NAMES
from tests.pdf import page_words, pages, picture_of_page, sizes_of_lines, words

BRANDING = Branding("Premières Rencontres")
MEMBERS = (("Élise C.", "France"), ("Łukasz Ż.", "Pologne"), ("Nguyễn T.", "Viêt Nam"))
LIST = DoorList(
    title="Culture 3",
    theme="Culture",
    number=3,
    lines=["Salle : 110bis", "vendredi 3 mai, 09:30"],
    members=MEMBERS,
)


def door_list(**changes: Any) -> DoorList:
    return cast("DoorList", {**LIST, **changes})


def printed(*lists: DoorList, locale: str = "fr", **changes: Any) -> bytes:
    return draw_door_lists(lists or [door_list(**changes)], BRANDING, locale)


def test_a_page_says_which_group_where_and_when_and_who_is_in_it() -> None:
    assert page_words(printed()) == [
        [
            "Premières Rencontres",
            "3",
            "Culture",
            "Salle : 110bis",
            "vendredi 3 mai, 9 h 30",
            "Nom Territoire",
            "Élise C. France",
            "Łukasz Ż. Pologne",
            "Nguyễn T. Viêt Nam",
        ]
    ]


def test_each_group_has_its_page() -> None:
    shown = page_words(printed(*(door_list(number=number) for number in range(1, 8))))
    assert [page[1:3] for page in shown] == [[str(number), "Culture"] for number in range(1, 8)]


def test_names_are_read_as_they_were_written() -> None:
    shown = words(printed(members=[(name, "") for name in NAMES]))
    assert [name for name in NAMES if name in shown] == [*NAMES]


def test_a_large_group_goes_on_on_the_next_page_under_the_same_title() -> None:
    first, second, third = page_words(printed(members=[(f"Personne {number}", "France") for number in range(30)]))
    assert first[1:6] == second[1:6] == third[1:6] == ["3", *words(printed())[2:6]]
    assert [line for page in (first, second, third) for line in page if line.startswith("Personne")] == [
        f"Personne {number} France" for number in range(30)
    ]
    assert (first[-1], second[-1], third[-1]) == ("1/3", "2/3", "3/3")


@pytest.mark.parametrize(("people", "least"), [(5, 36), (7, 36), (12, 23), (30, 23)])
def test_names_are_as_large_as_the_page_allows(people: int, least: int) -> None:
    """Letters of 26 points are read from three metres; pypdfium2 tells their size."""
    shown = sizes_of_lines(printed(members=[(f"Personne {number}", "") for number in range(people)]))
    assert {size >= least for line, size in shown.items() if line.startswith("Personne")} == {True}


def test_an_empty_group_has_a_page_too() -> None:
    assert page_words(printed(members=[], lines=[])) == [["Premières Rencontres", "3 Culture"]]


def test_it_can_be_read_aloud_and_leafed_through() -> None:
    pdf = printed(*(door_list(title=f"Culture {number}") for number in range(1, 4)))
    assert b"pdfuaid:part" in pdf
    assert b"/Lang(fr)" in pdf
    assert Counter(re.findall(rb"/S/(H1|TH|TD)\b", pdf)) == {b"H1": 3, b"TH": 3 * 2, b"TD": 3 * 2 * len(MEMBERS)}
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "Listes pour les portes"
    assert [entry.get_title() for entry in document.get_toc()] == [f"Culture {number}" for number in (1, 2, 3)]


def test_it_is_in_the_organisers_language() -> None:
    german = printed(locale="de")
    assert "Name Land oder Region" in words(german)
    assert b"/Lang(de)" in german


LONG = "Marie-Thérèse-Éléonore Andriantsimitoviaminandriandehibe "


@pytest.mark.parametrize("text", [LONG * 4, *HOSTILE], ids=lambda text: ascii(text[:9]))
def test_any_text_is_drawn_as_text_in_its_place_and_in_time(text: str) -> None:
    started = time.perf_counter()
    pdf = draw_door_lists(
        [{"title": text, "theme": text, "number": 123_456, "lines": [text, text], "members": [(text, text)] * 7}],
        Branding(text),
        "fr",
    )
    assert time.perf_counter() - started < 5
    assert pages(pdf) == 1
    assert b"pdfuaid:part" in pdf
    page = picture_of_page(pdf)
    edges = [(0, 74, 46, page.height), (page.width - 46, 74, page.width, page.height), (0, 810, *page.size)]
    assert [set(page.crop(edge).tobytes()) for edge in edges] == [{255}] * 3
    if len(text) < 20:
        assert text.strip("\u202e") in words(pdf)


def test_a_hundred_and_seventy_groups_take_seconds() -> None:
    lists = [
        DoorList(
            title=f"Culture {number}",
            theme="Culture",
            number=number,
            lines=["Salle 1"],
            members=[(f"{name} {number}", country) for name, country in MEMBERS * 2],
        )
        for number in range(170)
    ]
    started = time.perf_counter()
    assert pages(draw_door_lists(lists, BRANDING, "fr")) == 170
    assert time.perf_counter() - started < 10


async def test_lists_printed_one_after_the_other_fit_the_memory_of_one() -> None:
    process = SideProcess(210 * 2**20)
    for day in range(4):
        lists = [
            door_list(title=f"Culture {number}", members=[(f"Élise {day}-{number}-{k}", "") for k in range(7)])
            for number in range(60)
        ]
        payload = {"lists": lists, "branding": asdict(BRANDING), "locale": "fr"}
        assert (await process.do(make_lists, payload))["count"] == 60
    process.close()
