"""The simulator of rooms, small: the conductor gets what the room wants, and the predicted end is about right."""

from __future__ import annotations

from handlers.plenary.model.turns import Lengths
from tests.plenary.simulated_rooms import PREDICTED_SHARE, WANTED_SHARE, predicted_share, rooms


def test_least_seen_first_finds_what_the_room_wants() -> None:
    votes, least = rooms(30, 100, 40, 2, 17)
    assert votes < 1.0
    assert least >= WANTED_SHARE


def test_the_end_predicted_at_half_time_is_about_right() -> None:
    assert predicted_share(200, 17, 17, Lengths(180, 60, 60)) >= PREDICTED_SHARE
