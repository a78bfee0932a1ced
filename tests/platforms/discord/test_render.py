"""A view as Discord draws it, field by field."""

from __future__ import annotations

from typing import Any

import discord

from bot.content.actions import Action
from bot.content.texts import Reader, Span, _
from bot.content.views import Button, Choice, File, Option, Picture, View
from bot.conversation.routes import Go
from bot.platforms.discord.render import MessagePart, draw

ENGLISH = Reader("en", "Europe/Paris")


class Choose(Action, code="ch"):
    pass


def drawn(*lines: Span, **rest: Any) -> MessagePart:
    [part] = draw(View(lines, **rest), ENGLISH)
    return part


def rows(part: MessagePart) -> list[dict[str, Any]]:
    return [component for row in part.as_new()["view"].to_components() for component in row["components"]]


def options(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"v{number}", f"Option {number}") for number in range(count))


def test_buttons_carry_their_action_in_even_rows() -> None:
    labels = ("One", "Two", "Three", "Four", "Five", "Six")
    part = drawn("Which?", buttons=tuple(Button(label, Go(label.lower())) for label in labels))
    assert part.components
    assert [len(row["components"]) for row in part.components.to_components()] == [3, 3]
    assert rows(part)[0] == {"type": 2, "style": 2, "label": "One", "disabled": False, "custom_id": "go-one"}


def test_a_button_shows_what_it_does() -> None:
    part = drawn(
        "Sure?",
        buttons=(
            Button("Yes", Go("yes"), style="primary"),
            Button("Erase", Go("erase"), style="danger"),
            Button("Read", url="https://example.org"),
            Button("x" * 90, Go("long")),
        ),
    )
    assert [button["style"] for button in rows(part)] == [1, 4, 5, 2]
    assert rows(part)[2]["url"] == "https://example.org"
    assert rows(part)[3]["label"] == "x" * 39 + "…"


async def test_nothing_drawn_is_kept_in_the_library_s_memory() -> None:
    part = drawn("Sure?", buttons=(Button("Yes", Go("yes")),))
    assert part.components
    assert part.components.is_finished()


def test_a_choice_is_a_menu_that_shows_what_is_chosen() -> None:
    choice = Choice(Choose(), options(3), selected=("v1",), at_least=0, placeholder=_("Second choice"))
    [menu] = rows(drawn("Which?", choice=choice))
    assert (menu["custom_id"], menu["placeholder"], menu["min_values"], menu["max_values"]) == (
        "ch",
        "Second choice",
        0,
        1,
    )
    assert [option["default"] for option in menu["options"]] == [False, True, False]


def test_more_options_than_a_menu_holds_go_on_in_the_next() -> None:
    menus = rows(drawn("Which?", choice=Choice(Choose(), options(60), placeholder="Pick")))
    assert [(menu["custom_id"], len(menu["options"])) for menu in menus] == [("ch.0", 25), ("ch.1", 25), ("ch.2", 10)]
    assert menus[1]["placeholder"] == "Pick · Option 25 – Option 49"
    assert {(menu["min_values"], menu["max_values"]) for menu in menus} == {(1, 1)}


def test_in_menus_that_share_a_choice_of_several_none_has_to_be_used() -> None:
    menus = rows(drawn("Which?", choice=Choice(Choose(), options(30), at_least=1, at_most=28)))
    assert [(menu["custom_id"], menu["min_values"], menu["max_values"]) for menu in menus] == [
        ("ch+0", 0, 25),
        ("ch+1", 0, 5),
    ]


def test_files_and_pictures_are_attached_with_words_for_who_cannot_see() -> None:
    part = drawn("Yours", attachments=(Picture(b"png", _("Your card")), File("data.json", b"{}")))
    picture, document = part.as_edit()["attachments"]
    assert (picture.filename, picture.description) == ("image.png", "Your card")
    assert (document.filename, document.fp.read()) == ("data.json", b"{}")


def test_what_can_be_pressed_is_with_the_last_message() -> None:
    first, last = draw(View(("a" * 1500, "b" * 1500), (Button("Yes", Go("yes")),)), ENGLISH)
    assert first.as_new() == {"content": "a" * 1500}
    assert isinstance(last.as_new()["view"], discord.ui.View)
    assert first.as_edit() == {"content": "a" * 1500, "view": None, "attachments": []}


def test_what_one_message_cannot_hold_to_press_goes_on_in_further_ones() -> None:
    buttons = tuple(Button(f"Person {number}", Go(f"p{number}")) for number in range(60))
    view = View(("Who?",), buttons, Choice(Choose(), options(60)), attachments=(File("data.json", b"{}"),))
    parts = draw(view, ENGLISH)
    assert [part.content for part in parts] == ["Who?", "…", "…"]
    assert [len(part.files) for part in parts] == [1, 0, 0]
    found = [item for part in parts for item in rows(part)]
    assert [len(rows(part)) for part in parts] == [3 + 10, 25, 25]
    assert [item["label"] for item in found if item["type"] == 2] == [str(button.label) for button in buttons]
