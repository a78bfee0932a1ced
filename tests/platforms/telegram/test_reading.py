"""What a press says of the message it was made in."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot

from bot.platforms.telegram.reading import parse, read


@pytest.mark.parametrize(
    ("shown", "replaced"),
    [({"text": "Keep these groups?"}, 7), ({"photo": [], "caption": "A proposal"}, None), ({"document": {}}, None)],
)
def test_a_screen_takes_the_place_of_words_never_of_a_picture(shown: dict[str, Any], replaced: int | None) -> None:
    pressed = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, **shown}
    sender = {"id": 5, "is_bot": False, "first_name": "Zoé"}
    query = {"id": "1", "from": sender, "chat_instance": "1", "data": "go-groupes", "message": pressed}
    got = read(parse({"update_id": 1, "callback_query": query}, Bot("1:a")), "bot")
    assert got is not None
    assert got.pressed == replaced


def test_an_account_without_a_name_is_read_too() -> None:
    sender = {"id": 5, "is_bot": False, "first_name": ""}
    message = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "from": sender, "text": "Hello"}
    got = read(parse({"update_id": 1, "message": message}, Bot("1:a")), "bot")
    assert got is not None
    assert got.incoming.sender.name == ""
