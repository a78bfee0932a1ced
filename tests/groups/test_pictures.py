"""Groups as pictures: everything is there, nothing leaves its place, and a phone can show it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from handlers.groups.drawing.pictures import MOST_GROUPS, PlanGroup, PlanTheme, TooManyGroups, draw_group, draw_plan

NAMES = (
    "Élise C.",
    "Zoé D.",
    "Łukasz K.",
    "ليلى ب.",
    "Nguyễn T.",
    "Marie-Thérèse-Éléonore-Antoinette A.",
    "<b>@all</b>",
)
COUNTRIES = ("France", "Québec", "République démocratique du Congo", "", "Côte d’Ivoire", "Suisse", "Belgique")
MEMBERS = tuple(zip(NAMES, COUNTRIES, strict=True))
GROUP: dict[str, Any] = {
    "gathering": "Rencontres francophones",
    "title": "Culture · groupe 3",
    "lines": ["Salle : 110bis", "Première rencontre : vendredi 3 mai, 09:30"],
    "members": MEMBERS,
}


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def theme(groups: int, people: int = 6) -> PlanTheme:
    cards = [PlanGroup(f"Culture · {place + 1}", MEMBERS[:people], ["6 · 5", "3 · 3"]) for place in range(groups)]
    return PlanTheme("Culture", ["33 personnes", "Nationalités : 65 sur 65"], cards)


def test_a_hundred_people_in_fifteen_groups_make_a_picture_that_platforms_take() -> None:
    picture = opened(draw_plan("Groupes", [theme(5), theme(5), theme(5)]))
    width, height = picture.size
    assert width + height <= 10_000  # what Telegram takes for a photo
    assert height <= 20 * width
    assert width * 0.5 <= height <= width * 2.2  # shown whole, its letters stay readable


def test_as_many_groups_as_allowed_are_drawn_and_no_more() -> None:
    assert sum(opened(draw_plan("Groupes", [theme(MOST_GROUPS, 5)])).size) <= 10_000
    with pytest.raises(TooManyGroups, match=f"{MOST_GROUPS + 1} groups"):
        draw_plan("Groupes", [theme(MOST_GROUPS), theme(1)])


def test_every_text_of_a_plan_is_drawn() -> None:
    group = PlanGroup("Culture · 1", MEMBERS[:2], ["2 personnes"])
    one = draw_plan("Groupes", [PlanTheme("Culture", ["33 personnes"], [group])])
    others = [
        draw_plan("Gruppen", [PlanTheme("Culture", ["33 personnes"], [group])]),
        draw_plan("Groupes", [PlanTheme("Kultur", ["33 personnes"], [group])]),
        draw_plan("Groupes", [PlanTheme("Culture", ["34 personnes"], [group])]),
        draw_plan("Groupes", [PlanTheme("Culture", ["33 personnes"], [PlanGroup("2", MEMBERS[:2], ["2 personnes"])])]),
        draw_plan("Groupes", [PlanTheme("Culture", ["33 personnes"], [PlanGroup("Culture · 1", MEMBERS[1:3], [])])]),
    ]
    assert len({one, *others}) == 6


def test_a_theme_without_groups_or_lines_is_a_title() -> None:
    assert opened(draw_plan("Groupes", [PlanTheme("Culture", [], [])])).width > 0


def test_a_groups_picture_is_as_wide_as_a_phone_and_grows_with_its_members() -> None:
    few, many = opened(draw_group(**{**GROUP, "members": MEMBERS[:5]})), opened(draw_group(**GROUP))
    assert few.width == many.width == 1080
    assert many.height - few.height == 2 * 118


def test_every_text_of_a_group_is_drawn() -> None:
    changes: dict[str, Any] = {
        "gathering": "Rencontres",
        "title": "Culture · groupe 4",
        "lines": ["Salle : 110", "Première rencontre : vendredi 3 mai, 09:30"],
        "members": (("Élise D.", "France"), *MEMBERS[1:]),
    }
    pictures = {draw_group(**GROUP), *(draw_group(**{**GROUP, name: value}) for name, value in changes.items())}
    assert len(pictures) == 5


def test_long_texts_stay_inside() -> None:
    long = "Andriantsimitoviaminandriandehibe " * 6
    picture = opened(draw_group(gathering=long, title=long, lines=[long, long], members=[(long, long)] * 3))
    for left, right in ((0, 38), (1044, 1080)):
        beneath = picture.crop((left, picture.height // 2, right, picture.height))
        assert beneath.getcolors() == [(beneath.width * beneath.height, (255, 255, 255))]
    plan = opened(draw_plan(long, [PlanTheme(long, [long], [PlanGroup(long, [(long, long)] * 5, [long, long])] * 3)]))
    edge = plan.crop((plan.width - 38, plan.height // 2, plan.width, plan.height))
    assert edge.getcolors() == [(edge.width * edge.height, (255, 255, 255))]
