"""What Discord brings a second time is known, and what is remembered has an end."""

from __future__ import annotations

from bot.platforms.discord.recent import Recent


def test_what_came_last_is_known_until_more_came_since() -> None:
    recent = Recent[int](2)
    assert [recent.add(each) for each in (1, 1, 2, 3)] == [True, False, True, True]
    assert [each in recent for each in (1, 2, 3)] == [False, True, True]
    recent.discard(3)
    recent.discard(4)
    assert recent.add(3)
