"""How announcements reach people: each by a private message, or many by a message in a channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.config.settings import Settings, SharedChannel
from bot.content.features import features_of
from bot.content.reasons import Reason
from bot.database.engine import Transaction
from bot.delivery.shared_channels import channel_is_gone
from bot.people.audiences import Audience
from bot.people.notifications import Topic
from handlers.announcements.store import releases
from handlers.announcements.store.reach import PersonReach, Reach, who_is_reached

TOPIC: Topic = "team"
"""The topic of notifications that participants mute if they want no announcements."""


async def channel_of(tx: Transaction, settings: Settings, audience: Audience) -> SharedChannel | None:
    """Return the channel in which an announcement to everyone, or to a theme, is posted once for many people.

    Returns None if there is no such channel.
    """
    if audience.kind not in ("all", "theme"):
        return None
    channel = settings.shared_channel(audience.value if audience.kind == "theme" else None)
    return None if channel is None or await channel_is_gone(tx, channel.chat) else channel


async def preview_reach(
    tx: Transaction, settings: Settings, audience: Audience, now: datetime
) -> Sequence[PersonReach]:
    """Return everyone in an audience, each with how an announcement would reach them, or why it would not."""
    in_channels = await is_posted_in_channels(tx, settings, audience)
    today = settings.gathering.hours.day(now)
    return await who_is_reached(tx, audience, TOPIC, in_channels=in_channels, today=today)


async def is_posted_in_channels(tx: Transaction, settings: Settings, audience: Audience) -> bool:
    """Return whether an announcement to an audience is posted in a channel, on platforms that have channels."""
    return await channel_of(tx, settings, audience) is not None or await _has_channel(tx, audience)


def count_later(people: Iterable[Reach], settings: Settings, at: datetime) -> Mapping[str, int]:
    """Return, by reason, how many people would get an announcement later than `at`, when it is sent.

    The reasons are quiet hours and the limit of messages a day.
    """
    hours = settings.gathering.hours
    found = Counter[str]()
    for reach in people:
        alone = reach.way == "private"
        asleep = reach.reached and not features_of(reach.platform).silent
        if asleep and hours.wakes_at(reach.territory if alone else None, at, away=reach.away):
            found[Reason.NIGHT] += reach.people
        elif (
            alone and reach.last_but_one and reach.last_but_one >= hours.day_began(reach.territory, at, away=reach.away)
        ):
            found[Reason.ENOUGH] += reach.people
    return found


async def _has_channel(tx: Transaction, audience: Audience) -> bool:
    return audience.kind == "group" and bool(await releases.channels_of_group(tx, audience.number))
