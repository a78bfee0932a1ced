"""Buttons stand in even rows by the length of their labels, the same on every platform."""

from __future__ import annotations

import pytest

from bot.content.button_rows import rows
from bot.content.texts import Name, Reader, Span, _, plain
from bot.content.views import Button, Choice, Option, View
from bot.conversation.routes import Go
from bot.platforms.discord.render import draw
from bot.platforms.telegram.render import draw_keyboards, draw_text
from handlers.navigation.actions import RemindLater

_READER = Reader("en", "UTC")


def _labels(*buttons: Button) -> list[list[str]]:
    return [[plain(button.label, _READER) for button in row] for row in rows(buttons, _READER)]


def _buttons(*labels: str) -> list[Button]:
    return [Button(label, Go(f"to{number}")) for number, label in enumerate(labels)]


@pytest.mark.parametrize(
    ("labels", "arranged"),
    [
        (["Group", "Wall", "More…"], [["Group", "Wall", "More…"]]),
        (
            ["Language", "Notifications", "My accounts", "More…"],
            [["Language", "Notifications"], ["My accounts", "More…"]],
        ),
        (["Language", "Settings", "Accounts", "More…"], [["Language", "Settings"], ["Accounts", "More…"]]),
        (["What we keep from this day on", "Wall", "More…"], [["What we keep from this day on"], ["Wall", "More…"]]),
        ([], []),
    ],
)
def test_short_ones_stand_side_by_side(labels: list[str], arranged: list[list[str]]) -> None:
    assert _labels(*_buttons(*labels)) == arranged


def test_the_next_step_has_a_row_of_its_own_and_a_list_too() -> None:
    step, other = Button("Vote", Go("vote"), style="primary"), Button("Wall", Go("wall"))
    days = [Button(f"Mon {number}", RemindLater(number)) for number in range(1, 8)]
    assert _labels(step, other, *days, other) == [
        ["Vote"],
        ["Wall"],
        ["Mon 1", "Mon 2", "Mon 3", "Mon 4"],
        ["Mon 5", "Mon 6", "Mon 7"],
        ["Wall"],
    ]


def _keys(choice: Choice) -> list[list[str]]:
    (keyboard,) = draw_keyboards(View(("Text",), (), choice), _READER)
    return [[key["text"] for key in row] for row in keyboard["inline_keyboard"]]


def test_short_options_stand_side_by_side_on_telegram_and_long_ones_alone() -> None:
    words = "Fact", "Need", "Exists", "A_very_long_name_of_one_option", "Other"
    options = tuple(Option(word, word) for word in words)
    assert _keys(Choice(Go("pick"), options)) == [
        ["Fact", "Need", "Exists"],
        ["A_very_long_name_of_one_option"],
        ["Other"],
    ]


def test_what_telegram_lists_is_chosen_by_its_number_and_first_words() -> None:
    ideas = ("A bus in the evening, for who comes home from a concert", "A place for the young")
    options = tuple(Option(f"{number}", idea, "2 votes") for number, idea in enumerate(ideas))
    choice = Choice(Go("pick"), options, ("1",), listed=True)
    assert _keys(choice) == [["1. A bus in the evening, for…"], ["✓ 2. A place for the young"]]
    (part,) = draw_text(View(("Ideas",), (), choice), _READER)
    assert part.text == f"Ideas\n\n1. {ideas[0]}\n2 votes\n\n✓ 2. {ideas[1]}\n2 votes"
    ranked = tuple(Option(option.value, f"{number}. {option.label}") for number, option in enumerate(options, 11))
    choice = Choice(Go("pick"), ranked, listed=True, ranked_from=11)
    assert _keys(choice) == [["11. A bus in the evening, for…"], ["12. A place for the young"]]
    (part,) = draw_text(View(("Ideas",), (), choice), _READER)
    assert part.text == f"Ideas\n\n11. {ideas[0]}\n\n12. {ideas[1]}"


def test_of_many_listed_options_two_stand_side_by_side_on_telegram() -> None:
    ideas: tuple[Span, ...] = (
        "A bus in the evening",
        Name("Élan"),
        "A place for the young",
        "Trees",
        "A choir of all the villages",
    )
    options = tuple(
        Option(f"{number}", _("{number}. {idea}", number=number, idea=idea)) for number, idea in enumerate(ideas, 9)
    )
    choice = Choice(Go("pick"), options, ("11",), at_most=3, listed=True, ranked_from=9)
    keys = _keys(choice)
    assert keys == [["9. A bus in…", "10. Élan"], ["✓ 11. A place…", "12. Trees"], ["13. A choir…"]]


def test_telegram_and_discord_draw_the_same_rows() -> None:
    view = View(("Text",), tuple(_buttons("Language", "Notifications", "My accounts", "More…")))
    (keyboard,) = draw_keyboards(view, _READER)
    drawn = [[button["text"] for button in row] for row in keyboard["inline_keyboard"]]
    (message,) = draw(view, _READER)
    assert message.components
    shown = [[part["label"] for part in row["components"]] for row in message.components.to_components()]
    assert drawn == shown == _labels(*view.buttons)


def test_a_few_themes_have_their_names_on_telegram_one_a_row() -> None:
    options = tuple(Option(name.lower()[:3], name) for name in ("Culture", "Innovation pédagogique", "CivicTech"))
    assert _keys(Choice(Go("pick"), options, listed=True)) == [[option.label] for option in options]


def test_what_half_a_row_would_cut_has_a_row_of_its_own() -> None:
    assert _labels(*_buttons("Changer de thème", "Rappels")) == [["Changer de thème"], ["Rappels"]]
