"""What a press says of the message it was made in."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot

from bot.conversation.incoming import Actor, Incoming, Picked, Pressed
from bot.platforms.telegram.reading import ReadUpdate, read


def press(data: str, **message: Any) -> ReadUpdate:
    shown = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, **message}
    sender = {"id": 5, "is_bot": False, "first_name": "Zoé", "last_name": "Roy", "language_code": "fr"}
    query = {"id": "1", "from": sender, "chat_instance": "1", "data": data, "message": shown}
    got = read({"update_id": 1, "callback_query": query}, Bot("1:a"), "bot")
    assert isinstance(got, ReadUpdate)
    return got


@pytest.mark.parametrize(
    ("shown", "replaced"),
    [
        ({"text": "Keep these groups?"}, 7),
        ({"photo": [], "caption": "A proposal"}, None),
        ({"document": {}}, None),
        ({"text": "Too old to be looked at", "date": 0}, None),
    ],
)
def test_a_screen_takes_the_place_of_words_never_of_a_picture(shown: dict[str, Any], replaced: int | None) -> None:
    assert press("go-groupes", **shown).pressed == replaced


def test_a_press_tells_who_made_it_and_where() -> None:
    got = press("go-moi")
    assert (got.query, got.chat_id) == ("1", 5)
    assert got.incoming == Incoming("telegram", "1", Actor("5", "Zoé Roy", "fr", "5"), Pressed("go-moi"))
    assert not press("go-moi", chat={"id": -9, "type": "supergroup"}).incoming.private


def test_what_was_chosen_before_is_read_off_the_pressed_keyboard() -> None:
    keys = [[{"text": f"{mark}{key}", "callback_data": f"pick+{key}"}] for mark, key in (("✓ ", "a"), ("", "b"))]
    chosen = press("pick+b", text="Which ones?", reply_markup={"inline_keyboard": keys}).incoming.content
    assert chosen == Picked("pick", ("a", "b"))
    assert press("pick+b", text="Which ones?").incoming.content == Picked("pick", ("b",))


def test_an_account_without_a_name_is_read_too() -> None:
    sender = {"id": 5, "is_bot": False, "first_name": ""}
    message = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "from": sender, "text": "Hello"}
    got = read({"update_id": 1, "message": message}, Bot("1:a"), "bot")
    assert isinstance(got, ReadUpdate)
    assert got.incoming.sender.name == ""
