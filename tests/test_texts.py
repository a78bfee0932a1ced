"""Text as it is read."""

from __future__ import annotations

from bot.texts import Name, Reader, Strong, _, plain

READER = Reader("en", "Europe/Paris")


def test_a_sentence_that_ends_with_an_initial_has_one_full_stop() -> None:
    sentence = "Good to have you back, {name}."
    assert plain(_(sentence, name=Name("Zoe D.")), READER) == "Good to have you back, Zoe D."
    assert plain(_(sentence, name=Strong(Name("Zoé D."))), READER) == "Good to have you back, \u2068Zoé D.\u2069"
    assert plain(_(sentence, name=Name("Zoe")), READER) == "Good to have you back, Zoe."
