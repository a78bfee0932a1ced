"""Groups as pictures: everything is there, nothing leaves its place, and a phone can show it."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from PIL import Image

from bot.content.branding import Branding
from bot.drawing.typeset import typeset_pdf
from handlers.groups import drawing
from handlers.groups.drawing import DrawnGroup, DrawnTheme, divide, draw_group, draw_plan
from tests.names import HOSTILE, NAMES
from tests.pdf import page_words, sizes_of_lines, words

BRANDING = Branding("Rencontres francophones")
MOST_SIDES, MOST_ASPECT = 10_000, 20  # what Telegram takes for a photo: width and height together, one by the other
MEMBERS = (
    ("Élise C.", "France"),
    ("Zoé D.", "Québec"),
    ("Łukasz K.", "République démocratique du Congo"),
    ("Nguyễn T.", "Viêt Nam"),
    ("Marie-Thérèse-Éléonore A.", ""),
    ("Œuvrard C.", "Suisse"),
    ("<b>@all</b>", "Belgique"),
)
LONG = "Andriantsimitoviaminandriandehibe "
GROUP: dict[str, Any] = {
    "title": "Culture 3",
    "where": "Salle : 110bis",
    "when": "Première rencontre : vendredi 3 mai, 09:30",
    "members": MEMBERS,
    "branding": BRANDING,
    "locale": "fr",
}


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def theme(groups: int, people: int = 6) -> DrawnTheme:
    return {
        "title": "Culture",
        "lines": ["33 personnes", "Nationalités : 65 sur 65"],
        "groups": [
            DrawnGroup(
                title=f"Groupe {number}",
                members=(MEMBERS * 50)[:people],
                lines=["6 personnes · 5 nationalités", "3 femmes · 3 hommes"],
            )
            for number in range(1, groups + 1)
        ],
    }


def plan(*themes: DrawnTheme, day: str = "") -> list[bytes]:
    return draw_plan([*divide(themes)], day, BRANDING, "fr")


@pytest.fixture
def as_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pictures set as pages of one PDF file, whose words can be read."""
    monkeypatch.setattr(drawing, "typeset_png", lambda *what: [typeset_pdf(*what)])


# --- A group for its members.


@pytest.mark.usefixtures("as_paper")
def test_a_groups_picture_says_where_to_go_and_with_whom() -> None:
    assert words(draw_group(**GROUP)) == [
        "Rencontres francophones",
        "Culture 3",
        "Salle : 110bis",
        "Première rencontre : vendredi 3 mai, 9 h 30",
        "Élise C. France",
        "Zoé D. Québec",
        "Łukasz K. République démocratique",
        "du Congo",
        "Nguyễn T. Viêt Nam",
        "Marie-Thérèse-Éléonore A.",
        "Œuvrard C. Suisse",
        "<b>@all</b> Belgique",
    ]


@pytest.mark.usefixtures("as_paper")
def test_a_room_that_is_not_known_is_not_drawn() -> None:
    assert words(draw_group(**{**GROUP, "where": ""}))[1:3] == [
        "Culture 3",
        "Première rencontre : vendredi 3 mai, 9 h 30",
    ]


@pytest.mark.usefixtures("as_paper")
def test_names_are_drawn_as_they_were_written() -> None:
    members = [(name, "") for name in NAMES]
    shown = words(draw_group(**{**GROUP, "members": members}))
    assert [name for name in NAMES if name in shown] == [*NAMES]
    [pdf] = plan({"title": "Culture", "lines": [], "groups": [DrawnGroup(title="1", members=members, lines=[])]})
    assert words(pdf)[-len(NAMES) :] == [name if len(name) < 40 else "Marie-Thérèse-Éléonore And…" for name in NAMES]


@pytest.mark.usefixtures("as_paper")
@pytest.mark.parametrize("text", ["Zoé", LONG * 6])
def test_the_smallest_letters_can_be_read_on_a_phone(text: str) -> None:
    group = draw_group(text, text, text, [(text, text)] * 3, Branding(text), "fr")
    card = DrawnGroup(title=text, members=[(text, text)] * 3, lines=[text, text])
    [pdf] = draw_plan([*divide([{"title": text, "lines": [text], "groups": [card]}])], text, Branding(text), "fr")
    assert min(sizes_of_lines(group).values()) >= 28
    assert min(sizes_of_lines(pdf).values()) >= 28


def test_a_groups_picture_is_as_wide_as_a_phone_and_grows_with_its_members() -> None:
    five, seven = (opened(draw_group(**{**GROUP, "members": MEMBERS[:count]})) for count in (5, 7))
    assert five.width == seven.width == 1080
    assert seven.height - five.height == 2 * 92
    assert seven.height < 1300  # shown whole in a chat


def test_the_band_has_the_gatherings_colour() -> None:
    drawn = opened(draw_group(**{**GROUP, "branding": Branding("Rencontres", "#8a1538")}))
    assert drawn.getpixel((1070, 60)) == (0x8A, 0x15, 0x38)


