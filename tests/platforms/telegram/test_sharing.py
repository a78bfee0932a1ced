"""A button that passes something on opens Telegram's own way of doing so, also after a night in the outbox.

One that asks a device where it is has no way there, and is left out.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from bot.content.texts import Reader, _
from bot.content.views import Button, Share, View, decode_view, encode_view
from bot.conversation.routes import Go
from bot.platforms.telegram.render import draw_keyboards


def test_words_and_address_travel_in_the_link() -> None:
    button = Button(_("Pass it on"), Go("aide"), share=Share("Votez & partagez «ça»", "https://example.org/?a=1&b=2"))
    [keyboard] = draw_keyboards(decode_view(encode_view(View(("Vote!",), (button,)))), Reader("en", "Europe/Paris"))
    assert keyboard is not None
    [[drawn]] = keyboard["inline_keyboard"]
    address = urlsplit(drawn["url"])
    assert (drawn["text"], address.hostname, address.path) == ("Pass it on", "t.me", "/share/url")
    assert parse_qs(address.query) == {"url": ["https://example.org/?a=1&b=2"], "text": ["Votez & partagez «ça»"]}


def test_a_button_that_asks_a_device_where_it_is_is_not_there() -> None:
    asks = Button("Send my position", Go("here"), asks_location=True, unsent="Later")
    view = decode_view(encode_view(View(("Where?",), (asks, Button("Say it", Go("say"))))))
    assert [(button.asks_location, button.unsent) for button in view.buttons] == [(True, "Later"), (False, None)]
    [keyboard] = draw_keyboards(view, Reader("en", "Europe/Paris"))
    assert keyboard["inline_keyboard"] == [[{"text": "Say it", "callback_data": "go-say"}]]
