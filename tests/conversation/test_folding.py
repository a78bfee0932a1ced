"""Of many buttons a few are in sight, and «More…» shows the others: on every platform, to whoever may see them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content.folding import MOST, MOST_FOR_LEADERS, folded, in_sight, opened
from bot.content.texts import Reader, plain
from bot.content.views import Button, Choice, Option, View
from bot.conversation.incoming import Pressed
from bot.conversation.routes import Go
from handlers.navigation.actions import RemindLater
from handlers.plenary.actions import ConductStep
from tests.world import open_world

_EIGHT = tuple(Button(str(number), Go(f"screen{number}")) for number in range(1, 9))


def _view(*buttons: Button, choice: Choice | None = None) -> View:
    return View(("Text",), buttons, choice, again=Go("screen"))


def _labels(view: View) -> list[str]:
    signs = {"More…": "+", "Back": "<", "Next ▶": ">"}
    labels = [plain(button.label, Reader("en", "UTC")) for button in view.buttons]
    return [signs.get(label, label) for label in labels]


@pytest.mark.parametrize(
    ("count", "most", "pages"),
    [
        (4, 4, ["1234"]),
        (5, 4, ["123+", "45<"]),
        (6, 4, ["123+", "456<"]),
        (8, 4, ["123+", "456<>", "78<"]),
        (7, 6, ["12345+", "67<"]),
    ],
)
def test_each_button_is_on_one_page(count: int, most: int, pages: list[str]) -> None:
    view = _view(*_EIGHT[:count])
    assert ["".join(_labels(folded(view, most, page))) for page in range(len(pages))] == pages
    assert folded(view, most, len(pages)) == folded(view, most)  # what was the last page may be gone


def test_what_more_carries_opens_the_same_screen() -> None:
    more = folded(_view(*_EIGHT), MOST).buttons[-1]
    assert more.action
    assert opened(more.action.encode()) == ("go-screen", 1)
    assert opened("go-screen") == ("go-screen", None)
    assert opened(f"mo-{'9' * 5_000}-go-screen") == ("go-screen", 0)  # by a browser that forges it


def test_the_next_step_and_what_stays_are_always_in_sight() -> None:
    buttons = (*_EIGHT[:5], replace(_EIGHT[5], style="primary"), replace(_EIGHT[6], stays="always"), _EIGHT[7])
    assert _labels(folded(_view(*buttons), MOST)) == ["1", "6", "7", "+"]
    pages = [_labels(folded(_view(*buttons), MOST, page)) for page in range(1, 4)]
    assert pages == [["2", "3", "7", "<", ">"], ["4", "5", "7", "<", ">"], ["6", "7", "8", "<"]]
    assert _labels(folded(_view(*buttons), MOST_FOR_LEADERS, 1)) == ["4", "5", "6", "7", "8", "<"]
    every = [replace(button, stays="always") for button in _EIGHT]
    assert folded(_view(*every), MOST).buttons == tuple(every)


@pytest.mark.parametrize(
    ("count", "most", "pages"),
    [
        (5, 4, ["12H+", "34H<"]),
        (6, 4, ["12H+", "345<"]),
        (8, 4, ["12H+", "345<>", "67H<"]),
        (8, 6, ["1234H+", "567H<"]),
        (12, 6, ["1234H+", "56789<>", "0aH<"]),
    ],
)
def test_the_way_back_is_in_sight_where_it_leaves_room_for_two_others(count: int, most: int, pages: list[str]) -> None:
    others = [Button(label, Go(f"screen{label}")) for label in "1234567890a"[: count - 1]]
    view = _view(*others, Button("H", Go("moi"), stays="with room"))
    assert ["".join(_labels(folded(view, most, page))) for page in range(len(pages))] == pages


def test_the_way_back_yields_to_what_stays_and_is_on_one_page_still() -> None:
    step, help_ = replace(_EIGHT[0], style="primary"), replace(_EIGHT[1], stays="always")
    view = _view(step, help_, *_EIGHT[2:4], Button("H", Go("moi"), stays="with room"))
    assert _labels(folded(view, MOST)) == ["1", "2", "3", "+"]
    assert _labels(folded(view, MOST, 1)) == ["2", "4", "H", "<"]


def test_a_list_and_a_choice_count_as_one_each() -> None:
    days = [Button(f"day {number}", RemindLater(number)) for number in range(5)]
    choice = Choice(Go("pick"), (Option("a", "A"),))
    view = _view(*_EIGHT[:2], *days, *_EIGHT[2:4], choice=choice)
    assert in_sight(view) == 6
    assert _labels(folded(view, MOST)) == ["1", "2", "+"]
    assert folded(view, MOST).choice == choice
    rest = folded(view, MOST, 1)
    assert _labels(rest) == ["day 0", "day 1", "day 2", "day 3", "day 4", "3", "4", "<"]
    assert rest.choice is None


def test_what_takes_several_rows_counts_as_two() -> None:
    people = [Button(f"person {number}", RemindLater(number)) for number in range(6)]
    view = _view(*people, *_EIGHT[:3])
    assert in_sight(view) == 5
    assert _labels(folded(view, MOST)) == [*(f"person {number}" for number in range(6)), "1", "+"]
    assert _labels(folded(view, MOST, 1)) == ["2", "3", "<"]
    last = _view(*_EIGHT[:3], *people)
    assert _labels(folded(last, MOST)) == ["1", "2", "3", "+"]
    assert _labels(folded(last, MOST, 1)) == [*(f"person {number}" for number in range(6)), "<"]
    options = tuple(Option(f"{number}", f"Option {number}") for number in range(6))
    assert in_sight(_view(*_EIGHT[:2], choice=Choice(Go("pick"), options))) == 4
    assert in_sight(_view(*_EIGHT[:2], choice=Choice(Go("pick"), options, listed=True))) == 3


def test_buttons_that_do_different_things_are_no_list() -> None:
    steps = [Button(what, ConductStep(1, what, "seen")) for what in ("n", "p", "m")]
    assert in_sight(_view(*steps)) == 3
    assert in_sight(_view(*[Button("Next", ConductStep(plenary, "n", "seen")) for plenary in (1, 2)])) == 1


def test_a_message_that_nothing_opens_again_keeps_its_buttons() -> None:
    view = replace(_view(*_EIGHT), again=None)
    assert folded(view, MOST) == view


async def test_somebody_without_the_role_is_not_shown_the_rest(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        organiser = await world.organiser()
        await organiser.command("organiser")
        more = organiser.payload("More…")
        assert len(organiser.buttons) <= MOST_FOR_LEADERS
        await organiser.press("More…")
        assert "A list to fill in" in organiser.buttons
        assert not organiser.fresh
        zoe = await world.join("Zoé", "1")
        await zoe.act(Pressed(more))
        assert "This is for the organisers." in zoe.text
        assert "A list to fill in" not in zoe.buttons