@pytest.mark.usefixtures("as_paper")
def test_a_group_of_hundreds_tells_how_many_it_does_not_show() -> None:
    shown = words(draw_group(**{**GROUP, "members": MEMBERS[:2] * 60}))
    assert (sum(line.startswith(("Élise", "Zoé")) for line in shown), shown[-1]) == (80, "+ 40")


# --- All groups for organisers.


@pytest.mark.usefixtures("as_paper")
def test_a_plan_has_a_picture_for_each_theme() -> None:
    civic: DrawnTheme = {"title": "CivicTech", "lines": ["1 personne"], "groups": theme(1, people=1)["groups"]}
    [pdf] = plan(theme(1, people=2), civic, day="vendredi 3 mai")
    assert page_words(pdf) == [
        [
            "Rencontres francophones",
            "Culture vendredi 3 mai",
            "33 personnes",
            "Nationalités : 65 sur 65",
            "Groupe 1",
            "Élise C. France",
            "Zoé D. Québec",
            "6 personnes · 5 nationalités",
            "3 femmes · 3 hommes",
        ],
        [
            "Rencontres francophones",
            "CivicTech vendredi 3 mai",
            "1 personne",
            "Groupe 1",
            "Élise C. France",
            "6 personnes · 5 nationalités",
            "3 femmes · 3 hommes",
        ],
    ]


@pytest.mark.usefixtures("as_paper")
def test_a_long_country_beside_a_short_name_is_not_cut() -> None:
    members = [("Marie-Thérèse A.", "Madagascar"), ("Samuel G.", "Wallonie-Bruxelles")]
    [pdf] = plan({"title": "Culture", "lines": [], "groups": [DrawnGroup(title="1", members=members, lines=[])]})
    assert words(pdf)[-2:] == ["Marie-Thérèse A. Madagascar", "Samuel G. Wallonie-Bruxelles"]


@pytest.mark.usefixtures("as_paper")
def test_a_theme_with_many_groups_goes_on_in_the_next_picture() -> None:
    [pdf] = plan(theme(17))
    pages = page_words(pdf)
    assert [page[1] for page in pages] == ["Culture 1/3", "Culture 2/3", "Culture 3/3"]
    titles = [word for page in pages for line in page for word in line.split("Groupe ")[1:]]
    assert [int(title) for title in titles] == [*range(1, 18)]


@pytest.mark.parametrize(
    ("groups", "people", "pictures"),
    [
        (6, 5, [6]),
        (8, 7, [8]),
        (9, 7, [6, 3]),
        (17, 6, [6, 6, 5]),
        (5, 15, [4, 1]),
        (3, 100, [2, 1]),
        (60, 6, [8, 8, 8, 8, 8, 8, 8, 4]),
        (0, 0, []),
    ],
)
def test_pictures_are_sharp_on_a_phone(groups: int, people: int, pictures: list[int]) -> None:
    parts = [*divide([theme(groups, people)])]
    assert [len(part["groups"]) for part in parts] == pictures
    sizes = [opened(picture).size for picture in draw_plan(parts[:1], "vendredi 3 mai", BRANDING, "fr")]
    assert {width for width, _height in sizes} <= {1080}
    # Telegram makes what is longer than 2560 pixels smaller; a group of hundreds is as high as platforms allow.
    assert all(height <= (2560 if people < 20 else MOST_SIDES - 1080) for _width, height in sizes)


def test_platforms_take_the_picture_of_the_largest_groups() -> None:
    drawn = [draw_group(**{**GROUP, "members": MEMBERS * 50}), *plan(theme(2, 350))]
    sizes = [opened(picture).size for picture in drawn]
    assert all(width + height <= MOST_SIDES and height <= MOST_ASPECT * width for width, height in sizes)


# --- Whatever people typed.


@pytest.mark.parametrize("text", [LONG * 6, *HOSTILE], ids=lambda text: ascii(text[:9]))
def test_any_text_is_drawn_in_its_place_and_in_time(text: str) -> None:
    started = time.perf_counter()
    group = opened(draw_group(text, text, text, [(text, text)] * 3, Branding(text), "fr"))
    card = DrawnGroup(title=text, members=[(text, text)] * 5, lines=[text, text])
    [content] = draw_plan(
        [*divide([{"title": text, "lines": ["33 personnes"], "groups": [card] * 3}])], text, Branding(text), "fr"
    )
    assert time.perf_counter() - started < 5
    for picture, margin in ((group, 44), (opened(content), 28)):
        edges = [picture.crop((left, 120, left + margin, picture.height)) for left in (0, picture.width - margin)]
        assert [edge.getcolors() for edge in edges] == [[(margin * (picture.height - 120), (255, 255, 255))]] * 2


@pytest.mark.usefixtures("as_paper")
@pytest.mark.parametrize("text", ['#panic("x")', "$x$", "@all", "*Élise*", "= Zoé", "\\u{41}"])
def test_what_looks_like_code_is_text(text: str) -> None:
    assert text in words(draw_group(**{**GROUP, "title": text}))
    card = DrawnGroup(title=text, members=[(text, "")], lines=[])
    [pdf] = plan({"title": text, "lines": [], "groups": [card]})
    assert words(pdf).count(text) == 3
