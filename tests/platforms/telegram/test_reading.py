"""What a press says of the message it was made in."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot

from bot.conversation.incoming import Actor, Called, Incoming, Located, Picked, Pressed
from bot.platforms.telegram.reading import ReadUpdate, read
from bot.platforms.untrusted import Malformed


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


HERE = {"latitude": 48.85, "longitude": 2.35}
LIVE = {**HERE, "live_period": 3600}


def sent(kind: str, chat: str = "private", **message: Any) -> object:
    """What is read of a message, or of its edit."""
    sender = {"id": 5, "is_bot": False, "first_name": "Zoé"}
    written = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": chat, "title": ""}, "from": sender, **message}
    got = read({"update_id": 1, kind: written}, Bot("1:a"), "bot")
    return got.incoming.content if isinstance(got, ReadUpdate) else None


@pytest.mark.parametrize(
    ("kind", "message", "content"),
    [
        ("message", {"location": HERE}, Located(48.85, 2.35, "7")),
        ("message", {"location": LIVE}, Located(48.85, 2.35, "7", live=True)),
        (
            "message",
            {"location": HERE, "venue": {"location": HERE, "title": "Café", "address": ""}},
            Located(48.85, 2.35, "7"),
        ),
        ("edited_message", {"location": LIVE}, Located(48.85, 2.35, "7", live=True, moved=True)),
        ("edited_message", {"location": HERE}, Located(48.85, 2.35, "7", moved=True)),
    ],
)
def test_a_location_is_read_also_while_it_moves(kind: str, message: dict[str, Any], content: Located) -> None:
    assert sent(kind, **message) == content


@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_a_command_is_called_also_where_it_was_corrected(kind: str) -> None:
    assert sent(kind, text="/urgence vite") == Called("urgence", "vite")
    assert sent("edited_message", "supergroup", text="/urgence") is None
    assert sent(kind, text="/urgence@other") is None


def test_a_location_in_a_group_is_none_of_our_business() -> None:
    assert sent("message", "supergroup", location=LIVE) is None
    assert sent("edited_message", "supergroup", location=LIVE) is None
    assert sent("message", location=LIVE) is not None


@pytest.mark.parametrize(
    "location", [{"latitude": 91, "longitude": 0}, {"latitude": 0, "longitude": -181}, {"latitude": "x"}, {}]
)
def test_a_place_that_is_nowhere_on_earth_is_malformed(location: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        sent("message", location=location)
